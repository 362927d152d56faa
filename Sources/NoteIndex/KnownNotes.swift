internal import GRDB
internal import Markup

/// What ranking reads of every note, kept by a connection for as long as nothing changes: a program
/// that answers many questions reads it once.
///
/// It is used by one thread at a time, as its connection is.
final class KnownNotes {
  /// What tells one state of the database from another: what this connection has written, and a number
  /// that SQLite changes when another has (`PRAGMA data_version`).
  private struct State: Equatable {
    let own: Int
    let others: Int
  }

  private var state: State?
  private var profiles: Profiles?
  private var sketches: Sketches?
  /// What was found for words: somebody who types asks for all but the last of them again.
  private var postings: [AskedWord: Postings] = [:]
  /// How many rows there are in that.
  private var rows = 0
  /// The titles and aliases of notes, by their numbers.
  private var names: [Int64: [Name]] = [:]
  /// The words with which notes link to others, by the numbers of those that link.
  private var labels: [Int64: [Label]] = [:]

  /// A title, an alias or the words of a link, as they are compared with what was typed.
  struct Name {
    /// A word, what is left of it without its ending, and whether it tells nothing.
    let words: [(word: String, stem: String, isStop: Bool)]

    init(_ text: String, _ stemmer: Stemmer) {
      words = Words.all(text).map { ($0, stemmer.stem($0), StopWords.contains($0)) }
    }
  }

  /// The words of a link, and the row of the note it leads to.
  struct Label {
    let name: Name
    let target: Int32
  }

  /// A word as FTS5 is asked for it.
  struct AskedWord: Hashable {
    let expression: String
    let roles: [PostingCollector.Role]
  }

  /// How many rows are kept, of 17 bytes each.
  private static let mostRows = 500_000
  /// Of how many notes names and labels are kept, of a few hundred bytes each.
  private static let mostNames = 20_000

  /// What was found for a word, if it is known.
  func postings(of word: AskedWord) -> Postings? { postings[word] }

  /// Keeps what was found for a word.
  func keep(_ found: Postings, for word: AskedWord) {
    if rows + found.rows.count > Self.mostRows { (postings, rows) = ([:], 0) }
    guard found.rows.count <= Self.mostRows else { return }
    postings[word] = found
    rows += found.rows.count
  }

  /// The profiles of all notes.
  func profiles(_ db: Database) throws -> Profiles {
    try forgetOlder(db)
    if let profiles { return profiles }
    let read = try Profiles(db)
    profiles = read
    return read
  }

  /// The title and the aliases of a note.
  func names(_ db: Database, of note: Int64, _ stemmer: Stemmer) throws -> [Name] {
    if let known = names[note] { return known }
    let statement = try db.cachedStatement(
      sql: """
        SELECT title FROM note WHERE id = ?1
        UNION ALL SELECT text FROM name WHERE note = ?1 AND kind = 'alias'
        """)
    let read = try String.fetchAll(statement, arguments: [note]).map { Name($0, stemmer) }
    if names.count >= Self.mostNames { names.removeAll() }
    names[note] = read
    return read
  }

  /// The words with which a note links to others.
  func labels(_ db: Database, of note: Int64, _ stemmer: Stemmer) throws -> [Label] {
    if let known = labels[note] { return known }
    let statement = try db.cachedStatement(
      sql: """
        SELECT link.label, note.text_id
        FROM link JOIN note ON note.id = link.note
        WHERE link.source = ? AND link.label IS NOT NULL AND link.note <> link.source
        """)
    let read = try Row.fetchAll(statement, arguments: [note]).map { row in
      Label(name: Name(row[0], stemmer), target: row[1])
    }
    if labels.count >= Self.mostNames { labels.removeAll() }
    labels[note] = read
    return read
  }

  /// How near rows are to some others, as `Sketches.nearness` has it.
  func nearness(
    _ db: Database, to leaders: [(row: Int, weight: Double)], of rows: [Int32]?
  ) throws -> [Float] {
    let profiles = try profiles(db)
    // Taken out while it is used, so that it is not copied for what it finds out.
    var sketches = try self.sketches ?? Sketches(db, profiles)
    self.sketches = nil
    defer { self.sketches = sketches }
    return sketches.nearness(to: leaders, of: rows)
  }

  private func forgetOlder(_ db: Database) throws {
    let others = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
    let now = State(own: db.totalChangesCount, others: others)
    if state == now { return }
    (state, profiles, sketches, postings, rows) = (now, nil, nil, [:], 0)
    (names, labels) = ([:], [:])
  }
}
