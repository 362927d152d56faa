/// The words by which a formula is found, however it was written.
///
/// A command is its name, in one spelling for all that mean the same; each letter and each run of
/// digits is a word; a capital has `cap` behind it, since the index knows no case; `_` is `sub`, `^`
/// is `sup`, with the lower script first; operators have names. Braces, spacing, sizes, fonts that
/// mean nothing, alignment, labels, commas and full stops are left out. Any bytes are a formula:
/// what does not balance is read as far as it goes, in time in proportion to its length.
///
///     \nabla_\theta \mathcal{L}   nabla sub theta cal lcap
public enum TeXWords: Sendable {
  /// The words of a formula, without its dollar signs or with them.
  public static func all(_ formula: String) -> [String] {
    let bytes = Array(formula.utf8)
    var (words, names) = (WordText(), WordText())
    unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      append(view, 0..<view.count, to: &words, names: &names)
    }
    return words.words
  }

  /// Adds the words of a formula to those of others, and to `names` what it has of plain words.
  static func append(
    _ view: ByteView, _ range: Range<Int>, to words: inout WordText, names: inout WordText
  ) {
    var scanner = TeXScanner(view, view.clamped(range))
    scanner.scan(names: &names)
    for word in scanner.words { words.append(word: word.utf8) }
  }

  /// Whether a word of a query is meant as TeX: `\nabla`, `$x_i$`, `x^2`, `A_{ij}`.
  ///
  /// A path of Windows and an escape alone, such as `\1`, are not.
  public static func looksLikeTeX(_ word: String) -> Bool {
    let bytes = Array(word.utf8)
    if bytes.count > 2, bytes.first == UInt8(ascii: "$"), bytes.last == UInt8(ascii: "$") {
      return true
    }
    if bytes.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "\\")]) { return false }
    let isDrive =
      bytes.count > 2 && bytes[0].isLetter && bytes[1] == UInt8(ascii: ":")
      && bytes[2] == UInt8(ascii: "\\")
    if isDrive { return false }
    for (index, byte) in bytes.enumerated().dropLast() {
      let next = bytes[index + 1]
      switch byte {
      case UInt8(ascii: "\\"):
        if next.isLetter || next == UInt8(ascii: "{") || next == UInt8(ascii: "|") { return true }
      case UInt8(ascii: "_") where next == UInt8(ascii: "{"): return true
      case UInt8(ascii: "^") where index > 0 && !bytes[index - 1].isBlank:
        if next.isLetterOrDigit || next == UInt8(ascii: "{") || next == UInt8(ascii: "\\") {
          return true
        }
      default: break
      }
    }
    return false
  }
}

/// Reads a formula once from left to right, with its open braces on a stack of its own.
private struct TeXScanner {
  /// A script that is being read, or was read last.
  struct Script {
    var isSup: Bool
    /// Where its `sub` or `sup` stands in `words`.
    var start: Int
    /// Where it ends; nil until its content is there.
    var end: Int?
  }

  struct Brace {
    /// The script that the braces hold.
    var script: Script?
    /// The script just in front of that one.
    var upper: Script?
    /// The arguments of one character still to come behind the braces.
    var pending: Int
    /// The alphabet of the letters behind the braces.
    var alphabet: String?
    /// A word to be added at the end.
    var closing: String?
  }

  private let view: ByteView
  private let end: Int
  private var index: Int
  private(set) var words: [String] = []

  private var braces: [Brace] = []
  /// Braces within more than `deepest`: they are only counted.
  private var unread = 0
  /// The script whose content comes next.
  private var open: Script?
  /// The script that was read last.
  private var last: Script?
  /// How many of the next characters are arguments of their own: `\frac12`, `x^23`.
  private var pending = 0
  /// The alphabet of the letters that come next, and whether braces hold them.
  private var alphabet: String?
  private var isAlphabetBraced = false
  /// A word behind the content of the next braces.
  private var closing: String?

  private static let deepest = 256
  /// Longer scripts are not put in order, so that nothing is moved often.
  private static let longestScript = 64

  init(_ view: ByteView, _ range: Range<Int>) {
    self.view = view
    index = range.lowerBound
    end = range.upperBound
  }

