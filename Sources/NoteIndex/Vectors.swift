internal import Foundation
internal import GRDB
internal import Markup
public import Vault

extension NoteIndex {
  /// A note for which a vector is wanted.
  public struct WantsVector: Sendable {
    /// Where it stands.
    public let path: NotePath
    /// What it holds, as the vectors are kept by.
    public let hash: Int64
  }

  /// The command that made the vectors, and how many numbers each has; `nil` where there are none.
  public func vectorOrigin() throws(IndexError) -> (command: String, dimensions: Int)? {
    try read { db in
      guard let size = try Int.fetchOne(db, sql: "SELECT length(bytes) FROM vector LIMIT 1") else {
        return nil
      }
      return (try State.value(db, .vectorCommand) ?? "", size)
    }
  }

  /// Drops the vectors of another command and of texts that no note has any more.
  ///
  /// With `anew`, drops all of them. The answer is how many went.
  @discardableResult
  public func tidyVectors(of command: String, anew: Bool = false) throws(IndexError) -> Int {
    try writeVectors { db in
      let isOther = try State.value(db, .vectorCommand) != command
      if isOther { try State.set(db, .vectorCommand, command) }
      try db.execute(
        sql: isOther || anew
          ? "DELETE FROM vector" : "DELETE FROM vector WHERE hash NOT IN (SELECT hash FROM note)")
      return db.changesCount
    }
  }

  /// The notes without a vector, one of each content, by their paths.
  public func notesWithoutVector() throws(IndexError) -> [WantsVector] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT min(path), hash
          FROM note
          WHERE hash NOT IN (SELECT hash FROM vector)
            AND id NOT IN (SELECT note FROM problem WHERE kind = 'oversize')
          GROUP BY hash
          ORDER BY 1
          """)
      return try rows.map { WantsVector(path: try NotePath($0[0]), hash: $0[1]) }
    }
  }

  /// What a note's vector is to be made of: its title and its text, at most 8,000 bytes.
  ///
  /// `nil` for one that holds something else by now.
  public func text(for note: WantsVector) -> String? {
    let limit = vault.settings.largestNote
    guard let file = try? vault.files.read(note.path, limit: limit),
      ContentHash.of(file.bytes) == note.hash
    else { return nil }
    let document = Document(bytes: file.bytes)
    let text = Array((document.title ?? note.path.stem).utf8) + [0x0A, 0x0A]
    return cutAtWord(text + document.bytes[document.body], 8_000)
  }

  /// Keeps vectors, each as one byte a number.
  public func store(_ vectors: [(hash: Int64, vector: [Float])]) throws(IndexError) {
    if vectors.isEmpty { return }
    try writeVectors { db in
      for (hash, vector) in vectors {
        try db.cachedStatement(
          sql: "INSERT OR REPLACE INTO vector (hash, dimensions, bytes) VALUES (?, ?, ?)"
        ).execute(arguments: [hash, vector.count, Data(packed(vector))])
      }
    }
  }

  private func writeVectors<Answer>(_ change: (Database) throws -> Answer) throws(IndexError)
    -> Answer
  {
    let now = timeOfLastLook
    return try write(now: now) { queue in
      let lock = try writingLock(now: now)
      return try lock.held { () -> Answer in try queue.write(change) }
    }
  }

  /// All vectors, to be put into an index that is made anew.
  func keptVectors() throws(IndexError) -> (command: String, rows: [Row]) {
    try read { db in
      (
        try State.value(db, .vectorCommand) ?? "",
        try Row.fetchAll(db, sql: "SELECT hash, dimensions, bytes FROM vector")
      )
    }
  }

  /// Puts vectors back.
  func putBack(_ kept: (command: String, rows: [Row])) throws(IndexError) {
    if kept.rows.isEmpty { return }
    try writeVectors { db in
      try State.set(db, .vectorCommand, kept.command)
      for row in kept.rows {
        try db.execute(
          sql: "INSERT OR REPLACE INTO vector (hash, dimensions, bytes) VALUES (?, ?, ?)",
          arguments: StatementArguments(row.databaseValues))
      }
    }
  }
}

/// The beginning of a text, cut at a blank where it is too long.
private func cutAtWord(_ bytes: [UInt8], _ limit: Int) -> String {
  guard bytes.count > limit else { return String(decoding: bytes, as: UTF8.self) }
  var end = limit
  while end > limit / 2, bytes[end] > 0x20 { end -= 1 }
  // Text without blanks is cut between two characters.
  if bytes[end] > 0x20 {
    end = limit
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
  }
  return String(decoding: bytes[..<end], as: UTF8.self)
}

/// A vector with each number as a signed byte, of which the largest is 127: only the direction is
/// kept, since only that is compared.
private func packed(_ vector: [Float]) -> [UInt8] {
  let largest = vector.reduce(0) { max($0, abs($1)) }
  guard largest > 0 else { return [UInt8](repeating: 0, count: vector.count) }
  return vector.map { UInt8(bitPattern: Int8(($0 / largest * 127).rounded())) }
}
