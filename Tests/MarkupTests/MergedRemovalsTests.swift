import TestSupport
import Testing

@testable import Markup

@Suite("merging where a section was taken away, or replaced")
struct MergedRemovalsTests {
  private static let monday = "## Monday\n\n- a house\n- done\n\n"
  private static let tuesday = "## Tuesday\n\n- the bank\n- done\n\n"
  private static let wednesday = "## Wednesday\n\n- home\n- done\n"

  private static func week(_ intro: String, _ days: String...) -> String {
    "# Week\n\n\(intro).\n\n" + days.joined()
  }

  @Test("a section that both took away, of those that end alike, takes nothing of another along")
  func bothTookAway() {
    let base = Self.week("Intro words", Self.monday, Self.tuesday, Self.wednesday)
    let theirs = Self.week("Intro words", Self.monday, Self.wednesday)
    let ours = Self.week("Intro more words", Self.monday, Self.wednesday)
    #expect(merged(base, ours, theirs) == ours)
    // The same where the sections end in a line across the page.
    func ruled(_ text: String) -> String {
      text.replacing("- done", with: "Full example coming soon!\n\n---").replacing("- ", with: "")
    }
    #expect(merged(ruled(base), ruled(ours), ruled(theirs)) == ruled(ours))
  }

  private static let doubled = "## A\n\nOne a text.\n\n## B\n\nTwo is text.\n\n"

  @Test(
    "of what was there twice one stays, where both took one away and one put something beside it",
    arguments: [
      ("- a\n", "- mail Anna\n", "- z\n", "- new\n"),
      ("First of all.\n\n", "Mail Anna today.\n\n", "The end.\n", "A new one.\n\n"),
      ("| a | b |\n|---|---|\n", "| x | y |\n", "| z | z |\n", "| new | one |\n"),
      ("~~~\nx = 1\n", "y += 1\n", "~~~\n", "z = 2\n"),
      ("# T\n\n", doubled, "# End\n", "Intro new.\n\n"),
      ("# T\n\n", doubled, "", "Intro new.\n\n"),
    ])
  func twice(start: String, again: String, end: String, new: String) {
    let (base, once) = (start + again + again + end, start + again + end)
    for longer in [start + new + again + end, start + again + new + end] {
      #expect(merged(base, once, longer) == longer)
    }
  }

