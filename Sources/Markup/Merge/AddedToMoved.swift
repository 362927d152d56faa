// What one side put into a section that the other side moved elsewhere.

extension BlockMerge {
  /// Units that one side put in behind what the other side moved with its section.
  ///
  /// Such a section has an end that is known: what was put in goes along with what it stands behind.
  struct AddedToMoved {
    /// Those of ours.
    fileprivate(set) var ours: Set<Int> = []
    /// Those of theirs.
    fileprivate(set) var theirs: Set<Int> = []
    /// For each unit of the base behind which they were put the units, in order.
    fileprivate var behind: [Int: [Int]] = [:]
    /// The same for each of whose block they are, and before which they were put.
    fileprivate var before: [Int: [Int]] = [:]

    /// Whether each of them stands in a merge, alone and in no question.
    func isIn(_ pieces: some Sequence<Piece>) -> Bool {
      if ours.isEmpty, theirs.isEmpty { return true }
      var (mine, other) = (ours, theirs)
      for piece in pieces {
        if case .settled = piece.part, piece.isOne {
          mine.remove(piece.first.ours)
          other.remove(piece.first.theirs)
        } else if piece.first.ours >= 0
          && !ours.isDisjoint(with: piece.first.ours...piece.last.ours)
          || piece.first.theirs >= 0
            && !theirs.isDisjoint(with: piece.first.theirs...piece.last.theirs)
        {
          return false
        }
      }
      return mine.isEmpty && other.isEmpty
    }
  }

  /// What was put in behind a unit of the base that a side moved.
  mutating func placedBehindMoved(_ old: Int, isOurs: Bool) -> [Piece] {
    guard old >= 0, let units = addedToMoved.behind[old] else { return [] }
    return placed(units, isOurs: !isOurs)
  }

  /// What was put in before a unit of the base that a side moved, and is of one block with that.
  mutating func placedBeforeMoved(_ old: Int, isOurs: Bool) -> [Piece] {
    guard old >= 0, let units = addedToMoved.before[old] else { return [] }
    return placed(units, isOurs: !isOurs)
  }

  mutating func findAddedToMoved() -> AddedToMoved {
    var found = AddedToMoved()
    let (mine, other) = (allAdded(isOurs: true), allAdded(isOurs: false))
    found.ours = addedToMoved(mine, ours, our, theirs, their, &found)
    found.theirs = addedToMoved(other, theirs, their, ours, our, &found)
    return found
  }

  private mutating func addedToMoved(
    _ added: [Added], _ units: MergeUnits, _ side: UnitAlignment, _ others: MergeUnits,
    _ other: UnitAlignment, _ places: inout AddedToMoved
  ) -> Set<Int> {
    guard other.movedTo.contains(where: { $0 >= 0 }) else { return [] }
    // What the other side has as new, and may have been there before all the same.
    let unknown = Set(
      others.all.indices.filter(other.isNew).map { others.all[$0].key })
    // Those that were found, each with the heading of the base below which it stands; -1 for those that
    // go with a list.
    var found: [Int: Int] = [:]
    var ends: [Int: ListEnd] = [:]
    for entry in added where side.movedFrom[entry.unit] < 0 {
      let item = units.holders[entry.unit]
      let listEnd =
        endOfMovedList(entry, units, side, other) ?? (item >= 0 ? ends[item] : nil)
      if let listEnd {
        ends[entry.unit] = listEnd
        found[entry.unit] = -1
        switch listEnd {
        case .top: places.before[entry.at, default: []].append(entry.unit)
        case .bottom: places.behind[entry.at - 1, default: []].append(entry.unit)
        }
        continue
      }
      guard let heading = units.heading(above: entry.unit) else { continue }
      let section = found[heading] ?? side.origin[heading]
      guard section >= 0, other.place[section] < 0, other.movedTo[section] >= 0 else { continue }
      // It stands behind what is left of that which it was put behind; a heading alone is no section.
      let left = (section..<max(section, entry.at)).last {
        other.place[$0] >= 0 || other.movedTo[$0] >= 0
      }
      guard let old = left, side.place[old] >= 0, other.place[old] < 0,
        old > section || entry.at == section + 1,
        !(old + 1..<max(old + 1, entry.at)).contains(where: {
          other.place[$0] < 0 && unknown.contains(base.all[$0].key)
        })
      else { continue }
      let (start, end) = (other.movedTo[section], other.movedTo[old])
      guard start <= end, !(start..<end).contains(where: { others.isEnd(of: start, $0 + 1) })
      else { continue }
      // What both put there may be one.
      if end + 1 < others.all.count, other.isNew(end + 1),
        others.all[end + 1].key == units.all[entry.unit].key
      {
        continue
      }
      // An item before the first of a list belongs to that, which stayed where it was.
      let here = added.filter { $0.at == entry.at }.map(\.unit)
      if here.suffix(countAtTop(here, of: entry.at, units, side)).contains(entry.unit) { continue }
      found[entry.unit] = section
      if isOfBlockBehind(entry, of: added, units, side), other.movedTo[entry.at] >= 0 {
        places.before[entry.at, default: []].append(entry.unit)
      } else {
        places.behind[old, default: []].append(entry.unit)
      }
    }
    return Set(found.keys)
  }

  private enum ListEnd {
    case top, bottom
  }

  /// The end of a list at which an item was put in, where the other side moved all of the list that it
  /// still has, and more than one item.
  ///
  /// Who moves one item, as a task that is done, leaves the list where it was.
  private func endOfMovedList(
    _ entry: Added, _ units: MergeUnits, _ side: UnitAlignment, _ other: UnitAlignment
  ) -> ListEnd? {
    guard units.all[entry.unit].kind == .item, units.lists[entry.unit] >= 0 else { return nil }
    func list(_ old: Int) -> Int? {
      guard base.all.indices.contains(old) else { return nil }
      var item = old
      while base.holders[item] >= 0,
        base.lists[item] < 0 || side.place[item] < 0
          || units.lists[side.place[item]] != units.lists[entry.unit]
      { item = base.holders[item] }
      let there = side.place[item]
      let isOfIt =
        there >= 0 && units.lists[there] == units.lists[entry.unit] && base.lists[item] >= 0
      return isOfIt ? base.lists[item] : nil
    }
    let (before, behind) = (list(entry.at - 1), list(entry.at))
    guard before == nil || behind == nil, let first = before ?? behind else { return nil }
    let items = base.lists.indices[first...].prefix {
      base.lists[$0] == first || base.holders[$0] > base.holders[first]
    }.filter { base.lists[$0] == first }
    guard items.count(where: { other.movedTo[$0] >= 0 }) > 1,
      items.allSatisfy({ other.place[$0] < 0 }),
      other.movedTo[before == nil ? entry.at : entry.at - 1] >= 0
    else { return nil }
    return before == nil ? .top : .bottom
  }

  /// Whether an addition was made of a part of the old unit behind it, or is otherwise of one block with
  /// that.
  private mutating func isOfBlockBehind(
    _ entry: Added, of added: [Added], _ units: MergeUnits, _ side: UnitAlignment
  ) -> Bool {
    let here = added.filter { $0.at == entry.at && side.movedFrom[$0.unit] < 0 }.map(\.unit)
    let count = countInBlock(here.reversed(), of: entry.at, by: -1, units, side)
    return here.suffix(count).contains(entry.unit)
  }
}

extension MergeUnits {
  /// The heading of the section that a unit is in; of a heading that of the section around its own.
  fileprivate func heading(above index: Int) -> Int? {
    let level = all[index].level ?? .max
    return all[..<index].lastIndex { $0.level.map { $0 < level } ?? false }
  }
}
