extension MathMLWriter {
  /// What a command sets.
  mutating func command() throws(MathML.Fault) -> Piece {
    guard let name = peekCommand() else { throw MathML.Fault(words: "a backslash at the end") }
    skipCommand(name)
    if let symbol = TeXSymbol.table[name] { return piece(symbol) }
    if let alphabet = Self.alphabets[name] { return try inAlphabet(alphabet) }
    if let accent = Self.accents[name] {
      let base = try argument()
      return Piece(
        "<mover accent=\"true\">\(base)<mo stretchy=\"\(accent.stretches)\">\(accent.sign)</mo></mover>"
      )
    }
    if let mark = Self.overAndUnder[name] {
      let base = try argument()
      let (element, accent) = mark.isAbove ? ("mover", "accent") : ("munder", "accentunder")
      return Piece(
        "<\(element) \(accent)=\"true\">\(base)<mo stretchy=\"true\">\(mark.sign)</mo></\(element)>",
        name.hasSuffix("brace") ? .stacked : .ordinary)
    }
    if let sign = Self.escaped[name] { return Piece("<mi mathvariant=\"normal\">\(sign)</mi>") }
    if let sign = Self.longArrows[name] {
      let below = try optionalArgument()
      let above = try argument()
      let arrow = "<mo stretchy=\"true\" minsize=\"2em\">\(sign)</mo>"
      return Piece(
        below.map { "<munderover>\(arrow)\($0)\(above)</munderover>" }
          ?? "<mover>\(arrow)\(above)</mover>", .sign)
    }
    if let size = Self.sizes[name] { return try sized(size, name) }
    if let style = Self.texts[name] { return Piece(try text(style)) }
    return try builtCommand(name)
  }

