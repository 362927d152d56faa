@_spi(_Unicode) internal import Swift

/// What becomes of each character beyond ASCII in a word.
enum Letters {
  /// It separates words.
  static let separator: UInt32 = 0
  /// It is dropped, and a word goes on behind it.
  static let joiner: UInt32 = 1
  /// As a joiner, and it is seen as a part of the character before it.
  static let mark: UInt32 = 2
  /// Set with a character that is cut into pairs.
  static let unspaced: UInt32 = 0x8000_0000
  /// The bits that hold the folded character.
  static let scalar: UInt32 = 0x1F_FFFF

  /// What U+FB00…U+FB06 are written as.
  static let ligatures: [[UInt8]] = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"]
    .map { (text: String) in Array(text.utf8) }

  /// What a letter becomes that is two of ASCII, as whoever has not got its key types it; nil for
  /// any other.
  @inline(__always)
  static func pair(_ scalar: UInt32) -> (UInt8, UInt8)? {
    switch scalar {
    case 0xDF: (UInt8(ascii: "s"), UInt8(ascii: "s"))  // ß
    case 0xE6: (UInt8(ascii: "a"), UInt8(ascii: "e"))  // æ
    case 0xFE: (UInt8(ascii: "t"), UInt8(ascii: "h"))  // þ
    case 0x153: (UInt8(ascii: "o"), UInt8(ascii: "e"))  // œ
    default: nil
    }
  }

