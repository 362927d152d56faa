import Testing

@testable import Markup

@Suite("merging what was put in at the end of something")
struct MergedSectionsTests {
  @Test(
    "a new task stays under its heading where the other machine moved the one before it to Done",
    arguments: [
      ("## Done\n\n", "## To do\n\n"), ("Done:\n", "To do:\n"), ("**Done**\n\n", "**To do**\n\n"),
    ])
  func doneAndToDo(done: String, toDo: String) {
    let (report, week) = ("- write the report for May\n", "# Week\n\n")
    #expect(
      merged(
        week + toDo + report, week + done + report + "\n" + toDo + "- call Anna\n",
        week + toDo + report + "- buy milk\n")
        == week + done + report + "\n" + toDo + "- call Anna\n- buy milk\n")
  }

  @Test(
    "a new task and one with a paragraph behind it become one tight list", arguments: [true, false])
  func tightTasks(hasMore: Bool) {
    let (report, week) = ("- write the report for May\n", "# Week\n\n")
    let (done, more) = ("## Done\n\n", hasMore ? "- ask Ben\n" : "")
    #expect(
      merged(
        week + "## To do\n\n" + report,
        week + done + report + "\n## To do\n\n- call Anna\n" + more + "\nThe rest can wait.\n",
        week + "## To do\n\n" + report + "- buy milk\n")
        == week + done + report + "\n## To do\n\n- buy milk\n- call Anna\n" + more
        + "\nThe rest can wait.\n")
  }

  @Test("an item that both put under Done is there once, and what follows To do stays there")
  func bothDone() {
    let done = "Done:\n- write the report for May\n\n"
    #expect(
      merged(
        "To do:\n- write the report for May\n", done + "To do:\n- call Anna\n",
        done + "To do:\n- write the report for May\n- buy milk\n")
        == done + "To do:\n- call Anna\n- buy milk\n")
  }

  @Test("an item put into a list goes before the paragraph that the other side put into it")
  func splitList() {
    #expect(
      merged(
        "- apple is a fruit\n- pear is a fruit\n",
        "- apple is a fruit\n- cherry is a fruit\n\nThese are not to be used:\n\n- pear is a fruit\n",
        "- apple is a fruit\n- plum is a fruit\n- pear is a fruit\n")
        == "- apple is a fruit\n- cherry is a fruit\n- plum is a fruit\n\nThese are not to be used:\n\n"
        + "- pear is a fruit\n")
  }

  @Test(
    "what replaces the first item of a list stays behind a heading that was put before the list")
  func replacedFirstItem() {
    let (start, second) = ("# A\n\nText of A.\n\n", "- the second item stays\n")
    let section = "## B\n\nAn introduction to B.\n\n"
    #expect(
      merged(
        start + "- old words here now\n" + second,
        start + section + "- old words here now\n" + second,
        start + "- a different thing\n" + second)
        == start + section + "- a different thing\n" + second)
  }

  @Test("a line before a list that both machines moved down is there once")
  func movedLeadIn() {
    #expect(
      merged(
        "\nProposed:\n* [SIG-Runtime](https://a.org/sig-runtime)\n",
        "* [SIG-Runtime](https://a.org/sig-runtime)\n\nProposed:\n* SIG-Contrib\n",
        "* [SIG-Runtime](https://a.org/sig-runtime)\n\nProposed:\n* SIG Observability\n")
        == "* [SIG-Runtime](https://a.org/sig-runtime)\n\nProposed:\n* SIG Observability\n"
        + "* SIG-Contrib\n")
  }

  @Test(
    "what is added to a section stays in it where the other side put a section behind it",
    arguments: [
      "More of b.\n", "| a | b |\n|---|---|\n| 1 | 2 |\n", "```sh\nls -la\n```\n", "- one more\n",
      "### Part of b\n\nWords of it.\n",
    ])
  func addedToSection(text: String) {
    let base = "# T\n\n## A\n\nText of a is here for all.\n\n## B\n\nText of b is here for all.\n"
    #expect(
      merged(base, base + "\n## C\n\nText of c.\n", base + "\n" + text)
        == base + "\n" + text + "\n## C\n\nText of c.\n")
  }

  @Test(
    "so it does where that side also took away the last of the section above",
    arguments: [
      ("- wash the car\n", "- call Anna\n", "- buy a lamp\n"),
      ("Wash the car.\n", "\nCall Anna.\n", "\nBuy a lamp.\n"),
    ])
  func addedBehindTakenAway(first: String, last: String, added: String) {
    let (start, new) = ("## Monday\n\n" + first, "\n## Tuesday\n\nSleep until noon.\n")
    for end in ["", "\n## Work\n\nNone today.\n"] {
      #expect(
        merged(start + last + end, start + last + added + end, start + new + end)
          == start + added + new + end)
      // Another section that was put in there too.
      let other = "\n## Wednesday\n\nWork again.\n"
      #expect(
        merged(start + last + end, start + last + added + other + end, start + new + end)
          == start + added + new + other + end)
    }
  }

  @Test("a paragraph that begins with a tag is no section")
  func tag() {
    #expect(
      merged("Text.\n", "Text.\n\n#idea New words.\n", "Text.\n\nAnd more.\n")
        == "Text.\n\n#idea New words.\n\nAnd more.\n")
  }

  @Test("two that each add to a section and put a section behind it")
  func textAndSection() {
    let base = "## A\n\nText of a.\n"
    #expect(
      merged(base, base + "\nOne more.\n\n## B\n\nOf b.\n", base + "\nTwo more.\n\n## C\n\nOf c.\n")
        == base + "\nOne more.\n\nTwo more.\n\n## B\n\nOf b.\n\n## C\n\nOf c.\n")
  }

  @Test("under a heading that both put in stands what either wrote there, and nothing else")
  func sameHeading() {
    let base = "# Journal\n\n## 2024-01-01\n\n- woke up early\n"
    #expect(
      merged(
        base, base + "\n## 2024-01-02\n\n- went to work\n- ate lunch\n",
        base + "\n## 2024-01-02\n\n- met with Sam\n- read a book\n\n## 2024-01-03\n\n- slept\n")
        == base + """

          ## 2024-01-02

          - met with Sam
          - read a book
          - went to work
          - ate lunch

          ## 2024-01-03

          - slept

          """)
    #expect(
      merged(
        base, base + "\n## 2024-01-02\n\nWork.\n\n## 2024-01-03\n\n- met with Sam\n",
        base + "\n## 2024-01-03\n\n- slept well\n\n## 2024-01-04\n\nRain.\n")
        == base + """

          ## 2024-01-02

          Work.

          ## 2024-01-03

          - met with Sam
          - slept well

          ## 2024-01-04

          Rain.

          """)
  }

  @Test("sections with some lines in common are two sections")
  func alikeSections() {
    func section(_ name: String, _ line: String) -> String {
      "\n## \(name)\n\n```sh\n\(line)\nmake\n```\n\nDone.\n"
    }
    let (mac, linux) = (section("Mac", "brew install foo"), section("Linux", "apt install foo"))
    #expect(merged("Intro.\n", "Intro.\n" + mac, "Intro.\n" + linux) == "Intro.\n" + linux + mac)
  }

  @Test("two blocks of code, or two formulas, at one place are a question")
  func twoBlocks() {
    #expect(
      merged(
        "Run it.\n", "Run it.\n\n```sh\nrm -rf build\n```\n", "Run it.\n\n```sh\nmake all\n```\n")
        == nil)
    #expect(merged("So:\n", "So:\n\n$$\na=b\n$$\n", "So:\n\n$$\nc=d\n$$\n") == nil)
  }

  @Test("what hangs on the last item stays with it where the other side adds an item")
  func lastItem() {
    let base = "- First thing to do\n- Second thing to do\n"
    #expect(
      merged(base, base + "\n  More on the second.\n", base + "- Third thing to do\n")
        == base + "\n  More on the second.\n\n- Third thing to do\n")
  }

  @Test(
    "what is added at the end of what the other side took away or moved is a question",
    arguments: [
      (
        "## Alpha section\n\nText of alpha.\n\n", "## Beta section\n\nText on beta, much of it.\n",
        "\nA new paragraph on beta which matters.\n"
      ),
      (
        "- Vegetables to buy\n", "- Fruit to buy\n  - apples\n  - pears\n",
        "  - figs from the shop\n"
      ),
      ("- Zero\n\n", "- One item here\n\n  Its second paragraph.\n", "\n  Its third paragraph.\n"),
      ("Text.\n\n", "> [!note] Title of it\n> First paragraph.\n", "> Second paragraph in it.\n"),
      ("```py\ndef b():\n    one()\n", "def a():\n    two()\n", "    three()\n"),
    ])
  func deleted(before: String, part: String, added: String) {
    let after = part.contains("def") ? "```\n" : "\n## Last\n\nThe end of it all.\n"
    #expect(merged(before + part + after, before + after, before + part + added + after) == nil)
  }

  @Test("what is added at the end of a section that the other side moved goes with it")
  func movedSection() {
    let alpha = "## Alpha section\n\nText of alpha.\n"
    let beta = "## Beta section\n\nText on beta, much of it, and more of that.\n"
    let more = "\nA new paragraph that belongs here.\n"
    let base = "# Top\n\n" + alpha + "\n" + beta
    let moved = "# Top\n\n" + beta + "\n" + alpha
    #expect(merged(base, moved, base + more) == "# Top\n\n" + beta + more + "\n" + alpha)
    #expect(
      merged(base, moved, "# Top\n\n" + alpha + more + "\n" + beta)
        == "# Top\n\n" + beta + "\n" + alpha + more)
  }

  private static let costs = """
    ## Costs

    | item | price | who |
    |---|---|---|
    | train | 40 | Paul |
    | room | 120 | Anna |
    | map | 9 | Eva |

    """

  @Test("what is added to a section that the other side moved stays behind what it was put behind")
  func movedSectionWithoutItem() {
    let packing =
      "## Packing\n\n- [ ] boots\n- [ ] coat\n  - [ ] gloves\n- [ ] lamp\n\n```sh\nls bag\n```\n"
    let base = "## Plan\n\n\(Self.costs)\n\(packing)"
    let less = packing.replacing("- [ ] coat\n  - [ ] gloves\n", with: "")
    for (old, new) in [("ls bag\n", "ls bag\nADDX\n"), ("lamp\n", "lamp\n- [ ] knife\n")] {
      #expect(
        merged(base, "\(less)\n## Plan\n\n\(Self.costs)", base.replacing(old, with: new))
          == "\(less.replacing(old, with: new))\n## Plan\n\n\(Self.costs)")
    }
  }

  @Test("an item at the end of a list that moved is in no list made of the paragraph behind")
  func movedListBeforeNewList() {
    let plan =
      "## Plan\n\n1. Book the train to Hamburg.\n2. Write to Anna about the room.\n"
    let text = "We start on Monday. The weather should be fine. Take a coat anyway.\n"
    let items = "- We start on Monday.\n- The weather should be fine.\n- Take a coat anyway.\n"
    let both = merged(
      "\(plan)\n\(text)\n\(Self.costs)",
      "\(Self.costs)\n\(plan)3. Last thing of all.\n\n\(text)", "\(plan)\n\(items)\n\(Self.costs)")
    #expect(
      both?.split(separator: "\n")
        == "\(Self.costs)\n\(plan)3. Last thing of all.\n\n\(items)".split(separator: "\n"))
  }

  @Test("a section that was put before one of the same heading is a whole one")
  func beforeItsNamesake() {
    let (new, first) = ("## Note\n\nNew words of today.\n\n", "## Note\n\nWords of a day before.\n")
    #expect(
      merged(
        "# Log\n\n" + first, "# Log\n\n" + new + first,
        "# Log\n\nWhat was done.\n\n" + first + "\nMore words.\n")
        == "# Log\n\nWhat was done.\n\n" + new + first + "\nMore words.\n")
  }

  @Test("what one side moved into a section stays there, before one that the other moved behind it")
  func movedIntoSection() {
    let garden = "## Garden\n\nWater the roses on Friday.\n\n"
    let island = "## Island\n\nAn old line is here.\n\n"
    let house = "## House\n\nPaint the door of the kitchen.\n\n"
    let travel = "## Travel\n\nBook the night train to Vienna.\n\n"
    let call = "Call the plumber about the sink.\n\n"
    #expect(
      merged(
        garden + island + house + call + travel, garden + call + island + house + travel,
        garden + travel + island + house + call) == garden + call + travel + island + house)
  }

  private static func section(_ name: String) -> String {
    """
    ## \(name)

    First paragraph of \(name) says something.

    Second paragraph of \(name) says more.

    - the last of \(name)


    """
  }

  @Test(
    "what one side put into a section that the other moved goes with it, and the section is there once",
    arguments: ["## Two\n\n", "says something.\n\n", "says more.\n\n", "- the last of Two\n\n"])
  func addedToMoved(place: String) {
    let (one, two, three, four) = (
      Self.section("One"), Self.section("Two"), Self.section("Three"), Self.section("Four")
    )
    let longer = two.replacing(place, with: place + "What Ann adds.\n\n### Sub\n\nAnd more.\n\n")
    #expect(
      merged(one + two + three + four, one + longer + three + four, one + three + four + two)
        == one + three + four + longer)
    #expect(
      merged(one + two + three + four, one + longer + three + four, two + one + three + four)
        == longer + one + three + four)
    let shorter = two.replacing("- the last of Two\n\n", with: "")
    #expect(
      merged(
        one + two + three + four, one + two + "What Ann adds.\n\n" + three + four,
        one + three + four + shorter) == one + three + four + shorter + "What Ann adds.\n\n")
    // The other side writes there too.
    let other = two + "What Bob adds.\n\n"
    let both = merged(
      one + two + three + four, one + longer + three + four, one + three + four + other)
    #expect(both?.contains("What Ann adds.") != false)
    #expect(both?.ranges(of: "## Two").count != 2)
  }

  @Test(
    "a section that both have, of which one also took the one beside it away, is there once",
    arguments: ["---\n\n", "**Done**\n\n- one item\n\n"])
  func sameBesideGone(end: String) {
    let (first, last) = ("## A\n\nText of A.\n\n" + end, "## C\n\nText of C.\n")
    let new = "## New\n\nBread needs flour and water.\n\n" + end
    #expect(merged(first + last, first + new + last, new + last) == new + last)
    let more = new + "- another item\n\n"
    #expect(merged(first + last, more + first + last, more + last) == more + last)
  }

  @Test(
    "a section that both put in is there once where one put something before its end",
    arguments: ["**Done**\n\n- one item\n", "Nothing more to say.\n"])
  func sameWithMore(end: String) {
    let base = "## A\n\nText of A.\n"
    let new = "\n## New\n\nBread needs flour and water and salt.\n\n"
    let more = base + new + "An own paragraph of it.\n\n" + end
    #expect(merged(base, base + new + end, more) == more)
  }

  @Test("what is added below an item is not said of another that was put in its place")
  func replacedItem() {
    let (waiting, bob) = ("  - Status: waiting\n", "* Bob came\n")
    let anna = "* Anna has paid\n" + waiting
    #expect(
      merged(
        anna + bob, anna + "  - called back\n" + bob, "* Zoe and Max left\n" + waiting + bob)
        == nil)
  }

  @Test(
    "a section that one side took away goes whole, where the other side moved it",
    arguments: [
      "```\nport = usb(1)\ncolor = none(2)\n```\n",
      "| port | usb |\n|---|---|\n| color | no |\n",
      "- port usb\n- no color\n",
    ])
  func movedAndDeleted(text: String) {
    let rest = """
      The office moved to the new street last week and all is well.

      Anna still looks for her blue chair in the cellar there.

      Paul has found two lamps and a box of old books.

      The lift does not work before the end of May.

      """
    let section = "### Setup of the printer\n\n" + text
    #expect(merged(rest + "\n" + section, rest, section + "\n" + rest) == rest)
    #expect(
      merged(
        "Top.\n\n" + section + "\n" + rest, "Top.\n\n" + rest, "Top.\n\n" + rest + "\n" + section)
        == "Top.\n\n" + rest)
  }

  @Test("what is added to a section that its side moved and the other took away is a question")
  func addedToMovedAndDeleted() {
    let rest = "The office moved to the new street.\n\nAnna looks for her chair in the cellar.\n"
    let (name, code) = ("### Setup of the printer\n", "```\nport = usb(1)\n```\n")
    #expect(
      merged(
        rest + "\n" + name + "\n" + code, rest,
        name + "\nIt is the one upstairs.\n\n" + code + "\n" + rest) == nil)
    #expect(
      merged(
        rest + "\n- a printer that is upstairs\n", rest,
        "- a printer that is upstairs\n  - with ink\n\n" + rest) == nil)
  }

  @Test("a row is not put into a table whose columns the other side rearranged")
  func columns() {
    let base = "| Model | Acc | F1 |\n|---|---|---|\n| CNN | 0.81 | 0.79 |\n| RNN | 0.77 | 0.75 |\n"
    let row = base + "| ViT | 0.88 | 0.86 |\n"
    #expect(
      merged(
        base,
        "| Model | F1 | Acc |\n|---|---|---|\n| CNN | 0.79 | 0.81 |\n| RNN | 0.75 | 0.77 |\n", row)
        == nil)
    #expect(
      merged(
        base, "| Model | F1 |\n|---|---|\n| CNN | 0.79 |\n| RNN | 0.75 |\n", row) == nil)
    #expect(
      merged(base, base.replacing("Acc", with: "Accuracy"), row)
        == row.replacing("Acc", with: "Accuracy"))
  }

  @Test("a list in the front matter keeps its order")
  func listOrder() {
    func note(_ list: String) -> String { "---\n\(list)\n---\nText.\n" }
    #expect(
      merged(
        note("authors:\n- Ann Lee\n- Bob Ray"), note("authors:\n- Ann M. Lee\n- Bob Ray"),
        note("authors:\n- Ann Lee\n- Bob Ray\n- Cid Doe"))
        == note("authors:\n- Ann M. Lee\n- Bob Ray\n- Cid Doe"))
    #expect(
      merged(
        note("steps: [load, train, test]"), note("steps: [load, fit, test]"),
        note("steps: [load, train, test, ship]")) == note("steps: [load, fit, test, ship]"))
  }
}
