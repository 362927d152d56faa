internal import ArgumentParser
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes links [NOTE]`.
struct Links: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "links",
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
  var format = ShortFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let index = try session.index(of: vault)
    guard let note else { return try show(try index.broken(), [], session) }
    let path = try session.find(note, in: index, vault)
    if broken {
      return try show(try index.broken().filter { $0.source == path }, [], session)
    }
    let from = incoming && !outgoing ? [] : try index.outgoing(path).filter { !$0.isExternal }
    let to = outgoing && !incoming ? [] : try index.incoming(path)
    return try show(from, to, session)
  }

  private func show(_ outgoing: [NoteLink], _ incoming: [Backlink], _ session: Session) throws
    -> ExitStatus
  {
    let isEmpty = outgoing.isEmpty && incoming.isEmpty
    if format.isJSON {
      let records = outgoing.map { LinkRecord($0) } + incoming.map { LinkRecord($0) }
      try session.print(list: records, format)
      return isEmpty ? .no : .done
    }
    for link in outgoing { session.console.print(line(for: link)) }
    var last = ""
    for backlink in incoming {
      session.console.print(
        StyledText("from    ", .dim)
          + StyledText("\(backlink.link.source.text):\(backlink.link.line)", .path)
          + StyledText("  \(backlink.title)", .title))
      // Several links of one paragraph show it once.
      defer { last = backlink.paragraph }
      if !backlink.paragraph.isEmpty, backlink.paragraph != last {
        session.console.print(StyledText("        \(backlink.paragraph)"))
      }
    }
    session.console.note(
      StyledText("\(outgoing.count) outgoing, \(incoming.count) incoming", .dim))
    return isEmpty ? .no : .done
  }

  private func line(for link: NoteLink) -> StyledText {
    let place = StyledText("  \(link.source.text):\(link.line)", .dim)
    guard let goal = link.note else {
      // In the list of one note's links, what leads to no note may be a picture that is there.
      let word = broken || self.note == nil ? "broken  " : "to      "
      return StyledText(word, .warning) + StyledText(link.target + link.end) + place
    }
    let rivals = link.rivals > 0 ? "  (or \(link.rivals) other)" : ""
    return StyledText("to      ", .dim)
      + StyledText(goal.text + link.end, .path)
      + StyledText(rivals, .warning) + place
  }

  private struct LinkRecord: Encodable {
    let direction: String
    let source: String
    let line: Int
    let kind: String
    let target: String
    let pin: String?
    let anchor: String?
    let label: String?
    let path: String?
    let snippet: String?

    init(_ link: NoteLink) {
      self.init(link, direction: "outgoing", snippet: nil)
    }

    init(_ backlink: Backlink) {
      self.init(backlink.link, direction: "incoming", snippet: backlink.paragraph)
    }

    private init(_ link: NoteLink, direction: String, snippet: String?) {
      self.direction = direction
      source = link.source.text
      line = link.line
      kind = link.kind.rawValue
      target = link.target
      pin = link.pin
      anchor = link.anchor
      label = link.label
      path = link.note?.text
      self.snippet = snippet
    }
  }
}

extension NoteLink {
  /// What stands behind the target: the older text, the heading or block.
  fileprivate var end: String {
    (pin.map { "@\($0)" } ?? "") + (anchor.map { "#\($0)" } ?? "")
  }
}
