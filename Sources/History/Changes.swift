public import Git
internal import Markup
internal import Vault

extension History {
  /// How the vault's files differ between two trees.
  ///
  /// A record of a conflict or a version holds a note's text, but it is no note: none is renamed to or
  /// from one. A note with an id is known by it: two of one template are alike, and a short one that
  /// moved may have changed more than half, since its own links changed with its folder. One that got a
  /// name by which it is no note was removed.
  func changes(_ old: ObjectID?, _ new: ObjectID?) throws(GitError) -> [FileChange] {
    let changes = try moves(old, new).flatMap { $0.leavesNotes ? $0.removedAndAdded : [$0] }
    return changes.sorted { ($0.newPath, $0.oldPath) < ($1.newPath, $1.oldPath) }
  }

  /// The same, whatever the name is that a file was moved to.
  func moves(_ old: ObjectID?, _ new: ObjectID?) throws(GitError) -> [FileChange] {
    try repository.diff(old, new, except: .vaultFolder)
      .knownByBytes { id throws(GitError) in try repository.readBlob(id) }
      .knownByID { entry, path throws(GitError) in try noteID(of: entry, at: path) }
  }

  /// How a side of a merge differs from what both began with: where it put another note in the place of one,
  /// by their ids, that one went and the other came.
  func deeds(_ base: ObjectID?, _ side: ObjectID?) throws(GitError) -> [FileChange] {
    let changes = try changes(base, side)
    if changes.count(where: \.isOfEditedNote) > FileChange.mostAskedForID { return changes }
    return try changes.apart(where: .modified) { entry, path throws(GitError) in
      try noteID(of: entry, at: path)
    }
  }

  /// What a snapshot did to the note that it has at a path, where ids tell; `nil` where they tell nothing.
  ///
  /// A note may have been moved, and another put in its place.
  func trace(
    _ path: GitPath, _ parent: ObjectID, _ old: TreeEntry?, _ snapshot: ObjectID, _ new: TreeEntry
  ) throws(GitError) -> FileChange? {
    guard old?.id != new.id, let id = try noteID(of: new, at: path) else { return nil }
    if let old {
      guard let other = try noteID(of: old, at: path), other != id else { return nil }
    }
    return try changes(parent, snapshot).first { $0.kind != .deleted && $0.newPath == path }
  }

  func noteID(of entry: TreeEntry?, at path: GitPath) throws(GitError) -> String? {
    guard let entry, entry.kind == .file, path.notePath?.isNote == true else { return nil }
    let bytes = try repository.readBlob(entry.id)
    return bytes.count <= vault.settings.largestNote ? Frontmatter(of: bytes)?.id : nil
  }
}

extension GitPath {
  /// Whether it is in a conflict's record.
  var isRecord: Bool { isBelow(GitPath(Conflict.folder)) }

  /// The name of the record that a file belongs to, be it that or one of its texts; `nil` for all others.
  var recordName: String? {
    isRecord ? notePath?.name.split(separator: ".").first.map { $0 + ".yaml" } : nil
  }
}

extension FileChange {
  /// Whether it is part of a conflict's record, which is told as a conflict and not as a file.
  public var isRecord: Bool { oldPath.isRecord || newPath.isRecord }

  /// Whether it is of the file that each conflict's record has one of, beside up to three texts.
  var isOfRecordFile: Bool { isRecord && newPath.description.hasSuffix(".yaml") }

  /// A subject for a snapshot that says which files changed, such as `Update essay.md`, and with
  /// more than one the list of them below it.
  static func summary(of changes: [FileChange]) -> String {
    let files = changes.filter { !$0.isRecord }
    let kinds: [(Kind, String)] = [
      (.added, "Add"), (.modified, "Update"), (.renamed, "Rename"), (.deleted, "Remove"),
      (.typeChanged, "Update"),
    ]
    var parts: [String] = []
    for (kind, verb) in kinds {
      let found = files.filter { $0.kind == kind }
      guard let first = found.first else { continue }
      parts.append(found.count == 1 ? "\(verb) \(first.newPath)" : "\(verb) \(found.count) files")
    }
    for (kind, verb) in [(Kind.added, "Record"), (.deleted, "Resolve")] {
      let count = changes.count { $0.kind == kind && $0.isOfRecordFile }
      if count > 0 { parts.append("\(verb) \(count == 1 ? "a conflict" : "\(count) conflicts")") }
    }
    // The texts of a record, without the record itself, that somebody removed or put there.
    if parts.isEmpty { parts.append("Update records of conflicts") }
    let subject = parts.joined(separator: ", ")
    let names = files.prefix(100).map { "\($0.newPath)" }.joined(separator: "\n")
    return files.count > 1 ? subject + "\n\n" + names : subject
  }
}

extension [FileChange] {
  /// The change that gave a note that stood at a path another name.
  func rename(of path: NotePath) -> FileChange? {
    first { $0.kind == .renamed && $0.oldPath.notePath == path }
  }
}

extension FileChange {
  /// Of more changed notes than these no id is looked at: that reads each of them twice.
  static let mostAskedForID = 1_000

  /// Whether a note got a name by which it is none, as in `.trash/` or with `.bak` behind it.
  ///
  /// What another machine writes in the note must not go there, where no command lists or finds it.
  var leavesNotes: Bool {
    kind == .renamed && oldPath.notePath?.isNote == true && newPath.notePath?.isNote != true
  }

  /// The change as one of a file that went, and one of another that came.
  var removedAndAdded: [FileChange] {
    [FileChange(oldPath, old, nil), FileChange(newPath, nil, new)]
  }

  /// Whether a note stands where one stood before.
  var isOfEditedNote: Bool { kind == .modified && newPath.notePath?.isNote == true }
}

