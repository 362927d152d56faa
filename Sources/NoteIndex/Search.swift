internal import GRDB
internal import Markup
internal import Vault

/// A note that was found.
public struct Hit: Sendable, Equatable {
  /// What gave a note its place.
  public struct Score: Sendable, Equatable {
    /// What was typed, what the words of its stem gave, and what the very word gave.
    public var words: [Word] = []
    /// What the likeness of the title gave.
    public var title = 0.0
    /// What the nearness to the subject of the best notes gave.
    public var subject = 0.0
    /// All together: the more the better, to be compared within one search only.
    public var total = 0.0

    /// What one word gave.
    public struct Word: Sendable, Equatable {
      /// What was typed.
      public let typed: String
      /// What it and the words of its stem gave.
      public let score: Double
      /// What the very word gave besides.
      public let exact: Double
      /// In how many notes it stands.
      public let notes: Int
    }
  }

  /// The note.
  public let note: NoteSummary
  /// How well it fits, and why.
  public let score: Score
  /// What was asked for and stands nowhere in it.
  public let missing: [String]
  /// Whether it has none of the words, and was found by its subject.
  public let isRelated: Bool
  /// The best passages, the very best first.
  public internal(set) var snippets: [Snippet]
}

/// What a search found.
public struct SearchResult: Sendable, Equatable {
  /// The notes, the best first.
  public var hits: [Hit] = []
  /// How many there are in all, without those that are only related; when that was asked for.
  public var total: Int?
  /// Parts of the query that look like filters and were searched for as text.
  public var readAsText: [String] = []
  /// Words that no note has, and what was searched for in their place.
  public var repaired: [Repair] = []

  /// A word that no note has.
  public struct Repair: Sendable, Equatable {
    /// What was typed.
    public let typed: String
    /// The words like it that notes have.
    public let used: [String]
  }
}

extension NoteIndex {
  /// Searches for notes.
  ///
  /// The best notes come first. Behind those that have any of the words, notes on the same subject
  /// fill up to the limit, without being counted. A query without words lists.
  ///
  /// In an order other than by relevance nothing is filled up. With no `snippets` no file is read.
  /// `counting` says how many there are in all, which costs nothing for a query with words.
  public func search(
    _ query: Query, filter: Filter = Filter(), sort: [Sort] = [], limit: Int = 20, offset: Int = 0,
    snippets: Int = 1, counting: Bool = false
  ) throws(IndexError) -> SearchResult {
    if query.isEmpty { return SearchResult(total: counting ? 0 : nil) }
    let search = Search(
      query: query, filter: filter, sort: sort, limit: max(0, limit), offset: max(0, offset),
      language: vault.settings.language)
    var found = try read { db, collector in try search.run(db, collector, counting: counting) }
    guard snippets > 0 else { return found.result }
    var texts = readTexts(of: found)
    // The file wins over what the index says of it. While another writes the index, what is not
    // as it says is left out.
    if !texts.stale.isEmpty, try applied(texts.stale) {
      found = try read { db, collector in try search.run(db, collector, counting: counting) }
      texts = readTexts(of: found)
    }
    let finder = PassageFinder(found.answers)
    for (index, document) in texts.documents {
      found.result.hits[index].snippets = finder.best(document, count: snippets)
    }
    let stale = Set(texts.stale)
    found.result.hits.removeAll { stale.contains($0.note.path) }
    return found.result
  }

  /// Takes in notes that changed, unless another writes the index.
  private func applied(_ notes: [NotePath]) throws(IndexError) -> Bool {
    do {
      try apply(notes.map { .written($0) }, now: timeOfLastLook)
      return true
    } catch {
      guard case .busy = error else { throw error }
      return false
    }
  }

  /// Reads the files of what was found, and names those that hold something else by now.
  private func readTexts(of found: Search.Found) -> (
    documents: [(Int, Document)], stale: [NotePath]
  ) {
    var documents: [(Int, Document)] = []
    var stale: [NotePath] = []
    for (index, hit) in found.result.hits.enumerated() {
      let file: (bytes: [UInt8], stamp: FileStamp)
      do {
        file = try vault.files.read(hit.note.path, limit: vault.settings.largestNote)
      } catch {
        // One above the limit is known by its name, and has no passages.
        if case .tooLarge = error { continue }
        stale.append(hit.note.path)
        continue
      }
      if ContentHash.of(file.bytes) == found.hashes[index] {
        documents.append((index, Document(bytes: file.bytes)))
      } else {
        stale.append(hit.note.path)
      }
    }
    return (documents, stale)
  }
}

/// A search as the index answers it.
struct Search {
  /// What it answered, with the hash of each note that was found.
  struct Found {
    var result: SearchResult
    var hashes: [Int64]
    var answers: [Ranking.Answer] = []
  }

  let query: Query
  let filter: Filter
  let sort: [Sort]
  let limit: Int
  let offset: Int
  let language: String

  func run(_ db: Database, _ collector: PostingCollector, counting: Bool) throws -> Found {
    let stemmer = Stemmer(language: language)
    var result = SearchResult()
    let condition = Condition(filter)
    var maker = AtomMaker(db, stemmer: stemmer)
    try maker.add(query.scoring)
    if maker.atoms.isEmpty { return try list(db, condition, result, counting: counting) }
    let profiles = try Profiles(db)
    var ranking = Ranking(profiles, allowed: try allowed(db, condition, profiles))
    for atom in maker.atoms {
      let (atom, postings) = try look(up: atom, db, collector, profiles, stemmer)
      if !atom.repaired.isEmpty {
        result.repaired.append(.init(typed: atom.typed, used: atom.repaired))
      }
      ranking.add(atom, postings)
    }
    try ranking.addTitles(db, stemmer: stemmer)
    try ranking.addSubject(db)
    result.total = counting ? ranking.rows.count : nil
    return try answer(db, ranking, profiles, result)
  }

