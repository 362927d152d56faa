/// Finds what two sequences have in common, in order: Myers' greedy algorithm with limits.
///
/// Elements are numbers, so that a comparison is one instruction. Common ends are taken first. When
/// the sequences differ in more than `mostEdits` places, elements that are unique in both are taken
/// as fixed points and the parts between them are tried once more; a part that still differs too
/// much has nothing in common.
struct Matching {
  /// A stretch that is the same in both.
  struct Run: Equatable {
    var old: Int
    var new: Int
    var length: Int
  }

  static let mostEdits = 1_500
  /// The most comparisons for one part; only texts made to be slow need more.
  private static let mostSteps = 30_000_000

  private let old: [Int32]
  private let new: [Int32]
  /// Which of the old elements are rather kept in place than others; none where it is empty.
  private let preferred: [Bool]
  private var runs: [Run] = []

  /// The common stretches in order; between two of them lies what changed.
  ///
  /// With `fixedPointsFirst`, elements that are unique in both are taken before all others (Bram
  /// Cohen's patience diff). Of two that changed places, a `preferred` one stays.
  static func runs(
    _ old: [Int32], _ new: [Int32], fixedPointsFirst: Bool = false, preferred: [Bool] = []
  ) -> [Run] {
    var matching = Matching(old: old, new: new, preferred: preferred)
    matching.match(
      0..<old.count, 0..<new.count, mayFix: true, fixedPointsFirst: fixedPointsFirst)
    return matching.runs
  }

  private init(old: [Int32], new: [Int32], preferred: [Bool]) {
    self.old = old
    self.new = new
    self.preferred = preferred
  }

  private mutating func add(_ old: Int, _ new: Int, _ length: Int) {
    guard length > 0 else { return }
    if let last = runs.last, last.old + last.length == old, last.new + last.length == new {
      runs[runs.count - 1].length += length
    } else {
      runs.append(Run(old: old, new: new, length: length))
    }
  }

  private mutating func match(
    _ a: Range<Int>, _ b: Range<Int>, mayFix: Bool, fixedPointsFirst: Bool = false
  ) {
    var (a, b) = (a, b)
    var head = 0
    while head < a.count, head < b.count, old[a.lowerBound + head] == new[b.lowerBound + head] {
      head += 1
    }
    add(a.lowerBound, b.lowerBound, head)
    a = a.lowerBound + head..<a.upperBound
    b = b.lowerBound + head..<b.upperBound
    var tail = 0
    while tail < a.count, tail < b.count,
      old[a.upperBound - 1 - tail] == new[b.upperBound - 1 - tail]
    {
      tail += 1
    }
    a = a.lowerBound..<a.upperBound - tail
    b = b.lowerBound..<b.upperBound - tail
    if !a.isEmpty, !b.isEmpty, !(fixedPointsFirst && matchByFixedPoints(a, b)),
      !matchByEdits(a, b), mayFix
    {
      matchByFixedPoints(a, b)
    }
    add(a.upperBound, b.upperBound, tail)
  }

  /// Myers' algorithm, keeping each round's furthest points; false if there are too many edits.
  private mutating func matchByEdits(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    let (n, m) = (a.count, b.count)
    let most = min(n + m, Self.mostEdits)
    var furthest = [Int32](repeating: 0, count: 2 * most + 3)
    var rounds: [[Int32]] = []
    var steps = 0
    for edits in 0...most {
      for diagonal in stride(from: -edits, through: edits, by: 2) {
        let at = diagonal + most + 1
        var x =
          diagonal == -edits || (diagonal != edits && furthest[at - 1] < furthest[at + 1])
          ? Int(furthest[at + 1]) : Int(furthest[at - 1]) + 1
        var y = x - diagonal
        let start = x
        while x < n, y < m, old[a.lowerBound + x] == new[b.lowerBound + y] {
          x += 1
          y += 1
        }
        steps += x - start + 1
        furthest[at] = Int32(truncatingIfNeeded: x)
        if x >= n, y >= m {
          rounds.append(Array(furthest[most + 1 - edits...most + 1 + edits]))
          addPath(rounds, a, b)
          return true
        }
      }
      rounds.append(Array(furthest[most + 1 - edits...most + 1 + edits]))
      if steps > Self.mostSteps { return false }
    }
    return false
  }

