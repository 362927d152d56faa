internal import ArgumentParser
internal import NoteIndex
internal import Vault

/// `notes watch`.
struct Watch: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Keep the index up to date, so that no command has to look for changes.",
    discussion: """
      It runs until interrupted, and prints how many notes each change was about. While it runs, \
      every command that reads asks it instead of looking at each file; what was saved before is \
      found all the same.

      \(exits(.failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let console = session.console
    let watcher = try Watcher(
      of: vault, cacheFolder: session.cacheFolder, clock: session.clock)
    onEndSignal { watcher.stop() }
    try watcher.run { index in
      console.note(StyledText("watching \(counted(try index.count(), "note"))", .dim))
    } onChange: { report in
      if console.isQuiet { return }
      let notes = Set(report.added + report.changed + report.removed)
      console.print(StyledText(counted(notes.count, "note")))
      console.flush()
    }
    return .done
  }
}
