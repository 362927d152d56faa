internal import CLinux
internal import Glibc

/// How a write that expected a certain content ended.
public enum WriteOutcome: Sendable, Equatable {
  /// The new state is on the disk.
  case done
  /// Somebody had written the file meanwhile: it holds their bytes, and ours are not there.
  case changedMeanwhile(found: [UInt8])
}

extension VaultFiles {
  /// Writes a new file, and fails where something stands already.
  ///
  /// When it returns, the file and its name are on the disk (fsync), and at no moment could a
  /// reader or a crash see half of it.
  public func create(_ path: NotePath, _ bytes: [UInt8], executable: Bool = false)
    throws(VaultError)
  {
    try refuseOtherRepository(above: path)
    let folder = try openFolder(of: path, create: true)
    let temporary = Self.temporaryName(for: path.name)
    try writeTemporary(
      temporary, bytes, mode: executable ? 0o777 : 0o666, in: folder, shownAs: path.text)
    if unsafe notes_rename(folder.number, temporary, folder.number, path.name, noReplace) != 0 {
      let failure = errno
      let isLinked = failure == EINVAL && linkInstead(temporary, path.name, folder)
      if !isLinked {
        unsafe unlinkat(folder.number, temporary, 0)
        if failure == EEXIST || failure == EINVAL { throw .exists(path.text) }
        throw .system(operation: "write", path: path.text, errno: failure)
      }
    }
    try sync(folder, path)
  }

  /// Puts new bytes in the place of those that `isExpected` knows.
  ///
  /// The new file is written beside the old one and exchanged with it in one step
  /// (`renameat2(RENAME_EXCHANGE)`); then what was displaced is looked at. If an editor saved in
  /// the meantime, the exchange is taken back and the editor's bytes are returned. Who may do what
  /// with the file stays, but for whether it may be run, where `executable` says so.
  public func replace(
    _ path: NotePath, with bytes: [UInt8], executable: Bool? = nil,
    ifContent isExpected: ([UInt8]) -> Bool
  ) throws(VaultError) -> WriteOutcome {
    try refuseOtherRepository(above: path)
    let folder = try openFolder(of: path)
    guard let old = try Self.read(path.name, in: folder, shownAs: path.text, limit: .max) else {
      throw .notFound(path.text)
    }
    guard isExpected(old.bytes) else { return .changedMeanwhile(found: old.bytes) }
    let temporary = Self.temporaryName(for: path.name)
    var mode = mode(of: path.name, in: folder)
    if let executable {
      // Whoever may read it may run it.
      mode = executable ? mode | (mode & 0o444) >> 2 : mode & ~0o111
    }
    try writeTemporary(temporary, bytes, mode: mode, in: folder, shownAs: path.text)
    if unsafe notes_rename(folder.number, temporary, folder.number, path.name, exchange) != 0 {
      let failure = errno
      if failure == EINVAL || failure == ENOSYS {
        // This file system cannot exchange. A plain rename is atomic too; what is lost is the
        // look at what an editor wrote since the check above, a few microseconds ago.
        if unsafe renameat(folder.number, temporary, folder.number, path.name) == 0 {
          try sync(folder, path)
          return .done
        }
      }
      unsafe unlinkat(folder.number, temporary, 0)
      if failure == ENOENT { throw .notFound(path.text) }
      throw .system(operation: "write", path: path.text, errno: failure)
    }
    guard let displaced = try Self.read(temporary, in: folder, shownAs: path.text, limit: .max),
      !isExpected(displaced.bytes)
    else {
      unsafe unlinkat(folder.number, temporary, 0)
      try sync(folder, path)
      return .done
    }
    // Not what we knew: somebody saved between our look and our exchange. Theirs goes back.
    guard unsafe notes_rename(folder.number, temporary, folder.number, path.name, exchange) == 0
    else { throw .system(operation: "put back", path: path.text, errno: errno) }
    try sync(folder, path)
    let second = try Self.read(temporary, in: folder, shownAs: path.text, limit: .max)
    if second?.bytes == bytes { unsafe unlinkat(folder.number, temporary, 0) }
    // Otherwise it was saved twice in that time; the temporary file stays, and the next command
    // moves it to the trash.
    return .changedMeanwhile(found: displaced.bytes)
  }

  /// Takes a file out of the vault into a folder for such files, where its bytes stay.
  ///
  /// The folder is an absolute path, and made when it is not there.
  public func remove(
    _ path: NotePath, to trash: String, ifContent isExpected: ([UInt8]) -> Bool
  ) throws(VaultError) -> WriteOutcome {
    let folder = try openFolder(of: path)
    guard let old = try Self.read(path.name, in: folder, shownAs: path.text, limit: .max) else {
      throw .notFound(path.text)
    }
    guard isExpected(old.bytes) else { return .changedMeanwhile(found: old.bytes) }
    try Self.makeFolders(trash)
    let name = Self.random() + "-" + Self.shortened(path.name, to: 200)
    let target = trash + "/" + name
    if unsafe notes_rename(folder.number, path.name, AT_FDCWD, target, noReplace) != 0 {
      let failure = errno
      guard failure == EXDEV || failure == EINVAL else {
        throw .system(operation: "move to the trash", path: path.text, errno: failure)
      }
      try writeOutside(target, old.bytes)
      guard unsafe unlinkat(folder.number, path.name, 0) == 0 else {
        throw .system(operation: "remove", path: path.text, errno: errno)
      }
    }
    try sync(folder, path)
    try removeEmptyFolders(above: path)
    return .done
  }

