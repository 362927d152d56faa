internal import ArgumentParser
internal import History
internal import Markup
internal import Vault

/// `notes evolve POST`.
struct Evolve: NotesCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read a post in the order in which it developed.",
    discussion: """
      The first version whole, then what each later one added, changed and took away, with the \
      author's notes between them, and last what is in no version yet. Removed words stand in \
      [-…-], added ones in {+…+}; on a terminal with colour, in red and green.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The post.", completion: .noteNames)
  var post: String

  @Option(help: ArgumentHelp("Begin behind this version, as v2.", valueName: "version"))
  var since: String?

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options)
    let path = try session.pastPath(post, in: history)
    let ledger = try history.ledger(of: path)
    var steps = try history.steps(of: ledger, now: history.vault.bytesIfThere(path))
    guard !steps.isEmpty else {
      throw Failure(
        "\(path.text) has no version yet",
        hint: "notes version cut \(quoted(path.text))",
        status: .no)
    }
    if let since {
      guard case .version(let number) = try session.revision(since), ledger[number] != nil else {
        throw Failure(
          "\(path.text) has no version called \(since)",
          hint: "notes version list \(quoted(path.text))", status: .no)
      }
      steps.removeAll { $0.version.map { $0.number <= number } ?? false }
    }
    for (place, step) in steps.enumerated() {
      if place > 0 { session.console.print() }
      session.console.print(step.heading)
      session.console.print()
      if step.isFirst, let text = step.text {
        let body = text[Document(bytes: text).body].drop { $0 == UInt8(ascii: "\n") }
        session.print(text: Array(body))
      } else if !step.change.isEmpty {
        session.print(step.change, unchanged: false)
      }
    }
    return .done
  }
}

extension VersionStep {
  /// The line above what a version changed.
  fileprivate var heading: StyledText {
    guard let version else { return StyledText("—— since then, in no version yet", .title) }
    var line = StyledText("—— v\(version.number)", .title)
    line.append(", \(version.day)", .title)
    if !isFirst { line.append(", \(version.kind.rawValue)", .title) }
    if !version.note.isEmpty { line.append(": \(version.note)") }
    if let withdrawn = version.withdrawn { line.append("  (withdrawn: \(withdrawn))", .warning) }
    return line
  }
}
