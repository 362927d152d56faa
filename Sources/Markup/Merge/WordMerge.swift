/// Merges three stretches of prose word by word.
struct WordMerge {
  /// A stretch of a text, taken apart into words.
  struct Words {
    let bytes: [UInt8]
    let tokens: [Tokens.Token]
    let numbers: [Int32]
    /// The sentences and lines of more than a few words, without the blanks around them.
    private(set) var sentences: [Range<Int>] = []

    init(
      _ bytes: [UInt8], _ range: Range<Int>, atoms: [Range<Int>], isVerbatim: Bool = false,
      interning: inout Interning
    ) {
      self.bytes = bytes
      let first = atoms.partitionPoint { $0.lowerBound < range.lowerBound }
      let inside = atoms[first...].prefix { $0.lowerBound < range.upperBound }
      tokens = unsafe bytes.withUnsafeBufferPointer { buffer in
        Tokens(
          unsafe ByteView(buffer), range, atoms: inside, isVerbatim: isVerbatim,
          isQuote: true
        ).all
      }
      var numbers: [Int32] = []
      numbers.reserveCapacity(tokens.count)
      for token in tokens {
        switch token.kind {
        case .blank where !isVerbatim: numbers.append(interning.number(of: [.space]))
        case .lineBreak where !isVerbatim:
          numbers.append(interning.number(of: [.newline, .newline]))
        default: numbers.append(interning.number(of: bytes[token.range]))
        }
      }
      self.numbers = numbers
      findSentences()
    }

    private init(_ words: Words, _ kept: [Int]) {
      bytes = words.bytes
      tokens = kept.map { words.tokens[$0] }
      numbers = kept.map { words.numbers[$0] }
      findSentences()
    }

    /// The numbers of all but blanks.
    var said: [Int32] { numbers.indices.filter { !isBlank($0) }.map { numbers[$0] } }

    /// What two texts have in common, for two that have no base.
    func shared(with other: Words) -> Words {
      Words(self, Matching.runs(numbers, other.numbers).flatMap { $0.old..<$0.old + $0.length })
    }

    /// The words of some tokens, those within links and code too.
    func plainWords(_ range: Range<Int>) -> [ArraySlice<UInt8>] {
      guard let first = range.first, let last = range.last else { return [] }
      return unsafe bytes.withUnsafeBufferPointer { buffer in
        let text = tokens[first].range.lowerBound..<tokens[last].range.upperBound
        return Tokens(
          unsafe ByteView(buffer), text, atoms: [], isVerbatim: false, isQuote: true
        ).all.filter { $0.kind == .word }.map { bytes[$0.range] }
      }
    }

    /// All of it, as it is written.
    var all: ArraySlice<UInt8> { written(tokens.indices) }

    /// Some tokens, as they are written.
    func written(_ range: Range<Int>) -> ArraySlice<UInt8> {
      guard let first = range.first, let last = range.last else { return [] }
      return bytes[tokens[first].range.lowerBound..<tokens[last].range.upperBound]
    }

    func text(_ index: Int) -> ArraySlice<UInt8> { bytes[tokens[index].range] }

    func isWord(_ index: Int) -> Bool { tokens[index].kind == .word }

    func isBlank(_ index: Int) -> Bool {
      tokens[index].kind == .blank || tokens[index].kind == .lineBreak
    }

    private mutating func findSentences() {
      var start = 0
      for end in 1..<max(tokens.count + 1, 2) where end >= tokens.count || isBoundary(end) {
        var range = start..<min(end, tokens.count)
        while let first = range.first, isBlank(first) { range.removeFirst() }
        while let last = range.last, isBlank(last) { range.removeLast() }
        if range.count(where: isWord) >= 3 { sentences.append(range) }
        start = end
      }
    }

