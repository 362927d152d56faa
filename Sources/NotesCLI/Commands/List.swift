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
    let query = try filter.filters(in: session)
    let conflicted =
      try filter.at == nil
      ? session.conflicts(of: vault, byRenames: false, index).map(\.path) : []
    let notes = try index.list(
      wanted, query: query, sort: filter.sort.map(\.sort), limit: filter.limit,
      offset: filter.offset, conflicted: conflicted)
    let missing = try index.missing(in: query)
    for key in missing.keys {
      session.console.warn(StyledText("no note has such a key: \(key)", .dim))
    }
    for name in missing.names {
      session.console.warn(StyledText("no such note: \(name)", .dim))
    }
    let isAll = filter.offset == 0 && filter.limit.map { notes.count < $0 } ?? true
    let all =
      try isAll ? notes.count : index.count(wanted, query: query, conflicted: conflicted)
    try session.print(
      notes, filter.format, root: vault.root, null: filter.null,
      byCreation: filter.sort.first?.sort.field == .created)
    session.console.note(StyledText(counted(notes.count, of: all, "note"), .dim))
    return notes.isEmpty ? .no : .done
  }
}
