internal import GRDB
internal import Vault

/// Writes what was read into the index, and keeps the links right.
struct Filling {
  private let db: Database
  private let plan: Plan
  private let settings: Settings
  private(set) var done = 0
  var report = RefreshReport()
  /// Whether so much is new that links are resolved all at once at the end, and that the work is
  /// done in portions: an end by force in between leaves an index that knows what it lacks.
  let isBulk: Bool

  /// The keys of names that came or went: links of these keys may lead elsewhere now.
  private var keys: Set<Int64> = []
  /// The notes whose links are new.
  private var sources: [Int64] = []
  private var profiles = ProfileWriter()
  /// The folders in which something could not be read, to be looked at again.
  private var openFolders: Set<ExactText> = []

  init(_ db: Database, _ plan: Plan, settings: Settings) {
    self.db = db
    self.plan = plan
    self.settings = settings
    isBulk = plan.isIncomplete || plan.works.count > Self.portion
  }

  private static let portion = 2_000

  /// Notes that the index is not whole from here on.
  func begin() throws {
    try db.inTransaction(.immediate) {
      try State.set(db, .isComplete, "no")
      return .commit
    }
  }

  /// Takes the next notes within one transaction.
  ///
  /// - Returns: whether there may be more.
  mutating func takeBatch(from intake: Intake) throws -> Bool {
    var count = 0
    while let finished = intake.next() {
      try take(finished)
      count += 1
      if isBulk, count == Self.portion {
        try profiles.flush(db)
        return true
      }
    }
    try profiles.flush(db)
    return false
  }

  private mutating func take(_ finished: Finished) throws {
    done += 1
    switch finished.outcome {
    case .gone:
      try remove(finished.path)
    case .failed(let error): throw error
    case .unread(let why):
      // It is there: what is known of it is better than nothing.
      report.skipped.append(
        RefreshReport.Skipped(path: finished.path.text, why: why, isUnreadable: true))
      openFolders.insert(ExactText(finished.path.folder))
    case .same:
      try restamp(finished)
    case .read(let rows):
      if let problem = rows.problems.first(where: { $0.kind == .oversize }) {
        report.skipped.append(RefreshReport.Skipped(path: finished.path.text, why: problem.message))
      }
      try put(rows, finished)
    }
  }

  private func restamp(_ finished: Finished) throws {
    let stamp = finished.stamp
    try db.cachedStatement(
      sql: """
        UPDATE note
        SET size = ?, modified = ?, changed = ?, inode = ?, is_racy = ?
        WHERE path = ?
        """
    ).execute(arguments: [
      stamp.size, stamp.modified, stamp.changed, Int64(bitPattern: stamp.inode), finished.isRacy,
      finished.path.text,
    ])
  }

  private mutating func put(_ rows: NoteRows, _ finished: Finished) throws {
    let known = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT id, text_id FROM note WHERE path = ?"),
      arguments: [finished.path.text])
    try Vocabulary.add(db, rows.newWords)
    if let known {
      let id: Int64 = known[0]
      report.changed.append(finished.path)
      if !isBulk {
        let old = try names(of: id)
        keys.formUnion(old.symmetricDifference(rows.names).map(\.key))
      }
      try deleteParts(db, of: id)
      let text = try updateNote(db, id, rows, finished)
      try profiles.set(db, row: known[1], .none, sketch: nil)
      try profiles.set(db, row: text, rows.profile.of(id), sketch: rows.sketch)
      try insertParts(db, of: id, rows)
      if !isBulk { sources.append(id) }
    } else {
      report.added.append(finished.path)
      if !isBulk { keys.formUnion(rows.names.map(\.key)) }
      let (id, text) = try insertNote(db, rows, finished)
      try profiles.set(db, row: text, rows.profile.of(id), sketch: rows.sketch)
      try insertParts(db, of: id, rows)
      if !isBulk { sources.append(id) }
    }
  }

  private mutating func remove(_ path: NotePath) throws {
    let known = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT id, text_id FROM note WHERE path = ?"),
      arguments: [path.text])
    guard let known else { return }
    let id: Int64 = known[0]
    report.removed.append(path)
    try profiles.set(db, row: known[1], .none, sketch: nil)
    keys.formUnion(try names(of: id).map(\.key))
    try deleteParts(db, of: id)
    try db.cachedStatement(sql: "DELETE FROM note WHERE id = ?").execute(arguments: [id])
  }

  private func names(of id: Int64) throws -> Set<NoteRows.Name> {
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT kind, text FROM name WHERE note = ?"), arguments: [id])
    return Set(
      rows.compactMap { row in
        NoteRows.Name.Kind(rawValue: row[0]).map { NoteRows.Name($0, row[1]) }
      })
  }

  // MARK: The end

  /// Removes what is gone, resolves links, and records the folders as seen.
  mutating func finish() throws {
    for path in plan.gone { try remove(path) }
    try profiles.flush(db)
    let resolver = Resolver(db)
    if isBulk {
      try Schema.createNameIndex(db)
      try resolver.resolveAll()
      try Schema.createIndexes(db)
      try State.set(db, .isComplete, "yes")
      // Links that were not resolved until now may lead somewhere, and no note need have changed since.
      try State.beginGeneration(db)
    } else {
      for key in keys.sorted() { try resolver.resolve(key: key) }
      for source in sources { try resolver.resolve(source: source) }
    }
    for folder in plan.vanishedFolders {
      try db.execute(sql: "DELETE FROM folder WHERE path = ?", arguments: [folder])
    }
    for (path, seen) in plan.folders {
      let fingerprint = openFolders.contains(ExactText(path)) ? .unknown : seen
      try db.cachedStatement(
        sql: "INSERT OR REPLACE INTO folder (path, low, high) VALUES (?, ?, ?)"
      ).execute(arguments: [
        path, Int64(bitPattern: fingerprint.low), Int64(bitPattern: fingerprint.high),
      ])
    }
  }

  /// Whether more than a fifth of the rows of words, and more than a thousand, belong to no note.
  func hasTooManyAbandonedTexts() throws -> Bool {
    let counts = try Row.fetchOne(
      db,
      sql: """
        SELECT
          (SELECT coalesce(max(id), 0) FROM fulltext_docsize),
          (SELECT count(*) FROM note)
        """)
    guard let counts else { return false }
    let rows: Int = counts[0]
    let notes: Int = counts[1]
    return rows - notes > max(1_000, notes / 4)
  }
}
