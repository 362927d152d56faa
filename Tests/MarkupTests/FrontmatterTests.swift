import Markup
import Testing

@Suite struct FrontmatterTests {
  @Test(
    "text stays text",
    arguments: [
      "yes", "12:30:45", "2001-01-01", "C# #1", "0x1F", "1e3", "null", "~x", "http://a.b/c#d",
      "a #b", "It's 50% off", "-5", "a:b", "中文",
    ])
  func scalars(text: String) {
    #expect(Document("---\ntitle: \(text)\n---\n").title == text)
    // The same by way of the whole of YAML, which the second key needs.
    #expect(Document("---\ntitle: \(text)\nx: {a: 1}\n---\n").title == text)
  }

  @Test("a comment is no part of a value")
  func comments() {
    let document = Document("---\n# head\ndraft: true # not yet\ntitle: \"a # b\" \n---\n")
    #expect(document.frontmatter?.text("draft") == "true")
    #expect(document.title == "a # b")
  }

  @Test("lists, nested keys and long texts are read in the order of the file")
  func shapes() {
    let document = Document(
      """
      ---
      tags:
        - a
        - "b c"
      aliases: [x, 'y']
      nested: {k: [1, 2], l: v}
      long: |
        two
        lines
      empty:
      ---
      """)
    #expect(document.problems.isEmpty)
    #expect(
      document.frontmatter?.entries == [
        .init("tags", .list([.scalar("a"), .scalar("b c")])),
        .init("aliases", .list([.scalar("x"), .scalar("y")])),
        .init(
          "nested",
          .map([.init("k", .list([.scalar("1"), .scalar("2")])), .init("l", .scalar("v"))])),
        .init("long", .scalar("two\nlines\n")),
        .init("empty", .scalar("")),
      ])
    #expect(document.frontmatter?.line(of: "nested") == 6)
  }

  @Test(
    "front matter begins at the first byte and ends within 64 KiB, or it is text",
    arguments: [
      ("---\na: 1\n---\nx", true), ("\u{FEFF}---\na: 1\n---\nx", true),
      ("---\r\na: 1\r\n---\r\nx", true), ("--- \na: 1\n...\nx", true), ("---\n---\n", true),
      ("---\na: 1\n---", true), ("\n---\na: 1\n---\n", false), ("---\na: 1\n", false),
      ("text\n---\na: 1\n---\n", false), ("----\na: 1\n---\n", false), ("---", false),
      ("---\n\(String(repeating: "a: 1\n", count: 14_000))---\n", false),
    ])
  func where_(text: String, isThere: Bool) {
    let document = Document(text)
    #expect((document.frontmatter != nil) == isThere)
    #expect(document.body.upperBound == document.bytes.count)
  }

  @Test(
    "a head that looks like front matter and is read as text is a problem, other heads are none",
    arguments: [
      ("---\ntitle: x\nprivate: true\n\ntext", .unclosed),
      ("---\n\n# note\nprivate:true\n----\n\ntext", .unclosed),
      ("\u{FEFF}---\r\ndraft : yes\r\n", .unclosed),
      ("---\n\(String(repeating: "a: 1\n", count: 14_000))---\n", .unclosed),
      ("----\ntitle: x\n---\n", .misplaced), ("\n---\n\"private\": x\n---\n", .misplaced),
      (" ---\na: 1\n---\n", .misplaced), ("—-\na: 1\n—-\n", .misplaced),
      ("+++\ndraft = true\n+++\n", .toml), ("\n+++ \n", .toml),
      ("{\n\"draft\": true\n}\n", .json), ("{ \"a\": 1 }", .json),
      ("", nil), ("---", nil), ("---\n\nText. And: more\n", nil), ("---\n## H\n\na: b\n", nil),
      ("---\nhttp://x.y\n", nil), ("--\na: 1\n", nil), ("- a: 1\n", nil), ("title: x\n", nil),
      ("{{< figure >}}\n", nil), ("{: .class}\n", nil), ("++++\n", nil),
      ("---\na: 1\n---\n", nil),
    ] as [(String, UnreadHead?)])
  func unreadHeads(text: String, head: UnreadHead?) {
    let document = Document(text)
    #expect(document.problems.isEmpty == (head == nil))
    if document.frontmatter == nil { #expect(UnreadHead(of: document.bytes) == head) }
  }

  @Test(
    "a line that says private where nothing reads it is a problem, words of a text are none",
    arguments: [
      ("---\n# settings\n\nprivate: true\n----\n\n# A\n", 4), ("***\nprivate: true\n***\n", 2),
      ("---\ntitle: a\n---\n---\nprivate: true\n---\n", 5), ("<!-- x -->\n---\ndraft: yes\n", 3),
      ("--- # x\nprivate: true\n---\n", 2), ("---toml\nprivate = true\n---\n", 2),
      ("---\n\u{A0}private: true\n---\n", 2), ("---\nprivate\u{200B}: true\n---\n", 2),
      ("---\n- a\n\n'private' : 'True'\n", 4),
      ("\u{A0}---\nDraft: 1\n---\n", 2), ("private：true\n", 1), ("{\n private: true\n}\n", 2),
      ("---\nprivate: true\n---\n", nil), ("---\nprivate: true\n---\nprivate: false\n", nil),
      ("```yaml\nprivate: true\n```\n", nil), ("    private: true\n", nil),
      ("Draft: comments are welcome\n", nil), ("private: no\n", nil), ("so draft: true\n", nil),
      (String(repeating: "a\n", count: 40) + "private: true\n", nil), ("private:\n", nil),
      ("---\nmeta:\n  draft: true\n---\n", nil), ("---\na: |\n  b\n  draft: true\n---\n", nil),
      ("- `draft: true`\n- draft: true\n", nil), ("> ```\n> draft: true\n> ```\n", nil),
      ("`draft: true`\n", nil), ("<!-- draft: true -->\n", nil),
      ("<pre>\ndraft: true\n</pre>\n", nil), ("```bash```\n\nprivate: true\n", 3),
    ] as [(String, Int?)])
  func strayWords(text: String, line: Int?) {
    let document = Document(text)
    #expect(document.problems.first?.line == line, "\(document.problems)")
    #expect(StrayWord(of: document.bytes, document.frontmatter)?.line == line)
  }

  @Test(
    "a broken front matter is named by its line, and what can be read is",
    arguments: [
      ("title: Sound\nbad: a: b\n", 3), ("title: Sound\nbad: @x\n", 3),
      ("title: Sound\nbad: \"open\n", nil), ("title: Sound\n\tbad: 1\n", nil),
      ("title: Sound\ntitle: Again\n", nil), ("title: Sound\nbad: &a [*a]\n", 3),
      ("title: Sound\nbad: *x\n", nil), ("title: Sound\n[a]: b\n", 3),
      ("title: Sound\n? [a, b]\n: c\n", nil), ("title: Sound\nbad: \u{1}\n", nil),
      ("title: Sound\nbad: [\(String(repeating: "[", count: 5_000))\n", nil),
      (
        "title: Sound\nbad: \(String(repeating: "[", count: 40))\(String(repeating: "]", count: 40))\n",
        3
      ),
    ] as [(String, Int?)])
  func broken(yaml: String, line: Int?) throws {
    let document = Document("---\n\(yaml)---\n# Body\n")
    let problem = try #require(document.problems.first)
    if let line { #expect(problem.line == line) }
    #expect(!problem.message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
    #expect(document.title == "Sound")
    #expect(document.headings.map(\.text) == ["Body"])
  }

  @Test(
    "YAML that would trap or explode a loader is only a problem",
    arguments: [
      "[a]: b", "? [a,b]", "{[a]: b}", "a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]", "- a\n- b",
      "just text", "a: 999999999999999999:59:59", "a: !!float x", "%YAML 9", "a: !<!> b",
      "--- a\n--- b", "a: \"\\e[31m\\x07\"",
    ])
  func hostile(yaml: String) {
    let document = Document("---\n\(yaml)\n---\nbody [[x]]\n")
    #expect(document.links.count == 1)
  }

  @Test("ten thousand keys are read and twice as many are refused")
  func many() {
    let keys = { (count: Int) in (0..<count).map { "k\($0): {}\n" }.joined() }
    #expect(Document("---\n\(keys(4_000))---\n").frontmatter?.entries.count == 4_000)
    #expect(Document("---\n\(keys(5_500))---\n").problems.count == 1)
  }

  @Test("tags may be a list or words, with or without a hash")
  func tags() {
    let tags = { (text: String) in Document("---\n\(text)\n---\n").frontmatter?.tags ?? [] }
    #expect(tags("tags: a, b c, #d") == ["a", "b c", "d"])
    #expect(tags("tags: a #b") == ["a", "b"])
    #expect(tags("tags:\n- x\n- '#y'") == ["x", "y"])
    #expect(tags("keywords: [p, q]") == ["p", "q"])
    #expect(tags("tags:") == [])
  }
}
