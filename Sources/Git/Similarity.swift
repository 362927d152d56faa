extension Repository {
  /// How much of a blob is in some bytes, by git's measure, of 100, whatever else is in them.
  public func share(of blob: ObjectID, in bytes: [UInt8]) throws(GitError) -> Int {
    let size = try blobSize(blob)
    guard size > 0, size / 2 <= bytes.count else { return 0 }
    let before = try Similarity.pieces(of: blob, self)
    let after = unsafe bytes.withUnsafeBytes { unsafe Similarity.cut($0) }
    return Similarity.shared(before, after) * 100 / size
  }

  /// From which share on one is taken for the other that was renamed.
  public static var leastShare: Int { Renames.least }
}

/// How much of one file is in another, by git's measure, of 100.
///
/// A file is cut into pieces at line ends, or after 64 bytes; the bytes of the pieces that both
/// have are counted and set against the larger file. Source: `diffcore-delta.c` of git.
struct Similarity {
  private var pieces: [ObjectID: [UInt64: Int]] = [:]
  private var sizes: [ObjectID: Int] = [:]

  /// How alike two blobs are; 0 when one is larger than `largest` or the sizes tell already.
  mutating func score(
    _ old: ObjectID, _ new: ObjectID, largest: Int, in repository: borrowing Repository
  ) throws(GitError) -> Int {
    if old == new { return 100 }
    let oldSize = try size(old, repository)
    let newSize = try size(new, repository)
    let larger = max(oldSize, newSize)
    guard larger <= largest, larger > 0, 2 * abs(oldSize - newSize) <= larger else { return 0 }
    let before = try pieces(of: old, repository)
    let after = try pieces(of: new, repository)
    return Self.shared(before, after) * 100 / larger
  }

  private mutating func size(_ id: ObjectID, _ repository: borrowing Repository)
    throws(GitError) -> Int
  {
    if let size = sizes[id] { return size }
    let size = try repository.blobSize(id)
    sizes[id] = size
    return size
  }

  private mutating func pieces(of id: ObjectID, _ repository: borrowing Repository)
    throws(GitError) -> [UInt64: Int]
  {
    if let known = pieces[id] { return known }
    let cut = try Self.pieces(of: id, repository)
    pieces[id] = cut
    return cut
  }

  fileprivate static func pieces(of id: ObjectID, _ repository: borrowing Repository)
    throws(GitError) -> [UInt64: Int]
  {
    try unsafe repository.withObject(id, .blob) { (bytes: UnsafeRawBufferPointer) in
      unsafe Self.cut(bytes)
    }
  }

  fileprivate static func shared(_ before: [UInt64: Int], _ after: [UInt64: Int]) -> Int {
    before.reduce(0) { shared, piece in shared + min(piece.value, after[piece.key] ?? 0) }
  }

  fileprivate static func cut(_ bytes: UnsafeRawBufferPointer) -> [UInt64: Int] {
    var pieces: [UInt64: Int] = [:]
    var hash: UInt64 = 14_695_981_039_346_656_037
    var length = 0
    for place in 0..<bytes.count {
      let byte = unsafe bytes[place]
      hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
      length += 1
      if byte == UInt8(ascii: "\n") || length == 64 {
        pieces[hash, default: 0] += length
        hash = 14_695_981_039_346_656_037
        length = 0
      }
    }
    if length > 0 { pieces[hash, default: 0] += length }
    return pieces
  }
}
