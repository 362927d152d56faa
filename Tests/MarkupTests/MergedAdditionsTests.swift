import Testing

@testable import Markup

@Suite("merging what both sides put in at one place")
struct MergedAdditionsTests {
  @Test(
    "two sections with different names are two, whatever stands below them in both",
    arguments: [
      ("### Done\n\n- wrote the report\n", "### Done\n\n- cleaned the kitchen\n"),
      (
        "- walked the dog at noon\n- fed the cat twice\n- wrote\n",
        "- walked the dog at noon\n- fed the cat twice\n- read\n"
      ),
      ("Nothing to report today.\n", "Nothing to report today.\n"),
      ("### A\n\n- one\n\n### B\n\n- two\n", "### A\n\n- three\n\n### B\n\n- four\n"),
    ])
  func sections(mine: String, other: String) {
    let base = "# Log\n\n## Sunday\n\nslept late\n"
    let (monday, tuesday) = ("\n## Monday\n\n" + mine, "\n## Tuesday\n\n" + other)
    #expect(merged(base, base + monday, base + tuesday) == base + monday + tuesday)
  }

  @Test("a section within the old day stays in it, and does not go to one of its name in a new day")
  func sectionOfOldDay() {
    let base = "# Log\n\n## Sunday\n\nslept late\n"
    let (monday, done) = ("\n## Monday\n\n### Done\n\n- wrote\n", "\n### Done\n\n- cleaned\n")
    #expect(merged(base, base + monday, base + done) == base + done + monday)
  }

  @Test(
    "a line that two additions share is in both, where it is a part of something else in each",
    arguments: [
      ("- Anna\n  - called back\n", "- Paul\n  - called back\n"),
      (
        "- Tuesday\n  - took the morning medicine\n  - swam\n",
        "- Wednesday\n  - took the morning medicine\n  - climbed\n"
      ),
      (
        "\n> It is a truth universally acknowledged.\n\n— Jane Austen, Emma\n",
        "\n> One half of the world cannot understand.\n\n— Jane Austen, Emma\n"
      ),
      (
        "\n**Bank**, asked for the papers\n\nStatus: waiting for an answer\n",
        "\n**Insurance**, told them of it\n\nStatus: waiting for an answer\n"
      ),
      (
        "\nTo bake the cake:\n\n1. Heat the oven to 180 degrees\n2. mix flour and eggs\n",
        "\nTo roast potatoes:\n\n1. Heat the oven to 180 degrees\n2. cut them\n"
      ),
      (
        "\n**Monday**\n\n- walked the dog\n- report\n",
        "\n**Tuesday**\n\n- walked the dog\n- kitchen\n"
      ),
    ])
  func shared(mine: String, other: String) {
    #expect(merged("- x\n", "- x\n" + mine, "- x\n" + other) == "- x\n" + mine + other)
  }

