internal import GRDB
internal import Vault

/// What the index knows of the vault's folders.
struct Known: Equatable {
  /// A note whose file could have been rewritten under the stamp that is stored.
  struct Racy: Equatable {
    let path: NotePath
    let hash: Int64
  }

  /// The folders as last looked at.
  let folders: [ExactText: Fingerprint]
  /// The notes to look into although their stamps are the same.
  let racy: [Racy]
  /// Whether every link has been resolved: not so after a first filling that was interrupted.
  let isComplete: Bool
  /// Whether the notes were read by the settings as they are now.
  let isBySettings: Bool

  init(_ db: Database, settings: Settings) throws {
    var folders: [ExactText: Fingerprint] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT path, low, high FROM folder")
    while let row = try rows.next() {
      folders[ExactText(row[0])] = Fingerprint(
        low: UInt64(bitPattern: row[1]), high: UInt64(bitPattern: row[2]))
    }
    racy = try Row.fetchAll(db, sql: "SELECT path, hash FROM note WHERE is_racy").map {
      Racy(path: try NotePath($0[0]), hash: $0[1])
    }
    isComplete = try State.value(db, .isComplete) == "yes"
    isBySettings = try State.value(db, .settings) == State.describe(settings)
    self.folders = folders
  }
}

/// What the index keeps of itself.
enum State: String {
  /// `yes` once the first filling is done and every link is resolved.
  case isComplete
  /// The settings by which the notes were read.
  case settings
  /// The command that made the vectors.
  case vectorCommand
  /// The snapshot at which the vault stood as an index of the past knows it, once that is whole.
  case snapshot
  /// Another one whenever a note has changed, so that connections can tell that they know the same.
  case generation

  static func value(_ db: Database, _ key: State) throws -> String? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT value FROM state WHERE key = ?"), arguments: [key.rawValue])
  }

  static func set(_ db: Database, _ key: State, _ value: String) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)",
      arguments: [key.rawValue, value])
  }

  /// Notes that something is other than it was.
  static func beginGeneration(_ db: Database) throws {
    // By chance: an index that is made anew comes to no number that another had.
    try set(db, .generation, String(UInt64.random(in: 0 ... .max), radix: 36))
  }

  /// The settings that decide what is read from a note.
  static func describe(_ settings: Settings) -> String {
    "posts: \(settings.postsFolder), language: \(settings.language), largest: \(settings.largestNote), ignored: \(settings.ignored)"
  }
}

/// What a look over the vault's folders found to be other than known.
struct Look {
  /// The folders with other names or stamps.
  private(set) var changed: [FolderListing] = []
  /// The folders that are gone.
  private(set) var vanished: [String] = []
  /// The racy notes, of folders that look the same, that are to be read again.
  private(set) var suspects: [Known.Racy] = []
  /// What is no file of ours.
  private(set) var skipped: [RefreshReport.Skipped] = []
  private let isComplete: Bool

  /// Whether there is nothing to write.
  var isUnchanged: Bool {
    isComplete && changed.isEmpty && vanished.isEmpty && suspects.isEmpty
  }

  /// Looks at every folder, or at those that are named.
  init(
    at vault: Vault, against known: Known, now: Int64, folders: Set<ExactText>? = nil
  ) throws {
    isComplete = known.isComplete
    if let folders, known.isComplete, known.isBySettings {
      try look(at: folders, in: vault, against: known, now: now)
      return
    }
    var missing = known.folders
    var changed: [FolderListing] = []
    var skipped: [RefreshReport.Skipped] = []
    var unreadable: [String] = []
    try Walk(root: vault.root).eachFolder { listing in
      skipped += try Self.skipped(of: listing, in: vault)
      if listing.failure != nil {
        unreadable.append(listing.path)
        return
      }
      let stored = missing.removeValue(forKey: ExactText(listing.path))
      if stored != listing.fingerprint { changed.append(listing) }
    }
    // What was in it may be there still.
    for folder in unreadable {
      missing = missing.filter { !Self.isAt(folder, orBelow: $0.key.text) }
    }
    self.changed = changed
    self.skipped = skipped.sorted { $0.path < $1.path }
    vanished = missing.keys.map(\.text)
    let open = Set(changed.map { ExactText($0.path) } + missing.keys)
    suspects = known.racy.filter { note in
      !open.contains(ExactText(note.path.folder)) && Self.isSuspect(note, in: vault, now: now)
    }
  }

  /// Looks at some folders, and at none below them.
  private mutating func look(
    at folders: Set<ExactText>, in vault: Vault, against known: Known, now: Int64
  ) throws {
    let walk = Walk(root: vault.root)
    var gone: Set<ExactText> = []
    for folder in folders.map(\.text).sorted() {
      let found = try walk.folder(folder)
      if let listing = found?.listing {
        skipped += try Self.skipped(of: listing, in: vault)
        if listing.failure != nil { continue }
        if known.folders[ExactText(folder)] != listing.fingerprint { changed.append(listing) }
      }
      if found?.isReadable == true { continue }
      let start = Array((folder.isEmpty ? "" : folder + "/").utf8)
      let below = known.folders.keys.filter { path in
        path != ExactText(folder) && path.text.utf8.starts(with: start)
      }
      gone.formUnion(below)
      if found == nil, known.folders[ExactText(folder)] != nil { gone.insert(ExactText(folder)) }
    }
    changed.removeAll { gone.contains(ExactText($0.path)) }
    vanished = gone.map(\.text).sorted()
    let open = gone.union(changed.map { ExactText($0.path) })
    suspects = known.racy.filter { note in
      let folder = ExactText(note.path.folder)
      return folders.contains(folder) && !open.contains(folder)
        && Self.isSuspect(note, in: vault, now: now)
    }
  }

  /// What a folder has that is not read; of one that cannot be listed, the folder.
  ///
  /// - Throws: `VaultError` where none can be, whatever is in it.
  private static func skipped(
    of listing: FolderListing, in vault: Vault
  ) throws -> [RefreshReport.Skipped] {
    if let number = listing.failure, isOfTheProcess(number) {
      throw VaultError.system(
        operation: "read", path: listing.path.isEmpty ? vault.root : listing.path, errno: number)
    }
    return listing.skipped.map {
      .init(path: $0.path, why: $0.why, isUnreadable: $0.isUnread)
    }
  }

  private static func isAt(_ folder: String, orBelow path: String) -> Bool {
    let (folder, path) = (Array(folder.utf8), path.utf8)
    return folder.isEmpty || path.elementsEqual(folder)
      || path.starts(with: folder + [UInt8(ascii: "/")])
  }

  /// Whether a racy note holds something else, or has grown old enough to be trusted.
  private static func isSuspect(_ note: Known.Racy, in vault: Vault, now: Int64) -> Bool {
    // A file that cannot be read is for the refresh to report.
    guard let file = try? vault.files.read(note.path, limit: vault.settings.largestNote) else {
      return true
    }
    return !file.stamp.isRacy(at: now) || ContentHash.of(file.bytes) != note.hash
  }
}
