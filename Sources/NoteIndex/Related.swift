internal import Foundation
internal import GRDB
public import Vault

/// A note that has to do with another.
public struct RelatedNote: Sendable, Equatable {
  /// What the two have in common.
  public enum Reason: Sendable, Equatable {
    /// The other links to it.
    case linked
    /// It links to the other.
    case linksHere
    /// So many notes are linked from both, or link to both.
    case sharesLinks(Int)
    /// Their words are about the same.
    case sameSubject
    /// Both cite these works.
    case cites([String])
    /// Both have these tags.
    case tags([String])
  }

  /// The note.
  public let note: NoteSummary
  /// How much they have in common: the sum of four parts, each from 0 to 1.
  public let score: Double
  /// What that is; never nothing.
  public let reasons: [Reason]
}

extension NoteIndex {
  /// The notes that have the most to do with a note, the closest first; itself is not among them.
  ///
  /// The score is the plain sum of four parts, each from 0 to 1:
  ///
  /// 1. **Subject**: how near the sketches of their words are (`Sketches`).
  /// 2. **Link**: a half for a link to the other, a half for one back.
  /// 3. **Shared links**: notes that both link to (bibliographic coupling: Kessler, 1963) or that
  ///    link to both (co-citation: Small, 1973). Each counts 1 / ln(2 + its links), so that a list
  ///    of everything says little; the sum s is made s / (1 + s + 0.05 × the links that the other
  ///    has besides).
  /// 4. **Marks**: citations and tags of both, each by how rare it is: ln(N / n) / ln N for one that
  ///    n of N notes have; nothing below a quarter. The sum s is made s / (1 + s).
  public func related(to path: NotePath, limit: Int = 10) throws(IndexError) -> [RelatedNote] {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT id, text_id FROM note WHERE path = ?", arguments: [path.text])
      else { return [] }
      var kinship = try Kinship(db, of: row[0], text: row[1])
      return try kinship.best(max(0, limit))
    }
  }
}

/// What one note has in common with the others.
private struct Kinship {
  /// What was found of one other note.
  private struct Common {
    var subject = 0.0
    var isLinked = false
    var linksHere = false
    var neighbours = (weight: 0.0, count: 0)
    var citations: [String] = []
    var tags: [String] = []
    var marks = 0.0
  }

  /// How near two sketches are at least that are about the same.
  private static let leastSubject = 0.2
  /// How many notes can be found by their subject alone.
  private static let mostBySubject = 200
  /// How rare a mark is at least that says anything.
  private static let leastRare = 0.25
  /// What more than so many notes share says nothing, and takes long to gather.
  private static let mostSharers = 2_000

  private let db: Database
  private let note: Int64
  private let count: Int
  private var common: [Int64: Common] = [:]
  /// How near each row of words is.
  private var nearness: [Float] = []

  init(_ db: Database, of note: Int64, text: Int) throws {
    self.db = db
    self.note = note
    let profiles = try Profiles(db)
    count = profiles.count
    try findSubject(text, profiles)
    try findLinks()
    try findMarks("citation", "key") { $0.citations.append($1) }
    try findMarks("tag", "name") { $0.tags.append($1) }
    common[note] = nil
  }

  private mutating func findSubject(_ text: Int, _ profiles: Profiles) throws {
    var sketches = try Sketches(db, profiles)
    let nearness = sketches.nearness(to: [(row: text, weight: 1)])
    let near = nearness.indices.filter {
      Double(nearness[$0]) >= Self.leastSubject && $0 != text && profiles[$0].note != 0
    }
    let best = near.sorted {
      nearness[$0] == nearness[$1] ? $0 < $1 : nearness[$0] > nearness[$1]
    }
    for row in best.prefix(Self.mostBySubject) {
      common[Int64(profiles[row].note), default: Common()].subject = Double(nearness[row])
    }
    self.nearness = nearness
  }

  private mutating func findLinks() throws {
    let goals = try goals(of: note)
    let sources = try sources(of: note)
    for other in goals { common[other, default: Common()].isLinked = true }
    for other in sources { common[other, default: Common()].linksHere = true }
    for goal in goals { try share(try self.sources(of: goal)) }
    for source in sources { try share(try self.goals(of: source)) }
  }

