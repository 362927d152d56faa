/// Merges the bodies of three texts unit by unit.
struct BlockMerge {
  /// Units of the three texts between two that all have, or one that all have.
  struct Stretch {
    var base: Range<Int>
    var ours: Range<Int>
    var theirs: Range<Int>
    var isShared: Bool
  }

  /// What was made of a stretch.
  struct Outcome {
    var pieces: [Piece]
    /// The stretches that it was made of together.
    var whole: ClosedRange<Int>
    /// Whether it is a question as a whole.
    var isAsked: Bool
  }

  let base: MergeUnits
  let ours: MergeUnits
  let theirs: MergeUnits
  let our: UnitAlignment
  let their: UnitAlignment
  var bags: WordBags
  var interning: Interning
  /// The side whose additions come first at the place that is looked at, whatever the texts: those of
  /// the other stand in the place of the old unit behind it.
  var firstAtPlace: TextMerge.Side?
  private(set) var stretches: [Stretch] = []
  /// The stretch that each unit of a side stands in.
  private(set) var ourStretch: [Int]
  private(set) var theirStretch: [Int]
  private(set) var alike = MovedAlike()
  /// What both sides moved, to two places.
  private(set) var movedApart: Set<Int> = []
  /// What both sides have once of what the base has twice, and would be gone.
  private(set) var goneApart: Set<Int> = []
  /// What stands in a section that the other side moved elsewhere.
  private(set) var addedToMoved = AddedToMoved()

  /// Two equal paragraphs with fewer words may be two.
  static let leastWordsOfOne = 6

  static func merge(
    _ base: MergeUnits, _ ours: MergeUnits, _ theirs: MergeUnits, interning: Interning
  ) -> TextMerge {
    var merge = BlockMerge(base, ours, theirs, interning)
    return merge.contained() ?? merge.result()
  }

  private init(
    _ base: MergeUnits, _ ours: MergeUnits, _ theirs: MergeUnits, _ interning: Interning
  ) {
    self.base = base
    self.ours = ours
    self.theirs = theirs
    self.interning = interning
    bags = WordBags(interning: interning)
    var our = UnitAlignment(base, ours, bags: &bags)
    var their = UnitAlignment(base, theirs, bags: &bags)
    let before = our
    our.partAdded(by: their, base, ours, theirs, &bags)
    their.partAdded(by: before, base, theirs, ours, &bags)
    UnitAlignment.meetAtDoubles(&our, ours, &their, theirs, base)
    (self.our, self.their) = (our, their)
    ourStretch = [Int](repeating: 0, count: ours.all.count)
    theirStretch = [Int](repeating: 0, count: theirs.all.count)
    var (b, o, t) = (0, 0, 0)
    for index in 0...base.all.count {
      let isEnd = index == base.all.count
      let place =
        isEnd ? (ours.all.count, theirs.all.count) : (our.place[index], their.place[index])
      guard place.0 >= 0, place.1 >= 0 else { continue }
      addStretch(b..<index, o..<place.0, t..<place.1, isShared: false)
      if !isEnd {
        addStretch(
          index..<index + 1, place.0..<place.0 + 1, place.1..<place.1 + 1, isShared: true)
      }
      (b, o, t) = (index + 1, place.0 + 1, place.1 + 1)
    }
    alike = movedAlike()
    movedApart = findMovedApart().subtracting(alike.old)
    goneApart = doublesGoneApart()
    addedToMoved = findAddedToMoved()
  }

  private mutating func addStretch(
    _ base: Range<Int>, _ ours: Range<Int>, _ theirs: Range<Int>, isShared: Bool
  ) {
    for index in ours { ourStretch[index] = stretches.count }
    for index in theirs { theirStretch[index] = stretches.count }
    stretches.append(Stretch(base: base, ours: ours, theirs: theirs, isShared: isShared))
  }

  /// Where both sides made the note and one says all that the other says: that one.
  private mutating func contained() -> TextMerge? {
    guard base.all.isEmpty else { return nil }
    let (mine, other) = (ours.start..<ours.bytes.count, theirs.start..<theirs.bytes.count)
    var merge = TextMerge()
    if plain(ours, mine).said == plain(theirs, other).said { return nil }
    switch saying(mine, other) {
    case .ours: merge.add(ours.bytes[ours.bodyStart...])
    case .theirs: merge.add(theirs.bytes[theirs.bodyStart...])
    case .opposite, nil: return nil
    }
    return merge
  }

