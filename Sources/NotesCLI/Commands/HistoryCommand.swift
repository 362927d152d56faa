internal import ArgumentParser
internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes history [NOTE]`.
struct HistoryCommand: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show how a note, or the vault, came to be.",
    discussion: """
      With a note: its versions, newest first, with the words that each added and removed and the \
      sections it touched; with --all, or where there is no version, every snapshot in which its \
      text changed, across renames. Without: the vault's snapshots and what each changed. --diff \
      shows the words.

      \(exits(.no, .failed, .noVault))
      """,
    aliases: ["log"])

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note. Default: the whole vault.", completion: .noteNames)
  var note: String?

  @Option(name: [.customShort("n"), .long], help: "At most so many.")
  var limit: Int?

  @Flag(help: "Every snapshot, and not only versions.")
  var all = false

  @Flag(help: "Show the words that changed.")
  var diff = false

  @Option(help: "short, json or jsonl.")
  var format = ListFormat.short

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options)
    session.page()
    guard let note else { return try showVault(history, session) }
    let path = try session.pastPath(note, in: history)
    if !all {
      let ledger = try history.ledger(of: path)
      if !ledger.versions.isEmpty {
        let steps = try history.steps(of: ledger, now: history.vault.bytesIfThere(path))
        return try show(steps, session)
      }
    }
    let (index, texts) = try session.askPast(of: history) { ($0, try $0.texts(of: path)) }
    guard !texts.isEmpty else {
      throw Failure(
        "\(path.text) is in no snapshot yet", hint: "notes save", status: .no)
    }
    return try show(texts, index, history, session)
  }

  private func show(_ steps: [VersionStep], _ session: Session) throws -> ExitStatus {
    let shown = steps.reversed().prefix(limit ?? .max)
    if format.isJSON {
      try session.print(list: shown.map(StepRecord.init), format)
      return .done
    }
    for step in shown {
      session.console.print(step.line)
      if diff { session.print(step.change, unchanged: false) }
    }
    return .done
  }

  private func show(
    _ texts: [KnownText], _ index: PastIndex, _ history: borrowing History, _ session: Session
  ) throws -> ExitStatus {
    var records: [PastRecord] = []
    var foundOut: [(text: KnownText, words: KnownText.WordCount)] = []
    for text in texts.prefix(limit ?? .max) {
      var words = text.words
      var change: TextDiff?
      if words == nil || diff {
        let found = TextDiff.wordDiff(
          old: try text.old.flatMap { try history.blob(named: $0) } ?? [],
          new: try text.new.flatMap { try history.blob(named: $0) } ?? [])
        let count = KnownText.WordCount(added: found.wordsAdded, removed: found.wordsRemoved)
        if words == nil { foundOut.append((text, count)) }
        words = count
        change = found
      }
      let record = PastRecord(
        text, when: session.moment(at: text.snapshot.seconds),
        words: words ?? .init(added: 0, removed: 0))
      records.append(record)
      if format.isJSON { continue }
      session.console.print(record.line)
      if diff, let change { session.print(change, unchanged: false) }
    }
    index.keep(foundOut)
    if format.isJSON { try session.print(list: records, format) }
    return .done
  }

  private func showVault(_ history: borrowing History, _ session: Session) throws -> ExitStatus {
    let snapshots = try history.snapshots(limit: limit ?? 50)
    let records = snapshots.map { commit, changes in
      SnapshotRecord(
        commit: commit.id.description,
        created: session.moment(at: commit.author.seconds).timestamp,
        author: commit.author.name, message: commit.message,
        changes: changes.map(ChangeRecord.init))
    }
    if format.isJSON {
      try session.print(list: records, format)
    } else {
      for (record, snapshot) in zip(records, snapshots) {
        session.console.print(
          StyledText(snapshot.commit.id.short, .dim)
            + StyledText("  \(record.created.prefix(10))  ")
            + StyledText(snapshot.commit.summary))
        session.print(snapshot.changes, limit: 5, before: "   ")
      }
    }
    if records.isEmpty {
      throw Failure("there is no snapshot yet", hint: "notes save", status: .no)
    }
    return .done
  }
}

/// A note's text at a snapshot, as it is listed.
struct PastRecord: Encodable {
  let commit: String
  let path: String
  let created: String
  let author: String
  let message: String
  let wordsAdded: Int
  let wordsRemoved: Int
  let renamedFrom: String?
  let removed: Bool

  init(_ text: KnownText, when: Moment, words: KnownText.WordCount) {
    commit = text.snapshot.name
    path = text.path.text
    created = when.timestamp
    author = text.snapshot.author
    message = text.snapshot.message
    wordsAdded = words.added
    wordsRemoved = words.removed
    renamedFrom = text.was?.text
    removed = text.new == nil
  }

  /// One line: snapshot, day, words, message.
  var line: StyledText {
    let summary = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    var line =
      StyledText(String(commit.prefix(10)), .dim) + StyledText("  \(created.prefix(10))  ")
      + StyledText("+\(wordsAdded)", .added) + StyledText(" ")
      + StyledText("-\(wordsRemoved)", .removed) + StyledText("  \(summary)")
    if removed { line.append("  (removed)", .warning) }
    if let renamedFrom { line.append("  (was \(renamedFrom))", .dim) }
    return line
  }
}

private struct SnapshotRecord: Encodable {
  let commit: String
  let created: String
  let author: String
  let message: String
  let changes: [ChangeRecord]
}
