import Testing

@testable import Markup

@Suite("merging where one side wrote on in a callout, a comment or a footnote")
struct MergedBlocksTests {
  private static let callout = "> [!note] Title of it\n> The text of the callout is here.\n"

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
