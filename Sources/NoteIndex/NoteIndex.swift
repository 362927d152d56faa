internal import GRDB
internal import Synchronization
public import Vault

/// The index of a vault: what makes its notes findable at once, always rebuildable from them.
///
/// ```swift
/// let index = try NoteIndex(of: vault, cacheFolder: session.cacheFolder)
/// try index.refresh(now: session.clock())
/// let notes = try index.list(Filter(tags: ["physics"]))
/// ```
///
/// A file that turns out to be damaged, when opened or at any later question, is moved aside as
/// `index.sqlite.damaged` and made anew from the notes; the question is asked once more.
public final class NoteIndex: Sendable {
  /// The vault.
  public let vault: Vault
  /// The file that holds the index.
  public let path: String
  /// Whether it stands in the cache folder: the vault cannot be written, or a newer `notes` keeps
  /// an index in it.
  public let isInCache: Bool
  /// Whether the disk is too full for an index in its place, so that this one is elsewhere for now.
  public let hasNoRoom: Bool
  /// Whether it is in no file: there is room for one nowhere.
  public let isInMemory: Bool

  /// Whether it is of the vault as it once stood, and so cannot be filled from the files.
  let isOfThePast: Bool

  private let connection: Mutex<Connection>
  /// What other indexes of the vault know as well.
  private let shared = Mutex<SharedKnowledge?>(nil)
  /// When the vault was last looked at.
  private let lastLook = Mutex<Int64>(0)

  /// Opens the index of a vault, and makes an empty one where there is none.
  ///
  /// In `cacheFolder` is kept what cannot be kept in the vault's own folder. Where both are on a full disk,
  /// the index is made in memory.
  public init(of vault: Vault, cacheFolder: String?) throws(IndexError) {
    self.vault = vault
    isOfThePast = false
    var hasNoRoom = false
    let own = vault.stateFolder + "/index.sqlite"
    let cached = cacheFolder.map { $0 + "/" + cacheName("index", vault.root, Schema.version) }
    var opened: (connection: Connection, path: String)?
    if canWrite(in: vault.stateFolder, own) {
      do { opened = try Self.open(own, &hasNoRoom) } catch {
        guard case .newerSchema = error, cached != nil else { throw error }
      }
    }
    if opened == nil, let cacheFolder, let cached, canWrite(in: cacheFolder, cached) {
      opened = try Self.open(cached, &hasNoRoom)
    }
    guard opened != nil || hasNoRoom else { throw .readOnly(path: own) }
    let (connection, path) = if let opened { opened } else { (try Connection.inMemory(), own) }
    self.connection = Mutex(connection)
    self.path = path
    isInCache = path != own
    isInMemory = opened == nil
    self.hasNoRoom = hasNoRoom
  }

  /// Opens an index; `nil` where its disk is full.
  private static func open(
    _ path: String, _ hasNoRoom: inout Bool
  ) throws(IndexError) -> (connection: Connection, path: String)? {
    do { return (try Connection.open(path), path) } catch {
      guard case .fullDisk = error else { throw error }
      hasNoRoom = true
      return nil
    }
  }

  /// Opens the index at `path` of a vault as it once stood.
  init(ofThePast vault: Vault, at path: String, isInCache: Bool) throws(IndexError) {
    self.vault = vault
    self.path = path
    self.isInCache = isInCache
    isOfThePast = true
    hasNoRoom = false
    isInMemory = false
    connection = Mutex(try Connection.open(path))
  }

  /// The time before the last look, for what is read again on the way to an answer.
  var timeOfLastLook: Int64 { lastLook.withLock(\.self) }

  /// Notes that the vault is known as it is at this moment, without a look.
  func noteLook(_ now: Int64) { lastLook.withLock { $0 = now } }

  /// Which file is open, whatever has its name by now.
  var openIdentity: UInt64? { connection.withLock(\.identity) }

  /// The connection as it is, for who looks for damage.
  var openQueue: DatabaseQueue { connection.withLock(\.queue) }

  // MARK: Asking

  /// Asks the index; a damaged one is made anew first.
  func read<Answer>(_ question: (Database) throws -> Answer) throws(IndexError) -> Answer {
    try read { db, _ in try question(db) }
  }

  /// The same for a question that gathers postings.
  func read<Answer>(
    _ question: (Database, PostingCollector) throws -> Answer
  ) throws(IndexError) -> Answer {
    let open = connection.withLock(\.self)
    do {
      return try ask(open, question)
    } catch {
      let failure = IndexError(error, path: path)
      guard case .damaged = failure else { throw failure }
    }
    try makeAnew(instead: open.queue)
    if isOfThePast { throw .damaged("an index of the past is made anew with the next question") }
    try refresh(now: timeOfLastLook)
    let anew = connection.withLock(\.self)
    do {
      return try ask(anew, question)
    } catch {
      throw IndexError(error, path: path)
    }
  }

  private func ask<Answer>(
    _ connection: Connection, _ question: (Database, PostingCollector) throws -> Answer
  ) throws -> Answer {
    let shared = shared.withLock(\.self)
    return try connection.queue.read { db in
      connection.collector.knowledge.shared = shared
      return try question(db, connection.collector)
    }
  }

  /// The texts that passages were shown of last; `nil` where nothing is shared.
  var knownTexts: KnownTexts? { shared.withLock { $0?.texts } }

  /// From now on knows of the notes what other indexes of the same vault do that share it.
  public func share(_ knowledge: SharedKnowledge) { shared.withLock { $0 = knowledge } }

  /// Writes to the index; a damaged one is made anew, and the writing begins again.
  func write<Answer>(
    now: Int64, _ change: (DatabaseQueue) throws -> Answer
  ) throws(IndexError) -> Answer {
    lastLook.withLock { $0 = now }
    let queue = openQueue
    do {
      return try change(queue)
    } catch {
      let failure = IndexError(error, path: path)
      guard case .damaged = failure else { throw failure }
    }
    try makeAnew(instead: queue)
    if isOfThePast { throw .damaged("an index of the past is made anew with the next question") }
    do {
      return try change(openQueue)
    } catch {
      throw IndexError(error, path: path)
    }
  }

  /// Throws the index away and fills a new one.
  ///
  /// Vectors that can be read are kept: to make them again could take hours. `now` is the time before
  /// the look, in nanoseconds since 1970.
  @discardableResult
  public func rebuild(now: Int64) throws(IndexError) -> RefreshReport {
    // An index that cannot be read is what a rebuild is for.
    let vectors = try? keptVectors()
    try makeAnew(instead: openQueue)
    remove(path + ".damaged")
    let report = try refresh(now: now)
    if let vectors { try putBack(vectors) }
    return report
  }

  private func makeAnew(instead queue: DatabaseQueue) throws(IndexError) {
    let old = connection.withLock { $0 }
    if isInMemory { throw .damaged("an index in memory") }
    // Somebody else in this process may have been faster.
    guard old.queue === queue else { return }
    // A connection to a damaged file that does not close is left to the end of the process.
    try? queue.close()
    Connection.moveAside(path, identity: old.identity)
    let new = try Connection.open(path)
    connection.withLock { $0 = new }
  }
}

/// A name in the cache folder that no other vault and no other version has.
func cacheName(_ kind: String, _ root: String, _ version: Int) -> String {
  let hash = String(UInt64(bitPattern: ContentHash.of(Array(root.utf8))), radix: 16)
  return "\(kind)-\(hash)-v\(version).sqlite"
}
