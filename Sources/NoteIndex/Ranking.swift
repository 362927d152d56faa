internal import Foundation
internal import GRDB
internal import Markup

/// How well notes fit some atoms: the sum of four parts, of which each is explained on request.
///
/// 1. **Words**: BM25F (Robertson, Zaragoza, Taylor, "Simple BM25 extension to multiple weighted
///    fields", 2004) over the stems.
/// 2. **Exact words**: the same over the words as they were typed, at a quarter.
/// 3. **Title**: the square of the cosine of the query to the title or an alias, weighted by how
///    rare the words are.
/// 4. **Subject**: how near the note's sketch is to those of the best notes so far (Rocchio,
///    "Relevance feedback in information retrieval", 1971); the less, the more a title is what was
///    typed.
struct Ranking {
  /// What the parts count.
  ///
  /// Chosen by reason and measured on six collections: each has a wide range in which no figure
  /// moves by more than a hundredth.
  enum Weight {
    /// How soon a further occurrence of a word adds little.
    static let saturation: Float = 1.2
    static let exact: Float = 0.25
    static let title = 1.0
    static let subject = 0.5
    /// How near the subject a note must be that has none of the words, to be shown all the same.
    static let leastRelated: Float = 0.15
    /// What the words of a link count as a title of the note it leads to.
    static let label = 0.8
    /// How near they must be to what was typed.
    static let leastLabel = 0.6
    /// How many of the best notes' links are looked at.
    static let linkers = 50
    /// What a beginning of a word counts in a title while the word itself is found somewhere.
    static let beginning: Float = 0.15
    /// What it counts, or a word that is like the one typed, when no note has that.
    static let substitute: Float = 0.8
    /// How rare a word of a title is taken to be that was not asked for, against a word of one note.
    static let foreignTitleWord = 0.5
    /// How many of the best notes say what the subject is.
    static let leaders = 30
  }

  /// What an atom gave.
  struct Answer {
    let atom: Atom
    let postings: Postings
    let idf: Float
    let exactIDF: Float
    /// How many notes have it.
    let count: Int

    /// What an occurrence at some place of the postings gives: for the word, and for its exactness.
    func score(at place: Int) -> (word: Float, exact: Float) {
      if atom.isSign { return (Float(atom.weight) * idf * 0.6, 0) }
      let loose = postings.loose[place] * (isSubstituted ? Weight.substitute : Weight.beginning)
      let frequency = postings.frequency[place] + loose
      let word = Float(atom.weight) * idf * frequency / (Weight.saturation + frequency)
      let exact = postings.exact[place]
      return (
        word, Weight.exact * Float(atom.weight) * exactIDF * exact / (Weight.saturation + exact)
      )
    }

    /// Whether no note has any form of the word, so that what is like it stands for it.
    let isSubstituted: Bool
  }

  private(set) var answers: [Answer] = []
  /// The sum of words and exact words, by row.
  private(set) var words: [Float]
  /// What of it stands in titles, as the sum of the squared rareness.
  private var titleMass: [Float]
  /// The title's part, by row.
  private var title: [Float]
  /// The subject's part, by row; empty when there is none.
  private(set) var subject: [Float] = []
  /// What the subject's part is at the most.
  private var subjectShare: Float = 0
  /// The rows that have any of the atoms, in no order.
  private(set) var rows: [Int32] = []
  private var isSeen: [Bool]
  private let profiles: Profiles
  /// The rows to choose from; nil for all.
  let allowed: [Bool]?

  init(_ profiles: Profiles, allowed: [Bool]?) {
    self.profiles = profiles
    self.allowed = allowed
    words = [Float](repeating: 0, count: profiles.all.count)
    titleMass = words
    title = words
    isSeen = [Bool](repeating: false, count: profiles.all.count)
  }

  // MARK: Words

  private func idf(_ count: Int) -> Float {
    let all = Double(profiles.count)
    return Float(log(1 + (all - Double(count) + 0.5) / (Double(count) + 0.5)))
  }

