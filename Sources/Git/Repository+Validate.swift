/// An entry of a tree that must not become a file.
public struct UnsafeEntry: Hashable, Sendable {
  /// What is wrong with an entry.
  public enum Danger: Hashable, Sendable, CustomStringConvertible {
    /// Some file system takes the name for `.git`.
    case isGitFolder
    /// The name is `.`, `..` or empty, or holds a slash or a NUL.
    case leavesItsFolder
    /// The name has more than 255 bytes, or the path more than 4,096.
    case isTooLong
    /// There are more than 64 folders above it.
    case isTooDeep
    /// It is a symbolic link.
    case isLink
    /// It is a commit of another repository.
    case isSubmodule
    /// Git does not know its mode.
    case hasUnknownMode
    /// Another entry of the folder has the same name.
    case isDuplicate

    /// Whether no tree of ours may have the entry, for its name: git makes none such.
    public var isOfName: Bool {
      switch self {
      case .isGitFolder, .leavesItsFolder, .isDuplicate: true
      case .isTooLong, .isTooDeep, .isLink, .isSubmodule, .hasUnknownMode: false
      }
    }

    /// What is wrong, as the end of a sentence that begins with the path.
    public var description: String {
      switch self {
      case .isGitFolder: "some machines would take it for .git"
      case .leavesItsFolder: "the name would lead out of its folder"
      case .isTooLong: "the name or the path is too long for a file"
      case .isTooDeep: "it is nested too deeply"
      case .isLink: "it is a symbolic link"
      case .isSubmodule: "it is a repository in the repository"
      case .hasUnknownMode: "it is neither a file nor a folder"
      case .isDuplicate: "two entries have this name"
      }
    }
  }

  /// The path, whose bytes are the sender's: clean it before it is shown.
  public let path: GitPath
  /// What is wrong.
  public let why: Danger

  /// Takes the parts.
  public init(path: GitPath, why: Danger) {
    self.path = path
    self.why = why
  }
}

extension Repository {
  private static var longestName: Int { 255 }
  private static var longestPath: Int { 4_096 }
  private static var deepestFolder: Int { 64 }

  /// The entries of a tree that must not become files, beside those that `knownGood` has too.
  ///
  /// For every tree that comes from elsewhere, before anything else looks into it: git itself
  /// stores what it is sent. An unsafe folder stands for all that is in it. Whether the tree unfolds
  /// without end is to be asked before (`unfolds`).
  public func validate(
    _ tree: ObjectID, knownGood: ObjectID? = nil
  ) throws(GitError) -> [UnsafeEntry] {
    var found: [UnsafeEntry] = []
    try validate(tree, knownGood, GitPath(bytes: []), 0, &found)
    return found
  }

  /// What is left of a tree without the entries that no tree of ours may have for their names, which is
  /// written where it has some.
  ///
  /// Of several entries of one name the one stays that is most like what `known` has there, else the first.
  public func withoutForbiddenNames(
    _ tree: ObjectID, beside known: ObjectID?
  ) throws(GitError) -> ObjectID {
    if let left = try allowed(in: tree, known, 0) { return left }
    return try write([], .tree)
  }

  /// What is left of a folder; `nil` where nothing is.
  private func allowed(
    in tree: ObjectID, _ known: ObjectID?, _ depth: Int
  ) throws(GitError) -> ObjectID? {
    guard depth < Self.deepest else {
      throw GitError("read a tree", .invalid, "folders are nested too deeply")
    }
    var knownEntries: [[UInt8]: TreeEntry] = [:]
    if let known {
      for child in try children(of: known) { knownEntries[child.name] = child.entry }
    }
    func likeness(_ child: NamedTreeEntry) -> Int {
      guard let known = knownEntries[child.name] else { return 0 }
      return known == child.entry ? 2 : known.kind == child.entry.kind ? 1 : 0
    }
    let children = try children(of: tree)
    var chosen: [[UInt8]: NamedTreeEntry] = [:]
    for child in children where !EntryName.isReserved(child.name) {
      if let other = chosen[child.name], likeness(other) >= likeness(child) { continue }
      chosen[child.name] = child
    }
    var left: [NamedTreeEntry] = []
    for child in chosen.values {
      guard child.entry.kind == .folder else {
        left.append(child)
        continue
      }
      let old = knownEntries[child.name].flatMap { $0.kind == .folder ? $0.id : nil }
      if let id = try allowed(in: child.entry.id, old, depth + 1) {
        left.append(
          NamedTreeEntry(name: child.name, entry: TreeEntry(mode: child.entry.mode, id: id)))
      }
    }
    if left.isEmpty { return nil }
    left.sort(by: NamedTreeEntry.isBefore)
    return left == children ? tree : try write(TreeFormat.bytes(left), .tree)
  }

