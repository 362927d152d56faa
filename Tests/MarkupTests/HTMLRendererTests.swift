import Foundation
import Markup
import Testing

@Suite struct HTMLRendererTests {
  private let renderer = HTMLRenderer { target in
    if ["gone", "gone.png"].contains(target.name) { return nil }
    return HTMLRenderer.Goal(HTMLRenderer.url(path: target.name, fragment: target.fragment))
  }

  private func html(_ text: String) -> String {
    renderer.html(of: Document(text)).trimmingCharacters(in: .newlines)
  }
  @Test(
    "two equals signs on both sides mark words, and are no marks in code, sums and links",
    arguments: [
      ("a ==b c== d", "a <mark>b c</mark> d"),
      ("==b *c* d==.", "<mark>b <em>c</em> d</mark>."),
      ("*a ==b== c* ==d\ne==", "<em>a <mark>b</mark> c</em> <mark>d\ne</mark>"),
      ("==a== and ==b==", "<mark>a</mark> and <mark>b</mark>"),
      ("这是==重点==的", "这是<mark>重点</mark>的"),
      ("==a [[n]] $x$==", "<mark>a <a href=\"n\">n</a> <code class=\"math\">x</code></mark>"),
      ("==**b**==", "<mark><strong>b</strong></mark>"),
      ("x==1 and y==2", "x==1 and y==2"),
      ("x == 1 and y == 2", "x == 1 and y == 2"),
      ("a ==b *c== d*", "a ==b <em>c== d</em>"),
      ("`==a==` ==== ===c===", "<code>==a==</code> ==== ===c==="),
      ("==a", "==a"), ("a==", "a=="), ("== a==", "== a=="), ("====", "===="),
    ])
  func highlight(_ text: String, _ expected: String) {
    #expect(html(text) == "<p>\(expected)</p>")
  }

  @Test(
    "a named element of HTML is a place that links lead to, once, and none that has a heading's name",
    arguments: [
      ("<a name=\"sec\"></a>b", "<p><span id=\"sec\"></span>b</p>"),
      (
        "<a id='Sec.1'>a [b](c) d",
        "<p><span id=\"Sec.1\"></span><span id=\"sec1\"></span>a <a href=\"c\">b</a> d</p>"
      ),
      (
        "a <span id=\"x\">b</span> <i id=\"x\">c</i>",
        "<p>a <span id=\"x\"></span><span>b</span> <i>c</i></p>"
      ),
      ("## <a id=\"cpp\"></a>C++", "<h2 id=\"c\"><span id=\"cpp\"></span>C++</h2>"),
      ("## <a id=\"one\"></a>One", "<h2 id=\"one\">One</h2>"),
      ("<h2 id=\"use\">Use</h2>", "<span id=\"use\"></span><h2>Use</h2>"),
      ("<div id=\"d\">x</div>", "<span id=\"d\"></span><div>x</div>"),
      ("<ul><li id=\"i\">x</li></ul>", "<ul><li>x</li></ul>"),
      ("<a href=\"n\" id=\"y\">b</a>", "<p><span id=\"y\"></span><a href=\"n\">b</a></p>"),
      ("<a id=\"fn-1\"></a><a id=\"^b\"></a><a id=\"a b\"></a><a id=\"\"></a>c", "<p>c</p>"),
      (
        "<a id=\"&quot;&gt;<script>\"></a>d",
        "<p><span id=\"&quot;&gt;&lt;script&gt;\"></span><span id=\"script\"></span>d</p>"
      ),
    ])
  func namedElements(_ text: String, _ expected: String) {
    #expect(html(text) == expected)
  }

  @Test("a mark ends with its paragraph, and is no part of a heading's name")
  func highlightBounds() {
    #expect(html("==a\n\nb==") == "<p>==a</p>\n<p>b==</p>")
    #expect(html("# A ==b==") == "<h1 id=\"a-b\">A <mark>b</mark></h1>")
    #expect(html("- ==a==\n- b==") == "<ul>\n<li><mark>a</mark>\n</li>\n<li>b==\n</li>\n</ul>")
  }

