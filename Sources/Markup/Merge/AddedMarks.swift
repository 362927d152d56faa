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
    guard let marks = newMarks(index, units, isOurs: isOurs), marks.old != marks.new else {
      return (Array(text), -1)
    }
    let lines = text.split(separator: .newline, omittingEmptySubsequences: false).map { line in
      line.starts(with: marks.old) && !line.allSatisfy(\.isBlank)
        ? marks.new + line.dropFirst(marks.old.count) : line
    }
    return (Array(lines.joined(separator: [.newline])), marks.unit)
  }

  private func newMarks(_ index: Int, _ units: MergeUnits, isOurs: Bool) -> Marks? {
    let own = units.marks(of: index)
    let (before, behind) = neighbours(of: index, isOurs: isOurs)
    let next = behind >= 0 ? marks(behind, isOurs: isOurs) : nil
    let previous = before >= 0 ? marksBefore(before, own, units, isOurs: isOurs) : nil
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

  /// The marks of the unit before, or of the item that both it and the added one hang on.
  private func marksBefore(
    _ index: Int, _ own: ArraySlice<UInt8>, _ units: MergeUnits, isOurs: Bool
  ) -> Marks? {
    var index = index
    while !own.starts(with: units.marks(of: index)) {
      index = units.holders[index]
      if index < 0 { return nil }
    }
    if units.marks(of: index) != own, ![.item, .line].contains(units.all[index].kind) {
      return nil
    }
    return marks(index, isOurs: isOurs)
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
    if beside.isEmpty, units.holders[index] >= 0 { beside = [units.holders[index]] }
    let marks = beside.compactMap { newListMark(ofOld: $0, isOurs: isOurs) }
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
    var (next, distance) = (index + step, 1)
    while units.all.indices.contains(next), units.holders[next] >= holder {
      if units.holders[next] == holder {
        guard units.all[next].kind == .item else { return nil }
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

  /// The item of a list, or the row of a table, that another one goes on, which is this unit or what it
  /// hangs on; `nil` where there is none.
  fileprivate func partOfList(_ unit: Int, with other: Int) -> Int? {
    guard lists[other] >= 0 else { return nil }
    var part = unit
    while holders[part] > holders[other] { part = holders[part] }
    return lists[part] == lists[other] ? part : nil
  }

  /// The blanks and the marks of quotes before a unit's text.
  fileprivate func marks(of index: Int) -> ArraySlice<UInt8> {
    bytes[all[index].range].prefix { $0.isSpaceOrTab || $0 == UInt8(ascii: ">") }
  }
}