  @Test(
    "what was put before a step or a paragraph stays before what the other side wrote in its place",
    arguments: ["wait until the next day", "add water to it"])
  func beforeReplaced(added: String) {
    let steps = "1. mix the flour\n2. bake it for an hour\n3. eat\n"
    #expect(
      merged(
        steps, steps.replacing("2.", with: "2. \(added)\n2."),
        steps.replacing("bake it for an hour", with: "put all into the oven"))
        == steps.replacing("bake it for an hour", with: "\(added)\n2. put all into the oven"))
    let text = "First of all.\n\nBake it for an hour.\n\nEat.\n"
    #expect(
      merged(
        text, text.replacing("Bake", with: "\(added).\n\nBake"),
        text.replacing("Bake it for an hour", with: "Put all into the oven"))
        == text.replacing("Bake it for an hour", with: "\(added).\n\nPut all into the oven"))
  }

  @Test("an item above an empty one, which Markdown takes for a heading, is an item")
  func itemAboveAnEmptyOne() {
    let (old, mine) = ("- July\n", "- April\n  - news\n    - breaking changes\n      -\n")
    let other = "- May\n  - blocks\n    - times of them\n"
    #expect(merged(old, mine + old, other + old) == mine + other + old)
  }

  @Test(
    "what belongs to the block above stays below it: an id, an author, a caption",
    arguments: [
      ("A text is here.\n", "\n^abc\n", "\nBut new text.\n"),
      ("A text is here.\n", "\n^abc\n", "\n- an item\n"),
      ("| a |\n|---|\n| b |\n", "\n^abc\n", "\nBut new text.\n"),
      ("- an item\n", "\n^abc\n", "\nBut new text.\n"),
      ("> Be yourself.\n", "\n— Oscar Wilde\n", "\nBut what does it mean to be so?\n"),
      ("![](a.png)\n", "\n*The house from behind*\n", "\n**Now** we go on to the next thing.\n"),
      (
        "![](a.png)\n", "\nThe house from behind.\n",
        "\nAnd after all that has been said of it before, we go on to the next thing.\n"
      ),
    ])
  func belongsAbove(base: String, near: String, other: String) {
    let end = "\nEnd.\n"
    #expect(merged(base + end, base + near + end, base + other + end) == base + near + other + end)
  }

  @Test(
    "what both put in below a line across the page is kept, each below its own",
    arguments: [
      ("Anna was here.\n", "Paul went there.\n"), ("- Anna was here\n", "Paul went there.\n"),
      ("```\nx = 1\n```\n", "Paul went there.\n"),
    ])
  func belowBreaks(mine: String, other: String) {
    let both = merged("A day.\n", "A day.\n\n---\n\n" + mine, "A day.\n\n---\n\n" + other)
    #expect(
      both == "A day.\n\n---\n\n\(mine)\n---\n\n\(other)"
        || both == "A day.\n\n---\n\n\(other)\n---\n\n\(mine)")
    #expect(
      merged(
        "A day.\n\nIts end.\n", "A day.\n\n---\n\nIts end.\n", "A day.\n\n```\nx\n```\n\nIts end.\n"
      )
        != nil)
  }

  @Test("two ids for one block are a question", arguments: [" ", "\n\n"])
  func ids(before: String) {
    let (base, end) = ("A text is here.", "\n\nEnd.\n")
    #expect(
      merged(base + end, base + before + "^aaa" + end, base + before + "^bbb" + end) == nil)
  }

  @Test(
    "a task that both machines ticked and moved to one list is there once",
    arguments: ["buy oat milk", "buy oat milk for the cake that we bake tomorrow"])
  func tickedTwice(task: String) {
    func text(_ todo: String, _ done: String...) -> String {
      "## Todo\n\n\(todo)- [ ] bread\n\n## Done\n\n" + done.map { "- [x] \($0)\n" }.joined()
    }
    let base = text("- [ ] \(task)\n", "eggs", "ham")
    let found = merged(base, text("", "eggs", "ham", task), text("", task, "eggs", "ham"))
    #expect([text("", "eggs", "ham", task), text("", task, "eggs", "ham")].contains(found))
    #expect(
      merged(base, text("", "eggs", task, "ham"), text("", "eggs", task, "ham"))
        == text("", "eggs", task, "ham"))
  }

  @Test("two items that lead to one place stand side by side with what hangs on each")
  func onePlaceWithParts() {
    func item(_ name: String) -> String {
      "- [\(name)](https://clip.org/)\n  - An extension to clip sites and save them as a file.\n"
    }
    let (mine, other) = (item("Clipper for all"), item("clip.org"))
    #expect(merged("- x\n", "- x\n" + mine, "- x\n" + other) == "- x\n" + mine + other)
  }

  @Test("an item put below an old one is no part of a new one that has the same below it")
  func belowOldItem() {
    let base = "- Nuts\n  - almond\n"
    #expect(
      merged(
        base, base + "- Spice\n  - needs to be bought\n", base + "  - needs to be bought\n")
        == base + "  - needs to be bought\n- Spice\n  - needs to be bought\n")
  }

  @Test(
    "two elements of HTML with Markdown in them are two, each whole",
    arguments: [
      ("<details>\n<summary>One</summary>", "<details>\n<summary>Two</summary>", "</details>"),
      ("<details>", "<details>", "</details>"),
      ("<div align=\"center\">", "<div class=\"x\">\n\n<br>", "</div>"),
      ("<details><summary>A</summary>", "<details>\n\n### Some heading", "</details>"),
    ])
  func elements(first: String, second: String, end: String) {
    func element(_ start: String, _ text: String) -> String {
      "\n\(start)\n\n\(text)\n\n\(end)\n"
    }
    let (mine, other) = (element(first, "Text one of it."), element(second, "![](two.png)"))
    let before = "A.\n" + element("<div>", "x")
    for (start, behind) in [("A.\n", "\nEnd.\n"), (before, "\n## B\n")] {
      let result = merged(start + behind, start + mine + behind, start + other + behind)
      #expect(
        [start + mine + other + behind, start + other + mine + behind].contains(result),
        "\(result ?? "a question")")
    }
  }

  @Test("two elements of HTML that were hung on one item are two, each whole")
  func elementsOfItem() {
    func list(_ text: String) -> String {
      "1. x\n\n   <details>\n\n   \(text)\n\n   </details>\n\n2. y\n"
    }
    let result = merged("1. x\n2. y\n", list("One is here."), list("Two are here."))
    #expect(
      result == list("One is here.\n\n   </details>\n\n   <details>\n\n   Two are here."))
  }

  @Test("an element of HTML in which one of two that put it in wrote more is there once")
  func elementWithMore() {
    let (start, end) = ("A.\n\n<details>\n\nText one of it.\n\n", "</details>\n\nEnd.\n")
    #expect(
      merged("A.\n\nEnd.\n", start + end, start + "More of it.\n\n" + end)
        == start + "More of it.\n\n" + end)
    let long = start.replacing("of it.", with: "of it, which is long.")
    #expect(
      merged("A.\n\nEnd.\n", long + "Mine.\n\n" + end, long + "Theirs.\n\n" + end) == nil)
  }

  @Test("two rows of an HTML table are two rows")
  func htmlRows() {
    func row(_ name: String, _ code: String) -> String {
      "<tr class=\"a\">\n<td class=\"name\">\(name)</td>\n<td>\n<code>\(code)</code>\n</td>\n</tr>\n"
    }
    let (start, end) = ("<table>\n" + row("head of it", "-h"), "</table>\n")
    let (mine, other) = (row("Silence all things", "-q"), row("Verbose output", "-V"))
    #expect(
      merged(start + end, start + mine + end, start + other + end) == start + mine + other + end)
  }

  @Test(
    "what has an addition's words here and there, or with another number, does not say all of it",
    arguments: [
      ("- call Anna on Monday\n", "- call Paul, since Anna is away on Monday\n"),
      ("- paid 20 for tea, and 15 to Anna\n", "- paid 20 to Anna\n"),
      (
        "| Monday | gym with Anna |\n",
        "| Monday | no gym, lunch with Paul and Anna |\n"
      ),
    ])
  func scattered(mine: String, other: String) {
    let base = mine.hasPrefix("|") ? "| day | what |\n|---|---|\n" : "- x\n"
    #expect(merged(base, base + mine, base + other) == base + mine + other)
  }

  @Test("what says all that the other addition says is the one, unless it denies it")
  func saysAll() {
    let more = "- call the bank in the morning\n"
    #expect(merged("- x\n", "- x\n- call the bank\n", "- x\n" + more) == "- x\n" + more)
    #expect(merged("- x\n", "- x\n- call the bank\n", "- x\n- do not call the bank\n") == nil)
    #expect(merged("- x\n", "- x\n- call the bank\n", "- x\n- don't call the bank\n") == nil)
    #expect(
      merged("", "We ask Ben.\n", "We have been here for days, and whoever we ask knows no Ben.\n")
        == nil)
  }

  @Test(
    "two rows or items in one pattern, of other names, are two",
    arguments: [
      (
        "| Tue | standup | platform team | big room |\n",
        "| Wed | standup | platform team | big room |\n"
      ),
      (
        "- [Ann's solution](https://a.org/ann/calc) - [view it](https://ann.a.org/calc)\n",
        "- [Bob's solution](https://a.org/bob/calc) - [view it](https://bob.a.org/calc)\n"
      ),
      (
        "- 2024-05-01 ran around the whole lake with Ann in the morning\n",
        "- 2024-05-02 ran around the whole lake with Ann in the morning\n"
      ),
    ])
  func pattern(mine: String, other: String) {
    let base = mine.hasPrefix("|") ? "| a | b | c | d |\n|---|---|---|---|\n" : "- x\n"
    #expect(merged(base, base + mine, base + other) == base + mine + other)
  }

  @Test(
    "two items in other words that lead to one place are a question, also with a slash at its end"
  )
  func onePlace() {
    #expect(
      merged(
        "- x\n", "- x\n- [an easy book on Java for the web](https://a.org/book/)\n",
        "- x\n- [a short book on Java for the web](https://a.org/book)\n") == nil)
  }

  @Test(
    "an edit of a sign that means something is a question where the other side took the text out",
    arguments: [
      ("It stands at 18 degrees.\n", "It stands at -18 degrees.\n"),
      ("Paul is the culprit.\n", "~~Paul is the culprit.~~\n"),
      ("Paul is the culprit.\n", "Paul is the culprit?\n"),
      ("- [ ] pay the rent\n", "- [-] pay the rent\n"),
      ("We have $a < b$ in all cases.\n", "We have $a > b$ in all cases.\n"),
      ("See [the docs](https://x.org/a-b).\n", "See [the docs](https://x.org/a_b).\n"),
      ("It is in `a-b` for all.\n", "It is in `a_b` for all.\n"),
    ])
  func sign(old: String, new: String) {
    let (start, end) = ("# T\n\n", "\nend\n")
    #expect(merged(start + old + end, start + new + end, start + "end\n") == nil)
  }

  @Test(
    "an edit of blanks and marks of sentences alone goes where the other side took the text out",
    arguments: [
      ("Paul is here, and Ann too.\n", "Paul is here - and Ann too!\n"),
      ("<td><a href=\"/blog\">blog</a></td>\n", "<td><a href=\"/blog/\">blog</a></td>\n"),
    ])
  func mark(old: String, new: String) {
    let (start, end) = ("# T\n\n", "end\n")
    #expect(merged("\(start)\(old)\n\(end)", "\(start)\(new)\n\(end)", start + end) == start + end)
  }

  // In minutes, where the links of the note are walked for each pair of its new items.
  @Test("two long lists of links are both there")
  func manyLinks() {
    func list(_ name: String) -> String {
      (0..<480).map {
        "- to read in the next days: the paper of [\(name)\($0)](https://a.b/\(name)\($0)) on it\n"
      }.joined()
    }
    #expect(
      merged("- a\n", "- a\n" + list("x"), "- a\n" + list("y")) == "- a\n" + list("x") + list("y"))
  }

  @Test(
    "what hangs on an item that one side put in stays with it where the other put in an item",
    arguments: [
      ("1. One\n", "2. Ask for the report\n   - ask Anna\n", "2. Buy a ticket\n"),
      ("* One\n", "* Ask for the report\n\n  Ask Anna first.\n\n", "* Buy a ticket\n"),
      ("* One\n", "* Any command\n  ```\n  rm x\n  ```\n", "* Buy a ticket\n"),
      ("* One\n", "* Ask for the report\n  1. ask Anna\n", "* Buy a ticket\n  1. by rail\n"),
    ])
  func newItems(base: String, mine: String, other: String) {
    #expect(merged(base, base + mine, base + other) == base + mine + other)
  }

  @Test("what hangs on the item before comes before the next items, and the deeper first")
  func hangingItems() {
    let base = "* A one\n"
    #expect(
      merged(base, base + "  - zebra\n* Bob came\n", base + "  - apple\n* Carl came\n")
        == base + "  - apple\n  - zebra\n* Bob came\n* Carl came\n")
    let shared = base + "* Anna from Bonn called\n"
    #expect(
      merged(
        base, shared + "  - alpha\n* Berta came\n", shared + "  - beta\n* Carl came\n")
        == shared + "  - alpha\n  - beta\n* Berta came\n* Carl came\n")
    let nested = base + "  * of one\n"
    #expect(
      merged(
        nested, nested + "    * a part\n  * of one too\n", nested + "    * its like\n* B two\n")
        == nested + "    * a part\n    * its like\n  * of one too\n* B two\n")
  }

  @Test("a list of another kind that comes to stand behind a sub-item begins after a blank line")
  func otherList() {
    let (one, part) = ("- one item that is here\n", "  - a part of one\n")
    let (task, step) = ("- [ ] a task with five words\n", "1. a step that comes first\n")
    #expect(
      merged(
        one + "\n" + task + "\n" + step, one + part + "\n" + task + "\n" + step,
        one + "\n" + step + "\n" + task) == one + part + "\n" + step + "\n" + task)
  }

  @Test("a new item goes before a paragraph that was put behind what hangs on the last item")
  func behindHanging() {
    let base = "* One\n\n  Some words on it.\n"
    #expect(
      merged(base, base + "\n* Two\n", base + "\n(This is all.)\n")
        == base + "\n* Two\n\n(This is all.)\n")
  }

  @Test(
    "tabs are as wide as blanks, and what goes on with a list or a table below an item comes first")
  func belowItems() {
    let trip = "- Trip\n    - flight\n"
    #expect(
      merged(
        trip + "- Home\n", trip + "\t\t- with Anna\n- Home\n", trip + "    - hotel\n- Home\n")
        == trip + "\t\t- with Anna\n    - hotel\n- Home\n")
    let book = "1. Trip\n   1. book the flight\n"
    #expect(
      merged(book, book + "   2. book the hotel\n", book + "\n   ![map](map.png)\n")
        == book + "   2. book the hotel\n\n   ![map](map.png)\n")
    let table = "- Trip\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n"
    #expect(
      merged(table, table + "  | 3 | 4 |\n", table + "\n  Some words behind it.\n")
        == table + "  | 3 | 4 |\n\n  Some words behind it.\n")
  }

  @Test("a list that does not begin with 1 is parted from the line above it")
  func numbersBelow() {
    #expect(
      merged(
        "- a\n  - sub\n    1. one\n", "- a\n  - sub\n    1. one\n    2. two\n", "- a\n  - sub\n")
        == "- a\n  - sub\n\n    2. two\n")
  }

  @Test("a line that one side wrote twice is there twice, though the other wrote it once")
  func writtenTwice() {
    let base = "# L\n\n* start\n"
    #expect(
      merged(
        base, base + "* ran five km\n* ate with Tom in the big hall\n",
        base + "* ran five km\n* rested\n* ran five km\n")
        == base + "* ran five km\n* ate with Tom in the big hall\n* rested\n* ran five km\n")
  }

  @Test(
    "a short item, a table, a block of code and a quote that both put in at one place are there once",
    arguments: [
      "| Name | Age |\n|---|---|\n| Anna | 7 |\n",
      "```\nfor i in range(10):\n    print(i)\n```\n",
      "> To be or not to be that is it.\n",
      "> [!note] To be or not to be\n> That is it.\n",
    ])
  func writtenByBoth(block: String) {
    let todo = "# T\n\n## Todo\n\n* Buy milk\n"
    let (call, read) = ("* Call the dentist on monday\n", "* Read the long paper on X\n")
    #expect(merged("# T\n", todo + read, todo + call) == todo + call + read)
    let (mine, other) = ("\nAlpha is the first letter.\n", "\nBeta comes right behind it.\n")
    let both = merged("x\n", "x\n" + mine + "\n" + block, "x\n" + other + "\n" + block)
    // What is half of both additions stands behind what differs, as both have it.
    let isFirst = block.first != ">"
    #expect(both == "x\n" + mine + (isFirst ? "\n" + block + other : other + "\n" + block))
  }

  @Test("an item below an old one and one beside it are two, though they say the same")
  func belowAndBeside() {
    #expect(
      merged("* A one\n", "* A one\n  * called Bob back\n", "* A one\n* called Bob back\n")
        == "* A one\n  * called Bob back\n* called Bob back\n")
    #expect(
      merged(
        "* A one\n", "* A one\n  * called Bob back\n", "* A one\n    * called Bob back\n") != nil)
  }
}
