import CGit2
import Glibc

/// A remote that is a folder of this machine: a disk, a stick, a mounted share.
@safe struct PathRemote: ~Copyable {
  private let handle: Handle<RepositoryKind>
  private let path: String
  private let commonFolder: String
  private let sharedModes: SharedModes?
  private let operation: String

  private var objectFolder: String { commonFolder + "/objects" }

  /// What it is opened for.
  enum Purpose {
    /// To take from it what is there.
    case fetching
    /// To add to it, which needs a bare one.
    case pushing
  }

  /// Opens the repository at a path.
  init(
    _ path: String, for purpose: Purpose, _ operation: String, _ environment: GitEnvironment
  ) throws(GitError) {
    let place = try Self.gitDirectory(path, operation, environment)
    var made: OpaquePointer?
    var failure: GitError?
    Configuration.trustingOwner(of: place, environment) {
      let code = unsafe git_repository_open_ext(
        &made, place, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
      if code < 0 { failure = GitError(operation, code: code) }
    }
    if let failure { throw Self.clear(failure, place, operation) }
    let opened = try unsafe Handle<RepositoryKind>(operation) {
      unsafe $0 = made
      return 0
    }
    if purpose == .pushing, unsafe git_repository_is_bare(opened.pointer) == 0 {
      throw GitError(
        operation, .invalid,
        """
        \(place) has files checked out, which a push would leave behind: use a bare copy of it \
        (git clone --bare \(place) \(place).git), or, if its files are not needed, \
        git config core.bare true in it
        """)
    }
    let objects = try unsafe Handle<DatabaseKind>(operation) {
      unsafe git_repository_odb(&$0, opened.pointer)
    }
    let common = unsafe Repository.path(git_repository_commondir(opened.pointer))
    do throws(GitError) {
      // A server sends no larger object, either.
      try LooseObjects.read(common + "/objects", for: objects, limit: Libgit2.largestObject)
      try ObjectStore(common + "/objects").refuseDamagedPacks()
    } catch { throw Self.clear(error, place, operation) }
    commonFolder = common
    sharedModes = SharedModes(of: opened, environment)
    handle = opened
    self.path = place
    self.operation = operation
  }

  /// The folder that libgit2 is to open for a path, when there is one that is fit to be read.
  static func gitDirectory(_ path: String, _ operation: String, _ environment: GitEnvironment)
    throws(GitError) -> String
  {
    guard let place = resolvedPath(path) ?? resolvedPath(path + ".git") else {
      throw GitError(
        operation, .notFound, "there is nothing at \(path): is the disk or share connected?")
    }
    for folder in [place, place + "/.git"] {
      if let unsafe = Includes.firstUnsafe(
        in: folder + "/config", home: environment.nonEmpty("HOME"))
      {
        throw GitError(
          operation, .remote(.unsafeInclude(path: unsafe), at: place),
          "the settings of \(place) include \(unsafe)")
      }
      if case .file = FileKind.of(folder + "/shallow") {
        throw GitError(
          operation, .remote(.shallow, at: place),
          "\(place) does not hold its whole history (shallow clone)")
      }
    }
    return place
  }

  /// libgit2's complaint about a path, in words that say what to do.
  static func clear(_ error: GitError, _ path: String, _ operation: String) -> GitError {
    if error.message.contains("safe.directory") || error.code == GIT_EOWNER.rawValue
      || error.message.contains("not owned by current user")
    {
      return error.during(
        operation, reason: .denied,
        message: "\(path) belongs to another user: to trust it, run "
          + "git config --global --add safe.directory \(path)")
    }
    if let range = error.message.firstRange(of: "unsupported extension name extensions.") {
      let name = String(error.message[range.upperBound...])
      return error.during(
        operation, reason: .remote(.newerFormat(name), at: path),
        message: "\(path) uses a git format that cannot be read (\(name))")
    }
    if error.reason == .corrupt {
      return error.during(
        operation,
        message: "\(path) is damaged: \(error.message): git -C \(path) fsck says more")
    }
    if error.message.hasPrefix("could not find repository") {
      return error.during(
        operation, reason: .notFound, message: "\(path) is not a git repository")
    }
    return error
  }

  /// The tip of a branch.
  func tip(of branch: String) throws(GitError) -> ObjectID? {
    var id = git_oid()
    let code = unsafe git_reference_name_to_id(&id, handle.pointer, "refs/heads/" + branch)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try check(operation, code)
    return ObjectID(id)
  }

  /// Its branches, and HEAD where that names one of them.
  func advertised() throws(GitError) -> [Wire.Advertised] {
    var names = unsafe git_strarray()
    try check(operation, unsafe git_reference_list(&names, handle.pointer))
    defer { unsafe git_strarray_dispose(&names) }
    let branches = unsafe UnsafeBufferPointer(start: names.strings, count: names.count)
      .compactMap { name in unsafe name.map { unsafe String(cString: $0) } }
      .filter { Reference.branch(named: $0) != nil }
      .sorted { GitPath($0) < GitPath($1) }
    var head: OpaquePointer?
    defer { unsafe git_reference_free(head) }
    var target: String?
    if unsafe git_reference_lookup(&head, handle.pointer, "HEAD") == 0 {
      target = unsafe git_reference_symbolic_target(head).map { unsafe String(cString: $0) }
    }
    return (["HEAD"] + branches).compactMap { name in
      var id = git_oid()
      // A branch may be there in name only.
      guard unsafe git_reference_name_to_id(&id, handle.pointer, name) == 0 else { return nil }
      return Wire.Advertised(
        name: name, id: ObjectID(id), target: name == "HEAD" ? target : nil)
    }
  }

  /// Brings a commit and all that it needs into the object store of a repository that has what its
  /// references name.
  ///
  /// libgit2's own fetch from a path would open the repository anew, and read its objects by itself.
  func receive(
    _ id: ObjectID, into database: borrowing Handle<DatabaseKind>, having known: [ObjectID],
    progress: (_ received: Int, _ total: Int, _ bytes: Int) -> Bool
  ) throws(GitError) {
    do throws(GitError) {
      let builder = try pack(of: id, besides: known)
      guard unsafe git_packbuilder_object_count(builder.pointer) > 0 else { return }
      let code = withoutActuallyEscaping(progress) { progress in
        var report = progress
        return unsafe withUnsafeMutablePointer(to: &report) { loan in
          unsafe Self.write(builder, into: database, loan)
        }
      }
      try check(operation, code)
    } catch { throw Self.clear(error, path, operation) }
  }

  /// A pack, not yet made, of a commit and what it needs besides what is behind others.
  ///
  /// Of these the remote may have some without what is behind them: a copy that was made of it while it was
  /// in use, say. Then all that the commit needs is in the pack.
  private func pack(
    of id: ObjectID, besides known: [ObjectID]
  ) throws(GitError) -> Handle<PackBuilderKind> {
    do throws(GitError) { return try pack(of: id, without: known) } catch {
      guard error.reason == .notFound, !known.isEmpty else { throw error }
      return try pack(of: id, without: [])
    }
  }

  /// A pack, not yet made, of a commit and what is not behind others.
  private func pack(
    of id: ObjectID, without known: [ObjectID]
  ) throws(GitError) -> Handle<PackBuilderKind> {
    let walk = try unsafe Handle<RevisionWalkKind>(operation) {
      unsafe git_revwalk_new(&$0, handle.pointer)
    }
    unsafe git_revwalk_sorting(walk.pointer, GIT_SORT_TIME.rawValue)
    var raw = id.raw
    try check(operation, unsafe git_revwalk_push(walk.pointer, &raw))
    for known in known {
      var raw = known.raw
      // It may have no such object.
      _ = unsafe git_revwalk_hide(walk.pointer, &raw)
    }
    let builder = try unsafe Handle<PackBuilderKind>(operation) {
      unsafe git_packbuilder_new(&$0, handle.pointer)
    }
    // As many as the machine has.
    unsafe git_packbuilder_set_threads(builder.pointer, 0)
    try check(operation, unsafe git_packbuilder_insert_walk(builder.pointer, walk.pointer))
    return builder
  }

  private typealias Report = (_ received: Int, _ total: Int, _ bytes: Int) -> Bool

  /// Makes a pack, and has an object store take it as it comes.
  @unsafe private static func write(
    _ builder: borrowing Handle<PackBuilderKind>, into database: borrowing Handle<DatabaseKind>,
    _ report: UnsafeMutablePointer<Report>
  ) -> Int32 {
    var sink: UnsafeMutablePointer<git_odb_writepack>?
    let code = unsafe git_odb_write_pack(
      &sink, database.pointer,
      { stats, payload in
        guard let stats = unsafe stats?.pointee, let payload = unsafe payload else { return -1 }
        let report = unsafe payload.assumingMemoryBound(to: Report.self)
        return unsafe report.pointee(
          Int(stats.received_objects), Int(stats.total_objects), stats.received_bytes)
          ? 0 : GIT_EUSER.rawValue
      }, report)
    guard code == 0, let sink = unsafe sink else { return code < 0 ? code : -1 }
    defer { unsafe sink.pointee.free(sink) }
    var target = unsafe (sink: sink, stats: git_indexer_progress())
    let sent = unsafe withUnsafeMutablePointer(to: &target) { target in
      unsafe git_packbuilder_foreach(
        builder.pointer,
        { bytes, count, payload in
          guard let payload = unsafe payload else { return -1 }
          let target = unsafe payload.assumingMemoryBound(
            to: (sink: UnsafeMutablePointer<git_odb_writepack>, stats: git_indexer_progress).self)
          let sink = unsafe target.pointee.sink
          return unsafe sink.pointee.append(sink, bytes, count, &target.pointee.stats)
        }, target)
    }
    if sent != 0 { return sent }
    return unsafe sink.pointee.commit(sink, &target.stats)
  }

  /// Whether a commit and its folder can be read there.
  ///
  /// What is sent builds upon them: of a remote that has lost its objects nobody could read it.
  func holds(_ id: ObjectID) -> Bool {
    var raw = id.raw
    var commit: OpaquePointer?
    var tree: OpaquePointer?
    defer {
      unsafe git_tree_free(tree)
      unsafe git_commit_free(commit)
    }
    return unsafe git_commit_lookup(&commit, handle.pointer, &raw) == 0
      && git_commit_tree(&tree, commit) == 0
  }

  /// Why a branch is not to be moved; `nil` where it may be.
  ///
  /// A work tree of the repository (`git worktree`) in which it is checked out would be left behind: the
  /// next snapshot there would take back what was sent. So git's own `receive-pack` refuses it, too.
  func refusal(ofMoving branch: String) -> String? {
    let name = unsafe Reference.direct("refs/heads/" + branch, in: handle.pointer)
    for worktree in namesInFolder(commonFolder + "/worktrees").sorted() {
      let folder = "\(commonFolder)/worktrees/\(worktree)"
      guard let head = Self.line(of: folder + "/HEAD"), head.hasPrefix("ref: "),
        unsafe Reference.direct(String(head.dropFirst("ref: ".count)), in: handle.pointer) == name
      else { continue }
      let link = Self.line(of: folder + "/gitdir") ?? folder
      let found = resolvedPath(link.hasPrefix("/") ? link : folder + "/" + link)
      let files = (found ?? link).split(separator: "/").dropLast().map { "/" + $0 }.joined()
      let way =
        found == nil
        ? "is not there; if it is gone for good: git -C \(path) worktree prune"
        : """
        would be left behind: git -C \(files) switch --detach; or, for git to bring it up to date, \
        git -C \(path) config receive.denyCurrentBranch updateInstead, and sync with --via git
        """
      return "\(branch) is checked out in its work tree \(files), which \(way)"
    }
    return nil
  }

  /// The first line of a small file.
  private static func line(of path: String) -> String? {
    readPlainFile(path, limit: 8_192).map {
      String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
  }

  /// Sends what is missing and moves the branch, if it is where it is expected to be.
  ///
  /// libgit2's own push to a path moves the branch wherever it has got to meanwhile, so that one
  /// of two pushes at the same time is lost; here the move is compared under the branch's lock.
  func push(
    _ id: ObjectID, to branch: String, expecting old: ObjectID?,
    from repository: borrowing Handle<RepositoryKind>,
    progress: (_ received: Int, _ total: Int, _ bytes: Int) -> Bool
  ) throws(GitError) -> PushResult {
    let usualMask = sharedModes?.begin()
    defer { if let usualMask { umask(usualMask) } }
    do throws(GitError) { try send(id, from: repository, progress) } catch {
      return try refusal(of: error)
    }
    removeCutOffPacks()
    let name = unsafe Reference.direct("refs/heads/" + branch, in: handle.pointer)
    var refusal = move(name, to: id, expecting: old)
    // Another push that is at the branch holds its lock for some milliseconds.
    for _ in 0..<50 {
      guard let error = refusal, error.reason == .locked else { break }
      usleep(20_000)
      refusal = move(name, to: id, expecting: old)
    }
    guard let error = refusal else { return .pushed }
    // The branch may have moved although its folder could not be synced: see faults.md, A8.
    if try tip(of: branch) == id { return .pushed }
    switch error.reason {
    case .exists, .modified, .notFound: return .rejectedNonFastForward
    case .locked: return .rejected(lockMessage(error.message, name))
    default: return try self.refusal(of: error)
    }
  }

  /// Removes what pushes of an hour ago and before left that were cut short: git's own `gc` does not.
  private func removeCutOffPacks() {
    var now = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return }
    ObjectStore(objectFolder).removeLeftovers { _, written in written < now.tv_sec - 3_600 }
  }

  /// What a server would say where its disk is full, or may not be written: it does not take the push.
  private func refusal(of error: GitError) throws(GitError) -> PushResult {
    guard error.reason == .denied || error.reason == .diskFull else { throw error }
    let why = error.message.split(separator: ": ").last.map(String.init) ?? error.message
    return .rejected("\(path) cannot be written to: \(why)")
  }

  /// Moves a reference, if it is where it is expected to be; what libgit2 says if not.
  private func move(_ name: String, to id: ObjectID, expecting old: ObjectID?) -> GitError? {
    var raw = id.raw
    var made: OpaquePointer?
    defer { unsafe git_reference_free(made) }
    let code: Int32
    if let old {
      var rawOld = old.raw
      code = unsafe git_reference_create_matching(
        &made, handle.pointer, name, &raw, 1, &rawOld, "push")
    } else {
      code = unsafe git_reference_create(&made, handle.pointer, name, &raw, 0, "push")
    }
    return code < 0 ? GitError(operation, code: code) : nil
  }

  private func send(
    _ id: ObjectID, from repository: borrowing Handle<RepositoryKind>,
    _ progress: (_ received: Int, _ total: Int, _ bytes: Int) -> Bool
  ) throws(GitError) {
    let walk = try unsafe Handle<RevisionWalkKind>(operation) {
      unsafe git_revwalk_new(&$0, repository.pointer)
    }
    var raw = id.raw
    try check(operation, unsafe git_revwalk_push(walk.pointer, &raw))
    for var known in try tips() {
      // What the remote has and we do not cannot be left out of the pack by name.
      _ = unsafe git_revwalk_hide(walk.pointer, &known)
    }
    let builder = try unsafe Handle<PackBuilderKind>(operation) {
      unsafe git_packbuilder_new(&$0, repository.pointer)
    }
    try check(operation, unsafe git_packbuilder_insert_walk(builder.pointer, walk.pointer))
    guard unsafe git_packbuilder_object_count(builder.pointer) > 0 else { return }
    let folder = objectFolder + "/pack"
    let code = withoutActuallyEscaping(progress) { progress in
      var report = progress
      return unsafe withUnsafeMutablePointer(to: &report) { loan in
        unsafe git_packbuilder_write(
          builder.pointer, folder, 0,
          { stats, payload in
            guard let stats = unsafe stats?.pointee, let payload = unsafe payload else { return -1 }
            let report = unsafe payload.assumingMemoryBound(to: ((Int, Int, Int) -> Bool).self)
            return unsafe report.pointee(
              Int(stats.received_objects), Int(stats.total_objects), stats.received_bytes)
              ? 0 : GIT_EUSER.rawValue
          }, loan)
      }
    }
    try check(operation, code)
  }

  /// The objects that the remote's references name.
  private func tips() throws(GitError) -> [git_oid] {
    var names = unsafe git_strarray()
    try check(operation, unsafe git_reference_list(&names, handle.pointer))
    defer { unsafe git_strarray_dispose(&names) }
    return unsafe UnsafeBufferPointer(start: names.strings, count: names.count).compactMap { name in
      var id = git_oid()
      let code = unsafe git_reference_name_to_id(&id, handle.pointer, name)
      return code == 0 ? id : nil
    }
  }

  /// Says which lock is in the way, for how long it has been, and what to do.
  private func lockMessage(_ message: String, _ name: String) -> String {
    let quoted = message.split(separator: "'", omittingEmptySubsequences: false)
    let lock =
      quoted.count > 1 && quoted[1].hasSuffix(".lock")
      ? String(quoted[1]) : "\(path)/\(name).lock"
    var age = ""
    var status = stat()
    var now = timespec()
    if unsafe lstat(lock, &status) == 0, unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 {
      age = ", \(Self.words(now.tv_sec - status.st_mtim.tv_sec)) old,"
    }
    return "the lock file \(lock)\(age) is in the way: if no program is at work in \(path), "
      + "remove that file, or sync again once it is ten minutes old"
  }

  private static func words(_ seconds: Int) -> String {
    switch max(0, seconds) {
    case let seconds where seconds < 120: "\(seconds) seconds"
    case let seconds where seconds < 7_200: "\(seconds / 60) minutes"
    case let seconds where seconds < 172_800: "\(seconds / 3_600) hours"
    case let seconds: "\(seconds / 86_400) days"
    }
  }
}

enum PackBuilderKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_packbuilder_free(pointer) }
}
