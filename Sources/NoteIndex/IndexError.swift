internal import GRDB
public import Vault

/// What can go wrong with the index.
public enum IndexError: Error, Sendable, Equatable {
  /// Another process is writing the index, and went on for longer than we wait.
  case busy(holder: String)
  /// Neither the vault's own folder nor the cache folder can be written.
  case readOnly(path: String)
  /// A newer `notes` made the index, and there is no cache folder to make another in.
  case newerSchema(found: Int, known: Int)
  /// The index's file does not hold what it should, even after it was made anew.
  case damaged(String)
  /// The disk is full.
  case fullDisk(path: String)
  /// The vault's folder cannot be read.
  case vault(VaultError)
  /// Anything else, in SQLite's words.
  case other(String)
}

extension IndexError {
  /// What an error of SQLite, of the vault or of ours means for the index at `path`.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as IndexError: self = error
    case VaultError.busy(let holder): self = .busy(holder: holder)
    case VaultError.system(_, let path, let number) where number == noSpace:
      self = .fullDisk(path: path)
    case let error as VaultError: self = .vault(error)
    case let error as DatabaseError: self.init(error, path: path)
    case let error as RowDecodingError: self = .damaged("\(error)")
    default: self = .other("\(error)")
    }
  }

  private init(_ error: DatabaseError, path: String) {
    let words = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(holder: "another notes command")
    // Of the files beside the database SQLite says no more than that they cannot be made.
    case .SQLITE_IOERR where hasNoRoom(for: path): self = .fullDisk(path: path)
    case .SQLITE_CANTOPEN where hasNoRoom(for: path): self = .fullDisk(path: path)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly(path: path)
    case .SQLITE_FULL: self = .fullDisk(path: path)
    // What is asked of SQLite is fixed text with bound values: when it does not fit the tables,
    // or a value breaks a rule of theirs, then the tables are not those that we made.
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH,
      .SQLITE_SCHEMA, .SQLITE_FORMAT:
      self = .damaged(words)
    default: self = .other(words)
    }
  }
}

/// `ENOSPC` of Linux.
private let noSpace: Int32 = 28
