extension Repository {
  /// The entries of one folder, in git's order, without those below them.
  public func children(of tree: ObjectID) throws(GitError) -> [NamedTreeEntry] {
    var entries: [NamedTreeEntry] = []
    try unsafe withObject(tree, .tree) { (bytes: UnsafeRawBufferPointer) throws(GitError) in
      try unsafe TreeFormat.eachEntry(bytes) { name, entry throws(GitError) in
        entries.append(NamedTreeEntry(name: unsafe Array(name), entry: entry))
        return true
      }
    }
    return entries
  }

  /// What stands at a path of a tree; nil when nothing does.
  public func entry(at path: GitPath, in tree: ObjectID) throws(GitError) -> TreeEntry? {
    let way = try entries(to: path, in: tree)
    return way.count == path.names.count + 1 ? way.last : nil
  }

  /// The objects that lead to a path of a tree, and what stands there, as far as there is something.
  public func objects(to path: GitPath, in tree: ObjectID) throws(GitError) -> [ObjectID] {
    try entries(to: path, in: tree).filter { $0.kind != .submodule }.map(\.id)
  }

  /// A tree, the folders that lead to a path in it, and what stands there, as far as they go.
  private func entries(to path: GitPath, in tree: ObjectID) throws(GitError) -> [TreeEntry] {
    var way = [TreeEntry(mode: 0o040000, id: tree)]
    for name in path.names {
      let above = way[way.count - 1]
      guard above.kind == .folder, let next = try child(name, of: above.id) else { break }
      way.append(next)
    }
    return way
  }

  /// Visits everything in a tree that is not a folder, folder by folder in git's order.
  ///
  /// When `visit` returns false the walk ends. Folders nested more than `deepest` levels are an
  /// error, as no user makes them.
  public func eachEntry(
    of tree: ObjectID, _ visit: (GitPath, TreeEntry) throws(GitError) -> Bool
  ) throws(GitError) {
    _ = try walk(tree, GitPath(bytes: []), 0, visit)
  }

  /// The paths of what stands below a folder of a tree and is no folder itself.
  public func files(below folder: GitPath, in tree: ObjectID) throws(GitError) -> [GitPath] {
    guard let entry = try entry(at: folder, in: tree), entry.kind == .folder else { return [] }
    var files: [GitPath] = []
    _ = try walk(entry.id, folder, 0) { path, _ in
      files.append(path)
      return true
    }
    return files
  }

  /// The number of folders below each other that is followed.
  public static var deepest: Int { 256 }

  private func walk(
    _ tree: ObjectID, _ path: GitPath, _ depth: Int,
    _ visit: (GitPath, TreeEntry) throws(GitError) -> Bool
  ) throws(GitError) -> Bool {
    guard depth < Self.deepest else {
      throw GitError("read a tree", .invalid, "folders are nested too deeply in \(path)")
    }
    for child in try children(of: tree) {
      let childPath = path.appending(child.name)
      let goesOn =
        child.entry.kind == .folder
        ? try walk(child.entry.id, childPath, depth + 1, visit)
        : try visit(childPath, child.entry)
      if !goesOn { return false }
    }
    return true
  }

  /// What stands under a name in a folder; the bytes are searched without being copied.
  func child(_ name: ArraySlice<UInt8>, of tree: ObjectID) throws(GitError) -> TreeEntry? {
    try unsafe withObject(tree, .tree) { (bytes: UnsafeRawBufferPointer) throws(GitError) in
      var found: TreeEntry?
      try unsafe TreeFormat.eachEntry(bytes) { candidate, entry throws(GitError) in
        guard candidate.count == name.count,
          unsafe candidate.elementsEqual(name)
        else { return true }
        found = entry
        return false
      }
      return found
    }
  }
}
