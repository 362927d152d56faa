/// Which unit of one side is which unit of the base.
struct UnitAlignment {
  /// For each unit of the base its place on the side, in order; -1 where it has none.
  var place: [Int]
  /// For each unit of the side the base's unit that it is, or -1.
  var origin: [Int]
  /// For each unit of the base that stands elsewhere on the side: where; else -1.
  private(set) var movedTo: [Int]
  /// For each unit of the side that stood elsewhere in the base: where; else -1.
  private(set) var movedFrom: [Int]
  /// Whether a unit of the side is new: the base has none that it is, or that it was moved from.
  func isNew(_ unit: Int) -> Bool { origin[unit] < 0 && movedFrom[unit] < 0 }

  /// The keys of the headings that went at one place and came at another.
  private var elsewhere: Set<Int32> = []

  /// Units with fewer of their words in common are two units, not one that changed.
  private static let likeness = 0.4
  /// A unit that went and one that came with this much in common are one that moved.
  private static let movedLikeness = 0.75
  /// A shorter unit, unless it is a heading or the like as no other is, is not known again at another
  /// place.
  private static let leastMovedWords = 4
  /// The most pairs of units between two unchanged ones that are compared.
  private static let mostPairs = 10_000

  init(_ base: MergeUnits, _ side: MergeUnits, bags: inout WordBags) {
    place = [Int](repeating: -1, count: base.all.count)
    origin = [Int](repeating: -1, count: side.all.count)
    movedTo = place
    movedFrom = origin
    let old = base.all.map(\.key)
    let new = side.all.map(\.key)
    // Units that are there once come before all others, so that a lone bracket or a template's line
    // does not tear a section apart. Of a heading and the one item below it that changed places, the
    // item moved.
    let names = base.all.indices.map { base.isName($0) }
    for run in Matching.runs(old, new, fixedPointsFirst: true, preferred: names) {
      for offset in 0..<run.length { pair(run.old + offset, run.new + offset) }
    }
    findElsewhere(base, side)
    pairAlike(base, side, &bags)
    partHeadings(base, side, &bags)
    slideGaps(
      Names(keys: old, areNames: names),
      Names(keys: new, areNames: side.all.indices.map { side.isName($0) }))
    findMoves(base, side, &bags)
  }

  private mutating func findElsewhere(_ base: MergeUnits, _ side: MergeUnits) {
    let gone = base.all.indices.filter { place[$0] < 0 && base.all[$0].kind == .heading }
    if gone.isEmpty { return }
    elsewhere = Set(gone.map { base.all[$0].key }).intersection(
      side.all.indices.filter { origin[$0] < 0 }.map { side.all[$0].key })
  }

  mutating func pair(_ old: Int, _ new: Int) {
    place[old] = new
    origin[new] = old
  }

  /// Takes apart what was paired: the old unit went, and the new one was put in.
  mutating func part(_ old: Int) {
    origin[place[old]] = -1
    place[old] = -1
  }

  /// Pairs what changed in place: between two pairs, in order, of the greatest likeness.
  private mutating func pairAlike(
    _ base: MergeUnits, _ side: MergeUnits, _ bags: inout WordBags
  ) {
    var (i, j) = (0, 0)
    while i <= place.count {
      // The next pair, or the end.
      var (p, q) = (i, j)
      while p < place.count, place[p] < 0 { p += 1 }
      q = p < place.count ? place[p] : origin.count
      if p > i, q > j { pairAlike(i..<p, j..<q, base, side, &bags) }
      i = p + 1
      j = q + 1
    }
  }

