import Markup
import TestSupport
import Testing

@Suite struct HostileTests {
  /// Each of these took some parser seconds or its life; here it is enough that they end.
  static let texts: [(name: String, text: String)] = [
    ("unclosed wiki links", repeated("[[x", 50_000)),
    ("unclosed brackets", repeated("[", 50_000) + repeated("]", 50_000)),
    ("open links", repeated("[a](", 30_000)), ("angle links", repeated("[a](<b", 30_000)),
    ("open images", repeated("![a", 30_000) + repeated("](b)", 30_000)),
    ("titles", repeated("[a](b \"c", 30_000)), ("references", repeated("[a][b", 30_000)),
    ("backtick ladder", (1..<700).map { repeated("`", $0) + " " }.joined()),
    ("dollars", repeated("$a ", 50_000)), ("double dollars", repeated("$$a ", 50_000)),
    ("dollar lines", repeated("$$\nx\n\n", 20_000)), ("open tags", repeated("<a '", 50_000)),
    ("comments", repeated("<!-- ", 50_000)), ("stars", repeated("*a _b ", 50_000)),
    ("quotes on a line", repeated(">", 50_000) + "x"),
    ("list on a line", repeated("- ", 30_000) + "]"),
    ("numbers on a line", repeated("1. ", 20_000) + "\nx"),
    ("quotes then blanks", repeated(">", 150) + "\n" + repeated("\n", 100_000)),
    ("nesting by indent", (0..<400).map { repeated("  ", $0) + "- x\n" }.joined()),
    (
      "table bomb",
      repeated("|x", 10_000) + "\n" + repeated("|-", 10_000) + "\n" + repeated("a\n", 5_000)
    ),
    ("bars", repeated("|", 50_000)), ("one long line", repeated("word ", 400_000)),
    ("blank lines", repeated("\n", 200_000)), ("empty items", repeated("-\n", 100_000)),
    ("definitions", (0..<20_000).map { "[r\($0)]: /x\n" }.joined() + repeated("[r1] ", 20_000)),
    ("footnotes", (0..<10_000).map { "[^\($0)]: x\n" }.joined()),
    ("one footnote many times", repeated("[^1]: x\n", 10_000)),
    ("citations", "[" + repeated("@a ", 50_000) + "]"), ("tags", repeated("#a", 50_000)),
    ("URLs", repeated("https://a.b(", 20_000)), ("entities", repeated("&amp", 50_000)),
    ("underline", "a\n" + repeated("=", 100_000)), ("fences", repeated("```\n", 50_001)),
    ("tildes in formulas", repeated("~~~\n$$\n", 20_000)), ("headings", repeated("# a\n", 30_000)),
    ("open front matter", "---\n" + repeated("a: 1\n", 100_000)),
    ("long fence", repeated("`", 100_000) + "\nx\n" + repeated("`", 100_000)),
    ("block ids", repeated("a ^b\n", 50_000)), ("nested callouts", repeated("> [!a] ", 10_000)),
  ]

  static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  @Test("a text made to be slow is read to its end", arguments: texts.indices)
  func ends(index: Int) {
    let document = Document(Self.texts[index].text)
    #expect(isSound(document), "\(Self.texts[index].name)")
    _ = document.searchText
    _ = document.wordCount
    _ = document.lead
  }

