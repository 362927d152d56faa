// What both sides put in at one place: kept twice, once, or asked about.

extension BlockMerge {
  mutating func bothAdded(_ mine: [Int], _ other: [Int], after row: Row?) -> [Piece]? {
    if !base.all.isEmpty, !mine.isEmpty, !other.isEmpty,
      hasHeading(mine, ours) || hasHeading(other, theirs),
      !mine.contains(where: { our.movedFrom[$0] >= 0 })
        || !other.contains(where: { their.movedFrom[$0] >= 0 })
    {
      return bothAddedSections(mine, other, after: row)
    }
    return bothAddedBlocks(mine, other, after: row)
  }

  mutating func bothAddedBlocks(_ mine: [Int], _ other: [Int], after row: Row?) -> [Piece]? {
    var pieces: [Piece] = []
    // What both moved to here is one unit, whatever each of them made of it.
    let moved = Set(mine.map { our.movedFrom[$0] }).intersection(other.map { their.movedFrom[$0] })
      .filter { $0 >= 0 }
    func identity(_ unit: Int, _ units: MergeUnits, _ side: UnitAlignment) -> Int32 {
      moved.contains(side.movedFrom[unit])
        ? -1 - Int32(side.movedFrom[unit]) : units.all[unit].key
    }
    let mineIdentities = mine.map { identity($0, ours, our) }
    func matching(_ other: [Int]) -> [Matching.Run] {
      Matching.runs(
        mineIdentities, other.map { identity($0, theirs, their) },
        fixedPointsFirst: base.all.isEmpty)
    }
    var other = other
    var runs = matching(other)
    if !moved.isEmpty {
      // In two orders it stands where the first has it.
      let matched = Set(runs.flatMap { other[$0.new..<$0.new + $0.length] })
      other.removeAll { moved.contains(their.movedFrom[$0]) && !matched.contains($0) }
      runs = matching(other)
    }
    if !base.all.isEmpty, !isOneAddition(runs, mine, other, atLeast: 0.5) {
      // Two sections that happen to share some lines are two sections.
      if hasSameTopic(mine, other) || bothAddedCode(mine, other) { return nil }
      let known = Set(mineIdentities)
      var news: [Int] = []
      for index in other {
        let identity = identity(index, theirs, their)
        if !known.contains(identity) || identity >= 0 && proseCount(theirs, index) < 3 {
          news.append(index)
        }
      }
      return ordered(placed(mine, isOurs: true), placed(news, isOurs: false), after: row)
    }
    var (i, j) = (0, 0)
    for run in runs + [Matching.Run(old: mine.count, new: other.count, length: 0)] {
      guard
        let gap = bothAddedDifferent(
          Array(mine[i..<run.old]), Array(other[j..<run.new]), after: i == 0 && j == 0 ? row : nil)
      else { return nil }
      pieces += gap
      for offset in 0..<run.length {
        let (m, o) = (mine[run.old + offset], other[run.new + offset])
        if let piece = placed(m, ours, our, isOurs: true) {
          var piece = piece
          if let same = placed(o, theirs, their, isOurs: false) {
            if same.after.count > piece.after.count { piece.after = same.after }
            piece.isLast = piece.isLast && same.isLast
            piece.first.theirs = same.first.theirs
            piece.last.theirs = same.last.theirs
          }
          piece.before = nil
          pieces.append(piece)
        }
      }
      i = run.old + run.length
      j = run.new + run.length
    }
    return pieces
  }

  /// Whether two rows of units say mostly the same, so that they are one addition made twice.
  private mutating func isOneAddition(
    _ runs: [Matching.Run], _ mine: [Int], _ other: [Int], atLeast share: Double
  ) -> Bool {
    var shared = 0
    var (i, j) = (0, 0)
    for run in runs + [Matching.Run(old: mine.count, new: other.count, length: 0)] {
      let pairs = alikePairs(Array(mine[i..<run.old]), Array(other[j..<run.new]))
      for pair in pairs {
        shared += min(
          proseCount(ours, mine[i + pair.0]), proseCount(theirs, other[j + pair.1]))
      }
      for index in run.old..<run.old + run.length { shared += proseCount(ours, mine[index]) }
      i = run.old + run.length
      j = run.new + run.length
    }
    let all = min(
      mine.reduce(0) { $0 + proseCount(ours, $1) }, other.reduce(0) { $0 + proseCount(theirs, $1) })
    // Code has no words here that could tell: it is the same, or it is not.
    if all == 0 { return runs.reduce(0) { $0 + $1.length } == max(mine.count, other.count) }
    return Double(shared) >= share * Double(all)
  }

