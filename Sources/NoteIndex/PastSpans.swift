internal import GRDB
internal import Markup
internal import Vault

/// When a passage stood.
extension PastSearch {
  /// The times for which a passage stood, the last first.
  mutating func spans(of hit: PastHit) throws -> [PastHit.Span] {
    if !hit.spans.isEmpty { return hit.spans }
    var notes = Set(hit.ends.map(\.now))
    let isOpen = hit.isStanding || hit.isSaved
    let place = hit.isSaved ? hit.pathNow ?? hit.path : hit.path
    if isOpen { notes.insert(place) }
    var spans: [PastHit.Span] = []
    for note in notes.sorted() {
      let stands = isOpen && place == note
      spans += try self.spans(
        of: hit, in: note, hit.ends.filter { $0.now == note }, stands: stands)
    }
    return spans.sorted { left, right in
      let (first, second) = (left.vanished?.place ?? .max, right.vanished?.place ?? .max)
      if first != second { return first > second }
      // Where one snapshot took it out of several notes, the note that is named goes first.
      if left.path != right.path, left.path == hit.path || right.path == hit.path {
        return left.path == hit.path
      }
      return (left.appeared?.place ?? .max) > (right.appeared?.place ?? .max)
    }
  }

  /// The times for which a passage stood in one note.
  ///
  /// In a history without branches, comings and goings take turns. Where branches brought or took it
  /// away twice, each coming goes on to the next going, and each going began with the last coming;
  /// what stands went on from the last of all.
  mutating func spans(
    of hit: PastHit, in note: NotePath, _ ends: [PastEnd], stands: Bool
  ) throws -> [PastHit.Span] {
    let chain = try chain(of: note)
    var comings = try comings(of: hit.hash, in: chain.paths.union(ends.map(\.path)))
    let word = hit.longestWord
    for text in chain.beginnings {
      // Most passages came later, with a word that the first text has not.
      guard let name = text.new, let bytes = try self.text(name), bytes.has(word) else {
        continue
      }
      if try hashes(of: name).contains(hit.hash) { comings.append((text.path, text.snapshot)) }
    }
    comings.sort { $0.snapshot.place < $1.snapshot.place }
    let goings = ends.sorted { $0.vanished.place < $1.vanished.place }
    var spans: [PastHit.Span] = []
    func add(_ path: NotePath, _ from: KnownSnapshot?, _ to: KnownSnapshot?) {
      let span = PastHit.Span(path: path, appeared: from, vanished: to)
      if !spans.contains(span) { spans.append(span) }
    }
    if stands {
      let wasSaved = try hit.isSaved || isSaved(hit.hash, note)
      if !wasSaved || comings.isEmpty { add(note, nil, nil) }
    }
    for (path, from) in comings {
      let end = goings.first { $0.vanished.place > from.place } ?? (stands ? nil : goings.last)
      add(end?.path ?? (stands ? note : path), from, end?.vanished)
    }
    for end in goings {
      add(
        end.path, comings.last { $0.snapshot.place < end.vanished.place }?.snapshot, end.vanished)
    }
    // What one branch took away and a merge kept has been there all the time.
    if stands, !spans.contains(where: { $0.vanished == nil }) {
      add(note, comings.last?.snapshot, nil)
    }
    return spans
  }

  /// Whether the last snapshot has a passage that a note has now.
  private mutating func isSaved(_ hash: UInt64, _ note: NotePath) throws -> Bool {
    guard let last = try saved(note) else { return false }
    // Of most notes it is what stands there, which was taken apart already.
    if hashesOf[last] == nil {
      let living = living(note)
      if try text(last) == living.bytes { hashesOf[last] = living.hashes }
    }
    return try hashes(of: last).contains(hash)
  }

  mutating func hashes(of name: String) throws -> Set<UInt64> {
    if let known = hashesOf[name] { return known }
    let found = Set(Passage.all(in: try text(name) ?? []).map(\.hash))
    hashesOf[name] = found
    return found
  }

  /// The snapshots that brought a passage to a note that was there.
  private func comings(
    of hash: UInt64, in paths: Set<NotePath>
  ) throws -> [(path: NotePath, snapshot: KnownSnapshot)] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT \(KnownSnapshot.columns), path.text
          FROM came
          JOIN change ON change.id = came.change
          JOIN snapshot ON snapshot.id = change.snapshot
          JOIN path ON path.id = change.path
          WHERE came.hash = ?
          """), arguments: [Int64(bitPattern: hash)])
    return try rows.compactMap { row in
      let path = try NotePath(row[6])
      return paths.contains(path) ? (path, KnownSnapshot(row)) : nil
    }
  }

  /// What is asked of a note's texts again and again.
  struct Chain {
    let paths: Set<NotePath>
    /// The texts with which the note was made: more than one, where branches made it or it was
    /// made again.
    let beginnings: [KnownText]
  }

  private mutating func chain(of path: NotePath) throws -> Chain {
    if let known = chains[path] { return known }
    let names = try PastIndex.names(db, of: unsaved.first { $0.now == path }?.path ?? path)
    let found = Chain(
      paths: names,
      beginnings: try names.sorted().flatMap { try PastIndex.beginnings(db, of: $0) })
    chains[path] = found
    return found
  }
}
