internal import ArgumentParser
internal import History
internal import NoteIndex
internal import Vault

/// `notes list`.
struct List: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List notes.",
    discussion: """
      Filters are combined: a note must fit them all. An argument is a filter of the query \
      language: 'tag:x', 'is:orphan', 'rating:>3', or any key:value of the front matter. Exit 1: no note fits.

      \(exits(.no, .failed, .noVault, .busy))
      """,
    aliases: ["ls"])

  @OptionGroup var options: VaultOptions
  @OptionGroup var filter: FilterOptions

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let index = try session.index(of: vault, at: filter.at)
    let wanted = try filter.filter(in: session, index, vault)
    let notes = try index.list(
      wanted, query: filter.filters(in: session), sort: filter.sort.map(\.sort),
      limit: filter.limit, offset: filter.offset,
      conflicted: filter.at == nil ? vault.conflicts().map(\.path) : [])
    try session.print(
      notes, filter.format, root: vault.root, null: filter.null,
      byCreation: filter.sort.first?.sort.field == .created)
    session.console.note(StyledText(counted(notes.count, "note"), .dim))
    return notes.isEmpty ? .no : .done
  }
}
