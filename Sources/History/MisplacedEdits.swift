internal import Git
internal import Markup
public import Vault

/// An edit of a note that git had put into the text of a conflict or of a version, and that was put
/// where it belongs.
public struct MisplacedEdit: Sendable, Hashable {
  /// The file, which holds again what its record says.
  public let file: NotePath
  /// The note that has the edit now; `nil` where nothing in it was new.
  public let note: NotePath?
  /// Whether it waits there as a conflict: it and what the note says by now cannot both be right.
  public let waits: Bool
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
    var put = PutBack()
    for text in try unprovenTexts() where !pending.contains(GitPath(text.file.text)) {
      guard let found = try? vault.files.read(text.file, limit: vault.settings.largestFile).bytes,
        try ObjectID.blob(found) != text.id, repository.exists(text.id),
        let note = try note(of: text), !pending.contains(GitPath(note.text))
      else { continue }
      let own = try repository.readBlob(text.id)
      let now: [UInt8]?
      do { now = try put.notes[note]?.now ?? vault.bytesIfThere(note) } catch { continue }
      put.files.append(.replace(text.file, old: found, new: own))
      // What git could not merge is in a snapshot of each side's as it was.
      if isTurned(found, own) || isNew(Secret.conflictMarkers(in: found), over: own) {
        put.edits.append(MisplacedEdit(file: text.file, note: nil, waits: false))
        continue
      }
      if let now {
        let merged = try mergeFiles(
          at: note, base: own, ours: now, theirs: found, keeping: .ours)
        put.notes[note, default: (now, now)].now = merged.bytes
        if let other = merged.other {
          put.add(
            try Conflict.recordFiles(
              over: note, .bothChanged, base: own, shared: merged.bytes, other: other), to: vault)
        }
        let (isNew, waits) = (merged.bytes != now, merged.other != nil)
        put.edits.append(
          MisplacedEdit(file: text.file, note: isNew || waits ? note : nil, waits: waits))
      } else {
        // Changed by one side and removed by the other: it stays, as in a sync.
        put.notes[note] = (nil, found)
        put.add(
          try Conflict.recordFiles(
            over: note, .changedAndRemoved, base: own, shared: nil, other: found), to: vault)
        put.edits.append(MisplacedEdit(file: text.file, note: note, waits: true))
      }
    }
    if put.edits.isEmpty { return [] }
    // Taken back by `undo`, the edits would be misplaced again.
    try carryOutForGood(put.fileEdits.flatMap(\.changes), orNone: true)
    return put.edits
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
      for (file, id) in try conflict.files where knownText(of: file, in: index) != id {
        texts.append(RecordedText(file: file, id: id, owner: .conflict(over: conflict.path)))
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
      return try note(withID: ledger.key) ?? ledger.place
    }
  }

  private func note(withID id: String) throws -> NotePath? {
    var found: [NotePath] = []
    try Walk(root: vault.root).eachFolder { listing in
      for file in listing.files where file.isNote {
        let path = listing.path(of: file)
        if (try? vault.id(of: path)) == id { found.append(path) }
      }
    }
    return found.min()
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

/// What is to be done with the vault's files so that misplaced edits are where they belong.
private struct PutBack {
  var notes: [NotePath: (before: [UInt8]?, now: [UInt8])] = [:]
  /// The files that get their own texts again, and the records of new conflicts.
  var files: [FileEdit] = []
  var edits: [MisplacedEdit] = []

  /// The edits have a place before the files lose them.
  var fileEdits: [FileEdit] {
    notes.sorted { $0.key < $1.key }.compactMap { path, note -> FileEdit? in
      guard let before = note.before else { return .create(path, note.now) }
      return before == note.now ? nil : .replace(path, old: before, new: note.now)
    } + files
  }

  /// Adds the files of a conflict's record.
  mutating func add(_ record: [(path: NotePath, bytes: [UInt8])], to vault: Vault) {
    // Named by content: one that is there says the same.
    let new = record.filter { !vault.files.isTaken($0.path) }
    files.insert(contentsOf: new.map { .create($0.path, $0.bytes) }, at: 0)
  }
}
