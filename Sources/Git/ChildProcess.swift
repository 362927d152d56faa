import CGit2
import Glibc

/// A program whose input and output are pipes to us; ended and reaped when its owner goes.
///
/// What it writes to standard error is taken out of the pipe whenever we wait, so that it never
/// blocks, and the last 4 KB are kept.
final class ChildProcess {
  private var process: pid_t
  private var input: Int32
  private var output: Int32
  private var errors: Int32
  private let ownsGroup: Bool
  private var errorBytes: [UInt8] = []
  /// The exit status, or 128 plus the signal's number, once it has ended.
  private(set) var status: Int32?

  /// What a wait came to.
  enum Wait: Equatable {
    case ready(Int)
    case ended
    case tooLong
  }

  /// Starts a program; a group of its own lets it be ended with all that it starts.
  init(_ command: SshCommand, ownGroup: Bool, _ operation: String) throws(GitError) {
    ownsGroup = ownGroup
    var ends: [Int32] = []
    func give(_ error: GitError) -> GitError {
      for end in ends { close(end) }
      return error
    }
    for _ in 0..<3 {
      var pair: [Int32] = [-1, -1]
      guard unsafe notes_pipe(&pair, O_CLOEXEC) == 0 else { throw give(systemError(operation)) }
      // Numbers below three are the child's own, and free here only if somebody closed ours.
      for end in pair {
        let moved = end < 3 ? fcntl(end, F_DUPFD_CLOEXEC, 3) : end
        if moved != end { close(end) }
        guard moved >= 0 else { throw give(systemError(operation)) }
        ends.append(moved)
      }
    }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[3], 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[5], 2)
    unsafe notes_close_from(&actions, 3)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe sigaddset(&signals, SIGCHLD)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    if ownGroup { flags |= POSIX_SPAWN_SETPGROUP }
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var started: pid_t = 0
    let variables = command.variables.map { "\($0.key)=\($0.value)" }
    let code = unsafe withStrings(command.arguments) { arguments in
      unsafe withStrings(variables) { variables in
        unsafe posix_spawn(&started, command.program, &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else {
      errno = code
      throw give(systemError(operation, command.program))
    }
    process = started
    for end in [ends[0], ends[3], ends[5]] { close(end) }
    (input, output, errors) = (ends[1], ends[2], ends[4])
    for end in [input, output, errors] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
  }

  deinit { end(politely: .zero) }

  /// What it has written to standard error, the last 4 KB of it.
  var errorText: String { String(decoding: errorBytes, as: UTF8.self) }

  /// Takes what it writes, waiting for it at most so many milliseconds.
  func read(into buffer: UnsafeMutableRawBufferPointer, within limit: Int32) -> Wait {
    while true {
      let count = unsafe Glibc.read(output, buffer.baseAddress, buffer.count)
      if count > 0 { return .ready(count) }
      if count == 0 { return .ended }
      switch errno {
      case EINTR: continue
      case EAGAIN: if let result = wait(output, for: POLLIN, within: limit) { return result }
      default: return .ended
      }
    }
  }

  /// Hands it some of the bytes, waiting at most so many milliseconds until it takes them.
  func write(_ bytes: UnsafeRawBufferPointer, within limit: Int32) -> Wait {
    while true {
      let count = withoutPipeSignal {
        unsafe Glibc.write(input, bytes.baseAddress, bytes.count)
      }
      if count >= 0 { return .ready(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: if let result = wait(input, for: POLLOUT, within: limit) { return result }
      default: return .ended
      }
    }
  }

  /// Waits for a descriptor; nil when it is ready.
  private func wait(_ descriptor: Int32, for events: Int32, within limit: Int32) -> Wait? {
    let end = ContinuousClock.now + .milliseconds(Int(limit))
    while true {
      let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
      var waits = [
        pollfd(fd: descriptor, events: Int16(events), revents: 0),
        pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      ]
      let count = unsafe poll(&waits, 2, Int32(max(0, left.rounded(.up))))
      if count < 0, errno != EINTR { return .ended }
      if count == 0 { return .tooLong }
      if waits[1].revents != 0 { drainErrors() }
      if waits[0].revents != 0 { return nil }
    }
  }

  private func drainErrors() {
    var piece = [UInt8](repeating: 0, count: 4_096)
    while errors >= 0 {
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe Glibc.read(errors, $0.baseAddress, $0.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN { return }
      }
      if count <= 0 {
        close(errors)
        errors = -1
        return
      }
      errorBytes += piece[..<count]
      if errorBytes.count > 4_096 { errorBytes.removeFirst(errorBytes.count - 4_096) }
    }
  }

  /// Closes its input, gives it some time to end by itself, then ends it, and reaps it.
  func end(politely patience: Duration) {
    guard status == nil else { return }
    close(input)
    input = -1
    if patience > .zero {
      var scratch = [UInt8](repeating: 0, count: 4_096)
      let end = ContinuousClock.now + patience
      while ContinuousClock.now < end {
        let wait = unsafe scratch.withUnsafeMutableBytes { unsafe read(into: $0, within: 50) }
        if wait == .ended { break }
      }
      while ContinuousClock.now < end, !isReaped(WNOHANG) { usleep(2_000) }
    }
    if status == nil { kill(ownsGroup ? -process : process, SIGTERM) }
    for _ in 0..<500 where !isReaped(WNOHANG) { usleep(2_000) }
    if status == nil {
      kill(ownsGroup ? -process : process, SIGKILL)
      _ = isReaped(0)
    }
    drainErrors()
    close(output)
    if errors >= 0 { close(errors) }
    (output, errors) = (-1, -1)
  }

  private func isReaped(_ options: Int32) -> Bool {
    if status != nil { return true }
    var raw: Int32 = 0
    while true {
      let found = unsafe waitpid(process, &raw, options)
      if found == 0 { return false }
      if found < 0, errno == EINTR { continue }
      // Somebody who ignores SIGCHLD has no status to give.
      status = found < 0 ? 0 : raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
      return true
    }
  }
}

/// Writes to a pipe without the signal that a closed one sends.
private func withoutPipeSignal(_ body: () -> Int) -> Int {
  var pipe = sigset_t()
  unsafe sigemptyset(&pipe)
  unsafe sigaddset(&pipe, SIGPIPE)
  var pending = sigset_t()
  unsafe sigpending(&pending)
  var before = sigset_t()
  unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before)
  let count = body()
  let number = errno
  if count < 0, number == EPIPE, unsafe sigismember(&pending, SIGPIPE) == 0 {
    var now = timespec()
    while unsafe sigtimedwait(&pipe, nil, &now) < 0, errno == EINTR {}
  }
  unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
  errno = number
  return count
}

/// Lends texts as C has them: an array that a null pointer ends.
private func withStrings(
  _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32
) -> Int32 {
  let copies = unsafe texts.map { unsafe strdup($0) }
  defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
  return unsafe body(copies + [nil])
}
