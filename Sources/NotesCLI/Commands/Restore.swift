internal import ArgumentParser
internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes restore NOTE REV`.
struct Restore: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put an older text of a note back.",
    discussion: """
      REV is a version (v3), a snapshot (as 'notes history' shows it), or a date such as 2025-06-01 \
      or '3 months ago'; NOTE@REV says the same as NOTE REV. What the note holds now is saved first, and the old text becomes a new \
      snapshot: nothing is rewritten, and 'notes undo' takes it back. A note that was removed \
      comes back by its old path.

      \(exits(.no, .failed, .noVault, .busy, .unsafe))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note.", completion: .noteNames)
  var note: String

  @Argument(help: "A version, a snapshot or a date.")
  var revision: String?

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options)
    let (named, pin) = try session.pastText(note, in: history)
    guard (pin == nil) != (revision == nil), let revision = pin ?? revision else {
      throw Failure(
        pin == nil ? "restore needs to know which text" : "\(note) names a text already",
        hint: pin == nil
          ? "notes history \(quoted(named.text)) --each tells which there are"
          : "notes restore \(quoted(note))", status: .usage)
    }
    let past = try history.text(
      of: named, at: session.revision(revision, of: named, in: history))
    // A second file would have the id of the first.
    let path = try history.placeNow(of: named) ?? named
    try session.refuseTextOfAnother(
      past.bytes, typed: "\(named.text)@\(revision)", for: path, in: history.vault)
    let before = try history.save(message: nil)
    if (before.stopped.map(\.path.text) + before.skipped.map(\.path)).contains(path.text) {
      session.warnOfUnsaved(before)
      throw Failure(
        "what \(path.text) holds could not be saved, so it was not replaced", hint: nil,
        status: .unsafe)
    }
    if path != named { session.console.note("\(named.text) is \(path.text) now") }
    let now = try history.vault.bytesIfThere(path)
    if now == past.bytes {
      session.console.note("\(path.text) holds that text already")
      return .done
    }
    let edit =
      now.map { FileEdit.replace(path, old: $0, new: past.bytes) } ?? .create(path, past.bytes)
    let saved = try session.carryOut(
      [edit], path.text, "Restore \(path.text) to \(past.name)", "", history)
    session.console.print(StyledText(path.text, .path))
    session.console.note(
      "as it was in \(past.name) of \(session.day(of: past.time))"
        + (saved.commit.map { ", saved as \($0.short)" } ?? ""))
    return session.warnOfUnsaved(saved)
  }
}

extension Session {
  /// Refuses to put the text of a note that stands elsewhere now in the place of another: both would
  /// have its id.
  fileprivate func refuseTextOfAnother(
    _ text: [UInt8], typed: String, for path: NotePath, in vault: Vault
  ) throws {
    guard let id = Frontmatter(of: text)?.id,
      try vault.bytesIfThere(path).flatMap({ Frontmatter(of: $0)?.id }) != id,
      let other = try index(of: vault).notes(withID: id).first(where: { $0 != path })
    else { return }
    throw Failure(
      "that is a text of \(other.text), which had the name \(path.text) then",
      hint: "notes show \(quoted(typed))", status: .no)
  }
}
