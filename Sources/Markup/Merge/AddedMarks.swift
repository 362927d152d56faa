// What was put in beside units that the other side moved to the right or left, or into a quote, or gave
// another list's mark.

extension BlockMerge {
  /// What stands before the lines of a unit, and what the other side made of it.
  private struct Marks: Equatable {
    let old: ArraySlice<UInt8>
    let new: ArraySlice<UInt8>
    /// The unit of the other side.
    let unit: Int

    static func == (left: Self, right: Self) -> Bool {
      left.old == right.old && left.new == right.new
    }
  }

  /// A unit that one side put in, with the indentation and the quote marks that the other side gave
  /// to what it stands among or hangs on, and the unit of the other side that has these; -1 for none.
  func marked(_ index: Int, isOurs: Bool) -> (text: [UInt8], as: Int) {
    let units = isOurs ? ours : theirs
    let text = withListMark(index, isOurs: isOurs)[...]
    let marks = newMarks(index, units, isOurs: isOurs)
    let changed = marks.flatMap { $0.old != $0.new ? $0 : nil }
    let blanks = blanksOfWiderMarker(above: index, marks?.unit, isOurs: isOurs)
    if changed == nil, blanks.isEmpty { return (Array(text), -1) }
    let (old, new) = (changed?.old ?? [], changed?.new ?? [])
    let lines = text.split(separator: .newline, omittingEmptySubsequences: false).map { line in
      line.starts(with: old) && !line.allSatisfy(\.isBlank)
        ? new + blanks + line.dropFirst(old.count) : line
    }
    return (Array(lines.joined(separator: [.newline])), changed?.unit ?? -1)
  }

  /// Whether a unit that one side put in gets other marks so.
  func isMarked(_ index: Int, isOurs: Bool) -> Bool {
    newMarks(index, isOurs ? ours : theirs, isOurs: isOurs).map { $0.old != $0.new } ?? false
  }

  /// The blanks that what was put in below an item needs more, where the other side gave the item a wider
  /// marker, as `10.` for `9.`; `beside` is the unit of the other side that it takes its marks of, if any.
  ///
  /// Without them it would hang on the item no more.
  private func blanksOfWiderMarker(
    above index: Int, _ beside: Int?, isOurs: Bool
  ) -> [UInt8] {
    let (units, side) = isOurs ? (ours, our) : (theirs, their)
    let (others, other) = isOurs ? (theirs, their) : (ours, our)
    // All that was put in below one item goes as far to the right as the first of it.
    var first = index
    while units.holders[first] >= 0, side.isNew(units.holders[first]) {
      first = units.holders[first]
    }
    let item = units.holders[first]
    guard item >= 0, !units.isQuoted(first), side.origin[item] >= 0,
      other.place[side.origin[item]] >= 0
    else { return [] }
    while first - 1 > item, side.isNew(first - 1) { first -= 1 }
    let (old, there) = (side.origin[item], other.place[side.origin[item]])
    // What takes its marks of another below the item stands as far to the right as that.
    guard beside.map({ $0 == there }) ?? true, units.marker(of: item) == base.marker(of: old),
      others.all[there].kind == .item
    else { return [] }
    let signs = (
      units.marker(of: item).count - units.marks(of: item).count,
      others.marker(of: there).count - others.marks(of: there).count
    )
    let width = units.indentation(of: first) - units.indentation(of: item)
    guard signs.1 > signs.0, width <= signs.1 else { return [] }
    return [UInt8](repeating: .space, count: signs.1 - signs.0)
  }

  private func newMarks(_ index: Int, _ units: MergeUnits, isOurs: Bool) -> Marks? {
    let own = units.marks(of: index)
    // What hangs on an item that was put in, too, goes where that goes.
    let holder = units.holders[index]
    if holder >= 0, (isOurs ? our : their).isNew(holder),
      let marks = newMarks(holder, units, isOurs: isOurs), own.starts(with: marks.old)
    {
      return marks
    }
    let (before, behind) = neighbours(of: index, isOurs: isOurs)
    let next = behind >= 0 ? marks(behind, isOurs: isOurs) : nil
    let previous = before >= 0 ? marksBefore(index, before, units, isOurs: isOurs) : nil
    if let next, next.old == own {
      if previous.map({ $0.old != own || $0 == next }) ?? true { return next }
      // The first of a list belongs to that, and the last of it to that.
      let isFirst = isOfWholeList(behind, with: index, next, isOurs: isOurs)
      let isLast = previous.map { isOfWholeList(before, with: index, $0, isOurs: isOurs) } ?? false
      return isFirst == isLast ? nil : isFirst ? next : previous
    }
    // Behind the last one it may as well be outside of what was put around that.
    guard let previous, previous.old == own else { return previous }
    let isOfItem = !own.isEmpty && !(own + previous.new).contains(UInt8(ascii: ">"))
    return isOfItem || units.areInOneQuote(before, index)
      || isOfWholeList(before, with: index, previous, isOurs: isOurs) ? previous : nil
  }

