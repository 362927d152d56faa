/// Where a link stands in its file, as it is stored: in about eight bytes.
struct LinkPlace: Equatable {
  /// The link.
  let range: Range<Int>
  /// Its target.
  let target: Range<Int>
  /// The block in which it stands.
  let block: Range<Int>

  init(range: Range<Int>, target: Range<Int>, block: Range<Int>) {
    self.range = range
    self.target = target
    self.block = block
  }

  /// Six numbers, each in seven bits a byte, low ones first: the start of the link, then how far
  /// from it are the start of the block, the start of the target, the end of the target, the end of
  /// the link and the end of the block, of which those before it are negative (zigzag).
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    let start = range.lowerBound
    for value in [
      start, block.lowerBound - start, target.lowerBound - start, target.upperBound - start,
      range.upperBound - start, block.upperBound - start,
    ] {
      var rest = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    return bytes
  }

  /// Reads what was stored.
  ///
  /// - Throws: `IndexError.damaged` for what is no place.
  init(_ bytes: [UInt8]) throws(IndexError) {
    var values: [Int] = []
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for byte in bytes {
      guard shift < 63 else { throw .damaged("a link has no place") }
      value |= UInt64(byte & 0x7F) << shift
      shift += 7
      guard byte < 0x80 else { continue }
      values.append(Int(Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)))
      value = 0
      shift = 0
    }
    guard values.count == 6, shift == 0, let start = values.first, start >= 0, start < 1 << 40,
      values.allSatisfy({ abs($0) < 1 << 40 })
    else { throw .damaged("a link has no place") }
    func range(_ from: Int, _ to: Int) throws(IndexError) -> Range<Int> {
      guard from >= 0, from <= to else { throw .damaged("a link ends before it begins") }
      return from..<to
    }
    self.range = try range(start, start + values[4])
    target = try range(start + values[2], start + values[3])
    block = try range(start + values[1], start + values[5])
  }
}
