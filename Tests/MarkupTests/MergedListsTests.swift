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

  @Test("an item that one side nests while the other numbers the list is nested")
  func nestedAndNumbered() {
    #expect(
      merged(
        "- alpha one two\n- beta three four\n- gamma five six\n",
        "- alpha one two\n  - beta three four\n- gamma five six\n",
        "1. alpha one two\n2. beta three four\n3. gamma five six\n")
        == "1. alpha one two\n   - beta three four\n3. gamma five six\n")
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
