internal import GRDB
public import Vault

/// A text that a note had, and the snapshot that brought it, as the history's index knows it.
public struct KnownText: Sendable, Equatable {
  /// The snapshot.
  public let snapshot: KnownSnapshot
  /// Where the note stood then; where it was removed, where it had stood.
  public let path: NotePath
  /// Where it stood before, when that was elsewhere.
  public let was: NotePath?
  /// The blob before; `nil` where it was not there.
  public let old: String?
  /// The blob; `nil` where the snapshot removed the note.
  public let new: String?
}

/// Two texts of a note, by their blobs; `nil` where there was none.
public struct TextPair: Sendable, Hashable {
  /// The older one.
  public let old: String?
  /// The newer one.
  public let new: String?

  /// Takes both.
  public init(old: String?, new: String?) {
    self.old = old
    self.new = new
  }

  /// How many words came and went.
  public struct Difference: Sendable, Equatable {
    /// Words that came.
    public let added: Int
    /// Words that went.
    public let removed: Int
    /// The headings under which they differ; `nil` where it was not asked for.
    public let sections: [String]?

    /// Takes what was found out.
    public init(added: Int, removed: Int, sections: [String]? = nil) {
      self.added = added
      self.removed = removed
      self.sections = sections
    }
  }
}

/// A snapshot, as the history's index knows it.
public struct KnownSnapshot: Sendable, Equatable {
  /// Its row: larger than those of the snapshots that it came from, and else as they came in.
  let row: Int64
  /// Its place in the order of all, by time and by what came from what.
  let place: Int64
  /// Its name, in hexadecimal digits.
  public let name: String
  /// When it was made, in seconds since 1970.
  public let seconds: Int64
  /// Who wrote it.
  public let author: String
  /// What they said; a stranger's text.
  public let message: String
}

extension PastIndex {
  /// The texts that a note had, newest first, followed through renames: where a snapshot gave the
  /// note its path, what is older is looked for under the path before; where a merge did, under both.
  ///
  /// On another branch it may have got the same path, so there what is older is its own as well; or
  /// have kept the path before, so what is newer there is its own, too.
  public func texts(of path: NotePath) throws(IndexError) -> [KnownText] {
    try read { db in try Self.texts(db, of: path) }
  }

  static func texts(_ db: Database, of path: NotePath) throws -> [KnownText] {
    var found: [Int64: KnownText] = [:]
    // The snapshots, first and last, for which a path was gone through.
    var known: [NotePath: [ClosedRange<Int64>]] = [:]
    var left = [Lead(path: path, limit: .max, blob: nil)]
    var followed: Set<Lead> = []
    var moves: [KnownText] = []
    while let lead = left.popLast() {
      let (path, limit) = (lead.path, lead.limit)
      let before = known[path, default: []]
      if before.contains(where: { $0.contains(limit) }) { continue }
      guard followed.insert(lead).inserted else { continue }
      var first: Int64 = 0
      // What came before a snapshot that gave the note its path, or took it away on another branch
      // than that: there the path was another note's.
      var behind: Set<Int64> = []
      let all = try textsBySnapshot(db, of: path, until: limit)
      let own = try ownRows(db, among: all, of: lead)
      let rows = own.map { own in all.filter { own.contains($0[0].snapshot.place) } } ?? all
      for texts in rows {
        let place = texts[0].snapshot.place
        if behind.contains(place) { continue }
        if before.contains(where: { $0.contains(place) }) {
          first = max(first, place)
          break
        }
        let isOfOtherBranch = first > 0
        if isOfOtherBranch, texts.allSatisfy({ $0.new == nil }) {
          behind.formUnion(try ancestors(db, of: texts[0].snapshot, since: rows))
          continue
        }
        // Of a merge, which differs from both sides, one line is enough: what it brought to the
        // first parent, as the vault's history tells it. What is there came in by others.
        if found[place] == nil { found[place] = texts[texts.count - 1] }
        for text in texts {
          guard let was = text.was else { continue }
          left.append(Lead(path: was, limit: place - 1, blob: text.old))
          moves.append(text)
        }
        if texts.allSatisfy({ $0.was != nil }) {
          first = max(first, place)
          behind.formUnion(try ancestors(db, of: texts[0].snapshot, since: rows))
        }
      }
      // Of one that shared its path with another note not all was gone through.
      if own == nil { known[path, default: []].append(min(first, limit)...limit) }
    }
    for move in moves {
      for text in try writtenElsewhere(db, since: move, having: found.values)
      where found[text.snapshot.place] == nil {
        found[text.snapshot.place] = text
      }
    }
    return found.values.sorted { $0.snapshot.place > $1.snapshot.place }
  }

