import Markup
import TestSupport
import Testing

@Suite struct WordDiffTests {
  private func diff(_ old: String, _ new: String) -> TextDiff {
    TextDiff.wordDiff(old: Array(old.utf8), new: Array(new.utf8))
  }

  /// `same [-removed-]{+added+}`, as `git diff --word-diff` shows it.
  private func shown(_ block: DiffBlock) -> String {
    block.segments.map {
      switch $0.kind {
      case .added: "{+\($0.text)+}"
      case .removed: "[-\($0.text)-]"
      default: $0.text
      }
    }.joined()
  }

  @Test(
    "within a block, words change",
    arguments: [
      ("The old cat sat here.", "The new cat sat here.", "The [-old-]{+new+} cat sat here."),
      (
        "one two three four five six", "one nine ten four five six",
        "one [-two three-]{+nine ten+} four five six"
      ),
      (
        "a b c d see [[x|y z]] e f", "a b c d see [[x|y w]] e f",
        "a b c d see [-[[x|y z]]-]{+[[x|y w]]+} e f"
      ),
      ("so $a + b$ is it here", "so $a + c$ is it here", "so [-$a + b$-]{+$a + c$+} is it here"),
      (
        "call `f(x)` now and then", "call `f(y)` now and then",
        "call [-`f(x)`-]{+`f(y)`+} now and then"
      ),
      ("我喜欢红茶和水", "我喜欢绿茶和水", "我喜欢[-红-]{+绿+}茶和水"),
      ("a loss of 2.43 here", "a loss of 2.34 here", "a loss of [-2.43-]{+2.34+} here"),
      ("of 10,000 notes.", "of 12,000 notes.", "of [-10,000-]{+12,000+} notes."),
      ("end of it all", "end of it all, really", "end of it all{+, really+}"),
      ("it isn't so bad", "it is so bad", "it [-isn't-]{+is+} so bad"),
      (
        "a \u{1F468}\u{200D}\u{1F4BB} at work", "a \u{1F469}\u{200D}\u{1F4BB} at work",
        "a [-\u{1F468}\u{200D}\u{1F4BB}-]{+\u{1F469}\u{200D}\u{1F4BB}+} at work"
      ),
      (
        "من می\u{200C}روم فردا", "من می\u{200C}خواهم فردا",
        "من [-می\u{200C}روم-]{+می\u{200C}خواهم+} فردا"
      ),
    ])
  func words(old: String, new: String, expected: String) {
    let blocks = diff(old, new).blocks
    #expect(blocks.map(shown) == [expected])
    #expect(blocks.map(\.kind) == [.changed])
  }

  @Test("the numbers of a list's items are no words, and those of rows and headings are")
  func itemNumbers() {
    let one = diff("1. boil water\n2. drink it", "1. take a pot\n2. boil water\n3. drink it")
    #expect(one.wordsAdded == 3 && one.wordsRemoved == 0)
    #expect(diff("> 1. one two", "> 2. one two").wordsAdded == 0)
    #expect(diff("# 1. one two", "# 2. one two").wordsAdded == 1)
    #expect(diff("| a |\n|---|\n| 1. b |", "| a |\n|---|\n| 2. b |").wordsAdded == 1)
    #expect(diff("In 1. one two", "In 2. one two").wordsAdded == 1)
  }

  @Test(
    "wrapping and blank lines are no change",
    arguments: [
      ("one two\nthree", "one\ntwo three"), ("a\n\nb\n", "a\n\n\n\nb"), ("a b", "a  b\n"),
      ("> one two\n> three", "> one\n> two three"), ("- one\n  two", "- one two"),
      ("a\r\nb", "a\nb"), ("# a \n\nb  \n", "# a\n\nb"),
      ("```\r\na b\r\n\r\nc\r\n```\r\n", "```\na b\n\nc\n```\n"),
      ("```\ra\r```\r", "```\na\n```\n"),
      ("$$\r\na\r\n$$\r\n", "$$\na\n$$\n"),
      ("---\r\nid: a\r\n---\r\n\r\nb\r\n", "---\nid: a\n---\n\nb\n"),
    ])
  func wrapping(old: String, new: String) {
    #expect(diff(old, new).isEmpty)
    #expect(diff(old, new).wordsAdded == 0)
  }

