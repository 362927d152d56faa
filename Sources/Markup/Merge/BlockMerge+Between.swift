// What the three texts have between two units that all of them have.
extension BlockMerge {
  /// What was put in, and taken out, between two units that all have.
  mutating func between(_ stretch: Stretch) -> [Piece]? {
    for index in stretch.base where !mayGo(index) { return nil }
    if bothRewrote(stretch) { return nil }
    var mine = added(stretch.ours, our, ours).filter { !addedToMoved.ours.contains($0.unit) }
    var other = added(stretch.theirs, their, theirs).filter {
      !alike.leftOut.contains($0.unit) && !addedToMoved.theirs.contains($0.unit)
    }
    slide(&mine, ours, our, to: other, theirs)
    slide(&other, theirs, their, to: mine, ours)
    if isInsideOfDeleted(mine, their, stretch.base)
      || isInsideOfDeleted(other, our, stretch.base)
      || isAtEndOfDeleted(mine, ours, our, their) || isAtEndOfDeleted(other, theirs, their, our)
      || isHeadingOfDeleted(mine, ours, our, their)
      || isHeadingOfDeleted(other, theirs, their, our)
      || isRowOfOtherColumns(mine, ours, our, theirs, their)
      || isRowOfOtherColumns(other, theirs, their, ours, our)
    {
      return nil
    }
    slideSections(&mine, ours, our, behind: other, theirs)
    slideSections(&other, theirs, their, behind: mine, ours)
    // What both moved into the stretch, to two places of it, stands where the first has it.
    let moved = Dictionary(
      mine.filter { our.movedFrom[$0.unit] >= 0 }.map { (our.movedFrom[$0.unit], $0.at) },
      uniquingKeysWith: { first, _ in first })
    other.removeAll { moved[their.movedFrom[$0.unit], default: $0.at] != $0.at }
    // So does a paragraph that both wrote, one of them in place of an old one.
    let written = Dictionary(
      mine.filter { isParagraph($0.unit, ours) }.map { (ours.all[$0.unit].key, $0.at) },
      uniquingKeysWith: { first, _ in first })
    other.removeAll {
      isParagraph($0.unit, theirs)
        && written[theirs.all[$0.unit].key, default: $0.at] != $0.at
    }
    let replaced = putBeside(mine, &other, theirs, ours, in: stretch)
      .union(putBeside(other, &mine, ours, theirs, in: stretch))
    var pieces: [Piece] = []
    for place in stretch.base.lowerBound...stretch.base.upperBound {
      let here = (
        mine.filter { $0.at == place }.map(\.unit), other.filter { $0.at == place }.map(\.unit)
      )
      let list = replaced.contains(place) ? place : place - 1
      let before = list >= 0 ? rowBefore(base, list) : nil
      // What stands in the place of an old unit stays behind what was put in before it: a section, and
      // what no other rule gives a place.
      let isOld = stretch.base.contains(place) && base.all[place].level == nil
      firstAtPlace = isOld && !replaced.contains(place) ? sidePutBefore(place) : nil
      if isOld, isReplaced(place, our, their), hasHeading(here.1, theirs), !hasHeading(here.0, ours)
      {
        pieces += placed(here.1, isOurs: false) + placed(here.0, isOurs: true)
      } else if isOld, isReplaced(place, their, our), hasHeading(here.0, ours),
        !hasHeading(here.1, theirs)
      {
        pieces += placed(here.0, isOurs: true) + placed(here.1, isOurs: false)
      } else {
        guard let both = bothPutIn(here.0, here.1, at: place, after: before) else { return nil }
        pieces += both
      }
    }
    return pieces
  }

  /// Puts items that stand behind one of the base beside what the other side put in its place, where
  /// that is an item and more than a list: they belong to the list.
  ///
  /// - Returns: the units of the base that were replaced so.
  private func putBeside(
    _ mine: [Added], _ other: inout [Added], _ theirs: MergeUnits, _ ours: MergeUnits,
    in stretch: Stretch
  ) -> Set<Int> {
    func kinds(_ added: [Added], _ place: Int, _ units: MergeUnits) -> [MergeUnits.Kind] {
      added.filter { $0.at == place }.map { units.all[$0.unit].kind }
    }
    let found = stretch.base.filter { place in
      let (new, behind) = (kinds(mine, place, ours), kinds(other, place + 1, theirs))
      return base.all[place].kind == .item && new.first == .item && new.contains { $0 != .item }
        && !behind.isEmpty && behind.allSatisfy { $0 == .item }
        && kinds(mine, place + 1, ours).isEmpty && kinds(other, place, theirs).isEmpty
    }
    for index in other.indices where found.contains(other[index].at - 1) { other[index].at -= 1 }
    return Set(found)
  }

  /// Whether a side took a unit away that the other side has.
  func isReplaced(_ index: Int, _ side: UnitAlignment, _ other: UnitAlignment) -> Bool {
    side.place[index] < 0 && side.movedTo[index] < 0 && other.place[index] >= 0
  }

