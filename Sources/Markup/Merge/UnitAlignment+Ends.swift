// Where sections that were put in end as old ones do.

extension UnitAlignment {
  /// Takes the end of a section apart from that of an old one, where the other side put the very same
  /// section in at that place: then it was put in here too, and the old one taken out.
  mutating func partEnds(
    by other: UnitAlignment, _ base: MergeUnits, _ side: MergeUnits, _ others: MergeUnits
  ) {
    let ends = other.addedEnds(others)
    // The last first: what it leaves has no old unit behind it then.
    for old in place.indices.reversed() where place[old] >= 0 {
      let new = place[old]
      guard side.all[new].key == base.all[old].key, let found = ends[side.all[new].key] else {
        continue
      }
      let behind = (old + 1..<place.count).first { place[$0] >= 0 && other.place[$0] >= 0 }
      let last = behind.map { other.place[$0] } ?? other.origin.count
      let isEnd = found.contains { end in
        guard end < last, let start = newSection(upTo: new, base, side, as: end, others) else {
          return false
        }
        let before = (0..<old).last {
          place[$0] >= 0 && place[$0] < start && other.place[$0] >= 0
        }
        return before.map { other.place[$0] < end } ?? true
      }
      if isEnd { part(old) }
    }
  }

  /// By their keys the units below a heading in sections that were put in.
  private func addedEnds(_ units: MergeUnits) -> [Int32: [Int]] {
    var ends: [Int32: [Int]] = [:]
    var isInSection = false
    for index in origin.indices {
      let isAdded = isNew(index)
      if units.all[index].level != nil {
        isInSection = isAdded
      } else if isInSection, isAdded {
        ends[units.all[index].key, default: []].append(index)
      } else {
        isInSection = false
      }
    }
    return ends
  }

  /// The heading of a section that says up to a unit what another says, if it is no old one.
  private func newSection(
    upTo end: Int, _ base: MergeUnits, _ side: MergeUnits, as otherEnd: Int, _ others: MergeUnits
  ) -> Int? {
    var (index, there) = (end, otherEnd)
    while index >= 0, there >= 0, side.all[index].key == others.all[there].key {
      if side.all[index].level != nil {
        let isNew =
          origin[index] < 0
          ? movedFrom[index] < 0 : base.all[origin[index]].key != side.all[index].key
        return isNew ? index : nil
      }
      (index, there) = (index - 1, there - 1)
    }
    return nil
  }
}