  mutating func scan(names: inout WordText) {
    while index < end {
      let byte = view[index]
      switch byte {
      case UInt8(ascii: "\\"): command()
      case UInt8(ascii: "{"):
        index += 1
        openBrace()
      case UInt8(ascii: "}"):
        index += 1
        closeBrace()
      case UInt8(ascii: "_"), UInt8(ascii: "^"):
        index += 1
        script(isSup: byte == UInt8(ascii: "^"))
      case UInt8(ascii: "'"):
        index += 1
        prime()
      case UInt8(ascii: "%"):
        while index < end, !view[index].isLineEnd { index += 1 }
      case .newline:
        index += 1
        // The mark of a quote in which the formula stands.
        while index < end, view[index].isSpaceOrTab { index += 1 }
        while index < end, view[index] == UInt8(ascii: ">") || view[index] == .space { index += 1 }
      default:
        if byte.isLetter {
          letters(names: &names)
        } else if byte.isDigit {
          digits()
        } else if byte >= 0x80 {
          wide()
        } else {
          index += 1
          if let word = TeXCommand.mark(byte) { add([word]) }
        }
      }
    }
  }

  // MARK: Words

  /// Adds what counts as one thing for a script or an argument in front of it.
  private mutating func add(_ added: [String]) {
    closing = nil
    if words.last == "not", added == ["eq"] || added == ["in"] {
      words[words.count - 1] = added == ["eq"] ? "neq" : "notin"
    } else {
      words += added
    }
    if pending > 0 { pending -= 1 }
    if !isAlphabetBraced { alphabet = nil }
    if let script = open {
      open = nil
      close(script)
    } else {
      last = nil
    }
  }

  private mutating func letter(_ byte: UInt8) {
    var added: [String] = []
    if let alphabet { added.append(alphabet) }
    let letter = String(Unicode.Scalar(byte | 0x20))
    added.append(byte & 0x20 == 0 ? letter + "cap" : letter)
    add(added)
  }

  private mutating func letters(names: inout WordText) {
    let start = index
    while index < end, view[index].isLetter { index += 1 }
    let range = start..<index
    if range.count > 2 { names.append(view, range) }
    if range.count > 2, range.count < 10, open == nil, pending == 0, alphabet == nil {
      let name = view.text(range)
      if TeXCommand.functions.contains(name) {
        if case .words(let words) = TeXCommand(name) { return add(words) }
      }
    }
    for index in range { letter(view[index]) }
  }

  private mutating func digits() {
    let start = index
    index += 1
    if open == nil, pending == 0 {
      while index < end, view[index].isDigit { index += 1 }
    }
    var added = [view.text(start..<min(index, start + WordCursor.longest))]
    if let alphabet { added.insert(alphabet, at: 0) }
    add(added)
  }

  private mutating func wide() {
    let (scalar, length) = decode(view, at: index, before: end)
    if let words = TeXCommand.symbol(scalar) {
      index += length
      guard words.first == "prime" else { return add(words) }
      for _ in words { prime() }
      return
    }
    if let (isSup, digit) = Self.smallDigit(scalar) {
      index += length
      script(isSup: isSup)
      return add([digit])
    }
    // Text in any script.
    let start = index
    repeat { index += 1 } while index < end && view[index] >= 0x80
    var text = WordText()
    text.append(view, start..<index)
    if text.count > 0 { add(text.words) }
  }

  private static func smallDigit(_ scalar: UInt32) -> (isSup: Bool, digit: String)? {
    switch scalar {
    case 0xB2, 0xB3: (true, String(scalar - 0xB0))
    case 0xB9: (true, "1")
    case 0x2070, 0x2074...0x2079: (true, String(scalar - 0x2070))
    case 0x2080...0x2089: (false, String(scalar - 0x2080))
    default: nil
    }
  }

  // MARK: Scripts and braces

  private mutating func script(isSup: Bool) {
    open = Script(isSup: isSup, start: words.count)
    words.append(isSup ? "sup" : "sub")
  }

