/// What a TeX command without arguments is set as.
enum TeXSymbol {
  /// A letter in italics.
  case letter(Unicode.Scalar)
  /// A letter, or a sign that counts as one, that stands upright.
  case upright(Unicode.Scalar)
  /// An operator, a relation or an arrow, whose spacing is that of MathML's table of operators.
  case sign(Unicode.Scalar)
  /// A large operator; its scripts stand above and below it in a formula of its own line.
  case large(Unicode.Scalar)
  /// An integral, whose scripts stand beside it.
  case integral(String)
  case opening(Unicode.Scalar)
  case closing(Unicode.Scalar)
  /// The name of a function.
  case function(String)
  /// The same, with its lower script below it in a formula of its own line.
  case limit(String)
  /// Three dots, which stand higher before a sign than before a comma.
  case dots
  /// A space, in eighteenths of an em.
  case space(Int)
  /// Nothing that shows.
  case nothing

  /// Symbols by the names of their commands, without the backslash.
  static let table: [String: TeXSymbol] = {
    var table: [String: TeXSymbol] = ["dots": .dots]
    func each(_ pairs: String, _ symbol: (Unicode.Scalar) -> TeXSymbol) {
      let parts = pairs.split(whereSeparator: \.isWhitespace)
      for place in stride(from: 0, to: parts.count - 1, by: 2) {
        if let sign = parts[place + 1].unicodeScalars.first {
          table[String(parts[place])] = symbol(sign)
        }
      }
    }
    each(letters, TeXSymbol.letter)
    each(upright, TeXSymbol.upright)
    for signs in [binary, relations, negated, arrows, punctuation] { each(signs, TeXSymbol.sign) }
    each(large, TeXSymbol.large)
    each(opening, TeXSymbol.opening)
    each(closing, TeXSymbol.closing)
    for (name, signs) in integrals { table[name] = .integral(signs) }
    for name in functions.split(separator: " ") { table[String(name)] = .function(String(name)) }
    for name in limits.split(separator: " ") { table[String(name)] = .limit(String(name)) }
    for (name, words) in longFunctions { table[name] = .limit(words) }
    for (name, width) in spaces { table[name] = .space(width) }
    for name in silent.split(separator: " ") { table[String(name)] = .nothing }
    return table
  }()

  private static let letters = """
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
    varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω digamma ϝ imath ı jmath ȷ
    varGamma Γ varDelta Δ varTheta Θ varLambda Λ varXi Ξ varPi Π varSigma Σ varUpsilon Υ varPhi Φ
    varPsi Ψ varOmega Ω
    """

  private static let upright = """
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    Alpha Α Beta Β Epsilon Ε Zeta Ζ Eta Η Iota Ι Kappa Κ Mu Μ Nu Ν Omicron Ο Rho Ρ Tau Τ Chi Χ
    partial ∂ nabla ∇ infty ∞ emptyset ∅ varnothing ∅ aleph ℵ beth ℶ gimel ℷ daleth ℸ ell ℓ hbar ℏ
    hslash ℏ wp ℘ Re ℜ Im ℑ eth ð mho ℧ Bbbk 𝕜 angle ∠ measuredangle ∡ sphericalangle ∢ top ⊤ bot ⊥
    forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ prime ′ backprime ‵ surd √ square □ Box □
    blacksquare ■ lozenge ◊ Diamond ◊ blacklozenge ⧫ triangle △ triangledown ▽ blacktriangle ▲
    blacktriangledown ▼ bigstar ★ star ⋆ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ flat ♭
    natural ♮ sharp ♯ checkmark ✓ degree ° dag † dagger † ddag ‡ ddagger ‡ S § P ¶ copyright ©
    pounds £ yen ¥ maltese ✠ complement ∁ Finv Ⅎ Game ⅁ circledR ® N ℕ Z ℤ R ℝ cdotp ·
    """

