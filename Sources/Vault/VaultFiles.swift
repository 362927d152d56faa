internal import CLinux
internal import Glibc

/// Reads the files of a vault, never one outside of it.
///
/// Every path is opened below the vault's folder and through no symbolic link (`openat2` with
/// `RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS`), so nothing that a remote sent can lead out of it.
public struct VaultFiles: Sendable {
  /// The vault's folder.
  public let root: String
  /// The notes that are not to be read from their files.
  private let stand: StandIns?

  /// What some notes hold instead of their files: answers with `.file` for all others.
  public typealias StandIns = @Sendable (NotePath) throws(VaultError) -> StandIn

  /// Where a note's text is to be had.
  public enum StandIn: Sendable {
    /// In its file.
    case file
    /// It is this one.
    case text([UInt8], FileStamp)
    /// There is no such note, whether there is a file or not.
    case nothing
  }

  /// The files below the folder `root`; `standIns` tells which notes are to be read from elsewhere.
  public init(root: String, standIns: StandIns? = nil) {
    self.root = root
    stand = standIns
  }

  /// What a file holds, and its stamp from before it was read; one of more than `limit` bytes is an
  /// error.
  public func read(_ path: NotePath, limit: Int64 = 100_000_000) throws(VaultError) -> (
    bytes: [UInt8], stamp: FileStamp
  ) {
    switch try stand?(path) ?? .file {
    case .file: break
    case .nothing: throw .notFound(path.text)
    case .text(let bytes, let stamp):
      guard stamp.size <= limit else {
        throw .tooLarge(path.text, size: stamp.size, limit: limit)
      }
      return (bytes, stamp)
    }
    let folder = try openFolder(of: path)
    guard let found = try Self.read(path.name, in: folder, shownAs: path.text, limit: limit) else {
      throw .notFound(path.text)
    }
    return found
  }

  /// What a file holds; `nil` where it is not there.
  public func bytesIfThere(_ path: NotePath) throws(VaultError) -> [UInt8]? {
    do throws(VaultError) {
      return try read(path, limit: .max).bytes
    } catch .notFound {
      return nil
    } catch {
      throw error
    }
  }

  /// A file's stamp; `nil` where there is none.
  public func stamp(of path: NotePath) -> FileStamp? {
    switch try? stand?(path) {
    case .text(_, let stamp)?: return stamp
    case .nothing?: return nil
    case .file?, nil: break
    }
    guard let folder = try? openFolder(of: path) else { return nil }
    var status = stat()
    guard unsafe fstatat(folder.number, path.name, &status, AT_SYMLINK_NOFOLLOW) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    return FileStamp(status)
  }