  @Test(
    "in code and front matter each blank counts",
    arguments: [
      ("```\na b\n```", "```\na  b\n```"), ("```\na\nb\n```", "```\na b\n```"),
      ("---\na: 1\n---\nx", "---\na:  1\n---\nx"),
    ])
  func verbatim(old: String, new: String) { #expect(!diff(old, new).isEmpty) }

  @Test("a text whose lines end in CRLF is compared as one with line feeds is")
  func carriageReturns() {
    let old =
      "---\nid: a\n---\n\nOne two.\n\n```\none\ntwo\nthree\n```\n\n$$\na\n$$\n\n| a |\n|---|\n| 1 |\n"
    let new =
      old.replacing("two\nthree", with: "two\nother\nmore").replacing("$$\na", with: "$$\nb")
      .replacing("| 1", with: "| 2")
    let result = diff(old.replacing("\n", with: "\r\n"), new.replacing("\n", with: "\r\n"))
    #expect(result.blocks.map(shown) == diff(old, new).blocks.map(shown))
    #expect(result.wordsAdded == diff(old, new).wordsAdded)
  }

  @Test("blocks that are the same fold, and the rest is added, removed or changed, with its lines")
  func blocks() {
    let old =
      "# Title\n\nFirst paragraph stays.\n\nSecond one will go away.\n\nThird is changed here.\n"
    let new =
      "# Title\n\nFirst paragraph stays.\n\nThird is modified here.\n\nBrand new text at the end\n"
    let result = diff(old, new)
    #expect(result.blocks.map(\.kind) == [.same, .removed, .changed, .added])
    #expect(result.blocks.map(\.oldLines) == [1..<4, 5..<6, 7..<8, 8..<8])
    #expect(result.blocks.map(\.newLines) == [1..<4, 5..<5, 5..<6, 7..<8])
    #expect(result.wordsAdded == 7)
    #expect(result.wordsRemoved == 6)
    let oldText = Array(old.utf8)
    #expect(
      String(decoding: oldText[result.blocks[1].oldRange], as: UTF8.self)
        == "Second one will go away.")
  }

  @Test(
    "a formula or a link alone in its block has moved as well",
    arguments: [
      "$$\n\\int_0^t \\beta(s)\\, \\mathrm{d}s\n$$", "See [the paper](https://example.org/score).",
    ])
  func movedFormula(_ block: String) {
    let (a, b) = ("A paragraph that stays as it is.", "Another one that stays where it is.")
    let moved = diff("\(block)\n\n\(a)\n\n\(b)\n", "\(a)\n\n\(b)\n\n\(block)\n")
    #expect(moved.blocks.count { $0.kind == .moved } == 1)
    #expect(moved.wordsAdded == 0 && moved.wordsRemoved == 0)
  }

  @Test("a block that stands elsewhere has moved, also with a word changed, and adds no words")
  func moves() {
    let (a, b) = ("The first paragraph says five things.", "The second one says some more.")
    let moved = diff("\(a)\n\n\(b)\n", "\(b)\n\n\(a)\n")
    #expect(moved.blocks.count { $0.kind == .moved } == 1)
    #expect(moved.blocks.count { $0.kind == .same } == 1)
    #expect(moved.wordsAdded == 0 && moved.wordsRemoved == 0)
    #expect(!moved.isEmpty)

    let long = "Long paragraphs that moved keep being the same paragraph for a reader of theirs."
    let edited = diff(
      "\(long)\n\n\(a)\n\n\(b)\n", "\(a)\n\n\(b)\n\n\(long.replacing("reader", with: "friend"))\n")
    #expect(edited.blocks.map(\.kind) == [.same, .moved])
    #expect(edited.wordsAdded == 1 && edited.wordsRemoved == 1)
    #expect(shown(edited.blocks[1]).contains("a [-reader-]{+friend+} of"))
    #expect(edited.blocks[1].oldLines == 1..<2 && edited.blocks[1].newLines == 5..<6)

    // Too short to be known again, where there are two of them.
    let (yes, no) = ("- yes\n- yes\n", "- no\n- no\n")
    #expect(diff(yes + no, no + yes).blocks.allSatisfy { $0.kind != .moved })
  }

