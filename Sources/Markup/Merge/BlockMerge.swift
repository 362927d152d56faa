/// Merges the bodies of three texts unit by unit.
struct BlockMerge {
  /// Units of the three texts between two that all have, or one that all have.
  private struct Stretch {
    var base: Range<Int>
    var ours: Range<Int>
    var theirs: Range<Int>
    var isShared: Bool
  }

  /// What was made of a stretch.
  private struct Outcome {
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
  private(set) var firstAtPlace: TextMerge.Side?
  private var stretches: [Stretch] = []
  /// The stretch that each unit of a side stands in.
  private var ourStretch: [Int]
  private var theirStretch: [Int]
  private var alike = MovedAlike()
  /// What both sides have once of what the base has twice, and would be gone.
  private var goneApart: Set<Int> = []
  /// What stands in a section that the other side moved elsewhere.
  private(set) var addedToMoved = AddedToMoved()

  /// Two equal paragraphs with fewer words may be two.
  private static let leastWordsOfOne = 6

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
        done[index] = [piece]
        continue
      }
      guard stretch.isShared, index - 1 > joined else { continue }
      let around = index - 1...index + 1
      let wide = whole(around)
      guard wide.ours.count + wide.theirs.count > 2 || wide.base.count > 1,
        done[index] == nil || bothChanged(stretch) || hasJoined(stretch, in: wide),
        !hasMoves(wide)
      else { continue }
      let isSplit =
        done[index] == nil ? isMadeTwo(stretch, in: wide) : !isBalanced(wide, done[around])
      guard done[index] == nil || isSplit else { continue }
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
  private func whole(_ range: ClosedRange<Int>) -> Stretch {
    let (first, last) = (stretches[range.lowerBound], stretches[range.upperBound])
    return Stretch(
      base: first.base.lowerBound..<last.base.upperBound,
      ours: first.ours.lowerBound..<last.ours.upperBound,
      theirs: first.theirs.lowerBound..<last.theirs.upperBound, isShared: false)
  }

  /// Makes a question of each place where a unit would be a part of what it is a part of on neither
  /// side.
  private func askAboutHolders(_ rows: inout [Outcome]) {
    var check = HolderCheck(self)
    for index in rows.indices {
      guard let first = check.add(rows[index].pieces, at: index) else { continue }
      let range = rows[first].whole.lowerBound...rows[index].whole.upperBound
      let question = withGap(question(whole(range)))
      for row in range { rows[row] = Outcome(pieces: [], whole: range, isAsked: true) }
      rows[index].pieces = [question]
      check.replace(range, by: question)
    }
  }

  /// Makes a question of where something stood, too, that one side moved into a question and the other
  /// left: that side's answer would have it nowhere.
  ///
  /// - Returns: whether there was such a place.
  private func askAboutMoved(_ rows: inout [Outcome]) -> Bool {
    var waiting = rows.indices.filter { rows[$0].isAsked }
    var isFound = false
    while let index = waiting.popLast() {
      for place in oldPlaces(ofMovedTo: stretches[index]) where !rows[place].isAsked {
        waiting += ask(at: place, &rows)
        isFound = true
      }
    }
    return isFound
  }

  /// Makes a question of where something is back that one side took away, and of where each side has
  /// what would be gone from its answer then.
  ///
  /// - Returns: whether there was such a place.
  private func askAboutBack(_ back: inout BroughtBack, _ rows: inout [Outcome]) -> Bool {
    let wrong = back.wrong(in: rows.map(\.pieces), of: self)
    let places = wrong.rows.union(wrong.ours.map { ourStretch[$0] })
      .union(wrong.theirs.map { theirStretch[$0] }).filter { !rows[$0].isAsked }
    for place in places.sorted() where !rows[place].isAsked { ask(at: place, &rows) }
    return !places.isEmpty
  }

