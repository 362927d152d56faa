/// Whether a merge has every word that a side put in, and none that a side took out.
enum WordBalance {
  /// Counts words: what one side added is there, what one removed is gone, and nothing is doubled.
  static func holds(
    base: ArraySlice<UInt8>, ours: ArraySlice<UInt8>, theirs: ArraySlice<UInt8>,
    merged: ArraySlice<UInt8>, _ interning: inout Interning
  ) -> Bool {
    counts(base, ours, theirs, merged, &interning).allSatisfy { count in
      let (mine, other) = (count.ours - count.base, count.theirs - count.base)
      let sum = mine + other
      let range: ClosedRange<Int> =
        if mine >= 0, other >= 0 {
          max(mine, other)...sum
        } else if mine <= 0, other <= 0 {
          sum...min(mine, other)
        } else {
          sum...sum
        }
      return range.contains(count.merged - count.base)
    }
  }

  /// Counts words: whether a merge in which our side has its way where both cannot be right lacks a word
  /// of ours which the other did not take away.
  static func lacks(
    base: ArraySlice<UInt8>, ours: ArraySlice<UInt8>, theirs: ArraySlice<UInt8>,
    merged: ArraySlice<UInt8>, _ interning: inout Interning
  ) -> Bool {
    counts(base, ours, theirs, merged, &interning).contains {
      $0.merged < $0.ours - max(0, $0.base - $0.theirs)
    }
  }

  /// How often each text has a word, for each word of them.
  private typealias Count = (base: Int, ours: Int, theirs: Int, merged: Int)

  private static func counts(
    _ base: ArraySlice<UInt8>, _ ours: ArraySlice<UInt8>, _ theirs: ArraySlice<UInt8>,
    _ merged: ArraySlice<UInt8>, _ interning: inout Interning
  ) -> some Collection<Count> {
    var counts: [Int32: Count] = [:]
    each(base, &interning) { counts[$0, default: (0, 0, 0, 0)].base += 1 }
    each(ours, &interning) { counts[$0, default: (0, 0, 0, 0)].ours += 1 }
    each(theirs, &interning) { counts[$0, default: (0, 0, 0, 0)].theirs += 1 }
    each(merged, &interning) { counts[$0, default: (0, 0, 0, 0)].merged += 1 }
    return counts.values
  }

  private static func each(
    _ text: ArraySlice<UInt8>, _ interning: inout Interning, _ body: (Int32) -> Void
  ) {
    unsafe text.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let tokens = Tokens(view, 0..<view.count, atoms: [], isVerbatim: false, isQuote: false)
      for token in tokens.all where token.kind == .word {
        let range =
          text.startIndex + token.range.lowerBound..<text.startIndex + token.range.upperBound
        body(interning.number(of: text[range]))
      }
    }
  }
}
