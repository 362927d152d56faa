/// Reads a formula once from left to right, and writes the elements for it.
struct MathMLWriter {
  /// What is set, and what matters of it to what stands beside it.
  struct Piece {
    enum Kind {
      /// A letter, a number, a group: what a function's name keeps its distance from.
      case ordinary
      case sign
      /// A name that is applied to what follows.
      case function
      case limit
      case large
      /// What has its scripts above and below it wherever it stands.
      case stacked
      case integral
      case space
    }

    var xml: String
    var kind: Kind

    init(_ xml: String, _ kind: Kind = .ordinary) {
      self.xml = xml
      self.kind = kind
    }
  }

  /// What ends a row.
  enum End { case formula, brace, bracket, delimiter, cell }

  var scalars: [Unicode.Scalar]
  var index = 0
  /// The alphabet of the letters that come next.
  var alphabet: MathAlphabet?
  private var depth = 0

  /// Browsers stop at 512 elements within one another; a level of TeX makes five at most.
  private static let deepest = 60

  init(_ tex: String) { scalars = Array(tex.unicodeScalars) }

  // MARK: Rows

  /// The whole formula.
  mutating func formula(isDisplay: Bool) throws(MathML.Fault) -> String {
    var lines = try lines()
    if lines.count > 1, lines.last == "<mrow></mrow>" { lines.removeLast() }
    if lines.count == 1 { return lines[0] }
    return Self.column(lines, isDisplay ? " displaystyle=\"true\"" : "")
  }

  /// All that is left, a row for each line.
  mutating func lines() throws(MathML.Fault) -> [String] {
    var lines: [String] = []
    while true {
      lines.append(Self.row(try pieces(.formula)))
      if index >= scalars.count { return lines }
      try skipLineEnd()
    }
  }

  /// Rows below one another.
  static func column(_ rows: [String], _ attribute: String) -> String {
    "<mtable\(attribute)>" + rows.map { "<mtr><mtd>\($0)</mtd></mtr>" }.joined() + "</mtable>"
  }

  /// Pieces as one element.
  static func row(_ pieces: [Piece]) -> String {
    if pieces.count == 1 { return pieces[0].xml }
    return "<mrow>" + pieces.map(\.xml).joined() + "</mrow>"
  }

  /// The pieces up to an end, which is passed where it is a bracket of its own.
  mutating func pieces(_ end: End) throws(MathML.Fault) -> [Piece] {
    depth += 1
    guard depth <= Self.deepest else { throw MathML.Fault(words: "it is nested too deep") }
    let outer = alphabet
    defer {
      depth -= 1
      alphabet = outer
    }
    var pieces: [Piece] = []
    while true {
      skipBlanks()
      guard index < scalars.count else {
        guard end == .formula else { throw MathML.Fault(words: "something is not closed") }
        return pieces
      }
      if try isEnd(end) { return pieces }
      if let infix = infix() {
        let below = try self.pieces(end)
        return [Piece(infix(Self.row(pieces), Self.row(below)))]
      }
      if takesAlphabet() { continue }
      if let rest = try switched(end) { return pieces + [rest] }
      try addPiece(to: &pieces)
    }
  }

  private mutating func isEnd(_ end: End) throws(MathML.Fault) -> Bool {
    switch scalars[index] {
    case "}":
      guard end == .brace else { throw MathML.Fault(words: "a brace closes nothing") }
      index += 1
      return true
    case "]" where end == .bracket:
      index += 1
      return true
    case "&":
      guard end == .cell else { throw MathML.Fault(words: "& outside of a table") }
      return true
    default: break
    }
    switch peekCommand() {
    case "\\", "cr", "newline":
      guard end == .cell || end == .formula else {
        throw MathML.Fault(words: "a line ends within something")
      }
      return true
    case "end":
      guard end == .cell else { throw MathML.Fault(words: "\\end without its \\begin") }
      return true
    case "right":
      guard end == .delimiter else { throw MathML.Fault(words: "\\right without its \\left") }
      return true
    default: return false
    }
  }

