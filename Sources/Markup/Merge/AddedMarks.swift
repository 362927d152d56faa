// What was put in beside units that the other side moved to the right or left, or into a quote.

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
    let text = units.bytes[units.all[index].range]
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
      return previous.map { $0.old != own || $0 == next } ?? true ? next : nil
    }
    // Behind the last one it may as well be outside of what was put around that.
    guard let previous, previous.old == own else { return previous }
    let isOfItem = !own.isEmpty && !(own + previous.new).contains(UInt8(ascii: ">"))
    return isOfItem || units.areInOneQuote(before, index) ? previous : nil
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

extension MergeUnits {
  /// Whether two units, and all between them, are quoted with no blank line between them.
  func areInOneQuote(_ first: Int, _ last: Int) -> Bool {
    (first...last).allSatisfy { isQuoted($0) && ($0 == last || isTight($0)) }
  }

  /// The blanks and the marks of quotes before a unit's text.
  fileprivate func marks(of index: Int) -> ArraySlice<UInt8> {
    bytes[all[index].range].prefix { $0.isSpaceOrTab || $0 == UInt8(ascii: ">") }
  }
}
