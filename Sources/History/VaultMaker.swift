public import Git
internal import Vault

/// Makes folders vaults, here or from a remote.
public struct VaultMaker: Sendable {
  private let environment: GitEnvironment

  /// The branch of a new repository.
  private static let branch = "main"

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
  /// - Throws: `VaultError.insideRepository` where the folder is a part of another repository: its
  ///   history could not be the vault's alone.
  public func make(at folder: String) throws -> Made {
    try VaultFiles.makeFolders(folder)
    guard let root = Vault.resolved(folder) else { throw VaultError.noVault(from: folder) }
    if let outer = Vault.workTree(from: root), outer != root {
      throw VaultError.insideRepository(folder: root, root: outer)
    }
    let hadRepository = Vault.workTree(from: root) == root
    var repository =
      hadRepository
      ? try Repository.open(root, environment: environment)
      : try Repository.create(at: root, initialBranch: Self.branch, environment: environment)
    let settings = try NotePath(Settings.file)
    let files = VaultFiles(root: root)
    var isNew = false
    if !files.isTaken(settings) {
      try files.create(settings, Array(Settings.initialText.utf8))
      isNew = true
    }
    try repository.keepBytesAsTheyAre()
    return Made(
      root: root, isNew: isNew, hadRepository: hadRepository,
      branch: try repository.head().branch ?? Self.branch)
  }
}
