// What both sides moved, to two places: each answer has it once.

extension BlockMerge {
  /// Finds what both sides moved to two places, with nothing new beside it that would stay there alone.
  func findMovedApart() -> Set<Int> {
    let both = base.all.indices.filter { our.movedTo[$0] >= 0 && their.movedTo[$0] >= 0 }
    if both.isEmpty { return [] }
    let (mine, other) = (Self.movedAlone(our), Self.movedAlone(their))
    return Set(
      both.filter { index in
        let (my, there) = (our.movedTo[index], their.movedTo[index])
        return ourStretch[my] != theirStretch[there] && mine.contains(my) && other.contains(there)
      })
  }

  /// The units that a side moved, but for those next to which it put in others.
  private static func movedAlone(_ side: UnitAlignment) -> Set<Int> {
    var found: Set<Int> = []
    var start = 0
    for end in 0...side.origin.count
    where end == side.origin.count || side.origin[end] >= 0 {
      if (start..<end).allSatisfy({ side.movedFrom[$0] >= 0 }) { found.formUnion(start..<end) }
      start = end + 1
    }
    return found
  }

  /// A question about a unit that both moved, at the place where one side has it.
  ///
  /// The other side has nothing there. What both began with is there once, too: where ours has it.
  mutating func placedApart(_ b: Int, _ o: Int, _ t: Int, _ isOurs: Bool) -> Piece {
    let (units, index) = isOurs ? (ours, o) : (theirs, t)
    let text = merged(b, o, t) ?? Array(units.bytes[units.all[index].range])
    let place = isOurs ? Place(base: b, ours: o) : Place(base: b, theirs: t)
    return Piece(
      part: .conflict(
        TextMerge.Conflict(
          base: isOurs ? Array(base.bytes[base.all[b].range]) : [], ours: isOurs ? text : [],
          theirs: isOurs ? [] : text)),
      after: units.separator(after: index),
      before: index > 0 ? units.separator(after: index - 1) : [],
      isLast: index == units.all.count - 1, row: row(units, index), first: place, last: place)
  }

  /// Several pieces of a side with what was moved as one, such as a section, as one question.
  func joinedApart(_ pieces: [Piece], _ units: MergeUnits) -> [Piece] {
    var joined: [Piece] = []
    for piece in pieces {
      guard let last = joined.last, case .conflict(let first) = last.part,
        case .conflict(let second) = piece.part, movedApart.contains(last.last.base),
        movedApart.contains(piece.first.base), piece.first.base == last.last.base + 1
      else {
        joined.append(piece)
        continue
      }
      func text(_ one: [UInt8], _ two: [UInt8]) -> [UInt8] {
        one.isEmpty ? [] : one + last.after + two
      }
      var whole = piece
      whole.part = .conflict(
        TextMerge.Conflict(
          base: text(first.base, second.base), ours: text(first.ours, second.ours),
          theirs: text(first.theirs, second.theirs)))
      (whole.before, whole.first, whole.row) = (last.before, last.first, nil)
      joined[joined.count - 1] = whole
    }
    return joined
  }
}
