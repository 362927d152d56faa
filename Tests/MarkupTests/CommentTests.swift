import Markup
import TestSupport
import Testing

@Suite("What is written for the author only")
struct CommentTests {
  @Test(
    "a comment is found wherever a reader does not see it",
    arguments: [
      ("a %%b%% c <!-- d --> e", ["%%b%%", "<!-- d -->"]),
      // In the words of links and pictures, and within them.
      ("[a <!-- b --> c](d.md)", ["<!-- b -->"]), ("![a %%b%%](d.png)", ["%%b%%"]),
      ("[[a|b %%c%% d]] %%e%%", ["%%c%%", "%%e%%"]), ("[a %%b%% c][r]\n\n[r]: d.md", ["%%b%%"]),
      ("[![a %%b%%](c.png) %%d%%](e.md)", ["%%b%%", "%%d%%"]),
      ("[50%% off](a.md), [60%% off](b.md) or [[c|70%% off]]", []),
      ("[50%% off](a.md), 20%% and 30%%", ["%% and 30%%"]),
      // Not what a link leads to, nor code, nor a formula.
      ("[a](b%%20c%%20d.md \"%%t%%\") <https://e.org/%%20%%20>", []),
      ("[[a%%b%%c]] `%%d%%` $%%e%%$\n\n```\n<!-- f -->\n```", []),
      // One that nothing closes ends with the HTML that it stands in, or with the text.
      ("A.\n\n<!-- b\n\nc", ["<!-- b\n\nc"]), ("A.\n<!-- b\n\nc", ["<!-- b\n\nc"]),
      ("> <!-- a\n> b\n\nC.", ["<!-- a\n> b"]), ("- <!-- a\n- b", ["<!-- a"]),
      ("<div>\n<!-- a\n</div>\n\nB.", ["<!-- a\n</div>"]),
      ("<div>\n`<!-- a` [b <!-- c](d)\n</div>\n\nB.", ["<!-- a` [b <!-- c](d)\n</div>"]),
      ("A <!-- b\n\nC.", []), ("    <!-- a\n\nB.", []),
      ("A.\n\n%%\n\nb", ["%%\n\nb"]), ("> %% \n\nb", ["%% \n\nb"]),
      ("100%% sure\n\nB.", []), ("A.\n\n%% b\n\nC.", []),
      ("%%\na\n%%\n\nB.\n\n%%\n\nc\n", ["%%\na\n%%", "%%\n\nc\n"]),
    ])
  func found(text: String, expected: [String]) {
    let document = Document(text)
    #expect(document.comments.map { document.text($0) } == expected)
  }

  @Test(
    "without its comments a text has none, whatever they had made code of",
    arguments: [
      ("%%\n```sh\na\n%%\n\nB.\n\n<!-- c -->\n\nD. %%e%%\n", "\n\nB.\n\n\n\nD. \n"),
      ("%%`%% a %%b%% `c", " a  `c"), ("%<!-- a -->%b%%", ""),
      ("---\nt: \"%%x%%\"\n---\nA %%b%%", "---\nt: \"%%x%%\"\n---\nA "),
    ])
  func without(text: String, expected: String) {
    let document = Document(text).withoutComments
    #expect(document.text(document.bytes.indices) == expected)
  }

  @Test("comments that come to light one by one end, without a text at the worst")
  func rounds() {
    // Each round frees the fence behind it.
    let text = (0..<400).map { "%%\n\(String(repeating: "`", count: 3 + $0 % 2))\n%%\n\n" }.joined()
    for text in [text, String(repeating: "[<!-- ", count: 30_000) + "](a)"] {
      #expect(Document(text).withoutComments.comments.isEmpty)
    }
  }
}