  private func piece(_ symbol: TeXSymbol) -> Piece {
    switch symbol {
    case .letter(let letter): return Piece(identifier([letter]))
    case .upright(let letter): return Piece(identifier([letter], isUpright: true))
    case .sign(let sign):
      return Piece(
        sign == "." || sign == "⋮" || sign == "⋱" || sign == "…" || sign == "⋯"
          ? Self.tight(sign)
          : "<mo\(Self.grows(sign) ? " stretchy=\"false\"" : "")>\(escapedHTML(String(sign)))</mo>",
        .sign)
    case .dots: return Piece(Self.tight(isSignNext ? "⋯" : "…"), .sign)
    case .large(let sign): return Piece("<mo movablelimits=\"true\">\(sign)</mo>", .large)
    case .integral(let signs): return Piece("<mo>\(signs)</mo>", .integral)
    case .opening(let sign): return Self.fence(sign, "prefix")
    case .closing(let sign): return Self.fence(sign, "postfix")
    case .function(let name): return Piece("<mi>\(name)</mi>", .function)
    case .limit(let name): return Self.limit(name.replacing(" ", with: "\u{2009}"))
    case .space(let width): return Self.space(width)
    case .nothing: return Piece("")
    }
  }

  /// A name that has its lower script below it.
  private static func limit(_ name: String) -> Piece {
    Piece("<mo movablelimits=\"true\" lspace=\"0em\" rspace=\"0em\">\(name)</mo>", .limit)
  }

  /// Whether what comes next is an operator or a relation.
  private var isSignNext: Bool {
    var next = self
    next.skipBlanks()
    if let name = next.peekCommand() {
      switch TeXSymbol.table[name] {
      case .sign(let sign): return sign != ":" && sign != "."
      case .large, .integral: return true
      default: return false
      }
    }
    return next.index < scalars.count && "+-*=<>".unicodeScalars.contains(scalars[next.index])
  }

  /// Arrows, which MathML would make as long or high as what is beside them.
  private static func grows(_ sign: Unicode.Scalar) -> Bool {
    (0x2190...0x21FF).contains(sign.value) || (0x27F5...0x27FF).contains(sign.value)
      || sign == "∣" || sign == "∥"
  }

  // MARK: Tables

  private static let alphabets: [String: MathAlphabet] = [
    "mathrm": .roman, "mathup": .roman, "mathbf": .bold, "bold": .bold, "mathit": .italic,
    "boldsymbol": .boldItalic, "bm": .boldItalic, "pmb": .boldItalic, "mathcal": .script,
    "mathscr": .script, "mathfrak": .fraktur, "mathbb": .doubleStruck, "Bbb": .doubleStruck,
    "mathbbm": .doubleStruck, "mathds": .doubleStruck, "mathsf": .sans, "mathtt": .monospace,
  ]

  private static let accents: [String: (sign: String, stretches: Bool)] = [
    "hat": ("^", false), "widehat": ("^", true), "tilde": ("~", false), "widetilde": ("~", true),
    "bar": ("ˉ", false), "vec": ("→", false), "dot": ("˙", false), "ddot": ("¨", false),
    "dddot": ("⃛", false), "acute": ("´", false), "grave": ("`", false), "breve": ("˘", false),
    "check": ("ˇ", false), "widecheck": ("ˇ", true), "mathring": ("˚", false),
    "overrightarrow": ("→", true), "overleftarrow": ("←", true), "overleftrightarrow": ("↔", true),
  ]

  private static let overAndUnder: [String: (sign: String, isAbove: Bool)] = [
    "overline": ("‾", true), "underline": ("_", false), "overbrace": ("⏞", true),
    "underbrace": ("⏟", false), "overparen": ("⏜", true), "underparen": ("⏝", false),
    "underrightarrow": ("→", false), "underleftarrow": ("←", false),
  ]

  /// Commands for what TeX takes for its own.
  private static let escaped = [
    "%": "%", "$": "$", "#": "#", "&": "&amp;", "_": "_", "textbackslash": "\\",
    "backslash": "\\", "vert": "|", "Vert": "‖", "|": "‖", "aa": "å", "AA": "Å", "ae": "æ",
    "AE": "Æ", "o": "ø", "O": "Ø", "ss": "ß", "i": "ı",
  ]

  private static let longArrows = [
    "xrightarrow": "→", "xleftarrow": "←", "xleftrightarrow": "↔", "xRightarrow": "⇒",
    "xLeftarrow": "⇐", "xmapsto": "↦", "xlongequal": "=", "xhookrightarrow": "↪",
  ]

  private static let sizes: [String: String] = {
    var sizes: [String: String] = [:]
    for (name, size) in [("big", "1.2"), ("Big", "1.8"), ("bigg", "2.4"), ("Bigg", "3")] {
      for side in ["", "l", "r", "m"] { sizes[name + side] = size }
    }
    return sizes
  }()

  /// Commands for text, with the element of HTML that their words are in.
  private static let texts = [
    "text": "", "textrm": "", "textnormal": "", "textsf": "", "mbox": "", "hbox": "",
    "textbf": "b", "textit": "i", "emph": "i", "textsl": "i", "texttt": "code", "textup": "",
  ]

  // MARK: Commands with arguments

  private mutating func inAlphabet(_ alphabet: MathAlphabet) throws(MathML.Fault) -> Piece {
    let outer = self.alphabet
    self.alphabet = alphabet
    defer { self.alphabet = outer }
    return Piece(try argument())
  }

  private mutating func builtCommand(_ name: String) throws(MathML.Fault) -> Piece {
    switch name {
    case "frac", "cfrac", "dfrac", "tfrac", "binom", "dbinom", "tbinom":
      let (above, below) = (try argument(), try argument())
      let isBinomial = name.hasSuffix("binom")
      let content =
        isBinomial ? Self.binomial(above, below) : "<mfrac>\(above)\(below)</mfrac>"
      if name == "frac" || name == "binom" { return Piece(content) }
      return Piece(Self.styled(content, isDisplay: !name.hasPrefix("t")))
    case "sqrt":
      let index = try optionalArgument()
      let content = try argument()
      return Piece(
        index.map { "<mroot>\(content)\($0)</mroot>" } ?? "<msqrt>\(content)</msqrt>")
    case "left": return try delimited()
    case "middle":
      let sign = try delimiter()
      return Piece(
        "<mo stretchy=\"true\" lspace=\"0.056em\" rspace=\"0.056em\">\(sign)</mo>", .sign)
    case "overset", "stackrel":
      let (above, base) = (try argument(), try argument())
      return Piece("<mover>\(base)\(above)</mover>", name == "stackrel" ? .sign : .ordinary)
    case "underset":
      let (below, base) = (try argument(), try argument())
      return Piece("<munder>\(base)\(below)</munder>")
    case "operatorname", "operatornamewithlimits":
      let hasLimits = takesStar() || name == "operatornamewithlimits"
      return try operatorName(hasLimits: hasLimits)
    case "mathop":
      return Piece(try argument(), .large)
    case "mathbin", "mathrel": return Piece(try argument(), .sign)
    case "mathord", "mathopen", "mathclose", "mathpunct", "mathinner", "ensuremath", "mathclap",
      "mathrlap", "mathllap", "mathnormal", "vcenter":
      return Piece(try argument())
    case "smash":
      _ = try optionalArgument()
      return Piece(try argument())
    case "bra": return Piece(Self.enclosed("⟨", try argument(), "|"))
    case "ket": return Piece(Self.enclosed("|", try argument(), "⟩"))
    case "braket": return Piece(Self.enclosed("⟨", try argument(), "⟩"))
    case "phantom", "hphantom", "vphantom": return Piece("<mphantom>\(try argument())</mphantom>")
    case "boxed", "fbox": return Piece("<mrow class=\"boxed\">\(try argument())</mrow>")
    case "textcolor":
      let color = try self.color()
      return Piece("<mstyle mathcolor=\"\(color)\">\(try argument())</mstyle>")
    case "not": return try negated()
    case "bmod": return Piece("<mo lspace=\"0.222em\" rspace=\"0.222em\">mod</mo>", .sign)
    case "mod": return Piece("<mo lspace=\"0.667em\" rspace=\"0.333em\">mod</mo>", .sign)
    case "pmod":
      return Piece(
        "<mrow>\(Self.space(8).xml)\(Self.fence("(", "prefix").xml)<mi>mod</mi>"
          + "\(Self.space(6).xml)\(try argument())\(Self.fence(")", "postfix").xml)</mrow>")
    case "hspace", "mspace", "hskip", "kern", "mkern", "mskip":
      return try distance(isBraced: name == "hspace" || name == "mspace")
    case "substack":
      guard index < scalars.count, scalars[index] == "{" else {
        throw MathML.Fault(words: "\\substack without braces")
      }
      let content = try source()
      var inner = within(content)
      return Piece(Self.column(try inner.lines(), " class=\"stack\""))
    case "begin": return try environment()
    case "tag":
      _ = takesStar()
      return Piece("\(Self.space(width: "2em").xml)<mtext>(\(try plainText()))</mtext>")
    case "label":
      _ = try source()
      return Piece("")
    default: throw MathML.Fault(words: "\\\(name) is not known")
    }
  }

  private static func styled(_ content: String, isDisplay: Bool) -> String {
    "<mstyle displaystyle=\"\(isDisplay)\" scriptlevel=\"0\">\(content)</mstyle>"
  }

  private static func enclosed(
    _ opening: Unicode.Scalar, _ content: String, _ closing: Unicode.Scalar
  ) -> String {
    "<mrow>\(fence(opening, "prefix").xml)\(content)\(fence(closing, "postfix").xml)</mrow>"
  }

  private mutating func takesStar() -> Bool {
    skipBlanks()
    guard index < scalars.count, scalars[index] == "*" else { return false }
    index += 1
    return true
  }

  /// `\left( … \right)`: brackets as high as what is in them.
  private mutating func delimited() throws(MathML.Fault) -> Piece {
    let opening = try delimiter()
    let content = try pieces(.delimiter)
    skipCommand("right")
    return Piece(Self.stretched(opening, content.map(\.xml).joined(), try delimiter()))
  }

  /// The sign of a delimiter, as HTML; empty for none.
  private mutating func delimiter() throws(MathML.Fault) -> String {
    skipBlanks()
    var sign: String?
    if let name = peekCommand() {
      skipCommand(name)
      sign = TeXDelimiter.command(name)
    } else if index < scalars.count {
      sign = TeXDelimiter.character(scalars[index])
      index += 1
    }
    guard let sign else { throw MathML.Fault(words: "a bracket is missing") }
    return escapedHTML(sign)
  }

  /// `\bigl(`.
  private mutating func sized(_ size: String, _ name: String) throws(MathML.Fault) -> Piece {
    let sign = try delimiter()
    if sign.isEmpty { return Piece("") }
    let form =
      switch name.last {
      case "l": " form=\"prefix\""
      case "r": " form=\"postfix\""
      default: " lspace=\"0em\" rspace=\"0em\""
      }
    return Piece(
      "<mo\(form) stretchy=\"true\" minsize=\"\(size)em\" maxsize=\"\(size)em\">\(sign)</mo>",
      name.last == "r" ? .ordinary : .sign)
  }

  /// `\not=`.
  private mutating func negated() throws(MathML.Fault) -> Piece {
    skipBlanks()
    guard index < scalars.count else { throw MathML.Fault(words: "\\not at the end") }
    let sign: Unicode.Scalar
    if let name = peekCommand(), case .sign(let known) = TeXSymbol.table[name] {
      skipCommand(name)
      sign = known
    } else if ["=", "<", ">"].contains(scalars[index]) {
      sign = scalars[index]
      index += 1
    } else {
      throw MathML.Fault(words: "\\not before what is no relation")
    }
    let negated = Self.negations[sign] ?? escapedHTML(String(sign)) + "\u{338}"
    return Piece("<mo>\(negated)</mo>", .sign)
  }

  private static let negations: [Unicode.Scalar: String] = [
    "=": "≠", "<": "≮", ">": "≯", "∈": "∉", "∋": "∌", "∣": "∤", "∥": "∦", "∼": "≁", "≃": "≄",
    "≅": "≇", "≈": "≉", "≡": "≢", "≤": "≰", "≥": "≱", "⊂": "⊄", "⊃": "⊅", "⊆": "⊈", "⊇": "⊉",
    "≺": "⊀", "≻": "⊁", "⊢": "⊬", "⊨": "⊭", "←": "↚", "→": "↛", "↔": "↮", "⇒": "⇏", "⇐": "⇍",
    "⇔": "⇎",
  ]

  private mutating func distance(isBraced: Bool) throws(MathML.Fault) -> Piece {
    let length: [Unicode.Scalar]
    if isBraced {
      _ = takesStar()
      length = try source()
    } else {
      skipBlanks()
      let start = index
      while index < scalars.count, "-.0123456789 ".unicodeScalars.contains(scalars[index]) {
        index += 1
      }
      index = min(index + 2, scalars.count)
      length = Array(scalars[start..<index])
    }
    guard let width = Self.width(length) else { throw MathML.Fault(words: "no length") }
    return Self.space(width: width)
  }

  // MARK: Text

  /// The name of an operator that has no command of its own.
  private mutating func operatorName(hasLimits: Bool) throws(MathML.Fault) -> Piece {
    var name = ""
    var rest = try source()[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\\":
        guard let space = rest.popFirst(), [",", ":", ";", " ", "!"].contains(space) else {
          throw MathML.Fault(words: "a command in \\operatorname")
        }
        if space != "!" { name += "\u{2009}" }
      case "{", "}": break
      case "-": name += "-"
      case "*": name += "∗"
      case _ where scalar.properties.isWhitespace: break
      case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil:
        name.unicodeScalars.append(scalar)
      default: throw MathML.Fault(words: "'\(scalar)' in \\operatorname")
      }
    }
    let normal = name.unicodeScalars.count == 1 ? " mathvariant=\"normal\"" : ""
    return hasLimits
      ? Self.limit(name) : Piece("<mi\(normal)>\(name)</mi>", .function)
  }

  /// The words of `\text{…}`, with the formulas among them.
  private mutating func text(_ element: String) throws(MathML.Fault) -> String {
    let source = try source()
    var parts: [String] = []
    var words = ""
    func end() {
      if words.isEmpty { return }
      let text = Self.held(words)
      parts.append(
        "<mtext>\(element.isEmpty ? text : "<\(element)>\(text)</\(element)>")</mtext>")
      words = ""
    }
    var place = 0
    while place < source.count {
      switch source[place] {
      case "$":
        guard let close = source[(place + 1)...].firstIndex(of: "$") else {
          throw MathML.Fault(words: "a dollar sign in text")
        }
        end()
        var inner = within(source[(place + 1)..<close])
        parts.append(Self.row(try inner.pieces(.formula)))
        guard inner.index >= inner.scalars.count else {
          throw MathML.Fault(words: "a line ends within text")
        }
        place = close + 1
      case "\\":
        let next = place + 1 < source.count ? source[place + 1] : "\\"
        guard "%$#&_{} ,".unicodeScalars.contains(next) else {
          throw MathML.Fault(words: "a command in text")
        }
        words.unicodeScalars.append(next == "," ? "\u{2009}" : next)
        place += 2
      case "{", "}": place += 1
      case "-" where source[place...].starts(with: "--".unicodeScalars):
        let isLong = source[place...].starts(with: "---".unicodeScalars)
        words += isLong ? "—" : "–"
        place += isLong ? 3 : 2
      case let scalar:
        words.unicodeScalars.append(scalar == "~" ? "\u{A0}" : scalar)
        place += 1
      }
    }
    end()
    return parts.count == 1 ? parts[0] : "<mrow>" + parts.joined() + "</mrow>"
  }

  /// What reads a formula within this one, as deep as it is here.
  private func within(_ source: some Sequence<Unicode.Scalar>) -> Self {
    var inner = self
    inner.scalars = Array(source)
    inner.index = 0
    return inner
  }

  /// The words of an argument that holds nothing else.
  private mutating func plainText() throws(MathML.Fault) -> String {
    let source = try source()
    guard !source.contains(where: { "\\${}".unicodeScalars.contains($0) }) else {
      throw MathML.Fault(words: "a command in text")
    }
    return Self.held(String(scalars: source))
  }

  /// Text whose blanks at both ends stay, as HTML.
  private static func held(_ text: String) -> String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace }
    let (start, end) = (text.prefix(while: isBlank), text.reversed().prefix(while: isBlank))
    let inner = text.dropFirst(start.count).dropLast(min(end.count, text.count - start.count))
    return (start.isEmpty ? "" : "\u{A0}") + escapedHTML(inner)
      + (end.isEmpty || inner.isEmpty ? "" : "\u{A0}")
  }
}
