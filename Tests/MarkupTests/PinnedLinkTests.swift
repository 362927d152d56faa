import Markup
import Testing

@Suite struct PinnedLinkTests {
  @Test(
    "what stands behind @ names an older text, and stays when the target is renamed",
    arguments: [
      ("[[post@v3]]", "post", "v3"), ("[[post@v12#Head|shown]]", "post", "v12"),
      ("[[a/b@2025-06-01]]", "a/b", "2025-06-01"), ("[[post@2025-06]]", "post", "2025-06"),
      ("[[post@{3 months ago}]]", "post", "{3 months ago}"),
      ("![[post@0123abc4]]", "post", "0123abc4"), ("| [[post@v3\\|x]] |", "post", "v3"),
      ("[[ada@example@v2]]", "ada@example", "v2"),
    ])
  func pins(text: String, target: String, pin: String) throws {
    let table = text.hasPrefix("|") ? "| a |\n|---|\n\(text)\n" : text
    let link = try #require(Document(table).links.first)
    #expect(link.target == target)
    #expect(link.pin == pin)
    let bytes = Document(table).replacingTargets([(link.targetRange, "new")])
    #expect(Document(bytes: bytes).links.first?.target == "new")
    #expect(Document(bytes: bytes).links.first?.pin == pin)
  }

  @Test(
    "any other @ is part of the name",
    arguments: [
      "[[ada@example.org]]", "[[talk@2025]]", "[[a@v0]]", "[[a@v]]", "[[a@deadbeef]]", "[[@v3]]",
      "[[a@2025-13-01]]", "[[a@{}]]",
    ])
  func names(text: String) throws {
    let link = try #require(Document(text).links.first)
    #expect(link.pin == nil)
    #expect("[[\(link.target)]]" == text)
  }

  @Test("wiki links in the front matter are links, with their lines and places")
  func frontmatter() throws {
    let text = """
      ---
      builds-on:
        - "[[one]]"
        - "[[two@v2#Head]]"
      see: [[three|shown]]
      # [[comment]]
      matrix: [[1, 2], [3, 4]]
      ---
      [[four]]
      """
    let document = Document(text)
    #expect(document.links.map(\.target) == ["one", "two", "three", "four"])
    #expect(document.links.map(\.line) == [3, 4, 5, 9])
    #expect(document.links[1].pin == "v2" && document.links[1].anchor == "Head")
    #expect(document.links.map { document.text($0.targetRange) } == document.links.map(\.target))
    // A name that would end the value is not written into it.
    #expect(document.links[0].written("say \"no\"") == nil)
    #expect(document.links[0].written("other name") == "other name")
  }

  @Test(
    "a heading is meant without its punctuation and marks, too, and an element of HTML by its name",
    arguments: [
      ("How large can it be", "## How large can it be?\nx\n"), ("`move`", "## `move`\ny\n"),
      ("A b", "## A: b\n\nz\n\n[x](#in-text) <a name=\"In.Text\"></a>w\n"),
      ("cpp", "## <a id=\"cpp\"></a>C++\nv\n"),
      ("In.Text", "[x](#in-text) <a name=\"In.Text\"></a>w"), ("?", nil), ("id", nil),
    ])
  func laxAnchors(_ anchor: String, _ text: String?) {
    let document = Document(
      """
      ## How large can it be?
      x
      ## `move`
      y
      ## A: b

      z

      [x](#in-text) <a name="In.Text"></a>w
      ## <a id="cpp"></a>C++
      v

      """)
    #expect(document.passage(at: anchor).map(document.text) == text)
  }

  @Test("an anchor means a heading with all below it, or the block of a mark")
  func passages() throws {
    let text = "# One\n\nfirst ^here\n\n## Two\n\nsecond\n\n- item\n\n^list\n\n# Three\n\nthird\n"
    let document = Document(text)
    func passage(_ anchor: String) -> String? { document.passage(at: anchor).map(document.text) }
    #expect(passage("one")?.hasSuffix("^list\n\n") == true)
    #expect(passage("One#two")?.hasPrefix("## Two") == true)
    #expect(passage("three") == "# Three\n\nthird\n")
    #expect(passage("^here") == "first ^here")
    #expect(passage("^list") == "- item")
    #expect(passage("four") == nil && passage("^gone") == nil)
  }
}
