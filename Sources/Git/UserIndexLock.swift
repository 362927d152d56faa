import CGit2
import Glibc

/// Git's lock of its own index, held by us: no other git commits, checks out or stages meanwhile.
///
/// It is a symbolic link that leads nowhere, as Emacs makes its locks: git cannot make a file where it
/// stands, and what it says, that it is ours, comes to the disk with its name, so that the next
/// command knows what a killed one or a power cut left. Where there are no links it is a file.
///
/// A signal that would end the process waits until the lock is released, since a lock that stays
/// keeps every git away. One that the process ignores, or that it has somebody else wait for, would not
/// end it, and is left alone.
public struct UserIndexLock: ~Copyable {
  private let path: String
  private let signals: sigset_t
  /// The signals that end the process once the lock is released.
  public let endings: [Int32]

  private static let mark = "notes (process "
  private static let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// Takes the lock, and waits for another git that has it for so many milliseconds.
  static func take(in gitDirectory: String, patience: Int) throws(GitError) -> UserIndexLock {
    let path = Self.path(in: gitDirectory)
    var waited = 0
    while true {
      let (signals, endings) = blockEndings()
      if make(at: path) { return UserIndexLock(path: path, signals: signals, endings: endings) }
      let failure = errno
      unblock(signals)
      let operation = "lock git's index"
      guard failure == EEXIST || failure == EINTR else {
        errno = failure
        throw systemError(operation, path)
      }
      guard waited < patience else {
        throw GitError(operation, .locked, "\(path) is there")
      }
      usleep(20_000)
      waited += 20
    }
  }

  private static func make(at path: String) -> Bool {
    let words = mark + "\(getpid()))"
    if unsafe symlink(words, path) == 0 { return true }
    guard [EPERM, EACCES, ENOSYS, EOPNOTSUPP].contains(errno) else { return false }
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { return false }
    // Held it is, whether or not there is room for the words.
    _ = unsafe words.withCString { unsafe write(file, $0, words.utf8.count) }
    close(file)
    return true
  }

  /// Gives it back; false where it could not be removed.
  public consuming func release() -> Bool {
    let isGone = unsafe unlink(path) == 0 || errno == ENOENT
    Self.unblock(signals)
    return isGone
  }

  /// Whether one of a lock's `endings` waits for it, so that it should be released.
  public static func isEndAskedFor(by endings: [Int32]) -> Bool {
    var pending = sigset_t()
    guard !endings.isEmpty, unsafe sigpending(&pending) == 0 else { return false }
    return endings.contains { unsafe sigismember(&pending, $0) == 1 }
  }

  /// Removes one that a killed command of ours left: for whoever is the only one of ours at work.
  static func removeOwn(in gitDirectory: String) {
    let path = Self.path(in: gitDirectory)
    var link = [CChar](repeating: 0, count: 100)
    let length = unsafe readlink(path, &link, link.count)
    let said =
      length >= 0
      ? link.prefix(length).map(UInt8.init(bitPattern:)) : readPlainFile(path, limit: 100)
    if said?.starts(with: mark.utf8) == true { unsafe unlink(path) }
  }

  private static func path(in gitDirectory: String) -> String { gitDirectory + "/index.lock" }

  private static func blockEndings() -> (before: sigset_t, endings: [Int32]) {
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, nil, &before)
    let endings = endings.filter { unsafe !isIgnored($0) && sigismember(&before, $0) == 0 }
    var blocked = sigset_t()
    unsafe sigemptyset(&blocked)
    for signal in endings { unsafe sigaddset(&blocked, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, nil)
    return (before, endings)
  }

  /// As `nohup` has it of a closed terminal, and a script's shell of Ctrl-C for what it runs beside.
  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
    let handler = unsafe action.__sigaction_handler.sa_handler
    return unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func unblock(_ signals: sigset_t) {
    var signals = signals
    unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
  }
}

// The signals wait on the thread that took it.
@available(*, unavailable)
extension UserIndexLock: Sendable {}

extension Repository {
  /// Takes git's lock of its index, as `git commit` does before it looks at anything, and waits for
  /// another git that has it for a while.
  ///
  /// - Throws: `GitError` whose reason is `.locked` where that goes on.
  public func lockUserIndex(patience: Int = 10_000) throws(GitError) -> UserIndexLock {
    try UserIndexLock.take(in: gitDirectory, patience: patience)
  }

  /// Removes the lock of git's index that a killed command of ours left: for whoever is the only one of
  /// ours at work.
  public func removeOwnUserIndexLock() { UserIndexLock.removeOwn(in: gitDirectory) }
}
