internal import GRDB
public import Vault

/// What there is to say of a note in a list.
public struct NoteSummary: Sendable, Equatable {
  /// Where it stands.
  public let path: NotePath
  /// Its title: of its front matter, else its first level-1 heading, else its file's name.
  public let title: String
  /// The id in its front matter.
  public let id: String?
  /// Its type.
  public let type: String
  /// The status in its front matter.
  public let status: String?
  /// Its tags, of front matter and text.
  public let tags: [String]
  /// Its other names.
  public let aliases: [String]
  /// When it was made, by its front matter, else by its file; seconds since 1970.
  public let created: Int64
  /// When it was last changed, by its front matter, else by its file; seconds since 1970.
  public let modified: Int64
  /// How many words it has.
  public let wordCount: Int
  /// Its first paragraph, at most 300 bytes.
  public let lead: String
  /// Its front matter: `a.b` for a key inside a key, an entry for each item of a list.
  public let metadata: [MetadataEntry]
}

/// A value in a note's front matter.
public struct MetadataEntry: Sendable, Hashable {
  /// The key as written.
  public let key: String
  /// The value as text.
  public let value: String
}

/// A tag, and how many notes have it.
public struct TagCount: Sendable, Hashable {
  /// The tag, as it is most often written.
  public let tag: String
  /// How many notes have it itself.
  public let count: Int
}

extension NoteIndex {
  /// The notes that fit a filter, at most `limit` behind the first `offset`.
  ///
  /// They are ordered by the first of `sort`, then by the next, and by path where all is equal. Of a
  /// query only what must hold is asked (`Query.required`), and each `key:value` in it is front
  /// matter. `conflicted` are the notes over which a conflict waits, for `is:conflicted`.
  public func list(
    _ filter: Filter = Filter(), query: Query = Query(), sort: [Sort] = [], limit: Int? = nil,
    offset: Int = 0, conflicted: [NotePath] = []
  ) throws(IndexError) -> [NoteSummary] {
    try read { db in
      let condition = try condition(db, query, filter, conflicted: conflicted)
      let ids = try Int64.fetchAll(
        db,
        sql: """
          SELECT note.id FROM note
          WHERE \(condition.sql)
          ORDER BY \(order(sort))
          LIMIT ? OFFSET ?
          """,
        arguments: condition.arguments + [limit ?? -1, offset])
      return try summaries(db, of: ids)
    }
  }

  /// How many notes `list` would name without a limit.
  public func count(
    _ filter: Filter = Filter(), query: Query = Query(), conflicted: [NotePath] = []
  ) throws(IndexError) -> Int {
    try read { db in
      let condition = try condition(db, query, filter, conflicted: conflicted)
      return try Int.fetchOne(
        db, sql: "SELECT count(*) FROM note WHERE \(condition.sql)",
        arguments: condition.arguments) ?? 0
    }
  }

  private func condition(
    _ db: Database, _ query: Query, _ filter: Filter, conflicted: [NotePath]
  ) throws -> Condition {
    var query = query
    try query.settle(db, in: self, keepsKeys: true)
    return try condition(
      db, of: query, filter, conflicted: conflicted,
      stemmer: Stemmer(language: vault.settings.language)
    ).condition
  }

  /// What a query asks for that no note has: each `key:value` whose key is in no front matter, and the
  /// names behind `links-to:` and `linked-by:`.
  public func missing(in query: Query) throws(IndexError) -> (keys: [String], names: [String]) {
    try read { db in
      var query = query
      try query.settle(db, in: self)
      return (query.readAsText, query.unresolved)
    }
  }

  /// The tags in use, in alphabetical order.
  public func tags() throws(IndexError) -> [TagCount] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT name, sum(notes), max(notes)
          FROM (SELECT key, name, count(*) AS notes FROM tag GROUP BY key, name)
          GROUP BY key
          ORDER BY key
          """)
      return rows.map { TagCount(tag: $0[0], count: $0[1]) }
    }
  }
}

extension NoteIndex {
  /// The keys of the front matter that notes have, in alphabetical order.
  public func metadataKeys() throws(IndexError) -> [String] {
    try read { db in
      try String.fetchAll(db, sql: "SELECT DISTINCT key FROM metadata ORDER BY key")
    }
  }
}

/// The SQL for an order; each ends in the path, so that no order is left to chance.
func order(_ sort: [Sort]) -> String {
  let terms = sort.map { sort in
    let column =
      switch sort.field {
      case .path: "note.path"
      case .title: "note.title COLLATE NOCASE"
      case .created: "note.created"
      case .modified: "note.updated"
      case .words: "note.words"
      case .relevance: "note.path"
      }
    return column + (sort.isDescending ? " DESC" : "")
  }
  return (terms + ["note.path"]).joined(separator: ", ")
}

/// The summaries of notes, in the order of their ids as given.
func summaries(_ db: Database, of ids: [Int64]) throws -> [NoteSummary] {
  // As one value, so that SQLite has one statement for any number of notes.
  let wanted = "(SELECT value FROM json_each(?))"
  let list: StatementArguments = ["[" + ids.map(String.init).joined(separator: ",") + "]"]
  func parts<Part>(_ sql: String, _ make: (Row) -> Part) throws -> [Int64: [Part]] {
    var parts: [Int64: [Part]] = [:]
    let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: list)
    while let row = try rows.next() { parts[row[0], default: []].append(make(row)) }
    return parts
  }
  let tags = try parts("SELECT note, name FROM tag WHERE note IN \(wanted) ORDER BY note, key") {
    $0[1] as String
  }
  let aliases = try parts(
    """
    SELECT note, text FROM name WHERE note IN \(wanted) AND kind = 'alias'
    ORDER BY note, ordinal
    """
  ) { $0[1] as String }
  let metadata = try parts(
    "SELECT note, key, value FROM metadata WHERE note IN \(wanted) ORDER BY note, ordinal"
  ) { MetadataEntry(key: $0[1], value: $0[2]) }
  let rows = try Row.fetchAll(
    db.cachedStatement(
      sql: """
        SELECT id, path, title, note_id, type, status, created, updated, words, lead
        FROM note
        WHERE id IN \(wanted)
        """), arguments: list)
  var summaries: [Int64: NoteSummary] = [:]
  for row in rows {
    let id: Int64 = row[0]
    summaries[id] = NoteSummary(
      path: try NotePath(row[1]), title: row[2], id: row[3], type: row[4], status: row[5],
      tags: tags[id] ?? [], aliases: aliases[id] ?? [], created: row[6], modified: row[7],
      wordCount: row[8], lead: row[9], metadata: metadata[id] ?? [])
  }
  return ids.compactMap { summaries[$0] }
}
