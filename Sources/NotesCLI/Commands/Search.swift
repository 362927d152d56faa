internal import ArgumentParser
internal import History
internal import NoteIndex
internal import Vault

/// `notes search WORDS…`.
struct Search: NotesCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find notes by their text.",
    discussion: """
      WORDS may be words, "a phrase", -not-this, this OR that, (this OR that) AND more, pre*, \
      /regex/, title:word, tag:name, path:folder, type:post, created:>2025, links-to:note, \
      has:math, is:orphan, or any key:value of the front matter. Notes that hold all words come \
      first, best first. Any text is a query; what cannot be understood is searched \
      as text. A query that begins with '-' goes behind '--'. Exit 1: nothing found.

      \(exits(.no, .failed, .noVault, .busy))
      """,
    aliases: ["q"])

  @OptionGroup var options: VaultOptions
  @OptionGroup var filter: FilterOptions

  @Flag(help: "By words only, though there are vectors.")
  var noMeaning = false

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let index = try session.index(of: vault)
    let wanted = try filter.filter(in: session, index, vault)
    let query = filter.words.joined(separator: " ")
    guard !filter.words.isEmpty else {
      throw Failure(
        "nothing to search for", hint: "notes search WORDS, or notes list", status: .usage)
    }
    let limit = filter.limit ?? (session.console.isTerminal ? 10 : 50)
    let showsText = !filter.null && filter.format != .path
    let now = session.clock() / 1_000_000_000
    let parsed = Query(query, now: now, offset: session.offset(now))
    let isByRelevance = filter.sort.allSatisfy { $0.sort.field == .relevance }
    let meaning =
      noMeaning || !isByRelevance ? nil : try session.meaning(of: parsed, in: index)
    let found = try index.search(
      parsed, filter: wanted, sort: filter.sort.map(\.sort), limit: limit, offset: filter.offset,
      snippets: showsText ? 1 : 0, conflicted: vault.conflicts().map(\.path), meaning: meaning)
    for text in found.readAsText {
      session.console.warn(StyledText("searched as text: \(text)", .dim))
    }
    for name in found.unresolved {
      session.console.warn(StyledText("no such note: \(name)", .dim))
    }
    for text in found.cutShort {
      session.console.warn(StyledText("not searched to the end: \(text)", .dim))
    }
    try session.print(found.hits, filter.format, root: vault.root, null: filter.null)
    session.console.note(
      StyledText(
        found.hits.isEmpty ? "nothing found for \(query)" : counted(found.hits.count, "note"), .dim)
    )
    return found.hits.isEmpty ? .no : .done
  }
}
