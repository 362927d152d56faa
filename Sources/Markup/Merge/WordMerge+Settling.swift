// What becomes of a stretch of the base that both sides changed.
extension WordMerge {
  /// Both sides changed one stretch of the base.
  func settle(_ range: Range<Int>, _ mine: [Edit], _ other: [Edit]) -> [UInt8]? {
    let our = span(mine, range)
    let their = span(other, range)
    let ourNumbers = Array(ours.numbers[our])
    let theirNumbers = Array(theirs.numbers[their])
    var text: [UInt8] = []
    if ourNumbers == theirNumbers {
      append(ours, our, &text)
      return text
    }
    if mine.allSatisfy(\.isDeletion), other.allSatisfy(\.isDeletion) {
      // A mark that one side took out of what the other took away was edited there: in code, or in a
      // link, that is no matter of sentences.
      if leastBetween != nil,
        (mine + other).contains(where: { !$0.old.contains(where: base.isWord) })
      {
        return nil
      }
      for index in range
      where !mine.contains(where: { $0.old.contains(index) })
        && !other.contains(where: { $0.old.contains(index) })
      {
        text += base.text(index)
      }
      return text
    }
    if tookOutAlike(other, theirs, their, than: ours, our) {
      append(ours, our, &text)
      return text
    }
    if tookOutAlike(mine, ours, our, than: theirs, their) {
      append(theirs, their, &text)
      return text
    }
    if mine.count == 1, other.count == 1 {
      if let text = settleUnit(mine[0], other[0]) { return text }
      if let text = settleNeighbours(mine[0], other[0]) { return text }
      if let text = settleInOrder(ours, mine[0], theirs, other[0]) { return text }
      if let text = settleInOrder(theirs, other[0], ours, mine[0]) { return text }
    }
    if range.isEmpty { return settleInsertions(range.lowerBound, our, their) }
    return nil
  }

  /// What one side put in directly behind a word where the other wrote, or took away, what stands behind
  /// a blank: the order is certain.
  ///
  /// That is a footnote's mark; and, where the other side joined two paragraphs, a sentence at the end of
  /// the first.
  private func settleInOrder(
    _ side: Words, _ first: Edit, _ other: Words, _ second: Edit
  ) -> [UInt8]? {
    guard leastBetween == nil, first.isInsertion, first.old.lowerBound == second.old.lowerBound,
      second.old.first.map(base.isBlank) != false, second.new.first.map(other.isBlank) != false,
      first.old.lowerBound > 0, base.isBoundary(first.old.lowerBound),
      !base.isBlank(first.old.lowerBound - 1)
    else { return nil }
    let isJoined =
      second.old.count == 1 && base.tokens[second.old.lowerBound].kind == .lineBreak
      && second.new.count == 1 && other.tokens[second.new.lowerBound].kind == .blank
      && side.isBlank(first.new.lowerBound) && !side.isBlank(first.new.upperBound - 1)
      && side.tokens[first.new].allSatisfy { $0.kind != .lineBreak }
    guard isJoined || side.written(first.new).isFootnoteMark else { return nil }
    var text: [UInt8] = []
    append(side, first.new, &text)
    append(other, second.new, &text)
    return text
  }

  /// Whether a side did nothing but take words out that the other took out too, which has all that
  /// this side left, and more.
  private func tookOutAlike(
    _ edits: [Edit], _ words: Words, _ range: Range<Int>, than other: Words, _ there: Range<Int>
  ) -> Bool {
    guard edits.allSatisfy(\.isDeletion) else { return false }
    let (left, found) = (words.plainWords(range), other.plainWords(there))
    guard !left.isEmpty, left.isSubsequence(of: found) else { return false }
    let gone = edits.flatMap { base.plainWords($0.old) }
    return !gone.isEmpty && Set(gone).isDisjoint(with: found)
  }

  /// Both sides changed one link or code span, each at another place of it.
  private func settleUnit(_ mine: Edit, _ other: Edit) -> [UInt8]? {
    guard leastBetween == nil, mine.old == other.old, mine.new.count == 1, other.new.count == 1,
      isAtom(mine.old), base.text(mine.old.lowerBound).first != UInt8(ascii: "$")
    else { return nil }
    var interning = Interning()
    func words(_ words: Words, _ index: Int) -> Words {
      Words(
        words.bytes, words.tokens[index].range, atoms: [], isVerbatim: true, interning: &interning)
    }
    let merge = WordMerge(
      base: words(base, mine.old.lowerBound), ours: words(ours, mine.new.lowerBound),
      theirs: words(theirs, other.new.lowerBound), leastBetween: 1)
    guard let text = merge.result() else { return nil }
    // It is still one whole link or code span.
    return Document(bytes: text).atoms.first == 0..<text.count ? text : nil
  }

