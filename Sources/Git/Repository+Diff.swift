/// How one file differs between two trees.
public struct FileChange: Hashable, Sendable {
  /// The kinds of difference.
  public enum Kind: Sendable {
    /// It is only in the new tree.
    case added
    /// It is only in the old tree.
    case deleted
    /// Its bytes or its mode differ.
    case modified
    /// It has another path, and perhaps other bytes.
    case renamed
    /// It was a file and is a link, or the like.
    case typeChanged
  }

  /// What kind of difference it is.
  public let kind: Kind
  /// The path in the old tree; of an added file, the path in the new one.
  public let oldPath: GitPath
  /// The path in the new tree; of a deleted file, the path in the old one.
  public let newPath: GitPath
  /// What stood there; nil when it was added.
  public let old: TreeEntry?
  /// What stands there; nil when it was deleted.
  public let new: TreeEntry?
}

extension Repository {
  /// The files that differ between two trees, in the order of their paths; nil is the empty tree.
  ///
  /// Folders that are the same are not looked into. With `findingRenames`, a deleted and an added
  /// file of which at least half is the same count as one that was renamed, as in git; but for what
  /// is below `folder`, where each file stands for itself.
  public func diff(
    _ old: ObjectID?, _ new: ObjectID?, findingRenames: Bool = true, except folder: GitPath? = nil
  ) throws(GitError) -> [FileChange] {
    var changes: [FileChange] = []
    try eachDifference(old, new) { path, old, new throws(GitError) in
      changes.append(FileChange(path, old, new))
      return true
    }
    if findingRenames { changes = try Renames.joined(changes, except: folder, in: self) }
    return changes.sorted { ($0.newPath, $0.oldPath) < ($1.newPath, $1.oldPath) }
  }

  /// The same for the files that `isWanted`, with the trees of earlier calls at hand.
  ///
  /// It is for going through a history: what one commit made of a folder is what the next began with.
  public func diff(
    _ old: ObjectID?, _ new: ObjectID?, findingRenames: Bool = true,
    of isWanted: (GitPath) -> Bool = { _ in true }, cache: inout TreeCache
  ) throws(GitError) -> [FileChange] {
    var changes: [FileChange] = []
    var left = Self.mostDifferences
    _ = try compare(
      old, new, GitPath(bytes: []), 0, &left,
      { id throws(GitError) in try cache.bytes(of: id, in: self) },
      { path, old, new throws(GitError) in
        if isWanted(path) { changes.append(FileChange(path, old, new)) }
        return true
      })
    return findingRenames ? try Renames.joined(changes, in: self) : changes
  }

  /// The number of paths that differ between two trees which is followed: as large a first snapshot as
  /// fits into memory.
  private static var mostDifferences: Int { 2_000_000 }

  /// Visits what differs between two trees and is not a folder, until `visit` returns false.
  ///
  /// A file that became a folder is a deletion, and additions below it. That more than `mostDifferences`
  /// differ is an error: no vault has so many, and a few small trees can stand for any number.
  func eachDifference(
    _ old: ObjectID?, _ new: ObjectID?,
    _ visit: (GitPath, TreeEntry?, TreeEntry?) throws(GitError) -> Bool
  ) throws(GitError) {
    var left = Self.mostDifferences
    _ = try compare(
      old, new, GitPath(bytes: []), 0, &left, { id throws(GitError) in try read(id, .tree) }, visit)
  }

  private func compare(
    _ old: ObjectID?, _ new: ObjectID?, _ folder: GitPath, _ depth: Int, _ left: inout Int,
    _ bytes: (ObjectID) throws(GitError) -> [UInt8],
    _ visit: (GitPath, TreeEntry?, TreeEntry?) throws(GitError) -> Bool
  ) throws(GitError) -> Bool {
    if old == new { return true }
    guard depth < Self.deepest else {
      throw GitError("compare trees", .invalid, "folders are nested too deeply in \(folder)")
    }
    let olds = try old.map { id throws(GitError) in try bytes(id) } ?? []
    let news = try new.map { id throws(GitError) in try bytes(id) } ?? []
    return try TreeFormat.eachDifference(olds, news) { before, after throws(GitError) in
      guard let name = before?.name ?? after?.name else { return true }
      left -= 1
      guard left >= 0 else {
        throw GitError("compare trees", .invalid, "more than \(Self.mostDifferences) paths differ")
      }
      let path = folder.appending(name)
      let isFolder = (before ?? after)?.entry.kind == .folder
      return isFolder
        ? try compare(before?.entry.id, after?.entry.id, path, depth + 1, &left, bytes, visit)
        : try visit(path, before?.entry, after?.entry)
    }
  }
}

/// Folders that were read, by the trees' ids; what a walk through a history keeps from one commit to
/// the next.
public struct TreeCache: Sendable {
  private var known: [ObjectID: [UInt8]] = [:]
  private var bytesKept = 0

  private static let mostBytesKept = 32 << 20

  /// An empty cache.
  public init() {}

  mutating func bytes(
    of tree: ObjectID, in repository: borrowing Repository
  ) throws(GitError) -> [UInt8] {
    if let found = known[tree] { return found }
    let read = try repository.read(tree, .tree)
    if bytesKept > Self.mostBytesKept {
      known = [:]
      bytesKept = 0
    }
    known[tree] = read
    bytesKept += read.count
    return read
  }
}

extension FileChange {
  /// Makes the change of one path, whose kind follows from what was there and what is.
  public init(_ path: GitPath, _ old: TreeEntry?, _ new: TreeEntry?) {
    let kind: Kind =
      switch (old, new) {
      case (nil, _): .added
      case (_, nil): .deleted
      case (let old?, let new?): old.kind == new.kind ? .modified : .typeChanged
      }
    self.init(kind: kind, oldPath: path, newPath: path, old: old, new: new)
  }

  /// Makes the change of a file that has another path, and perhaps other bytes.
  public init(
    renamedFrom oldPath: GitPath, to newPath: GitPath, _ old: TreeEntry?, _ new: TreeEntry?
  ) {
    self.init(kind: .renamed, oldPath: oldPath, newPath: newPath, old: old, new: new)
  }
}
