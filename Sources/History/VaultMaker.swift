internal import FoundationEssentials
public import Git
internal import Vault

/// Makes folders vaults, here or from a remote.
public struct VaultMaker: Sendable {
  let environment: GitEnvironment

  /// The branch of a new repository.
  private static let branch = "main"
  /// What a repository is called while it is being made.
  private static let unfinishedRepository = "git"

  /// A vault that was made, or that was there.
  public struct Made: Sendable {
    /// Its folder.
    public let root: String
    /// Whether it was no vault before.
    public let isNew: Bool
    /// Whether there was a git repository before.
    public let hadRepository: Bool
    /// Its branch.
    public let branch: String
  }

  /// A maker in a process.
  public init(environment: GitEnvironment) {
    self.environment = environment
  }

  /// Makes a folder a vault; one that is a vault stays as it is.
  ///
  /// - Throws: `VaultError.insideRepository` where the folder is a part of another repository, and not
  ///   ignored there: its history could not be the vault's alone.
  public func make(at folder: String) throws -> Made {
    let made = try VaultFiles.makeFolders(folder)
    guard let root = Vault.resolved(folder) else { throw VaultError.noVault(from: folder) }
    do {
      try refusePart(ofRepositoryAt: Vault.workTree(from: root), root)
    } catch {
      VaultFiles.unmakeFolders(made)
      throw error
    }
    return try makeVault(of: root)
  }

  /// Makes a folder a vault that is no part of another repository.
  func makeVault(of root: String) throws -> Made {
    let hadRepository = Vault.workTree(from: root) == root
    Self.removeUnfinished(Self.unfinishedRepository, in: root)
    if !hadRepository { try makeRepository(in: root) }
    var repository = try Repository.open(root, environment: environment)
    let settings = try NotePath(Settings.file)
    let files = VaultFiles(root: root)
    Self.removeUnfinished(settings.name, in: root + "/" + settings.folder)
    var isNew = false
    if !files.isTaken(settings) {
      try files.create(settings, Array(Settings.initialText.utf8))
      isNew = true
    }
    // Where git may have turned line ends in files, the first snapshot turns them back before that.
    if try repository.head().id == nil { try repository.keepBytesAsTheyAre() }
    return Made(
      root: root, isNew: isNew, hadRepository: hadRepository,
      branch: try repository.head().branch ?? Self.branch)
  }

  /// Refuses a folder that is a part of a repository of another one.
  ///
  /// What git ignores there is none: a repository for all of a home folder often has `*` in its ignore file,
  /// and a few files that were added all the same.
  func refusePart(ofRepositoryAt outer: String?, _ folder: String) throws {
    guard let outer, outer != folder else { return }
    let place = GitPath(
      bytes: Array(folder.utf8.dropFirst(outer == "/" ? 1 : outer.utf8.count + 1)))
    // Of a repository that cannot be read it may be a part.
    let isIgnored = try? Repository.open(outer, environment: environment, for: .reading)
      .leavesOut(folder: place)
    if isIgnored != true { throw VaultError.insideRepository(folder: folder, root: outer) }
  }

  /// Makes a repository beside, and moves it to its place whole: what a command that was killed leaves
  /// is nothing that git or we would take for a repository.
  private func makeRepository(in root: String) throws {
    let folder = root + "/" + VaultFiles.temporaryName(for: Self.unfinishedRepository)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var repository = try Repository.create(
      at: folder, initialBranch: Self.branch, environment: environment)
    try repository.keepBytesAsTheyAre()
    try StateFile(folder + "/.git").move(to: root + "/.git")
  }

  /// Removes what a killed command left of something that it was making in a folder.
  static func removeUnfinished(_ name: String, in folder: String) {
    for found in StateFile.names(in: folder, includingHidden: true)
    where DerivedFiles.nameOfUnfinished(found) == name {
      // What cannot be removed is in nobody's way.
      try? FileManager.default.removeItem(atPath: folder + "/" + found)
    }
  }
}
