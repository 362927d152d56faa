internal import Git
internal import Vault

/// Objects that somebody else took away between their writing and the branch's move.
///
/// `git gc --prune=now` removes what no branch led to when it looked, so also what a snapshot is
/// about to need; git's own commands have the same race (git-gc(1), notes). What was written in the
/// last hour has a second name, from which the next command puts it back; the files still hold the
/// texts, and objects are named by what they hold.
extension History {
  var recentObjects: String { vault.stateFolder + "/recent" }

  /// Gives what a commit brings a second name, before a branch leads to it.
  ///
  /// Of many files only the commit and its uppermost folder: those are written into a pack.
  ///
  /// - Returns: what has to be there once the branch has moved.
  @discardableResult
  func keepRecent(
    _ commit: ObjectID, _ tree: ObjectID, _ changes: [FileChange]
  ) throws -> Set<ObjectID> {
    var brought: Set = [commit, tree]
    if changes.count <= BlobWriter.many {
      for change in changes {
        for path in Set([change.oldPath, change.newPath]) {
          brought.formUnion(try repository.objects(to: path, in: tree))
        }
      }
    }
    repository.keepRecent(brought, in: recentObjects)
    return brought
  }

  /// Whether what a snapshot has just brought is there, after what can be put back was.
  func isThere(_ brought: Set<ObjectID>) throws -> Bool {
    func isWhole() -> Bool { brought.allSatisfy { repository.exists($0) } }
    if isWhole() { return true }
    repository.restoreRecent(from: recentObjects)
    if isWhole() { return true }
    try restoreObjects()
    return isWhole()
  }

  /// Does something that needs the branch's objects, and again if some of them had to be restored.
  func restoringObjects<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as GitError where error.reason == .notFound {
      repository.restoreRecent(from: recentObjects)
    }
    do {
      return try body()
    } catch let error as GitError where error.reason == .notFound {
      try restoreObjects()
      return try body()
    }
  }

  /// Makes sure that the folders can be read in which this machine differs from a commit.
  func restoreFolders(since commit: ObjectID) throws {
    let seen = try repository.commit(commit).tree
    try restoringObjects { _ = try repository.diff(seen, headTree(), findingRenames: false) }
  }

  /// Writes the objects of the files as they are, and of their folders, where they are missing.
  private func restoreObjects() throws {
    var index = WorkTreeIndex(path: vault.stateFolder + "/restored")
    _ = try scan(&index, for: .trial) { _ in }
    _ = try index.writeTree(in: repository)
  }
}
