internal import Git
internal import Markup
public import Vault

/// Where the note of a conflict stands, whose record names the path at which it stood: a file manager,
/// another program or plain git gives it another name without asking.
///
/// A note with an id is known by that, as in a merge; any other by what changed its name.
extension History {
  /// Conflicts, each over the place where its note stands now; what is found nowhere stays where it was.
  ///
  /// A renaming of a note without an id is looked for `byRenames`, which reads the files and the history.
  /// `notesWithID` gives the notes that have an id.
  public func following(
    _ conflicts: [Conflict], byRenames: Bool = true,
    notesWithID: (String) throws -> [NotePath]
  ) throws -> [Conflict] {
    var unsaved: [NotePath: NotePath]?
    func unsavedName(of path: NotePath) throws -> NotePath? {
      if unsaved == nil { unsaved = try unsavedRenames() }
      return unsaved?.first { $0.value == path }?.key
    }
    return try conflicts.map { conflict in
      guard vault.mayBeElsewhere(conflict) else { return conflict }
      let ids = vault.noteIDs(of: conflict)
      if let id = ids.first {
        let found = try notesWithID(id).filter { $0 != conflict.path }
        if let place = found.first, found.count == 1, try !wasBeside(conflict, place, ids) {
          return conflict.standing(at: place)
        }
      }
      guard byRenames else { return conflict }
      let place =
        vault.isFile(conflict.path)
        ? try unsavedName(of: conflict.path)
        : try placeNow(of: conflict.path, unsavedName: unsavedName)
      guard let place, !vault.isAnotherNote(place, than: ids) else { return conflict }
      return conflict.standing(at: place)
    }
  }

  /// The same with no index at hand.
  func following(_ conflicts: [Conflict]) throws -> [Conflict] {
    try following(conflicts) { try notes(withID: $0) }
  }

  /// Whether a note stood beside that of a conflict with the same id when the record came: then it is a
  /// copy of it, and not what became of it.
  private func wasBeside(
    _ conflict: Conflict, _ place: NotePath, _ ids: [String]
  ) throws -> Bool {
    guard let head = try head() else { return false }
    let record = GitPath(try conflict.recordPath.text)
    var tree = try repository.commit(head).tree
    // One that is in no snapshot yet came after the last.
    if try repository.entry(at: record, in: tree) != nil {
      try repository.eachVersion(of: record, from: head, followingRenames: false) {
        version throws(GitError) in
        tree = version.commit.tree
        return false
      }
    }
    for path in [place, conflict.path].map({ GitPath($0.text) }) {
      let id = try noteID(of: repository.entry(at: path, in: tree), at: path)
      guard let id, ids.contains(id) else { return false }
    }
    return true
  }

  /// Lets the records of conflicts follow the notes that were given another name outside of this program,
  /// before a snapshot.
  func moveConflictsOfRenamedNotes() throws {
    let moved = try following(vault.conflicts()).filter { $0.path != $0.pathInRecord }
    if moved.isEmpty { return }
    // A note that is kept out of the snapshot stands in it where it stood: so it does for all others.
    let trial = try History(of: vault, context: context, for: purpose)
    try trial.repository.keepNewObjectsInMemory()
    guard let tree = try trial.treeOfFiles(over: trial.headTree()).tree else { return }
    let edits = try moved.flatMap { conflict -> [FileEdit] in
      guard try trial.repository.entry(at: GitPath(conflict.path.text), in: tree) != nil
      else { return [] }
      return try vault.edits(moving: conflict, to: conflict.path)
    }
    if edits.isEmpty { return }
    try carryOutForGood(edits.flatMap(\.changes))
  }
}

extension Vault {
  /// Whether the note of a conflict may stand elsewhere than the record says: nothing is there, or a note
  /// that does not have its id.
  public func mayBeElsewhere(_ conflict: Conflict) -> Bool {
    // What has no place is no note of the vault yet.
    if conflict.hasNoPlace { return false }
    guard let now = text(at: conflict.path) else { return true }
    let ids = noteIDs(of: conflict)
    return !ids.isEmpty && !(noteID(of: now).map(ids.contains) ?? false)
  }

  /// Whether another note has the name that a conflict's had, so that no answer may be put there.
  public func isTakenByAnother(_ conflict: Conflict) -> Bool {
    guard !conflict.hasNoPlace, let now = text(at: conflict.path), let id = noteID(of: now)
    else { return false }
    let ids = noteIDs(of: conflict)
    if ids.isEmpty || ids.contains(id) { return false }
    // Who mends an id that two notes have makes no other note.
    guard let given = texts(in: conflict).first else { return true }
    return !Self.hasMost(of: given, in: now)
  }

  /// The edits by which a conflict follows its note to another path: a record says which note it is about,
  /// and is named by what it says.
  public func edits(moving conflict: Conflict, to target: NotePath) throws -> [FileEdit] {
    let moved = try conflict.at(target)
    let pairs =
      try zip(conflict.files, moved.files).map { ($0.path, $1.path) }
      + [(conflict.recordPath, moved.recordPath)]
    return try pairs.compactMap { old, new -> FileEdit? in
      guard old != new, let bytes = try bytesIfThere(old) else { return nil }
      // Named by content: one that is there says the same.
      if files.isTaken(new) { return .remove(old, old: bytes) }
      let isRecord = try old == conflict.recordPath
      return .move(old, to: new, old: bytes, new: isRecord ? moved.record : bytes)
    }
  }

  /// The ids that a conflict's note has in its texts, that of the one which it was given first; none of
  /// a file that is no note.
  fileprivate func noteIDs(of conflict: Conflict) -> [String] {
    conflict.path.isNote ? texts(in: conflict).compactMap { noteID(of: $0) } : []
  }

  /// The texts of a conflict that are there, the one that the note was given first.
  private func texts(in conflict: Conflict) -> [[UInt8]] {
    ["shared", "other", "base"].compactMap { end in
      (try? Conflict.file(end, of: conflict.name)).flatMap { text(at: $0) }
    }
  }

  private func noteID(of text: [UInt8]) -> String? { Frontmatter(of: text)?.id }

  /// Whether a note has an id that is none of these.
  fileprivate func isAnotherNote(_ path: NotePath, than ids: [String]) -> Bool {
    guard !ids.isEmpty, let id = text(at: path).flatMap({ noteID(of: $0) }) else { return false }
    return !ids.contains(id)
  }

  /// What a file holds; `nil` where there is none, or it cannot be read.
  private func text(at path: NotePath) -> [UInt8]? { try? bytesIfThere(path) }

  /// Whether a file stands at a path.
  func isFile(_ path: NotePath) -> Bool { files.isTaken(path) && !files.isFolder(path) }

  /// Whether three of four lines of a text are in another, too.
  private static func hasMost(of text: [UInt8], in other: [UInt8]) -> Bool {
    let (lines, known) = (lines(text), Set(lines(other)))
    return lines.count(where: known.contains) * 4 >= lines.count * 3
  }

  private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
  }
}
