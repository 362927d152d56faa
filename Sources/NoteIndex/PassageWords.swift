internal import Markup

/// The words of a passage, in the columns of the full text.
///
/// They are those of a note, and among the parts also what a note is not found by: the words of a
/// link's address, of comments and attributes in HTML. Whoever looks for a thing that is gone may
/// remember just that.
struct PassageWords {
  let words: SearchWords
  let columns: [String]

  init(_ bytes: [UInt8]) {
    words = Document(bytes: bytes).searchWords(titles: [])
    var columns = words.columns.map(\.text)
    if Self.mayHide(bytes) {
      let hidden = HiddenWords.all(in: bytes, beside: words)
      columns[5] += (columns[5].isEmpty ? "" : " ") + hidden.joined(separator: " ")
    }
    self.columns = columns
  }

  /// Whether there may be an address or HTML in it.
  private static func mayHide(_ bytes: [UInt8]) -> Bool {
    var before: UInt8 = 0
    for byte in bytes {
      if byte == 0x3C || byte == 0x28 && before == 0x5D || byte == 0x2F && before == 0x2F
        || byte == 0x3A && before == 0x5D
      {
        return true
      }
      before = byte
    }
    return false
  }
}

/// The words that a text does not show: those of addresses, and of comments and attributes in HTML.
///
/// A piece that has one stays whole, with words that the text has as well: else no phrase of it would
/// be found, nor a number.
private enum HiddenWords {
  static func all(in bytes: [UInt8], beside shown: SearchWords) -> [String] {
    let known = Set(shown.distinctWords().map(\.word))
    var found: [String] = []
    var place = 0
    while place < bytes.count {
      let piece = piece(at: place, in: bytes)
      place = max(piece.range.upperBound, place + 1)
      let words = Words.all(String(decoding: bytes[piece.range], as: UTF8.self))
      let isKnown = words.allSatisfy(known.contains)
      if !isKnown || piece.isHidden && words.count > 1 { found += words }
    }
    return found
  }

  /// The next tag, comment or address, or what stands before the next blank or one of these.
  private static func piece(
    at start: Int, in bytes: [UInt8]
  ) -> (range: Range<Int>, isHidden: Bool) {
    let rest = bytes[start...]
    if rest.first == UInt8(ascii: "<"), let end = endOfTag(rest) { return (start..<end, true) }
    if rest.starts(with: "](".utf8) { return (start + 2..<endOfAddress(rest), true) }
    let end = bytes[(start + 1)...].indices.first { place in
      bytes[place] <= 0x20 || bytes[place] == UInt8(ascii: "<")
        || bytes[place] == UInt8(ascii: "]") && bytes[place...].starts(with: "](".utf8)
    }
    return (start..<(end ?? bytes.count), false)
  }

  private static func endOfTag(_ rest: ArraySlice<UInt8>) -> Int? {
    // Of a longer one, or one that nothing ends, the words are looked at one by one.
    let rest = rest.prefix(2_000)
    if rest.starts(with: "<!--".utf8) { return rest.firstRange(of: "-->".utf8)?.upperBound }
    return rest.firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 }
  }

  /// Where the address behind `](` ends: at a blank, or at the parenthesis that closes it.
  private static func endOfAddress(_ rest: ArraySlice<UInt8>) -> Int {
    var open = 0
    for place in rest.indices.dropFirst(2) {
      if rest[place] <= 0x20 { return place }
      if rest[place] == UInt8(ascii: "(") { open += 1 }
      if rest[place] == UInt8(ascii: ")") {
        if open == 0 { return place }
        open -= 1
      }
    }
    return rest.endIndex
  }
}

/// Tells of most passages that they have not got the words, without taking them apart: most of the
/// time of a search in what stands.
///
/// A word of a plain text, be it part of a name or a name made one, is in its letters and digits
/// when all else is left out. Where that may not be so, nothing is told.
struct PassageSieve {
  /// Of each thing that is looked up, its forms, by words that all have to be there.
  private let wanted: [[[[UInt8]]]]

  init(_ atoms: [Atom]) {
    wanted = atoms.filter { atom in
      !atom.isExtra && !atom.isSign && !atom.forms.isEmpty
        && atom.forms.allSatisfy { $0.column != "tex" && !$0.words.isEmpty }
    }.map { atom in atom.forms.map { $0.words.map { Words.letters(of: Array($0.utf8)) } } }
  }

  func mayHave(_ bytes: [UInt8]) -> Bool {
    if wanted.isEmpty || Self.mayJoin(bytes) { return true }
    let letters = Words.letters(of: bytes)
    return wanted.allSatisfy { forms in
      forms.contains { words in words.allSatisfy { Self.contains(letters, $0) } }
    }
  }

  /// Whether there may be a word that does not stand there letter by letter: in a formula, with an
  /// escape or an entity, or around what is no text.
  private static func mayJoin(_ bytes: [UInt8]) -> Bool {
    for (place, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "$"), UInt8(ascii: "\\"):
        return true
      case UInt8(ascii: "&"):
        if place + 1 < bytes.count, bytes[place + 1] == 0x23 || isPartOfWord(bytes[place + 1]) {
          return true
        }
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        if place + 1 < bytes.count, isPartOfWord(bytes[place + 1]) { return true }
      case UInt8(ascii: "<"):
        if place > 0, isPartOfWord(bytes[place - 1]) { return true }
      case UInt8(ascii: "+"), UInt8(ascii: "#"):
        // `C++` is the word `cplusplus`.
        if place > 0, isPartOfWord(bytes[place - 1]) { return true }
      case UInt8(ascii: "%"):
        if place > 0, bytes[place - 1] == byte { return true }
      default:
        continue
      }
    }
    return false
  }

  /// Whether a byte can be one of a word.
  static func isPartOfWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
  }

  private static func contains(_ text: [UInt8], _ needle: [UInt8]) -> Bool {
    guard let first = needle.first, text.count >= needle.count else { return needle.isEmpty }
    for start in 0...(text.count - needle.count) where text[start] == first {
      if text[start..<start + needle.count].elementsEqual(needle) { return true }
    }
    return false
  }
}
