// What was put into a block that was there before, or was made of a part of it.

extension BlockMerge {
  /// What both sides put in at one place: first what is of one block with the old unit before it, then
  /// what is a block of its own, and last what is of one block with the old unit behind it.
  ///
  /// A callout that one side wrote on in is not torn by what the other put before or behind it.
  mutating func bothPutIn(
    _ mine: [Int], _ other: [Int], at place: Int, after row: RowBefore?
  ) -> [Piece]? {
    guard !mine.isEmpty, !other.isEmpty else { return bothAdded(mine, other, after: row) }
    if let (before, items) = putInBeforeList(mine, other, at: place) {
      guard let first = bothPutIn(before.0, before.1, at: place, after: row),
        let last = bothAdded(items.0, items.1, after: nil)
      else { return nil }
      return first + last
    }
    let ofMine = countBeforeEnd(mine, closedBy: other, at: place, isOurs: true)
    let ofOther =
      ofMine > 0 ? 0 : countBeforeEnd(other, closedBy: mine, at: place, isOurs: false)
    if ofMine + ofOther > 0 {
      guard
        let rest = bothPutIn(
          Array(mine[ofMine...]), Array(other[ofOther...]), at: place, after: row)
      else { return nil }
      return placed(mine[..<ofMine], isOurs: true) + placed(other[..<ofOther], isOurs: false) + rest
    }
    let (my, their) = (groups(mine, ours, our, at: place), groups(other, theirs, their, at: place))
    guard (0..<3).contains(where: { my[$0].isEmpty != their[$0].isEmpty }), !haveCommon(my, their)
    else { return bothAdded(mine, other, after: row) }
    var pieces: [Piece] = []
    for group in 0..<3 {
      let last = pieces.last.map { unit(of: $0) }
      let before = last.flatMap { $0.index >= 0 ? rowBefore($0.units, $0.index) : nil }
      guard let both = bothAdded(my[group], their[group], after: before ?? row) else { return nil }
      pieces += both
    }
    return pieces
  }

  /// How many of several units that one side put in behind an old one go on with its list or table, where
  /// the other side closes there what it put around that; none where nothing is closed.
  private func countBeforeEnd(
    _ added: [Int], closedBy others: [Int], at place: Int, isOurs: Bool
  ) -> Int {
    let (units, side) = isOurs ? (ours, our) : (theirs, their)
    let (otherUnits, other) = isOurs ? (theirs, their) : (ours, our)
    guard place > 0, side.place[place - 1] >= 0, other.place[place - 1] >= 0,
      let first = others.first, let start = otherUnits.elementStarts[first],
      start < other.place[place - 1]
    else { return 0 }
    let old = side.place[place - 1]
    var items: Set<Int> = []
    for (offset, unit) in added.enumerated() {
      guard unit == old + offset + 1,
        units.partOfList(old, with: unit) != nil || items.contains(units.holders[unit])
      else { break }
      items.insert(unit)
    }
    return items.count
  }

  /// What is of one block with the old unit before a place, what is of none, and what is of one with
  /// that behind it.
  private mutating func groups(
    _ added: [Int], _ units: MergeUnits, _ side: UnitAlignment, at place: Int
  ) -> [[Int]] {
    let before = countInBlock(added, of: place - 1, by: 1, units, side)
    let rest = Array(added.dropFirst(before))
    let behind = countInBlock(rest.reversed(), of: place, by: -1, units, side)
    return [Array(added.prefix(before)), rest.dropLast(behind), rest.suffix(behind)]
  }

  /// How many of several units, one behind the other from an old one on, are of one block with that:
  /// they are in its quote, or get into that of the other side, are around it, hold a line or words that it had and has
  /// no more, or are indented as what goes on with a footnote is.
  mutating func countInBlock(
    _ added: [Int], of old: Int, by step: Int, _ units: MergeUnits, _ side: UnitAlignment
  ) -> Int {
    guard side.place.indices.contains(old), side.place[old] >= 0,
      !base.all[old].kind.isVerbatim, !units.all[side.place[old]].kind.isVerbatim
    else { return 0 }
    let now = side.place[old]
    var lost = base.lines(of: old)
    // The two marks of a comment are one line twice: each that is there still counts for one.
    for line in units.lines(of: now) {
      if let place = lost.firstIndex(of: line) { lost.remove(at: place) }
    }
    var count = 0
    for (offset, unit) in added.enumerated() {
      guard unit == now + step * (offset + 1) else { break }
      if offset == count && goesOn(unit, by: step, units) || isAround(unit, now, by: step, units)
        || units.lines(of: unit).contains(where: lost.contains)
        || bags.isPart(unit, of: (base, old), without: now, units, share: 0.5)
        || hasSentence(unit, units, of: old, without: now)
      {
        count = offset + 1
      }
    }
    return count
  }

  /// Whether a unit goes on with the block of the one beside it: in its quote, or in that of the other side,
  /// or as what is indented goes on with a footnote.
  private func goesOn(_ unit: Int, by step: Int, _ units: MergeUnits) -> Bool {
    units.areInOneQuote(min(unit, unit - step), max(unit, unit - step))
      || step > 0 && units.holders[unit] < 0 && units.indentation(of: unit) >= 4
      || isMarked(unit, isOurs: units.id == ours.id)
  }

  /// Whether a unit opens what an old one behind it is in, or closes what one before it is in: an element
  /// of HTML, a comment, an item that holds it.
  private func isAround(_ unit: Int, _ old: Int, by step: Int, _ units: MergeUnits) -> Bool {
    if step < 0 { return units.elementEnds[unit].map { $0 > old } ?? units.hangs(old, on: unit) }
    return units.elementStarts[unit].map { $0 < old } ?? false
  }

  /// Whether a unit has a whole sentence of an old one that a third, made of that, no longer has.
  ///
  /// Who makes two paragraphs of one may write on in either at once.
  private mutating func hasSentence(
    _ part: Int, _ units: MergeUnits, of old: Int, without now: Int
  ) -> Bool {
    guard units.all[part].key != units.all[now].key, base.all[old].key != units.all[now].key else {
      return false
    }
    func sentences(_ units: MergeUnits, _ index: Int) -> Set<ArraySlice<Int32>> {
      let found = words(units, units.all[index].range)
      return Set(found.sentences.map { found.numbers[$0] })
    }
    return !sentences(base, old).subtracting(sentences(units, now))
      .isDisjoint(with: sentences(units, part))
  }

  /// Whether both sides have something in two groups: it has to be there once.
  func haveCommon(_ mine: [[Int]], _ other: [[Int]]) -> Bool {
    func names(_ group: [Int], _ units: MergeUnits, _ side: UnitAlignment) -> Set<Int> {
      Set(
        group.map { side.movedFrom[$0] >= 0 ? -1 - side.movedFrom[$0] : Int(units.all[$0].key) })
    }
    let mine = mine.map { names($0, ours, our) }
    let other = other.map { names($0, theirs, their) }
    return mine.indices.contains { place in
      other.indices.contains { $0 != place && !mine[place].isDisjoint(with: other[$0]) }
    }
  }
}

extension MergeUnits {
  /// The lines of a unit, without blanks at their ends.
  fileprivate func lines(of index: Int) -> [ArraySlice<UInt8>] {
    bytes[all[index].range].split(separator: .newline).map(\.trimmedOfBlanks)
  }
}
