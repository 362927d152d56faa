import Markup
import Testing

@Suite struct SearchWordsTests {
  private let text = """
    # A *heading* with $x^2$
    See [[dir/Target Note|this]], ![a $b$](c.png) and `inline code`, $\\nabla f$ there.

    $$
    E = mc
    $$

    ```
    let attnDropout = 1
    ```

    > quoted $y_1$ text [ with $z$
    """

  @Test("a note's words stand in the columns, formulas in one of their own")
  func columns() {
    let words = Document(text).searchWords(titles: ["The Title", "Other"])
    #expect(words.title.words == ["the", "title", "other"])
    #expect(words.headings.text == "a heading with ")
    #expect(
      words.body.text
        == "see this a and inline code there quoted text with target note c png ")
    #expect(words.code.words == ["let", "attndropout", "1"])
    #expect(
      words.tex.text == "x sup 2 b nabla f ecap eq m c y sub 1 z ")
    #expect(words.parts.words == ["attn", "dropout"])
    #expect(words.columns.map(\.count) == [3, 3, 14, 3, 14, 2])
    #expect(words.columns.map(\.words.count) == words.columns.map(\.count))
  }

  @Test("formulas leave no trace in the text, wherever they stand")
  func formulas() {
    for text in [
      "[[a]] $q$ b", "[x] $q$ b", "  [ $q$ ] b", "![i]( $q$ b", "- $q$\n- b",
      "| a | $q$ |\n|-|-|\n| b |",
      "## $q$ a [x]\n\nb", "[$q$](x) b $q$", "a $$q$$ b", "```math\nq\n```\nb",
      "a[^1] $q$\n\n[^1]: b $q$",
    ] {
      let words = Document(text).searchWords(titles: [])
      #expect(!(words.body.words + words.headings.words).contains("q"), "\(text)")
      #expect(words.tex.words.contains("q"), "\(text)")
      #expect((words.body.words + words.headings.words).contains("b") == text.contains("b"))
    }
  }

  @Test("what front matter says stands among the parts, without names, days and addresses")
  func frontmatter() {
    let words = Document(
      """
      ---
      id: 4x154g61
      title: "Clip"
      Aliases: [Other]
      created: 2024-03-01
      source: "https://example.org/okapi-page (see [this](http://a.b/c))"
      author: "[[Jane Zebra]]"
      draft: true
      book:
        publisher: 学习
        inPrint: GPT-4
      ---
      Text

      """
    ).searchWords(titles: ["Clip"])
    #expect(
      words.parts.words.sorted()
        == ["4", "gpt", "gpt4", "jane", "see", "this", "zebra", "习", "习", "学", "学习"].sorted())
    #expect(words.body.words == ["text"])
    #expect(words.distinctWords().contains { $0.word == "zebra" })
  }

  @Test(
    "what stands in <pre> is code, and what stands behind it is text",
    arguments: [
      ("<pre>\nsudo wombat &lt;x\n\nquokka</pre> then [[numbat]]\n", "sudo wombat x quokka"),
      ("- <PRE><code class=\"sh\">a<b>c</b><br>d\n</code></PRE> then [[numbat]]\n", "ac d"),
      ("> <pre>a</pre> then [[numbat]]\n", "a"), ("<pre>a < b\n\n> c", "a b c"),
    ])
  func preformatted(text: String, code: String) {
    let document = Document(text)
    let words = document.searchWords(titles: [])
    #expect(words.code.text == code + " ")
    #expect(words.body.text == (text.contains("numbat") ? "then numbat " : ""))
    #expect(document.links.map(\.target) == (text.contains("numbat") ? ["numbat"] : []))
    #expect(document.links.allSatisfy { $0.line == (text.hasPrefix("<pre>\n") ? 4 : $0.line) })
    #expect(Document("<preview-card>a</preview-card>\n").searchText.body != "")
  }

  @Test("what stands behind the language of a fence is code")
  func infoString() {
    let words = Document("```python title=\"train.py\"\nx\n```\n").searchWords(titles: [])
    #expect(words.code.words == ["x", "title", "train", "py"])
    #expect(Document("$$ a b\nx\n$$\n").searchWords(titles: []).code.words == [])
  }

  @Test("each word is counted once, without those of formulas")
  func distinct() {
    let found = Document("a b a $t$ c-a\n\n```\nb\n```\n").searchWords(titles: ["A d"])
      .distinctWords()
    #expect(found.map(\.word) == ["a", "d", "b", "c"])
    #expect(found.map(\.count) == [4, 1, 2, 1])
    let many = (0..<20_000).map { "w\($0 % 5_000)" }.joined(separator: " ")
    let counts = WordText.distinct([Document(many).searchWords(titles: []).body])
    #expect(counts.count == 5_000)
    #expect(counts.allSatisfy { $0.count == 4 })
  }

  @Test("a note known only by its names has a title and nothing else")
  func names() {
    let words = SearchWords(titles: ["Tïtle", "图书"])
    #expect(words.title.words == ["title", "图书", "书"])
    #expect(words.columns.map(\.count) == [3, 0, 0, 0, 0, 0])
  }

  @Test("a file in UTF-16 has its words in the body")
  func utf16() {
    let words = Document(bytes: [0xFF, 0xFE, 0x41, 0, 0x2D, 0x4E]).searchWords(titles: ["t"])
    #expect(words.body.words == ["a", "中"])
  }

  @Test("dollar signs without end are text")
  func dollars() {
    let words = Document(String(repeating: "$", count: 100_000) + " a").searchWords(titles: [])
    #expect(words.body.words == ["a"])
  }
}
