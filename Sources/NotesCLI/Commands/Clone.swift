internal import ArgumentParser
internal import Git
internal import History
internal import NoteIndex
internal import Vault

/// `notes clone URL [DIR]`.
struct Clone: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "clone",
    abstract: "Make a vault from a remote.",
    discussion: """
      URL is a path, ssh or https. The folder is the URL's last part unless it is given. A remote \
      that has no .notes/ gets one with the next sync; an empty remote gives an empty vault.

      \(exits(.failed, .noVault, .network, .unsafe))
      """)

  @Argument(help: "The remote.")
  var url: String

  @Argument(help: "The folder; must be empty or not be there.", completion: .directory)
  var folder: String?

  @Option(help: ArgumentHelp("'git' to let your git fetch.", valueName: "how"))
  var via: SyncTransport?

  @Flag(name: .shortAndLong, help: "Leave out counts, progress and hints.")
  var quiet = false

  func run(in session: inout Session) throws -> ExitStatus {
    session.console.isQuiet = quiet
    let remote = try RemoteURL(url, relativeTo: session.workingFolder)
    let target = try session.absoluteToMake(folder ?? remote.folderName)
    let console = session.console
    let maker = VaultMaker(environment: session.gitEnvironment)
    let cloned = try maker.clone(
      remote, to: target, context: session.historyContext, over: session.wire(via)
    ) { console.progress($0) }
    let vault = try Vault(at: target)
    // What is cloned stays: the same command again would find the folder in use.
    let notes = session.unlessIndexFollows { try session.index(of: vault).count() }
    session.console.print(StyledText(vault.root, .path))
    for line in cloned.refused {
      session.console.warn(StyledText("not let in: ", .warning) + StyledText(line))
    }
    session.warn(ofUnwritten: cloned.unwritten)
    session.console.note(
      cloned.isEmpty
        ? "the remote is empty: notes add, then notes sync"
        : "cloned \(notes.map { counted($0, "note") + " " } ?? "")from \(remote.redacted)")
    return cloned.unwritten.isEmpty ? .done : .failed
  }
}
