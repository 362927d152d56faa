internal import ArgumentParser
internal import History
internal import NoteIndex
internal import Vault

/// `notes search WORDS…`.
struct Search: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find notes by their text.",
    discussion: """
      WORDS may be words, "a phrase", -not-this, this OR that, (this OR that) AND more, pre*, \
      /regex/, title:word, tag:name, path:folder, type:post, created:>2025, links-to:note, \
      has:math, is:orphan, or any key:value of the front matter. Notes that hold all words come \
      first, best first. Any text is a query; what cannot be understood is searched \
      as text. A query that begins with '-' goes behind '--'. Behind the notes that were found \
      stand some on the same subject, marked 'related'. Exit 1: nothing found, or nothing picked.

      \(exits(.no, .failed, .noVault, .busy))
      """,
    aliases: ["q"])

  @OptionGroup var options: VaultOptions
  @OptionGroup var filter: FilterOptions

  @Flag(help: "Under each note, what each part of its score gave.")
  var explain = false

  @Option(
    help: ArgumentHelp("Show so many lines of the file around a passage.", valueName: "n"))
  var context: Int?

  @Flag(name: .shortAndLong, help: "Pick from a list that follows as you type; Enter edits.")
  var interactive = false

  @Flag(help: "By words only, though there are vectors.")
  var noMeaning = false

  @Flag(help: "Search every text that ever was, and say when each passage came and went.")
  var history = false

  @Flag(help: "Search only what is gone: passages that stand in no note any more.")
  var deleted = false

  // What fzf asks for (PickerItem.fzfLine).
  @Flag(help: .hidden)
  var pickerLines = false

  func validate() throws {
    if let context, context < 0 { throw ValidationError("--context is at least 0") }
    if filter.at != nil, interactive {
      throw ValidationError("--interactive picks a note to edit, and --at looks at what was")
    }
    if history || deleted {
      guard !interactive, !explain, context == nil, filter.looksAtTextOnly else {
        throw ValidationError(
          "--history and --deleted take words, --path, --limit and --format, and no other option")
      }
    }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    if interactive, !session.isInteractive || session.environment["TERM"] == "dumb" {
      throw Failure("--interactive needs a terminal", hint: "notes search WORDS", status: .usage)
    }
    let vault = try session.open(options)
    if history || deleted { return try searchPast(vault, &session) }
    let index = try session.index(of: vault, at: filter.at)
    let query = filter.words.joined(separator: " ")
    if interactive || pickerLines {
      let source = try PickerSource(
        index: index, filter: filter.filter(in: session, index, vault),
        sort: filter.sort.map(\.sort), limit: filter.limit ?? 100, clock: session.clock,
        offset: session.offset,
        conflicted: session.conflicts(of: vault, byRenames: false).map(\.path))
      if interactive {
        return try session.pick(from: source, query, vault, options: pickerOptions(vault))
      }
      let items = try source.items(query).items
      for item in items {
        session.console.print(raw: item.fzfLine(environment: session.environment))
      }
      return .done
    }
    return try search(query, index, vault, session)
  }

  private func search(
    _ query: String, _ index: NoteIndex, _ vault: Vault, _ session: Session
  ) throws -> ExitStatus {
    guard !filter.words.isEmpty else {
      throw Failure(
        "nothing to search for", hint: "notes search WORDS, or notes list", status: .usage)
    }
    let style = HitStyle(
      format: filter.format, null: filter.null, explains: explain, context: context)
    let parsed = session.query(query)
    let isByRelevance = filter.sort.allSatisfy { $0.sort.field == .relevance }
    let meaning =
      noMeaning || !isByRelevance ? nil : try session.meaning(of: parsed, in: index)
    let found = try index.search(
      parsed, filter: try filter.filter(in: session, index, vault), sort: filter.sort.map(\.sort),
      limit: filter.limit ?? (session.console.isTerminal ? 10 : 50), offset: filter.offset,
      snippets: style.passages, counting: true, fillsUp: style.passages > 0,
      conflicted: filter.at == nil
        ? session.conflicts(of: vault, byRenames: false, index).map(\.path) : [],
      meaning: meaning)
    warn(about: found, session)
    try session.print(found.hits, style, in: index.vault)
    session.console.note(
      StyledText(found.hits.isEmpty ? "nothing found for \(query)" : count(of: found), .dim))
    return found.hits.isEmpty ? .no : .done
  }

  /// Says where something else was searched for than what was typed.
  private func warn(about found: SearchResult, _ session: Session) {
    for repair in found.repaired {
      let used = repair.used.joined(separator: ", ")
      session.console.warn(
        StyledText("showing results for \(used) (nothing has \(repair.typed))", .dim))
    }
    for text in found.readAsText {
      session.console.warn(StyledText("searched as text: \(text)", .dim))
    }
    for name in found.unresolved {
      session.console.warn(StyledText("no such note: \(name)", .dim))
    }
    for text in found.cutShort {
      session.console.warn(StyledText("not searched to the end: \(text)", .dim))
    }
  }

  /// `3 notes`, `10 of 1,234 notes` where there are more, `2 notes, 8 related`.
  private func count(of found: SearchResult) -> String {
    let related = found.hits.count(where: \.isRelated)
    let shown = found.hits.count - related
    let text = counted(shown, of: found.total ?? shown, "note")
    return related > 0 ? "\(text), \(related) related" : text
  }

  /// The options with which the picker's own searches are run: all that say which notes.
  private func pickerOptions(_ vault: Vault) -> [String] {
    ["--vault", vault.root, "--quiet"] + filter.arguments
  }
}
