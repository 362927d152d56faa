internal import ArgumentParser
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
    let wanted = try session.conflicts(over: note, in: vault)
    if wanted.isEmpty, try drop(vault.damagedConflicts(over: note), of: vault, in: session) {
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
    let settled = try wanted.map { conflict -> (conflict: Conflict, resolution: Resolution) in
      let resolution: Resolution =
        switch way {
        case nil: .kept
        case .shared: .shared
        case .mine: .mine
        case .both: .both
        case .edit: .text(try edited(conflict, of: vault, in: session))
        }
      return (conflict, resolution)
    }
    // All of them or none: half of an answer would be a text that nobody chose.
    let changes = try session.editor(of: vault).perform(vault.edits(settling: settled))
    for conflict in wanted {
      if way == .edit { try? draft(of: conflict, in: vault).remove() }
      session.console.print(
        StyledText(conflict.path.text, .path)
          + StyledText(": \(way?.words(of: conflict) ?? "kept")"))
    }
    try session.updateIndex(of: vault, changes)
    session.console.note(StyledText("hint: notes sync settles it on every machine", .dim))
    return .done
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
  ) throws -> [UInt8] {
    let texts = try vault.texts(of: conflict)
    guard conflict.kind != .changedAndRemoved, !conflict.hasNoPlace else {
      throw Failure(
        "of \(conflict.path.text) there is one text only, so there is nothing to edit",
        hint: conflict.answers)
    }
    guard texts.now == texts.shared else {
      throw Failure(
        "\(conflict.path.text) was edited since; it is what there is to edit",
        hint:
          "notes edit \(quoted(conflict.path.text)), then notes resolve \(quoted(conflict.path.text))"
      )
    }
    let file = draft(of: conflict, in: vault)
    if try (file.read() ?? []).isEmpty { try file.write(texts.marked) }
    try session.openEditor(at: file.path)
    let text = try file.read() ?? []
    let command = "notes resolve \(quoted(conflict.path.text)) --edit"
    guard !text.isEmpty else {
      throw Failure(
        "the text is empty, so nothing was settled", hint: "\(command) begins with both again")
    }
    guard !Vault.ConflictTexts.hasMarkers(text) else {
      throw Failure(
        "the text still has a marker, so nothing was settled",
        hint: "\(command) goes on where you stopped")
    }
    return text
  }

  /// What the editor is given, there until the conflict is settled.
  private func draft(of conflict: Conflict, in vault: Vault) -> StateFile {
    StateFile(vault.stateFolder + "/resolve-\(conflict.name).md")
  }
}
