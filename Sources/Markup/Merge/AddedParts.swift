/// Units that a side put in at one place, each with what it is a part of.
///
/// The same words below two headings, or two items, are two things: what makes two units one is
/// what they say and what they belong to.
struct AddedParts {
  /// The units, in order.
  let rows: [Int]
  /// For each of them the one that it is a part of: its heading, the line before its list, its item,
  /// its quote, its table's header; else -1, or less than that for an item that was there before.
  private(set) var parent: [Int]
  /// For each the one before it that is a part of the same, or -1.
  private(set) var before: [Int]
  /// For each the first line of the block that is never taken apart, or itself: code, HTML.
  private(set) var block: [Int]
  /// Equal for units that say the same and belong to the same.
  private(set) var identities: [Int32] = []
  /// Equal for units that say the same in what begins alike, though a side may have more in it: what
  /// stands in an element of HTML is not known by all of that.
  private(set) var contents: [Int32] = []

  /// Units of two texts that have no base: nobody knows there which was a part of which.
  init(apart rows: [Int], identities: [Int32]) {
    self.rows = rows
    parent = [Int](repeating: -1, count: rows.count)
    before = parent
    block = Array(rows.indices)
    self.identities = identities
  }

  /// Units with the keys that they have alone; what both moved to here has a negative one.
  init(
    _ rows: [Int], keys: [Int32], _ units: MergeUnits, _ side: UnitAlignment,
    interning: inout Interning
  ) {
    self.init(apart: rows, identities: [])
    findBlocks(units)
    findParents(units)
    for (place, row) in rows.enumerated() where parent[place] < 0 && units.holders[row] >= 0 {
      let item = units.holders[row]
      parent[place] = -3 - max(side.origin[item], side.movedFrom[item])
    }
    var last: [Int: Int] = [:]
    for place in rows.indices {
      before[place] = last[parent[place]] ?? -1
      last[parent[place]] = place
    }
    identities.reserveCapacity(rows.count)
    for place in rows.indices {
      identities.append(
        identity(place, keys, units.linkDefinition(of: rows[place]) != nil, &interning))
    }
    contents.reserveCapacity(rows.count)
    for place in rows.indices { contents.append(content(place, keys, units, &interning)) }
  }

  /// What a unit is known by: its block, and what that is a part of.
  private func identity(
    _ place: Int, _ keys: [Int32], _ isDefinition: Bool, _ interning: inout Interning
  ) -> Int32 {
    if keys[place] < 0 || isDefinition { return keys[place] }
    if parent[place] == -1, !isInBlock(place) { return keys[place] }
    if block[place] < place {
      return interning.number(
        of: 3, [identities[block[place]], Int32(place - block[place])])
    }
    // What was moved has a small negative identity.
    let whole = parent[place] < 0 ? Int32.min - Int32(parent[place]) : identities[parent[place]]
    return interning.number(of: 2, [whole] + lines(of: place).map { keys[$0] })
  }

  /// What a unit is known by in what one side may have written more in.
  private func content(
    _ place: Int, _ keys: [Int32], _ units: MergeUnits, _ interning: inout Interning
  ) -> Int32 {
    let isCode = units.all[rows[block[place]]].kind.isVerbatim
    if keys[place] < 0 || isCode { return identities[place] }
    let whole = block[place] < place ? block[place] : parent[place]
    return interning.number(
      of: 4, [whole < 0 ? Int32.min - Int32(whole) : contents[whole], keys[place]])
  }

  /// What pairs the units with those of another row of units, where one of the two has all that the
  /// other has, in its order: then it is the other with more put in.
  func contained(in other: Self) -> [Matching.Run]? {
    let isMore = rows.count > other.rows.count
    let (few, many) = isMore ? (other.contents, contents) : (contents, other.contents)
    var runs: [Matching.Run] = []
    var next = 0
    for (place, content) in few.enumerated() {
      guard let there = many[next...].firstIndex(of: content) else { return nil }
      runs.append(
        isMore
          ? Matching.Run(old: there, new: place, length: 1)
          : Matching.Run(old: place, new: there, length: 1))
      next = there + 1
    }
    return runs
  }

  /// Whether a unit is one line of several that are never taken apart.
  func isInBlock(_ place: Int) -> Bool {
    block[place] < place || place + 1 < rows.count && block[place + 1] == place
  }

