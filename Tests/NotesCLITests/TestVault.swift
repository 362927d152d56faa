import Foundation
import Synchronization
import TestSupport
import Testing

@testable import NotesCLI

/// What a command printed, and how it ended.
struct CommandResult {
  let status: Int32
  let output: String
  let errors: String

  /// The lines of the output.
  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The result, if the command succeeded.
  @discardableResult
  func succeeded() throws -> CommandResult {
    if status != 0 { throw CommandFailed(result: self) }
    return self
  }
}

/// A command ended otherwise than a test needs.
struct CommandFailed: Error, CustomStringConvertible {
  let result: CommandResult
  var description: String { "exit \(result.status): \(result.output)\(result.errors)" }
}

/// A folder in which commands are run in this process, against a session of strings.
final class TestVault: Sendable {
  let folder: TemporaryFolder
  private let name: String
  /// The program that a command starts once more, if it is to.
  private let program: String?
  /// How far local time is ahead of UTC.
  private let offset: @Sendable (Int64) -> Int

  /// Where commands run.
  var path: String { folder.path + "/" + name }

  /// A folder, which is made a vault unless told otherwise; `beside` shares the folder of another.
  init(
    isVault: Bool = true, name: String = "vault", beside other: TestVault? = nil,
    program: String? = nil, offset: @escaping @Sendable (Int64) -> Int = { _ in 0 }
  ) throws {
    self.program = program
    self.offset = offset
    folder = other?.folder ?? TemporaryFolder()
    self.name = name
    if isVault {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try notes("init").succeeded()
    }
  }

  /// Where the repository is that vaults beside this one sync with.
  var remote: String { folder.path + "/remote.git" }

  /// Makes that repository, empty.
  func makeRemote() throws {
    try git("init", "--quiet", "--bare", "-b", "main", remote, in: folder.path)
  }

  /// The vault of another machine, cloned from that repository.
  func cloned(as name: String = "there") throws -> TestVault {
    let other = try TestVault(isVault: false, name: name, beside: self)
    try notes("clone", remote, other.path).succeeded()
    return other
  }

  /// The variables that a command sees: nothing of this machine's own settings.
  var environment: [String: String] {
    [
      "HOME": folder.path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "GIT_CONFIG_GLOBAL": folder.path + "/gitconfig", "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
      "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
    ]
  }

  /// Runs a command in the vault.
  @discardableResult
  func notes(
    _ arguments: String..., input: String? = nil, in subfolder: String? = nil,
    environment extra: [String: String] = [:], isTerminal: Bool = false
  ) -> CommandResult {
    run(arguments, input: input, in: subfolder, environment: extra, isTerminal: isTerminal)
  }

  /// Runs a command in the vault.
  func run(
    _ arguments: [String], input: String? = nil, in subfolder: String? = nil,
    environment extra: [String: String] = [:], isTerminal: Bool = false, clockAhead: Int64 = 0
  ) -> CommandResult {
    let streams = Mutex<(output: [UInt8], errors: [UInt8])>(([], []))
    let console = Console(isTerminal: isTerminal, isErrorTerminal: false, hasColour: false) {
      bytes, isError in
      streams.withLock { if isError { $0.errors += bytes } else { $0.output += bytes } }
      return 0
    }
    var session = session(
      console, in: subfolder, environment: extra, clockAhead: clockAhead, input: input)
    var lines = (input ?? "").split(separator: "\n", omittingEmptySubsequences: false)[...]
    session.readLine = { lines.popFirst().map(String.init) }
    let status = runNotes(arguments, in: &session)
    let (output, errors) = streams.withLock { $0 }
    return CommandResult(
      status: status, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  /// Runs a command that changes something while another one has the vault's lock, which does its `deed` once the
  /// command waits; how it ended.
  func run(_ arguments: [String], waitingFor deed: () throws -> Void) throws -> Int32 {
    let lock = unsafe open(path + "/.git/notes/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(lock) }
    try #require(flock(lock, LOCK_EX) == 0)
    let command = try ChildProcess(
      [Faults.program] + arguments, in: path, environment: environment)
    // Long enough to read what there is; a slower one finds the deed done, as it may.
    usleep(1_000_000)
    let done = Result { try deed() }
    try #require(flock(lock, LOCK_UN) == 0)
    let status = try command.wait(seconds: 60)
    try done.get()
    return status
  }

  /// A session in the vault.
  func session(
    _ console: Console, in subfolder: String? = nil, environment extra: [String: String] = [:],
    clockAhead: Int64 = 0, input: String? = nil
  ) -> Session {
    var session = Session(
      console: console,
      environment: environment.merging(extra) { _, new in new },
      workingFolder: subfolder.map { path + "/" + $0 } ?? path,
      clock: { Int64(Date().timeIntervalSince1970 * 1_000_000_000) + clockAhead * 1_000_000_000 },
      offset: offset, isInteractive: false,
      readInput: { _ in input.map { Array($0.utf8) } })
    session.program = program
    return session
  }

  /// What answers the author's browser, without a server in between.
  func desk() throws -> Desk {
    let session = session(
      Console(isTerminal: false, isErrorTerminal: false, hasColour: false, write: { _, _ in 0 }))
    let vault = try session.vault(nil)
    return try Desk(of: vault, session.index(of: vault), in: session)
  }

  /// Runs git itself in the vault, as the reference.
  @discardableResult
  func git(_ arguments: String..., in other: String? = nil) throws -> ProcessResult {
    try runProcess(["git"] + arguments, in: other ?? path, environment: environment)
  }

  /// Writes a file of the vault, as an editor would.
  func write(_ text: String, to file: String) throws {
    try folder.write(text, to: name + "/" + file)
  }

  /// Reads a file of the vault.
  func read(_ file: String) throws -> String { try folder.read(name + "/" + file) }

  /// Whether a file of the vault is there.
  func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + file) }
}