  private mutating func result() -> TextMerge {
    var done: [[Piece]?] = []
    for stretch in stretches {
      done.append(stretch.isShared ? shared(stretch).map { [$0] } : between(stretch))
    }
    // Where units do not say it, the words of the place may.
    var joined = -1
    var wholes = stretches.indices.map { $0...$0 }
    var asked: Set<Int> = []
    for index in stretches.indices {
      let stretch = stretches[index]
      if done[index] == nil, let piece = byWords(stretch) {
        // Where one side took away what the other took words out of, nothing is left, not even a line.
        done[index] = piece.isEmpty ? [] : [piece]
        continue
      }
      guard stretch.isShared, index - 1 > joined else { continue }
      let around = index - 1...index + 1
      let wide = whole(around)
      let isJoined = done[around].contains { $0 == nil } && hasJoinedChanged(stretch, in: wide)
      guard wide.ours.count + wide.theirs.count > 2 || wide.base.count > 1,
        done[index] == nil || isJoined || bothChanged(stretch) || hasJoined(stretch, in: wide),
        !hasMoves(wide)
      else { continue }
      let isSplit =
        done[index] == nil ? isMadeTwo(stretch, in: wide) : !isBalanced(wide, done[around])
      // Whose sentence comes first behind two joined paragraphs only the words of both tell.
      let isSeam = bothChanged(stretch) && hasJoinedChanged(stretch, in: wide)
      guard done[index] == nil || isJoined || isSplit || isSeam else { continue }
      let merged = byWords(wide)
      if let piece = merged ?? (isSplit ? question(wide) : nil) {
        done.replaceSubrange(around, with: [[], [piece], []])
        if merged == nil { asked.formUnion(around) }
        for row in around { wholes[row] = around }
        joined = index + 1
      }
    }
    var rows = stretches.indices.map { index in
      Outcome(
        pieces: done[index] ?? [question(stretches[index])], whole: wholes[index],
        isAsked: done[index] == nil || asked.contains(index))
    }
    var back = BroughtBack(base, ours, theirs, interning)
    repeat { askAboutHolders(&rows) } while askAboutMoved(&rows) || askAboutBack(&back, &rows)
    let pieces = rows.flatMap(\.pieces)
    if !addedToMoved.isIn(pieces) {
      addedToMoved = AddedToMoved()
      return result()
    }
    return assembled(pieces)
  }

  /// The units that all have before and behind one that a side put in, where that side has them; -1 for
  /// none.
  func neighbours(of index: Int, isOurs: Bool) -> (before: Int, behind: Int) {
    let stretch = isOurs ? ourStretch[index] : theirStretch[index]
    func unit(_ stretch: Int) -> Int {
      guard stretches.indices.contains(stretch), stretches[stretch].isShared else { return -1 }
      return (isOurs ? stretches[stretch].ours : stretches[stretch].theirs).lowerBound
    }
    return (unit(stretch - 1), unit(stretch + 1))
  }

  /// Whether a stretch is one unit that all have; those before and behind are none.
  func isShared(_ stretch: Int) -> Bool { stretches[stretch].isShared }

  /// What each side put in, or moved, with its place.
  func allAdded(isOurs: Bool) -> [Added] {
    stretches.flatMap {
      isOurs ? added($0.ours, our, ours) : added($0.theirs, their, theirs)
    }
  }

  /// Several stretches as one.
  func whole(_ range: ClosedRange<Int>) -> Stretch {
    let (first, last) = (stretches[range.lowerBound], stretches[range.upperBound])
    return Stretch(
      base: first.base.lowerBound..<last.base.upperBound,
      ours: first.ours.lowerBound..<last.ours.upperBound,
      theirs: first.theirs.lowerBound..<last.theirs.upperBound, isShared: false)
  }
}

extension Collection where Element: Equatable {
  /// Whether all elements are in another array, in this order.
  func isSubsequence(of other: [Element]) -> Bool {
    var rest = self[...]
    for element in other where element == rest.first { rest.removeFirst() }
    return rest.isEmpty
  }
}
