internal import Git
internal import Markup
internal import Vault

extension History {
  /// The sides of a merge with every link as it is to be where the merge gives a note another path
  /// than the side has it at.
  ///
  /// Each side's links are read in that side's tree, and rewritten as `notes mv` would do, before
  /// any text is merged. So a rewritten link is no edit that could meet another: where both sides
  /// moved a note, `[[n]]`, `[[ours]]` and `[[theirs]]` are one link. Of each side only the notes
  /// that it changed are read: in all others its own `mv` has seen to the links.
  func followingLinks(_ sides: MergeSides, _ ways: [TreePlan.Way]) throws -> MergeSides {
    guard let base = sides.base, !ways.isEmpty else { return sides }
    var (old, ours, theirs) = (
      LinkedTree(base, ways.map { ($0.base, $0.result) }),
      LinkedTree(sides.ours, ways.map { ($0.ours, $0.result) }),
      LinkedTree(sides.theirs, ways.map { ($0.theirs, $0.result) })
    )
    // What both began with counts only where both changed it.
    let both = Set(sides.ourChanges.compactMap(\.pathBefore))
      .intersection(sides.theirChanges.compactMap(\.pathBefore))
    func followed(_ change: FileChange, in side: inout LinkedTree) throws -> FileChange {
      let before =
        both.contains(change.oldPath)
        ? try following(change.old, at: change.oldPath, in: &old) : change.old
      let after = try following(change.new, at: change.newPath, in: &side)
      return change.kind == .renamed
        ? FileChange(renamedFrom: change.oldPath, to: change.newPath, before, after)
        : FileChange(change.newPath, before, after)
    }
    // A side that did no more than `mv` does to a link has not changed the text.
    func isEdit(_ change: FileChange) -> Bool {
      change.kind != .modified || change.old != change.new || !both.contains(change.oldPath)
    }
    let ourChanges = try sides.ourChanges.map { try followed($0, in: &ours) }
    let theirChanges = try sides.theirChanges.map { try followed($0, in: &theirs) }
    var result = sides
    result.ours = try repository.updatedTree(
      sides.ours,
      zip(sides.ourChanges, ourChanges).filter { $0.new != $1.new }
        .map { TreeChange($1.newPath, $1.new) })
    result.ourChanges = ourChanges.filter(isEdit)
    result.theirChanges = theirChanges.filter(isEdit)
    return result
  }

  /// A file of a tree with what it says of others' paths as it is to be.
  private func following(
    _ entry: TreeEntry?, at path: GitPath, in side: inout LinkedTree
  ) throws -> TreeEntry? {
    guard let entry, entry.kind == .file, !side.moves.isEmpty else { return entry }
    var new: [UInt8]?
    if let note = path.notePath, note.isNote {
      let bytes = try repository.readBlob(entry.id)
      guard bytes.count <= vault.settings.largestNote, isMergeable(bytes) else { return entry }
      new = try following(bytes, at: note, in: &side)
    } else if let file = LedgerFile(path), file.end == "yaml" {
      new = side.following(version: file.number, record: try repository.readBlob(entry.id))
    }
    guard let new else { return entry }
    return TreeEntry(mode: entry.mode, id: try repository.writeBlob(new))
  }

  /// A note's text with its links as they are to be.
  private func following(
    _ bytes: [UInt8], at note: NotePath, in side: inout LinkedTree
  ) throws -> [UInt8] {
    let document = Document(bytes: bytes)
    var moved = MovedLinks()
    for (ordinal, link) in document.links.enumerated() where !link.isExternal {
      let isByPath = link.kind == .markdown || link.kind == .image
      moved.links[ordinal] = try side.goal(
        of: link.target, isByPath: isByPath, from: note, repository)
    }
    for (ordinal, definition) in document.definitions.enumerated() where !definition.isExternal {
      moved.definitions[ordinal] = try side.goal(
        of: definition.target, isByPath: true, from: note, repository)
    }
    let source = FileMove(note, to: side.moves[note] ?? note)
    let tree = side.tree
    return try document.following(moved, in: source) { place in
      try [place.text, place.text + ".md"].contains {
        try repository.entry(at: GitPath($0), in: tree) != nil
      }
    }.bytes
  }
}

/// One of the trees of a merge, with the notes that the merge gives other paths.
private struct LinkedTree {
  let tree: ObjectID
  /// The new paths, by those in this tree.
  private(set) var moves: [NotePath: NotePath] = [:]
  /// What links to those notes share with their names.
  private let keys: Set<String>
  /// The notes of the tree that have such a name, once a link asked for one.
  private var notes: NamedPaths?

  init(_ tree: ObjectID, _ ways: [(old: GitPath?, new: GitPath)]) {
    self.tree = tree
    for way in ways where way.old != way.new {
      guard let old = way.old?.notePath, old.isNote, let new = way.new.notePath, new.isNote
      else { continue }
      moves[old] = new
    }
    keys = Set(moves.keys.map { LinkCandidates.key(of: $0.name) })
  }

  /// The way of the note that a link means by its path; `nil` where it means none that moves.
  mutating func goal(
    of target: String, isByPath: Bool, from note: NotePath, _ repository: borrowing Repository
  ) throws -> FileMove? {
    guard keys.contains(LinkCandidates.key(of: target)) else { return nil }
    let notes = try notes ?? read(repository)
    guard let old = notes.match(target: target, isByPath: isByPath, from: note) else { return nil }
    return moves[old].map { FileMove(old, to: $0) }
  }

  /// The record of a version of a post without an id, which `notes mv` took along; `nil` where it
  /// stays as it is.
  func following(version number: Int, record bytes: [UInt8]) -> [UInt8]? {
    guard var version = Version(number: number, record: bytes),
      let new = version.moved.flatMap({ moves[$0] })
    else { return nil }
    version.moved = new == version.path ? nil : new
    return version.record
  }

  private mutating func read(_ repository: borrowing Repository) throws -> NamedPaths {
    var found: [NotePath] = []
    try repository.eachEntry(of: tree) { path, entry in
      if entry.kind == .file, let note = path.notePath, note.isNote,
        keys.contains(LinkCandidates.key(of: note.name))
      {
        found.append(note)
      }
      return true
    }
    let named = NamedPaths(found)
    notes = named
    return named
  }
}

extension FileChange {
  /// Where the file stood before; `nil` for a new one.
  fileprivate var pathBefore: GitPath? { kind == .added ? nil : oldPath }
}
