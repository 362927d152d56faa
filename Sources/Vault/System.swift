internal import Glibc

/// The system's words for an error number, such as `No space left on device`.
func describe(_ number: Int32) -> String {
  unsafe String(cString: strerror(number))
}

/// What kind of thing a file mode is, in words.
func describe(kindOf mode: mode_t) -> String {
  switch mode & S_IFMT {
  case S_IFLNK: "symbolic link"
  case S_IFIFO: "named pipe"
  case S_IFSOCK: "socket"
  case S_IFBLK, S_IFCHR: "device"
  case S_IFDIR: "folder"
  default: "not a regular file"
  }
}

/// The next entry of an open folder; `nil` at its end, and where it cannot be read on: then `errno` is not 0.
func nextEntry(_ folder: OpaquePointer) -> UnsafeMutablePointer<dirent>? {
  errno = 0
  return unsafe readdir(folder)
}

/// An open file, closed exactly once when its owner goes.
struct Descriptor: ~Copyable {
  let number: Int32

  init(_ number: Int32) {
    self.number = number
  }

  deinit {
    if number >= 0 { close(number) }
  }
}

extension VaultError {
  /// The system's words for an error number, such as `No space left on device`.
  public static func words(for number: Int32) -> String { describe(number) }
}
