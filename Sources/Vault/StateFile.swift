internal import CLinux
internal import Glibc

/// A file of this machine's own state, written whole or not at all.
public struct StateFile: Sendable {
  /// Its absolute path.
  public let path: String

  /// The file at an absolute path.
  public init(_ path: String) {
    self.path = path
  }

  /// Whether it is there.
  public var exists: Bool { unsafe access(path, F_OK) == 0 }

  /// What the file system says of it; `nil` where it is not there.
  public var stamp: FileStamp? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? FileStamp(status) : nil
  }

  /// What it holds; `nil` where there is none.
  public func read() throws(VaultError) -> [UInt8]? {
    let folder = Descriptor(
      unsafe open(Vault.parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard folder.number >= 0 else { return nil }
    return try VaultFiles.read(name, in: folder, shownAs: path, limit: .max)?.bytes
  }

  /// Writes it: beside, to the disk, then in place of the old one in one step.
  public func write(_ bytes: [UInt8]) throws(VaultError) {
    let folder = Vault.parent(of: path)
    guard unsafe mkdir(folder, 0o777) == 0 || errno == EEXIST else {
      throw .system(operation: "make the folder", path: folder, errno: errno)
    }
    let temporary = path + ".new"
    do {
      let file = Descriptor(
        unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666))
      guard file.number >= 0 else {
        throw .system(operation: "write", path: path, errno: errno)
      }
      try VaultFiles.write(bytes, to: file, shownAs: path)
    }
    try StateFile(temporary).move(to: path)
  }

  /// Adds to its end, at once as far as other processes see.
  public func append(_ bytes: [UInt8]) throws(VaultError) {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    let file = Descriptor(unsafe open(path, flags, 0o666))
    guard file.number >= 0 else { throw .system(operation: "write", path: path, errno: errno) }
    try VaultFiles.write(bytes, to: file, shownAs: path, isDerived: true)
  }

  /// Whether it is a symbolic link.
  public var isSymbolicLink: Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Where it leads, if it is a symbolic link.
  public var linkTarget: String? {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = unsafe readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Gives it another name, in place of what has that name.
  public func move(to target: String) throws(VaultError) {
    let folder = Vault.parent(of: target)
    guard unsafe mkdir(folder, 0o777) == 0 || errno == EEXIST else {
      throw .system(operation: "make the folder", path: folder, errno: errno)
    }
    guard unsafe rename(path, target) == 0 else {
      throw .system(operation: "write", path: target, errno: errno)
    }
    let open = Descriptor(unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard open.number >= 0, fsync(open.number) == 0 || errno == EINVAL else {
      throw .system(operation: "write", path: target, errno: errno)
    }
  }

  /// Removes it, if it is there.
  public func remove() throws(VaultError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw .system(operation: "remove", path: path, errno: errno)
    }
  }

  /// The names in a folder, in order, without those that begin with a dot unless they are wanted; none
  /// where there is no folder.
  public static func names(in folder: String, includingHidden: Bool = false) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { text in
          unsafe String(cString: text)
        }
      }
      let isHidden = name.utf8.first == UInt8(ascii: ".")
      if !isHidden || includingHidden && name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private var name: String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) }
      ?? path
  }
}