  /// A command that stands between what it is given: `a \over b`.
  private mutating func infix() -> ((String, String) -> String)? {
    guard let name = peekCommand() else { return nil }
    let make: (String, String) -> String
    switch name {
    case "over": make = { "<mfrac>\($0)\($1)</mfrac>" }
    case "choose": make = { Self.binomial($0, $1) }
    case "atop": make = { "<mfrac linethickness=\"0\">\($0)\($1)</mfrac>" }
    default: return nil
    }
    skipCommand(name)
    return make
  }

  /// Takes a command that sets the alphabet for the rest of its row, if one is next.
  private mutating func takesAlphabet() -> Bool {
    guard let name = peekCommand(), let alphabet = Self.oldAlphabets[name] else { return false }
    skipCommand(name)
    self.alphabet = alphabet
    return true
  }

  /// What follows a command that holds for the rest of its row.
  private mutating func switched(_ end: End) throws(MathML.Fault) -> Piece? {
    guard let name = peekCommand() else { return nil }
    if let style = Self.styles[name] {
      skipCommand(name)
      let rest = try pieces(end).map(\.xml).joined()
      return Piece("<mstyle \(style)>\(rest)</mstyle>")
    }
    guard name == "color" else { return nil }
    skipCommand(name)
    let color = try self.color()
    let rest = try pieces(end).map(\.xml).joined()
    return Piece("<mstyle mathcolor=\"\(color)\">\(rest)</mstyle>")
  }

  private static let oldAlphabets: [String: MathAlphabet] = [
    "rm": .roman, "bf": .bold, "it": .italic, "cal": .script, "sf": .sans, "tt": .monospace,
    "frak": .fraktur,
  ]

  private static let styles = [
    "displaystyle": "displaystyle=\"true\" scriptlevel=\"0\"",
    "textstyle": "displaystyle=\"false\" scriptlevel=\"0\"",
    "scriptstyle": "displaystyle=\"false\" scriptlevel=\"1\"",
    "scriptscriptstyle": "displaystyle=\"false\" scriptlevel=\"2\"",
  ]

  /// Adds what comes next, with its scripts.
  private mutating func addPiece(to pieces: inout [Piece]) throws(MathML.Fault) {
    let piece = try scripted(try nucleus())
    switch piece.kind {
    case .function, .limit:
      if pieces.last?.kind == .ordinary { pieces.append(Self.space(3)) }
      pieces.append(piece)
      if piece.kind == .function { pieces.append(Piece("<mo>\u{2061}</mo>", .sign)) }
      if isOperandNext { pieces.append(Self.space(3)) }
    default:
      if piece.xml.isEmpty { return }
      // Behind another sign it belongs to what follows: `(-x)`, `= -1`.
      let isUnary = pieces.last?.kind == .sign && Self.unary.contains(piece.xml)
      pieces.append(
        isUnary ? Piece("<mo form=\"prefix\">" + piece.xml.dropFirst(4), .sign) : piece)
    }
  }

  private static let unary: Set<String> = ["<mo>−</mo>", "<mo>+</mo>", "<mo>±</mo>", "<mo>∓</mo>"]

