import Foundation
import TestSupport
import Testing

@testable import Markup

func merge(_ base: String, _ ours: String, _ theirs: String) -> TextMerge {
  TextMerge(base: Array(base.utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8))
}

/// The merged text, or `nil` where it is a question.
///
/// Checks that the sides can be exchanged.
func merged(
  _ base: String, _ ours: String, _ theirs: String,
  sourceLocation: SourceLocation = #_sourceLocation
) -> String? {
  let one = merge(base, ours, theirs)
  let two = merge(base, theirs, ours)
  #expect(one.text(.ours) == two.text(.theirs), sourceLocation: sourceLocation)
  #expect(one.text(.theirs) == two.text(.ours), sourceLocation: sourceLocation)
  #expect(one.isClean == two.isClean, sourceLocation: sourceLocation)
  return one.isClean ? String(decoding: one.text(.ours), as: UTF8.self) : nil
}

@Suite("merging three texts of a note")
struct TextMergeTests {
  @Test("two edits in one long paragraph are both kept")
  func oneParagraph() {
    #expect(
      merged(
        "The model was trained on eight machines for three days. It was good.\n",
        "The large model was trained on eight machines for three days. It was good.\n",
        "The model was trained on eight machines for three days. It was very good.\n")
        == "The large model was trained on eight machines for three days. It was very good.\n")
  }

  @Test("a number is one word: two that differ in different digits are a question, not a third one")
  func numbers() {
    #expect(
      merged("A loss of 3.1 nats.\n", "A loss of 3.2 nats.\n", "A loss of 4.1 nats.\n") == nil)
    #expect(
      merged("Of 10,000 notes.\n", "Of 12,000 notes.\n", "Of 10,500 notes.\n") == nil)
  }

  @Test(
    "an item's marker, and how far it stands to the right, are one side's, its first word the other's",
    arguments: [
      ("* Alpha beta gamma\n  and more.\n", "* Omega beta gamma\n  and more.\n"),
      ("  - Alpha beta gamma\n    and more.\n", "  - Omega beta gamma\n    and more.\n"),
      ("10. Alpha beta gamma\n    and more.\n", "10. Omega beta gamma\n    and more.\n"),
    ])
  func markers(theirs: String, expected: String) {
    #expect(
      merged(
        "- Alpha beta gamma\n  and more.\n", "- Omega beta gamma\n  and more.\n", theirs)
        == expected)
  }

  @Test("where one side made two paragraphs of one, what the other took out does not come back")
  func madeTwo() {
    let base = """
      To be clear, lexical scope cares where a function was declared, dynamic scope where it was \
      called from, and (not to spoil the book) this cares how it was called. To dig in, go read it.

      """
    let ours = base.replacing("clear", with: "**clear**")
      .replacing("(not to spoil the book) ", with: "").replacing("go read", with: "read")
    let text = merged(base, ours, base.replacing(", and (not", with: ".\n\nFinally: (not"))
    #expect(text == nil || text?.contains("spoil") == false)
  }

  @Test("where one side made two paragraphs of one, a question is about both")
  func questionOnTwo() {
    let base = "Lexical scope is fixed, and (as said) this depends on the call. Go on.\n"
    let ours = "Lexical scope is fixed, and this depends on the call. On.\n"
    let theirs = "Lexical scope is fixed.\n\nThen: (as said) this depends on the callee. Go on.\n"
    let one = merge(base, ours, theirs)
    #expect(one.conflicts.count == 1)
    #expect(String(decoding: one.text(.ours), as: UTF8.self) == ours)
    #expect(String(decoding: one.text(.theirs), as: UTF8.self) == theirs)
  }

  @Test("a heading that one side moved has the level that the other gave it")
  func movedHeading() {
    #expect(
      merged(
        "### One\n\nFirst words.\n\n### Two\n\nLast words.\n",
        "## One\n\nFirst words.\n\n## Two\n\nLast words.\n",
        "### Two\n\nLast words.\n\n### One\n\nFirst words.\n")
        == "## Two\n\nLast words.\n\n## One\n\nFirst words.\n")
  }

  @Test("an empty item is written on where it stands, and what both wrote there is a question")
  func emptyItem() {
    #expect(
      merged("Today:\n\n- \n- Call.\n", "Today:\n\n- Read.\n- Call.\n", "Today:\n\n* \n* Call.\n")
        == "Today:\n\n* Read.\n* Call.\n")
    #expect(
      merged(
        "Today:\n\n- \n\nEnd.\n", "Today:\n\n- Read.\n\nEnd.\n", "Today:\n\n- \n- Call.\n\nEnd.\n")
        == "Today:\n\n- Read.\n- Call.\n\nEnd.\n")
    #expect(
      merged("Today:\n\n- \n\nEnd.\n", "Today:\n\n- Read.\n\nEnd.\n", "Today:\n\n- Call.\n\nEnd.\n")
        == nil)
  }

  @Test("the next item of a list stands before what the other side put behind the list")
  func itemBeforeQuote() {
    #expect(
      merged(
        "- One.\n- Two.\n\nEnd.\n", "- One.\n- Two.\n- Zeta.\n\nEnd.\n",
        "- One.\n- Two.\n\n> A note on all.\n\nEnd.\n")
        == "- One.\n- Two.\n- Zeta.\n\n> A note on all.\n\nEnd.\n")
  }

  @Test("what one side wrapped anew and the other edited is both")
  func wrapped() {
    #expect(
      merged(
        "one two three four five six seven eight\n", "one two three four\nfive six seven eight\n",
        "one two 3 four five six seven eight\n")
        == "one two 3 four\nfive six seven eight\n")
  }

  @Test("a paragraph that both moved, each to another place, is there once, with both edits")
  func bothMoved() {
    let (a, b, c, d) = (
      "Alpha comes first in this small text.", "Beta is the second of all the letters.",
      "Gamma stands for what decays too quickly.", "Delta is the change of every thing."
    )
    for theirs in [[b, c, a, d], [b, a, c, d], [d, b, c, a], [c, d, a, b]] {
      for ours in [[b, c, d, a], [d, c, b, a], [c, a, b, d]] {
        let text = merged(
          [a, b, c, d].joined(separator: "\n\n") + "\n",
          ours.joined(separator: "\n\n") + "\n",
          theirs.joined(separator: "\n\n").replacing("small text", with: "tiny text") + "\n")
        guard let text else { continue }
        #expect(
          text.split(separator: "\n\n").map { $0.trimmingCharacters(in: .newlines) }.sorted()
            == [a.replacing("small text", with: "tiny text"), b, c, d].sorted())
      }
    }
  }

  @Test("blocks that were no neighbours before have a blank line between them")
  func blankLine() {
    #expect(
      merged(
        "An old claim of mine, see [a].\n\nA second claim of theirs, see [b].\n\n[a]: http://a\n[b]: http://b\n",
        "A second claim of theirs, see [b].\n\n[b]: http://b\n",
        "An old claim of mine, see [a].\n\nSome new words here, as in [c].\n\n[a]: http://a\n[c]: http://c\n"
      )
        == "Some new words here, as in [c].\n\n[c]: http://c\n")
  }

  @Test("a table that comes to stand behind another is one of its own")
  func twoTables() {
    let table = "| a | b |\n|---|---|\n| apples red | 1 |\n| pears green | 2 |\n"
    let other = "\n| x | y |\n|---|---|\n| house big | 4 |\n"
    let shorter = table.replacing("| pears green | 2 |\n", with: "")
    #expect(merged(table, table + other, shorter) == shorter + other)
  }

  @Test("a row goes to its own table, before a second one that the other side put behind that")
  func rowBeforeTable() {
    let table = "| run | loss |\n|---|---|\n| 1 | 2.5 |\n"
    let people = "\n| name | mail |\n|---|---|\n| Anna | anna@x.org |\n"
    let (second, third) = ("| 2 | 2.4 |\n", "| 3 | 2.3 |\n")
    let end = "\nEnd.\n"
    #expect(
      merged(table + end, table + second + people + end, table + third + end)
        == table + second + third + people + end)
    let places = people.replacing("mail", with: "place")
    #expect(
      merged(table + end, table + second + people + end, table + third + places + end)?
        .hasPrefix(table + second + third) == true)
  }

  /// Units of few words each: of all of them together it can be told that they moved.
  private static let blocks = [
    "```\ny = step(x)\n    print(y)\n```", "| a | b |\n|---|---|\n| 0.1 | 2.5 |",
  ]

  @Test(
    "a block of code, or a table, that both moved is there once, or a question", arguments: blocks)
  func bothMovedLines(block: String) {
    let list = "- alpha went home\n- beta stayed here\n- gamma slept well\n- delta ran off"
    let text = merged(
      "# T\n\nIntro.\n\n\(list)\n\n\(block)\n", "# T\n\n\(block)\n\nIntro.\n\n\(list)\n",
      "# T\n\nIntro.\n\n\(block)\n\n\(list)\n")
    #expect(text.map { $0.ranges(of: block).count } ?? 1 == 1)
  }

  @Test(
    "a block of code, or a table, that one side moved and the other took away is gone",
    arguments: blocks)
  func movedAndGone(block: String) {
    let rest = "Last here now, and more of it.\n\n- a b\n- c d\n- e f\n- g h\n- i j\n"
    #expect(
      merged("# T\n\n\(block)\n\n\(rest)", "# T\n\n\(rest)\n\(block)\n", "# T\n\n\(rest)")
        == "# T\n\n\(rest)")
  }

  @Test("words put in before a link that changes, where the other side rewrote what is before it")
  func linkAndRewrite() {
    #expect(
      merged(
        "One thing that the old authors say [here](a.md).\n",
        "One thing that the old authors say twice and loudly [here](b.md).\n",
        "One thing which nobody believes any more [here](a.md).\n") == nil)
  }

  @Test(
    "two wordings of one phrase, and two numbers, are a question",
    arguments: [
      ("the sky is blue today\n", "the sky is grey today\n", "the sky is red today\n"),
      ("it took 10 days in all\n", "it took 12 days in all\n", "it took 15 days in all\n"),
      ("a\n\nold words of mine\n\nb\n", "a\n\nb\n", "a\n\nold words of yours here\n\nb\n"),
      ("not far from here\n", "very far from here\n", "not near from here\n"),
    ])
  func questions(base: String, ours: String, theirs: String) {
    #expect(merged(base, ours, theirs) == nil)
  }

  @Test("a conflict is the block it is in; the rest of the note is merged")
  func narrow() throws {
    let result = merge(
      "# T\n\nfirst part\n\nthe sky is blue\n\nlast part\n",
      "# T\n\nfirst part here\n\nthe sky is grey\n\nlast part\n",
      "# T\n\nfirst part\n\nthe sky is red\n\nlast part there\n")
    let conflict = try #require(result.conflicts.first)
    #expect(result.conflicts.count == 1)
    #expect(String(decoding: conflict.base, as: UTF8.self) == "the sky is blue")
    #expect(String(decoding: conflict.ours, as: UTF8.self) == "the sky is grey")
    #expect(
      String(decoding: result.text(.theirs), as: UTF8.self)
        == "# T\n\nfirst part here\n\nthe sky is red\n\nlast part there\n")
  }

  @Test(
    "what both put in at one place is there twice, in an order that is nobody's",
    arguments: [
      ("- a\n", "- a\n- mine\n", "- a\n- yours\n", "- a\n- mine\n- yours\n"),
      ("a\n", "a\n\nZebra\n", "a\n\nApple\n", "a\n\nApple\n\nZebra\n"),
      (
        "| a | b |\n|---|---|\n| 1 | 2 |\n", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 5 | 6 |\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 |\n"
      ),
      (
        "x[^1]\n\n[^1]: one\n", "x[^1] [^2]\n\n[^1]: one\n[^2]: two\n",
        "y. x[^1]\n\n[^1]: one\n[^3]: three\n",
        "y. x[^1] [^2]\n\n[^1]: one\n[^2]: two\n[^3]: three\n"
      ),
    ])
  func additions(base: String, ours: String, theirs: String, result: String) {
    #expect(merged(base, ours, theirs) == result)
  }

  @Test("the same addition on both sides is one, also within others")
  func once() {
    #expect(
      merged("- a\n", "- a\n- same words here\n- m\n", "- a\n- same words here\n- o\n")
        == "- a\n- same words here\n- m\n- o\n")
  }

  @Test("two lines of which one side makes list items stay two where the other edits one")
  func linesMadeItems() {
    #expect(
      merged(
        "Anna brings the cake.\nBen brings the wine.\n",
        "Anna brings the cake.\nBen brings the beer.\n",
        "- Anna brings the cake.\n- Ben brings the wine.\n")
        == "- Anna brings the cake.\n- Ben brings the beer.\n")
  }

  @Test(
    "the same words put in behind a link that one side also changed are there once",
    arguments: [
      ("See [the guide](http://a.org/g).", "[the guide](https://a.org/g)"),
      ("See `guide`.", "`the_guide`"),
    ])
  func sameWordsBehindLink(base: String, new: String) {
    let old = String(base.dropFirst(4).dropLast())
    #expect(
      merged("\(base)\n", "See \(old) by Anna.\n", "See \(new) by Anna.\n")
        == "See \(new) by Anna.\n")
    #expect(
      merged("\(base)\n", "See \(old) by Anna.\n", "See \(new) by Anna B.\n")
        == "See \(new) by Anna B.\n")
    #expect(merged("\(base)\n", "See \(old) by Anna B.\n", "See \(new) by Anna.\n") == nil)
  }

  @Test("what one side joined to a paragraph and the other took away does not come back")
  func joinedAndRemoved() {
    let base = "Apples are sweet and red.\n\nPears are soft and green.\n\nThe end of it.\n"
    let ours = "Apples are sweet and red. Pears are soft and green.\n\nThe end of it.\n"
    let theirs = "Apples are sweet and red.\n\nThe end of it.\n"
    #expect(merged(base, ours, theirs)?.contains("Pears") != true)
    let list = "- one of them is red\n- two of them are blue\n- three of them are green\n"
    #expect(
      merged(
        list, "One of them is red, two of them are blue, three of them are green.\n",
        "- one of them is red\n- three of them are green\n")?.contains("blue") != true)
  }

  @Test("what one side took out and the other took out and put in more than is no question")
  func tookOutAlike() {
    #expect(
      merged(
        "The research of Dweck (FIXME: add source) has three types.\n",
        "The research of Dweck has three types.\n",
        "The [research of Dweck](http://example.org) has three types.\n")
        == "The [research of Dweck](http://example.org) has three types.\n")
  }

  @Test("an edit within a paragraph that the other side rewrote is a question")
  func editInRewritten() {
    #expect(
      merged(
        "All of the material of the course is free for everybody who wants it.\n",
        "Todo el material de la course está disponible sin costo para quien lo quiera.\n",
        "All of the material of the course is free for everybody who asks for it.\n") == nil)
  }

  @Test("an item goes behind the last one, and blank lines that changed there stay behind it")
  func blankLinesBehindList() {
    #expect(
      merged(
        "- one\n- two\n\n\n# Next\n", "- one\n- two\n- three\n\n\n# Next\n",
        "- one\n- two\n\n# Next\n") == "- one\n- two\n- three\n\n# Next\n")
    #expect(
      merged(
        "- one\n  - a\n- two\n", "- one\n  - a\n  - b\n- two\n", "- one\n  - a\n\n- two\n")
        == "- one\n  - a\n  - b\n\n- two\n")
  }

  @Test(
    "a sentence does not go behind the tag that ends the block it is in",
    arguments: ["</Callout>", "</my-box>", "</details>"])
  func lastTag(tag: String) {
    let (start, end) = ("<\(tag.dropFirst(2))\nJoin now.\n\n", "\(tag)\n\nEnd.\n")
    let (use, limited) = ("Use this code to get 20% off.\n", "\nLimited to the first students.\n\n")
    let more = "Use that code to get 35% off. This offer ends in November.\n"
    #expect(
      merged(start + use + limited + end, start + use + end, start + more + limited + end)
        == start + more + end)
  }

  @Test("code in a quote is not torn")
  func codeInQuote() {
    #expect(merged("", "> ~~~ {.output}\n> # my_ls.py\n", "> ~~~ {.output}\n> ~~~\n") == nil)
  }

  @Test("a paragraph that both wrote, one of them in place of an old one, is there once")
  func sameInPlaceOfOld() {
    let (first, last) = ("The first paragraph of all.\n\n", "The last paragraph of all.\n")
    let old = "Perplexity was what everybody measured then.\n\n"
    let new = "Loss per byte compares models whose tokens differ.\n\n"
    #expect(
      merged(first + old + last, first + new + last, first + old + new + last)
        == first + new + last)
    #expect(
      merged(first + old + last, first + new + last, first + new + old + last)
        == first + new + last)
  }

  @Test(
    "what both put in is there once, also where one of them took away what stood beside it",
    arguments: [
      ("- call Ann\n- call Bob\n", "- call Carl\n"),
      ("- [ ] call Ann\n- [ ] call Bob\n", "- [ ] call Carl\n"),
      ("| who |\n|---|\n| call Ann |\n| call Bob |\n", "| call Carl |\n"),
      ("On Monday we call Ann.\n\nOn Monday we call Bob.\n", "\nOn Monday we call Carl.\n"),
    ])
  func sameBesideRemoved(list: String, new: String) {
    for gone in ["Ann", "Bob"] {
      let lines = list.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      let less = lines.filter { !$0.contains(gone) }.map { "\($0)\n" }.joined()
      let trimmed = less.replacing("\n\n\n", with: "\n\n")
      #expect(merged(list, list + new, trimmed + new) == trimmed + new, "without \(gone)")
      #expect(merged(list, trimmed + new, list + new) == trimmed + new, "without \(gone)")
    }
  }

  @Test("a sentence that both wrote, one of them over another one, is a question")
  func sameOverOther() {
    for blank in [" ", "\n"] {
      let old = "Ann is here.\(blank)Bob is here."
      #expect(merged(old, "Ann is here.\(blank)Kim is here.", "\(old)\(blank)Kim is here.") == nil)
      #expect(merged(old, "\(old)\(blank)Kim is here.", "Ann is here.\(blank)Kim is here.") == nil)
    }
  }

  @Test("of two sides of which one made the other's edits and more, that one's text is it")
  func oneOfBoth() {
    let (old, less) = ("Mia is here.\nAnn is here.\n", "Ann is here.\nKim is here.\n")
    let more = "Mia is here.\nAnn is here.\nKim is here.\n"
    #expect(merged(old, less, more) == less)
    #expect(merged(old, more, less) == less)
    // What one put in at another place is there twice, so that none is lost that was meant.
    #expect(
      merged("- one a\n- two b\n", "- one a\n- new c\n- two b\n", "- one a\n- two b\n- new c\n")
        == "- one a\n- new c\n- two b\n- new c\n")
  }

  @Test("an edit of a paragraph that moved lands where it moved to")
  func moved() {
    let (a, b, c) = ("First some words that stay.", "A paragraph that will move away.", "Last one.")
    #expect(
      merged(
        "\(a)\n\n\(b)\n\n\(c)\n", "\(b)\n\n\(a)\n\n\(c)\n",
        "\(a)\n\nA paragraph that will soon move away.\n\n\(c)\n")
        == "A paragraph that will soon move away.\n\n\(a)\n\n\(c)\n")
  }

  @Test("a link's text and its target may be changed by one side each; it stays whole")
  func link() {
    #expect(
      merged(
        "see [the paper](a.html) now\n", "see [the paper](b.html) now\n",
        "see [the long paper](a.html) now\n") == "see [the long paper](b.html) now\n")
    #expect(
      merged(
        "see [the paper](a.html) now\n", "see [the paper](b.html) now\n",
        "see [the paper](c.html) now\n") == nil)
  }

  @Test("a formula is never put together from two")
  func formula() {
    #expect(
      merged(
        "so $a + b + c = d$ holds\n", "so $x + b + c = d$ holds\n", "so $a + b + c = y$ holds\n")
        == nil)
    #expect(
      merged("so $a+b$ holds here\n", "so $a+c$ holds here\n", "so $a+b$ holds there\n")
        == "so $a+c$ holds there\n")
  }

  @Test("code is merged by line, and two lines at one place are a question")
  func code() {
    let code = "```py\nx = 1\ny = 2\nz = 3\n```\n"
    #expect(
      merged(
        code, "```py\nx = 10\ny = 2\nz = 3\n```\n", "```py\nx = 1\ny = 2\nz = 30\n```\n")
        == "```py\nx = 10\ny = 2\nz = 30\n```\n")
    #expect(
      merged(
        code, "```py\nx = 1\ny = 2\na = 0\nz = 3\n```\n", "```py\nx = 1\ny = 2\nb = 0\nz = 3\n```\n"
      ) == nil)
    #expect(
      merged(code, "```py\nx = 7\ny = 2\nz = 3\n```\n", "```py\nx = 8\ny = 2\nz = 3\n```\n") == nil)
  }

  @Test("in code a mark that one side edited within what the other took away is a question")
  func markInCode() {
    let code = "```py\na = 1\ns = f(x) or (\"a\", \"b\")\nb = 2\n```\n"
    let shorter = code.replacing(" or (\"a\", \"b\")", with: "")
    #expect(merged(code, shorter, code.replacing("\"a\", ", with: "\"a\" ")) == nil)
    #expect(merged(code, shorter, code.replacing("\"a\", ", with: "\"a\"; ")) == nil)
  }

  @Test("front matter is merged by key: the later time, lists as sets, all else as it was")
  func matter() {
    #expect(
      merged(
        "---\n# mine\ntitle: 'T'\nupdated: 2026-01-01\ntags: [a, b]\n---\nx\n",
        "---\n# mine\ntitle: 'T'\nupdated: 2026-02-01\ntags: [a, b, c]\n---\nx\n",
        "---\n# mine\ntitle: 'T'\nupdated: 2026-03-01\ntags: [b, d]\nstatus: done\n---\nx\n")
        == "---\n# mine\ntitle: 'T'\nupdated: 2026-03-01\ntags: [b, c, d]\nstatus: done\n---\nx\n")
    #expect(
      merged(
        "---\ntags:\n  - a\n---\n", "---\ntags:\n  - a\n  - b\n---\n",
        "---\ntags:\n  - a\n  - c\n---\n") == "---\ntags:\n  - a\n  - b\n  - c\n---\n")
  }

  @Test(
    "of two times the later holds where they tell of the note, not where somebody chose them",
    arguments: [
      ("updated", true), ("date modified", true), ("lastmod", true), ("date", true),
      ("ms.date", true),
      ("due", false), ("idea-date", false), ("start_time", false), ("exam", false),
    ])
  func times(key: String, isLater: Bool) {
    func text(_ month: Int) -> String { "---\n\(key): 2026-0\(month)-01\n---\nx\n" }
    #expect(merged(text(1), text(2), text(3)) == (isLater ? text(3) : nil))
  }

  @Test(
    "entries of a list are as they were, whatever YAML wants quoted in which style",
    arguments: [
      (
        "a: [\"x, y\"]", "a: [\"x, y\", \"p, q\"]", "a: [\"x, y\", m]", "a: [\"x, y\", \"p, q\", m]"
      ),
      ("a:\n  - x", "a: [x]", "a:\n  - x\n  - Smith, John", "a: [x, \"Smith, John\"]"),
      ("a: [x]", "a:\n  - x", "a: [x, '#b']", "a:\n  - x\n  - '#b'"),
      ("a: [x]", "a: [x, y]", "a:", "a: [y]"),
      (
        "a:\r\n  - x", "a:\r\n  - x\r\n  - y", "a:\r\n  - x\r\n  - z",
        "a:\r\n  - x\r\n  - y\r\n  - z"
      ),
    ])
  func lists(base: String, ours: String, theirs: String, expected: String) {
    let texts = [base, ours, theirs, expected].map { list in
      let end = list.contains("\r\n") ? "\r\n" : "\n"
      return "---\(end)\(list)\(end)---\(end)x\(end)"
    }
    #expect(merged(texts[0], texts[1], texts[2]) == texts[3])
  }

  @Test(
    "a value that one side put into other marks, and the other gave other words, is these words",
    arguments: [
      (
        "\"The long way to the house\"", "The long way to the house",
        "\"The long way: to the house\"", "\"The long way: to the house\""
      ),
      (
        "The long way home", "'The long way home'", "The dog's long way home",
        "The dog's long way home"
      ),
      (
        "The long way home", "\"The long way home\"", "The long \"good\" way home",
        "The long \"good\" way home"
      ),
      (
        "'The long way home'", "\"The long way home\"", "'The dog''s long way home'",
        "'The dog''s long way home'"
      ),
      (
        "\"The long way home\"", "The long way home", "\"The long way # home\"",
        "\"The long way # home\""
      ),
      (
        "\"The long way home\"", "The long way home", "\"The long way #home\"",
        "\"The long way #home\""
      ),
      (
        "\"The long way home\"", "'The long way home'", "\"The long\\tway home\"",
        "\"The long\\tway home\""
      ),
      ("\"The way\"", "The way", "\"The road\"", "\"The road\""),
      (
        "\"The long way home\"", "The long way home # mine", "\"The long way: home\"",
        "\"The long way: home\" # mine"
      ),
      (
        "\"The long way to the old house\"", "The short way to the old house",
        "\"The long way to the old house: ours\"", "\"The short way to the old house: ours\""
      ),
      (
        "The long way to the old house", "\"The short way to the old house\"",
        "The long way to the old house, of \"ours\"",
        "\"The short way to the old house, of \\\"ours\\\"\""
      ),
      (
        "The long way to the old house", "The short way to the old house",
        "The long way to the old farm", "The short way to the old farm"
      ),
    ])
  func marks(base: String, ours: String, theirs: String, expected: String) {
    func text(_ value: String) -> String { "---\ntitle: \(value)\n---\n\nBody.\n" }
    #expect(merged(text(base), text(ours), text(theirs)) == text(expected))
  }

  @Test("words of a list's entry that a comment would swallow are a question")
  func swallowed() {
    func text(_ value: String) -> String { "---\na:\n  - name: \(value)\n---\n\nBody.\n" }
    #expect(
      merged(
        text("\"The long way to the old house\""), text("The long way to an old house"),
        text("\"The long way # to the old house\"")) == nil)
  }

  @Test("front matter in TOML is merged by table and key")
  func tables() {
    let base = "+++\ntitle = \"a\"\n\n[params]\nx = 1\n+++\n\nBody.\n"
    func edited(_ old: String, _ new: String) -> String { base.replacing(old, with: new) }
    #expect(
      merged(
        base, edited("x = 1\n", "x = 1\n\n[menu]\nn = 1\n"), edited("x = 1\n", "x = 1\ny = 2\n"))
        == edited("x = 1\n", "x = 1\ny = 2\n\n[menu]\nn = 1\n"))
    #expect(
      merged(
        base, edited("\n[params]\nx = 1\n", ""), edited("\"a\"\n", "\"a\"\ndraft = true\n"))
        == "+++\ntitle = \"a\"\ndraft = true\n+++\n\nBody.\n")
    #expect(
      merged(
        edited("\"a\"", "\"a\"\ntags = [\"a\"]"), edited("\"a\"", "\"a\"\ntags = [\"a\", \"b\"]"),
        edited("\"a\"", "\"a\"\ntags = [\"a\", \"c\"]"))
        == edited("\"a\"", "\"a\"\ntags = [\"a\", \"b\", \"c\"]"))
    #expect(
      merged(base, edited("x = 1", "x = 2"), edited("Body", "The body"))
        == edited("x = 1", "x = 2").replacing("Body", with: "The body"))
    #expect(
      merged(
        edited("x = 1", "x = \"\"\"\n[no]\n+\n\"\"\""),
        edited("x = 1", "x = \"\"\"\n[no]\n+\n\"\"\"\ny = 1"),
        edited("x = 1", "x = \"\"\"\n[no]\n+\n\"\"\"\nz = 1"))
        == edited("x = 1", "x = \"\"\"\n[no]\n+\n\"\"\"\ny = 1\nz = 1"))
    // What both sides changed, and what one took away whole, is a question.
    #expect(merged(base, edited("x = 1", "x = 2"), edited("x = 1", "x = 3")) == nil)
    #expect(
      merged(base, edited("\n[params]\nx = 1\n", ""), edited("x = 1", "x = 1\ny = 2")) == nil)
    // More than tables and keys is taken as a whole.
    #expect(
      merged(
        edited("[params]", "[[params]]"), edited("[params]\nx = 1", "[[params]]\nx = 1\ny = 2"),
        edited("[params]\nx = 1", "[[params]]\nx = 1\n\n[[params]]\nx = 2")) == nil)
    #expect(
      merged("", base, edited("x = 1\n", "x = 1\ny = 2\n")) == edited("x = 1\n", "x = 1\ny = 2\n"))
  }

  @Test(
    "a mark of emphasis, or a paragraph's end, between two marks of the other side is a question",
    arguments: [
      (
        "The quick brown fox jumps over it.", "The quick **brown fox** jumps over it.",
        "The quick *brown* fox jumps over it."
      ),
      (
        "The quick brown fox jumps over the lazy dog.",
        "The quick **brown fox jumps over** the lazy dog.",
        "The quick brown fox jumps.\n\nIt goes over the lazy dog."
      ),
      (
        "See the page on tuning for it.", "See **the page on** tuning for it.",
        "See the page **on tuning** for it."
      ),
      ("See the page for it.", "See **the page** for it.", "See *the page* for it."),
    ])
  func emphasis(base: String, ours: String, theirs: String) {
    #expect(merged(base + "\n", ours + "\n", theirs + "\n") == nil)
  }

  @Test("what one side emphasized and the other edited within, or emphasized elsewhere, is merged")
  func emphasisEdited() {
    let base = "The quick brown fox jumps over it, and *then* 2 * 3 foxes run to the old_mill.\n"
    func edited(_ old: String, _ new: String) -> String { base.replacing(old, with: new) }
    #expect(
      merged(
        base, edited("brown fox jumps", "**brown fox jumps**"), edited("fox jumps", "dog jumps"))
        == edited("brown fox jumps", "**brown dog jumps**"))
    #expect(
      merged(
        base, edited("quick", "**quick**"), edited("old_mill", "**old_mill**"))
        == edited("quick", "**quick**").replacing("old_mill", with: "**old_mill**"))
    #expect(
      merged(base, edited("*then*", "then"), edited("quick", "*quick*"))
        == edited("*then*", "then").replacing("quick", with: "*quick*"))
  }

  @Test("comments that both sides write into a front matter are both kept")
  func comments() {
    #expect(
      merged(
        "---\n# old\ntitle: A\n---\nx\n", "---\n# old\n# mine\ntitle: A\n---\nx\n",
        "---\n# other\ntitle: A\n# last\n---\nx\n")
        == "---\n# mine\n# other\ntitle: A\n# last\n---\nx\n")
  }

  @Test("a key that both changed is a question about that key alone")
  func key() throws {
    let result = merge(
      "---\ntitle: A\nstatus: draft\n---\nx\n", "---\ntitle: A\nstatus: done\n---\nx y\n",
      "---\ntitle: B\nstatus: shelved\n---\nx\n")
    #expect(
      String(decoding: result.text(.ours), as: UTF8.self)
        == "---\ntitle: B\nstatus: done\n---\nx y\n")
    #expect(result.conflicts.count == 1)
  }

  @Test("of a note that both made, what both say is there once")
  func bothMade() {
    #expect(
      merged("", "# Day\n\n## Done\n\n- one\n\n## Next\n", "# Day\n\n## Done\n\n## Next\n\n- two\n")
        == "# Day\n\n## Done\n\n- one\n\n## Next\n\n- two\n")
    #expect(merged("", "# Day\n\nrain\n", "# Day\n\nsunshine\n") == nil)
  }

  @Test("of a note that both made, a line in doubt is a question about that line alone")
  func smallQuestionWithoutBase() {
    func day(_ start: String, _ item: String, _ rest: String) -> String {
      "# Day\n\n\(start)First paragraph of it.\n\n- item \(item) here\n- item two\n\(rest)"
    }
    let (start, rest) = ("Only ours has this.\n\n", "- item three\n")
    let both = merge("", day(start, "AAA", ""), day("", "BBB", rest))
    #expect(both.conflicts.count == 1)
    #expect(String(decoding: both.text(.ours), as: UTF8.self) == day(start, "AAA", rest))
    #expect(String(decoding: both.text(.theirs), as: UTF8.self) == day(start, "BBB", rest))
  }

  @Test("line ends and a missing last one stay as they were")
  func lineEnds() {
    #expect(
      merged("a b c d\r\n\r\ne\r\n", "a b c dd\r\n\r\ne\r\n", "a b c d\r\n\r\ne f\r\n")
        == "a b c dd\r\n\r\ne f\r\n")
    #expect(merged("a\n\nb", "a\n\nb c", "x a\n\nb") == "x a\n\nb c")
    #expect(merged("a", "a\n\nb", "a\n\nc") == "a\n\nb\n\nc")
  }

  @Test("where one side turned the line ends, the merge of the words has that side's")
  func turnedLineEnds() {
    let text = """
      ---
      tags: [a]
      ---

      Intro.

      > [!note] Title
      > The text of the callout is here.

      - one item

      End.

      """
    let more = text.replacing("> The", with: "> A new sentence at the front.\n>\n> The")
      .replacing("one item\n", with: "one item\n- two items\n").replacing("[a]", with: "[a, b]")
    func turned(_ text: String) -> String { text.replacing("\n", with: "\r\n") }
    #expect(merged(text, turned(text), more) == turned(more))
    #expect(merged(turned(text), text, turned(more)) == more)
    #expect(
      merged(text, turned(text.replacing("End.", with: "The end.")), more)
        == turned(more.replacing("End.", with: "The end.")))
    // Lines of both kinds are a text's own.
    #expect(merged("a\r\n\nb\n", "a\r\n\nb c\n", "x a\r\n\nb\n") == "x a\r\n\nb c\n")
  }

  @Test("no words are lost or doubled, whatever two sides do", arguments: 0..<6 as Range<UInt64>)
  func random(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    for round in 0..<150 {
      let base = Self.text(&generator)
      let ours = Self.edited(base, "m", &generator)
      let theirs = Self.edited(base, "o", &generator)
      let (b, o, t) = (Array(base.utf8), Array(ours.utf8), Array(theirs.utf8))
      let result = TextMerge(base: b, ours: o, theirs: t)
      let label: Comment = "seed \(seed), round \(round)\n\(base)\n--\n\(ours)\n--\n\(theirs)"
      #expect(result.text(.ours) == TextMerge(base: b, ours: t, theirs: o).text(.theirs), label)
      let mine = Self.words(String(decoding: result.text(.ours), as: UTF8.self))
      let other = Self.words(String(decoding: result.text(.theirs), as: UTF8.self))
      // Every word that a side wrote is in one of the two texts; none is there twice.
      for word in Self.words(ours).union(Self.words(theirs))
      where word.first == "m" || word.first == "o" {
        #expect(mine.union(other).contains(word), label)
      }
      if result.isClean {
        let gone = Self.words(base).filter {
          !Self.words(ours).contains($0) || !Self.words(theirs).contains($0)
        }
        #expect(mine.isDisjoint(with: gone), label)
        #expect(
          mine
            == Self.words(base).subtracting(gone).union(
              Self.words(ours).subtracting(Self.words(base))
            ).union(Self.words(theirs).subtracting(Self.words(base))), label)
      }
    }
  }

  private static func words(_ text: String) -> Set<Substring> {
    Set(text.split { !$0.isLetter && !$0.isNumber })
  }

  /// Paragraphs, items, rows and code of words that are each there once.
  private static func text(_ generator: inout SplitMix) -> String {
    var next = 0
    func words(_ count: Int) -> String {
      (0..<count).map { _ in
        next += 1
        return "w\(next)"
      }.joined(separator: " ")
    }
    return (0..<Int.random(in: 1...6, using: &generator)).map { _ in
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: "## " + words(3) + "\n"
      case 1: "- " + words(4) + "\n- " + words(3) + "\n"
      case 2: "```\n" + words(2) + "\n" + words(2) + "\n```\n"
      case 3:
        "| " + words(1) + " | " + words(1) + " |\n|---|---|\n| " + words(1) + " | " + words(2)
          + " |\n"
      default: words(8) + ". " + words(6) + ".\n"
      }
    }.joined(separator: "\n")
  }

  private static func edited(
    _ text: String, _ mark: String, _ generator: inout SplitMix
  ) -> String {
    var text = text
    for number in 0..<Int.random(in: 0...3, using: &generator) {
      let words = text.ranges(of: /w\d+/)
      guard let range = words.randomElement(using: &generator) else { break }
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: text.replaceSubrange(range, with: "\(mark)\(number)")
      case 1: text.insert(contentsOf: "\(mark)\(number) ", at: range.lowerBound)
      case 2: text.removeSubrange(range)
      default: text += "\n\(mark)\(number) \(mark)a\(number)\n"
      }
    }
    return text
  }

  @Test(
    "anything can be merged: bytes that are no text, odd line ends, torn blocks",
    arguments: 0..<4 as Range<UInt64>)
  func hostile(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    let pieces =
      [
        "\r", "\n", "\r\n", "---\n", "a: [", "```\n", "$$", "| a", "[x](", "- ", "> ", "\u{2028}",
        "é",
        "[^1]:", "#", "   ", "1. ", "<p>", "==", "word ", "\u{0}",
      ].map { Array($0.utf8) } + [[0xFF], [0xC3]]
    for _ in 0..<300 {
      func text() -> [UInt8] {
        (0..<Int.random(in: 0...30, using: &generator)).flatMap { _ in
          pieces.randomElement(using: &generator) ?? []
        }
      }
      let (b, o, t) = (text(), text(), text())
      let result = TextMerge(base: b, ours: o, theirs: t)
      #expect(result.text(.ours) == TextMerge(base: b, ours: t, theirs: o).text(.theirs))
      #expect(TextMerge(base: b, ours: o, theirs: b).text(.ours) == o)
      #expect(TextMerge(base: b, ours: b, theirs: t).text(.ours) == t)
    }
  }

  @Test(
    "real merges of public repositories come out as a person made them",
    .enabled(if: SharedData.exists))
  func real() throws {
    let folder = SharedData.path + "/merge"
    var fair = (all: 0, clean: 0)
    var spots = (all: 0, clean: 0)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      func text(_ file: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(folder)/\(name)/\(file)").map { Array($0) }
      }
      guard let base = text("base.md"), let ours = text("ours.md"), let theirs = text("theirs.md"),
        let expected = text("expected.md"), let meta = text("meta.json"),
        let facts = try JSONSerialization.jsonObject(with: Data(meta)) as? [String: Any],
        let kind = facts["kind"] as? String,
        kind != "real-conflict" || facts["fair"] as? Bool == true,
        !kind.hasSuffix("stub"), !kind.hasSuffix("addadd"), !kind.hasSuffix("fmdate")
      else { continue }
      let result = TextMerge(base: base, ours: ours, theirs: theirs)
      func words(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      }
      func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
          .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
          .filter { !$0.isEmpty }.sorted()
      }
      let text = result.text(.ours)
      let isRight =
        result.isClean && (words(text) == words(expected) || lines(text) == lines(expected))
      switch kind {
      case "real-conflict":
        fair.all += 1
        fair.clean += isRight ? 1 : 0
      case "synth-conflict":
        spots.all += 1
        spots.clean += isRight ? 1 : 0
        #expect(isRight || !result.isClean, "\(name) is merged wrongly")
      case "real-clean", "synth-clean": #expect(isRight, "\(name)")
      default: break
      }
    }
    #expect(fair.clean * 100 >= fair.all * 74, "\(fair)")
    #expect(spots.clean * 100 >= spots.all * 96, "\(spots)")
  }
}
