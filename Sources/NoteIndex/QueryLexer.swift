/// A piece of a query.
enum QueryToken: Equatable {
  /// Something that is asked for.
  struct Part: Equatable {
    enum Kind: Equatable {
      case word, phrase
      case keyed(String)
      case regex(ignoresCase: Bool)
    }

    var kind: Kind
    /// What is asked for, without quotation marks, strokes and key.
    var text: String
    /// The values of a key: what stands between its commas.
    var values: [String] = []
    /// Whether any of a value stood between quotation marks.
    var isQuoted = false
    /// The text as typed.
    var typed: String
  }

  case part(Part)
  case open
  case close
  /// `AND`, `&&`, `OR`, `|`, with what was typed.
  case and(String)
  case or(String)
  /// `NOT`, `-`.
  case not(String)
  /// `+`.
  case must
  /// A field in front of parentheses: `title:(…)`.
  case scope(Query.Term.Field)

  /// Whether something that is asked for begins with it.
  var begins: Bool {
    switch self {
    case .part, .open, .not, .must, .scope: true
    case .close, .and, .or: false
    }
  }

  /// Whether something that is asked for ends with it.
  var ends: Bool {
    switch self {
    case .part, .close: true
    default: false
    }
  }

  /// Whether it changes the meaning of what is behind it.
  var isPrefix: Bool {
    switch self {
    case .not, .must: true
    default: false
    }
  }

  /// What is no grammar after all.
  static func text(_ text: String) -> QueryToken {
    .part(Part(kind: .word, text: text, typed: text))
  }
}

/// Cuts a query into its pieces.
struct QueryLexer {
  private let characters: [Character]
  private var place = 0
  private var tokens: [QueryToken] = []
  private var parts = 0
  /// How many parentheses are open.
  private var opens = 0

  /// More parts than anyone types, and few enough for any of them to be answered.
  private static let mostParts = 300
  /// How deep parentheses can stand in one another.
  private static let mostDepth = 16

  private init(_ text: String) {
    characters = Array(text.prefix(10_000))
  }

  /// The pieces of a query, in which parentheses match and operators have what they join.
  static func tokens(_ text: String) -> [QueryToken] {
    var lexer = QueryLexer(text)
    while lexer.skipBlanks(), lexer.parts < mostParts { lexer.step() }
    return joined(matched(lexer.tokens))
  }

  /// Parentheses without a partner, and those too deep, are text.
  private static func matched(_ tokens: [QueryToken]) -> [QueryToken] {
    var tokens = tokens
    var stack: [Int] = []
    for index in tokens.indices {
      switch tokens[index] {
      case .open: stack.append(index)
      case .close:
        guard let open = stack.popLast() else {
          tokens[index] = .text(")")
          continue
        }
        if stack.count >= mostDepth {
          tokens[open] = .text("(")
          tokens[index] = .text(")")
        }
      default: break
      }
    }
    for index in stack { tokens[index] = .text("(") }
    return tokens
  }

  /// Operators that have nothing to join are text.
  private static func joined(_ tokens: [QueryToken]) -> [QueryToken] {
    var found: [QueryToken] = []
    for (index, token) in tokens.enumerated() {
      let next = index + 1 < tokens.count ? tokens[index + 1] : nil
      switch token {
      case .and(let typed), .or(let typed):
        if found.last?.ends == true, next?.begins == true {
          found.append(token)
        } else {
          found.append(.text(typed))
        }
      case .not(let typed):
        if next?.begins != true {
          found.append(.text(typed))
        } else if !isLong(found) {
          found.append(token)
        }
      case .must: if !isLong(found) { found.append(token) }
      default: found.append(token)
      }
    }
    return found
  }

  /// Whether as many `-` and `NOT` stand behind one another as mean anything.
  private static func isLong(_ tokens: [QueryToken]) -> Bool {
    tokens.count >= 2 && tokens.suffix(2).allSatisfy(\.isPrefix)
  }

  // MARK: Steps

  private var current: Character { characters[place] }
  private var next: Character? { place + 1 < characters.count ? characters[place + 1] : nil }

  static func isBlank(_ character: Character) -> Bool {
    character.isWhitespace
      || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
  }

  private static let quotes: Set<Character> = [
    "\"", "\u{201C}", "\u{201D}", "\u{201E}", "\u{AB}", "\u{BB}",
  ]

  /// Whether anything is left behind the blanks.
  private mutating func skipBlanks() -> Bool {
    while place < characters.count, Self.isBlank(current) { place += 1 }
    return place < characters.count
  }

  private mutating func step() {
    switch current {
    case "|":
      while place < characters.count, current == "|" { place += 1 }
      tokens.append(.or("|"))
    case "(":
      place += 1
      opens += 1
      tokens.append(.open)
    case ")":
      place += 1
      opens -= opens > 0 ? 1 : 0
      tokens.append(.close)
    case "-" where isMark("-"):
      place += 1
      tokens.append(.not("-"))
    case "+" where isMark("+"):
      place += 1
      tokens.append(.must)
    case _ where Self.quotes.contains(current): phrase()
    default:
      if regex() { return }
      if let key = takeKey() { keyed(key) } else { word() }
    }
  }

