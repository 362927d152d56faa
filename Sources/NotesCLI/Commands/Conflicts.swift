internal import ArgumentParser
internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes conflicts [NOTE]`.
struct Conflicts: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "conflicts",
    abstract: "List the places where two machines changed one note differently.",
    discussion: """
      The note holds the text that was shared first, clean and readable; what the other machine \
      had there waits in .notes/conflicts/ until somebody resolves it. With a NOTE, both sides are \
      shown in context: words of the note in [-…-], those that wait in {+…+}; of one that a side \
      removed, what the other had changed. Exit 1: there are none.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "A note, to see both sides of.", completion: .noteNames)
  var note: String?

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    let damaged = try session.damagedConflicts(over: note, in: vault)
    // One that has lost a text is told as what it is, where it is.
    let names = Set(damaged.map(\.name))
    let unrecorded = try session.unrecordedConflicts(of: vault)
    let conflicts = try session.conflicts(over: note, in: vault, and: unrecorded).filter {
      !names.contains($0.name)
    }
    if format.isJSON {
      let records = conflicts.map(ConflictRecord.init) + damaged.map(ConflictRecord.init)
      try session.print(list: records, format)
      return records.isEmpty ? .no : .done
    }
    for record in damaged {
      session.console.print(
        StyledText(record.path.text, .path) + StyledText("  \(record.words)")
          + StyledText(record.conflict.map { " (\($0.path))" } ?? "")
          + StyledText("  \(record.name)", .dim))
      session.console.note(StyledText("hint: \(record.hint)", .dim))
    }
    for conflict in conflicts {
      session.console.print(
        StyledText(conflict.path.text, .path) + StyledText("  \(conflict.words)")
          + StyledText("  \(conflict.name)", .dim))
      if vault.isTakenByAnother(conflict) {
        session.console.note("  it is gone, and another note has its name")
      }
      guard note != nil else { continue }
      let known = unrecorded.first { $0.conflict == conflict }
      try show(conflict, known?.texts ?? vault.texts(of: conflict), in: session)
    }
    guard !conflicts.isEmpty else {
      if !damaged.isEmpty { return .done }
      session.console.note(note.map { "no conflict over \($0)" } ?? "no conflicts")
      if let meant = note.flatMap({ Self.meant(by: ["conflicts", $0]) }) {
        session.console.note(StyledText("hint: notes \(meant)", .dim))
      }
      return .no
    }
    guard note != nil else {
      session.console.note(StyledText("hint: notes conflicts NOTE shows both sides", .dim))
      return .done
    }
    for hint in Set(conflicts.map(\.answers)).sorted() {
      session.console.note(StyledText("hint: \(hint)", .dim))
    }
    return .done
  }

  private func show(
    _ conflict: Conflict, _ texts: Vault.ConflictTexts, in session: Session
  ) throws {
    for (side, origin) in [
      (Conflict.Side.shared, conflict.sharedOrigin), (.mine, conflict.otherOrigin),
    ] {
      guard let origin else { continue }
      var deed = conflict.removedBy.map { $0 == side ? "removed by " : "kept with changes by " }
      if conflict.hasNoPlace { deed = side == .shared ? "waits, made by " : "in its way, made by " }
      session.console.print(
        StyledText("  \(side.rawValue): \(deed ?? "")\(origin.who), \(origin.time)", .dim))
    }
    if conflict.removedBy != nil || conflict.hasNoPlace {
      // What would be lost with the note.
      let kept = texts.other ?? texts.shared
      session.print(TextDiff.wordDiff(old: texts.base, new: kept), unchanged: false)
    } else if let other = texts.other {
      guard conflict.path.isNote else { return session.print(lines: texts.shared, other) }
      session.print(TextDiff.wordDiff(old: texts.shared, new: other), unchanged: false)
    }
  }
}

extension Conflicts {
  /// What was meant by a word such as `show` behind `conflicts`, as other programs have it there.
  static func meant(by typed: [String]) -> String? {
    guard typed.first == configuration.commandName, typed.count > 1 else { return nil }
    let name = typed.dropFirst(2).first.map(quoted)
    switch typed[1] {
    case "show", "diff", "view": return "conflicts \(name ?? "NOTE")"
    case "list", "ls": return "conflicts"
    case "resolve", "settle": return "resolve \(name ?? "NOTE")"
    default: return nil
    }
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
  let removed: String?
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
    removed = conflict.removedBy.map { $0 == .shared ? "shared" : "other" }
    sharedBy = conflict.sharedOrigin.map(Side.init)
    otherBy = conflict.otherOrigin.map(Side.init)
  }

  init(_ damaged: DamagedConflict) {
    path = (damaged.conflict?.path ?? damaged.path).text
    kind = "damaged"
    record = damaged.name
    (base, shared, other, removed, sharedBy, otherBy) = (nil, nil, nil, nil, nil, nil)
  }
}

extension Session {
  /// The conflicts of merges that git kept on this branch, and that the next snapshot records.
  func unrecordedConflicts(of vault: Vault) throws -> [UnrecordedConflict] {
    guard vault.hasAskedMerges else { return [] }
    let known = Set(try vault.conflicts().map(\.name))
    return try History(of: vault, context: historyContext, for: .reading).unrecordedConflicts()
      .filter { !known.contains($0.conflict.name) }
  }

  /// The conflicts over a note, all of them without one, those too that are still to be recorded.
  ///
  /// A note is named as everywhere; one that is gone, or a file that is no note, by its path or the
  /// record's name.
  func conflicts(
    over note: String?, in vault: Vault, and unrecorded: [UnrecordedConflict] = []
  ) throws -> [Conflict] {
    let all = try conflicts(of: vault) + unrecorded.map(\.conflict)
    guard let note, !all.isEmpty else { return all }
    let named = all.filter { $0.name == note }
    if !named.isEmpty { return named }
    // The name that it had means it as long as nothing else has that.
    func names(of conflict: Conflict) -> Set<NotePath> {
      let isFree = !vault.files.isTaken(conflict.pathInRecord)
      return isFree ? [conflict.path, conflict.pathInRecord] : [conflict.path]
    }
    let path = try file(meantBy: note, of: all.flatMap(names), in: vault)
    return all.filter { path.map(names(of: $0).contains) ?? false }
  }

  /// The conflicts that wait, each over the place where its note stands now.
  ///
  /// What is `byRenames` takes a look at all files where a note is not where it was.
  func conflicts(
    of vault: Vault, byRenames: Bool = true, _ index: NoteIndex? = nil
  ) throws -> [Conflict] {
    let all = try vault.conflicts()
    guard all.contains(where: vault.mayBeElsewhere) else { return all }
    let history: History
    do {
      history = try History(of: vault, context: historyContext, for: .reading)
    } catch {
      // A repository that cannot be opened is the next snapshot's matter.
      return all
    }
    return try history.following(all, byRenames: byRenames) { id in
      try (index ?? self.index(of: vault)).notes(withID: id)
    }
  }

  /// The damaged records that are meant by a record's name, a file of one or the note; all of them
  /// without that.
  func damagedConflicts(over note: String?, in vault: Vault) throws -> [DamagedConflict] {
    let all = try vault.damagedConflicts()
    guard let note, !all.isEmpty else { return all }
    let named = all.filter { $0.name == note || $0.path.text == note }
    if !named.isEmpty { return named }
    let path = try file(meantBy: note, of: all.compactMap { $0.conflict?.path }, in: vault)
    return all.filter { $0.conflict != nil && $0.conflict?.path == path }
  }

  /// Which of the files in conflict is meant: the one of this path, byte for byte; else the note of this
  /// name; else the one whose file's name it is, which may be gone, or no note.
  ///
  /// An answer changes what it is given to, so none is given to several files because they have one name.
  private func file(
    meantBy name: String, of paths: [NotePath], in vault: Vault
  ) throws -> NotePath? {
    let typed = [try? vault.path(typed: name, from: workingFolder), try? NotePath(name)]
    for path in typed.compactMap(\.self) where paths.contains(path) { return path }
    let notes = try index(of: vault).find(name, from: workingFolder)
    let files = Set(
      paths.filter { path in
        [path.name, path.stem].contains { $0.utf8.elementsEqual(name.utf8) }
      }
    ).sorted()
    guard let first = files.first, !notes.contains(where: { paths.contains($0.path) }) else {
      return notes.isEmpty ? nil : try one(of: notes, named: name, in: vault)
    }
    guard files.count == 1 else {
      throw ambiguous(name, among: files.map { StyledText($0.text, .path) }, "files")
    }
    return first
  }
}

extension Conflict {
  /// What happened, in words.
  var words: String {
    switch kind {
    case .bothChanged: "both sides changed the same words"
    case .bothAdded where hasNoPlace: "one side has a file where the other has a folder"
    case .bothAdded: "both sides made this file"
    case .changedAndRemoved:
      switch removedBy {
      case nil: "one side changed it, the other removed it"
      case .shared: Self.words(changer: otherOrigin, remover: sharedOrigin)
      case .mine: Self.words(changer: sharedOrigin, remover: otherOrigin)
      }
    }
  }

  private static func words(changer: Origin?, remover: Origin?) -> String {
    "changed by \(changer?.who ?? "one side"), removed by \(remover?.who ?? "the other")"
  }

  /// What may be answered, as a hint.
  var answers: String {
    let command = "notes resolve \(quoted(path.text))"
    return switch (kind, removedBy) {
    case (.changedAndRemoved, .shared):
      "\(command) --shared removes it; --mine keeps it as it is now, as no flag does"
    case (.changedAndRemoved, _):
      "\(command) --mine removes it; --shared keeps it as it is now, as no flag does"
    case (.bothAdded, _) where hasNoPlace:
      "\(command) --shared puts it there, once there is room; --mine, or no flag, goes without it"
    default: "notes resolve NOTE --shared, --mine, --both or --edit"
    }
  }
}

extension Conflict.Origin {
  /// `Ada on laptop`.
  var who: String { author + (machine.map { " on \($0)" } ?? "") }
}
