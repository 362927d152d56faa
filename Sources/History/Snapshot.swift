public import Git
public import Vault

/// What `save` did.
public struct Saved: Sendable {
  /// The new commit; `nil` where nothing had changed.
  public let commit: ObjectID?
  /// What is different from the snapshot before.
  public let changes: [FileChange]
  /// What could not be looked into or is not versioned, and why.
  public let skipped: [SkippedEntry]
  /// What stays as it was in the last snapshot, since it holds what looks like a secret.
  public let stopped: [StoppedFile]
  /// What is left out since this machine keeps it back, though no ignore file says so.
  public let keptBack: [GitPath]
  /// What git's index has that is neither on the disk nor in the snapshot.
  var stagedAndGone: [GitPath] = []
  /// What git had put into texts that nobody edits, and is in its note now.
  public internal(set) var misplaced: [MisplacedEdit] = []
  /// The branch that was checked out.
  var branch: String?
  /// Where it has what was renamed since the snapshot before and is kept out, by where that is now.
  let places: [NotePath: NotePath]
  /// What the file system said of each changed file when it held what the snapshot has.
  var stamps: [GitPath: (entry: TreeEntry, stamp: Git::FileStamp)] = [:]

  /// Puts it together.
  init(_ scan: Scan, commit: ObjectID? = nil) {
    self.commit = commit
    changes = scan.changes
    skipped = scan.skipped
    stopped = scan.stopped
    keptBack = scan.keptBack.sorted()
    places = scan.places
  }
}

extension History {
  /// Makes a snapshot of every file of the vault as it is on the disk now.
  ///
  /// - Parameters:
  ///   - message: the author's words; without them the snapshot says which files changed.
  ///   - acceptsDeletions: whether a snapshot may lose more than a quarter of the files.
  ///   - progress: called with a line about what is being done, where that takes a while.
  /// - Returns: the commit, what is different in it, and what could not be saved.
  /// - Throws: `HistoryError`, `GitError` and `VaultError`; then there is no snapshot.
  public func save(
    message: String?, acceptsDeletions: Bool = false, progress: (String) -> Void = { _ in }
  ) throws -> Saved {
    try refuseSecrets(inWords: message ?? "")
    return try locked {
      let saved = try commit(message: message, acceptsDeletions: acceptsDeletions) { count in
        if count > 2_000 { progress("\(count) files looked at") }
      }
      packIfDue(progress)
      return saved
    }
  }

  /// Makes a snapshot while every other git waits, and brings git's index up to it; only for a caller
  /// who holds the vault's lock.
  func commit(
    message: String?, acceptsDeletions: Bool, progress: (Int) -> Void = { _ in }
  ) throws -> Saved {
    try whileGitWaits { lock in
      try turnLineEndsBack(holding: lock)
      let merges = try recordKeptMerges()
      try moveConflictsOfRenamedNotes()
      let misplaced = try putBackFiles() + putBackEdits()
      let before = try headTree()
      var saved = try snapshot(
        message: message, acceptsDeletions: acceptsDeletions, progress: progress)
      saved.branch = try repository.head().branch
      saved.misplaced = misplaced
      try refreshUserIndex(from: before, saved, holding: lock)
      // What cannot be noted is asked once more, and the record that is there says the same.
      try? noteRecorded(merges)
      return saved
    }
  }

  /// Packs the repository's objects where they are many: years of snapshots stay fast to read.
  ///
  /// The snapshot is made by then, so it is no failure where the disk is too full for that, or an
  /// object is damaged; `doctor` tells of the latter.
  func packIfDue(_ progress: (String) -> Void) {
    guard repository.needsPacking() else { return }
    progress("packing the history, which is due now and then")
    _ = try? repository.pack()
  }

  /// What a snapshot made now would hold that the last one does not.
  public func status() throws -> Saved {
    var index = try openIndex()
    let scan = try scan(&index, for: .look) { _ in }
    try repository.refuseUnmerged(among: scan.touched)
    return Saved(scan)
  }

