internal import Glibc
internal import Vault

/// Keeps an index from being moved aside while somebody opens it.
///
/// SQLite opens the files beside a database (`-wal`, `-shm`) by name and later than the database
/// itself. Who opens holds the lock shared, for a millisecond; who moves a damaged index away holds
/// it alone. So nobody pairs a new database with an old log. It is the kernel's (`flock`), and a
/// process that is killed leaves nothing behind.
struct OpenLock: ~Copyable {
  private let number: Int32

  /// Waits for the lock of the index at `path`.
  init(_ path: String, alone: Bool) {
    number = unsafe open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    // A folder in which no lock can be made is one in which no index can be made: opening says so.
    while number >= 0, flock(number, alone ? LOCK_EX : LOCK_SH) != 0, errno == EINTR {}
  }

  /// Runs `body` while the lock is held.
  borrowing func held<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    try body()
  }

  deinit {
    if number >= 0 { close(number) }
  }
}

/// What tells one file from another that took its name; `nil` where there is none.
func fileIdentity(_ path: String) -> UInt64? {
  guard let name = try? NotePath(lastPart(of: path)) else { return nil }
  return VaultFiles(root: folderPart(of: path)).stamp(of: name)?.inode
}

/// Whether an index can be made or changed in a folder, which is made when it is not there.
func canWrite(in folder: String, _ path: String) -> Bool {
  makeFolder(folder)
  return unsafe access(folder, W_OK) == 0
    && (unsafe access(path, W_OK) == 0 || errno == ENOENT)
}

/// Whether the disk of a file has no room left for what SQLite puts beside a database.
func hasNoRoom(for path: String) -> Bool {
  var status = statvfs()
  guard unsafe statvfs(folderPart(of: path), &status) == 0 else { return false }
  return UInt64(status.f_bavail) * UInt64(status.f_frsize) < 65_536
    || status.f_files > 0 && status.f_favail == 0
}

/// Makes a folder and those above it, as far as they are missing.
private func makeFolder(_ folder: String) {
  guard unsafe mkdir(folder, 0o777) != 0, errno == ENOENT,
    let cut = folder.utf8.lastIndex(of: UInt8(ascii: "/")), cut > folder.utf8.startIndex
  else { return }
  makeFolder(String(folder[..<cut]))
  unsafe mkdir(folder, 0o777)
}

/// Gives a file another name, in place of what has that name; a file that is not there is no matter.
func rename(_ path: String, to target: String) {
  _ = unsafe Glibc.rename(path, target)
}

/// Removes a file; one that is not there is no matter.
func remove(_ path: String) {
  unsafe unlink(path)
}
