extension BlockMerge {
  /// A stretch of the result.
  struct Piece {
    var part: TextMerge.Part
    /// What follows it.
    var after: ArraySlice<UInt8>
    /// What came before it on its own side, for the first of a row of units that were put in.
    var before: ArraySlice<UInt8>?
    /// What stands before it whatever stood behind what comes before.
    var gap: ArraySlice<UInt8>?
    /// The other side's unit whose marks were given to it, or -1.
    var beside = -1
    /// Whether it ends its side's text.
    var isLast = false
    /// What it is a row of, if it is one unit.
    var row: Row?
    /// Where its first and its last unit stand.
    var first: Place
    var last: Place

    /// Whether it is one unit.
    var isOne: Bool { first == last }

    /// Whether nothing is left of it, and nothing is asked.
    var isEmpty: Bool { part == .settled([]) }
  }

  /// Whether one piece follows another as the next item of a list does, or the next row of a table.
  private func isRow(_ piece: Piece, with next: Piece) -> Bool {
    piece.row != nil && piece.row == next.row && !isTableHeader(next)
  }

  /// Whether a piece begins a table of its own.
  func isTableHeader(_ piece: Piece) -> Bool {
    let (units, index) = unit(of: piece)
    return index >= 0 && units.isTableHeader(index)
  }

  /// What has parts that follow each other without a blank line.
  enum Row {
    case bullets, numbers, rows, lines
  }

  /// What stands before an addition.
  struct RowBefore {
    /// What it is a row of.
    let last: Row?
    /// What the outermost item is a row of that it hangs on; the same where it hangs on none.
    let list: Row?
  }

  /// Which unit of each text something is; -1 where it is none.
  struct Place: Equatable {
    var base = -1
    var ours = -1
    var theirs = -1
  }

  /// Puts the pieces together, each with what stands between it and the next.
  func assembled(_ pieces: [Piece]) -> TextMerge {
    var merge = TextMerge()
    merge.add(
      Self.changed(
        base.bytes[base.bodyStart..<base.start], ours.bytes[ours.bodyStart..<ours.start],
        theirs.bytes[theirs.bodyStart..<theirs.start]))
    // What stands before each piece, and behind the last.
    var gaps: [ArraySlice<UInt8>] = [[]]
    for (piece, next) in zip(pieces, pieces.dropFirst()) { gaps.append(between(piece, next)) }
    if let last = pieces.last { gaps.append(last.isLast ? last.after : lastSeparator()) }
    for (index, piece) in pieces.enumerated() {
      switch piece.part {
      case .settled(let bytes):
        merge.add(gaps[index])
        merge.add(bytes)
      case .conflict(var conflict):
        if conflict.ours.isEmpty != conflict.theirs.isEmpty {
          takeGaps(around: index, of: pieces, &gaps, into: &conflict)
        }
        merge.add(gaps[index])
        merge.parts.append(.conflict(conflict))
      }
    }
    merge.add(gaps[pieces.count])
    return merge
  }

  /// Takes into a question of which one side is empty what stands around it on the other side alone.
  ///
  /// Else the blank lines before and behind what one side took away would both stand there in its
  /// text: a list or a table would be torn.
  private func takeGaps(
    around index: Int, of pieces: [Piece], _ gaps: inout [ArraySlice<UInt8>],
    into conflict: inout TextMerge.Conflict
  ) {
    let piece = pieces[index]
    let before = index > 0 ? pieces[index - 1].last : nil
    let next = index + 1 < pieces.count ? pieces[index + 1].first : nil
    /// What a text has between two pieces that are neighbours there, if they are.
    func gap(_ isOurs: Bool, _ before: Place?, _ next: Place?) -> ArraySlice<UInt8>? {
      guard let before else { return [] }
      let units = isOurs ? ours : theirs
      let last = isOurs ? before.ours : before.theirs
      let first = next.map { isOurs ? $0.ours : $0.theirs } ?? units.all.count
      return Self.isNext(first, to: last) ? units.separator(after: last) : nil
    }
    let isOursGone = conflict.ours.isEmpty
    let lead = gap(!isOursGone, before, piece.first) ?? gaps[index]
    let end = gap(!isOursGone, piece.last, next) ?? gaps[index + 1]
    let whole = gap(isOursGone, before, next) ?? (next == nil ? gaps[index + 1] : gaps[index])
    // What the empty side has there is the beginning of the one and the end of the other.
    var shared = zip(whole, lead).prefix { $0 == $1 }.count
    if !end.suffix(whole.count - shared).elementsEqual(whole.dropFirst(shared)) {
      shared = whole.count
    }
    (gaps[index], gaps[index + 1]) = (whole.prefix(shared), whole.dropFirst(shared))
    let (first, last) = (lead.dropFirst(shared), end.dropLast(whole.count - shared))
    func wide(_ text: [UInt8]) -> [UInt8] { text.isEmpty ? [] : Array(first) + text + last }
    conflict = TextMerge.Conflict(
      base: wide(conflict.base), ours: wide(conflict.ours), theirs: wide(conflict.theirs))
  }