  mutating func isOneAddition(_ mine: [Int], _ other: [Int], atLeast share: Double) -> Bool {
    let runs = Matching.runs(
      mine.map { ours.all[$0].key }, other.map { theirs.all[$0].key })
    return isOneAddition(runs, mine, other, atLeast: share)
  }

  /// Whether both put in an item that leads to one place, in different words.
  private func hasSameTopic(_ mine: [Int], _ other: [Int]) -> Bool {
    func targets(_ units: MergeUnits, _ rows: [Int]) -> [String: Int32] {
      var result: [String: Int32] = [:]
      for row in rows where units.all[row].kind == .item || units.all[row].kind == .row {
        if let target = units.firstLink(in: units.all[row].range) {
          result[target] = units.all[row].key
        }
      }
      return result
    }
    let known = targets(ours, mine)
    return targets(theirs, other).contains { known[$0.key] != nil && known[$0.key] != $0.value }
  }

  /// Whether both put lines of code in at one place: which comes first is no matter of taste there.
  private func bothAddedCode(_ mine: [Int], _ other: [Int]) -> Bool {
    guard let first = mine.first, let second = other.first else { return false }
    return ours.all[first].kind.isVerbatim && theirs.all[second].kind.isVerbatim
  }

  private mutating func proseCount(_ units: MergeUnits, _ index: Int) -> Int {
    units.all[index].kind.isVerbatim ? 0 : bags.count(units, index)
  }

  /// What one side put in, or moved to here.
  mutating func placed(_ rows: some Sequence<Int>, isOurs: Bool) -> [Piece] {
    rows.compactMap {
      isOurs ? placed($0, ours, our, isOurs: true) : placed($0, theirs, their, isOurs: false)
    }
  }

  /// A unit that one side put in, or moved to here.
  private mutating func placed(
    _ index: Int, _ units: MergeUnits, _ side: UnitAlignment, isOurs: Bool
  ) -> Piece? {
    let unit = units.all[index]
    var text = Array(units.bytes[unit.range])
    let from = side.movedFrom[index]
    let place =
      isOurs ? Place(base: from, ours: index) : Place(base: from, theirs: index)
    if from >= 0 {
      let there = isOurs ? their.place[from] : our.place[from]
      let movedThere = isOurs ? their.movedTo[from] : our.movedTo[from]
      if there < 0, movedThere < 0 { return nil }
      let at = there >= 0 ? there : movedThere
      guard let both = isOurs ? merged(from, index, at) : merged(from, at, index) else {
        let (mine, other) = isOurs ? (index, at) : (at, index)
        return Piece(
          part: .conflict(
            TextMerge.Conflict(
              base: Array(base.bytes[base.all[from].range]),
              ours: Array(ours.bytes[ours.all[mine].range]),
              theirs: Array(theirs.bytes[theirs.all[other].range]))),
          after: units.separator(after: index), before: separator(before: index, units),
          row: row(units, index), first: place, last: place)
      }
      text = both
    }
    return Piece(
      part: .settled(text), after: units.separator(after: index),
      before: separator(before: index, units), isLast: index == units.all.count - 1,
      row: row(units, index), first: place, last: place)
  }

  private func separator(before index: Int, _ units: MergeUnits) -> ArraySlice<UInt8> {
    index > 0 ? units.separator(after: index - 1) : []
  }

  private mutating func bothAddedDifferent(
    _ mine: [Int], _ other: [Int], after row: Row?
  ) -> [Piece]? {
    var pieces: [Piece] = []
    var (i, j) = (0, 0)
    let pairs = alikePairs(mine, other)
    for pair in pairs + [(mine.count, other.count)] {
      let rowOfMine = placed(mine[i..<pair.0], isOurs: true)
      let rowOfOther = placed(other[j..<pair.1], isOurs: false)
      // Without a base two texts at one place may be one that was rewritten.
      if base.all.isEmpty, !rowOfMine.isEmpty, !rowOfOther.isEmpty { return nil }
      pieces += ordered(rowOfMine, rowOfOther, after: i == 0 && j == 0 ? row : nil)
      if pair.0 < mine.count {
        guard let piece = oneAddition(mine[pair.0], other[pair.1]) else { return nil }
        pieces.append(piece)
      }
      i = pair.0 + 1
      j = pair.1 + 1
    }
    return pieces
  }

