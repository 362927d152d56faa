internal import Glibc

/// The vault's lock, held by at most one writing command at a time, and let go when it ends.
///
/// It is the kernel's (`flock`), so a command that is killed leaves nothing to clean up. Where a file
/// system knows no such locks, it is a file that is there or not.
public struct VaultLock: ~Copyable, Sendable {
  private let file: Descriptor
  /// What is held where the kernel keeps no locks.
  private let named: NamedLock?

  /// When a command that held the lock before us began, if it was killed while it held it, in
  /// nanoseconds since 1970.
  public let crashedSince: Int64?

  /// Takes the lock, waiting for another command for a while.
  ///
  /// - Parameters:
  ///   - stateFolder: the vault's own folder, `.git/notes`; made when it is not there.
  ///   - command: what to tell others who wait, such as `notes sync`.
  ///   - now: the time, in nanoseconds since 1970.
  ///   - patience: how long to wait, in milliseconds.
  /// - Returns: the lock, held until it goes.
  /// - Throws: `VaultError.busy` with what the holder said of itself.
  public static func take(
    in stateFolder: String, command: String, now: Int64, patience: Int = 10_000
  ) throws(VaultError) -> VaultLock {
    try VaultFiles.makeFolders(stateFolder)
    let path = stateFolder + "/lock"
    let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard number >= 0 else { throw .system(operation: "lock", path: path, errno: errno) }
    let file = Descriptor(number)
    var named: NamedLock?
    var waited = 0
    while flock(number, LOCK_EX | LOCK_NB) != 0 {
      let failure = errno
      let hasNoLocks = [ENOLCK, ENOSYS, EOPNOTSUPP].contains(failure)
      if hasNoLocks {
        named = try NamedLock.take(at: path + ".held")
        if named != nil { break }
      }
      guard hasNoLocks || failure == EWOULDBLOCK || failure == EINTR else {
        throw .system(operation: "lock", path: path, errno: failure)
      }
      guard waited < patience else {
        let way = hasNoLocks ? "; if it no longer runs anywhere, remove \(path).held" : ""
        throw .busy(holder: holder(path) + way)
      }
      usleep(20_000)
      waited += 20
    }
    // A holder that ends in order empties the file; what it says otherwise is what was killed.
    let crashed = contents(of: number).split(separator: "\n").dropFirst().first.flatMap {
      Int64($0)
    }
    // Whoever holds it now may not be the one to mend what was left, so the older time stays.
    let words = Array("\(command) (process \(getpid()))\n\(crashed ?? now)\n".utf8)
    ftruncate(number, 0)
    _ = unsafe words.withUnsafeBytes { unsafe pwrite(number, $0.baseAddress, $0.count, 0) }
    return VaultLock(file: file, named: named, crashedSince: crashed)
  }

  private init(file: consuming Descriptor, named: consuming NamedLock?, crashedSince: Int64?) {
    self.file = file
    self.named = named
    self.crashedSince = crashedSince
  }

  /// Runs `body` while the lock is held.
  ///
  /// Where it fails, the next holder is told so by `crashedSince`, and can look for what is left;
  /// that takes no write, which a full disk would refuse.
  public consuming func held<Result>(_ body: () throws -> Result) rethrows -> Result {
    let result = try body()
    ftruncate(file.number, 0)
    return result
  }

  /// Runs `body`, which says whether all is in order, while the lock is held.
  public consuming func held<Result>(
    _ body: () throws -> (result: Result, isInOrder: Bool)
  ) rethrows -> Result {
    let (result, isInOrder) = try body()
    if isInOrder { ftruncate(file.number, 0) }
    return result
  }

  private static func holder(_ path: String) -> String {
    let file = Descriptor(unsafe open(path, O_RDONLY | O_CLOEXEC))
    return contents(of: file.number).split(separator: "\n").first.map(String.init)
      ?? "another notes command"
  }

  private static func contents(of number: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 400)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(number, $0.baseAddress, $0.count, 0)
    }
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
