/// Merges three stretches of prose word by word.
struct WordMerge {
  /// How many words must stay between an edit of one side and one of the other; nil in prose, where
  /// the end of a sentence will do.
  let leastBetween: Int?

  /// A side that changed more of the words than this share wrote them anew.
  private static let mostRewritten = 0.75

  let base: Words
  let ours: Words
  let theirs: Words
  /// For each token of the base the same token of a side, or -1.
  private var ourPlace: [Int]
  private var theirPlace: [Int]
  private let ourEdits: [Edit]
  private let theirEdits: [Edit]

  /// The merged text, or nil when it is a question.
  ///
  /// It is one when a side changed more than `mostRewritten` of the words and the other edited what
  /// it had rewritten.
  static func merge(
    base: Words, ours: Words, theirs: Words, mostRewritten: Double = mostRewritten,
    leastBetween: Int? = nil
  ) -> [UInt8]? {
    WordMerge(base: base, ours: ours, theirs: theirs, leastBetween: leastBetween)
      .text(mostRewritten: mostRewritten)
  }

  /// The same of prose, where the balance of the words says whether any was lost or came back.
  static func merge(
    base: Words, ours: Words, theirs: Words, balancedBy interning: inout Interning
  ) -> [UInt8]? {
    let merge = WordMerge(base: base, ours: ours, theirs: theirs, leastBetween: nil)
    // Where one side made the other's edits and more, it says all. No balance tells that: what the
    // one took away may have had the words that both put in.
    if merge.isOneOfBoth { return merge.result() }
    guard let text = merge.text(mostRewritten: mostRewritten), !merge.hasTwice(text),
      WordBalance.holds(
        base: base.all, ours: ours.all, theirs: theirs.all, merged: text[...], &interning),
      !EmphasisMarks.areTorn(
        base: base.all, ours: ours.all, theirs: theirs.all, merged: text[...])
    else { return nil }
    return text
  }

  private func text(mostRewritten: Double) -> [UInt8]? {
    if isRewritten(ourEdits, mostRewritten) && isWithin(theirEdits)
      || isRewritten(theirEdits, mostRewritten) && isWithin(ourEdits)
    {
      return nil
    }
    return result()
  }

  init(base: Words, ours: Words, theirs: Words, leastBetween: Int?) {
    self.leastBetween = leastBetween
    self.base = base
    self.ours = ours
    self.theirs = theirs
    (ourEdits, ourPlace) = Self.edits(base, ours)
    (theirEdits, theirPlace) = Self.edits(base, theirs)
  }

  /// Whether each edit of one side is one of the other's as well.
  private var isOneOfBoth: Bool {
    func saying(_ edits: [Edit], _ side: Words) -> [Range<Int>: ArraySlice<Int32>] {
      Dictionary(
        edits.map { ($0.old, side.numbers[$0.new]) }, uniquingKeysWith: { first, _ in first })
    }
    let (mine, other) = (saying(ourEdits, ours), saying(theirEdits, theirs))
    return mine.allSatisfy { other[$0.key] == $0.value }
      || other.allSatisfy { mine[$0.key] == $0.value }
  }

  /// Whether a sentence that both put in is there more often than either has it: one of them wrote it
  /// over another, and nobody knows whether that was an edit.
  private func hasTwice(_ text: [UInt8]) -> Bool {
    let old = Set(base.sentences.map { base.numbers[$0] })
    let other = Set(theirs.sentences.map { theirs.numbers[$0] })
    return ours.sentences.contains { range in
      guard !old.contains(ours.numbers[range]), other.contains(ours.numbers[range]) else {
        return false
      }
      let sentence = ours.written(range)
      return text.ranges(of: sentence).count
        > max(ours.all.ranges(of: sentence).count, theirs.all.ranges(of: sentence).count)
    }
  }

