// A unit whose marks one side changed beside words that the other changed.

extension BlockMerge {
  /// A unit taken apart: what is no word of it, and its words.
  private struct Parts {
    /// A list's marker, with all blanks around it.
    let marker: ArraySlice<UInt8>
    /// The box of a task with the blanks behind it, `[ ] ` or `[x] `.
    let box: ArraySlice<UInt8>
    let words: Range<Int>
    /// The id that links lead to, `^name`, with the blanks before it.
    let id: ArraySlice<UInt8>

    init(_ units: MergeUnits, _ index: Int) {
      let text = units.bytes[units.all[index].range]
      marker = units.wholeMarker(of: index)
      var rest = text[marker.endIndex...]
      let boxed = rest
      if units.all[index].kind == .item, rest.first == UInt8(ascii: "["),
        let end = rest.prefix(6).firstIndex(of: UInt8(ascii: "]")), end - rest.startIndex > 1,
        String(decoding: rest[rest.startIndex + 1..<end], as: UTF8.self).count == 1,
        rest[(end + 1)...].first.map(\.isSpaceOrTab) ?? false
      {
        rest = rest[(end + 1)...].drop(while: \.isSpaceOrTab)
      }
      box = boxed[..<rest.startIndex]
      var end = rest.endIndex
      if let place = rest.lastIndex(where: \.isBlank), rest[place...].isBlockID {
        end = rest[...place].lastIndex { !$0.isBlank }.map { $0 + 1 } ?? rest.startIndex
      }
      id = rest[end...]
      words = rest.startIndex..<end
    }
  }

  /// A unit of which one side changed the marker, the box or the id beside words that the other changed:
  /// none of these is a word of it, so that the two are no two wordings of one phrase; `nil` where that is
  /// not all.
  mutating func mergedInParts(_ b: Int, _ o: Int, _ t: Int) -> [UInt8]? {
    for kind in [base.all[b].kind, ours.all[o].kind, theirs.all[t].kind] {
      guard kind == .item || kind == .paragraph else { return nil }
    }
    let (old, mine, other) = (Parts(base, b), Parts(ours, o), Parts(theirs, t))
    guard let marker = Self.changedByOne(old.marker, mine.marker, other.marker),
      let box = Self.changedByOne(old.box, mine.box, other.box),
      let id = Self.changedByOne(old.id, mine.id, other.id),
      [mine, other].contains(where: {
        $0.marker != old.marker || $0.box != old.box || $0.id != old.id
      })
    else { return nil }
    // Further lines would have to be moved as far as the marker grew.
    guard marker == old.marker || !base.bytes[old.words].contains(.newline),
      let words = mergedWords(old.words, mine.words, other.words)
    else { return nil }
    return Array(marker + box) + words + id
  }
}
