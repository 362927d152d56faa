import CGit2
import Glibc

/// What becomes of a text that the user staged, of a file that a snapshot changed.
public enum StagedText: Sendable {
  /// It stays: only what is as it was in the snapshot before is changed.
  case stays
  /// It becomes what the snapshot has, as with `git commit -a`: else the user's next commit would take
  /// back what the snapshot brought.
  case follows
}

extension Repository {
  /// Brings the user's own `.git/index` in line with a snapshot that we made, as a courtesy.
  ///
  /// Without it `git status` would show each of our changes as staged backwards. All
  /// that we ever ask of this file is which of the files that git ignores the user took out of it.
  ///
  /// Where git has none, it is made of all files: it would take those that it lacks for removed.
  ///
  /// The index is locked while we read it, and not just while we write it: libgit2 would write
  /// back an older one over what `git add` did in between.
  ///
  /// - Parameters:
  ///   - changes: what the snapshot changed.
  ///   - dropped: what goes from the index besides.
  ///   - lock: git's lock.
  ///   - staged: what becomes of a text that the user staged.
  ///   - isAnew: whether it begins with nothing, whatever is there.
  ///   - assumed: the files that do not hold what the snapshot has, which is not the user's doing: git
  ///     takes them for unchanged (`git update-index --assume-unchanged`) until `endAssuming`. So it takes
  ///     links that are not there.
  ///   - stamp: what the file system said of a file when it held what the snapshot has; without
  ///     it git reads the file once more.
  /// - Returns: false when the index was left alone: it is damaged.
  @discardableResult
  public func refreshUserIndex(
    _ changes: [FileChange], dropping dropped: [GitPath] = [],
    holding lock: borrowing UserIndexLock, staged: StagedText = .stays, isAnew: Bool = false,
    assumed: Set<GitPath> = [],
    stamp: (GitPath) -> FileStamp? = { _ in nil }
  ) -> Bool {
    let due: [FileChange]
    do throws(GitError) {
      due = try isAnew || hasUserIndex ? changes : filesOfHead() ?? changes
    } catch {
      return false
    }
    return change(isAnew: isAnew) { index throws(GitError) in
      for path in dropped { try remove(path, nil, staged, from: index) }
      for change in due {
        if let old = change.old, change.kind != .modified || change.new == nil {
          try remove(change.oldPath, old, staged, from: index)
        }
        guard let new = change.new else { continue }
        let old = change.kind == .modified ? change.old : nil
        let path = change.newPath
        try put(
          path, old, new, staged, isAssumed: assumed.contains(path), stamp(path), in: index)
      }
    }
  }

  /// Does so under a lock of its own.
  ///
  /// - Returns: false when the index was left alone: another process is at it, or it is damaged.
  @discardableResult
  public func refreshUserIndex(
    _ changes: [FileChange], isAnew: Bool = false, assumed: Set<GitPath> = [],
    stamp: (GitPath) -> FileStamp? = { _ in nil }
  ) -> Bool {
    do throws(GitError) {
      let lock = try lockUserIndex(patience: 0)
      let isDone = refreshUserIndex(
        changes, holding: lock, isAnew: isAnew, assumed: assumed, stamp: stamp)
      return lock.release() && isDone
    } catch {
      return false
    }
  }

  /// Has git look again at files that it was to take for unchanged.
  ///
  /// - Returns: false when the index was left alone: another process is at it, or it is damaged.
  public func endAssuming(_ paths: [GitPath]) -> Bool {
    // One that is not there is made by git, of nothing that we said.
    if paths.isEmpty || !hasUserIndex { return true }
    do throws(GitError) {
      let lock = try lockUserIndex(patience: 0)
      let isDone = change(isAnew: false) { index throws(GitError) in
        for path in paths { try endAssuming(path, in: index) }
      }
      return lock.release() && isDone
    } catch {
      return false
    }
  }

