import Markup
import TestSupport
import Testing

@Suite struct TeXWordsTests {
  @Test(
    "a formula is the words of its commands, letters and signs",
    arguments: [
      (#"\nabla_\theta \mathcal{L}"#, "nabla sub theta cal lcap"), ("xy", "x y"), ("", ""),
      ("x^2_i", "x sub i sup 2"), (#"\frac{1}{2}"#, "frac 1 2"), ("12x", "12 x"),
      (#"\Sigma \sigma"#, "sigmacap sigma"),
      ("a=b+c-d*e/f<g>h", "a eq b plus c minus d ast e slash f lt g gt h"),
      (#"f(x,y)."#, "f lpar x y rpar"),
      (#"\operatorname{softmax}(QK^\top)"#, "softmax lpar qcap kcap sup tcap rpar"),
      (#"\begin{align*} a &= b \\[2pt] c \label{eq:x} \end{align*}"#, "a eq b c"),
      (#"\begin{pmatrix} a & b \end{pmatrix}"#, "matrix a b matrix"),
      (#"\color{red} x \hspace{1em} y % comment"#, "x y"), (#"\log p"#, "log p"),
      ("log p", "log p"),
      (#"\text{损失}"#, "损失 失"), (#"5\%"#, "5 percent"), ("a\n> b\n> c", "a b c"),
      (#"x_{i_{j}^{2}}"#, "x sub i sub j sup 2"), (#"\sqrt[3]{x}"#, "sqrt lbrack 3 rbrack x"),
    ])
  func words(formula: String, expected: String) {
    #expect(TeXWords.all(formula).joined(separator: " ") == expected)
  }

  @Test(
    "what means the same has the same words",
    arguments: [
      ["x_i^2", "x^2_i", "x^{2}_{i}", "x_{i}^{ 2 }", "x₍i^2".replacing("₍", with: "_")],
      [#"\frac ab"#, #"\frac{a}{b}"#, #"\dfrac{a}b"#, #"\tfrac a{b}"#],
      [#"\frac12"#, #"\frac{1}{2}"#, #"\frac1{2}"#], ["x^23", "x^{2}3"],
      [#"\nabla_\theta"#, #"\grad_{\theta}"#, "∇_θ", #"\nabla _ { \theta }"#, "∇_{𝜃}"],
      [
        #"\mathcal{L}"#, #"\mathcal L"#, #"\mathscr{L}"#, "ℒ", "𝓛",
        #"{\cal L}"#.replacing("{\\cal L}", with: "\\cal L"),
      ],
      [#"\R"#, #"\mathbb{R}"#, #"\mathbb R"#, "ℝ"],
      [#"\E[X]"#, #"\mathbb{E}[X]"#, #"\mathbb{E}\left[X\right]"#],
      [#"\epsilon"#, #"\varepsilon"#, #"\eps"#, "ε", "ϵ"],
      [#"a \le b"#, #"a\leq b"#, "a ≤ b", #"a \leqslant b"#],
      [#"\|x\|"#, #"\norm{x}"#, #"\lVert x \rVert"#, #"\left\| x \right\|"#, "‖x‖"],
      [#"|x|"#, #"\abs{x}"#, #"\lvert x\rvert"#, #"\bigl|x\bigr|"#],
      ["x'", #"x^\prime"#, #"x^{\prime}"#, "x′"], [#"x''"#, #"x^{\prime\prime}"#, "x″"],
      ["x_i'", "x'_i", #"x^\prime_i"#], [#"a \ne b"#, #"a \neq b"#, #"a \not= b"#, "a≠b"],
      [
        #"\mathrm{KL}(p\,\|\,q)"#, #"\text{KL}(p \| q)"#, #"\operatorname{KL}\left(p\|q\right)"#,
        "KL(p‖q)",
      ],
      [
        #"\argmax_x f"#, #"\arg\max_x f"#, #"\operatorname*{argmax}_x f"#,
        #"\mathop{\mathrm{argmax}}\limits_{x} f"#,
      ],
      [#"\int_0^\infty"#, #"\int\limits_{0}^{\infty}"#, "∫_0^∞", #"\int^\infty_0"#],
      [#"x\in\mathbb{R}^n"#, #"x \in \R^{n}"#, "x∈ℝⁿ".replacing("ⁿ", with: "^n")],
      ["x₁²", "x_1^2"],
      [#"\mathbf{w}^\top x"#, #"\bm{w}^{\top} x"#, "w^T x", #"𝐰^T x"#],
      [#"a \to b"#, #"a \rightarrow b"#, "a → b"],
      [#"\sum_{i=1}^{n} x_i"#, #"\sum^n_{i=1}x_i"#, "∑_{i=1}^n x_i"],
      [#"\{a\}"#, #"\lbrace a \rbrace"#],
    ])
  func same(formulas: [String]) {
    let words = formulas.map(TeXWords.all)
    for other in words.dropFirst() { #expect(other == words[0]) }
    #expect(!words[0].isEmpty)
  }

  @Test("what means something else has other words")
  func different() {
    #expect(TeXWords.all("L") != TeXWords.all("l"))
    #expect(TeXWords.all(#"\mathbb{R}"#) != TeXWords.all("R"))
    #expect(TeXWords.all(#"\Sigma"#) != TeXWords.all(#"\sigma"#))
    #expect(TeXWords.all("x_i") != TeXWords.all("x^i"))
  }

  @Test(
    "a word of a query is TeX or is not",
    arguments: [
      (#"\nabla"#, true), (#"\mathcal{L}"#, true), ("$x_i$", true), ("x^2", true), ("A_{ij}", true),
      ("$", false), ("$$", false), ("snake_case", false), (#"C:\temp"#, false),
      (#"\\server\x"#, false),
      (#"\1"#, false), ("^start", false), ("a\\", false), ("word", false), ("", false),
      ("$5", false),
    ])
  func looks(word: String, expected: Bool) { #expect(TeXWords.looksLikeTeX(word) == expected) }

  @Test(
    "long broken formulas are read to their end",
    arguments: [
      "{", "}", "$", "\\", "^", "_", "x^", "x_{", "^{", "\\frac", "\\mathcal{", "'", "x'_i",
      "\\left",
      "\\begin{", "[", "\\norm{", "x^{2}_{i}", "}{", "\\label{", "\\\\[", "%", "\u{1D4DB}", "x^a_b",
      "{}^",
    ])
  func hostile(part: String) {
    let length = part == "{" ? 1_000_000 : 200_000
    let text = String(repeating: part, count: length / part.utf8.count)
    #expect(TeXWords.all(text).count <= 2 * length)
    _ = Document("$$\n" + text + "\n$$\n").searchWords(titles: [])
  }

  @Test("random bytes are a formula", arguments: 0..<100)
  func random(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let marks = Array("\\{}_^$'abX12 &%[]".utf8)
    let bytes = (0..<500).map { _ in
      marks.randomElement(using: &random).flatMap {
        UInt8.random(in: 0...9, using: &random) == 0
          ? UInt8.random(in: 0...255, using: &random) : $0
      } ?? 0
    }
    for word in TeXWords.all(String(decoding: bytes, as: UTF8.self)) {
      #expect(!word.isEmpty && !word.contains(" "))
    }
  }
}
