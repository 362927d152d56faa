public import Git
public import Vault

/// What a sync did.
public struct Synced: Sendable {
  /// The snapshot that it began with, without a commit where nothing had changed here.
  public var saved: Saved
  /// The remote and its branch, such as `origin/main`.
  public var upstream: String
  /// What came in: how the remote's files differ from what this machine had.
  public var incoming: [FileChange] = []
  /// What went out: how this machine's files differed from the remote's.
  public var outgoing: [FileChange] = []
  /// The files that both sides had changed, and that were made of what both did.
  public var merged: [NotePath] = []
  /// The conflicts that this sync met.
  public var conflicts: [Conflict] = []
  /// How many records of other conflicts came in, or went since they are settled.
  public var incomingRecords = 0
  /// How many records of other conflicts were sent, or that they are settled.
  public var outgoingRecords = 0
  /// The files that are no text and that both sides changed or made: both are there.
  public var keptBoth: [KeptBoth] = []
  /// The versions of this machine that have other numbers now.
  public var renumbered: [RenumberedVersion] = []
  /// The conflicts that would wait then; `nil` where it is no dry run: those that wait are in the vault.
  public var waiting: [Conflict]?
  /// Files that were left as they are.
  public var left: [LeftFile] = []
  /// Files that could not be written here, of this sync or an earlier one.
  public var unwritten: [UnwrittenFile] = []
  /// The files that are different now, for the index.
  public var changes: [VaultChange] = []
  /// Entries of the remote that were not let in, and why.
  public var refused: [String] = []
  /// What is kept back here from now on, since an ignore file came in that says so no more.
  public var keptBack: [String] = []
  /// What the remote said when it did not take the push.
  public var refusal: String?
}

/// What a sync may do, and whom it tells.
public struct SyncOptions: Sendable {
  /// The remote's name; `nil` for the branch's own, else `origin`.
  public var remote: String?
  /// The message of the snapshot.
  public var message: String?
  /// Whether more than a quarter of the files may go.
  public var acceptsDeletions = false
  /// Whether a history that shares no commit with this one may be merged.
  public var allowsUnrelated = false
  /// No file and no branch is changed; what would come of a sync, unsaved edits and all, is told.
  public var isDryRun = false

  /// The usual sync.
  public init() {}
}

/// Where a sync stands; each step leads to the next, and every one can be begun again.
///
/// The operation moves the branch and the files that go with it; it is in the journal before the push.
private enum SyncStep {
  case fetch
  case compare(remote: ObjectID?)
  case push(ObjectID, over: ObjectID?, then: Operation?)
  case apply(Operation)
  case done
}

/// How often a push that lost a race is tried again, from the fetch.
private let attempts = 8

extension History {
  /// Makes a snapshot, takes in what the remote has, and sends out what it has not.
  ///
  /// - Parameters:
  ///   - options: what is allowed.
  ///   - wire: reaches the remote.
  ///   - progress: called with a line about what is being done.
  /// - Returns: what came in, what went out, and what waits for a decision.
  /// - Throws: `HistoryError`, `GitError`, `VaultError`; whatever is thrown, the files and the
  ///   snapshots of this machine are as they were or as they were to be, never between.
  public func sync(
    _ options: SyncOptions, over wire: Wire, progress: @escaping (String) -> Void
  ) throws -> Synced {
    try refuseSecrets(inWords: options.message ?? "")
    return try locked {
      progress("looking for changes")
      var run = SyncRun(options: options, wire: wire, progress: progress)
      if options.isDryRun {
        try repository.keepNewObjectsInMemory()
        let saved = try snapshot(
          message: options.message, acceptsDeletions: options.acceptsDeletions, isTrial: true,
          progress: { _ in })
        if let branch = try repository.head().branch, let commit = saved.commit {
          run.imagined = .branch(branch, commit)
        }
        return try exchange(&run, saved: saved)
      }
      let saved = try commit(message: options.message, acceptsDeletions: options.acceptsDeletions)
      let result = Result { try exchange(&run, saved: saved) }
      packIfDue(progress)
      return try result.get()
    }
  }

