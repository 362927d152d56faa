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

  /// The entries of the index of a git directory; `nil` where there is none that can be read.
  static func entries(of gitDirectory: String) -> IndexEntries? {
    readPlainFile(gitDirectory + "/index", limit: largest).flatMap(IndexEntries.init)
  }

  /// The paths that the index has in several versions, as a merge of git's leaves those that it could not
  /// settle; none where it cannot be read.
  static func unmergedPaths(of gitDirectory: String) -> [GitPath] {
    guard var entries = entries(of: gitDirectory) else { return [] }
    var paths: [GitPath] = []
    while let entry = entries.next() {
      guard entry.isUnmerged else { continue }
      let path = GitPath(bytes: Array(entry.path))
      if paths.last != path { paths.append(path) }
    }
    return paths
  }

  /// An index's bytes with the checksum that libgit2 asks for.
  ///
  /// With `index.skipHash`, which `feature.manyFiles` sets, git (2.40) writes zeros in its place, and reads
  /// what follows none. So may a disk that failed: what is no index to its end gets no checksum.
  static func withChecksum(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.suffix(20).allSatisfy({ $0 == 0 }), var entries = IndexEntries(bytes) else {
      return bytes
    }
    while entries.next() != nil {}
    guard entries.isWhole else { return bytes }
    let body = Array(bytes.dropLast(20))
    var sum = SHA1()
    sum.update(body)
    return body + sum.finish()
  }

  static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
