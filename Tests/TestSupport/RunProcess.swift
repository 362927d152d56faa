import Foundation
public import Glibc

/// What a finished process printed and how it ended.
public struct ProcessResult: Sendable {
  /// The exit status, or 128 plus the signal's number.
  public let status: Int32
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let errors: String
}

/// Runs a program to its end and returns what it printed; a program that cannot be started is an
/// error, and so is one that runs for longer than two minutes.
///
/// Both streams go to files, so that neither fills a pipe while the other is read. Not Foundation's
/// `Process`: it takes a child that closes its inherited files (as sshd does) for one that has
/// ended, and then every other wait of the process hangs behind it.
@discardableResult
public func runProcess(
  _ arguments: [String], in folder: String? = nil, environment: [String: String]? = nil,
  input: String? = nil
) throws -> ProcessResult {
  let scratch = TemporaryFolder()
  try scratch.write(input ?? "", to: "in")
  let child = try ChildProcess(
    arguments, in: folder, environment: environment,
    streams: ["in", "out", "err"].map { scratch.path + "/" + $0 })
  let status = try child.wait(seconds: 120)
  return ProcessResult(
    status: status, output: try scratch.read("out"), errors: try scratch.read("err"))
}

/// A program that runs beside a test, ended when its owner goes.
public final class ChildProcess: Sendable {
  /// The process's number.
  public let number: pid_t

  /// Starts a program, with files for standard input, output and error, or with nothing there.
  public init(
    _ arguments: [String], in folder: String? = nil, environment: [String: String]? = nil,
    streams: [String] = []
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    let files = streams.isEmpty ? ["/dev/null", "/dev/null", "/dev/null"] : streams
    for (place, file) in files.enumerated() {
      let flags = place == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC
      unsafe posix_spawn_file_actions_addopen(&actions, Int32(place), file, flags, 0o600)
    }
    // A test's thread may have signals blocked, which a child would inherit.
    // What other tests have open at the time is none of its business, and would count among its own.
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      if let file = Int32(name), file > 2 { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    // Another test may be waiting for an editor, and ignore the keys that are meant for that.
    var keys = sigset_t()
    unsafe sigemptyset(&keys)
    unsafe sigaddset(&keys, SIGINT)
    unsafe sigaddset(&keys, SIGQUIT)
    unsafe posix_spawnattr_setsigdefault(&attributes, &keys)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let variables = environment ?? ProcessInfo.processInfo.environment
    // Glibc's own way to start in a folder is not seen from Swift.
    let command =
      folder.map { ["sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", $0] + arguments }
      ?? arguments
    var argv = unsafe command.map { unsafe strdup($0) } + [nil]
    var envp = unsafe variables.map { unsafe strdup("\($0)=\($1)") } + [nil]
    defer {
      for place in unsafe argv.indices { unsafe free(argv[place]) }
      for place in unsafe envp.indices { unsafe free(envp[place]) }
    }
    var number = pid_t()
    let code = unsafe posix_spawnp(&number, command[0], &actions, &attributes, &argv, &envp)
    guard code == 0 else {
      throw ProcessFailure(words: "\(arguments[0]) cannot be started: \(code)")
    }
    self.number = number
  }

  /// Waits for the end; the exit status, or 128 plus the signal's number.
  public func wait(seconds: Int) throws -> Int32 {
    var status: Int32 = 0
    for turn in 0..<(seconds * 1_000) {
      let ended = unsafe waitpid(number, &status, WNOHANG)
      if ended == number {
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
      }
      if ended < 0, errno != EINTR { throw ProcessFailure(words: "process \(number) is not ours") }
      // Most programs of the tests take a few milliseconds.
      usleep(turn < 50 ? 200 : 1_000)
    }
    stop()
    throw ProcessFailure(words: "process \(number) did not end in \(seconds) seconds")
  }

  /// Sends it a signal.
  public func send(_ signal: Int32) { kill(number, signal) }

  /// Ends it, if it runs.
  public func stop() {
    kill(number, SIGKILL)
    waitpid(number, nil, 0)
  }
}

/// A program of a test could not be run.
public struct ProcessFailure: Error, CustomStringConvertible {
  /// What happened.
  public let words: String
  /// What happened.
  public var description: String { words }
}