  /// The side that has a unit which the other side took away: what it put in before that comes before
  /// what the other side put in its place.
  private func sidePutBefore(_ index: Int) -> TextMerge.Side? {
    if isReplaced(index, our, their) { return .theirs }
    return isReplaced(index, their, our) ? .ours : nil
  }

  /// Whether a unit is prose of more than a few words, which nobody writes twice by chance.
  mutating func isParagraph(_ index: Int, _ units: MergeUnits) -> Bool {
    units.all[index].kind == .paragraph && bags.count(units, index) >= Self.leastWordsOfOne
  }

  /// Whether a unit of the base that one side took away may go.
  private mutating func mayGo(_ index: Int) -> Bool {
    if alike.old.contains(index) || movedApart.contains(index) { return true }
    if goneApart.contains(index) { return false }
    let mine = our.place[index]
    let other = their.place[index]
    let (myMove, otherMove) = (our.movedTo[index], their.movedTo[index])
    if myMove >= 0, otherMove >= 0 { return ourStretch[myMove] == theirStretch[otherMove] }
    if myMove >= 0 { return other >= 0 || ours.all[myMove].key == base.all[index].key }
    if otherMove >= 0 { return mine >= 0 || theirs.all[otherMove].key == base.all[index].key }
    if mine >= 0 { return hasSameWords(index, ours, mine) }
    if other >= 0 { return hasSameWords(index, theirs, other) }
    return true
  }

  /// Whether a unit of the base stands on neither side any more.
  func bothTookAway(_ index: Int) -> Bool {
    our.place[index] < 0 && their.place[index] < 0 && our.movedTo[index] < 0
      && their.movedTo[index] < 0
  }

  /// Whether both sides took the same unit away and at least one put something in its place.
  private func bothRewrote(_ stretch: Stretch) -> Bool {
    guard stretch.base.contains(where: bothTookAway) else { return false }
    // Of what was there twice one is there still.
    if stretch.base.allSatisfy(bothTookAway), isDouble(stretch.base) { return false }
    let mine = stretch.ours.filter(our.isNew)
    let other = stretch.theirs.filter(their.isNew)
    return mine.map { ours.all[$0].key } != other.map { theirs.all[$0].key }
  }

  /// A unit that one side put in, or moved to here.
  struct Added {
    var unit: Int
    /// The unit of the base before which it was put in.
    var at: Int
  }

  func added(
    _ range: Range<Int>, _ side: UnitAlignment, _ units: MergeUnits
  ) -> [Added] {
    var result: [Added] = []
    var at: Int?
    for index in range {
      if side.origin[index] >= 0 {
        at = side.origin[index] + 1
      } else {
        result.append(Added(unit: index, at: at ?? -1))
      }
    }
    let start = baseStart(of: range, side)
    return result.map { Added(unit: $0.unit, at: $0.at < 0 ? start : $0.at) }
  }

  /// What was put in where its side took away what stood behind may as well stand behind that: it
  /// does where the other side put in the same there.
  private func slide(
    _ added: inout [Added], _ units: MergeUnits, _ side: UnitAlignment, to other: [Added],
    _ others: MergeUnits
  ) {
    for index in added.indices {
      let (key, at) = (units.all[added[index].unit].key, added[index].at)
      let same = other.first { entry in
        others.all[entry.unit].key == key && entry.at > at
          && (at..<entry.at).allSatisfy { side.place[$0] < 0 }
      }
      guard let same else { continue }
      for next in index..<added.count where added[next].at < same.at { added[next].at = same.at }
    }
  }

  /// A section that was put in before the last units of the one above, which its side took away, may
  /// as well stand behind them: it does where the other side put something there.
  private func slideSections(
    _ added: inout [Added], _ units: MergeUnits, _ side: UnitAlignment, behind other: [Added],
    _ others: MergeUnits
  ) {
    for index in added.indices where units.all[added[index].unit].level != nil {
      let at = added[index].at
      let end =
        (at..<base.all.count).first { side.place[$0] >= 0 || base.all[$0].level != nil }
        ?? base.all.count
      let behind = other.drop { $0.at <= at }.prefix {
        $0.at <= end && others.all[$0.unit].level == nil
      }
      let isApart = other.contains { $0.at == at && others.all[$0.unit].level != nil }
      guard let place = behind.last, !isApart else { continue }
      for row in added.indices[index...] where added[row].at == at { added[row].at = place.at }
    }
  }

  private func baseStart(of range: Range<Int>, _ side: UnitAlignment) -> Int {
    range.lowerBound == 0 ? 0 : side.origin[range.lowerBound - 1] + 1
  }

  /// Whether something was put in where the other side took away what was around it.
  private func isInsideOfDeleted(
    _ added: [Added], _ other: UnitAlignment, _ range: Range<Int>
  ) -> Bool {
    added.contains { entry in
      range.contains(entry.at) && range.contains(entry.at - 1) && other.place[entry.at] < 0
        && other.place[entry.at - 1] < 0
    }
  }
}