  /// Whether what comes next is a letter, a number or a group, which a name keeps its distance from.
  private var isOperandNext: Bool {
    var next = index
    while next < scalars.count, scalars[next].properties.isWhitespace { next += 1 }
    guard next < scalars.count else { return false }
    let scalar = scalars[next]
    if scalar == "\\" {
      var place = self
      place.index = next
      guard let name = place.peekCommand() else { return false }
      switch TeXSymbol.table[name] {
      case .letter, .upright, .large, .integral, .function, .limit: return true
      case nil: return Self.isOperand(name)
      default: return false
      }
    }
    return scalar == "{" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func isOperand(_ command: String) -> Bool {
    if command.hasPrefix("left") || command.lowercased().hasPrefix("big") { return false }
    return !["right", "middle", "end", "\\", "cr", "over", "|", "Vert", "vert"].contains(command)
  }

  // MARK: Scripts

  /// A piece with the scripts behind it.
  private mutating func scripted(_ nucleus: Piece) throws(MathML.Fault) -> Piece {
    var (kind, sub, sup) = (nucleus.kind, String?.none, String?.none)
    while true {
      skipBlanks()
      guard index < scalars.count else { break }
      if scalars[index] == "_" {
        guard sub == nil else { throw MathML.Fault(words: "two lower scripts") }
        index += 1
        sub = try argument()
      } else if scalars[index] == "^" {
        guard sup == nil else { throw MathML.Fault(words: "two upper scripts") }
        index += 1
        sup = try argument()
      } else if scalars[index] == "'" || scalars[index] == "\u{2019}" {
        guard sup == nil else { throw MathML.Fault(words: "two upper scripts") }
        sup = try primes()
      } else if let name = peekCommand(), ["limits", "nolimits", "displaylimits"].contains(name) {
        skipCommand(name)
        if name == "limits" { kind = .stacked }
        if name == "nolimits" { kind = .integral }
      } else {
        break
      }
    }
    let isStacked = kind == .limit || kind == .large || kind == .stacked
    let base = nucleus.xml.isEmpty ? "<mrow></mrow>" : nucleus.xml
    switch (sub, sup) {
    case (nil, nil): return nucleus
    case (let sub?, nil): return Self.script(isStacked ? "munder" : "msub", base, sub, kind)
    case (nil, let sup?): return Self.script(isStacked ? "mover" : "msup", base, sup, kind)
    case (let sub?, let sup?):
      return Self.script(isStacked ? "munderover" : "msubsup", base, sub + sup, kind)
    }
  }

  private static func script(
    _ element: String, _ base: String, _ scripts: String, _ kind: Piece.Kind
  ) -> Piece {
    // Scripts set apart what they belong to: only names still matter to their neighbours.
    let isName = kind == .function || kind == .limit
    return Piece("<\(element)>\(base)\(scripts)</\(element)>", isName ? kind : .ordinary)
  }

  private mutating func primes() throws(MathML.Fault) -> String {
    var count = 0
    while index < scalars.count, scalars[index] == "'" || scalars[index] == "\u{2019}" {
      index += 1
      count += 1
      skipBlanks()
    }
    let signs = [1: "′", 2: "″", 3: "‴", 4: "⁗"]
    let prime = "<mo>\(signs[count] ?? String(repeating: "′", count: count))</mo>"
    guard index < scalars.count, scalars[index] == "^" else { return prime }
    index += 1
    return "<mrow>\(prime)\(try argument())</mrow>"
  }

  // MARK: Arguments

  /// What a command is given: a group, or one letter, digit or command.
  mutating func argument() throws(MathML.Fault) -> String {
    skipBlanks()
    guard index < scalars.count else {
      throw MathML.Fault(words: "something is missing at the end")
    }
    switch scalars[index] {
    case "{":
      index += 1
      return Self.row(try pieces(.brace))
    case "}", "&", "^", "_":
      throw MathML.Fault(words: "something is missing before \(scalars[index])")
    case let digit where ("0"..."9").contains(digit):
      index += 1
      return number(String(digit))
    default:
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.deepest else { throw MathML.Fault(words: "it is nested too deep") }
      return try nucleus(isAlone: true).xml
    }
  }

  /// What stands in brackets, if any do.
  mutating func optionalArgument() throws(MathML.Fault) -> String? {
    skipBlanks()
    guard index < scalars.count, scalars[index] == "[" else { return nil }
    index += 1
    return Self.row(try pieces(.bracket))
  }

  /// What stands in braces, as it is written; one character where there are none.
  mutating func source() throws(MathML.Fault) -> [Unicode.Scalar] {
    skipBlanks()
    guard index < scalars.count else {
      throw MathML.Fault(words: "something is missing at the end")
    }
    guard scalars[index] == "{" else {
      index += 1
      return [scalars[index - 1]]
    }
    let start = index + 1
    var open = 0
    while index < scalars.count {
      switch scalars[index] {
      case "\\": index += 1
      case "{": open += 1
      case "}":
        open -= 1
        if open == 0 {
          index += 1
          return Array(scalars[start..<index - 1])
        }
      default: break
      }
      index += 1
    }
    throw MathML.Fault(words: "something is not closed")
  }

  /// The name of a colour, or its digits.
  mutating func color() throws(MathML.Fault) -> String {
    let color = try source()
    let isName = color.allSatisfy(Self.isNamePart)
    let isHex =
      color.first == "#" && (color.count == 4 || color.count == 7)
      && color.dropFirst().allSatisfy(\.properties.isASCIIHexDigit)
    guard isName || isHex, !color.isEmpty else { throw MathML.Fault(words: "no colour") }
    return String(scalars: color)
  }

  // MARK: Single characters

  /// A letter, a sign, a group or a command, without scripts; alone, where it is an argument.
  mutating func nucleus(isAlone: Bool = false) throws(MathML.Fault) -> Piece {
    let scalar = scalars[index]
    switch scalar {
    case "\\": return try command()
    case "{":
      index += 1
      return Piece(Self.row(try pieces(.brace)))
    case "^", "_", "'", "\u{2019}":
      // Scripts of nothing.
      return Piece("")
    case "~":
      index += 1
      return Self.space(5)
    case "$", "#": throw MathML.Fault(words: "\(scalar) within a formula")
    default: break
    }
    if ("0"..."9").contains(scalar) || scalar == "." && isDigit(index + 1) {
      return Piece(number(digits()))
    }
    if scalar.properties.isAlphabetic { return Piece(letters(isAlone: isAlone)) }
    index += 1
    return sign(scalar)
  }

  private func isDigit(_ place: Int) -> Bool {
    place < scalars.count && ("0"..."9").contains(scalars[place])
  }

  private mutating func digits() -> String {
    let start = index
    while isDigit(index) || index < scalars.count && scalars[index] == "." && isDigit(index + 1) {
      index += 1
    }
    return String(scalars: scalars[start..<index])
  }

  private func number(_ digits: String) -> String {
    guard let alphabet else { return "<mn>\(digits)</mn>" }
    return "<mn>\(digits.unicodeScalars.map { String(alphabet.letter($0)) }.joined())</mn>"
  }

  private mutating func letters(isAlone: Bool) -> String {
    var letters = String.UnicodeScalarView()
    repeat {
      letters.append(scalars[index])
      index += 1
    } while !isAlone && (alphabet?.joins ?? false) && index < scalars.count
      && scalars[index].properties.isAlphabetic
    return identifier(letters)
  }

  /// Letters in the alphabet that holds.
  func identifier(_ letters: some Sequence<Unicode.Scalar>, isUpright: Bool = false) -> String {
    var text = ""
    var count = 0
    for letter in letters {
      text.unicodeScalars.append(alphabet?.letter(letter) ?? letter)
      count += 1
    }
    let isUpright = count == 1 && (alphabet == .roman || alphabet == nil && isUpright)
    return "<mi\(isUpright ? " mathvariant=\"normal\"" : "")>\(escapedHTML(text))</mi>"
  }