  /// Makes one question of a row, and of those that it was made of together with.
  ///
  /// - Returns: these rows.
  @discardableResult
  private func ask(at place: Int, _ rows: inout [Outcome]) -> ClosedRange<Int> {
    let range = rows[place].whole
    for row in range { rows[row] = Outcome(pieces: [], whole: range, isAsked: true) }
    rows[range.upperBound].pieces = [question(whole(range))]
    return range
  }

  /// The stretches in which one side has what the other moved to this one.
  private func oldPlaces(ofMovedTo stretch: Stretch) -> [Int] {
    let mine = stretch.ours.map { our.movedFrom[$0] }.filter { $0 >= 0 && their.place[$0] >= 0 }
    let other = stretch.theirs.map { their.movedFrom[$0] }.filter { $0 >= 0 && our.place[$0] >= 0 }
    return mine.map { theirStretch[their.place[$0]] } + other.map { ourStretch[our.place[$0]] }
  }

  /// A question with the most blank lines before it that a text has there.
  private func withGap(_ question: Piece) -> Piece {
    func gap(_ units: MergeUnits, _ index: Int) -> ArraySlice<UInt8>? {
      index > 0 ? units.separator(after: index - 1) : nil
    }
    let first = question.first
    let gaps = [gap(base, first.base), gap(ours, first.ours), gap(theirs, first.theirs)]
    var question = question
    question.gap = gaps.compactMap { $0 }.max { $0.count < $1.count }
    return question
  }

  // MARK: One unit that all have

  private mutating func shared(_ stretch: Stretch) -> Piece? {
    let (b, o, t) = (
      stretch.base.lowerBound, stretch.ours.lowerBound, stretch.theirs.lowerBound
    )
    guard let text = merged(b, o, t) else { return nil }
    return Piece(
      part: .settled(text),
      after: Self.changed(
        base.separator(after: b), ours.separator(after: o), theirs.separator(after: t)),
      isLast: o == ours.all.count - 1 && t == theirs.all.count - 1, row: row(base, b),
      first: Place(base: b, ours: o, theirs: t), last: Place(base: b, ours: o, theirs: t))
  }

  /// A unit that all have, with both sides' changes.
  mutating func merged(_ b: Int, _ o: Int, _ t: Int) -> [UInt8]? {
    let (old, mine, other) = (base.all[b], ours.all[o], theirs.all[t])
    let oldText = base.bytes[old.range]
    let (myText, otherText) = (ours.bytes[mine.range], theirs.bytes[other.range])
    if myText == oldText || myText == otherText { return Array(otherText) }
    if otherText == oldText { return Array(myText) }
    if isOtherDefinition(b, o, t) { return nil }
    // What both wrote into an empty item is two texts.
    if old.kind == .item, bags.count(base, b) == 0, mine.key != old.key, other.key != old.key {
      return nil
    }
    if mine.key == other.key || mine.key == old.key || other.key == old.key {
      // Blanks aside, at most one side changed it.
      if let text = mergedWords(b, o, t) { return text }
      if mine.key == other.key {
        return Array(myText.lexicographicallyPrecedes(otherText) ? myText : otherText)
      }
      let markers = (base.marker(of: b), ours.marker(of: o), theirs.marker(of: t))
      return mine.key == old.key
        ? Self.text(otherText, markers.2, markedAs: markers.1, not: markers.0)
        : Self.text(myText, markers.1, markedAs: markers.2, not: markers.0)
    }
    return mergedWords(b, o, t)
  }

  /// Whether one side gave a link's definition another name and the other side another target: then
  /// neither would know the two put together, and they may well be two links that changed names.
  private func isOtherDefinition(_ b: Int, _ o: Int, _ t: Int) -> Bool {
    guard let old = base.linkDefinition(of: b), let mine = ours.linkDefinition(of: o),
      let other = theirs.linkDefinition(of: t)
    else { return false }
    return mine.name != old.name && other.target != old.target
      || other.name != old.name && mine.target != old.target
  }

