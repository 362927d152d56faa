// What was put in before the first item of a list: it belongs to that list.

extension BlockMerge {
  /// What both sides put in before the first item of a list that both have: what stands right before it
  /// as an item of the list comes last, behind what else either put before the list.
  ///
  /// `nil` where neither side put in such an item, or nothing else.
  mutating func putInBeforeList(
    _ mine: [Int], _ other: [Int], at place: Int
  ) -> (before: ([Int], [Int]), items: ([Int], [Int]))? {
    let (my, their) = (
      mine.count - countAtTop(mine, of: place, ours, our),
      other.count - countAtTop(other, of: place, theirs, their)
    )
    guard my < mine.count || their < other.count, my > 0 || their > 0 else { return nil }
    let before = (Array(mine[..<my]), Array(other[..<their]))
    let items = (Array(mine[my...]), Array(other[their...]))
    guard !haveCommon([before.0, items.0], [before.1, items.1]), !areAlike(items.0, before.1),
      !areAlike(before.0, items.1)
    else { return nil }
    return (before, items)
  }

  /// How many of several units, one behind the other, are items of a list before the first item that it
  /// had, with what hangs on them.
  func countAtTop(
    _ added: [Int], of place: Int, _ units: MergeUnits, _ side: UnitAlignment
  ) -> Int {
    guard base.all.indices.contains(place), base.all[place].kind == .item, our.place[place] >= 0,
      their.place[place] >= 0,
      place == 0 || listRow(base, place - 1) != row(base, place)
    else { return 0 }
    let first = side.place[place]
    var count = 0
    for (offset, unit) in added.reversed().enumerated() {
      let isItem = units.all[unit].kind == .item && row(units, unit) == row(units, first)
      guard unit == first - offset - 1, isItem || units.holders[unit] >= 0 else { break }
      if isItem, units.indentation(of: unit) == units.indentation(of: first),
        units.isQuoted(unit) == units.isQuoted(first)
      {
        count = offset + 1
      }
    }
    return count
  }

  /// More pairs than these are not held against each other.
  private static let mostPairs = 10_000

  /// Whether one of two rows of additions says what is in the other, in other words.
  private mutating func areAlike(_ mine: [Int], _ other: [Int]) -> Bool {
    if mine.isEmpty || other.isEmpty { return false }
    guard mine.count <= Self.mostPairs / other.count else { return true }
    return mine.contains { m in
      other.contains { ours.all[m].kind == theirs.all[$0].kind && isOneAddition(m, $0) }
    }
  }
}
