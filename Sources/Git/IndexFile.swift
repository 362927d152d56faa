/// The user's own `.git/index`, looked at from outside: what libgit2 cannot read or would forget.
enum IndexFile {
  enum Shape {
    /// All entries stand in the one file, and all are checked out.
    case plain
    /// The entries are split over two files.
    case split
    /// Whole folders stand as one entry.
    case sparse
    /// Some entries are marked as not checked out.
    case skipsFiles
    /// It is no index; it counts as absent, and is made anew when HEAD moves.
    case unreadable
  }

  private static let largest = 256 << 20

  /// Looks at the index of a git directory.
  ///
  /// Version 2, which nearly every index has, cannot mark an entry as not checked out, and a split
  /// index has a neighbour called `sharedindex.*`: so in the usual case 12 bytes are read.
  static func shape(of gitDirectory: String) -> Shape {
    if namesInFolder(gitDirectory).contains(where: { $0.hasPrefix("sharedindex.") }) {
      return lookInside(gitDirectory, from: 2)
    }
    return lookInside(gitDirectory, from: 3)
  }

  private static func lookInside(_ gitDirectory: String, from version: UInt32) -> Shape {
    let path = gitDirectory + "/index"
    guard case .file(let size) = FileKind.of(path, following: true), size > 0 else { return .plain }
    guard let head = readStart(path, 12), head.count == 12, head.starts(with: "DIRC".utf8) else {
      return .unreadable
    }
    if number(head, 4) < version { return .plain }
    guard let bytes = readPlainFile(path, limit: largest) else { return .unreadable }
    return shape(bytes)
  }

  private static func shape(_ bytes: [UInt8]) -> Shape {
    let version = number(bytes, 4)
    let count = Int(number(bytes, 8))
    let end = bytes.count - 20
    var place = 12
    for _ in 0..<count {
      let start = place
      guard place + 62 < end else { return .unreadable }
      let flags = UInt16(bytes[place + 60]) << 8 | UInt16(bytes[place + 61])
      place += 62
      if flags & 0x4000 != 0 {
        // The second bit of the second half is SKIP_WORKTREE.
        if bytes[place] & 0x40 != 0 { return .skipsFiles }
        place += 2
      }
      if version >= 4 {
        while place < end, bytes[place] & 0x80 != 0 { place += 1 }
        place += 1
      }
      while place < end, bytes[place] != 0 { place += 1 }
      place += 1
      if version < 4 { place = start + (place - start + 7) / 8 * 8 }
    }
    while place + 8 <= end {
      let name = bytes[place..<place + 4]
      if name.elementsEqual("link".utf8) { return .split }
      if name.elementsEqual("sdir".utf8) { return .sparse }
      place += 8 + Int(number(bytes, place + 4))
    }
    return .plain
  }

  /// The paths that the index has in several versions, as a merge of git's leaves those that it could not
  /// settle; none where it cannot be read.
  static func unmergedPaths(of gitDirectory: String) -> [GitPath] {
    guard let bytes = readPlainFile(gitDirectory + "/index", limit: largest), bytes.count > 32,
      bytes.starts(with: "DIRC".utf8)
    else { return [] }
    let isCompressed = number(bytes, 4) >= 4
    let end = bytes.count - 20
    var paths: [GitPath] = []
    var name: [UInt8] = []
    var place = 12
    for _ in 0..<number(bytes, 8) {
      let start = place
      guard place + 62 < end else { return [] }
      // Of the first byte of the flags: assumed valid, extended, and two bits of the version.
      let flags = bytes[place + 60]
      place += flags & 0x40 != 0 ? 64 : 62
      if isCompressed { name.removeLast(min(name.count, cut(bytes, &place, end))) }
      guard place < end, let stop = bytes[place..<end].firstIndex(of: 0) else { return [] }
      if isCompressed { name += bytes[place..<stop] }
      if flags & 0x30 != 0 {
        let path = GitPath(bytes: isCompressed ? name : Array(bytes[place..<stop]))
        if paths.last != path { paths.append(path) }
      }
      place = isCompressed ? stop + 1 : start + (stop - start + 8) / 8 * 8
    }
    return paths
  }

  /// How many bytes of the name before do not count for the next one.
  ///
  /// Source: gitformat-index(5), "Index entry", version 4; the number is that of pack offsets.
  private static func cut(_ bytes: [UInt8], _ place: inout Int, _ end: Int) -> Int {
    var value = 0
    while place < end {
      let byte = bytes[place]
      place += 1
      value = value << 7 | Int(byte & 0x7F)
      if byte & 0x80 == 0 { break }
      value += 1
    }
    return value
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
