internal import NoteIndex

/// How many words differ between the texts of a history: what the index knows of that, and what is found out,
/// once, and kept there.
struct KeptDifferences {
  private let index: PastIndex?
  private let known: [TextPair: TextPair.Difference]
  private var foundOut: [TextPair: TextPair.Difference] = [:]

  /// Without an index nothing is known, and nothing kept.
  init(of pairs: [TextPair], _ index: PastIndex?) throws {
    self.index = index
    known = try index?.differences(pairs) ?? [:]
  }

  /// What is known of two texts.
  subscript(pair: TextPair) -> TextPair.Difference? { known[pair] }

  /// Notes what was found out.
  mutating func note(_ difference: TextPair.Difference, of pair: TextPair) {
    foundOut[pair] = difference
  }

  /// Keeps what was found out.
  func keep() { index?.keep(foundOut) }
}
