// Sections that were put in, and what was put in at the end of one: where they belong.

extension BlockMerge {
  /// What both put in at one place, where some of it is sections: those with one heading are one
  /// section, the others follow each other whole; nil where no order keeps each text in its section.
  mutating func bothAddedSections(_ mine: [Int], _ other: [Int], after row: RowBefore?) -> [Piece]?
  {
    let (mySections, otherSections) = (sections(mine, ours), sections(other, theirs))
    guard var pieces = bothAddedBlocks(mySections[0], otherSections[0], after: row) else {
      return nil
    }
    let runs = Matching.runs(headings(mine, ours, our), headings(other, theirs, their))
    var (i, j) = (1, 1)
    let end = Matching.Run(
      old: mySections.count - 1, new: otherSections.count - 1, length: 0)
    for run in runs + [end] {
      guard
        let gap = besideEachOther(
          mySections[i..<run.old + 1].flatMap { $0 }, otherSections[j..<run.new + 1].flatMap { $0 })
      else { return nil }
      pieces += gap
      for offset in 0..<run.length {
        let (m, o) = (mySections[run.old + 1 + offset], otherSections[run.new + 1 + offset])
        guard let heading = bothAddedBlocks([m[0]], [o[0]], after: nil),
          let text = bothAddedBlocks(Array(m.dropFirst()), Array(o.dropFirst()), after: nil)
        else { return nil }
        pieces += heading + text
      }
      i = run.old + 1 + run.length
      j = run.new + 1 + run.length
    }
    return pieces
  }

  /// Sections of both sides without a heading in common.
  private mutating func besideEachOther(_ mine: [Int], _ other: [Int]) -> [Piece]? {
    guard let first = mine.first, let second = other.first else {
      return bothAddedBlocks(mine, other, after: nil)
    }
    // One section whose heading each side worded in its own way.
    if isOneAddition(mine, other, atLeast: 0.8) {
      return bothAddedBlocks(mine, other, after: nil)
    }
    func levels(_ rows: [Int], _ units: MergeUnits) -> (first: Int, least: Int) {
      let found = headings(rows, units).compactMap { units.all[$0].level }
      return (found.first ?? 0, found.min() ?? 0)
    }
    let (my, their) = (levels(mine, ours), levels(other, theirs))
    let pieces = (placed(mine, isOurs: true), placed(other, isOurs: false))
    // A section that is put behind another must not become a part of it.
    let fits = (mineFirst: their.first <= my.least, otherFirst: my.first <= their.least)
    guard fits.mineFirst || fits.otherFirst else { return nil }
    let isMineFirst =
      fits.mineFirst && fits.otherFirst
      ? !theirs.bytes[theirs.all[second].range].lexicographicallyPrecedes(
        ours.bytes[ours.all[first].range])
      : fits.mineFirst
    return isMineFirst ? pieces.0 + pieces.1 : pieces.1 + pieces.0
  }

  /// What stands before the first heading, and then each heading with what stands below it.
  private func sections(_ rows: [Int], _ units: MergeUnits) -> [[Int]] {
    var sections: [[Int]] = [[]]
    let heads = Set(headings(rows, units))
    for row in rows {
      if heads.contains(row) { sections.append([]) }
      sections[sections.count - 1].append(row)
    }
    return sections
  }

  /// What the headings are known by: each by its own text and those of the headings that it is below.
  private mutating func headings(
    _ rows: [Int], _ units: MergeUnits, _ side: UnitAlignment
  ) -> [Int32] {
    let parts = AddedParts(
      rows, keys: rows.map { units.all[$0].key }, units, side, interning: &interning)
    let heads = Set(headings(rows, units))
    return rows.indices.filter { heads.contains(rows[$0]) }.map { parts.identities[$0] }
  }

  func hasHeading(_ rows: [Int], _ units: MergeUnits) -> Bool { !headings(rows, units).isEmpty }

  /// The headings that begin sections; one within an element of HTML is a part of that.
  private func headings(_ rows: [Int], _ units: MergeUnits) -> [Int] {
    let found = rows.filter { units.all[$0].level != nil }
    if found.isEmpty { return [] }
    let elements = units.elements(in: rows)
    return found.filter { elements[$0] == nil }
  }

  /// Whether something was put in at the end of what the other side took away, or moved: a section, an
  /// item with what hangs on it, a quote, a block of code; or into what its own side moved and the
  /// other took away.
  ///
  /// Left where it is, it would become a part of whatever stands before it now.
  func isAtEndOfDeleted(
    _ added: [Added], _ units: MergeUnits, _ side: UnitAlignment, _ other: UnitAlignment
  ) -> Bool {
    added.contains { entry in
      guard side.movedFrom[entry.unit] < 0 else { return false }
      let container = units.container(of: entry.unit)
      // It was put into what its own side moved.
      if let from = container.map({ side.movedFrom[$0] }), from >= 0, other.place[from] < 0,
        other.movedTo[from] < 0
      {
        return true
      }
      let before = entry.at - 1
      guard before >= 0, side.place[before] >= 0 else { return false }
      let whole = container.map { side.origin[$0] } ?? -1
      // What it was put behind stayed, and its section went elsewhere, or another item came in the
      // place of its own.
      guard other.place[before] < 0 else {
        return whole >= 0 && other.place[whole] < 0
          && (other.movedTo[whole] >= 0 || base.all[whole].kind == .item)
      }
      if units.all[entry.unit].kind.isVerbatim, base.all[before].kind.isVerbatim,
        entry.unit == side.place[before] + 1
      {
        return true
      }
      return whole >= 0 && other.place[whole] < 0
    }
  }

