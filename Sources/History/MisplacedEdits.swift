internal import Git
internal import Markup
public import Vault

/// What git had put where the records of conflicts and versions are, and that was put where it belongs:
/// an edit of a note, in the text of one, or a file.
public struct MisplacedEdit: Sendable, Hashable {
  /// The text, which holds again what its record says; or the file, which is gone from there.
  public let file: NotePath
  /// What became of the edit.
  public let fate: Fate

  /// What became of an edit.
  public enum Fate: Sendable, Hashable {
    /// Nothing in it was new.
    case known
    /// The note has it now.
    case merged(NotePath)
    /// It waits as a conflict of the note: it and what the note says by now cannot both be right.
    case waits(NotePath)
    /// It is a file of its own, which git had moved with its folder, and is at this path now.
    case moved(to: NotePath)
    /// It is in the trash under this name: no merge of git's put it there, or no note can have it.
    case kept(String)
  }
}

/// Who moves or removes a note on one machine and edits it on another has git look for the file that it
/// became, and the text of a conflict or of a version is just what that was: `git merge` and `git pull`
/// put the edit there. Nobody else edits those files: each holds what its record names, for ever.
extension History {
  /// Gives the texts of conflicts and versions back that hold something else than their records say, and
  /// the edits to their notes; for commands that are about to do something with those texts.
  public func putBackMisplacedEdits() throws -> [MisplacedEdit] {
    try locked { try whileGitWaits { _ in try putBackEdits() } }
  }

  /// Does so; only for a caller who holds the locks, before a snapshot.
  ///
  /// A text that is not to be had any more stays as it is found: `doctor` names it.
  func putBackEdits() throws -> [MisplacedEdit] {
    let pending = try pendingPaths()
    let before = try headTree()
    var all = PutBack(vault)
    for text in try unprovenTexts() where !pending.contains(GitPath(text.file.text)) {
      guard let found = try? vault.files.read(text.file, limit: vault.settings.largestFile).bytes,
        try ObjectID.blob(found) != text.id, repository.exists(text.id)
      else { continue }
      let own = try repository.readBlob(text.id)
      let edit = FoundEdit(file: text.file, own: own, found: found)
      // What a record says may have come from anywhere: its own kind is no note.
      guard let note = try note(of: text), !GitPath(note.text).isOfRecords else {
        all.keep(edit)
        continue
      }
      if pending.contains(GitPath(note.text)) { continue }
      let now: [UInt8]?
      do { now = try all.text(of: note) } catch { continue }
      // What git could not merge is in a snapshot of each side's as it was.
      if isTurned(found, own) || isNew(Secret.conflictMarkers(in: found), over: own) {
        all.add(edit, to: note, .known)
        continue
      }
      let entry = try before.flatMap { try repository.entry(at: GitPath(text.file.text), in: $0) }
      // Else it was written here: a search and replace over the whole folder reaches these files too.
      let isOfGit = entry?.id != text.id
      if let now {
        let merged = try mergeFiles(
          at: note, base: own, ours: now, theirs: found, keeping: .ours)
        guard let other = merged.other else {
          all.add(edit, to: note, merged.bytes == now ? .known : .merged(note), now: merged.bytes)
          continue
        }
        if !isOfGit {
          all.keep(edit)
          continue
        }
        all.add(
          edit, to: note, .waits(note), now: merged.bytes,
          record: try Conflict.recordFiles(
            over: note, .bothChanged, base: own, shared: merged.bytes, other: other))
      } else if isOfGit {
        // Changed by one side and removed by the other: it stays, as in a sync.
        all.add(
          edit, to: note, .waits(note), now: found,
          record: try Conflict.recordFiles(
            over: note, .changedAndRemoved, base: own, shared: nil, other: found))
      } else {
        all.keep(edit)
      }
    }
    return try carryOut(all)
  }

  /// Puts each note's edits where they belong, and those that no note can have into the trash.
  private func carryOut(_ all: PutBack) throws -> [MisplacedEdit] {
    var kept = all.kept
    var edits: [MisplacedEdit] = []
    for (_, note) in all.notes.sorted(by: { $0.key < $1.key }) {
      do {
        // Taken back by `undo`, the edits would be misplaced again.
        try carryOutForGood(note.fileEdits.flatMap(\.changes), orNone: true)
        edits += note.edits
      } catch HistoryError.takenBack {
        // A file stands where the note's folder would have to, say.
        kept += note.found
      }
    }
    if kept.isEmpty { return edits }
    for edit in kept {
      let name = try edit.nameInTrash
      try StateFile(vault.trash + "/" + name).write(edit.found)
      edits.append(MisplacedEdit(file: edit.file, fate: .kept(name)))
    }
    try carryOutForGood(kept.map(\.putRight).flatMap(\.changes), orNone: true)
    return edits
  }

  // MARK: The texts

