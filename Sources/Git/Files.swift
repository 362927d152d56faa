import CGit2
import Glibc

/// What a path is, without following a symbolic link at its end unless asked to.
enum FileKind {
  case missing
  case file(size: Int)
  case folder
  case link
  case other

  /// Looks at a path.
  static func of(_ path: String, following: Bool = false) -> FileKind {
    var status = stat()
    let code = unsafe following ? stat(path, &status) : lstat(path, &status)
    guard code == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(size: Int(status.st_size))
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// Whether a path leads to `/dev/null`.
  static func isNullDevice(_ path: String) -> Bool {
    var (status, null) = (stat(), stat())
    return unsafe stat(path, &status) == 0 && stat("/dev/null", &null) == 0
      && status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == null.st_rdev
  }

  /// The user id of a path's owner.
  static func owner(of path: String) -> UInt32? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_uid : nil
  }
}

/// Whether nothing is at a path, by what the system says, and not for want of a permission.
func isGone(_ path: String) -> Bool {
  var status = stat()
  return unsafe lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
}

/// The bytes of a plain file that is no larger than a limit; nil for anything else.
///
/// A FIFO or a device is never waited for.
func readPlainFile(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
  let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var status = stat()
  guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
    Int(status.st_size) <= limit
  else { return nil }
  var bytes: [UInt8] = []
  let size = Int(status.st_size)
  var failed = false
  bytes = unsafe Array(unsafeUninitializedCapacity: size + 1) { buffer, done in
    while done <= size {
      let count = unsafe read(file, buffer.baseAddress.map { unsafe $0 + done }, size + 1 - done)
      if count < 0, errno == EINTR { continue }
      failed = failed || count < 0
      if count <= 0 { break }
      done += count
    }
  }
  // One that grew meanwhile is somebody's to write, and not ours to read half of.
  return failed || bytes.count > size ? nil : bytes
}

/// Writes all bytes to an open file.
func writeAll(_ file: Int32, _ bytes: [UInt8], _ operation: String) throws(GitError) {
  var done = 0
  while done < bytes.count {
    let count = unsafe bytes.withUnsafeBytes {
      unsafe write(file, $0.baseAddress.map { unsafe $0 + done }, $0.count - done)
    }
    if count < 0 {
      if errno == EINTR { continue }
      throw systemError(operation)
    }
    done += count
  }
}

/// Replaces a file by way of a neighbour, so that a reader sees the old bytes or the new ones.
func replaceFile(_ path: String, with bytes: [UInt8], sync: Bool, _ operation: String)
  throws(GitError)
{
  let temporary = path + ".notes-\(getpid())~"
  let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
  guard file >= 0 else { throw systemError(operation, temporary) }
  do throws(GitError) {
    defer { close(file) }
    try writeAll(file, bytes, operation)
    if sync, fsync(file) != 0 { throw systemError(operation, temporary) }
  } catch {
    unsafe unlink(temporary)
    throw error
  }
  guard unsafe rename(temporary, path) == 0 else {
    let error = systemError(operation, path)
    unsafe unlink(temporary)
    throw error
  }
  if sync { syncFolder(of: path) }
}

/// Makes a rename in a folder survive a power cut, as far as the file system can.
func syncFolder(of path: String) {
  let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  let file = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard file >= 0 else { return }
  fsync(file)
  close(file)
}

/// Puts a file that libgit2 has written on the disk, and its name.
func syncFile(_ path: String) {
  let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
  guard file >= 0 else { return }
  fsync(file)
  close(file)
  syncFolder(of: path)
}

/// Puts a folder on the disk, with all that is below it.
func syncAll(below folder: String) {
  for name in namesInFolder(folder) {
    let path = folder + "/" + name
    if case .folder = FileKind.of(path) { syncAll(below: path) } else { syncFile(path) }
  }
  syncFolder(of: folder + "/")
}

/// The error that `errno` tells of.
func systemError(_ operation: String, _ path: String? = nil) -> GitError {
  let number = errno
  let words = unsafe String(cString: strerror(number))
  let reason: GitError.Reason =
    switch number {
    case ENOSPC, EDQUOT: .diskFull
    case EACCES, EPERM, EROFS: .denied
    case ENOENT: .notFound
    case EEXIST: .exists
    default: .other
    }
  return GitError(operation, reason, path.map { "\($0): \(words)" } ?? words, code: -number)
}

/// Whether a path is a file that may be run.
func isProgram(_ path: String) -> Bool {
  guard case .file = FileKind.of(path, following: true) else { return false }
  return unsafe access(path, X_OK) == 0
}

/// The path with every symbolic link followed, or nil when there is nothing there.
func resolvedPath(_ path: String) -> String? {
  guard let resolved = unsafe realpath(path, nil) else { return nil }
  defer { unsafe free(resolved) }
  return unsafe String(cString: resolved)
}

/// The names in a folder, without `.` and `..`; empty when it cannot be read.
func namesInFolder(_ path: String) -> [String] {
  guard let folder = unsafe opendir(path) else { return [] }
  defer { unsafe closedir(folder) }
  var names: [String] = []
  while let entry = unsafe readdir(folder) {
    let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
      unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}

/// The first bytes of a plain file.
func readStart(_ path: String, _ count: Int) -> [UInt8]? {
  let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: count)
  let got = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
  return got < 0 ? nil : Array(bytes.prefix(got))
}

/// Makes a folder, unless it is there; that it could not be made shows when a file is put in it.
func makeFolder(_ path: String) {
  unsafe mkdir(path, 0o777)
}