    /// Whether a sentence, a line or the text ends just before a token.
    func isBoundary(_ index: Int) -> Bool {
      if index <= 0 || index >= tokens.count { return true }
      if tokens[index - 1].kind == .lineBreak || tokens[index].kind == .lineBreak { return true }
      if isBlank(index - 1), text(index - 1).contains(.newline) { return true }
      if isBlank(index), text(index).contains(.newline) { return true }
      // A blank may belong to either sentence.
      var last = index - 1
      if isBlank(last) { last -= 1 } else if !isBlank(index) { return false }
      while last > 0, let byte = text(last).first, ")]\"'*_".utf8.contains(byte) { last -= 1 }
      guard last >= 0 else { return true }
      return [".", "!", "?", ":", ";", "。", "！", "？"].contains {
        text(last).elementsEqual($0.utf8)
      }
    }
  }

  /// How many words must stay between an edit of one side and one of the other; nil in prose, where
  /// the end of a sentence will do.
  private let leastBetween: Int?

  /// A side that changed more of the words than this share wrote them anew.
  private static let mostRewritten = 0.75

  /// A stretch of the base and what a side has in its place.
  private struct Edit {
    var old: Range<Int>
    var new: Range<Int>

    var isInsertion: Bool { old.isEmpty }
    var isDeletion: Bool { new.isEmpty }
  }

  private let base: Words
  private let ours: Words
  private let theirs: Words
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