  func exchange(_ run: inout SyncRun, saved: Saved) throws -> Synced {
    var upstream = try findUpstream(run.options.remote, over: run.wire)
    var result = Synced(saved: saved, upstream: "\(upstream.remote)/\(upstream.branch)")
    var step = SyncStep.fetch
    var tries = 0
    var outrun: [ObjectID?] = []
    while true {
      switch step {
      case .fetch:
        tries += 1
        guard tries <= attempts else { throw HistoryError.remoteBusy(attempts: attempts) }
        if tries > 1 {
          // Others are at it too: those who lost do not come back all at once. Whoever won may have
          // made the branch that an empty remote did not have.
          run.wire.pause(Int.random(in: 0...(100 << tries)))
          upstream = try findUpstream(run.options.remote, over: run.wire)
        }
        run.progress("fetching from \(upstream.remote)")
        step = .compare(remote: try fetch(upstream, over: run.wire, run.progress))
      case .compare(let remote):
        if let remote {
          try refuseEndlessTree(of: remote)
          try restoreFolders(since: remote)
        }
        // What is on another branch is not to go where this one's goes.
        if let branch = saved.branch { try repository.requireHead(at: branch) }
        step = try compare(with: remote, &run, &result)
      case .push(let commit, let old, let operation):
        run.progress("sending to \(upstream.remote)")
        let wire = run.wire
        switch try restoringObjects({ try push(commit, over: old, to: upstream, over: wire) }) {
        case .pushed: step = operation.map { .apply($0) } ?? .done
        case .rejectedNonFastForward:
          outrun.append(old)
          // Twice where it stands: who pushes elsewhere never sees it move.
          if outrun.count(where: { $0 == old }) > 1, let words = try wordsOfTwo(upstream.remote) {
            result.refusal = words
            step = operation.map { .apply($0) } ?? .done
          } else {
            try log.journal.remove()
            step = .fetch
          }
        case .rejected(let words):
          // What came in is still good for this machine.
          result.refusal = words
          step = operation.map { .apply($0) } ?? .done
        }
      case .apply(let operation):
        try apply(operation, &result)
        step = .done
      case .done:
        // What was done is done, whether or not it can be noted.
        if !run.options.isDryRun { try? rememberUpstream(upstream, of: saved.branch) }
        result.unwritten = try unwritten()
        // Records of conflicts are told as conflicts.
        let told = Set(try result.conflicts.map { GitPath(try $0.recordPath.text) })
        func isUntold(_ change: FileChange) -> Bool {
          change.isOfRecordFile && !told.contains(change.newPath)
        }
        result.incomingRecords = result.incoming.count(where: isUntold)
        result.outgoingRecords = result.outgoing.count(where: isUntold)
        result.incoming.removeAll(where: \.isRecord)
        result.outgoing.removeAll(where: \.isRecord)
        return result
      }
    }
  }

  /// Decides what is to be done from where the two branches stand.
  private func compare(
    with remote: ObjectID?, _ run: inout SyncRun, _ result: inout Synced
  ) throws -> SyncStep {
    let local = try run.imagined ?? repository.head()
    guard let ours = local.id else {
      guard let remote else { return .done }
      return try takeIn(remote, over: nil, on: local, &run, &result)
    }
    if run.options.isDryRun { result.waiting = try conflicts(in: repository.commit(ours).tree) }
    guard let remote else {
      try send(ours, over: nil, since: nil, &run, &result)
      return run.options.isDryRun ? .done : .push(ours, over: nil, then: nil)
    }
    if remote == ours { return .done }
    if try repository.isAncestor(remote, of: ours) {
      try send(ours, over: remote, since: repository.commit(remote).tree, &run, &result)
      return run.options.isDryRun ? .done : .push(ours, over: remote, then: nil)
    }
    if try repository.isAncestor(ours, of: remote) {
      return try takeIn(remote, over: ours, on: local, &run, &result)
    }
    return try mergeIn(remote, ours: ours, on: local, &run, &result)
  }

