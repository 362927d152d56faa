/// An entry of a tree that is never made a file, and why.
public struct UnsafeEntry: Sendable, Hashable {
  /// Where it stands.
  public let path: GitPath
  /// Why, such as `a symbolic link`.
  public let why: String
}

extension Repository {
  /// The entries of a received tree that no file of a vault may come from.
  ///
  /// libgit2 takes in what `git fsck` would refuse (it ignores `transfer.fsckObjects`), so every
  /// entry that is new to us is looked at: names that some file system takes for `.git`, `.` and
  /// `..`, names with `/` or NUL in them, names above 255 bytes, the same name twice, symbolic links
  /// and submodules, folders below 64 others.
  ///
  /// - Parameter known: a tree that was looked at before; what is the same in it is passed over.
  public func validate(_ tree: ObjectID, knownGood known: ObjectID?) throws(GitError)
    -> [UnsafeEntry]
  {
    var found: [UnsafeEntry] = []
    try validate(tree, known, GitPath(bytes: []), depth: 0, &found)
    return found
  }

  private func validate(
    _ tree: ObjectID, _ known: ObjectID?, _ folder: GitPath, depth: Int,
    _ found: inout [UnsafeEntry]
  ) throws(GitError) {
    if tree == known { return }
    guard depth < Self.deepestFolder else {
      found.append(UnsafeEntry(path: folder, why: "more than 64 folders deep"))
      return
    }
    var older: [[UInt8]: TreeEntry] = [:]
    if let known {
      for child in try children(of: known) { older[child.name] = child.entry }
    }
    var names: Set<[UInt8]> = []
    for child in try children(of: tree) {
      let path = folder.appending(child.name)
      let isTwice = !names.insert(child.name).inserted
      if older[child.name] == child.entry, !isTwice { continue }
      if let why = isTwice ? "its name is there twice" : Self.fault(of: child) {
        found.append(UnsafeEntry(path: path, why: why))
      } else if child.entry.kind == .folder {
        let before = older[child.name].flatMap { $0.kind == .folder ? $0.id : nil }
        try validate(child.entry.id, before, path, depth: depth + 1, &found)
      }
    }
  }

  private static let deepestFolder = 64

  private static func fault(of child: NamedTreeEntry) -> String? {
    if EntryName.isReserved(child.name) { return "its name is git's own, or no name" }
    if child.name.count > 255 { return "its name is longer than 255 bytes" }
    switch child.entry.kind {
    case .file, .folder: return nil
    case .link: return "a symbolic link"
    case .submodule: return "a submodule"
    case .unknown: return "of a kind that git does not know"
    }
  }
}
