import Foundation
import Markup
import TestSupport
import Testing

@Suite("Formulas become MathML without any other program")
struct MathMLTests {
  /// The elements between `semantics` and its annotation.
  private func inner(_ tex: String, isDisplay: Bool = false) throws -> String {
    let element = try MathML.element(of: tex, isDisplay: isDisplay)
    let start = try #require(element.range(of: "<semantics>"))
    let end = try #require(element.range(of: "<annotation"))
    return String(element[start.upperBound..<end.lowerBound])
  }

  @Test(
    "scripts, fractions and roots are the elements for them",
    arguments: [
      ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
      ("x^2_i", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
      ("x^23", "<mrow><msup><mi>x</mi><mn>2</mn></msup><mn>3</mn></mrow>"),
      ("f''", "<msup><mi>f</mi><mo>″</mo></msup>"),
      ("f'^2", "<msup><mi>f</mi><mrow><mo>′</mo><mn>2</mn></mrow></msup>"),
      ("\\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
      ("\\frac{a}b", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
      ("{a \\over b}", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
      ("\\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
      ("\\sqrt x", "<msqrt><mi>x</mi></msqrt>"),
      ("{}^2", "<msup><mrow></mrow><mn>2</mn></msup>"),
      ("3.14", "<mn>3.14</mn>"), ("% nothing\nx", "<mi>x</mi>"),
    ])
  func structure(tex: String, expected: String) throws {
    #expect(try inner(tex) == expected)
  }

  @Test(
    "letters of other alphabets are those that Unicode has",
    arguments: [
      ("\\mathbb{R}", "ℝ"), ("\\mathbb E", "𝔼"), ("\\mathbb{1}", "𝟙"), ("\\mathcal{L}", "ℒ"),
      ("\\mathcal{D}", "𝒟"), ("\\mathfrak{C}", "ℭ"), ("\\mathfrak{g}", "𝔤"), ("\\mathbf{x}", "𝐱"),
      ("\\mathbf{W1}", "𝐖𝟏"), ("\\boldsymbol{\\theta}", "𝜽"), ("\\boldsymbol{\\Sigma}", "𝚺"),
      ("\\bm{x}", "𝒙"), ("\\mathit{hi}", "ℎ𝑖"), ("\\mathsf{A}", "𝖠"), ("\\mathtt{a0}", "𝚊𝟶"),
      ("\\mathrm{softmax}", "softmax"), ("{\\bf x} y", "𝐱y"), ("\\mathscr{F}", "ℱ"),
    ])
  func letters(tex: String, expected: String) throws {
    let text = try inner(tex).replacing(/<[^>]+>/, with: "")
    #expect(text == expected)
  }

  @Test("one upright letter says so, more are upright of themselves")
  func upright() throws {
    #expect(try inner("\\mathrm{d}") == "<mi mathvariant=\"normal\">d</mi>")
    #expect(try inner("\\Delta") == "<mi mathvariant=\"normal\">Δ</mi>")
    #expect(try inner("\\operatorname{rank}").hasPrefix("<mrow><mi>rank</mi>"))
  }

  @Test("a sign behind another belongs to what follows")
  func unary() throws {
    #expect(try inner("(-x)").contains("<mo form=\"prefix\">−</mo>"))
    #expect(try inner("a=-1").contains("<mo form=\"prefix\">−</mo>"))
    #expect(try inner("a-1").contains("<mo>−</mo>"))
    #expect(try inner("(a)-1").contains("<mo>−</mo>"))
  }

  @Test("limits stand below where a formula has a line of its own")
  func limits() throws {
    #expect(try inner("\\sum_{i}^n").hasPrefix("<munderover><mo movablelimits=\"true\">∑</mo>"))
    #expect(try inner("\\int_0^1").hasPrefix("<msubsup><mo>∫</mo>"))
    #expect(try inner("\\max_x y").hasPrefix("<mrow><munder><mo movablelimits=\"true\""))
    #expect(try inner("\\operatorname*{arg\\,min}_x").contains(">arg\u{2009}min</mo>"))
    #expect(try inner("\\sum\\nolimits_i").hasPrefix("<msub>"))
    #expect(try inner("\\underbrace{x}_{n}").hasPrefix("<munder><munder accentunder=\"true\">"))
  }

  @Test("tables have their brackets, sides and lines")
  func tables() throws {
    let matrix = try inner("\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}")
    #expect(matrix.contains("<mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr>"))
    #expect(matrix.contains("stretchy=\"true\">(</mo>"))
    let aligned = try inner("\\begin{aligned} a &= b \\\\[4pt] &= c \\\\ \\end{aligned}")
    #expect(aligned.components(separatedBy: "<mtr>").count == 3)
    #expect(aligned.contains("<mtd class=\"right\"><mi>a</mi></mtd><mtd class=\"left\">"))
    let array = try inner("\\begin{array}{c|r} a & b \\\\ \\hline c & d \\end{array}")
    #expect(array.contains("<mtd class=\"right bar line\">"))
  }

  @Test("text keeps its blanks, and may have formulas in it")
  func text() throws {
    #expect(
      try inner("\\text{if $x$ is}")
        == "<mrow><mtext>if\u{A0}</mtext><mi>x</mi><mtext>\u{A0}is</mtext></mrow>")
    #expect(try inner("\\textbf{a b}") == "<mtext><b>a b</b></mtext>")
  }

  @Test("whatever a formula says is text on the page")
  func escaped() throws {
    let element = try MathML.element(of: "a<b \\text{<script>&\"} > c", isDisplay: false)
    #expect(!element.contains("<script"))
    #expect(element.contains("&lt;script&gt;&amp;"))
    #expect(
      try MathML.element(of: "\\mathrm{</math>}x", isDisplay: true).contains("</math>x") == false)
  }

  @Test(
    "what it does not know it says, and sets nothing",
    arguments: [
      "\\foo", "x^1^2", "{x", "x}", "\\left( x", "x \\right)", "a & b", "\\begin{tikz}\\end{tikz}",
      "\\begin{matrix} a", "\\begin{matrix} a \\end{pmatrix}", "\\href{javascript:alert(1)}{x}",
      "\\textcolor{red;x}{y}", "\\frac{a}", "\\not x", "\\newcommand{\\x}{y}", "\\hspace{x}",
      "a $ b",
      "\\text{a \\\\ b}", "\\text{$a \\\\ b$}", "\\", "x^", "\\begin{array}{p{3cm}} a \\end{array}",
      "\\includegraphics{a.png}",
    ])
  func unknown(tex: String) {
    #expect(throws: MathML.Fault.self) { try MathML.element(of: tex, isDisplay: true) }
  }

  @Test(
    "deep and long formulas end",
    arguments: [
      String(repeating: "{", count: 60_000), String(repeating: "\\frac", count: 10_000),
      String(repeating: "x^{", count: 20_000), String(repeating: "\\left(", count: 9_000),
      String(repeating: "\\displaystyle", count: 4_000),
      String(repeating: "\\text{$", count: 9_000),
      String(repeating: "\\sqrt", count: 12_000),
      String(repeating: "\\begin{matrix}", count: 4_000),
      String(repeating: "a \\over ", count: 8_000), String(repeating: "\\log ", count: 12_000),
      String(repeating: "'", count: 60_000), String(repeating: "x", count: 70_000),
      "\\" + String(repeating: "a", count: 60_000), "\\log" + String(repeating: " ", count: 60_000),
    ])
  func hostile(tex: String) {
    let element = try? MathML.element(of: tex, isDisplay: true)
    #expect((element?.utf8.count ?? 0) < 200 * tex.utf8.count)
  }

  @Test("any text is a formula or a fault, and no element is left open", arguments: 0..<200)
  func anything(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let pieces = [
      "x", "1", "{", "}", "^", "_", "\\frac", "\\sqrt", "[", "]", "\\left", "\\right", "(", ")",
      "\\begin{matrix}", "\\end{matrix}", "&", "\\\\", "\\text{a}", "'", "\\sum", "\\limits",
      "\\bf",
      "\\over", " ", "%\n", "\\mathbb", "\\not", "=", "\\big", ".", "|", "\\hat", "\\displaystyle",
      "é",
      "\u{1F600}", "\\", "<", "&amp;", "\\operatorname{a}", "\\underbrace", "~", "\\,",
    ]
    let tex = (0..<40).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
    guard let element = try? MathML.element(of: tex, isDisplay: false) else { return }
    var open: [Substring] = []
    for tag in element.matches(of: /<(\/?)([a-z]+)[^>]*>/) {
      if tag.output.1.isEmpty {
        open.append(tag.output.2)
      } else {
        #expect(open.popLast() == tag.output.2, "seed \(seed): \(tex)")
      }
    }
    #expect(open.isEmpty, "seed \(seed): \(tex)")
  }
}
