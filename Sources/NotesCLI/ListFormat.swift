internal import ArgumentParser
internal import FoundationEssentials
internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// How a command prints what it found: each has a type with those that it knows, and takes no other.
protocol OutputFormat: RawRepresentable<String>, Sendable {}

extension OutputFormat {
  var isJSON: Bool { isOneJSON || rawValue == ListFormat.jsonl.rawValue }

  /// Whether it is one JSON value on many lines, and not one on each line.
  fileprivate var isOneJSON: Bool { rawValue == ListFormat.json.rawValue }
}

/// How what is no list of notes is printed.
enum ShortFormat: String, OutputFormat, ExpressibleByArgument, CaseIterable {
  /// One line each.
  case short
  /// One JSON array or object.
  case json
  /// A JSON object on each line.
  case jsonl
}

/// How a list of what stands in files is printed.
enum PathFormat: String, OutputFormat, ExpressibleByArgument, CaseIterable {
  /// One line each.
  case short
  /// Paths only.
  case path
  /// One JSON array or object.
  case json
  /// A JSON object on each line.
  case jsonl
}

/// How a list of notes is printed.
enum ListFormat: String, OutputFormat, ExpressibleByArgument, CaseIterable {
  /// One line each.
  case short
  /// A few lines each.
  case long
  /// Paths only.
  case path
  /// One JSON array.
  case json
  /// A JSON object on each line.
  case jsonl
}

/// A changed file, as JSON has it.
struct ChangeRecord: Encodable {
  let change: String
  let path: String
  let renamedFrom: String?
  /// What changed, where that is asked for.
  var blocks: [DiffRecord.Block]?

  init(_ change: FileChange) {
    self.change = change.kind.letter
    path = change.newPath.description
    renamedFrom = change.kind == .renamed ? change.oldPath.description : nil
  }
}

extension FileChange.Kind {
  /// The letter that git gives it.
  var letter: String {
    switch self {
    case .added: "A"
    case .deleted: "D"
    case .modified: "M"
    case .renamed: "R"
    case .typeChanged: "T"
    }
  }
}

/// A note as JSON has it; the names are zk's where zk has the thing.
struct NoteRecord: Encodable {
  let path: String
  let absPath: String
  let filenameStem: String
  let title: String
  let id: String?
  let type: String
  let status: String?
  let lead: String
  let tags: [String]
  let metadata: [String: [String]]
  let wordCount: Int
  let created: String
  let modified: String
  var score: Double?
  var meaning: Double?
  var missing: [String]?
  var related: Bool?
  var explain: ExplainRecord?
  var snippets: [SnippetRecord]?
  var reasons: [String]?

  init(_ note: NoteSummary, root: String, in session: Session) {
    path = note.path.text
    absPath = root + "/" + note.path.text
    filenameStem = note.path.stem
    title = note.title
    id = note.id
    type = note.type
    status = note.status
    lead = note.lead
    tags = note.tags
    metadata = Dictionary(grouping: note.metadata, by: \.key).mapValues { $0.map(\.value) }
    wordCount = note.wordCount
    created = session.moment(toldAt: note.created).timestamp
    modified = session.moment(toldAt: note.modified).timestamp
  }

  init(_ hit: Hit, explains: Bool, root: String, in session: Session) {
    self.init(hit.note, root: root, in: session)
    score = hit.score.total
    meaning = hit.score.meaning
    missing = hit.missing.isEmpty ? nil : hit.missing
    related = hit.isRelated ? true : nil
    explain = explains ? ExplainRecord(hit.score) : nil
    snippets = hit.snippets.map { SnippetRecord($0) }
  }
}

/// What the parts of a score gave, as JSON has it.
struct ExplainRecord: Encodable {
  let words: [Word]
  let title: Double
  let subject: Double
  let total: Double

  struct Word: Encodable {
    let typed: String
    let score: Double
    let exact: Double
    let noteCount: Int
  }

  init(_ score: Hit.Score) {
    words = score.words.map {
      Word(typed: $0.typed, score: $0.score, exact: $0.exact, noteCount: $0.notes)
    }
    title = score.title
    subject = score.subject
    total = score.total
  }
}

/// A passage of a hit as JSON has it; the ranges are UTF-8 offsets in its text.
struct SnippetRecord: Encodable {
  let text: String
  let line: Int
  let matchLine: Int
  let heading: String?
  let ranges: [[Int]]

  init(_ snippet: Snippet) {
    text = snippet.text
    line = snippet.line
    matchLine = snippet.matchLine
    heading = snippet.heading
    ranges = snippet.ranges.map { [$0.lowerBound, $0.upperBound] }
  }
}

extension Session {
  /// Prints a list as JSON: one array, or an object a line.
  func print(list: [some Encodable], _ format: some OutputFormat) throws {
    if format.isOneJSON { return try print(list, format) }
    for item in list { try print(item, format) }
  }

  /// Prints one value as JSON on one line.
  func print(_ value: some Encodable, _ format: some OutputFormat) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if format.isOneJSON { encoder.outputFormatting.insert(.prettyPrinted) }
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    console.print(raw: StyledText.harmless(json: text))
  }

  /// Prints changed files: a letter and a path each.
  func print(_ changes: [FileChange], limit: Int, before: String = "") {
    for change in changes.prefix(limit) {
      let style: StyledText.Style =
        change.kind == .added ? .added : change.kind == .deleted ? .removed : .plain
      var line = StyledText(before.isEmpty ? "" : before + " ", .dim)
      line.append(change.kind.letter + " ", style)
      if change.kind == .renamed { line.append("\(change.oldPath) → ") }
      line.append(change.newPath.description, .path)
      console.print(line)
    }
    if changes.count > limit {
      console.print(
        StyledText("\(before.isEmpty ? "" : before + " ")… and \(changes.count - limit) more", .dim)
      )
    }
  }

  /// Prints a note's text: made harmless on a terminal, unchanged anywhere else.
  func print(text bytes: [UInt8]) {
    guard console.isTerminal else { return console.print(bytes: bytes) }
    let text = String(decoding: bytes, as: UTF8.self)
    // The last character may be `\r\n`.
    console.print(StyledText(text.last?.isNewline == true ? String(text.dropLast()) : text))
  }
}