extension [FileChange] {
  /// Reads the id of a note; `nil` for what has none.
  typealias ReadID = (_ entry: TreeEntry?, _ path: GitPath) throws(GitError) -> String?

  /// The changes with a note that went and one of the same id that came made one rename, and with those of
  /// different ids made none.
  ///
  /// Where another note was put in its place, one went and one came: so two can have changed places.
  func knownByID(_ id: ReadID) throws(GitError) -> [FileChange] {
    try apart(where: .renamed, id).joinedByID(id)
  }

  /// Changes of which those of a kind are two each, one note that went and another that came, where the ids
  /// say so.
  func apart(where kind: FileChange.Kind, _ id: ReadID) throws(GitError) -> [FileChange] {
    var found: [FileChange] = []
    for change in self {
      if change.kind == kind, try change.isOfTwoNotes(id) {
        found += change.removedAndAdded
      } else {
        found.append(change)
      }
    }
    return found
  }

  private func joinedByID(_ id: ReadID) throws(GitError) -> [FileChange] {
    if count < 2 { return self }
    let edited = filter(\.isOfEditedNote)
    var exchanged: [FileChange: (old: String?, new: String?)] = [:]
    if edited.count <= FileChange.mostAskedForID {
      for change in edited {
        let old = try id(change.old, change.oldPath)
        let new = try id(change.new, change.newPath)
        if old != new { exchanged[change] = (old, new) }
      }
    }
    var gone: [String: [FileChange]] = [:]
    for change in self where change.kind == .deleted || exchanged[change]?.old != nil {
      var own = exchanged[change]?.old
      if own == nil { own = try id(change.old, change.oldPath) }
      if let own { gone[own, default: []].append(change) }
    }
    if gone.isEmpty { return self }
    var come: [String: [FileChange]] = [:]
    for change in self where change.kind == .added || exchanged[change]?.new != nil {
      var own = exchanged[change]?.new
      if own == nil { own = try id(change.new, change.newPath) }
      if let own, gone[own] != nil { come[own, default: []].append(change) }
    }
    return joined(gone, come)
  }

  /// The changes with a file that was put in the place of another, byte for byte, made a rename, as
  /// `mv -f` does: what stood there went.
  ///
  /// It has to be gone from its own place, where nothing is, or another that came by such a move, or the
  /// one with which it exchanged its name: of two notes of one template one may be filled in, and another
  /// cleared.
  func knownByBytes(
    _ read: (ObjectID) throws(GitError) -> [UInt8]
  ) throws(GitError) -> [FileChange] {
    let empty = try ObjectID.blob([])
    var come: [ObjectID: [FileChange]] = [:]
    for change in self where change.kind == .modified && change.old?.id != change.new?.id {
      guard let new = change.new, !change.newPath.isBelow(.vaultFolder) else { continue }
      come[new.id, default: []].append(change)
    }
    if come.isEmpty { return self }
    var left = filter { $0.kind == .deleted && !$0.newPath.isBelow(.vaultFolder) }
    for change in come.values.joined() where try change.exchanges(with: come, read) {
      left.append(change)
    }
    var gone: [ObjectID: [FileChange]] = [:]
    while let change = left.popLast() {
      guard let old = change.old?.id, old != empty, gone[old]?.contains(change) != true
      else { continue }
      gone[old, default: []].append(change)
      // What came to another's place left its own free.
      if gone[old]?.count == 1, let taken = come[old], taken.count == 1 { left += taken }
    }
    return come.keys.contains { gone[$0] != nil } ? joined(gone, come) : self
  }

  /// The changes with what went and what came by one name made one rename, where that is one file each.
  private func joined<Name>(
    _ gone: [Name: [FileChange]], _ come: [Name: [FileChange]]
  ) -> [FileChange] {
    // Of several with one name nobody knows which is which.
    let pairs = come.compactMap { name, new in
      new.count == 1 && gone[name]?.count == 1 ? gone[name].map { ($0[0], new[0]) } : nil
    }
    let (left, taken) = (Set(pairs.map(\.0)), Set(pairs.map(\.1)))
    var joined = pairs.map { old, new in
      FileChange(renamedFrom: old.oldPath, to: new.newPath, old.old, new.new)
    }
    for change in self {
      switch (left.contains(change), taken.contains(change)) {
      case (false, false): joined.append(change)
      case (true, false) where change.new != nil:
        joined.append(FileChange(change.newPath, nil, change.new))
      case (false, true) where change.old != nil:
        joined.append(FileChange(change.oldPath, change.old, nil))
      default: continue
      }
    }
    return joined
  }
}

extension FileChange {
  /// Whether this file and one other have each other's old bytes, and not a line in common.
  ///
  /// Two notes with lines in common may be of one template, and each may have become what the other was.
  fileprivate func exchanges(
    with come: [ObjectID: [FileChange]], _ read: (ObjectID) throws(GitError) -> [UInt8]
  ) throws(GitError) -> Bool {
    guard let old, let new, let other = come[old.id], other.count == 1, come[new.id]?.count == 1,
      other[0].old?.id == new.id
    else { return false }
    let lines = { (bytes: [UInt8]) in Set(bytes.split(separator: UInt8(ascii: "\n"))) }
    return try lines(read(old.id)).isDisjoint(with: lines(read(new.id)))
  }

  /// Whether what looks like one note before and after is one that went and another that came.
  fileprivate func isOfTwoNotes(_ id: [FileChange].ReadID) throws(GitError) -> Bool {
    guard old?.id != new?.id, let before = try id(old, oldPath), let after = try id(new, newPath)
    else { return false }
    return before != after
  }
}
