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
    let products = Products(
      goal: goal.map { $0 / length * Self.goalScale }, mean: mean.map { $0 * Self.meanScale })
    let goalByMean = zip(goal, mean).reduce(0) { $0 + $1.0 / length * $1.1 }
    var nearness = [Float](repeating: 0, count: profiles.all.count)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      for row in 0..<count where profiles.all[row].note != 0 {
        let sums = unsafe products.sums(bytes, from: row * Sketch.size)
        let dot = Double(sums.goal) / Self.goalScale - goalByMean
        let square = Double(sums.square) - 2 * Double(sums.mean) / Self.meanScale + meanSquare
        if dot > 0, square > 0 { nearness[row] = Float(dot / square.squareRoot()) }
      }
    }
    return nearness
  }

  private static let goalScale = 65_536.0
  private static let meanScale = 1_024.0

  private func values(of row: Int) -> [Int32] {
    let bytes = bytes[(row * Sketch.size)..<((row + 1) * Sketch.size)]
    return bytes.map { Int32($0 & 15) - 8 } + bytes.map { Int32($0 >> 4) - 8 }
  }

  private func mean(_ profiles: Profiles) -> [Double] {
    var sums = HalfSums()
    unsafe bytes.withUnsafeBytes { bytes in
      for row in 0..<count where profiles.all[row].note != 0 {
        unsafe sums.add(bytes, from: row * Sketch.size)
      }
    }
    let all = Double(max(1, profiles.count))
    return sums.finish().map { Double($0) / all - 8 }
  }
}

/// Adds up the numbers of sketches, eight at a time.
///
/// Sixteen halves of bytes fit into a byte; then the sums are taken apart.
private struct HalfSums {
  private var sums = [Int](repeating: 0, count: Sketch.dimensions)
  private var low = [UInt64](repeating: 0, count: Sketch.size / 8)
  private var high = [UInt64](repeating: 0, count: Sketch.size / 8)
  private var added = 0

  @inline(__always)
  mutating func add(_ bytes: UnsafeRawBufferPointer, from start: Int) {
    let mask: UInt64 = 0x0F0F_0F0F_0F0F_0F0F
    for word in low.indices {
      let packed = unsafe bytes.loadUnaligned(
        fromByteOffset: start + word * 8, as: UInt64.self)
      low[word] &+= packed & mask
      high[word] &+= packed &>> 4 & mask
    }
    added += 1
    if added == 16 { spill() }
  }

  private mutating func spill() {
    for word in low.indices {
      for place in 0..<8 {
        sums[word * 8 + place] += Int(low[word] &>> UInt64(place * 8) & 0xFF)
        sums[Sketch.size + word * 8 + place] += Int(high[word] &>> UInt64(place * 8) & 0xFF)
      }
      low[word] = 0
      high[word] = 0
    }
    added = 0
  }

  /// What all of it adds up to, the low halves first.
  mutating func finish() -> [Int] {
    spill()
    return sums
  }
}

/// The products of every byte that a sketch can have at a place with two other vectors.
///
/// Whole numbers add up to the same in any order: the same on every machine.
private struct Products {
  /// Both products of a byte at a place, as the halves of one number.
  private var table: [Int64]
  /// The squares of a byte's two numbers.
  private var squares: [Int32]

  init(goal: [Double], mean: [Double]) {
    let goal = goal.map { Int64($0.rounded()) }
    let mean = mean.map { Int64($0.rounded()) }
    func values(_ byte: Int) -> (low: Int64, high: Int64) {
      (Int64(byte & 15) - 8, Int64(byte >> 4) - 8)
    }
    table = []
    table.reserveCapacity(Sketch.size * 256)
    for place in 0..<Sketch.size {
      for byte in 0..<256 {
        let (low, high) = values(byte)
        let byGoal = low * goal[place] + high * goal[place + Sketch.size]
        let byMean = low * mean[place] + high * mean[place + Sketch.size]
        table.append(byGoal << 32 + byMean)
      }
    }
    squares = (0..<256).map { byte in
      let (low, high) = values(byte)
      return Int32(low * low + high * high)
    }
  }

  /// What a sketch that starts at some byte gives with both, and with itself.
  @inline(__always)
  func sums(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (goal: Int64, mean: Int64, square: Int32) {
    unsafe table.withUnsafeBufferPointer { table in
      unsafe squares.withUnsafeBufferPointer { squares in
        var both: Int64 = 0
        var square: Int32 = 0
        for place in 0..<Sketch.size {
          let byte = unsafe Int(bytes[start + place])
          unsafe both &+= table[place << 8 | byte]
          unsafe square &+= squares[byte]
        }
        // The lower half is signed, and has been added as such.
        let mean = Int64(Int32(truncatingIfNeeded: both))
        return ((both - mean) >> 32, mean, square)
      }
    }
  }
}