  private static let binary = """
    pm ± mp ∓ times × div ÷ cdot ⋅ ast ∗ circ ∘ bullet ∙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨
    lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀ diamond ⋄ bigtriangleup △
    bigtriangledown ▽ triangleleft ◃ triangleright ▹ lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵ oplus ⊕ ominus ⊖
    otimes ⊗ oslash ⊘ odot ⊙ bigcirc ◯ amalg ⨿ dotplus ∔ ltimes ⋉ rtimes ⋊ barwedge ⊼ veebar ⊻
    Cap ⋒ Cup ⋓ doublecap ⋒ doublecup ⋓ circledast ⊛ circledcirc ⊚ circleddash ⊝ boxplus ⊞
    boxminus ⊟ boxtimes ⊠ boxdot ⊡ divideontimes ⋇ intercal ⊺ centerdot ⋅ curlyvee ⋎ curlywedge ⋏
    leftthreetimes ⋋ rightthreetimes ⋌ doublebarwedge ⩞
    """

  private static let relations = """
    le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ lt < gt > equiv ≡ sim ∼ simeq ≃ approx ≈ cong ≅ propto ∝
    varpropto ∝ in ∈ isin ∈ notin ∉ ni ∋ owns ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subseteqq ⫅
    supseteqq ⫆ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ prec ≺ succ ≻ preceq ⪯ succeq ⪰
    preccurlyeq ≼ succcurlyeq ≽ ll ≪ gg ≫ lll ⋘ ggg ⋙ asymp ≍ doteq ≐ doteqdot ≑ bowtie ⋈ Join ⋈
    models ⊨ vdash ⊢ dashv ⊣ vDash ⊨ Vdash ⊩ Vvdash ⊪ perp ⊥ mid ∣ parallel ∥ smile ⌣ frown ⌢
    leqslant ⩽ geqslant ⩾ leqq ≦ geqq ≧ lesssim ≲ gtrsim ≳ lessapprox ⪅ gtrapprox ⪆ lessgtr ≶
    gtrless ≷ thicksim ∼ thickapprox ≈ approxeq ≊ backsim ∽ backsimeq ⋍ coloneqq ≔ coloneq ≔ colonequals ≔
    eqqcolon ≕ triangleq ≜ circeq ≗ bumpeq ≏ Bumpeq ≎ precsim ≾ succsim ≿ precapprox ⪷ succapprox ⪸
    curlyeqprec ⋞ curlyeqsucc ⋟ trianglelefteq ⊴ trianglerighteq ⊵ vartriangleleft ⊲
    vartriangleright ⊳ vartriangle △ between ≬ pitchfork ⋔ therefore ∴ because ∵ Subset ⋐ Supset ⋑
    eqcirc ≖ lessdot ⋖ gtrdot ⋗ eqslantless ⪕ eqslantgtr ⪖ eqsim ≂ lesseqgtr ⋚ gtreqless ⋛
    fallingdotseq ≒ risingdotseq ≓ shortmid ∣ shortparallel ∥
    """

  private static let negated = """
    nless ≮ ngtr ≯ nleq ≰ ngeq ≱ lneq ⪇ gneq ⪈ lneqq ≨ gneqq ≩ nsim ≁ ncong ≆ nmid ∤ nparallel ∦
    nsubseteq ⊈ nsupseteq ⊉ subsetneq ⊊ supsetneq ⊋ subsetneqq ⫋ supsetneqq ⫌ nprec ⊀ nsucc ⊁
    npreceq ⋠ nsucceq ⋡ nvdash ⊬ nvDash ⊭ nVdash ⊮ nVDash ⊯ ntriangleleft ⋪ ntriangleright ⋫
    ntrianglelefteq ⋬ ntrianglerighteq ⋭ lnsim ⋦ gnsim ⋧ precnsim ⋨ succnsim ⋩ nleftarrow ↚
    nrightarrow ↛ nLeftarrow ⇍ nRightarrow ⇏ nleftrightarrow ↮ nLeftrightarrow ⇎
    """

