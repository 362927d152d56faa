internal import GRDB
internal import Markup
internal import Vault

/// What stands.
extension PastSearch {
  /// The note in which a passage stands that went from another, or from this one and came back.
  mutating func whereItStands(
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
    let others = try Set(rows.map { try place(of: NotePath($0[0]), after: $0[1]) })
    if let other = others.sorted().first(where: { stands(hash, in: $0) }) { return other }
    // What came with a note that was made is not in the history's index.
    return try notes.read { db in try Self.notes(db, saying: passage) }
      .first { stands(hash, in: $0) }
  }

  /// Some notes that have words of a passage one behind the other.
  static func notes(_ db: Database, saying passage: [UInt8]) throws -> [NotePath] {
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

  mutating func stands(_ hash: UInt64, in path: NotePath) -> Bool {
    living(path).hashes.contains(hash)
  }

  /// A note as it is.
  struct Living {
    let bytes: [UInt8]
    let passages: [Passage]
    let hashes: Set<UInt64>

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      passages = Passage.all(in: bytes)
      hashes = Set(passages.map(\.hash))
    }
  }

  mutating func living(_ path: NotePath) -> Living {
    if let known = living[path] { return known }
    let read = try? notes.vault.files.read(path, limit: notes.vault.settings.largestNote)
    let found = Living(read?.bytes ?? [])
    living[path] = found
    return found
  }

  /// The passages of notes as they are.
  mutating func standing(_ asked: PassageQuery, isStrict: Bool) throws -> [PastHit] {
    guard let expression = isStrict ? asked.all : asked.any else { return [] }
    var filter = Filter()
    filter.paths = path.map { [$0] } ?? []
    let most = (notes: max(20, limit), passages: joining ? 4 * limit : limit)
    // What a passage is not to have, another of its note may have.
    var query = query
    query.required = query.required?.withoutNegations
    let best = try notes.search(query, filter: filter, limit: most.notes, snippets: 0).hits
    let needsAll = isStrict && !asked.hasAlternatives
    let found =
      best.filter { !needsAll || $0.missing.isEmpty }.map(\.note.path)
    let sieve = PassageSieve(needsAll ? asked.atoms : [])
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
      /// Of a word that every other passage has, the best notes have more than enough.
      func isEnough() throws -> Bool {
        if passages.count < nextLook { return false }
        if try matches().count >= 2 * most.passages { return true }
        nextLook = 2 * passages.count
        return false
      }
      // An address or a key tells less than a text: where that says enough, the others are not looked into,
      // nor even looked for, since that reads the keys of all notes.
      for isBeside in [false, true] {
        if isBeside, try matches().count > most.passages { break }
        let paths = isBeside ? try self.notes(beside: found, asked.atoms, needsAll) : found
        for (place, path) in paths.enumerated() {
          if try isEnough() { break }
          if isBeside, place > 0, place % 20 == 0, try matches().count > most.passages { break }
          let note = living(path)
          for passage in note.passages {
            let part = Array(note.bytes[passage.range])
            guard sieve.mayHave(part) else { continue }
            passages.append((path, passage, part))
            // Its row is the number of passages so far.
            _ = try insertText(db, PassageWords(part).columns)
          }
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

  /// The notes that have the words where the notes' own search does not look: in addresses and in the keys of
  /// the front matter.
  private func notes(
    beside found: [NotePath], _ atoms: [Atom], _ needsAll: Bool
  ) throws -> [NotePath] {
    let others = try notes.read { db in
      try Self.notes(db, linkingTo: atoms) + Self.notes(db, tellingOf: atoms, needsAll)
    }
    return Set(others).subtracting(found).sorted()
      .filter { other in path.map { Condition.fits(other, $0) } ?? true }
  }

  /// The notes of which a key of the front matter has the words, or one of them if that is enough: only a few
  /// keys are of what the notes' own search looks through.
  static func notes(
    _ db: Database, tellingOf atoms: [Atom], _ isStrict: Bool
  ) throws -> [NotePath] {
    let sieves = atoms.filter { !$0.isSign && !$0.isExtra }.map { PassageSieve([$0]) }
      .filter(\.tells)
    if sieves.isEmpty { return [] }
    var found: [NotePath] = []
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT note.path, group_concat(metadata.key || ': ' || metadata.value, char(10))
        FROM metadata JOIN note ON note.id = metadata.note
        GROUP BY metadata.note
        """)
    while found.count < 2_000, let row = try rows.next() {
      let keys: String = row[1]
      let bytes = Array(keys.utf8)
      let isMeant =
        isStrict
        ? sieves.allSatisfy { $0.mayHave(bytes) } : sieves.contains { $0.mayHave(bytes) }
      if isMeant { found.append(try NotePath(row[0])) }
    }
    return found
  }

  /// The notes that have one of the words in the address of a link, where the notes' own search does
  /// not look.
  static func notes(_ db: Database, linkingTo atoms: [Atom]) throws -> [NotePath] {
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
}