  /// Takes in what an atom gave.
  mutating func add(_ atom: Atom, _ postings: Postings) {
    let withForms = postings.frequency.count { $0 > 0 }
    let count = withForms == 0 ? postings.rows.count : withForms
    let answer = Answer(
      atom: atom, postings: postings, idf: idf(count),
      exactIDF: idf(postings.exact.count { $0 > 0 }), count: count, isSubstituted: withForms == 0)
    answers.append(answer)
    let mass = answer.idf * answer.idf
    for (place, row) in postings.rows.enumerated() {
      let index = Int(row)
      if let allowed, !allowed[index] { continue }
      let score = answer.score(at: place)
      guard score.word > 0 else { continue }
      words[index] += score.word + score.exact
      if postings.isInTitle[place], !atom.isExtra { titleMass[index] += mass }
      if !isSeen[index] {
        isSeen[index] = true
        rows.append(row)
      }
    }
  }

  /// Takes in every row there is to choose from, whether it has any atom or not.
  mutating func addAllowed() {
    for row in profiles.all.indices where profiles.all[row].note != 0 && !isSeen[row] {
      if let allowed, !allowed[row] { continue }
      isSeen[row] = true
      rows.append(Int32(row))
    }
  }

  /// The largest sum there could be, but for the saturation.
  var mass: Double {
    answers.reduce(0) {
      $1.count == 0 || $1.atom.isExtra ? $0 : $0 + Double($1.idf) * $1.atom.weight
    }
  }

  /// What was typed and stands nowhere in a row's note, in the order of typing.
  func missing(in row: Int32) -> [String] {
    var typed: [(text: String, isThere: Bool)] = []
    for answer in answers where !answer.atom.isExtra {
      let isThere = Self.place(of: row, in: answer) != nil
      if let index = typed.firstIndex(where: { $0.text == answer.atom.typed }) {
        typed[index].isThere = typed[index].isThere || isThere
      } else {
        typed.append((answer.atom.typed, isThere))
      }
    }
    return typed.filter { !$0.isThere }.map(\.text)
  }

  /// What each word that was typed gave a row.
  func parts(of row: Int32) -> [Hit.Score.Word] {
    var words: [Hit.Score.Word] = []
    for answer in answers {
      guard let place = Self.place(of: row, in: answer) else { continue }
      let (word, exact) = answer.score(at: place)
      let typed = answer.atom.typed
      if let known = words.firstIndex(where: { $0.typed == typed }) {
        words[known].score += Double(word)
        words[known].exact += Double(exact)
      } else {
        let counts = answers.lazy.filter { $0.atom.typed == typed }.map(\.count)
        words.append(
          .init(
            typed: typed, score: Double(word), exact: Double(exact), notes: counts.max() ?? 0))
      }
    }
    return words
  }

  private static func place(of row: Int32, in answer: Answer) -> Int? {
    let rows = answer.postings.rows
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows[low] == row ? low : nil
  }

  // MARK: Titles

  /// Compares the titles of the notes that could gain by it.
  mutating func addTitles(
    _ db: Database, _ known: KnownNotes, typed: [String], stemmer: Stemmer
  ) throws {
    let asked = answers.filter { !$0.atom.isExtra && $0.count > 0 }
    let norm = asked.reduce(0) { $0 + Double($1.idf * $1.idf) }.squareRoot()
    guard norm > 0 else { return }
    let foreign = Weight.foreignTitleWord * log(1 + Double(profiles.count))
    let mass = mass
    let hopeful = rows.filter { titleMass[Int($0)] > 0 }
    let likely =
      hopeful.count <= Self.mostTitles
      ? hopeful
      : best(Self.mostTitles, of: hopeful) { row in
        let matched = Double(titleMass[Int(row)])
        let others = max(0, Double(profiles[Int(row)].title) - Double(asked.count))
        let cosine = matched / (norm * (matched + others * foreign * foreign).squareRoot())
        return words[Int(row)] + Float(Weight.title * mass * cosine * cosine)
      }
    for row in likely {
      let note = profiles.note(of: row)
      var nearest = 0.0
      for name in try known.names(db, of: note, stemmer) {
        var cosine = cosine(name, asked, norm: norm, foreign: foreign)
        // The words that tell nothing tell two titles apart that differ in them only.
        if cosine > 0.8, Self.isBegun(name, by: typed) { cosine += 0.05 }
        nearest = max(nearest, cosine)
      }
      title[Int(row)] = Float(Weight.title * mass * nearest * nearest)
      nearestTitle = max(nearestTitle, nearest)
    }
    try addLabels(db, known, asked, norm: norm, foreign: foreign, stemmer: stemmer)
  }

