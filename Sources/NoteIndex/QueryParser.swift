extension Query {
  /// Reads a query as it is typed: any text is one.
  ///
  /// ```
  /// diffusion model            both words
  /// "score matching"           these words in this order
  /// diffus*                    words that begin so
  /// kalman OR wiener, kalman | wiener
  /// -draft                     not this word
  /// title:ranting  body:x  heading:x  code:x
  /// tag:physics  type:post  path:posts/  cites:vaswani2017  lang:swift
  /// created:2024  modified:>=2024-05  created:2023..2024-06-30
  /// status:done                any other key of the front matter
  /// ```
  ///
  /// What looks like a filter and is none is searched for as text.
  public init(_ text: String) {
    var parser = QueryParser(text)
    self = parser.parse()
  }
}

/// Reads a query from left to right.
private struct QueryParser {
  private let characters: [Character]
  private var place = 0
  private var query = Query()
  /// Whether the next term is an alternative to the one before.
  private var isAlternative = false
  private var terms = 0

  /// More terms than anyone types, and few enough for any of them to be answered.
  private static let most = 640

  init(_ text: String) {
    characters = Array(text.prefix(10_000))
  }

  mutating func parse() -> Query {
    while skipBlanks(), terms < Self.most { part() }
    return query
  }

  /// Whether anything is left behind the blanks.
  private mutating func skipBlanks() -> Bool {
    while place < characters.count, Self.isBlank(characters[place]) { place += 1 }
    return place < characters.count
  }

  private static func isBlank(_ character: Character) -> Bool {
    character.isWhitespace || character.unicodeScalars.allSatisfy { $0.properties.isControl }
  }

  private mutating func part() {
    if characters[place] == "|" {
      place += 1
      isAlternative = !query.groups.isEmpty
      return
    }
    let isExcluded = characters[place] == "-" && next.map { !Self.isBlank($0) } == true
    if isExcluded { place += 1 }
    let key = takeKey()
    let (text, isQuoted) = takeText()
    if key == nil, !isQuoted, text == "OR", !query.groups.isEmpty, !isExcluded {
      isAlternative = true
      return
    }
    terms += 1
    guard let key else { return add(text, isQuoted: isQuoted, isExcluded: isExcluded) }
    if !addFilter(key.lowercased(), text, isQuoted: isQuoted, isExcluded: isExcluded) {
      query.readAsText.append(key + ":" + text)
      add(key + ":" + text, isQuoted: isQuoted, isExcluded: isExcluded)
    }
  }

  private var next: Character? { place + 1 < characters.count ? characters[place + 1] : nil }

  /// A key with its colon, when a value follows.
  private mutating func takeKey() -> String? {
    var end = place
    while end < characters.count, characters[end].isLetter || end > place && isKeyPart(end) {
      end += 1
    }
    guard end > place, end + 1 < characters.count, characters[end] == ":",
      !Self.isBlank(characters[end + 1]),
      // An address, such as https://…, is text.
      !(characters[end + 1] == "/" && end + 2 < characters.count && characters[end + 2] == "/")
    else { return nil }
    defer { place = end + 1 }
    return String(characters[place..<end])
  }

  private func isKeyPart(_ place: Int) -> Bool {
    characters[place].isNumber || "-_.".contains(characters[place])
  }

  /// The text up to the next blank, or between quotation marks; a missing one is at the end.
  private mutating func takeText() -> (text: String, isQuoted: Bool) {
    if Self.quotes.contains(characters[place]) {
      var end = place + 1
      while end < characters.count, !Self.quotes.contains(characters[end]) { end += 1 }
      let text = String(characters[(place + 1)..<end])
      place = min(end + 1, characters.count)
      if place < characters.count, characters[place] == "*" {
        place += 1
        return (text + "*", true)
      }
      return (text, true)
    }
    var end = place
    while end < characters.count, !Self.isBlank(characters[end]), characters[end] != "|",
      !Self.quotes.contains(characters[end])
    {
      end += 1
    }
    defer { place = max(end, place + 1) }
    return (String(characters[place..<end]), false)
  }

  private static let quotes: Set<Character> = ["\"", "\u{201C}", "\u{201D}", "\u{201E}"]

  private mutating func add(
    _ text: String, isQuoted: Bool, isExcluded: Bool, field: Query.Term.Field? = nil
  ) {
    let isPrefix = text.hasSuffix("*")
    let term = Query.Term(
      String(text.prefix(1_000)).filter { !Self.isBlank($0) || $0 == " " }, isPrefix: isPrefix,
      field: field)
    defer { isAlternative = false }
    guard term.hasWord else { return }
    if isExcluded {
      query.excluded.append(term)
    } else if isAlternative, let last = query.groups.indices.last {
      query.groups[last].append(term)
    } else {
      query.groups.append([term])
    }
  }

  /// Whether a key and its value are understood.
  private mutating func addFilter(
    _ key: String, _ value: String, isQuoted: Bool, isExcluded: Bool
  ) -> Bool {
    if let field = Self.fields[key] {
      add(value, isQuoted: isQuoted, isExcluded: isExcluded, field: field)
      return true
    }
    var filter = Filter()
    switch key {
    case "tag", "tags":
      filter.tags = [value.hasPrefix("#") ? String(value.dropFirst()) : value]
    case "type": filter.types = [value]
    case "path": filter.paths = [value]
    case "cites": filter.cites = [value.hasPrefix("@") ? String(value.dropFirst()) : value]
    case "lang", "language": filter.languages = [value]
    case "created", "date":
      guard let time = Filter.Time(typed: value) else { return false }
      filter.created = time
    case "modified", "updated":
      guard let time = Filter.Time(typed: value) else { return false }
      filter.modified = time
    default:
      query.keyed.append(
        Query.Keyed(
          entry: .init(key, value), term: .init(key + ":" + value), isExcluded: isExcluded))
      return true
    }
    if isExcluded {
      query.filter.excluding.append(filter)
    } else {
      query.filter.add(filter)
    }
    return true
  }

  private static let fields: [String: Query.Term.Field] = [
    "title": .title, "body": .body, "text": .body, "heading": .headings, "headings": .headings,
    "code": .code,
  ]
}

extension Unicode.Scalar.Properties {
  fileprivate var isControl: Bool { generalCategory == .control }
}

extension Filter {
  /// Asks for what another filter asks for as well.
  mutating func add(_ other: Filter) {
    tags += other.tags
    types += other.types
    paths += other.paths
    cites += other.cites
    languages += other.languages
    created.narrow(to: other.created)
    modified.narrow(to: other.modified)
  }
}
