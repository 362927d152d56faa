internal import Git
public import Markup
internal import Vault

/// What became of two trees.
struct MergedTree: Sendable {
  let tree: ObjectID
  let conflicts: [Conflict]
}

/// What one side did to a file that both began with.
private enum Deed {
  case nothing
  case changed(GitPath, TreeEntry)
  case removed
}

extension History {
  /// Merges their tree into ours, in memory, with every conflict settled.
  ///
  /// A file that one side moved and the other changed is changed at its new place. Where both sides
  /// cannot be right, the note is given the text that is shared already, which is theirs, and ours
  /// waits in a conflict record. No marker is ever written.
  func merge(
    base: ObjectID?, ours: ObjectID, theirs: ObjectID, origins: Origins? = nil
  ) throws -> MergedTree {
    var merge = TreeMerge()
    let ourChanges = try repository.diff(base, ours)
    let theirChanges = try repository.diff(base, theirs)
    merge.deeds(ourChanges, \.ours)
    merge.deeds(theirChanges, \.theirs)
    for (path, deeds) in merge.deeds.sorted(by: { $0.key < $1.key }) {
      try settle(path, deeds, in: ours, &merge)
    }
    for change in theirChanges where change.kind == .added {
      try add(change, to: ours, &merge)
    }
    for index in merge.conflicts.indices {
      merge.conflicts[index].sharedOrigin = origins?.theirs
      merge.conflicts[index].otherOrigin = origins?.ours
      let conflict = merge.conflicts[index]
      let record = try repository.writeBlob(conflict.record)
      merge.changes[GitPath(try conflict.recordPath.text)] = .some(.file(record))
      for file in try conflict.files {
        merge.changes[GitPath(file.path.text)] = .some(.file(file.id))
      }
    }
    let tree = try repository.updatedTree(
      ours, merge.changes.map { TreeChange($0.key, $0.value) })
    return MergedTree(tree: tree, conflicts: merge.conflicts)
  }

  /// Settles one file that both sides began with.
  private func settle(
    _ path: GitPath, _ deeds: TreeMerge.Deeds, in tree: ObjectID, _ merge: inout TreeMerge
  ) throws {
    switch (deeds.ours, deeds.theirs) {
    case (_, .nothing): break
    case (.nothing, .changed(let place, let entry)):
      // Only they moved or changed it; ours stands at its old place.
      if place != path { merge.changes[path] = .some(nil) }
      try put(entry, at: place, cameFrom: path, in: tree, &merge)
    case (.nothing, .removed): merge.changes[path] = .some(nil)
    case (.removed, .removed): break
    case (.removed, .changed(let place, let entry)):
      try put(entry, at: place, cameFrom: nil, in: tree, &merge)
      merge.add(try conflict(place, .changedAndRemoved, base: deeds.base, other: nil))
    case (.changed(let place, _), .removed):
      merge.add(try conflict(place, .changedAndRemoved, base: deeds.base, other: nil))
    case (.changed(let ourPlace, let ours), .changed(let theirPlace, let theirs)):
      // Both moved it to different places: ours holds, and theirs is the history's.
      var place = ourPlace == path ? theirPlace : ourPlace
      // Where they moved it to, we may have a file of our own: then it stays where it was.
      if place != ourPlace, try isTaken(place, in: tree, merge) { place = ourPlace }
      if place != ourPlace { merge.changes[ourPlace] = .some(nil) }
      let mode = ours.mode == deeds.baseMode ? theirs.mode : ours.mode
      if try areKeptApart(base: deeds.base, ours, theirs) {
        merge.changes[place] = .some(TreeEntry(mode: mode, id: ours.id))
        return try putBeside(theirs, place, in: tree, &merge)
      }
      let text = try mergeEntries(at: place, base: deeds.base, ours, theirs)
      merge.changes[place] = .some(TreeEntry(mode: mode, id: text.id))
      merge.add(try text.conflict(place, .bothChanged, base: deeds.base))
    }
  }

  /// Takes in a file that is new on their side.
  private func add(_ change: FileChange, to ours: ObjectID, _ merge: inout TreeMerge) throws {
    if let entry = change.new {
      try put(entry, at: change.newPath, cameFrom: nil, in: ours, &merge)
    }
  }

