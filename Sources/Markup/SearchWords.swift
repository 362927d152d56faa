/// A note's words, in the columns of the full-text index.
public struct SearchWords: Sendable {
  /// The title and the other names by which the note is known.
  public let title: WordText
  /// The headings.
  public let headings: WordText
  /// The rest of the text with inline code, but without formulas; then the last part of each link's
  /// target that the text does not show.
  public let body: WordText
  /// The code blocks, then the text of each `<pre>` and what stands behind a fence's language.
  public let code: WordText
  /// The formulas, as `TeXWords` has them.
  public let tex: WordText
  /// What the headings, the text and the code are also found by: `Identifiers` has them, and the
  /// plain words in formulas; what the front matter says; and each character of a script without
  /// blanks once.
  public let parts: WordText

  /// The columns in the order above.
  public var columns: [WordText] { [title, headings, body, code, tex, parts] }

  /// Each word once, with how often it occurs; without those of `tex`, which are no language.
  public func distinctWords() -> [(word: String, count: Int)] {
    WordText.distinct([title, headings, body, code, parts])
  }

  /// Hands out each of these words once: a hash that tells words apart, and, on request, the word.
  public func eachDistinctWord(_ use: (_ hash: UInt64, _ word: () -> String) -> Void) {
    WordText.eachDistinct(of: [title, headings, body, code, parts], use)
  }

  /// A note of which only its names are known.
  public init(titles: [String]) {
    var title = WordText()
    for text in titles { title.append(Array(text.utf8)) }
    (self.title, headings, body) = (title, WordText(), WordText())
    (code, tex, parts) = (WordText(), WordText(), WordText())
  }

  init(_ found: Parts, bytes: [UInt8], titles: [String], values: [String]) {
    var (title, headings, body) = (WordText(), WordText(), WordText())
    var (code, tex, parts) = (WordText(), WordText(), WordText())
    for text in titles {
      title.append(Array(text.utf8))
      Self.each(Array(text.utf8)) { Identifiers.append($0, $1, in: .prose, to: &parts) }
    }
    Self.each(
      found.headingText, from: Self.title(found, titles), without: found.headingFormulas
    ) { view, range in
      headings.append(view, range)
      Identifiers.append(view, range, in: .prose, to: &parts)
    }
    Self.each(found.prose, without: found.formulas) { view, range in
      body.append(view, range)
      Identifiers.append(view, range, in: .prose, to: &parts)
    }
    Self.each(found.names) { view, range in
      body.append(view, range)
      Identifiers.append(view, range, in: .prose, to: &parts)
    }
    Self.each(bytes) { view, _ in
      for block in found.codeBlocks {
        code.append(view, block.content)
        Identifiers.append(view, block.content, in: .code, to: &parts)
      }
      for span in found.codeSpans { Identifiers.append(view, span, in: .span, to: &parts) }
      for formula in found.math {
        TeXWords.append(view, formula.content, to: &tex, names: &parts)
      }
    }
    Self.each(found.codeText) { view, range in
      code.append(view, range)
      Identifiers.append(view, range, in: .code, to: &parts)
    }
    var said = WordText()
    for value in values {
      Self.each(Array(value.utf8)) { view, range in
        said.append(view, range)
        Identifiers.append(view, range, in: .prose, to: &parts)
      }
    }
    parts.append(said)
    parts.appendSigns(of: [title, headings, body, code, said])
    (self.title, self.headings, self.body) = (title, headings, body)
    (self.code, self.tex, self.parts) = (code, tex, parts)
  }

  /// Where the headings begin that are not the title once more.
  private static func title(_ found: Parts, _ titles: [String]) -> Int {
    guard let title = titles.first, let heading = found.headings.first, heading.text == title
    else { return 0 }
    return (found.headingText.firstIndex(of: .newline) ?? found.headingText.count - 1) + 1
  }

  /// A file in UTF-16 is found by its words, though nothing else is read from it.
  init(utf16 bytes: [UInt8], titles: [String]) {
    var (title, body, parts) = (WordText(), WordText(), WordText())
    for text in titles { title.append(Array(text.utf8)) }
    Self.each(Array(SearchText(utf16: bytes).body.utf8)) { view, range in
      body.append(view, range)
      Identifiers.append(view, range, in: .prose, to: &parts)
    }
    parts.appendSigns(of: [title, body])
    (self.title, headings, self.body) = (title, WordText(), body)
    (code, tex, self.parts) = (WordText(), WordText(), parts)
  }

  /// Hands out a text, in stretches between those to be left out.
  private static func each(
    _ bytes: [UInt8], from first: Int = 0, without ranges: [Range<Int>] = [],
    _ use: (ByteView, Range<Int>) -> Void
  ) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      var start = first
      for range in ranges {
        if range.lowerBound > start { use(view, start..<range.lowerBound) }
        start = max(start, range.upperBound)
      }
      if start < view.count { use(view, start..<view.count) }
    }
  }
}
