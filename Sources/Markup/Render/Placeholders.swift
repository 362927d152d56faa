/// A text in which what Markdown must not touch stands as a placeholder: formulas and wiki links.
///
/// cmark makes emphasis and links of what is in a formula, and loses a table over the bar in a wiki
/// link. A placeholder is a number between two characters for private use; those that the text has
/// itself are replaced before.
struct Placeholders {
  /// What a placeholder stands for.
  enum Item {
    case link(Link)
    case math(source: String, isDisplay: Bool)
    /// Words for the author only.
    case comment
  }

  private static let begin: Unicode.Scalar = "\u{E000}"
  private static let end: Unicode.Scalar = "\u{E001}"

  let text: [UInt8]
  /// What is left out of it.
  let comments: [Range<Int>]
  private let items: [Item]
  private let sources: [String]
  /// Where parts of the text stand in it and in the document.
  private let parts: [(text: Int, document: Int)]

  init(_ document: Document) {
    var marks: [(range: Range<Int>, item: Item)] = []
    for link in document.links where link.kind.isByName {
      marks.append((link.range, .link(link)))
    }
    for math in document.math {
      marks.append(
        (math.range, .math(source: Self.source(of: math, in: document), isDisplay: math.isDisplay)))
    }
    comments = document.comments
    for comment in comments { marks.append((comment, .comment)) }
    marks.sort { $0.range.lowerBound < $1.range.lowerBound }
    var text: [UInt8] = []
    var items: [Item] = []
    var sources: [String] = []
    var parts: [(text: Int, document: Int)] = []
    var done = document.body.lowerBound
    func copy(to end: Int) {
      parts.append((text.count, done))
      var part = String(decoding: document.bytes[done..<end], as: UTF8.self)
      if part.unicodeScalars.contains(Self.begin) {
        part = String(
          String.UnicodeScalarView(
            part.unicodeScalars.map { $0 == Self.begin ? "\u{FFFD}" : $0 }))
      }
      text += Array(part.utf8)
    }
    for (range, item) in marks where range.lowerBound >= done {
      copy(to: range.lowerBound)
      if case .comment = item {
        done = range.upperBound
        continue
      }
      text += Array("\(Self.begin)\(items.count)\(Self.end)".utf8)
      items.append(item)
      sources.append(document.text(range))
      done = range.upperBound
    }
    copy(to: max(done, document.bytes.count))
    self.text = text
    self.items = items
    self.sources = sources
    self.parts = parts
  }

  /// Where the lines of the text begin in the document, and where the last one ends.
  var lines: [Int] {
    var starts = [0]
    for (place, byte) in text.enumerated() where byte == .newline || byte == .carriageReturn {
      let isFirstOfTwo =
        byte == .carriageReturn && place + 1 < text.count && text[place + 1] == .newline
      if !isFirstOfTwo { starts.append(place + 1) }
    }
    starts.append(text.count)
    var part = 0
    return starts.map { start in
      while part + 1 < parts.count, parts[part + 1].text <= start { part += 1 }
      return parts[part].document + start - parts[part].text
    }
  }

  /// A formula without the marks of the quotes that it stands in, which its lines begin with.
  private static func source(of math: Math, in document: Document) -> String {
    let bytes = document.bytes
    let lead = bytes[..<math.range.lowerBound].reversed().prefix { !$0.isLineEnd }
    let depth = lead.count { $0 == UInt8(ascii: ">") }
    guard depth > 0, lead.allSatisfy({ $0.isSpaceOrTab || $0 == UInt8(ascii: ">") }) else {
      return document.text(math.content)
    }
    // In a fence the first line of the content begins as all do.
    let start = math.content.lowerBound
    let isFenced = start > 0 && bytes[start - 1].isLineEnd
    let lines = bytes[math.content].split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let unquoted = lines.enumerated().map { place, line in
      var rest = line
      for _ in 0..<(place == 0 && !isFenced ? 0 : depth) {
        let inner = rest.drop(while: \.isSpaceOrTab)
        guard inner.first == UInt8(ascii: ">") else { break }
        rest = inner.dropFirst()
        if rest.first == .space { rest.removeFirst() }
      }
      return rest
    }
    return String(decoding: Array(unquoted.joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self)
  }

  /// The parts of a text, between and at its placeholders.
  func parts(_ text: String) -> [(text: Substring, item: Item?)] {
    if items.isEmpty || !text.mayHaveMarks { return text.isEmpty ? [] : [(text[...], nil)] }
    var parts: [(Substring, Item?)] = []
    // By scalars: an accent behind a placeholder would be one character with its end.
    var rest = text[...].unicodeScalars
    while let start = rest.firstIndex(of: Self.begin) {
      guard let close = rest[start...].firstIndex(of: Self.end),
        let number = Int(Substring(rest[rest.index(after: start)..<close])),
        items.indices.contains(number)
      else { break }
      if start > rest.startIndex { parts.append((Substring(rest[..<start]), nil)) }
      parts.append((Substring(rest[start...close]), items[number]))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append((Substring(rest), nil)) }
    return parts
  }

  /// What a text stands for that is one placeholder and no more.
  func only(_ text: String) -> Item? {
    guard text.unicodeScalars.first == Self.begin else { return nil }
    let parts = parts(text)
    return parts.count == 1 ? parts[0].item : nil
  }

  /// A text with each placeholder replaced by what was written there.
  func restored(_ text: String) -> String {
    guard text.mayHaveMarks else { return text }
    return parts(text).map { part in
      if part.item == nil { return String(part.text) }
      return Int(Substring(part.text.unicodeScalars.dropFirst().dropLast())).map { sources[$0] }
        ?? ""
    }.joined()
  }
}
