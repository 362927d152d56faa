public import Vault

/// The folder that a site is written to, as a mirror of the site: what is no longer of it goes.
///
/// The file `.notes-site` in it lists what `notes` has written. Nothing else there is ever touched,
/// so that a `.git` folder or a `CNAME` can stay. A killed publish leaves each file whole, the old one
/// or the new one, and what it wrote is listed before it is written, so that the next one knows of it.
public struct OutputFolder: Sendable {
  /// What became of a file.
  public enum Outcome: Sendable { case new, changed, same }

  /// The absolute path of the folder.
  public let path: String
  private let disk: DerivedFiles
  /// What was written before, as far as is known.
  private var listed: Set<String>
  /// What the site has now.
  private var kept: Set<String> = []

  /// The name of the list.
  public static let list = ".notes-site"

  /// Opens or makes the folder.
  ///
  /// - Parameters:
  ///   - path: An absolute path.
  ///   - vault: The vault; nothing is written into it but below its own state.
  ///   - isDry: Whether nothing is to be written, and so no folder made.
  /// - Throws: `SiteError.badFolder` for one that is not ours to write to.
  public init(at path: String, vault: Vault, isDry: Bool) throws {
    let isThere = Vault.resolved(path) != nil
    let real = Self.resolved(path)
    let isOwn = (real + "/").hasPrefix(vault.stateFolder + "/")
    guard isOwn || !(real + "/").hasPrefix(vault.root + "/") else {
      throw SiteError.badFolder(path, why: "it is in the vault, and would be synced as notes are")
    }
    guard !(vault.root + "/").hasPrefix(real == "/" ? "/" : real + "/") else {
      throw SiteError.badFolder(path, why: "the vault is in it")
    }
    if isThere, StateFile(path).isSymbolicLink {
      throw SiteError.badFolder(path, why: "it is a symbolic link; name the folder itself")
    }
    if isThere, !Vault.isFolder(real) {
      throw SiteError.badFolder(path, why: "it is a file")
    }
    disk = DerivedFiles(root: real)
    self.path = real
    let list = isThere ? try disk.read(NotePath(Self.list)) : nil
    guard let list else {
      guard StateFile.names(in: real).isEmpty else {
        throw SiteError.badFolder(
          path, why: "it is not empty, and has no \(Self.list) that says that it is a site's")
      }
      listed = []
      if isDry { return }
      try VaultFiles.makeFolders(real)
      try disk.write(NotePath(Self.list), [])
      return
    }
    listed = Set(String(decoding: list, as: UTF8.self).split(separator: "\n").map(String.init))
  }

  /// Where a folder is, or will be once it is made: without links and `..` in its path.
  private static func resolved(_ path: String) -> String {
    var there = path.split(separator: "/").map(String.init)
    var rest: [String] = []
    while true {
      let parent = "/" + there.joined(separator: "/")
      if let real = Vault.resolved(parent) {
        return rest.reversed().reduce(real) { folder, part in
          switch part {
          case ".": folder
          case "..": "/" + folder.split(separator: "/").dropLast().joined(separator: "/")
          default: folder == "/" ? "/" + part : folder + "/" + part
          }
        }
      }
      guard let last = there.popLast() else { return path }
      rest.append(last)
    }
  }

  /// The files of the site and the list of them, once it is finished.
  public var files: [String] { listed.sorted() + [Self.list] }

  /// Whether a file was of the site before.
  public func had(_ path: String) -> Bool { listed.contains(path) }

  /// Puts a file in its place, if it is not there as it is.
  public mutating func put(_ file: SiteFile, isDry: Bool) throws -> Outcome {
    kept.insert(file.path)
    let place = try NotePath(file.path)
    let old = isDry && !listed.contains(file.path) ? nil : try disk.read(place)
    if old == file.bytes { return .same }
    if isDry { return old == nil ? .new : .changed }
    if !listed.contains(file.path) {
      try StateFile(path + "/" + Self.list).append(Array((file.path + "\n").utf8))
      listed.insert(file.path)
    }
    try disk.write(place, file.bytes)
    return old == nil ? .new : .changed
  }

  /// Removes what is no longer of the site; its paths.
  public mutating func finish(isDry: Bool) throws -> [String] {
    let gone = listed.subtracting(kept).filter { (try? NotePath($0)) != nil }.sorted()
    if isDry { return gone }
    for path in gone { try disk.remove(NotePath(path)) }
    listed = kept
    let list = Array(kept.sorted().map { $0 + "\n" }.joined().utf8)
    if try disk.read(NotePath(Self.list)) != list { try disk.write(NotePath(Self.list), list) }
    try disk.waitForDisk()
    return gone
  }
}
