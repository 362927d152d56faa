internal import Markup
internal import Vault

/// All that the index keeps of one note, ready to be bound to its statements.
struct NoteRows: Sendable {
  /// A name that the note answers to.
  struct Name: Hashable, Sendable {
    typealias Kind = LinkCandidates.NameKind

    let kind: Kind
    let text: String
    let key: Int64

    init(_ kind: Kind, _ text: String) {
      self.kind = kind
      self.text = storable(text)
      key = lookupKey(self.text)
    }
  }

  struct Link: Sendable {
    let kind: String
    let target: String
    let pin: String?
    let anchor: String?
    let label: String?
    let line: Int
    let range: Range<Int>
    let targetRange: Range<Int>
    let block: Range<Int>
    let key: Int64?
  }

  struct Problem: Sendable {
    let kind: Finding.Kind
    let line: Int
    let message: String
  }

  let path: NotePath
  let title: String
  let noteID: String?
  let type: String
  let status: String?
  let created: Int64
  let updated: Int64
  let words: Int
  let lead: String
  let hasMath: Bool
  let names: [Name]
  let tags: [(name: String, key: String)]
  let links: [Link]
  let metadata: [(key: String, value: String)]
  let headings: [Heading]
  let blocks: [String]
  let elements: [String]
  let citations: [String]
  let languages: [String]
  let problems: [Problem]
  /// The columns of the full text.
  let text: [String]
  /// The words of the addresses of its links and in its front matter.
  let addresses: String
  /// What ranking needs of it, but for the number of the note.
  let profile: Profile
  let sketch: [UInt8]
  /// The words that are new to the vocabulary, with their stems.
  var newWords: [(word: String, stem: String)] = []
}

extension NoteRows {
  /// Takes a note apart.
  init(_ note: Note, settings: Settings, vocabulary: inout VocabularyIntake) {
    let document = note.document
    let front = document.frontmatter
    path = note.path
    title = storable(note.title)
    noteID = front?.id.map(storable)
    type = storable(note.type(in: settings))
    status = front?.status.map(storable)
    let modified = note.stamp.modified / 1_000_000_000
    let updatedText = front?.updated.flatMap(seconds)
    created = front?.created.flatMap(seconds) ?? updatedText ?? modified
    updated = updatedText ?? modified
    words = document.wordCount
    lead = storable(document.lead)
    hasMath = !document.math.isEmpty
    names = Self.names(note)
    tags = document.allTags.map { (storable($0), folded(storable($0))) }
    links = document.links.map { Link($0, in: document) }
    metadata = Self.metadata(front?.entries ?? [])
    headings = document.headings
    blocks = Self.each(document.blockIDs)
    elements = Self.each(document.elementNames)
    citations = Self.each(document.citations.map(\.key))
    languages = Self.each(document.codeBlocks.compactMap { $0.language?.lowercased() })
    problems =
      document.problems.map {
        Problem(kind: .frontMatter, line: $0.line, message: storable($0.message))
      } + Self.badDates(front)
    let titles = [title] + names.filter { $0.kind == .alias }.map(\.text)
    let found = document.searchWords(titles: titles)
    text = found.columns.map(\.text)
    addresses = AddressWords.all(in: document)
    profile = Profile(found)
    sketch = Sketch.of(found)
    newWords = vocabulary.new(found)
  }

  /// A note that is too large to be read, known by its path.
  init(oversized path: NotePath, stamp: FileStamp, size: Int64, settings: Settings) {
    let note = Note(path: path, document: Document(bytes: []), stamp: stamp)
    self.path = path
    title = path.stem
    noteID = nil
    type = note.type(in: settings)
    status = nil
    created = stamp.modified / 1_000_000_000
    updated = created
    words = 0
    lead = ""
    hasMath = false
    names = Self.names(note)
    tags = []
    links = []
    metadata = []
    headings = []
    blocks = []
    elements = []
    citations = []
    languages = []
    problems = [
      Problem(
        kind: .oversize, line: 1,
        message:
          "\(size) bytes are above the limit of \(settings.largestNote): known by its name only")
    ]
    let found = SearchWords(titles: [path.stem])
    text = found.columns.map(\.text)
    addresses = ""
    profile = Profile(found)
    sketch = Sketch.of(found)
  }

  private static func names(_ note: Note) -> [Name] {
    let front = note.document.frontmatter
    var names = [Name(.path, NotePath.withoutSuffix(note.path.text))]
    if let id = front?.id { names.append(Name(.id, id)) }
    names.append(Name(.title, note.title))
    names += (front?.aliases ?? []).map { Name(.alias, $0) }
    if let slug = front?.slug { names.append(Name(.slug, slug)) }
    return names
  }

  /// The days of which the front matter says what is none: the file's own time counts then.
  private static func badDates(_ front: Frontmatter?) -> [Problem] {
    guard let front else { return [] }
    return [Frontmatter.createdKeys, Frontmatter.updatedKeys].compactMap { keys in
      guard let key = keys.first(where: { front.text($0) != nil }), let text = front.text(key),
        seconds(text) == nil, !isCountOfSeconds(text)
      else { return nil }
      return Problem(
        kind: .frontMatter, line: front.line(of: key) ?? 1,
        message: storable("\(key): '\(text.prefix(40))' is no date"))
    }
  }

  /// Whether a date is a number of seconds or milliseconds, which another tool reads (Dendron).
  private static func isCountOfSeconds(_ text: String) -> Bool {
    text.utf8.count >= 10 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
  }

  /// Flattens front matter into keys with dots and one row for each value, to a bounded size.
  private static func metadata(_ entries: [Frontmatter.Entry]) -> [(key: String, value: String)] {
    var rows: [(key: String, value: String)] = []
    func add(_ key: String, _ value: Frontmatter.Value) {
      guard rows.count < 1_000 else { return }
      switch value {
      case .scalar(let text): rows.append((storable(key), storable(text)))
      case .list(let values): for value in values { add(key, value) }
      case .map(let entries): for entry in entries { add(key + "." + entry.key, entry.value) }
      }
    }
    for entry in entries { add(entry.key, entry.value) }
    return rows
  }

  /// Each text once, by its bytes, in the order of the note.
  private static func each(_ texts: [String]) -> [String] {
    var seen: Set<ExactText> = []
    return texts.map(storable).filter { seen.insert(ExactText($0)).inserted }
  }
}

extension NoteRows.Link {
  fileprivate init(_ link: Markup.Link, in document: Document) {
    kind = link.kind.rawValue
    target = storable(link.target)
    pin = link.pin.map(storable)
    anchor = link.anchor.map(storable)
    label = link.label.map(storable)
    line = link.line
    range = link.range
    targetRange = link.targetRange
    block = document.block(at: link.range.lowerBound)?.range ?? lineAround(link.range, in: document)
    key = link.isExternal || link.target.isEmpty ? nil : lookupKey(target)
  }
}

/// The line of the front matter around a link, which is in no block.
private func lineAround(_ range: Range<Int>, in document: Document) -> Range<Int> {
  let bytes = document.bytes
  let end = UInt8(ascii: "\n")
  let start = bytes[..<range.lowerBound].lastIndex(of: end).map { $0 + 1 } ?? 0
  return start..<(bytes[range.upperBound...].firstIndex(of: end) ?? bytes.count)
}

/// What a date in front matter is, in seconds since 1970.
private func seconds(_ text: String) -> Int64? {
  DateText(text).map { Int64($0.secondsSince1970) }
}
