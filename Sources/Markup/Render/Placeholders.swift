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

  private static let begin: Character = "\u{E000}"
  private static let end: Character = "\u{E001}"

  let text: [UInt8]
  private let items: [Item]
  private let sources: [String]

  init(_ document: Document) {
    var marks: [(range: Range<Int>, item: Item)] = []
    for link in document.links where link.kind == .wiki || link.kind == .embed {
      marks.append((link.range, .link(link)))
    }
    for math in document.math {
      let range = Self.whole(math, in: document.bytes)
      marks.append(
        (range, .math(source: document.text(math.content), isDisplay: math.isDisplay)))
    }
    for comment in document.comments { marks.append((comment, .comment)) }
    marks.sort { $0.range.lowerBound < $1.range.lowerBound }
    var text: [UInt8] = []
    var items: [Item] = []
    var sources: [String] = []
    var done = document.body.lowerBound
    func copy(to end: Int) {
      let part = String(decoding: document.bytes[done..<end], as: UTF8.self)
      text += Array(part.replacing("\u{E000}", with: "\u{FFFD}").utf8)
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
  }

  /// A formula with its dollar signs, from which blanks and line ends can keep its content apart.
  private static func whole(_ math: Math, in bytes: [UInt8]) -> Range<Int> {
    let width = math.isDisplay ? 2 : 1
    var (start, end) = (math.content.lowerBound, math.content.upperBound)
    while start > width, bytes[start - 1].isBlank { start -= 1 }
    while end + width < bytes.count, bytes[end].isBlank { end += 1 }
    return start - width..<end + width
  }

  /// The parts of a text, between and at its placeholders.
  func parts(_ text: String) -> [(text: Substring, item: Item?)] {
    var parts: [(Substring, Item?)] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: Self.begin) {
      guard let close = rest[start...].firstIndex(of: Self.end),
        let number = Int(rest[rest.index(after: start)..<close]), items.indices.contains(number)
      else { break }
      if start > rest.startIndex { parts.append((rest[..<start], nil)) }
      parts.append((rest[start...close], items[number]))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append((rest, nil)) }
    return parts
  }

  /// A text with each placeholder replaced by what was written there.
  func restored(_ text: String) -> String {
    guard text.contains(Self.begin) else { return text }
    return parts(text).map { part in
      if part.item == nil { return String(part.text) }
      return Int(part.text.dropFirst().dropLast()).map { sources[$0] } ?? ""
    }.joined()
  }
}
