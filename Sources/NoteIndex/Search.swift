internal import GRDB
internal import Markup
public import Vault

/// A note that was found.
public struct Hit: Sendable, Equatable {
  /// The note.
  public let note: NoteSummary
  /// How well it fits: the more the better, to be compared within one search only.
  public let score: Double
  /// Whether it has only some of the words: such notes come after those that have all.
  public let isPartial: Bool
  /// The best passages, the very best first.
  public internal(set) var snippets: [Snippet]
}

/// What a search found.
public struct SearchResult: Sendable, Equatable {
  /// The notes, the best first.
  public var hits: [Hit] = []
  /// How many there are in all, when that was asked for.
  public var total: Int?
  /// Parts of the query that look like filters and were searched for as text.
  public var readAsText: [String] = []
  /// Names behind `links-to:` and `linked-by:` that no note has.
  public var unresolved: [String] = []
  /// Patterns that were not looked for in all notes, each with what was left out.
  public var cutShort: [String] = []
}

extension NoteIndex {
  /// Searches for notes.
  ///
  /// Notes that have all the words come first, the best of them first. When there are fewer than
  /// the limit, notes that have some of the words fill up behind them; what must hold holds of all
  /// (`Query.required`). A query without words lists.
  ///
  /// In an order other than by relevance nothing is filled up. With no `snippets` no file is read.
  /// `counting` says how many there are in all, which costs a look at each of them. `conflicted` are
  /// the notes over which a conflict waits, for `is:conflicted`.
  public func search(
    _ query: Query, filter: Filter = Filter(), sort: [Sort] = [], limit: Int = 20, offset: Int = 0,
    snippets: Int = 1, counting: Bool = false, conflicted: [NotePath] = []
  ) throws(IndexError) -> SearchResult {
    if query.isEmpty { return SearchResult(total: counting ? 0 : nil) }
    let search = Search(
      index: self, query: query, filter: filter, sort: sort, limit: max(0, limit),
      offset: max(0, offset), conflicted: conflicted)
    var found = try read { db in try search.run(db, counting: counting) }
    guard snippets > 0 else { return found.result }
    var texts = try readTexts(of: found)
    // The file wins over what the index says of it. While another writes the index, what is not
    // as it says is left out.
    if !texts.stale.isEmpty, try applied(texts.stale) {
      found = try read { db in try search.run(db, counting: counting) }
      texts = try readTexts(of: found)
    }
    let best: [Int: [Snippet]]
    do {
      best = try texts.passages.best(found.match.passages, count: snippets)
    } catch {
      throw IndexError(error, path: ":memory:")
    }
    for index in found.result.hits.indices {
      found.result.hits[index].snippets = best[index] ?? []
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
  private func readTexts(of found: Search.Found) throws(IndexError) -> (
    passages: Passages, stale: [NotePath]
  ) {
    var passages = Passages()
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
        passages.add(Document(bytes: file.bytes), as: index)
      } else {
        stale.append(hit.note.path)
      }
    }
    return (passages, stale)
  }
}

/// A search as the index answers it.
struct Search {
  /// What it answered, with the hash of each note that was found.
  struct Found {
    var result: SearchResult
    var hashes: [Int64]
    var match: Match
  }

  private struct Place {
    let id: Int64
    let hash: Int64
    let path: NotePath
    let score: Double
    var isPartial = false
  }

  let index: NoteIndex
  let query: Query
  let filter: Filter
  let sort: [Sort]
  let limit: Int
  let offset: Int
  let conflicted: [NotePath]