  /// The texts of conflicts and versions, but for those that our index knows to be as they were.
  private func unprovenTexts() throws -> [RecordedText] {
    let ledgers = StateFile.names(in: vault.root + "/" + Version.folder)
    let conflicts = try vault.conflicts()
    if ledgers.isEmpty, conflicts.isEmpty { return [] }
    let index = try openIndex()
    var texts: [RecordedText] = []
    for conflict in conflicts where LedgerFile(GitPath(conflict.path.text))?.end != "md" {
      let unproven = try conflict.files.filter { knownText(of: $0.path, in: index) != $0.id }
      guard !unproven.isEmpty, let note = try following([conflict]).first?.path else { continue }
      texts += unproven.map {
        RecordedText(file: $0.path, id: $0.id, owner: .conflict(over: note))
      }
    }
    for key in ledgers {
      let folder = "\(Version.folder)/\(key)"
      let files = StateFile.names(in: vault.root + "/" + folder).compactMap {
        try? NotePath(folder + "/" + $0)
      }
      // To read each record would take longer than all else that a small snapshot does.
      if files.allSatisfy({ knownText(of: $0, in: index) != nil }) { continue }
      let ledger = try vault.ledger(key)
      for version in ledger.versions where version.withdrawn == nil {
        texts.append(
          RecordedText(
            file: try ledger.file(version.number, "md"), id: version.text, owner: .versions(ledger))
        )
      }
    }
    return texts
  }

  /// What a file holds, where its stamp is the one that it had when that was found out.
  private func knownText(of file: NotePath, in index: borrowing WorkTreeIndex) -> ObjectID? {
    guard let known = index.entry(at: GitPath(file.text)), known.isSettled,
      let stamp = vault.files.stamp(of: file),
      known.stamp == Git::FileStamp(stamp, isExecutable: known.entry.mode == 0o100755)
    else { return nil }
    return known.entry.id
  }

  /// The note that a text is of, at its path of now, or of last, if it is gone.
  private func note(of text: RecordedText) throws -> NotePath? {
    switch text.owner {
    case .conflict(let path): return path
    case .versions(let ledger):
      // A name that was made of a path is no id.
      if vault.hasItsNote(ledger) || ledger.key.hasPrefix("p-") { return ledger.place }
      return try notes(withID: ledger.key).min() ?? ledger.place
    }
  }

  /// The notes that have an id, for who has no index at hand.
  func notes(withID id: String) throws -> [NotePath] {
    var found: [NotePath] = []
    try Walk(root: vault.root).eachFolder { listing in
      for file in listing.files where file.isNote {
        let path = listing.path(of: file)
        if let text = try? vault.bytesIfThere(path), Frontmatter(of: text)?.id == id {
          found.append(path)
        }
      }
    }
    return found
  }

  /// Whether two texts differ in nothing but their line ends, which git may have turned.
  private func isTurned(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    let carriageReturn = UInt8(ascii: "\r")
    return one.lazy.filter { $0 != carriageReturn }
      .elementsEqual(other.lazy.filter { $0 != carriageReturn })
  }
}

extension Vault {
  /// Whether a text of a conflict is another than its record says, so that an edit would go with the
  /// record.
  public func hasMisplacedEdit(_ conflict: Conflict) throws -> Bool {
    try conflict.files.contains { file, id in
      try bytesIfThere(file).map { try ObjectID.blob($0) != id } ?? false
    }
  }
}

/// A text that a record names by its blob.
private struct RecordedText {
  let file: NotePath
  let id: ObjectID
  let owner: Owner

  enum Owner {
    case conflict(over: NotePath)
    case versions(Ledger)
  }
}

/// What a text holds that nobody edits, and what its record says.
private struct FoundEdit {
  let file: NotePath
  let own: [UInt8]
  let found: [UInt8]

  var putRight: FileEdit { .replace(file, old: found, new: own) }

  /// The same for the same bytes, so that they are there once.
  var nameInTrash: String {
    get throws { try ObjectID.blob(found).description.prefix(8) + "-" + file.name }
  }
}

/// What is to be done with the vault's files so that misplaced edits are where they belong.
private struct PutBack {
  private let vault: Vault
  private(set) var notes: [NotePath: Note] = [:]
  /// What goes into the trash.
  private(set) var kept: [FoundEdit] = []

  init(_ vault: Vault) {
    self.vault = vault
  }

  /// A note, with what was found of it in other files.
  struct Note {
    let path: NotePath
    let before: [UInt8]?
    var now: [UInt8]?
    var found: [FoundEdit] = []
    var records: [NotePath: [UInt8]] = [:]
    var edits: [MisplacedEdit] = []

    /// The edits have a place before the files lose them.
    var fileEdits: [FileEdit] {
      var all: [FileEdit] = []
      if let now, now != before {
        all.append(before.map { .replace(path, old: $0, new: now) } ?? .create(path, now))
      }
      all += records.sorted { $0.key < $1.key }.map { .create($0.key, $0.value) }
      return all + found.map(\.putRight)
    }
  }

  /// What a note holds, with the edits that it has been given.
  func text(of note: NotePath) throws -> [UInt8]? {
    if let known = notes[note] { return known.now }
    return try vault.bytesIfThere(note)
  }

  mutating func keep(_ edit: FoundEdit) { kept.append(edit) }

  /// Takes an edit away from a file, and gives it to its note, where it is new there.
  mutating func add(
    _ edit: FoundEdit, to path: NotePath, _ fate: MisplacedEdit.Fate, now: [UInt8]? = nil,
    record: [(path: NotePath, bytes: [UInt8])] = []
  ) {
    var note = notes[path] ?? Note(path: path, before: try? vault.bytesIfThere(path))
    if notes[path] == nil { note.now = note.before }
    if let now { note.now = now }
    note.found.append(edit)
    note.edits.append(MisplacedEdit(file: edit.file, fate: fate))
    // Named by content: one that is there says the same.
    for file in record where !vault.files.isTaken(file.path) {
      note.records[file.path] = file.bytes
    }
    notes[path] = note
  }
}

extension GitPath {
  /// Whether it is below where the records and texts of conflicts and versions are.
  var isOfRecords: Bool { isRecord || isBelow(GitPath(Version.folder)) }
}