  private mutating func share(_ sharers: [Int64]) throws {
    guard sharers.count > 1, sharers.count <= Self.mostSharers else { return }
    let weight = 1 / log(2 + Double(sharers.count))
    for other in sharers where other != note {
      common[other, default: Common()].neighbours.weight += weight
      common[other, default: Common()].neighbours.count += 1
    }
  }

  /// The notes that one links to.
  private func goals(of note: Int64) throws -> [Int64] {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT DISTINCT note FROM link
          WHERE source = ?1 AND note IS NOT NULL AND note <> ?1
          ORDER BY note
          """), arguments: [note])
  }

  /// The notes that link to one.
  private func sources(of note: Int64) throws -> [Int64] {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: "SELECT DISTINCT source FROM link WHERE note = ?1 AND source <> ?1 ORDER BY source"),
      arguments: [note])
  }

  private mutating func findMarks(
    _ table: String, _ name: String, _ add: (inout Common, String) -> Void
  ) throws {
    let own = try Row.fetchAll(
      db, sql: "SELECT key, \(name) FROM \(table) WHERE note = ? ORDER BY key", arguments: [note])
    for row in own {
      let key: String = row[0]
      let sharers = try Int64.fetchAll(
        db.cachedStatement(sql: "SELECT DISTINCT note FROM \(table) WHERE key = ? LIMIT ?"),
        arguments: [key, Self.mostSharers + 1])
      guard sharers.count > 1, sharers.count <= Self.mostSharers, count > 1 else { continue }
      let rareness = max(0, log(Double(count) / Double(sharers.count)) / log(Double(count)))
      guard rareness >= Self.leastRare else { continue }
      for other in sharers where other != note {
        common[other, default: Common()].marks += rareness
        add(&common[other, default: Common()], row[1])
      }
    }
  }

  // MARK: The best

  mutating func best(_ limit: Int) throws -> [RelatedNote] {
    var scored: [(note: Int64, score: Double)] = []
    for (other, found) in common {
      var found = found
      if found.subject == 0 {
        let text = try Int.fetchOne(
          db.cachedStatement(sql: "SELECT text_id FROM note WHERE id = ?"), arguments: [other])
        // Of those that were found otherwise the subject counts as well.
        if let text, nearness.indices.contains(text) { found.subject = Double(nearness[text]) }
        common[other] = found
      }
      scored.append((other, try score(of: other, found)))
    }
    // Equally close ones go by their paths, whichever was indexed first.
    let bound = scored.map(\.score).sorted(by: >).prefix(limit).last ?? 0
    scored = scored.filter { $0.score >= bound }
    let notes = try summaries(db, of: scored.map(\.note))
    let related = zip(scored, notes).map { entry, note in
      RelatedNote(note: note, score: entry.score, reasons: reasons(common[entry.note] ?? Common()))
    }
    return Array(
      related.sorted {
        $0.score == $1.score ? $0.note.path.text < $1.note.path.text : $0.score > $1.score
      }.prefix(limit))
  }

  private func score(of other: Int64, _ found: Common) throws -> Double {
    var shared = 0.0
    if found.neighbours.count > 0 {
      let all = try goals(of: other).count + sources(of: other).count
      let others = Double(max(0, all - found.neighbours.count))
      shared = found.neighbours.weight / (1 + found.neighbours.weight + 0.05 * others)
    }
    let link = (found.isLinked ? 0.5 : 0) + (found.linksHere ? 0.5 : 0)
    return found.subject + link + shared + found.marks / (1 + found.marks)
  }

  private func reasons(_ found: Common) -> [RelatedNote.Reason] {
    var reasons: [RelatedNote.Reason] = []
    if found.isLinked { reasons.append(.linked) }
    if found.linksHere { reasons.append(.linksHere) }
    if found.neighbours.count > 0 { reasons.append(.sharesLinks(found.neighbours.count)) }
    if found.subject >= Self.leastSubject { reasons.append(.sameSubject) }
    if !found.citations.isEmpty { reasons.append(.cites(found.citations)) }
    if !found.tags.isEmpty { reasons.append(.tags(found.tags)) }
    return reasons
  }
}
