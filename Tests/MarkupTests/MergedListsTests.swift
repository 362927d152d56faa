import Markup
import Testing

/// Edits of one machine beside those of another, as a list, a log or a paragraph gets them in a year.
@Suite("merging what is done to a list, and around it")
struct MergedListsTests {
  /// The merge, the same with the sides exchanged; nil where it is a question.
  private func merged(_ base: String, _ ours: String, _ theirs: String) -> String? {
    func merge(_ ours: String, _ theirs: String) -> TextMerge {
      TextMerge(base: Array(base.utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8))
    }
    let (one, two) = (merge(ours, theirs), merge(theirs, ours))
    func text(_ merge: TextMerge) -> String? {
      merge.isClean ? String(decoding: merge.text(.ours), as: UTF8.self) : nil
    }
    #expect(text(one) == text(two))
    return text(one)
  }

  @Test(
    "a new item at the top of a list stays in the list, whatever the other side puts before it",
    arguments: [
      "> [!tip]\n> Anna has the list of last year.\n", "> A quote of some words.\n",
      "A paragraph of ten words or more, which says what is needed here.\n",
      "| a | b |\n|---|---|\n| c | d |\n", "```\ncode\n```\n", "### Things\n", "---\n",
    ])
  func itemAtTop(block: String) {
    let (head, list) = ("# Shopping\n\nWhat we need:\n\n", "- [ ] a tent\n- [ ] two lamps\n")
    let item = "- [ ] a new stove\n"
    #expect(
      merged(head + list, head + item + list, head + block + "\n" + list)
        == head + block + "\n" + item + list)
  }

  @Test("so it is in a callout")
  func itemAtTopOfCallout() {
    let (head, list) = ("> [!todo]\n", "> - a tent\n> - two lamps\n")
    let words = "> Anna has the list of last year, too, with all its things.\n>\n"
    #expect(
      merged(head + list, head + words + list, head + "> - stove\n" + list)
        == head + words + "> - stove\n" + list)
  }

  /// What one side puts around a list, with what another then writes before and behind its items.
  static let around: [(String, before: String, behind: String, mark: String)] = [
    ("a callout", "> [!todo] Trip\n", "", "> "), ("a quote", "", "", "> "),
    ("a quote that goes on", "", ">\n> And more words there.\n", "> "),
    ("an item", "- things\n", "", "  "), ("a comment", "%%\n\n", "\n%%\n", ""),
    ("an element", "<details>\n\n", "\n</details>\n", ""),
  ]

  @Test(
    "a new item at either end of a list stays in it, whatever the other side puts around the list",
    arguments: around)
  func itemAtEnd(name: String, before: String, behind: String, mark: String) {
    func text(_ items: [String], _ before: String, _ behind: String, _ mark: String) -> String {
      "# T\n\nIntro text here.\n\n" + before + items.map { mark + $0 + "\n" }.joined() + behind
        + "\nEnd.\n"
    }
    let old = ["- [ ] a tent", "- [ ] two lamps"]
    let around = text(old, before, behind, mark)
    for items in [
      old + ["- [ ] oil"], ["- [ ] stove"] + old, ["- [ ] stove"] + old + ["- [ ] oil"],
      ["- [ ] stove", "  for two"] + old + ["- [ ] oil", "  - [ ] of olives"],
    ] {
      #expect(
        merged(text(old, "", "", ""), around, text(items, "", "", ""))
          == text(items, before, behind, mark), "\(name)")
    }
  }

  @Test("so does a new row of a table", arguments: around.filter { $0.mark != "  " })
  func rowAtEnd(name: String, before: String, behind: String, mark: String) {
    func text(_ rows: [String], _ before: String, _ behind: String, _ mark: String) -> String {
      "Prices.\n\n" + before
        + (["| a | b |", "|---|---|"] + rows).map { mark + $0 + "\n" }.joined() + behind
        + "\nEnd.\n"
    }
    let old = ["| tea | 3 |", "| milk | 1 |"]
    for rows in [old + ["| oil | 7 |"], ["| oil | 7 |"] + old] {
      #expect(
        merged(text(old, "", "", ""), text(old, before, behind, mark), text(rows, "", "", ""))
          == text(rows, before, behind, mark), "\(name)")
    }
  }

  @Test("a new item at either end of a list goes where the other side moved the list")
  func itemOfMovedList() {
    func text(_ first: String, _ last: String) -> String {
      "# T\n\nIntro.\n\n\(first)## Z\n\nOutro.\n\(last)"
    }
    let list = "- a tent for us\n- two lamps for them\n"
    for new in [
      "- new thing\n" + list, list + "- new thing\n", "- new thing\n  - of two\n" + list,
    ] {
      #expect(
        merged(text(list + "\n", ""), text("", "\n" + list), text(new + "\n", ""))
          == text("", "\n" + new))
    }
  }

  @Test("it stays where the other side moved the first item alone")
  func itemBeforeMovedOne() {
    func text(_ items: String, _ done: String) -> String {
      "# Open\n\n\(items)\n# Done\n\n\(done)- pay the rent of May\n"
    }
    let (first, second) = ("- call the bank about it\n", "- write the long report\n")
    #expect(
      merged(
        text(first + second, ""), text(second, first), text("- new thing\n" + first + second, ""))
        == text("- new thing\n" + second, first))
  }

  @Test("a new last item is not published where the other side made a comment of the list")
  func itemBeforeEndOfComment() throws {
    let list = "- [ ] a tent\n- [ ] two lamps\n"
    let merge = try #require(
      merged(
        "Intro.\n\n\(list)\nEnd.\n", "Intro.\n\n%%\n\(list)%%\n\nEnd.\n",
        "Intro.\n\n\(list)- [ ] oil\n\nEnd.\n"))
    let (start, end) = (
      try #require(merge.firstRange(of: "%%")), try #require(merge.ranges(of: "%%").last)
    )
    let item = try #require(merge.firstRange(of: "oil"))
    #expect(start.upperBound < item.lowerBound && item.upperBound < end.lowerBound)
  }

  @Test("a new last item stays at its depth where the other side nests the one before it alone")
  func lastItemNested() {
    let base = "- alpha one two\n- beta three four\n"
    #expect(
      merged(
        base + "\nEnd.\n", base.replacing("- beta", with: "  - beta") + "\nEnd.\n",
        base + "- gamma five six\n\nEnd.\n")
        == "- alpha one two\n  - beta three four\n- gamma five six\n\nEnd.\n")
  }

  @Test("an edit in either half of two paragraphs that the other side joined is made in the one")
  func joined() {
    let first = "The large model was trained for three days. It did not converge at all."
    let second = "Afterwards we changed the learning rate to a lower value. Nobody knows why."
    func text(_ joint: String, _ old: String = "", _ new: String = "") -> String {
      let text = "# T\n\n\(first)\(joint)\(second)\n\nEnd.\n"
      return old.isEmpty ? text : text.replacing(old, with: new)
    }
    for (old, new) in [("The large", "The huge"), ("Nobody knows", "Nobody understood")] {
      #expect(merged(text("\n\n"), text(" "), text("\n\n", old, new)) == text(" ", old, new))
    }
  }

  @Test(
    "a sentence that one side adds to the first of two paragraphs is not behind both where the other joins them",
    arguments: ["It came with version nine.", "Version nine came with it."])
  func sentenceAtSeam(second: String) {
    let first = "The ping tells us when an update is ready. It has the environment of the machine."
    let new = "The second number is always the larger one."
    let merged = merged(
      "# T\n\n\(first)\n\n\(second)\n\nEnd.\n", "# T\n\n\(first) \(second)\n\nEnd.\n",
      "# T\n\n\(first) \(new)\n\n\(second)\n\nEnd.\n")
    #expect(
      merged == nil || merged == "# T\n\n\(first) \(new) \(second)\n\nEnd.\n", "\(merged ?? "")")
  }

  @Test("an item that one side nests while the other numbers the list is nested")
  func nestedAndNumbered() {
    #expect(
      merged(
        "- alpha one two\n- beta three four\n- gamma five six\n",
        "- alpha one two\n  - beta three four\n- gamma five six\n",
        "1. alpha one two\n2. beta three four\n3. gamma five six\n")
        == "1. alpha one two\n   - beta three four\n3. gamma five six\n")
  }

  /// A list of three, with its second item and what is put behind that.
  private func three(
    _ second: String, _ behind: String = "", numbered: Bool = false
  ) -> String {
    let marks = numbered ? ["1.", "2.", "3."] : ["-", "-", "-"]
    return
      "\(marks[0]) [ ] alpha one two\n\(marks[1]) \(second)\n\(behind)\(marks[2]) [ ] gamma five six\n"
  }

  @Test(
    "a task that one side ticks, or rewrites, while the other numbers the list is a numbered one",
    arguments: ["[x] beta three four", "[ ] beta new four", "beta three four"])
  func tickedAndNumbered(second: String) {
    let old = "[ ] beta three four"
    #expect(
      merged(three(old), three(second), three(old, numbered: true))
        == three(second, numbered: true))
    #expect(
      merged(three(old, numbered: true), three(second, numbered: true), three(old))
        == three(second))
  }

  @Test(
    "what one side hangs on an item hangs on it where the other side gave the item a wider marker",
    arguments: [
      ["  - a new sub-item here"], ["  - first sub", "  - second sub", "    - deeper"],
      ["", "  A paragraph that hangs on it.", ""],
      ["  ```", "  code = 1", "    more = 2", "  ```"], ["  1. one", "  2. two"],
    ])
  func hangsOnWiderMarker(lines: [String]) {
    func text(_ indent: String) -> String {
      lines.map { $0.isEmpty ? "\n" : indent + $0 + "\n" }.joined()
    }
    let old = "[ ] beta three four"
    #expect(
      merged(three(old), three(old, text("")), three(old, numbered: true))
        == three(old, text(" "), numbered: true))
  }

  @Test("so it does where the ninth becomes the tenth")
  func hangsOnTenth() {
    func list(_ first: Int, _ behind: String) -> String {
      (1...9).map { "\($0 + first). step number \($0) of the recipe with words\n" }.joined()
        + behind
    }
    let hanging = "   - a sub-item of the ninth\n"
    #expect(
      merged(list(0, ""), list(0, hanging), "1. a new first step\n" + list(1, ""))
        == "1. a new first step\n" + list(1, " " + hanging))
  }

  @Test(
    "a quote that one side puts behind a list is no part of the item that the other side moves",
    arguments: ["  - oil\n", "\t- oil\n"])
  func quoteBehindList(moved: String) {
    let (head, end) = ("# Trip\n\n- a tent\n- two lamps\n", "\nWe start on Monday.\n")
    let quote = "\n> [!tip] Anna\n> Take a coat.\n"
    #expect(
      merged(head + "- oil\n" + end, head + moved + end, head + "- oil\n" + quote + end)
        == head + moved + quote + end)
  }

  @Test("a quote that one side puts behind a list is none in the callout made of the list")
  func quoteBehindQuotedList() {
    let (list, end) = ("- a tent\n- two lamps\n", "\nWe start on Monday.\n")
    let quote = "\n> [!tip] Anna\n> Take a coat.\n"
    let callout = "> [!todo]\n> - a tent\n> - two lamps\n"
    #expect(
      merged(
        "# Trip\n\n" + list + end, "# Trip\n\n" + callout + end, "# Trip\n\n" + list + quote + end)
        == "# Trip\n\n" + callout + quote + end)
  }

  @Test("what both sides write at the top, or at the end, of one quote is in that quote")
  func bothWriteInQuote() {
    let (paul, anna) = ("> Paul has seen it all before.\n", "> Anna is of another mind today.\n")
    for head in ["", "Intro words.\n\n", "# T\n\nIntro words.\n\n> [!log]\n"] {
      let old = "> Old words of the quote.\n>\n> Second one is here.\n"
      let end = "\nThe end of all.\n"
      #expect(
        merged(head + old + end, head + paul + ">\n" + old + end, head + anna + ">\n" + old + end)
          == head + anna + ">\n" + paul + ">\n" + old + end)
      #expect(
        merged(head + old + end, head + old + ">\n" + paul + end, head + old + ">\n" + anna + end)
          == head + old + ">\n" + anna + ">\n" + paul + end)
    }
  }

  @Test("an item that one side removes leaves no line where the other takes the boxes off")
  func removedAndUnboxed() {
    #expect(
      merged(
        "- [ ] call Anna\n- [ ] buy milk\n- [ ] write report\n- [x] pay rent\n",
        "- [ ] call Anna\n- [ ] write report\n- [x] pay rent\n",
        "- call Anna\n- buy milk\n- write report\n- pay rent\n")
        == "- call Anna\n- write report\n- pay rent\n")
  }

  @Test("a footnote's mark at the end of a paragraph stands before a sentence that is added there")
  func markAndSentence() {
    let base = "# T\n\nIt did not converge at all.\n\nEnd.\n"
    let note = "\n[^1]: See the book.\n"
    #expect(
      merged(
        base, base.replacing("all.", with: "all.[^1]") + note,
        base.replacing("all.", with: "all. Afterwards we stopped it for good."))
        == base.replacing("all.", with: "all.[^1] Afterwards we stopped it for good.") + note)
  }

  @Test("what both sides move to two places is there once, whichever answer is taken")
  func movedApart() {
    func section(_ name: String) -> String {
      "## \(name)\n\nThe section \(name) has this text.\n\n"
    }
    let parts = ["Alpha", "Beta", "Gamma", "Delta"].map(section)
    let base = "# T\n\n" + parts.joined()
    let ours = "# T\n\n" + parts[1] + parts[2] + parts[3] + parts[0]
    let theirs = "# T\n\n" + parts[1] + parts[0] + parts[2] + parts[3]
    let merge = TextMerge(
      base: Array(base.utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8))
    #expect(!merge.isClean)
    for side in [TextMerge.Side.ours, .theirs] {
      let text = String(decoding: merge.text(side), as: UTF8.self)
      #expect(text.ranges(of: "## Alpha").count == 1, "\(text)")
    }
  }

  @Test("what a side moved out of a place in question is in each answer once")
  func movedOut() {
    let items = ["add data", "smaller model", "decrease batch", "drop out", "weight decay", "stop"]
      .map { "- \($0) as it is said in the paper of this year\n" }
    let base = items.joined()
    let ours = (items[..<2] + items[3...] + [items[2]]).joined()
    let theirs = base.replacing("- drop", with: "  - drop")
    let merge = TextMerge(
      base: Array(base.utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8))
    for side in [TextMerge.Side.ours, .theirs] {
      let text = String(decoding: merge.text(side), as: UTF8.self)
      #expect(text.ranges(of: "decrease").count == 1, "\(text)")
    }
  }
}
