// Which block became which: by likeness, and by parts where a paragraph was made two, or two one.
extension WordComparison {
  struct Pair {
    var olds: Range<Int>
    var news: Range<Int>
  }

  /// The share of a paragraph's words that have to stand in the other text for it to be a part of a
  /// paragraph there.
  private static let partLikeness = 0.7

  /// The pairs, each with the paragraphs before and behind it that were parts of the other side.
  func widened(
    _ pairs: [(Int, Int)], _ olds: Range<Int>, _ news: Range<Int>
  ) -> [Pair] {
    var pairs = pairs.map { Pair(olds: $0..<$0 + 1, news: $1..<$1 + 1) }
    if pairs.isEmpty, olds.count == 1 || news.count == 1 {
      pairs = likeliest(olds, news).map { [$0] } ?? []
    }
    guard pairs.count < max(olds.count, news.count) else { return pairs }
    for place in pairs.indices {
      let before = place > 0 ? pairs[place - 1] : nil
      let behind = place + 1 < pairs.count ? pairs[place + 1] : nil
      let oldRoom =
        (before?.olds.upperBound ?? olds.lowerBound)..<(behind?.olds.lowerBound ?? olds.upperBound)
      let newRoom =
        (before?.news.upperBound ?? news.lowerBound)..<(behind?.news.lowerBound ?? news.upperBound)
      widen(&pairs[place], oldRoom, newRoom)
    }
    return pairs
  }

  /// Where a paragraph was made so many that none of them is like it: the two that have the most in
  /// common, if all of them together are like it.
  private func likeliest(_ olds: Range<Int>, _ news: Range<Int>) -> Pair? {
    guard olds.count + news.count > 2, olds.count + news.count < 50,
      let before = DiffPieces.Piece(joining: old.all[olds], paragraphEnd: paragraphEnd),
      let after = DiffPieces.Piece(joining: new.all[news], paragraphEnd: paragraphEnd),
      (old.all[olds] + new.all[news]).allSatisfy({ $0.form == .prose }),
      alike(bag(before), bag(after)) >= Self.partLikeness
    else { return nil }
    let all = olds.flatMap { i in news.map { (i, $0) } }
    let best = all.max { left, right in
      alike(bag(old.all[left.0]), bag(new.all[left.1]), least: 0)
        < alike(bag(old.all[right.0]), bag(new.all[right.1]), least: 0)
    }
    return best.map { Pair(olds: $0..<$0 + 1, news: $1..<$1 + 1) }
  }

  private func widen(_ pair: inout Pair, _ oldRoom: Range<Int>, _ newRoom: Range<Int>) {
    guard old.all[pair.olds.lowerBound].form == .prose else { return }
    var common = commonWords(pair)
    func take(_ wider: Pair, _ piece: DiffPieces.Piece) -> Bool {
      guard piece.form == .prose, piece.words > 0, !isSingle(piece) else { return false }
      let now = commonWords(wider)
      guard Double(now - common) >= Self.partLikeness * Double(piece.words) else { return false }
      (pair, common) = (wider, now)
      return true
    }
    while pair.news.upperBound < newRoom.upperBound,
      take(
        Pair(olds: pair.olds, news: pair.news.lowerBound..<pair.news.upperBound + 1),
        new.all[pair.news.upperBound])
    {}
    while pair.news.lowerBound > newRoom.lowerBound,
      take(
        Pair(olds: pair.olds, news: pair.news.lowerBound - 1..<pair.news.upperBound),
        new.all[pair.news.lowerBound - 1])
    {}
    while pair.olds.upperBound < oldRoom.upperBound,
      take(
        Pair(olds: pair.olds.lowerBound..<pair.olds.upperBound + 1, news: pair.news),
        old.all[pair.olds.upperBound])
    {}
    while pair.olds.lowerBound > oldRoom.lowerBound,
      take(
        Pair(olds: pair.olds.lowerBound - 1..<pair.olds.upperBound, news: pair.news),
        old.all[pair.olds.lowerBound - 1])
    {}
  }