  /// The number of paths that may come in with one tree.
  public static var mostPaths: Int { 1_000_000 }

  /// Whether a tree has more paths than `limit`, beside those that `known` has in the same places.
  ///
  /// A few small trees that stand in each other many times are more paths than any machine can hold.
  /// Each of them is read once here, whatever it stands for.
  public func unfolds(
    _ tree: ObjectID, past limit: Int = mostPaths, beside known: ObjectID? = nil
  ) throws(GitError) -> Bool {
    var counts: [ObjectID: Int] = [:]
    return try pathCount(of: tree, known, 0, limit, &counts) > limit
  }

  /// The paths below a tree, of which those past the limit need not be counted.
  private func pathCount(
    of tree: ObjectID, _ known: ObjectID?, _ depth: Int, _ limit: Int,
    _ counts: inout [ObjectID: Int]
  ) throws(GitError) -> Int {
    if tree == known { return 0 }
    if known == nil, let count = counts[tree] { return count }
    guard depth < Self.deepest else {
      throw GitError("read a tree", .invalid, "folders are nested too deeply")
    }
    var knownFolders: [[UInt8]: ObjectID] = [:]
    if let known {
      for child in try children(of: known) where child.entry.kind == .folder {
        knownFolders[child.name] = child.entry.id
      }
    }
    var count = 0
    for child in try children(of: tree) {
      count += 1
      if child.entry.kind == .folder {
        count += try pathCount(
          of: child.entry.id, knownFolders[child.name], depth + 1, limit, &counts)
      }
      if count > limit { break }
    }
    if known == nil { counts[tree] = count }
    return count
  }

  private func validate(
    _ tree: ObjectID, _ known: ObjectID?, _ folder: GitPath, _ depth: Int,
    _ found: inout [UnsafeEntry]
  ) throws(GitError) {
    if tree == known { return }
    var knownEntries: [[UInt8]: TreeEntry] = [:]
    if let known {
      for child in try children(of: known) { knownEntries[child.name] = child.entry }
    }
    let children = try children(of: tree)
    var counts: [[UInt8]: Int] = [:]
    for child in children { counts[child.name, default: 0] += 1 }
    for child in children {
      let known = knownEntries[child.name]
      let path = folder.appending(child.name)
      if counts[child.name, default: 0] > 1 {
        found.append(UnsafeEntry(path: path, why: .isDuplicate))
      } else if known == child.entry {
        continue
      } else if let why = Self.danger(child, path, depth) {
        found.append(UnsafeEntry(path: path, why: why))
      } else if child.entry.kind == .folder {
        let old = known?.kind == .folder ? known?.id : nil
        try validate(child.entry.id, old, path, depth + 1, &found)
      }
    }
  }

  private static func danger(_ child: NamedTreeEntry, _ path: GitPath, _ depth: Int)
    -> UnsafeEntry.Danger?
  {
    if EntryName.isGit(child.name) { return .isGitFolder }
    if EntryName.isReserved(child.name) { return .leavesItsFolder }
    if child.name.count > longestName || path.bytes.count > longestPath { return .isTooLong }
    switch child.entry.kind {
    case .file: return nil
    case .folder: return depth >= deepestFolder ? .isTooDeep : nil
    case .link: return .isLink
    case .submodule: return .isSubmodule
    case .unknown: return .hasUnknownMode
    }
  }
}
