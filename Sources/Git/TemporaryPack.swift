import Glibc

/// A pack that is being written, removed again unless it is put in its place.
struct TemporaryPack: ~Copyable {
  private let folder: String
  private let path: String
  private let file: Int32
  private let operation = "write a pack"

  /// Makes the file; `git gc` clears away names that begin with `tmp_`, should we be killed.
  init(_ folder: String) throws(GitError) {
    let path = folder + "/tmp_notes_" + String(UInt64.random(in: .min ... .max), radix: 36)
    let made = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard made >= 0 else { throw systemError("write a pack", folder) }
    self.folder = folder
    self.path = path
    file = made
  }

  deinit {
    close(file)
    // Gone already, if the pack was put in its place.
    unsafe unlink(path)
    unsafe unlink(path + ".idx")
  }

  /// Writes more bytes.
  func append(_ bytes: [UInt8]) throws(GitError) { try writeAll(file, bytes, operation) }

  /// Writes the header, which holds the number of objects, and the sum over all of it.
  func complete(header: [UInt8]) throws(GitError) -> [UInt8] {
    guard lseek(file, 0, SEEK_SET) == 0 else { throw systemError(operation) }
    try writeAll(file, header, operation)
    guard lseek(file, 0, SEEK_SET) == 0 else { throw systemError(operation) }
    var sum = SHA1()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe read(file, $0.baseAddress, $0.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError(operation)
      }
      if count == 0 { break }
      sum.update(count == piece.count ? piece : Array(piece[..<count]))
    }
    let bytes = sum.finish()
    try writeAll(file, bytes, operation)
    return bytes
  }

  /// Syncs the pack and its index and gives them their names, the index last: it is what makes
  /// the pack seen.
  func install(name: String, index: [UInt8]) throws(GitError) {
    let target = folder + "/" + name
    fchmod(file, 0o444)
    guard fsync(file) == 0 else { throw systemError(operation) }
    let other = unsafe open(path + ".idx", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
    guard other >= 0 else { throw systemError(operation) }
    defer { close(other) }
    try writeAll(other, index, operation)
    guard fsync(other) == 0 else { throw systemError(operation) }
    guard unsafe rename(path, target + ".pack") == 0,
      unsafe rename(path + ".idx", target + ".idx") == 0
    else { throw systemError(operation, target) }
    syncFolder(of: target)
  }
}