  /// Says what goes out, unless some of it must not.
  private func send(
    _ ours: ObjectID, over remote: ObjectID?, since base: ObjectID?, _ run: inout SyncRun,
    _ result: inout Synced
  ) throws {
    result.outgoing = try changes(base, repository.commit(ours).tree)
    try refuseMarkers(in: result.outgoing, but: result.saved)
    try refuseSecrets(in: ours, since: remote, but: result.saved, &run.harmless)
  }

  /// The remote is ahead: its commit becomes ours, or, where its tree has names that none of ours may have, a
  /// snapshot over it without them.
  private func takeIn(
    _ remote: ObjectID, over ours: ObjectID?, on head: Head, _ run: inout SyncRun,
    _ result: inout Synced
  ) throws -> SyncStep {
    let old = try ours.map { try repository.commit($0).tree }
    let theirs = try repository.commit(remote).tree
    let unsafe = try repository.validate(theirs, knownGood: old)
    result.refused = try words(for: unsafe, of: theirs, knownGood: old)
    let new = try letIn(theirs, without: unsafe, beside: old)
    let isWhole = new == theirs
    result.incoming = try changes(old, new)
    try refuseHugeFiles(result.incoming)
    if !run.options.acceptsDeletions, old != nil {
      try refuseMassDeletion(result.incoming, of: fileCount(of: new), incoming: true)
    }
    if run.options.isDryRun {
      result.waiting = try conflicts(in: new)
      return .done
    }
    result.keptBack += try keepBack(beforeTakingIn: result.incoming)
    if isWhole { return .apply(try begin(from: ours, old, to: remote, new, on: head, result)) }
    let commit = try takenIn(
      new, over: [remote], "Take in \(result.upstream) without names that are not let in\n", result)
    let operation = try begin(from: ours, old, to: commit, new, on: head, result)
    // Who clones may not be allowed to send, or have no more in mind than to look.
    return ours == nil ? .apply(operation) : .push(commit, over: remote, then: operation)
  }

  /// What comes in of a tree of the remote's: not the names that no tree of ours may have.
  ///
  /// A file that it moved to such a name stays where it was, with what the remote changed in it.
  private func letIn(
    _ theirs: ObjectID, without unsafe: [UnsafeEntry], beside known: ObjectID?
  ) throws -> ObjectID {
    guard unsafe.contains(where: \.why.isOfName) else { return theirs }
    let left = try repository.withoutForbiddenNames(theirs, beside: known)
    // Of two of one name one comes in.
    let closed = Set(unsafe.filter { $0.why.isOfName && $0.why != .isDuplicate }.map(\.path))
    var stay: [TreeChange] = []
    for change in try moves(known, theirs)
    where change.kind == .renamed && !change.oldPath.isReserved
      && change.newPath.andFoldersAbove.contains(where: closed.contains)
    {
      let isTaken = try change.oldPath.andFoldersAbove.contains { path in
        guard let entry = try repository.entry(at: path, in: left) else { return false }
        return path == change.oldPath || entry.kind != .folder
      }
      if let new = change.new, !isTaken { stay.append(TreeChange(change.oldPath, new)) }
    }
    return try stay.isEmpty ? left : repository.updatedTree(left, stay)
  }

  /// Makes the snapshot that takes in what the remote has.
  private func takenIn(
    _ tree: ObjectID, over parents: [ObjectID], _ message: String, _ result: Synced
  ) throws -> ObjectID {
    let author = try signature()
    let committer = try signature(as: .committer)
    return try restoringObjects {
      let commit = try repository.createCommit(
        tree: tree, parents: parents, author: author, committer: committer, message: message)
      try keepRecent(commit, tree, result.incoming)
      return commit
    }
  }