  /// Takes the words with which the best notes link to others for further names of these.
  ///
  /// The words of a link stand in the note that has it, so that note is among the best.
  private mutating func addLabels(
    _ db: Database, _ known: KnownNotes, _ asked: [Answer], norm: Double, foreign: Double,
    stemmer: Stemmer
  ) throws {
    let mass = mass
    for row in best(Weight.linkers, of: rows, by: { words[Int($0)] }) {
      let note = profiles.note(of: row)
      for label in try known.labels(db, of: note, stemmer) {
        let target = label.target
        guard profiles.all.indices.contains(Int(target)), allowed?[Int(target)] ?? true else {
          continue
        }
        let nearness = cosine(label.name, asked, norm: norm, foreign: foreign)
        guard nearness > Weight.leastLabel else { continue }
        let gain = Float(Weight.label * mass * nearness * nearness)
        title[Int(target)] = max(title[Int(target)], gain)
        if !isSeen[Int(target)] {
          isSeen[Int(target)] = true
          rows.append(target)
        }
      }
    }
  }

  /// Whether a title has these words in this order, and no others; the last may go on.
  private static func isBegun(_ name: KnownNotes.Name, by typed: [String]) -> Bool {
    let words = name.words.map(\.word)
    guard words.count == typed.count, let last = typed.last, let end = words.last else {
      return false
    }
    return words.dropLast().elementsEqual(typed.dropLast()) && end.hasPrefix(last)
  }

  private static let mostTitles = 200
  /// The largest cosine of any title.
  private var nearestTitle = 0.0

  private func cosine(
    _ name: KnownNotes.Name, _ asked: [Answer], norm: Double, foreign: Double
  ) -> Double {
    var words = name.words
    if words.contains(where: \.isStop) {
      let telling = words.filter { !$0.isStop || asked.hasExactly($0.word) }
      if !telling.isEmpty { words = telling }
    }
    var dot = 0.0
    var length = 0.0
    var used: Set<Int> = []
    var seen: Set<String> = []
    // In their order: sums of fractions in another one could differ.
    for (word, stem, _) in words where seen.insert(word).inserted {
      guard let (index, share) = asked.match(word, stem: stem) else {
        length += foreign * foreign
        continue
      }
      let idf = Double(asked[index].idf)
      length += idf * idf
      if used.insert(index).inserted { dot += share * idf * idf }
    }
    return length == 0 ? 0 : dot / (norm * length.squareRoot())
  }

  // MARK: Subject

