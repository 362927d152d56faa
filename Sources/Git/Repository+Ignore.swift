import CGit2

extension Repository {
  /// Whether a file that is not versioned yet is to stay so, by the user's ignore files.
  ///
  /// Those are `.gitignore` in the folders above it, `info/exclude`, and the file that
  /// `core.excludesFile` names, or `git/ignore` among the user's settings.
  ///
  /// A file below a folder that is ignored is so as well, whatever is said of its own name
  /// ([gitignore](https://git-scm.com/docs/gitignore)). `folder` is what `isFolderIgnored` said of the
  /// folder that it stands in a moment ago: a scan asks of every file that is new.
  public func isIgnored(_ path: GitPath, in folder: Bool? = nil) throws(GitError) -> Bool {
    let isInIgnored = if let folder { folder } else { try isFolderIgnored(of: path) }
    if isInIgnored { return true }
    return try isNamedIgnored(path.bytes)
  }

  /// Whether a folder that a file stands in is one that the ignore files name.
  ///
  /// Each is asked of by itself, from the top: libgit2 goes up from the file, and stops at a line that
  /// takes in again what the file is called.
  public func isFolderIgnored(of path: GitPath) throws(GitError) -> Bool {
    try requireReadable(.ignored, of: path)
    var folder: [UInt8] = []
    for name in path.names.dropLast() {
      folder += name + [UInt8(ascii: "/")]
      if try isNamedIgnored(folder) { return true }
    }
    return false
  }

  /// Whether the ignore files name a folder, or one above it, and no file below it is versioned all the same.
  public func leavesOut(folder: GitPath) throws(GitError) -> Bool {
    guard try isFolderIgnored(of: folder.appending("a file".utf8)),
      !userIndexMayHaveFiles(below: folder)
    else { return false }
    guard let head = try head().id else { return true }
    return try entry(at: folder, in: commit(head).tree) == nil
  }

  /// What libgit2 says of a path; one that ends with a slash is a folder's.
  private func isNamedIgnored(_ path: [UInt8]) throws(GitError) -> Bool {
    var isIgnored: Int32 = 0
    try unsafe withTerminated(path) { (raw: UnsafePointer<CChar>) throws(GitError) in
      try check(
        "read the ignore files", unsafe git_ignore_path_is_ignored(&isIgnored, handle.pointer, raw))
    }
    return isIgnored != 0
  }
}