  /// Puts a file of theirs where it stands on their side, unless ours stands in its way.
  ///
  /// Where both sides had it at `origin`, and it still stands there, nothing is in its way.
  private func put(
    _ entry: TreeEntry, at path: GitPath, cameFrom origin: GitPath?, in ours: ObjectID,
    _ merge: inout TreeMerge
  ) throws {
    if path == origin {
      merge.changes[path] = .some(entry)
      return
    }
    // What could not be a file of a vault is left out, and was told of by the look at their tree.
    guard path.isUTF8, (try? NotePath(path.description)) != nil else { return }
    // Ours may have had a file where they need a folder, or the other way round: then ours stays.
    let isBlocked = try isBlocked(path, in: ours)
    guard isBlocked == nil else {
      merge.add(try conflict(path, .bothAdded, base: nil, other: entry.id))
      return
    }
    guard let present = try merge.changes[path] ?? repository.entry(at: path, in: ours) else {
      merge.changes[path] = .some(entry)
      return
    }
    if present.id == entry.id { return }
    if try areKeptApart(base: nil, present, entry) {
      return try putBeside(entry, path, in: ours, &merge)
    }
    let text = try mergeEntries(at: path, base: nil, present, entry)
    merge.changes[path] = .some(TreeEntry(mode: present.mode, id: text.id))
    merge.add(try text.conflict(path, .bothAdded, base: nil))
  }

  private func isTaken(_ path: GitPath, in ours: ObjectID, _ merge: TreeMerge) throws -> Bool {
    if try isBlocked(path, in: ours) != nil { return true }
    return try (merge.changes[path] ?? repository.entry(at: path, in: ours)) != nil
  }

  /// What of ours stands in the way of a file at a path: a file where it needs a folder, or a folder.
  private func isBlocked(_ path: GitPath, in tree: ObjectID) throws -> GitPath? {
    var place = GitPath(bytes: [])
    for name in path.names {
      place = place.appending(name)
      guard let entry = try repository.entry(at: place, in: tree) else { return nil }
      if (entry.kind == .folder) == (place == path) { return place }
    }
    return nil
  }

  /// Whether two files cannot become one: both differ from what they began with, and one of them is
  /// no text.
  private func areKeptApart(base: ObjectID?, _ ours: TreeEntry, _ theirs: TreeEntry) throws -> Bool
  {
    if ours.id == theirs.id || ours.id == base || theirs.id == base { return false }
    guard ours.kind == .file, theirs.kind == .file else { return false }
    return try [ours.id, theirs.id].contains { id in
      let bytes = try repository.readBlob(id)
      return bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil
    }
  }

  /// Puts a file of theirs beside ours, as `name (1a2b3c4d).png`: the digits are those of its
  /// content, so that the same bytes are put there once, whichever machine does it.
  private func putBeside(
    _ entry: TreeEntry, _ path: GitPath, in tree: ObjectID, _ merge: inout TreeMerge
  ) throws {
    let digits = entry.id.description.prefix(8)
    for turn in 1...100 {
      let place = path.marked(turn == 1 ? "(\(digits))" : "(\(digits) \(turn))")
      guard try isBlocked(place, in: tree) == nil else { continue }
      let present = try merge.changes[place] ?? repository.entry(at: place, in: tree)
      if let present, present.id != entry.id { continue }
      merge.changes[place] = .some(entry)
      return
    }
    merge.add(try conflict(path, .bothChanged, base: nil, other: entry.id))
  }

  private func conflict(
    _ path: GitPath, _ kind: Conflict.Kind, base: ObjectID?, other: ObjectID?
  ) throws -> Conflict? {
    guard path.isUTF8, let place = try? NotePath(path.description) else { return nil }
    return try Conflict(place, kind, Conflict.Texts(base: base, shared: nil, other: other))
  }

  /// What became of one file that both sides changed.
  private struct MergedEntry {
    var id: ObjectID
    /// What waits; `nil` where nothing does.
    var other: ObjectID?

    func conflict(
      _ path: GitPath, _ kind: Conflict.Kind, base: ObjectID?
    ) throws -> Conflict? {
      guard let other, path.isUTF8, let place = try? NotePath(path.description) else { return nil }
      return try Conflict(place, kind, Conflict.Texts(base: base, shared: id, other: other))
    }
  }

  private func mergeEntries(
    at path: GitPath, base: ObjectID?, _ ours: TreeEntry, _ theirs: TreeEntry
  ) throws -> MergedEntry {
    if ours.id == theirs.id || theirs.id == base { return MergedEntry(id: ours.id) }
    if ours.id == base { return MergedEntry(id: theirs.id) }
    // A link or a submodule is kept as it is, and never looked into. Two records of one conflict
    // differ in when it was met at most.
    if path.isBelow(GitPath(Conflict.folder)) { return MergedEntry(id: theirs.id) }
    guard ours.kind == .file, theirs.kind == .file else {
      return MergedEntry(id: ours.id, other: theirs.id)
    }
    let merged = try mergeTexts(
      base: base.map { try repository.readBlob($0) } ?? [],
      ours: try repository.readBlob(ours.id), theirs: try repository.readBlob(theirs.id),
      isNote: isNote(path), keeping: .theirs)
    return MergedEntry(
      id: try repository.writeBlob(merged.bytes),
      other: try merged.other.map { try repository.writeBlob($0) })
  }