  /// Makes a snapshot; only for a caller who holds the locks, and who refreshes git's index afterwards.
  ///
  /// A trial is in the object store only, which is to be in memory then: no branch knows of it.
  func snapshot(
    message: String?, acceptsDeletions: Bool, isTrial: Bool = false, progress: (Int) -> Void
  ) throws -> Saved {
    let author = try signature()
    let committer = try signature(as: .committer)
    let head = try repository.head()
    var index = try openIndex()
    let scan = try scan(&index, for: isTrial ? .trial : .snapshot, progress: progress)
    try repository.refuseUnmerged(among: scan.touched)
    guard !scan.changes.isEmpty else {
      // Files that only got a new time need not be read again next time.
      if !isTrial { try index.save() }
      return Saved(scan)
    }
    if !acceptsDeletions {
      try refuseMassDeletion(
        scan.changes, of: index.entries().count { !$0.path.isRecord }, incoming: false)
    }
    let words = Self.messageText(message ?? FileChange.summary(of: scan.changes))
    let commit = try restoringObjects {
      var commit: ObjectID
      var tries = 0
      repeat {
        // Made again where it was taken away before it had a second name: of the files as they were,
        // which can have changed since.
        let tree = try index.writeTree(in: repository)
        commit = try repository.createCommit(
          tree: tree, parents: head.id.map { [$0] } ?? [], author: author, committer: committer,
          message: words)
        if isTrial { return commit }
        guard let branch = head.branch else { throw HistoryError.noSuchRevision("HEAD") }
        let brought = try keepRecent(commit, tree, scan.changes)
        tries += 1
        if try isThere(brought) || tries == 5 {
          try moveBranch(branch, from: head.id, to: commit, by: committer)
          if try isThere(brought) { break }
        }
      } while tries < 5
      return commit
    }
    var saved = Saved(scan, commit: commit)
    if isTrial { return saved }
    saved.stagedAndGone = index.filesStagedAndGone(inUserIndexOf: repository)
    for change in scan.changes {
      guard let new = change.new, let known = index.entry(at: change.newPath) else { continue }
      saved.stamps[change.newPath] = (new, known.stamp)
    }
    try index.save()
    return saved
  }

  /// Brings git's own index from a tree to the branch's.
  func refreshUserIndex(
    from before: ObjectID?, _ saved: Saved? = nil, holding lock: borrowing UserIndexLock
  ) throws {
    let changes = try repository.diff(before, headTree(), findingRenames: false)
    if changes.isEmpty { return }
    var stamps: [GitPath: Git::FileStamp] = [:]
    for change in changes {
      // A file that was merged since, and perhaps could not be written, is not what was seen.
      guard let known = saved?.stamps[change.newPath], known.entry == change.new else { continue }
      stamps[change.newPath] = known.stamp
    }
    let isDone = repository.refreshUserIndex(
      changes, dropping: saved?.stagedAndGone ?? [], holding: lock, staged: .follows,
      assumed: try waitingPaths(),
      stamp: { stamps[$0] })
    if !isDone { (leftovers.areThere, leftovers.isUserIndexBehind) = (true, true) }
  }

  /// Moves a branch, and finds out whether it has moved when git says that it could not sync it.
  func moveBranch(
    _ branch: String, from old: ObjectID?, to new: ObjectID, by author: Signature?
  ) throws {
    let name = "refs/heads/" + branch
    do {
      try repository.setReference(
        name, to: new, expecting: old.map { .at($0) } ?? .absent, message: context.command,
        by: author)
    } catch {
      // The reference can be in place though the folder could not be synced (vault/decisions/fsync-always.md).
      guard try repository.reference(name) == new else { throw error }
    }
  }

  /// Stops when more than 20 files and more than a quarter of all are gone: that is what a drive
  /// that is not mounted looks like (Joplin #883, #3846, #5822).
  ///
  /// Records of conflicts are no such files: they go when the conflicts are settled.
  func refuseMassDeletion(
    _ changes: [FileChange], of remaining: @autoclosure () throws -> Int, incoming: Bool
  ) throws {
    let gone = changes.count { $0.kind == .deleted && !$0.isRecord }
    guard gone > 20 else { return }
    let added = changes.count { $0.kind == .added && !$0.isRecord }
    let before = try remaining() - added + gone
    if gone * 4 > before {
      throw HistoryError.massDeletion(gone: gone, of: before, incoming: incoming)
    }
  }

  /// Stops where a file that is to come in is so large that no machine should have to hold it.
  func refuseHugeFiles(_ changes: [FileChange]) throws {
    let limit = Int(Settings.largestFileEver)
    for change in changes {
      guard let new = change.new, new.kind == .file, new.id != change.old?.id else { continue }
      let size = try repository.blobSize(new.id)
      if size > limit {
        throw HistoryError.hugeFile(path: "\(change.newPath)", size: size, limit: limit)
      }
    }
  }

  static func messageText(_ text: String) -> String { text.hasSuffix("\n") ? text : text + "\n" }
}
