internal import ArgumentParser
internal import History
internal import Vault

/// `notes init [DIR]`.
struct Init: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a folder a vault.",
    discussion: """
      Adds .notes/ to the folder, and a git repository where there is none; touches nothing else. \
      A folder of Markdown from any other tool works as it is, and the history of an existing git \
      repository becomes the vault's. Doing it twice changes nothing.

      \(exits(.failed, .noVault))
      """)

  @Argument(help: "The folder; made if it is not there. Default: this one.", completion: .directory)
  var folder: String?

  @Option(name: [.customShort("C"), .long], help: .hidden)
  var vault: String?

  @Flag(name: .shortAndLong, help: "Say nothing.")
  var quiet = false

  func run(in session: inout Session) throws -> ExitStatus {
    session.console.isQuiet = quiet
    let target = try session.absoluteToMake(folder ?? vault ?? ".")
    let made = try VaultMaker(environment: session.gitEnvironment).make(at: target)
    let place = StyledText(made.root, .path)
    guard made.isNew else {
      session.console.print(place + StyledText(" is a vault already"))
      if !made.hadRepository {
        session.console.note("git repository made, on branch \(made.branch)")
      }
      return .done
    }
    session.console.print(place + StyledText(" is a vault now"))
    let count = try Self.noteCount(in: made.root)
    if count > 0 { session.console.note(StyledText(counted(count, "note") + " found")) }
    if !made.hadRepository {
      session.console.note("git repository made, on branch \(made.branch)")
    }
    session.console.note(
      StyledText(
        count > 0
          ? "hint: notes save takes the first snapshot" : "hint: notes add \"A title\" some text",
        .dim))
    return .done
  }

  private static func noteCount(in root: String) throws -> Int {
    var count = 0
    try Walk(root: root).eachFolder { count += $0.files.count(where: \.isNote) }
    return count
  }
}