  /// Whether git can open its own index; one that is not there is made anew by git.
  public func isUserIndexSound() -> Bool {
    let path = gitDirectory + "/index"
    switch FileKind.of(path, following: true) {
    case .missing: return true
    case .file(let size) where size > 0:
      // Without a checksum it is read by us alone, to its end.
      if let bytes = readPlainFile(path, limit: 1 << 30), IndexFile.withChecksum(bytes) != bytes {
        return true
      }
      return
        (try? unsafe Handle<IndexKind>("open git's index") { unsafe git_index_open(&$0, path) })
        != nil
    default: return false
    }
  }

  /// Whether git's index has a file below a folder, or may have one, since it cannot be read.
  public func userIndexMayHaveFiles(below folder: GitPath) -> Bool {
    if !hasUserIndex { return false }
    guard var entries = userIndexEntries() else { return true }
    while let entry = entries.next() {
      if GitPath(bytes: Array(entry.path)).isBelow(folder) { return true }
    }
    return !entries.isWhole
  }

  /// The entries of git's index; `nil` where it is not there, or is none that has every entry in one file.
  func userIndexEntries() -> IndexEntries? {
    IndexFile.shape(of: gitDirectory) == .plain ? IndexFile.entries(of: gitDirectory) : nil
  }

  private var hasUserIndex: Bool {
    if case .missing = FileKind.of(gitDirectory + "/index", following: true) { false } else { true }
  }

  /// The files of the last snapshot, as if each had come with it.
  private func filesOfHead() throws(GitError) -> [FileChange]? {
    guard let head = try head().id else { return nil }
    return try diff(nil, commit(head).tree, findingRenames: false)
  }

  /// Makes git's own index anew, of a tree: what was staged in a damaged one is lost already.
  ///
  /// - Returns: false where another process is at it.
  public func remakeUserIndex(
    from tree: ObjectID, assumed: Set<GitPath> = []
  ) throws(GitError) -> Bool {
    refreshUserIndex(try diff(nil, tree, findingRenames: false), isAnew: true, assumed: assumed)
  }

  /// Changes the index, in a copy that takes its place; false where that cannot be.
  private func change(
    isAnew: Bool, _ body: (borrowing Handle<IndexKind>) throws(GitError) -> Void
  ) -> Bool {
    let index = gitDirectory + "/index"
    let copy = index + ".notes~"
    defer { unsafe unlink(copy) }
    do throws(GitError) {
      try change(index, copy, isAnew: isAnew, body)
      return true
    } catch {
      return false
    }
  }

  private func change(
    _ index: String, _ copy: String, isAnew: Bool,
    _ body: (borrowing Handle<IndexKind>) throws(GitError) -> Void
  ) throws(GitError) {
    let operation = "refresh git's index"
    var status = stat()
    let exists = unsafe !isAnew && stat(index, &status) == 0
    if exists {
      guard let bytes = readPlainFile(index, limit: 1 << 30) else { throw systemError(operation) }
      try replaceFile(copy, with: IndexFile.withChecksum(bytes), sync: false, operation)
    } else {
      unsafe unlink(copy)
    }
    let opened = try unsafe Handle<IndexKind>(operation) { unsafe git_index_open(&$0, copy) }
    try body(opened)
    try check(operation, unsafe git_index_write(opened.pointer))
    if exists {
      // Git holds an entry in doubt whose file is not older than the index. A newer index would
      // end that doubt for entries that we have not looked at, so it keeps its time.
      var times = [status.st_atim, status.st_mtim]
      guard unsafe utimensat(AT_FDCWD, copy, &times, 0) == 0 else { throw systemError(operation) }
    }
    // After a power cut an older index would show the snapshot as staged backwards, and an empty one
    // is none that git opens.
    syncFile(copy)
    guard unsafe rename(copy, index) == 0 else { throw systemError(operation) }
    syncFolder(of: index)
  }

  private func remove(
    _ path: GitPath, _ old: TreeEntry?, _ staged: StagedText,
    from index: borrowing Handle<IndexKind>
  ) throws(GitError) {
    let pointer = unsafe index.pointer
    try unsafe path.withCString { (raw: UnsafePointer<CChar>) throws(GitError) in
      guard unsafe Self.isDue([old], staged, raw, pointer),
        unsafe git_index_get_bypath(pointer, raw, 0) != nil
      else { return }
      try check("refresh git's index", unsafe git_index_remove(pointer, raw, 0))
    }
  }