  func run(_ db: Database, counting: Bool) throws -> Found {
    var query = query
    try query.settle(db, in: index)
    let match = Match(query)
    var result = SearchResult(readAsText: query.readAsText, unresolved: query.unresolved)
    let scanned = try scan(db, query, match, &result)
    var condition = Condition(
      query.required, ofGivenNotes: match.any != nil, conflicted: conflicted, scanned: scanned,
      match: Match.quoted)
    condition.add(Condition(filter, ofGivenNotes: match.any != nil, conflicted: conflicted))
    let end = offset + limit
    var places = try places(db, match.all ?? match.any, condition, end)
    let isByRelevance = !sort.contains { $0.field != .relevance }
    let loosens = match.canLoosen && isByRelevance && places.count < end
    if loosens {
      // Those that have all are among those that have any.
      let strict = Set(places.map(\.id))
      let more = try self.places(db, match.any, condition, end + strict.count)
      places += more.filter { !strict.contains($0.id) }.prefix(end - places.count).map {
        var place = $0
        place.isPartial = true
        return place
      }
    }
    let shown = Array(places.dropFirst(offset).prefix(limit))
    let notes = try summaries(db, of: shown.map(\.id))
    result.hits = zip(shown, notes).map {
      Hit(note: $1, score: $0.score, isPartial: $0.isPartial, snippets: [])
    }
    if counting {
      result.total = try count(db, loosens ? match.any : match.all ?? match.any, condition)
    }
    return Found(result: result, hashes: shown.map(\.hash), match: match)
  }

  /// The best notes, without a look at the rest: FTS5 hands out its rows in the order of their
  /// ranks, and the join stops at the limit.
  ///
  /// For each row the note is looked up by its words.
  private func places(
    _ db: Database, _ expression: String?, _ condition: Condition, _ count: Int
  ) throws -> [Place] {
    guard let expression else { return try listed(db, condition, count) }
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT note.id, note.hash, note.path, -fulltext.rank
        FROM fulltext CROSS JOIN note INDEXED BY note_text ON note.text_id = fulltext.rowid
        WHERE fulltext MATCH ?
          AND \(condition.sql)
        ORDER BY \(sort.isEmpty ? "fulltext.rank" : order(sort, relevance: "fulltext.rank"))
        LIMIT ?
        """, arguments: [expression] + condition.arguments + [count])
    return try rows.map(Self.place)
  }

  /// The notes of a query without words to find.
  private func listed(
    _ db: Database, _ condition: Condition, _ count: Int
  ) throws -> [Place] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT note.id, note.hash, note.path, 0.0
        FROM note
        WHERE \(condition.sql)
        ORDER BY \(order(sort))
        LIMIT ?
        """, arguments: condition.arguments + [count])
    return try rows.map(Self.place)
  }

  private static func place(_ row: Row) throws -> Place {
    Place(id: row[0], hash: row[1], path: try NotePath(row[2]), score: row[3])
  }

  private func count(
    _ db: Database, _ expression: String?, _ condition: Condition
  ) throws -> Int {
    guard let expression else {
      return try Int.fetchOne(
        db, sql: "SELECT count(*) FROM note WHERE \(condition.sql)",
        arguments: condition.arguments) ?? 0
    }
    return try Int.fetchOne(
      db,
      sql: """
        SELECT count(*)
        FROM fulltext CROSS JOIN note INDEXED BY note_text ON note.text_id = fulltext.rowid
        WHERE fulltext MATCH ?
          AND \(condition.sql)
        """, arguments: [expression] + condition.arguments) ?? 0
  }

  /// The notes that each pattern fits, among those that the rest of the query leaves.
  private func scan(
    _ db: Database, _ query: Query, _ match: Match, _ result: inout SearchResult
  ) throws -> [[Int64]] {
    guard let required = query.required else { return [] }
    let patterns = required.patterns
    if patterns.isEmpty { return [] }
    var candidates = Condition(
      required.aroundPatterns, conflicted: conflicted, match: Match.quoted)
    candidates.add(Condition(filter, conflicted: conflicted))
    if let any = match.any {
      candidates.add(
        "note.text_id IN (SELECT rowid FROM fulltext WHERE fulltext MATCH ?)", [any])
    }
    return try patterns.map { pattern in
      let scanned = try index.scan(pattern, among: candidates, db)
      if let failure = scanned.failure {
        result.cutShort.append("/\(pattern.text)/: \(failure.reason)")
      } else if !scanned.isComplete {
        result.cutShort.append(
          "/\(pattern.text)/: in \(scanned.read) of \(scanned.candidates) notes")
      }
      return scanned.notes
    }
  }
}
