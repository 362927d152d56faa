internal import Foundation
internal import GRDB

/// The sketches of all notes.
struct Sketches {
  private let bytes: [UInt8]
  private let count: Int
  /// The mean sketch.
  private let mean: [Double]
  /// The products of sketches with the mean.
  private let meanProducts: Products
  private let meanSquare: Double
  /// How long each row's sketch is, from the mean's end; 0 for a row without a note, and less than 0
  /// until it is asked for.
  private var lengths: [Float]

  /// Reads the sketches of all notes; a whole one also works out all lengths, and so changes no more.
  init(_ db: Database, _ profiles: Profiles, isWhole: Bool = false) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(profiles.all.count * Sketch.size)
    let rows = try Row.fetchCursor(db, sql: "SELECT chunk, sketches FROM profile ORDER BY chunk")
    while let row = try rows.next() {
      let start = (row[0] as Int) * Profile.perRow * Sketch.size
      if bytes.count < start {
        bytes += [UInt8](repeating: Sketch.zero, count: start - bytes.count)
      }
      bytes += row[1] as Data
    }
    let count = min(profiles.all.count, bytes.count / Sketch.size)
    let mean = Self.mean(bytes, count, profiles)
    meanProducts = Products(mean.map { $0 * Self.meanScale })
    meanSquare = mean.reduce(0) { $0 + $1 * $1 }
    lengths = profiles.all.map { $0.note == 0 ? 0 : -1 }
    (self.bytes, self.count, self.mean) = (bytes, count, mean)
    if isWhole { measureAll() }
  }

  /// How near rows' sketches are to the weighted mean of some rows' sketches, from 0 to 1; 0 for the
  /// rows that are not asked for (`nil`: for all).
  ///
  /// Both are taken from the mean sketch of all notes first: what all have in common says nothing.
  mutating func nearness(
    to leaders: [(row: Int, weight: Double)], of rows: [Int32]? = nil
  ) -> [Float] {
    var nearness = [Float](repeating: 0, count: lengths.count)
    var goal = [Double](repeating: 0, count: Sketch.dimensions)
    for leader in leaders where leader.row < count {
      let values = values(of: leader.row)
      let difference = zip(values, mean).map { Double($0) - $1 }
      let length = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      for place in goal.indices { goal[place] += leader.weight * difference[place] / length }
    }
    let length = goal.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return nearness }
    let products = Products(goal.map { $0 / length * Self.goalScale })
    let goalByMean = zip(goal, mean).reduce(0) { $0 + $1.0 / length * $1.1 }
    // Taken out while it is filled, so that the bytes can be read beside it.
    var lengths: [Float] = []
    swap(&lengths, &self.lengths)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      func look(at row: Int) {
        let start = row * Sketch.size
        let dot = unsafe Double(products.sum(bytes, from: start)) / Self.goalScale - goalByMean
        guard dot > 0 else { return }
        if lengths[row] < 0 { lengths[row] = unsafe self.length(bytes, from: start) }
        if lengths[row] > 0 { nearness[row] = Float(dot) / lengths[row] }
      }
      if let rows {
        for row in rows where row < count && lengths[Int(row)] != 0 { look(at: Int(row)) }
      } else {
        for row in 0..<count where lengths[row] != 0 { look(at: row) }
      }
    }
    self.lengths = lengths
    return nearness
  }

  private mutating func measureAll() {
    var lengths = self.lengths
    unsafe bytes.withUnsafeBufferPointer { bytes in
      for row in 0..<count where lengths[row] < 0 {
        lengths[row] = unsafe length(bytes, from: row * Sketch.size)
      }
    }
    self.lengths = lengths
  }

  private static let goalScale = 65_536.0
  private static let meanScale = 1_024.0

  /// The squares of a byte's two numbers.
  private static let squares = (0..<256).map { byte -> Int in
    let (low, high) = ((byte & 15) - 8, (byte >> 4) - 8)
    return low * low + high * high
  }

  /// How long the sketch that starts at some byte is, from the mean's end.
  private func length(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Float {
    var square = 0
    for place in start..<start + Sketch.size { square += Self.squares[unsafe Int(bytes[place])] }
    let byMean = unsafe Double(meanProducts.sum(bytes, from: start)) / Self.meanScale
    return Float(max(0, Double(square) - 2 * byMean + meanSquare).squareRoot())
  }

  private func values(of row: Int) -> [Int32] {
    let bytes = bytes[(row * Sketch.size)..<((row + 1) * Sketch.size)]
    return bytes.map { Int32($0 & 15) - 8 } + bytes.map { Int32($0 >> 4) - 8 }
  }

  private static func mean(_ bytes: [UInt8], _ count: Int, _ profiles: Profiles) -> [Double] {
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

/// The product of every byte that a sketch can have at a place with another vector.
///
/// Whole numbers add up to the same in any order: the same on every machine.
private struct Products {
  private let table: [Int32]

  init(_ vector: [Double]) {
    let vector = vector.map { Int32($0.rounded()) }
    var table: [Int32] = []
    table.reserveCapacity(Sketch.size * 256)
    for place in 0..<Sketch.size {
      for byte in 0..<256 {
        let (low, high) = (Int32(byte & 15) - 8, Int32(byte >> 4) - 8)
        table.append(low * vector[place] + high * vector[place + Sketch.size])
      }
    }
    self.table = table
  }

  /// What the sketch that starts at some byte gives.
  @inline(__always)
  func sum(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    unsafe table.withUnsafeBufferPointer { table in
      // Two sums, so that one lookup need not wait for the other.
      var sums: (Int32, Int32) = (0, 0)
      var place = 0
      while place < Sketch.size {
        unsafe sums.0 &+= table[place << 8 | Int(bytes[start + place])]
        unsafe sums.1 &+= table[(place + 1) << 8 | Int(bytes[start + place + 1])]
        place += 2
      }
      return Int(sums.0) + Int(sums.1)
    }
  }
}
