import CGit2
import Glibc

extension Repository {
  /// What a repository is opened for.
  public enum Purpose: Sendable {
    /// To read objects and references: a detached HEAD or a merge under way does not matter, and in
    /// a shallow clone what is there can be read.
    case reading
    /// To make snapshots too.
    case writing
  }

  /// Opens the repository whose work tree is exactly this folder.
  ///
  /// Nothing is searched for, and no `GIT_*` variable has a say. A repository that cannot hold a
  /// vault is refused with the reason `.repository`, which names the command that makes it fit.
  public static func open(
    _ workTree: String, environment: GitEnvironment, for purpose: Purpose = .writing
  ) throws(GitError) -> Repository {
    guard let folder = resolvedPath(workTree) else {
      throw refusal(.notARepository(path: workTree))
    }
    switch FileKind.of(folder + "/.git") {
    case .missing:
      let looksBare =
        if case .folder = FileKind.of(folder + "/objects"),
          case .folder = FileKind.of(folder + "/refs"),
          case .file = FileKind.of(folder + "/HEAD")
        { true } else { false }
      throw refusal(looksBare ? .bare(path: folder) : .notARepository(path: folder))
    case .folder, .link:
      try refuseShared(folder)
      let settings = folder + "/.git/config"
      if let path = Includes.firstUnsafe(in: settings, home: environment.nonEmpty("HOME")) {
        throw refusal(.unsafeInclude(path: path))
      }
    case .file: break
    case .other: throw refusal(.notARepository(path: folder))
    }
    try Libgit2.start()
    let handle = try openHandle(folder, environment)
    if unsafe git_repository_is_bare(handle.pointer) != 0 { throw refusal(.bare(path: folder)) }
    try takeForWorkTree(folder, of: handle)
    let repository = try Repository(handle: handle, workTree: folder, environment: environment)
    if let problem = try repository.problem(for: purpose) { throw refusal(problem) }
    return repository
  }

  /// Has a linked work tree be where it was found, as git does.
  ///
  /// libgit2 goes by what git noted when it made it, which `mv` does not change.
  private static func takeForWorkTree(
    _ folder: String, of repository: borrowing Handle<RepositoryKind>
  ) throws(GitError) {
    let noted = unsafe path(git_repository_workdir(repository.pointer))
    if resolvedPath(noted) == folder { return }
    guard unsafe git_repository_is_worktree(repository.pointer) != 0 else {
      throw refusal(.otherWorkTree(path: noted))
    }
    if readPlainFile(noted + "/.git") == readPlainFile(folder + "/.git") {
      throw refusal(.sharedRepository(with: noted, isLinked: true))
    }
    try check(
      "open the repository", unsafe git_repository_set_workdir(repository.pointer, folder, 0))
  }

  /// Refuses a link to the repository of another vault, which has its files beside it.
  private static func refuseShared(_ folder: String) throws(GitError) {
    guard case .link = FileKind.of(folder + "/.git"),
      let target = resolvedPath(folder + "/.git"), target.hasSuffix("/.git")
    else { return }
    let other = String(target.dropLast("/.git".utf8.count))
    if case .folder = FileKind.of(other + "/.notes") {
      throw refusal(.sharedRepository(with: other, isLinked: false))
    }
  }

  /// Makes a repository for a folder that has none, with an empty history; the folder may exist.
  public static func create(
    at folder: String, initialBranch: String, environment: GitEnvironment
  ) throws(GitError) -> Repository {
    try Libgit2.start()
    var isName: Int32 = 0
    guard unsafe git_branch_name_is_valid(&isName, initialBranch) == 0, isName != 0 else {
      throw GitError("make a repository", .invalid, "\(initialBranch) is no name for a branch")
    }
    var options = unsafe git_repository_init_options()
    try check(
      "make a repository",
      unsafe git_repository_init_options_init(
        &options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)))
    unsafe options.flags =
      GIT_REPOSITORY_INIT_MKPATH.rawValue | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
    let made = try unsafe Handle<RepositoryKind>("make a repository") {
      (made: inout OpaquePointer?) in
      unsafe initialBranch.withCString { branch in
        unsafe options.initial_head = unsafe branch
        return unsafe git_repository_init_ext(&made, folder, &options)
      }
    }
    // libgit2 does not wait for the disk here, and no vault opens with an empty HEAD.
    syncAll(below: unsafe Repository.path(git_repository_path(made.pointer)))
    _ = consume made
    return try open(folder, environment: environment)
  }

  static func refusal(_ problem: RepositoryProblem) -> GitError {
    GitError("use the repository", .repository(problem), problem.description)
  }

  private static func openHandle(_ folder: String, _ environment: GitEnvironment)
    throws(GitError) -> Handle<RepositoryKind>
  {
    let noSearch = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
    do throws(GitError) {
      return try unsafe Handle("open the repository") {
        unsafe git_repository_open_ext(&$0, folder, noSearch, nil)
      }
    } catch {
      guard let owner = foreignOwner(folder) else { throw refusal(problem(error, folder)) }
      var made: OpaquePointer?
      Configuration.trustingOwner(of: folder, environment) {
        _ = unsafe git_repository_open_ext(&made, folder, noSearch, nil)
      }
      guard let made = unsafe made else {
        throw refusal(.foreignOwner(user: owner.user, path: owner.path))
      }
      return try unsafe Handle("open the repository") {
        unsafe $0 = made
        return 0
      }
    }
  }

  /// The first of the paths that libgit2 wants to be ours, and is not.
  private static func foreignOwner(_ folder: String) -> (user: UInt32, path: String)? {
    for path in [folder, folder + "/.git"] {
      if let user = FileKind.owner(of: path), user != geteuid() { return (user, path) }
    }
    return nil
  }

  private static func problem(_ error: GitError, _ folder: String) -> RepositoryProblem {
    if let range = error.message.firstRange(of: "unsupported extension name extensions.") {
      return .newerFormat(String(error.message[range.upperBound...]))
    }
    if error.message.contains("unsupported repository version")
      || error.message.contains("repository version")
    {
      return .newerFormat(error.message)
    }
    if error.reason == .notFound, !error.message.contains("config value") {
      return .notARepository(path: folder)
    }
    return .damaged(error.message)
  }
}
