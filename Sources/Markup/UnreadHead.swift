/// A head that its author may have meant as front matter, and that is read as text.
///
/// What it says is not known, least of all whether the note is private. So a check names it, and
/// nothing of the note is published.
public enum UnreadHead: Sendable, Hashable {
  /// A first line `---` and keys, and no line that ends them.
  case unclosed
  /// Keys below dashes that are not just three, or not at the very start of the file.
  case misplaced
  /// `+++`, as Hugo and Zola have it.
  case toml
  /// `{`, as Hugo has it.
  case json
  /// A text of another encoding.
  case utf16

  /// The head of a note of which `Frontmatter` reads none; `nil` where it looks like none.
  public init?(of bytes: [UInt8]) {
    if Self.isUTF16(bytes) {
      self = .utf16
      return
    }
    let found = unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      return UnreadHead(view, lines: Lines(view))
    }
    guard let found else { return nil }
    self = found
  }

  static func isUTF16(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
  }

  init?(_ view: ByteView, lines: Lines) {
    let start = view.has("\u{FEFF}", at: 0) ? 3 : 0
    var line = 0
    func content(_ line: Int) -> Range<Int> {
      let range = lines.content(line, in: view)
      return view.trimmed(max(range.lowerBound, start)..<max(range.upperBound, start))
    }
    while line < lines.count, content(line).isEmpty { line += 1 }
    let first = content(line)
    switch view[first.lowerBound] {
    case UInt8(ascii: "+") where first.count == 3 && view.has("+++", at: first.lowerBound):
      self = .toml
    case UInt8(ascii: "{") where Self.isBeforeQuote(first.lowerBound + 1, view):
      self = .json
    case UInt8(ascii: "-"), 0xE2:
      guard Self.isDashes(first, view) else { return nil }
      let isFence = first.lowerBound == start && first.count == 3
      line += 1
      while line < lines.count, content(line).isEmpty { line += 1 }
      while line < lines.count, !Self.isKey(content(line), view) {
        if content(line).isEmpty { return nil }
        line += 1
      }
      guard line < lines.count else { return nil }
      self = isFence ? .unclosed : .misplaced
    default: return nil
    }
  }

  /// Whether a quotation mark comes next, as behind the `{` of JSON.
  private static func isBeforeQuote(_ index: Int, _ view: ByteView) -> Bool {
    var index = index
    while view[index].isBlank { index += 1 }
    return view[index] == UInt8(ascii: "\"")
  }

  /// Whether a line is of dashes, with those that a telephone makes of two (U+2013, U+2014).
  private static func isDashes(_ range: Range<Int>, _ view: ByteView) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound {
      if view[index] == UInt8(ascii: "-") {
        index += 1
      } else if view.has("\u{2013}", at: index) || view.has("\u{2014}", at: index) {
        index += 3
      } else {
        return false
      }
    }
    return range.count >= 3
  }

  /// Whether a line is `key: …`, with or without the blank.
  private static func isKey(_ range: Range<Int>, _ view: ByteView) -> Bool {
    var index = range.lowerBound
    while view[index].isWordPart || "_-.\"'".utf8.contains(view[index]) { index += 1 }
    if index > range.lowerBound, view[index] == .space { index += 1 }
    return index > range.lowerBound && view[index] == UInt8(ascii: ":")
      && view[index + 1] != UInt8(ascii: "/")
  }

  /// What is wrong with it.
  var problem: Problem {
    switch self {
    case .unclosed:
      Problem(
        line: 1, message: "the front matter has no end: no line '---' after it; it is read as text")
    case .misplaced:
      Problem(
        line: 1,
        message: "front matter begins with '---' at the start of the file; this is read as text")
    case .toml:
      Problem(
        line: 1, message: "front matter in TOML (+++) is read as text: write it as YAML (---)")
    case .json:
      Problem(line: 1, message: "front matter in JSON ({) is read as text: write it as YAML (---)")
    case .utf16: Problem(line: 1, message: "the file is UTF-16: save it as UTF-8")
    }
  }
}
