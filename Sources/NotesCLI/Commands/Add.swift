internal import ArgumentParser
internal import History
internal import Markup
internal import Vault

/// `notes add "Title" [TEXT…]`.
struct Add: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Make a note.",
    discussion: """
      The first argument is the title, the rest its text; without one, what is piped in is it. \
      Without a title, the text's first line is it. On a terminal and without text the editor opens. Prints \
      the new note's path.

      A template is a file .notes/templates/NAME.md with {{title}}, {{date}}, {{time}}, {{id}}, \
      {{slug}} and {{content}} in it; 'note' and 'post' are used without being asked for.

      \(exits(.no, .failed, .noVault, .busy))
      """,
    aliases: ["a", "new"])

  @OptionGroup var options: VaultOptions

  @Argument(help: "The title, then the text.")
  var words: [String] = []

  @Option(name: .shortAndLong, help: "The title; then every argument is text.")
  var title: String?

  @Flag(help: "A post: in the folder for posts, with type: post.")
  var post = false

  @Option(help: ArgumentHelp("A tag; may be repeated.", valueName: "tag"), completion: .tags)
  var tag: [String] = []

  @Option(help: ArgumentHelp("The folder in the vault.", valueName: "dir"))
  var dir: String?

  @Option(help: ArgumentHelp("The template's name.", valueName: "name"))
  var template: String?

  @Option(help: ArgumentHelp("The note's date instead of today.", valueName: "date"))
  var date: String?

  @Flag(name: .long, help: "Show what would be made, and make nothing.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Open the editor although there is text.")
  var edit = false

  @Flag(help: "Never open an editor or ask.")
  var noInput = false

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options, for: .writing)
    try vault.settings.insist(on: "notes", "posts")
    let text = try content(session)
    let title = try title(of: text.body, typed: text.title)
    let moment = try date.map { session.moment(at: try session.start(of: $0)) } ?? session.moment
    let draft = try NoteDraft(
      title: title, body: text.body,
      wishes: NoteDraft.Wishes(
        hasTitle: text.title != nil, isPost: post, tags: tag, hasDate: date != nil),
      folder: dir, moment: moment,
      template: NoteDraft.template(template, isPost: post, in: vault), vault: vault,
      isTaken: { try session.hasNote(ofID: $0, in: vault) })
    if let template, NoteDraft.isWhole(text.body) {
      session.console.warn(
        StyledText("warning: ", .warning)
          + "the text has front matter of its own, and the template '\(template)' is not used")
    }
    if dryRun {
      let path = try draft.freePath(in: vault)
      session.console.print(StyledText(path.text, .path))
      session.print(text: draft.bytes)
      session.warn(ofLeftOut: path, in: vault)
      return .done
    }
    let (path, changes) = try draft.made(in: vault) { edits in
      try session.editor(of: vault).perform(edits)
    }
    session.console.print(StyledText(path.text, .path))
    session.console.flush()
    session.warn(ofLeftOut: path, in: vault)
    let wantsEditor = edit || (text.body.isEmpty && session.isInteractive)
    if wantsEditor, !noInput { try session.openEditor(path, in: vault) }
    try session.updateIndex(of: vault, changes)
    return .done
  }

  /// What was typed, else what was piped in.
  ///
  /// Beside a typed text nothing is read: what the program around this one leaves open, or means for
  /// itself (the lines of a loop), would be waited for, or be taken away from it.
  private func content(_ session: Session) throws -> (title: String?, body: String) {
    var parts = words
    let typed = title ?? (parts.isEmpty ? nil : parts.removeFirst())
    var body = parts.joined(separator: " ")
    if !body.isEmpty { return (typed, body) }
    let limit = 20_000_000
    if let piped = session.readInput(limit + 1), !piped.isEmpty {
      guard piped.count <= limit else {
        throw Failure("what was piped in is larger than \(limit) bytes")
      }
      guard let text = String(validating: piped, as: UTF8.self), !piped.contains(0) else {
        throw Failure("what was piped in is not UTF-8 text")
      }
      body = text
    }
    return (typed, body)
  }

  private func title(of body: String, typed: String?) throws -> String {
    let title = typed.map { NoteDraft.title(from: $0) } ?? NoteDraft.title(of: body)
    guard !title.isEmpty else {
      throw Failure(
        "a note needs a title or some text", hint: "notes add \"A title\" some text", status: .usage
      )
    }
    return title
  }
}