  /// Whether no blank line stands between two pieces.
  func isTight(_ piece: Piece, before next: Piece) -> Bool {
    between(piece, next).count { $0 == .newline } < 2
  }

  /// What kind of unit a piece is, if it is one.
  func kind(of piece: Piece) -> MergeUnits.Kind? {
    guard piece.isOne else { return nil }
    let (mine, other) = (piece.first.ours, piece.first.theirs)
    guard mine >= 0 else { return other >= 0 ? theirs.all[other].kind : nil }
    let kind = ours.all[mine].kind
    guard other >= 0, piece.first.base >= 0 else { return kind }
    return kind == base.all[piece.first.base].kind ? theirs.all[other].kind : kind
  }

  /// What stands between two pieces.
  private func between(_ piece: Piece, _ next: Piece) -> ArraySlice<UInt8> {
    if let gap = next.gap { return gap }
    if let within = besideOther(piece, next) ?? withinQuote(piece, next) { return within }
    if let between = separator(between: piece.last, next.first) {
      // Blanks at a line's end go with the line.
      return piece.after.prefix(while: \.isSpaceOrTab) + between.drop(while: \.isSpaceOrTab)
    }
    var after = piece.after
    if let before = next.before, piece.before != nil || piece.isLast,
      isRow(piece, with: next) || before.count > after.count
    {
      after = before
    }
    if let within = betweenItems(piece, next) { after = within }
    if !after.contains(.newline) { after = next.before ?? [] }
    if !after.contains(.newline) { after = ours.bytes.lineEnd }
    // Without a blank line a paragraph would go on with what it never stood behind.
    let isOpen =
      after.count(where: { $0 == .newline }) < 2 && !isRow(piece, with: next)
      && !isOfItem(piece, before: next) && !areNeighbours(piece.last, next.first)
      && !isBlankInQuote(piece)
    return isOpen ? after + after : after
  }

  /// An empty line with the mark of a quote, where a side put one between a unit and what it put behind
  /// that, and the other side put the two into a quote.
  private func blankInQuote(_ piece: Piece, _ next: Piece) -> ArraySlice<UInt8>? {
    let isOurs = next.first.ours >= 0
    let (units, index) = isOurs ? (ours, next.first.ours) : (theirs, next.first.theirs)
    let (others, there) = isOurs ? (theirs, piece.last.theirs) : (ours, piece.last.ours)
    guard next.beside >= 0, there == next.beside, others.isQuoted(there), index > 0,
      !units.isTight(index - 1)
    else { return nil }
    let mark = others.marks(of: there)
    let end = mark.lastIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? mark.endIndex
    let line = units.bytes.lineEnd
    return line + mark[..<end] + line
  }

  /// Whether a side put something into a quote before what it began with.
  func isOnTopOfQuote(_ piece: Piece) -> Bool {
    let (units, index) = unit(of: piece)
    return piece.isOne && piece.first.base < 0 && index + 1 < units.all.count
      && units.areInOneQuote(index, index + 1)
  }

