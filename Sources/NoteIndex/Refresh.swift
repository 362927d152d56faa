internal import GRDB
public import Vault

/// What a refresh found and did.
public struct RefreshReport: Sendable, Equatable {
  /// Notes that are new, a renamed one among them under its new path.
  public var added: [NotePath] = []
  /// Notes that hold something else than before.
  public var changed: [NotePath] = []
  /// Notes that are gone, a renamed one among them under its old path.
  public var removed: [NotePath] = []
  /// What could not be read, or not whole, and why.
  public var skipped: [Skipped] = []

  /// Something that was not taken in, or not whole.
  public struct Skipped: Sendable, Hashable {
    /// Where it is.
    public let path: String
    /// Why, such as `symbolic link`.
    public let why: String
    /// Whether it is a note, or a folder that may have some, which the system did not let us read.
    public let isUnreadable: Bool

    /// Something that was not taken in.
    init(path: String, why: String, isUnreadable: Bool = false) {
      self.path = path
      self.why = why
      self.isUnreadable = isUnreadable
    }
  }

  /// Whether the index holds the same notes as before.
  public var isUnchanged: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
}

extension NoteIndex {
  /// Brings the index up to date with the files.
  ///
  /// Every folder is listed; a folder whose names and stamps are those of the last time is left at
  /// that. Of the others the notes with another stamp are read, and those with other bytes are
  /// taken in. When nothing changed, nothing is written. What is there and cannot be read stays as it was
  /// known, and is told of; where the process itself has no more files to open, the refresh fails.
  ///
  /// `now` is the time before the look, in nanoseconds since 1970. During long work `progress` is
  /// called now and then with the number of notes read, and of all.
  @discardableResult
  public func refresh(
    now: Int64, progress: ((_ done: Int, _ all: Int) -> Void)? = nil
  ) throws(IndexError) -> RefreshReport {
    try refresh(now: now, folders: nil, progress: progress)
  }

  /// The same with a look at some folders only, by whoever knows that all others are as they were.
  func refresh(
    now: Int64, folders: Set<ExactText>?, progress: ((_ done: Int, _ all: Int) -> Void)? = nil
  ) throws(IndexError) -> RefreshReport {
    try write(now: now) { queue in
      var known = try queue.read { try Known($0, settings: vault.settings) }
      var look = try Look(at: vault, against: known, now: now, folders: folders)
      if look.isUnchanged, known.isBySettings { return RefreshReport(skipped: look.skipped) }
      return try whileWriting(now: now) {
        // While we waited for the lock, its holder may have done our work.
        try adoptSettings(queue)
        let fresh = try queue.read { try Known($0, settings: vault.settings) }
        if fresh != known {
          known = fresh
          look = try Look(at: vault, against: known, now: now, folders: folders)
        }
        if look.isUnchanged { return RefreshReport(skipped: look.skipped) }
        let plan = try queue.read { try Plan($0, look, known: known, vault: vault) }
        return try carryOut(plan, on: queue, now: now, progress: progress)
      }
    }
  }

  /// Takes in changes that are known, without a look at the rest of the vault.
  ///
  /// Paths that are no notes are passed over. The folders concerned are listed again at the next
  /// refresh, since more may have changed in them.
  @discardableResult
  public func apply(_ changes: [VaultChange], now: Int64) throws(IndexError) -> RefreshReport {
    let notes = changes.map(\.path).filter(vault.isNote)
    if notes.isEmpty { return RefreshReport() }
    return try write(now: now) { queue in
      try whileWriting(now: now) {
        let plan = try queue.read { try Plan($0, reading: notes, vault: vault) }
        return try carryOut(plan, on: queue, now: now, progress: nil)
      }
    }
  }

  /// The lock that whoever writes the index holds, from the last look to the last transaction.
  func writingLock(now: Int64) throws(VaultError) -> VaultLock {
    try VaultLock.take(
      in: path + ".writing", command: "notes, updating the index", now: now, patience: 30_000)
  }