  /// What other branches wrote in a note after one had given it another path, under that before; by its
  /// texts that are known already, on which they went on.
  private static func writtenElsewhere(
    _ db: Database, since move: KnownText, having known: some Sequence<KnownText>
  ) throws -> [KnownText] {
    guard let was = move.was else { return [] }
    let rows = try textsBySnapshot(db, of: was, after: move.snapshot.place)
    if rows.isEmpty { return [] }
    var blobs = Set(known.lazy.flatMap { [$0.old, $0.new] }.compactMap(\.self))
    var found: [KnownText] = []
    for texts in rows.reversed() {
      let text = texts[texts.count - 1]
      guard let new = text.new, texts.contains(where: { $0.old.map(blobs.contains) ?? false }),
        try !ancestors(db, of: text.snapshot, since: [[move]]).contains(move.snapshot.place)
      else { continue }
      blobs.insert(new)
      found.append(text)
    }
    return found
  }

  /// Where to look for what a note said before a snapshot.
  private struct Lead: Hashable {
    let path: NotePath
    /// The last snapshot that is meant.
    let limit: Int64
    /// What it said there last; `nil` where what stands at the path at last is meant.
    let blob: String?
  }

  /// The places of those snapshots of a path that are of the note which is meant; `nil` for all.
  ///
  /// Where one that stood there was given another path, and a note was made in its place, the path had two
  /// notes: to the one that went belongs what its last text came from.
  private static func ownRows(
    _ db: Database, among rows: [[KnownText]], of lead: Lead
  ) throws -> Set<Int64>? {
    let departures = try departures(db, from: lead.path, until: lead.limit)
    if departures.isEmpty { return nil }
    // The snapshots that made a note in another one's place, each with what came before it. One that
    // brought a removed note back did not.
    var makings: [Int64: Set<Int64>] = [:]
    for texts in rows
    where texts.allSatisfy({ $0.old == nil && $0.was == nil && $0.new != nil }) {
      let place = texts[0].snapshot.place
      let before = try ancestors(db, of: texts[0].snapshot, since: rows)
      let last = rows.first { before.contains($0[0].snapshot.place) }?[0].snapshot.place ?? 0
      let hasDeparted = departures.contains { departure in
        departure.snapshot == place
          || departure.snapshot > last && before.contains(departure.snapshot)
      }
      if hasDeparted { makings[place] = before }
    }
    if makings.isEmpty { return nil }
    func origin(of blob: String?, until limit: Int64) throws -> Set<Int64> {
      var found: Set<Int64> = []
      for texts in rows where texts[0].snapshot.place <= limit {
        guard texts.contains(where: { $0.new == blob }) else { continue }
        found.insert(texts[0].snapshot.place)
        found.formUnion(try ancestors(db, of: texts[0].snapshot, since: rows))
      }
      return makings.reduce(found) { found.contains($1.key) ? $0.subtracting($1.value) : $0 }
    }
    if let blob = lead.blob { return try origin(of: blob, until: lead.limit) }
    var own = Set(rows.map { $0[0].snapshot.place })
    for departure in departures {
      own.subtract(try origin(of: departure.blob, until: departure.snapshot - 1))
    }
    // Where nothing stands there any more, the one that went last is meant.
    guard own.isEmpty, let last = departures.last else { return own }
    return try origin(of: last.blob, until: last.snapshot - 1)
  }

