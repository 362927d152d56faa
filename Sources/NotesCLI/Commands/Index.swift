internal import ArgumentParser
internal import NoteIndex
internal import Vault

/// `notes index`.
struct Index: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Bring the index up to date, or build it anew.",
    discussion: """
      Every command that reads does this by itself. --rebuild throws the index away first; nothing \
      is lost by that, since the index holds only what the files say.

      \(exits(.failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Flag(help: "Build it anew.")
  var rebuild = false

  @Flag(help: .hidden)
  var hook = false

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let index = try session.openIndex(of: vault)
    do {
      let report = try bringUpToDate(index, session)
      session.warn(about: report)
      session.console.note(
        "\(counted(try index.count(), "note")); \(report.added.count) added, "
          + "\(report.changed.count) changed, \(report.removed.count) removed")
    } catch IndexError.busy where hook {
      // Somebody else is at it, or the next command will be: a git command must not wait for us.
    }
    return .done
  }

  private func bringUpToDate(_ index: NoteIndex, _ session: Session) throws -> RefreshReport {
    if rebuild { return try index.rebuild(now: session.clock()) }
    let console = session.console
    return try index.refresh(now: session.clock()) { done, all in
      console.progress("\(done) of \(all) notes read")
    }
  }
}