  /// Whether a `-` or `+` stands before something: `--all`, `++i` and `a - b` are text.
  private func isMark(_ mark: Character) -> Bool {
    guard let next else { return false }
    return !Self.isBlank(next) && next != mark && next != ")" && next != "|"
  }

  private mutating func add(_ part: QueryToken.Part) {
    parts += 1
    tokens.append(.part(part))
  }

  private func text(_ range: Range<Int>) -> String {
    String(characters[range].map { Self.isBlank($0) ? " " : $0 })
  }

  /// What stands between quotation marks; a missing one is at the end.
  private mutating func phrase() {
    let start = place
    var end = place + 1
    while end < characters.count, !Self.quotes.contains(characters[end]) { end += 1 }
    var text = text((start + 1)..<end)
    place = min(end + 1, characters.count)
    if place < characters.count, current == "*" {
      place += 1
      text += "*"
    }
    add(.init(kind: .phrase, text: text, typed: self.text(start..<place)))
  }

  /// Whether a pattern begins here: it goes to the next `/` without a backslash, and a blank, a `)`
  /// or nothing stands behind that.
  private mutating func regex() -> Bool {
    guard current == "/", let next, next != "/" else { return false }
    var end = place + 1
    while end < characters.count, characters[end] != "/" {
      end += characters[end] == "\\" ? 2 : 1
    }
    guard end < characters.count else { return false }
    var after = end + 1
    let ignoresCase = after < characters.count && characters[after] == "i"
    if ignoresCase { after += 1 }
    guard after == characters.count || Self.isBlank(characters[after]) || characters[after] == ")"
    else { return false }
    add(
      .init(
        kind: .regex(ignoresCase: ignoresCase), text: String(characters[(place + 1)..<end]),
        typed: text(place..<after)))
    place = after
    return true
  }

  /// A key with its colon, when a value follows.
  private mutating func takeKey() -> String? {
    var end = place
    while end < characters.count, characters[end].isLetter || end > place && isKeyPart(end) {
      end += 1
    }
    guard end > place, end - place <= 200, end + 1 < characters.count, characters[end] == ":",
      !Self.isBlank(characters[end + 1]), characters[end + 1] != ")" || opens == 0,
      // `std::vector` is text.
      characters[end + 1] != ":", characters[end + 1] != "|",
      // An address, such as https://…, is text.
      !(characters[end + 1] == "/" && end + 2 < characters.count && characters[end + 2] == "/")
    else { return nil }
    defer { place = end + 1 }
    return String(characters[place..<end])
  }

  private func isKeyPart(_ place: Int) -> Bool {
    characters[place].isNumber || "-_.".contains(characters[place])
  }

  private mutating func keyed(_ key: String) {
    if current == "(", let field = Query.Term.Field(key: key) {
      tokens.append(.scope(field))
      return
    }
    let start = place
    var values = [""]
    var isQuoted = false
    var isInside = false
    var depth = 0
    while place < characters.count {
      let character = current
      if Self.quotes.contains(character) {
        isInside.toggle()
        isQuoted = true
      } else if isInside {
        values[values.count - 1].append(Self.isBlank(character) ? " " : character)
      } else {
        if Self.isBlank(character) || character == "|" || isEnd(character, &depth) { break }
        if character == ",", values.count < 32 {
          values.append("")
        } else {
          values[values.count - 1].append(character)
        }
      }
      place += 1
    }
    add(
      .init(
        kind: .keyed(key), text: values.joined(separator: ","),
        values: values.filter { !$0.isEmpty }, isQuoted: isQuoted,
        typed: key + ":" + text(start..<place)))
  }

  /// Whether a parenthesis is not one of the word's own, as in `f(x)`.
  private func isEnd(_ character: Character, _ depth: inout Int) -> Bool {
    if character == "(" { depth += 1 }
    guard character == ")" else { return false }
    if depth == 0, opens > 0 { return true }
    depth = max(0, depth - 1)
    return false
  }

  private mutating func word() {
    let start = place
    var depth = 0
    while place < characters.count {
      if Self.isBlank(current) || current == "|" || Self.quotes.contains(current) { break }
      // `NOT(a)` is meant as `NOT (a)`.
      if current == "(", Self.operators.contains(String(characters[start..<place])) { break }
      if isEnd(current, &depth) { break }
      place += 1
    }
    let typed = String(characters[start..<place])
    switch typed {
    case "AND", "&&": tokens.append(.and(typed))
    case "OR": tokens.append(.or(typed))
    case "NOT": tokens.append(.not(typed))
    default: add(.init(kind: .word, text: typed, typed: typed))
    }
  }

  private static let operators: Set<String> = ["AND", "&&", "OR", "NOT"]
}

extension Query.Term.Field {
  /// The field that a key in a query names.
  init?(key: String) {
    switch key.lowercased() {
    case "title": self = .title
    case "heading", "headings": self = .headings
    case "body", "text": self = .body
    case "code": self = .code
    case "tex": self = .tex
    default: return nil
    }
  }
}
