/// In which of a row of texts each word of the last one was first written.
///
/// A word is followed from text to text by comparing words, not lines: an edit in a paragraph makes
/// nothing else in it new, however its lines are wrapped. What is put elsewhere, or was taken out and
/// comes back, is found again by four words in a row, and keeps its age.
public struct Provenance: Sendable {
  /// A word of the last text.
  public struct Word: Sendable, Hashable {
    /// Its bytes; a link, a formula or a code span is one word.
    public let range: Range<Int>
    /// The text that first had it, counted from 0.
    public let origin: Int
  }

  /// The words of the last text in order, without punctuation.
  public let words: [Word]

  /// Follows the words through texts, of which the oldest is first.
  ///
  /// `origins` says of each from which it was made, by their places; without it, from the one before.
  /// A word that came from several is as old as in the one where it is oldest.
  public init(
    of texts: [[UInt8]], from origins: [[Int]]? = nil, progress: (_ done: Int) -> Void = { _ in }
  ) {
    var reader = WordReader()
    var followers: [Int: Follower] = [:]
    var last = Follower()
    var ranges: [Range<Int>] = []
    // A follower is not kept for longer than it is needed: it holds all that was ever taken out.
    var lastUse: [Int: Int] = [:]
    let all = texts.indices.map { origins?[$0] ?? ($0 == 0 ? [] : [$0 - 1]) }
    for (step, before) in all.enumerated() { for place in before { lastUse[place] = step } }
    for (step, text) in texts.enumerated() {
      progress(step)
      let numbers: [Int32]
      (ranges, numbers) = reader.words(of: text)
      var joined: Follower?
      for place in all[step] {
        let isLast = lastUse[place] == step
        guard var follower = isLast ? followers.removeValue(forKey: place) : followers[place]
        else { continue }
        follower.take(numbers, from: step, telling: reader.telling)
        if let other = joined { follower.join(other) }
        joined = follower
      }
      if joined == nil {
        joined = Follower()
        joined?.take(numbers, from: step, telling: reader.telling)
      }
      if let joined {
        if lastUse[step] != nil { followers[step] = joined }
        last = joined
      }
    }
    words = zip(ranges, last.origins).map { Word(range: $0, origin: $1) }
  }
}

/// Reads the words of texts of which most sections are the same: each is cut into words once, and in
/// one that changed each block.
private struct WordReader {
  private struct Stretch {
    /// Where the words stand from the first byte on.
    var ranges: [Range<Int>] = []
    var numbers: [Int32] = []

    mutating func add(_ other: Stretch, at start: Int) {
      for range in other.ranges {
        ranges.append(start + range.lowerBound..<start + range.upperBound)
      }
      numbers += other.numbers
    }
  }

  /// The links, formulas and spans of code that nobody writes twice by chance.
  private(set) var telling: Set<Int32> = []
  private var interning = Interning(copies: true)
  private var blockNumbers = Interning(copies: true)
  private var blocks: [Int32: Stretch] = [:]
  private var sections: [Int: Stretch] = [:]
  private var reader = SectionReader()

  /// The words of a note's blocks, and their numbers.
  mutating func words(of text: [UInt8]) -> (ranges: [Range<Int>], numbers: [Int32]) {
    var found = Stretch()
    var inUse: [Int: Stretch] = [:]
    var start = 0
    for section in reader.sections(of: text) {
      let words = sections[section.number] ?? cut(section)
      inUse[section.number] = words
      found.add(words, at: start)
      start += section.bytes.count
    }
    sections = inUse
    return (found.ranges, found.numbers)
  }

  private mutating func cut(_ section: SectionReader.Section) -> Stretch {
    var found = Stretch()
    for block in section.blocks {
      let isVerbatim = block.kind == .code || block.kind == .html
      let isQuote = block.kind == .quote || block.kind == .callout
      let bytes = blockNumbers.number(of: section.bytes[block.range])
      let key = bytes << 2 | (isVerbatim ? 2 : 0) | (isQuote ? 1 : 0)
      let words =
        blocks[key] ?? cut(section.bytes, block.range, section.atoms, isVerbatim, isQuote)
      blocks[key] = words
      found.add(words, at: block.range.lowerBound)
    }
    return found
  }

  private mutating func cut(
    _ text: [UInt8], _ range: Range<Int>, _ atoms: [Range<Int>], _ isVerbatim: Bool,
    _ isQuote: Bool
  ) -> Stretch {
    let first = atoms.partitionPoint { $0.lowerBound < range.lowerBound }
    let tokens = unsafe text.withUnsafeBufferPointer { buffer in
      Tokens(
        unsafe ByteView(buffer), range, atoms: atoms[first...], isVerbatim: isVerbatim,
        isQuote: isQuote
      ).all
    }
    var block = Stretch()
    for token in tokens where token.kind == .word {
      let start = token.range.lowerBound - range.lowerBound
      block.ranges.append(start..<start + token.range.count)
      let number = interning.number(of: text[token.range])
      block.numbers.append(number)
      if token.isTelling { telling.insert(number) }
    }
    return block
  }
}