  /// The snapshots that gave a note which stood at a path another one, and its text before.
  private static func departures(
    _ db: Database, from path: NotePath, until limit: Int64
  ) throws -> [(snapshot: Int64, blob: String?)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT snapshot.place, change.old FROM change
          JOIN snapshot ON snapshot.id = change.snapshot
          WHERE change.was = (SELECT id FROM path WHERE text = ?) AND snapshot.place <= ?
            AND NOT change.is_left_out
          ORDER BY snapshot.place
          """), arguments: [path.text, limit]
    ).map { ($0[0], $0[1]) }
  }

  /// The places of the snapshots that came before one, no further back than the oldest of some.
  private static func ancestors(
    _ db: Database, of snapshot: KnownSnapshot, since rows: [[KnownText]]
  ) throws -> Set<Int64> {
    let oldest = rows.lazy.compactMap(\.first?.snapshot.row).min() ?? 0
    if oldest == snapshot.row { return [] }
    return try Int64.fetchSet(
      db.cachedStatement(
        sql: """
          WITH RECURSIVE ancestor (id) AS (
            SELECT parent FROM parent WHERE snapshot = ?1 AND parent >= ?2
            UNION SELECT parent.parent FROM ancestor JOIN parent ON parent.snapshot = ancestor.id
              WHERE parent.parent >= ?2
          )
          SELECT snapshot.place FROM ancestor JOIN snapshot USING (id)
          """), arguments: [snapshot.row, oldest])
  }

  /// What snapshots changed in a path after one and up to one, the newest first; of a merge, against each parent,
  /// the last one first.
  private static func textsBySnapshot(
    _ db: Database, of path: NotePath, after first: Int64 = .min, until limit: Int64 = .max
  ) throws -> [[KnownText]] {
    // Of a long history each row is looked at where it is, and not copied first.
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          \(select) WHERE change.path = (SELECT id FROM path WHERE text = ?)
            AND snapshot.place > ? AND snapshot.place <= ? AND NOT change.is_left_out
          ORDER BY snapshot.place DESC, change.id DESC
          """), arguments: [path.text, first, limit])
    var found: [[KnownText]] = []
    while let row = try rows.next() {
      let text = try KnownText(row, at: path)
      if let last = found.last?.last, last.snapshot.place == text.snapshot.place {
        // One note can be removed where another is moved to: what is there is told.
        if text.new == nil, last.new != nil { continue }
        if text.new != nil, last.new == nil { found[found.count - 1] = [] }
        found[found.count - 1].append(text)
      } else {
        found.append([text])
      }
    }
    return found
  }

  /// When the text was made that a path had at a moment; both in seconds since 1970.
  ///
  /// To be given another name is a change.
  public func lastChange(
    of path: NotePath, until seconds: Int64
  ) throws(IndexError) -> Int64? {
    try read { db in
      try Int64.fetchOne(
        db.cachedStatement(
          sql: """
            SELECT max(snapshot.seconds) FROM change JOIN snapshot ON snapshot.id = change.snapshot
            WHERE change.path = (SELECT id FROM path WHERE text = ?) AND snapshot.seconds <= ?
              AND NOT change.is_left_out
            """), arguments: [path.text, seconds])
    }
  }

  /// All names that a note had on any branch: what renames lead to, there and back.
  static func names(_ db: Database, of path: NotePath) throws -> Set<NotePath> {
    let names = try String.fetchAll(
      db.cachedStatement(
        sql: """
          WITH RECURSIVE name (id) AS (
            SELECT id FROM path WHERE text = ?
            UNION SELECT change.was FROM name JOIN change ON change.path = name.id
              WHERE change.was IS NOT NULL
            UNION SELECT change.path FROM name JOIN change ON change.was = name.id
          )
          SELECT path.text FROM name JOIN path USING (id)
          """), arguments: [path.text])
    return try Set(names.map { try NotePath($0) }).union([path])
  }

  /// The texts with which a note was made at a path, out of nothing.
  static func beginnings(_ db: Database, of path: NotePath) throws -> [KnownText] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          \(select) WHERE change.path = (SELECT id FROM path WHERE text = ?)
            AND change.old IS NULL AND change.was IS NULL
          """), arguments: [path.text]
    ).map { try KnownText($0) }
  }

  static let select = """
    SELECT \(KnownSnapshot.columns), path.text, was.text, change.old, change.new
    FROM change
    JOIN snapshot ON snapshot.id = change.snapshot
    JOIN path ON path.id = change.path
    LEFT JOIN path AS was ON was.id = change.was
    """

  /// How many words differ between the texts of each pair, of those of which it was found out before.
  public func differences(
    _ pairs: some Sequence<TextPair>
  ) throws(IndexError) -> [TextPair: TextPair.Difference] {
    try read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT added, removed, sections FROM difference WHERE old = ? AND new = ?")
      var found: [TextPair: TextPair.Difference] = [:]
      for pair in pairs {
        guard let row = try Row.fetchOne(statement, arguments: [pair.old ?? "", pair.new ?? ""])
        else { continue }
        let sections: String? = row[2]
        found[pair] = TextPair.Difference(
          added: row[0], removed: row[1],
          sections: sections?.split(separator: Self.betweenSections).map(String.init))
      }
      return found
    }
  }

  private static let betweenSections: Character = "\u{1E}"

  /// Keeps how many words differ between two texts, so that it need not be found out again.
  ///
  /// Where the index cannot be written just now, it is found out again.
  public func keep(_ differences: [TextPair: TextPair.Difference]) {
    if differences.isEmpty { return }
    try? queue.write { db in
      for (pair, words) in differences {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO difference VALUES (?, ?, ?, ?, ?)")
          .execute(arguments: [
            pair.old ?? "", pair.new ?? "", words.added, words.removed,
            words.sections.map { $0.joined(separator: String(Self.betweenSections)) },
          ])
      }
    }
  }
}

extension KnownSnapshot {
  /// The first columns of what is asked for, where a snapshot is to be told.
  static let columns = """
    snapshot.id, snapshot.name, snapshot.seconds, snapshot.author, snapshot.message, snapshot.place
    """

  init(_ row: Row) {
    self.row = row[0]
    name = row[1]
    seconds = row[2]
    author = row[3]
    message = row[4]
    place = row[5]
  }

  /// The first ten digits of its name, as snapshots are shown.
  public var short: String { String(name.prefix(10)) }
}

extension KnownText {
  /// A row of `select`; `place` is the path, where that is known.
  init(_ row: Row, at place: NotePath? = nil) throws {
    snapshot = KnownSnapshot(row)
    path = try place ?? NotePath(row[6])
    let was: String? = row[7]
    self.was = try was.map { try NotePath($0) }
    old = row[8]
    new = row[9]
  }
}