  /// Whether anything at all stands at a path, be it a folder or a dangling link.
  public func isTaken(_ path: NotePath) -> Bool {
    guard let folder = try? openFolder(of: path) else { return false }
    var status = stat()
    return unsafe fstatat(folder.number, path.name, &status, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// Whether a folder stands at a path.
  public func isFolder(_ path: NotePath) -> Bool {
    guard let folder = try? openFolder(of: path) else { return false }
    var status = stat()
    return unsafe fstatat(folder.number, path.name, &status, AT_SYMLINK_NOFOLLOW) == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether a file name is one that an unfinished write leaves: `.NAME.notes-XXXXXXXX~`.
  public static func isTemporary(_ name: some Collection<UInt8>) -> Bool {
    guard name.count > 17, name.first == UInt8(ascii: ".") else { return false }
    let tail = name.dropFirst(name.count - 16)
    return tail.starts(with: temporaryMark) && tail.dropFirst(15).first == UInt8(ascii: "~")
  }

  static let temporaryMark = Array(".notes-".utf8)

  /// Makes a folder that is to be a vault, with those above it.
  ///
  /// - Returns: those that were not there.
  @discardableResult
  public static func makeFolders(_ path: String) throws(VaultError) -> [String] {
    var folder = ""
    var made: [String] = []
    for part in NotePath.parts(of: path) {
      folder += "/" + part
      if unsafe mkdir(folder, 0o777) == 0 {
        made.append(folder)
        continue
      }
      // The look at what is there may fail for another reason.
      let failure = errno
      guard failure == EEXIST || Vault.isFolder(folder) else {
        throw .system(operation: "make the folder", path: folder, errno: failure)
      }
    }
    return made
  }

  /// Removes folders that `makeFolders` made, as far as they are empty.
  public static func unmakeFolders(_ made: [String]) {
    for folder in made.reversed() { unsafe rmdir(folder) }
  }

  // MARK: Folders

  func openRoot() throws(VaultError) -> Descriptor {
    let number = unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else {
      throw .system(operation: "open the vault", path: root, errno: errno)
    }
    return Descriptor(number)
  }

  /// Opens the folder that a path stands in.
  func openFolder(
    of path: NotePath, create: Bool = false, isDerived: Bool = false
  ) throws(VaultError) -> Descriptor {
    let top = try openRoot()
    if path.folder.isEmpty { return top }
    let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let number = unsafe notes_open_beneath(top.number, path.folder, flags, 0)
    if number >= 0 { return Descriptor(number) }
    let failure = errno
    guard create, failure == ENOENT else {
      if failure == ENOENT { throw .notFound(path.text) }
      if failure == ELOOP || failure == EXDEV {
        throw .unsafePath(path.text, why: "a symbolic link stands in its way")
      }
      if failure == ENOTDIR { throw .notAFile(path.folder, kind: "file, not a folder") }
      throw .system(operation: "open", path: path.folder, errno: failure)
    }
    return try makeFolders(path.folder, below: top, isDerived: isDerived)
  }

  /// Refuses to write below a folder that is a repository of its own: no walk comes to what is there, so it
  /// would be in no snapshot again.
  public func refuseOtherRepository(above path: NotePath) throws(VaultError) {
    if path.folder.isEmpty { return }
    let top = try openRoot()
    var folder = ""
    for part in NotePath.parts(of: path.folder) {
      folder += (folder.isEmpty ? "" : "/") + part
      var status = stat()
      guard unsafe fstatat(top.number, folder + "/.git", &status, AT_SYMLINK_NOFOLLOW) == 0 else {
        continue
      }
      throw .notAFile(folder, kind: "git repository of its own")
    }
  }

  private func makeFolders(
    _ folder: String, below top: borrowing Descriptor, isDerived: Bool
  ) throws(VaultError) -> Descriptor {
    var current = Descriptor(dup(top.number))
    for part in NotePath.parts(of: folder) {
      if unsafe mkdirat(current.number, part, 0o777) == 0 {
        if !isDerived { fsync(current.number) }
      } else if errno != EEXIST {
        throw .system(operation: "make the folder", path: folder, errno: errno)
      }
      let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      let next = unsafe notes_open_beneath(current.number, part, flags, 0)
      guard next >= 0 else {
        throw .system(operation: "open the folder", path: folder, errno: errno)
      }
      current = Descriptor(next)
    }
    return current
  }

  /// Reads a regular file by its name in an open folder; `nil` where there is none.
  static func read(
    _ name: String, in folder: borrowing Descriptor, shownAs path: String, limit: Int64
  ) throws(VaultError) -> (bytes: [UInt8], stamp: FileStamp)? {
    // Not blocking, so that a named pipe cannot make us wait.
    let flags = UInt64(O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    let file = Descriptor(unsafe notes_open_beneath(folder.number, name, flags, 0))
    guard file.number >= 0 else {
      switch errno {
      case ENOENT: return nil
      case ELOOP: throw .notAFile(path, kind: "symbolic link")
      case ENXIO: throw .notAFile(path, kind: "socket")
      default: throw .system(operation: "read", path: path, errno: errno)
      }
    }
    var status = stat()
    guard unsafe fstat(file.number, &status) == 0 else {
      throw .system(operation: "read", path: path, errno: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notAFile(path, kind: describe(kindOf: status.st_mode))
    }
    guard Int64(status.st_size) <= limit else {
      throw .tooLarge(path, size: Int64(status.st_size), limit: limit)
    }
    let bytes = try readAll(file, expecting: Int(status.st_size), shownAs: path, limit: limit)
    return (bytes, FileStamp(status))
  }

  private static func readAll(
    _ file: borrowing Descriptor, expecting size: Int, shownAs path: String, limit: Int64
  ) throws(VaultError) -> [UInt8] {
    var bytes: [UInt8] = []
    // One more than the size, so that the end is seen without a second allocation.
    var room = size + 1
    var failure: Int32 = 0
    while true {
      let start = bytes.count
      var taken = 0
      bytes.append(contentsOf: repeatElement(0, count: room))
      unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe taken = Glibc.read(file.number, buffer.baseAddress?.advanced(by: start), room)
        if taken < 0 { failure = errno }
      }
      bytes.removeLast(room - max(taken, 0))
      if taken < 0, failure == EINTR { continue }
      if taken < 0 { throw .system(operation: "read", path: path, errno: failure) }
      if taken == 0 { return bytes }
      if Int64(bytes.count) > limit {
        throw .tooLarge(path, size: Int64(bytes.count), limit: limit)
      }
      room = max(4_096, size + 1 - bytes.count)
    }
  }
}
