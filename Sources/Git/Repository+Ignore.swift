import CGit2

extension Repository {
  /// Whether a file that is not versioned yet is to stay so, by the user's ignore files.
  ///
  /// Those are `.gitignore` in the folders above it, `info/exclude`, and the file that
  /// `core.excludesFile` names, or `git/ignore` among the user's settings.
  ///
  /// `rulesAreReadable` says that it was asked of another file of that folder a moment ago: a scan asks
  /// of every file that is new.
  public func isIgnored(
    _ path: GitPath, rulesAreReadable: Bool = false
  ) throws(GitError) -> Bool {
    if !rulesAreReadable { try requireReadable(.ignored, of: path) }
    var isIgnored: Int32 = 0
    try unsafe path.withCString { (raw: UnsafePointer<CChar>) throws(GitError) in
      try check(
        "read the ignore files", unsafe git_ignore_path_is_ignored(&isIgnored, handle.pointer, raw))
    }
    return isIgnored != 0
  }
}
