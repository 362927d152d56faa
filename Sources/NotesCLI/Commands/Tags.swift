internal import ArgumentParser
internal import NoteIndex

/// `notes tags`.
struct Tags: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "tags",
    abstract: "List the tags and how many notes have each.",
    discussion: """
      Exit 1: no note has a tag.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Flag(help: "Most used first, instead of by name.")
  var byCount = false

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let index = try session.index(of: vault)
    var tags = try index.tags()
    if byCount { tags.sort { ($1.count, $0.tag) < ($0.count, $1.tag) } }
    if format.isJSON {
      try session.print(list: tags.map { TagRecord(name: $0.tag, noteCount: $0.count) }, format)
    } else {
      for tag in tags {
        session.console.print(StyledText(tag.tag) + StyledText("  \(tag.count)", .dim))
      }
    }
    return tags.isEmpty ? .no : .done
  }

  private struct TagRecord: Encodable {
    let name: String
    let noteCount: Int
  }
}
