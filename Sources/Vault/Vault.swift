internal import CLinux
internal import Glibc

/// A folder with `.notes/` in it that is also a git work tree.
public struct Vault: Sendable {
  /// The folder's absolute path.
  public let root: String
  /// This machine's own state: the index, the lock, the journal, the trash.
  ///
  /// It is in git's folder, so that nothing a remote sends can land there.
  public let stateFolder: String
  /// What `.notes/config.yaml` says.
  public let settings: Settings
  /// Whether the vault is a part of a larger git repository, and so has no history of its own.
  public let isInsideRepository: Bool

  /// The vault's files.
  public var files: VaultFiles { VaultFiles(root: root, standIns: standIns) }

  private var standIns: VaultFiles.StandIns?

  /// Where files go that a command took out of the vault.
  public var trash: String { stateFolder + "/trash" }

  /// Opens the vault whose folder is `root`.
  ///
  /// - Throws: `VaultError.noVault` where there is no `.notes/`, `noRepository` where there is no
  ///   `.git`.
  public init(at root: String) throws(VaultError) {
    guard let real = Self.resolved(root), Self.isFolder(real + "/.notes") else {
      throw .noVault(from: root)
    }
    try self.init(real)
  }

  /// Opens the vault in a folder that is one, by its real path.
  private init(_ real: String) throws(VaultError) {
    root = real
    settings = Settings(root: real)
    if let own = Self.gitFolder(of: real) {
      stateFolder = own + "/notes"
      isInsideRepository = false
    } else if let outer = Self.workTree(from: real), let git = Self.gitFolder(of: outer) {
      // A handbook in the repository of a program, say: its notes can be read, written and
      // searched; its history is the repository's, and is git's to keep.
      stateFolder = git + "/notes/inside/" + real.dropFirst(outer.count + 1)
      isInsideRepository = true
    } else {
      throw .noRepository(real)
    }
  }

  /// The same vault with other texts for some of its notes: what it was at another time, for who
  /// only reads.
  public func reading(_ standIns: @escaping VaultFiles.StandIns) -> Vault {
    var vault = self
    vault.standIns = standIns
    return vault
  }

  /// The nearest folder that is a vault, from `folder` upwards; `nil` where none is.
  public static func root(from folder: String) -> String? {
    var current = resolved(folder)
    while let here = current {
      if isFolder(here + "/.notes") { return here }
      current = here == "/" ? nil : parent(of: here)
    }
    return nil
  }

  /// The nearest folder that is a git work tree, from `folder` upwards; `nil` where none is.
  public static func workTree(from folder: String) -> String? {
    var current = resolved(folder)
    while let here = current {
      if gitFolder(of: here) != nil { return here }
      current = here == "/" ? nil : parent(of: here)
    }
    return nil
  }

  /// Turns what somebody typed into a path in the vault: relative to where they are when that is
  /// inside the vault, else relative to the vault; with or without `.md`.
  public func path(typed text: String, from folder: String) throws(VaultError) -> NotePath {
    var absolute = text
    if text.utf8.first != UInt8(ascii: "/") {
      let here = Self.resolved(folder) ?? root
      absolute = (here == root || here.hasPrefix(root + "/") ? here : root) + "/" + text
    }
    var parts: [String] = []
    for part in NotePath.parts(of: absolute) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    var clean = "/" + parts.joined(separator: "/")
    if !clean.hasPrefix(root + "/"), let real = Self.throughLinks(parts) { clean = real }
    guard clean.hasPrefix(root + "/") else {
      throw .unsafePath(text, why: "it is outside the vault")
    }
    return try NotePath(String(clean.dropFirst(root.count + 1)))
  }

  /// A whole path with its folders as they are called without symbolic links, as far as they are there;
  /// its last part as it is.
  private static func throughLinks(_ parts: [String]) -> String? {
    for count in (0..<parts.count).reversed() {
      guard let folder = resolved("/" + parts[..<count].joined(separator: "/")) else { continue }
      return ([folder == "/" ? "" : folder] + parts[count...]).joined(separator: "/")
    }
    return nil
  }

  /// What a file of the vault holds; `nil` where it is not there.
  public func bytesIfThere(_ path: NotePath) throws(VaultError) -> [UInt8]? {
    try files.bytesIfThere(path)
  }

  /// Whether a typed path is a folder of the vault.
  public func hasFolder(_ path: String) -> Bool {
    (try? NotePath(path)).map { Self.isFolder(root + "/" + $0.text) } ?? false
  }

  /// Where a file or folder that is there stands in the vault; `nil` for the vault itself, and for what
  /// is not in it.
  public func place(of absolute: String) -> NotePath? {
    guard let real = Self.resolved(absolute), real.hasPrefix(root + "/") else { return nil }
    return try? NotePath(String(real.dropFirst(root.count + 1)))
  }

  /// Whether a file at a path is a note to every command: Markdown outside hidden folders, and not
  /// among what `ignore` names.
  public func isNote(_ path: NotePath) -> Bool {
    path.isNote && !settings.ignored.contains { $0.matches(path.text) }
  }

  // MARK: Folders

  /// Whether a folder stands at an absolute path.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// A path without symbolic links in it; `nil` where there is nothing.
  public static func resolved(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  static func parent(of path: String) -> String {
    let cut = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.utf8.startIndex
    return cut == path.utf8.startIndex ? "/" : String(path[..<cut])
  }

  /// Git's folder for a work tree: `.git`, or where a link or a file of that name points.
  ///
  /// Source: gitrepository-layout(5), "gitfile".
  static func gitFolder(of workTree: String) -> String? {
    let path = workTree + "/.git"
    if isFolder(path) { return path }
    if let target = resolved(path), isFolder(target) { return target }
    guard
      let file = try? VaultFiles(root: workTree).read(NotePath(known: ".git"), limit: 4_096),
      let line = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").first,
      line.hasPrefix("gitdir: ")
    else { return nil }
    let target = String(line.dropFirst(8))
    return resolved(target.hasPrefix("/") ? target : workTree + "/" + target)
  }

  /// Git's folder that all work trees of the repository around `folder` share; `nil` where there is no
  /// repository.
  ///
  /// Source: gitrepository-layout(5), "commondir".
  public static func sharedGitFolder(from folder: String) -> String? {
    guard let root = workTree(from: folder), let own = gitFolder(of: root) else { return nil }
    guard let bytes = try? StateFile(own + "/commondir").read() else { return resolved(own) }
    let target = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return resolved(target.hasPrefix("/") ? target : own + "/" + target)
  }
}
