/// A note's text, taken apart: everything the index, a rename and a check need, with exact bytes.
///
/// Any bytes make a document. Ranges count bytes from the start of the file, lines from 1.
public struct Document: Sendable {
  /// The bytes of the file.
  public let bytes: [UInt8]
  /// The YAML at its head.
  public let frontmatter: Frontmatter?
  /// The bytes after the front matter, or after a byte order mark.
  public let body: Range<Int>
  /// What could not be read as meant.
  public let problems: [Problem]
  private let parts: Parts
  /// How many lines there are.
  let lineCount: Int
  private let isUTF16: Bool

  /// Reads a note.
  public init(bytes: [UInt8]) { self.init(bytes: bytes, defining: [:]) }

  /// Reads a part of a note, of which other parts define references.
  init(bytes: [UInt8], defining definitions: [String: LinkDefinition]) {
    self.bytes = bytes
    isUTF16 = UnreadHead.isUTF16(bytes)
    if isUTF16 {
      frontmatter = nil
      body = 2..<bytes.count
      problems = [UnreadHead.utf16.problem]
      parts = Parts()
      lineCount = 0
      return
    }
    var problems: [Problem] = []
    var frontmatter: Frontmatter?
    var body = 0..<bytes.count
    (parts, lineCount) = unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let lines = Lines(view)
      frontmatter = Frontmatter(view, lines: lines, problems: &problems)
      var firstLine = 0
      if let frontmatter {
        body = frontmatter.range.upperBound..<bytes.count
        firstLine = lines.line(behind: frontmatter.range.upperBound)
      } else {
        if let head = UnreadHead(view, lines: lines) { problems.append(head.problem) }
        if view.has("\u{FEFF}", at: 0) { body = 3..<bytes.count }
      }
      if problems.isEmpty, let stray = StrayWord(view, lines: lines, frontmatter) {
        problems.append(stray.problem)
      }
      var parser = DocumentParser(
        view, lines: lines, firstLine: firstLine, definitions: definitions)
      return (parser.parse(), lines.count)
    }
    self.frontmatter = frontmatter
    self.body = body
    self.problems = problems
  }

  /// Reads a note from text.
  public init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  /// The title in the front matter, else the first heading of level 1; nil if there is neither.
  public var title: String? {
    frontmatter?.title ?? headings.first { $0.level == 1 && !$0.text.isEmpty }?.text
  }

  /// The blocks in order; no two overlap.
  public var blocks: [Block] { parts.blocks }
  /// The blocks within the quotes, callouts and footnotes, in order, each from the beginning of its first
  /// line on; of quotes within quotes those of the innermost.
  var innerBlocks: [Block] { parts.innerBlocks }
  /// The headings in order.
  public var headings: [Heading] { parts.headings }
  /// The links in order, without those in code and formulas.
  public var links: [Link] { parts.links }
  /// The definitions of reference links in order.
  public var definitions: [LinkDefinition] { parts.definitions }
  /// The definitions by the form in which references are compared; of several, the first counts.
  var definitionsByKey: [String: LinkDefinition] {
    if definitions.isEmpty { return [:] }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      return Dictionary(
        definitions.map { (LinkDefinition.key(view, $0.referenceRange), $0) },
        uniquingKeysWith: { first, _ in first })
    }
  }
  /// The tags in the text in order.
  public var tags: [Tag] { parts.tags }
  /// The code blocks in order.
  public var codeBlocks: [CodeBlock] { parts.codeBlocks }
  /// The formulas in order.
  public var math: [Math] { parts.math }
  /// The footnotes' marks and texts in order.
  public var footnotes: [Footnote] { parts.footnotes }
  /// The callouts in order.
  public var callouts: [Callout] { parts.callouts }
  /// The citations in order.
  public var citations: [Citation] { parts.citations }
  /// The ids of blocks, without the `^`, in order.
  public var blockIDs: [String] { parts.blockIDs }
  /// The names that elements of HTML in the text have (`<a id="name">`), each once, in order, without
  /// those that a heading has.
  public var elementNames: [String] {
    if parts.elementNames.isEmpty { return [] }
    var seen = Set(headings.map(\.anchor))
    return parts.elementNames.map(\.name).filter { seen.insert($0).inserted }
  }

  /// The byte where the element of HTML begins that has a name.
  func element(named name: String) -> Int? {
    parts.elementNames.first { $0.name == name }?.offset
  }

  /// The tags of the front matter and of the text, each once, as first written.
  public var allTags: [String] {
    Self.unique((frontmatter?.tags ?? []) + tags.map(\.name))
  }

  /// Tags, each once, as first written.
  public static func unique(_ tags: [String]) -> [String] {
    var seen: Set<String> = []
    return tags.filter { seen.insert($0.lowercased()).inserted }
  }

  /// The bytes of each code span, with its backticks.
  var codeSpans: [Range<Int>] { parts.codeSpans }

  /// What a comparison of words takes as one word: code spans, formulas and links, in order.
  var atoms: [Range<Int>] {
    (parts.codeSpans + parts.math.map(\.range) + parts.links.map(\.range))
      .sorted { ($0.lowerBound, -$0.upperBound) < ($1.lowerBound, -$1.upperBound) }
  }

  /// The block of HTML in which a byte stands, in whatever that stands itself.
  func htmlBlock(at offset: Int) -> Range<Int>? {
    let first = parts.htmlBlocks.partitionPoint { $0.upperBound <= offset }
    guard first < parts.htmlBlocks.count else { return nil }
    return parts.htmlBlocks[first].contains(offset) ? parts.htmlBlocks[first] : nil
  }

  /// The whole lines in which some bytes stand, without the last line's end.
  public func lines(around range: Range<Int>) -> Range<Int> {
    let start = bytes[..<range.lowerBound].lastIndex(where: \.isLineEnd).map { $0 + 1 } ?? 0
    let end = bytes[range.upperBound...].firstIndex(where: \.isLineEnd) ?? bytes.count
    return start..<end
  }

  /// The text of some bytes; those that are not UTF-8 become U+FFFD.
  public func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
  }

  /// The block in which a byte stands.
  public func block(at offset: Int) -> Block? {
    let first = blocks.partitionPoint { $0.range.upperBound <= offset }
    return first < blocks.count && blocks[first].range.contains(offset) ? blocks[first] : nil
  }

  /// The block in which a byte stands, and within a quote, a callout or a footnote the one there.
  func innermostBlock(at offset: Int) -> Block? {
    let first = innerBlocks.partitionPoint { $0.range.upperBound <= offset }
    if first < innerBlocks.count, innerBlocks[first].range.contains(offset) {
      return innerBlocks[first]
    }
    return block(at: offset)
  }

  /// The plain text for a full-text index.
  public var searchText: SearchText {
    isUTF16 ? SearchText(utf16: bytes) : SearchText(parts, bytes: bytes)
  }

  /// The words for the full-text index, under the title and other names given.
  public func searchWords(titles: [String]) -> SearchWords {
    isUTF16
      ? SearchWords(utf16: bytes, titles: titles)
      : SearchWords(parts, bytes: bytes, titles: titles, values: frontmatter?.saidValues ?? [])
  }

  /// How many words the text and the headings have; a Chinese or Japanese character is one.
  public var wordCount: Int { countWords(parts.headingText) + countWords(parts.prose) }

  /// The first paragraph as plain text, at most 300 bytes.
  public var lead: String {
    guard let range = parts.lead, range.upperBound <= parts.prose.count else { return "" }
    guard range.count > 300 else { return String(decoding: parts.prose[range], as: UTF8.self) }
    var end = range.lowerBound + 297
    while end > range.lowerBound, parts.prose[end] & 0xC0 == 0x80 { end -= 1 }
    var word = end
    while word > end - 30, word > range.lowerBound, parts.prose[word] != .space { word -= 1 }
    if parts.prose[word] == .space { end = word }
    return String(decoding: parts.prose[range.lowerBound..<end], as: UTF8.self) + "…"
  }
}
