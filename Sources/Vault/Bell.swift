internal import Glibc

/// Wakes who waits with poll(2), from any thread.
public final class Bell: Sendable {
  /// What is waited for; readable for good once the bell has rung.
  public let descriptor: Int32
  private let handle: Int32

  /// A bell that has not rung.
  public init() throws(VaultError) {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else {
      throw .system(operation: "make", path: "a pipe", errno: errno)
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (descriptor, handle) = (ends[0], ends[1])
  }

  /// Wakes everybody, now and whoever comes later.
  public func ring() { _ = unsafe write(handle, "!", 1) }

  /// Waits until the bell has rung or one of `others` can be read, for so many milliseconds at most
  /// (-1: for ever), and says which of them, the bell first.
  public func wait(or others: [Int32], atMost milliseconds: Int) -> (rung: Bool, others: [Bool]) {
    var waits = ([descriptor] + others).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    _ = unsafe poll(&waits, nfds_t(waits.count), Int32(clamping: milliseconds))
    return (waits[0].revents != 0, waits.dropFirst().map { $0.revents != 0 })
  }

  deinit {
    close(descriptor)
    close(handle)
  }
}
