internal import GRDB
internal import Markup
internal import Vault

extension PastIndex {
  /// Searches the passages that notes have, and those that they once had.
  ///
  /// `notes` is the index of the notes as they are; `path` a folder, a note's path or a pattern, to
  /// which the search is limited. With `goneOnly` passages that stand in a note are left out; with
  /// `joining` wordings of one passage are one hit. `blob` reads a blob by its name; what it throws
  /// is thrown.
  public func search(
    _ query: Query, notes: NoteIndex, path: String? = nil, goneOnly: Bool, limit: Int,
    joining: Bool = true, read blob: (String) throws -> [UInt8]?
  ) throws -> PastResult {
    var failure: (any Error)?
    do {
      return try withoutActuallyEscaping(blob) { blob in
        // All that is asked of it is asked of one state of it, and each question alone would cost
        // more than its answer.
        try self.read { db in
          var search = PastSearch(
            query: query, db: db, notes: notes, path: path, goneOnly: goneOnly, limit: limit,
            joining: joining
          ) { name in
            do {
              return try blob(name)
            } catch {
              failure = error
              throw error
            }
          }
          return try search.run()
        }
      }
    } catch {
      throw failure ?? error
    }
  }
}

/// A search through the history.
struct PastSearch {
  let query: Query
  /// The history's index.
  let db: Database
  let notes: NoteIndex
  let path: String?
  let goneOnly: Bool
  let limit: Int
  let joining: Bool
  /// Reads a blob by its name.
  private let readBlob: (String) throws -> [UInt8]?

  var chains: [NotePath: Chain] = [:]
  var living: [NotePath: Living] = [:]
  private var blobs: [String: [UInt8]] = [:]
  var hashesOf: [String: Set<UInt64>] = [:]
  var nowAt: [String: NotePath] = [:]
  /// Which snapshots came from which; read once it is asked for.
  var ancestry: Ancestry?
  /// Whether something was left out as too much.
  var isCut = false

  init(
    query: Query, db: Database, notes: NoteIndex, path: String?, goneOnly: Bool, limit: Int,
    joining: Bool, readBlob: @escaping (String) throws -> [UInt8]?
  ) {
    self.query = query
    self.db = db
    self.notes = notes
    self.path = path
    self.goneOnly = goneOnly
    self.limit = limit
    self.joining = joining
    self.readBlob = readBlob
  }

  mutating func run() throws -> PastResult {
    let stemmer = Stemmer(language: notes.vault.settings.language)
    let past = try PassageQuery(query, db, stemmer: stemmer)
    if !past.unfit.isEmpty { return PastResult(unfit: past.unfit) }
    guard let all = past.all, let any = past.any else { return PastResult() }
    // What stands is asked for by the words that notes have now, what is gone by those of then.
    let now =
      goneOnly ? nil : try notes.read { db in try PassageQuery(query, db, stemmer: stemmer) }
    var result = PastResult()
    result.hits = try hits(now, past, expression: all, isStrict: true)
    if result.hits.isEmpty, all != any {
      result.hits = try hits(now, past, expression: any, isStrict: false)
      result.isLoose = !result.hits.isEmpty
    }
    result.isCut = isCut
    return result
  }

  private mutating func hits(
    _ now: PassageQuery?, _ past: PassageQuery, expression: String, isStrict: Bool
  ) throws -> [PastHit] {
    var standing = try now.map { try self.standing($0, isStrict: isStrict) } ?? []
    let gone = try gone(expression, standing: &standing)
    // The two come from tables whose scores cannot be compared, so they take turns.
    var hits: [PastHit] = []
    for place in 0..<max(standing.count, gone.count) {
      if place < standing.count { hits.append(standing[place]) }
      if place < gone.count { hits.append(gone[place]) }
    }
    if joining { hits = try joined(hits) }
    if hits.count > limit { isCut = true }
    hits = Array(hits.prefix(limit))
    let finders = (standing: now?.finder ?? past.finder, gone: past.finder)
    for place in hits.indices {
      try fill(&hits[place], finders)
      for other in hits[place].wordings.indices {
        try fill(&hits[place].wordings[other], finders)
      }
    }
    return hits
  }

  /// Finds out when a passage stood there, and what is shown of it.
  private mutating func fill(
    _ hit: inout PastHit, _ finders: (standing: PassageFinder, gone: PassageFinder)
  ) throws {
    let bytes = Array(hit.text.utf8)
    if !hit.isStanding, !goneOnly, let end = hit.ends.first,
      let place = try whereItStands(hit.hash, bytes, end.now)
    {
      if place == end.now {
        // It came back, and was not among the best of what stands.
        (hit.isStanding, hit.path, hit.spans) = (true, place, [])
      } else {
        hit.movedTo = place
      }
    }
    let finder = hit.isStanding ? finders.standing : finders.gone
    hit.snippet =
      finder.best(Document(bytes: bytes), count: 1).first ?? Snippet(unmarked: bytes)
    hit.spans = try spans(of: hit)
  }

  mutating func text(_ name: String) throws -> [UInt8]? {
    if let known = blobs[name] { return known }
    let read = try readBlob(name)
    if blobs.count > 200 { blobs = [:] }
    blobs[name] = read
    return read
  }
}
