/// The SHA-1 of a stream of bytes, as it stands at the end of a pack and of a pack's index.
///
/// Only there: the names of objects come from libgit2, which looks for made-up collisions.
struct SHA1 {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
  )
  private var rest: [UInt8] = []
  private var length: UInt64 = 0

  /// Takes in more bytes.
  mutating func update(_ bytes: [UInt8]) {
    length += UInt64(bytes.count)
    if rest.isEmpty {
      process(bytes)
    } else {
      process(rest + bytes)
    }
  }

  /// The 20 bytes of the sum.
  consuming func finish() -> [UInt8] {
    let bits = length << 3
    var end = rest + [0x80]
    while end.count % 64 != 56 { end.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      end.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    process(end)
    return [state.0, state.1, state.2, state.3, state.4].flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  private mutating func process(_ bytes: [UInt8]) {
    let whole = bytes.count / 64 * 64
    unsafe bytes.withUnsafeBytes { buffer in
      unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
        for start in stride(from: 0, to: whole, by: 64) {
          for word in 0..<16 {
            unsafe words[word] = UInt32(
              bigEndian: buffer.loadUnaligned(fromByteOffset: start + 4 * word, as: UInt32.self))
          }
          unsafe block(words)
        }
      }
    }
    rest = Array(bytes[whole...])
  }

  @inline(__always)
  private mutating func block(_ words: UnsafeMutableBufferPointer<UInt32>) {
    for place in 16..<80 {
      let mixed = unsafe words[place - 3] ^ words[place - 8] ^ words[place - 14] ^ words[place - 16]
      unsafe words[place] = mixed << 1 | mixed >> 31
    }
    var (a, b, c, d, e) = state
    @inline(__always) func step(_ mixed: UInt32, _ constant: UInt32, _ word: UInt32) {
      let next = (a << 5 | a >> 27) &+ mixed &+ e &+ constant &+ word
      (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, next)
    }
    for place in 0..<20 { step(d ^ (b & (c ^ d)), 0x5A82_7999, unsafe words[place]) }
    for place in 20..<40 { step(b ^ c ^ d, 0x6ED9_EBA1, unsafe words[place]) }
    for place in 40..<60 {
      step((b & c) | (d & (b | c)), 0x8F1B_BCDC, unsafe words[place])
    }
    for place in 60..<80 { step(b ^ c ^ d, 0xCA62_C1D6, unsafe words[place]) }
    state = (
      state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e
    )
  }
}