  /// Both have what the other has not: a merge, that is pushed before it is ours.
  private func mergeIn(
    _ remote: ObjectID, ours: ObjectID, on head: Head, _ run: inout SyncRun,
    _ result: inout Synced
  ) throws -> SyncStep {
    let baseTree = try commonTree(ours, remote)
    if baseTree == nil, !run.options.allowsUnrelated {
      throw HistoryError.unrelatedHistory(remote: result.upstream)
    }
    let oursTree = try repository.commit(ours).tree
    let remoteTree = try repository.commit(remote).tree
    let unsafe = try repository.validate(remoteTree, knownGood: baseTree)
    result.refused = try words(for: unsafe, of: remoteTree, knownGood: baseTree)
    let theirsTree = try letIn(remoteTree, without: unsafe, beside: baseTree)
    try send(ours, over: remote, since: baseTree, &run, &result)
    let theirChanges = try changes(baseTree, theirsTree)
    try refuseHugeFiles(theirChanges)
    if !run.options.acceptsDeletions, baseTree != nil {
      try refuseMassDeletion(theirChanges, of: fileCount(of: theirsTree), incoming: true)
    }
    let tips = MergedTips(ours: ours, theirs: remote, machine: context.machine)
    let merged = try merge(
      base: baseTree, ours: oursTree, theirs: theirsTree, purpose: .result(tips))
    result.incoming = try changes(oursTree, merged.tree)
    result.conflicts = merged.conflicts
    result.keptBoth = merged.keptBoth
    result.renumbered = merged.renumbered
    let waiting = Set(merged.conflicts.map(\.path))
    result.merged = merged.merged.filter { !waiting.contains($0) }
    if run.options.isDryRun {
      result.waiting = try conflicts(in: merged.tree)
      return .done
    }
    result.keptBack += try keepBack(beforeTakingIn: result.incoming)
    let commit = try takenIn(
      merged.tree, over: [ours, remote], "Merge \(result.upstream)\n", result)
    let operation = try begin(from: ours, oursTree, to: commit, merged.tree, on: head, result)
    return .push(commit, over: remote, then: operation)
  }

  /// Writes the journal: from here on a crash is finished, not forgotten.
  private func begin(
    from old: ObjectID?, _ oldTree: ObjectID?, to new: ObjectID, _ newTree: ObjectID,
    on head: Head, _ result: Synced
  ) throws -> Operation {
    guard let branch = head.branch else { throw HistoryError.noSuchRevision("HEAD") }
    let operation = Operation(
      command: context.command, time: context.clock(),
      changes: Self.followed(
        try fileChanges(from: oldTree, to: newTree), result.incoming, result.saved.places),
      head: Operation.HeadMove(reference: "refs/heads/" + branch, old: old, new: new))
    try log.begin(operation)
    return operation
  }