  /// What stands between what both sides put into one quote: no blank line, which would tear it.
  private func withinQuote(_ piece: Piece, _ next: Piece) -> ArraySlice<UInt8>? {
    guard piece.last.base < 0, next.first.base < 0 else { return nil }
    let (units, index) = unit(of: piece)
    let (others, behind) = unit(of: next)
    guard piece.isOne, units.id != others.id, units.isQuoted(index), others.isQuoted(behind) else {
      return nil
    }
    if isOnTopOfQuote(piece) { return units.separator(after: index) }
    return behind > 0 && others.areInOneQuote(behind - 1, behind)
      ? others.separator(after: behind - 1) : nil
  }

  /// What stands before or behind one that was given the marks of the unit which the other side has in
  /// its place, where the two of the other side are neighbours.
  private func besideOther(_ piece: Piece, _ next: Piece) -> ArraySlice<UInt8>? {
    func gap(_ one: Piece, _ last: Int, _ first: Int) -> ArraySlice<UInt8>? {
      guard one.beside >= 0, Self.isNext(first, to: last) else { return nil }
      return (one.first.ours >= 0 ? theirs : ours).separator(after: last)
    }
    let (before, behind) = (piece.last, next.first)
    if let blank = blankInQuote(piece, next) { return blank }
    return gap(next, next.first.ours >= 0 ? before.theirs : before.ours, next.beside)
      ?? gap(piece, piece.beside, piece.first.ours >= 0 ? behind.theirs : behind.ours)
  }

  /// What stands between two units that are neighbours on one side alone, where something was put in
  /// or taken out; nil for all others.
  ///
  /// Where something was put in before a unit, that is also where the blank lines belong that the
  /// other side put before it, or took away.
  private func separator(between place: Place, _ next: Place) -> ArraySlice<UInt8>? {
    let isOurs = Self.isNext(next.ours, to: place.ours)
    guard isOurs != Self.isNext(next.theirs, to: place.theirs),
      !Self.isNext(next.base, to: place.base)
    else { return nil }
    let own = isOurs ? ours.separator(after: place.ours) : theirs.separator(after: place.theirs)
    let (units, side, there) = isOurs ? (theirs, their, next.theirs) : (ours, our, next.ours)
    guard next.base > 0, there > 0, side.origin[there] == next.base,
      side.origin[there - 1] == next.base - 1
    else { return own }
    let (old, other) = (
      base.separator(after: next.base - 1), units.separator(after: there - 1)
    )
    return Self.changed(old, isOurs ? own : other, isOurs ? other : own)
  }

  /// What stands between two items of one list that no text has side by side: what stands between
  /// others of it, and no blank line that only parts the list from what is around it.
  private func betweenItems(_ piece: Piece, _ next: Piece) -> ArraySlice<UInt8>? {
    guard let row = next.row, row == .bullets || row == .numbers,
      isRow(piece, with: next) || isOfItem(piece, before: next)
    else { return nil }
    let (place, nextPlace) = (piece.last, next.first)
    if Self.isNext(nextPlace.base, to: place.base) || Self.isNext(nextPlace.ours, to: place.ours)
      || Self.isNext(nextPlace.theirs, to: place.theirs)
    {
      return nil
    }
    /// What stands behind an item that another follows; of two sides the shorter.
    func behind(_ mine: Int, _ other: Int) -> ArraySlice<UInt8>? {
      let found = [(ours, mine), (theirs, other)].compactMap { units, one in
        one >= 0 && one + 1 < units.all.count && self.row(units, one) == row
          && self.row(units, one + 1) == row ? units.separator(after: one) : nil
      }
      return found.min { $0.count < $1.count }
    }
    return behind(nextPlace.ours - 1, nextPlace.theirs - 1) ?? behind(place.ours, place.theirs)
      ?? behind(place.ours - 1, place.theirs - 1) ?? behind(nextPlace.ours, nextPlace.theirs)
      ?? ours.bytes.lineEnd
  }

  /// Whether a piece is a line that hangs on an item, and what follows is an item of the same list: it
  /// needs no blank line.
  private func isOfItem(_ piece: Piece, before next: Piece) -> Bool {
    guard [.bullets, .numbers, .lines].contains(piece.row), depth(piece) > 0,
      next.row == .bullets || next.row == .numbers
    else { return false }
    // A list that does not begin with 1 would be words of the line above it.
    if next.row == .numbers, depth(next) > depth(piece), !beginsWithOne(next) { return false }
    let (units, index) = unit(of: piece)
    return depth(next) > 0 || listRow(units, index) == next.row
  }

