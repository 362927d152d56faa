internal import GRDB
internal import Markup
internal import Vault

extension PastIndex {
  /// Searches the passages that notes have, and those that they once had.
  ///
  /// `notes` is the index of the notes as they are; `path` a folder, a note's path or a pattern, to
  /// which the search is limited. With `goneOnly` passages that stand in a note are left out; with
  /// `joining` wordings of one passage are one hit. `blob` reads a blob by its name; what it throws
  /// is thrown.
  public func search(
    _ query: Query, notes: NoteIndex, path: String? = nil, goneOnly: Bool, limit: Int,
    joining: Bool = true, read blob: (String) throws -> [UInt8]?
  ) throws -> PastResult {
    var failure: (any Error)?
    do {
      // All that is asked of it is asked of one state of it, and each question alone would cost
      // more than its answer.
      return try self.read { db in
        var search = PastSearch(
          query: query, db: db, notes: notes, path: path, goneOnly: goneOnly, limit: limit,
          joining: joining)
        return try search.run { name in
          do {
            return try blob(name)
          } catch {
            failure = error
            throw error
          }
        }
      }
    } catch {
      throw failure ?? error
    }
  }
}

/// A search through the history.
private struct PastSearch {
  let query: Query
  /// The history's index.
  let db: Database
  let notes: NoteIndex
  let path: String?
  let goneOnly: Bool
  let limit: Int
  let joining: Bool

  private var chains: [NotePath: Chain] = [:]
  private var living: [NotePath: Living] = [:]
  private var blobs: [String: [UInt8]] = [:]
  private var hashesOf: [String: Set<UInt64>] = [:]
  private var nowAt: [String: NotePath] = [:]
  /// Whether something was left out as too much.
  private var isCut = false

  init(
    query: Query, db: Database, notes: NoteIndex, path: String?, goneOnly: Bool, limit: Int,
    joining: Bool
  ) {
    self.query = query
    self.db = db
    self.notes = notes
    self.path = path
    self.goneOnly = goneOnly
    self.limit = limit
    self.joining = joining
  }

  mutating func run(_ blob: (String) throws -> [UInt8]?) throws -> PastResult {
    let stemmer = Stemmer(language: notes.vault.settings.language)
    let past = try PassageQuery(query, db, stemmer: stemmer)
    if !past.unfit.isEmpty { return PastResult(unfit: past.unfit) }
    guard let all = past.all, let any = past.any else { return PastResult() }
    // What stands is asked for by the words that notes have now, what is gone by those of then.
    let now =
      goneOnly ? nil : try notes.read { db in try PassageQuery(query, db, stemmer: stemmer) }
    var result = PastResult()
    result.hits = try hits(now, past, expression: all, isStrict: true, blob)
    if result.hits.isEmpty, all != any {
      result.hits = try hits(now, past, expression: any, isStrict: false, blob)
      result.isLoose = !result.hits.isEmpty
    }
    result.isCut = isCut
    return result
  }

  private mutating func hits(
    _ now: PassageQuery?, _ past: PassageQuery, expression: String, isStrict: Bool,
    _ blob: (String) throws -> [UInt8]?
  ) throws -> [PastHit] {
    var standing = try now.map { try self.standing($0, isStrict: isStrict) } ?? []
    let gone = try gone(expression, standing: &standing, blob)
    // The two come from tables whose scores cannot be compared, so they take turns.
    var hits: [PastHit] = []
    for place in 0..<max(standing.count, gone.count) {
      if place < standing.count { hits.append(standing[place]) }
      if place < gone.count { hits.append(gone[place]) }
    }
    if joining { hits = try joined(hits, blob) }
    if hits.count > limit { isCut = true }
    hits = Array(hits.prefix(limit))
    let finders = (standing: now?.finder ?? past.finder, gone: past.finder)
    for place in hits.indices {
      try fill(&hits[place], finders, blob)
      for other in hits[place].wordings.indices {
        try fill(&hits[place].wordings[other], finders, blob)
      }
    }
    return hits
  }

  // MARK: What is gone

  private struct Going {
    let path: NotePath
    let blob: String
    let range: Range<Int>
    let vanished: KnownSnapshot
  }

