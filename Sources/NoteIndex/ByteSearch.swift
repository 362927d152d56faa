internal import Glibc

extension [UInt8] {
  /// Whether some bytes stand in these, one behind the other.
  func has(_ part: [UInt8]) -> Bool {
    guard let first = part.first else { return true }
    return unsafe withUnsafeBytes { all in
      unsafe part.withUnsafeBytes { part in
        guard let start = all.baseAddress, let wanted = part.baseAddress else {
          return false
        }
        var place = 0
        while place + part.count <= all.count {
          let length = all.count - part.count - place + 1
          guard let hit = unsafe memchr(start + place, Int32(first), length) else { return false }
          if unsafe memcmp(hit, wanted, part.count) == 0 { return true }
          place = unsafe UnsafeRawPointer(hit) - start + 1
        }
        return false
      }
    }
  }
}