  /// `x'` and `x^\prime` are the same, and a prime is an upper script.
  private mutating func prime() {
    if words.last == "sup" {
      words[words.count - 1] = "prime"
      if let script = open {
        open = nil
        close(script)
      }
      return
    }
    var script = Script(isSup: true, start: words.count)
    if let last, last.isSup, last.end == words.count { script.start = last.start }
    words.append("prime")
    close(script)
  }

  /// Ends a script, and puts a lower one in front of the upper one just before it.
  private mutating func close(_ script: Script) {
    var script = script
    script.end = words.count
    if !script.isSup, let upper = last, upper.isSup, upper.end == script.start,
      words.count - upper.start <= Self.longestScript
    {
      // Copies: a slice that is still alive would make the change below copy all words.
      let upperWords = Array(words[upper.start..<script.start])
      words.removeSubrange(upper.start..<script.start)
      words += upperWords
      script = Script(isSup: true, start: words.count - upperWords.count, end: words.count)
    }
    last = script
  }

  private mutating func openBrace() {
    guard braces.count < Self.deepest else {
      unread += 1
      return
    }
    braces.append(
      Brace(
        script: open, upper: last, pending: max(0, pending - 1),
        alphabet: isAlphabetBraced ? alphabet : nil, closing: closing))
    if alphabet != nil { isAlphabetBraced = true }
    open = nil
    last = nil
    pending = 0
    closing = nil
  }

  private mutating func closeBrace() {
    if unread > 0 {
      unread -= 1
      return
    }
    guard let brace = braces.popLast() else { return }
    if let closing = brace.closing { words.append(closing) }
    pending = brace.pending
    alphabet = brace.alphabet
    isAlphabetBraced = brace.alphabet != nil
    closing = nil
    open = nil
    last = brace.upper
    if let script = brace.script { close(script) } else { last = nil }
  }

  // MARK: Commands

  private mutating func command() {
    let start = index + 1
    var next = start
    while next < end, view[next].isLetter { next += 1 }
    guard next > start else {
      index = min(start + 1, end)
      if view[start] == UInt8(ascii: "\\") { skipArgument(brackets: true) }
      if start < end, let word = TeXCommand.escaped(view[start]) { add([word]) }
      return
    }
    index = next
    switch TeXCommand(view.text(start..<min(next, start + WordCursor.longest))) {
    case .words(let words): words == ["prime"] ? prime() : add(words)
    case .nothing:
      // `\left.` and `\right.` have no bracket.
      if view[index] == UInt8(ascii: ".") { index += 1 }
    case .argument:
      skipStar()
      skipArgument(brackets: false)
    case .wrapper: skipStar()
    case .alphabet(let name):
      alphabet = name
      isAlphabetBraced = false
    case .fence(let name):
      add([name])
      closing = name
    case .fraction(let name):
      add([name])
      pending = 2
    case .begin, .end: environment()
    }
  }

  private mutating func skipStar() {
    if view[index] == UInt8(ascii: "*"), index < end { index += 1 }
  }

  /// Of an environment only that it is a matrix or a list of cases counts.
  private mutating func environment() {
    var next = index
    guard next < end, view[next] == UInt8(ascii: "{") else { return }
    next += 1
    let start = next
    while next < end, view[next].isLetter, next - start < 32 { next += 1 }
    let name = view.text(start..<next)
    if view[next] == UInt8(ascii: "*") { next += 1 }
    guard next < end, view[next] == UInt8(ascii: "}") else { return }
    index = next + 1
    if name.hasSuffix("matrix") {
      add(["matrix"])
    } else if name == "cases" {
      add(["cases"])
    } else if name == "array" || name == "alignedat" || name == "alignat" {
      skipArgument(brackets: false)
    }
  }

  /// Passes `{…}`, or `[…]`, behind blanks; what does not close is kept.
  private mutating func skipArgument(brackets: Bool) {
    var next = index
    while next < end, view[next].isSpaceOrTab { next += 1 }
    guard next < end, view[next] == UInt8(ascii: brackets ? "[" : "{") else { return }
    let limit = min(end, next + (brackets ? 16 : 256))
    var depth = 0
    while next < limit {
      switch view[next] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 {
          index = next + 1
          return
        }
      default: break
      }
      next += 1
    }
  }
}
