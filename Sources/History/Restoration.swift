internal import Git
internal import Vault

/// Objects that somebody else took away between their writing and the branch's move.
///
/// `git gc --prune=now` removes what no branch leads to at that moment, so also what a snapshot is
/// about to need; git's own commands have the same race (git-gc(1), notes). The files still hold the
/// texts, and objects are named by what they hold.
extension History {
  /// Makes sure that what a snapshot has just brought is there, now that a branch leads to it.
  ///
  /// Only a few files are looked at: many are written into a pack of their own.
  func restoreIfPruned(_ commit: ObjectID, _ tree: ObjectID, _ changes: [FileChange]) throws {
    guard changes.count <= BlobWriter.many else { return }
    let isThere =
      repository.exists(commit)
      && changes.allSatisfy { change in
        guard let new = change.new else { return repository.exists(tree) }
        // The folders on the way are objects, too.
        guard let entry = try? repository.entry(at: change.newPath, in: tree) else { return false }
        return entry == new && repository.exists(new.id)
      }
    if !isThere { try restoreObjects() }
  }

  /// Does something that needs the branch's objects, and once more if some of them had to be restored.
  func restoringObjects<Result>(_ body: () throws -> Result) throws -> Result {
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
