import Markup
import Testing

@Suite struct DocumentTests {
  @Test("the title is the front matter's, else the first level-1 heading, else nothing")
  func title() {
    #expect(Document("---\ntitle: From YAML\n---\n# Heading\n").title == "From YAML")
    #expect(Document("## Two\n\n# One *and* `only`\n").title == "One and only")
    #expect(Document("## Two\n").title == nil)
    #expect(Document("").title == nil)
  }

  @Test(
    "headings of both forms give plain text, line and a unique anchor",
    arguments: [
      ("# Plain", 1, "Plain", "plain"),
      ("### With `code` and [[a|link]] ###", 3, "With code and link", "with-code-and-link"),
      ("Setext\n===", 1, "Setext", "setext"),
      ("Two\n---", 2, "Two", "two"),
      ("# C++ & Ünïcode: 中文!", 1, "C++ & Ünïcode: 中文!", "c--ünïcode-中文"),
      ("# Named {#my-id}", 1, "Named", "my-id"),
      ("#", 1, "", ""),
    ])
  func headings(text: String, level: Int, plain: String, anchor: String) throws {
    let heading = try #require(Document(text).headings.first)
    #expect(heading.level == level)
    #expect(heading.text == plain)
    #expect(heading.anchor == anchor)
    #expect(heading.line == 1)
  }

  @Test(
    "signs of emphasis are left out of plain text where they belong together, and nowhere else",
    arguments: [
      ("2*3 is 6", nil), ("Understanding *args and **kwargs", nil), ("The _vendor folder", nil),
      ("x_y_ z", nil), ("Rating: 4 of 5*", nil), ("*.md files", nil),
      ("C++ operator== and so", nil),
      ("a ~~b", nil), ("x==1 and y==2", nil), ("snake_case_name", nil), ("a * b * c", nil),
      ("*a* and **b** and ***c***", "a and b and c"), ("__init__.py and _x_", "init.py and x"),
      ("~~a~~ ==b== **c**d", "a b cd"), ("**a *b* c** *d", "a b c *d"), ("**a*", "*a"),
      ("*a**", "a*"), ("*a _b* c_", "a _b c_"), ("**a*b**", "a*b"), ("*a **b*", "*a *b"),
      ("[a *b](c) d* e", "a *b d* e"), ("*[a](b)*", "a"), ("\\*a* b", "*a* b"),
      ("`*a` b* c", "*a b* c"),
      ("Array<T> and *Vec*<int>", "Array<T> and Vec<int>"),
    ] as [(String, String?)])
  func emphasis(text: String, expected: String?) throws {
    let heading = try #require(Document("## " + text).headings.first)
    #expect(heading.text == expected ?? text)
    #expect(Document(text).lead == expected ?? text)
  }

  @Test("two headings with one text have two anchors")
  func anchors() {
    let document = Document("# a\n# a\n# a-1\n# a\n")
    #expect(document.headings.map(\.anchor) == ["a", "a-1", "a-1-1", "a-2"])
    #expect(document.headings.map(\.line) == [1, 2, 3, 4])
  }

