internal import Git
public import Vault

/// What is to be done where the journal of a killed command, or the list of what waits, cannot be read.
///
/// A file that a sync did not come to yet would look like the user's edit then, and the next snapshot would take
/// back what came in. What was to be written can be told without them: from the branch and what the files were
/// last known to hold, and from the operation log. What cannot be read is kept in the trash.
extension History {
  private static let marks = ["damaged-journal-", "damaged-unwritten-"]

  /// Whether a killed command left a journal, or a list of what waits, that cannot be read.
  public static func cannotRead(journalOf vault: Vault) -> Bool {
    let log = OperationLog(of: vault)
    func isDamaged(_ read: () throws -> Operation?) -> Bool {
      do { _ = try read() } catch HistoryError.damagedJournal { return true } catch {}
      return false
    }
    // Each command asks; mostly neither is there.
    return log.journal.exists && isDamaged(log.underWay)
      || log.unwritten.exists && isDamaged(log.waiting)
  }

  /// What could not be read and lies in the trash, to be looked at and removed, by its whole path.
  public static func damagedJournals(of vault: Vault) -> [String] {
    StateFile.names(in: vault.trash)
      .filter { name in marks.contains { name.hasPrefix($0) } }
      .map { vault.trash + "/" + $0 }
  }

  /// Where a journal is kept that cannot be read.
  static func damagedJournal(of vault: Vault, at time: Int64) -> StateFile {
    StateFile(vault.trash + "/" + marks[0] + "\(time)")
  }

  /// Puts what can be known of a killed sync in the place of its journal, which cannot be read.
  ///
  /// - Returns: `nil` where no sync was writing files: what any other command was doing cannot be known.
  func makeJournalAnew(over bytes: [UInt8]) throws -> Operation? {
    if case .detached = try repository.head() {
      throw HistoryError.damagedJournal("and no branch is checked out that would tell what was due")
    }
    let kept = Self.damagedJournal(of: vault, at: context.clock())
    guard let operation = try operationOfLastMoves() else {
      try log.journal.move(to: kept.path)
      return nil
    }
    try kept.write(bytes)
    try log.journal.write(operation.encoded())
    return operation
  }

  /// What brings the files from where they were last known to be to what is checked out; `nil` where they are
  /// known to have been there, or the branch did not go forward.
  ///
  /// A snapshot and a sync note where the files are once they are done, so that only one that was killed leaves
  /// a difference, or a git that moved the branch: what that one did to the files is found done.
  func operationOfLastMoves() throws -> Operation? {
    guard case .branch(let branch, let new) = try repository.head() else { return nil }
    let tree = try repository.commit(new).tree
    let known = WorkTreeIndex(path: vault.stateFolder + "/worktree").tree
    if tree == known { return nil }
    let moves = try repository.lastMoves(atMost: Self.mostMoves)
    // Where no reflog is kept.
    var old = try moves.isEmpty ? repository.commit(new).parents.first : moves[0].from
    for case (let from?, _) in moves {
      // One that the branch was moved away from may be gone by now.
      guard let commit = try? repository.commit(from), commit.tree == known else { continue }
      old = from
      break
    }
    if let old, try !repository.isAncestor(old, of: new) { return nil }
    var operation = Operation(
      command: context.command, time: context.clock(),
      changes: try fileChanges(from: old.map { try repository.commit($0).tree }, to: tree),
      head: Operation.HeadMove(reference: "refs/heads/" + branch, old: old, new: new))
    // What was put together afterwards is nothing to be taken back by `undo`.
    operation.isKept = false
    return operation.changes.isEmpty ? nil : operation
  }

  /// Puts what can be known of what waits in the place of the list of it, which cannot be read.
  func makeWaitingAnew() throws {
    let operation = try waitingByLog()
    let kept = StateFile(vault.trash + "/" + Self.marks[1] + "\(context.clock())")
    guard let operation, let bytes = try log.unwritten.read() else {
      return try log.unwritten.move(to: kept.path)
    }
    try kept.write(bytes)
    try log.wait(for: operation)
  }

  /// What syncs brought, that is checked out still, for files of which no snapshot was made since: what waits is
  /// among it, and of the others each is found done.
  func waitingByLog() throws -> Operation? {
    guard let tree = try headTree() else { return nil }
    let index = try openIndex()
    var found: [NotePath: Operation.Change] = [:]
    var settled: Set<NotePath> = []
    var newest: Operation?
    for number in log.numbers.reversed() {
      guard let operation = try? log.operation(number), operation.head != nil else { continue }
      for change in operation.changes where !settled.contains(change.path) {
        if let later = found[change.path] {
          // The file may still hold what it held before both.
          if change.after == later.before {
            found[change.path] = Operation.Change(
              change.path, before: change.before, after: later.after,
              isExecutable: later.isExecutable,
              changesMode: change.changesMode || later.changesMode)
          } else {
            settled.insert(change.path)
          }
          continue
        }
        let path = GitPath(change.path.text)
        let entry = try repository.entry(at: path, in: tree)
        guard index.entry(at: path)?.isRead != true,
          entry.map({ Operation.Content.blob($0.id) }) == change.after
        else {
          settled.insert(change.path)
          continue
        }
        found[change.path] = change
        newest = newest ?? operation
      }
    }
    guard var operation = newest else { return nil }
    operation.changes = found.values.sorted { $0.path < $1.path }
    return operation
  }
}
