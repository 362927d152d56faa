/// What the words of a formula take a TeX command for.
enum TeXCommand {
  /// These words.
  case words([String])
  /// Nothing: spacing, sizes, alignment.
  case nothing
  /// Nothing, and what stands in braces behind it neither.
  case argument
  /// Nothing; its content counts.
  case wrapper
  /// A word before each letter of its content, which are of another alphabet.
  case alphabet(String)
  /// A word before and behind its content.
  case fence(String)
  /// A word with arguments, of which each may be one character.
  case fraction(String)
  case begin
  case end

  /// What a command stands for, by its name without the backslash.
  init(_ name: String) {
    if let known = Self.table[name] {
      self = known
    } else if let first = name.utf8.first, first &- 0x41 < 26 {
      self = .words([name.lowercased() + "cap"])
    } else {
      self = .words([name])
    }
  }

  private static let table: [String: TeXCommand] = {
    var table: [String: TeXCommand] = ["begin": .begin, "end": .end]
    func each(_ names: String, _ command: TeXCommand) {
      for name in names.split(separator: " ") { table[String(name)] = command }
    }
    each(
      """
      quad qquad enspace thinspace medspace thickspace negthinspace displaystyle textstyle \
      scriptstyle scriptscriptstyle left right middle big Big bigg Bigg bigl bigr bigm Bigl Bigr \
      Bigm biggl biggr biggm Biggl Biggr Biggm limits nolimits displaylimits nonumber notag \
      hline cr newline nobreak allowbreak rm bf it tt sf sl boldmath unboldmath strut null relax \
      mathstrut centering small normalsize large hfill
      """, .nothing)
    each(
      """
      label tag ref eqref cref autoref pageref cite citep citet hspace vspace color phantom \
      hphantom vphantom setlength footnote newcommand renewcommand \
      providecommand DeclareMathOperator textcolor colorbox raisebox
      """, .argument)
    each(
      """
      mathrm mathbf boldsymbol bm text operatorname textbf textit textrm textsf texttt textnormal \
      mathit mathsf mathtt mathnormal mbox hbox fbox boxed pmb emph ensuremath mathop mathbin \
      mathrel mathord mathopen mathclose mathpunct mathinner smash substack
      """, .wrapper)
    each("mathcal mathscr cal", .alphabet("cal"))
    each("mathbb mathbbm mathds Bbb", .alphabet("bb"))
    each("mathfrak frak", .alphabet("frak"))
    each("norm Norm", .fence("norm"))
    each("abs", .fence("bar"))
    each("frac dfrac tfrac cfrac nicefrac sfrac", .fraction("frac"))
    each("binom dbinom tbinom", .fraction("binom"))
    for letter in "RNZCQEP" {
      table[String(letter)] = .words(["bb", letter.lowercased() + "cap"])
    }
    for (word, names) in aliases {
      each(names, .words(word.split(separator: " ").map(String.init)))
    }
    return table
  }()

  /// Words, and the commands that people write for them.
  private static let aliases: [(String, String)] = [
    ("nabla", "grad"), ("epsilon", "eps varepsilon"), ("phi", "varphi"), ("theta", "vartheta"),
    ("rho", "varrho"), ("sigma", "varsigma"), ("pi", "varpi"), ("kappa", "varkappa"),
    ("leq", "le leqslant leqq"), ("geq", "ge geqslant geqq"), ("neq", "ne"),
    ("to", "rightarrow longrightarrow"), ("gets", "leftarrow longleftarrow"),
    ("implies", "Rightarrow Longrightarrow"), ("impliedby", "Leftarrow Longleftarrow"),
    ("iff", "Leftrightarrow Longleftrightarrow"), ("leftrightarrow", "longleftrightarrow"),
    ("mapsto", "longmapsto"), ("norm", "lVert rVert Vert"), ("bar", "mid vert lvert rvert"),
    ("langle", "lang"), ("rangle", "rang"),
    ("dots", "ldots cdots dotsc dotsb dotso dotsm"), ("overline", "bar"), ("hat", "widehat"),
    ("tilde", "widetilde"), ("and", "land wedge"), ("or", "lor vee"), ("not", "lnot neg"),
    ("emptyset", "varnothing empty"), ("ast", "star"), ("setminus", "backslash smallsetminus"),
    ("infty", "infin"), ("arg max", "argmax"), ("arg min", "argmin"),
    ("tcap", "top intercal transpose"), ("d", "dd diff"),
    ("subseteq", "subseteqq"), ("sim", "thicksim"), ("approx", "thickapprox"),
    ("lpar", "lparen"), ("rpar", "rparen"), ("gcap", "varGamma"), ("colon eq", "coloneqq coloneq"),
    ("def", "triangleq"), ("in", "isin"), ("bb 1", "ind indicator"),
  ]

