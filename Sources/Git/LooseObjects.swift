import CGit2
import Glibc

/// Objects that are files of their own, read by us where libgit2 would come to them.
///
/// The reader of libgit2 1.5 never ends in a file that was cut off, as a power cut, a full disk or a
/// stick that was pulled out can leave it: zlib says that no more comes, and it asks again. What is
/// damaged in another way, or not there, is left to libgit2, which tells it well. The format: "Loose
/// Object Format" of git's gitformat-loose(5).
enum LooseObjects {
  /// Has an object store read the files of a folder by us.
  static func read(
    _ folder: String, for database: borrowing Handle<DatabaseKind>
  ) throws(GitError) {
    let operation = "open the object store"
    let made = UnsafeMutablePointer<notes_loose_objects>.allocate(capacity: 1)
    var base = unsafe git_odb_backend()
    unsafe git_odb_init_backend(&base, UInt32(GIT_ODB_BACKEND_VERSION))
    unsafe base.read = { data, size, type, backend, id in
      unsafe LooseObjects.read(data, size, type, backend, id)
    }
    unsafe base.read_header = { size, type, backend, id in
      unsafe LooseObjects.readHeader(size, type, backend, id)
    }
    unsafe base.read_prefix = { found, data, size, type, backend, id, digits in
      unsafe LooseObjects.readPrefix(found, data, size, type, backend, id, digits)
    }
    // libgit2 calls it without a look whether it is there; its own reader names the files.
    unsafe base.foreach = { _, _, _ in 0 }
    unsafe base.free = { backend in
      guard let made = UnsafeMutableRawPointer(backend) else { return }
      unsafe free(made.assumingMemoryBound(to: notes_loose_objects.self).pointee.folder)
      unsafe made.deallocate()
    }
    unsafe made.initialize(to: notes_loose_objects(base: base, folder: strdup(folder)))
    // As high as packs, which were there first and so are asked first, and above loose objects.
    try check(
      operation,
      unsafe git_odb_add_backend(
        database.pointer,
        UnsafeMutableRawPointer(made).assumingMemoryBound(to: git_odb_backend.self),
        2))
  }

  /// Whether there is a file at a path that is no object with these bytes; not so where it cannot be read.
  static func isOther(than bytes: [UInt8], at path: String) -> Bool {
    guard let file = readPlainFile(path, limit: .max) else { return false }
    if case .whole(_, let found) = content(of: file) { return found != bytes }
    return true
  }

  /// Those of a folder's objects whose files are damaged.
  static func damaged(in folder: String) -> [ObjectID] {
    let store = ObjectStore(folder)
    return store.loose().filter { id in
      guard let file = readPlainFile(store.path(of: id), limit: .max) else { return false }
      return switch content(of: file) {
      case .whole, .tooLarge: false
      case .cutOff, .unknown: true
      }
    }
  }

  /// The first of a folder's objects whose file was cut off; `nil` where none was.
  static func firstCutOff(in folder: String) -> ObjectID? {
    let store = ObjectStore(folder)
    return store.loose().first { id in
      guard let file = readPlainFile(store.path(of: id), limit: .max) else { return false }
      if case .cutOff = content(of: file) { return true }
      return false
    }
  }

  // MARK: - What libgit2 calls

  @unsafe private static func read(
    _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
    _ type: UnsafeMutablePointer<git_object_t>?, _ backend: UnsafeMutablePointer<git_odb_backend>?,
    _ id: UnsafePointer<git_oid>?
  ) -> Int32 {
    guard let id = unsafe id.map({ unsafe ObjectID($0.pointee) }),
      let file = unsafe path(of: id, backend).flatMap({ readPlainFile($0, limit: .max) })
    else { return GIT_ENOTFOUND.rawValue }
    switch content(of: file) {
    case .unknown, .tooLarge: return GIT_ENOTFOUND.rawValue
    case .cutOff: return cutOff(id)
    case .whole(let header, let bytes):
      // libgit2 parses objects as text that ends in a zero.
      guard let room = unsafe git_odb_backend_data_alloc(backend, bytes.count + 1) else {
        return -1
      }
      unsafe bytes.withUnsafeBytes { bytes in
        if let start = bytes.baseAddress {
          unsafe room.copyMemory(from: start, byteCount: bytes.count)
        }
      }
      unsafe room.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
      unsafe data?.pointee = room
      unsafe size?.pointee = bytes.count
      unsafe type?.pointee = header.type
      return 0
    }
  }

  @unsafe private static func readHeader(
    _ size: UnsafeMutablePointer<Int>?, _ type: UnsafeMutablePointer<git_object_t>?,
    _ backend: UnsafeMutablePointer<git_odb_backend>?, _ id: UnsafePointer<git_oid>?
  ) -> Int32 {
    guard let id = unsafe id.map({ unsafe ObjectID($0.pointee) }),
      let file = unsafe path(of: id, backend).flatMap({ readStart($0, 4_096) })
    else { return GIT_ENOTFOUND.rawValue }
    let (bytes, state) = inflated(file, atMost: Header.longest)
    guard let header = Header(bytes) else {
      return state == .wantsMore ? cutOff(id) : GIT_ENOTFOUND.rawValue
    }
    unsafe size?.pointee = header.size
    unsafe type?.pointee = header.type
    return 0
  }

