import Foundation
import Markup
import Testing

@Suite struct ChangeHTMLTests {
  private func html(_ old: String, _ new: String) -> String {
    let renderer = HTMLRenderer { HTMLRenderer.Goal($0.name) }
    let diff = TextDiff.wordDiff(old: Array(old.utf8), new: Array(new.utf8))
    return renderer.html(of: diff, old: Document(old), new: Document(new), page: "../")
      .trimmingCharacters(in: .newlines)
  }

  @Test(
    "words that came and went are marked where they stand, in rendered text",
    arguments: [
      (
        "One two *three* four five.", "One two *three* and a half, four five.",
        "<p>One two <em>three</em> <ins>and a half, </ins>four five.</p>"
      ),
      (
        "- keep the item as it was\n", "- keep the item as it is\n",
        "<ul>\n<li>keep the item as it <del>was</del><ins>is</ins>\n</li>\n</ul>"
      ),
      (
        "## The old heading here", "## The new heading here",
        "<h2>The <del>old</del><ins>new</ins> heading here</h2>"
      ),
      (
        "The loss is $a<b$ in all of them.", "The loss is $a<c$ in all of them.",
        "<p>The loss is <del><code class=\"math\">a&lt;b</code></del>"
          + "<ins><code class=\"math\">a&lt;c</code></ins> in all of them.</p>"
      ),
      (
        "One two three four. Five six seven.", "One two three four.\n\nFive six seven.",
        "<p>One two three four.<del> </del></p>\n<p>Five six seven.</p>"
      ),
      (
        "One two three four.\n\nFive six seven.", "One two three four. Five six seven.",
        "<p>One two three four.</p>\n<p><ins> </ins>Five six seven.</p>"
      ),
      (
        "See [[one]] for the rest of it, dear.", "See [[two]] for the rest of it, dear.",
        "<p>See <del><a href=\"one\">one</a></del><ins><a href=\"two\">two</a></ins> for the rest of it, dear.</p>"
      ),
      (
        "We call `run` twice a day for it.", "We call `walk` twice a day for it.",
        "<p>We call <del><code>run</code></del><ins><code>walk</code></ins> twice a day for it.</p>"
      ),
      (
        "Text <b>bold</b> and some more words.", "Text <b>bold</b> and some other words.",
        "<p>Text <b>bold</b> and some <del>more</del><ins>other</ins> words.</p>"
      ),
    ])
  func words(old: String, new: String, expected: String) {
    #expect(html(old, new) == "<div class=\"change changed\">\n\(expected)\n</div>")
  }

