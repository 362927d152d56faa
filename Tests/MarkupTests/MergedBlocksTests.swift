import Testing

@testable import Markup

@Suite("merging where one side wrote on in a callout, a comment or a footnote")
struct MergedBlocksTests {
  private static let callout = "> [!note] Title of it\n> The text of the callout is here.\n"

  @Test(
    "what one side puts before a callout does not tear it where the other writes in it",
    arguments: [
      "> [!tip] Other\n> Callout of theirs.\n\n", "## New head\n\n", "| a |\n|---|\n| b |\n\n",
      "A paragraph.\n\n",
    ])
  func beforeCallout(new: String) {
    let text = "Intro.\n\n\(Self.callout)\nEnd.\n"
    let writtenOn = text.replacing("> The", with: "> A new sentence at the front.\n>\n> The")
    #expect(
      merged(text, text.replacing("> [!note]", with: new + "> [!note]"), writtenOn)
        == writtenOn.replacing("> [!note]", with: new + "> [!note]"))
  }

  @Test(
    "what is put beside a paragraph of which two are made, with new words in either, is not between"
  )
  func beforeNewWords() {
    let (first, second) = ("First sentence stands here.", "Second sentence stands there.")
    let text = "# T\n\n\(first) \(second)\n\nEnd of it.\n"
    let behind = "# T\n\n\(first)\n\n\(second) It grew by a side, with many a word.\n\nEnd of it.\n"
    #expect(
      merged(text, behind, text.replacing("End", with: "New paragraph behind it.\n\nEnd"))
        == behind.replacing("End", with: "New paragraph behind it.\n\nEnd"))
    let before = "# T\n\nIt grew by a side, with many a word. \(first)\n\n\(second)\n\nEnd of it.\n"
    #expect(
      merged(text, before, text.replacing("First", with: "New paragraph before it.\n\nFirst"))
        == before.replacing("It grew", with: "New paragraph before it.\n\nIt grew"))
  }

  @Test("one side writes at the top of a callout or quote, the other at its end")
  func twoEnds() {
    let text = "Intro.\n\n\(Self.callout)>\n> - first item is it\n\nEnd.\n"
    func atTop(_ text: String) -> String {
      text.replacing("> The", with: "> A new sentence at the front.\n>\n> The")
    }
    for end in ["> - second item of mine\n", ">\n> A last sentence.\n"] {
      let longer = text.replacing("is it\n", with: "is it\n" + end)
      #expect(merged(text, longer, atTop(text)) == atTop(longer))
    }
    let quote = "> - first item is it\n\nEnd.\n"
    let longer = quote.replacing("is it\n", with: "is it\n> - second item of mine\n")
    #expect(merged(quote, longer, "> [!tip] Look\n" + quote) == "> [!tip] Look\n" + longer)
  }

  @Test(
    "what one side puts behind or before a block of several paragraphs is not in it",
    arguments: [
      ("%%", "%%"), (":::note", ":::"), ("\\begin{theorem}", "\\end{theorem}"),
      ("{{< note >}}", "{{< /note >}}"), ("<!--", "-->"),
    ])
  func comment(first: String, last: String) {
    let block = "\(first)\nhidden one\n\nhidden two\n\(last)\n\n"
    for block in [block, block.replacing("\n\nhidden two", with: "")] {
      let text = "A.\n\n\(block)B.\n"
      let more = block.replacing("\n\(last)\n", with: "\n\nhidden three\n\(last)\n")
      #expect(
        merged(
          text, text.replacing("B.", with: "Mine is for all to read.\n\nB."),
          text.replacing(block, with: more)) == "A.\n\n\(more)Mine is for all to read.\n\nB.\n")
      let early = block.replacing("hidden one", with: "hidden zero\n\nhidden one")
      #expect(
        merged(
          text, text.replacing("A.\n\n", with: "A.\n\nMine is visible.\n\n"),
          text.replacing(block, with: early)) == "A.\n\nMine is visible.\n\n\(early)B.\n")
    }
  }

  @Test("a paragraph that goes on with a footnote, or a note of MkDocs, stands right behind it")
  func indented() {
    let text = "A.[^a] B.\n\n[^a]: First para.\n\nEnd.\n"
    let other = text.replacing("B.", with: "B.[^b]")
      .replacing("End", with: "[^b]: Other note.\n\nEnd")
    let more = "    It says more about the first.\n\n"
    #expect(
      merged(text, other, text.replacing("End", with: more + "End"))
        == other.replacing("[^b]:", with: more + "[^b]:"))
    let note = "A.\n\n!!! note\n    One in it.\n\nB.\n"
    let two = "    Two in it.\n\n"
    #expect(
      merged(
        note, note.replacing("B.", with: "Mine behind.\n\nB."),
        note.replacing("B.", with: two + "B."))
        == note.replacing("B.", with: two + "Mine behind.\n\nB."))
  }

  @Test("in a quote, too, an item hung on one that the other side took away is a question")
  func hungInQuote() {
    let text = """
      > [!note] Title
      > - delta item is it
      > - alpha item is here
      >   - beta item is there
      > - gamma item of all

      """
    #expect(
      merged(
        text, text.replacing("is there\n", with: "is there\n>   - new item here\n"),
        text.replacing("> - alpha item is here\n>   - beta item is there\n", with: "")) == nil)
  }

  @Test("an item put at the end of a callout goes with it into the callout put around it")
  func intoCallout() {
    let text = "Intro.\n\n> [!note] Title of it\n> - item in it\n> - other item\n\nEnd.\n"
    let outer = text.replacing("> ", with: "> > ")
      .replacing("Intro.\n\n", with: "Intro.\n\n> [!info] Outer\n")
    #expect(
      merged(text, outer, text.replacing("other item\n", with: "other item\n> - theirs too\n"))
        == outer.replacing("other item\n", with: "other item\n> > - theirs too\n"))
  }
}
