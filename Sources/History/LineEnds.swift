internal import Git
internal import Vault

/// A vault that git itself cloned can have other line ends than its snapshots: `core.autocrlf` or an
/// attribute had git turn them. Nobody edited those files.
extension History {
  /// Gives files the line ends back that git has turned, and has it keep bytes from then on: only for a
  /// caller who holds the locks, before a snapshot.
  ///
  /// Killed in between, the next command begins again with those that are left.
  func turnLineEndsBack(holding lock: borrowing UserIndexLock) throws {
    if repository.keepsBytes { return }
    if repository.turnsBytes {
      var index = try openIndex()
      var left = try scan(&index, for: .look) { _ in }.turned[...]
      try forgetStamps(of: left, holding: lock)
      var isWhole = true
      while !left.isEmpty {
        let some = left.prefix(Self.mostTurned)
        left = left.dropFirst(Self.mostTurned)
        if try turnBack(some) { continue }
        // One that cannot be written does not stop the others.
        for path in some where try !turnBack([path]) { isWhole = false }
      }
      // Until all are turned back, snapshots have them as if they were.
      if !isWhole { return }
    }
    try repository.setKeepingBytes()
  }

  /// Has git read files once more: it takes one of another length for an edit without a look into it.
  private func forgetStamps(
    of paths: ArraySlice<NotePath>, holding lock: borrowing UserIndexLock
  ) throws {
    guard let tree = try headTree(), !paths.isEmpty else { return }
    let entries = try paths.compactMap { path -> FileChange? in
      let place = GitPath(path.text)
      return try repository.entry(at: place, in: tree).map { FileChange(place, $0, $0) }
    }
    repository.refreshUserIndex(entries, holding: lock)
  }

  /// So many files are in one journal with their bytes.
  private static var mostTurned: Int { 500 }

  /// Writes files anew, all or none; false where one cannot be written or is being edited.
  private func turnBack(_ paths: ArraySlice<NotePath>) throws -> Bool {
    guard let tree = try headTree() else { return true }
    let changes = try paths.compactMap { path -> Operation.Change? in
      let place = GitPath(path.text)
      guard
        let bytes = try? vault.files.read(path, limit: vault.settings.largestFile).bytes,
        let own = try turnedBack(bytes, place, repository.entry(at: place, in: tree))
      else { return nil }
      return Operation.Change(path, before: .bytes(bytes), after: .bytes(own))
    }
    if changes.isEmpty { return true }
    let operation = Operation(command: context.command, time: context.clock(), changes: changes)
    try log.begin(operation)
    let applied: Applied
    do { applied = try carryOut(operation) } catch {
      let outcome = takeBack(operation, after: error)
      guard case HistoryError.takenBack = outcome else { throw outcome }
      return false
    }
    log.conclude(isWorthKeeping: false)
    return applied.left.isEmpty
  }

  /// A file's bytes without what git has turned in them; `nil` where it has turned nothing.
  ///
  /// What the last snapshot has is known to be its text. Of a text that was edited since, the line ends
  /// are git's if the snapshot's are none that git would turn; what is no text is left as it is.
  func turnedBack(_ bytes: [UInt8], _ path: GitPath, _ old: TreeEntry?) throws -> [UInt8]? {
    guard let old, old.kind == .file else { return nil }
    let own = try repository.asGitTakesIt(bytes, at: path)
    if own == bytes { return nil }
    if try ObjectID.blob(own) == old.id { return own }
    let before = try repository.readBlob(old.id)
    guard isMergeable(bytes), try repository.asGitTakesIt(before, at: path) == before else {
      return nil
    }
    return own
  }
}