  private mutating func gone(
    _ expression: String, standing: inout [PastHit], _ blob: (String) throws -> [UInt8]?
  ) throws -> [PastHit] {
    var hits: [PastHit] = []
    var places: [UInt64: Int] = [:]
    let stands = Dictionary(
      standing.indices.map { (standing[$0].hash, $0) }, uniquingKeysWith: { first, _ in first })
    // Wordings of one passage become one hit, so that more are looked at than shown.
    let most = joining ? 2 * limit : limit
    for (number, hash) in try gone(matching: expression) {
      let known = places[hash]
      if hits.count >= most, known == nil, stands[hash] == nil {
        isCut = true
        continue
      }
      guard let row = try going(number) else { continue }
      let now = try place(of: row.path, after: row.vanished.row)
      if let path, !Condition.fits(row.path, path), !Condition.fits(now, path) { continue }
      let end = PastEnd(path: row.path, now: now, vanished: row.vanished)
      if let place = stands[hash] {
        standing[place].ends.append(end)
        continue
      }
      if let known {
        hits[known].ends.append(end)
        continue
      }
      guard let bytes = try text(row.blob, blob), row.range.upperBound <= bytes.count else {
        continue
      }
      let passage = Array(bytes[row.range])
      if goneOnly, try whereItStands(hash, passage, now) != nil { continue }
      places[hash] = hits.count
      hits.append(
        PastHit(
          hash, passage, in: row.path, row.blob,
          now: notes.vault.files.isTaken(now) ? now : nil, ends: [end], isStanding: false))
    }
    return hits
  }

  /// Finds out when a passage stood there, and what is shown of it.
  private mutating func fill(
    _ hit: inout PastHit, _ finders: (standing: PassageFinder, gone: PassageFinder),
    _ blob: (String) throws -> [UInt8]?
  ) throws {
    let bytes = Array(hit.text.utf8)
    if !hit.isStanding, !goneOnly, let end = hit.ends.first,
      let place = try whereItStands(hit.hash, bytes, end.now)
    {
      if place == end.now {
        // It came back, and was not among the best of what stands.
        (hit.isStanding, hit.path, hit.spans) = (true, place, [])
      } else {
        hit.movedTo = place
      }
    }
    let finder = hit.isStanding ? finders.standing : finders.gone
    hit.snippet =
      finder.best(Document(bytes: bytes), count: 1).first ?? Snippet(unmarked: bytes)
    hit.spans = try spans(of: hit, blob)
  }

  /// The times for which a passage stood, the last first.
  private mutating func spans(
    of hit: PastHit, _ blob: (String) throws -> [UInt8]?
  ) throws -> [PastHit.Span] {
    if !hit.spans.isEmpty { return hit.spans }
    var notes = Set(hit.ends.map(\.now))
    if hit.isStanding { notes.insert(hit.path) }
    var spans: [PastHit.Span] = []
    for note in notes.sorted() {
      let stands = hit.isStanding && hit.path == note
      spans += try self.spans(
        of: hit, in: note, hit.ends.filter { $0.now == note }, stands: stands, blob)
    }
    return spans.sorted { left, right in
      let (first, second) = (left.vanished?.row ?? .max, right.vanished?.row ?? .max)
      if first != second { return first > second }
      return (left.appeared?.row ?? .max) > (right.appeared?.row ?? .max)
    }
  }

