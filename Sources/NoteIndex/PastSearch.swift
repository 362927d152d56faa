internal import GRDB
internal import Markup
public import Vault

/// A passage that was found in what notes say, or once said.
public struct PastHit: Sendable, Equatable {
  /// A time for which it stood there.
  public struct Span: Sendable, Equatable {
    /// The snapshot that brought it; `nil` where none did yet.
    public let appeared: KnownSnapshot?
    /// The snapshot that took it away; `nil` while it stands.
    public let vanished: KnownSnapshot?
  }

  /// Where the note stood when the passage went; where it stands now, of a passage that stands.
  public let path: NotePath
  /// Where the note stands now; `nil` where it is gone.
  public let pathNow: NotePath?
  /// Where the passage stands now, when that is another note.
  public let movedTo: NotePath?
  /// The passage, as much of it as fits on a line.
  public let snippet: Snippet
  /// The whole passage.
  public let text: String
  /// When it stood there, the last time first; never empty.
  public internal(set) var spans: [Span]
  /// Other wordings of it in the same note, that were found as well.
  public internal(set) var wordings: [PastHit] = []

  let hash: UInt64
  let words: Set<String>

  /// Whether it is in no note any more.
  public var isGone: Bool { spans[0].vanished != nil && movedTo == nil }
}

/// What a search through the history found.
public struct PastResult: Sendable, Equatable {
  /// The passages, the best first.
  public var hits: [PastHit] = []
  /// Whether no passage has all of the words, so that these have some.
  public var isLoose = false
  /// Parts of the query that cannot be asked of a passage, such as `tag:x`.
  public var unfit: [String] = []
}

extension PastIndex {
  /// Searches the passages that notes have, and those that they once had.
  ///
  /// `notes` is the index of the notes as they are; `path` a folder, a note's path or a pattern, to
  /// which the search is limited. With `goneOnly` passages that stand in a note are left out; with
  /// `joining` wordings of one passage are one hit. `blob` reads a blob by its name.
  public func search(
    _ query: Query, notes: NoteIndex, path: String? = nil, goneOnly: Bool, limit: Int,
    joining: Bool = true, read blob: (String) throws -> [UInt8]?
  ) throws -> PastResult {
    var search = PastSearch(
      query: query, index: self, notes: notes, path: path, goneOnly: goneOnly, limit: limit,
      joining: joining)
    return try search.run(blob)
  }
}

/// A search through the history.
private struct PastSearch {
  let query: Query
  let index: PastIndex
  let notes: NoteIndex
  let path: String?
  let goneOnly: Bool
  let limit: Int
  let joining: Bool

  private var chains: [NotePath: [KnownText]] = [:]
  private var living: [NotePath: Set<UInt64>] = [:]
  private var blobs: [String: [UInt8]] = [:]

  init(
    query: Query, index: PastIndex, notes: NoteIndex, path: String?, goneOnly: Bool, limit: Int,
    joining: Bool
  ) {
    self.query = query
    self.index = index
    self.notes = notes
    self.path = path
    self.goneOnly = goneOnly
    self.limit = limit
    self.joining = joining
  }

  mutating func run(_ blob: (String) throws -> [UInt8]?) throws -> PastResult {
    let stemmer = Stemmer(language: index.vault.settings.language)
    let past = try index.read { db in try PassageQuery(query, db, stemmer: stemmer) }
    if !past.unfit.isEmpty { return PastResult(unfit: past.unfit) }
    guard let all = past.all, let any = past.any else { return PastResult() }
    var result = PastResult()
    result.hits = try hits(past, expression: all, isStrict: true, stemmer, blob)
    if result.hits.isEmpty, all != any {
      result.hits = try hits(past, expression: any, isStrict: false, stemmer, blob)
      result.isLoose = !result.hits.isEmpty
    }
    return result
  }

  private mutating func hits(
    _ past: PassageQuery, expression: String, isStrict: Bool, _ stemmer: Stemmer,
    _ blob: (String) throws -> [UInt8]?
  ) throws -> [PastHit] {
    let standing = goneOnly ? [] : try standing(isStrict: isStrict, stemmer, blob)
    let gone = try gone(past, expression, standing: standing, blob)
    // The two come from tables whose scores cannot be compared, so they take turns.
    var hits: [PastHit] = []
    for place in 0..<max(standing.count, gone.count) {
      if place < standing.count { hits.append(standing[place]) }
      if place < gone.count { hits.append(gone[place]) }
    }
    return joining ? joined(hits) : Array(hits.prefix(limit))
  }

  // MARK: What is gone

  private struct Row {
    let path: NotePath
    let snapshot: Int64
    let blob: String
    let hash: UInt64
    let range: Range<Int>
    let vanished: KnownSnapshot
  }

