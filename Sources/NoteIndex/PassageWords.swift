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

  /// The bytes without what they hide, so that what stood around it stands together.
  static func shown(of bytes: [UInt8]) -> [UInt8] {
    var shown: [UInt8] = []
    var place = 0
    while place < bytes.count {
      let piece = piece(at: place, in: bytes)
      if !piece.isHidden { shown += bytes[piece.range] }
      place = max(piece.range.upperBound, place + 1)
    }
    return shown
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
  /// Whether it can be the name of a language that is written with signs, as `C++` and `.NET` are.
  private let wantsSignedName: Bool

  init(_ atoms: [Atom]) {
    wanted = atoms.filter { atom in
      !atom.isExtra && !atom.isSign && !atom.forms.isEmpty
        && atom.forms.allSatisfy { $0.column != "tex" && !$0.words.isEmpty }
    }.map { atom in atom.forms.map { $0.words.map { Words.letters(of: Array($0.utf8)) } } }
    wantsSignedName = atoms.flatMap(\.forms).flatMap(\.words).contains { word in
      word.hasSuffix("plusplus") || word.hasSuffix("sharp") || word == "dotnet"
    }
  }

  /// Whether there is a text of which it tells anything.
  var tells: Bool { !wanted.isEmpty }

  func mayHave(_ bytes: [UInt8]) -> Bool {
    if wanted.isEmpty { return true }
    let marks = Marks(bytes, withSignedNames: wantsSignedName)
    if marks.mayMake { return true }
    var texts = [Words.letters(of: bytes)]
    if marks.mayHide { texts.append(Words.letters(of: HiddenWords.shown(of: bytes))) }
    return wanted.allSatisfy { forms in
      forms.contains { words in
        words.allSatisfy { word in texts.contains { $0.has(word) } }
      }
    }
  }

  /// What the marks of a passage may do to the letters of its words.
  private struct Marks {
    /// Whether a word may be there that does not stand there letter by letter: in a formula, by an
    /// entity, around a label, or as a name with signs.
    var mayMake = false
    /// Whether an address or a tag may stand within a word.
    var mayHide = false

    init(_ bytes: [UInt8], withSignedNames: Bool) {
      let isCode = Self.isCode(bytes)
      for (place, byte) in bytes.enumerated() {
        let isOfName =
          byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ".")
        // In code only these names are other words than they are written.
        if isOfName ? !withSignedNames : isCode { continue }
        let next = place + 1 < bytes.count ? bytes[place + 1] : 0
        let before = place > 0 ? bytes[place - 1] : 0
        switch byte {
        case UInt8(ascii: "$"):
          mayMake = true
        case UInt8(ascii: "\\"):
          // What is behind any other is a mark as it is written.
          mayMake = mayMake || isLetter(next)
        case UInt8(ascii: "&"):
          mayMake = mayMake || Self.isEntity(bytes[(place + 1)...])
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          mayMake = mayMake || isPartOfWord(next)
        case UInt8(ascii: "["):
          mayMake = mayMake || next == byte && isPartOfWord(before)
        case UInt8(ascii: "+"):
          mayMake = mayMake || next == byte && isLetter(before)
        case UInt8(ascii: "#"):
          mayMake = mayMake || isLetter(before) && !isPartOfWord(next)
        case UInt8(ascii: "."):
          mayMake = mayMake || bytes[place...].prefix(4).map { $0 | 0x20 } == Array(".net".utf8)
        case UInt8(ascii: "%"):
          mayMake = mayMake || next == byte
        case UInt8(ascii: ")"):
          mayHide = mayHide || isPartOfWord(next)
        case UInt8(ascii: "<"):
          mayHide = mayHide || isPartOfWord(before)
        default:
          continue
        }
        if mayMake { return }
      }
    }

    /// Whether it is a block of code that is not one of a formula; one that is may hold other words.
    private static func isCode(_ bytes: [UInt8]) -> Bool {
      guard bytes.starts(with: "```".utf8) || bytes.starts(with: "~~~".utf8) else { return false }
      let info = bytes.drop { $0 == bytes[0] }.drop { $0 == 0x20 }.prefix { $0 > 0x20 }
      return String(decoding: info, as: UTF8.self).lowercased() != "math"
    }

    private static func isEntity(_ bytes: ArraySlice<UInt8>) -> Bool {
      let name = bytes.prefix(34).prefix { $0 == UInt8(ascii: "#") || isPartOfWord($0) }
      guard !name.isEmpty, name.endIndex < bytes.endIndex, bytes[name.endIndex] == UInt8(ascii: ";")
      else { return false }
      // These stand for signs, which are in no word.
      return !["amp", "lt", "gt", "quot", "nbsp"].contains { name.elementsEqual($0.utf8) }
    }
  }

  /// Whether a byte can be one of a word.
  static func isPartOfWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