  /// Adds how near each note is to the subject of the best ones.
  ///
  /// With a `depth` only of the notes that can be among the best so many by that; `nil` for all notes.
  mutating func addSubject(_ db: Database, _ known: KnownNotes, depth: Int?) throws {
    let mass = mass
    guard mass > 0, !rows.isEmpty else { return }
    let leaders = best(Weight.leaders, of: rows, keepingTies: true) { total(of: $0) }
    // Where hundreds fit equally well they say nothing of the subject.
    guard leaders.count <= 8 * Weight.leaders, let first = leaders.first else { return }
    let top = total(of: first)
    let share = Weight.subject * mass * max(0, 1 - nearestTitle)
    guard share > 0.001, top > 0 else { return }
    let shares = leaders.map { row in
      let part = Double(total(of: row) / top)
      return (row: Int(row), weight: part * part * part * part)
    }
    subjectShare = Float(share)
    var wanted: [Int32]?
    if let depth {
      // The subject gives its share at the most: who is further than that from the last of the best
      // cannot come among them.
      let last = best(depth, of: rows, keepingTies: true) { total(of: $0) }.last
      let bound = last.map { total(of: $0) } ?? 0
      wanted = rows.filter { total(of: $0) + subjectShare * 1.001 >= bound }
    }
    subject = try known.nearness(db, to: shares, of: wanted).map { $0 * subjectShare }
  }

  /// What a row is worth in all.
  func total(of row: Int32) -> Float {
    let index = Int(row)
    return words[index] + title[index] + (subject.isEmpty ? 0 : subject[index])
  }

  /// What the likeness of its title is worth to a row.
  func title(of row: Int32) -> Double { Double(title[Int(row)]) }

  /// The rows without any of the atoms that are nearest to the subject, best first.
  func related(_ count: Int) -> [Int32] {
    guard !subject.isEmpty, count > 0 else { return [] }
    let others = profiles.all.indices.lazy.filter { row in
      !isSeen[row] && profiles.all[row].note != 0 && (allowed?[row] ?? true)
        && subject[row] >= Weight.leastRelated * subjectShare
    }.map { Int32($0) }
    return best(count, of: Array(others), keepingTies: true) { subject[Int($0)] }
  }

  // MARK: The best

  /// The best rows, best first; with those that are as good as the last of them, if wanted.
  func best(
    _ count: Int, of rows: [Int32], keepingTies: Bool = false, by score: (Int32) -> Float
  ) -> [Int32] {
    guard count > 0 else { return [] }
    var scored = rows.map { (row: $0, score: score($0)) }
    if scored.count > count {
      let bound = Self.nth(count, scored.map(\.score))
      scored = scored.filter { $0.score >= bound }
    }
    scored.sort { $0.score == $1.score ? $0.row < $1.row : $0.score > $1.score }
    if !keepingTies, scored.count > count { scored.removeLast(scored.count - count) }
    return scored.map(\.row)
  }

  /// The nth largest of some numbers, by a heap of n.
  private static func nth(_ count: Int, _ scores: [Float]) -> Float {
    var heap = Array(scores[..<count])
    func sink(_ start: Int) {
      var place = start
      while true {
        var child = 2 * place + 1
        guard child < count else { return }
        if child + 1 < count, heap[child + 1] < heap[child] { child += 1 }
        if heap[place] <= heap[child] { return }
        heap.swapAt(place, child)
        place = child
      }
    }
    for start in stride(from: count / 2, through: 0, by: -1) { sink(start) }
    for score in scores[count...] where score > heap[0] {
      heap[0] = score
      sink(0)
    }
    return heap[0]
  }
}

extension [Ranking.Answer] {
  fileprivate func hasExactly(_ word: String) -> Bool {
    contains { $0.atom.forms.contains { $0.role == .exact && $0.words == [word] } }
  }

  /// Which atom a word of a title is, and how surely.
  fileprivate func match(_ word: String, stem: String) -> (index: Int, share: Double)? {
    if let index = firstIndex(where: { $0.atom.stem == stem || $0.atom.has(word) }) {
      return (index, 1)
    }
    if let index = firstIndex(where: { $0.atom.repairedStems.contains(stem) }) {
      return (index, 0.95)
    }
    if let index = firstIndex(where: { $0.atom.beginning.map(word.hasPrefix) == true }) {
      return (index, 0.9)
    }
    return nil
  }
}

extension Atom {
  /// Whether a phrase of it that is typed has a word.
  fileprivate func has(_ word: String) -> Bool {
    forms.contains { $0.role == .exact && $0.words.contains(word) }
  }
}
