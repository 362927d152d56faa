/// A hash of 64 bits over a file's bytes, to see whether it still holds what was read.
///
/// Not against an adversary, who could only make their own note look unchanged.
enum ContentHash {
  /// The hash of some bytes.
  static func of(_ bytes: [UInt8]) -> Int64 {
    var hash = mix(UInt64(bytes.count) ^ 0x6E6F_7465_7321_2121)
    unsafe bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset + 8 <= buffer.count {
        // Within the buffer, by the condition above.
        let word = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        hash = mix(hash ^ word)
        offset += 8
      }
      var tail: UInt64 = 0
      while offset < buffer.count {
        tail = tail << 8 | UInt64(unsafe buffer[offset])
        offset += 1
      }
      hash = mix(hash ^ tail)
    }
    return Int64(bitPattern: hash)
  }

  /// One step of SplitMix64 (Steele, Lea and Flood, 2014) from a state.
  static func mix(_ value: UInt64) -> UInt64 {
    var x = value &+ 0x9e37_79b9_7f4a_7c15
    x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
    return x ^ (x >> 31)
  }
}

/// A hash over the bytes of a word as they are met: FNV-1a (Fowler, Noll and Vo).
struct WordHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
