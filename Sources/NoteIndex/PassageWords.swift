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
      let known = Set(words.distinctWords().map(\.word))
      let hidden = Words.all(String(decoding: bytes, as: UTF8.self)).filter { !known.contains($0) }
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

/// Tells of most passages that they have not got a word, without taking them apart: half the time of
/// a search in what stands.
///
/// A word of a plain text, be it part of a name or a name made one, is in its letters and digits
/// when all else is left out. Where that may not be so, nothing is told.
struct PassageSieve {
  /// One of these has to be there; none of them where nothing can be told.
  private let needles: [[UInt8]]

  init(_ atoms: [Atom]) {
    let wanted = atoms.first { atom in
      !atom.isExtra && !atom.isSign && !atom.forms.isEmpty
        && atom.forms.allSatisfy { form in
          form.column != "tex" && !form.words.isEmpty
            && form.words.allSatisfy { $0.utf8.allSatisfy(Self.isLetterOrDigit) }
        }
    }
    needles = wanted?.forms.map { $0.words.flatMap { Array($0.utf8) } } ?? []
  }

  func mayHave(_ bytes: [UInt8]) -> Bool {
    if needles.isEmpty { return true }
    var letters: [UInt8] = []
    letters.reserveCapacity(bytes.count)
    for byte in bytes {
      if byte >= 0x80 || byte == 0x24 || byte == 0x5C { return true }
      let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
      if Self.isLetterOrDigit(lower) { letters.append(lower) }
    }
    return needles.contains { Self.contains(letters, $0) }
  }

  /// Whether a byte is a small letter of ASCII or a digit.
  static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    byte &- 0x61 < 26 || byte &- 0x30 < 10
  }

  private static func contains(_ text: [UInt8], _ needle: [UInt8]) -> Bool {
    guard let first = needle.first, text.count >= needle.count else { return needle.isEmpty }
    for start in 0...(text.count - needle.count) where text[start] == first {
      if text[start..<start + needle.count].elementsEqual(needle) { return true }
    }
    return false
  }
}
