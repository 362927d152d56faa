internal import Markup

/// What a note is about, in 128 bytes: so that notes on one subject are known by each other even
/// where they do not share the words that were asked for.
///
/// A random projection (Achlioptas, "Database-friendly random projections", 2003) of the note's
/// words to 256 numbers of four bits. Each word has a fixed row of signs, which comes from its own
/// first letters, so a sketch depends on nothing but its note: it needs no training, and is the
/// same on every machine and after every rebuild.
struct Sketch {
  /// How many numbers a sketch has.
  static let dimensions = 256
  /// How many bytes it takes: byte `i` holds number `i` in its low half, and number `i + 128` in
  /// its high half, each as its value plus 8.
  static let size = dimensions / 2

  /// Two numbers that are zero.
  static let zero: UInt8 = 0x88

  /// The sketch of a note's words; those of the title count twice.
  static func of(_ words: SearchWords) -> [UInt8] {
    var sketch = Sketch()
    for column in [words.title, words.title, words.headings, words.body] {
      sketch.add(column.bytes)
    }
    return sketch.finish()
  }

  private var keys: [UInt64] = []
  /// Eight numbers at a time.
  private var sums = [SIMD8<Int32>](repeating: .zero, count: dimensions / 8)

  /// Adds the words of a column, which are followed by one blank each.
  ///
  /// A word counts by its first five characters: as good as its stem (measured on six test
  /// collections), and in any language.
  mutating func add(_ words: [UInt8]) {
    var index = 0
    while index < words.count {
      let start = index
      var hash = WordHash()
      var characters = 0
      while index < words.count, words[index] != 0x20 {
        let byte = words[index]
        if byte & 0xC0 != 0x80 { characters += 1 }
        if characters <= 5 { hash.add(byte) }
        index += 1
      }
      if characters > 1, !StopWords.contains(words[start..<index]) {
        // The low bits are free for the length, which is the word's weight.
        keys.append(hash.value & ~7 | UInt64(min(5, characters)))
      }
      index += 1
    }
  }

  /// The sketch of what was added; zeros when nothing was.
  mutating func finish() -> [UInt8] {
    keys.sort()
    var index = 0
    while index < keys.count {
      let key = keys[index]
      var next = index + 1
      while next < keys.count, keys[next] == key { next += 1 }
      let length = Int(key & 7)
      add(key, Self.frequencyWeights[min(next - index, 63)] * Int32(8 + 3 * length) / 8)
      index = next
    }
    return quantized()
  }

  /// 64 · (1 + ln n) for a word that stands n times.
  private static let frequencyWeights: [Int32] = [
    0, 64, 108, 134, 153, 167, 179, 189, 197, 205, 211, 217, 223, 228, 233, 237, 241, 245, 249, 252,
    256, 259, 262, 265, 267, 270, 273, 275, 277, 280, 282, 284, 286, 288, 290, 292, 293, 295, 297,
    298, 300, 302, 303, 305, 306, 308, 309, 310, 312, 313, 314, 316, 317, 318, 319, 320, 322, 323,
    324, 325, 326, 327, 328, 329,
  ]

  /// Adds a weight to each number, or takes it off, by the word's signs.
  private mutating func add(_ key: UInt64, _ weight: Int32) {
    let weight = SIMD8(repeating: weight)
    var state = key
    var place = 0
    while place < sums.count {
      var bits = ContentHash.mix(state)
      state &+= 0x9E37_79B9_7F4A_7C15
      for _ in 0..<8 {
        // The weight where the bit is 1, else its negative.
        let negative = Self.negatives[Int(bits & 0xFF)]
        sums[place] &+= (weight ^ negative) &- negative
        bits >>= 8
        place += 1
      }
    }
  }

  /// For each byte, −1 for the bits that are 0.
  private static let negatives: [SIMD8<Int32>] = (0..<256).map { byte in
    var lanes = SIMD8<Int32>.zero
    for bit in 0..<8 where byte >> bit & 1 == 0 { lanes[bit] = -1 }
    return lanes
  }

  /// Each number as one of −7…7, of which 7 is two and a half times the mean size.
  private func quantized() -> [UInt8] {
    let sums = sums.flatMap { lanes in lanes.indices.map { Int64(lanes[$0]) } }
    let squares = sums.reduce(0) { $0 + $1 * $1 }
    guard squares > 0 else { return [UInt8](repeating: Self.zero, count: Self.size) }
    let unit = (Double(squares) / Double(Self.dimensions)).squareRoot() * 2.5 / 7
    func small(_ place: Int) -> UInt8 {
      UInt8(8 + max(-7, min(7, (Double(sums[place]) / unit).rounded())))
    }
    return (0..<Self.size).map { small($0) | small($0 + Self.size) << 4 }
  }
}