  /// One of the constants above, or the folded character, perhaps with `unspaced`.
  @inline(__always)
  static func fold(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return separator }
    if scalar < 0x250 { return latin[Int(scalar - 0x80)] }
    if scalar < 0x800 { return narrow[Int(scalar - 0x250)] }
    if scalar >= 0x4E00, scalar < 0xA000 { return scalar | unspaced }
    return wide(scalar)
  }

  /// The frequent ranges by rule, the others by their Unicode properties.
  private static func wide(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x2000..<0x2070:
      switch scalar {
      case 0x200C...0x200F, 0x202A...0x202E, 0x2060...0x206F: return joiner
      default: return separator
      }
    case 0x3000...0x3004, 0x3008...0x3020: return separator
    case 0x3005...0x3007, 0x303B: return scalar | unspaced
    case 0x3040..<0x3100:
      switch scalar {
      case 0x3040, 0x3097, 0x3098, 0x309B, 0x309C, 0x30A0, 0x30FB: return separator
      case 0x3099, 0x309A: return mark
      default: return scalar | unspaced
      }
    case 0x3400..<0x4DC0, 0xAC00...0xD7A3, 0x2_0000..<0x2_F800, 0x3_0000..<0x3_23B0:
      return scalar | unspaced
    case 0xFF01...0xFF5E:
      let byte = UInt8(truncatingIfNeeded: scalar - 0xFEE0)
      guard byte.isLetterOrDigit else { return separator }
      return UInt32(byte.isLetter ? byte | 0x20 : byte)
    case 0xFF66...0xFF9D: return halfWidth[Int(scalar - 0xFF66)] | unspaced
    case 0xFF9E, 0xFF9F: return mark
    case 0x1_D400...0x1_D7FF: return mathematical(scalar)
    default: return byProperties(scalar)
    }
  }

  /// U+0080…U+024F, made once: most texts need no other, and what they need is there sooner.
  private static let latin: [UInt32] = (0x80..<0x250).map(byProperties)

  /// U+0250…U+07FF, made once.
  private static let narrow: [UInt32] = (0x250..<0x800).map(byProperties)

  private static func byProperties(_ value: UInt32) -> UInt32 {
    guard let scalar = Unicode.Scalar(value) else { return separator }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return mark
    // A zero-width space is one of these in name only; it is met above.
    case .format: return joiner
    case .uppercaseLetter, .titlecaseLetter, .lowercaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber, .privateUse:
      break
    default: return separator
    }
    // FTS5 takes these letters for marks.
    if (0x19B0...0x19C0).contains(value) || (0x19C8...0x19C9).contains(value)
      || (0x1CF2...0x1CF3).contains(value)
    {
      return mark
    }
    if (0xFB00...0xFB06).contains(value) { return value }
    var folded = scalar
    if let lower = scalar.properties.lowercaseMapping.unicodeScalars.first { folded = lower }
    if let base = String(folded)._nfd.first(where: { _ in true }) { folded = base }
    let plain = compatible[folded.value] ?? folded.value
    return isUnspaced(value) && scalar.properties.isAlphabetic ? plain | unspaced : plain
  }

  private static func isUnspaced(_ value: UInt32) -> Bool {
    switch value {
    case 0x0E01...0x0E4F, 0x0E81...0x0ECF, 0x0EDC...0x0EDF: true  // Thai, Lao
    case 0x1000...0x103F, 0x1050...0x108F, 0xA9E0...0xA9EF, 0xAA60...0xAA7F: true  // Burmese
    case 0x1780...0x17DF: true  // Khmer
    case 0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97C, 0xD7B0...0xD7FB: true  // hangul
    case 0x3105...0x312F, 0x31A0...0x31BF: true  // bopomofo
    case 0x31F0...0x31FF, 0x1_B000...0x1_B16F: true  // kana
    case 0xF900...0xFAFF, 0x2_F800...0x2_FA1F: true  // Han, second code points
    default: false
    }
  }

  /// Characters that are others in another style, or are typed as others where their key is missing
  /// (as Lucene's ASCIIFoldingFilter has them), as the index holds them.
  private static let compatible: [UInt32: UInt32] = {
    var table: [UInt32: UInt32] = [:]
    for (from, to) in [
      ("øłđðħıŧŋ", "olddhitn"), ("µſςϐϑϕϖϰϱϵªº", "μsσβθφπκρεao"), ("¹²³⁰⁴⁵⁶⁷⁸⁹ⁱⁿ", "1230456789in"),
      ("₀₁₂₃₄₅₆₇₈₉", "0123456789"), ("ℂℊℋℌℍℎℐℑℒℓℕℙℚℛℜℝℤℬℭℯℰℱℳℴ", "cghhhhiillnpqrrrzbceefmo"),
    ] {
      for (from, to) in zip(from.unicodeScalars, to.unicodeScalars) {
        table[from.value] = to.value
      }
    }
    return table
  }()

  /// U+1D400…U+1D7FF: fifteen alphabets, then five of Greek, then five of digits.
  private static func mathematical(_ value: UInt32) -> UInt32 {
    if value >= 0x1_D7CE { return 0x30 + (value - 0x1_D7CE) % 10 }
    if value < 0x1_D6A4 { return 0x61 + (value - 0x1_D400) % 52 % 26 }
    if value < 0x1_D6A8 { return value == 0x1_D6A5 ? 0x6A : 0x69 }
    let place = (value - 0x1_D6A8) % 58
    if place < 25 { return place == 17 ? 0x3B8 : 0x3B1 + place }
    if place == 25 { return separator }  // nabla
    if place < 51 { return place == 43 ? 0x3C3 : 0x3B1 + place - 26 }
    // partial, then epsilon, theta, kappa, phi, rho and pi as they are also written
    return [separator, 0x3B5, 0x3B8, 0x3BA, 0x3C6, 0x3C1, 0x3C0][Int(place - 51)]
  }

  private static let halfWidth: [UInt32] =
    "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
    .unicodeScalars.map(\.value)

  /// A kana with a voicing mark; nil if the mark is none, or stands with no kana of this kind.
  static func voiced(_ kana: UInt32, by mark: UInt32) -> UInt32? {
    let isHalf = mark == 0x309A || mark == 0xFF9F
    guard isHalf || mark == 0x3099 || mark == 0xFF9E else { return nil }
    let hiragana = kana >= 0x30A0 ? kana - 0x60 : kana
    switch hiragana {
    case 0x306F...0x307B where (hiragana - 0x306F) % 3 == 0: return kana + (isHalf ? 2 : 1)
    case _ where isHalf: return nil
    case 0x304B...0x3061 where hiragana % 2 == 1: return kana + 1
    case 0x3064, 0x3066, 0x3068, 0x309D: return kana + 1
    case 0x3046: return kana + 0x4E
    default: return nil
    }
  }
}
