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
  /// Whether a later command has mended what that one left, but for what it could not know to be its.
  public let wasMended: Bool
  /// Where in the file the word for that is to stand.
  private let place: Int

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
    // A holder that ends in order empties the file; what it says otherwise is what was killed. Whoever
    // holds it now may be killed before all is mended, so what the first one said stays, at every
    // moment, and ours goes behind it.
    let crashed = Record(in: contents(of: number))
    let place = off_t(crashed?.length ?? 0)
    let words = Array("\(command) (process \(getpid()))\n\(now)\n".utf8)
    let count = unsafe words.withUnsafeBytes {
      unsafe pwrite(number, $0.baseAddress, $0.count, place)
    }
    ftruncate(number, place + off_t(max(0, count)))
    return VaultLock(file: file, named: named, crashed)
  }

  private init(file: consuming Descriptor, named: consuming NamedLock?, _ crashed: Record?) {
    self.file = file
    self.named = named
    crashedSince = crashed?.time
    wasMended = crashed?.wasMended ?? false
    place = crashed?.length ?? 0
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

  /// What a command leaves that did not fail.
  public enum Ending: Sendable {
    /// All is in order.
    case inOrder
    /// All is but for what the next command is to ask about once more; of a command that was not killed
    /// itself, it is as if it had been.
    case mended
    /// The next command is to mend all that a killed one may have left.
    case unmended
  }

  /// Runs `body`, which says what it leaves, while the lock is held.
  public consuming func held<Result>(
    _ body: () throws -> (result: Result, ending: Ending)
  ) rethrows -> Result {
    let (result, ending) = try body()
    switch ending {
    case .inOrder: ftruncate(file.number, 0)
    case .mended where crashedSince != nil:
      let words = Record.mended
      let count = unsafe words.withUnsafeBytes {
        unsafe pwrite(file.number, $0.baseAddress, $0.count, off_t(place))
      }
      ftruncate(file.number, off_t(place + max(0, count)))
    case .mended, .unmended: break
    }
    return result
  }

  /// Whether a command may have been killed while it held the lock, or failed; one that holds it now
  /// looks the same.
  public static func wasLeft(in stateFolder: String) -> Bool {
    let file = Descriptor(unsafe open(stateFolder + "/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW))
    return file.number >= 0 && Record(in: contents(of: file.number)) != nil
  }

  /// Whether a command holds the lock now, as far as the kernel knows.
  public static func isHeld(in stateFolder: String) -> Bool {
    let file = Descriptor(unsafe open(stateFolder + "/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW))
    return file.number >= 0 && flock(file.number, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func holder(_ path: String) -> String {
    let file = Descriptor(unsafe open(path, O_RDONLY | O_CLOEXEC))
    let words = contents(of: file.number)
    let behind = words.dropFirst(Record(in: words)?.length ?? 0)
    // Who is alone in the file is the holder; else the first is one that was killed.
    return (behind.isEmpty ? words[...] : behind).split(separator: UInt8(ascii: "\n")).first
      .map { String(decoding: $0, as: UTF8.self) } ?? "another notes command"
  }

  /// Who takes the lock and when, as the file says it: a line each.
  private struct Record {
    /// When, in nanoseconds since 1970.
    let time: Int64
    /// How many bytes the two lines have.
    let length: Int
    /// Whether the word behind them says that somebody has mended what it left.
    let wasMended: Bool

    /// That word, which goes where the next one to take the lock says who it is.
    static let mended = Array("mended\n".utf8)

    /// The first one of the file; `nil` where there is none, or half of one.
    init?(in words: [UInt8]) {
      let ends = words.indices.filter { words[$0] == UInt8(ascii: "\n") }
      guard ends.count > 1,
        let time = Int64(String(decoding: words[(ends[0] + 1)..<ends[1]], as: UTF8.self))
      else { return nil }
      self.time = time
      length = ends[1] + 1
      wasMended = words[length...].elementsEqual(Self.mended)
    }
  }

  private static func contents(of number: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 400)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(number, $0.baseAddress, $0.count, 0)
    }
    return Array(bytes.prefix(max(0, count)))
  }
}