  @Test("an item like the one that was there twice is not taken for what became of that")
  func likeTheDouble() {
    let (item, like) = ("- mail Anna today\n", "- mail Anna and Paul today\n")
    #expect(
      merged("- a\n" + item + item, "- a\n" + item, "- a\n" + like + item)
        == "- a\n" + like + item)
  }

  @Test("of an item that was twice in a list each side took another away: that is a question")
  func twiceApart() {
    let (item, rest) = ("- mail Anna\n", "- eggs\n")
    #expect(
      merged(
        item + "- bread\n" + item + rest, "- bread\n" + item + rest, item + "- bread\n" + rest)
        == nil)
    // Two lists are two.
    let (one, two) = ("## Paul\n\n- a house\n", "\n## Max\n\n- a bank\n")
    #expect(
      merged(one + item + two + item, one + two + item, one + item + two) == one + two)
  }

  @Test("a line that ends two sections stays in one without its text, where the other section went")
  func endOfTwo() {
    for end in ["**Done**", "Done:", "---", "Full example coming soon!"] {
      let (name, text) = ("## A\n\n", "Anna has the key.\n\n")
      let section = "\n## B\n\n- the bank\n\n\(end)\n"
      #expect(
        merged(name + text + end + "\n" + section, name + end + "\n", name + text + end + "\n")
          == name + end + "\n", "\(end)")
    }
  }

  @Test("a line taken out of a section that the other side took away goes nowhere else")
  func lineOfTakenAway() {
    let base = Self.week("Intro words", Self.monday, Self.tuesday, Self.wednesday)
    let theirs = Self.week("Intro more words", Self.monday, Self.wednesday)
    let tuesday = Self.tuesday.replacing("- done\n", with: "")
    #expect(
      merged(base, Self.week("Intro words", Self.monday, tuesday, Self.wednesday), theirs)
        == theirs)
  }

  @Test("a line added to a section that the other side took away is a question")
  func addedToTakenAway() {
    let base = Self.week("Intro words", Self.monday, Self.tuesday, Self.wednesday)
    let theirs = Self.week("Intro more words", Self.monday, Self.wednesday)
    let tuesday = Self.tuesday.replacing(
      "- done\n", with: "- done\n- ask Paul for the key to the safe\n")
    #expect(
      merged(base, Self.week("Intro words", Self.monday, tuesday, Self.wednesday), theirs) == nil)
  }

  @Test("what one side put into the section before the one that both took away stays there")
  func addedBeforeTakenAway() {
    let base = Self.week("Intro words", Self.monday, Self.tuesday, Self.wednesday)
    let monday = Self.monday.replacing("- done\n", with: "- ask Paul for the key\n- done\n")
    let ours = Self.week("Intro words", monday, Self.wednesday)
    #expect(
      merged(base, ours, Self.week("Intro more words", Self.monday, Self.wednesday))
        == ours.replacing("Intro", with: "Intro more"))
  }

  @Test("what was added to a section does not come to stand in one that the other put in its place")
  func replaced() {
    let (first, last) = ("## A\n\n- apple pie\n\n", "\n## Z\n\n- zebra\n")
    let notes = "## Meeting notes\n\n- Editor result doctor paper.\n"
    let recipes = "## Recipes\n\nBread needs flour and water.\n"
    #expect(
      merged(
        first + notes + last, first + notes + "- River house bank story.\n" + last,
        first + recipes + last) == nil)
    // A heading with other words altogether is the old one's while something below it is there.
    let renamed = notes.replacing("Meeting notes", with: "Journal")
    #expect(
      merged(
        first + notes + last, first + notes + "- River house bank story.\n" + last,
        first + renamed + last) == first + renamed + "- River house bank story.\n" + last)
    #expect(
      merged("# Title\n\nText.\n", "# Another\n\nText.\n", "# Title\n\nText.\n\nMore of it.\n")
        == "# Another\n\nText.\n\nMore of it.\n")
  }

  @Test(
    "what was added to a section is not in one put in its place whose heading has a word of the old",
    arguments: [
      ("Week 12", "Week 13"), ("Meeting notes", "Reading notes"),
      ("Monday, 12 May", "Tuesday, 13 May"),
      ("Week 12 of the long year", "Week 13 of the long year"),
    ])
  func replacedByItsLike(old: String, new: String) {
    let tasks = "- [ ] call Anna\n- [ ] pay the rent\n"
    let rest = "\n## Someday\n\n- learn Greek\n"
    let base = "## \(old)\n\n" + tasks
    let others = "## \(new)\n\n- [ ] mow the lawn\n- [ ] go to the dentist\n"
    #expect(merged(base + rest, base + "- [x] wrote to the bank\n" + rest, others + rest) == nil)
    // A heading with other words above the same tasks is the old one.
    let renamed = "## \(new)\n\n" + tasks
    #expect(
      merged(base + rest, base + "- [x] wrote to the bank\n" + rest, renamed + rest)
        == renamed + "- [x] wrote to the bank\n" + rest)
  }

  @Test("what was added to a section that the other side moved is not in one put in its old place")
  func movedAndReplaced() {
    let (name, text) = ("## Garden\n\n", "Water the roses on Friday evening.\n")
    let house = "\n## House\n\nPaint the door of the kitchen.\n"
    let travel = "## Travel\n\nBook the night train to Vienna.\n"
    let base = name + text + house
    let result = merged(
      base, travel + house + "\n" + name + text, name + "- buy a hose\n\n" + text + house)
    #expect(
      result == nil || result == travel + house + "\n" + name + "- buy a hose\n\n" + text)
  }

  @Test(
    "a section that both put in, one of them in place of an old one, is there once",
    arguments: ["Recipes", "Two words", "Notes"])
  func addedByBoth(name: String) {
    let first = "## A\n\n- apple pie\n"
    let notes = "\n## Meeting notes\n\n- Editor result doctor paper.\n"
    let recipes = "\n## \(name)\n\n- Bread needs flour and water.\n"
    #expect(
      merged(first + notes, first + notes + recipes, first + recipes) == first + recipes)
  }

  @Test(
    "a text to the right belongs to no list that a paragraph ended, of which the last item goes",
    arguments: ["- one\n", "- one\n- three\n"])
  func behindList(list: String) {
    let text = "\nSee below.[^1]\n\n[^1]: The first paragraph.\n\n    The second one.\n"
    let more = "\n    A third one.\n"
    #expect(
      merged("- one\n- two\n" + text, list + text, "- one\n- two\n" + text + more) == list + text
        + more)
    let code = "\nFor example:\n\n    let x = 1\n"
    #expect(
      merged("- one\n- two\n" + code, list + code, "- one\n- two\n" + code + "    let y = 2\n")
        == list + code + "    let y = 2\n")
  }

  @Test("an item that was hung on one that the other side took away is a question")
  func hungOnTakenAway() {
    let (group, last) = ("- group of it\n  - alpha item\n  - beta item\n", "- last of all\n")
    let bravo = "- bravo next thing\n"
    #expect(
      merged(group + bravo + last, group + "  - new item of mine\n" + last, bravo + last) == nil)
  }

  @Test(
    "where one side took away what the other edited, each answer leaves what its side has there",
    arguments: [
      ("One.\n\n", "Two is here.\n\n", "Three.\n"), ("One.\n", "\nTwo is here.\n", ""),
      ("", "Two is here.\n\n", "Three.\n"),
      ("- one\n", "- two is here\n", "- three\n"), ("- one\n", "- two is here\n", "\nThree.\n"),
      ("# T\n\n", "- two is here\n", "- three\n"),
      ("> [!todo]\n> - one\n", "> - two is here\n", "> - three\n"),
      ("$$\na = b\n\\\\\n", "c = two is here\n", "e = f\n$$\n"),
      ("| a | b |\n|---|---|\n| one | two |\n", "| two is | here |\n", "| x | y |\n\nText.\n"),
      ("One.\r\n\r\n", "Two is here.\r\n\r\n", "Three.\r\n"),
    ])
  func gapsOfTakenAway(before: String, old: String, behind: String) {
    // What else was changed is merged.
    let (start, end) = ("Words of a start.\n\n", "\nAn end.\n")
    for (first, last) in [("", ""), (start, ""), (start, end)] {
      let edited = old.replacing("here", with: "there")
      let left = first.replacing("start", with: "beginning") + before + behind + last
      let result = merge(
        first + before + old + behind + last, left, first + before + edited + behind + last)
      #expect(result.conflicts.count == 1)
      #expect(String(decoding: result.text(.ours), as: UTF8.self) == left)
      #expect(
        String(decoding: result.text(.theirs), as: UTF8.self)
          == first.replacing("start", with: "beginning") + before + edited + behind + last)
    }
  }

  @Test("an item at the end of a section, behind which its side took one away, stays in it")
  func endOfTheSectionBefore() {
    let token = "## Token\n\n- call back\n"
    let (layer, answer) = ("\n## Layer\n\n- a letter of it\n", "\n## Answer\n\n- the old bank\n")
    let item = "- paper, music and a story\n"
    #expect(merged(token + answer, token + layer + answer, token + item) == token + item + layer)
  }

  @Test("a text of few lines, each there many times, is merged, and whosever the sides are")
  func fewLines() {
    for seed in 0..<300 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let lines = ["## Note", "- done", "Some text.", "---"]
      let base = (0..<2 + random.below(10)).map { _ in lines[random.below(lines.count)] }
      let sides = (0..<2).map { _ in
        base.flatMap { line in
          switch random.below(5) {
          case 0: [] as [String]
          case 1: [line, lines[random.below(lines.count)]]
          default: [line]
          }
        }
      }
      func text(_ lines: [String]) -> String { lines.map { "\($0)\n\n" }.joined() }
      _ = merged(text(base), text(sides[0]), text(sides[1]))
    }
  }

  @Test(
    "of what one side moved into a place that is a question, each answer has what its side has",
    arguments: [
      (
        "## A\n\n- one thing is here\n- two things are there\n\n## B\n\nText of B.\n\n",
        "## A\n\n## B\n\nText of B.\n\n",
        "## A\n\n- one thing is here\nMOVED\n- two things are there\n\n## B\n\nText of B.\n",
        "- [ ] water all the plants today"
      ),
      (
        "## A\n\nThe first para is about a house.\n\n## B\n\nText of B.\n\n",
        "## A\n\nRewritten text of a wholly different kind.\n\n## B\n\nText of B.\n\n",
        "## A\n\nAnother thing altogether stands here now.\n\nMOVED\n\n## B\n\nText of B.\n",
        "The one that moves speaks of the sea."
      ),
    ])
  func movedIntoQuestion(start: String, ours: String, theirs: String, moved: String) {
    let texts = [start + moved + "\n", ours + moved + "\n", theirs.replacing("MOVED", with: moved)]
    let both = merge(texts[0], texts[1], texts[2])
    #expect(!both.isClean)
    #expect(String(decoding: both.text(.ours), as: UTF8.self) == texts[1])
    #expect(String(decoding: both.text(.theirs), as: UTF8.self) == texts[2])
    #expect(merged(texts[0], texts[1], texts[2]) == nil)
  }

  private static let theory = "It is a theory that looks at the consequences of an action."
  private static let belief = "Many people hold it to be true today."
  private static let utility = "Calculating the utility falls under decisions with risk."

  @Test(
    "a sentence that one side took away, and the other put elsewhere, is a question",
    arguments: [
      ("A B\n\nC\n", "A\n\nC\n", "A\n\nB C\n"),
      ("A\n\nB C\n", "A\n\nC\n", "A B\n\nC\n"),
      ("- A B\n- C\n", "- A\n- C\n", "- A\n- B C\n"),
      ("> A B\n\n> C\n", "> A\n\n> C\n", "> A\n\n> B C\n"),
      ("| A B | C |\n|---|---|\n", "| A | C |\n|---|---|\n", "| A | B C |\n|---|---|\n"),
      (
        "## H\n\nA B\n\n## I\n\nC\n", "## H\n\nA\n\n## I\n\nC\n",
        "## H\n\nA\n\n## I\n\nC B\n"
      ),
      (
        "## H\n\nA B\n\n## I\n\nC\n", "## H\n\nA\n\n## I\n\nC\n",
        "## H\n\nA\n\n## I\n\nC\n\nB\n"
      ),
      ("A\n\nB\n\nC\n", "A\n\nC\n", "A\n\nC B\n"),
      ("A B\n\nC\n", "A\n\nC\n", "B A\n\nC\n"),
    ])
  func movedSentence(base: String, ours: String, theirs: String) {
    func text(_ pattern: String) -> String {
      pattern.replacing("A", with: Self.theory).replacing("B", with: Self.belief)
        .replacing("C", with: Self.utility)
    }
    expectQuestion(text(base), text(ours), text(theirs))
  }

  @Test(
    "a paragraph that one side took away, and the other joined to its neighbour and moved, is a question",
    arguments: [
      ("B\n\nC", "C", "B C"), ("B\n\nC", "B", "B C"), ("B\n\nC", "C", "C B"),
      ("A B\n\nC", "A\n\nC", "A\n\nB C"),
      ("A B\n\nC", "A\n\nC", "- A\n- B\n\nC"),
    ])
  func joinedAndMoved(old: String, without: String, moved: String) {
    func text(_ pattern: String) -> String {
      pattern.replacing("A", with: Self.theory).replacing("B", with: Self.belief)
        .replacing("C", with: Self.utility)
    }
    let (act, rule) = ("## Act\n\n", "## Rule\n\nOther text is here.\n\n")
    let base = "# U\n\n" + act + text(old) + "\n\n" + rule
    expectQuestion(
      base, "# U\n\n" + act + text(without) + "\n\n" + rule,
      "# U\n\n" + rule + act + text(moved) + "\n")
  }

  @Test(
    "a row or an item that one side took away, and the other moved and changed, is a question",
    arguments: [
      (
        "TEXT| item | price | who |\n|---|---|---|\n| train | 40 | Paul |\nGONE| map | 9 | Eva |\n",
        "| room | 120 | Anna |\n",
        "| item | price | who | paid |\n|---|---|---|---|\n| train | 40 | Paul | no |\n"
          + "| room | 120 | Anna | no |\n| map | 9 | Eva | no |\n\nTEXT"
      ),
      (
        "TEXT## Packing\n\n- [ ] boots\nGONE- [ ] lamp\n", "- [ ] coat\n  - [ ] gloves\n",
        "### Packing\n\n- [ ] boots\n- [ ] coat\n  - [ ] gloves\n- [ ] lamp\n\nTEXT"
      ),
      (
        "TEXT## Packing\n\n- [ ] boots\nGONE- [ ] lamp\n", "- [ ] coat\n",
        "### Trip packing\n\n- [ ] boots\n- [ ] coat\n- [ ] lamp\n\nTEXT"
      ),
    ])
  func movedAndChanged(base: String, gone: String, moved: String) {
    let text =
      "# Plan\n\nWe start on Monday. The weather should be fine.\n\n"
      + "Paul pays for the ticket first.\n\nAnna knows the way to the sea.\n\n"
      + "Nobody has seen the room yet.\n\nIt has two beds.\n\nTake a rucksack anyway.\n\n"
    func filled(_ pattern: String, _ gone: String) -> String {
      pattern.replacing("TEXT", with: text).replacing("GONE", with: gone)
    }
    expectQuestion(filled(base, gone), filled(base, ""), filled(moved, ""))
  }

  @Test(
    "a section that one side took away, and the other moved and renamed, is a question",
    arguments: ["## Happiness now", "## Joy", "### Happiness"])
  func movedAndRenamed(name: String) {
    let (start, end) = ("# T\n\n", "## End\n\nBye to all.\n")
    let history = "## History\n\nOld days were long.\n\n"
    let text = "\n\nHappiness is not highest in the places with the most progress.\n\n"
    let (base, gone) = (
      start + history + "## Happiness" + text + end, start + history + end
    )
    expectQuestion(base, gone, start + name + text + history + end)
    expectQuestion(base, gone, start + history + end + "\n" + name + text)
    // Moved alone it is gone.
    #expect(merged(base, gone, start + "## Happiness" + text + history + end) == gone)
  }

  /// Expects a question of which each answer says what its side says.
  private func expectQuestion(_ base: String, _ ours: String, _ theirs: String) {
    let both = merge(base, ours, theirs)
    #expect(!both.isClean, "\(String(decoding: both.text(.ours), as: UTF8.self))")
    func lines(_ text: String) -> [String] {
      text.split(separator: "\n").map(String.init).sorted()
    }
    #expect(lines(String(decoding: both.text(.ours), as: UTF8.self)) == lines(ours))
    #expect(lines(String(decoding: both.text(.theirs), as: UTF8.self)) == lines(theirs))
  }
}