  /// What an atom finds; one that finds nothing is looked up by the words most like it.
  private func look(
    up atom: Atom, _ db: Database, _ collector: PostingCollector, _ profiles: Profiles,
    _ stemmer: Stemmer
  ) throws -> (Atom, Postings) {
    func postings(_ atom: Atom) throws -> Postings {
      try collector.postings(
        db, matching: atom.expression, roles: atom.forms.map { ($0.role, $0.weight) },
        profiles: profiles)
    }
    let found = try postings(atom)
    guard found.rows.isEmpty, let word = atom.forms.first?.words.first, atom.stem != nil else {
      return (atom, found)
    }
    let near = try Vocabulary.nearest(db, to: word)
    var counted: [(word: String, count: Int)] = []
    for word in near.prefix(16) {
      let form = Atom.Form(words: [word], role: .exact)
      let count = try collector.postings(
        db, matching: form.expression, roles: [(.exact, 1)], profiles: profiles
      ).rows.count
      if count > 0 { counted.append((word, count)) }
    }
    counted.sort { $0.count == $1.count ? $0.word < $1.word : $0.count > $1.count }
    guard !counted.isEmpty else { return (atom, found) }
    let mended = AtomMaker.repair(atom, counted.prefix(3).map(\.word), stemmer: stemmer)
    return (mended, try postings(mended))
  }

  /// The rows that the filters leave; nil for all.
  private func allowed(
    _ db: Database, _ condition: Condition, _ profiles: Profiles
  ) throws -> [Bool]? {
    if condition.sql == "TRUE" { return nil }
    var allowed = [Bool](repeating: false, count: profiles.all.count)
    let rows = try Int.fetchCursor(
      db, sql: "SELECT note.text_id FROM note WHERE \(condition.sql)",
      arguments: condition.arguments)
    while let row = try rows.next() {
      if allowed.indices.contains(row) { allowed[row] = true }
    }
    return allowed
  }

  private func answer(
    _ db: Database, _ ranking: Ranking, _ profiles: Profiles, _ result: SearchResult
  ) throws -> Found {
    var result = result
    let end = offset + limit
    var rows = ranking.best(end, of: ranking.rows, keepingTies: true) { ranking.total(of: $0) }
    // Equally good ones go by their paths, whichever was indexed first.
    rows = try inOrder(db, rows, profiles) { ranking.total(of: $0) }
    if rows.count < end {
      rows += try inOrder(db, ranking.related(end - rows.count), profiles) {
        ranking.total(of: $0)
      }
    }
    let shown = Array(rows.prefix(end).dropFirst(offset))
    let notes = try summaries(db, of: shown.map { Int64(profiles[Int($0)].note) })
    let counts = Dictionary(
      ranking.answers.map { ($0.atom.typed, $0.count) }, uniquingKeysWith: max)
    result.hits = zip(shown, notes).map { row, note in
      var score = Hit.Score(
        title: ranking.title[row] ?? 0,
        subject: ranking.subject.isEmpty ? 0 : Double(ranking.subject[Int(row)]),
        total: Double(ranking.total(of: row)))
      let parts = ranking.parts(of: row)
      score.words = parts.map {
        .init(
          typed: $0.atom.typed, score: Double($0.word), exact: Double($0.exact),
          notes: counts[$0.atom.typed] ?? 0)
      }
      return Hit(
        note: note, score: score, missing: ranking.missing(in: row), isRelated: parts.isEmpty,
        snippets: [])
    }
    let hashes = try shown.map { row in
      try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT hash FROM note WHERE id = ?"),
        arguments: [Int64(profiles[Int(row)].note)]) ?? 0
    }
    return Found(result: result, hashes: hashes, answers: ranking.answers)
  }

  /// Rows by their scores, those with the same by their notes' paths.
  private func inOrder(
    _ db: Database, _ rows: [Int32], _ profiles: Profiles, by score: (Int32) -> Float
  ) throws -> [Int32] {
    let statement = try db.cachedStatement(sql: "SELECT path FROM note WHERE id = ?")
    let placed = try rows.map { row in
      let note = Int64(profiles[Int(row)].note)
      let path = try String.fetchOne(statement, arguments: [note]) ?? ""
      return (row: row, score: score(row), path: path)
    }
    return placed.sorted {
      $0.score == $1.score ? $0.path < $1.path : $0.score > $1.score
    }.map(\.row)
  }

  /// The notes of a query without words to find.
  private func list(
    _ db: Database, _ condition: Condition, _ result: SearchResult, counting: Bool
  ) throws -> Found {
    var result = result
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT note.id, note.hash
        FROM note
        WHERE \(condition.sql)
        ORDER BY \(order(sort))
        LIMIT ? OFFSET ?
        """, arguments: condition.arguments + [limit, offset])
    let notes = try summaries(db, of: rows.map { $0[0] })
    result.hits = notes.map {
      Hit(note: $0, score: .init(), missing: [], isRelated: false, snippets: [])
    }
    if counting {
      result.total = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM note WHERE \(condition.sql)",
        arguments: condition.arguments)
    }
    return Found(result: result, hashes: rows.map { $0[1] })
  }
}
