// Whether one text says what another says: all of it, all but its marks, or the same of another thing.

extension BlockMerge {
  /// Whether one of two texts says all that the other says, and more.
  enum Saying {
    case ours, theirs
    /// One has all words of the other, with a "not" among more: they may say the opposite.
    case opposite
  }

  /// Which of two stretches says all that the other says, and more; nil where neither does.
  ///
  /// It has the words of the other side by side, perhaps with something put in at one place; words
  /// that stand here and there in it say something else.
  mutating func saying(_ mine: Range<Int>, _ other: Range<Int>) -> Saying? {
    let (my, their) = (plain(ours, mine), plain(theirs, other))
    let (said, saidThere) = (my.said, their.said)
    if said.count >= saidThere.count, let isOpposite = isOpposite(my, tells: saidThere) {
      return isOpposite ? .opposite : .ours
    }
    guard let isOpposite = isOpposite(their, tells: said) else { return nil }
    return isOpposite ? .opposite : .theirs
  }

  /// Whether a text that tells all of a shorter one denies it; nil where it does not tell it.
  private mutating func isOpposite(_ long: WordMerge.Words, tells short: [Int32]) -> Bool? {
    let places = long.numbers.indices.filter { !long.isBlank($0) }
    let runs = Matching.runs(short, places.map { long.numbers[$0] })
    guard runs.reduce(0, { $0 + $1.length }) == short.count else { return nil }
    let told = runs.filter { run in
      places[run.new..<run.new + run.length].contains { long.isWord($0) }
    }
    let count = told.reduce(0) { sum, run in
      sum + places[run.new..<run.new + run.length].count { long.isWord($0) }
    }
    let all = places.count { long.isWord($0) }
    switch told.count {
    case ...1: break
    case 2 where 8 * count >= 5 * all: break
    default: guard count >= Self.leastWordsOfRun * told.count else { return nil }
    }
    let ranges = told.map { places[$0.new]..<places[$0.new + $0.length - 1] + 1 }
    for (range, next) in zip(ranges, ranges.dropFirst()) where 3 * count < 2 * all {
      let between = range.upperBound..<next.lowerBound
      // Of two numbers it is not known which belongs to the words behind them.
      if !between.contains(where: { long.isBoundary($0) }),
        between.contains(where: { long.text($0).contains(where: \.isDigit) })
      {
        return nil
      }
    }
    return ranges.contains { range in
      let before = (0..<range.lowerBound).reversed().prefix { !long.isBoundary($0 + 1) }
      let behind = (range.upperBound..<long.numbers.count).prefix { !long.isBoundary($0) }
      return (Array(before) + Array(behind)).contains { place in
        ClaimWords.denies(String(decoding: long.text(place), as: UTF8.self))
          && !ranges.contains { $0.contains(place) }
      }
    }
  }

  /// As many words side by side are the other text's words, however many such runs there are.
  private static let leastWordsOfRun = 5

  /// The words and marks of a stretch, those within links and code too.
  mutating func plain(_ units: MergeUnits, _ range: Range<Int>) -> WordMerge.Words {
    WordMerge.Words(units.bytes, range, atoms: [], interning: &interning)
  }

  /// Whether no more than blanks and the marks of sentences changed in a unit.
  mutating func hasSameWords(_ index: Int, _ units: MergeUnits, _ unit: Int) -> Bool {
    if units.all[unit].key == base.all[index].key { return true }
    if base.all[index].kind.isVerbatim { return false }
    return withoutMarks(base, index) == withoutMarks(units, unit)
  }

  /// What a unit says but for blanks and the marks of sentences; those in a link, in code and in a
  /// formula count, and so does one before a number.
  private mutating func withoutMarks(_ units: MergeUnits, _ index: Int) -> [Int32] {
    let range = units.marker(of: index).endIndex..<units.all[index].range.upperBound
    let words = words(units, range)
    return words.numbers.indices.filter { place in
      if words.isBlank(place) { return false }
      if words.isWord(place) { return true }
      let (isFirst, isLast) = (place == 0, place + 1 == words.numbers.count)
      if !isLast, words.text(place + 1).first?.isDigit == true { return true }
      let text = String(decoding: words.text(place), as: UTF8.self)
      // An address with a slash at its end leads to the same place, and a tag with one is the same.
      if text == "/", !isLast, "\"'>)".utf8.contains(words.text(place + 1).first ?? 0) {
        return false
      }
      let isDash = ["-", "–", "—"].contains(text)
      return !Self.marks.contains(text)
        && !(isDash && !isFirst && !isLast && words.isBlank(place - 1) && words.isBlank(place + 1))
    }.map { words.numbers[$0] }
  }

  private static let marks: Set<String> = [
    ".", ",", ";", ":", "!", "…", "\"", "'", "“", "”", "„", "‘", "’", "‚", "«", "»", "‹", "›", "。",
    "，", "、", "；", "：", "！", "「", "」", "『", "』",
  ]

  /// Whether two rows or items in one pattern tell of two things: the first cell, the first link, or
  /// the day or number that they begin with is another.
  mutating func haveTwoNames(_ m: Int, _ o: Int) -> Bool {
    let (kind, mine) = (ours.all[m].kind, ours.all[m].range)
    guard kind == .item || kind == .row, theirs.all[o].kind == kind else { return false }
    // Two definitions of one name are one.
    if kind == .row, ours.bytes[mine.lowerBound] == UInt8(ascii: "[") { return false }
    if let first = ours.firstLinks[m], let second = theirs.firstLinks[o] {
      return first.place != second.place && areTwo(first.name, second.name)
    }
    if kind == .row, ours.bytes[mine].contains(UInt8(ascii: "|")),
      let first = ours.cells(of: m).first, let second = theirs.cells(of: o).first
    {
      return areTwo(first.lowercasedWords, second.lowercasedWords)
    }
    func start(_ units: MergeUnits, _ index: Int) -> ArraySlice<UInt8> {
      units.bytes[units.marker(of: index).endIndex..<units.all[index].range.upperBound]
        .drop { !$0.isWordPart }.prefix { !$0.isBlank }
    }
    let (first, second) = (start(ours, m), start(theirs, o))
    return kind == .item && first != second && first.contains(where: \.isDigit)
      && second.contains(where: \.isDigit)
  }

  private func areTwo(_ mine: [String], _ other: [String]) -> Bool {
    !mine.isEmpty && !other.isEmpty && !mine.isSubsequence(of: other)
      && !other.isSubsequence(of: mine)
  }
}
