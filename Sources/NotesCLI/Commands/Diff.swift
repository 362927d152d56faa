internal import ArgumentParser
internal import History
internal import Markup
internal import Vault

/// `notes diff NOTE [A [B]]`.
struct Diff: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what changed in a note, word by word.",
    discussion: """
      Without A: what is not saved yet. With A: from A to the note as it is. With A and B: from A \
      to B. A and B are versions (v3), snapshots or dates ('2025-06-01', '3 months ago'); NOTE@A \
      says the same as NOTE A. Removed \
      words stand in [-…-], added ones in {+…+}; on a terminal with colour, in red and green. \
      Exit 1: no difference.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note.", completion: .noteNames)
  var note: String

  @Argument(help: "The older text. Default: the last snapshot's.")
  var from: String?

  @Argument(help: "The newer text. Default: the note as it is.")
  var to: String?

  @Flag(help: "Only count words, and name the sections.")
  var stat = false

  @Flag(help: "Line by line, for patch(1).")
  var unified = false

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func validate() throws {
    if unified, stat || format.isJSON {
      throw ValidationError("--unified is a form of its own, without --stat and --format.")
    }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options, for: .reading)
    let (path, pin) = try session.pastText(note, in: history)
    guard pin == nil || to == nil else {
      throw Failure(
        "\(note), \(from ?? "") and \(to ?? "") are three texts", hint: "notes diff NOTE A B",
        status: .usage)
    }
    let (first, second) = pin.map { ($0, from) } ?? (from, to)
    func text(at typed: String) throws -> [UInt8] {
      try history.text(of: path, at: session.revision(typed, of: path, in: history)).bytes
    }
    let before = try first.map(text) ?? history.savedText(of: path)
    let after = try second.map(text) ?? history.vault.bytesIfThere(path)
    // A note that is not there has no words.
    let (old, new) = (before ?? [], after ?? [])
    let isSame = old == new
    if isSame, !format.isJSON {
      session.console.note("no difference")
      return .no
    }
    session.page()
    if unified {
      session.print(
        text: TextDiff.lineDiff(
          old: old, new: new, oldName: before == nil ? "/dev/null" : "a/\(path)",
          newName: after == nil ? "/dev/null" : "b/\(path)"))
      return .done
    }
    let diff = TextDiff.wordDiff(old: old, new: new)
    if format.isJSON {
      try session.print(
        DiffRecord(diff, path: path.text, old: old, new: new, isWhole: !stat), format)
      return isSame ? .no : .done
    }
    let line =
      StyledText(path.text + ": ") + diff.counts + diff.sections(from: old, to: new).shortList
    if stat {
      session.console.print(line)
    } else {
      session.print(diff, unchanged: true)
      session.console.note(line)
    }
    return .done
  }
}

/// A comparison as JSON has it.
struct DiffRecord: Encodable {
  let path: String
  let wordsAdded: Int
  let wordsRemoved: Int
  let sections: [String]
  let blocks: [Block]?

  struct Block: Encodable {
    let kind: String
    let form: String
    let count: Int?
    let oldLines: [Int]
    let newLines: [Int]
    let segments: [Segment]?
  }

  struct Segment: Encodable {
    let kind: String
    let text: String
  }

  init(_ diff: TextDiff, path: String, old: [UInt8], new: [UInt8], isWhole: Bool) {
    self.path = path
    wordsAdded = diff.wordsAdded
    wordsRemoved = diff.wordsRemoved
    sections = diff.sections(from: old, to: new)
    guard isWhole else {
      blocks = nil
      return
    }
    blocks = diff.blocks.map { Block($0) }
  }
}

extension DiffRecord.Block {
  init(_ block: DiffBlock) {
    kind = block.kind.rawValue
    form = block.form.rawValue
    count = block.kind == .same ? block.count : nil
    oldLines = [block.oldLines.lowerBound, block.oldLines.upperBound]
    newLines = [block.newLines.lowerBound, block.newLines.upperBound]
    segments =
      block.kind == .same
      ? nil
      : block.segments.map { DiffRecord.Segment(kind: $0.kind.rawValue, text: $0.text) }
  }
}
