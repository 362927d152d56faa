import CGit2
import Glibc

/// Writes many objects into one pack, instead of a file for each.
///
/// For the first snapshot of a large vault. The objects can be read once `finish` has returned,
/// and not before. They are compressed and not set against each other: `git gc` does that later,
/// at leisure. Memory: the largest object, and about 100 bytes for each object.
///
/// ```swift
/// var pack = try PackWriter(for: repository)
/// let id = try pack.add(bytes)
/// try pack.finish(in: repository)
/// let tree = try repository.updatedTree(nil, [TreeChange("a.md", .file(id))])
/// ```
public struct PackWriter: ~Copyable {
  private static let batchSize = 4 << 20

  private let database: Handle<DatabaseKind>
  private var index = PackIndex()
  private let file: TemporaryPack
  private var batch: [PackPiece] = []
  private var batchBytes = 0
  private var underWay: PackBatch?
  private var offset: UInt64 = 12

  /// Starts a pack in a repository's object store.
  public init(for repository: borrowing Repository) throws(GitError) {
    let owner = unsafe repository.handle.pointer
    let database = try unsafe Handle<DatabaseKind>("open the object store") {
      unsafe git_repository_odb(&$0, owner)
    }
    let folder = repository.commonDirectory + "/objects/pack"
    makeFolder(folder)
    let file = try TemporaryPack(folder)
    try file.append(Self.header(0))
    self.file = file
    self.database = database
  }

  /// Adds a blob, unless the repository has it, and returns its id.
  public mutating func add(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    let id = try ObjectID.blob(bytes)
    if isStored(id, bytes) {
      // It writes nothing, and has a `git gc` that is under way take the object for new.
      var raw = id.raw
      let code = unsafe bytes.withUnsafeBytes {
        unsafe git_odb_write(&raw, database.pointer, $0.baseAddress, $0.count, GIT_OBJECT_BLOB)
      }
      try check("write an object", code)
      return id
    }
    guard index.announce(id) else { return id }
    batch.append(PackPiece(id: id, type: .blob, bytes: bytes))
    batchBytes += bytes.count
    if batchBytes >= Self.batchSize { try flush() }
    return id
  }

  /// Puts the pack in its place, on the disk for good, and lets the repository see it.
  public consuming func finish(in repository: borrowing Repository) throws(GitError) {
    guard index.count > 0 else { return }
    try flush()
    try collect()
    let sum = try file.complete(header: Self.header(index.count))
    let name = ObjectID(bytes: sum).map(\.description) ?? ""
    try file.install(name: "pack-" + name, index: index.bytes(packSum: sum))
    try check("write a pack", unsafe git_odb_refresh(repository.database.pointer))
  }

  /// Whether the repository has a blob, undamaged: it is read, which takes less than packing it.
  ///
  /// One that came with a pack of somebody else's a moment ago may be missed, and is then written twice.
  private func isStored(_ id: ObjectID, _ bytes: [UInt8]) -> Bool {
    var raw = id.raw
    // At a miss libgit2 would look for new packs, each time.
    let lookup = GIT_ODB_LOOKUP_NO_REFRESH.rawValue
    guard unsafe git_odb_exists_ext(database.pointer, &raw, lookup) == 1,
      let object = try? unsafe Handle<DatabaseObjectKind>(
        "read an object", { unsafe git_odb_read(&$0, database.pointer, &raw) })
    else { return false }
    let found = unsafe UnsafeRawBufferPointer(
      start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer))
    return unsafe git_odb_object_type(object.pointer) == GIT_OBJECT_BLOB
      && found.elementsEqual(bytes)
  }

  private static func header(_ count: Int) -> [UInt8] {
    Array("PACK".utf8) + [0, 0, 0, 2]
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
  }

  /// Has what was gathered compressed, once what was before it is in the file.
  private mutating func flush() throws(GitError) {
    try collect()
    underWay = PackBatch(batch)
    batch = []
    batchBytes = 0
  }

  private mutating func collect() throws(GitError) {
    guard let pieces = try underWay?.wait() else { return }
    underWay = nil
    var bytes: [UInt8] = []
    for piece in pieces {
      index.add(piece.id, at: offset + UInt64(bytes.count), checksum: piece.checksum)
      bytes += piece.bytes
    }
    offset += UInt64(bytes.count)
    try file.append(bytes)
  }
}

// It holds an open file and zlib's memory, used by one thread at a time.
@available(*, unavailable)
extension PackWriter: Sendable {}