  /// Runs `body` while nobody else writes the index; to one that is in memory nobody else can.
  private func whileWriting<Answer>(now: Int64, _ body: () throws -> Answer) throws -> Answer {
    if isInMemory { return try body() }
    let lock = try writingLock(now: now)
    return try lock.held(body)
  }

  /// Forgets the stamps and hashes of notes that were read by other settings, so that each is read
  /// again, and how their folders looked, but not which there are: one that is gone is missed.
  private func adoptSettings(_ queue: DatabaseQueue) throws {
    let settings = State.describe(vault.settings)
    try queue.write { db in
      guard try State.value(db, .settings) != settings else { return }
      try State.set(db, .settings, settings)
      try State.set(db, .isComplete, "no")
      try db.execute(sql: "UPDATE note SET size = -1, hash = 0")
      let unknown = Fingerprint.unknown
      let numbers = [Int64(bitPattern: unknown.low), Int64(bitPattern: unknown.high)]
      try db.execute(
        sql: "UPDATE folder SET low = ?, high = ?", arguments: StatementArguments(numbers))
    }
  }

  private func carryOut(
    _ plan: Plan, on queue: DatabaseQueue, now: Int64,
    progress: ((_ done: Int, _ all: Int) -> Void)?
  ) throws -> RefreshReport {
    try queue.writeWithoutTransaction { db in
      var filling = Filling(db, plan, settings: vault.settings)
      let intake = Intake(plan.works, vault: vault, now: now)
      defer { intake.stop() }
      if filling.isBulk {
        // The log is taken into the file less often: a fifth less time for 100,000 notes.
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 32000")
        try filling.begin()
      }
      var hasMore = true
      while hasMore {
        try db.inTransaction(.immediate) {
          hasMore = try filling.takeBatch(from: intake)
          if !hasMore { try filling.finish() }
          return .commit
        }
        progress?(filling.done, plan.works.count)
      }
      if try filling.hasTooManyAbandonedTexts() {
        try fillTextAnew(db, now: now)
      }
      // Else the next to open the index would go through a log of its whole size.
      if filling.isBulk {
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 1000; PRAGMA wal_checkpoint(TRUNCATE)")
      }
      filling.report.skipped = plan.skipped + filling.report.skipped
      return filling.report
    }
  }

  /// Fills the full text anew from the files, in one step for whoever reads meanwhile.
  private func fillTextAnew(_ db: Database, now: Int64) throws {
    let paths = try String.fetchAll(db, sql: "SELECT path FROM note ORDER BY id")
    let works = try paths.map { Work(path: try NotePath($0), knownHash: nil) }
    let intake = Intake(works, vault: vault, now: now)
    defer { intake.stop() }
    try db.inTransaction(.immediate) {
      try db.execute(sql: "INSERT INTO fulltext (fulltext) VALUES ('delete-all')")
      try db.execute(sql: "INSERT INTO address (address) VALUES ('delete-all')")
      try db.execute(sql: "DELETE FROM profile")
      try db.execute(sql: "DELETE FROM word")
      var profiles = ProfileWriter()
      while let finished = intake.next() {
        var rows: NoteRows?
        if case .read(let found) = finished.outcome { rows = found }
        if case .failed(let error) = finished.outcome { throw error }
        let id = try Int64.fetchOne(
          db.cachedStatement(sql: "SELECT id FROM note WHERE path = ?"),
          arguments: [finished.path.text])
        guard let id else { continue }
        // One that cannot be read is found by nothing until the next look.
        let text =
          try rows.map { try insertWords(db, of: $0) }
          ?? insertText(db, ["", "", "", "", "", ""])
        try Vocabulary.add(db, rows?.newWords ?? [])
        try profiles.set(
          db, row: text, (rows?.profile ?? .none).of(id), sketch: rows?.sketch)
        try db.cachedStatement(sql: "UPDATE note SET text_id = ? WHERE id = ?")
          .execute(arguments: [text, id])
      }
      try profiles.flush(db)
      return .commit
    }
  }
}
