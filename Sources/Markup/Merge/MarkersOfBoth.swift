// An item whose marker both sides changed, each in another respect, or one of them changed alone.

extension BlockMerge {
  /// What stands before an item's words, taken apart.
  private struct Marker {
    /// The marks of the quotes that it is in.
    var quote: ArraySlice<UInt8>
    /// How far it stands to the right.
    var blanks: ArraySlice<UInt8>
    /// A hyphen, a star, or a number with its dot.
    var sign: ArraySlice<UInt8>
    /// The blanks between it and the words.
    var gap: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>, gap: ArraySlice<UInt8>) {
      self.gap = gap
      let end = text.lastIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? text.startIndex
      let start = end > text.startIndex && text[end...].first == .space ? end + 1 : end
      quote = text[..<start]
      sign = text[start...].drop(while: \.isSpaceOrTab)
      blanks = text[start..<sign.startIndex]
    }

    var isNumber: Bool { sign.first?.isDigit == true }

    var all: ArraySlice<UInt8> { quote + blanks + sign + gap }
  }

  /// An item that one side moved to the right or left, or whose quote marks it took away, while the other
  /// gave it another sign, or to which one side alone gave that; nil for any other.
  ///
  /// A bullet that was moved to the right stays one where the others of its list get numbers: it counts as
  /// none of them any more.
  mutating func withBothMarkers(_ b: Int, _ o: Int, _ t: Int) -> [UInt8]? {
    guard base.all[b].kind == .item, ours.all[o].kind == .item, theirs.all[t].kind == .item else {
      return nil
    }
    let texts = [base.marker(of: b), ours.marker(of: o), theirs.marker(of: t)]
    guard texts[1] != texts[2] else { return nil }
    let (old, mine, other) = (
      Marker(texts[0], gap: base.gap(of: b)), Marker(texts[1], gap: ours.gap(of: o)),
      Marker(texts[2], gap: theirs.gap(of: t))
    )
    let gap = Self.changedByOne(old.gap, mine.gap, other.gap)
    if texts[0] == texts[1] || texts[0] == texts[2] {
      // A number is no word of the item: who ticks what the other numbers does not change the same.
      var new = texts[0] == texts[1] ? other : mine
      guard new.quote == old.quote, new.blanks == old.blanks else { return nil }
      new.gap = gap ?? new.gap
      return text(markedAs: new.all, b, o, t)
    }
    guard let quote = Self.changedByOne(old.quote, mine.quote, other.quote),
      let blanks = Self.changedByOne(old.blanks, mine.blanks, other.blanks)
    else { return nil }
    var marker = Marker([], gap: gap ?? mine.gap)
    (marker.quote, marker.blanks) = (quote, blanks)
    if blanks == old.blanks {
      guard let sign = Self.changedByOne(old.sign, mine.sign, other.sign) else { return nil }
      marker.sign = sign
    } else {
      let (mover, signer) = mine.blanks == blanks ? (mine, other) : (other, mine)
      marker.sign = mover.sign
      if mover.sign == old.sign {
        if signer.isNumber, !old.isNumber, blanks.count > old.blanks.count {
          // The words of the item above it begin further to the right.
          marker.blanks += [UInt8](
            repeating: .space, count: max(0, signer.sign.count - old.sign.count))
        } else {
          marker.sign = signer.sign
        }
      }
    }
    return text(markedAs: marker.all, b, o, t)
  }

  /// Of three texts the one that changed; nil where two did so in two ways.
  static func changedByOne(
    _ base: ArraySlice<UInt8>, _ ours: ArraySlice<UInt8>, _ theirs: ArraySlice<UInt8>
  ) -> ArraySlice<UInt8>? {
    if ours == base || ours == theirs { return theirs }
    return theirs == base ? ours : nil
  }

  /// The words of an item behind a marker.
  private mutating func text(
    markedAs marker: ArraySlice<UInt8>, _ b: Int, _ o: Int, _ t: Int
  ) -> [UInt8]? {
    func whole(_ units: MergeUnits, _ index: Int) -> ArraySlice<UInt8> {
      units.bytes[units.all[index].range]
    }
    func words(_ units: MergeUnits, _ index: Int) -> Range<Int> {
      units.wholeMarker(of: index).endIndex..<units.all[index].range.upperBound
    }
    let (old, mine, other) = (words(base, b), words(ours, o), words(theirs, t))
    func isSame(_ mine: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
      mine.split(whereSeparator: \.isBlank) == other.split(whereSeparator: \.isBlank)
    }
    let (mineText, otherText) = (ours.bytes[mine], theirs.bytes[other])
    if isSame(mineText, base.bytes[old]) || isSame(mineText, otherText) {
      let own = theirs.wholeMarker(of: t)
      return Self.text(whole(theirs, t), own, markedAs: marker, not: own)
    }
    if isSame(otherText, base.bytes[old]) {
      let own = ours.wholeMarker(of: o)
      return Self.text(whole(ours, o), own, markedAs: marker, not: own)
    }
    guard !base.bytes[old].contains(.newline), let both = mergedWords(old, mine, other) else {
      return nil
    }
    return Array(marker) + both
  }
}

extension MergeUnits {
  /// The blanks between an item's marker and its words.
  fileprivate func gap(of index: Int) -> ArraySlice<UInt8> {
    wholeMarker(of: index)[marker(of: index).endIndex...]
  }
}
