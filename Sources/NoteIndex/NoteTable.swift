internal import Foundation
internal import GRDB
internal import Markup
internal import Vault

// The statements that put a note into the tables and take it out. Each is prepared once.

/// Adds a note's own row, with its words.
func insertNote(_ db: Database, _ rows: NoteRows, _ finished: Finished) throws -> (
  note: Int64, text: Int64
) {
  let text = try insertWords(db, of: rows)
  try db.cachedStatement(
    sql: """
      INSERT INTO note (
        path, folder, size, modified, changed, inode, hash, is_racy, text_id,
        title, note_id, type, status, created, updated, words, lead, has_math)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
  ).execute(arguments: [rows.path.text, rows.path.folder] + values(rows, finished, text: text))
  return (db.lastInsertedRowID, text)
}

/// Puts what was read in the place of what a note's row held.
func updateNote(
  _ db: Database, _ id: Int64, _ rows: NoteRows, _ finished: Finished
) throws -> Int64 {
  let text = try insertWords(db, of: rows)
  try db.cachedStatement(
    sql: """
      UPDATE note
      SET size = ?, modified = ?, changed = ?, inode = ?, hash = ?, is_racy = ?, text_id = ?,
        title = ?, note_id = ?, type = ?, status = ?, created = ?, updated = ?, words = ?, lead = ?,
        has_math = ?
      WHERE id = ?
      """
  ).execute(arguments: values(rows, finished, text: text) + [id])
  return text
}

private func values(_ rows: NoteRows, _ finished: Finished, text: Int64) -> StatementArguments {
  let stamp = finished.stamp
  return [
    stamp.size, stamp.modified, stamp.changed, Int64(bitPattern: stamp.inode), finished.hash,
    finished.isRacy, text, rows.title, rows.noteID, rows.type, rows.status, rows.created,
    rows.updated, rows.words, rows.lead, rows.hasMath,
  ]
}

/// Adds a note's words, and says in which row.
func insertWords(_ db: Database, of rows: NoteRows) throws -> Int64 {
  let row = try insertText(db, rows.text)
  if !rows.addresses.isEmpty {
    try db.cachedStatement(sql: "INSERT INTO address (rowid, words) VALUES (?, ?)")
      .execute(arguments: [row, rows.addresses])
  }
  return row
}

/// Adds a row of words, and says which.
func insertText(_ db: Database, _ text: [String]) throws -> Int64 {
  try db.cachedStatement(
    sql: """
      INSERT INTO fulltext (title, headings, body, code, tex, parts) VALUES (?, ?, ?, ?, ?, ?)
      """
  ).execute(arguments: StatementArguments(text))
  return db.lastInsertedRowID
}

/// Removes the rows that hang on a note.
func deleteParts(_ db: Database, of id: Int64) throws {
  for table in Schema.partsOfNotes {
    try db.cachedStatement(sql: "DELETE FROM \(table) WHERE note = ?").execute(arguments: [id])
  }
  try db.cachedStatement(sql: "DELETE FROM link WHERE source = ?").execute(arguments: [id])
}

/// Adds the rows that hang on a note.
func insertParts(_ db: Database, of id: Int64, _ rows: NoteRows) throws {
  for (ordinal, name) in rows.names.enumerated() {
    try db.cachedStatement(
      sql: "INSERT INTO name (note, ordinal, kind, text, key) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [id, ordinal, name.kind.rawValue, name.text, name.key])
  }
  for tag in rows.tags {
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO tag (note, key, name) VALUES (?, ?, ?)")
      .execute(arguments: [id, tag.key, tag.name])
  }
  for (ordinal, link) in rows.links.enumerated() { try insert(db, link, ordinal, of: id) }
  for (ordinal, entry) in rows.metadata.enumerated() {
    try db.cachedStatement(
      sql: "INSERT INTO metadata (note, ordinal, key, value) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [id, ordinal, entry.key, entry.value])
  }
  for (ordinal, heading) in rows.headings.enumerated() {
    try db.cachedStatement(
      sql: """
        INSERT INTO heading (note, ordinal, level, text, anchor, line)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      id, ordinal, heading.level, storable(heading.text), storable(heading.anchor), heading.line,
    ])
  }
  for name in rows.blocks {
    try db.cachedStatement(sql: "INSERT INTO block (note, name) VALUES (?, ?)")
      .execute(arguments: [id, name])
  }
  for name in rows.elements {
    try db.cachedStatement(sql: "INSERT INTO element (note, name) VALUES (?, ?)")
      .execute(arguments: [id, name])
  }
  for key in rows.citations {
    try db.cachedStatement(sql: "INSERT INTO citation (note, key) VALUES (?, ?)")
      .execute(arguments: [id, key])
  }
  for language in rows.languages {
    try db.cachedStatement(sql: "INSERT INTO code (note, language) VALUES (?, ?)")
      .execute(arguments: [id, language])
  }
  for (ordinal, problem) in rows.problems.enumerated() {
    try db.cachedStatement(
      sql: "INSERT INTO problem (note, ordinal, kind, line, message) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [id, ordinal, problem.kind.rawValue, problem.line, problem.message])
  }
}

private func insert(_ db: Database, _ link: NoteRows.Link, _ ordinal: Int, of id: Int64) throws {
  try db.cachedStatement(
    sql: """
      INSERT INTO link (
        source, ordinal, kind, target, pin, anchor, label, line, place, key, note, rivals)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)
      """
  ).execute(arguments: [
    id, ordinal, link.kind, link.target, link.pin, link.anchor, link.label, link.line,
    Data(LinkPlace(range: link.range, target: link.targetRange, block: link.block).bytes), link.key,
  ])
}