  @Test("a setext heading ends at its underline, also when a heading follows at once")
  func setextEnd() {
    let document = Document("One\n===\n# Two\n\nThree\n---\n\ntext\n")
    #expect(document.headings.map(\.text) == ["One", "Two", "Three"])
    #expect(
      document.blocks.map { document.text($0.range) } == [
        "One\n===", "# Two", "Three\n---", "text",
      ])
  }

  @Test(
    "each kind of block is found, with its lines",
    arguments: [
      ("a\nb\n\nc\n", ["paragraph 1", "paragraph 4"]),
      ("- a\n  - b\n- c\n", ["listItem 1", "listItem 2", "listItem 3"]),
      ("1. a\n\n   more\n2. b\n", ["listItem 1", "paragraph 3", "listItem 4"]),
      ("```swift\nlet x\n```\n\n    indented\n", ["code 1", "code 5"]),
      ("$$\na\n\n- b\n$$\n\n$$x$$\n", ["math 1", "math 7"]),
      ("$$\na\n- b\n$$ {#eq-a}\n\nc\n\n$$\nd\n$$.\n", ["math 1", "paragraph 6", "math 8"]),
      ("$$\na\n$$ where\n\nb\n\n$$\nc\n$$\n", ["paragraph 1", "paragraph 5", "math 7"]),
      ("$$\na $$ {#eq-a}\n\nb\n\n$$\nc\n$$\n", ["paragraph 1", "paragraph 4", "math 6"]),
      ("> a\n>\n> b\n\n> [!note] t\n> c\n", ["quote 1", "callout 5"]),
      ("| a | b |\n|--|--|\n| 1 | 2 |\n\ntext\n", ["table 1", "paragraph 5"]),
      ("text\n| a | b |\n|--|--|\n| 1 | 2 |\n", ["paragraph 1", "table 2"]),
      ("***\n\n<div>\nx\n</div>\n", ["thematicBreak 1", "html 3"]),
      ("<!-- a\n\nb -->\n# h\n", ["html 1", "heading 4"]),
      ("a[^1]\n\n[^1]: note\n\n    more\n\nb\n", ["paragraph 1", "footnote 3", "paragraph 7"]),
      ("[^1]: nobody refers to it\n[^2]: nor this\n", ["footnote 1", "footnote 2"]),
      ("[a]: /b\n[c]: /d\n", ["definition 1"]),
      ("[a]: /b\ntext\n", ["definition 1", "paragraph 2"]),
      ("- \n- b\n", ["listItem 1", "listItem 2"]),
      ("- ```\n  x\n- b\n", ["code 1", "listItem 3"]),
    ])
  func blocks(text: String, expected: [String]) {
    let blocks = Document(text).blocks
    #expect(blocks.map { "\($0.kind) \($0.line)" } == expected)
  }

  @Test("a comment or a script is one block up to the line that ends it, and has no links")
  func comment() {
    for text in ["<!-- a\n\n* [[b]] -->", "<script>\n\n[[a]]</script>", "<?php\n\n[c](d) ?>"] {
      let document = Document(text + "\n\nafter\n")
      #expect(document.blocks.map { document.text($0.range) } == [text, "after"])
    }
    #expect(Document("<!-- a\n\n* [[b]] -->\n").links.isEmpty)
  }

  @Test("a list item's block holds its marker and stops where a nested item begins")
  func listItem() {
    let document = Document("intro\n\n- one\n  more\n  - two\n")
    #expect(
      document.blocks.map { document.text($0.range) } == ["intro", "- one\n  more", "  - two"])
    #expect(document.block(at: 9)?.kind == .listItem)
  }

  @Test("a list item without text takes in nothing of what stands behind it")
  func emptyItem() {
    let document = Document("- a\n- \n\n# Heading\n\n-\n\ntext\n\n1.\n> quote\n")
    #expect(
      document.blocks.map(\.kind) == [
        .listItem, .listItem, .heading, .listItem, .paragraph, .listItem, .quote,
      ])
    #expect(document.blocks.map(\.line) == [1, 2, 4, 6, 8, 10, 11])
  }

  @Test("code blocks know their language, and a math fence is math")
  func code() {
    let document = Document("```python title=\"x\"\na = 1\n```\n~~~\nb\n~~~\n\n```math\nx^2\n```\n")
    #expect(document.codeBlocks.map(\.language) == ["python", nil])
    #expect(document.codeBlocks.map { document.text($0.content) } == ["a = 1", "b"])
    #expect(document.math.map { document.text($0.content) } == ["x^2"])
    #expect(document.searchText.code == "a = 1\nb\n title=\"x\"\n")
  }

  @Test("a formula ends where its name or the end of the sentence stands behind it")
  func mathWithName() {
    let text = "$$\nE = m\n$$ {#eq-energy}\n\nSee [[other]] and #tag.\n\n> $$\n> p = q\n> $$,\n"
    let document = Document(text)
    #expect(document.math.map { document.text($0.content) } == ["E = m", "> p = q"])
    #expect(document.math.map { document.text($0.range).suffix(3) } == ["\n$$", " $$"])
    #expect(document.links.map(\.target) == ["other"])
    #expect(document.tags.map(\.name) == ["tag"])
    #expect(document.searchText.code == " {#eq-energy}\n,\n")
  }

  @Test(
    "formulas are told from prices",
    arguments: [
      ("$a_1 * b$ and $x$", ["a_1 * b", "x"]), ("cost $5 and $10", []),
      ("$5, $x$ and $y$", ["x", "y"]), ("$$a\nb$$", ["a\nb"]), ("\\$x$", []),
      ("`$x$`", []), ("$\\$5$", ["\\$5"]), ("$ x $", []), ("$x", []), ("$$x", []),
    ])
  func math(text: String, expected: [String]) {
    let document = Document(text)
    #expect(document.math.map { document.text($0.content) } == expected)
  }

  @Test(
    "a formula that begins or ends beside other words is one, and what stands between two is text",
    arguments: [
      ("$$a =\nb\n$$\n\nText.\n\n$$c =\nd\n$$\n", ["a =\nb\n", "c =\nd\n"]),
      ("$$\na\n$$ {#eq:one}\n\nText.\n\n$$\nb\n$$ (2)\n", ["a", "\nb\n"]),
      ("$$\na\n$$.\n\nText.\n\n$$\nb\n$$\n", ["a", "b"]),
      ("> $$a\n> b\n> $$\n>\n> Text.\n>\n> $$\n> c\n> $$\n", ["a\n> b\n> ", "> c"]),
      ("$$a\n\nText.\n\n$$\nb\n$$\n", ["b"]), ("$$x$$\n$$\ny\n$$\n", ["x", "y"]),
      ("$$5 more\n\n# A\n\n$$\ny\n$$\n", ["y"]), ("$$a \\$$\n$$\n$$\nb\n$$\n", ["a \\$$\n", "b"]),
      ("$$a\n```\n$$\n```\n$$\nb\n$$\n", ["b"]),
    ])
  func displayMath(text: String, expected: [String]) {
    let document = Document(text)
    #expect(document.math.map { document.text($0.content) } == expected)
    #expect(!document.math.contains { !$0.isDisplay })
  }

  @Test("footnotes, callouts, block ids and citations are found")
  func others() {
    let document = Document(
      """
      Text[^a] by [@doe99, p. 3; @roe] and @poe:2020, not a@b.c or `@x`. ^id-1

      > [!tip]- Folded
      > body

      [^a]: note
      """)
    #expect(
      document.footnotes.map { "\($0.label) \($0.isDefinition) \($0.line)" } == [
        "a false 1", "a true 6",
      ])
    #expect(document.callouts.map(\.type) == ["tip"])
    #expect(document.callouts.map(\.title) == ["Folded"])
    #expect(document.callouts.map(\.folding) == [.closed])
    #expect(document.blockIDs == ["id-1"])
    #expect(document.citations.map(\.key) == ["doe99", "roe", "poe:2020"])
    #expect(document.citations.map(\.isBracketed) == [true, true, false])
    #expect(document.citations.map(\.locator) == ["p. 3", nil, nil])
    #expect(document.citations.map { document.text($0.range) } == ["@doe99", "@roe", "@poe:2020"])
  }

  @Test(
    "search text holds words, link texts, names of targets, inline code and TeX; not URLs of links")
  func searchText() {
    let text = Document(
      """
      # A *heading*
      See [[dir/Target Note|this]], [text](https://example.com/long) and `inline code`, $x^2$.
      **Bold** un*frigging*believable snake_case 2 * 3 &amp; <b>html</b>

      ```
      code
      ```
      """
    ).searchText
    #expect(text.headings == "A heading\n")
    #expect(
      text.body == """
        See this, text and inline code, $x^2$. Bold unfriggingbelievable snake_case 2 * 3 & html
        Target Note

        """)
    #expect(text.code == "code\n")
  }

  @Test(
    "what stands in angle brackets is text, unless it is an element of HTML",
    arguments: [
      ("append <eos> and </pad>.", "append <eos> and </pad>."),
      ("Array<T>, Map<K, V>, Tensor<float32>", "Array<T>, Map<K, V>, Tensor<float32>"),
      ("If x <y and z> w", "If x <y and z> w"), ("a<b>c</b> <B >d</B>", "ac d"),
      ("a<br>b<BR/>c <broad> d", "a b c <broad> d"), ("<span title='<x>'>s</span>", "s"),
      ("<unk a=\"1\"\nb='#c'> d", "<unk a=\"1\" b='#c'> d"), ("a <!-- b --> c", "a  c"),
      ("<i.e. this>", "<i.e. this>"),
    ])
  func angles(text: String, plain: String) {
    #expect(Document(text).searchText.body == plain + "\n")
  }

  @Test("a link between angle brackets that are no tag is a link, a tag's value is none")
  func linksInAngles() {
    #expect(Document("a <b, [[c]], d> e").links.map(\.target) == ["c"])
    #expect(Document("<iframe src=\"https://a.b/c\" x=\"#d\"></iframe> e").links.isEmpty)
    #expect(Document("q <iframe src=\"https://a.b/c\" x=\"#d\"></iframe> e").tags.isEmpty)
  }

  @Test(
    "words are counted in any script",
    arguments: [
      ("one two-three don't", 3), ("# Head\n\ntext", 2), ("中文字 and words", 5), ("", 0),
      ("Ünï cödé", 2), ("a—b “c”", 3), ("カタカナ、です。", 6),
    ])
  func words(text: String, count: Int) { #expect(Document(text).wordCount == count) }

  @Test("the lead is the first paragraph, cut at a character")
  func lead() {
    #expect(Document("# T\n\n- item\n\nThe [[x|lead]] *here*.\n\nMore").lead == "The lead here.")
    #expect(Document("- only item").lead == "only item")
    #expect(Document("![[image.png]]\n\nText").lead == "Text")
    let long = Document(String(repeating: "汉字", count: 200)).lead
    #expect(long.utf8.count <= 300)
    #expect(!long.unicodeScalars.contains("\u{FFFD}"))
    #expect(Document("").lead == "")
  }

  @Test("line ends of any kind count the same lines")
  func lineEnds() {
    for end in ["\n", "\r\n", "\r"] {
      let text = ["---", "title: t", "---", "", "# H", "", "a [[b]]", "c #d", ""]
      let document = Document(text.joined(separator: end))
      #expect(document.title == "t")
      #expect(document.headings.map(\.line) == [5])
      #expect(document.links.map(\.line) == [7])
      #expect(document.tags.map(\.line) == [8])
      #expect(document.blocks.map(\.line) == [5, 7])
    }
  }

  @Test("a file in UTF-16 is named as a problem and found by its words")
  func utf16() {
    let document = Document(bytes: [0xFF, 0xFE, 0x41, 0, 0x2D, 0x4E])
    #expect(document.problems.count == 1)
    #expect(document.searchText.body == "A中")
    #expect(document.setting("id", to: .scalar("x")) == document.bytes)
  }
}
