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
      sections it touched, with NOTE@v3 or NOTE@DATE up to then; with --all, or where there is no version, the sittings in which its \
      text changed, across renames: the snapshots that one author made with no more than an hour \
      between two. --each tells every snapshot. Without a note: the vault's snapshots and what \
      each changed. --diff shows the words.

      \(exits(.no, .failed, .noVault))
      """,
    aliases: ["log"])

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note. Default: the whole vault.", completion: .noteNames)
  var note: String?

  @Option(name: .limit, help: "At most so many.")
  var limit: Int?

  @Flag(help: "Every sitting, and not only versions.")
  var all = false

  @Flag(help: "Every snapshot.")
  var each = false

  @Flag(help: "Show the words that changed.")
  var diff = false

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func validate() throws { try refuseLimitBelowOne(limit) }

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options, for: .reading)
    session.page()
    guard let note else { return try showVault(history, session) }
    let (path, pin) = try session.pastText(note, in: history)
    let ledger = try history.ledger(of: path)
    if !all, !each, !ledger.versions.isEmpty {
      let steps = try history.steps(of: ledger, now: history.vault.bytesIfThere(path))
      return try show(
        session.steps(steps, upTo: pin, of: ledger, path, in: history), of: history.vault, session)
    }
    let saved = try history.unsavedRename(of: path) ?? path
    let (index, texts) = try session.askPast(of: history) { ($0, try $0.texts(of: saved)) }
    guard !texts.isEmpty else {
      guard path.isNote else {
        throw Failure(
          "\(path.text) is no note, and only of notes a history is told",
          hint: "git log -- \(quoted(path.text))", status: .no)
      }
      throw Failure(
        "\(path.text) is in no snapshot yet", hint: "notes save", status: .no)
    }
    let told = try pin.map { try session.texts(texts, upTo: $0, of: ledger, path, in: history) }
    guard told?.isEmpty != true else {
      throw Failure(
        "\(path.text) was not there yet", hint: "notes history \(quoted(path.text))", status: .no)
    }
    return try show(
      Sitting.all(of: told ?? texts, ledger.versions, isEach: each), index, history, session)
  }

  private func show(
    _ steps: [VersionStep], of vault: Vault, _ session: Session
  ) throws -> ExitStatus {
    let shown = steps.reversed().prefix(limit ?? .max)
    // Where no index can be, what is kept in it is found out each time.
    var words = try StepWords(
      of: shown, try? PastIndex(of: vault, cacheFolder: session.cacheFolder))
    var records: [StepRecord] = []
    for (place, step) in shown.enumerated() {
      if place > 0, place % 20 == 0 {
        session.console.progress("\(place) of \(shown.count) versions compared")
      }
      let (count, change) = try words.words(of: step, comparing: diff)
      if format.isJSON {
        records.append(StepRecord(step, count, diff ? change : nil))
        continue
      }
      session.console.print(step.line(count))
      if diff, let change { session.print(change, unchanged: false) }
    }
    words.keep()
    if format.isJSON { try session.print(list: records, format) }
    return .done
  }

  private func show(
    _ sittings: [Sitting], _ index: PastIndex, _ history: borrowing History, _ session: Session
  ) throws -> ExitStatus {
    var records: [PastRecord] = []
    let shown = sittings.prefix(limit ?? .max)
    var words = try SittingWords(of: shown, index)
    for (place, sitting) in shown.enumerated() {
      if place > 0, place % 20 == 0 {
        session.console.progress("\(place) of \(shown.count) steps compared")
      }
      let (count, change) = try words.words(of: sitting, history, comparing: diff)
      var record = PastRecord(sitting, count, session)
      if diff { record.blocks = change?.blocks.map { DiffRecord.Block($0) } }
      records.append(record)
      if format.isJSON { continue }
      for version in sitting.versions.reversed() { session.console.print(version.line) }
      session.console.print(record.line)
      if diff, let change { session.print(change, unchanged: false) }
    }
    words.keep()
    if format.isJSON { try session.print(list: records, format) }
    return .done
  }

  private func showVault(_ history: borrowing History, _ session: Session) throws -> ExitStatus {
    let snapshots = try history.snapshots(limit: limit ?? 50)
    let records = try snapshots.map { commit, changes in
      SnapshotRecord(
        commit: commit.id.description,
        created: session.moment(at: commit.committer.seconds).timestamp,
        author: commit.author.name, message: commit.message,
        changes: try changes.map { change in
          var record = ChangeRecord(change)
          if diff, format.isJSON {
            record.blocks = try words(of: change, history)?.blocks.map { DiffRecord.Block($0) }
          }
          return record
        })
    }
    if format.isJSON {
      try session.print(list: records, format)
    } else {
      for (record, snapshot) in zip(records, snapshots) {
        session.console.print(
          StyledText(snapshot.commit.id.short, .dim)
            + StyledText("  \(record.created.prefix(10))  ")
            + StyledText(snapshot.commit.summary))
        session.print(snapshot.changes, limit: diff ? .max : 5, before: "   ")
        if diff { try showWords(of: snapshot.changes, history, session) }
      }
    }
    if snapshots.count < limit ?? 50 { session.noteCut(of: history) }
    if records.isEmpty {
      throw Failure("there is no snapshot yet", hint: "notes save", status: .no)
    }
    return .done
  }
}

extension Session {
  /// Those of a note's texts that were there in a version, at a moment or in a snapshot.
  fileprivate func texts(
    _ texts: [KnownText], upTo pin: String, of ledger: Ledger, _ path: NotePath,
    in history: borrowing History
  ) throws -> [KnownText] {
    switch try revision(pin) {
    case .date(let moment): return texts.filter { $0.snapshot.seconds <= moment.seconds }
    case .commit(let name):
      let known = try history.history(of: history.commit(named: name))
      return texts.filter { ObjectID(hex: $0.snapshot.name).map(known.contains) ?? false }
    case .version:
      let number = try number(ofVersion: pin, of: ledger, path)
      let places = Version.places(of: ledger.versions, among: texts) {
        ($0.new, $0.snapshot.seconds)
      }
      return places[number].map { Array(texts[$0...]) } ?? []
    }
  }
}

extension HistoryCommand {
  /// The words that changed in each note of a snapshot.
  private func showWords(
    of changes: [FileChange], _ history: borrowing History, _ session: Session
  ) throws {
    for change in changes {
      guard let diff = try words(of: change, history), !diff.isEmpty else { continue }
      session.console.print()
      session.console.print(StyledText("—— ", .dim) + StyledText(change.place.description, .path))
      session.print(diff, unchanged: false)
    }
  }

  /// The words that changed in a note; `nil` for a file that is none.
  private func words(
    of change: FileChange, _ history: borrowing History
  ) throws -> TextDiff? {
    func text(_ entry: TreeEntry?) throws -> [UInt8] {
      guard let entry, entry.kind == .file else { return [] }
      return try history.blob(named: entry.id.description) ?? []
    }
    guard change.place.notePath?.isNote ?? false else { return nil }
    return TextDiff.wordDiff(old: try text(change.old), new: try text(change.new))
  }
}

extension FileChange {
  /// Where the file is, or was, if it is gone.
  fileprivate var place: GitPath { new == nil ? oldPath : newPath }
}

/// A sitting, or a snapshot, in which a note's text changed, as it is listed.
struct PastRecord: Encodable {
  let commit: String
  let path: String
  let created: String
  let begun: String?
  let snapshots: Int?
  let versions: [Int]?
  let author: String
  let message: String
  let wordsAdded: Int
  let wordsRemoved: Int
  let renamedFrom: String?
  let removed: Bool
  /// What changed, where that is asked for.
  var blocks: [DiffRecord.Block]?

  init(_ sitting: Sitting, _ words: TextPair.Difference, _ session: Session) {
    let newest = sitting.newest
    let count = sitting.texts.count
    commit = newest.snapshot.name
    path = newest.path.text
    created = session.moment(at: newest.snapshot.seconds).timestamp
    begun = count > 1 ? session.moment(at: sitting.oldest.snapshot.seconds).timestamp : nil
    snapshots = count > 1 ? count : nil
    versions = sitting.versions.isEmpty ? nil : sitting.versions.map(\.number)
    author = newest.snapshot.author
    var messages: [String] = []
    for text in sitting.texts.reversed() where !messages.contains(text.snapshot.message) {
      messages.append(text.snapshot.message)
    }
    message = count > 1 ? messages.map(\.firstLine).joined(separator: "; ") : messages[0]
    wordsAdded = words.added
    wordsRemoved = words.removed
    renamedFrom = newest.was?.text
    removed = newest.new == nil
  }

  /// One line: snapshot, day, words, message.
  var line: StyledText {
    var line =
      StyledText(String(commit.prefix(10)), .dim) + StyledText("  \(created.prefix(10))  ")
      + StyledText("+\(wordsAdded)", .added) + StyledText(" ")
      + StyledText("-\(wordsRemoved)", .removed) + StyledText("  ")
    if let snapshots, let begun {
      line.append("\(snapshots) snapshots, \(begun.timeOfDay) to \(created.timeOfDay): ", .dim)
    }
    line.append(message.firstLine)
    if removed { line.append("  (removed)", .warning) }
    if let renamedFrom { line.append("  (was \(renamedFrom))", .dim) }
    return line
  }
}

extension String {
  /// The first line that is not empty: a text of several would look like several of a list.
  var firstLine: String {
    // By bytes: a message can be long, and of Unicode's line ends none but these two is in use.
    let lineEnds = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    let text = utf8.drop { lineEnds.contains($0) }.prefix { !lineEnds.contains($0) }
    return String(Substring(text))
  }

  /// Its lines as one: what an author said of a version, say, is no heading, and no end of emphasis.
  var onOneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }

  /// Hours and minutes of a time as RFC 3339 has it.
  fileprivate var timeOfDay: Substring { dropFirst(11).prefix(5) }
}

private struct SnapshotRecord: Encodable {
  let commit: String
  let created: String
  let author: String
  let message: String
  let changes: [ChangeRecord]
}
