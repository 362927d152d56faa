// What one side did to the base.
extension WordMerge {
  /// A stretch of the base and what a side has in its place.
  struct Edit {
    var old: Range<Int>
    var new: Range<Int>

    var isInsertion: Bool { old.isEmpty }
    var isDeletion: Bool { new.isEmpty }
  }

  static func edits(_ base: Words, _ side: Words) -> ([Edit], [Int]) {
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
}
