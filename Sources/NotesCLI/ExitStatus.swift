/// How a command ended, as its exit code says it; there are no others.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Done.
  case done = 0
  /// It ran, and the answer is no: nothing found, something to mend, more than one meant.
  case no = 1
  /// It failed, or was done in part.
  case failed = 2
  /// Done, and a conflict waits.
  case conflict = 3
  /// There is no vault here, or its repository cannot be used.
  case noVault = 4
  /// Another command holds the vault.
  case busy = 5
  /// The network or the authentication failed.
  case network = 6
  /// The remote refused.
  case refused = 7
  /// Stopped for safety.
  case unsafe = 8
  /// The command line was not understood.
  case usage = 64
  /// Interrupted.
  case interrupted = 130

  /// What it means, in the words of `--help` and the handbook.
  public var meaning: String {
    switch self {
    case .done: "done"
    case .no: "it ran, and the answer is no (nothing found, findings, ambiguous)"
    case .failed: "failed, or done in part; each file that was skipped is named"
    case .conflict: "done, and a conflict waits"
    case .noVault: "no vault here, or a repository that cannot be used"
    case .busy: "another command holds the vault"
    case .network: "the network or the authentication failed"
    case .refused: "the remote refused"
    case .unsafe:
      "stopped for safety (mass deletion, unrelated history, a key in a note, a foreign theme)"
    case .usage: "the command line was not understood"
    case .interrupted: "interrupted"
    }
  }
}

/// The `EXIT STATUS` part of a command's help.
///
/// Every command can also end with 64, and any command that needs a vault with 2 and 4.
func exits(_ statuses: ExitStatus...) -> String {
  let listed = Set(statuses).union([.done, .usage]).sorted { $0.rawValue < $1.rawValue }
  let lines = listed.map { status in
    let code = String(status.rawValue)
    return "  " + code + String(repeating: " ", count: 5 - code.count) + status.meaning
  }
  return "EXIT STATUS:\n" + lines.joined(separator: "\n")
}
