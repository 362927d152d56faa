internal import ArgumentParser
internal import NoteIndex
internal import Vault

/// `notes related NOTE`.
struct Related: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "related",
    abstract: "List the notes that have to do with a note.",
    discussion: """
      By four parts, each from 0 to 1, whose sum is the score: how near their words are in subject; \
      links, a half for each way; notes that both link to, or that link to both; citations and tags \
      of both, the rarer the more. Exit 1: there are none.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note: its path, title, id, alias or slug.", completion: .noteNames)
  var note: String

  @Option(
    name: .limit, help: ArgumentHelp("At most so many.", valueName: "n"))
  var limit = 10

  @Option(help: "short, long, path, json or jsonl.")
  var format = ListFormat.short

  func validate() throws { try refuseLimitBelowOne(limit) }

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let index = try session.index(of: vault)
    let path = try session.find(note, in: index, vault)
    let found = try index.related(to: path, limit: limit)
    try session.print(found, format, root: vault.root)
    session.console.note(
      StyledText(
        found.isEmpty ? "nothing related to \(path.text)" : counted(found.count, "note"), .dim))
    return found.isEmpty ? .no : .done
  }
}

extension Session {
  /// Prints related notes, each with why it is one.
  fileprivate func print(_ found: [RelatedNote], _ format: ListFormat, root: String) throws {
    if format.isJSON {
      return try print(
        list: found.map { related in
          var record = NoteRecord(related.note, root: root, in: self)
          record.score = related.score
          record.reasons = related.reasons.map(\.words)
          return record
        }, format)
    }
    for related in found {
      if format == .path {
        printPath(related.note.path, null: false)
        continue
      }
      console.print(
        StyledText(related.note.title, .title) + "  " + StyledText(related.note.path.text, .path)
          + StyledText("  " + related.reasons.map(\.words).joined(separator: ", "), .dim))
      if format == .long { printDetails(of: related.note) }
    }
  }
}

extension RelatedNote.Reason {
  /// The reason in words.
  fileprivate var words: String {
    switch self {
    case .linked: "linked"
    case .linksHere: "links here"
    case .sharesLinks(let count): "shares \(counted(count, "link"))"
    case .sameSubject: "same subject"
    case .cites(let keys): "both cite \(keys.joined(separator: ", "))"
    case .tags(let names): names.map { "both #\($0)" }.joined(separator: ", ")
    }
  }
}