  /// The text of one side, with the other's list marker, and as far to the right, if that side
  /// changed only those.
  static func text(
    _ text: ArraySlice<UInt8>, _ mine: ArraySlice<UInt8>, markedAs marked: ArraySlice<UInt8>,
    not old: ArraySlice<UInt8>
  ) -> [UInt8] {
    guard mine == old, marked != old else { return Array(text) }
    let isWider = marked.count > mine.count
    let blanks = [UInt8](repeating: .space, count: abs(marked.count - mine.count))
    var result = Array(marked)
    for (index, line) in text.dropFirst(mine.count).split(
      separator: .newline, omittingEmptySubsequences: false
    ).enumerated() {
      if index > 0 { result.append(.newline) }
      if index > 0, isWider, !line.allSatisfy(\.isBlank) { result += blanks }
      result +=
        index > 0 && !isWider && line.starts(with: blanks) ? line.dropFirst(blanks.count) : line
    }
    return result
  }

  private mutating func mergedWords(_ b: Int, _ o: Int, _ t: Int) -> [UInt8]? {
    if base.all[b].kind.isVerbatim || ours.all[o].kind.isVerbatim || theirs.all[t].kind.isVerbatim {
      return mergedCode(b, o, t)
    }
    return mergedWords(
      base.all[b].range, ours.all[o].range, theirs.all[t].range)
  }