  /// What a sync does to files, with where it moves those that it takes away, and with those that were
  /// renamed here and are in no snapshot yet (`places`) where they are now.
  private static func followed(
    _ changes: [Operation.Change], _ incoming: [FileChange], _ places: [NotePath: NotePath]
  ) -> [Operation.Change] {
    var moves: [NotePath: NotePath] = [:]
    for change in incoming where change.kind == .renamed {
      if let old = change.oldPath.notePath { moves[old] = change.newPath.notePath }
    }
    let made = Set(changes.map(\.path))
    let renamed = Dictionary(places.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return changes.map { change in
      var followed = change
      if change.before != nil, let place = renamed[change.path], !made.contains(place) {
        followed = Operation.Change(
          place, before: change.before, after: change.after, isExecutable: change.isExecutable,
          changesMode: change.changesMode)
      }
      if change.after == nil { followed.movedTo = moves[change.path] }
      return followed
    }
  }

  /// Moves the branch and writes the files while every other git waits: not so while the network is
  /// waited for.
  private func apply(_ operation: Operation, _ result: inout Synced) throws {
    guard let move = operation.head, let branch = Reference.branch(named: move.reference)
    else { return }
    let seconds = context.clock() / 1_000_000_000
    try whileGitWaits { lock in
      // The files on the disk are another branch's then.
      try repository.requireHead(at: branch)
      let before = try headTree()
      let applied = Result {
        try restoringObjects {
          try moveBranch(
            branch, from: move.old, to: move.new,
            by: repository.signature(as: .committer, seconds: seconds, offset: context.offset))
        }
        return try carryOut(operation)
      }
      // Whatever became of the files, the branch may have moved.
      try refreshUserIndex(from: before, holding: lock)
      let (changes, left) = try applied.map { ($0.changes, $0.left) }.get()
      log.conclude(isWorthKeeping: !operation.changes.isEmpty)
      result.changes += changes
      result.left += left
      try noteWorkTree(is: repository.commit(move.new).tree)
    }
  }

  /// The files of a tree's difference that a vault can hold; links and submodules are never made.
  func fileChanges(from old: ObjectID?, to new: ObjectID) throws -> [Operation.Change] {
    try repository.diff(old, new, findingRenames: false).compactMap { change in
      // A file in the place of the vault's own folder would end the vault.
      guard change.newPath != .vaultFolder, let path = change.newPath.notePath else { return nil }
      func content(_ entry: TreeEntry?) -> Operation.Content? {
        entry.flatMap { $0.kind == .file ? .blob($0.id) : nil }
      }
      let before = content(change.old)
      let after = content(change.new)
      let isExecutable = (change.new ?? change.old)?.mode == 0o100755
      let changesMode = before != nil && after != nil && change.old?.mode != change.new?.mode
      if before == after, !changesMode { return nil }
      return Operation.Change(
        path, before: before, after: after, isExecutable: isExecutable, changesMode: changesMode)
    }
  }

  /// Stops before anything is made of a commit that stands for more files than any machine can hold.
  private func refuseEndlessTree(of commit: ObjectID) throws {
    let isEndless = try restoringObjects {
      let head = try repository.head().id
      if head == commit { return false }
      return try repository.unfolds(
        repository.commit(commit).tree, beside: head.map { try repository.commit($0).tree })
    }
    if isEndless { throw HistoryError.tooManyFiles(limit: Repository.mostPaths) }
  }

  /// The names of a tree that are not let in, each with why.
  private func words(
    for unsafe: [UnsafeEntry], of tree: ObjectID, knownGood: ObjectID?
  ) throws -> [String] {
    var found = unsafe.map { "\($0.path): \($0.why)" }
    let entry = try repository.entry(at: .vaultFolder, in: tree)
    if let entry, entry.kind == .file,
      try knownGood.flatMap({ try repository.entry(at: .vaultFolder, in: $0) }) != entry
    {
      found.append("\(GitPath.vaultFolder): it is a file, where a vault has its folder")
    }
    return found
  }

  /// The conflicts whose records a tree has, by the files they are about.
  private func conflicts(in tree: ObjectID) throws -> [Conflict] {
    let files = try repository.files(below: GitPath(Conflict.folder), in: tree)
    return try files.filter { $0.description.hasSuffix(".yaml") }.compactMap { path in
      try conflict(repository.entry(at: path, in: tree), at: path)
    }.sorted { ($0.path, $0.name) < ($1.path, $1.name) }
  }

  /// How many files a tree has, without the records of conflicts.
  private func fileCount(of tree: ObjectID) throws -> Int {
    var count = 0
    try repository.eachEntry(of: tree) { path, entry in
      if entry.kind == .file, !path.isRecord { count += 1 }
      return true
    }
    return count
  }
}

/// A sync under way.
struct SyncRun {
  let options: SyncOptions
  let wire: Wire
  let progress: (String) -> Void
  /// Where the branch would stand, in a dry run with something to save.
  var imagined: Head?
  /// The snapshots that were looked at and have no secret that must not be sent.
  var harmless: Set<ObjectID> = []
}
