internal import FoundationEssentials
internal import Git
public import Vault

extension History {
  /// Whether a command was killed and left something to finish.
  public static func needsRecovery(_ vault: Vault) -> Bool {
    OperationLog(of: vault).journal.exists
  }

  /// Finishes what a killed command left; does nothing where nothing was left.
  public func finishInterrupted() throws {
    try locked {}
  }

  /// Finishes or drops the operation in the journal, and clears away unfinished writes.
  ///
  /// An operation that was to move the branch first is dropped if the branch has not moved, since
  /// then no file was touched; otherwise its file changes are carried out to the end, or wait where another
  /// branch is checked out by now.
  func recover() throws {
    try finishJournal()
    try writeUnwritten()
  }

  private func finishJournal() throws {
    guard let bytes = try log.journal.read() else { return }
    let operation: Operation
    do {
      operation = try Operation(encoded: bytes)
    } catch HistoryError.damagedJournal {
      guard let known = try makeJournalAnew(over: bytes) else { return }
      operation = known
    }
    _ = try vault.files.sweep(to: vault.trash)
    if let move = operation.head, try !isCheckedOut(move) {
      if try hasHappened(move) { try putOff(operation) }
      return try log.journal.remove()
    }
    do {
      _ = try carryOut(operation)
    } catch  where operation.head == nil {
      // What cannot be finished any more may be taken back. Nobody waits for its answer.
      let outcome = takeBack(operation, after: error)
      guard case HistoryError.unfinished = outcome else { return }
      throw outcome
    }
    try log.finish(isWorthKeeping: operation.isKept)
  }

  /// Takes back what was done of an operation when `error` ended it, and drops the journal.
  ///
  /// - Returns: what is to be thrown.
  func takeBack(_ operation: Operation, after error: any Error) -> any Error {
    applier.takeBack(operation, after: error, log) { try repository.readBlob($0) }
  }

  /// Changes files in a way that `undo` does not take back, with a journal for the time that it takes.
  ///
  /// With `orNone`, nothing is changed where somebody was at one of the files meanwhile.
  ///
  /// - Throws: what is left of it, as `takeBack` says.
  @discardableResult
  func carryOutForGood(
    _ changes: [Operation.Change], orNone: Bool = false
  ) throws -> Applied {
    var operation = Operation(command: context.command, time: context.clock(), changes: changes)
    operation.isKept = false
    try log.begin(operation)
    let applied: Applied
    do {
      applied = try carryOut(operation)
      if orNone, let left = applied.left.first {
        throw VaultError.changedMeanwhile(left.path.text)
      }
    } catch {
      throw takeBack(operation, after: error)
    }
    log.conclude(isWorthKeeping: false)
    return applied
  }

  /// Carries out an operation that the journal already holds.
  ///
  /// A file of a sync's that cannot be written waits; an undo takes back that it does.
  func carryOut(_ operation: Operation) throws -> Applied {
    let isSync = operation.head != nil
    guard isSync || operation.undoes != nil else { return try apply(operation) }
    // What waits for another branch is written by git when that one is checked out again, so that it may
    // make room for what does for this one.
    let waiting = try waitingHere()
    var due = operation
    var waits: [Operation.Change] = []
    if let waiting { due.changes = changes(of: operation, over: waiting, waits: &waits) }
    let applied = try apply(due)
    if waiting == nil, applied.unmade.isEmpty { return applied }
    try wait(
      for: Operation(
        command: operation.command, time: operation.time, changes: waits + applied.unmade,
        head: operation.head ?? waiting?.head))
    return applied
  }

  private var applier: Applier {
    Applier(
      files: vault.files, trash: vault.trash, setsModes: repository.tellsWhatMayRun)
  }

  /// Makes an operation's changes, and merges what somebody has edited meanwhile.
  func apply(_ operation: Operation) throws -> Applied {
    var applier = self.applier
    applier.putsOff = operation.head != nil
    let (edited, others) = try partingEditedMoves(operation)
    var applied = try applier.apply(
      others, readBlob: { try repository.readBlob($0) },
      merge: { change, found in
        guard operation.head != nil else { return nil }
        if let found {
          if EditorFile.isOfWindows(GitPath(change.path.text)) { return found }
          do {
            // What another repository has there is in no record and no snapshot.
            try vault.files.refuseOtherRepository(above: change.path)
          } catch  where change.after == nil {
            return found
          }
          if try meetsIgnoredFile(change) { throw VaultError.ignored(change.path.text) }
          if has(edited[change.path], at: change, found) { return found }
        }
        return try mergeEdit(change, found)
      })
    for (target, edit) in edited.sorted(by: { $0.key < $1.key }) {
      try follow(edit, to: target, &applied)
    }
    return applied
  }