  /// The times for which a passage stood in one note.
  ///
  /// In a history without branches, comings and goings take turns. Where branches brought or took it
  /// away twice, each coming goes on to the next going, and each going began with the last coming.
  private mutating func spans(
    of hit: PastHit, in note: NotePath, _ ends: [PastEnd], stands: Bool,
    _ blob: (String) throws -> [UInt8]?
  ) throws -> [PastHit.Span] {
    let hash = hit.hash
    let chain = try chain(of: note)
    var comings = try comings(of: hash, in: chain.paths.union(ends.map(\.path)))
    let word = hit.longestWord
    for text in chain.beginnings {
      // Most passages came later, with a word that the first text has not.
      guard let name = text.new, let bytes = try self.text(name, blob), bytes.has(word) else {
        continue
      }
      if try hashes(of: name, blob).contains(hash) { comings.append((text.path, text.snapshot)) }
    }
    comings.sort { $0.snapshot.row < $1.snapshot.row }
    let goings = ends.sorted { $0.vanished.row < $1.vanished.row }
    var spans: [PastHit.Span] = []
    func add(_ path: NotePath, _ from: KnownSnapshot?, _ to: KnownSnapshot?) {
      let span = PastHit.Span(path: path, appeared: from, vanished: to)
      if !spans.contains(span) { spans.append(span) }
    }
    if stands {
      let wasSaved = try chain.last.map { try isSaved(hash, note, in: $0, blob) } ?? false
      if !wasSaved || comings.isEmpty { add(note, nil, nil) }
    }
    for (path, from) in comings {
      let end = goings.first { $0.vanished.row > from.row } ?? (stands ? nil : goings.last)
      add(end?.path ?? (stands ? note : path), from, end?.vanished)
    }
    for end in goings {
      add(
        end.path, comings.last { $0.snapshot.row < end.vanished.row }?.snapshot, end.vanished)
    }
    return spans
  }

  /// Whether the last text of a note that was saved has a passage that it has now.
  private mutating func isSaved(
    _ hash: UInt64, _ note: NotePath, in last: String, _ blob: (String) throws -> [UInt8]?
  ) throws -> Bool {
    let living = living(note)
    // Of most notes it is what stands there, which was taken apart already.
    if hashesOf[last] == nil, try text(last, blob) == living.bytes { return true }
    return try hashes(of: last, blob).contains(hash)
  }

  private mutating func hashes(
    of name: String, _ blob: (String) throws -> [UInt8]?
  ) throws -> Set<UInt64> {
    if let known = hashesOf[name] { return known }
    let found = Set(Passage.all(in: try text(name, blob) ?? []).map(\.hash))
    hashesOf[name] = found
    return found
  }