  /// Names of functions, which are one word also where they are written without a backslash.
  static let functions: Set<String> = [
    "arccos", "arcsin", "arctan", "arg", "argmax", "argmin", "cos", "cosh", "cot", "det", "diag",
    "dim", "exp", "gcd", "inf", "ker", "lim", "log", "max", "min", "rank", "relu", "sigmoid",
    "sign", "sin", "sinh", "softmax", "sup", "tan", "tanh", "var",
  ]

  /// The word for a mark of ASCII; nil for one that says nothing.
  static func mark(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "="): "eq"
    case UInt8(ascii: "+"): "plus"
    case UInt8(ascii: "-"): "minus"
    case UInt8(ascii: "*"): "ast"
    case UInt8(ascii: "/"): "slash"
    case UInt8(ascii: "<"): "lt"
    case UInt8(ascii: ">"): "gt"
    case UInt8(ascii: "("): "lpar"
    case UInt8(ascii: ")"): "rpar"
    case UInt8(ascii: "["): "lbrack"
    case UInt8(ascii: "]"): "rbrack"
    case UInt8(ascii: "|"): "bar"
    case UInt8(ascii: ":"): "colon"
    case UInt8(ascii: "!"): "fact"
    case UInt8(ascii: "'"): "prime"
    default: nil
    }
  }

  /// The word for a mark behind a backslash; nil for spacing.
  static func escaped(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "{"): "lbrace"
    case UInt8(ascii: "}"): "rbrace"
    case UInt8(ascii: "|"): "norm"
    case UInt8(ascii: "%"): "percent"
    case UInt8(ascii: "#"): "hash"
    case UInt8(ascii: "$"): "dollar"
    case UInt8(ascii: "&"): "amp"
    default: nil
    }
  }

  /// The words for a character beyond ASCII; nil if it is none that a formula has.
  static func symbol(_ scalar: UInt32) -> [String]? {
    if let words = symbols[scalar] { return words }
    // Letters in another alphabet: script, fraktur and double-struck; the others are only styles.
    guard scalar >= 0x1_D400, scalar < 0x1_D7CE else { return nil }
    let folded = Letters.fold(scalar)
    guard folded > Letters.mark, let letter = Unicode.Scalar(folded) else {
      return [(scalar - 0x1_D6A8) % 58 == 25 ? "nabla" : "partial"]
    }
    let isLatin = scalar < 0x1_D6A4
    let place = isLatin ? (scalar - 0x1_D400) % 52 : 0
    let style = isLatin ? (scalar - 0x1_D400) / 52 : 0
    if !isLatin {
      let name = symbols[folded]?.first ?? String(letter)
      let isCapital = scalar >= 0x1_D6A8 && (scalar - 0x1_D6A8) % 58 < 25
      return [isCapital ? name + "cap" : name]
    }
    let name = String(letter) + (place < 26 ? "cap" : "")
    switch style {
    case 3, 4: return ["cal", name]
    case 5, 7: return ["frak", name]
    case 6: return ["bb", name]
    default: return [name]
    }
  }

  private static let symbols: [UInt32: [String]] = {
    var table: [UInt32: [String]] = [:]
    let greek = """
      alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma \
      sigma tau upsilon phi chi psi omega
      """.split(separator: " ")
    for (place, name) in greek.enumerated() {
      table[0x3B1 + UInt32(place)] = [String(name)]
      if place != 17 { table[0x391 + UInt32(place)] = [name + "cap"] }
    }
    let signs: [(String, String)] = [
      ("ϵ", "epsilon"), ("ϑ", "theta"), ("ϕ", "phi"), ("ϖ", "pi"), ("ϱ", "rho"), ("ϰ", "kappa"),
      ("µ", "mu"), ("∇", "nabla"), ("∂", "partial"), ("∑", "sum"), ("∏", "prod"),
      ("∫", "int"), ("∮", "oint"), ("∬", "iint"), ("√", "sqrt"), ("∞", "infty"), ("∈", "in"),
      ("∉", "notin"), ("∋", "ni"), ("∅", "emptyset"), ("∀", "forall"), ("∃", "exists"),
      ("¬", "not"), ("∧", "and"), ("∨", "or"), ("∩", "cap"), ("∪", "cup"), ("⊂", "subset"),
      ("⊆", "subseteq"), ("⊃", "supset"), ("⊇", "supseteq"), ("∖", "setminus"), ("≤", "leq"),
      ("⩽", "leq"), ("≥", "geq"), ("⩾", "geq"), ("≠", "neq"), ("≈", "approx"), ("≡", "equiv"),
      ("∼", "sim"), ("≃", "simeq"), ("≅", "cong"), ("∝", "propto"), ("≪", "ll"), ("≫", "gg"),
      ("→", "to"), ("⟶", "to"), ("←", "gets"), ("↔", "leftrightarrow"), ("⇒", "implies"),
      ("⟹", "implies"), ("⇐", "impliedby"), ("⇔", "iff"), ("⟺", "iff"), ("↦", "mapsto"),
      ("↑", "uparrow"), ("↓", "downarrow"), ("×", "times"), ("÷", "div"), ("·", "cdot"),
      ("⋅", "cdot"), ("∘", "circ"), ("∗", "ast"), ("⋆", "ast"), ("±", "pm"), ("∓", "mp"),
      ("−", "minus"), ("⊕", "oplus"), ("⊗", "otimes"), ("⊙", "odot"), ("⊥", "perp"),
      ("∥", "norm"), ("‖", "norm"), ("∣", "bar"), ("⟨", "langle"), ("⟩", "rangle"),
      ("⌈", "lceil"), ("⌉", "rceil"), ("⌊", "lfloor"), ("⌋", "rfloor"), ("…", "dots"),
      ("⋯", "dots"), ("′", "prime"), ("″", "prime prime"), ("†", "dagger"), ("ℓ", "ell"),
      ("ℏ", "hbar"), ("⊤", "tcap"), ("≔", "colon eq"), ("∴", "therefore"), ("ℵ", "aleph"),
      ("ℂ", "bb ccap"), ("ℍ", "bb hcap"), ("ℕ", "bb ncap"), ("ℙ", "bb pcap"), ("ℚ", "bb qcap"),
      ("ℝ", "bb rcap"), ("ℤ", "bb zcap"), ("𝟙", "bb 1"), ("ℬ", "cal bcap"), ("ℰ", "cal ecap"),
      ("ℱ", "cal fcap"), ("ℋ", "cal hcap"), ("ℐ", "cal icap"), ("ℒ", "cal lcap"),
      ("ℳ", "cal mcap"), ("ℛ", "cal rcap"), ("ℊ", "cal g"), ("ℯ", "cal e"), ("ℴ", "cal o"),
      ("ℭ", "frak ccap"), ("ℌ", "frak hcap"), ("ℑ", "frak icap"), ("ℜ", "frak rcap"),
      ("ℨ", "frak zcap"),
    ]
    for (sign, words) in signs {
      guard let scalar = sign.unicodeScalars.first else { continue }
      table[scalar.value] = words.split(separator: " ").map(String.init)
    }
    return table
  }()
}