  /// Whether what stands where a file is to come is one that git ignores, or an editor's own, and so is
  /// not for others.
  ///
  /// Once it is known as that it stays in the way, whatever becomes of the ignore files.
  private func meetsIgnoredFile(_ change: Operation.Change) throws -> Bool {
    guard change.before == nil else { return false }
    return try change.waitsForIgnoredFile || EditorFile.isName(change.path.name)
      || repository.isIgnored(GitPath(change.path.text))
  }

  /// Whether a branch has what it was moved to, wherever it went from there.
  func hasHappened(_ move: Operation.HeadMove) throws -> Bool {
    try has(move, repository.reference(move.reference))
  }

  /// Whether what is checked out has what a branch was moved to.
  func isCheckedOut(_ move: Operation.HeadMove) throws -> Bool { try has(move, head()) }

  private func has(_ move: Operation.HeadMove, _ place: ObjectID?) throws -> Bool {
    guard let place else { return false }
    return try place == move.new || repository.isAncestor(move.new, of: place)
  }

  /// Removes git's lock files that a killed command of ours left.
  ///
  /// Only those made since that command began: a live git's lock is respected.
  func removeStaleLocks(since begin: Int64) throws {
    let stale = gitLocks { Self.isMade($0, since: begin) }
    if isAnotherAtWork() {
      // It is not known whose they are: the next command asks again.
      leftovers.areLocksThere = true
      return
    }
    _ = try remove(stale)
    for (folder, prefix) in [
      (repository.gitDirectory, "index.notes~"), (vault.stateFolder, "worktree.notes-"),
      (repository.commonDirectory + "/info", "attributes.notes-"),
    ] where StateFile(folder).stamp != nil {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder)
      where name.hasPrefix(prefix) {
        try StateFile(folder + "/" + name).remove()
      }
    }
    for remote in (try? repository.remotes()) ?? [] {
      repository.removeStaleLocks(at: remote.name) { _, made in
        made >= (begin - 20_000_000) / 1_000_000_000
      }
    }
    // Whoever made them is dead, and we hold the lock: none is too young, whatever the clock says.
    repository.removeLeftovers(olderThan: .max)
  }

  /// Whether a lock file of git's is there that was made since a command began.
  ///
  /// One of ours is, where it could not be removed. That of git's index is not counted: its removal is
  /// known of.
  func leavesLocks(since begin: Int64) -> Bool {
    gitLocks { Self.isMade($0, since: begin) }.contains { $0.name != "index.lock" }
  }

  /// The clock of a file system can be some milliseconds behind.
  private static func isMade(_ stamp: Vault::FileStamp, since begin: Int64) -> Bool {
    stamp.modified >= begin - 20_000_000
  }

  /// Git's lock files that are there, by their paths in git's folder, and how old they are.
  public func heldLocks() -> [(name: String, seconds: Int64)] {
    let now = context.clock()
    return gitLocks { _ in true }
      .map { ($0.name, max(0, now - $0.stamp.modified) / 1_000_000_000) }
  }

  /// Removes git's lock files that nothing has held for so many seconds, whoever left them.
  ///
  /// What a git does under a lock takes moments, but for one that waits for an editor, and that one is
  /// there to be seen.
  ///
  /// - Returns: the locks that went, by their paths in git's folder.
  public func removeDeadLocks(olderThan seconds: Int64 = deadLockAge) throws -> [String] {
    let limit = context.clock() - seconds * 1_000_000_000
    let dead = gitLocks { $0.modified < limit }
    return dead.isEmpty || isAnotherAtWork() ? [] : try remove(dead)
  }

  /// Removes the locks of branches that nothing has held for that long in a remote that is a folder.
  ///
  /// They stay from a push that was killed, where the remote was away when the next command looked, and
  /// from one whose disk could not be written any more.
  func removeDeadLocks(at remote: String) {
    let limit = context.clock() / 1_000_000_000 - Self.deadLockAge
    repository.removeStaleLocks(at: remote) { folder, made in
      made < limit && !Self.isGitRunning(in: folder) { _ in true }
    }
  }

  /// After how many seconds a lock of git's is taken for dead.
  public static var deadLockAge: Int64 { 600 }

  /// One of git's lock files, as it was when it was looked at.
  private struct GitLock {
    let name: String
    let file: StateFile
    let stamp: Vault::FileStamp
  }

  /// The locks of this work tree, and those of what all work trees of the repository share.
  ///
  /// The index and the HEAD of another work tree are not ours to unlock.
  private func gitLocks(where isWanted: (Vault::FileStamp) -> Bool) -> [GitLock] {
    let (own, shared) = (repository.gitDirectory, repository.commonDirectory)
    var paths = ["HEAD.lock", "index.lock"].map { ($0, own) }
    paths += ["config.lock", "packed-refs.lock"].map { ($0, shared) }
    paths += repository.filesOfReferences().filter { $0.hasSuffix(".lock") }.map { ($0, shared) }
    return paths.compactMap { name, folder in
      let file = StateFile(folder + "/" + name)
      guard let stamp = file.stamp, isWanted(stamp) else { return nil }
      return GitLock(name: name, file: file, stamp: stamp)
    }
  }

  /// Removes locks that no git holds, which is to be asked once they are known.
  ///
  /// Only the very same go: else a git that has come since would take the next lock at that place for
  /// its own.
  private func remove(_ locks: [GitLock]) throws -> [String] {
    let left = locks.filter { $0.file.stamp == $0.stamp }
    for lock in left { try lock.file.remove() }
    return left.map(\.name)
  }

  /// Brings git's own index up to date with what the last commands did to the branch, which a failed
  /// command may have done without coming to that.
  ///
  /// - Returns: whether it is; not so where another process is at it, or it is damaged.
  func refreshUserIndexOfLastMoves() throws -> Bool {
    var moves = try repository.lastMoves(atMost: Self.mostMoves)
    // Where no reflog is kept.
    if moves.isEmpty, let head = try head() {
      moves = [(try repository.commit(head).parents.first, head)]
    }
    var changes: [FileChange] = []
    for move in moves.reversed() {
      // A commit that the branch was moved away from may be gone by now.
      guard let after = try? repository.commit(move.to).tree else { continue }
      let before = move.from.flatMap { try? repository.commit($0).tree }
      if before == nil, move.from != nil { continue }
      changes += try repository.diff(before, after, findingRenames: false)
    }
    return try changes.isEmpty
      || repository.refreshUserIndex(changes, assumed: waitingPaths())
  }

  /// A sync makes three moves at the most, and the command that was to mend it may have been killed,
  /// too.
  static let mostMoves = 12

  /// Whether a git is at work here or in another work tree of the repository, or one of our commands in
  /// such a one: the vault's lock is that of its own work tree.
  private func isAnotherAtWork() -> Bool {
    let shared = repository.commonDirectory
    let linked = StateFile.names(in: shared + "/worktrees").map { shared + "/worktrees/" + $0 }
    let own = Vault.resolved(vault.stateFolder)
    let isHeld = ([shared] + linked).contains { place in
      guard let state = Vault.resolved(place + "/notes"), state != own else { return false }
      return VaultLock.isHeld(in: state)
    }
    return isHeld || isGitRunning()
  }

  private func isGitRunning() -> Bool {
    let shared = Vault.resolved(repository.commonDirectory) ?? repository.commonDirectory
    return Self.isProcessRunning { process, folder in
      Self.isGit(process)
        && ([vault.root, shared].contains { $0 == folder || folder.hasPrefix($0 + "/") }
          || Vault.sharedGitFolder(from: folder) == shared)
    }
  }

  /// Whether a git works in a folder, or below it; of those, one whose process `isMeant`.
  static func isGitRunning(
    in root: String, where isMeant: (_ process: String) -> Bool
  ) -> Bool {
    // Each save asks: of most processes the folder alone says that they are none.
    isProcessRunning { process, folder in
      (folder == root || folder.hasPrefix(root + "/")) && isGit(process) && isMeant(process)
    }
  }

  private static func isProcessRunning(
    where isMeant: (_ process: String, _ folder: String) -> Bool
  ) -> Bool {
    StateFile.names(in: "/proc").contains { process in
      guard process.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
        let folder = StateFile("/proc/\(process)/cwd").linkTarget
      else { return false }
      return isMeant(process, folder)
    }
  }

  private static func isGit(_ process: String) -> Bool {
    (try? StateFile("/proc/\(process)/comm").read())?.starts(with: "git".utf8) ?? false
  }
}

extension History {
  /// Makes git's own index anew where git cannot open it, as after a power cut.
  ///
  /// - Returns: whether it was damaged.
  public func mendUserIndex() throws -> Bool {
    if repository.isUserIndexSound() { return false }
    try locked {
      guard let tree = try headTree() else { return }
      if try !repository.remakeUserIndex(from: tree, assumed: waitingPaths()) {
        throw VaultError.busy(holder: "another git works here")
      }
      leftovers.isUserIndexBehind = false
    }
    return true
  }

  /// Removes what was last seen of remotes where it cannot be read; the next sync says it anew.
  ///
  /// - Returns: the references that went.
  public func removeTornReferences() throws -> [String] {
    try repository.removeTornRemoteReferences()
  }

  /// The files among git's references whose names can be none's, by their whole paths.
  public func strayReferences() -> [String] {
    repository.strayReferences().map { repository.commonDirectory + "/" + $0 }
  }

  /// Reads everything that the branch's history needs, and says what cannot be read.
  public func verify() throws -> [String] { try repository.verify() }
}