  /// A sign that is a character of its own.
  private func sign(_ scalar: Unicode.Scalar) -> Piece {
    switch scalar {
    case "-": Piece("<mo>−</mo>", .sign)
    case "*": Piece("<mo>∗</mo>", .sign)
    case "(", "[": Self.fence(scalar, "prefix")
    case ")", "]", "!", "?": Self.fence(scalar, "postfix")
    case "|", "/", ".", "@", "\"", "`":
      Piece(Self.tight(scalar))
    default:
      scalar.properties.generalCategory == .otherSymbol
        ? Piece("<mtext>\(escapedHTML(String(scalar)))</mtext>")
        : Piece("<mo>\(escapedHTML(String(scalar)))</mo>", .sign)
    }
  }

  /// A sign with no space beside it that does not grow.
  static func tight(_ scalar: Unicode.Scalar) -> String {
    "<mo stretchy=\"false\" lspace=\"0em\" rspace=\"0em\">\(escapedHTML(String(scalar)))</mo>"
  }

  /// A bracket that does not grow with what is in it.
  static func fence(_ scalar: Unicode.Scalar, _ form: String) -> Piece {
    Piece(
      "<mo form=\"\(form)\" stretchy=\"false\">\(escapedHTML(String(scalar)))</mo>",
      form == "postfix" ? .ordinary : .sign)
  }

