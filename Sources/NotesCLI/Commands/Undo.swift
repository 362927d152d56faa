internal import ArgumentParser
internal import History
internal import Markup
internal import Vault

/// `notes undo [N]`.
struct Undo: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back the last thing notes did to the vault's files.",
    discussion: """
      Takes back an add, mv, rm, restore, resolve or what a sync brought in. Undo is such a thing \
      itself, so 'notes undo' twice changes nothing; 'notes undo N' takes back an older one of \
      --list. A file that was changed since is never overwritten: then nothing is done. A version \
      that was sent stays.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The number of the operation, from --list.")
  var number: Int?

  @Flag(help: "List what can be taken back, newest first.")
  var list = false

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    if list { return try listOperations(of: vault, in: session) }
    let undone =
      try vault.isInsideRepository
      ? session.editor(of: vault).undo(number) : session.history(options).undo(number)
    try session.updateIndex(of: vault, undone.changes)
    for change in undone.changes where !change.path.text.hasPrefix(Conflict.folder + "/") {
      switch change {
      case .written(let path):
        session.console.print(StyledText("back: ", .added) + StyledText(path.text, .path))
      case .removed(let path):
        session.console.print(StyledText("gone: ", .removed) + StyledText(path.text, .path))
      }
    }
    for version in undone.kept {
      session.console.note("v\(version.number) of \(version.path) stays as it was sent")
    }
    for path in undone.keptConflicts {
      session.console.note("the conflict over \(path.text) stays: it came from another machine")
    }
    if !vault.isInsideRepository {
      session.warn(ofUnwritten: try session.history(options).unwritten())
    }
    let when = session.moment(at: undone.operation.time / 1_000_000_000)
    session.console.note("took back '\(undone.operation.command)' of \(when.day) \(when.time)")
    return .done
  }

  private func listOperations(of vault: Vault, in session: Session) throws -> ExitStatus {
    let log = OperationLog(of: vault)
    let numbers = log.numbers
    for number in numbers.reversed() {
      guard let operation = try log.operation(number) else { continue }
      let when = session.moment(at: operation.time / 1_000_000_000)
      let first = operation.changes.first?.path.text ?? ""
      let more = operation.changes.count > 1 ? " and \(operation.changes.count - 1) more" : ""
      session.console.print(
        StyledText("\(number)  ") + StyledText("\(when.day) \(when.time)  ", .dim)
          + StyledText("\(operation.command)  ") + StyledText(first, .path) + StyledText(more))
    }
    return numbers.isEmpty ? .no : .done
  }
}
