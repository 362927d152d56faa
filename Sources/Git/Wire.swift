import CGit2

/// A connection to a server, open while a closure runs; for a folder of this machine see `PathRemote`.
@safe struct Wire: ~Copyable {
  let remote: Handle<RemoteKind>
  let loan: UnsafeMutablePointer<WireLoan>

  /// A reference of the remote.
  struct Advertised {
    let name: String
    let id: ObjectID
    let target: String?
  }

  /// What the remote has; the answer that it gave when it was connected to.
  func advertised() throws(GitError) -> [Advertised] {
    var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
    var count = 0
    try check("list the remote", unsafe git_remote_ls(&heads, &count, remote.pointer))
    return unsafe UnsafeBufferPointer(start: heads, count: count).compactMap { head in
      guard let head = unsafe head?.pointee else { return nil }
      return unsafe Advertised(
        name: String(cString: head.name), id: ObjectID(head.oid),
        target: head.symref_target.map { unsafe String(cString: $0) })
    }
  }

  /// The tip of a branch of the remote.
  func tip(of branch: String) throws(GitError) -> ObjectID? {
    try advertised().first { $0.name == "refs/heads/" + branch }?.id
  }
}

/// What a call on the wire is to do, apart from what it does.
struct WireTask {
  let operation: String
  let url: RemoteURL
  var credentials: CredentialSource?
  var limits: WireLimits
  var progress: (_ received: Int, _ total: Int, _ bytes: Int) -> Bool = { _, _, _ in true }
}

extension Repository {
  /// Connects to a server and lends the connection to `body`.
  func connect<Value>(
    _ task: WireTask, to direction: git_direction,
    _ body: (borrowing Wire) throws(GitError) -> Value
  ) throws(GitError) -> Value {
    try SocketStream.register()
    if case .http(let address) = task.url.place, address.isSecure {
      let file =
        environment.nonEmpty("GIT_SSL_CAINFO") ?? setting("http.sslcainfo")
        ?? environment.nonEmpty("SSL_CERT_FILE")
      try Certificates.trust(file, task.operation)
    }
    let call = WireCall(task.limits)
    let ssh =
      task.url.isSSH
      ? configuration.userString("core.sshcommand") : (value: nil, repositoryHasOwn: false)
    var loan = unsafe WireLoan(
      operation: task.operation, url: task.url, environment: environment, sshCommand: ssh.value,
      call: call, credentials: task.credentials, progress: task.progress)
    let result: Result<Value, GitError> = WireCall.$current.withValue(call) {
      unsafe withUnsafeMutablePointer(to: &loan) { loan in
        do throws(GitError) {
          let wire = unsafe Wire(remote: try remoteHandle(task), loan: loan)
          try openConnection(wire, direction)
          return .success(try body(wire))
        } catch {
          return .failure(error)
        }
      }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error):
      if let failure = call.failure {
        guard failure.reason == .authentication || failure.reason == .hostKey,
          ssh.repositoryHasOwn, environment.nonEmpty("GIT_SSH_COMMAND") == nil
        else { throw failure.during(task.operation) }
        throw failure.during(
          task.operation,
          message: "core.sshCommand in this repository's own settings is not run (put it into "
            + "~/.gitconfig); \(failure.message)")
      }
      throw wireError(error, task)
    }
  }

  /// A remote of libgit2's that has a URL and nothing else: no name, no refspecs, no `insteadOf`.
  private func remoteHandle(_ task: WireTask) throws(GitError) -> Handle<RemoteKind> {
    var options = unsafe git_remote_create_options()
    try check(
      task.operation,
      unsafe git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION)))
    unsafe options.repository = handle.pointer
    unsafe options.flags =
      GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue
      | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
    let address = task.url.text
    return try unsafe Handle<RemoteKind>(task.operation) {
      unsafe git_remote_create_with_opts(&$0, address, &options)
    }
  }

  private func openConnection(_ wire: borrowing Wire, _ direction: git_direction)
    throws(GitError)
  {
    var options = unsafe git_remote_connect_options()
    let operation = unsafe wire.loan.pointee.operation
    try check(
      operation,
      unsafe git_remote_connect_options_init(
        &options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION)))
    unsafe options.callbacks = try unsafe WireLoan.callbacks(wire.loan)
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_INITIAL
    let remote = unsafe wire.remote.pointer
    try check(operation, unsafe git_remote_connect_ext(remote, direction, &options))
  }
}
