internal import ArgumentParser
internal import Markup

/// `notes try-text`: what `TextTrial` starts.
struct TryText: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "try-text",
    abstract: "Say whether the text that is piped in can be rendered within bounds.",
    shouldDisplay: false)

  func run(in session: inout Session) throws -> ExitStatus {
    TextTrial.limitThisProcess()
    session.console.print(StyledText(TextTrial.ready))
    session.console.flush()
    let text = session.readInput(10_000_000) ?? []
    let html = HTMLRenderer { _ in nil }.html(of: Document(bytes: text))
    guard html.utf8.count <= TextTrial.output else { return .no }
    session.console.print(StyledText(TextTrial.fine))
    return .done
  }
}
