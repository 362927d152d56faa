internal import GRDB
internal import Vault

/// A note to read.
struct Work: Sendable {
  let path: NotePath
  /// The hash of what the index knows of it; `nil` where it knows nothing.
  let knownHash: Int64?
}

/// What there is to do to bring the index up to date.
struct Plan {
  /// The notes to read.
  var works: [Work] = []
  /// The notes that are gone.
  var gone: [NotePath] = []
  /// The folders as they will be known.
  var folders: [(path: String, fingerprint: Fingerprint)] = []
  /// The folders that are gone.
  var vanishedFolders: [String] = []
  /// What is no file of ours.
  var skipped: [RefreshReport.Skipped] = []
  /// Whether all links are to be resolved anew.
  var isIncomplete = false

  /// Compares the folders that changed with what is stored, note by note.
  init(_ db: Database, _ look: Look, known: Known, vault: Vault) throws {
    skipped = look.skipped
    isIncomplete = !known.isComplete
    vanishedFolders = look.vanished
    works = look.suspects.map { Work(path: $0.path, knownHash: $0.hash) }
    for listing in look.changed {
      folders.append((listing.path, listing.fingerprint))
      var stored = try Self.stored(db, in: listing.path)
      for file in listing.files where file.isNote {
        let path = listing.path(of: file)
        if vault.settings.ignored.contains(where: { $0.matches(path.text) }) { continue }
        let note = stored.removeValue(forKey: path)
        if let note, note.stamp == file.stamp, !note.isRacy { continue }
        works.append(Work(path: path, knownHash: note?.hash))
      }
      gone += stored.keys
    }
    for folder in look.vanished { gone += try Self.stored(db, in: folder).keys }
    gone.sort()
    // A walk has no order, and two indexes of the same files should be the same.
    works.sort { $0.path < $1.path }
  }

  /// Reads the named notes, whatever is stored of them.
  init(_ db: Database, reading paths: [NotePath], vault: Vault) throws {
    isIncomplete = try State.value(db, .isComplete) != "yes"
    for path in Set(paths).sorted() {
      let hash = try Int64.fetchOne(
        db, sql: "SELECT hash FROM note WHERE path = ?", arguments: [path.text])
      works.append(Work(path: path, knownHash: hash))
    }
    // So the next refresh compares the folder's notes one by one.
    for folder in Set(paths.map { ExactText($0.folder) }) {
      folders.append((folder.text, .unknown))
    }
  }

  private struct Stored {
    let stamp: FileStamp
    let hash: Int64
    let isRacy: Bool
  }

  private static func stored(_ db: Database, in folder: String) throws -> [NotePath: Stored] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT path, size, modified, changed, inode, hash, is_racy
          FROM note
          WHERE folder = ?
          """), arguments: [folder])
    var stored: [NotePath: Stored] = [:]
    while let row = try rows.next() {
      stored[try NotePath(row[0])] = Stored(
        stamp: FileStamp(row, from: 1), hash: row[5], isRacy: row[6])
    }
    return stored
  }
}

extension FileStamp {
  /// A note's stamp, of a row that has its size, its two times and its inode from a column on.
  init(_ row: Row, from first: Int) {
    self.init(
      size: row[first], modified: row[first + 1], changed: row[first + 2],
      inode: UInt64(bitPattern: row[first + 3]))
  }
}
