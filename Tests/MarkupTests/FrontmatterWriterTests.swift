import Markup
import Testing

@Suite struct FrontmatterWriterTests {
  private func set(_ text: String, _ key: String, _ value: Frontmatter.Value?) -> String {
    String(decoding: Document(text).setting(key, to: value), as: UTF8.self)
  }

  @Test(
    "only the key's own lines change",
    arguments: [
      ("---\na: 1\n# c\nb: 2\n---\nx", "a", "9", "---\na: \"9\"\n# c\nb: 2\n---\nx"),
      ("---\r\na: x\r\nb:   y\r\n---\r\nz", "a", "q", "---\r\na: q\r\nb:   y\r\n---\r\nz"),
      ("---\na:\n  - x\n  - y\n\nb: 2\n---\n", "a", "z", "---\na: z\n\nb: 2\n---\n"),
      ("---\nb: |\n  l\n  m\nc: 1\n---\n", "b", "t", "---\nb: t\nc: 1\n---\n"),
      ("---\na: 1\n---\nx", "new", "v", "---\na: 1\nnew: v\n---\nx"),
      ("---\n---\nx", "a", "v", "---\na: v\n---\nx"),
      ("text\n", "a", "v", "---\na: v\n---\n\ntext\n"),
      ("a\r\nb", "k", "v", "---\r\nk: v\r\n---\r\n\r\na\r\nb"),
      ("", "a", "v", "---\na: v\n---\n"),
      ("\u{FEFF}text", "a", "v", "\u{FEFF}---\na: v\n---\n\ntext"),
      ("---\na: b: c\nd: 1\n---\n", "a", "v", "---\na: v\nd: 1\n---\n"),
      ("---\n{a: x, b: q}\n---\nz", "a", "v", "---\nb: q\na: v\n---\nz"),
      ("---\na: x  # why\nb: 2\n---\n", "a", "v", "---\na: v  # why\nb: 2\n---\n"),
      ("---\r\na: \"x # y\" # why\r\n---\r\n", "a", "v", "---\r\na: v # why\r\n---\r\n"),
      ("---\na: 'it''s # y' # why\n---\n", "a", "v", "---\na: v # why\n---\n"),
      ("---\na: C #1\n---\n", "a", "v", "---\na: v\n---\n"),
      ("---\na: |\n  x # y\n---\n", "a", "v", "---\na: v\n---\n"),
      ("---\nUpdated: x\nb: 2\n---\n", "updated", "v", "---\nUpdated: v\nb: 2\n---\n"),
    ])
  func changes(text: String, key: String, value: String, expected: String) {
    #expect(set(text, key, .scalar(value)) == expected)
  }

  @Test("a key is taken away with its lines and nothing else")
  func removal() {
    #expect(set("---\na: 1\nb:\n- x\n# c\n---\ny", "b", nil) == "---\na: 1\n# c\n---\ny")
    #expect(set("---\na: 1\n---\ny", "b", nil) == "---\na: 1\n---\ny")
    #expect(set("y", "b", nil) == "y")
  }

  @Test(
    "what is written is read back, by us and by the whole of YAML",
    arguments: [
      "a: b", "@x", "# y", "yes", "2001", "2001-01-01", "it's \"quoted\"", "\u{1B}[31m\u{7}", "",
      " blank ", "C# #1", "a\nb\tc", "[x]", "{y}", "*a", "&a", "!t", "%p", "`c`", "- d", "? e",
      "null", "~", "1.5", "0x1F", "12:30", "é汉\u{2028}\u{85}\u{FEFF}", "a,b", "end:", "\\", "plain",
      "one 'two' three", "key: [a", "#tag", "true", "-", "---", "a # b", "/usr/x", "9e9",
    ])
  func roundTrip(text: String) throws {
    let block = Frontmatter.render([
      ("title", .scalar(text)), ("tags", .list([.scalar(text), .scalar("x")])),
      (
        "map",
        .map([.init("k", .scalar(text)), .init("l", .list([.map([.init("m", .scalar(text))])]))])
      ),
    ])
    let document = Document("---\n\(block)---\n")
    #expect(document.problems.isEmpty)
    let entries = try #require(document.frontmatter?.entries)
    #expect(entries.map(\.key) == ["title", "tags", "map"])
    #expect(entries[0].value == .scalar(text))
    #expect(entries[1].value == .list([.scalar(text), .scalar("x")]))
    #expect(
      entries[2].value
        == .map([.init("k", .scalar(text)), .init("l", .list([.map([.init("m", .scalar(text))])]))])
    )
    let simple = Document(bytes: Document("x").setting("title", to: .scalar(text)))
    #expect((simple.title ?? "") == text)
  }

  @Test("dates and truths are written as other tools want them")
  func typed() {
    #expect(
      Frontmatter.render([
        ("created", .scalar("2022-11-29")), ("draft", .scalar("true")), ("title", .scalar("true")),
        ("tags", .list([])),
      ]) == "created: 2022-11-29\ndraft: true\ntitle: \"true\"\ntags: []\n")
  }
}