  /// The snapshots that brought a passage to a note that was there.
  private func comings(
    of hash: UInt64, in paths: Set<NotePath>
  ) throws -> [(path: NotePath, snapshot: KnownSnapshot)] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT \(KnownSnapshot.columns), path.text
          FROM came
          JOIN change ON change.id = came.change
          JOIN snapshot ON snapshot.id = change.snapshot
          JOIN path ON path.id = change.path
          WHERE came.hash = ?
          """), arguments: [Int64(bitPattern: hash)])
    return try rows.compactMap { row in
      let path = try NotePath(row[5])
      return paths.contains(path) ? (path, KnownSnapshot(row)) : nil
    }
  }

  private mutating func place(of path: NotePath, after snapshot: Int64) throws -> NotePath {
    let key = "\(snapshot) \(path.text)"
    if let known = nowAt[key] { return known }
    let found = try PastIndex.place(db, of: path, after: snapshot)
    nowAt[key] = found
    return found
  }

  /// The passages that have the words and are gone, the best first: their numbers and hashes.
  private func gone(matching expression: String) throws -> [(number: Int64, hash: UInt64)] {
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT gone.id, gone.hash
        FROM (SELECT rowid AS id, rank AS score FROM fulltext WHERE fulltext MATCH ?) AS found
        JOIN gone ON gone.id = found.id
        JOIN change ON change.id = gone.change
        ORDER BY found.score, change.snapshot DESC, gone.id
        """, arguments: [expression])
    var found: [(Int64, UInt64)] = []
    while let row = try cursor.next() {
      let hash: Int64 = row[1]
      found.append((row[0], UInt64(bitPattern: hash)))
    }
    return found
  }

  /// Where a passage stood, and what took it away.
  private func going(_ number: Int64) throws -> Going? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT \(KnownSnapshot.columns), path.text, change.old, gone.start, gone.length
          FROM gone
          JOIN change ON change.id = gone.change
          JOIN snapshot ON snapshot.id = change.snapshot
          JOIN path ON path.id = coalesce(change.was, change.path)
          WHERE gone.id = ?
          """), arguments: [number])
    return try row.map { row in
      let (start, length): (Int, Int) = (row[7], row[8])
      return Going(
        path: try NotePath(row[5]), blob: row[6], range: start..<start + length,
        vanished: KnownSnapshot(row))
    }
  }

  /// What is asked of a note's texts again and again.
  private struct Chain {
    let paths: Set<NotePath>
    /// The texts with which the note was made: more than one, where branches made it or it was
    /// made again.
    let beginnings: [KnownText]
    let last: String?
  }

  private mutating func chain(of path: NotePath) throws -> Chain {
    if let known = chains[path] { return known }
    let names = try PastIndex.names(db, of: path)
    let found = Chain(
      paths: names,
      beginnings: try names.sorted().flatMap { try PastIndex.beginnings(db, of: $0) },
      last: try PastIndex.lastText(db, of: path)?.new)
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
  private mutating func whereItStands(
    _ hash: UInt64, _ passage: [UInt8], _ path: NotePath
  ) throws -> NotePath? {
    if stands(hash, in: path) { return path }
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT path.text, change.snapshot FROM came
          JOIN change ON change.id = came.change
          JOIN path ON path.id = change.path
          WHERE came.hash = ?
          """), arguments: [Int64(bitPattern: hash)])
    let others = try Set(
      rows.map { try PastIndex.place(db, of: NotePath($0[0]), after: $0[1]) })
    if let other = others.sorted().first(where: { stands(hash, in: $0) }) { return other }
    // What came with a note that was made is not in the history's index.
    return try notes.read { db in try Self.notes(db, saying: passage) }
      .first { stands(hash, in: $0) }
  }

  /// Some notes that have words of a passage one behind the other.
  private static func notes(_ db: Database, saying passage: [UInt8]) throws -> [NotePath] {
    let document = Document(bytes: passage)
    let text = document.searchText
    // Formulas are no part of the text around them, and stand in a column of their own.
    let stretches = [text.body, text.headings, text.code].flatMap { column in
      column.prefix { !$0.isNewline }.split(separator: "$").map { Words.all(String($0)) }
    }
    let tex = document.searchWords(titles: []).tex.text.split(separator: " ").map(String.init)
    let words = stretches.filter { !$0.isEmpty }.max { $0.count < $1.count } ?? tex
    guard !words.isEmpty else { return [] }
    // Long words stand in few notes: of a phrase that has many short ones, each would be gone through.
    let count = min(words.count, 5)
    let length = { (start: Int) in words[start..<start + count].reduce(0) { $0 + $1.utf8.count } }
    let start = (0...words.count - count).max { length($0) < length($1) } ?? 0
    return try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT path FROM note
          WHERE text_id IN (SELECT rowid FROM fulltext WHERE fulltext MATCH ? LIMIT 50)
          ORDER BY path
          """), arguments: ["\"\(words[start..<start + count].joined(separator: " "))\""]
    ).map { try NotePath($0) }
  }

  private mutating func stands(_ hash: UInt64, in path: NotePath) -> Bool {
    living(path).hashes.contains(hash)
  }

  /// A note as it is.
  private struct Living {
    let bytes: [UInt8]
    let passages: [Passage]
    let hashes: Set<UInt64>

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      passages = Passage.all(in: bytes)
      hashes = Set(passages.map(\.hash))
    }
  }

  private mutating func living(_ path: NotePath) -> Living {
    if let known = living[path] { return known }
    let read = try? notes.vault.files.read(path, limit: notes.vault.settings.largestNote)
    let found = Living(read?.bytes ?? [])
    living[path] = found
    return found
  }

  /// The passages of notes as they are.
  private mutating func standing(
    _ asked: PassageQuery, isStrict: Bool
  ) throws -> [PastHit] {
    guard let expression = isStrict ? asked.all : asked.any else { return [] }
    var filter = Filter()
    filter.paths = path.map { [$0] } ?? []
    let most = (notes: max(20, limit), passages: joining ? 4 * limit : limit)
    let best = try notes.search(query, filter: filter, limit: most.notes, snippets: 0).hits
    let found =
      best.filter { !isStrict || $0.missing.isEmpty }.map(\.note.path)
    let linking = try notes.read { db in try Self.notes(db, linkingTo: asked.atoms) }
      .filter { other in !found.contains(other) && path.map { Condition.fits(other, $0) } ?? true }
    let sieve = PassageSieve(isStrict ? asked.atoms : [])
    var passages: [(path: NotePath, passage: Passage, bytes: [UInt8])] = []
    let memory = try DatabaseQueue()
    let order = try memory.write { db in
      try db.execute(sql: Schema.fulltext)
      func matches() throws -> [Int] {
        try Int.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT rowid - 1 FROM fulltext WHERE fulltext MATCH ? ORDER BY rank, rowid
              """), arguments: [expression])
      }
      var nextLook = 2 * most.passages
      for (place, path) in (found + linking).enumerated() {
        // Of a word that every other passage has, the best notes have more than enough.
        if passages.count >= nextLook {
          if try matches().count >= 2 * most.passages {
            isCut = true
            break
          }
          nextLook = 2 * passages.count
        }
        // An address tells less than a text: where that says enough, the others are not looked into.
        if place >= found.count, (place - found.count) % 20 == 0,
          try matches().count > most.passages
        {
          isCut = true
          break
        }
        let note = living(path)
        for passage in note.passages {
          let part = Array(note.bytes[passage.range])
          guard sieve.mayHave(part) else { continue }
          passages.append((path, passage, part))
          // Its row is the number of passages so far.
          _ = try insertText(db, PassageWords(part).columns)
        }
      }
      return try matches()
    }
    if best.count == most.notes || order.count > most.passages { isCut = true }
    return order.prefix(most.passages).map { row in
      let (path, passage, bytes) = passages[row]
      return PastHit(
        passage.hash, bytes, in: path, nil, now: path, ends: [], isStanding: true)
    }
  }

  /// The notes that have one of the words in the address of a link, where the notes' own search does
  /// not look.
  private static func notes(_ db: Database, linkingTo atoms: [Atom]) throws -> [NotePath] {
    let forms = atoms.filter { !$0.isSign && !$0.isExtra }.flatMap(\.forms)
      .filter { $0.role != .loose && $0.column == nil }
    if forms.isEmpty { return [] }
    return try String.fetchAll(
      db,
      sql: """
        SELECT path FROM note
        WHERE text_id IN (SELECT rowid FROM address WHERE address MATCH ?)
        ORDER BY path LIMIT 2000
        """, arguments: [forms.map(\.expression).joined(separator: " OR ")]
    ).map { try NotePath($0) }
  }

  // MARK: Wordings

  /// Makes wordings of one passage one hit: the one that stands, else the best, with the others below
  /// it.
  private mutating func joined(
    _ hits: [PastHit], _ blob: (String) throws -> [UInt8]?
  ) throws -> [PastHit] {
    var joined: [PastHit] = []
    for var hit in hits {
      let place = try joined.indices.first { place in
        let other = joined[place]
        guard (other.pathNow ?? other.path) == (hit.pathNow ?? hit.path),
          Self.alike(other.words, hit.words)
        else { return false }
        if try stoodTogether(&joined[place], &hit, blob) { return false }
        return try !joined[place].wordings.indices.contains {
          try stoodTogether(&joined[place].wordings[$0], &hit, blob)
        }
      }
      guard let place else {
        joined.append(hit)
        continue
      }
      guard hit.isStanding, !joined[place].isStanding else {
        joined[place].wordings.append(hit)
        continue
      }
      var (first, before) = (hit, joined[place])
      first.wordings = before.wordings
      before.wordings = []
      first.wordings.insert(before, at: 0)
      joined[place] = first
    }
    return joined
  }

  /// Whether a note had two passages at one time: then neither is another wording of the other.
  private mutating func stoodTogether(
    _ one: inout PastHit, _ other: inout PastHit, _ blob: (String) throws -> [UInt8]?
  ) throws -> Bool {
    if one.isStanding, other.isStanding { return true }
    one.spans = try spans(of: one, blob)
    other.spans = try spans(of: other, blob)
    // What is not saved yet comes after all that is.
    func start(_ span: PastHit.Span) -> Int64 {
      span.appeared?.row ?? (span.vanished == nil ? .max : 0)
    }
    return one.spans.contains { a in
      other.spans.contains { b in
        start(a) < b.vanished?.row ?? .max && start(b) < a.vanished?.row ?? .max
      }
    }
  }

  /// Whether half of all words are in both.
  private static func alike(_ left: Set<String>, _ right: Set<String>) -> Bool {
    2 * left.intersection(right).count >= left.union(right).count
  }
}
