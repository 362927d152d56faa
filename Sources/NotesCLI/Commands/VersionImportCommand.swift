internal import ArgumentParser
internal import History
internal import Vault

/// `notes version import`.
struct VersionImportCommand: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take versions out of the history that a post has already.",
    discussion: """
      Proposes one version for each day on which the text changed, as it was at that day's end, \
      with the words of its last snapshot; --yes makes them. For a post that has no version yet.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The post.", completion: .noteNames)
  var post: String

  @Flag(name: .shortAndLong, help: "Make them, and save.")
  var yes = false

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options)
    let path = try session.pastPath(post, in: history)
    let proposed = try history.proposedVersions(of: path)
    guard !proposed.versions.isEmpty else {
      throw Failure("\(path.text) is in no snapshot yet", hint: "notes save", status: .no)
    }
    for version in proposed.versions { session.console.print(version.line) }
    let count = counted(proposed.versions.count, "version")
    guard yes else {
      session.console.note(
        "\(count) proposed; hint: notes version import --yes \(quoted(path.text))")
      return .done
    }
    _ = try session.carryOut(proposed.edits, "Import \(count) of \(path.text)", "", history)
    session.console.note("\(count) made")
    return .done
  }
}