  @Test("a paragraph that was made two, or three, or one of those, has the words that it had")
  func splits() {
    let parts = [
      "The first part says what was seen.", "The second says what it means to us.",
      "A third one, which is short, ends it.",
    ]
    let around = ("# Title\n\nBefore it all.\n\n", "\n\nBehind it all.\n")
    for cuts in [[" ", "\n\n"], ["\n\n", " "], ["\n\n", "\n\n"]] {
      let one = around.0 + parts.joined(separator: " ") + around.1
      let several = around.0 + parts[0] + cuts[0] + parts[1] + cuts[1] + parts[2] + around.1
      for (old, new) in [(one, several), (several, one)] {
        let result = diff(old, new)
        #expect(result.wordsAdded == 0 && result.wordsRemoved == 0)
        #expect(result.blocks.map(\.kind) == [.same, .changed, .same])
        let edited = diff(old, new.replacing("means", with: "tells"))
        #expect(edited.wordsAdded == 1 && edited.wordsRemoved == 1)
      }
    }
    let result = diff("a b c d e f", "a b c d\n\ne f")
    #expect(result.blocks.map(shown) == ["a b c d[- -]{+\n\n+}e f"])
    #expect(result.blocks.map(\.newLines) == [1..<4])
    // As many as there are sentences: none of them is like the whole.
    let many = (0..<9).map { "Sentence \($0) has five words." }
    let listed = diff(many.joined(separator: " "), many.joined(separator: "\n\n"))
    #expect(listed.wordsAdded == 0 && listed.blocks.map(\.kind) == [.changed])
  }

  @Test("a new paragraph beside one that changed is a new one")
  func besides() {
    let result = diff(
      "The old cat sat here for long.", "The new cat sat here for long.\n\nIt was a cat of ours.")
    #expect(result.blocks.map(\.kind) == [.changed, .added])
    #expect(result.wordsAdded == 7)
  }

  @Test("a table is compared by rows and cells, and filling cells up is no change")
  func tables() {
    let old = "| model | loss |\n|---|---|\n| small | 3.1 |\n| large | 2.4 |\n"
    let wide =
      "| model   |  loss |\n|:------|-------|\n| small   |  3.1 |\n| large   |  2.4 |\n"
    #expect(diff(old, wide.replacing(":---", with: "----")).isEmpty)
    #expect(diff(old, wide).blocks.map(\.kind) == [.same, .changed, .same])

    let result = diff(old, old.replacing("2.4", with: "2.2") + "| huge | 1.9 |\n")
    #expect(result.blocks.map(\.kind) == [.same, .changed, .added])
    #expect(result.blocks.map(\.form) == [.row, .row, .row])
    #expect(shown(result.blocks[1]) == "| large | [-2.4-]{+2.2+} |")
    #expect(result.blocks[0].count == 3)

    // Every other cell changed: it is the first one by which a row is known.
    let rewritten = diff(old, old.replacing("2.4", with: "unknown"))
    #expect(rewritten.blocks.map(\.kind) == [.same, .changed])
    let escaped = diff("| a \\| b | c |\n|---|---|\n", "| a \\| d | c |\n|---|---|\n")
    #expect(shown(escaped.blocks[0]) == "| a \\| [-b-]{+d+} | c |")
  }

  @Test("a row that stands elsewhere has moved, however short, and adds no words")
  func movedRows() {
    let head = "| city | pop |\n|---|---|\n"
    let (rome, paris, berlin) = ("| Rome | 3 |\n", "| Paris | 2 |\n", "| Berlin | 4 |\n")
    for new in [head + berlin + rome + paris, head + paris + "\nText.\n\n" + head + berlin + rome] {
      let result = diff(head + rome + paris + berlin, new)
      #expect(result.blocks.contains { $0.kind == .moved }, "\(result.blocks.map(shown))")
      #expect(result.wordsRemoved == 0, "\(result.blocks.map(shown))")
    }
    let oslo = "| Oslo | 1 |\n"
    let edited = diff(
      head + rome + paris + oslo + berlin,
      head + berlin + rome.replacing("3", with: "5") + paris + oslo)
    #expect(edited.wordsAdded == 1 && edited.wordsRemoved == 1)
  }