  @Test(
    "what Markdown has is HTML",
    arguments: [
      ("---\ntitle: x\n---\n# A *b* `c`", "<h1 id=\"a-b-c\">A <em>b</em> <code>c</code></h1>"),
      ("# A b[^1]", "<h1 id=\"a-b\">A b[^1]</h1>"),
      ("# A\n\n# A", "<h1 id=\"a\">A</h1>\n<h1 id=\"a-1\">A</h1>"),
      ("a **b** ~~c~~\\\nd", "<p>a <strong>b</strong> <del>c</del><br>\nd</p>"),
      ("- a\n- b", "<ul>\n<li>a\n</li>\n<li>b\n</li>\n</ul>"),
      ("3. a\n\n4. b", "<ol start=\"3\">\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>"),
      (
        "- [x] a\n- [ ] b",
        "<ul>\n<li class=\"task\"><input type=\"checkbox\" disabled checked aria-label=\"done\"> a\n</li>\n"
          + "<li class=\"task\"><input type=\"checkbox\" disabled aria-label=\"to do\"> b\n</li>\n</ul>"
      ),
      (
        "```swift x\na < b\n```",
        "<pre tabindex=\"0\"><code class=\"language-swift\">a &lt; b\n</code></pre>"
      ),
      (
        "| a | b |\n|--:|---|\n| $|x|$ | [[n\\|m]] |",
        "<div class=\"table\" tabindex=\"0\"><table>\n<tr><th class=\"right\">a</th><th>b</th></tr>\n"
          + "<tr><td class=\"right\"><code class=\"math\">|x|</code></td>"
          + "<td><a href=\"n\">m</a></td></tr>\n</table></div>"
      ),
      ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
      ("---\n\n***", "<hr>\n<hr>"),
      (
        "see https://example.org/a",
        "<p>see <a href=\"https://example.org/a\">https://example.org/a</a></p>"
      ),
      ("![a *b* c](p.png \"t\")", "<p><img src=\"p.png\" alt=\"a b c\" title=\"t\"></p>"),
    ])
  func markdown(text: String, expected: String) { #expect(html(text) == expected) }

  @Test(
    "and so is what notes have beyond it",
    arguments: [
      ("[[a b]]", "<p><a href=\"a%20b\">a b</a></p>"),
      ("[[a@v2#Head x|L]]", "<p><a href=\"a#head-x\">L</a></p>"),
      ("[[#Here]]", "<p><a href=\"#here\">Here</a></p>"),
      ("[[gone]]", "<p><span class=\"broken\">gone</span></p>"),
      ("[x](gone)", "<p><span class=\"broken\">x</span></p>"),
      ("[x [[y]]](z.md)", "<p><a href=\"z.md\">x y</a></p>"),
      ("![[p.png|300]]", "<p><img src=\"p.png\" alt=\"\" width=\"300\"></p>"),
      ("![[p.png|a b|300x20]]", "<p><img src=\"p.png\" alt=\"a b\" width=\"300\"></p>"),
      ("![a b|300](p.png)", "<p><img src=\"p.png\" alt=\"a b\" width=\"300\"></p>"),
      ("![a|300 b](p.png)", "<p><img src=\"p.png\" alt=\"a|300 b\"></p>"),
      ("![300](p.png)", "<p><img src=\"p.png\" alt=\"300\"></p>"),
      ("![[gone.png|300]]", "<p><span class=\"broken\">gone.png</span></p>"),
      ("![[note]]", "<p><a href=\"note\" class=\"embed\">note</a></p>"),
      (
        "$a*b*c$ and $\\mathcal{L}[f](x)$",
        "<p><code class=\"math\">a*b*c</code> and <code class=\"math\">\\mathcal{L}[f](x)</code></p>"
      ),
      (
        "$a$\u{301} b $c$",
        "<p><code class=\"math\">a</code>\u{301} b <code class=\"math\">c</code></p>"
      ),
      (
        "> $$\n> a_1\n> + b\n> $$",
        "<blockquote>\n<p><code class=\"math math-display\">a_1\n+ b</code></p>\n</blockquote>"
      ),
      ("```math\na_1\n```", "<p><code class=\"math math-display\">a_1</code></p>"),
      (
        "- ```math\n  a_1\n  ```\n- b",
        "<ul>\n<li><code class=\"math math-display\">  a_1</code>\n</li>\n<li>b\n</li>\n</ul>"
      ),
      ("$$\na_1\n$$", "<p><code class=\"math math-display\">a_1</code></p>"),
      ("$$\na_1\n$$.\n\nb", "<p><code class=\"math math-display\">a_1</code>.</p>\n<p>b</p>"),
      (
        "- a\n  $$\n  x|y\n  z\n  $$",
        "<ul>\n<li>a\n<code class=\"math math-display\">  x|y\n  z</code>\n</li>\n</ul>"
      ),
      ("text ^mark", "<p>text<span id=\"^mark\"></span></p>"),
      (
        "> [!note] Take *care*\n> body",
        "<div class=\"callout callout-note\"><p class=\"callout-title\">Take <em>care</em></p>\n<p>body</p>\n</div>"
      ),
      (
        "> [!note]+ On $x^2$, [[n]], ==a **b\n> c** d== `e`\n> body",
        "<details class=\"callout callout-note\" open><summary>On <code class=\"math\">x^2</code>, "
          + "<a href=\"n\">n</a>, <mark>a <strong>b\nc</strong> d</mark> <code>e</code></summary>\n"
          + "<p>body</p>\n</details>"
      ),
      (
        "> [!note] *a*",
        "<div class=\"callout callout-note\"><p class=\"callout-title\"><em>a</em></p>\n</div>"
      ),
      ("## Intro *x* {#own_id}", "<h2 id=\"own_id\">Intro <em>x</em></h2>"),
      ("# A {#a}\n\n# A", "<h1 id=\"a\">A</h1>\n<h1 id=\"a-1\">A</h1>"),
      ("# {#a}", "<h1 id=\"a\"></h1>"), ("# A {#a b}", "<h1 id=\"a-a-b\">A {#a b}</h1>"),
      ("# A `{#a}`", "<h1 id=\"a-a\">A <code>{#a}</code></h1>"),
      (
        "[s](<a b.md>) ![x](< img/my pic.png>)",
        "<p><a href=\"a%20b.md\">s</a> <img src=\"img/my%20pic.png\" alt=\"x\"></p>"
      ),
      (
        "[s](<java script:x>) [t](<//ex ample.org>)",
        "<p><span class=\"broken\">s</span> <a href=\"//example.org\">t</a></p>"
      ),
      (
        "<table><tr><td colspan=2 rowspan=\"3\" class=x>a</td><td colspan=9999>b</td></tr></table>",
        "<table><tr><td colspan=\"2\" rowspan=\"3\">a</td><td>b</td></tr></table>"
      ),
      (
        "> [!tip]-\n>\n> body",
        "<details class=\"callout callout-tip\"><summary>Tip</summary>\n<p>body</p>\n</details>"
      ),
      (
        "a[^x] b[^x]\n\n[^x]: note",
        "<p>a<sup class=\"footnote\" id=\"fnref-1\"><a href=\"#fn-1\">1</a></sup> "
          + "b<sup class=\"footnote\" id=\"fnref-1-2\"><a href=\"#fn-1\">1</a></sup></p>\n"
          + "<section class=\"footnotes\">\n<ol>\n<li id=\"fn-1\"><p>note</p>\n"
          + "<a class=\"footnote-back\" href=\"#fnref-1\" aria-label=\"Back to the text\">↩</a></li>\n"
          + "</ol>\n</section>"
      ),
      ("a \u{E000}0\u{E001} [[b]]", "<p>a \u{FFFD}0\u{E001} <a href=\"b\">b</a></p>"),
      (
        "`[[a]]` and\n\n    $b$",
        "<p><code>[[a]]</code> and</p>\n<pre tabindex=\"0\"><code>$b$\n</code></pre>"
      ),
    ])
  func notes(text: String, expected: String) { #expect(html(text) == expected) }

  @Test(
    "a heading is called on its page as the text's own list of headings has it",
    arguments: [
      "The _vendor folder", "Array<T> and Vec<int>", "x_y_ z", "a *b* `c` [[d|e]]", "`a<b>` & **c",
      "A %%b%% c", "2*3 is 6", "A ==b== c~~d", "Sum $a_b$ and $c$",
    ])
  func namesOfHeadings(text: String) throws {
    let note = "%%\n## X\n%%\n\n## \(text)\n\n## \(text)\n"
    for heading in Document(note).headings.dropFirst() {
      #expect(html(note).contains("<h2 id=\"\(heading.anchor)\">"), "\(heading.anchor)")
    }
  }

  @Test(
    "nothing that somebody wrote runs, or gets out of its place",
    arguments: [
      "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b onclick=alert(1)>x</b>",
      "<svg onload=alert(1)>", "<a href=\"javascript:alert(1)\">x</a>", "[x](javascript:alert(1))",
      "[x](JaVaScRiPt:alert(1))", "[x](java&#10;script:alert(1))", "[x](&#x6A;avascript:alert(1))",
      "![x](data:text/html,<script>alert(1)</script>)", "[x](vbscript:msgbox(1))",
      "<iframe src=//evil>", "<style>*{}</style>", "<form action=//evil><input></form>",
      "<base href=//evil>", "<meta http-equiv=refresh content=0>",
      "<!--><script>alert(1)</script>-->",
      "<!-- --!><img src=x onerror=alert(1)> -->", "<math><mi xlink:href=\"javascript:alert(1)\">",
      "[[x|\"><script>alert(1)</script>]]", "[[\"onmouseover=alert(1)]]",
      "![\"onerror=alert(1)](x)",
      "![x](x \"\\\"onerror=alert(1)\")", "$</code><script>alert(1)</script>$",
      "```\"><script>\nx\n```", "```x\" onclick=alert(1)\n```", "> [!a\" onclick=\"] x",
      "> [!note] <script>alert(1)</script>", "# <img src=x onerror=alert(1)>",
      "[^\"><script>]: x\n\n[^\"><script>]", "<details open ontoggle=alert(1)>",
      "<b/onclick=alert(1)>x",
      "<a/href=javascript:alert(1)>x</a>", "<<script>script>alert(1)<</script>/script>",
      "<scr\0ipt>alert(1)</script>", "<p style=\"background:url(javascript:1)\">",
      "<object data=x>",
      "[x]: javascript:alert(1)\n\n[x]", "<javascript:alert(1)>", "![[javascript:alert(1).png]]",
      "| a |\n|---|\n| <img src=x onerror=alert(1)> |", "<div\nonclick=alert(1)>\nx\n</div>",
      "<textarea></textarea><script>alert(1)</script>",
      "<title></title><img src=x onerror=alert(1)>",
      "$$\n</code><script>alert(1)</script>\n$$", "x ^\"onclick=alert(1)", "<embed src=x>",
      // A mark that a reader sees as a part of the colon is the name of a variable to a browser.
      "[x](javascript:\u{FF9E}=alert(1))", "<a href=\"javascript:\u{FF9E}=alert(1)\">x</a>",
      "<a title=\"\"\u{338} onclick=alert(1) \"\">x</a>", "<\u{338}script>alert(1)</script>",
      "![x](x \"\"\u{338}onerror=alert(1)\")",
    ])
  func hostile(text: String) {
    let open = HTMLRenderer {
      HTMLRenderer.Goal(HTMLRenderer.url(path: $0.name, fragment: $0.fragment))
    }
    // As a browser takes it: a mark on a character does not make another one of that.
    let shown = String(
      String.UnicodeScalarView(open.html(of: Document(text)).unicodeScalars.filter(\.isASCII)))
    // Every `<` that is left begins one of our own tags, with our own attributes.
    let tag = /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>/
    let allowed: Set<Substring> = [
      "p", "h1", "b", "em", "a", "img", "code", "pre", "div", "details", "summary", "span", "table",
      "tr", "th", "td", "blockquote", "sup", "section", "ol", "li", "hr", "br", "strong", "ul",
      "input",
    ]
    var rest = shown[...]
    while let start = rest.firstIndex(of: "<") {
      rest = rest[start...]
      guard let match = rest.prefixMatch(of: tag) else {
        Issue.record("\(shown)")
        return
      }
      #expect(allowed.contains(match.2), "\(shown)")
      for attribute in match.3.split(separator: " ").filter({ $0.contains("=") }) {
        #expect(!attribute.hasPrefix("on") && !attribute.hasPrefix("style"), "\(shown)")
      }
      let plain = match.3.lowercased()
      #expect(!plain.contains("=\"javascript:") && !plain.contains("=\"data:"), "\(shown)")
      #expect(!plain.contains("=\"vbscript:"), "\(shown)")
      rest = rest[match.range.upperBound...]
    }
  }

  @Test("HTML of one's own stays where it says nothing but what a text is, and ends with its block")
  func ownHTML() {
    #expect(html("H<sub>2</sub>O and <b>bold") == "<p>H<sub>2</sub>O and <b>bold</b></p>")
    #expect(html("<div class=\"x\">\na <u>b\n</div>\n\nc") == "<div>\na <u>b\n</u></div>\n<p>c</p>")
    #expect(html("a </b></p> c <!-- d --> e") == "<p>a  c  e</p>")
    #expect(html("a <blink x=y>b</blink>") == "<p>a &lt;blink x=y&gt;b&lt;/blink&gt;</p>")
  }

  @Test("a table that would cost seconds, and a text that is too large, are shown as their source")
  func limits() {
    let wide = String(repeating: "|a", count: 2_000) + "|\n" + String(repeating: "|-", count: 2_000)
    let table = wide + "|\n" + String(repeating: "|x\n", count: 200)
    #expect(html(table).hasPrefix("<p class=\"notice\">"))
    let tables =
      "|a" + String(repeating: "|a", count: 99) + "|\n|-"
      + String(repeating: "|-", count: 99) + "|\n" + String(repeating: "|x\n", count: 500) + "\n"
    #expect(!html(tables).hasPrefix("<p class=\"notice\">"))
    #expect(html(String(repeating: tables, count: 10)).hasPrefix("<p class=\"notice\">"))
    #expect(html(String(repeating: "word\n\n", count: 1_000_000)).hasPrefix("<p class=\"notice\">"))
    let deep = String(repeating: ">", count: 5_000) + " x"
    #expect(html(deep).contains("<blockquote>"))
  }

  @Test("a long text is rendered only where it was tried, and a short one is not asked about")
  func trial() {
    var asked: [Int] = []
    var strict = renderer
    strict.trial = { text in
      asked.append(text.count)
      return false
    }
    let short = String(repeating: "word ", count: HTMLRenderer.triedFrom / 5)
    #expect(strict.html(of: Document(short)).hasPrefix("<p>word"))
    let long = strict.html(of: Document(short + "<b>and more</b>"))
    #expect(long.hasPrefix("<p class=\"notice\">"))
    #expect(long.contains("&lt;b&gt;and more"))
    #expect(asked == [HTMLRenderer.triedFrom / 5 * 5 + 15])
  }

  @Test("HTML that goes deeper than anybody writes takes no longer for that, and stays whole")
  func deepHTML() {
    let tags = html(String(repeating: "<details>", count: 20_000) + "\nx\n")
    #expect(tags.ranges(of: "<details>").count == 100)
    #expect(tags.ranges(of: "</details>").count == 100)
    #expect(html(String(repeating: "<b>", count: 20_000)).ranges(of: "</b>").count == 100)
  }

  @Test(
    "somebody's own HTML stays whole, and where it may stand",
    arguments: [
      (
        "<details>\n<summary>More</summary>\n\nText *here*.\n\n</details>\n\nBehind.",
        "<details>\n<summary>More</summary>\n<p>Text <em>here</em>.</p>\n</details>\n<p>Behind.</p>"
      ),
      ("<details>\nx\n</details>", "<details><summary>Details</summary>\nx\n</details>"),
      ("a <div>b</div> c", "<p>a b c</p>"),
      ("*<b>x*</b> y", "<p><em><b>x</b></em> y</p>"),
      ("<b>*x</b>*", "<p><b><em>x</em></b></p>"),
      (
        "- <div>x\n\n  y\n- z",
        "<ul>\n<li><div>x\n<p>y</p>\n</div></li>\n<li><p>z</p>\n</li>\n</ul>"
      ),
      ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
      ("<td>x</td>", "x"), ("<p>a<div>b</div></p>", "<p>a</p><div>b</div>"),
      ("<a href=\"x.md\" onclick=y>z</a>", "<p><a href=\"x.md\">z</a></p>"),
      ("<a href=gone>z</a>", "<p>z</p>"),
      ("<a href='java&#115;cript:y'>z</a>", "<p>z</p>"),
      ("<a href=x><a href=y>[z](w)</a></a>", "<p><a href=\"x\">z</a></p>"),
      (
        "<img src=\"p.png\" width=\"300\" alt='a > \"b\"'>",
        "<img src=\"p.png\" alt=\"a &gt; &quot;b&quot;\" width=\"300\">"
      ),
      ("<h1 align=\"center\">My <b>tool</b></h1>", "<h1>My <b>tool</b></h1>"),
      ("<h2>a<p>b</p></h2>", "<h2>ab</h2>"), ("<p>a<h3>b</h3></p>", "<p>a</p><h3>b</h3>"),
      ("<center><font color=red>x</font></center>", "<div><span>x</span></div>"),
      (
        "<picture><source srcset=\"d.png\"><img src=\"p.png\" alt=\"x\"></picture>",
        "<p><img src=\"p.png\" alt=\"x\"></p>"
      ),
      (
        "<img src=\"p.png\" width=\"50%\"> <img src=p.png width=99.5%>",
        "<p><img src=\"p.png\" alt=\"\" width=\"50%\"> <img src=\"p.png\" alt=\"\" width=\"99%\"></p>"
      ),
      (
        "<img src=\"p.png\" width=\"20px\"> <img src=p.png width=auto>",
        "<p><img src=\"p.png\" alt=\"\" width=\"20\"> <img src=\"p.png\" alt=\"\"></p>"
      ),
      ("x <img src=gone alt=\"what it shows\">", "<p>x what it shows</p>"),
      ("x %%not for readers%% y <!-- nor this --> z", "<p>x  y  z</p>"),
    ])
  func ownHTML(text: String, expected: String) {
    #expect(html(text) == expected)
  }

  @Test("many threads at once get what one gets")
  func threads() async {
    let text = "a ~~b~~ https://example.org **c** | d\n\n| a | b |\n|---|---|\n| ~~c~~ | d |\n"
    let expected = html(text)
    let wrong = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let renderer = HTMLRenderer { HTMLRenderer.Goal($0.name) }
          return (0..<500).count { _ in
            renderer.html(of: Document(text)).trimmingCharacters(in: .newlines) != expected
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