  /// A line of code that one side moved to the right or left and the other changed, or that both
  /// changed at places that are clearly two.
  private mutating func mergedCode(_ b: Int, _ o: Int, _ t: Int) -> [UInt8]? {
    func split(_ units: MergeUnits, _ index: Int) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
      let line = units.bytes[units.all[index].range]
      let code = line.drop(while: \.isSpaceOrTab)
      return (line[..<code.startIndex], code)
    }
    let (old, mine, other) = (split(base, b), split(ours, o), split(theirs, t))
    if mine.1 == old.1, other.0 == old.0 { return Array(mine.0) + Array(other.1) }
    if other.1 == old.1, mine.0 == old.0 { return Array(other.0) + Array(mine.1) }
    func words(_ units: MergeUnits, _ index: Int) -> WordMerge.Words {
      self.words(units, units.all[index].range, isVerbatim: true)
    }
    return WordMerge.merge(
      base: words(base, b), ours: words(ours, o), theirs: words(theirs, t), leastBetween: 2)
  }

  private mutating func mergedWords(
    _ old: Range<Int>, _ mine: Range<Int>, _ other: Range<Int>, isVerbatim: Bool = false
  ) -> [UInt8]? {
    WordMerge.merge(
      base: words(base, old, isVerbatim: isVerbatim),
      ours: words(ours, mine, isVerbatim: isVerbatim),
      theirs: words(theirs, other, isVerbatim: isVerbatim), balancedBy: &interning)
  }

  mutating func words(
    _ units: MergeUnits, _ range: Range<Int>, isVerbatim: Bool = false
  ) -> WordMerge.Words {
    WordMerge.Words(
      units.bytes, range, atoms: isVerbatim ? [] : units.atoms, isVerbatim: isVerbatim,
      interning: &interning)
  }

  // MARK: Between two units that all have

  /// What was put in, and taken out, between two units that all have.
  private mutating func between(_ stretch: Stretch) -> [Piece]? {
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
  private func isReplaced(_ index: Int, _ side: UnitAlignment, _ other: UnitAlignment) -> Bool {
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
    if alike.old.contains(index) { return true }
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
  private func bothTookAway(_ index: Int) -> Bool {
    our.place[index] < 0 && their.place[index] < 0 && our.movedTo[index] < 0
      && their.movedTo[index] < 0
  }

  /// Whether both sides took the same unit away and at least one put something in its place.
  private func bothRewrote(_ stretch: Stretch) -> Bool {
    guard stretch.base.contains(where: bothTookAway) else { return false }
    // Of what was there twice one is there still.
    if stretch.base.allSatisfy(bothTookAway), isDouble(stretch.base) { return false }
    let mine = stretch.ours.filter { our.origin[$0] < 0 && our.movedFrom[$0] < 0 }
    let other = stretch.theirs.filter { their.origin[$0] < 0 && their.movedFrom[$0] < 0 }
    return mine.map { ours.all[$0].key } != other.map { theirs.all[$0].key }
  }

  /// A unit that one side put in, or moved to here.
  struct Added {
    var unit: Int
    /// The unit of the base before which it was put in.
    var at: Int
  }

  private func added(
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

  // MARK: Words of a longer stretch

  private func range(_ units: MergeUnits, _ range: Range<Int>) -> Range<Int> {
    guard let first = range.first, let last = range.last else {
      let at =
        range.lowerBound < units.all.count
        ? units.all[range.lowerBound].range.lowerBound : units.bytes.count
      return at..<at
    }
    return units.all[first].range.lowerBound..<units.all[last].range.upperBound
  }

  private mutating func byWords(_ stretch: Stretch) -> Piece? {
    guard !stretch.base.isEmpty, !hasMoves(stretch), !hasAddedToGone(stretch),
      goneApart.isDisjoint(with: stretch.base)
    else { return nil }
    func isVerbatim(_ units: MergeUnits, _ range: Range<Int>) -> Bool {
      units.all[range].contains { $0.kind.isVerbatim }
    }
    let ourCode = isVerbatim(ours, stretch.ours)
    let theirCode = isVerbatim(theirs, stretch.theirs)
    if isVerbatim(base, stretch.base) || ourCode && theirCode { return nil }
    let (old, mine, other) = (
      range(base, stretch.base), range(ours, stretch.ours), range(theirs, stretch.theirs)
    )
    if ourCode, !isPutAround(ours.bytes[mine], base.bytes[old]) { return nil }
    if theirCode, !isPutAround(theirs.bytes[other], base.bytes[old]) { return nil }
    return mergedWords(old, mine, other, isVerbatim: ourCode || theirCode).map {
      piece(.settled($0), stretch)
    }
  }

  /// Whether one side put something into a section, or hung it on an item, that the other side took
  /// away.
  private func hasAddedToGone(_ stretch: Stretch) -> Bool {
    let (mine, other) = (added(stretch.ours, our, ours), added(stretch.theirs, their, theirs))
    return hasAddedToGone(mine, ours, our, their, other, in: stretch)
      || hasAddedToGone(other, theirs, their, our, mine, in: stretch)
  }

  private func hasAddedToGone(
    _ added: [Added], _ units: MergeUnits, _ side: UnitAlignment, _ other: UnitAlignment,
    _ otherAdded: [Added], in stretch: Stretch
  ) -> Bool {
    let isSectionGone = stretch.base.contains {
      base.all[$0].level != nil && isReplaced($0, other, side)
    }
    // Where the other side put in something too, that may be the item in other words.
    guard isSectionGone || otherAdded.isEmpty else { return false }
    return added.contains { entry in
      guard let whole = units.container(of: entry.unit), side.origin[whole] >= 0,
        other.place[side.origin[whole]] < 0
      else { return false }
      return units.all[whole].level != nil
        ? isSectionGone : otherAdded.isEmpty && units.all[whole].kind == .item
    }
  }

  /// Whether lines, such as those of a fence, were put around a text and nothing else was changed.
  private mutating func isPutAround(_ text: ArraySlice<UInt8>, _ old: ArraySlice<UInt8>) -> Bool {
    func lines(_ text: ArraySlice<UInt8>) -> [Int32] {
      text.split(separator: .newline, omittingEmptySubsequences: false).map {
        interning.number(of: $0)
      }
    }
    return lines(old).isSubsequence(of: lines(text))
  }

  /// Whether both sides changed a unit that all have.
  private func bothChanged(_ stretch: Stretch) -> Bool {
    let key = base.all[stretch.base.lowerBound].key
    return ours.all[stretch.ours.lowerBound].key != key
      && theirs.all[stretch.theirs.lowerBound].key != key
  }

  /// Whether a side put a part of a unit into a unit of its own, before or behind it.
  private mutating func isMadeTwo(_ stretch: Stretch, in wide: Stretch) -> Bool {
    let old = (base, stretch.base.lowerBound)
    for (units, side, unit, range) in [
      (ours, our, stretch.ours.lowerBound, wide.ours),
      (theirs, their, stretch.theirs.lowerBound, wide.theirs),
    ] {
      for part in range
      where side.origin[part] < 0 && bags.isPart(part, of: old, without: unit, units) {
        return true
      }
    }
    return false
  }

  /// Whether one side joined a unit, that the other took away, to one that all have.
  private mutating func hasJoined(_ stretch: Stretch, in wide: Stretch) -> Bool {
    let kept = stretch.base.lowerBound
    return wide.base.filter(bothTookAway).contains { index in
      bags.isPart(index, of: (ours, stretch.ours.lowerBound), without: kept, base, atLeast: 1)
        || bags.isPart(
          index, of: (theirs, stretch.theirs.lowerBound), without: kept, base, atLeast: 1)
    }
  }

  /// Whether what was made of a unit and of what stands around it has the words that it should have.
  ///
  /// Where one side made two paragraphs of one, the second is new to the units, and what the other
  /// side changed in those words was changed in what is gone.
  private mutating func isBalanced(_ wide: Stretch, _ done: ArraySlice<[Piece]?>) -> Bool {
    let (b, o, t) = (wide.base.count, wide.ours.count, wide.theirs.count)
    if b == o, b == t { return true }
    var text: [UInt8] = []
    for found in done {
      guard let found else { return true }
      for piece in found {
        guard case .settled(let bytes) = piece.part else { return true }
        text += bytes + [.newline]
      }
    }
    return WordBalance.holds(
      base: base.bytes[range(base, wide.base)], ours: ours.bytes[range(ours, wide.ours)],
      theirs: theirs.bytes[range(theirs, wide.theirs)], merged: text[...], &interning)
  }

  /// Whether a side moved a unit into a stretch or out of it: by words it would be there twice.
  private func hasMoves(_ stretch: Stretch) -> Bool {
    stretch.base.contains { our.movedTo[$0] >= 0 || their.movedTo[$0] >= 0 }
      || stretch.ours.contains { our.movedFrom[$0] >= 0 }
      || stretch.theirs.contains { their.movedFrom[$0] >= 0 }
  }

  private func question(_ stretch: Stretch) -> Piece {
    piece(
      .conflict(
        TextMerge.Conflict(
          base: Array(base.bytes[range(base, stretch.base)]),
          ours: Array(ours.bytes[range(ours, stretch.ours)]),
          theirs: Array(theirs.bytes[range(theirs, stretch.theirs)]))), stretch)
  }

  /// A question about units that both sides have at one place, where there is no base.
  func question(_ mine: some Collection<Int>, _ other: some Collection<Int>) -> Piece {
    func range(_ units: some Collection<Int>) -> Range<Int> {
      units.first.map { $0..<$0 + units.count } ?? 0..<0
    }
    return question(
      Stretch(base: 0..<0, ours: range(mine), theirs: range(other), isShared: false))
  }

  private func piece(_ part: TextMerge.Part, _ stretch: Stretch) -> Piece {
    func after(_ units: MergeUnits, _ range: Range<Int>) -> ArraySlice<UInt8> {
      range.isEmpty ? [] : units.separator(after: range.upperBound - 1)
    }
    let isLast =
      stretch.ours.upperBound == ours.all.count && stretch.theirs.upperBound == theirs.all.count
    return Piece(
      part: part,
      after: Self.changed(
        after(base, stretch.base), after(ours, stretch.ours), after(theirs, stretch.theirs)),
      isLast: isLast,
      first: Place(
        base: stretch.base.first ?? -1, ours: stretch.ours.first ?? -1,
        theirs: stretch.theirs.first ?? -1),
      last: Place(
        base: stretch.base.last ?? -1, ours: stretch.ours.last ?? -1,
        theirs: stretch.theirs.last ?? -1))
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
