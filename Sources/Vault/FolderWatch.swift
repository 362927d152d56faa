internal import CLinux
internal import Glibc

/// Why a vault cannot be watched.
public enum WatchError: Error, Sendable, Equatable {
  /// There are more folders than the system lets one user watch.
  case tooManyFolders
  /// A folder is on a file system whose changes the kernel does not tell.
  case fileSystem(folder: String)
  /// The vault's folder is not where it was.
  case moved(String)
  /// The system said no.
  case system(VaultError)
}

/// Hears in which folders of a vault notes may have changed (inotify(7)).
///
/// A folder is watched before it is listed, so that what happens to it is either in the listing or
/// heard. What is heard are folders to look at; what is in them is for the look to say.
public final class FolderWatch {
  /// What was heard.
  public struct News: Sendable {
    /// The folders to look at; one that is gone stands for all below it.
    public fileprivate(set) var folders: Set<NotePath> = []
    /// Whether more happened than can be said, so that everything is to be looked at.
    public fileprivate(set) var isLost = false
  }

  private struct Folder {
    let path: NotePath
    /// Whether it is another repository, of which only its end is of interest.
    let isForeign: Bool
  }

  private let root: String
  private let top: Descriptor
  private let events: Descriptor
  private var folders: [Int32: Folder] = [:]
  private var numbers: [NotePath: Int32] = [:]
  private var news = News()
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// What can be waited for with poll(2).
  public var descriptor: Int32 { events.number }

