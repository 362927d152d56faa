internal import Foundation
internal import GRDB
public import Vault

extension NoteIndex {
  /// A note's text as it once was, and the time of its last change then, in seconds since 1970.
  public typealias TextThen = (bytes: [UInt8], modified: Int64)

  /// The index of the vault as it stood at a snapshot.
  ///
  /// It begins as a copy of this one, into which the `differing` notes are taken as they were, so that
  /// it costs what was changed since. It is kept, with those texts, and is there at once the next time;
  /// the last few are. `text` answers `nil` for a note that was not there.
  ///
  /// `now` is in nanoseconds since 1970; this index must be up to date. During long work `progress` is
  /// called.
  public func asOf(
    _ snapshot: String, differing: some Collection<NotePath>, now: Int64, cacheFolder: String?,
    progress: (String) -> Void, text: (NotePath) throws -> TextThen?
  ) throws -> NoteIndex {
    let place = try PastPlace(of: vault, snapshot, cacheFolder: cacheFolder)
    do {
      let lock = try VaultLock.take(
        in: place.folder, command: "notes, reading the past", now: now, patience: 30_000)
      return try lock.held { try openPast(place, differing, now, progress, text) }
    } catch let error as DatabaseError {
      throw IndexError(error, path: place.path)
    }
  }

  private func openPast(
    _ place: PastPlace, _ differing: some Collection<NotePath>, _ now: Int64,
    _ progress: (String) -> Void, _ text: (NotePath) throws -> TextThen?
  ) throws -> NoteIndex {
    if try !place.isComplete() {
      place.discard()
      progress("reading the vault as it stood")
      let copy = try DatabaseQueue(path: place.path)
      try openQueue.backup(to: copy)
      try copy.write { db in try db.execute(sql: PastTexts.table) }
      try copy.close()
    }
    // Reading the notes asks for texts while the index is written, so they have a connection each.
    let texts = try PastTexts(at: place.path)
    try texts.add(differing, text)
    let past = try NoteIndex(
      ofThePast: vault.reading { path throws(VaultError) in try texts.standIn(for: path) },
      at: place.path, isInCache: place.isInCache)
    if try !place.isComplete() {
      try past.apply(differing.map { VaultChange.written($0) }, now: now)
      try past.openQueue.write { db in try State.set(db, .snapshot, place.snapshot) }
      place.removeOlder()
    }
    place.touch()
    return past
  }
}

/// The texts that the notes had which differ now, in a table of the past's index.
private struct PastTexts: Sendable {
  private let queue: DatabaseQueue

  static let table = """
    CREATE TABLE past_text (
      path TEXT PRIMARY KEY NOT NULL,
      -- In seconds since 1970.
      modified INTEGER,
      -- NULL where there was no such note.
      bytes BLOB
    ) STRICT
    """

  init(at path: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    queue = try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Adds the texts that are not there yet.
  func add(
    _ paths: some Collection<NotePath>, _ text: (NotePath) throws -> NoteIndex.TextThen?
  ) throws {
    let known = try queue.read { db in
      try Set(String.fetchAll(db, sql: "SELECT path FROM past_text").map(ExactText.init))
    }
    let missing = paths.filter { !known.contains(ExactText($0.text)) }
    if missing.isEmpty { return }
    try queue.write { db in
      for path in missing {
        let found = try text(path)
        try db.cachedStatement(
          sql: "INSERT INTO past_text (path, modified, bytes) VALUES (?, ?, ?)"
        ).execute(arguments: [path.text, found?.modified, found.map { Data($0.bytes) }])
      }
    }
  }

  func standIn(for path: NotePath) throws(VaultError) -> VaultFiles.StandIn {
    do {
      return try queue.read { db in
        let row = try Row.fetchOne(
          db.cachedStatement(sql: "SELECT modified, bytes FROM past_text WHERE path = ?"),
          arguments: [path.text])
        guard let row else { return .file }
        guard let bytes = row[1] as Data?, let modified = row[0] as Int64? else { return .nothing }
        let stamp = FileStamp(
          size: Int64(bytes.count), modified: modified * 1_000_000_000, changed: 0, inode: 0)
        return .text(Array(bytes), stamp)
      }
    } catch {
      throw .system(operation: "read the past of", path: path.text, errno: EIO)
    }
  }
}

/// Where the index of the vault as it stood at a snapshot is kept.
private struct PastPlace {
  let snapshot: String
  let path: String
  let isInCache: Bool
  let folder: String

  /// How many are kept: who compares goes to and fro between a few.
  private static let kept = 4

  init(of vault: Vault, _ snapshot: String, cacheFolder: String?) throws(IndexError) {
    self.snapshot = snapshot
    // What is read from a note depends on the settings, so those of other settings are others.
    let settings = UInt64(
      bitPattern: ContentHash.of(Array("\(Schema.version) \(State.describe(vault.settings))".utf8)))
    let name = "\(snapshot.prefix(16))-\(String(settings, radix: 16)).sqlite"
    let own = vault.stateFolder + "/past"
    if canWrite(in: own, own + "/" + name) {
      folder = own
      isInCache = false
    } else {
      let cached = cacheFolder.map { $0 + "/" + cacheName("past", vault.root, Schema.version) }
      guard let cached, canWrite(in: cached, cached + "/" + name) else {
        throw .readOnly(path: own)
      }
      folder = cached
      isInCache = true
    }
    path = folder + "/" + name
  }

  /// Whether there is one that was made to its end.
  func isComplete() throws -> Bool {
    guard fileIdentity(path) != nil else { return false }
    do {
      let queue = try DatabaseQueue(path: path)
      return try queue.read { db in try State.value(db, .snapshot) } == snapshot
    } catch is DatabaseError {
      return false
    }
  }

  /// Removes what there is.
  func discard() { Self.discard(path) }

  private static func discard(_ path: String) {
    for end in ["", "-wal", "-shm", ".damaged", ".damaged-wal"] { remove(path + end) }
  }

  /// Notes that it was used.
  func touch() { unsafe utimes(path, nil) }

  /// Removes all but the few that were used last.
  func removeOlder() {
    guard let listing = try? Walk(root: folder, includesHidden: true).folder("") else { return }
    let found = listing.listing.files.map { (listing.listing.name(of: $0), $0.stamp.modified) }
      .filter { $0.0.hasSuffix(".sqlite") && folder + "/" + $0.0 != path }
      .sorted { $0.1 > $1.1 }
    for (name, _) in found.dropFirst(Self.kept - 1) {
      let path = folder + "/" + name
      Self.discard(path)
      remove(path + ".lock")
      remove(path + ".writing/lock")
      unsafe rmdir(path + ".writing")
    }
  }
}
