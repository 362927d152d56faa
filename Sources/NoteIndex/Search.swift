internal import GRDB
internal import Markup
public import Vault

/// A note that was found.
public struct Hit: Sendable, Equatable {
  /// What gave a note its place.
  public struct Score: Sendable, Equatable {
    /// What each word gave, one for each that was typed: a run of Chinese is looked up by its pairs.
    public var words: [Word] = []
    /// What the likeness of the title gave.
    public var title = 0.0
    /// What the nearness to the subject of the best notes gave.
    public var subject = 0.0
    /// How near it is in meaning, where a vector of the query was given and the note has one: the
    /// cosine.
    public var meaning: Double?
    /// All together: the more the better, to be compared within one search only.
    public var total = 0.0

    /// What one word gave.
    public struct Word: Sendable, Equatable {
      /// What was typed.
      public let typed: String
      /// What it and the words of its stem gave.
      public internal(set) var score: Double
      /// What the very word gave besides.
      public internal(set) var exact: Double
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
  /// Names behind `links-to:` and `linked-by:` that no note has.
  public var unresolved: [String] = []
  /// Patterns that were not looked for in all notes, each with what was left out.
  public var cutShort: [String] = []

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
  /// The best notes come first; what must hold holds of all (`Query.required`). A query without
  /// words lists. With `fillsUp`, notes that have none of the words and are on the same subject come
  /// behind those that have, up to the limit, when nothing must hold and the order is by relevance;
  /// they are not counted.
  ///
  /// With no `snippets` no file is read. `counting` says how many there are in all. `conflicted` are
  /// the notes over which a conflict waits, for `is:conflicted`. With a `meaning`, the vector of the
  /// query, notes near it are found, too, unless another order is wanted. Where `isVouched` says that the
  /// files are as the index knows them, those whose text is known are not read again.
  public func search(
    _ query: Query, filter: Filter = Filter(), sort: [Sort] = [], limit: Int = 20, offset: Int = 0,
    snippets: Int = 1, counting: Bool = false, fillsUp: Bool = false,
    conflicted: [NotePath] = [], meaning: [Float]? = nil, isVouched: Bool = false
  ) throws(IndexError) -> SearchResult {
    if query.isEmpty { return SearchResult(total: counting ? 0 : nil) }
    let search = Search(
      index: self, query: query, filter: filter, sort: sort, limit: max(0, limit),
      offset: max(0, offset), fillsUp: fillsUp, conflicted: conflicted, meaning: meaning)
    var found = try read { db, collector in try search.run(db, collector, counting: counting) }
    guard snippets > 0 else { return found.result }
    var texts = readTexts(of: found, isVouched)
    // The file wins over what the index says of it. While another writes the index, what is not
    // as it says is left out.
    if !texts.stale.isEmpty, try applied(texts.stale) {
      found = try read { db, collector in try search.run(db, collector, counting: counting) }
      texts = readTexts(of: found, false)
    }
    let finder = PassageFinder(found.answers, patterns: query.required?.patterns ?? [])
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
  private func readTexts(of found: Search.Found, _ isVouched: Bool) -> (
    documents: [(Int, Document)], stale: [NotePath]
  ) {
    var documents: [(Int, Document)] = []
    var stale: [NotePath] = []
    let known = knownTexts
    for (index, hit) in found.result.hits.enumerated() {
      let hash = found.hashes[index]
      if isVouched, let document = known?.document(hash: hash) {
        documents.append((index, document))
        continue
      }
      let file: (bytes: [UInt8], stamp: FileStamp)
      do {
        file = try vault.files.read(hit.note.path, limit: vault.settings.largestNote)
      } catch {
        // One above the limit is known by its name, and has no passages.
        if case .tooLarge = error { continue }
        stale.append(hit.note.path)
        continue
      }
      if ContentHash.of(file.bytes) == hash {
        let document =
          known?.document(file.bytes, hash: hash) ?? Document(bytes: file.bytes)
        documents.append((index, document))
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

  let index: NoteIndex
  let query: Query
  let filter: Filter
  let sort: [Sort]
  let limit: Int
  let offset: Int
  let fillsUp: Bool
  let conflicted: [NotePath]
  let meaning: [Float]?

  private var isByRelevance: Bool { !sort.contains { $0.field != .relevance } }

  func run(_ db: Database, _ collector: PostingCollector, counting: Bool) throws -> Found {
    let stemmer = Stemmer(language: index.vault.settings.language)
    var query = query
    try query.settle(db, in: index)
    var result = SearchResult(readAsText: query.readAsText, unresolved: query.unresolved)
    var maker = AtomMaker(db, stemmer: stemmer)
    try maker.add(query.scoring)
    let typed = Words.all(query.scoring.map(\.text).joined(separator: " "))
    let (condition, cutShort) = try index.condition(
      db, of: query, filter, conflicted: conflicted,
      anyOf: query.needsScore ? maker.atoms : [], stemmer: stemmer)
    result.cutShort = cutShort
    if maker.atoms.isEmpty { return try list(db, condition, result, counting: counting) }
    let known = try collector.knowledge.notes(db)
    let profiles = try known.profiles(db)
    let allowed = try allowed(db, condition, profiles)
    var ranking = Ranking(profiles, allowed: allowed)
    for atom in maker.atoms {
      let (atom, postings) = try look(up: atom, db, collector, known, stemmer)
      if !atom.repaired.isEmpty {
        result.repaired.append(.init(typed: atom.typed, used: atom.repaired))
      }
      ranking.add(atom, postings)
    }
    if !query.needsScore { ranking.addAllowed() }
    if isByRelevance {
      try ranking.addTitles(db, known, typed: typed, stemmer: stemmer)
      try ranking.addSubject(
        db, known, depth: meaning == nil && !mayFillUp(ranking) ? offset + limit : nil)
    }
    // Those that a link names so are among them, in the order by relevance.
    if counting { result.total = ranking.rows.count }
    return isByRelevance
      ? try best(db, ranking, profiles, result) : try sorted(db, ranking, profiles, result)
  }

  /// Whether notes without any of the words may come behind those that have some.
  private func mayFillUp(_ ranking: Ranking) -> Bool {
    fillsUp && query.required == nil && ranking.rows.count < offset + limit
  }

  // MARK: What ranks

  /// What an atom finds in texts and addresses; one that finds nothing is looked up by the words most
  /// like it.
  private func look(
    up atom: Atom, _ db: Database, _ collector: PostingCollector, _ known: KnownNotes,
    _ stemmer: Stemmer
  ) throws -> (Atom, Postings) {
    func postings(_ atom: Atom) throws -> Postings {
      try collector.postings(
        db, known, matching: atom.expression, roles: atom.forms.map(\.role))
    }
    var (atom, found) = (atom, try postings(atom))
    if let words = atom.wordsOfAddress(isFound: found.hasWord) {
      let profiles = try known.profiles(db)
      let form = Atom.Form(words: words, role: .loose)
      let rows = try Int32.fetchAll(
        db.cachedStatement(sql: "SELECT rowid FROM address WHERE address MATCH ?"),
        arguments: [form.expression]
      ).filter { profiles[Int($0)].note != 0 }
      found.add(addressesOf: rows, isWhole: !atom.address.isEmpty)
      // It is marked in what is shown.
      if !rows.isEmpty, atom.forms.first?.words != words { atom.forms.append(form) }
    }
    guard !found.hasWord, let word = atom.forms.first?.words.first, atom.stem != nil else {
      return (atom, found)
    }
    if let begun = AtomMaker.begin(atom) {
      let found = try postings(begun)
      if !found.rows.isEmpty { return (begun, found) }
    }
    let near = try mended(word, db, collector, known)
    guard !near.isEmpty else { return (atom, found) }
    let mended = try AtomMaker.repair(atom, near, db, stemmer: stemmer)
    return (mended, try postings(mended))
  }

  /// The words that notes have and that are most like one that none has: the nearest ones, of these
  /// such as stand in titles first, then the most frequent.
  private func mended(
    _ word: String, _ db: Database, _ collector: PostingCollector, _ known: KnownNotes
  ) throws -> [String] {
    var found: [(word: String, distance: Int, isInTitle: Bool, count: Int)] = []
    for entry in try Vocabulary.near(db, word).prefix(64) {
      if let first = found.first, first.distance < entry.distance { break }
      let form = Atom.Form(words: [entry.word], role: .exact)
      let postings = try collector.postings(
        db, known, matching: form.expression, roles: [.exact])
      if postings.rows.isEmpty { continue }
      found.append(
        (entry.word, entry.distance, postings.isInTitle.contains(true), postings.rows.count))
    }
    found.sort { left, right in
      if left.isInTitle != right.isInTitle { return left.isInTitle }
      return left.count == right.count ? left.word < right.word : left.count > right.count
    }
    return found.prefix(3).map(\.word)
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

  private func best(
    _ db: Database, _ ranking: Ranking, _ profiles: Profiles, _ result: SearchResult
  ) throws -> Found {
    let end = offset + limit
    let depth = meaning == nil ? end : max(end, Fusion.depth)
    var rows = ranking.best(depth, of: ranking.rows, keepingTies: true) { ranking.total(of: $0) }
    // Equally good ones go by their paths, whichever was indexed first.
    rows = try inOrder(db, rows, profiles) { ranking.total(of: $0) }
    let fusion = try meaning.map {
      try Fusion(db, lexical: rows, vector: $0, allowed: ranking.allowed)
    }
    if let fusion {
      rows = try inOrder(db, Array(fusion.score.keys), profiles) { fusion.score[$0] ?? 0 }
    }
    var related: [Int32] = []
    if fillsUp, query.required == nil, rows.count < end {
      related = try inOrder(db, ranking.related(end - rows.count), profiles) {
        ranking.total(of: $0)
      }.filter { fusion?.score[$0] == nil }
    }
    return try answer(
      db, Array((rows + related).prefix(end).dropFirst(offset)), ranking, profiles, result,
      related: Set(related), fusion)
  }

  /// Says of the rows that are shown what there is to say.
  private func answer(
    _ db: Database, _ shown: [Int32], _ ranking: Ranking, _ profiles: Profiles,
    _ result: SearchResult, related: Set<Int32> = [], _ fusion: Fusion? = nil
  ) throws -> Found {
    var result = result
    let notes = try summaries(db, of: shown.map(profiles.note))
    result.hits = zip(shown, notes).map { row, note in
      var score = Hit.Score(
        title: ranking.title(of: row),
        subject: ranking.subject.isEmpty ? 0 : Double(ranking.subject[Int(row)]),
        meaning: fusion?.cosine[row].map(Double.init),
        total: Double(fusion.map { $0.score[row] ?? 0 } ?? ranking.total(of: row)))
      score.words = ranking.parts(of: row)
      return Hit(
        note: note, score: score, missing: ranking.missing(in: row),
        isRelated: related.contains(row), snippets: [])
    }
    let hashes = try shown.map { row in
      try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT hash FROM note WHERE id = ?"),
        arguments: [profiles.note(of: row)]) ?? 0
    }
    return Found(result: result, hashes: hashes, answers: ranking.answers)
  }

  /// The rows in an order that has nothing to do with the words.
  private func sorted(
    _ db: Database, _ ranking: Ranking, _ profiles: Profiles, _ result: SearchResult
  ) throws -> Found {
    var wanted: [Int64: Int32] = [:]
    for row in ranking.rows { wanted[profiles.note(of: row)] = row }
    var shown: [Int32] = []
    var place = 0
    let notes = try Int64.fetchCursor(db, sql: "SELECT note.id FROM note ORDER BY \(order(sort))")
    while shown.count < limit, let note = try notes.next() {
      guard let row = wanted[note] else { continue }
      if place >= offset { shown.append(row) }
      place += 1
    }
    return try answer(db, shown, ranking, profiles, result)
  }

  /// Rows by their scores, those with the same by their notes' paths.
  private func inOrder(
    _ db: Database, _ rows: [Int32], _ profiles: Profiles, by score: (Int32) -> Float
  ) throws -> [Int32] {
    let statement = try db.cachedStatement(sql: "SELECT path FROM note WHERE id = ?")
    let placed = try rows.map { row in
      let note = profiles.note(of: row)
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
