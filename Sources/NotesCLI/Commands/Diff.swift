internal import ArgumentParser
internal import History
internal import Markup
internal import Vault

/// `notes diff NOTE [A [B]]`.
struct Diff: NotesCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what changed in a note, word by word.",
    discussion: """
      Without A: what is not saved yet. With A: from A to the note as it is. With A and B: from A \
      to B. A and B are snapshots or dates ('2025-06-01', '3 months ago'). Removed words stand in \
      [-…-], added ones in {+…+}; on a terminal with colour, in red and green. Exit 1: no \
      difference.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note.", completion: .noteNames)
  var note: String

  @Argument(help: "The older text. Default: the last snapshot's.")
  var from: String?

  @Argument(help: "The newer text. Default: the note as it is.")
  var to: String?

  @Flag(help: "Only count words.")
  var stat = false

  @Flag(help: "Line by line, for patch(1).")
  var unified = false

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options)
    let path = try session.pastPath(note, in: history)
    let old = try side(from ?? "HEAD", of: path, history, session)
    let new =
      try to.map { try side($0, of: path, history, session) }
      ?? (try history.vault.bytesIfThere(path) ?? [])
    guard old != new else {
      session.console.note("no difference")
      return .no
    }
    if unified {
      session.console.print(
        bytes: TextDiff.lineDiff(old: old, new: new, oldName: "a/\(path)", newName: "b/\(path)"))
      return .done
    }
    let diff = TextDiff.wordDiff(old: old, new: new)
    if !stat { session.print(diff, unchanged: true) }
    let line =
      "\(path.text): \(counted(diff.wordsAdded, "word")) added, \(diff.wordsRemoved) removed"
    if stat {
      session.console.print(StyledText(line))
    } else {
      session.console.note(StyledText(line))
    }
    return .done
  }

  /// A text of the note; nothing where the note was not there yet.
  private func side(
    _ revision: String, of path: NotePath, _ history: borrowing History, _ session: Session
  ) throws -> [UInt8] {
    do {
      return try history.text(of: path, at: session.revision(revision)).bytes
    } catch HistoryError.noSuchNote where from == nil {
      return []
    } catch HistoryError.noSuchRevision where from == nil {
      return []
    }
  }
}
