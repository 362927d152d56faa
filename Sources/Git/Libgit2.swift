import CGit2

/// The library, set up once for the process, on the first call that needs it.
///
/// Setting it up costs a millisecond or two, so a command that does not touch git must not come here.
enum Libgit2 {
  /// The largest object a received pack may hold, in bytes.
  static let largestObject = 256 << 20

  /// Sets the library up, or says why that failed.
  static func start() throws(GitError) {
    if let failure { throw failure }
  }

  private static let failure: GitError? = {
    do throws(GitError) {
      try check("set up libgit2", Certificates.areDeferred { git_libgit2_init() })
      try check("set up libgit2", notes_git_sync_to_disk())
      try check("set up libgit2", notes_git_limit_object_size(largestObject))
      try check("set up libgit2", notes_git_open_known_extensions())
      // Settings of the machine and of the user are read by us, leniently: a broken ~/.gitconfig
      // would make every open fail.
      for level in [
        GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
        GIT_CONFIG_LEVEL_GLOBAL,
      ] {
        try check("set up libgit2", unsafe notes_git_set_search_path(level.rawValue, ""))
      }
      try check("set up libgit2", unsafe notes_git_set_template_path(""))
      return nil
    } catch {
      return error
    }
  }()
}
