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

  /// The profiles of all notes.
  func profiles(_ db: Database) throws -> Profiles {
    try forgetOlder(db)
    if let profiles { return profiles }
    let read = try Profiles(db)
    profiles = read
    return read
  }

  /// The sketches of all notes.
  func sketches(_ db: Database) throws -> Sketches {
    let profiles = try profiles(db)
    if let sketches { return sketches }
    let read = try Sketches(db, profiles)
    sketches = read
    return read
  }

  private func forgetOlder(_ db: Database) throws {
    let others = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
    let now = State(own: db.totalChangesCount, others: others)
    if state == now { return }
    (state, profiles, sketches) = (now, nil, nil)
  }
}