  /// How many words two sides of a pair have in common, in order.
  private func commonWords(_ pair: Pair) -> Int {
    func words(_ pieces: ArraySlice<DiffPieces.Piece>) -> [Int32] {
      pieces.flatMap { piece in
        zip(piece.tokens, piece.numbers).filter { $0.0.kind == .word }.map(\.1)
      }
    }
    return Matching.runs(words(old.all[pair.olds]), words(new.all[pair.news]))
      .reduce(0) { $0 + $1.length }
  }

  /// The pairs of the greatest sum of likeness, in order.
  func pairs(_ olds: Range<Int>, _ news: Range<Int>) -> [(Int, Int)] {
    let (rows, columns) = (olds.count, news.count)
    guard rows > 0, columns > 0 else { return [] }
    let oldBags = olds.map { bag(old.all[$0]) }
    let newBags = news.map { bag(new.all[$0]) }
    let oldIsSingle = olds.map { isSingle(old.all[$0]) }
    let newIsSingle = news.map { isSingle(new.all[$0]) }
    func likeness(_ row: Int, _ column: Int) -> Double {
      let (before, after) = (old.all[olds.lowerBound + row], new.all[news.lowerBound + column])
      guard before.form == after.form else { return 0 }
      // What stands elsewhere as it is did not become another.
      if oldIsSingle[row] || newIsSingle[column], before.bytesNumber != after.bytesNumber {
        return 0
      }
      // A table's row is known by its first cell, whatever became of the others.
      if before.form == .row {
        if Self.isRule(before), Self.isRule(after) { return 1 }
        if Self.firstCell(before) == Self.firstCell(after) { return 1 }
      }
      return alike(oldBags[row], newBags[column])
    }
    guard rows <= Self.mostPairs / columns else {
      return (0..<min(rows, columns)).filter { likeness($0, $0) > 0 }
        .map { (olds.lowerBound + $0, news.lowerBound + $0) }
    }
    var best = [Double](repeating: 0, count: (rows + 1) * (columns + 1))
    var known = [Double](repeating: 0, count: rows * columns)
    for row in stride(from: rows - 1, through: 0, by: -1) {
      for column in stride(from: columns - 1, through: 0, by: -1) {
        let here = likeness(row, column)
        known[row * columns + column] = here
        let at = row * (columns + 1) + column
        best[at] = max(best[at + 1], best[at + columns + 1])
        if here > 0 { best[at] = max(best[at], here + best[at + columns + 2]) }
      }
    }
    var result: [(Int, Int)] = []
    var (row, column) = (0, 0)
    while row < rows, column < columns {
      let at = row * (columns + 1) + column
      let here = known[row * columns + column]
      if here > 0, best[at] == here + best[at + columns + 2] {
        result.append((olds.lowerBound + row, news.lowerBound + column))
        row += 1
        column += 1
      } else if best[at] == best[at + columns + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return result
  }

  /// A piece's words in the order of their numbers.
  func bag(_ piece: DiffPieces.Piece) -> [Int32] {
    var words: [Int32] = []
    for (token, number) in zip(piece.tokens, piece.numbers) where token.kind == .word {
      words.append(number)
    }
    return words.sorted()
  }

  /// Whether a row is the line below a table's head.
  private static func isRule(_ row: DiffPieces.Piece) -> Bool {
    row.tokens.allSatisfy { $0.kind == .rule || $0.kind == .bar }
  }

  /// The words of a row before its second bar, or its first where none stands before it.
  private static func firstCell(_ piece: DiffPieces.Piece) -> ArraySlice<Int32> {
    let begin = piece.tokens.first?.kind == .bar ? 1 : 0
    let end = piece.tokens[begin...].firstIndex { $0.kind == .bar } ?? piece.tokens.count
    return piece.numbers[begin..<end]
  }

  /// The share of words in common, or 0 if that is too little.
  func alike(
    _ left: [Int32], _ right: [Int32], least: Double = WordComparison.likeness
  ) -> Double {
    guard !left.isEmpty, !right.isEmpty else { return 0 }
    let common = left.commonOfSorted(with: right)
    let share = 2 * Double(common) / Double(left.count + right.count)
    return share >= least ? share : 0
  }
}
