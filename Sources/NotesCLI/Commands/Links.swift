internal import ArgumentParser
internal import NoteIndex
internal import Vault

/// `notes links [NOTE]`
struct Links: NotesCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a note links to, and what links to it.",
    discussion: """
      With a note: its links, and the notes that link to it with the paragraph they do it in. \
      Without a note: every link of the vault that leads nowhere (--broken is the same, for one \
      note or all). Exit 1: there are none.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note. Default: broken links of the whole vault.", completion: .noteNames)
  var note: String?

  @Flag(help: "Only links to it.")
  var incoming = false

  @Flag(help: "Only links from it.")
  var outgoing = false

  @Flag(help: "Only links that lead nowhere.")
  var broken = false

  @Option(help: "short, json or jsonl.")
  var format = ListFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let index = try session.index(of: vault)
    guard let note else { return try show(try index.brokenLinks(), [], session) }
    let path = try session.find(note, in: index, vault)
    if broken {
      return try show(try index.brokenLinks().filter { $0.source == path }, [], session)
    }
    let from = incoming && !outgoing ? [] : try index.outgoingLinks(of: path)
    let to = outgoing && !incoming ? [] : try index.incomingLinks(of: path)
    return try show(from, to, session)
  }

  private func show(_ outgoing: [LinkRow], _ incoming: [LinkRow], _ session: Session) throws
    -> ExitStatus
  {
    let isEmpty = outgoing.isEmpty && incoming.isEmpty
    if format.isJSON {
      try session.print(
        list: outgoing.map { LinkRecord($0, "outgoing") } + incoming.map { LinkRecord($0, "incoming") },
        format)
      return isEmpty ? .no : .done
    }
    for link in outgoing {
      var line = StyledText(link.isBroken ? "broken  " : "to      ", link.isBroken ? .warning : .dim)
      line.append(link.resolved?.text ?? link.target, link.isBroken ? .warning : .path)
      if let anchor = link.anchor { line.append("#\(anchor)") }
      line.append("  \(link.source.text):\(link.line)", .dim)
      session.console.print(line)
    }
    for link in incoming {
      session.console.print(
        StyledText("from    ", .dim) + StyledText("\(link.source.text):\(link.line)", .path))
      let paragraph = link.paragraph.split(whereSeparator: \.isNewline).joined(separator: " ")
      if !paragraph.isEmpty { session.console.print(StyledText("        \(paragraph)")) }
    }
    let counts = (outgoing.count { !$0.isBroken }, incoming.count, outgoing.count(where: \.isBroken))
    session.console.note(
      StyledText("\(counts.0) outgoing, \(counts.1) incoming, \(counts.2) broken", .dim))
    return isEmpty ? .no : .done
  }

  private struct LinkRecord: Encodable {
    let direction: String
    let source: String
    let line: Int
    let kind: String
    let target: String
    let anchor: String?
    let label: String?
    let path: String?
    let broken: Bool
    let snippet: String

    init(_ link: LinkRow, _ direction: String) {
      self.direction = direction
      source = link.source.text
      line = link.line
      kind = link.kind
      target = link.target
      anchor = link.anchor
      label = link.label
      path = link.resolved?.text
      broken = link.isBroken
      snippet = link.paragraph
    }
  }
}