  /// One side changed a link or code span, and the other put something in just before or behind it.
  private func settleNeighbours(_ mine: Edit, _ other: Edit) -> [UInt8]? {
    guard mine.old != other.old,
      isAtom(mine.old) && (other.isInsertion || isAtom(other.old))
        || isAtom(other.old) && mine.isInsertion
    else { return nil }
    var text: [UInt8] = []
    // What one side put in may be what the other put in beside the link that it changed.
    let (inserter, changer) =
      mine.isInsertion
      ? ((ours, mine.new), (theirs, other.new)) : ((theirs, other.new), (ours, mine.new))
    let (put, whole) = (said(inserter.0, inserter.1), said(changer.0, changer.1))
    if mine.isInsertion || other.isInsertion, whole.count > 1, !put.isEmpty {
      if whole.contains(put) {
        append(changer.0, changer.1, &text)
        return text
      }
      // Two wordings of one, of which the other says more.
      if whole.dropFirst().isSubsequence(of: put) || whole.dropLast().isSubsequence(of: put)
        || put.isSubsequence(of: whole)
      {
        return nil
      }
    }
    if mine.old.upperBound <= other.old.lowerBound {
      append(ours, mine.new, &text)
      append(theirs, other.new, &text)
    } else if other.old.upperBound <= mine.old.lowerBound {
      append(theirs, other.new, &text)
      append(ours, mine.new, &text)
    } else {
      return nil
    }
    return text
  }

  /// The numbers of a stretch but for its blanks.
  private func said(_ words: Words, _ range: Range<Int>) -> [Int32] {
    range.filter { !words.isBlank($0) }.map { words.numbers[$0] }
  }

  /// What a side has in place of a stretch of the base that its edits may not fill.
  private func span(_ edits: [Edit], _ range: Range<Int>) -> Range<Int> {
    guard let first = edits.first, let last = edits.last else { return 0..<0 }
    let low = first.new.lowerBound - (first.old.lowerBound - range.lowerBound)
    let high = last.new.upperBound + (range.upperBound - last.old.upperBound)
    return low..<max(low, high)
  }

  /// Both sides put something in at one place.
  private func settleInsertions(_ at: Int, _ our: Range<Int>, _ their: Range<Int>) -> [UInt8]? {
    let ourNumbers = Array(ours.numbers[our])
    let theirNumbers = Array(theirs.numbers[their])
    var text: [UInt8] = []
    let (put, putThere) = (ours.written(our), theirs.written(their))
    // Marks of emphasis within others are half of a pair; of a block's two ids one would hold.
    if leastBetween == nil,
      put.allSatisfy(\.isEmphasisMark) || putThere.allSatisfy(\.isEmphasisMark)
        || put.isBlockID && putThere.isBlockID
    {
      return nil
    }
    if theirNumbers.contains(ourNumbers) {
      append(theirs, their, &text)
      return text
    }
    if ourNumbers.contains(theirNumbers) {
      append(ours, our, &text)
      return text
    }
    // Two whole sentences, or two whole lines, are two additions.
    guard leastBetween == nil, base.isBoundary(at), ours.isBoundary(our.lowerBound),
      ours.isBoundary(our.upperBound),
      theirs.isBoundary(their.lowerBound), theirs.isBoundary(their.upperBound)
    else { return nil }
    if isAlike(our, their) { return nil }
    var (one, two): ([UInt8], [UInt8]) = ([], [])
    append(ours, our, &one)
    append(theirs, their, &two)
    if two.lexicographicallyPrecedes(one) { swap(&one, &two) }
    if Self.hangs(two, on: one) {
      if Self.hangs(one, on: two) { return nil }
      swap(&one, &two)
    }
    let isJoined = one.last?.isBlank == true || two.first?.isBlank == true
    return one + (isJoined ? [] : [.space]) + two
  }

  /// Whether a line would go on with an item that the lines before it end with.
  private static func hangs(_ text: [UInt8], on lines: [UInt8]) -> Bool {
    let before = lines.split(separator: .newline)
    guard lines.contains(.newline), let last = before.last, MergeUnits.isItem(last),
      let first = text.split(separator: .newline).first
    else { return false }
    return !MergeUnits.isItem(first) && !first.allSatisfy(\.isBlankOrQuoteMark)
  }

  /// Whether two additions have half of their words in common, so that they may be two wordings of
  /// one.
  private func isAlike(_ our: Range<Int>, _ their: Range<Int>) -> Bool {
    ours.plainWords(our).hasHalf(of: theirs.plainWords(their))
  }
}

extension ArraySlice<UInt8> {
  /// Whether it is a footnote's mark and nothing else, `[^name]`.
  fileprivate var isFootnoteMark: Bool {
    count > 3 && starts(with: "[^".utf8) && firstIndex(of: UInt8(ascii: "]")) == endIndex - 1
      && !contains(where: \.isBlank)
  }
}
