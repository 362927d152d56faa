internal import Git
internal import Markup
internal import Vault

extension History {
  /// The sides of a merge with every link as it is to be where the merge gives a note another path
  /// than the side has it at, or gives its name to another note too.
  ///
  /// Each side's links are read in that side's tree, and rewritten as `notes mv` would do, before
  /// any text is merged. So a rewritten link is no edit that could meet another: where both sides
  /// moved a note, `[[n]]`, `[[ours]]` and `[[theirs]]` are one link. Of each side only the notes
  /// that it changed are read: in all others its own `mv` has seen to the links.
  func followingLinks(_ sides: MergeSides, _ plan: TreePlan) throws -> MergeSides {
    guard let base = sides.base else { return sides }
    let ways = plan.ways
    let goals = ways.map(\.result)
    let ourNames = Set((sides.ourChanges.compactMap(\.newName) + goals).compactMap(\.nameKey))
    let theirNames = Set((sides.theirChanges.compactMap(\.newName) + goals).compactMap(\.nameKey))
    if ways.isEmpty, ourNames.isEmpty, theirNames.isEmpty { return sides }
    let names = ResultNames(sides.ours, plan, of: ourNames.union(theirNames))
    var (old, ours, theirs) = (
      // Of a note that one side removed only the other's links follow, as that side rewrote them.
      LinkedTree(
        base, ways.filter { $0.ours != nil && $0.theirs != nil }.map { ($0.base, $0.result) },
        ourNames.union(theirNames), names),
      LinkedTree(sides.ours, ways.map { ($0.ours, $0.result) }, theirNames, names),
      LinkedTree(sides.theirs, ways.map { ($0.theirs, $0.result) }, ourNames, names)
    )
    try ours.look(for: sides.ourChanges.count, repository)
    try theirs.look(for: sides.theirChanges.count, repository)
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
    guard let entry, entry.kind == .file, side.isConcerned else { return entry }
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
    let source = FileMove(note, to: side.moves[note] ?? note)
    var moved = MovedLinks()
    for (ordinal, link) in document.links.enumerated() where !link.isExternal {
      moved.links[ordinal] = try side.goal(
        of: link.target, isByPath: link.kind.isByPath, from: source, repository)
    }
    for (ordinal, definition) in document.definitions.enumerated() where !definition.isExternal {
      moved.definitions[ordinal] = try side.goal(
        of: definition.target, isByPath: true, from: source, repository)
    }
    let tree = side.tree
    return try document.following(
      moved, in: source,
      isThere: { place in
        try [place.text, place.text + ".md"].contains {
          try repository.entry(at: GitPath($0), in: tree) != nil
        }
      },
      isMeant: { try side.result.isMeant($0.new, from: source.new, repository) }
    ).bytes
  }
}

/// One of the trees of a merge, with the notes and other files that the merge gives other paths.
private struct LinkedTree {
  let tree: ObjectID
  /// The new paths, by those in this tree.
  private(set) var moves: [NotePath: NotePath] = [:]
  /// What stands where in the result.
  let result: ResultNames
  /// What links to those notes share with their names, and with the names that are new to this tree.
  private var keys: Set<String>
  /// The notes of the tree that have such a name, and the other files that move, once a link asked
  /// for one.
  private var files: NamedPaths?
  /// How many other files have such a name.
  private var others: [String: Int] = [:]

  init(
    _ tree: ObjectID, _ ways: [(old: GitPath?, new: GitPath)], _ newNames: Set<String>,
    _ result: ResultNames
  ) {
    self.tree = tree
    self.result = result
    for way in ways where way.old != way.new {
      guard let old = way.old?.notePath, let new = way.new.notePath, old.isNote == new.isNote
      else { continue }
      moves[old] = new
    }
    keys = newNames.union(moves.keys.map { LinkCandidates.key(of: $0.name) })
  }

  /// Whether a link in it can need another text.
  var isConcerned: Bool { !keys.isEmpty }

  /// Looks up which of the names it has, before that many changed notes are read for them.
  mutating func look(for count: Int, _ repository: borrowing Repository) throws {
    if count > 1_000, !keys.isEmpty { try read(repository) }
  }

