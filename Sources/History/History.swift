public import Git
public import Vault

/// A vault's past, and the one writer of its files and of its git repository.
///
/// Everything that changes something takes the vault's lock first, and finishes what a killed
/// command left before it begins.
public struct History: ~Copyable {
  /// The vault.
  public let vault: Vault
  /// What is known of the process.
  public let context: Context
  var repository: Repository
  let leftovers = Leftovers()
  let doubts = Doubts()
  let purpose: Purpose

  /// What a history is opened for.
  public enum Purpose: Sendable {
    /// To read it: a detached HEAD or a merge under way does not matter, and a shallow clone has the
    /// last snapshots.
    case reading
    /// To make snapshots, too.
    case writing
  }

  /// What the history needs to know of the process that it runs in.
  public struct Context: Sendable {
    /// The variables and the terminal, for git.
    public var environment: GitEnvironment
    /// The time, in nanoseconds since 1970.
    public var clock: @Sendable () -> Int64
    /// How far local time is ahead of UTC, in minutes.
    public var offset: Int
    /// The command as typed, such as `notes sync`.
    public var command: String
    /// This machine's name, for the record of a conflict.
    public var machine: String?

    /// Puts it together.
    public init(
      environment: GitEnvironment, clock: @escaping @Sendable () -> Int64, offset: Int,
      command: String, machine: String? = nil
    ) {
      self.environment = environment
      self.clock = clock
      self.offset = offset
      self.command = command
      self.machine = machine
    }
  }

  /// Opens the history of a vault.
  ///
  /// - Throws: `GitError` whose reason is `.repository` where the repository cannot hold a vault.
  public init(
    of vault: Vault, context: Context, for purpose: Purpose
  ) throws {
    self.vault = vault
    self.purpose = purpose
    self.context = context
    if vault.isInsideRepository, let outer = Vault.workTree(from: vault.root) {
      throw VaultError.insideRepository(folder: vault.root, root: outer)
    }
    repository = try Repository.open(
      vault.root, environment: context.environment,
      for: purpose == .reading ? .reading : .writing)
    repository.keptBack = Self.keptBackPath(of: vault)
    repository.leftAlone = EditorFile.rules
    repository.restoreRecent(from: recentObjects)
  }

  /// Where the branch stands; `nil` before the first snapshot.
  public func head() throws -> ObjectID? { try repository.head().id }

  /// Whether the vault is a shallow clone, which has the last snapshots only.
  public var isCutOff: Bool { repository.isShallow }

  /// Refuses a shallow clone: for what only a whole history can tell.
  public func requireWhole() throws { try repository.requireWholeHistory() }

  var log: OperationLog { OperationLog(of: vault) }

  /// Holds the vault's lock while `body` runs, after what a killed command left was finished.
  func locked<Result>(_ body: () throws -> Result) throws -> Result {
    let begin = context.clock()
    let lock = try VaultLock.take(
      in: vault.stateFolder, command: context.command, now: begin)
    let (since, wasMended) = (lock.crashedSince, lock.wasMended)
    return try lock.held { () -> (result: Result, ending: VaultLock.Ending) in
      repository.removeOwnUserIndexLock()
      if let since { try removeStaleLocks(since: since) }
      _ = try removeDeadLocks()
      // One that cannot be removed is read as none, and the fetch that cannot set it says why.
      _ = try? repository.removeTornRemoteReferences()
      try recover()
      // Done again, it would take back what the user has staged since.
      let isMended = try since == nil || wasMended || refreshUserIndexOfLastMoves()
      if !isMended { leftovers.isUserIndexBehind = true }
      let result: Result
      do { result = try body() } catch {
        repository.removeLocksOfPacks(since: begin / 1_000_000_000)
        throw error
      }
      // A damaged one is for `doctor` to make anew.
      let isIndexLeft = leftovers.isUserIndexBehind && repository.isUserIndexSound()
      if leftovers.areThere || isIndexLeft { return (result, .unmended) }
      if !leftovers.areLocksThere, !leavesLocks(since: begin) { return (result, .inOrder) }
      return (result, isMended ? .mended : .unmended)
    }
  }

  /// Whether git's own index could not be brought up to the snapshots by what was done: git's next commit
  /// would take back what is new.
  public var leavesUserIndexBehind: Bool { leftovers.isUserIndexBehind }

  /// Does something with the branch and the files while every other git waits, as `git commit` does:
  /// under git's lock of its index, and when no git is about to move HEAD.
  ///
  /// HEAD and the files are to be read within: a git that was waited for may have changed them.
  func whileGitWaits<Value>(
    _ body: (borrowing UserIndexLock) throws -> Value
  ) throws -> Value {
    let lock = try lockUserIndex()
    leftovers.endings = lock.endings
    defer { leftovers.endings = [] }
    let result = Result {
      try repository.refuseProblems()
      return try body(lock)
    }
    if !lock.release() { leftovers.areThere = true }
    return try result.get()
  }

  /// Whether a signal waits for git's lock to be released, to end the process.
  var isEndAskedFor: Bool { UserIndexLock.isEndAskedFor(by: leftovers.endings) }

  /// Who signs a snapshot made now.
  ///
  /// - Throws: `HistoryError.noAuthor`.
  func signature(as role: Repository.Role = .author) throws -> Signature {
    guard
      let signature = repository.signature(
        as: role, seconds: context.clock() / 1_000_000_000, offset: context.offset)
    else { throw HistoryError.noAuthor }
    return signature
  }

  func headTree() throws -> ObjectID? {
    guard let head = try head() else { return nil }
    return try repository.commit(head).tree
  }
}

/// Whether something was left undone that does not make the command fail, such as git's own index:
/// the next command sees to it.
final class Leftovers {
  var areThere = false
  /// Whether git's own index may lack what the branch has.
  var isUserIndexBehind = false
  /// Whether locks of git's were left alone that may be a killed command's: all else is done.
  var areLocksThere = false
  /// The signals that wait for git's lock, while it is held.
  var endings: [Int32] = []
}

// It holds libgit2's objects, which are used by one thread at a time.
@available(*, unavailable)
extension History: Sendable {}
