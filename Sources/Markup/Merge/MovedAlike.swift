// What both sides took away and put in again, each at a place of its own below one heading.

extension BlockMerge {
  /// Items that both sides moved, or ticked and moved, in the same words.
  struct MovedAlike {
    /// The units of the base.
    var old: Set<Int> = []
    /// Those of theirs, which are left out: each is there once, where ours has it.
    var leftOut: Set<Int> = []
  }

  /// Finds what both sides moved to two places of one list, such as a task that both machines ticked
  /// and put below "Done", the one first and the other last.
  func movedAlike() -> MovedAlike {
    var found = MovedAlike()
    func isGone(_ index: Int) -> Bool {
      base.all[index].kind == .item && our.place[index] < 0 && their.place[index] < 0
    }
    let gone = places(base.all.indices.filter(isGone), base)
    if gone.isEmpty { return found }
    func come(_ units: MergeUnits, _ side: UnitAlignment) -> [ArraySlice<UInt8>: [Int]] {
      places(units.all.indices.filter { side.origin[$0] < 0 }, units)
    }
    let (mine, other) = (come(ours, our), come(theirs, their))
    for (text, olds) in gone {
      guard olds.count == 1, let m = mine[text], m.count == 1, let o = other[text], o.count == 1,
        ours.all[m[0]].key == theirs.all[o[0]].key, belongToOne(m[0], o[0]),
        // What hangs on it would hang on another item without it.
        !ours.holders.contains(m[0]), !theirs.holders.contains(o[0])
      else { continue }
      found.old.insert(olds[0])
      found.leftOut.insert(o[0])
    }
    return found
  }

  /// The items that say something, by what they say whether ticked or not.
  private func places(_ indices: [Int], _ units: MergeUnits) -> [ArraySlice<UInt8>: [Int]] {
    var places: [ArraySlice<UInt8>: [Int]] = [:]
    for index in indices where units.all[index].kind == .item {
      let marker = units.marker(of: index)
      let text = units.bytes[marker.endIndex..<units.all[index].range.upperBound].withoutCheckBox
      if !text.isEmpty { places[text, default: []].append(index) }
    }
    return places
  }

  /// Whether two units are below one heading, or in one item, that was there before.
  private func belongToOne(_ mine: Int, _ other: Int) -> Bool {
    switch (ours.container(of: mine), theirs.container(of: other)) {
    case (nil, nil): true
    case (let first?, let second?):
      our.origin[first] >= 0 && our.origin[first] == their.origin[second]
    default: false
    }
  }
}
