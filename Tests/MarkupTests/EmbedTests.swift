import Foundation
import Markup
import Testing

@Suite("Notes that other notes show")
struct EmbedTests {
  private static let texts = [
    "b": """
    # B

    First. ^one

    ## Part

    See [x][ref] and this[^1].

    ### Below

    Deep. ![[a]]

    ![[a]]

    ## Other

    Last.

    [ref]: http://example.org
    [^1]: A footnote.
    """,
    "a": "A text.\n\n![[b#Other]]\n",
  ]

  private func renderer(_ texts: [String: String] = Self.texts) -> HTMLRenderer {
    var renderer = HTMLRenderer { target in
      texts[target.name] == nil && !target.name.isEmpty
        ? nil : HTMLRenderer.Goal(HTMLRenderer.url(path: target.name, fragment: target.fragment))
    }
    renderer.embedded = { target in
      texts[target.name].map { HTMLRenderer.Embedded(Document($0), by: self.renderer(texts)) }
    }
    return renderer
  }

  private func html(_ text: String) -> String { renderer().html(of: Document(text)) }

  @Test("a paragraph that is nothing but an embed shows the note, and says where it is from")
  func whole() {
    #expect(
      html("Before.\n\n![[a]]\n\nBehind.") == """
        <p>Before.</p>
        <figure class="embed">
        <p>A text.</p>
        <p><a href="b#other" class="embed">b › Other</a></p>
        <figcaption><a href="a">a</a></figcaption></figure>
        <p>Behind.</p>

        """)
  }

  @Test("a part is shown with all below it, and with what its links and footnotes refer to")
  func part() {
    let html = html("![[b#Part|The part]]")
    #expect(html.contains("<h2>Part</h2>") && html.contains("<h3>Below</h3>"))
    #expect(html.contains("<a href=\"http://example.org\">x</a>") && html.contains("A footnote."))
    #expect(!html.contains("First.") && !html.contains("Last."))
    #expect(html.contains("<figcaption><a href=\"b#part\">The part</a></figcaption>"))
  }

  @Test("a block is shown by its name")
  func block() {
    #expect(html("![[b#^one]]").contains("<p>First.</p>\n<figcaption>"))
    #expect(!html("![[b#^one]]").contains("Deep."))
  }

  @Test("notes that show each other end, with a link")
  func cycle() {
    let html = html("![[b]]")
    #expect(html.components(separatedBy: "<figure").count == 2)
    #expect(html.contains("<p>Deep. <a href=\"a\" class=\"embed\">a</a></p>"))
    #expect(html.contains("<p><a href=\"a\" class=\"embed\">a</a></p>"))
  }

  @Test(
    "what is not there, or stands among words, is a link or a name",
    arguments: [
      ("![[gone]]", "<p><span class=\"broken\">gone</span></p>\n"),
      ("![[b#Nowhere]]", "<p><a href=\"b#nowhere\" class=\"embed\">b › Nowhere</a></p>\n"),
      ("See ![[a]].", "<p>See <a href=\"a\" class=\"embed\">a</a>.</p>\n"),
      ("[[a]]", "<p><a href=\"a\">a</a></p>\n"),
    ])
  func links(text: String, expected: String) {
    #expect(html(text) == expected)
  }

  @Test("in a list and in a callout an embed is a block as well")
  func nested() {
    #expect(html("- ![[a]]\n").contains("<li><figure class=\"embed\">"))
    #expect(html("> [!note] N\n>\n> ![[a]]\n").contains("<figure class=\"embed\">"))
    #expect(html("| x |\n|---|\n| ![[a]] |\n").contains("<td><a href=\"a\" class=\"embed\">"))
  }

  @Test("nothing that an embedded note has is named twice on the page")
  func names() {
    let html = html("## Part\n\n![[b]]\n\n![[b]]\n\nNote[^1].\n\n[^1]: Own.\n")
    let names = html.matches(of: /\ id="([^"]*)"/).map { String($0.output.1) }
    #expect(names.count == Set(names).count)
    #expect(names.contains("part"))
  }

  @Test("a page shows no more of others than it can bear")
  func bounds() {
    let long = String(repeating: "Words of a long note. ", count: 5_000) + "\n"
    let renderer = renderer(["long": long])
    let html = renderer.html(of: Document(String(repeating: "![[long]]\n\n", count: 50)))
    #expect(html.components(separatedBy: "<figure").count == 3)
    let many = self.renderer(["a": "x\n"]).html(
      of: Document(String(repeating: "![[a]]\n\n", count: 500)))
    #expect(many.components(separatedBy: "<figure").count == 101)
  }
}
