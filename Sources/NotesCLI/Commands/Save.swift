internal import ArgumentParser
internal import Git
internal import History
internal import Vault

/// `notes save [-m MESSAGE]`.
struct Save: NotesCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take a snapshot of the vault.",
    discussion: """
      A snapshot is a git commit of every file of the vault as it is now, byte for byte. Without \
      -m its message says which files changed. Nothing changed: no snapshot, exit 0.

      \(exits(.failed, .noVault, .busy, .unsafe))
      """)

  @OptionGroup var options: VaultOptions

  @Option(name: .shortAndLong, help: "Why, in your words.")
  var message: String?

  @Flag(help: "Save even if more than a quarter of the notes are gone.")
  var acceptDeletions = false

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options)
    let console = session.console
    let saved = try history.save(message: message, acceptsDeletions: acceptDeletions) {
      console.progress($0)
    }
    return session.report(saved)
  }
}

extension Session {
  /// Says what a snapshot holds, and what it could not.
  func report(_ saved: Saved) -> ExitStatus {
    for entry in saved.skipped {
      console.warn(
        StyledText("not saved: ", .warning) + StyledText(entry.path, .path)
          + StyledText(" (\(entry.why))"))
    }
    guard let commit = saved.commit else {
      console.note("nothing to save")
      return .done
    }
    print(saved.changes, limit: 20)
    console.note("saved \(counted(saved.changes.count, "file")) as \(commit.short)")
    return .done
  }
}
