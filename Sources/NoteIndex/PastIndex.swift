internal import GRDB
internal import Markup
internal import Synchronization
public import Vault

/// The index of a vault's history: what was changed when, and what the notes said before.
///
/// It is filled by whoever knows the history (`take`), each snapshot once; deleting it loses nothing.
/// A damaged file is moved aside and made anew.
public final class PastIndex: Sendable {
  /// The vault.
  public let vault: Vault
  /// The file that holds the index.
  public let path: String

  private let connection: Mutex<Connection>

  /// Opens the history's index, and makes an empty one where there is none.
  public init(of vault: Vault, cacheFolder: String?) throws(IndexError) {
    self.vault = vault
    path = try Self.path(of: vault, cacheFolder: cacheFolder)
    connection = Mutex(try Connection.open(path, PastSchema.layout))
    if try !isUsable() { try makeAnew() }
  }

  /// Whether a vault has such an index already: looking must not be what makes one.
  public static func isThere(of vault: Vault, cacheFolder: String?) throws(IndexError) -> Bool {
    try fileIdentity(path(of: vault, cacheFolder: cacheFolder)) != nil
  }

  /// Where it is or would be: in the vault, or in the cache where that cannot be written.
  private static func path(of vault: Vault, cacheFolder: String?) throws(IndexError) -> String {
    let own = vault.stateFolder + "/history.sqlite"
    if canWrite(in: vault.stateFolder, own) { return own }
    guard let cacheFolder else { throw .readOnly(path: own) }
    let cached = cacheFolder + "/" + cacheName("history", vault.root, PastSchema.layout.version)
    guard canWrite(in: cacheFolder, cached) else { throw .readOnly(path: own) }
    return cached
  }

  /// Whether it can be read, and its stems are those of the vault's language.
  private func isUsable() throws(IndexError) -> Bool {
    do {
      let known = try read { db in try State.value(db, .settings) }
      return known == nil || known == vault.settings.language
    } catch {
      guard case .damaged = error else { throw error }
      return false
    }
  }

  var queue: DatabaseQueue { connection.withLock(\.queue) }

  func read<Answer>(_ question: (Database) throws -> Answer) throws(IndexError) -> Answer {
    do {
      return try queue.read(question)
    } catch {
      throw IndexError(error, path: path)
    }
  }

  /// Throws the index away; the next question fills a new one.
  public func makeAnew() throws(IndexError) {
    let old = connection.withLock { $0 }
    try? old.queue.close()
    Connection.moveAside(path, identity: old.identity)
    let new = try Connection.open(path, PastSchema.layout)
    connection.withLock { $0 = new }
    remove(path + ".damaged")
    remove(path + ".damaged-wal")
  }

  // MARK: Filling

  /// The snapshot up to which the index is whole; `nil` for an empty one.
  public func head() throws(IndexError) -> String? {
    try read { db in try Self.head(db) }
  }

  static func head(_ db: Database) throws -> String? {
    try String.fetchOne(db, sql: "SELECT value FROM state WHERE key = 'head'")
  }

  /// Takes in snapshots, oldest first.
  ///
  /// `hand` is given what it needs to know of the index, and hands over one snapshot after the other.
  /// Afterwards the index is whole up to `head`; when it is interrupted, all is as it was: which texts
  /// merges left out can only be told at the end, by who has seen every snapshot since the last.
  ///
  /// `now` is in nanoseconds since 1970.
  public func take(
    upTo head: String, now: Int64, _ hand: (_ taker: PastTaker) throws -> Void
  ) throws {
    let lock = try VaultLock.take(
      in: path + ".writing", command: "notes, reading the history", now: now, patience: 30_000)
    do {
      try lock.held { if try self.head() != head { try fill(upTo: head, hand) } }
    } catch let error as DatabaseError {
      throw IndexError(error, path: path)
    }
  }