  /// The lines of the block that a unit is in.
  func lines(of place: Int) -> Range<Int> {
    var end = place + 1
    while end < rows.count, block[end] == block[place] { end += 1 }
    return block[place]..<end
  }

  // MARK: What belongs to what

  private mutating func findBlocks(_ units: MergeUnits) {
    var (first, depth) = (-1, 0)
    var fence: [UInt8]?
    let elements = units.elements(in: rows)
    for (place, row) in rows.enumerated() {
      // An element is one thing from its first tag to its last, whatever stands between them.
      if let whole = elements[row] {
        block[place] = whole
        (first, depth, fence) = (-1, 0, nil)
        continue
      }
      let text = units.bytes[units.all[row].range].drop {
        $0.isSpaceOrTab || $0 == UInt8(ascii: ">")
      }
      let isNext = place > 0 && rows[place - 1] == row - 1
      let isTight = isNext && units.isTight(row - 1)
      let isOpen = first >= 0 && isNext && (fence != nil || isTight)
      switch units.all[row].kind {
      case .line:
        let isCode = first >= 0 && units.all[rows[first]].kind == .line
        if isOpen, isCode {
          block[place] = first
          if let mark = fence, text.starts(with: mark) { (first, fence) = (-1, nil) }
        } else {
          (first, depth) = (place, 0)
          fence = ["```", "~~~", "$$"].map { Array($0.utf8) }.first { text.starts(with: $0) }
          // A formula in one line is whole.
          if fence?.count == 2, text.count > 4, text.suffix(2).elementsEqual("$$".utf8) {
            (first, fence) = (-1, nil)
          }
        }
      case .row where isOpen && depth > 0 || text.first == UInt8(ascii: "<"):
        if isOpen, depth > 0 { block[place] = first } else { (first, depth) = (place, 0) }
        fence = nil
        depth += HTMLTag.all(in: text).reduce(0) { $0 + ($1.isEnd ? -1 : 1) }
        if depth <= 0 { (first, depth) = (-1, 0) }
      default: (first, depth, fence) = (-1, 0, nil)
      }
    }
  }

  private mutating func findParents(_ units: MergeUnits) {
    var headings: [(level: Int, place: Int)] = []
    var items: [(width: Int, place: Int)] = []
    // A line in bold stands before all that follows as a heading does, one with a colon before a list.
    var (name, isBold) = (-1, false)
    var (quote, table) = (-1, -1)
    for (place, row) in rows.enumerated() {
      if block[place] < place {
        parent[place] = parent[block[place]]
        continue
      }
      let unit = units.all[row]
      let isTight = place > 0 && rows[place - 1] == row - 1 && units.isTight(row - 1)
      if let level = unit.level {
        while let last = headings.last, last.level >= level { headings.removeLast() }
        parent[place] = headings.last?.place ?? -1
        headings.append((level, place))
        (items, name, quote, table) = ([], -1, -1, -1)
        continue
      }
      let text = units.bytes[unit.range]
      let width = units.indentation(of: row)
      if !isTight { (quote, table) = (-1, -1) }
      let isQuoted = units.isQuoted(row)
      if unit.kind == .item || width > 0 {
        while let last = items.last, last.width >= width { items.removeLast() }
      } else if !isQuoted || !isTight {
        items = []
      }
      let isName = unit.kind == .paragraph && width == 0 && units.isName(row)
      if isName || width == 0 && !isBold && unit.kind == .paragraph && !isQuoted { name = -1 }
      let above = isName || name < 0 ? headings.last?.place ?? -1 : name
      parent[place] =
        isQuoted && quote >= 0 ? quote : table >= 0 ? table : items.last?.place ?? above
      if isName { (name, isBold) = (place, text.last != UInt8(ascii: ":")) }
      if unit.kind == .item, !isQuoted { items.append((width, place)) }
      if isQuoted, row == 0 || !units.isQuoted(row - 1) || !units.isTight(row - 1) {
        quote = place
      }
      if units.isTableHeader(row) { table = place }
    }
  }
}

extension Interning {
  /// The number of a row of numbers; `mark` is a byte that neither a unit's key nor a word begins with.
  fileprivate mutating func number(of mark: UInt8, _ numbers: [Int32]) -> Int32 {
    let bytes = numbers.flatMap { number in
      [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
    return number(of: ([mark] + bytes)[...])
  }
}