  /// Walks back through the rounds and adds the diagonals; round d holds diagonals -d...d.
  private mutating func addPath(_ rounds: [[Int32]], _ a: Range<Int>, _ b: Range<Int>) {
    var found: [Run] = []
    var (x, y) = (a.count, b.count)
    for edits in stride(from: rounds.count - 1, through: 1, by: -1) {
      let previous = rounds[edits - 1]
      func point(_ diagonal: Int) -> Int {
        let index = diagonal + edits - 1
        return index >= 0 && index < previous.count ? Int(previous[index]) : -1
      }
      let diagonal = x - y
      let isDown =
        diagonal == -edits || (diagonal != edits && point(diagonal - 1) < point(diagonal + 1))
      let from = isDown ? diagonal + 1 : diagonal - 1
      let startX = point(from)
      let afterX = isDown ? startX : startX + 1
      if x > afterX {
        found.append(Run(old: afterX, new: afterX - diagonal, length: x - afterX))
      }
      x = startX
      y = startX - from
    }
    if x > 0 { found.append(Run(old: 0, new: 0, length: x)) }
    for run in found.reversed() { add(a.lowerBound + run.old, b.lowerBound + run.new, run.length) }
  }

  /// Elements that are there once in both, in the longest order they share, split the parts.
  ///
  /// False, and nothing done, if there are none.
  @discardableResult
  private mutating func matchByFixedPoints(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    var places: [Int32: (old: Int, new: Int)] = [:]
    for index in a { places[old[index]] = places[old[index]] == nil ? (index, -1) : (-2, -1) }
    for index in b {
      guard let place = places[new[index]], place.old >= 0 else { continue }
      places[new[index]] = place.new == -1 ? (place.old, index) : (-2, -1)
    }
    let shared = places.values.filter { $0.old >= 0 && $0.new >= 0 }.sorted { $0.old < $1.old }
    guard !shared.isEmpty else { return false }
    var low = (a.lowerBound, b.lowerBound)
    for place in longestIncreasing(shared) {
      match(low.0..<place.old, low.1..<place.new, mayFix: false)
      add(place.old, place.new, 1)
      low = (place.old + 1, place.new + 1)
    }
    match(low.0..<a.upperBound, low.1..<b.upperBound, mayFix: false)
    return true
  }

  private func isPreferred(_ index: Int) -> Bool {
    index < preferred.count && preferred[index]
  }

  /// The longest order, where a preferred element counts for one and a half.
  private func longestIncreasing(
    _ places: [(old: Int, new: Int)]
  ) -> [(old: Int, new: Int)] {
    // The best that ends at or below a rank of the new places: a Fenwick tree of maxima.
    var best = [Int](repeating: -1, count: places.count + 1)
    var weights = [Int](repeating: 0, count: places.count)
    var before = [Int](repeating: -1, count: places.count)
    func isBetter(_ one: Int, _ two: Int) -> Bool {
      two < 0 || (weights[one], places[two].new) > (weights[two], places[one].new)
    }
    let ranks = places.indices.sorted { places[$0].new < places[$1].new }
    var rank = [Int](repeating: 0, count: places.count)
    for (number, index) in ranks.enumerated() { rank[index] = number + 1 }
    for index in places.indices {
      var at = rank[index] - 1
      while at > 0 {
        if best[at] >= 0, before[index] < 0 || isBetter(best[at], before[index]) {
          before[index] = best[at]
        }
        at &= at - 1
      }
      weights[index] =
        (before[index] < 0 ? 0 : weights[before[index]]) + (isPreferred(places[index].old) ? 3 : 2)
      at = rank[index]
      while at < best.count {
        if isBetter(index, best[at]) { best[at] = index }
        at += at & -at
      }
    }
    var last = -1
    for index in places.indices where isBetter(index, last) { last = index }
    var result: [(old: Int, new: Int)] = []
    while last >= 0 {
      result.append(places[last])
      last = before[last]
    }
    return result.reversed()
  }
}

/// Gives equal bytes equal numbers.
struct Interning {
  /// Whether the bytes are copied: one that outlives the texts would keep all of them otherwise.
  private let copies: Bool

  init(copies: Bool = false) {
    self.copies = copies
  }

  private var numbers: [KeyBytes: Int32] = [:]

  mutating func number(of bytes: ArraySlice<UInt8>) -> Int32 {
    let next = Int32(truncatingIfNeeded: numbers.count)
    let key = KeyBytes(bytes)
    if let known = numbers[key] { return known }
    numbers[copies ? KeyBytes(ArraySlice(Array(bytes))) : key] = next
    return next
  }
}

/// Bytes as the key of a dictionary, hashed all at once: an array hashes its elements one by one.
struct KeyBytes: Hashable {
  let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  static func == (left: Self, right: Self) -> Bool {
    guard left.bytes.count == right.bytes.count else { return false }
    return unsafe left.bytes.withUnsafeBytes { left in
      unsafe right.bytes.withUnsafeBytes { right in
        for place in 0..<right.count {
          if unsafe left[place] != right[place] { return false }
        }
        return true
      }
    }
  }

  func hash(into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}

extension [Int32] {
  /// How many elements two rows have in common, both in the order of their elements.
  func commonOfSorted(with other: [Int32]) -> Int {
    var (i, j, common) = (0, 0, 0)
    while i < count, j < other.count {
      if self[i] == other[j] {
        common += 1
        i += 1
        j += 1
      } else if self[i] < other[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return common
  }
}
