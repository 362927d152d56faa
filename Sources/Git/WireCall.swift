import CGit2
import Synchronization

/// One call on the wire: its deadlines, and why it failed if that was our own doing.
///
/// The sockets that libgit2 opens find it as the current call of their thread.
final class WireCall: Sendable {
  /// The call that this thread is in.
  @TaskLocal static var current: WireCall?

  let limits: WireLimits
  private let end: ContinuousClock.Instant?
  private let state = Mutex(State())

  private struct State {
    var failure: GitError?
    var servers: Set<String> = []
    var hasGivenPassword = false
    /// What has come since when, for as long as that is next to nothing.
    var trickle: (since: ContinuousClock.Instant, bytes: Int)?
  }

  init(_ limits: WireLimits) {
    self.limits = limits
    end = limits.total.map { ContinuousClock.now + $0 }
  }

  /// Keeps the first failure: the later ones follow from it.
  func fail(_ error: GitError) {
    state.withLock { if $0.failure == nil { $0.failure = error } }
  }

  /// Why the call failed, when it was we who ended it.
  var failure: GitError? { state.withLock { $0.failure } }

  /// How long a wait may last, in milliseconds; less than `limit` when the whole is nearly up.
  func milliseconds(_ limit: Duration) -> Int32 {
    var left = limit
    if let end { left = min(left, ContinuousClock.now.duration(to: end)) }
    let (seconds, attoseconds) = left.components
    return Int32(clamping: max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
  }

  /// Counts what came from a server, or that it took something: `nil`.
  ///
  /// - Returns: whether it does more than to show that it is there.
  func goesOn(after count: Int?) -> Bool {
    state.withLock {
      let now = ContinuousClock.now
      guard let count, let trickle = $0.trickle, trickle.bytes + count < 4_096 else {
        $0.trickle = (now, 0)
        return true
      }
      $0.trickle?.bytes += count
      return trickle.since.duration(to: now) < limits.trickle
    }
  }

  /// What is said of a server that does no more than that.
  func trickling(_ operation: String, from host: String) -> GitError {
    GitError(
      operation, .timeout,
      "\(host) did nothing for \(seconds(limits.trickle)) but to say that it is there")
  }

  /// What is said of a wait that was too long.
  func timeout(_ operation: String, from host: String) -> GitError {
    if let end, end <= ContinuousClock.now {
      return GitError(operation, .timeout, "it took longer than \(seconds(limits.total ?? .zero))")
    }
    return GitError(operation, .timeout, "\(host) was silent for \(seconds(limits.idle))")
  }

  func seconds(_ duration: Duration) -> String {
    let seconds = max(1, duration.components.seconds)
    return seconds == 1 ? "1 second" : "\(seconds) seconds"
  }

  /// Notes that a server has been, or is about to be, told a password.
  func giveOutPassword() { state.withLock { $0.hasGivenPassword = true } }

  /// Whether a server may be connected to: libgit2 would carry a password to wherever a server
  /// that has it points next.
  func mayConnect(to server: String) -> Bool {
    state.withLock {
      if !$0.hasGivenPassword { $0.servers.insert(server) }
      return $0.servers.contains(server)
    }
  }
}

/// What libgit2's callbacks are lent while a call on the wire lasts.
@safe struct WireLoan {
  let operation: String
  let url: RemoteURL
  let environment: GitEnvironment
  let sshCommand: String?
  let call: WireCall
  let credentials: CredentialSource?
  let progress: (_ received: Int, _ total: Int, _ bytes: Int) -> Bool
  var attempts = 0
  /// What the server said to people, the last 4 KB of it.
  var words: [UInt8] = []
  /// What became of each reference that was pushed; nil is success.
  var statuses: [String?] = []
  /// The `ssh` that is running, and the stream that libgit2 has for it.
  var ssh: ChildProcess?
  var sshStream: UnsafeMutablePointer<git_smart_subtransport_stream>?
  var sshHasAnswered = false

  /// Tells the caller how far it is; -7 ends the call when the caller wants that.
  func report(_ received: Int, _ total: Int, _ bytes: Int) -> Int32 {
    if progress(received, total, bytes) { return 0 }
    call.fail(GitError(operation, .cancelled, "it was cancelled"))
    return GIT_EUSER.rawValue
  }

  /// The loan behind a callback's payload.
  static func behind(_ payload: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<WireLoan>? {
    unsafe payload?.assumingMemoryBound(to: WireLoan.self)
  }

  /// What libgit2 calls back: always with the loan itself as payload.
  static func callbacks(_ loan: UnsafeMutablePointer<WireLoan>) throws(GitError)
    -> git_remote_callbacks
  {
    var callbacks = unsafe git_remote_callbacks()
    try check(
      "use the remote",
      unsafe git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION)))
    unsafe callbacks.payload = UnsafeMutableRawPointer(loan)
    unsafe callbacks.credentials = answerWithCredentials
    unsafe callbacks.transfer_progress = { stats, payload in
      guard let loan = unsafe WireLoan.behind(payload), let stats = unsafe stats?.pointee else {
        return -1
      }
      return unsafe loan.pointee.report(
        Int(stats.received_objects), Int(stats.total_objects), stats.received_bytes)
    }
    unsafe callbacks.push_transfer_progress = { sent, total, bytes, payload in
      guard let loan = unsafe WireLoan.behind(payload) else { return -1 }
      return unsafe loan.pointee.report(Int(sent), Int(total), bytes)
    }
    unsafe callbacks.pack_progress = { _, done, total, payload in
      guard let loan = unsafe WireLoan.behind(payload) else { return -1 }
      return unsafe loan.pointee.report(0, Int(max(done, total)), 0)
    }
    unsafe callbacks.sideband_progress = { text, count, payload in
      guard let loan = unsafe WireLoan.behind(payload), let text = unsafe text, count > 0 else {
        return 0
      }
      unsafe text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
        unsafe loan.pointee.words += UnsafeBufferPointer(start: $0, count: Int(count))
      }
      let excess = unsafe loan.pointee.words.count - 4_096
      if excess > 0 { unsafe loan.pointee.words.removeFirst(excess) }
      return 0
    }
    unsafe callbacks.push_update_reference = { _, status, payload in
      guard let loan = unsafe WireLoan.behind(payload) else { return -1 }
      unsafe loan.pointee.statuses.append(status.map { unsafe String(cString: $0) })
      return 0
    }
    if case .ssh = unsafe loan.pointee.url.place {
      unsafe callbacks.transport = makeSshTransport
    }
    return unsafe callbacks
  }
}
