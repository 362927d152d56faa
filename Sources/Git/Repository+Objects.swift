import CGit2
import Glibc

/// The kinds of git object.
public enum ObjectType: Sendable {
  /// A snapshot's description.
  case commit
  /// A folder.
  case tree
  /// A file's bytes.
  case blob
  /// A named, signed pointer to another object.
  case tag

  init?(_ raw: git_object_t) {
    switch raw {
    case GIT_OBJECT_COMMIT: self = .commit
    case GIT_OBJECT_TREE: self = .tree
    case GIT_OBJECT_BLOB: self = .blob
    case GIT_OBJECT_TAG: self = .tag
    default: return nil
    }
  }

  var raw: git_object_t {
    switch self {
    case .commit: GIT_OBJECT_COMMIT
    case .tree: GIT_OBJECT_TREE
    case .blob: GIT_OBJECT_BLOB
    case .tag: GIT_OBJECT_TAG
    }
  }
}

extension Repository {
  /// Writes bytes as a blob, as they are, and returns its id.
  @discardableResult
  public func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    try write(bytes, .blob)
  }

  /// Reads a blob that is no larger than a limit in bytes; a larger one is refused as `.tooLarge`.
  public func readBlob(_ id: ObjectID, limit: Int = .max) throws(GitError) -> [UInt8] {
    if limit < .max, try blobSize(id) > limit {
      throw GitError("read a blob", .tooLarge, "it is larger than \(limit) bytes")
    }
    return try read(id, .blob)
  }

  /// The size of a blob in bytes.
  public func blobSize(_ id: ObjectID) throws(GitError) -> Int {
    let header = try header(id)
    guard header.type == .blob else { throw GitError("read a blob", .invalid, "\(id) is no blob") }
    return header.size
  }

  /// What kind of object has this id; nil when there is none.
  public func type(of id: ObjectID) throws(GitError) -> ObjectType? {
    do throws(GitError) {
      return try header(id).type
    } catch {
      if error.reason == .notFound { return nil }
      throw error
    }
  }

  /// Whether there is an object with this id.
  public func exists(_ id: ObjectID) -> Bool {
    var raw = id.raw
    return unsafe git_odb_exists(database.pointer, &raw) == 1
  }

  /// Writes an object of any kind.
  ///
  /// libgit2 takes a file that has the object's name for the object, and writes nothing. After a power cut it
  /// can be empty or torn: git does not wait for the disk with the objects that `git add` makes.
  func write(_ bytes: [UInt8], _ type: ObjectType) throws(GitError) -> ObjectID {
    let operation = "write an object"
    let store = ObjectStore(commonDirectory + "/objects")
    let name = try ObjectID(hashing: bytes, type)
    if LooseObjects.isOther(than: bytes, at: store.path(of: name)) {
      try store.putAside(name, operation)
    }
    var id = git_oid()
    let code = writingAgain {
      unsafe bytes.withUnsafeBytes {
        unsafe git_odb_write(&id, database.pointer, $0.baseAddress, $0.count, type.raw)
      }
    }
    try check(operation, code)
    return ObjectID(id)
  }

  /// Reads an object of one kind.
  func read(_ id: ObjectID, _ type: ObjectType) throws(GitError) -> [UInt8] {
    try unsafe withObject(id, type) { (bytes: UnsafeRawBufferPointer) in unsafe Array(bytes) }
  }

  /// Lends an object's bytes.
  func withObject<Result>(
    _ id: ObjectID, _ type: ObjectType,
    _ body: (UnsafeRawBufferPointer) throws(GitError) -> Result
  ) throws(GitError) -> Result {
    var raw = id.raw
    let object = try unsafe Handle<DatabaseObjectKind>("read the object \(id)") {
      made in lookingAgain { unsafe git_odb_read(&made, database.pointer, &raw) }
    }
    guard unsafe git_odb_object_type(object.pointer) == type.raw else {
      throw GitError("read the object \(id)", .corrupt, "it is not a \(type)")
    }
    return try unsafe body(
      UnsafeRawBufferPointer(
        start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer)))
  }

  private func header(_ id: ObjectID) throws(GitError) -> (type: ObjectType?, size: Int) {
    var raw = id.raw
    var size = 0
    var type = GIT_OBJECT_INVALID
    try check(
      "read the object \(id)", unsafe git_odb_read_header(&size, &type, database.pointer, &raw))
    return (ObjectType(type), size)
  }

  /// Throws what libgit2 says; the reason is `.notFound` where an object is not there that is needed.
  func checkWritten(_ operation: String, _ code: Int32, needing ids: [ObjectID]) throws(GitError) {
    if code >= 0 { return }
    let error = GitError(operation, code: code)
    throw ids.allSatisfy { exists($0) } ? error : error.during(operation, reason: .notFound)
  }

  /// Writes an object, and again where its folder went meanwhile: `git gc` removes what it emptied.
  func writingAgain(_ write: () -> Int32) -> Int32 {
    var code = write()
    for _ in 0..<4 where code < 0 && GitError("write an object", code: code).isMissingFolder {
      code = write()
    }
    return code
  }

  /// Reads an object, and where it is not found looks again a moment later.
  ///
  /// While git packs, an object goes from one pack to another, and the old one goes as well. libgit2
  /// lists the packs anew once for each read; where that fell between the two, it has neither.
  func lookingAgain(_ read: () -> Int32) -> Int32 {
    var code = read()
    for pause in [2_000, 20_000] as [UInt32] where code == GIT_ENOTFOUND.rawValue {
      usleep(pause)
      _ = unsafe git_odb_refresh(database.pointer)
      code = read()
    }
    return code
  }
}