  private func fill(upTo head: String, _ hand: (_ taker: PastTaker) throws -> Void) throws {
    try queue.writeWithoutTransaction { db in
      let taker = try PastTaker(db, language: vault.settings.language)
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 32000")
      try db.inTransaction(.immediate) {
        try hand(taker)
        try taker.finish(head)
        return .commit
      }
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 1000")
      if taker.taken > 1_000 { try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }
  }
}

/// Writes snapshots into the history's index.
public final class PastTaker {
  private let db: Database
  private let language: String
  private var vocabulary: VocabularyIntake
  private var paths: [NotePath: Int64] = [:]
  /// The last snapshot in the order of all, with its place; `nil` where there is none.
  private var last: (order: SnapshotOrder, place: Int64)?
  /// Whether one came in that belongs before others.
  private var isOutOfOrder = false
  /// Which came from which; read once it is asked for.
  private var ancestry: Ancestry?
  /// How many snapshots were taken in.
  public private(set) var taken = 0

  init(_ db: Database, language: String) throws {
    self.db = db
    self.language = language
    vocabulary = VocabularyIntake(language: language)
    last = try Row.fetchOne(
      db, sql: "SELECT latest, generation, name, place FROM snapshot ORDER BY place DESC LIMIT 1"
    ).map { row in
      (SnapshotOrder(latest: row[0], generation: row[1], name: row[2]), row[3])
    }
  }

  /// The snapshot up to which the index was whole; `nil` for an empty one.
  public func head() throws -> String? { try PastIndex.head(db) }

  /// Takes out snapshots that are in the history no more: of a branch that was left, say, or that
  /// were put together to one.
  ///
  /// Their passages' words stay in the full text, where no row leads to them.
  public func remove(_ names: [String]) throws {
    if names.isEmpty { return }
    try db.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS left_snapshot (id INTEGER PRIMARY KEY)")
    try db.execute(sql: "DELETE FROM left_snapshot")
    let adding = try db.cachedStatement(
      sql: "INSERT INTO left_snapshot SELECT id FROM snapshot WHERE name = ?")
    for name in names { try adding.execute(arguments: [name]) }
    let changes = "SELECT id FROM change WHERE snapshot IN (SELECT id FROM left_snapshot)"
    for table in ["gone", "came"] {
      try db.execute(sql: "DELETE FROM \(table) WHERE change IN (\(changes))")
    }
    try db.execute(
      sql: """
        DELETE FROM change WHERE snapshot IN (SELECT id FROM left_snapshot);
        DELETE FROM parent WHERE snapshot IN (SELECT id FROM left_snapshot);
        DELETE FROM snapshot WHERE id IN (SELECT id FROM left_snapshot);
        """)
  }