  /// The way of the note that a link means by its path; `nil` where its text still means it.
  mutating func goal(
    of target: String, isByPath: Bool, from source: FileMove, _ repository: borrowing Repository
  ) throws -> FileMove? {
    guard keys.contains(LinkCandidates.key(of: target)) else { return nil }
    if files == nil { try read(repository) }
    guard let old = files?.match(target: target, isByPath: isByPath, from: source.old)
    else { return nil }
    // A Markdown link to a file that is no note says the whole way, and of several that a wiki link
    // may mean nobody knows which.
    if !old.isNote, !NotePath.places(of: target, from: source.old.folder).contains(old),
      isByPath || others[LinkCandidates.key(of: old.name)] != 1
    {
      return nil
    }
    if let new = moves[old] { return FileMove(old, to: new) }
    return try result.names(repository).takes(target, isByPath, from: source.new, of: old)
      ? FileMove(old, to: old) : nil
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

  private mutating func read(_ repository: borrowing Repository) throws {
    let moving = Set(moves.keys.filter { !$0.isNote }.map { LinkCandidates.key(of: $0.name) })
    let found = try repository.files(of: tree) { note, key in
      (note.isNote ? keys : moving).contains(key)
    }
    for file in found where !file.isNote {
      others[LinkCandidates.key(of: file.name), default: 0] += 1
    }
    keys = Set(found.map { LinkCandidates.key(of: $0.name) })
    files = NamedPaths(found)
  }
}

/// The notes of a merge's result that have one of some names, and the other files that have the name
/// of one that moves, once a link asked for one.
private final class ResultNames {
  private let ours: ObjectID
  private let plan: TreePlan
  private let keys: Set<String>
  private let otherKeys: Set<String>
  private var all: Names?

  /// Some files by their paths.
  struct Names {
    let paths: Set<NotePath>
    let named: NamedPaths
    /// How many of them are no notes, by their names.
    let others: [String: Int]

    /// Whether the text of a link to a note means another one.
    func takes(
      _ target: String, _ isByPath: Bool, from source: NotePath, of note: NotePath
    ) -> Bool {
      guard paths.contains(note) else { return false }
      let meant = named.match(target: target, isByPath: isByPath, from: source)
      return meant != nil && meant != note
    }
  }

  init(_ ours: ObjectID, _ plan: TreePlan, of keys: Set<String>) {
    self.ours = ours
    self.plan = plan
    self.keys = keys
    otherKeys = Set(
      plan.ways.compactMap(\.result.notePath).filter { !$0.isNote }
        .map { LinkCandidates.key(of: $0.name) })
  }

  func names(_ repository: borrowing Repository) throws -> Names {
    if let all { return all }
    func isWanted(_ file: NotePath, _ key: String) -> Bool {
      (file.isNote ? keys : otherKeys).contains(key)
    }
    var paths = try Set(repository.files(of: ours, where: isWanted))
    for (path, file) in plan.outcomes {
      guard let place = path.notePath, isWanted(place, LinkCandidates.key(of: place.name))
      else { continue }
      if file != nil { paths.insert(place) } else { paths.remove(place) }
    }
    let others = paths.filter { !$0.isNote }.map { (LinkCandidates.key(of: $0.name), 1) }
    let names = Names(
      paths: paths, named: NamedPaths(paths.filter(\.isNote)),
      others: Dictionary(others, uniquingKeysWith: +))
    all = names
    return names
  }

  /// Whether the name alone of a file means it.
  func isMeant(
    _ file: NotePath, from source: NotePath, _ repository: borrowing Repository
  ) throws -> Bool {
    let names = try names(repository)
    // Of several files that are no notes nobody knows which is meant.
    if !file.isNote { return names.others[LinkCandidates.key(of: file.name)] == 1 }
    return !names.takes(file.stem, false, from: source, of: file)
  }
}

extension Repository {
  /// The notes of a tree whose names are among some, by what links share with them.
  func notes(of tree: ObjectID, named keys: Set<String>) throws -> [NotePath] {
    try files(of: tree) { file, key in file.isNote && keys.contains(key) }
  }

  /// The files of a tree that are wanted, by their paths and what links share with their names.
  fileprivate func files(
    of tree: ObjectID, where isWanted: (_ file: NotePath, _ key: String) -> Bool
  ) throws -> [NotePath] {
    var found: [NotePath] = []
    try eachEntry(of: tree) { path, entry in
      if entry.kind == .file, let file = path.notePath,
        isWanted(file, LinkCandidates.key(of: file.name))
      {
        found.append(file)
      }
      return true
    }
    return found
  }
}

extension GitPath {
  /// What a note's name and the links by it share; `nil` for any other file.
  fileprivate var nameKey: String? {
    notePath.flatMap { $0.isNote ? LinkCandidates.key(of: $0.name) : nil }
  }
}

extension FileChange {
  /// Where the file stood before; `nil` for a new one.
  fileprivate var pathBefore: GitPath? { kind == .added ? nil : oldPath }

  /// Where the file stands now; `nil` where none of it did before.
  fileprivate var newName: GitPath? { kind == .added || kind == .renamed ? newPath : nil }
}