/// The words of a text as numbers, with the text that each is from, and of all that was ever taken
/// out.
private struct Follower {
  private var numbers: [Int32] = []
  private(set) var origins: [Int] = []
  private var removed = Removed()

  /// Goes on to the next text.
  ///
  /// A few words in a row stay in their place, unless they are part of a longer passage that comes
  /// from elsewhere: where paragraphs change places, some words always stand in the same order. What
  /// is `telling` is known again by itself.
  mutating func take(_ new: [Int32], from step: Int, telling: Set<Int32>) {
    var found = [Int?](repeating: nil, count: new.count)
    var isFixed = [Bool](repeating: false, count: new.count)
    var end = 0
    let runs = Matching.runs(numbers, new, fixedPointsFirst: true)
    for (place, run) in runs.enumerated() where isMeant(run, place, runs, new.count) {
      let isLong = run.length >= Removed.least
      for index in 0..<run.length {
        found[run.new + index] = origins[run.old + index]
        isFixed[run.new + index] = isLong
      }
      if isLong {
        removed.add(numbers[end..<run.old], origins[end..<run.old], telling)
        end = run.old + run.length
      }
    }
    removed.add(numbers[end...], origins[end...], telling)
    removed.find(new, &found, isFixed)
    (numbers, origins) = (new, found.map { $0 ?? step })
  }

  /// Takes each word to be as old as it is in either; both stand at the same text.
  mutating func join(_ other: Follower) {
    origins = zip(origins, other.origins).map { min($0, $1) }
  }

  /// Whether a common run is more than a word that both texts happen to have: two words in a row, or
  /// one with little that is new before or behind it.
  private func isMeant(
    _ run: Matching.Run, _ place: Int, _ runs: [Matching.Run], _ count: Int
  ) -> Bool {
    if run.length > 1 { return true }
    let before = place > 0 ? runs[place - 1].new + runs[place - 1].length : 0
    let behind = place + 1 < runs.count ? runs[place + 1].new : count
    return run.new - before <= 3 || behind - run.new - 1 <= 3
  }
}

/// What was taken out of a text at some time, or stands in it between words that were.
private struct Removed {
  /// How many words in a row say that a passage is the same, and not just of the same words.
  static let least = 4
  /// How many are taken for the same though most of them stand in their place as well.
  private static let many = 8
  /// In how many places a passage is looked for.
  private static let mostPlaces = 16

  private var numbers: [Int32] = []
  private var origins: [Int] = []
  /// Where four words in a row stand last, by their hash.
  private var places: [Int: Int] = [:]
  /// Where the four words from a place on stand before that; -1 for nowhere.
  private var earlier: [Int] = []
  /// Where each telling word was first written.
  private var single: [Int32: Int] = [:]

  mutating func add(
    _ words: ArraySlice<Int32>, _ from: ArraySlice<Int>, _ telling: Set<Int32>
  ) {
    if !telling.isEmpty {
      for (word, origin) in zip(words, from) where telling.contains(word) {
        single[word] = min(single[word] ?? origin, origin)
      }
    }
    guard words.count >= Self.least else { return }
    let start = numbers.count
    numbers += words
    origins += from
    for place in start...(numbers.count - Self.least) {
      let key = Self.key(numbers[place..<(place + Self.least)])
      earlier.append(places.updateValue(place, forKey: key) ?? -1)
    }
    // No passage goes on from one removal into the next.
    numbers.append(-1)
    origins.append(0)
    while earlier.count < numbers.count { earlier.append(-1) }
  }

  /// Gives words that are not fixed the age of the passage they are from.
  func find(_ words: [Int32], _ found: inout [Int?], _ isFixed: [Bool]) {
    var place = 0
    while place + Self.least <= words.count {
      let (old, length) = longest(words, at: place, isFixed)
      let range = place..<place + length
      let free = found[range].count { $0 == nil }
      // The same hash need not be the same words.
      guard length >= Self.least, free > 0, length >= Self.many || 2 * free >= length else {
        place += 1
        continue
      }
      for index in range { found[index] = origins[old + index - place] }
      place += length
    }
    if single.isEmpty { return }
    for (place, word) in words.enumerated() where found[place] == nil {
      found[place] = single[word]
    }
  }

  /// The longest passage that begins with four words; of two, the one taken out earlier.
  private func longest(
    _ words: [Int32], at place: Int, _ isFixed: [Bool]
  ) -> (old: Int, length: Int) {
    var best = (old: 0, length: 0)
    if isFixed[place..<(place + Self.least)].contains(true) { return best }
    var old = places[Self.key(words[place..<(place + Self.least)])] ?? -1
    var tries = 0
    while old >= 0, tries < Self.mostPlaces {
      var length = 0
      while place + length < words.count, old + length < numbers.count, !isFixed[place + length],
        words[place + length] == numbers[old + length]
      {
        length += 1
      }
      if length >= best.length { best = (old, length) }
      old = earlier[old]
      tries += 1
    }
    return best
  }

  private static func key(_ words: ArraySlice<Int32>) -> Int {
    words.reduce(17) { $0 &* 1_000_003 &+ Int($1) }
  }
}