  /// A space of some eighteenths of an em.
  static func space(_ width: Int) -> Piece {
    space(width: ems((Double(width) / 18 * 1_000).rounded()))
  }

  /// A space of a length as MathML has it.
  static func space(width: String) -> Piece {
    Piece("<mspace width=\"\(width)\"></mspace>", .space)
  }

  /// A length from its thousandths.
  private static func ems(_ thousandths: Double) -> String {
    let size = Int(thousandths.magnitude)
    let digits = String(1_000 + size % 1_000).dropFirst()
    return "\(thousandths < 0 ? "-" : "")\(size / 1_000).\(digits)em"
  }

  /// Brackets as high as what is in them; an empty one is none.
  static func stretched(_ opening: String, _ content: String, _ closing: String) -> String {
    func fence(_ sign: String, _ form: String) -> String {
      sign.isEmpty ? "" : "<mo fence=\"true\" form=\"\(form)\" stretchy=\"true\">\(sign)</mo>"
    }
    return "<mrow>\(fence(opening, "prefix"))\(content)\(fence(closing, "postfix"))</mrow>"
  }

  static func binomial(_ above: String, _ below: String) -> String {
    "<mrow><mo form=\"prefix\">(</mo><mfrac linethickness=\"0\">\(above)\(below)</mfrac>"
      + "<mo form=\"postfix\">)</mo></mrow>"
  }

  // MARK: Reading

  /// Passes blanks and comments.
  mutating func skipBlanks() {
    while index < scalars.count {
      if scalars[index] == "%" {
        while index < scalars.count, scalars[index] != "\n" { index += 1 }
      } else if scalars[index].properties.isWhitespace {
        index += 1
      } else {
        return
      }
    }
  }

  /// The name of the command that comes next, without its backslash.
  func peekCommand() -> String? {
    guard index + 1 < scalars.count, scalars[index] == "\\" else { return nil }
    var end = index + 1
    while end < scalars.count, Self.isNamePart(scalars[end]) { end += 1 }
    if end == index + 1 { end += 1 }
    return String(scalars: scalars[index + 1..<end])
  }

  mutating func skipCommand(_ name: String) {
    index += 1 + name.unicodeScalars.count
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  /// Passes `\\`, with the distance that may stand behind it.
  mutating func skipLineEnd() throws(MathML.Fault) {
    guard let name = peekCommand() else { return }
    skipCommand(name)
    if index < scalars.count, scalars[index] == "*" { index += 1 }
    guard index < scalars.count, scalars[index] == "[",
      let close = scalars[index...].prefix(12).firstIndex(of: "]"),
      Self.width(scalars[index + 1..<close]) != nil
    else { return }
    index = close + 1
  }

  /// A length as MathML has it.
  static func width(_ scalars: some Collection<Unicode.Scalar>) -> String? {
    let text = String(scalars: scalars).filter { $0 != " " }
    guard let number = Double(text.dropLast(2)), number.magnitude < 100 else { return nil }
    let ems: Double
    switch text.suffix(2) {
    case "em": ems = number
    case "ex": ems = number * 0.43
    case "mu": ems = number / 18
    case "pt": ems = number / 10
    case "cm": ems = number * 2.845
    case "mm": ems = number * 0.2845
    default: return nil
    }
    return Self.ems((ems * 1_000).rounded())
  }
}

extension String {
  /// A text of these scalars.
  init(scalars: some Sequence<Unicode.Scalar>) {
    self.init(String.UnicodeScalarView(scalars))
  }
}
