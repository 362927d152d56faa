internal import Foundation
internal import GRDB

/// An order by words and an order by meaning made one, by reciprocal ranks.
///
/// Source: Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and
/// individual rank learning methods", 2009: the sum of 1 / (60 + rank) over both.
struct Fusion {
  /// How many of the best of each order are looked at, at least.
  static let depth = 100
  private static let constant: Float = 60

  /// What a row is worth in both orders.
  private(set) var score: [Int32: Float] = [:]
  /// How near a row's note is to the query, of the nearest.
  private(set) var cosine: [Int32: Float] = [:]

  /// Joins the rows found by words, best first, with those nearest to a vector.
  init(
    _ db: Database, lexical: [Int32], vector: [Float], allowed: [Bool]?
  ) throws {
    for (place, row) in lexical.enumerated() {
      score[row] = 1 / (Self.constant + Float(place + 1))
    }
    let nearest = try Self.nearest(db, to: vector, allowed: allowed)
    var rank = 0
    for (place, near) in nearest.enumerated() {
      // Notes of the same content are equally near.
      if place == 0 || nearest[place - 1].cosine != near.cosine { rank = place + 1 }
      score[near.row, default: 0] += 1 / (Self.constant + Float(rank))
      cosine[near.row] = near.cosine
    }
  }

  /// The rows of the notes whose vectors are nearest, nearest first.
  private static func nearest(
    _ db: Database, to query: [Float], allowed: [Bool]?
  ) throws -> [(row: Int32, cosine: Float)] {
    let norm = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard norm > 0, norm.isFinite else { return [] }
    let unit = query.map { $0 / norm }
    var near: [(row: Int32, cosine: Float)] = []
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT note.text_id, vector.bytes
        FROM note JOIN vector ON vector.hash = note.hash
        WHERE vector.dimensions = ?
        """, arguments: [unit.count])
    while let row = try rows.next() {
      let text: Int = row[0]
      if let allowed, !allowed.indices.contains(text) || !allowed[text] { continue }
      let cosine = try row.withUnsafeData(atIndex: 1) { data in
        data.map { Self.cosine([UInt8]($0), unit) } ?? 0
      }
      if cosine > 0 { near.append((Int32(clamping: text), cosine)) }
    }
    near.sort { $0.cosine == $1.cosine ? $0.row < $1.row : $0.cosine > $1.cosine }
    return Array(near.prefix(depth))
  }

  private static func cosine(_ bytes: [UInt8], _ unit: [Float]) -> Float {
    guard bytes.count == unit.count else { return 0 }
    var dot: Float = 0
    var square: Float = 0
    for (byte, part) in zip(bytes, unit) {
      let number = Float(Int8(bitPattern: byte))
      dot += number * part
      square += number * number
    }
    return square > 0 ? dot / square.squareRoot() : 0
  }
}
