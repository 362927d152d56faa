/// The words of a text, as the full-text index holds them.
///
/// They are those of FTS5's `unicode61 remove_diacritics 2`: runs of letters, digits and private
/// characters in lower case, without marks. Where the two differ, ours are kept by FTS5 as they
/// are, since the index is given the words and not the text:
///
/// - every combining mark is dropped and holds a word together; FTS5 cuts at most of them;
/// - a letter loses its marks in any script, whether they are characters of their own or not, save
///   kana and hangul, which are composed;
/// - full-width, half-width, raised, lowered and mathematical letters and digits, and ligatures,
///   become plain ones; a final sigma becomes a sigma;
/// - Latin letters that are no others with marks become what is typed for them: `ß` is `ss`, `œ`,
///   `æ` and `þ` are `oe`, `ae` and `th`, `ø`, `ł`, `đ` and some more are the plain letter;
/// - a soft hyphen, a joiner and a mark of direction are dropped;
/// - scripts written without blanks (Han, kana, hangul, bopomofo, Thai, Lao, Khmer, Burmese) are
///   cut into pairs: `c₁c₂`, `c₂c₃`, …, and the last character alone. So a prefix finds each single
///   character, and the pairs of a phrase stand side by side;
/// - a word ends after 255 bytes; what is left of it is dropped.
public enum Words: Sendable {
  /// A part of a query.
  public enum Piece: Sendable, Hashable {
    /// A word.
    case word(String)
    /// A run of a script without blanks, as its pairs; one character is to be searched as a prefix.
    case run([String], isSingle: Bool)
  }

  /// The words of a text in order.
  public static func all(_ text: String) -> [String] {
    ranges(in: Array(text.utf8)).map(\.word)
  }

  /// The words of a text as a query asks for them.
  public static func query(_ text: String) -> [Piece] {
    var pieces: [Piece] = []
    var pairs: [String] = []
    each(in: Array(text.utf8)) { bytes, kind, _ in
      let word = String(decoding: bytes, as: UTF8.self)
      switch kind {
      case .word: pieces.append(.word(word))
      case .pair: pairs.append(word)
      case .last:
        pieces.append(pairs.isEmpty ? .run([word], isSingle: true) : .run(pairs, isSingle: false))
        pairs = []
      }
    }
    return pieces
  }

  /// The words of a text with the bytes that each stands for; those of pairs overlap.
  public static func ranges(in bytes: [UInt8]) -> [(word: String, range: Range<Int>)] {
    ranges(in: bytes, where: nil).found
  }

  /// The same of some words alone, and how many words there are in all: what is not wanted is not made
  /// into a string.
  ///
  /// `isWanted` says it of each byte that a word can begin with, folded as words are; `nil` wants all.
  public static func ranges(
    in bytes: [UInt8], where isWanted: [Bool]?
  ) -> (found: [(word: String, range: Range<Int>)], count: Int) {
    var found: [(word: String, range: Range<Int>)] = []
    var count = 0
    each(in: bytes) { word, _, range in
      count += 1
      if let isWanted, !isWanted[Int(word[0])] { return }
      found.append((String(decoding: word, as: UTF8.self), range))
    }
    return (found, count)
  }

  /// The letters and digits of a text, folded as in words, with all that stands between left out.
  ///
  /// Each word of the text is in it somewhere, be it a pair or a part of a name.
  public static func letters(of bytes: [UInt8]) -> [UInt8] {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      var letters: [UInt8] = []
      letters.reserveCapacity(view.count)
      var index = 0
      while index < view.count {
        let byte = view[index]
        if byte < 0x80 {
          if byte.isLetterOrDigit { letters.append(byte.isLetter ? byte | 0x20 : byte) }
          index += 1
          continue
        }
        let character = WordCursor.Character(view, at: index, before: view.count)
        if character.isToken { character.append(to: &letters, limit: .max) }
        index = character.end
      }
      return letters
    }
  }

  /// Calls a function with the bytes of each word, of which there is one at least.
  private static func each(
    in bytes: [UInt8], _ use: ([UInt8], WordCursor.Kind, Range<Int>) -> Void
  ) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      var cursor = WordCursor(view, 0..<view.count)
      var word: [UInt8] = []
      while let kind = cursor.next(into: &word) {
        use(word, kind, cursor.source)
        word.removeAll(keepingCapacity: true)
      }
    }
  }
}
