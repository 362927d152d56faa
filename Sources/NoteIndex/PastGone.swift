internal import GRDB
internal import Vault

/// What is gone.
extension PastSearch {
  private struct Going {
    let path: NotePath
    let blob: String
    let range: Range<Int>
    let vanished: KnownSnapshot
  }

  mutating func gone(
    _ expression: String, isStrict: Bool, standing: inout [PastHit]
  ) throws -> [PastHit] {
    let stands = Dictionary(
      standing.indices.map { (standing[$0].hash, $0) }, uniquingKeysWith: { first, _ in first })
    var hits = try goneSinceSave(isStrict: isStrict).filter { stands[$0.hash] == nil }
    var places: [UInt64: Int] = [:]
    for (place, hit) in hits.enumerated() { places[hit.hash] = place }
    // Wordings of one passage become one hit, so that more are looked at than shown.
    let most = joining ? 2 * limit : limit
    for (number, hash) in try gone(matching: expression) {
      let known = places[hash]
      if hits.count >= most, known == nil, stands[hash] == nil {
        isCut = true
        continue
      }
      guard let row = try going(number) else { continue }
      let now = try place(of: row.path, after: row.vanished.row)
      if let path, !Condition.fits(row.path, path), !Condition.fits(now, path) { continue }
      let end = PastEnd(path: row.path, now: now, vanished: row.vanished)
      if let place = stands[hash] {
        standing[place].ends.append(end)
        continue
      }
      if let known {
        hits[known].ends.append(end)
        continue
      }
      guard let bytes = try text(row.blob), row.range.upperBound <= bytes.count else {
        continue
      }
      let passage = Array(bytes[row.range])
      if goneOnly, try whereItStands(hash, passage, now) != nil { continue }
      places[hash] = hits.count
      hits.append(
        PastHit(
          hash, passage, in: row.path, row.blob,
          now: notes.vault.files.isTaken(now) ? now : nil, ends: [end], isStanding: false))
    }
    return hits
  }

  /// Where a note stands that stood at a path after a snapshot, which is named by its row: renames since are
  /// followed, where the side of a merge that they were made on came from the snapshot, and one that is not
  /// saved yet.
  mutating func place(of path: NotePath, after snapshot: Int64) throws -> NotePath {
    let key = "\(snapshot) \(path.text)"
    if let known = nowAt[key] { return known }
    var (now, last) = (path, snapshot)
    while let next = try renaming(of: now, after: last) { (now, last) = next }
    if let moved = unsaved.first(where: { $0.path == now })?.now { now = moved }
    nowAt[key] = now
    return now
  }

  private mutating func renaming(
    of path: NotePath, after snapshot: Int64
  ) throws -> (path: NotePath, snapshot: Int64)? {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT path.text, change.snapshot, change.side
          FROM change
          JOIN path ON path.id = change.path
          JOIN snapshot ON snapshot.id = change.snapshot
          WHERE change.was = (SELECT id FROM path WHERE text = ?) AND change.snapshot > ?
          ORDER BY snapshot.place, change.id
          """), arguments: [path.text, snapshot])
    if rows.isEmpty { return nil }
    let ancestry = try self.ancestry ?? Ancestry(db)
    self.ancestry = ancestry
    let row = rows.first { row in
      let side: Int64? = row[2]
      return side.map { ancestry.leads(snapshot, to: $0) } ?? false
    }
    return try row.map { (try NotePath($0[0]), $0[1]) }
  }

  /// The passages that have the words and are gone, the best first: their numbers and hashes.
  func gone(matching expression: String) throws -> [(number: Int64, hash: UInt64)] {
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT gone.id, gone.hash
        FROM (SELECT rowid AS id, rank AS score FROM fulltext WHERE fulltext MATCH ?) AS found
        JOIN gone ON gone.id = found.id
        JOIN change ON change.id = gone.change
        JOIN snapshot ON snapshot.id = change.snapshot
        ORDER BY found.score, snapshot.place DESC, gone.id
        """, arguments: [expression])
    var found: [(Int64, UInt64)] = []
    while let row = try cursor.next() {
      let hash: Int64 = row[1]
      found.append((row[0], UInt64(bitPattern: hash)))
    }
    return found
  }

  /// Where a passage stood, and what took it away.
  private func going(_ number: Int64) throws -> Going? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT \(KnownSnapshot.columns), path.text, change.old, gone.start, gone.length
          FROM gone
          JOIN change ON change.id = gone.change
          JOIN snapshot ON snapshot.id = change.snapshot
          JOIN path ON path.id = coalesce(change.was, change.path)
          WHERE gone.id = ?
          """), arguments: [number])
    return try row.map { row in
      let (start, length): (Int, Int) = (row[8], row[9])
      return Going(
        path: try NotePath(row[6]), blob: row[7], range: start..<start + length,
        vanished: KnownSnapshot(row))
    }
  }
}
