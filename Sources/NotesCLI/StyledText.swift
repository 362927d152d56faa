/// Text for a terminal: pieces, each with what it is, whose own control characters never get out.
public struct StyledText: Sendable, ExpressibleByStringInterpolation {
  /// What a piece of text is, from which its colour follows.
  public enum Style: Sendable {
    case plain
    case path
    case title
    case match
    case dim
    case added
    case removed
    case warning
  }

  var pieces: [(text: String, style: Style)]

  /// A plain text.
  public init(stringLiteral text: String) {
    pieces = [(text, .plain)]
  }

  /// One piece.
  public init(_ text: String, _ style: Style = .plain) {
    pieces = [(text, style)]
  }

  /// Both, one after the other.
  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.pieces += right.pieces
    return sum
  }

  /// Adds a piece.
  public mutating func append(_ text: String, _ style: Style = .plain) {
    pieces.append((text, style))
  }

  /// The characters to send out.
  func rendered(colour: Bool) -> String {
    pieces.map { text, style in
      let isName = style == .path || style == .title
      let safe = Self.visible(text, keepingLines: !isName)
      guard colour, let code = Self.codes[style], !safe.isEmpty else { return safe }
      return "\u{1B}[\(code)m\(safe)\u{1B}[0m"
    }.joined()
  }

  private static let codes: [Style: String] = [
    .path: "36", .title: "1", .match: "1;33", .dim: "2", .added: "32", .removed: "31",
    .warning: "33",
  ]

  /// A text in which no character can move a cursor, ring a bell, or hide or turn text.
  ///
  /// Each such character is shown as what it is: `\x1b`, `<U+202E>`. A tab stays, and so does a line
  /// feed where `keepingLines` says so: in a name it would forge a line.
  static func visible(_ text: String, keepingLines: Bool = true) -> String {
    // Most of what is printed is plain ASCII.
    let isPlain = text.utf8.allSatisfy {
      (0x20..<0x7F).contains($0) || keepingLines && ($0 == 0x09 || $0 == 0x0A)
    }
    if isPlain { return text }
    func isHidden(_ scalar: Unicode.Scalar) -> Bool {
      Self.isHidden(scalar) || !keepingLines && (scalar == "\n" || scalar == "\t")
    }
    return replacing(isHidden, in: text) { scalar in
      scalar.value < 0x100
        ? "\\x" + digits(of: scalar, 2) : "<U+" + digits(of: scalar, 4).uppercased() + ">"
    }
  }

  /// A JSON text with such characters as its escapes, `\u202e`, which say the same to whoever reads it.
  static func harmless(json text: String) -> String {
    replacing(isHidden, in: text) { "\\u" + digits(of: $0, 4) }
  }

  /// A text with each character that is one of some as something else.
  private static func replacing(
    _ isMeant: (Unicode.Scalar) -> Bool, in text: String, by mark: (Unicode.Scalar) -> String
  ) -> String {
    guard text.unicodeScalars.contains(where: isMeant) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isMeant(scalar) { result += mark(scalar) } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  /// A character's number in hexadecimal digits, at least so many.
  private static func digits(of scalar: Unicode.Scalar, _ least: Int) -> String {
    let digits = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, least - digits.count)) + digits
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F...0x9F: true
    // Bidirectional overrides and isolates (Trojan Source, CVE-2021-42574), line separators.
    case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF: true
    default: false
    }
  }
}

/// A number with its noun: `1 note`, `2 notes`.
func counted(_ number: Int, _ noun: String) -> String {
  number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
}

/// How many of all there are: `3 notes`, and `10 of 1,234 notes` where there are more.
func counted(_ shown: Int, of all: Int, _ noun: String) -> String {
  all > shown ? "\(grouped(shown)) of \(grouped(all)) \(noun)s" : counted(shown, noun)
}

/// A number with commas between its thousands: `1,234`.
func grouped(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
  return (number < 0 ? "-" : "") + String(digits)
}
