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
      with the words of its last snapshot; --yes makes them, --interactive asks for each. For a post \
      that has no version yet.

      \(exits(.no, .failed, .noVault, .busy, .unsafe))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The post.", completion: .noteNames)
  var post: String

  @Flag(name: .shortAndLong, help: "Make them, and save.")
  var yes = false

  @Flag(name: .shortAndLong, help: "Ask for each, and for its words; then make them, and save.")
  var interactive = false

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func validate() throws {
    if yes, interactive { throw ValidationError("--yes and --interactive do not go together") }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options)
    let path = try session.pastPath(post, in: history)
    let console = session.console
    var proposed = try history.proposedVersions(of: path) { done, all in
      if done > 0, done % 20 == 0 { console.progress("\(done) of \(all) days compared") }
    }
    guard !proposed.versions.isEmpty else {
      throw Failure("\(path.text) is in no snapshot yet", hint: "notes save", status: .no)
    }
    if interactive {
      proposed = try ask(proposed, session)
      guard !proposed.versions.isEmpty else {
        session.console.note("no version made")
        return .no
      }
    }
    if format.isJSON {
      try session.print(list: proposed.versions.map { VersionRecord($0) }, format)
    } else {
      for version in proposed.versions { session.console.print(version.line) }
    }
    let count = counted(proposed.versions.count, "version")
    guard yes || interactive else {
      session.console.note(
        "\(count) proposed; hint: notes version import --yes \(quoted(path.text))")
      return .done
    }
    let saved = try session.carryOut(
      proposed.edits, "\(count) of \(path.text)", "Import \(count) of \(path.text)", "", history)
    session.console.note("\(count) made")
    return session.warnOfUnsaved(saved)
  }

  /// Asks for each; at the end of the input nothing is made.
  private func ask(_ proposed: VersionImport, _ session: Session) throws -> VersionImport {
    session.console.note(
      StyledText(
        "for each: Enter takes it, other words are its note, n leaves it out, q ends", .dim))
    var hasEnded = false
    let chosen = try proposed.choosing { version in
      if hasEnded { return nil }
      session.console.print(version.line)
      guard let typed = session.readLine(), typed != "q" else {
        hasEnded = true
        return nil
      }
      return typed.isEmpty ? version.note : typed == "n" ? nil : typed
    }
    return hasEnded ? try proposed.choosing { _ in nil } : chosen
  }
}
