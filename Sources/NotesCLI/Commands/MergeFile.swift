internal import ArgumentParser
internal import Git
internal import History
internal import Vault

/// `notes merge-file BASE OURS THEIRS`.
struct MergeFile: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge-file",
    abstract: "Merge three texts of one note.",
    discussion: """
      Takes what changed from BASE to THEIRS into OURS. What both sides changed stays as OURS has \
      it, without markers, and the exit code is 3. This is the merge that 'notes sync' makes, and \
      what 'notes hooks install' lets git use.

      \(exits(.failed, .conflict))
      """)

  @Argument(help: "The text both began with.", completion: .file())
  var base: String

  @Argument(help: "This side; it is overwritten with the result.", completion: .file())
  var ours: String

  @Argument(help: "The other side.", completion: .file())
  var theirs: String

  @Flag(help: "Print the result, and leave OURS as it is.")
  var stdout = false

  @Option(
    help: ArgumentHelp(
      "The note of this vault that is merged: a conflict is recorded for it, as by sync.",
      valueName: "path"))
  var record: String?

  func run(in session: inout Session) throws -> ExitStatus {
    let texts = try [base, ours, theirs].map { try Self.read(session.absolute($0)) }
    let merged = try mergeTexts(base: texts[0], ours: texts[1], theirs: texts[2])
    if stdout {
      session.console.print(bytes: merged.bytes)
    } else if merged.bytes != texts[1] {
      try StateFile(session.absolute(ours)).write(merged.bytes)
    }
    if merged.isClean { return .done }
    if let record {
      let vault = try session.vault(nil)
      try vault.record(
        Conflict(
          NotePath(record), texts[0].isEmpty ? .bothAdded : .bothChanged,
          base: texts[0].isEmpty ? nil : ObjectID.blob(texts[0]), other: ObjectID.blob(texts[2])),
        other: texts[2])
    }
    session.console.note(
      "\(record ?? ours): both sides changed the same lines; this side's were kept")
    return .conflict
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let bytes = try StateFile(path).read() else { throw VaultError.notFound(path) }
    return bytes
  }
}
