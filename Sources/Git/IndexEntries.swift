/// The entries of an index of git's, one after the other, in the order of their paths' bytes.
///
/// Source: gitformat-index(5).
struct IndexEntries {
  /// What stands in the index at a path.
  struct Entry {
    let path: ArraySlice<UInt8>
    /// Whether it is one of several versions, as a merge of git's leaves of what it could not settle.
    let isUnmerged: Bool
  }

  /// How many bytes there are of what is said of an entry before its flags go on, or its path begins.
  private static let headSize = 62
  private static let checksumSize = 20

  private let bytes: [UInt8]
  private let end: Int
  /// Whether a path is told by how it differs from the one before (version 4).
  private let isCompressed: Bool
  private var left: Int
  private var place = 12
  private var name: [UInt8] = []
  private var isBroken = false

  /// Takes an index file's bytes; `nil` where they are none's, or an empty one's.
  init?(_ bytes: [UInt8]) {
    guard bytes.count > 12 + Self.checksumSize, bytes.starts(with: "DIRC".utf8) else { return nil }
    self.bytes = bytes
    end = bytes.count - Self.checksumSize
    isCompressed = IndexFile.number(bytes, 4) >= 4
    left = Int(IndexFile.number(bytes, 8))
  }

  /// The next entry; `nil` after the last one, and where something is none.
  mutating func next() -> Entry? {
    guard left > 0, !isBroken else { return nil }
    left -= 1
    let start = place
    guard place + Self.headSize < end else { return broken() }
    // Of the first byte of the flags: assumed valid, extended, and two bits of the version.
    let flags = bytes[place + 60]
    place += Self.headSize + (flags & 0x40 != 0 ? 2 : 0)
    if isCompressed { name.removeLast(min(name.count, cut())) }
    guard place < end, let stop = bytes[place..<end].firstIndex(of: 0) else { return broken() }
    var path = bytes[place..<stop]
    if isCompressed {
      name += path
      path = name[...]
    }
    if path.isEmpty { return broken() }
    place = isCompressed ? stop + 1 : start + (stop - start + 8) / 8 * 8
    return Entry(path: path, isUnmerged: flags & 0x30 != 0)
  }

  /// Whether all entries came up, and nothing but extensions follows.
  var isWhole: Bool {
    guard left == 0, !isBroken else { return false }
    var place = place
    while place < end {
      let isNamed = bytes[place..<min(place + 4, end)].allSatisfy { byte in
        (UInt8(ascii: "A")...UInt8(ascii: "z")).contains(byte)
      }
      guard place + 8 <= end, isNamed else { return false }
      place += 8 + Int(IndexFile.number(bytes, place + 4))
    }
    return place == end
  }

  private mutating func broken() -> Entry? {
    isBroken = true
    return nil
  }

  /// How many bytes of the name before do not count for the next one; the number is written as an offset
  /// in a pack is.
  private mutating func cut() -> Int {
    var value = 0
    while place < end {
      let byte = bytes[place]
      place += 1
      value = value << 7 | Int(byte & 0x7F)
      if byte & 0x80 == 0 { break }
      // More than any path has, and no number to go on with.
      if value > bytes.count { return value }
      value += 1
    }
    return value
  }
}
