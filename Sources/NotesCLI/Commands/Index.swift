internal import ArgumentParser
internal import NoteIndex
internal import Vault

/// `notes index`.
struct Index: NotesCommand {
  static let configuration = CommandConfiguration(
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
    let console = session.console
    let report =
      rebuild
      ? try index.rebuild(now: session.clock())
      : try index.refresh(now: session.clock()) { console.progress("\($0) of \($1) notes read") }
    session.warn(about: report)
    session.console.note(
      "\(counted(try index.count(), "note")); \(report.added.count) added, \(report.changed.count) changed, "
        + "\(report.removed.count) removed")
    return .done
  }
}