  /// Watches every folder of the vault at `root`.
  public init(root: String) throws(WatchError) {
    self.root = root
    top = Descriptor(unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    if top.number < 0 {
      throw .system(.system(operation: "open the vault", path: root, errno: errno))
    }
    events = Descriptor(inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)))
    if events.number < 0 {
      // The system's limit of watchers, or of open files.
      throw .system(.system(operation: "watch", path: root, errno: errno))
    }
    try watch("")
    news = News()
  }

  /// Whether the vault's folder is still the one that is watched.
  public var isInPlace: Bool {
    var now = stat()
    var then = stat()
    return unsafe lstat(root, &now) == 0 && fstat(top.number, &then) == 0
      && now.st_dev == then.st_dev && now.st_ino == then.st_ino
  }

  /// What was heard up to now and not taken yet.
  ///
  /// The kernel has a change in its queue before the call that made it returns, so everything that
  /// was done before this call is in the answer. What comes while we read is left for the next.
  public func take() throws(WatchError) -> News {
    var rest = notes_waiting_bytes(events.number)
    while rest > 0 {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(events.number, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      rest -= Int32(clamping: count)
      try hear(count)
    }
    defer { news = News() }
    return news
  }

  /// Goes over the events in the buffer.
  private func hear(_ count: Int) throws(WatchError) {
    let head = MemoryLayout<inotify_event>.size
    var start = 0
    while start + head <= count {
      // Within the buffer, by the condition above; the kernel writes whole events.
      let event = unsafe buffer.withUnsafeBytes {
        unsafe $0.loadUnaligned(fromByteOffset: start, as: inotify_event.self)
      }
      let end = min(count, start + head + Int(event.len))
      let name = buffer[(start + head)..<end].prefix { $0 != 0 }
      start = end
      try hear(event, Array(name))
    }
  }

  private func hear(_ event: inotify_event, _ name: [UInt8]) throws(WatchError) {
    func has(_ bits: Int32...) -> Bool {
      bits.contains { event.mask & UInt32(truncatingIfNeeded: $0) != 0 }
    }
    if has(IN_Q_OVERFLOW, IN_UNMOUNT) { news.isLost = true }
    // One that we let go of is heard of for a while.
    guard let folder = folders[event.wd] else { return }
    if has(IN_IGNORED) {
      forget(folder.path)
      news.folders.insert(folder.path)
      return
    }
    if folder.path.text.isEmpty, has(IN_MOVE_SELF, IN_DELETE_SELF) { throw .moved(root) }
    // It became a repository of its own, or ceased to be one.
    if !folder.path.text.isEmpty, name.elementsEqual(".git".utf8) { news.isLost = true }
    if folder.isForeign { return }
    if name.isEmpty {
      if has(IN_ATTRIB) { news.folders.insert(folder.path) }
    } else if name.first == UInt8(ascii: ".") {
      return
    } else if has(IN_ISDIR) {
      let text = String(decoding: name, as: UTF8.self)
      let path = folder.path.text.isEmpty ? text : folder.path.text + "/" + text
      forget(NotePath(known: path))
      news.folders.insert(NotePath(known: path))
      if has(IN_CREATE, IN_MOVED_TO, IN_ATTRIB) { try watch(path) }
    } else if NotePath.isNoteName(name) {
      news.folders.insert(folder.path)
    }
  }

  // MARK: Folders

  /// Watches a folder and all below it.
  private func watch(_ path: String) throws(WatchError) {
    var rest = [path]
    while let path = rest.popLast() {
      let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      let folder = Descriptor(
        unsafe notes_open_beneath(top.number, path.isEmpty ? "." : path, flags, 0))
      guard folder.number >= 0 else {
        // Gone again, or not to be read: the look will say so.
        if [ENOENT, ENOTDIR, ELOOP, EXDEV, EACCES, ENAMETOOLONG].contains(errno) { continue }
        throw .system(.system(operation: "watch", path: path, errno: errno))
      }
      guard Self.telling.contains(notes_file_system(folder.number)) else {
        throw .fileSystem(folder: path.isEmpty ? root : path)
      }
      var status = stat()
      let isForeign =
        unsafe !path.isEmpty && fstatat(folder.number, ".git", &status, AT_SYMLINK_NOFOLLOW) == 0
      try add(folder.number, NotePath(known: path), isForeign: isForeign)
      if isForeign { continue }
      news.folders.insert(NotePath(known: path))
      rest += try Self.subfolders(of: folder.number, path).map {
        path.isEmpty ? $0 : path + "/" + $0
      }
    }
  }

  private func add(_ folder: Int32, _ path: NotePath, isForeign: Bool) throws(WatchError) {
    var mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
    if !isForeign {
      mask |= IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF
    }
    // By the open folder, so that it is the one whose names are read next.
    let number = unsafe inotify_add_watch(events.number, "/proc/self/fd/\(folder)", UInt32(mask))
    guard number >= 0 else {
      if errno == ENOSPC { throw .tooManyFolders }
      throw .system(.system(operation: "watch", path: path.text, errno: errno))
    }
    folders[number] = Folder(path: path, isForeign: isForeign)
    numbers[path] = number
  }

  /// Lets go of a folder and all below it.
  private func forget(_ path: NotePath) {
    // What is below a folder is watched only while that is.
    guard numbers[path] != nil else { return }
    let below = Array((path.text + "/").utf8)
    for (number, folder) in folders
    where folder.path == path || folder.path.text.utf8.starts(with: below) {
      inotify_rm_watch(events.number, number)
      folders[number] = nil
      if numbers[folder.path] == number { numbers[folder.path] = nil }
    }
  }

  /// The names of the folders in an open folder, without the hidden ones.
  private static func subfolders(
    of folder: Int32, _ path: String
  ) throws(WatchError) -> [String] {
    guard let stream = unsafe fdopendir(dup(folder)) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe nextEntry(stream) {
      let kind = unsafe entry.pointee.d_type
      guard kind == UInt8(DT_DIR) || kind == UInt8(DT_UNKNOWN) else { continue }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { text in
          unsafe String(cString: text)
        }
      }
      // One of another kind does not open as a folder.
      if name.utf8.first != UInt8(ascii: ".") { names.append(name) }
    }
    if errno != 0 { throw .system(.system(operation: "watch", path: path, errno: errno)) }
    return names
  }

  /// The file systems that only this machine writes, so that the kernel knows of every change.
  ///
  /// Source: statfs(2). Whatever is not listed is taken for one that others write, too.
  private static let telling: Set<UInt32> = [
    0xEF53,  // ext2, ext3, ext4
    0x5846_5342,  // xfs
    0x9123_683E,  // btrfs
    0x0102_1994,  // tmpfs
    0x8584_58F6,  // ramfs
    0x794C_7630,  // overlay
    0xF2F5_2010,  // f2fs
    0x2FC1_2FC1,  // zfs
    0xCA45_1A4E,  // bcachefs
    0x3153_464A,  // jfs
    0x5265_4973,  // reiserfs
    0x3434,  // nilfs
    0x4D44,  // vfat
    0x2011_BAB0,  // exfat
    0x7366_746E,  // ntfs3
    0x482B,  // hfs+
  ]
}

@available(*, unavailable)
extension FolderWatch: Sendable {}
