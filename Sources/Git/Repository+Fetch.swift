import CGit2

extension Repository {
  /// Fetches one branch and no tags into `refs/remotes/<remote>/<branch>`; returns its tip.
  ///
  /// What comes is stored, not believed: validate it before use. What was here before, and is not whole, is
  /// fetched anew. `progress` is told of the objects received, their number and the bytes; false ends the
  /// fetch with the reason `.cancelled`.
  @discardableResult
  public func fetch(
    _ remote: String, branch: String, credentials: CredentialSource?,
    progress: (_ received: Int, _ total: Int, _ bytes: Int) -> Bool = { _, _, _ in true }
  ) throws(GitError) -> ObjectID {
    let url = try url(of: remote, for: GIT_DIRECTION_FETCH)
    let operation = "fetch \(branch) from \(url.redacted)"
    try checkBranchName(branch, operation)
    let tracking = "refs/remotes/\(remote)/\(branch)"
    let tip: ObjectID
    switch try download(branch, from: url, tracking, credentials, progress) {
    case .tip(let id): tip = id
    case .torn(let torn):
      tip = try fetchingAnew(torn, tracking) { (fresh) throws(GitError) in
        if case .tip(let id) = try fresh.download(
          branch, from: url, tracking, credentials, progress), try fresh.isWhole(id)
        {
          return id
        }
        throw GitError(
          operation, .other,
          "what is here of it is not whole: git fetch --refetch \(remote) brings it anew")
      }
    }
    // A tip that is no commit, or did not come, must not get a name.
    _ = try unsafe Handle<CommitKind>(operation) {
      var raw = tip.raw
      return unsafe git_commit_lookup(&$0, handle.pointer, &raw)
    }
    try setReference(tracking, to: tip, expecting: .anything, message: "fetch \(url.redacted)")
    guard try reference(tracking) == tip else {
      throw GitError(operation, .modified, "\(tracking) has moved")
    }
    return tip
  }

  private enum Download {
    /// The branch's tip, which is here now.
    case tip(ObjectID)
    /// Commits that were here before, and that nothing can build on: no byte has come.
    case torn([ObjectID])
  }

  /// Has a branch's tip come, with all that it needs, and gives it no name.
  private func download(
    _ branch: String, from url: RemoteURL, _ tracking: String, _ credentials: CredentialSource?,
    _ progress: (_ received: Int, _ total: Int, _ bytes: Int) -> Bool
  ) throws(GitError) -> Download {
    let operation = "fetch \(branch) from \(url.redacted)"
    /// Has it come unless it is here.
    func bring(
      _ tip: ObjectID?, _ transfer: (ObjectID) throws(GitError) -> Void
    ) throws(GitError) -> Download {
      guard let tip else { throw GitError(operation, .notFound, "it has no branch \(branch)") }
      // The remote sends what is behind neither of them.
      let torn = try torn(exists(tip) ? tip : nil, reference(tracking))
      if !torn.isEmpty { return .torn(torn) }
      if !exists(tip) { try transfer(tip) }
      return .tip(tip)
    }
    if case .local(let path) = url.place {
      let remote = try PathRemote(path, for: .fetching, operation, environment)
      return try bring(remote.tip(of: branch)) { tip throws(GitError) in
        // Where one of ours cannot be read, more comes than is needed.
        let known = (try? references(below: "refs/").map(\.id)) ?? []
        try remote.receive(tip, into: database, having: known, progress: progress)
      }
    }
    return try withoutActuallyEscaping(progress) { progress throws(GitError) in
      let task = WireTask(
        operation: operation, url: url, credentials: credentials, limits: WireLimits(),
        progress: progress)
      return try connect(task, to: GIT_DIRECTION_FETCH) { (wire) throws(GitError) in
        try bring(wire.tip(of: branch)) { _ throws(GitError) in
          try download("+refs/heads/\(branch):\(tracking)", wire)
        }
      }
    }
  }

  private func download(_ refspec: String, _ wire: borrowing Wire) throws(GitError) {
    var options = unsafe git_fetch_options()
    let operation = unsafe wire.loan.pointee.operation
    try check(
      operation, unsafe git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION)))
    unsafe options.callbacks = try unsafe WireLoan.callbacks(wire.loan)
    unsafe options.prune = GIT_FETCH_NO_PRUNE
    unsafe options.update_fetchhead = 0
    unsafe options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_INITIAL
    let remote = unsafe wire.remote.pointer
    try check(
      operation,
      unsafe withList(of: refspec) { unsafe git_remote_download(remote, $0, &options) })
  }
}

/// Lends a list of one string to a function of libgit2's.
func withList(of text: String, _ body: (UnsafePointer<git_strarray>) -> Int32) -> Int32 {
  unsafe text.withCString { text in
    // libgit2 reads the list only.
    var item: UnsafeMutablePointer<CChar>? = unsafe UnsafeMutablePointer(mutating: text)
    return unsafe withUnsafeMutablePointer(to: &item) { items in
      var list = unsafe git_strarray(strings: items, count: 1)
      return unsafe body(&list)
    }
  }
}
