import Markup
import Testing

/// One machine nests, numbers or wraps what stands there, another writes beside it.
@Suite("merging what one side puts around a text with what the other puts beside it")
struct MergedAroundTests {
  /// The merge, the same with the sides exchanged; nil where it is a question.
  private func merged(_ base: String, _ ours: String, _ theirs: String) -> String? {
    func merge(_ ours: String, _ theirs: String) -> String? {
      let merge = TextMerge(
        base: Array(base.utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8))
      return merge.isClean ? String(decoding: merge.text(.ours), as: UTF8.self) : nil
    }
    let one = merge(ours, theirs)
    #expect(one == merge(theirs, ours))
    return one
  }

  /// What may be put before or behind a text.
  static let blocks = [
    "Paul has more of it in his cellar.\n", "Anna.\n", "> [!note] Paul\n> has the lamps.\n",
    "## List\n", "| a | b |\n|---|---|\n| c | d |\n", "```\ncode\n```\n",
  ]

  @Test("nothing comes between an item and the list that one side put below it", arguments: blocks)
  func parentOfList(block: String) {
    let items = ["- a tent for three\n", "- two lamps\n", "- oil for them\n"]
    func text(_ before: String, _ indent: String) -> String {
      "Intro words.\n\n" + before + items.map { indent + $0 }.joined() + "\nThe end.\n"
    }
    for indent in ["\t", "  ", "    "] {
      #expect(
        merged(text("", ""), text("- Things:\n", indent), text(block + "\n", ""))
          == text(block + "\n- Things:\n", indent))
    }
  }

  @Test("an item that one side nests is no code where the other puts something before it")
  func nestedBehindBlock() {
    let (first, last, end) = (
      "- a tent for three\n- two lamps\n", "- oil for them\n", "\nThe end.\n"
    )
    for block in ["## Later\n", "> [!note]\n> Words.\n", "Some words between them.\n"] {
      let merged = merged(
        first + last + end, first + "\t" + last + end, first + "\n" + block + "\n" + last + end)
      #expect(merged == nil || merged?.contains("\n- oil") == true, "\(merged ?? "")")
    }
  }

  @Test(
    "what hangs on a new item hangs on it where the other side nests the item before it",
    arguments: ["\t- gas for it\n", "\n\tGas is in the cellar.\n"])
  func hangsOnNewItem(hanging: String) {
    func text(_ indent: String, _ new: String) -> String {
      "- a tent for three\n- two lamps\n\(indent)- oil for them\n\(new)\nThe end.\n"
    }
    let new = "- a stove\n" + hanging
    for indent in ["\t", "    ", "  "] {
      #expect(merged(text("", ""), text(indent, ""), text("", new)) == text(indent, new))
    }
  }

  @Test("a paragraph hangs on its item where the other side takes a sub-item before it out")
  func hangsBesideSubItem() {
    let (first, last) = ("- a tent\n  - with poles\n", "- two lamps\n")
    let paragraph = "\n  Paul has it.\n\n"
    let merged = merged(
      first + "  - with pegs\n" + last, first + "- with pegs\n" + last,
      first + "  - with pegs\n" + paragraph + last)
    #expect(merged == nil || merged?.contains("\n  Paul has it.") == true, "\(merged ?? "")")
  }

  @Test("the items of a callout get no numbers of the list around it")
  func calloutInNumberedList() {
    let (items, end) = (["a tent for three\n", "two lamps\n", "oil for them\n"], "\nThe end.\n")
    func list(_ isNumbered: Bool, _ callout: String, at place: Int) -> String {
      items.enumerated().map { number, item in
        (number == place ? callout : "") + (isNumbered ? "\(number + 1). " : "- ") + item
      }.joined() + end
    }
    let callout = "> [!tip] Anna\n> - take a coat\n> - and a hat\n\n"
    for (place, before) in [(2, "\n"), (0, "")] {
      #expect(
        merged(
          list(false, "", at: place), list(true, "", at: place),
          list(false, before + callout, at: place))
          == list(true, before + callout, at: place))
    }
  }

  @Test(
    "a quote that hangs on the last item is in the callout that the other side made of the list")
  func quoteOnItemOfCallout() {
    let end = "\nThe end.\n"
    #expect(
      merged(
        "# T\n\n- a tent for three\n- two lamps\n" + end,
        "# T\n\n> [!todo]\n> - a tent for three\n> - two lamps\n" + end,
        "# T\n\n- a tent for three\n- two lamps\n\n  > Anna said so.\n" + end)
        == "# T\n\n> [!todo]\n> - a tent for three\n> - two lamps\n>\n>   > Anna said so.\n" + end)
  }

  /// What may be put around a text: before it and behind it.
  static let around = [
    ("%%\n\n", "\n%%\n"), ("<!--\n", "-->\n"), ("<details>\n\n", "\n</details>\n"),
    ("<div>\n\n", "\n</div>\n"), (":::note\n\n", "\n:::\n"),
    ("{{% notice tip %}}\n\n", "\n{{% /notice %}}\n"),
  ]

  /// How boxes begin and end.
  static let boxes = [
    (":::note\n", ":::\n"), ("::: {.callout-tip}\n\n", "\n:::\n"),
    ("{{% notice tip %}}\n", "{{% /notice %}}\n"), ("%%\n", "%%\n"),
  ]

  @Test("what both add at the end of a box is in it, and the box ends once", arguments: boxes)
  func endOfBox(box: (String, String)) {
    func text(_ inner: String) -> String {
      "First text stands here.\n\n\(box.0)\(inner)\(box.1)\nThe end.\n"
    }
    let items = "- one item\n- two items\n"
    #expect(
      merged(text(items), text(items + "- three items\n"), text(items + "- another of Paul\n"))
        == text(items + "- another of Paul\n- three items\n"))
    #expect(
      merged(text(items), text(items + "- three items\n"), text(items + "  - below the second\n"))
        == text(items + "  - below the second\n- three items\n"))
    #expect(
      merged(text(items), text(items + "- three items\n"), text("- one item\n"))
        == text("- one item\n- three items\n"))
    let words = "Some words are in the box.\n"
    let (mine, other) = ("\nAnna has seen it all before.\n", "\nPaul is of another mind today.\n")
    #expect(
      merged(text(words), text(words + mine), text(words + other)) == text(words + mine + other))
    let behind = "First text stands here.\n\n\(box.0)\(words)\(box.1)\(other)\nThe end.\n"
    #expect(
      merged(text(words), text(words + mine), behind)
        == "First text stands here.\n\n\(box.0)\(words)\(mine)\(box.1)\(other)\nThe end.\n")
  }

  @Test("a box that one side moved is whole, whatever the other put into it", arguments: boxes)
  func movedBox(box: (String, String)) {
    let (first, second) = ("First words in the box.\n", "\nSecond words in the box.\n")
    let (intro, other) = ("Intro text of it all.\n\n", "\nAnother text that stands here.\n")
    func whole(_ inner: String) -> String { box.0 + inner + box.1 }
    let base = intro + whole(first + second) + other
    for new in [
      first + second + "\nThird words are put in.\n",
      "Words put in at the top.\n\n" + first + second,
      first + "\nWords in the middle of it.\n" + second, first + second + "with a line more\n",
    ] {
      let moved = intro + other.dropFirst() + "\n" + whole(first + second)
      let merged = merged(base, moved, intro + whole(new) + other)
      #expect(
        merged == nil || merged == intro + other.dropFirst() + "\n" + whole(new), "\(merged ?? "")")
    }
  }

  @Test(
    "what one side puts before or behind a text stays outside of what the other puts around it",
    arguments: around, blocks)
  func outsideOfComment(around: (String, String), block: String) {
    let old = "Second text stands here.\n"
    func text(_ inner: String) -> String {
      "# T\n\nFirst text stands here.\n\n\(inner)\nThe end.\n"
    }
    let wrapped = around.0 + old + around.1
    for (new, expected) in [
      (block + "\n" + old, block + "\n" + wrapped), (old + "\n" + block, wrapped + "\n" + block),
    ] {
      let merged = merged(text(old), text(wrapped), text(new))
      #expect(merged == nil || merged == text(expected), "\(merged ?? "")")
      // Of most it is no question.
      if around.0.hasPrefix("%%") { #expect(merged != nil) }
    }
  }

  @Test(
    "a task that one side ticks, or links to, keeps what the other writes at the place of the sign",
    arguments: [
      ("[ ] write", "[ ] compose"), ("[ ] write", "[ ] please write"),
      ("[ ] write", "[ ] 10:00 write"),
      ("house\n", "barn\n"), ("house\n", "house.\n"), ("house\n", "house ✅ 2026-01-01\n"),
    ])
  func signs(old: String, new: String) {
    let base =
      "# T\n\n- [ ] call Anna\n- [ ] write the long letter about the house\n- [ ] buy oil\n"
    let edited = base.replacing(old, with: new)
    func line(_ sign: String, _ mark: String) -> String {
      edited.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.contains("long letter") ? $0.replacing("[ ]", with: mark) + sign : String($0)
      }.joined(separator: "\n")
    }
    #expect(
      merged(base, base.replacing("[ ] write", with: "[x] write"), edited) == line("", "[x]"))
    #expect(
      merged(base, base.replacing("house\n", with: "house ^letter\n"), edited)
        == line(" ^letter", "[ ]"))
  }
}
