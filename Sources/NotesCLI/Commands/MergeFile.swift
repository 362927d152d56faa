internal import ArgumentParser
internal import History
internal import Markup
internal import Vault

/// `notes merge-file BASE OURS THEIRS`.
struct MergeFile: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge-file",
    abstract: "Merge three texts of one note.",
    discussion: """
      Takes what changed from BASE to THEIRS into OURS: a note's front matter by key, its text by \
      block and by word. Where both cannot be right, OURS stays, without markers, and the exit \
      code is 3. A file that is no note is merged by lines. This is the merge that 'notes sync' makes, and \
      what 'notes hooks install' lets git use.

      \(exits(.no, .failed, .conflict))
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
      "The note of this vault that git merges: once git keeps it, a conflict is recorded, as by sync.",
      valueName: "path"))
  var record: String?

  func run(in session: inout Session) throws -> ExitStatus {
    let texts = try [base, ours, theirs].map { try Self.read(try session.absolute($0)) }
    let merged = try mergeTexts(
      base: texts[0], ours: texts[1], theirs: texts[2], isNote: isNote, keeping: .ours)
    if stdout {
      session.print(text: merged.bytes)
    } else if merged.bytes != texts[1] {
      try StateFile(try session.absolute(ours)).write(merged.bytes)
    }
    if merged.other == nil { return .done }
    if let record {
      try History(of: session.vault(nil), context: session.historyContext, for: .reading)
        .noteAskedMerge(
          of: NotePath(record), base: texts[0].isEmpty ? nil : texts[0], ours: texts[1],
          theirs: texts[2])
    }
    session.console.note(
      "\(record ?? ours): both sides changed the same words; this side's were kept"
        + (record == nil ? "" : "; once committed, 'notes conflicts' has the other's"))
    return .conflict
  }

  /// Whether the text is a note; git's own names for the three files say nothing.
  private var isNote: Bool {
    if let record { return (try? NotePath(record))?.isNote == true }
    let name = ours.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return true }
    return (try? NotePath(String(name)))?.isNote == true
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let bytes = try StateFile(path).read() else { throw VaultError.notFound(path) }
    return bytes
  }
}
