/// Whether a merge has every word that a side put in, and none that a side took out.
enum WordBalance {
  /// Counts words: what one side added is there, what one removed is gone, and nothing is doubled.
  static func holds(
    base: ArraySlice<UInt8>, ours: ArraySlice<UInt8>, theirs: ArraySlice<UInt8>,
    merged: ArraySlice<UInt8>, _ interning: inout Interning
  ) -> Bool {
    var counts: [Int32: (base: Int, ours: Int, theirs: Int, merged: Int)] = [:]
    each(base, &interning) { counts[$0, default: (0, 0, 0, 0)].base += 1 }
    each(ours, &interning) { counts[$0, default: (0, 0, 0, 0)].ours += 1 }
    each(theirs, &interning) { counts[$0, default: (0, 0, 0, 0)].theirs += 1 }
    each(merged, &interning) { counts[$0, default: (0, 0, 0, 0)].merged += 1 }
    for count in counts.values {
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
      if !range.contains(count.merged - count.base) { return false }
    }
    return true
  }

  /// Counts words: whether a merge in which a side has its way where both cannot be right lacks a word of
  /// that side's which the other did not take away.
  static func lacks(
    _ answer: ArraySlice<UInt8>, wordsOf side: ArraySlice<UInt8>, base: ArraySlice<UInt8>,
    other: ArraySlice<UInt8>, _ interning: inout Interning
  ) -> Bool {
    var counts: [Int32: (base: Int, side: Int, other: Int, answer: Int)] = [:]
    each(base, &interning) { counts[$0, default: (0, 0, 0, 0)].base += 1 }
    each(side, &interning) { counts[$0, default: (0, 0, 0, 0)].side += 1 }
    each(other, &interning) { counts[$0, default: (0, 0, 0, 0)].other += 1 }
    each(answer, &interning) { counts[$0, default: (0, 0, 0, 0)].answer += 1 }
    return counts.values.contains { $0.answer < $0.side - max(0, $0.base - $0.other) }
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