  @Test("code is compared line by line, and its words count")
  func code() {
    let old = "```python\nx = 1\ny = f(x)\nprint(y)\n```\n"
    let result = diff(old, old.replacing("y = f(x)", with: "y = g(x, 2)"))
    #expect(result.blocks.map(\.form) == [.code])
    #expect(
      shown(result.blocks[0])
        == "```python\nx = 1\n[-y = f(x)\n-]{+y = g(x, 2)\n+}print(y)\n```")
    #expect(result.wordsRemoved > 0 && result.wordsAdded > result.wordsRemoved)
  }

  @Test(
    "what stands in a quote, a callout or a footnote is compared as what it is",
    arguments: [
      ("> ", "> "), ("> [!tip] T\n> ", "> "), ("> > ", "> > "), ("[^1]: T\n\n    ", "    "),
    ])
  func innerBlocks(lead: String, mark: String) {
    func holder(_ text: String) -> String {
      lead
        + text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\n" + mark) + "\n"
    }
    let lines = ["```sh", "cd build  # then", "rm -r old", "```"]
    let code = lines.joined(separator: "\n")
    let joined = diff(holder(code), holder(code.replacing("then\n", with: "then ")))
    #expect(joined.blocks.last?.form == .code && joined.blocks.last?.kind == .changed)
    #expect(!diff(holder(code), holder(code.replacing("cd build", with: "  cd build"))).isEmpty)

    let text = "| a | b |\n|---|---|\n| x | 1 |\n\n- one\n- two\n\nA word.\n\n" + code
    let all = diff(
      holder(text),
      holder(
        text.replacing("| 1", with: "| 2").replacing("two", with: "two too")
          .replacing("build", with: "out")))
    let changed = all.blocks.filter { $0.kind != .same }
    #expect(changed.map(\.form) == [.row, .prose, .code])
    #expect(shown(changed[0]).hasSuffix("| x | [-1-]{+2+} |"))
    #expect(shown(changed[1]).hasSuffix("- two{+ too+}"))
    let stripped = shown(changed[2]).replacing("\n" + mark, with: "\n")
    #expect(stripped.contains("[-\(mark)cd build"), "\(stripped)")
    #expect(diff(holder("one two\nthree"), holder("one\ntwo three")).isEmpty)
  }

  @Test("sections and items in another order have moved, their short headings too")
  func movedSections() {
    let steps = ["one", "two", "three"].map {
      "## Step \($0)\n\nDo the thing that is number \($0) of all of them.\n\n"
    }
    for (old, new) in [
      (steps, Array(steps.reversed())),
      (["- one\n", "- two things\n"], ["- two things\n", "- one\n"]),
    ] {
      let result = diff(old.joined(), new.joined())
      #expect(Set(result.blocks.map(\.kind)) == [.same, .moved], "\(result.blocks.map(shown))")
      #expect(result.wordsAdded + result.wordsRemoved == 0)
    }
  }

  @Test("a block of which less than two fifths stayed in place reads as rewritten")
  func rewritten() {
    let old = "one two three four five six seven eight nine ten"
    let some = diff(old, old.replacing("three four five", with: "3 4 5")).blocks
    #expect(some.map(\.isRewritten) == [false])
    let new = "ten nine eight seven six five four three two one"
    let most = diff(old, new).blocks
    #expect(most.map(\.kind) == [.changed])
    #expect(most.map(\.isRewritten) == [true])
    #expect(most[0].before == old)
    #expect(most[0].after == new)
  }

  @Test("the front matter is one block to a reader, and sections are those of the newer text")
  func counts() {
    let old = "---\ntitle: A\ntags: [b]\n---\n\n# One\n\ntext\n\n# Two\n\nmore words\n"
    let new = old.replacing("more", with: "other")
    let result = diff(old, new)
    #expect(result.blocks.map(\.count) == [4, 1])
    #expect(result.sections(from: Array(old.utf8), to: Array(new.utf8)) == ["Two"])
  }

  @Test(
    "what is removed was in the section in which it stood",
    arguments: [
      ("The last of it goes.\n\n", "", ["Alpha"]),
      ("## Gamma\n\nAll of gamma here.\n\n", "", ["Gamma"]),
      ("## Delta\n\nThe end of it all.\n", "", ["Delta"]),
      ("## Alpha\n\nA text that stays.\n\nThe last of it goes.", "A text that stays.", ["Alpha"]),
      // A section with another name now is known by that.
      ("Beta\n\nSome words stay.\n\nSome go.", "Beta too\n\nSome words stay.", ["Beta too"]),
    ])
  func removedFrom(old: String, new: String, sections: [String]) {
    let text =
      "Before.\n\n## Alpha\n\nA text that stays.\n\nThe last of it goes.\n\n"
      + "## Beta\n\nSome words stay.\n\nSome go.\n\n## Gamma\n\nAll of gamma here.\n\n"
      + "## Delta\n\nThe end of it all.\n"
    let after = text.replacing(old, with: new)
    #expect(after != text)
    #expect(
      diff(text, after).sections(from: Array(text.utf8), to: Array(after.utf8)) == sections)
  }

  @Test("a changed key of the front matter is a change of that line")
  func frontmatter() {
    let result = diff("---\ntitle: A\ndate: x\n---\nt", "---\ntitle: B\ndate: x\n---\nt")
    #expect(result.blocks.map(\.kind) == [.same, .changed, .same])
    #expect(shown(result.blocks[1]) == "title: [-A-]{+B+}")
  }

  @Test("of many definitions only the one that changed is a change")
  func definitions() {
    let text = "text\n\n[a]: /a\n[b]: /b\n[c]: /c\n"
    let result = diff(text, text.replacing("/b", with: "/b2"))
    #expect(result.blocks.map(\.kind) == [.same, .changed, .same])
    #expect(result.blocks.map(\.oldLines) == [1..<4, 4..<5, 5..<6])
  }

  @Test("both texts can be put together again from the segments", arguments: 0..<100)
  func roundTrip(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let words = ["alpha", "beta", "gamma", "[[l]]", "$x$", "`c`", ",", "汉", "字", "é", ".", "\n\n"]
    func text(_ base: [String]) -> [String] {
      base.compactMap { random.below(8) == 0 ? words[random.below(words.count)] : $0 }
    }
    let base = (0..<random.below(200)).map { _ in words[random.below(words.count)] }
    let (old, new) = (text(base).joined(separator: " "), text(base).joined(separator: " "))
    let result = diff(old, new)
    for (whole, side, isOld) in [(old, DiffBlock.Kind.removed, true), (new, .added, false)] {
      let bytes = Array(whole.utf8)
      for block in result.blocks where block.kind != .same {
        let range = isOld ? block.oldRange : block.newRange
        let joined = block.segments.filter { $0.kind == side || $0.kind == .same }
          .map(\.text).joined()
        let original = String(decoding: bytes[range], as: UTF8.self)
        #expect(plain(joined) == plain(original))
      }
    }
    #expect(result.isEmpty == (diff(new, old).isEmpty))
  }

  private func plain(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test("texts with nothing in common, or far too much, are compared to the end")
  func limits() {
    let numbers = { (from: Int) in (from..<from + 20_000).map { "w\($0)" }.joined(separator: " ") }
    #expect(diff(numbers(0), numbers(50_000)).blocks.map(\.kind) == [.removed, .added])
    let half = diff(numbers(0), numbers(10_000))
    #expect(half.blocks.map(\.kind) == [.changed])
    #expect(half.wordsAdded == 10_000)
    let repeated = String(repeating: "a b ", count: 20_000)
    #expect(!diff(repeated, String(repeating: "b c a ", count: 20_000)).isEmpty)
    #expect(diff("", "").isEmpty)
    #expect(diff("", "x").blocks.map(\.kind) == [.added])
    let many = (0..<3_000).map { "para \($0)\n\n" }.joined()
    #expect(diff(many, many.replacing("para", with: "text")).wordsAdded == 3_000)
  }

  @Test("texts compared one after the other differ as they do by themselves", arguments: 0..<30)
  func comparer(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let blocks =
      (0..<12).map { "Block \($0) says some words of its own." } + [
        "- item", "`c`", "| a |\n|---|",
      ]
    var comparer = TextComparer()
    var last: [UInt8] = []
    for _ in 0..<6 {
      let picked = (0..<random.below(14)).map { _ in blocks[random.below(blocks.count)] }
      let text = Array(picked.joined(separator: random.below(5) == 0 ? "\n" : "\n\n").utf8)
      #expect(comparer.wordDiff(old: last, new: text) == TextDiff.wordDiff(old: last, new: text))
      #expect(comparer.wordDiff(old: text, new: last) == TextDiff.wordDiff(old: text, new: last))
      last = text
    }
  }
}
