internal import Glibc

/// Starts a program with its standard streams where `streams` says, each as the descriptor in this
/// process and the one in the program; `nil` where it cannot be started.
///
/// Not Foundation's `Process`: an editor must stay in our process group to own the terminal. With
/// `inOwnGroup` it gets one of its own, by which all that it starts can be ended. The signals of `keys`
/// are the program's, though this process ignores them.
func start(
  _ arguments: [String], environment: [String: String], streams: [(ours: Int32, its: Int32)] = [],
  inOwnGroup: Bool = false, keys: TerminalKeys? = nil
) -> pid_t? {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  for stream in streams {
    unsafe posix_spawn_file_actions_adddup2(&actions, stream.ours, stream.its)
  }
  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  var flags: Int32 = 0
  if inOwnGroup {
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    flags |= POSIX_SPAWN_SETPGROUP
  }
  if let keys {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for signal in keys.taken { unsafe sigaddset(&signals, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    flags |= POSIX_SPAWN_SETSIGDEF
  }
  unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
  var process = pid_t()
  let failure = unsafe withCStrings(arguments) { argv in
    unsafe withCStrings(environment.map { "\($0)=\($1)" }) { envp in
      unsafe posix_spawnp(&process, arguments[0], &actions, &attributes, argv, envp)
    }
  }
  return failure == 0 ? process : nil
}

/// The keys of a terminal that send a signal, Ctrl-C and Ctrl-\\, ignored here for a while, as they are
/// typed for another program.
///
/// They are ignored before that is started: it may say at once that it is ready.
struct TerminalKeys {
  /// The signals that were not ignored before: who started this process may have done that.
  let taken: [Int32]

  init() {
    taken = [SIGINT, SIGQUIT].filter { key in
      let before = unsafe unsafeBitCast(signal(key, SIG_IGN), to: UInt.self)
      return unsafe before != unsafeBitCast(SIG_IGN, to: UInt.self)
    }
  }

  func giveBack() {
    for key in taken { signal(key, SIG_DFL) }
  }
}

/// Waits for a program to end; its exit code, or 128 and the number of the signal that ended it.
@discardableResult
func exitCode(of process: pid_t) -> Int32 {
  var status: Int32 = 0
  while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
  let signal = status & 0x7F
  return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
}

/// Runs a program with this process's own terminal and waits for it; its exit code, or 127 where
/// it cannot be started.
///
/// What is typed on the terminal, Ctrl-C as well, is the program's alone.
func runProgram(_ arguments: [String], environment: [String: String]) -> Int32 {
  let keys = TerminalKeys()
  defer { keys.giveBack() }
  return start(arguments, environment: environment, keys: keys).map { exitCode(of: $0) } ?? 127
}

/// Runs a program that talks with the user over this process's own terminal, and gathers what it
/// prints, at most 1 MB.
func captureAnswer(_ arguments: [String], environment: [String: String]) -> ProgramOutput {
  var result = ProgramOutput(status: 127)
  guard let output = Pipe() else { return result }
  let process = start(
    arguments, environment: environment, streams: [(ours: output.writing, its: 1)])
  output.closeWriting()
  guard let process else { return result }
  result.output = readAll(output.reading, limit: 1_000_000)
  result.status = exitCode(of: process)
  return result
}

/// Where a program of this name is, by a list of folders such as `$PATH`.
func findProgram(_ name: String, in path: String) -> String? {
  path.split(separator: ":").map { "\($0)/\(name)" }.first { unsafe access($0, X_OK) == 0 }
}

/// What a program printed, and its exit code.
struct ProgramOutput {
  var status: Int32
  var output: [UInt8] = []
  var errors: [UInt8] = []
}

/// Runs a program with text as its input and gathers what it prints, at most 1 MB of each stream.
///
/// The input is a few lines; what does not fit into a pipe is cut off.
func capture(_ arguments: [String], input: String, environment: [String: String]) -> ProgramOutput {
  var result = ProgramOutput(status: 127)
  guard let toChild = Pipe(), let output = Pipe(), let errors = Pipe() else { return result }
  let process = start(
    arguments, environment: environment,
    streams: [
      (ours: toChild.reading, its: 0), (ours: output.writing, its: 1),
      (ours: errors.writing, its: 2),
    ])
  toChild.closeReading()
  output.closeWriting()
  errors.closeWriting()
  guard let process else { return result }
  let bytes = Array(input.utf8.prefix(4_096))
  _ = unsafe bytes.withUnsafeBytes { unsafe write(toChild.writing, $0.baseAddress, $0.count) }
  toChild.closeWriting()
  drain(output.reading, errors.reading, into: &result)
  result.status = exitCode(of: process)
  return result
}

/// Reads two streams as they come, so that neither fills its pipe while the other is read.
private func drain(_ output: Int32, _ errors: Int32, into result: inout ProgramOutput) {
  var waits = [output, errors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while waits.contains(where: { $0.fd >= 0 }) {
    if unsafe poll(&waits, nfds_t(waits.count), -1) < 0, errno != EINTR { return }
    for place in waits.indices where waits[place].fd >= 0 && waits[place].revents != 0 {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(waits[place].fd, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 {
        waits[place].fd = -1
      } else if place == 0, result.output.count < 1_000_000 {
        result.output += buffer.prefix(count)
      } else if place == 1, result.errors.count < 1_000_000 {
        result.errors += buffer.prefix(count)
      }
    }
  }
}

/// A pipe whose ends no child inherits by accident, closed when its owner goes.
final class Pipe {
  private(set) var reading: Int32
  private(set) var writing: Int32

  init?() {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
  }

  func closeReading() {
    if reading >= 0 { close(reading) }
    reading = -1
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  deinit {
    closeReading()
    closeWriting()
  }
}

/// Everything that can be read from a descriptor, up to a limit.
func readAll(_ descriptor: Int32, limit: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while bytes.count < limit {
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }
    bytes += buffer.prefix(count)
  }
  return bytes
}

private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe strings.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  defer { for place in unsafe pointers.indices { unsafe free(pointers[place]) } }
  return unsafe pointers.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("it holds a nil") }
    return unsafe body(start)
  }
}
