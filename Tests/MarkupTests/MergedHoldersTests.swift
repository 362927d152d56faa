import Testing

@testable import Markup

@Suite("merging where one side moved a list, a quote or code to the right or left")
struct MergedHoldersTests {
  private static let list = "- alpha item\n- beta item\n- gamma item\n- delta item\n"

  @Test("an item put among others has the depth that the other side gave to these")
  func depth() {
    #expect(
      merged(
        Self.list, "- alpha item\n- group\n  - beta item\n  - gamma item\n- delta item\n",
        Self.list.replacing("- gamma", with: "- between\n- gamma"))
        == "- alpha item\n- group\n  - beta item\n  - between\n  - gamma item\n- delta item\n")
    let nested = "- group\n  - beta item\n  - gamma item\n- delta item\n"
    let added = nested.replacing("  - gamma", with: "  - a new item\n    of two lines\n  - gamma")
    for (old, new) in [("  ", "    "), ("  ", "\t"), ("  ", "")] {
      #expect(
        merged(nested, nested.replacing("\n\(old)", with: "\n\(new)"), added)
          == added.replacing("\n\(old)", with: "\n\(new)"))
    }
    // The last of them too, and the first.
    for (item, place) in [("  - last\n- delta", "- delta"), ("  - first\n  - beta", "  - beta")] {
      let added = nested.replacing(place, with: item)
      #expect(
        merged(nested, nested.replacing("\n  -", with: "\n    -"), added)
          == added.replacing("\n  -", with: "\n    -"))
    }
  }

  @Test("an item put into a list to which the other side gave another mark has that mark")
  func listMarks() {
    let list = "* apples\n  * red\n* pears\n* plums\n"
    let longer = "* apples\n  * red\n  * green\n* pears\n* nuts\n* plums\n* figs\n"
    let dashes = ("* ", "- ")
    #expect(
      merged(list, list.replacing(dashes.0, with: dashes.1), longer)
        == longer.replacing(dashes.0, with: dashes.1))
    #expect(
      merged(
        "1. apples\n2. pears\n3. plums\n", "1) apples\n2) pears\n3) plums\n",
        "1. apples\n2. pears\n3. plums\n4. nuts\n") == "1) apples\n2) pears\n3) plums\n4) nuts\n")
    #expect(
      merged(
        "- apples\n- pears\n\nEnd.\n", "1. apples\n2. pears\n\nEnd.\n",
        "- apples\n- pears\n- nuts\n  and more\n- figs\n\nEnd.\n")
        == "1. apples\n2. pears\n3. nuts\n   and more\n4. figs\n\nEnd.\n")
    // Where the other side changed the mark of one item alone, the new one has its own.
    #expect(
      merged("* apples\n* pears\n", "- apples\n* pears\n", "* apples\n* nuts\n* pears\n")
        == "- apples\n* nuts\n* pears\n")
  }

  @Test("what is put below an item goes with it to the right")
  func below() {
    let list = "- alpha item\n- beta item\n- gamma item\n"
    #expect(
      merged(
        list, "- alpha item\n- group\n  - beta item\n  - gamma item\n",
        list.replacing("- gamma", with: "  - sub of beta\n- gamma"))
        == "- alpha item\n- group\n  - beta item\n    - sub of beta\n  - gamma item\n")
  }

  @Test("what is put into a quote whose marks the other side took away has none either")
  func quote() {
    let list = "> [!todo]\n> - a one\n> - b two\n> - c three\n"
    let plain = "- a one\n- b two\n- c three\n"
    #expect(
      merged(list, plain, list.replacing("> - b", with: "> - new here\n> - b"))
        == plain.replacing("- b", with: "- new here\n- b"))
  }

  @Test("a line of code put among others goes with them into the block that was put around")
  func code() {
    let code = "```python\nx = 1\ny = 2\nprint(x)\n```\n"
    let block = "```python\nif a:\n    x = 1\n    y = 2\n    print(x)\n```\n"
    #expect(
      merged(code, block, code.replacing("print", with: "z = 3\nprint"))
        == block.replacing("    print", with: "    z = 3\n    print"))
  }

  @Test("a callout around paragraphs is not torn by one that the other side put between them")
  func callout() {
    let text = "Intro.\n\nOne para here.\n\nTwo para here.\n\nEnd.\n"
    #expect(
      merged(
        text, "Intro.\n\n> [!note]\n> One para here.\n>\n> Two para here.\n\nEnd.\n",
        text.replacing("Two", with: "An inserted para.\n\nTwo")) == nil)
  }

  @Test("a paragraph that one side hung on an item does not come to hang on a new one")
  func hung() {
    let text = "- alpha item\n\nA text is here below.\n"
    #expect(
      merged(
        text, text.replacing("A text", with: "  A text"),
        text.replacing("\n\n", with: "\n- beta item\n\n")) == nil)
  }

  @Test("a question about where something belongs is about that place alone")
  func smallQuestion() {
    let start = "# Title\n\n" + Self.list + "\nFirst paragraph.\n\n"
    let text = start + "- one item\n\nA text is here below.\n\nLast paragraph.\n"
    let both = merge(
      text, text.replacing("A text", with: "  A text"),
      text.replacing("one item\n", with: "one item\n- two item\n")
        .replacing("Last", with: "Very last"))
    #expect(both.conflicts.count == 1)
    #expect(
      String(decoding: both.text(.ours), as: UTF8.self)
        == start + "- one item\n\n  A text is here below.\n\nVery last paragraph.\n")
  }
}
