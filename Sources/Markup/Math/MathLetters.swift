/// The alphabets of letters for formulas that Unicode has beside the plain one.
///
/// Source: the block Mathematical Alphanumeric Symbols (U+1D400 to U+1D7FF), and the letters that were
/// in Unicode before it, which it leaves out.
enum MathAlphabet {
  /// Upright, as in a name of more letters.
  case roman
  case bold, italic, boldItalic, script, fraktur, doubleStruck, sans, monospace

  /// Whether letters side by side are one name.
  var joins: Bool {
    switch self {
    case .roman, .bold, .italic, .sans, .monospace: true
    case .boldItalic, .script, .fraktur, .doubleStruck: false
    }
  }

  /// A letter or digit in this alphabet; as it is, where the alphabet does not have it.
  func letter(_ plain: Unicode.Scalar) -> Unicode.Scalar {
    if let early = early(plain) { return early }
    let value = plain.value
    let place: UInt32? =
      switch value {
      case 0x30...0x39: digits.map { $0 + value - 0x30 }
      case 0x41...0x5A: latin.map { $0 + value - 0x41 }
      case 0x61...0x7A: latin.map { $0 + 26 + value - 0x61 }
      default: Self.greekPlace(value).flatMap { place in greek.map { $0 + place } }
      }
    return place.flatMap(Unicode.Scalar.init) ?? plain
  }

  /// Where the alphabet's `A` is.
  private var latin: UInt32? {
    switch self {
    case .roman: nil
    case .bold: 0x1D400
    case .italic: 0x1D434
    case .boldItalic: 0x1D468
    case .script: 0x1D49C
    case .fraktur: 0x1D504
    case .doubleStruck: 0x1D538
    case .sans: 0x1D5A0
    case .monospace: 0x1D670
    }
  }

  /// Where the alphabet's capital alpha is.
  private var greek: UInt32? {
    switch self {
    case .bold: 0x1D6A8
    case .boldItalic: 0x1D71C
    default: nil
    }
  }

  /// Where the alphabet's zero is.
  private var digits: UInt32? {
    switch self {
    case .bold, .boldItalic: 0x1D7CE
    case .doubleStruck: 0x1D7D8
    case .sans: 0x1D7E2
    case .monospace: 0x1D7F6
    default: nil
    }
  }

  /// The place of a Greek letter among those of an alphabet.
  private static func greekPlace(_ value: UInt32) -> UInt32? {
    switch value {
    case 0x391...0x3A9: value - 0x391
    case 0x2207: 25
    case 0x3B1...0x3C9: 26 + value - 0x3B1
    case 0x2202: 51
    case 0x3F5: 52
    case 0x3D1: 53
    case 0x3F0: 54
    case 0x3D5: 55
    case 0x3F1: 56
    case 0x3D6: 57
    default: nil
    }
  }

  /// A letter that Unicode had before the block.
  private func early(_ plain: Unicode.Scalar) -> Unicode.Scalar? {
    switch self {
    case .italic: plain == "h" ? "\u{210E}" : nil
    case .script: Self.earlyScript[plain]
    case .fraktur: Self.earlyFraktur[plain]
    case .doubleStruck: Self.earlyDoubleStruck[plain]
    // Capital Greek letters stand upright, in TeX, whatever the Latin ones do.
    case .boldItalic:
      (0x391...0x3A9).contains(plain.value) ? MathAlphabet.bold.letter(plain) : nil
    default: nil
    }
  }

  private static let earlyScript: [Unicode.Scalar: Unicode.Scalar] = [
    "B": "\u{212C}", "E": "\u{2130}", "F": "\u{2131}", "H": "\u{210B}", "I": "\u{2110}",
    "L": "\u{2112}", "M": "\u{2133}", "R": "\u{211B}", "e": "\u{212F}", "g": "\u{210A}",
    "o": "\u{2134}",
  ]
  private static let earlyFraktur: [Unicode.Scalar: Unicode.Scalar] = [
    "C": "\u{212D}", "H": "\u{210C}", "I": "\u{2111}", "R": "\u{211C}", "Z": "\u{2128}",
  ]
  private static let earlyDoubleStruck: [Unicode.Scalar: Unicode.Scalar] = [
    "C": "\u{2102}", "H": "\u{210D}", "N": "\u{2115}", "P": "\u{2119}", "Q": "\u{211A}",
    "R": "\u{211D}", "Z": "\u{2124}",
  ]
}