  /// Whether a piece is a line of a quote in which nothing stands.
  private func isBlankInQuote(_ piece: Piece) -> Bool {
    let (units, index) = unit(of: piece)
    return index >= 0 && piece.isOne && units.words(of: index).isEmpty
  }

  private func beginsWithOne(_ piece: Piece) -> Bool {
    let (units, index) = unit(of: piece)
    return units.marker(of: index).drop(while: \.isBlank).prefix(while: \.isDigit)
      .elementsEqual("1".utf8)
  }

  /// How far to the right something stands that hangs on an item; 0 for all else.
  func depth(_ piece: Piece) -> Int {
    let (units, index) = unit(of: piece)
    return index >= 0 && units.holders[index] >= 0 ? units.indentation(of: index) : 0
  }

  func unit(of piece: Piece) -> (units: MergeUnits, index: Int) {
    piece.first.ours >= 0 ? (ours, piece.first.ours) : (theirs, piece.first.theirs)
  }

  func rowBefore(_ units: MergeUnits, _ index: Int) -> RowBefore {
    RowBefore(last: row(units, index), list: listRow(units, index))
  }

  /// What a unit is a row of, or what the item is that it hangs on.
  func listRow(_ units: MergeUnits, _ index: Int) -> Row? {
    var index = index
    while units.holders[index] >= 0 { index = units.holders[index] }
    return row(units, index)
  }

  /// What a unit is a row of.
  func row(_ units: MergeUnits, _ index: Int) -> Row? {
    switch units.all[index].kind {
    case .item:
      let text = units.bytes[units.all[index].range].drop(while: \.isBlankOrQuoteMark)
      return text.first?.isDigit == true ? .numbers : .bullets
    case .row: return .rows
    case .line: return .lines
    case .paragraph, .heading: return nil
    }
  }

  /// Whether a unit of a text is the one behind another.
  private static func isNext(_ next: Int, to index: Int) -> Bool {
    index >= 0 && next == index + 1
  }

  /// Whether a text has one unit directly behind another, with no blank line between them.
  private func areNeighbours(_ place: Place, _ next: Place) -> Bool {
    func isTight(_ units: MergeUnits, _ index: Int, _ next: Int) -> Bool {
      Self.isNext(next, to: index) && units.isTight(index)
    }
    return isTight(base, place.base, next.base) || isTight(ours, place.ours, next.ours)
      || isTight(theirs, place.theirs, next.theirs)
  }

  private func lastSeparator() -> ArraySlice<UInt8> {
    func last(_ units: MergeUnits) -> ArraySlice<UInt8> {
      units.all.isEmpty ? [] : units.separator(after: units.all.count - 1)
    }
    return Self.changed(last(base), last(ours), last(theirs))
  }

  /// Of three blanks the one that changed; of two that did, the longer.
  static func changed(
    _ base: ArraySlice<UInt8>, _ ours: ArraySlice<UInt8>, _ theirs: ArraySlice<UInt8>
  ) -> ArraySlice<UInt8> {
    if ours == base { return theirs }
    if theirs == base || ours == theirs { return ours }
    // Blanks at the end of a line that was written on are no change of what stands behind it.
    let lines = [base, ours, theirs].map { $0.drop(while: \.isSpaceOrTab) }
    if lines[1] == lines[0] { return ours[..<lines[1].startIndex] + lines[2] }
    if lines[2] == lines[0] { return theirs[..<lines[2].startIndex] + lines[1] }
    let isOurs =
      ours.count != theirs.count
      ? ours.count > theirs.count : ours.lexicographicallyPrecedes(theirs)
    return isOurs ? ours : theirs
  }
}

extension [UInt8] {
  /// Where the line of a byte begins.
  func lineStart(of index: Int) -> Int {
    self[..<index].lastIndex(of: .newline).map { $0 + 1 } ?? 0
  }

  /// What ends the first line of a text.
  var lineEnd: ArraySlice<UInt8> {
    let isLong = firstIndex(of: .newline).map { $0 > 0 && self[$0 - 1] == .carriageReturn }
    return isLong == true ? [.carriageReturn, .newline] : [.newline]
  }
}
