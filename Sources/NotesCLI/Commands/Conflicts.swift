internal import ArgumentParser
internal import Git
internal import History
internal import Markup
internal import Vault

/// `notes conflicts`.
struct Conflicts: NotesCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the places where two machines changed one note differently.",
    discussion: """
      The note holds one side, clean and readable; what the other side held waits in \
      .notes/conflicts/ until somebody resolves it. --diff shows how the other side differs from \
      the note as it is now. Exit 1: there are none.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Flag(help: "Show how the other side differs from the note as it is.")
  var diff = false

  @Option(help: "short, json or jsonl.")
  var format = ListFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let conflicts = try vault.conflicts()
    if format.isJSON {
      try session.print(list: conflicts.map(ConflictRecord.init), format)
      return conflicts.isEmpty ? .no : .done
    }
    for conflict in conflicts {
      session.console.print(
        StyledText(conflict.path.text, .path) + StyledText("  \(conflict.words)")
          + StyledText("  \(conflict.name)", .dim))
      if diff {
        let now = try vault.bytesIfThere(conflict.path) ?? []
        session.print(
          TextDiff.wordDiff(old: now, new: try vault.otherBytes(of: conflict) ?? []),
          unchanged: false)
      }
    }
    guard !conflicts.isEmpty else {
      session.console.note("no conflicts")
      return .no
    }
    session.console.note(
      StyledText("hint: notes resolve NOTE keeps the note, --other takes the other side", .dim))
    return .done
  }

  private struct ConflictRecord: Encodable {
    let path: String
    let kind: String
    let record: String
    let other: String?

    init(_ conflict: Conflict) {
      path = conflict.path.text
      kind = conflict.kind.rawValue
      record = conflict.name
      other = conflict.other?.description
    }
  }
}

extension Conflict {
  /// What happened, in words.
  var words: String {
    switch kind {
    case .bothChanged: "both sides changed the same lines"
    case .bothAdded: "both sides made this file"
    case .changedAndRemoved: "one side changed it, the other removed it"
    }
  }
}
