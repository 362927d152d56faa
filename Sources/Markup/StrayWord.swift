/// A line near the beginning of a note that says `private: true` or `draft: true`, where nothing reads it:
/// in a second block, below a sign that is no `---`, behind a stray blank.
///
/// Its author takes the note for private. So a check names it, and nothing of the note is published.
public struct StrayWord: Sendable, Hashable {
  /// The line, counted from 1.
  public let line: Int
  /// `private` or `draft`.
  public let word: String

  /// As many lines behind the front matter are looked at: what is meant for a head stands at the top.
  private static let lines = 30
  private static let words: Set<String> = ["private", "draft"]
  private static let yes: Set<String> = ["true", "yes", "on", "y", "1"]

  /// The first such line of a note.
  public init?(of bytes: [UInt8], _ frontmatter: Frontmatter?) {
    let found = unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      return StrayWord(view, lines: Lines(view), frontmatter)
    }
    guard let found else { return nil }
    self = found
  }

  init?(_ view: ByteView, lines: Lines, _ frontmatter: Frontmatter?) {
    let head = frontmatter.map { lines.line(behind: $0.range.upperBound) } ?? 0
    var isCode = false
    for line in 0..<min(lines.count, head + Self.lines) {
      let content = lines.content(line, in: view)
      guard content.count < 200 else { continue }
      if line < head {
        // What is indented belongs to another key.
        if view[content.lowerBound].isSpaceOrTab { continue }
      } else {
        let start = view.trimmed(content).lowerBound
        if view.has("<pre", at: start) || view.has("</pre", at: start)
          || view.endOfFence(at: start, before: content.upperBound) != nil
        {
          isCode.toggle()
        }
        // Quotes, items, comments and HTML tell of something.
        if isCode || start - content.lowerBound >= 4 || view[content.lowerBound] == .tab
          || "><-*+#|`".utf8.contains(view[start])
        {
          continue
        }
      }
      // Most lines are passed over by their first letter.
      guard let first = content.first(where: { view[$0].isLetter }),
        "pPdD".utf8.contains(view[first])
      else { continue }
      let parts = view.text(content).split(maxSplits: 1) { ":=：".contains($0) }
      guard parts.count == 2 else { continue }
      let word = Self.letters(of: parts[0])
      guard Self.words.contains(word), Self.yes.contains(Self.letters(of: parts[1])),
        line >= head || !(frontmatter?.entries.contains { $0.key.lowercased() == word } ?? false)
      else { continue }
      (self.line, self.word) = (line + 1, word)
      return
    }
    return nil
  }

  /// The letters and digits alone: neither quotes and dashes nor signs that nobody sees.
  private static func letters(of text: Substring) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter(\.properties.isAlphabeticOrDigit)))
      .lowercased()
  }

  /// What is wrong with it.
  var problem: Problem {
    Problem(
      line: line,
      message: "'\(word)' is no key of the front matter here, which begins and ends with '---'")
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isAlphabeticOrDigit: Bool { isAlphabetic || numericType != nil }
}