  @Test("a block that came, went, or has little left of it is shown whole")
  func whole() {
    #expect(
      html("a b c", "a b c\n\nNew *here*.").contains(
        "<ins class=\"block\"><p>New <em>here</em>.</p>\n</ins>"))
    #expect(html("a b c\n\nGone.", "a b c").contains("<del class=\"block\"><p>Gone.</p>\n</del>"))
    let rewritten = html(
      "one two three four five six", "one two thirty forty fifty sixty seventy eighty")
    #expect(rewritten.contains("<del class=\"block\"><p>one two three"))
    #expect(rewritten.contains("<ins class=\"block\"><p>one two thirty"))
    let list = html("- same words in the item", "1. same words in the item")
    #expect(
      list.contains("<del class=\"block\"><ul>") && list.contains("<ins class=\"block\"><ol>"))
  }

  @Test(
    "signs of the old text never pair with signs of the new one",
    arguments: [
      (
        "Values of type `Foo. It should be called `Bar` here.",
        "Values of type `Foo`. It should be called `Bar` here."
      ),
      ("Formula $a here", "Formula $a$ here and more"),
      ("It costs 5 $ and more here", "It costs $5 and $6 more here"),
      (
        "See [x](http://a.org here and [y](http://b.org).",
        "See [x](http://a.org) here and [y](http://b.org)."
      ),
      ("Quote &quot;a&quot; b", "Quote &ldquo;a&rdquo; b"),
      ("so **it is here", "so **it** is here"),
    ])
  func unpaired(old: String, new: String) {
    let start =
      "For constraint satisfaction we want to say not just one type but any, and so on. "
    let shown = html(start + old, start + new)
    let renderer = HTMLRenderer { HTMLRenderer.Goal($0.name) }
    for (text, element) in [(old, "del"), (new, "ins")] {
      let whole = renderer.html(of: Document(start + text))
      #expect(shown.contains("<\(element) class=\"block\">\(whole)"), "\(shown)")
    }
  }

  @Test("a table keeps its head, and the words of a cell are marked in it")
  func table() {
    let head = "| name | value |\n|---|---|\n"
    let shown = html(head + "| a | 1 |\n| b | 2 |", head + "| a | 1 |\n| b | 3 |\n| c | 4 |")
    #expect(shown.contains("<th>name</th><th>value</th>"))
    #expect(shown.contains("<td>b</td><td><del>2</del><ins>3</ins></td>"))
    #expect(shown.contains("<td><ins>c</ins></td><td><ins>4</ins></td>"))
  }

  @Test("code is shown by lines")
  func code() {
    let shown = html("```swift\nlet a = 1\nf(a)\n```", "```swift\nlet a = 2\nf(a)\n```")
    #expect(shown.contains("<del>let a = 1</del>\n<ins>let a = 2</ins>\nf(a)\n"))
  }

  @Test("of code and of a table in a quote the marks of the quote are not shown")
  func inQuote() {
    let code = "> [!note] T\n> ```sh\n> a\n> b\n> ```\n>\n"
    let start = code + "> | name | value |\n> |---|---|\n> | a | 1 |\n"
    let shown = html(start, start.replacing("> b", with: "> > c").replacing("| 1", with: "| 2"))
    #expect(shown.contains("<code>a\n<del>b</del>\n<ins>&gt; c</ins>\n"), "\(shown)")
    #expect(shown.contains("<th>name</th><th>value</th>"), "\(shown)")
    #expect(shown.contains("<td>a</td><td><del>1</del><ins>2</ins></td>"), "\(shown)")
    // At the margin four blanks make code, and a mark behind them is the code's own.
    let indented = html("x\n\n    > a\n    > b\n", "x\n\n    > a\n    > c\n")
    #expect(indented.contains("<del>    &gt; b</del>"), "\(indented)")
  }

  @Test("a table too large for a page is too large for a comparison")
  func largeTable() {
    let row = String(repeating: "|a", count: 1_000) + "|\n"
    let table = row + String(repeating: "|-", count: 1_000) + "|\n"
    let large = table + String(repeating: row, count: 120)
    #expect(html("x", large).contains("<pre class=\"source\">"))
    let renderer = HTMLRenderer { HTMLRenderer.Goal($0.name) }
    #expect(
      renderer.html(of: 0..<1, in: Document(large)).contains("<pre class=\"source\">"))
  }

  @Test("what is unchanged is folded, and the heading above a change is a link to it")
  func folded() {
    let shown = html("# A\n\nfirst\n\n## B c\n\nx y z", "# A\n\nfirst\n\n## B c\n\nx y z w")
    #expect(shown.hasPrefix("<p class=\"fold\">3 unchanged blocks</p>"))
    #expect(shown.contains("<p class=\"where\"><a href=\"../#b-c\">B c</a></p>"))
  }

  @Test("a text whose lines end in CRLF is shown as one with line feeds is")
  func carriageReturns() {
    let old =
      "Intro.\n\n```\nline one\nline two\nline three\n```\n\n| name | value |\n|---|---|\n| apples | 5 |\n"
    let new = old.replacing("line three", with: "other three").replacing("| 5", with: "| 6")
    let shown = html(old.replacing("\n", with: "\r\n"), new.replacing("\n", with: "\r\n"))
    #expect(shown == html(old, new))
    #expect(shown.contains("line one\nline two\n<del>line three</del>\n"), "\(shown)")
  }

  @Test("no mark that a text brings along is taken for ours")
  func marks() {
    let shown = html("plain words of the text", "plain \u{E003}words\u{E000}0\u{E001} of the text")
    #expect(!shown.unicodeScalars.contains { [0xE000, 0xE002, 0xE003, 0xE004].contains($0.value) })
  }

  @Test(
    "what is hostile stays harmless in a comparison",
    arguments: ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=y>"])
  func hostile(text: String) {
    for shown in [
      html("a b c", text), html(text, "a b c"), html("a b c d \(text)", "a b c e \(text)"),
    ] {
      #expect(
        !shown.contains("<script") && !shown.contains("href=\"java")
          && shown.firstMatch(of: /<[a-z][^>]* onerror/) == nil)
    }
  }
}