  /// Two rows of additions; which comes first does not depend on whose it is.
  ///
  /// What hangs on the item before it comes first, then the next item of the list, before what else was
  /// put behind the list.
  private func ordered(_ mine: [Piece], _ other: [Piece], after row: Row?) -> [Piece] {
    guard let first = mine.first, let second = other.first else { return mine + other }
    // Rows alone belong to the list before them, and so before what else the other side put into it.
    if row != nil, first.row == row, second.row == row {
      let (my, their) = (rows(mine, row), rows(other, row))
      if (my == mine.count) != (their == other.count) {
        return ordered(Array(mine[..<my]), Array(other[..<their]), after: row) + mine[my...]
          + other[their...]
      }
    }
    func hangs(_ piece: Piece) -> Bool {
      let (place, isOurs) = (piece.first, piece.first.ours >= 0)
      return (isOurs ? ours : theirs).indentation(of: isOurs ? place.ours : place.theirs) > 0
    }
    if row == .bullets || row == .numbers, hangs(first) != hangs(second) {
      return hangs(first) ? mine + other : other + mine
    }
    if let row, (first.row == row) != (second.row == row) {
      return first.row == row ? mine + other : other + mine
    }
    func text(_ piece: Piece) -> [UInt8] {
      if case .settled(let text) = piece.part { text } else { [] }
    }
    return text(second).lexicographicallyPrecedes(text(first)) ? other + mine : mine + other
  }

  /// How many pieces at the beginning are rows of one kind.
  private func rows(_ pieces: [Piece], _ row: Row?) -> Int {
    pieces.firstIndex { $0.row != row } ?? pieces.count
  }

  /// More pairs than these are not held against each other: two long additions are two.
  private static let mostPairs = 250_000

  /// What both sides put in with mostly the same words.
  private mutating func alikePairs(_ mine: [Int], _ other: [Int]) -> [(Int, Int)] {
    var pairs: [(Int, Int)] = []
    var next = 0
    guard other.isEmpty || mine.count <= Self.mostPairs / other.count else { return [] }
    for (i, m) in mine.enumerated() where our.movedFrom[m] < 0 {
      for j in next..<max(next, other.count) where their.movedFrom[other[j]] < 0 {
        if isOneAddition(m, other[j]) {
          pairs.append((i, j))
          next = j + 1
          break
        }
      }
    }
    return pairs
  }

  private mutating func isOneAddition(_ m: Int, _ o: Int) -> Bool {
    let likeness = bags.likeness(ours, m, theirs, o)
    if likeness >= 0.8 { return true }
    if ours.all[m].kind == .paragraph, bags.count(ours, m) >= 6, likeness >= 0.6 { return true }
    if base.all.isEmpty, ours.all[m].kind.isVerbatim { return likeness >= 0.5 }
    return longer(m, o) != nil && (likeness >= 0.5 || bags.count(ours, m) >= 3)
  }

  /// Whether ours (or theirs: false) says all that the other says, and more.
  private mutating func longer(_ m: Int, _ o: Int) -> Bool? {
    // Of two long additions each unit is held against each: their words are known already.
    guard bags.mayContain(ours, m, theirs, o) else { return nil }
    let mine = plainWords(ours, ours.all[m].range)
    let other = plainWords(theirs, theirs.all[o].range)
    if mine.count >= other.count, other.isSubsequence(of: mine) { return true }
    return mine.isSubsequence(of: other) ? false : nil
  }

  /// The words and marks of a stretch, those within links and code too.
  mutating func plainWords(_ units: MergeUnits, _ range: Range<Int>) -> [Int32] {
    let words = WordMerge.Words(units.bytes, range, atoms: [], interning: &interning)
    return words.said
  }

  /// One text out of two that say the same with more and fewer words.
  private mutating func oneAddition(_ m: Int, _ o: Int) -> Piece? {
    let (after, otherAfter) = (ours.separator(after: m), theirs.separator(after: o))
    func piece(_ text: [UInt8]) -> Piece {
      Piece(
        part: .settled(text), after: after.count >= otherAfter.count ? after : otherAfter,
        isLast: m == ours.all.count - 1 && o == theirs.all.count - 1, row: row(ours, m),
        first: Place(ours: m, theirs: o), last: Place(ours: m, theirs: o))
    }
    if let longer = longer(m, o) {
      return piece(
        Array(longer ? ours.bytes[ours.all[m].range] : theirs.bytes[theirs.all[o].range]))
    }
    return nil
  }
}