  private mutating func pairAlike(
    _ olds: Range<Int>, _ news: Range<Int>, _ base: MergeUnits, _ side: MergeUnits,
    _ bags: inout WordBags
  ) {
    let (rows, columns) = (olds.count, news.count)
    guard rows <= Self.mostPairs / columns else { return }
    var best = [Double](repeating: 0, count: (rows + 1) * (columns + 1))
    var gain = [Double](repeating: 0, count: rows * columns)
    for row in stride(from: rows - 1, through: 0, by: -1) {
      for column in stride(from: columns - 1, through: 0, by: -1) {
        let here = bags.likeness(base, olds.lowerBound + row, side, news.lowerBound + column)
        let least = Self.likeness
        let worth = here >= least ? here : 0
        gain[row * columns + column] = worth
        let at = row * (columns + 1) + column
        best[at] = max(best[at + 1], best[at + columns + 1])
        if worth > 0 { best[at] = max(best[at], worth + best[at + columns + 2]) }
      }
    }
    var (row, column) = (0, 0)
    while row < rows, column < columns {
      let at = row * (columns + 1) + column
      let here = gain[row * columns + column]
      if here > 0, best[at] == here + best[at + columns + 2] {
        pair(olds.lowerBound + row, news.lowerBound + column)
        row += 1
        column += 1
      } else if best[at] == best[at + columns + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    // A heading that was given other words altogether is still the heading of its section.
    let old = olds.filter { place[$0] < 0 && base.all[$0].kind == .heading }
    let new = news.filter { origin[$0] < 0 && side.all[$0].kind == .heading }
    if old.count == 1, new.count == 1, isRenamed(old[0], base, new[0], side, &bags) {
      pairLone(old, new, within: olds)
    }
    // And an item without words, as a template has it, is what was written there.
    pairLone(
      olds.filter {
        place[$0] < 0 && base.all[$0].kind == .item && bags.count(base, $0) == 0
      },
      news.filter { origin[$0] < 0 && side.all[$0].kind == .item }, within: olds)
  }

  private mutating func pairLone(_ old: [Int], _ new: [Int], within olds: Range<Int>) {
    guard old.count == 1, new.count == 1 else { return }
    let before = olds.filter { $0 < old[0] && place[$0] >= new[0] }
    let after = olds.filter { $0 > old[0] && place[$0] >= 0 && place[$0] <= new[0] }
    if before.isEmpty, after.isEmpty { pair(old[0], new[0]) }
  }

  /// Takes a heading for that of a new section, though it has words of the old one, where nothing of
  /// what stood below that is there still: "Week 13" with other tasks is not "Week 12".
  private mutating func partHeadings(
    _ base: MergeUnits, _ side: MergeUnits, _ bags: inout WordBags
  ) {
    for old in place.indices where place[old] >= 0 && base.all[old].level != nil {
      let new = place[old]
      guard base.all[old].key != side.all[new].key, side.all[new].level != nil,
        !isRenamed(old, base, new, side, &bags)
      else { continue }
      part(old)
    }
  }

  /// Whether a heading was given other words, and is not that of a new section in place of the old:
  /// something of what stood below it is there still, or it keeps nearly all of its words and its
  /// numbers.
  private func isRenamed(
    _ old: Int, _ base: MergeUnits, _ new: Int, _ side: MergeUnits, _ bags: inout WordBags
  ) -> Bool {
    if elsewhere.contains(base.all[old].key) || elsewhere.contains(side.all[new].key) {
      return false
    }
    let likeness = bags.likeness(base, old, side, new)
    if likeness >= Self.movedLikeness, base.numbers(in: old) == side.numbers(in: new) {
      return true
    }
    let below =
      place.indices[(old + 1)...].first { place[$0] >= 0 || base.isEnd(of: old, $0) }
      ?? place.endIndex
    if base.isEnd(of: old, below) {
      return below == old + 1 && (likeness > 0 || side.isEnd(of: new, new + 1))
    }
    return place[below] > new
      && !(new + 1...place[below]).contains { side.isEnd(of: new, $0) }
  }

  /// Finds what stands at another place now.
  private mutating func findMoves(
    _ base: MergeUnits, _ side: MergeUnits, _ bags: inout WordBags
  ) {
    let gone = place.indices.filter { place[$0] < 0 }
    let come = origin.indices.filter { origin[$0] < 0 }
    guard !gone.isEmpty, !come.isEmpty else { return }
    var byKey: [Int32: [Int]] = [:]
    for new in come { byKey[side.all[new].key, default: []].append(new) }
    let (goneCounts, oldCounts, newCounts) = (
      Self.counts(gone.map { base.all[$0] }), Self.counts(base.all), Self.counts(side.all)
    )
    for old in gone {
      let key = base.all[old].key
      guard let places = byKey[key], places.count == 1, goneCounts[key] == 1,
        bags.count(base, old) >= Self.leastMovedWords
          || base.isName(old) && oldCounts[key] == 1 && newCounts[key] == 1
      else { continue }
      move(old, places[0])
    }
    let isFew = gone.count <= Self.mostPairs / come.count
    if isFew { findMovedLines(gone, come, base, side, &bags) }
    for old in gone where movedTo[old] >= 0 { moveAlong(old, base, side) }
    for old in gone where movedTo[old] >= 0 && base.all[old].level != nil {
      moveSection(old, base, side)
    }
    guard isFew else { return }
    for old in gone where movedTo[old] < 0 && bags.count(base, old) >= Self.leastMovedWords {
      let alike = come.filter {
        movedFrom[$0] < 0 && bags.likeness(base, old, side, $0) >= Self.movedLikeness
          && (base.all[old].level == nil || base.numbers(in: old) == side.numbers(in: $0))
      }
      if alike.count == 1 { move(old, alike[0]) }
    }
  }

  /// Finds blocks of code and tables that stand at another place now: their lines may have few words
  /// each, all together they are known again.
  private mutating func findMovedLines(
    _ gone: [Int], _ come: [Int], _ base: MergeUnits, _ side: MergeUnits, _ bags: inout WordBags
  ) {
    /// How many lines from there on are the same, if they have the words of one that moved.
    func count(_ old: Int, _ new: Int) -> Int? {
      var (count, words) = (0, 0)
      while old + count < place.count, new + count < origin.count, place[old + count] < 0,
        origin[new + count] < 0, [.row, .line].contains(base.all[old + count].kind),
        movedTo[old + count] < 0 && movedFrom[new + count] < 0
          || movedTo[old + count] == new + count,
        base.all[old + count].key == side.all[new + count].key
      {
        words += bags.count(base, old + count)
        count += 1
      }
      return words >= Self.leastMovedWords ? count : nil
    }
    let starts = gone.filter { base.beginsLines($0) }
    for old in starts where movedTo[old] < 0 {
      let found = come.filter { movedFrom[$0] < 0 && count(old, $0) != nil }
      guard found.count == 1, let length = count(old, found[0]),
        !starts.contains(where: { $0 != old && count($0, found[0]) != nil })
      else { continue }
      for offset in 0..<length { move(old + offset, found[0] + offset) }
    }
  }

  /// Takes along with a heading that moved what stands below it on both sides in one order, whatever
  /// was put in or taken out between.
  private mutating func moveSection(_ heading: Int, _ base: MergeUnits, _ side: MergeUnits) {
    func below(_ heading: Int, _ units: MergeUnits, _ isLeft: (Int) -> Bool) -> [Int] {
      units.all.indices[(heading + 1)...].prefix { !units.isEnd(of: heading, $0) }.filter(isLeft)
    }
    let olds = below(heading, base) { place[$0] < 0 && movedTo[$0] < 0 }
    let news = below(movedTo[heading], side) { isNew($0) }
    for run in Matching.runs(olds.map { base.all[$0].key }, news.map { side.all[$0].key }) {
      for offset in 0..<run.length { move(olds[run.old + offset], news[run.new + offset]) }
    }
  }

  private mutating func move(_ old: Int, _ new: Int) {
    movedTo[old] = new
    movedFrom[new] = old
  }

  /// Takes what stands beside a unit that moved along with it, however few words it has: the code below
  /// a heading, the short items of a list.
  private mutating func moveAlong(_ old: Int, _ base: MergeUnits, _ side: MergeUnits) {
    for step in [1, -1] {
      var (from, to) = (old + step, movedTo[old] + step)
      while place.indices.contains(from), origin.indices.contains(to), place[from] < 0,
        origin[to] < 0, movedTo[from] < 0, movedFrom[to] < 0,
        base.all[from].key == side.all[to].key
      {
        move(from, to)
        (from, to) = (from + step, to + step)
      }
    }
  }

  /// Takes apart a pair of which the other side put in the very words at that place, and kept the old
  /// ones or not: then they were put in here too, and the old ones taken out.
  mutating func partAdded(
    by other: UnitAlignment, _ base: MergeUnits, _ side: MergeUnits, _ others: MergeUnits,
    _ bags: inout WordBags
  ) {
    var added: [Int32: [Int]] = [:]
    for index in other.origin.indices
    where other.isNew(index)
      && bags.count(others, index) > (others.all[index].kind == .heading ? 0 : 1)
    {
      added[others.all[index].key, default: []].append(index)
    }
    if added.isEmpty { return }
    partEnds(by: other, base, side, others)
    let known = Set(base.all.map(\.key))
    for old in place.indices where place[old] >= 0 {
      let new = place[old]
      let key = side.all[new].key
      guard key != base.all[old].key, !known.contains(key), let places = added[key] else {
        continue
      }
      // What stands around it on this side, and where that is on the other.
      let before = (0..<old).last { place[$0] >= 0 && other.place[$0] >= 0 }
      let behind = (old + 1..<place.count).first { place[$0] >= 0 && other.place[$0] >= 0 }
      let first = before.map { other.place[$0] } ?? -1
      let end = behind.map { other.place[$0] } ?? other.origin.count
      guard places.contains(where: { first < $0 && $0 < end }) else { continue }
      part(old)
    }
  }

  private static func counts(_ units: [MergeUnits.Unit]) -> [Int32: Int] {
    Dictionary(units.map { ($0.key, 1) }, uniquingKeysWith: +)
  }
}

/// The words of units, counted once.
struct WordBags {
  private struct Place: Hashable {
    var text: Int
    var unit: Int
  }

  private var known: [Place: [Int32]] = [:]
  private var interning: Interning

  init(interning: Interning) { self.interning = interning }

  mutating func count(_ units: MergeUnits, _ index: Int) -> Int { bag(units, index).count }

  /// The share of their words that two units have in common.
  mutating func likeness(
    _ left: MergeUnits, _ i: Int, _ right: MergeUnits, _ j: Int
  ) -> Double {
    if left.all[i].key == right.all[j].key { return 1 }
    if left.all[i].kind.isVerbatim != right.all[j].kind.isVerbatim { return 0 }
    let (a, b) = (bag(left, i), bag(right, j))
    guard !a.isEmpty, !b.isEmpty else { return 0 }
    return 2 * Double(a.commonOfSorted(with: b)) / Double(a.count + b.count)
  }

  /// Whether one of two units has every word of the other, in whatever order.
  mutating func mayContain(
    _ left: MergeUnits, _ i: Int, _ right: MergeUnits, _ j: Int
  ) -> Bool {
    let (a, b) = (bag(left, i), bag(right, j))
    return a.commonOfSorted(with: b) == min(a.count, b.count)
  }

  /// Whether a unit is mostly words of another that a third, made of it, no longer has.
  mutating func isPart(
    _ part: Int, of old: (units: MergeUnits, unit: Int), without new: Int, _ side: MergeUnits,
    atLeast count: Int = 3, share: Double = 0.75
  ) -> Bool {
    let (all, kept, words) = (bag(old.units, old.unit), bag(side, new), bag(side, part))
    let found = (kept + words).common(with: all) - kept.common(with: all)
    return words.count >= count && Double(found) >= share * Double(words.count)
  }

  /// A unit's words in the order of their numbers.
  private mutating func bag(_ units: MergeUnits, _ index: Int) -> [Int32] {
    let place = Place(text: units.id, unit: index)
    if let bag = known[place] { return bag }
    let unit = units.all[index]
    var words: [Int32] = []
    unsafe units.bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let tokens = Tokens(view, unit.range, atoms: [], isVerbatim: false, isQuote: false)
      for token in tokens.all where token.kind == .word {
        words.append(interning.number(of: units.bytes[token.range]))
      }
    }
    words.sort()
    known[place] = words
    return words
  }
}
