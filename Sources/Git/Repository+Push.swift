import CGit2

/// What became of a push.
public enum PushResult: Equatable, Sendable {
  /// The remote's branch is at the commit.
  case pushed
  /// The branch is not where it was expected to be: fetch, merge and try again.
  case rejectedNonFastForward
  /// The remote does not want it, in its own words.
  case rejected(String)
}

extension Repository {
  /// Moves a branch of a remote from one commit to another, which must build upon it.
  ///
  /// `old` is where the branch is expected to be; nil is nowhere. It has been pushed only if the
  /// remote said so and shows it when asked again.
  public func push(
    _ remote: String, _ id: ObjectID, to branch: String, expecting old: ObjectID?,
    credentials: CredentialSource?,
    progress: (_ sent: Int, _ total: Int, _ bytes: Int) -> Bool = { _, _, _ in true }
  ) throws(GitError) -> PushResult {
    let url = try url(of: remote, for: GIT_DIRECTION_PUSH)
    let operation = "push \(branch) to \(url.redacted)"
    try checkBranchName(branch, operation)
    _ = try unsafe Handle<CommitKind>(operation) {
      var raw = id.raw
      return unsafe git_commit_lookup(&$0, handle.pointer, &raw)
    }
    let result = try withoutActuallyEscaping(progress) { progress throws(GitError) in
      let task = WireTask(
        operation: operation, url: url, credentials: credentials, limits: WireLimits(),
        progress: progress)
      return if case .local(let path) = url.place {
        try pushToPath(task, path, id, branch, old)
      } else {
        try pushToServer(task, id, branch, old)
      }
    }
    if result == .pushed { try noteTip(id, of: branch, at: remote, operation) }
    return result
  }

  private func pushToPath(
    _ task: WireTask, _ path: String, _ id: ObjectID, _ branch: String, _ old: ObjectID?
  ) throws(GitError) -> PushResult {
    let remote = try PathRemote(path, for: .pushing, task.operation, environment)
    let tip = try remote.tip(of: branch)
    if tip == id { return .pushed }
    guard tip == old, try builds(id, on: old) else { return .rejectedNonFastForward }
    if let old, !remote.holds(old) {
      return .rejected(
        "it is damaged, and its \(branch) cannot be read there: git -C \(path) fsck says more")
    }
    if let words = remote.refusal(ofMoving: branch) { return .rejected(words) }
    return try remote.push(
      id, to: branch, expecting: old, from: handle, progress: task.progress)
  }

  private func pushToServer(
    _ task: WireTask, _ id: ObjectID, _ branch: String, _ old: ObjectID?
  ) throws(GitError) -> PushResult {
    guard try builds(id, on: old) else { return .rejectedNonFastForward }
    // libgit2 pushes references only, and the commit need not be the tip of one.
    let name = "refs/notes-push/\(id)"
    try setReference(name, to: id, expecting: .anything, message: "")
    let outcome: Result<PushResult, GitError>
    do throws(GitError) {
      outcome = .success(
        try connect(task, to: GIT_DIRECTION_PUSH) { (wire) throws(GitError) in
          let tip = try wire.tip(of: branch)
          if tip == id { return .pushed }
          guard tip == old else { return .rejectedNonFastForward }
          return try upload("\(name):refs/heads/\(branch)", wire)
        })
    } catch {
      outcome = .failure(error)
    }
    try? removeReference(name)
    switch outcome {
    case .success(.pushed), .failure: break
    case .success(let refusal): return refusal
    }
    if case .failure(let error) = outcome {
      if error.reason == .nonFastForward { return .rejectedNonFastForward }
      if [.cancelled, .authentication, .hostKey, .certificate].contains(error.reason) {
        throw error
      }
    }
    // Only what the remote shows counts, whether the push succeeded or broke off.
    let listing: RemoteListing
    do throws(GitError) {
      listing = try list(task.url, credentials: task.credentials, limits: task.limits)
    } catch {
      if case .failure(let first) = outcome { throw first }
      throw error.during(task.operation)
    }
    let tip = listing.tip(of: branch)
    if tip == id { return .pushed }
    if case .failure(let error) = outcome { throw error }
    // Another push may have followed ours. A branch that has not moved is a server that takes back.
    guard tip == old else { return .rejectedNonFastForward }
    return .rejected("it took the push, and its branch is where it was before")
  }

  private func upload(_ refspec: String, _ wire: borrowing Wire) throws(GitError) -> PushResult {
    var options = unsafe git_push_options()
    let operation = unsafe wire.loan.pointee.operation
    try check(operation, unsafe git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION)))
    unsafe options.callbacks = try unsafe WireLoan.callbacks(wire.loan)
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_INITIAL
    unsafe wire.loan.pointee.words = []
    let remote = unsafe wire.remote.pointer
    try check(
      operation, unsafe withList(of: refspec) { unsafe git_remote_upload(remote, $0, &options) })
    guard let status = unsafe wire.loan.pointee.statuses.first else {
      throw GitError(operation, .network, "the server did not say what became of it")
    }
    guard let status else { return .pushed }
    let isOutrun = [
      "non-fast-forward", "fetch first", "stale info", "failed to update ref", "already exists",
    ].contains { status.contains($0) }
    if isOutrun { return .rejectedNonFastForward }
    let words = unsafe String(decoding: wire.loan.pointee.words, as: UTF8.self)
    return .rejected(GitError.cleaned(words.isEmpty ? status : "\(status): \(words)"))
  }

  /// Whether a commit has another among its ancestors, or is it.
  private func builds(_ id: ObjectID, on old: ObjectID?) throws(GitError) -> Bool {
    guard let old, old != id else { return true }
    var commit = id.raw
    var ancestor = old.raw
    if unsafe git_odb_exists(database.pointer, &ancestor) == 0 { return false }
    let code = unsafe git_graph_descendant_of(handle.pointer, &commit, &ancestor)
    try check("compare \(id) with \(old)", code)
    return code == 1
  }

  /// Remembers where the remote's branch is now.
  private func noteTip(_ id: ObjectID, of branch: String, at remote: String, _ operation: String)
    throws(GitError)
  {
    do throws(GitError) {
      try setReference(
        "refs/remotes/\(remote)/\(branch)", to: id, expecting: .anything, message: "push")
    } catch {
      // A stale lock here does not undo the push; the next fetch meets it again and says so.
      if error.reason != .locked { throw error.during(operation) }
    }
  }
}
