internal import GRDB
internal import Markup
public import Vault

extension PastIndex {
  /// Searches the passages that notes have, and those that they once had.
  ///
  /// `notes` is the index of the notes as they are; `path` a folder, a note's path or a pattern, to
  /// which the search is limited. With `goneOnly` passages that stand in a note are left out; with
  /// `joining` wordings of one passage are one hit. `unsaved` are the notes that are not as the last
  /// snapshot has them; `savedBlob` names the blob that this has at a path, and `blob` reads one by
  /// its name: what they throw is thrown.
  public func search(
    _ query: Query, notes: NoteIndex, path: String? = nil, goneOnly: Bool, limit: Int,
    joining: Bool = true, unsaved: [UnsavedNote],
    savedBlob: (NotePath) throws -> String?, read blob: (String) throws -> [UInt8]?
  ) throws -> PastResult {
    var failure: (any Error)?
    func told<Answer>(_ question: () throws -> Answer) throws -> Answer {
      do {
        return try question()
      } catch {
        failure = error
        throw error
      }
    }
    do {
      return try withoutActuallyEscaping(blob) { blob in
        try withoutActuallyEscaping(savedBlob) { savedBlob in
          // All that is asked of it is asked of one state of it, and each question alone would
          // cost more than its answer.
          try self.read { db in
            var search = PastSearch(
              query: query, db: db, notes: notes, path: path, goneOnly: goneOnly, limit: limit,
              joining: joining, unsaved: unsaved,
              savedBlob: { path in try told { try savedBlob(path) } },
              readBlob: { name in try told { try blob(name) } })
            return try search.run()
          }
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
  /// The notes that are not as the last snapshot has them.
  let unsaved: [UnsavedNote]
  /// The blob that the last snapshot has at a path.
  private let savedBlob: (NotePath) throws -> String?
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
    joining: Bool, unsaved: [UnsavedNote],
    savedBlob: @escaping (NotePath) throws -> String?,
    readBlob: @escaping (String) throws -> [UInt8]?
  ) {
    self.unsaved = unsaved
    self.savedBlob = savedBlob
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
    let gone = try gone(expression, isStrict: isStrict, standing: &standing)
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
    let now = hit.isSaved ? hit.pathNow ?? hit.path : hit.ends.first?.now
    if !hit.isStanding, !goneOnly, let now, let place = try whereItStands(hit.hash, bytes, now) {
      if place == now, !hit.isSaved {
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

  /// The blob that the last snapshot has of a note that stands at a path; `nil` where it has none.
  func saved(_ note: NotePath) throws -> String? {
    if let known = unsaved.first(where: { $0.now == note }) { return known.blob }
    // What stands there was put in the place of another note.
    if unsaved.contains(where: { $0.path == note }) { return nil }
    return try savedBlob(note)
  }

  mutating func text(_ name: String) throws -> [UInt8]? {
    if let known = blobs[name] { return known }
    let read = try readBlob(name)
    if blobs.count > 200 { blobs = [:] }
    blobs[name] = read
    return read
  }
}
