internal import Foundation
internal import GRDB

/// The sketches of all notes.
struct Sketches {
  private let bytes: [UInt8]
  private let count: Int

  init(_ db: Database, count: Int) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * Sketch.size)
    let rows = try Row.fetchCursor(db, sql: "SELECT chunk, sketches FROM profile ORDER BY chunk")
    while let row = try rows.next() {
      let start = (row[0] as Int) * Profile.perRow * Sketch.size
      if bytes.count < start {
        bytes += [UInt8](repeating: Sketch.zero, count: start - bytes.count)
      }
      bytes += row[1] as Data
    }
    self.bytes = bytes
    self.count = min(count, bytes.count / Sketch.size)
  }

  /// How near each row's sketch is to the weighted mean of some rows' sketches, from 0 to 1.
  ///
  /// Both are taken from the mean sketch of all notes first: what all have in common says nothing.
  func nearness(to leaders: [(row: Int, weight: Double)], profiles: Profiles) -> [Float] {
    let mean = mean(profiles)
    var goal = [Double](repeating: 0, count: Sketch.dimensions)
    let meanSquare = mean.reduce(0) { $0 + $1 * $1 }
    for leader in leaders where leader.row < count {
      let values = values(of: leader.row)
      let difference = zip(values, mean).map { Double($0) - $1 }
      let length = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      for place in goal.indices { goal[place] += leader.weight * difference[place] / length }
    }
    let length = goal.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return [Float](repeating: 0, count: profiles.all.count) }
    // Whole numbers add up to the same in any order: the same on every machine.
    let scaledGoal = goal.map { Int16(($0 / length * Self.goalScale).rounded()) }
    let scaledMean = mean.map { Int16(($0 * Self.meanScale).rounded()) }
    let goalByMean = zip(goal, mean).reduce(0) { $0 + $1.0 / length * $1.1 }
    var nearness = [Float](repeating: 0, count: profiles.all.count)
    for row in 0..<count where profiles.all[row].note != 0 {
      let sums = sums(row, scaledGoal, scaledMean)
      let dot = Double(sums.goal) / Self.goalScale - goalByMean
      let square = Double(sums.square) - 2 * Double(sums.mean) / Self.meanScale + meanSquare
      if dot > 0, square > 0 { nearness[row] = Float(dot / square.squareRoot()) }
    }
    return nearness
  }

  private static let goalScale = 1_024.0
  private static let meanScale = 256.0

  private func values(of row: Int) -> [Int32] {
    let bytes = bytes[(row * Sketch.size)..<((row + 1) * Sketch.size)]
    return bytes.map { Int32($0 & 15) - 8 } + bytes.map { Int32($0 >> 4) - 8 }
  }

  private func mean(_ profiles: Profiles) -> [Double] {
    var sums = [Int32](repeating: 0, count: Sketch.dimensions)
    for row in 0..<count where profiles.all[row].note != 0 {
      let start = row * Sketch.size
      for place in 0..<Sketch.size {
        let byte = bytes[start + place]
        sums[place] &+= Int32(byte & 15)
        sums[place + Sketch.size] &+= Int32(byte >> 4)
      }
    }
    let all = Double(max(1, profiles.count))
    return sums.map { Double($0) / all - 8 }
  }

  /// The products of a row's sketch with two others and with itself.
  @inline(__always)
  private func sums(
    _ row: Int, _ goal: [Int16], _ mean: [Int16]
  ) -> (goal: Int32, mean: Int32, square: Int32) {
    var sums: (goal: Int32, mean: Int32, square: Int32) = (0, 0, 0)
    let start = row * Sketch.size
    for place in 0..<Sketch.size {
      let byte = bytes[start + place]
      let low = Int32(byte & 15) - 8
      let high = Int32(byte >> 4) - 8
      sums.goal &+= low &* Int32(goal[place]) &+ high &* Int32(goal[place + Sketch.size])
      sums.mean &+= low &* Int32(mean[place]) &+ high &* Int32(mean[place + Sketch.size])
      sums.square &+= low &* low &+ high &* high
    }
    return sums
  }
}
