internal import GRDB
internal import Markup

/// The words of the notes by their stems, from which a query's words are widened.
///
/// Words of notes that are gone stay: a look at the full text shows that nothing has them.
enum Vocabulary {
  /// More words than any stem of a language has.
  private static let mostForms = 32

  /// The words that have a stem, in their order.
  static func forms(_ db: Database, of stem: String) throws -> [String] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT word FROM word WHERE stem = ? ORDER BY word LIMIT ?"),
      arguments: [stem, mostForms])
  }

  /// Adds words with their stems.
  static func add(_ db: Database, _ words: [(word: String, stem: String)]) throws {
    let insert = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO word (stem, word) VALUES (?, ?)")
    for entry in words { try insert.execute(arguments: [entry.stem, entry.word]) }
  }

  /// The words that are like one that no note has, with the number of letters by which they differ,
  /// the nearest first.
  ///
  /// It goes through the whole vocabulary: the first letter is mistyped as well.
  static func near(_ db: Database, _ word: String) throws -> [(word: String, distance: Int)] {
    let letters = Array(word.unicodeScalars)
    guard letters.count >= 3, isLanguage(word) else { return [] }
    let bound = letters.count < 7 ? 1 : 2
    let mask = mask(word)
    var found: [(word: String, distance: Int)] = []
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: "SELECT word FROM word WHERE length(word) BETWEEN ? AND ?"),
      arguments: [letters.count - bound, letters.count + bound])
    while let row = try rows.next() {
      let other: String = row[0]
      // A letter that is wrong changes two bits at the most.
      guard (mask ^ Self.mask(other)).nonzeroBitCount <= 2 * bound else { continue }
      let distance = EditDistance.between(letters, Array(other.unicodeScalars), atMost: bound)
      if let distance { found.append((other, distance)) }
    }
    return found.sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }
  }

  /// Whether a word can have forms or be mistyped: not so numbers, pairs of Han and noise.
  static func isLanguage(_ word: String) -> Bool {
    let bytes = word.utf8
    return bytes.count > 1 && bytes.count <= 40
      && bytes.allSatisfy { !(0x30...0x39).contains($0) && $0 < 0xE3 }
  }

  /// Which letters a word has, as bits.
  private static func mask(_ word: String) -> UInt64 {
    word.utf8.reduce(0) { $0 | 1 << UInt64($1 & 63) }
  }
}

/// Which words of notes are new to the vocabulary.
struct VocabularyIntake {
  private let stemmer: Stemmer
  /// Hashes of the words that were seen.
  private var seen: Set<UInt64> = []

  init(language: String) { stemmer = Stemmer(language: language) }

  /// The words that were not handed out before, with their stems.
  mutating func new(_ words: SearchWords) -> [(word: String, stem: String)] {
    var new: [(word: String, stem: String)] = []
    words.eachDistinctWord { hash, word in
      guard seen.insert(hash).inserted else { return }
      let word = word()
      if Vocabulary.isLanguage(word) { new.append((word, stemmer.stem(word))) }
    }
    return new
  }
}

/// How many letters two words differ by.
public enum EditDistance: Sendable {
  /// The number of letters to insert, remove, replace or exchange with their neighbour (optimal
  /// string alignment); nil when it is above a bound.
  public static func between(
    _ first: [Unicode.Scalar], _ second: [Unicode.Scalar], atMost bound: Int
  ) -> Int? {
    guard abs(first.count - second.count) <= bound else { return nil }
    var before: [Int] = []
    var last = Array(0...second.count)
    var row = last
    for (i, letter) in first.enumerated() {
      row[0] = i + 1
      var least = row[0]
      for (j, other) in second.enumerated() {
        var cost = min(last[j + 1], row[j]) + 1
        cost = min(cost, last[j] + (letter == other ? 0 : 1))
        if i > 0, j > 0, letter == second[j - 1], first[i - 1] == other {
          cost = min(cost, before[j - 1] + 1)
        }
        row[j + 1] = cost
        least = min(least, cost)
      }
      if least > bound { return nil }
      before = last
      last = row
    }
    return last[second.count] <= bound ? last[second.count] : nil
  }
}
