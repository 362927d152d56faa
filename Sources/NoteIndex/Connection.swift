internal import GRDB
internal import Vault

/// What tables a file is to have.
struct Layout: Sendable {
  /// The number that tells our files from others.
  let applicationID: Int
  /// The version of the tables.
  let version: Int
  /// What makes them.
  let tables: String

  /// The index of the notes.
  static let notes = Layout(
    applicationID: Schema.applicationID, version: Schema.version, tables: Schema.tables)

  func create(_ db: Database) throws {
    try db.execute(sql: tables)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }
}

/// An open index.
struct Connection: Sendable {
  let queue: DatabaseQueue
  /// Gathers postings on the queue's connection, within the queue.
  let collector = PostingCollector()
  /// The file that was opened, whatever has its name by now.
  let identity: UInt64?

  /// Opens an index; an empty file becomes one, a damaged or older one is made anew.
  ///
  /// - Throws: `newerSchema` for one that a newer `notes` made, which is not touched.
  static func open(
    _ path: String, _ layout: Layout = .notes
  ) throws(IndexError) -> Connection {
    let before = fileIdentity(path)
    do {
      return try openOnce(path, layout)
    } catch {
      guard case .damaged = error else { throw error }
    }
    moveAside(path, identity: before)
    return try openOnce(path, layout)
  }

  /// An empty index that no file has, and that goes with its connection.
  static func inMemory(_ layout: Layout = .notes) throws(IndexError) -> Connection {
    do {
      let queue = try DatabaseQueue(configuration: configuration)
      try queue.inDatabase { try prepare($0, layout) }
      return Connection(queue: queue, identity: nil)
    } catch {
      throw IndexError(error, path: ":memory:")
    }
  }

  private static func openOnce(
    _ path: String, _ layout: Layout
  ) throws(IndexError) -> Connection {
    do {
      return try OpenLock(path, alone: false).held {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { try prepare($0, layout) }
        return Connection(queue: queue, identity: fileIdentity(path))
      }
    } catch {
      throw IndexError(error, path: path)
    }
  }

  /// Checks that the file is an index of ours, and makes an empty one into it.
  private static func prepare(_ db: Database, _ layout: Layout) throws {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    if application == 0, version == 0, try isEmpty(db) {
      // A queue's own WAL mode would write a table at every opening (GRDB #102).
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.inTransaction(.immediate) {
        if try isEmpty(db) { try layout.create(db) }
        return .commit
      }
      return
    }
    guard application == layout.applicationID else {
      throw IndexError.damaged("the file is no index of notes")
    }
    guard version <= layout.version else {
      throw IndexError.newerSchema(found: version, known: layout.version)
    }
    guard version == layout.version else {
      throw IndexError.damaged("the index is of an older version")
    }
  }

  private static func isEmpty(_ db: Database) throws -> Bool {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      try db.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA secure_delete = OFF;
          PRAGMA synchronous = NORMAL;
          PRAGMA cache_size = -32000;
          """)
      db.add(function: pathGlob)
      db.add(function: valueOrder)
      db.add(function: foldedText)
    }
    return configuration
  }

  /// Moves an index out of the way, unless another has taken its place meanwhile.
  ///
  /// The last one that was damaged is kept, with its log, for whoever wants to know why.
  static func moveAside(_ path: String, identity: UInt64?) {
    OpenLock(path, alone: true).held {
      guard let identity, identity == fileIdentity(path) else { return }
      rename(path, to: path + ".damaged")
      rename(path + "-wal", to: path + ".damaged-wal")
      remove(path + "-shm")
    }
  }

  /// `path_glob(pattern, path)`: whether a path fits a pattern of `Vault.Glob`.
  private static let pathGlob = DatabaseFunction("path_glob", argumentCount: 2, pure: true) {
    values in
    guard let pattern = String.fromDatabaseValue(values[0]),
      let path = String.fromDatabaseValue(values[1])
    else { return nil }
    return Glob(pattern).matches(path)
  }
}
