// A longer stretch of the texts, merged by its words where units do not say it.
extension BlockMerge {
  func range(_ units: MergeUnits, _ range: Range<Int>) -> Range<Int> {
    guard let first = range.first, let last = range.last else {
      let at =
        range.lowerBound < units.all.count
        ? units.all[range.lowerBound].range.lowerBound : units.bytes.count
      return at..<at
    }
    return units.all[first].range.lowerBound..<units.all[last].range.upperBound
  }

  mutating func byWords(_ stretch: Stretch) -> Piece? {
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
  func bothChanged(_ stretch: Stretch) -> Bool {
    let key = base.all[stretch.base.lowerBound].key
    return ours.all[stretch.ours.lowerBound].key != key
      && theirs.all[stretch.theirs.lowerBound].key != key
  }

  /// Whether a side put a part of a unit into a unit of its own, before or behind it.
  mutating func isMadeTwo(_ stretch: Stretch, in wide: Stretch) -> Bool {
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
  mutating func hasJoined(_ stretch: Stretch, in wide: Stretch) -> Bool {
    wide.base.filter(bothTookAway).contains { index in
      isJoined(index, to: stretch, isOurs: true) || isJoined(index, to: stretch, isOurs: false)
    }
  }

  /// Whether one side joined a unit, that the other has still, to one that all have.
  mutating func hasJoinedChanged(_ stretch: Stretch, in wide: Stretch) -> Bool {
    wide.base.contains { index in
      isReplaced(index, our, their) && isJoined(index, to: stretch, isOurs: true)
        || isReplaced(index, their, our) && isJoined(index, to: stretch, isOurs: false)
    }
  }

  /// Whether a unit of the base is a part of what a side has of one that all have.
  private mutating func isJoined(_ index: Int, to stretch: Stretch, isOurs: Bool) -> Bool {
    let whole = isOurs ? (ours, stretch.ours.lowerBound) : (theirs, stretch.theirs.lowerBound)
    return bags.isPart(index, of: whole, without: stretch.base.lowerBound, base, atLeast: 1)
  }

  /// Whether what was made of a unit and of what stands around it has the words that it should have.
  ///
  /// Where one side made two paragraphs of one, the second is new to the units, and what the other
  /// side changed in those words was changed in what is gone.
  mutating func isBalanced(_ wide: Stretch, _ done: ArraySlice<[Piece]?>) -> Bool {
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
  func hasMoves(_ stretch: Stretch) -> Bool {
    stretch.base.contains { our.movedTo[$0] >= 0 || their.movedTo[$0] >= 0 }
      || stretch.ours.contains { our.movedFrom[$0] >= 0 }
      || stretch.theirs.contains { their.movedFrom[$0] >= 0 }
  }

}
