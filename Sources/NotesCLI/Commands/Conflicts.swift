internal import ArgumentParser
internal import Git
internal import History
internal import Markup
internal import Vault

/// `notes conflicts [NOTE]`.
struct Conflicts: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "conflicts",
    abstract: "List the places where two machines changed one note differently.",
    discussion: """
      The note holds the text that was shared first, clean and readable; what the other machine \
      had there waits in .notes/conflicts/ until somebody resolves it. With a NOTE, both sides are \
      shown in context: words of the note in [-…-], those that wait in {+…+}. Exit 1: there are \
      none.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "A note, to see both sides of.", completion: .noteNames)
  var note: String?

  @Option(help: "short, json or jsonl.")
  var format = ListFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let conflicts = try session.conflicts(over: note, in: vault)
    if format.isJSON {
      try session.print(list: conflicts.map(ConflictRecord.init), format)
      return conflicts.isEmpty ? .no : .done
    }
    for conflict in conflicts {
      session.console.print(
        StyledText(conflict.path.text, .path) + StyledText("  \(conflict.words)")
          + StyledText("  \(conflict.name)", .dim))
      if note != nil { try show(conflict, of: vault, in: session) }
    }
    guard !conflicts.isEmpty else {
      session.console.note(note.map { "no conflict over \($0)" } ?? "no conflicts")
      return .no
    }
    session.console.note(
      StyledText(
        note == nil
          ? "hint: notes conflicts NOTE shows both sides"
          : "hint: notes resolve NOTE --shared, --mine, --both or --edit", .dim))
    return .done
  }

  private func show(_ conflict: Conflict, of vault: Vault, in session: Session) throws {
    for (side, origin) in [
      ("shared", conflict.sharedOrigin), ("mine", conflict.otherOrigin),
    ] {
      guard let origin else { continue }
      session.console.print(
        StyledText("  \(side): \(origin.who), \(origin.time)", .dim))
    }
    let texts = try vault.texts(of: conflict)
    guard let other = texts.other else { return }
    session.print(TextDiff.wordDiff(old: texts.shared, new: other), unchanged: false)
  }
}

/// A conflict, as JSON has it.
struct ConflictRecord: Encodable {
  let path: String
  let kind: String
  let record: String
  let base: String?
  let shared: String?
  let other: String?
  let sharedBy: Side?
  let otherBy: Side?

  struct Side: Encodable {
    let author: String
    let time: String
    let machine: String?

    init(_ origin: Conflict.Origin) {
      (author, time, machine) = (origin.author, origin.time, origin.machine)
    }
  }

  init(_ conflict: Conflict) {
    path = conflict.path.text
    kind = conflict.kind.rawValue
    record = conflict.name
    base = conflict.texts.base?.description
    shared = conflict.texts.shared?.description
    other = conflict.texts.other?.description
    sharedBy = conflict.sharedOrigin.map(Side.init)
    otherBy = conflict.otherOrigin.map(Side.init)
  }
}

extension Session {
  /// The conflicts over a note, all of them without one.
  ///
  /// A note is named as everywhere; one that is gone, or a file that is no note, by its path or the
  /// record's name.
  func conflicts(over note: String?, in vault: Vault) throws -> [Conflict] {
    let all = try vault.conflicts()
    guard let note, !all.isEmpty else { return all }
    let named = all.filter { [$0.name, $0.path.text, $0.path.stem].contains(note) }
    if !named.isEmpty { return named }
    let index = try index(of: vault)
    guard let path = try? find(note, in: index, vault) else { return [] }
    return all.filter { $0.path == path }
  }
}

extension Conflict {
  /// What happened, in words.
  var words: String {
    switch kind {
    case .bothChanged: "both sides changed the same words"
    case .bothAdded: "both sides made this file"
    case .changedAndRemoved: "one side changed it, the other removed it"
    }
  }
}

extension Conflict.Origin {
  /// `Ada on laptop`.
  var who: String { author + (machine.map { " on \($0)" } ?? "") }
}