  private mutating func gone(
    _ past: PassageQuery, _ expression: String, standing: [PastHit],
    _ blob: (String) throws -> [UInt8]?
  ) throws -> [PastHit] {
    let finder = PassageFinder(past.atoms.map { ($0, 1, false) })
    let rows = try index.read { db in try Self.rows(db, expression) }
    var hits: [PastHit] = []
    var places: [String: Int] = [:]
    let stands = Dictionary(
      standing.map { ("\($0.hash) \($0.path.text)", $0) }, uniquingKeysWith: { first, _ in first })
    for row in rows {
      // Wordings of one passage become one hit, so that more are looked at than shown.
      if hits.count >= (joining ? 4 * limit : limit) { break }
      let now = try index.read { db in
        try PastIndex.place(db, of: row.path, after: row.snapshot)
      }
      if let path, !Condition.fits(row.path, path), !Condition.fits(now, path) { continue }
      let key = "\(row.hash) \(now.text)"
      let span = PastHit.Span(
        appeared: try appeared(row.hash, in: row.path, before: row.snapshot),
        vanished: row.vanished)
      if let known = places[key] {
        if hits[known].spans.last != span { hits[known].spans.append(span) }
        continue
      }
      if stands[key] != nil { continue }
      let moved = try whereItStands(row.hash, now)
      // Where it moved to, it stands among the others.
      if let moved, goneOnly || stands["\(row.hash) \(moved.text)"] != nil { continue }
      guard let bytes = try text(row.blob, blob), row.range.upperBound <= bytes.count else {
        continue
      }
      let passage = Array(bytes[row.range])
      guard let snippet = finder.best(Document(bytes: passage), count: 1).first ?? plain(passage)
      else { continue }
      places[key] = hits.count
      hits.append(
        PastHit(
          path: row.path, pathNow: notes.vault.files.isTaken(now) ? now : nil,
          movedTo: moved == now ? nil : moved, snippet: snippet,
          text: String(decoding: passage, as: UTF8.self), spans: [span], hash: row.hash,
          words: Set(Words.all(String(decoding: passage, as: UTF8.self)))))
    }
    return hits
  }

  private static func rows(_ db: Database, _ expression: String) throws -> [Row] {
    let cursor = try GRDB.Row.fetchCursor(
      db,
      sql: """
        SELECT path.text, snapshot.id, change.old, gone.hash, gone.start, gone.length,
          snapshot.name, snapshot.seconds, snapshot.author, snapshot.message
        FROM (SELECT rowid AS id, rank AS score FROM fulltext WHERE fulltext MATCH ?) AS found
        JOIN gone ON gone.id = found.id
        JOIN change ON change.id = gone.change
        JOIN snapshot ON snapshot.id = change.snapshot
        JOIN path ON path.id = coalesce(change.was, change.path)
        ORDER BY found.score, snapshot.id DESC, gone.id
        """, arguments: [expression])
    var rows: [Row] = []
    while let row = try cursor.next() {
      let start: Int = row[4]
      let length: Int = row[5]
      let hash: Int64 = row[3]
      rows.append(
        Row(
          path: try NotePath(row[0]), snapshot: row[1], blob: row[2],
          hash: UInt64(bitPattern: hash), range: start..<start + length,
          vanished: KnownSnapshot(
            row: row[1], name: row[6], seconds: row[7], author: row[8], message: row[9])))
    }
    return rows
  }

  /// The snapshot that brought a passage: the last that has it among what came to the note, else
  /// the one that made the note.
  private mutating func appeared(
    _ hash: UInt64, in path: NotePath, before limit: Int64
  ) throws -> KnownSnapshot? {
    let chain = try chain(of: path).filter { $0.snapshot.row < limit }
    let paths = Set(chain.map(\.path)).union(chain.compactMap(\.was)).union([path])
    let came = try index.read { db -> KnownSnapshot? in
      let rows = try GRDB.Row.fetchCursor(
        db.cachedStatement(
          sql: """
            SELECT snapshot.id, snapshot.name, snapshot.seconds, snapshot.author,
              snapshot.message, path.text
            FROM came
            JOIN change ON change.id = came.change
            JOIN snapshot ON snapshot.id = change.snapshot
            JOIN path ON path.id = change.path
            WHERE came.hash = ? AND change.snapshot < ?
            ORDER BY change.snapshot DESC
            """), arguments: [Int64(bitPattern: hash), limit])
      while let row = try rows.next() {
        guard paths.contains(try NotePath(row[5])) else { continue }
        return KnownSnapshot(
          row: row[0], name: row[1], seconds: row[2], author: row[3], message: row[4])
      }
      return nil
    }
    return came ?? chain.first { $0.old == nil && $0.was == nil }?.snapshot
  }

  private mutating func chain(of path: NotePath) throws -> [KnownText] {
    if let known = chains[path] { return known }
    let found = try index.texts(of: path)
    chains[path] = found
    return found
  }

  private mutating func text(
    _ name: String, _ blob: (String) throws -> [UInt8]?
  ) throws -> [UInt8]? {
    if let known = blobs[name] { return known }
    let read = try blob(name)
    if blobs.count > 200 { blobs = [:] }
    blobs[name] = read
    return read
  }

  // MARK: What stands