  private static let arrows = """
    to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔
    longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸
    Longleftrightarrow ⟺ implies ⟹ impliedby ⟸ iff ⟺ mapsto ↦ longmapsto ⟼ uparrow ↑ downarrow ↓
    updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖
    hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼
    leftharpoondown ↽ rightleftharpoons ⇌ leftrightharpoons ⇋ rightsquigarrow ⇝ leadsto ⇝
    twoheadrightarrow ↠ twoheadleftarrow ↞ rightarrowtail ↣ leftarrowtail ↢ leftleftarrows ⇇
    rightrightarrows ⇉ leftrightarrows ⇆ rightleftarrows ⇄ upuparrows ⇈ downdownarrows ⇊
    circlearrowleft ↺ circlearrowright ↻ curvearrowleft ↶ curvearrowright ↷ multimap ⊸
    dashrightarrow ⇢ dashleftarrow ⇠ upharpoonright ↾ restriction ↾ upharpoonleft ↿
    downharpoonright ⇂ downharpoonleft ⇃ Lsh ↰ Rsh ↱ looparrowleft ↫ looparrowright ↬ Rrightarrow ⇛
    Lleftarrow ⇚ rarr → larr ← harr ↔ rArr ⇒ lArr ⇐ hArr ⇔
    """

  private static let punctuation = """
    ldots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ colon : ldotp .
    """

  private static let large = """
    sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀
    biguplus ⨄ bigsqcup ⨆
    """

  private static let integrals = [
    ("int", "∫"), ("oint", "∮"), ("iint", "∬"), ("iiint", "∭"), ("smallint", "∫"), ("oiint", "∯"),
    ("oiiint", "∰"), ("intop", "∫"), ("idotsint", "∫⋯∫"),
  ]

  private static let opening = """
    { { lbrace { lbrack [ langle ⟨ lang ⟨ lvert | lVert ‖ lfloor ⌊ lceil ⌈ lgroup ⟮ lmoustache ⎰
    ulcorner ⌜ llcorner ⌞ llbracket ⟦ lparen (
    """

  private static let closing = """
    } } rbrace } rbrack ] rangle ⟩ rang ⟩ rvert | rVert ‖ rfloor ⌋ rceil ⌉ rgroup ⟯ rmoustache ⎱
    urcorner ⌝ lrcorner ⌟ rrbracket ⟧ rparen )
    """

  private static let functions = """
    arccos arcsin arctan arctg arg ch cos cosec cosh cot cotg coth csc ctg cth deg dim exp hom ker \
    lg ln log sec sh sin sinh tan tanh tg th
    """

  private static let limits = "det gcd inf lim max min Pr sup plim"

  private static let longFunctions = [
    ("limsup", "lim sup"), ("liminf", "lim inf"), ("injlim", "inj lim"), ("projlim", "proj lim"),
    ("argmax", "arg max"), ("argmin", "arg min"),
  ]

  private static let spaces = [
    (",", 3), ("thinspace", 3), (":", 4), (">", 4), ("medspace", 4), (";", 5), ("thickspace", 5),
    ("!", -3), ("negthinspace", -3), ("negmedspace", -4), ("negthickspace", -5), ("enspace", 9),
    ("quad", 18), ("qquad", 36), (" ", 5), ("\n", 5), ("nobreakspace", 5), ("space", 5),
  ]

  private static let silent = """
    nonumber notag relax nobreak allowbreak strut mathstrut null displaylimits hfill \
    centering break goodbreak
    """
}

/// What may stand behind `\\left`, `\\right`, `\\middle` and `\\big`, as one sign.
enum TeXDelimiter {
  /// The sign for a character; nothing at all for a full stop.
  static func character(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case ".": ""
    case "(", ")", "[", "]", "|", "/": String(scalar)
    case "<", "\u{27E8}": "⟨"
    case ">", "\u{27E9}": "⟩"
    default: nil
    }
  }

  /// The sign for a command.
  static func command(_ name: String) -> String? {
    if let known = signs[name] { return known }
    switch TeXSymbol.table[name] {
    case .opening(let sign), .closing(let sign): return String(sign)
    default: return nil
    }
  }

  private static let signs: [String: String] = [
    "|": "‖", "Vert": "‖", "vert": "|", "backslash": "\\", "uparrow": "↑", "downarrow": "↓",
    "updownarrow": "↕", "Uparrow": "⇑", "Downarrow": "⇓", "Updownarrow": "⇕", "lt": "⟨", "gt": "⟩",
  ]
}
