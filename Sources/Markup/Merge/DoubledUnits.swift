// What the old text has twice, where each side took one of the two away.

extension UnitAlignment {
  /// Brings both sides to one of several equal rows of units, where each has one and nothing tells which
  /// of them it is.
  ///
  /// Of an item that is there twice either may be the one that went. Were the first gone on one side and
  /// the second on the other, both would be gone in the merge.
  static func meetAtDoubles(
    _ ours: inout Self, _ mine: MergeUnits, _ theirs: inout Self, _ other: MergeUnits,
    _ base: MergeUnits
  ) {
    let before = ours
    ours.partDoubles(mine, where: theirs, other, base)
    theirs.partDoubles(other, where: before, mine, base)
    var start = 0
    for end in 0...base.all.count {
      let isShared =
        end == base.all.count || ours.place[end] >= 0 && theirs.place[end] >= 0
      guard isShared else { continue }
      meetAtDoubles(in: start..<end, &ours, &theirs, base)
      start = end + 1
    }
  }

  /// Takes apart what was made of one of two equal units, where the other side has that one alone and
  /// this side the other: each took one away then, and here something like it was put in.
  private mutating func partDoubles(
    _ side: MergeUnits, where other: Self, _ others: MergeUnits, _ base: MergeUnits
  ) {
    let changed = place.indices.filter { old in
      place[old] >= 0 && other.place[old] >= 0
        && side.all[place[old]].key != base.all[old].key
        && others.all[other.place[old]].key == base.all[old].key
    }
    if changed.isEmpty { return }
    let byKey = Dictionary(grouping: base.all.indices) { base.all[$0].key }
    func container(_ index: Int) -> Int32? { base.container(of: index).map { base.all[$0].key } }
    for old in changed {
      let isDouble = byKey[base.all[old].key, default: []].contains { twin in
        place[twin] >= 0 && side.all[place[twin]].key == base.all[twin].key
          && other.place[twin] < 0 && other.movedTo[twin] < 0 && container(twin) == container(old)
      }
      if isDouble { part(old) }
    }
  }

  /// Does so between two units that all have.
  private static func meetAtDoubles(
    in range: Range<Int>, _ ours: inout Self, _ theirs: inout Self, _ base: MergeUnits
  ) {
    let (mine, other) = (
      range.filter { ours.place[$0] >= 0 }, range.filter { theirs.place[$0] >= 0 }
    )
    guard !mine.isEmpty, !other.isEmpty,
      range.allSatisfy({ ours.movedTo[$0] < 0 && theirs.movedTo[$0] < 0 })
    else { return }
    let isMineFirst = mine[0] < other[0]
    if isMineFirst, let places = base.places(of: other, in: mine) {
      theirs.repair(other, as: places)
    } else if let places = base.places(of: mine, in: other) {
      ours.repair(mine, as: places)
    } else if let places = base.places(of: other, in: mine) {
      theirs.repair(other, as: places)
    }
  }

  /// Takes the units that some of the base are paired with for others of the base.
  private mutating func repair(_ olds: [Int], as others: [Int]) {
    let news = olds.map { place[$0] }
    for old in olds { place[old] = -1 }
    for (old, new) in zip(others, news) { pair(old, new) }
  }
}

extension MergeUnits {
  /// Which of some units say what others say, in order; nil where they do not say all of it.
  fileprivate func places(of few: [Int], in many: [Int]) -> [Int]? {
    var found: [Int] = []
    for index in many where found.count < few.count {
      if all[index].key == all[few[found.count]].key { found.append(index) }
    }
    return found.count == few.count ? found : nil
  }
}

extension BlockMerge {
  /// Finds what the base has several times below one heading, or in one item, of which one side took
  /// the first away and the other the second, so that nothing would be left of what both have.
  ///
  /// - Returns: the units of the base that are asked about.
  mutating func doublesGoneApart() -> Set<Int> {
    let byKey = Dictionary(grouping: base.all.indices) { base.all[$0].key }
    var asked: Set<Int> = []
    for olds in byKey.values where olds.count > 1 {
      let first = olds[0]
      func isOn(_ side: UnitAlignment, _ index: Int) -> Bool {
        side.place[index] >= 0 || side.movedTo[index] >= 0
      }
      let mine = olds.filter { isOn(our, $0) && !isOn(their, $0) }
      let other = olds.filter { isOn(their, $0) && !isOn(our, $0) }
      guard !mine.isEmpty, !other.isEmpty, !base.all[first].kind.isVerbatim,
        bags.count(base, first) >= Self.leastWordsOfDouble,
        !isAdded(base.all[first].key, ours, our), !isAdded(base.all[first].key, theirs, their)
      else { continue }
      let gone = (mine + other).sorted()
      let whole = base.container(of: gone[0])
      guard gone.allSatisfy({ base.container(of: $0) == whole }) else { continue }
      asked.formUnion(gone.suffix(min(mine.count, other.count)))
    }
    return asked
  }

  /// A unit with fewer words is no loss that anybody would miss.
  private static let leastWordsOfDouble = 2

  private func isAdded(_ key: Int32, _ units: MergeUnits, _ side: UnitAlignment) -> Bool {
    units.all.indices.contains { units.all[$0].key == key && side.origin[$0] < 0 }
  }

  /// Whether units of the base say what stands directly before or behind them, and both sides have that.
  func isDouble(_ range: Range<Int>) -> Bool {
    [range.lowerBound - range.count, range.upperBound].contains { start in
      start >= 0 && start + range.count <= base.all.count
        && range.allSatisfy { index in
          let same = start + index - range.lowerBound
          return base.all[same].key == base.all[index].key && our.place[same] >= 0
            && their.place[same] >= 0
        }
    }
  }
}
