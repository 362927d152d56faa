internal import CGit2
public import Glibc

/// What the file system says of a file: when all of it is the same, so are the file's bytes.
public struct FileStamp: Hashable, Sendable {
  /// The size in bytes.
  public var size: Int64
  /// When the bytes changed: seconds since 1970, and nanoseconds.
  public var modified: Moment
  /// When anything changed, as the kernel has it: no program can set it.
  public var changed: Moment
  /// The number of the file on its device.
  public var inode: UInt64
  /// The number of the device.
  public var device: UInt64
  /// The kind of file and its permissions.
  public var mode: UInt32

  /// A moment of a file system's clock.
  public struct Moment: Hashable, Comparable, Sendable {
    /// Seconds since 1970.
    public var seconds: Int64
    /// Nanoseconds after that.
    public var nanoseconds: UInt32

    /// Takes the parts.
    public init(seconds: Int64, nanoseconds: UInt32) {
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }

    /// Orders moments in time.
    public static func < (left: Moment, right: Moment) -> Bool {
      (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    init(_ time: timespec) {
      self.init(seconds: Int64(time.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
    }
  }

  /// Takes what `fstat` or `lstat` said.
  public init(_ status: stat) {
    size = Int64(status.st_size)
    modified = Moment(status.st_mtim)
    changed = Moment(status.st_ctim)
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
    mode = UInt32(status.st_mode)
  }

  /// Takes the parts; a caller that never tells the device or the mode leaves them out each time.
  public init(
    size: Int64, modified: Moment, changed: Moment, inode: UInt64, device: UInt64 = 0,
    mode: UInt32 = 0
  ) {
    self.size = size
    self.modified = modified
    self.changed = changed
    self.inode = inode
    self.device = device
    self.mode = mode
  }

  /// Whether another stamp tells of the same file in the same state, as far as both say.
  func isSame(as other: FileStamp) -> Bool {
    size == other.size && modified == other.modified && changed == other.changed
      && inode == other.inode && (device == 0 || device == other.device)
  }
}
