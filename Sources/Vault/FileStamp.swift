internal import CLinux
internal import Glibc

/// What the file system says of a file's content without reading it.
public struct FileStamp: Hashable, Sendable {
  /// The length in bytes.
  public let size: Int64
  /// The time of the last write, in nanoseconds since 1970.
  public let modified: Int64
  /// The time of the last change of content or attributes, in nanoseconds since 1970.
  public let changed: Int64
  /// The number of the file in its file system.
  public let inode: UInt64

  /// Puts a stamp together from values that were stored.
  public init(size: Int64, modified: Int64, changed: Int64, inode: UInt64) {
    self.size = size
    self.modified = modified
    self.changed = changed
    self.inode = inode
  }

  init(_ status: stat) {
    size = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    inode = UInt64(status.st_ino)
  }

  /// Whether a rewrite at the time of the look could have left this very stamp.
  ///
  /// The kernel stamps files with a clock that ticks every few milliseconds, so a stamp is proof
  /// only once it is older than a tick. Source: git, `Documentation/technical/racy-git.txt`.
  ///
  /// The moment of the look is in nanoseconds since 1970.
  public func isRacy(at moment: Int64) -> Bool {
    max(modified, changed) > moment &- Self.tick
  }

  /// Twice the longest tick of Linux's coarse clock (`CONFIG_HZ=100`), in nanoseconds.
  private static let tick: Int64 = 20_000_000
}
