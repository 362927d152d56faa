internal import ArgumentParser
internal import Git
internal import History
internal import Vault

/// `notes status`.
struct Status: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what is not saved, not sent, or waits.",
    discussion: """
      Lists the files that differ from the last snapshot (A added, M changed, D gone, R renamed), \
      how the branch stands to the remote as last seen, and open conflicts. Changes nothing but \
      what a killed command left to be finished.

      \(exits(.failed, .conflict, .noVault, .busy))
      """,
    aliases: ["st"])

  @OptionGroup var options: VaultOptions

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options, for: .reading)
    let status = try history.status()
    let damaged = try history.vault.damagedConflicts()
    // One that has lost a text is told as what it is.
    let names = Set(damaged.map(\.name))
    let unrecorded = try session.unrecordedConflicts(of: history.vault).map(\.conflict)
    let conflicts =
      try session.conflicts(of: history.vault).filter { !names.contains($0.name) } + unrecorded
    let ending = conflicts.isEmpty && damaged.isEmpty ? ExitStatus.done : .conflict
    let standing = try history.standing()
    let unwritten = try history.unwritten()
    if format.isJSON {
      try session.print(
        StatusRecord(
          changes: status.changes.map(ChangeRecord.init),
          conflicts: conflicts.map(\.path.text) + damaged.compactMap(\.conflict?.path.text),
          damagedConflicts: damaged.map(\.path.text),
          branch: standing.branch, upstream: standing.upstream, ahead: standing.ahead,
          behind: standing.behind, skipped: status.skipped.map(\.path),
          notWritten: unwritten.map(\.path.text),
          stopped: status.stopped.flatMap { file in
            file.secrets.map {
              StoppedRecord(path: file.path.text, line: $0.line, kind: $0.kind.rawValue)
            }
          }), format)
      return ending
    }
    session.print(status.changes, limit: .max)
    for entry in status.skipped {
      session.console.warn(.line("not versioned: ", entry.path, entry.why))
    }
    for file in status.stopped {
      session.console.warn(.line("kept out: ", file.path.text, file.words))
    }
    if let first = status.keptBack.first {
      let others = status.keptBack.count - 1
      let more = others > 0 ? "and \(counted(others, "other file")); " : ""
      session.console.warn(
        .line("kept back: ", first.description, "\(more).git/notes/kept-back names it"))
    }
    if !status.stopped.isEmpty {
      session.console.note(StyledText("hint: notes save --explain", .dim))
    }
    session.warn(ofUnwritten: unwritten)
    session.console.note(StyledText(words(for: standing), .dim))
    if status.changes.isEmpty {
      session.console.note(StyledText("nothing to save", .dim))
    } else {
      session.console.note(StyledText("hint: notes save, or notes sync", .dim))
    }
    for conflict in conflicts {
      session.console.print(.line("conflict: ", conflict.path.text, conflict.words))
    }
    for record in damaged {
      session.console.print(
        .line(
          "conflict: ", (record.conflict?.path ?? record.path).text,
          "\(record.words): \(record.hint)"))
    }
    return ending
  }

  private func words(for standing: Standing) -> String {
    guard let branch = standing.branch else {
      return "no branch is checked out, so nothing can be saved; hint: git switch -"
    }
    let here = "on \(branch)"
    guard let upstream = standing.upstream else {
      return standing.remotes.isEmpty
        ? "\(here), no remote"
        : "\(here), to which none of the remotes belongs: \(standing.remotes.joined(separator: ", "))"
    }
    switch (standing.ahead, standing.behind) {
    case (nil, _), (_, nil): return "\(here), never synced with \(upstream)"
    case (0?, 0?): return "\(here), level with \(upstream)"
    case (let ahead?, let behind?):
      return "\(here), \(ahead) to send and \(behind) to take in from \(upstream)"
    }
  }

  private struct StatusRecord: Encodable {
    let changes: [ChangeRecord]
    let conflicts: [String]
    let damagedConflicts: [String]
    let branch: String?
    let upstream: String?
    let ahead: Int?
    let behind: Int?
    let skipped: [String]
    let notWritten: [String]
    let stopped: [StoppedRecord]
  }

  private struct StoppedRecord: Encodable {
    let path: String
    let line: Int
    let kind: String
  }
}
