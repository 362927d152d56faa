import Markup
import Testing

@Suite struct LinkTests {
  @Test(
    "a link of each kind gives its target, anchor and label",
    arguments: [
      ("[[note]]", Link.Kind.wiki, "note", nil, nil),
      ("[[dir/my note|a text]]", .wiki, "dir/my note", nil, "a text"),
      ("[[note#A heading]]", .wiki, "note", "A heading", nil),
      ("[[note#^block|x]]", .wiki, "note", "^block", "x"),
      ("[[#here]]", .wiki, "", "here", nil),
      ("![[image.png|300]]", .embed, "image.png", nil, "300"),
      ("[a *b*](dir/some%20note.md)", .markdown, "dir/some note.md", nil, "a b"),
      ("[t](n.md#a%20b \"title\")", .markdown, "n.md", "a b", "t"),
      ("[t](<with space.md> 'x')", .markdown, "with space.md", nil, "t"),
      ("[t](a(b)c)", .markdown, "a(b)c", nil, "t"),
      ("[t](a\\)b)", .markdown, "a)b", nil, "t"),
      ("[](empty.md)", .markdown, "empty.md", nil, nil),
      ("[t]()", .markdown, "", nil, "t"),
      ("![alt](pic.png)", .image, "pic.png", nil, "alt"),
      ("[t](https://e.com/a%20b#c)", .markdown, "https://e.com/a%20b#c", nil, "t"),
      ("<https://e.com/x>", .autolink, "https://e.com/x", nil, nil),
      ("https://e.com/(x)", .autolink, "https://e.com/(x)", nil, nil),
      ("[foo\nbar]\n\n[FOO BAR]: <a b.md#c> 'x'", .markdown, "a b.md", "c", "foo bar"),
      ("[t][r]\n\n[r]:\n  x.md", .markdown, "x.md", nil, "t"),
      ("[t][r]\n\n[r]: x.md 'c'\n<a name=\"b\"></a>\n\n[r]: y.md", .markdown, "x.md", nil, "t"),
    ] as [(String, Link.Kind, String, String?, String?)])
  func kinds(
    text: String, kind: Link.Kind, target: String, anchor: String?, label: String?
  ) throws {
    let document = Document(text)
    let link = try #require(document.links.first)
    #expect(document.links.count == 1)
    #expect(link.kind == kind)
    #expect(link.target == target)
    #expect(link.anchor == anchor)
    #expect(link.label == label)
  }

  @Test(
    "what looks like a link in code, a formula, a comment or a broken bracket is none",
    arguments: [
      "`[[a]]`", "``x ` [[a]]``", "```\n[[a]]\n```", "~~~\n[a](b)\n~~~", "    [[a]]", "$[[a]]$",
      "$$\n[[a]]\n$$", "<!-- [[a]] -->", "[[a\nb]]", "[[]]", "[[ ]]", "\\[[a]]", "[a] (b)",
      "[a](b c)", "[a][no such]", "- ```\n  [[a]]\n  ```", "> ```\n> [[a]]\n> ```",
      "<script>\n[[a]]\n</script>", "[[\(String(repeating: "x", count: 600))]]",
    ])
  func none(text: String) { #expect(Document(text).links.isEmpty) }

  @Test("after an unclosed backtick or fence of another kind, links count again")
  func afterCode() {
    #expect(Document("` [[a]]").links.count == 1)
    #expect(Document("```\n~~~\n```\n[[a]]").links.count == 1)
    #expect(Document("- ```\n  x\n\ntext [[a]]").links.count == 1)
  }

  @Test("ranges are the exact bytes, in paragraphs, lists, quotes, tables and footnotes")
  func ranges() {
    let text = """
      ---
      title: Ünïcode
      ---
      汉字 [[a/b#h|é]] and [x](y%20z.md#q "t").
      - item ![[p.png]]
        > quote [[q]] over
        lines [[r]]

      | h | i |
      |---|---|
      | [[t\\|u]] | [v](w.md) |

      [^1]: foot [[n]]
      """
    let document = Document(text)
    #expect(
      document.links.map { document.text($0.range) } == [
        "[[a/b#h|é]]", "[x](y%20z.md#q \"t\")", "![[p.png]]", "[[q]]", "[[r]]", "[[t\\|u]]",
        "[v](w.md)", "[[n]]",
      ])
    #expect(
      document.links.map { document.text($0.targetRange) } == [
        "a/b", "y%20z.md", "p.png", "q", "r", "t", "w.md", "n",
      ])
    #expect(document.links.map(\.line) == [4, 4, 5, 6, 7, 11, 11, 13])
  }

  @Test("in a link's text a bare URL is text, an image is an image, and no other link nests")
  func nesting() {
    #expect(Document("[https://a.b](https://a.b)").links.map(\.kind) == [.markdown])
    #expect(Document("[![alt](i.png)](n.md)").links.map(\.kind) == [.markdown, .image])
    let document = Document("[a [b](c) d](e)")
    #expect(document.links.map(\.target) == ["c"])
  }

  @Test("a bare URL ends before the sentence does")
  func bareURL() {
    let text = "See https://a.b/c. (https://d.e/f) https://g.h/i，而 **https://j.k** |https://l.m|"
    #expect(
      Document(text).links.map(\.target) == [
        "https://a.b/c", "https://d.e/f", "https://g.h/i", "https://j.k", "https://l.m",
      ])
  }

  @Test("links out of the vault are told from those inside")
  func external() {
    let text =
      "[a](mailto:x@y.z) [b](//host/p) [c](c:d) [d](x.md) <a@b.c> [[Re: x]] [[https://e.f]]"
    #expect(
      Document(text).links.map(\.isExternal) == [true, true, false, false, true, false, true])
  }

  @Test("a rename changes the target alone, in the form each link needs")
  func rename() {
    let text = """
      [[old]] [[old|x]] ![[old#h]] [t](old.md#a "t") [u](<old.md>) [v][r] [w][r]

      [r]: old.md#frag
      """
    let document = Document(text)
    let edits = document.links.compactMap { link -> (range: Range<Int>, text: String)? in
      let target = link.target.hasSuffix(".md") ? "new (1)/ü%.md" : "new (1)/ü%"
      return link.written(target).map { (link.targetRange, $0) }
    }
    let renamed = Document(bytes: document.replacingTargets(edits))
    #expect(
      renamed.text(0..<renamed.bytes.count) == """
        [[new (1)/ü%]] [[new (1)/ü%|x]] ![[new (1)/ü%#h]] [t](new%20%281%29/ü%25.md#a "t") \
        [u](<new (1)/ü%25.md>) [v][r] [w][r]

        [r]: new%20%281%29/ü%25.md#frag
        """)
    #expect(Set(renamed.links.map(\.target)) == ["new (1)/ü%", "new (1)/ü%.md"])
  }

  @Test("a wiki link says when it cannot hold a target")
  func unwritable() throws {
    let link = try #require(Document("[[a]]").links.first)
    for target in ["a|b", "a#b", "a]]b", "a\nb", "a]"] { #expect(link.written(target) == nil) }
    #expect(link.written("a b") == "a b")
  }

  @Test("edits that overlap or lie outside the file do no harm")
  func edits() {
    let document = Document("abc")
    #expect(
      document.replacingTargets([(0..<2, "x"), (1..<3, "y"), (2..<9, "z")]) == Array("xc".utf8))
    #expect(document.replacingTargets([]) == document.bytes)
  }
}
