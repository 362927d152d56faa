internal import GRDB

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

  /// A word as FTS5 is asked for it.
  struct AskedWord: Hashable {
    let expression: String
    let roles: [PostingCollector.Role]
  }

  /// How many rows are kept, of 17 bytes each.
  private static let mostRows = 500_000

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
  }
}
