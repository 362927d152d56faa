internal import ArgumentParser
internal import Git
internal import History
internal import Vault

/// `notes resolve NOTE`.
struct Resolve: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Settle a conflict: keep the note, take the other text, both, or edit.",
    discussion: """
      Without a flag the note stays as it is now: edit it until it says what you mean, then \
      resolve it. The record goes, and with the next sync the conflict is settled on every \
      machine. 'notes undo' takes it back.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(
    help: "The note, as 'notes conflicts' names it, or the record's name.", completion: .noteNames)
  var note: String

  @Flag(exclusivity: .exclusive)
  var way: Way?

  enum Way: String, EnumerableFlag {
    case shared
    case mine
    case both
    case edit

    static func help(for value: Self) -> ArgumentHelp? {
      switch value {
      case .shared: "Keep the note as it is now, or do with it what the shared side did."
      case .mine: "Take the text that waits, or what that side did: keep it, or remove it."
      case .both: "Put both texts in the note, one after the other."
      case .edit: "Open both texts in the editor."
      }
    }

    func words(of conflict: Conflict) -> String {
      if conflict.hasNoPlace, self != .mine { return "put in its place" }
      return switch (self, conflict.removedBy) {
      case (.shared, .shared), (.mine, .mine): "removed"
      case (.shared, _), (.mine, .shared): "kept"
      case (.mine, nil): "the text that waited was taken"
      case (.both, .some): "kept, since a text and its removal cannot both hold"
      case (.both, nil): "both texts are in it"
      case (.edit, _): "settled as edited"
      }
    }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options, for: .writing)
    try record(session.unrecordedConflicts(of: vault), in: session)
    let wanted = try session.conflicts(over: note, in: vault)
    if wanted.isEmpty,
      try drop(session.damagedConflicts(over: note, in: vault), of: vault, in: session)
    {
      return .done
    }
    guard !wanted.isEmpty else {
      throw Failure("no conflict over \(note)", hint: "notes conflicts", status: .no)
    }
    if way == .edit, let one = wanted.first, wanted.count > 1 {
      throw Failure(
        "there are \(wanted.count) conflicts over \(note), which are edited one at a time",
        hint: "notes resolve \(one.name) --edit", status: .no)
    }
    if try wanted.contains(where: vault.hasMisplacedEdit) {
      session.tell(of: try session.history(options).putBackMisplacedEdits())
    }
    let settled = try wanted.map { conflict -> (conflict: Conflict, resolution: Resolution) in
      let resolution: Resolution =
        switch way {
        case nil: .kept
        case .shared: .shared
        case .mine: .mine
        case .both: .both
        case .edit: try edited(conflict, of: vault, in: session)
        }
      return (conflict, resolution)
    }
    // All of them or none: half of an answer would be a text that nobody chose.
    let (_, changes) = try session.editor(of: vault).perform {
      ((), try vault.edits(settling: settled))
    }
    for conflict in wanted {
      if way == .edit { try? Draft(of: conflict, in: vault).remove() }
      session.console.print(
        StyledText(conflict.path.text, .path)
          + StyledText(
            ": \(way?.words(of: conflict) ?? (conflict.hasNoPlace ? "left out" : "kept"))"))
    }
    try session.updateIndex(of: vault, changes)
    session.console.note(StyledText("hint: notes sync settles it on every machine", .dim))
    return .done
  }

  /// Makes a snapshot that has the record, where one of some conflicts is meant: every branch that has the
  /// merge asks until its own history has that.
  private func record(_ unrecorded: [UnrecordedConflict], in session: Session) throws {
    if unrecorded.isEmpty { return }
    let vault = try session.vault(options.vault)
    let wanted = try session.conflicts(over: note, in: vault, and: unrecorded)
    guard unrecorded.contains(where: { wanted.contains($0.conflict) }) else { return }
    let saved = try session.history(options).save(message: nil)
    session.tell(of: saved.misplaced)
    session.warnOfUnsaved(saved)
    guard let commit = saved.commit else { return }
    session.console.note("saved \(counted(saved.changes.count, "file")) as \(commit.short)")
  }

  /// Takes away what is left of records that cannot be read; `false` where there are none.
  private func drop(
    _ records: [DamagedConflict], of vault: Vault, in session: Session
  ) throws -> Bool {
    guard let first = records.first else { return false }
    guard way == nil || way == .shared else {
      throw Failure("\(first.path) \(first.words)", hint: first.hint, status: .no)
    }
    _ = try session.editor(of: vault).perform(records.flatMap(vault.edits(dropping:)))
    for record in records {
      session.console.print(StyledText(record.path.text, .path) + StyledText(": dropped"))
    }
    session.console.note(StyledText("hint: notes sync settles it on every machine", .dim))
    return true
  }

  /// What the user makes of the two texts in the editor.
  ///
  /// The file with both stands in the vault's private folder, so that no marker is ever in a note.
  private func edited(
    _ conflict: Conflict, of vault: Vault, in session: Session
  ) throws -> Resolution {
    guard conflict.kind != .changedAndRemoved, !conflict.hasNoPlace else {
      throw Failure(
        "of \(conflict.path.text) there is one text only, so there is nothing to edit",
        hint: conflict.answers)
    }
    let texts = try vault.texts(of: conflict)
    let draft = Draft(of: conflict, in: vault)
    if let left = try draft.text() {
      try draft.write(texts.goingOn(with: left, from: draft.note()), over: texts.now)
    } else {
      try draft.write(texts.marked, over: texts.now)
    }
    try session.openEditor(at: draft.path)
    let command = "notes resolve \(quoted(conflict.path.text)) --edit"
    guard let text = try draft.text() else {
      throw Failure(
        "the text is empty, so nothing was settled", hint: "\(command) begins with both again")
    }
    guard try !texts.hasMarkers(text) else {
      throw Failure(
        "the text still has a marker, so nothing was settled",
        hint: "\(command) goes on where you stopped")
    }
    // A sync may have gone on meanwhile.
    guard try vault.conflicts().contains(where: { $0.name == conflict.name }) else {
      throw Failure(
        "the conflict over \(conflict.path.text) was settled meanwhile, or went elsewhere with the note",
        hint: "notes conflicts; what you wrote is in \(draft.path)")
    }
    return .text(text, madeOver: texts.now)
  }

  /// What the editor is given, with the note as it was then, there until the conflict is settled.
  ///
  /// It is known by the texts of the conflict, so that it is found where the note is moved.
  private struct Draft {
    private let file: StateFile
    private let before: StateFile

    init(of conflict: Conflict, in vault: Vault) {
      let texts = [conflict.texts.base, conflict.texts.shared, conflict.texts.other]
      let name = texts.map { $0.map { $0.description.prefix(8) } ?? "none" }.joined(separator: "-")
      file = StateFile(vault.stateFolder + "/resolve-\(name).md")
      before = StateFile(vault.stateFolder + "/resolve-\(name).note")
    }

    var path: String { file.path }

    /// The text as the editor left it; `nil` where nothing is left.
    func text() throws -> [UInt8]? {
      guard let text = try file.read(), !text.isEmpty else { return nil }
      return text
    }

    /// The note that it was made over; `nil` where there was none.
    func note() throws -> [UInt8]? { try before.read() }

    func write(_ text: [UInt8], over note: [UInt8]?) throws {
      try file.write(text)
      if let note { try before.write(note) } else { try before.remove() }
    }

    func remove() throws {
      try file.remove()
      try before.remove()
    }
  }
}