  /// The note in which a passage stands that went from another, or from this one and came back.
  private mutating func whereItStands(_ hash: UInt64, _ path: NotePath) throws -> NotePath? {
    if stands(hash, in: path) { return path }
    let others = try index.read { db in
      let rows = try GRDB.Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT path.text, change.snapshot FROM came
            JOIN change ON change.id = came.change
            JOIN path ON path.id = change.path
            WHERE came.hash = ?
            """), arguments: [Int64(bitPattern: hash)])
      return try Set(
        rows.map { try PastIndex.place(db, of: NotePath($0[0]), after: $0[1]) })
    }
    return others.sorted().first { stands(hash, in: $0) }
  }

  private mutating func stands(_ hash: UInt64, in path: NotePath) -> Bool {
    if let known = living[path] { return known.contains(hash) }
    let files = notes.vault.files
    let read = try? files.read(path, limit: notes.vault.settings.largestNote)
    let hashes = Set(Passage.all(in: read?.bytes ?? []).map(\.hash))
    living[path] = hashes
    return hashes.contains(hash)
  }

  /// The passages of notes as they are.
  private mutating func standing(
    isStrict: Bool, _ stemmer: Stemmer, _ blob: (String) throws -> [UInt8]?
  ) throws -> [PastHit] {
    let asked = try notes.read { db in try PassageQuery(query, db, stemmer: stemmer) }
    guard let expression = isStrict ? asked.all : asked.any else { return [] }
    var filter = Filter()
    filter.paths = path.map { [$0] } ?? []
    let found = try notes.search(query, filter: filter, limit: max(50, limit), snippets: 0).hits
      .filter { !isStrict || $0.missing.isEmpty }
    let finder = PassageFinder(asked.atoms.map { ($0, 1, false) })
    var passages: [(path: NotePath, passage: Passage, bytes: [UInt8])] = []
    let memory = try DatabaseQueue()
    try memory.write { db in
      try db.execute(
        sql: """
          CREATE VIRTUAL TABLE fulltext USING fts5 (
            title, headings, body, code, tex, parts, content = '',
            tokenize = '\(Schema.tokenizer)')
          """)
      for hit in found {
        let path = hit.note.path
        guard let bytes = try? notes.vault.files.read(path, limit: 4 << 20).bytes else { continue }
        for passage in Passage.all(in: bytes) {
          let part = Array(bytes[passage.range])
          passages.append((path, passage, part))
          try db.cachedStatement(
            sql: """
              INSERT INTO fulltext (rowid, title, headings, body, code, tex, parts)
              VALUES (?, ?, ?, ?, ?, ?, ?)
              """
          ).execute(
            arguments: [passages.count - 1]
              + StatementArguments(
                Document(bytes: part).searchWords(titles: []).columns.map(\.text)))
        }
      }
    }
    let order = try memory.read { db in
      try Int.fetchAll(
        db,
        sql: """
          SELECT rowid FROM fulltext WHERE fulltext MATCH ?
          ORDER BY bm25(fulltext, 4.0, 2.0, 1.0, 1.0, 1.0, 0.5), rowid
          """, arguments: [expression])
    }
    var hits: [PastHit] = []
    for row in order.prefix(joining ? 4 * limit : limit) {
      let (path, passage, bytes) = passages[row]
      guard let snippet = finder.best(Document(bytes: bytes), count: 1).first ?? plain(bytes) else {
        continue
      }
      hits.append(
        PastHit(
          path: path, pathNow: path, movedTo: nil, snippet: snippet,
          text: String(decoding: bytes, as: UTF8.self),
          spans: [.init(appeared: try since(passage.hash, in: path, blob), vanished: nil)],
          hash: passage.hash, words: Set(Words.all(String(decoding: bytes, as: UTF8.self)))))
    }
    return hits
  }

  /// The snapshot that brought a passage that stands; `nil` where it is in none yet.
  private mutating func since(
    _ hash: UInt64, in path: NotePath, _ blob: (String) throws -> [UInt8]?
  ) throws -> KnownSnapshot? {
    guard let last = try chain(of: path).first?.new, let saved = try text(last, blob),
      Passage.all(in: saved).contains(where: { $0.hash == hash })
    else { return nil }
    return try appeared(hash, in: path, before: .max)
  }

  /// What is shown of a passage in which no word can be marked, such as a line of front matter.
  private func plain(_ bytes: [UInt8]) -> Snippet? {
    let window = Window.cut(onOneLine(bytes[...]), around: [])
    return Snippet(text: window.text, line: 1, matchLine: 1, heading: nil, ranges: [])
  }

  // MARK: Wordings

  /// Makes wordings of one passage one hit: the best one, with the others below it.
  private func joined(_ hits: [PastHit]) -> [PastHit] {
    var joined: [PastHit] = []
    for hit in hits {
      let place = joined.firstIndex { other in
        (other.pathNow ?? other.path) == (hit.pathNow ?? hit.path)
          && Self.alike(other.words, hit.words)
      }
      if let place {
        joined[place].wordings.append(hit)
      } else {
        joined.append(hit)
      }
    }
    return Array(joined.prefix(limit))
  }

  /// Whether half of all words are in both.
  private static func alike(_ left: Set<String>, _ right: Set<String>) -> Bool {
    2 * left.intersection(right).count >= left.union(right).count
  }
}