  private init(base: Words, ours: Words, theirs: Words, leastBetween: Int?) {
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

  // MARK: What a side did

  private static func edits(_ base: Words, _ side: Words) -> ([Edit], [Int]) {
    var edits: [Edit] = []
    var (i, j) = (0, 0)
    let end = Matching.Run(old: base.tokens.count, new: side.tokens.count, length: 0)
    for run in runs(base, side) + [end] {
      if run.old > i || run.new > j { edits.append(Edit(old: i..<run.old, new: j..<run.new)) }
      i = run.old + run.length
      j = run.new + run.length
    }
    edits = joined(edits, base, side)
    let found = edits
    for index in edits.indices {
      edits[index] = slid(
        edits[index], base, side, after: edits[safe: index - 1], before: found[safe: index + 1])
    }
    // What is the same stands where an edit that slid left it.
    var place = [Int](repeating: -1, count: base.tokens.count)
    (i, j) = (0, 0)
    let last = Edit(
      old: base.tokens.count..<base.tokens.count, new: side.tokens.count..<side.tokens.count)
    for edit in edits + [last] {
      for offset in 0..<edit.old.lowerBound - i { place[i + offset] = j + offset }
      (i, j) = (edit.old.upperBound, edit.new.upperBound)
    }
    return (edits, place)
  }

  /// What both have: whole sentences and lines first, so that one of a list of them that went does not
  /// make each of the others another; then words.
  private static func runs(_ base: Words, _ side: Words) -> [Matching.Run] {
    var found: [Matching.Run] = []
    var (i, j) = (0, 0)
    func add(_ old: Range<Int>, _ new: Range<Int>) {
      for run in Matching.runs(Array(base.numbers[old]), Array(side.numbers[new])) {
        found.append(
          Matching.Run(
            old: old.lowerBound + run.old, new: new.lowerBound + run.new, length: run.length))
      }
    }
    for (old, new) in sharedSentences(base, side) {
      add(i..<old.lowerBound, j..<new.lowerBound)
      found.append(Matching.Run(old: old.lowerBound, new: new.lowerBound, length: old.count))
      (i, j) = (old.upperBound, new.upperBound)
    }
    add(i..<base.tokens.count, j..<side.tokens.count)
    return found
  }

  /// The sentences that two texts have once, in one order.
  private static func sharedSentences(
    _ base: Words, _ side: Words
  ) -> [(old: Range<Int>, new: Range<Int>)] {
    let (olds, news) = (base.sentences, side.sentences)
    if olds.count < 2, news.count < 2 { return [] }
    var places: [ArraySlice<Int32>: (old: [Int], new: [Int])] = [:]
    for (place, range) in olds.enumerated() {
      places[base.numbers[range], default: ([], [])].old.append(place)
    }
    for (place, range) in news.enumerated() {
      places[side.numbers[range], default: ([], [])].new.append(place)
    }
    var pairs = places.values.filter { $0.old.count == 1 && $0.new.count == 1 }
      .map { (old: $0.old[0], new: $0.new[0]) }.sorted { $0.old < $1.old }
    // Of sentences that changed places, none is told to have stayed.
    var isKept = [Bool](repeating: true, count: pairs.count)
    var (first, last) = (Int.max, -1)
    for index in pairs.indices {
      if pairs[index].new < last { isKept[index] = false }
      last = max(last, pairs[index].new)
    }
    for index in pairs.indices.reversed() {
      if pairs[index].new > first { isKept[index] = false }
      first = min(first, pairs[index].new)
    }
    pairs = pairs.indices.filter { isKept[$0] }.map { pairs[$0] }
    return pairs.map { (olds[$0.old], news[$0.new]) }
  }

  /// Joins edits between which too little stayed to say that they are two.
  private static func joined(_ edits: [Edit], _ base: Words, _ side: Words) -> [Edit] {
    var result: [Edit] = []
    for edit in edits {
      if let last = result.last {
        let between = last.old.upperBound..<edit.old.lowerBound
        let words = between.count { base.isWord($0) }
        let breaks = between.contains { base.tokens[$0].kind == .lineBreak }
        func size(_ edit: Edit) -> Int {
          max(edit.old.count { base.isWord($0) }, edit.new.count { side.isWord($0) })
        }
        let isLittle =
          words == 0
          ? !(last.isInsertion && edit.isInsertion) : words < min(size(last), size(edit))
        if !breaks, isLittle, !between.isEmpty {
          result[result.count - 1] = Edit(
            old: last.old.lowerBound..<edit.old.upperBound,
            new: last.new.lowerBound..<edit.new.upperBound)
          continue
        }
      }
      result.append(edit)
    }
    return result
  }

  /// An insertion or a deletion may stand a little earlier or later all the same: it begins where a
  /// sentence or a word does.
  private static func slid(
    _ edit: Edit, _ base: Words, _ side: Words, after last: Edit?, before next: Edit?
  ) -> Edit {
    guard edit.isInsertion != edit.isDeletion else { return edit }
    let words = edit.isInsertion ? side : base
    let range = edit.isInsertion ? edit.new : edit.old
    let before = edit.old.lowerBound - (last?.old.upperBound ?? 0)
    let behind = (next?.old.lowerBound ?? base.tokens.count) - edit.old.upperBound
    var low = 0
    while low < min(before, range.count),
      words.numbers[range.lowerBound - low - 1] == words.numbers[range.upperBound - low - 1]
    { low += 1 }
    var high = 0
    while high < min(behind, range.count),
      words.numbers[range.lowerBound + high] == words.numbers[range.upperBound + high]
    { high += 1 }
    func worth(_ offset: Int) -> Int {
      let start = range.lowerBound + offset
      if words.isBoundary(start), !words.isBlank(start) { return 3 }
      if words.isBoundary(start) { return 2 }
      return start == 0 || words.isBlank(start - 1) ? 1 : 0
    }
    let best = (-low...high).max { (worth($0), -$0) < (worth($1), -$1) } ?? 0
    return Edit(
      old: edit.old.lowerBound + best..<edit.old.upperBound + best,
      new: edit.new.lowerBound + best..<edit.new.upperBound + best)
  }

  // MARK: Putting together

  private func result() -> [UInt8]? {
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
  private func isAtom(_ range: Range<Int>) -> Bool {
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

  private func append(_ words: Words, _ range: Range<Int>, _ text: inout [UInt8]) {
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

  /// Both sides changed one stretch of the base.
  private func settle(_ range: Range<Int>, _ mine: [Edit], _ other: [Edit]) -> [UInt8]? {
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
    }
    if range.isEmpty { return settleInsertions(range.lowerBound, our, their) }
    return nil
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
    let isJoined = one.last?.isBlank == true || two.first?.isBlank == true
    return one + (isJoined ? [] : [.space]) + two
  }

  /// Whether two additions have half of their words in common, so that they may be two wordings of
  /// one.
  private func isAlike(_ our: Range<Int>, _ their: Range<Int>) -> Bool {
    ours.plainWords(our).hasHalf(of: theirs.plainWords(their))
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
