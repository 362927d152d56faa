internal import GRDB

extension PastIndex {
  /// What is damaged, by SQLite's and FTS5's own checks and by rows that hang on nothing; empty for a
  /// sound index.
  public func integrity() throws(IndexError) -> [String] {
    try faults(in: queue, path, rows: Self.looseRows)
  }

  /// How many snapshots it knows.
  public func count() throws(IndexError) -> Int {
    try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM snapshot") ?? 0 }
  }

  private static func looseRows(_ db: Database) throws -> [String] {
    try [
      ("change", "snapshot NOT IN (SELECT id FROM snapshot) OR path NOT IN (SELECT id FROM path)"),
      (
        "parent",
        "snapshot NOT IN (SELECT id FROM snapshot) OR parent NOT IN (SELECT id FROM snapshot)"
      ),
      (
        "gone",
        "change NOT IN (SELECT id FROM change) OR id NOT IN (SELECT id FROM fulltext_docsize)"
      ),
      ("came", "change NOT IN (SELECT id FROM change)"),
    ].compactMap { table, condition in
      let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table) WHERE \(condition)") ?? 0
      return count == 0 ? nil : "\(count) rows of \(table) hang on nothing"
    }
  }
}
