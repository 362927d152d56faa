public import Vault

/// The folder that a site is written to, as a mirror of the site: what is no longer of it goes.
///
/// The file `.notes-site` in it lists what `notes` has written. Nothing else there is ever touched,
/// so that a `.git` folder or a `CNAME` can stay; where a page would have to stand in the place of such
/// a file, nothing is written from there on. A killed publish leaves each file whole, the old one
/// or the new one, and what it wrote is listed before it is written, so that the next one knows of it.
/// That one also finds the unfinished files that it left, since the list says that it did not come to
/// its end.
public struct OutputFolder: Sendable {
  /// What became of a file.
  public enum Outcome: Sendable, Equatable {
    case new
    case changed(from: [UInt8])
    case same
  }

  /// The absolute path of the folder.
  public let path: String
  private let disk: DerivedFiles
  /// What was written before, as far as is known.
  private var listed: Set<String>
  /// What the site has now.
  private var kept: Set<String> = []
  /// Whether an earlier publish did not come to its end.
  private let wasInterrupted: Bool
  /// Whether the list says that this one has not.
  private var isMarked: Bool
  /// Whether there is no folder, as where none is made.
  private let isMissing: Bool
  /// Files in the way of the site's that are somebody else's.
  private var foreign: [String] = []

  /// The line of the list while it is not whole; no file of a site has this name.
  private static let unfinished = "#unfinished"

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
    isMissing = isDry && !isThere
    let list = isThere ? try disk.read(NotePath(Self.list)) : nil
    guard let list else {
      guard StateFile.names(in: real).isEmpty else {
        throw SiteError.badFolder(
          path, why: "it is not empty, and has no \(Self.list) that says that it is a site's")
      }
      listed = []
      (wasInterrupted, isMarked) = (false, false)
      if isDry { return }
      try VaultFiles.makeFolders(real)
      try disk.write(NotePath(Self.list), [])
      return
    }
    var lines = String(decoding: list, as: UTF8.self).split(separator: "\n").map(String.init)
    // A line that was cut short is none, and the next must not be joined to it.
    let isTorn = list.last.map { $0 != UInt8(ascii: "\n") } ?? false
    if isTorn { lines.removeLast() }
    listed = Set(lines)
    isMarked = listed.remove(Self.unfinished) != nil || isTorn
    wasInterrupted = isMarked
    if isTorn, !isDry { try disk.write(NotePath(Self.list), listText(isFinished: false)) }
  }

  private func listText(isFinished: Bool) -> [UInt8] {
    let lines = listed.sorted() + (isFinished ? [] : [Self.unfinished])
    return Array(lines.map { $0 + "\n" }.joined().utf8)
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

  /// Puts a file in its place, if it is not there as it is; nothing once one of somebody else's is in
  /// the way, of which `finish` tells.
  public mutating func put(_ file: SiteFile, isDry: Bool) throws -> Outcome {
    kept.insert(file.path)
    let place = try NotePath(file.path)
    let old = isMissing ? nil : try disk.read(place)
    // What is there byte for byte, as behind a list that was lost, is the site's from now on.
    if old == file.bytes { return .same }
    let outcome = old.map { Outcome.changed(from: $0) } ?? .new
    if old != nil, !listed.contains(file.path) { foreign.append(file.path) }
    if isDry || !foreign.isEmpty { return outcome }
    try mark()
    if !listed.contains(file.path) {
      try StateFile(path + "/" + Self.list).append(Array((file.path + "\n").utf8))
      listed.insert(file.path)
    }
    try disk.write(place, file.bytes)
    return outcome
  }

  private mutating func mark() throws {
    if isMarked { return }
    try StateFile(path + "/" + Self.list).append(Array((Self.unfinished + "\n").utf8))
    isMarked = true
  }

  /// Removes what is no longer of the site; its paths.
  ///
  /// - Throws: `SiteError.foreignFiles` where some were in the way of the site's.
  public mutating func finish(isDry: Bool) throws -> [String] {
    guard foreign.isEmpty else { throw SiteError.foreignFiles(foreign.sorted(), folder: path) }
    let gone = listed.subtracting(kept).filter { (try? NotePath($0)) != nil }.sorted()
    if isDry { return gone }
    if !gone.isEmpty { try mark() }
    for path in gone { try disk.remove(NotePath(path)) }
    if wasInterrupted { try removeUnfinished(in: kept.union(gone)) }
    listed = kept
    let list = listText(isFinished: true)
    if try disk.read(NotePath(Self.list)) != list { try disk.write(NotePath(Self.list), list) }
    try disk.waitForDisk()
    return gone
  }

  /// Removes files that were being written when a publish was killed: those beside the site's own that
  /// are called as `DerivedFiles` calls them.
  private func removeUnfinished(in files: Set<String>) throws {
    let places = try files.map { try NotePath($0) } + [NotePath(Self.list)]
    let names = Dictionary(grouping: places, by: \.folder).mapValues { Set($0.map(\.name)) }
    for (folder, known) in names {
      for name in StateFile.names(in: path + "/" + folder, includingHidden: true) {
        guard let whole = DerivedFiles.nameOfUnfinished(name), known.contains(whole) else {
          continue
        }
        try disk.remove(NotePath(folder.isEmpty ? name : folder + "/" + name))
      }
    }
  }
}