  /// Whether a heading was put in above what its own side moved and the other side took away: nothing of
  /// what it was written for would stand below it.
  func isHeadingOfDeleted(
    _ added: [Added], _ units: MergeUnits, _ side: UnitAlignment, _ other: UnitAlignment
  ) -> Bool {
    added.contains { entry in
      guard units.all[entry.unit].level != nil, side.movedFrom[entry.unit] < 0 else { return false }
      let old = units.all.indices[(entry.unit + 1)...].prefix { !units.isEnd(of: entry.unit, $0) }
        .filter { side.origin[$0] >= 0 || side.movedFrom[$0] >= 0 }
      return !old.isEmpty
        && old.allSatisfy { unit in
          let from = side.movedFrom[unit]
          return from >= 0 && other.place[from] < 0 && other.movedTo[from] < 0
        }
    }
  }

  /// Whether a row was put into a table whose columns the other side put into another order, or took
  /// out: its cells would stand below the wrong names.
  func isRowOfOtherColumns(
    _ added: [Added], _ units: MergeUnits, _ side: UnitAlignment, _ otherUnits: MergeUnits,
    _ other: UnitAlignment
  ) -> Bool {
    added.contains { entry in
      guard let header = units.tableHeader(of: entry.unit), side.origin[header] >= 0 else {
        return false
      }
      let old = side.origin[header]
      guard other.place[old] >= 0 else { return false }
      let (before, after) = (base.cells(of: old), otherUnits.cells(of: other.place[old]))
      // Columns at the end, and other names for what is there, change nothing.
      if after.starts(with: before) { return false }
      return before.count != after.count || before.sorted() == after.sorted()
    }
  }
}

extension MergeUnits {
  /// What a unit is a part of: the item that it hangs on, the quote, what stands before its list as a
  /// heading does, or the heading of its section.
  func container(of index: Int) -> Int? {
    // A section is a part of one of a higher level, and not of the one before it.
    if let level = all[index].level {
      return all[..<index].indices.last { all[$0].level.map { $0 < level } ?? false }
    }
    if isQuoted(index) {
      var first = index
      while first > 0, isQuoted(first - 1), isTight(first - 1) { first -= 1 }
      if first < index { return first }
    }
    if holders[index] >= 0 { return holders[index] }
    if all[index].kind == .item {
      let above = all[..<index].indices.last { all[$0].kind != .item && indentation(of: $0) == 0 }
      if let above, isName(above) { return above }
    }
    return all[..<index].indices.last { all[$0].level != nil }
  }

  /// The first row of the table that a row is in.
  func tableHeader(of index: Int) -> Int? {
    guard isTableRow(index) else { return nil }
    var first = index
    while first > 0, isTableRow(first - 1), isTight(first - 1) { first -= 1 }
    return first < index ? first : nil
  }

  /// The texts of the cells of a table's row.
  func cells(of index: Int) -> [String] {
    var cells: [String] = []
    var cell: [UInt8] = []
    var before: UInt8 = 0
    let text = bytes[all[index].range].drop(while: \.isBlankOrQuoteMark)
    for byte in text {
      if byte == UInt8(ascii: "|"), before != UInt8(ascii: "\\") {
        cells.append(String(decoding: cell.trimmedOfBlanks, as: UTF8.self))
        cell = []
      } else {
        cell.append(byte)
      }
      before = byte
    }
    if !cell.allSatisfy(\.isBlank) {
      cells.append(String(decoding: cell.trimmedOfBlanks, as: UTF8.self))
    }
    return text.first == UInt8(ascii: "|") ? Array(cells.dropFirst()) : cells
  }

  private func isTableRow(_ index: Int) -> Bool {
    all[index].kind == .row && bytes[all[index].range].contains(UInt8(ascii: "|"))
  }

  /// Whether a row names the columns of a table.
  func isTableHeader(_ index: Int) -> Bool {
    guard isTableRow(index), index + 1 < all.count, isTableRow(index + 1), isTight(index) else {
      return false
    }
    return bytes[all[index + 1].range].allSatisfy { "|:- \t>\r".utf8.contains($0) }
  }

  /// Whether a unit is in a quote.
  func isQuoted(_ index: Int) -> Bool {
    bytes[all[index].range].isQuoted
  }

  /// How many columns of blanks stand before a unit.
  func indentation(of index: Int) -> Int { bytes[all[index].range].indentation }
}

extension Collection<UInt8> where SubSequence == ArraySlice<UInt8> {
  /// Without the blanks and line ends around it.
  var trimmedOfBlanks: ArraySlice<UInt8> {
    var text = drop(while: \.isBlank)
    while text.last?.isBlank == true { text.removeLast() }
    return text
  }
}
