import CGit2
import Glibc

extension Repository {
  /// Whether git would ignore a path: `.gitignore`, `info/exclude`, `core.excludesFile`.
  ///
  /// Says nothing of files that are versioned already; those are never ignored.
  public func isIgnored(_ path: GitPath) throws(GitError) -> Bool {
    var ignored: Int32 = 0
    let code = try unsafe path.withCString { name in
      unsafe git_ignore_path_is_ignored(&ignored, handle.pointer, name)
    }
    try check("read the ignore rules for \(path)", code)
    return ignored != 0
  }

  /// Brings git's own index up to date with a commit that was made without it, so that `git status`
  /// is clean. A courtesy: nothing of ours reads it.
  ///
  /// Only entries that still are what the commit before had are changed, so nothing that the user
  /// staged is lost.
  ///
  /// - Returns: whether it could be done; a locked or unreadable index is left alone.
  @discardableResult
  public func refreshUserIndex(_ changes: [FileChange]) -> Bool {
    do throws(GitError) {
      let index = try unsafe Handle<IndexKind>("open the index") {
        unsafe git_repository_index(&$0, handle.pointer)
      }
      try check("read the index", unsafe git_index_read(index.pointer, 1))
      for change in changes { try refresh(index, change) }
      try check("write the index", unsafe git_index_write(index.pointer))
      return true
    } catch {
      return false
    }
  }

  private func refresh(_ index: borrowing Handle<IndexKind>, _ change: FileChange) throws(GitError) {
    if change.old != nil, change.new == nil || change.oldPath != change.newPath {
      if try staged(index, change.oldPath) == change.old?.id {
        let code = try unsafe change.oldPath.withCString { path in
          unsafe git_index_remove(index.pointer, path, 0)
        }
        try check("write the index", code)
      }
    }
    guard let new = change.new, new.kind == .file else { return }
    let expected = change.oldPath == change.newPath ? change.old?.id : nil
    let present = try staged(index, change.newPath)
    guard present == expected || present == new.id else { return }
    let code = try unsafe change.newPath.withCString { path in
      var entry = unsafe git_index_entry()
      unsafe entry.path = path
      unsafe entry.id = new.id.raw
      unsafe entry.mode = new.mode
      var status = stat()
      if unsafe lstat(workTree + "/" + change.newPath.description, &status) == 0 {
        unsafe entry.ctime = Self.time(status.st_ctim)
        unsafe entry.mtime = Self.time(status.st_mtim)
        unsafe entry.dev = UInt32(truncatingIfNeeded: status.st_dev)
        unsafe entry.ino = UInt32(truncatingIfNeeded: status.st_ino)
        unsafe entry.uid = status.st_uid
        unsafe entry.gid = status.st_gid
        unsafe entry.file_size = UInt32(truncatingIfNeeded: status.st_size)
      }
      return unsafe git_index_add(index.pointer, &entry)
    }
    try check("write the index", code)
  }

  /// What the index holds for a path.
  private func staged(_ index: borrowing Handle<IndexKind>, _ path: GitPath) throws(GitError)
    -> ObjectID?
  {
    try unsafe path.withCString { name in
      unsafe git_index_get_bypath(index.pointer, name, 0).map { unsafe ObjectID($0.pointee.id) }
    }
  }

  private static func time(_ time: timespec) -> git_index_time {
    git_index_time(
      seconds: Int32(truncatingIfNeeded: time.tv_sec),
      nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
  }
}
