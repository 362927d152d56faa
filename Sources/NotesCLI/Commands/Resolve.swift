internal import ArgumentParser
internal import History
internal import Vault

/// `notes resolve NOTE`.
struct Resolve: NotesCommand {
  static let configuration = CommandConfiguration(
    abstract: "Settle a conflict: keep the note as it is, or take the other side.",
    discussion: """
      Edit the note until it says what you mean, then resolve it: the record goes, and with the \
      next sync the conflict is settled on every machine. --other puts the other side's text into \
      the note. 'notes undo' takes either back.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note, as 'notes conflicts' names it, or the record's name.")
  var note: String

  @Flag(help: "Take the other side.")
  var other = false

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let wanted = try vault.conflicts().filter { conflict in
      conflict.name == note || conflict.path.text == note || conflict.path.stem == note
    }
    guard !wanted.isEmpty else {
      throw Failure("no conflict over \(note)", hint: "notes conflicts", status: .no)
    }
    var changes: [VaultChange] = []
    for conflict in wanted {
      let edits = try vault.edits(settling: conflict, other ? .takeOther : .keep)
      changes += try session.editor(of: vault).perform(edits)
      session.console.print(
        StyledText(conflict.path.text, .path) + StyledText(other ? ": other side taken" : ": kept"))
    }
    try session.updateIndex(of: vault, changes)
    session.console.note(StyledText("hint: notes sync settles it on every machine", .dim))
    return .done
  }
}
