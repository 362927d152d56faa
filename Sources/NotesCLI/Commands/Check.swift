internal import ArgumentParser
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes check [DIR]`.
struct Check: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find broken links, broken front matter, and names that clash.",
    discussion: """
      One line for each finding: file, line, what it is. Exit 1: there is something to mend. \
      Attachments that a note shows must be there too. A link to a version, such as [[post@v3]], \
      whose note says something else by now is told, and is nothing to mend. The markers that a \
      merge of git's leaves are named.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(
    help: "The vault's folder, or one in it, of which alone is told.", completion: .directory)
  var folder: String?

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    var options = options
    let folder = try folder.map { try found($0, session) }
    if let folder { options.vault = folder }
    let vault = try session.open(options)
    let index = try session.index(of: vault)
    let place = try folder.flatMap { vault.place(of: try session.absolute($0)) }
    let findings =
      (try index.check() + session.checkPins(index, vault)
      + session.checkMarkers(index, vault, below: place)
      + vault.damagedVersions() + vault.damagedConflictFindings())
      .filter { place?.holds($0.path) ?? true }.sorted()
    let faults = try session.print(findings, format)
    if !format.isJSON, faults == 0 {
      let count =
        try place.map { place in try index.list().count { place.holds($0.path) } } ?? index.count()
      session.console.note("\(counted(count, "note")), nothing to mend")
    }
    return faults == 0 ? .done : .no
  }

  /// The typed folder or note, which may lack its `.md`; what is not there would be looked for a vault
  /// above it.
  private func found(_ typed: String, _ session: Session) throws -> String {
    let names = [typed, typed + ".md"]
    guard let name = try names.first(where: { StateFile(try session.absolute($0)).exists }) else {
      throw Failure("\(typed) is not there")
    }
    return name
  }
}

extension Session {
  /// The notes with the marks of a merge that was not finished.
  fileprivate func checkMarkers(
    _ index: NoteIndex, _ vault: Vault, below place: NotePath?
  ) throws -> [Finding] {
    try index.list().filter { place?.holds($0.path) ?? true }.flatMap { note -> [Finding] in
      // One that is too large, or gone by now, is told elsewhere.
      guard let file = try? vault.files.read(note.path, limit: vault.settings.largestNote) else {
        return []
      }
      return ConflictMarks.all(in: file.bytes).map {
        Finding(
          path: note.path, line: $0.line, kind: .conflictMarkers,
          message: "conflict markers: what a merge of git's left that was not finished")
      }
    }
  }

  /// Prints what was found, a line each, and returns how much of it is to be mended.
  func print(_ findings: [Finding], _ format: ShortFormat) throws -> Int {
    let count = findings.count { !$0.isInformation }
    if format.isJSON {
      try print(list: findings.map(FindingRecord.init), format)
      return count
    }
    for finding in findings {
      console.print(
        StyledText(finding.path.text, .path)
          + StyledText(finding.line > 0 ? ":\(finding.line)" : "", .dim)
          + StyledText(": \(finding.message)"))
    }
    if count > 0 { console.note("\(count) to mend") }
    return count
  }
}

/// A finding, as JSON has it.
private struct FindingRecord: Encodable {
  let path: String
  let line: Int
  let kind: String
  let message: String

  init(_ finding: Finding) {
    path = finding.path.text
    line = finding.line
    kind = finding.kind.rawValue
    message = finding.message
  }
}
