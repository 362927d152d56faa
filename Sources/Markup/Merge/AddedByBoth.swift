// What both sides put in at one place: kept twice, once, or asked about.

extension BlockMerge {
  mutating func bothAdded(_ mine: [Int], _ other: [Int], after row: RowBefore?) -> [Piece]? {
    if !base.all.isEmpty, !mine.isEmpty, !other.isEmpty,
      hasHeading(mine, ours) || hasHeading(other, theirs),
      Set(mine.map { our.movedFrom[$0] }.filter { $0 >= 0 })
        .isDisjoint(with: other.map { their.movedFrom[$0] })
    {
      return bothAddedSections(mine, other, after: row)
    }
    return bothAddedBlocks(mine, other, after: row)
  }

  mutating func bothAddedBlocks(_ mine: [Int], _ other: [Int], after row: RowBefore?) -> [Piece]? {
    var pieces: [Piece] = []
    // What both moved to here is one unit, whatever each of them made of it.
    let moved = Set(mine.map { our.movedFrom[$0] }).intersection(other.map { their.movedFrom[$0] })
      .filter { $0 >= 0 }
    func identities(_ rows: [Int], _ units: MergeUnits, _ side: UnitAlignment) -> [Int32] {
      rows.map { row in
        moved.contains(side.movedFrom[row])
          ? -1 - Int32(side.movedFrom[row]) : units.all[row].key
      }
    }
    let mineParts = parts(of: mine, ours, our, keys: identities(mine, ours, our))
    var other = other
    var otherParts = parts(of: other, theirs, their, keys: identities(other, theirs, their))
    var runs = matching(mineParts, otherParts)
    if !moved.isEmpty {
      // In two orders it stands where the first has it.
      let matched = Set(runs.flatMap { other[$0.new..<$0.new + $0.length] })
      other.removeAll { moved.contains(their.movedFrom[$0]) && !matched.contains($0) }
      otherParts = parts(of: other, theirs, their, keys: identities(other, theirs, their))
      runs = matching(mineParts, otherParts)
    }
    if !base.all.isEmpty, !isOneAddition(runs, mineParts, otherParts, atLeast: 0.5) {
      // Two sections that happen to share some lines are two sections.
      if hasSameTopic(mineParts, otherParts) || bothAddedCode(mine, other)
        || bothNamedBlock(mine, other) || haveElementsAlike(mineParts, otherParts)
      {
        return nil
      }
      if let news = withoutShared(mineParts, otherParts) {
        return ordered(placed(mine, isOurs: true), placed(news, isOurs: false), after: row)
      }
    }
    var pairs = Pairs(runs)
    var (i, j) = (0, 0)
    for run in runs + [Matching.Run(old: mine.count, new: other.count, length: 0)] {
      guard
        let gap = bothAddedDifferent(
          mineParts, i..<run.old, otherParts, j..<run.new, &pairs,
          after: i == 0 ? row : rowBefore(ours, mine[i - 1]))
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

  /// Which of the units that both put in are one: for those of ours, theirs.
  struct Pairs {
    private(set) var other: [Int: Int] = [:]

    init(_ runs: [Matching.Run]) {
      for run in runs {
        for offset in 0..<run.length { add(run.old + offset, run.new + offset) }
      }
    }

    mutating func add(_ mine: Int, _ theirs: Int) { other[mine] = theirs }

    /// Whether two units are one, or neither is there, or both are one that was there before.
    func areOne(_ mine: Int, _ theirs: Int) -> Bool {
      mine < 0 ? mine == theirs : other[mine] == theirs
    }
  }

  private mutating func parts(
    of rows: [Int], _ units: MergeUnits, _ side: UnitAlignment, keys: [Int32]
  ) -> AddedParts {
    base.all.isEmpty
      ? AddedParts(apart: rows, identities: keys)
      : AddedParts(rows, keys: keys, units, side, interning: &interning)
  }

  /// What both put in with the same words, as a part of the same.
  private mutating func matching(_ mine: AddedParts, _ other: AddedParts) -> [Matching.Run] {
    let found = Matching.runs(
      mine.identities, other.identities, fixedPointsFirst: base.all.isEmpty)
    if base.all.isEmpty { return found }
    if let contained = mine.contained(in: other) { return contained }
    var pairs = Pairs([])
    var runs: [Matching.Run] = []
    for run in found {
      for offset in 0..<run.length {
        let (m, o) = (run.old + offset, run.new + offset)
        guard isOne(m, mine, o, other, pairs) else { continue }
        pairs.add(m, o)
        if let last = runs.last, last.old + last.length == m, last.new + last.length == o {
          runs[runs.count - 1].length += 1
        } else {
          runs.append(Matching.Run(old: m, new: o, length: 1))
        }
      }
    }
    return runs
  }

  /// Whether two units that say the same are one addition: they belong to the same, and no other
  /// words stand before each of them.
  ///
  /// A line such as "Status: waiting" or the author below a quote goes with what it stands behind;
  /// an item, a row, a quote or a block of code does not, and neither does a long paragraph.
  private mutating func isOne(
    _ m: Int, _ mine: AddedParts, _ o: Int, _ other: AddedParts, _ pairs: Pairs
  ) -> Bool {
    if mine.identities[m] < 0 { return true }
    let (first, second) = (mine.block[m], other.block[o])
    if first < m { return pairs.areOne(first, second) }
    return areAtOnePlace(m, mine, o, other, pairs)
  }

  private mutating func areAtOnePlace(
    _ m: Int, _ mine: AddedParts, _ o: Int, _ other: AddedParts, _ pairs: Pairs
  ) -> Bool {
    guard pairs.areOne(mine.parent[m], other.parent[o]) else { return false }
    let unit = ours.all[mine.rows[m]]
    if unit.kind != .paragraph || ours.isQuoted(mine.rows[m])
      || proseCount(ours, mine.rows[m]) >= Self.mostWordsBehind
    {
      return true
    }
    let (before, there) = (mine.before[m], other.before[o])
    return before < 0 || there < 0 || pairs.areOne(before, there)
      || isOneAddition(mine.rows[before], other.rows[there])
  }

  /// A paragraph with more words is not said of two things.
  static let mostWordsBehind = 12

  /// What the other side put in but for what both did, each with all that is a part of it; nil where
  /// they put different things into the same.
  private mutating func withoutShared(_ mine: AddedParts, _ other: AddedParts) -> [Int]? {
    // Each is there for one of the other side's: a line that a side wrote twice is two.
    var places: [Int32: [Int]] = [:]
    for (place, identity) in mine.identities.enumerated() {
      places[identity, default: []].append(place)
    }
    var pairs = Pairs([])
    var shared: Set<Int> = []
    var news: [Int] = []
    for o in other.rows.indices {
      let identity = other.identities[o]
      let place =
        isTelling(o, other)
        ? places[identity]?.firstIndex { isOne($0, mine, o, other, pairs) } : nil
      if let place, let m = places[identity]?.remove(at: place) {
        pairs.add(m, o)
        shared.insert(o)
      } else if shared.contains(other.parent[o]) {
        return nil
      } else {
        news.append(other.rows[o])
      }
    }
    return news
  }

  /// Whether a unit that both put in is one, however few words it has.
  private mutating func isTelling(_ place: Int, _ parts: AddedParts) -> Bool {
    let unit = theirs.all[parts.rows[place]]
    // A tag that ends what began before is no thing of its own.
    let isEndTag = HTMLTag.all(in: theirs.words(of: parts.rows[place])).first?.isEnd == true
    return parts.identities[place] < 0 || parts.isInBlock(place) || unit.kind == .row && !isEndTag
      || unit.kind == .item && proseCount(theirs, parts.rows[place]) > 0
      || proseCount(theirs, parts.rows[place]) >= Self.leastWordsOfShared
  }

  /// A paragraph or a heading with fewer words may well be two.
  private static let leastWordsOfShared = 3

  /// Whether two rows of units say mostly the same, so that they are one addition made twice.
  private mutating func isOneAddition(
    _ runs: [Matching.Run], _ mine: AddedParts, _ other: AddedParts, atLeast share: Double
  ) -> Bool {
    var shared = 0
    var pairs = Pairs(runs)
    var (i, j) = (0, 0)
    for run in runs + [Matching.Run(old: mine.rows.count, new: other.rows.count, length: 0)] {
      for pair in alikePairs(mine, i..<run.old, other, j..<run.new, &pairs) {
        shared += min(
          proseCount(ours, mine.rows[pair.0]), proseCount(theirs, other.rows[pair.1]))
      }
      for place in run.old..<run.old + run.length { shared += proseCount(ours, mine.rows[place]) }
      i = run.old + run.length
      j = run.new + run.length
    }
    let all = min(
      mine.rows.reduce(0) { $0 + proseCount(ours, $1) },
      other.rows.reduce(0) { $0 + proseCount(theirs, $1) })
    // Code has no words here that could tell: it is the same, or it is not.
    if all == 0 {
      return runs.reduce(0) { $0 + $1.length } == max(mine.rows.count, other.rows.count)
    }
    return Double(shared) >= share * Double(all)
  }

  mutating func isOneAddition(_ mine: [Int], _ other: [Int], atLeast share: Double) -> Bool {
    let mineParts = parts(of: mine, ours, our, keys: mine.map { ours.all[$0].key })
    let otherParts = parts(of: other, theirs, their, keys: other.map { theirs.all[$0].key })
    return isOneAddition(
      matching(mineParts, otherParts), mineParts, otherParts, atLeast: share)
  }

  /// Whether both put in an item that leads to one place, in different words.
  ///
  /// With what hangs on them the two stand side by side, each whole.
  private func hasSameTopic(_ mine: AddedParts, _ other: AddedParts) -> Bool {
    func targets(_ units: MergeUnits, _ parts: AddedParts) -> [String: Int32] {
      let wholes = Set(parts.parent)
      var result: [String: Int32] = [:]
      for (place, row) in parts.rows.enumerated()
      where !wholes.contains(place) && [.item, .row].contains(units.all[row].kind) {
        if let link = units.firstLinks[row] { result[link.place] = units.all[row].key }
      }
      return result
    }
    let known = targets(ours, mine)
    return targets(theirs, other).contains { known[$0.key] != nil && known[$0.key] != $0.value }
  }

  /// Whether both put in an element of HTML with a paragraph in common, and each more of its own: whole
  /// side by side they would say that twice.
  private mutating func haveElementsAlike(_ mine: AddedParts, _ other: AddedParts) -> Bool {
    let known = Set(
      mine.rows.indices.filter { mine.block[$0] < $0 && isParagraph(mine.rows[$0], ours) }
        .map { mine.contents[$0] })
    return other.rows.indices.contains {
      other.block[$0] < $0 && known.contains(other.contents[$0])
        && isParagraph(other.rows[$0], theirs)
    }
  }

  /// Whether both put lines of code in at one place: which comes first is no matter of taste there.
  ///
  /// A line across the page (`---`) is no code: what each wrote below one may well stand in any order.
  private func bothAddedCode(_ mine: [Int], _ other: [Int]) -> Bool {
    guard !mine.isEmpty, !other.isEmpty else { return false }
    let first = mine.first { !ours.all[$0].isBreak }
    let second = other.first { !theirs.all[$0].isBreak }
    // Two such lines alone are perhaps one in two ways of writing it.
    guard let first, let second else { return first == nil && second == nil }
    return ours.all[first].kind.isVerbatim && theirs.all[second].kind.isVerbatim
  }

  private mutating func proseCount(_ units: MergeUnits, _ index: Int) -> Int {
    units.all[index].kind.isVerbatim ? 0 : bags.count(units, index)
  }

  /// What one side put in, or moved to here.
  mutating func placed(_ rows: some Sequence<Int>, isOurs: Bool) -> [Piece] {
    let pieces = rows.flatMap { row in
      let piece =
        isOurs ? placed(row, ours, our, isOurs: true) : placed(row, theirs, their, isOurs: false)
      let from = isOurs ? our.movedFrom[row] : their.movedFrom[row]
      return placedBeforeMoved(from, isOurs: isOurs) + [piece].compactMap { $0 }
        + placedBehindMoved(from, isOurs: isOurs)
    }
    return movedApart.isEmpty ? pieces : joinedApart(pieces, isOurs ? ours : theirs)
  }

  /// A unit that one side put in, or moved to here.
  private mutating func placed(
    _ index: Int, _ units: MergeUnits, _ side: UnitAlignment, isOurs: Bool
  ) -> Piece? {
    let from = side.movedFrom[index]
    let (own, beside) = from < 0 ? marked(index, isOurs: isOurs) : ([], -1)
    var text = own
    let place =
      isOurs ? Place(base: from, ours: index) : Place(base: from, theirs: index)
    if from >= 0 {
      let there = isOurs ? their.place[from] : our.place[from]
      let movedThere = isOurs ? their.movedTo[from] : our.movedTo[from]
      if there < 0, movedThere < 0 { return nil }
      let at = there >= 0 ? there : movedThere
      if movedApart.contains(from) {
        return isOurs ? placedApart(from, index, at, isOurs) : placedApart(from, at, index, isOurs)
      }
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
      before: separator(before: index, units), beside: beside,
      isLast: index == units.all.count - 1, row: row(units, index), first: place, last: place)
  }

  private func separator(before index: Int, _ units: MergeUnits) -> ArraySlice<UInt8> {
    index > 0 ? units.separator(after: index - 1) : []
  }

  private mutating func bothAddedDifferent(
    _ mine: AddedParts, _ my: Range<Int>, _ other: AddedParts, _ their: Range<Int>,
    _ pairs: inout Pairs, after row: RowBefore?
  ) -> [Piece]? {
    var pieces: [Piece] = []
    var (i, j) = (my.lowerBound, their.lowerBound)
    let alike = alikePairs(mine, my, other, their, &pairs)
    for pair in alike + [(my.upperBound, their.upperBound)] {
      let rowOfMine = placed(mine.rows[i..<pair.0], isOurs: true)
      let rowOfOther = placed(other.rows[j..<pair.1], isOurs: false)
      // Without a base two texts at one place may be one that was rewritten.
      if base.all.isEmpty, !rowOfMine.isEmpty, !rowOfOther.isEmpty {
        pieces.append(question(mine.rows[i..<pair.0], other.rows[j..<pair.1]))
      } else {
        pieces += ordered(
          rowOfMine, rowOfOther,
          after: i == my.lowerBound ? row : rowBefore(ours, mine.rows[i - 1]))
      }
      if pair.0 < my.upperBound {
        let (m, o) = (mine.rows[pair.0], other.rows[pair.1])
        let one = oneAddition(m, o)
        guard let piece = one ?? (base.all.isEmpty ? question([m], [o]) : nil) else { return nil }
        pieces.append(piece)
      }
      i = pair.0 + 1
      j = pair.1 + 1
    }
    return pieces
  }

  /// Two rows of additions; which comes first does not depend on whose it is.
  ///
  /// What hangs on the item before it comes first, the deeper before the other, then the next item of
  /// the list, before what else was put behind the list.
  private func ordered(_ mine: [Piece], _ other: [Piece], after row: RowBefore?) -> [Piece] {
    guard let first = mine.first, let second = other.first else { return mine + other }
    let (width, widthThere) = (depth(first), depth(second))
    guard width > 0 || widthThere > 0 else { return onOneLevel(mine, other, 0, of: row?.list) }
    let least = width == widthThere ? width : min(width, widthThere) + 1
    let (my, their) = (count(mine) { depth($0) >= least }, count(other) { depth($0) >= least })
    return onOneLevel(Array(mine[..<my]), Array(other[..<their]), least, of: row?.last)
      + ordered(Array(mine[my...]), Array(other[their...]), after: row)
  }

  /// Two rows of additions behind what is a row of a list or a table: what goes on with that comes first.
  private func onOneLevel(
    _ mine: [Piece], _ other: [Piece], _ width: Int, of row: Row?
  ) -> [Piece] {
    guard let row, let first = mine.first, let second = other.first else {
      return byPlace(mine, other)
    }
    // Rows alone belong to the list before them, and so before what else the other side put into it.
    if first.row == row, second.row == row {
      func isInList(_ piece: Piece) -> Bool {
        let (units, index) = unit(of: piece)
        return (piece.row == row || depth(piece) > width) && units.elementEnds[index] == nil
          && !isTableHeader(piece) && units.words(of: index).first != UInt8(ascii: "<")
      }
      let (my, their) = (count(mine, while: isInList), count(other, while: isInList))
      let isTable = [mine.dropFirst(my).first, other.dropFirst(their).first].contains {
        $0.map(isTableHeader) ?? false
      }
      if (my == mine.count) != (their == other.count) || isTable {
        return byPlace(Array(mine[..<my]), Array(other[..<their])) + mine[my...] + other[their...]
      }
    }
    if (first.row == row) != (second.row == row) {
      return first.row == row ? mine + other : other + mine
    }
    return byPlace(mine, other)
  }

  /// Two rows of additions, first what was put in before the old unit in whose place the others stand.
  private func byPlace(_ mine: [Piece], _ other: [Piece]) -> [Piece] {
    switch firstAtPlace {
    case .ours: mine + other
    case .theirs: other + mine
    case nil: byText(mine, other)
    }
  }

  /// Two rows of additions: first what belongs to the block before it, then the one whose text comes
  /// first.
  private func byText(_ mine: [Piece], _ other: [Piece]) -> [Piece] {
    let (near, nearThere) = (mine.first.map(nearness), other.first.map(nearness))
    if let near, let nearThere, near != nearThere {
      return near < nearThere ? mine + other : other + mine
    }
    func text(_ pieces: [Piece]) -> [UInt8] {
      if case .settled(let text) = pieces.first?.part { text } else { [] }
    }
    return text(other).lexicographicallyPrecedes(text(mine)) ? other + mine : mine + other
  }

  /// How many pieces at the beginning are so.
  private func count(_ pieces: [Piece], while isSo: (Piece) -> Bool) -> Int {
    pieces.firstIndex { !isSo($0) } ?? pieces.count
  }

  /// More pairs than these are not held against each other: two long additions are two.
  private static let mostPairs = 250_000

  /// What both sides put in with mostly the same words, as a part of the same.
  private mutating func alikePairs(
    _ mine: AddedParts, _ my: Range<Int>, _ other: AddedParts, _ there: Range<Int>,
    _ pairs: inout Pairs
  ) -> [(Int, Int)] {
    var found: [(Int, Int)] = []
    var next = there.lowerBound
    guard there.isEmpty || my.count <= Self.mostPairs / there.count else { return [] }
    for m in my where our.movedFrom[mine.rows[m]] < 0 && !mine.isInBlock(m) {
      for o in next..<max(next, there.upperBound)
      where their.movedFrom[other.rows[o]] < 0 && !other.isInBlock(o) {
        if isOneAddition(mine.rows[m], other.rows[o]),
          areAtOnePlace(m, mine, o, other, pairs)
        {
          found.append((m, o))
          pairs.add(m, o)
          next = o + 1
          break
        }
      }
    }
    return found
  }

  mutating func isOneAddition(_ m: Int, _ o: Int) -> Bool {
    let likeness = bags.likeness(ours, m, theirs, o)
    if likeness >= 0.8 { return likeness == 1 || !haveTwoNames(m, o) }
    if ours.all[m].kind == .paragraph, bags.count(ours, m) >= 6, likeness >= 0.6 { return true }
    if base.all.isEmpty, ours.all[m].kind.isVerbatim { return likeness >= 0.5 }
    return (likeness >= 0.5 || min(bags.count(ours, m), bags.count(theirs, o)) >= 3)
      && saying(m, o) != nil
  }

  /// Which of two units says all that the other says, and more.
  private mutating func saying(_ m: Int, _ o: Int) -> Saying? {
    // Of two long additions each unit is held against each: their words are known already.
    guard bags.mayContain(ours, m, theirs, o) else { return nil }
    return saying(ours.all[m].range, theirs.all[o].range)
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
    switch saying(m, o) {
    case .ours: return piece(Array(ours.bytes[ours.all[m].range]))
    case .theirs: return piece(Array(theirs.bytes[theirs.all[o].range]))
    case .opposite, nil: return nil
    }
  }
}