  @Test("twenty megabytes on one line are one paragraph")
  func longLine() {
    let document = Document(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 20_000_000))
    #expect(document.blocks.count == 1)
    #expect(document.wordCount == 1)
  }

  @Test("a text of many chunks has each block once")
  func chunks() {
    let text = (0..<70_000).map { "Paragraph \($0) [[n]]\n\n" }.joined()
    let document = Document(text)
    #expect(document.blocks.count == 70_000)
    #expect(document.links.count == 70_000)
    #expect(document.links.last?.line == 139_999)
  }

  @Test("random bytes make a sound document", arguments: 0..<300)
  func random(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var bytes: [UInt8] = []
    let pieces = Self.pieces
    for _ in 0..<random.below(400) {
      if random.below(5) == 0 {
        bytes.append(UInt8(random.below(256)))
      } else {
        bytes += Array(pieces[random.below(pieces.count)].utf8)
      }
    }
    let document = Document(bytes: bytes)
    #expect(isSound(document))
    let edits = document.links.map { (range: $0.targetRange, text: document.text($0.targetRange)) }
    if String(validating: bytes, as: UTF8.self) != nil {
      #expect(document.replacingTargets(edits) == bytes)
    }
    let changed = Document(bytes: document.setting("key", to: .scalar("v: @1")))
    if document.problems.isEmpty { #expect(changed.frontmatter?.text("key") == "v: @1") }
    #expect(changed.bytes.suffix(document.body.count) == bytes[document.body])
    for cut in [0, bytes.count / 3, bytes.count / 2] {
      #expect(isSound(Document(bytes: Array(bytes[cut...]))))
    }
  }

  static let pieces = [
    "\n", "\n", "\r\n", "\r", "\n\n", "---\n", "key: value\n", "- a\n", "- ", "> ", "    ", "\t",
    "# ", "## h", "\n===\n", "```", "~~~", "$$", "$", "$$\n", "[[", "]]", "[", "]", "(", ")", "](",
    "![", "!", "<", ">", "<!--", "-->", "<div>", "https://", "@key", "#tag", "^id", "|", "|--|",
    "\n|--|--|\n", "\\", "`", "``", "*", "_", "~~", "==", "&amp;", "[^1]", "[^1]: ", "[r]: /x ",
    "[!note]+ ", "text ", "word", "汉字", "é", "\u{FEFF}", "\u{2028}", "\0", "1. ", "\"", "'", ": ",
    "{#a}", "...\n", "%20", "a#b", "[x][r]", "\\|",
  ]

  @Test("no note of the real vault loses or gains a wiki link", .enabled(if: SharedData.exists))
  func realVault() throws {
    var found = 0
    for (path, bytes) in try vaultNotes() {
      let document = Document(bytes: bytes)
      #expect(isSound(document), "\(path)")
      #expect(document.problems.isEmpty, "\(path)")
      let links = document.links.filter { $0.kind == .wiki || $0.kind == .embed }
      found += links.count
      for link in links {
        let text = document.text(link.range)
        #expect(text.hasPrefix("[[") || text.hasPrefix("![["))
        #expect(text.hasSuffix("]]"))
        #expect(document.text(link.targetRange) == link.target)
      }
      let starts = Set(links.map { $0.range.lowerBound + ($0.kind == .embed ? 1 : 0) })
      for start in naiveLinks(bytes) where !starts.contains(start) {
        #expect(isInCode(start, document), "\(path) byte \(start)")
      }
      let edits = document.links.map {
        (range: $0.targetRange, text: document.text($0.targetRange))
      }
      #expect(document.replacingTargets(edits) == bytes)
    }
    #expect(found > 2_300)
  }

  /// Where `[[…]]` stands on one line, found without any care.
  private func naiveLinks(_ bytes: [UInt8]) -> [Int] {
    var starts: [Int] = []
    var open: Int?
    for index in bytes.indices.dropLast() {
      switch (bytes[index], bytes[index + 1]) {
      case (UInt8(ascii: "["), UInt8(ascii: "[")): open = index
      case (UInt8(ascii: "]"), UInt8(ascii: "]")):
        if let start = open, index > start + 2 { starts.append(start) }
        open = nil
      case (UInt8(ascii: "\n"), _): open = nil
      default: break
      }
    }
    return starts
  }

  /// Whether a byte is in a code block, in a formula, or on a line after an odd number of backticks.
  private func isInCode(_ offset: Int, _ document: Document) -> Bool {
    if document.codeBlocks.contains(where: { $0.content.contains(offset) }) { return true }
    if document.math.contains(where: { $0.content.contains(offset) }) { return true }
    var ticks = 0
    var index = offset
    while index > 0, document.bytes[index - 1] != UInt8(ascii: "\n") {
      index -= 1
      if document.bytes[index] == UInt8(ascii: "`") { ticks += 1 }
    }
    return ticks % 2 == 1
  }
}
