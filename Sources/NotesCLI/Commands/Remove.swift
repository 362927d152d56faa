internal import ArgumentParser
internal import History
internal import NoteIndex
internal import Vault

/// `notes rm NOTE…`.
struct Remove: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Remove notes, and say how to get them back.",
    discussion: """
      The note's text stays in this machine's trash and in the vault's history. Links to it are \
      left as they are, and the notes that hold them are named.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The notes.", completion: .noteNames)
  var notes: [String]

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options, for: .writing)
    let index = try session.index(of: vault)
    let paths = try notes.map { try session.find($0, in: index, vault) }
    var edits: [FileEdit] = []
    for path in Set(paths).sorted() {
      edits.append(.remove(path, old: try vault.files.read(path, limit: .max).bytes))
    }
    let sources = try paths.flatMap { try index.linksTo($0).map(\.source) }
    let changes = try session.editor(of: vault).perform(edits)
    try session.updateIndex(of: vault, changes)
    for path in Set(paths).sorted() {
      session.console.print(StyledText("removed ") + StyledText(path.text, .path))
    }
    let left = Set(sources).subtracting(paths).sorted()
    if !left.isEmpty {
      let names = left.prefix(5).map(\.text).joined(separator: ", ")
      session.console.note(
        "links to it remain in \(names)\(left.count > 5 ? " and \(left.count - 5) more" : "")")
    }
    session.console.note(StyledText("hint: notes undo brings it back", .dim))
    return .done
  }
}
