internal import ArgumentParser
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes show NOTE[@REV]`.
struct Show: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a note, as it is or as it was.",
    discussion: """
      NOTE@REV and --at DATE print an older text: REV is a snapshot (as 'notes history' shows it), \
      DATE a day such as 2025-06-01, or '3 months ago'. On a terminal control characters are shown \
      as what they are; into a pipe or a file the bytes go out unchanged. --html prints the text as HTML \
      without anything in it that runs, or loads more than pictures.

      \(exits(.no, .failed, .noVault))
      """,
    aliases: ["s"])

  @OptionGroup var options: VaultOptions

  @Argument(
    help: "The note: its path, title, id, alias or slug; with @REV, as it was.",
    completion: .noteNames)
  var note: String

  @Option(help: ArgumentHelp("The text that held on a date.", valueName: "date"))
  var at: String?

  @Flag(help: "Print only where the note is.")
  var path = false

  @Flag(help: "Print it as HTML that is safe to be put into a page.")
  var html = false

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let index = try session.index(of: vault)
    let found = try index.find(note, from: session.workingFolder)
    // A title may have an '@' in it, so the whole is tried first.
    if found.isEmpty || at != nil, let (place, past) = try pastText(vault, session) {
      if path {
        session.console.print(StyledText(place.text, .path))
      } else {
        try show(past, of: place, index, vault, session)
      }
      return .done
    }
    let path = try session.one(of: found, named: note, in: vault)
    if self.path {
      session.console.print(StyledText(path.text, .path))
      return .done
    }
    try show(vault.files.read(path).bytes, of: path, index, vault, session)
    return .done
  }

  private func show(
    _ bytes: [UInt8], of path: NotePath, _ index: NoteIndex, _ vault: Vault, _ session: Session
  ) throws {
    session.page()
    guard html else { return session.print(text: bytes) }
    let links = try LinkTargets(of: path, index, vault)
    let text = HTMLRenderer(resolve: links.goal).html(of: Document(bytes: bytes))
    session.print(text: Array(text.utf8))
  }

  private func pastText(
    _ vault: Vault, _ session: Session
  ) throws -> (place: NotePath, text: [UInt8])? {
    let name: String
    let revision: Revision
    if let at {
      name = note
      revision = .date(try session.date(at))
    } else if let (base, pin) = session.pinned(note) {
      name = base
      revision = try session.revision(pin)
    } else {
      return nil
    }
    let history = try History(of: vault, context: session.historyContext, for: .reading)
    let place = try session.pastPath(name, in: history)
    // A whole path says where the text stood, also where another note was moved there since.
    let isPath = (try? vault.path(typed: name, from: session.workingFolder)) == place
    return (place, try history.text(of: place, at: revision, asItStood: isPath).bytes)
  }
}
