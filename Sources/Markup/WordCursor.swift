/// Goes through the words of some bytes.
@safe struct WordCursor {
  enum Kind {
    /// A word of a script that has blanks.
    case word
    /// Two characters of a script without blanks, with more to come.
    case pair
    /// The last character of a run of such a script.
    case last
  }

  private let view: ByteView
  private var index: Int
  private let end: Int
  /// The bytes of the word that was read last.
  private(set) var source = 0..<0

  /// The longest word in bytes; a longer one is cut.
  static let longest = 255

  init(_ view: ByteView, _ range: Range<Int>) {
    self.view = view
    let range = view.clamped(range)
    index = range.lowerBound
    end = range.upperBound
  }

  /// Adds the next word to some bytes and says of what kind it is; nil at the end.
  @inline(__always)
  mutating func next(into out: inout [UInt8]) -> Kind? {
    while index < end {
      let byte = view[index]
      if byte.isLetterOrDigit { return word(from: index, into: &out) }
      if byte < 0x80 {
        index += 1
        continue
      }
      let character = Character(view, at: index, before: end)
      guard character.isToken else {
        index = character.end
        continue
      }
      return character.isUnspaced
        ? pair(character, into: &out) : word(from: index, into: &out)
    }
    return nil
  }

  @inline(__always)
  private mutating func word(from start: Int, into out: inout [UInt8]) -> Kind {
    let limit = out.count + Self.longest
    // The last byte of the word, so that marks of direction behind it are not marked with it.
    var last = start
    while index < end {
      let byte = view[index]
      if byte.isLetterOrDigit {
        if out.count < limit { out.append(byte.isLetter ? byte | 0x20 : byte) }
        index += 1
        last = index
        continue
      }
      if byte < 0x80 { break }
      guard wide(into: &out, limit: limit, last: &last) else { break }
    }
    source = start..<last
    return .word
  }

  /// Takes a character beyond ASCII into a word, unless it ends it.
  private mutating func wide(into out: inout [UInt8], limit: Int, last: inout Int) -> Bool {
    let character = Character(view, at: index, before: end)
    if character.isToken {
      if character.isUnspaced { return false }
      character.append(to: &out, limit: limit)
    } else if !character.isJoiner {
      return false
    }
    index = character.end
    if character.isToken || character.isMark { last = index }
    return true
  }

  private mutating func pair(_ first: Character, into out: inout [UInt8]) -> Kind {
    let start = index
    first.append(to: &out, limit: .max)
    var next = first.end
    while next < end, view[next] >= 0x80 {
      let character = Character(view, at: next, before: end)
      if character.isUnspaced {
        character.append(to: &out, limit: .max)
        source = start..<character.end
        index = next
        return .pair
      }
      if !character.isJoiner { break }
      next = character.end
    }
    source = start..<first.end
    index = next
    return .last
  }
}

extension WordCursor {
  /// A character beyond ASCII, folded.
  struct Character {
    /// What `Letters` says of it.
    private var fold: UInt32
    /// The byte behind it.
    private(set) var end: Int

    /// Reads the character at an index; bytes that are not UTF-8 separate words.
    @inline(__always)
    init(_ view: ByteView, at index: Int, before limit: Int) {
      let (scalar, length) = decode(view, at: index, before: limit)
      end = index + length
      fold = Letters.fold(scalar)
      if fold & Letters.unspaced != 0 { compose(view, scalar, before: limit) }
    }

    var isToken: Bool { fold > Letters.mark }
    var isUnspaced: Bool { fold & Letters.unspaced != 0 }
    var isJoiner: Bool { fold == Letters.joiner || fold == Letters.mark }
    var isMark: Bool { fold == Letters.mark }

    func append(to out: inout [UInt8], limit: Int) {
      let scalar = fold & Letters.scalar
      guard out.count < limit else { return }
      switch scalar {
      case 0..<0x80: out.append(UInt8(truncatingIfNeeded: scalar))
      case 0xFB00...0xFB06: out += Letters.ligatures[Int(scalar - 0xFB00)]
      case 0..<0x800:
        if let (first, second) = Letters.pair(scalar) {
          out.append(first)
          out.append(second)
          return
        }
        out.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
        out.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
      case 0..<0x1_0000:
        out.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
        out.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
        out.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
      default:
        out.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
        out.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 12 & 0x3F))
        out.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
        out.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
      }
    }

    /// Joins a kana and its voicing mark, and the letters of a hangul syllable.
    private mutating func compose(_ view: ByteView, _ scalar: UInt32, before limit: Int) {
      let base = fold & Letters.scalar
      if base >= 0x3041, base < 0x3100 {
        let next = view[end]
        guard next == 0xE3 || next == 0xEF, end < limit else { return }
        let (mark, length) = decode(view, at: end, before: limit)
        if let voiced = Letters.voiced(base, by: mark) {
          fold = voiced | Letters.unspaced
          end += length
        }
      } else if base >= 0x1100, base <= 0x1112, view[end] == 0xE1 {
        let (vowel, length) = decode(view, at: end, before: limit)
        guard vowel >= 0x1161, vowel <= 0x1175 else { return }
        var syllable = 0xAC00 + ((base - 0x1100) * 21 + vowel - 0x1161) * 28
        end += length
        let (final, finalLength) = decode(view, at: end, before: limit)
        if final > 0x11A7, final <= 0x11C2 {
          syllable += final - 0x11A7
          end += finalLength
        }
        fold = syllable | Letters.unspaced
      } else if base >= 0xAC00, base <= 0xD7A3, (base - 0xAC00) % 28 == 0, view[end] == 0xE1 {
        let (final, length) = decode(view, at: end, before: limit)
        guard final > 0x11A7, final <= 0x11C2 else { return }
        fold = base + final - 0x11A7 | Letters.unspaced
        end += length
      }
    }
  }
}

/// The scalar at an index and its length; 0 and 1 where the bytes are not UTF-8.
@inline(__always)
func decode(_ view: ByteView, at index: Int, before limit: Int) -> (scalar: UInt32, length: Int) {
  let lead = UInt32(view[index])
  if lead < 0x80 { return (lead, 1) }
  let second = UInt32(view[index + 1])
  guard index + 1 < limit, second & 0xC0 == 0x80 else { return (0, 1) }
  if lead < 0xE0 {
    return lead < 0xC2 ? (0, 1) : ((lead & 0x1F) << 6 | second & 0x3F, 2)
  }
  let third = UInt32(view[index + 2])
  guard index + 2 < limit, third & 0xC0 == 0x80 else { return (0, 1) }
  if lead < 0xF0 {
    let scalar = (lead & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
    return scalar < 0x800 || scalar & 0xF800 == 0xD800 ? (0, 1) : (scalar, 3)
  }
  let fourth = UInt32(view[index + 3])
  guard index + 3 < limit, fourth & 0xC0 == 0x80, lead < 0xF5 else { return (0, 1) }
  let high = (lead & 0x07) << 18 | (second & 0x3F) << 12
  let scalar = high | (third & 0x3F) << 6 | fourth & 0x3F
  return scalar < 0x1_0000 || scalar > 0x10_FFFF ? (0, 1) : (scalar, 4)
}
