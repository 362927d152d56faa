internal import CLinux
internal import Glibc

/// Files that can be made again from others, such as those of a published site.
///
/// Each is written whole or not at all, as notes are, but nobody waits until it is on the disk:
/// `waitForDisk` does that once for all of them. No symbolic link is followed below the folder.
public struct DerivedFiles: Sendable {
  private let files: VaultFiles

  /// The files below a folder.
  public init(root: String) {
    files = VaultFiles(root: root)
  }

  /// What a file holds; `nil` where there is none.
  public func read(_ path: NotePath) throws(VaultError) -> [UInt8]? {
    try files.bytesIfThere(path)
  }

  /// Writes a file in the place of what has its name, with the folders above it.
  public func write(_ path: NotePath, _ bytes: [UInt8]) throws(VaultError) {
    let folder = try files.openFolder(of: path, create: true, isDerived: true)
    let temporary = VaultFiles.temporaryName(for: path.name)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = Descriptor(
      unsafe notes_open_beneath(folder.number, temporary, UInt64(flags), 0o666))
    guard file.number >= 0 else {
      throw .system(operation: "write", path: path.text, errno: errno)
    }
    do throws(VaultError) {
      try VaultFiles.write(bytes, to: file, shownAs: path.text, isDerived: true)
      guard unsafe renameat(folder.number, temporary, folder.number, path.name) == 0 else {
        throw .system(operation: "write", path: path.text, errno: errno)
      }
    } catch {
      unsafe unlinkat(folder.number, temporary, 0)
      throw error
    }
  }

  /// Removes a file, if it is there, and the folders that lose their last file with it.
  public func remove(_ path: NotePath) throws(VaultError) {
    let folder: Descriptor
    do throws(VaultError) { folder = try files.openFolder(of: path) } catch {
      if case .notFound = error { return }
      throw error
    }
    guard unsafe unlinkat(folder.number, path.name, 0) == 0 || errno == ENOENT else {
      throw .system(operation: "remove", path: path.text, errno: errno)
    }
    try files.removeEmptyFolders(above: path)
  }

  /// What a file is called that was being written under another name when its writer was killed; `nil`
  /// for a name that is no such one.
  public static func nameOfUnfinished(_ name: String) -> String? {
    let bytes = name.utf8
    let end = ".notes-00000000~".utf8.count
    guard bytes.count > end + 1, bytes.first == UInt8(ascii: "."), bytes.last == UInt8(ascii: "~"),
      bytes.suffix(end).starts(with: ".notes-".utf8)
    else { return nil }
    return String(Substring(bytes.dropFirst().dropLast(end)))
  }

  /// Waits until all that was written is on the disk.
  public func waitForDisk() throws(VaultError) {
    let top = try files.openRoot()
    guard syncfs(top.number) == 0 else {
      throw .system(operation: "write", path: files.root, errno: errno)
    }
  }
}
