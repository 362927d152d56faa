internal import Dispatch
internal import GRDB
internal import Synchronization
internal import Vault

/// Notes whose files a pattern fits.
struct Scanned: Sendable {
  /// The notes, in the order in which they were looked at.
  var notes: [Int64] = []
  /// How many files were read.
  var read = 0
  /// How many were to be read.
  var candidates = 0
  /// Why the pattern was given up on some of them.
  var failure: Pattern.Failure?

  /// Whether every file was looked at to its end.
  var isComplete: Bool { read == candidates && failure == nil }
}

/// A note that a pattern is to be looked for in.
struct Candidate: Sendable {
  let id: Int64
  let path: NotePath
  let size: Int64
}

extension NoteIndex {
  /// The notes that a pattern fits among those of a condition, by path.
  ///
  /// At most `limit` bytes of files are read, the first ones in the order.
  func scan(
    _ pattern: Pattern, among condition: Condition, limit: Int64 = 256 << 20, _ db: Database
  ) throws -> Scanned {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT note.id, note.path, note.size
        FROM note
        WHERE \(condition.sql)
        ORDER BY note.path
        """, arguments: condition.arguments)
    return scan(
      pattern,
      among: try rows.map { Candidate(id: $0[0], path: try NotePath($0[1]), size: $0[2]) },
      limit: limit)
  }

  /// The notes that a pattern fits, in their order; the files are read on all cores.
  func scan(
    _ pattern: Pattern, among candidates: [Candidate], limit: Int64 = 256 << 20
  ) -> Scanned {
    var room = limit
    let chosen = candidates.prefix { candidate in
      room -= candidate.size
      return room >= 0
    }
    let portions = (chosen.count + portion - 1) / portion
    let found = Mutex(Scanned(read: chosen.count, candidates: candidates.count))
    let places = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: portions) { number in
      let range = number * portion..<min((number + 1) * portion, chosen.count)
      var fitting: [Int] = []
      var failure: Pattern.Failure?
      for place in range {
        if pattern.isSign, (try? pattern.fits(Array(chosen[place].path.text.utf8))) == true {
          fitting.append(place)
          continue
        }
        // A file that has gone, or is too large to be a note, has no text to find anything in.
        guard
          let file = try? vault.files.read(
            chosen[place].path, limit: vault.settings.largestNote)
        else { continue }
        do throws(Pattern.Failure) {
          if try pattern.fits(file.bytes) { fitting.append(place) }
        } catch {
          failure = error
        }
      }
      places.withLock { $0 += fitting }
      if let failure { found.withLock { $0.failure = failure } }
    }
    var scanned = found.withLock { $0 }
    scanned.notes = places.withLock { $0 }.sorted().map { chosen[$0].id }
    return scanned
  }
}

/// How many files are read in one go.
private let portion = 32
