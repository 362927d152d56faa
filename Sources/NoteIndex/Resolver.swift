internal import GRDB
internal import Vault

/// Finds the note that a link leads to, and records it.
///
/// What a link means is told at `LinkCandidates`.
struct Resolver {
  /// A link that leads elsewhere than is recorded.
  private struct Change {
    let source: Int64
    let ordinal: Int64
    let note: Int64?
    let rivals: Int
  }

  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Resolves every link that could mean a name with this key.
  func resolve(key: Int64) throws {
    try resolve(Self.links + "WHERE link.key = ?", [key])
  }

  /// Resolves every link of a note.
  func resolve(source: Int64) throws {
    try resolve(
      Self.links + "WHERE source = ? AND link.key IS NOT NULL ORDER BY link.key", [source])
  }

  /// Resolves every link there is.
  func resolveAll() throws {
    try resolve(Self.links + "WHERE link.key IS NOT NULL ORDER BY link.key", [])
  }

  private static let links = """
    SELECT link.key, source, ordinal, kind, target, link.note, rivals, path
    FROM link JOIN note ON note.id = source

    """

  /// Resolves links that come in the order of their keys, so that the notes of each are looked up
  /// once, and records the changes in the order of the table, so that each page is written once.
  private func resolve(_ sql: String, _ arguments: StatementArguments) throws {
    var changes: [Change] = []
    var key: Int64?
    var candidates = LinkCandidates()
    let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    while let row = try rows.next() {
      if key == nil || row[0] != key {
        let next: Int64 = row[0]
        key = next
        candidates = try self.candidates(for: next)
      }
      let kind: String = row[3]
      let found = candidates.match(
        target: row[4], isByPath: kind == "markdown" || kind == "image", from: row[7])
      let note: Int64? = row[5]
      let rivals: Int = row[6]
      if found?.note == note, found?.rivals ?? 0 == rivals { continue }
      changes.append(
        Change(source: row[1], ordinal: row[2], note: found?.note, rivals: found?.rivals ?? 0))
    }
    changes.sort { ($0.source, $0.ordinal) < ($1.source, $1.ordinal) }
    for change in changes {
      try db.cachedStatement(
        sql: "UPDATE link SET note = ?, rivals = ? WHERE source = ? AND ordinal = ?"
      ).execute(arguments: [change.note, change.rivals, change.source, change.ordinal])
    }
  }

  private func candidates(for key: Int64) throws -> LinkCandidates {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT note.id, name.kind, name.text, note.path
          FROM name JOIN note ON note.id = name.note
          WHERE name.key = ?
          ORDER BY length(note.path), note.path
          """), arguments: [key])
    var candidates = LinkCandidates()
    while let row = try rows.next() {
      guard let kind = NoteRows.Name.Kind(rawValue: row[1]) else { continue }
      candidates.add(note: row[0], kind: kind, text: row[2], path: row[3])
    }
    return candidates
  }
}
