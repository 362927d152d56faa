/// Where each object of a pack stands: git's pack index, version 2.
struct PackIndex {
  private var places: [ObjectID: (offset: UInt64, checksum: UInt32)] = [:]

  /// The number of objects.
  var count: Int { places.count }

  /// Notes that an object is to come; false when it was noted before.
  mutating func announce(_ id: ObjectID) -> Bool {
    places.updateValue((0, 0), forKey: id) == nil
  }

  /// Notes where an object stands, and the CRC-32 of its bytes in the pack.
  mutating func add(_ id: ObjectID, at offset: UInt64, checksum: UInt32) {
    places[id] = (offset, checksum)
  }

  /// The index file's bytes, given the sum at the end of the pack.
  func bytes(packSum: [UInt8]) -> [UInt8] {
    let ids = places.keys.sorted()
    var bytes: [UInt8] = [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
    bytes.reserveCapacity(1_100 + ids.count * 32)
    func put(_ number: UInt32) {
      for shift in stride(from: 24, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(shift)))
      }
    }
    var next = 0
    for first in 0..<256 {
      while next < ids.count, Int(ids[next].firstByte) <= first { next += 1 }
      put(UInt32(next))
    }
    for id in ids { id.append(to: &bytes) }
    for id in ids { put(places[id]?.checksum ?? 0) }
    var far: [UInt64] = []
    for id in ids {
      let offset = places[id]?.offset ?? 0
      if offset < 1 << 31 {
        put(UInt32(offset))
      } else {
        put(1 << 31 | UInt32(far.count))
        far.append(offset)
      }
    }
    for offset in far {
      put(UInt32(truncatingIfNeeded: offset >> 32))
      put(UInt32(truncatingIfNeeded: offset))
    }
    bytes += packSum
    var sum = SHA1()
    sum.update(bytes)
    return bytes + sum.finish()
  }
}