  private func put(
    _ path: GitPath, _ old: TreeEntry?, _ new: TreeEntry, _ staged: StagedText, isAssumed: Bool,
    _ stamp: FileStamp?, in index: borrowing Handle<IndexKind>
  ) throws(GitError) {
    let pointer = unsafe index.pointer
    let file = workTree + "/" + path.description
    try unsafe path.withCString { (raw: UnsafePointer<CChar>) throws(GitError) in
      guard unsafe Self.isDue([old, new], staged, raw, pointer) else { return }
      var entry = unsafe git_index_entry()
      unsafe entry.path = unsafe raw
      unsafe entry.mode = new.mode
      unsafe entry.id = new.id.raw
      let isMissingLink = try new.kind == .link ? !Self.isLink(file, to: new.id) : false
      if isAssumed || isMissingLink {
        unsafe entry.flags = Self.isAssumedUnchanged
      }
      var status = stat()
      if let stamp, unsafe lstat(file, &status) == 0, stamp.isSame(as: FileStamp(status)) {
        unsafe entry.ctime = Self.time(status.st_ctim)
        unsafe entry.mtime = Self.time(status.st_mtim)
        unsafe entry.dev = UInt32(truncatingIfNeeded: status.st_dev)
        unsafe entry.ino = UInt32(truncatingIfNeeded: status.st_ino)
        unsafe entry.uid = status.st_uid
        unsafe entry.gid = status.st_gid
        unsafe entry.file_size = UInt32(truncatingIfNeeded: status.st_size)
      }
      try check("refresh git's index", unsafe git_index_add(pointer, &entry))
    }
  }

  /// Whether a link that a snapshot has is on the disk: we make none, so that another stands there, or
  /// nothing, is not the user's doing.
  private static func isLink(_ file: String, to target: ObjectID) throws(GitError) -> Bool {
    var name = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink(file, &name, name.count)
    if count < 0 { return false }
    return try ObjectID.blob(name[..<count].map { UInt8(bitPattern: $0) }) == target
  }

  private func endAssuming(
    _ path: GitPath, in index: borrowing Handle<IndexKind>
  ) throws(GitError) {
    let pointer = unsafe index.pointer
    try unsafe path.withCString { (raw: UnsafePointer<CChar>) throws(GitError) in
      guard var entry = unsafe git_index_get_bypath(pointer, raw, 0)?.pointee,
        unsafe entry.flags & Self.isAssumedUnchanged != 0
      else { return }
      unsafe entry.path = unsafe raw
      unsafe entry.flags &= ~Self.isAssumedUnchanged
      try check("refresh git's index", unsafe git_index_add(pointer, &entry))
    }
  }

  /// The flag of an entry whose file git does not look at (`GIT_INDEX_ENTRY_VALID`).
  private static let isAssumedUnchanged: UInt16 = 0x8000

  /// Whether the index is to have at a path what the snapshot has.
  ///
  /// It is where it has one of those known, nil being nothing at all; and whatever it has, where that
  /// follows. What git could not merge is never touched.
  private static func isDue(
    _ known: [TreeEntry?], _ staged: StagedText, _ path: UnsafePointer<CChar>,
    _ index: OpaquePointer
  ) -> Bool {
    let isInConflict = (1...3).contains { stage in
      unsafe git_index_get_bypath(index, path, Int32(stage)) != nil
    }
    if isInConflict || staged == .follows { return !isInConflict }
    let found = unsafe git_index_get_bypath(index, path, 0)?.pointee
    return unsafe known.contains(found.map { unsafe TreeEntry(mode: $0.mode, id: ObjectID($0.id)) })
  }

  private static func time(_ time: timespec) -> git_index_time {
    git_index_time(
      seconds: Int32(truncatingIfNeeded: time.tv_sec),
      nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
  }
}
