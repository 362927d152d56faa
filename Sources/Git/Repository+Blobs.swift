extension Repository {
  /// Which of some blobs the newest snapshots have, under whatever name, each with the newest of those
  /// that has it.
  ///
  /// A folder that several snapshots have is looked at once. After `count` snapshots, or where their
  /// folders come to more than `bytes`, what is older is not looked at: somebody waits for the answer. So
  /// it is as soon as `isEnded`.
  public func newestSnapshots(
    having wanted: Set<ObjectID>, from starts: [ObjectID], atMost count: Int = 1_000,
    bytes: Int = 256 << 20, isEnded: () -> Bool = { false }
  ) throws(GitError) -> [ObjectID: ObjectID] {
    var search = BlobSearch(wanted.filter { exists($0) }, bytes: bytes)
    if search.isOver { return [:] }
    var left = count
    try eachCommit(from: starts) { commit throws(GitError) in
      try look(in: commit.tree, of: commit.id, 0, &search, isEnded)
      left -= 1
      return left > 0 && !search.isOver && !isEnded()
    }
    return search.found
  }

  private func look(
    in tree: ObjectID, of commit: ObjectID, _ depth: Int, _ search: inout BlobSearch,
    _ isEnded: () -> Bool
  ) throws(GitError) {
    guard depth < Self.deepest, !search.isOver, search.looked.insert(tree).inserted, !isEnded()
    else { return }
    let folders = try unsafe withObject(tree, .tree) {
      (bytes: UnsafeRawBufferPointer) throws(GitError) in
      unsafe search.look(in: bytes, of: commit)
    }
    for folder in folders { try look(in: folder, of: commit, depth + 1, &search, isEnded) }
  }
}

/// A search for blobs through the bytes of trees, of which most have nothing that is looked for.
private struct BlobSearch {
  var looked: Set<ObjectID> = []
  private(set) var found: [ObjectID: ObjectID] = [:]
  private var wanted: Set<ObjectID>
  private var bytesLeft: Int

  init(_ wanted: Set<ObjectID>, bytes: Int) {
    self.wanted = wanted
    bytesLeft = bytes
  }

  var isOver: Bool { wanted.isEmpty || bytesLeft < 0 }

  /// Looks at the entries of one folder, and returns the folders among them.
  ///
  /// What is malformed is left to whoever reads it.
  mutating func look(in bytes: UnsafeRawBufferPointer, of commit: ObjectID) -> [ObjectID] {
    bytesLeft -= bytes.count
    var folders: [ObjectID] = []
    try? unsafe TreeFormat.eachEntry(bytes) { _, entry throws(GitError) in
      if entry.kind == .folder {
        folders.append(entry.id)
      } else if wanted.remove(entry.id) != nil {
        found[entry.id] = commit
      }
      return true
    }
    return folders
  }
}
