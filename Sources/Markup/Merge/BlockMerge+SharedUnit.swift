// One unit that all three texts have.
extension BlockMerge {
  mutating func shared(_ stretch: Stretch) -> Piece? {
    let (b, o, t) = (
      stretch.base.lowerBound, stretch.ours.lowerBound, stretch.theirs.lowerBound
    )
    guard let text = merged(b, o, t) else { return nil }
    return Piece(
      part: .settled(text),
      after: Self.changed(
        base.separator(after: b), ours.separator(after: o), theirs.separator(after: t)),
      isLast: o == ours.all.count - 1 && t == theirs.all.count - 1, row: row(base, b),
      first: Place(base: b, ours: o, theirs: t), last: Place(base: b, ours: o, theirs: t))
  }

  /// A unit that all have, with both sides' changes.
  mutating func merged(_ b: Int, _ o: Int, _ t: Int) -> [UInt8]? {
    let (old, mine, other) = (base.all[b], ours.all[o], theirs.all[t])
    let oldText = base.bytes[old.range]
    let (myText, otherText) = (ours.bytes[mine.range], theirs.bytes[other.range])
    if myText == oldText || myText == otherText { return Array(otherText) }
    if otherText == oldText { return Array(myText) }
    if isOtherDefinition(b, o, t) { return nil }
    // What both wrote into an empty item is two texts.
    if old.kind == .item, bags.count(base, b) == 0, mine.key != old.key, other.key != old.key {
      return nil
    }
    if let text = withBothMarkers(b, o, t) { return text }
    if mine.key == other.key || mine.key == old.key || other.key == old.key {
      // Blanks aside, at most one side changed it.
      if let text = mergedWords(b, o, t) { return text }
      if mine.key == other.key {
        return Array(myText.lexicographicallyPrecedes(otherText) ? myText : otherText)
      }
      let markers = (base.marker(of: b), ours.marker(of: o), theirs.marker(of: t))
      return mine.key == old.key
        ? Self.text(otherText, markers.2, markedAs: markers.1, not: markers.0)
        : Self.text(myText, markers.1, markedAs: markers.2, not: markers.0)
    }
    return mergedWords(b, o, t) ?? mergedInParts(b, o, t)
  }

  /// Whether one side gave a link's definition another name and the other side another target: then
  /// neither would know the two put together, and they may well be two links that changed names.
  private func isOtherDefinition(_ b: Int, _ o: Int, _ t: Int) -> Bool {
    guard let old = base.linkDefinition(of: b), let mine = ours.linkDefinition(of: o),
      let other = theirs.linkDefinition(of: t)
    else { return false }
    return mine.name != old.name && other.target != old.target
      || other.name != old.name && mine.target != old.target
  }

  /// The text of one side, with the other's list marker, and as far to the right, if that side
  /// changed only those.
  static func text(
    _ text: ArraySlice<UInt8>, _ mine: ArraySlice<UInt8>, markedAs marked: ArraySlice<UInt8>,
    not old: ArraySlice<UInt8>
  ) -> [UInt8] {
    guard mine == old, marked != old else { return Array(text) }
    let isWider = marked.count > mine.count
    let blanks = [UInt8](repeating: .space, count: abs(marked.count - mine.count))
    var result = Array(marked)
    for (index, line) in text.dropFirst(mine.count).split(
      separator: .newline, omittingEmptySubsequences: false
    ).enumerated() {
      if index > 0 { result.append(.newline) }
      if index > 0, isWider, !line.allSatisfy(\.isBlank) { result += blanks }
      result +=
        index > 0 && !isWider && line.starts(with: blanks) ? line.dropFirst(blanks.count) : line
    }
    return result
  }

  mutating func mergedWords(_ b: Int, _ o: Int, _ t: Int) -> [UInt8]? {
    if base.all[b].kind.isVerbatim || ours.all[o].kind.isVerbatim || theirs.all[t].kind.isVerbatim {
      return mergedCode(b, o, t)
    }
    return mergedWords(
      base.all[b].range, ours.all[o].range, theirs.all[t].range)
  }

  /// A line of code that one side moved to the right or left and the other changed, or that both
  /// changed at places that are clearly two.
  private mutating func mergedCode(_ b: Int, _ o: Int, _ t: Int) -> [UInt8]? {
    func split(_ units: MergeUnits, _ index: Int) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
      let line = units.bytes[units.all[index].range]
      let code = line.drop(while: \.isSpaceOrTab)
      return (line[..<code.startIndex], code)
    }
    let (old, mine, other) = (split(base, b), split(ours, o), split(theirs, t))
    if mine.1 == old.1, other.0 == old.0 { return Array(mine.0) + Array(other.1) }
    if other.1 == old.1, mine.0 == old.0 { return Array(other.0) + Array(mine.1) }
    func words(_ units: MergeUnits, _ index: Int) -> WordMerge.Words {
      self.words(units, units.all[index].range, isVerbatim: true)
    }
    return WordMerge.merge(
      base: words(base, b), ours: words(ours, o), theirs: words(theirs, t), leastBetween: 2)
  }

  mutating func mergedWords(
    _ old: Range<Int>, _ mine: Range<Int>, _ other: Range<Int>, isVerbatim: Bool = false
  ) -> [UInt8]? {
    WordMerge.merge(
      base: words(base, old, isVerbatim: isVerbatim),
      ours: words(ours, mine, isVerbatim: isVerbatim),
      theirs: words(theirs, other, isVerbatim: isVerbatim), balancedBy: &interning)
  }

  mutating func words(
    _ units: MergeUnits, _ range: Range<Int>, isVerbatim: Bool = false
  ) -> WordMerge.Words {
    WordMerge.Words(
      units.bytes, range, atoms: isVerbatim ? [] : units.atoms, isVerbatim: isVerbatim,
      interning: &interning)
  }
}