  private func isNote(_ path: GitPath) -> Bool {
    (try? NotePath(path.description))?.isNote == true
  }

  /// What a file should hold that somebody edited while a sync was bringing in another text.
  ///
  /// Their edit is an edit of what the file held before, so it is merged with what came in; what
  /// cannot be merged waits in a conflict record.
  func mergeEdit(_ change: Operation.Change, _ found: [UInt8]?) throws -> [UInt8]? {
    func bytes(_ content: Operation.Content?) throws -> [UInt8]? {
      switch content {
      case nil: nil
      case .bytes(let bytes): bytes
      case .blob(let id): try repository.readBlob(id)
      }
    }
    let incoming = try bytes(change.after)
    // Removed here and changed there, or the other way round: what was written stays.
    guard let found else { return incoming }
    guard let incoming else { return nil }
    let base = try bytes(change.before)
    // Who is writing keeps what they see.
    let merged = try mergeTexts(
      base: base ?? [], ours: found, theirs: incoming, isNote: change.path.isNote, keeping: .ours)
    if let other = merged.other {
      var texts: [ObjectID: [UInt8]] = [:]
      for text in [base, merged.bytes, other].compactMap({ $0 }) {
        texts[try ObjectID.blob(text)] = text
      }
      let conflict = try Conflict(
        change.path, base == nil ? .bothAdded : .bothChanged,
        Conflict.Texts(
          base: base.map { try ObjectID.blob($0) }, shared: ObjectID.blob(merged.bytes),
          other: ObjectID.blob(other)))
      try vault.record(conflict) { texts[$0] ?? [] }
    }
    return merged.bytes
  }
}

/// Whose the two sides of a merge are.
struct Origins {
  let ours: Conflict.Origin
  let theirs: Conflict.Origin
}

/// What became of three texts.
public struct MergedTexts: Sendable {
  /// The result, with the words of the side that was to be kept where both cannot be right.
  public let bytes: [UInt8]
  /// The result with the other side's words there; `nil` where the merge is clean.
  public let other: [UInt8]?
}

/// Merges three texts: a note as prose, any other text by lines.
///
/// What is no text, or cannot be merged at all, stays as the side has it that is kept.
public func mergeTexts(
  base: [UInt8], ours: [UInt8], theirs: [UInt8], isNote: Bool, keeping side: TextMerge.Side
) throws -> MergedTexts {
  let (kept, other) = side == .ours ? (ours, theirs) : (theirs, ours)
  if ours == theirs || theirs == base { return MergedTexts(bytes: ours, other: nil) }
  if ours == base { return MergedTexts(bytes: theirs, other: nil) }
  let isText = ![base, ours, theirs].contains { text in
    text.contains(0) || String(validating: text, as: UTF8.self) == nil
  }
  guard isText else { return MergedTexts(bytes: kept, other: other) }
  if isNote {
    let merge = TextMerge(base: base, ours: ours, theirs: theirs)
    return MergedTexts(
      bytes: merge.text(side),
      other: merge.isClean ? nil : merge.text(side == .ours ? .theirs : .ours))
  }
  // `mergeFile` favours its first side.
  let merged = try mergeFile(base: base, ours: kept, theirs: other)
  if merged.isClean { return MergedTexts(bytes: merged.bytes, other: nil) }
  return MergedTexts(
    bytes: merged.bytes, other: try mergeFile(base: base, ours: other, theirs: kept).bytes)
}

/// A merge under way.
private struct TreeMerge {
  /// What each side did to a file.
  struct Deeds {
    var base: ObjectID?
    var baseMode: UInt32?
    var ours = Deed.nothing
    var theirs = Deed.nothing
  }

  var deeds: [GitPath: Deeds] = [:]
  /// What has to change in our tree.
  var changes: [GitPath: TreeEntry?] = [:]
  var conflicts: [Conflict] = []

  mutating func deeds(_ changes: [FileChange], _ side: WritableKeyPath<Deeds, Deed>) {
    for change in changes where change.kind != .added {
      deeds[change.oldPath, default: Deeds()].base = change.old?.id
      deeds[change.oldPath, default: Deeds()].baseMode = change.old?.mode
      deeds[change.oldPath, default: Deeds()][keyPath: side] =
        change.new.map { .changed(change.newPath, $0) } ?? .removed
    }
  }

  mutating func add(_ conflict: Conflict?) {
    if let conflict { conflicts.append(conflict) }
  }
}

extension GitPath {
  /// The path with a mark between the file's name and what follows its last dot.
  fileprivate func marked(_ mark: String) -> GitPath {
    let name = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    // A name that begins with its only dot has no ending.
    let dot = bytes[name...].dropFirst().lastIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
    return GitPath(bytes: Array(bytes[..<dot]) + Array(" \(mark)".utf8) + Array(bytes[dot...]))
  }
}