  /// Whether one that was put in goes on with the list, or the table, of an old unit, and the other side
  /// gave these marks to the one behind that, too, if there is one.
  ///
  /// Who moves the last item alone to the right leaves the list where it was.
  private func isOfWholeList(
    _ old: Int, with index: Int, _ marks: Marks, isOurs: Bool
  ) -> Bool {
    let units = isOurs ? ours : theirs
    guard marks.old != marks.new, let old = units.partOfList(old, with: index) else { return false }
    let step = old < index ? -1 : 1
    var next = old + step
    while units.all.indices.contains(next), units.partOfList(next, with: old) != nil {
      if units.lists[next] == units.lists[old],
        let others = self.marks(next, isOurs: isOurs)
      {
        return others == marks
      }
      next += step
    }
    return true
  }

  /// The marks of the unit before an added one, or of the item that both hang on.
  private func marksBefore(
    _ added: Int, _ before: Int, _ units: MergeUnits, isOurs: Bool
  ) -> Marks? {
    let own = units.marks(of: added)
    var index = before
    // What hangs beside the items of a list hangs on what they hang on, and goes with none of them.
    if units.all[added].kind != .item, units.all[index].kind == .item, units.holders[added] >= 0,
      units.holders[added] == units.holders[index]
    {
      index = units.holders[index]
    }
    while !own.starts(with: units.marks(of: index)) {
      index = units.holders[index]
      if index < 0 { return nil }
    }
    // A quote behind a list is no part of its last item.
    let isPart =
      switch units.all[index].kind {
      case .item: units.isQuoted(index) || units.hangs(added, on: index)
      case .line: !units.isQuoted(added) || units.isQuoted(index)
      case .paragraph, .heading, .row: false
      }
    return units.marks(of: index) == own || isPart ? marks(index, isOurs: isOurs) : nil
  }

  /// Those of a unit that its own side left as they were, and the other side has too.
  private func marks(_ index: Int, isOurs: Bool) -> Marks? {
    let (units, side) = isOurs ? (ours, our) : (theirs, their)
    let (others, other) = isOurs ? (theirs, their) : (ours, our)
    let old = side.origin[index]
    guard old >= 0, other.place[old] >= 0, base.marks(of: old) == units.marks(of: index) else {
      return nil
    }
    let unit = other.place[old]
    return Marks(old: base.marks(of: old), new: others.marks(of: unit), unit: unit)
  }
}

extension BlockMerge {
  /// What an item of a list begins with: `*`, `-`, `3.`, `3)`.
  private struct ListMark {
    let number: ArraySlice<UInt8>
    let sign: UInt8

    init?(_ marker: ArraySlice<UInt8>) {
      let mark = marker.drop(while: \.isBlankOrQuoteMark)
      guard let sign = mark.last else { return nil }
      (number, self.sign) = (mark.dropLast(), sign)
    }

    /// Whether two are of one list.
    func isOfList(_ other: Self) -> Bool {
      sign == other.sign && number.isEmpty == other.number.isEmpty
    }
  }

  /// The text of what one side put in; an item has the mark that the other side gave to those beside
  /// it: with another it would begin a list of its own.
  private func withListMark(_ index: Int, isOurs: Bool) -> [UInt8] {
    let units = isOurs ? ours : theirs
    let text = units.bytes[units.all[index].range]
    guard units.all[index].kind == .item, let mark = newListMark(index, isOurs: isOurs) else {
      return Array(text)
    }
    let own = units.marker(of: index)
    let before = own.prefix(while: \.isBlankOrQuoteMark)
    let new = before + mark
    // What hangs on it would not, where its words begin elsewhere.
    if new.count != own.count, units.holders.contains(index) { return Array(text) }
    return Self.text(text, own, markedAs: new, not: own)
  }

