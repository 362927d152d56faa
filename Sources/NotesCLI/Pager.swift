internal import Glibc

/// A program that shows a long text page by page, such as less.
final class Pager {
  private let process: pid_t
  private let input: Pipe

  /// Starts it through the shell, as git does; `nil` where it cannot be started.
  init?(_ command: String, environment: [String: String]) {
    guard let pipe = Pipe() else { return nil }
    var variables = environment
    // As git sets them: colours, no clearing, and back at once where it all fits on the screen.
    if variables["LESS"] == nil { variables["LESS"] = "FRX" }
    if variables["LV"] == nil { variables["LV"] = "-c" }
    // As git does: the keys are the pager's, and the shell is not to read them before it has ended.
    let keys = TerminalKeys()
    guard
      let process = start(
        ["sh", "-c", command], environment: variables, streams: [(ours: pipe.reading, its: 0)],
        keys: keys)
    else {
      keys.giveBack()
      return nil
    }
    pipe.closeReading()
    // One that ends before it has read all would end this process with it.
    signal(SIGPIPE, SIG_IGN)
    self.process = process
    input = pipe
  }

  /// Hands it more; `errno` of what failed, or 0.
  func write(_ bytes: [UInt8]) -> Int32 {
    Console.writeAll(bytes, to: input.writing)
  }

  /// Ends its input, and waits for it; whether it had taken all of that.
  func end() -> Bool {
    // An end of our own, by which what it leaves behind is seen. There must be none before all is
    // written: who writes would wait for it when the pager is gone.
    let rest = unsafe open("/proc/self/fd/\(input.writing)", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    defer { if rest >= 0 { close(rest) } }
    input.closeWriting()
    exitCode(of: process)
    return rest < 0 || readAll(rest, limit: 1).isEmpty
  }
}

extension Session {
  /// Shows what follows page by page, where results go to a terminal and a pager is there.
  ///
  /// The pager is `$NOTES_PAGER`, else `$PAGER`, else less; one that is empty, or `cat`, is none.
  func page() {
    guard console.isTerminal else { return }
    let command = environment["NOTES_PAGER"] ?? environment["PAGER"] ?? "less"
    guard command != "cat", environment["TERM"] != "dumb",
      // One that is not there would swallow the text.
      let program = command.split(separator: " ").first.map(String.init),
      isThere(program),
      let pager = Pager(command, environment: environment)
    else { return }
    console.beginPaging(pager)
  }

  private func isThere(_ program: String) -> Bool {
    // The shell is to say what these become.
    if program.contains(where: { "~$\"'\\".contains($0) }) { return true }
    if program.contains("/") { return unsafe access(program, X_OK) == 0 }
    return findProgram(program, in: environment["PATH"] ?? "/usr/bin:/bin") != nil
  }
}