  /// Whether a snapshot was taken in.
  public func knows(_ name: String) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM snapshot WHERE name = ?)"),
      arguments: [name]) ?? false
  }

  /// Whether a change replaced a text of a path.
  public func isReplaced(_ path: NotePath, _ blob: String) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT EXISTS (
            SELECT 1 FROM change JOIN path ON path.id = coalesce(change.was, change.path)
            WHERE change.old = ? AND path.text = ?)
          """), arguments: [blob, path.text]) ?? false
  }

  /// Takes in a snapshot; the changes of one that is known are added to it.
  public func take(_ commit: PastCommit) throws {
    let known = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM snapshot WHERE name = ?"), arguments: [commit.name])
    let (snapshot, parents) = try known.map { ($0, []) } ?? insert(commit)
    for change in commit.changes { try insert(change, snapshot, parents) }
    taken += 1
  }

  func finish(_ head: String) throws {
    if isOutOfOrder { try setInOrder() }
    let set = "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)"
    try db.execute(sql: set, arguments: ["head", head])
    try db.execute(sql: set, arguments: [State.settings.rawValue, language])
  }

  /// Gives each snapshot its place anew: a merge brought some that are older than what was here.
  private func setInOrder() throws {
    try db.execute(
      sql: """
        UPDATE snapshot SET place = ordered.place
        FROM (
          SELECT id, row_number() OVER (ORDER BY latest, generation, name) AS place FROM snapshot
        ) AS ordered
        WHERE ordered.id = snapshot.id AND ordered.place <> snapshot.place
        """)
  }

  /// Adds a snapshot; its row and those of its parents, `nil` for one that is not there.
  private func insert(_ commit: PastCommit) throws -> (row: Int64, parents: [Int64?]) {
    var order = SnapshotOrder(latest: commit.seconds, generation: 0, name: commit.name)
    let parents: [Int64?] = try commit.parents.map { name in
      let parent = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT id, latest, generation FROM snapshot WHERE name = ?"),
        arguments: [name])
      guard let parent else { return nil }
      order.latest = max(order.latest, parent[1])
      order.generation = max(order.generation, 1 + parent[2])
      return parent[0]
    }
    let place = (last?.place ?? 0) + 1
    if let last, order < last.order { isOutOfOrder = true } else { last = (order, place) }
    try db.cachedStatement(
      sql: """
        INSERT INTO snapshot (name, seconds, latest, generation, place, author, message)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      commit.name, commit.seconds, order.latest, order.generation, place,
      storable(commit.author), storable(commit.message),
    ])
    let snapshot = db.lastInsertedRowID
    for parent in parents {
      guard let parent else { continue }
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO parent VALUES (?, ?)")
        .execute(arguments: [snapshot, parent])
      ancestry?.add(parent, of: snapshot)
    }
    return (snapshot, parents)
  }

  private func insert(_ change: PastChange, _ snapshot: Int64, _ parents: [Int64?]) throws {
    let side = change.side < parents.count ? parents[change.side] : nil
    try db.cachedStatement(
      sql: """
        INSERT INTO change (snapshot, path, side, was, old, new, is_left_out)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      snapshot, try id(of: change.path), side, try change.was.map(id), change.old, change.new,
      change.isLeftOut,
    ])
    let row = db.lastInsertedRowID
    for hash in change.came {
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO came (hash, change) VALUES (?, ?)")
        .execute(arguments: [Int64(bitPattern: hash), row])
    }
    for passage in change.gone {
      if passage.mayBeTold, try isGone(passage, from: change.path, before: snapshot) { continue }
      let words = PassageWords(passage.bytes)
      let text = try insertText(db, words.columns)
      try db.cachedStatement(
        sql: "INSERT INTO gone (id, change, hash, start, length) VALUES (?, ?, ?, ?, ?)"
      ).execute(arguments: [
        text, row, Int64(bitPattern: passage.hash), passage.range.lowerBound, passage.range.count,
      ])
      try Vocabulary.add(db, vocabulary.new(words.words))
    }
  }

  /// Whether a snapshot that led to one took a passage out of a note; what was taken in besides, from
  /// other branches, is as it happens to be.
  private func isGone(
    _ passage: PastPassage, from path: NotePath, before snapshot: Int64
  ) throws -> Bool {
    let takers = try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT change.snapshot FROM gone JOIN change ON change.id = gone.change
          WHERE gone.hash = ? AND change.path = ?
          """), arguments: [Int64(bitPattern: passage.hash), try id(of: path)])
    if takers.isEmpty { return false }
    let ancestry = try self.ancestry ?? Ancestry(db)
    self.ancestry = ancestry
    return takers.contains { $0 != snapshot && ancestry.leads($0, to: snapshot) }
  }

  private func id(of path: NotePath) throws -> Int64 {
    if let known = paths[path] { return known }
    let found = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM path WHERE text = ?"), arguments: [path.text])
    if let found {
      paths[path] = found
      return found
    }
    try db.cachedStatement(sql: "INSERT INTO path (text) VALUES (?)").execute(arguments: [path.text]
    )
    paths[path] = db.lastInsertedRowID
    return db.lastInsertedRowID
  }
}

@available(*, unavailable)
extension PastTaker: Sendable {}