  @unsafe private static func readPrefix(
    _ found: UnsafeMutablePointer<git_oid>?,
    _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
    _ type: UnsafeMutablePointer<git_object_t>?, _ backend: UnsafeMutablePointer<git_odb_backend>?,
    _ id: UnsafePointer<git_oid>?, _ digits: Int
  ) -> Int32 {
    guard let folder = unsafe folder(of: backend), let id = unsafe id?.pointee, digits >= 2 else {
      return GIT_ENOTFOUND.rawValue
    }
    let prefix = ObjectID(id).description.prefix(digits)
    let names = namesInFolder("\(folder)/\(prefix.prefix(2))")
      .filter { $0.hasPrefix(prefix.dropFirst(2)) }
      .compactMap { ObjectID(hex: prefix.prefix(2) + $0) }
    guard names.count == 1 else {
      return names.isEmpty ? GIT_ENOTFOUND.rawValue : GIT_EAMBIGUOUS.rawValue
    }
    var whole = names[0].raw
    let code = unsafe read(data, size, type, backend, &whole)
    if code == 0 { unsafe found?.pointee = whole }
    return code
  }

  private static func cutOff(_ id: ObjectID) -> Int32 {
    unsafe git_error_set_str(
      Int32(GIT_ERROR_ODB.rawValue), "the file of the object \(id) is cut off")
    return GIT_ERROR.rawValue
  }

  @unsafe private static func folder(
    of backend: UnsafeMutablePointer<git_odb_backend>?
  ) -> String? {
    guard let made = UnsafeMutableRawPointer(backend) else { return nil }
    return unsafe made.assumingMemoryBound(to: notes_loose_objects.self).pointee.folder.map {
      unsafe String(cString: $0)
    }
  }

  @unsafe private static func path(
    of id: ObjectID, _ backend: UnsafeMutablePointer<git_odb_backend>?
  ) -> String? {
    unsafe folder(of: backend).map { ObjectStore($0).path(of: id) }
  }

  // MARK: - The format

  private enum Content {
    case whole(Header, [UInt8])
    case cutOff
    /// It is damaged in another way.
    case unknown
    /// It is left to libgit2.
    case tooLarge
  }

  /// `blob 1234`, and a zero.
  private struct Header {
    let type: git_object_t
    let size: Int
    /// In bytes, with the zero.
    let count: Int

    /// The longest that git writes: a type, a blank, a size, and a zero.
    static let longest = 32

    init?(_ bytes: [UInt8]) {
      guard let end = bytes.prefix(Self.longest).firstIndex(of: 0),
        let blank = bytes[..<end].firstIndex(of: UInt8(ascii: " ")),
        let size = Int(String(decoding: bytes[(blank + 1)..<end], as: UTF8.self)), size >= 0
      else { return nil }
      let name = String(decoding: bytes[..<blank], as: UTF8.self)
      let types: [String: ObjectType] = [
        "commit": .commit, "tree": .tree, "blob": .blob, "tag": .tag,
      ]
      guard let type = types[name] else { return nil }
      (self.type, self.size, count) = (type.raw, size, end + 1)
    }
  }

  private static func content(of file: [UInt8]) -> Content {
    let (beginning, state) = inflated(file, atMost: Header.longest)
    guard let header = Header(beginning) else { return state == .wantsMore ? .cutOff : .unknown }
    guard header.size < Int(UInt32.max) - Header.longest, file.count < Int(UInt32.max)
    else { return .tooLarge }
    // One byte more than there should be, so that what is too long is seen.
    let (bytes, end) = inflated(file, atMost: header.count + header.size + 1)
    switch end {
    case .wantsMore: return .cutOff
    case .ended where bytes.count == header.count + header.size:
      return .whole(header, Array(bytes[header.count...]))
    case .ended, .isFull, .damaged: return .unknown
    }
  }

  private enum State { case ended, isFull, wantsMore, damaged }

  /// The first bytes of what was compressed, and how it ended.
  private static func inflated(_ file: [UInt8], atMost most: Int) -> ([UInt8], State) {
    var stream = unsafe z_stream()
    guard
      unsafe inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return ([], .damaged) }
    defer { unsafe inflateEnd(&stream) }
    var code = Z_OK
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { room, count in
      unsafe file.withUnsafeBufferPointer { input in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = UInt32(clamping: input.count)
        unsafe stream.next_out = room.baseAddress
        unsafe stream.avail_out = UInt32(clamping: most)
        unsafe code = inflate(&stream, Z_SYNC_FLUSH)
      }
      count = most - Int(unsafe stream.avail_out)
    }
    switch code {
    case Z_STREAM_END: return (bytes, .ended)
    case Z_OK, Z_BUF_ERROR: return (bytes, bytes.count < most ? .wantsMore : .isFull)
    default: return (bytes, .damaged)
    }
  }
}