  /// Moves a file to a path that is free.
  public func move(_ path: NotePath, to target: NotePath) throws(VaultError) {
    try refuseOtherRepository(above: target)
    let from = try openFolder(of: path)
    let to = try openFolder(of: target, create: true)
    if unsafe notes_rename(from.number, path.name, to.number, target.name, noReplace) != 0 {
      switch errno {
      case EEXIST: throw .exists(target.text)
      case ENOENT: throw .notFound(path.text)
      case EINVAL where linkInstead(path.name, target.name, from, to): break
      default: throw .system(operation: "move", path: path.text, errno: errno)
      }
    }
    try sync(to, target)
    try sync(from, path)
    try removeEmptyFolders(above: path)
  }

  /// Moves what unfinished writes left into the trash, and says what it was.
  ///
  /// Only for a caller who holds the vault's lock: then no write of ours is under way.
  public func sweep(to trash: String) throws -> [String] {
    var swept: [String] = []
    try Walk(root: root, includesHidden: true).eachFolder { listing in
      swept += try sweep(listing, to: trash)
    }
    return swept
  }

  /// Does so in one folder.
  @discardableResult
  public func sweep(_ listing: FolderListing, to trash: String) throws(VaultError) -> [String] {
    var swept: [String] = []
    for name in listing.temporaries {
      try Self.makeFolders(trash)
      let path = listing.path.isEmpty ? name : listing.path + "/" + name
      let folder = try openFolder(of: NotePath(known: path))
      let target = trash + "/" + Self.random() + Self.shortened(name, to: 200)
      if unsafe notes_rename(folder.number, name, AT_FDCWD, target, noReplace) == 0 {
        swept.append(path)
      }
    }
    return swept
  }

  // MARK: Steps

  private func writeTemporary(
    _ name: String, _ bytes: [UInt8], mode: mode_t, in folder: borrowing Descriptor,
    shownAs path: String
  ) throws(VaultError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = Descriptor(
      unsafe notes_open_beneath(folder.number, name, UInt64(flags), UInt64(mode & 0o777)))
    guard file.number >= 0 else {
      throw .system(operation: "write", path: path, errno: errno)
    }
    do throws(VaultError) {
      try Self.write(bytes, to: file, shownAs: path)
    } catch {
      unsafe unlinkat(folder.number, name, 0)
      throw error
    }
  }

  static func write(
    _ bytes: [UInt8], to file: borrowing Descriptor, shownAs path: String, isDerived: Bool = false
  ) throws(VaultError) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          file.number, buffer.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        throw .system(operation: "write", path: path, errno: written < 0 ? errno : ENOSPC)
      }
      done += written
    }
    guard isDerived || fsync(file.number) == 0 else {
      throw .system(operation: "write", path: path, errno: errno)
    }
  }

  /// Whether a file's owner may run it.
  public func isExecutable(_ path: NotePath) throws(VaultError) -> Bool {
    mode(of: path.name, in: try openFolder(of: path)) & S_IXUSR != 0
  }

  private func mode(of name: String, in folder: borrowing Descriptor) -> mode_t {
    var status = stat()
    guard unsafe fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      return 0o644
    }
    return status.st_mode
  }

  /// A hard link and the end of the old name: for file systems without `RENAME_NOREPLACE`.
  private func linkInstead(_ old: String, _ new: String, _ folder: borrowing Descriptor) -> Bool {
    unsafe linkat(folder.number, old, folder.number, new, 0) == 0
      && unlinkat(folder.number, old, 0) == 0
  }

  private func linkInstead(
    _ old: String, _ new: String, _ from: borrowing Descriptor, _ to: borrowing Descriptor
  ) -> Bool {
    unsafe linkat(from.number, old, to.number, new, 0) == 0 && unlinkat(from.number, old, 0) == 0
  }

  private func sync(_ folder: borrowing Descriptor, _ path: NotePath) throws(VaultError) {
    guard fsync(folder.number) == 0 || errno == EINVAL else {
      throw .system(operation: "write", path: path.text, errno: errno)
    }
  }

  /// Removes the folders that lost their last file, as git does.
  func removeEmptyFolders(above path: NotePath) throws(VaultError) {
    let top = try openRoot()
    var folder = path.folder
    // A folder without `.notes/` would be no vault any more.
    while !folder.isEmpty, folder != ".notes" {
      guard unsafe unlinkat(top.number, folder, AT_REMOVEDIR) == 0 else { return }
      folder = NotePath(known: folder).folder
    }
  }

  /// Removes a folder that stands at a path, if nothing is in it.
  public func removeEmptyFolder(at path: NotePath) -> Bool {
    guard let top = try? openRoot() else { return false }
    return unsafe unlinkat(top.number, path.text, AT_REMOVEDIR) == 0
  }

  private func writeOutside(_ path: String, _ bytes: [UInt8]) throws(VaultError) {
    let file = Descriptor(unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
    guard file.number >= 0 else {
      throw .system(operation: "write", path: path, errno: errno)
    }
    try Self.write(bytes, to: file, shownAs: path)
  }

  /// A name for something that is being made, until it has its own: `.NAME.notes-XXXXXXXX~`.
  public static func temporaryName(for name: String) -> String {
    "." + shortened(name, to: 230) + ".notes-" + random() + "~"
  }

  private static func shortened(_ name: String, to limit: Int) -> String {
    guard name.utf8.count > limit else { return name }
    return String(decoding: name.utf8.prefix(limit), as: UTF8.self)
      .replacingRepairs()
  }

  /// Eight hexadecimal digits.
  private static func random() -> String {
    let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension String {
  /// Without the replacement characters that a cut in the middle of a character left.
  fileprivate func replacingRepairs() -> String {
    String(String.UnicodeScalarView(unicodeScalars.filter { $0 != "\u{FFFD}" }))
  }
}

private let noReplace: UInt32 = 1
private let exchange: UInt32 = 2