  func result() -> [UInt8]? {
    var text: [UInt8] = []
    var (o, t, at) = (0, 0, 0)
    while o < ourEdits.count || t < theirEdits.count {
      let first = [ourEdits[safe: o], theirEdits[safe: t]].compactMap { $0 }
        .min { $0.old.lowerBound < $1.old.lowerBound }
      guard let first else { break }
      // Everything that touches is one place.
      var range = first.old
      let (firstOurs, firstTheirs) = (o, t)
      var grew = true
      while grew {
        grew = false
        if let edit = ourEdits[safe: o], edit.old.lowerBound <= range.upperBound {
          range =
            min(
              range.lowerBound, edit.old.lowerBound)..<max(
              range.upperBound, edit.old.upperBound)
          o += 1
          grew = true
        }
        if let edit = theirEdits[safe: t], edit.old.lowerBound <= range.upperBound {
          range =
            min(
              range.lowerBound, edit.old.lowerBound)..<max(
              range.upperBound, edit.old.upperBound)
          t += 1
          grew = true
        }
      }
      keep(at..<range.lowerBound, &text)
      at = range.upperBound
      let mine = Array(ourEdits[firstOurs..<o])
      let other = Array(theirEdits[firstTheirs..<t])
      if other.isEmpty || mine.isEmpty {
        let words = other.isEmpty ? ours : theirs
        for edit in mine + other { append(words, edit.new, &text) }
        if let neighbour = neighbourEdit(after: range, o, t, isOurs: other.isEmpty),
          isTooClose(range, mine + other, neighbour)
        {
          return nil
        }
        continue
      }
      guard let both = settle(range, mine, other) else { return nil }
      text += both
    }
    keep(at..<base.tokens.count, &text)
    return text
  }

  /// The other side's next edit, if it is the next of all.
  private func neighbourEdit(
    after range: Range<Int>, _ o: Int, _ t: Int, isOurs: Bool
  ) -> Edit? {
    let next = isOurs ? theirEdits[safe: t] : ourEdits[safe: o]
    let own = isOurs ? ourEdits[safe: o] : theirEdits[safe: t]
    guard let next else { return nil }
    if let own, own.old.lowerBound < next.old.lowerBound { return nil }
    return next
  }

  /// Whether two edits of the two sides are neighbours within a sentence: no word between them.
  private func isTooClose(_ range: Range<Int>, _ edits: [Edit], _ next: Edit) -> Bool {
    let between = range.upperBound..<next.old.lowerBound
    let words = between.count { base.isWord($0) }
    if let leastBetween { return words < leastBetween }
    if words > 0 || isOneAtom(edits) || isOneAtom([next]) { return false }
    return !(between.lowerBound...between.upperBound).contains { base.isBoundary($0) }
  }

  /// Whether a side changed one link, formula or code span, and nothing beside it.
  private func isOneAtom(_ edits: [Edit]) -> Bool {
    edits.count == 1 && isAtom(edits[0].old) && edits[0].new.count <= 1
  }

  /// Whether a stretch of the base is one link, formula or code span.
  func isAtom(_ range: Range<Int>) -> Bool {
    guard range.count == 1, let first = base.text(range.lowerBound).first else { return false }
    return base.isWord(range.lowerBound) && !first.isWordPart
  }

  private func isRewritten(_ edits: [Edit], _ most: Double) -> Bool {
    let all = base.tokens.indices.count { base.isWord($0) }
    let gone = edits.reduce(0) { $0 + $1.old.count { base.isWord($0) } }
    return all >= 4 && Double(gone) > Double(all) * most
  }

  /// Whether a side did more than put something in before or behind all else.
  private func isWithin(_ edits: [Edit]) -> Bool {
    edits.contains {
      !$0.isInsertion || $0.old.lowerBound > 0 && $0.old.upperBound < base.tokens.count
    }
  }

  func append(_ words: Words, _ range: Range<Int>, _ text: inout [UInt8]) {
    guard let first = range.first, let last = range.last else { return }
    text += words.bytes[words.tokens[first].range.lowerBound..<words.tokens[last].range.upperBound]
  }

  /// What neither side changed; of blanks that one side changed, those.
  private func keep(_ range: Range<Int>, _ text: inout [UInt8]) {
    for index in range {
      let old = base.text(index)
      let mine = ourPlace[index] >= 0 ? ours.text(ourPlace[index]) : old
      let other = theirPlace[index] >= 0 ? theirs.text(theirPlace[index]) : old
      if mine == old {
        text += other
      } else if other == old || mine == other {
        text += mine
      } else {
        let isMine =
          mine.count != other.count
          ? mine.count < other.count : mine.lexicographicallyPrecedes(other)
        text += isMine ? mine : other
      }
    }
  }
}

extension Array where Element: Hashable {
  /// Whether two rows have half of their elements in common, whatever their order.
  func hasHalf(of other: [Element]) -> Bool { common(with: other) * 4 >= count + other.count }

  /// How many elements two rows have in common, whatever their order.
  func common(with other: [Element]) -> Int {
    var counts: [Element: Int] = [:]
    for element in self { counts[element, default: 0] += 1 }
    var common = 0
    for element in other {
      if let count = counts[element], count > 0 {
        counts[element] = count - 1
        common += 1
      }
    }
    return common
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
