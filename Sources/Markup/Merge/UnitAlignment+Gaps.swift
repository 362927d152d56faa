// Where a run of units that only one text has may lie, there it lies the same way for every side.

extension UnitAlignment {
  /// Brings what is gone, and what came, to one place of those that say the same.
  ///
  /// Of `done`, a heading, `done` of which one `done` and the heading are gone, no matching can tell
  /// which `done` it was. Both sides have to say the same one: else the first is gone on one side and
  /// the second on the other, and both would be gone in the merge. As git's diffs do, a run slides
  /// down as far as it can, and rather to where it ends before a heading.
  mutating func slideGaps(_ base: Names, _ side: Names) {
    Self.slideGaps(of: base, &place, beside: side, &origin)
    Self.slideGaps(of: side, &origin, beside: base, &place)
  }

  /// The keys of a text's units, and which of them stand before others as a heading does.
  struct Names {
    let keys: [Int32]
    let areNames: [Bool]

    /// Whether a section may end before a unit.
    func isBoundary(_ index: Int) -> Bool { index == keys.count || areNames[index] }
  }

  private static func slideGaps(
    of units: Names, _ pairs: inout [Int], beside other: Names, _ others: inout [Int]
  ) {
    var end = pairs.count
    while end > 0 {
      guard pairs[end - 1] < 0 else {
        end -= 1
        continue
      }
      var start = end - 1
      while start > 0, pairs[start - 1] < 0 { start -= 1 }
      var gap = Gap(units: units, other: other, range: start..<end)
      gap.slide(&pairs, &others)
      end = min(start, gap.range.lowerBound)
    }
  }

  /// Units of a text, one behind the other, that the other text does not have.
  private struct Gap {
    let units: Names
    let other: Names
    var range: Range<Int>

    mutating func slide(_ pairs: inout [Int], _ others: inout [Int]) {
      while canSlideDown(pairs, others) { slideDown(&pairs, &others) }
      var up = 0
      while !units.isBoundary(range.upperBound - up) {
        guard between(pairs, others).isEmpty, canSlideUp(pairs, by: up + 1) else {
          slideSections(&pairs, &others)
          return
        }
        up += 1
      }
      for _ in 0..<up { slideUp(&pairs, &others) }
    }

    /// What the other text has there.
    private func between(_ pairs: [Int], _ others: [Int]) -> Range<Int> {
      let before = range.lowerBound > 0 ? pairs[range.lowerBound - 1] : -1
      let behind = range.upperBound < pairs.count ? pairs[range.upperBound] : others.count
      return before + 1..<behind
    }

    private func isSame(_ one: Int, _ two: Int) -> Bool { units.keys[one] == units.keys[two] }

    private func canSlideDown(_ pairs: [Int], _ others: [Int]) -> Bool {
      let (first, next) = (range.lowerBound, range.upperBound)
      return next < pairs.count && isSame(first, next) && between(pairs, others).isEmpty
    }

    private mutating func slideDown(_ pairs: inout [Int], _ others: inout [Int]) {
      let (first, next) = (range.lowerBound, range.upperBound)
      Self.exchange(next, first, &pairs, &others)
      var end = next + 1
      // It goes on with the next gap.
      while end < pairs.count, pairs[end] < 0 { end += 1 }
      range = first + 1..<end
    }

    private func canSlideUp(_ pairs: [Int], by count: Int) -> Bool {
      let (first, last) = (range.lowerBound - count, range.upperBound - count)
      guard first >= 0, pairs[first] >= 0, isSame(first, last) else { return false }
      if first == 0 { return pairs[0] == 0 }
      return pairs[first - 1] >= 0 && pairs[first] == pairs[first - 1] + 1
    }

    private mutating func slideUp(_ pairs: inout [Int], _ others: inout [Int]) {
      let (first, last) = (range.lowerBound - 1, range.upperBound - 1)
      Self.exchange(first, last, &pairs, &others)
      range = first..<last
    }

    /// Where there is more in the gap, or the other text has something of its own there: whole
    /// sections, that end as what stands before them, are what it does not have, and not the end of one
    /// and the beginning of the next.
    private mutating func slideSections(_ pairs: inout [Int], _ others: inout [Int]) {
      var end = range.upperBound
      let most = min(end + range.count, pairs.count)
      while end < most, !units.areNames[end], pairs[end] >= 0 { end += 1 }
      let length = end - range.upperBound
      guard length > 0, units.isBoundary(end),
        !between(pairs, others).contains(where: { other.areNames[$0] })
      else { return }
      let first = range.first { name in
        units.areNames[name] && name - length >= range.lowerBound
          && (1...length).allSatisfy { isSame(name - $0, end - $0) }
      }
      guard let first else { return }
      for step in 0..<length {
        Self.exchange(range.upperBound + step, first - length + step, &pairs, &others)
      }
      range = first..<end
    }

    /// Gives the pair that one unit has to another.
    private static func exchange(
      _ old: Int, _ new: Int, _ pairs: inout [Int], _ others: inout [Int]
    ) {
      pairs[new] = pairs[old]
      others[pairs[old]] = new
      pairs[old] = -1
    }
  }
}
