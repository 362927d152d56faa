extension TextDiff {
  /// Compares two texts of a note: blocks first, then words within the blocks that changed.
  ///
  /// A link, a formula, a code span and a Chinese character are one word each. Wrapping the lines of
  /// a paragraph anew, giving lines other ends, or filling up the cells of a table, is no change; in
  /// code and front matter every blank counts. Code is compared by lines, a table by rows and then by the words in its
  /// cells. A block that stands elsewhere has moved, and its words are neither added nor removed. A
  /// paragraph that was made two, or two that were made one, are one block that changed.
  public static func wordDiff(old: [UInt8], new: [UInt8]) -> TextDiff {
    var comparer = TextComparer(copies: false)
    return comparer.wordDiff(old: old, new: new)
  }
}

/// Compares texts of which one after the other is the same as in the comparison before: that one is
/// not read again, nor are the sections that both have.
public struct TextComparer: Sendable {
  private var numbers: WordNumbers
  private var known: [DiffPieces] = []
  private var reader = SectionReader()

  /// Nothing compared yet.
  public init() { self.init(copies: true) }

  init(copies: Bool) { numbers = WordNumbers(copies: copies) }

  /// What `TextDiff.wordDiff` says.
  public mutating func wordDiff(old: [UInt8], new: [UInt8]) -> TextDiff {
    var comparison = WordComparison(old: pieces(old), new: pieces(new), numbers)
    let result = comparison.result()
    known = [comparison.old, comparison.new]
    numbers = comparison.numbers
    return result
  }

  private mutating func pieces(_ bytes: [UInt8]) -> DiffPieces {
    known.first { $0.bytes == bytes }
      ?? DiffPieces(bytes, reader: &reader, interning: &numbers.pieces)
  }
}

/// The numbers of pieces, and of the words in them.
struct WordNumbers {
  var pieces: Interning
  var words: Interning

  init(copies: Bool) {
    pieces = Interning(copies: copies)
    words = Interning(copies: copies)
  }
}
