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

  /// The words that are most like one that no note has: first those of its first letter, then any.
  static func nearest(_ db: Database, to word: String) throws -> [String] {
    let letters = Array(word.unicodeScalars)
    guard letters.count >= 3, letters.count <= 40, let first = letters.first else { return [] }
    let bound = letters.count < 4 ? 1 : letters.count < 8 ? 1 : 2
    let next = Unicode.Scalar(first.value + 1).map(String.init) ?? "\u{10FFFF}"
    let same = try near(db, letters, bound, from: String(first), before: next)
    return same.isEmpty ? try near(db, letters, bound, from: "", before: "\u{10FFFF}") : same
  }

  private static func near(
    _ db: Database, _ letters: [Unicode.Scalar], _ bound: Int, from: String, before: String
  ) throws -> [String] {
    var best: [(word: String, distance: Int)] = []
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT word FROM word
          WHERE stem >= ? AND stem < ? AND length(word) BETWEEN ? AND ?
          """),
      arguments: [from, before, letters.count - bound, letters.count + bound])
    while let row = try rows.next() {
      let word: String = row[0]
      let distance = EditDistance.between(letters, Array(word.unicodeScalars), atMost: bound)
      if let distance { best.append((word, distance)) }
    }
    guard let least = best.map(\.distance).min() else { return [] }
    return best.filter { $0.distance == least }.map(\.word).sorted()
  }
}

/// Which words of notes are new to the vocabulary.
struct VocabularyIntake {
  private let stemmer: Stemmer
  /// Hashes of the words that were seen.
  private var seen: Set<Int> = []

  init(language: String) { stemmer = Stemmer(language: language) }

  /// The words that were not handed out before, with their stems.
  mutating func new(_ words: [(word: String, count: Int)]) -> [(word: String, stem: String)] {
    words.compactMap { entry in
      guard Self.isLanguage(entry.word), seen.insert(entry.word.hashValue).inserted else {
        return nil
      }
      return (entry.word, stemmer.stem(entry.word))
    }
  }

  /// Whether a word can have forms or be mistyped: not so numbers, pairs of Han and noise.
  private static func isLanguage(_ word: String) -> Bool {
    let bytes = word.utf8
    return bytes.count > 1 && bytes.count <= 40
      && bytes.allSatisfy { !(0x30...0x39).contains($0) && $0 < 0xE3 }
  }
}

/// How many letters two words differ by.
enum EditDistance {
  /// The number of letters to insert, remove, replace or exchange with their neighbour (optimal
  /// string alignment); nil when it is above a bound.
  static func between(
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