  /// The mark that the other side gave to the items before and behind an item of theirs, or to that
  /// which it hangs on, where it is the first below that.
  private func newListMark(_ index: Int, isOurs: Bool) -> [UInt8]? {
    let units = isOurs ? ours : theirs
    let before = sibling(of: index, by: -1, isOurs: isOurs)
    let behind = sibling(of: index, by: 1, isOurs: isOurs)
    var beside = [before, behind].compactMap { $0?.unit }
    let isFirst = beside.isEmpty && units.holders[index] >= 0
    if isFirst { beside = [units.holders[index]] }
    let marks = beside.compactMap { newListMark(ofOld: $0, isOurs: isOurs) }
    // The first item below another has no number of that one's list.
    if isFirst, marks.contains(where: { !$0.old.number.isEmpty || !$0.new.number.isEmpty }) {
      return nil
    }
    guard let own = ListMark(units.marker(of: index)), let first = marks.first,
      marks.count == beside.count, marks.allSatisfy({ $0.old.isOfList(own) }),
      marks.allSatisfy({ $0.new.isOfList(first.new) }), !first.new.isOfList(own)
    else { return nil }
    var number = own.number
    if number.isEmpty != first.new.number.isEmpty {
      number = first.new.number
      // It counts on, unless all items have one number.
      if let before, let last = Int(String(decoding: number, as: UTF8.self)),
        marks.count == 1 || marks.last?.new.number != number
      {
        number = Array(String(last + before.distance).utf8)[...]
      }
    }
    return number + [first.new.sign]
  }

  /// The nearest item of the same list that was there before, and how many items away it is.
  private func sibling(
    of index: Int, by step: Int, isOurs: Bool
  ) -> (unit: Int, distance: Int)? {
    let (units, side) = isOurs ? (ours, our) : (theirs, their)
    let holder = units.holders[index]
    let isQuoted = units.isQuoted(index)
    var (next, distance) = (index + step, 1)
    while units.all.indices.contains(next), units.holders[next] >= holder {
      if isQuoted, !units.areInOneQuote(min(next, next - step), max(next, next - step)) {
        return nil
      }
      if units.holders[next] == holder {
        guard units.all[next].kind == .item, units.isQuoted(next) == isQuoted else { return nil }
        if side.origin[next] >= 0 { return (next, distance) }
        distance += 1
      }
      next += step
    }
    return nil
  }

  /// The mark of an item that its own side left as it was, and what the other side made of it.
  private func newListMark(ofOld index: Int, isOurs: Bool) -> (old: ListMark, new: ListMark)? {
    let (units, side) = isOurs ? (ours, our) : (theirs, their)
    let (others, other) = isOurs ? (theirs, their) : (ours, our)
    let old = side.origin[index]
    guard old >= 0, other.place[old] >= 0, units.all[index].kind == .item,
      base.all[old].kind == .item, others.all[other.place[old]].kind == .item,
      let mark = ListMark(base.marker(of: old)),
      let new = ListMark(others.marker(of: other.place[old])),
      let own = ListMark(units.marker(of: index)), own.isOfList(mark)
    else { return nil }
    return (mark, new)
  }
}

extension MergeUnits {
  /// Whether two units, and all between them, are quoted with no blank line between them.
  func areInOneQuote(_ first: Int, _ last: Int) -> Bool {
    (first...last).allSatisfy { isQuoted($0) && ($0 == last || isTight($0)) }
  }

  /// Whether a unit hangs on an item, or on what hangs on that.
  func hangs(_ unit: Int, on item: Int) -> Bool {
    var holder = holders[unit]
    while holder > item { holder = holders[holder] }
    return holder == item
  }

  /// The item of a list, or the row of a table, that another one goes on, which is this unit or what it
  /// hangs on; `nil` where there is none.
  func partOfList(_ unit: Int, with other: Int) -> Int? {
    guard lists[other] >= 0 else { return nil }
    var part = unit
    while holders[part] > holders[other] { part = holders[part] }
    return lists[part] == lists[other] ? part : nil
  }

  /// The blanks and the marks of quotes before a unit's text.
  func marks(of index: Int) -> ArraySlice<UInt8> {
    bytes[all[index].range].prefix { $0.isSpaceOrTab || $0 == UInt8(ascii: ">") }
  }
}
