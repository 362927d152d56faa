import CGit2
import Glibc

/// Objects that are files of their own, read by us, so that libgit2's own reader never comes to them.
///
/// That of libgit2 1.5 never ends in a file that was cut off, as a power cut, a full disk or a stick
/// that was pulled out can leave it: zlib says that no more comes, and it asks again. In a file that
/// has more bytes than it says it writes them over whatever stands in memory behind. So only that no
/// file is there is left for it to find out. The format: "Loose Object Format" of git's
/// gitformat-loose(5).
enum LooseObjects {
  /// Has an object store read the files of a folder by us, and of those that it borrows from: objects of
  /// up to `limit` bytes.
  static func read(
    _ folder: String, for database: borrowing Handle<DatabaseKind>, limit: Int = .max
  ) throws(GitError) {
    try add(folder, to: database, limit, isBorrowed: false)
    for other in try ObjectStore(folder).borrowed() {
      try add(other, to: database, limit, isBorrowed: true)
    }
  }

  private static func add(
    _ folder: String, to database: borrowing Handle<DatabaseKind>, _ limit: Int, isBorrowed: Bool
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
    unsafe made.initialize(
      to: notes_loose_objects(base: base, folder: strdup(folder), limit: limit))
    let backend = unsafe UnsafeMutableRawPointer(made)
      .assumingMemoryBound(to: git_odb_backend.self)
    // As high as packs, which were there first and so are asked first, and above loose objects.
    try check(
      operation,
      unsafe isBorrowed
        ? git_odb_add_alternate(database.pointer, backend, 2)
        : git_odb_add_backend(database.pointer, backend, 2))
  }

  /// Whether there is a file at a path that is no object with these bytes; not so where it cannot be read.
  static func isOther(than bytes: [UInt8], at path: String) -> Bool {
    guard let file = readPlainFile(path, limit: .max) else { return false }
    guard let header = try? Header(ofFile: file), header.size == bytes.count else { return true }
    var found = [UInt8](repeating: 0, count: header.size + 1)
    do {
      try unsafe found.withUnsafeMutableBytes { try unsafe unfold(file, header, into: $0) }
    } catch { return true }
    return found.dropLast() != bytes[...]
  }

  /// Those of a folder's objects whose files are damaged.
  static func damaged(in folder: String) -> [ObjectID] {
    let store = ObjectStore(folder)
    return store.loose().filter { id in
      guard let file = readPlainFile(store.path(of: id), limit: .max) else { return false }
      return !isWhole(file)
    }
  }

  /// Whether a file has what its header says, which takes no more memory than the file.
  private static func isWhole(_ file: [UInt8]) -> Bool {
    guard let header = try? Header(ofFile: file) else { return false }
    var inflater = Inflater(file)
    _ = inflater.next(header.count)
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    while inflater.state == .goesOn, count <= header.size {
      unsafe piece.withUnsafeMutableBytes { count += unsafe inflater.fill($0) }
    }
    return inflater.state == .ended && count == header.size
  }

  // MARK: - What libgit2 calls

  @unsafe private static func read(
    _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
    _ type: UnsafeMutablePointer<git_object_t>?, _ backend: UnsafeMutablePointer<git_odb_backend>?,
    _ id: UnsafePointer<git_oid>?
  ) -> Int32 {
    guard let id = unsafe id.map({ unsafe ObjectID($0.pointee) }),
      let place = unsafe Place(backend)
    else { return GIT_ENOTFOUND.rawValue }
    return answer(id) { () throws(Fault) in
      let file = try place.file(of: id)
      let header = try Header(ofFile: file)
      try place.refuse(header)
      // libgit2 parses objects as text that ends in a zero.
      guard let room = unsafe git_odb_backend_data_alloc(backend, header.size + 1) else {
        throw .tooLarge(size: header.size, limit: nil)
      }
      do throws(Fault) {
        try unsafe unfold(
          file, header, into: UnsafeMutableRawBufferPointer(start: room, count: header.size + 1))
      } catch {
        unsafe git_odb_backend_data_free(backend, room)
        throw error
      }
      unsafe room.storeBytes(of: 0, toByteOffset: header.size, as: UInt8.self)
      unsafe data?.pointee = room
      unsafe size?.pointee = header.size
      unsafe type?.pointee = header.type
    }
  }

  @unsafe private static func readHeader(
    _ size: UnsafeMutablePointer<Int>?, _ type: UnsafeMutablePointer<git_object_t>?,
    _ backend: UnsafeMutablePointer<git_odb_backend>?, _ id: UnsafePointer<git_oid>?
  ) -> Int32 {
    guard let id = unsafe id.map({ unsafe ObjectID($0.pointee) }),
      let place = unsafe Place(backend)
    else { return GIT_ENOTFOUND.rawValue }
    return answer(id) { () throws(Fault) in
      let header = try Header(ofFile: place.start(of: id))
      try place.refuse(header)
      unsafe size?.pointee = header.size
      unsafe type?.pointee = header.type
    }
  }

  @unsafe private static func readPrefix(
    _ found: UnsafeMutablePointer<git_oid>?,
    _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
    _ type: UnsafeMutablePointer<git_object_t>?, _ backend: UnsafeMutablePointer<git_odb_backend>?,
    _ id: UnsafePointer<git_oid>?, _ digits: Int
  ) -> Int32 {
    guard let place = unsafe Place(backend), let id = unsafe id?.pointee, digits >= 2 else {
      return GIT_ENOTFOUND.rawValue
    }
    let prefix = ObjectID(id).description.prefix(digits)
    let names = namesInFolder("\(place.folder)/\(prefix.prefix(2))")
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

  /// Has libgit2 go on only where no file is there.
  private static func answer(_ id: ObjectID, _ body: () throws(Fault) -> Void) -> Int32 {
    do throws(Fault) {
      try body()
      return 0
    } catch {
      guard let words = error.words(of: id) else { return GIT_ENOTFOUND.rawValue }
      let area = if case .tooLarge = error { GIT_ERROR_NOMEMORY } else { GIT_ERROR_ODB }
      unsafe git_error_set_str(Int32(area.rawValue), words)
      return GIT_ERROR.rawValue
    }
  }

  /// What libgit2 has of us.
  private struct Place {
    let folder: String
    let limit: Int

    @unsafe init?(_ backend: UnsafeMutablePointer<git_odb_backend>?) {
      guard let made = UnsafeMutableRawPointer(backend) else { return nil }
      let ours = unsafe made.assumingMemoryBound(to: notes_loose_objects.self)
      guard let folder = unsafe ours.pointee.folder else { return nil }
      self.folder = unsafe String(cString: folder)
      limit = unsafe ours.pointee.limit
    }

    /// The bytes of an object's file.
    func file(of id: ObjectID) throws(Fault) -> [UInt8] {
      // What zlib cannot make smaller it makes a little larger.
      let most = limit < .max ? limit + limit >> 8 + 4_096 : limit
      let path = ObjectStore(folder).path(of: id)
      if case .file(let size) = FileKind.of(path, following: true), size > most {
        throw .tooLarge(size: size, limit: limit)
      }
      return try bytes(path) { readPlainFile($0, limit: most) }
    }

    /// The first of them.
    func start(of id: ObjectID) throws(Fault) -> [UInt8] {
      try bytes(ObjectStore(folder).path(of: id)) { readStart($0, 4_096) }
    }

    private func bytes(
      _ path: String, _ read: (String) -> [UInt8]?
    ) throws(Fault) -> [UInt8] {
      if let bytes = read(path) { return bytes }
      if isGone(path) { throw .gone }
      // It may have been written a moment ago.
      if let bytes = read(path) { return bytes }
      throw unsafe .unreadable(
        access(path, R_OK) == 0 ? "it is no plain file" : String(cString: strerror(errno)))
    }

    /// Refuses what is too large, before it is unfolded.
    func refuse(_ header: Header) throws(Fault) {
      if header.size > limit { throw .tooLarge(size: header.size, limit: limit) }
    }
  }

  // MARK: - The format

  /// Why an object is not read.
  private enum Fault: Error {
    case gone
    case unreadable(String)
    case cutOff
    case damaged
    case tooLarge(size: Int, limit: Int?)

    /// What is wrong; `nil` where there is no file.
    func words(of id: ObjectID) -> String? {
      switch self {
      case .gone: nil
      case .unreadable(let why): "the file of the object \(id) cannot be read: \(why)"
      case .cutOff: "the file of the object \(id) is cut off"
      case .damaged: "the file of the object \(id) is damaged"
      case .tooLarge(let size, let limit?):
        "the object \(id) has \(size) bytes, and the limit is \(limit)"
      case .tooLarge(let size, nil): "there is no memory for the \(size) bytes of the object \(id)"
      }
    }
  }

  /// `blob 1234`, and a zero.
  private struct Header {
    let type: git_object_t
    let size: Int
    /// In bytes, with the zero.
    let count: Int

    /// The longest that git writes: a type, a blank, a size, and a zero.
    static let longest = 32

    /// Reads the header of a file, of which the beginning is enough.
    init(ofFile file: [UInt8]) throws(Fault) {
      var inflater = Inflater(file)
      let bytes = inflater.next(Self.longest)
      guard let header = Self(bytes) else {
        throw inflater.state == .cutOff ? .cutOff : .damaged
      }
      self = header
    }

    private init?(_ bytes: [UInt8]) {
      guard let end = bytes.firstIndex(of: 0),
        let blank = bytes[..<end].firstIndex(of: UInt8(ascii: " ")),
        let size = Int(String(decoding: bytes[(blank + 1)..<end], as: UTF8.self)),
        size >= 0, size < .max
      else { return nil }
      let name = String(decoding: bytes[..<blank], as: UTF8.self)
      let types: [String: ObjectType] = [
        "commit": .commit, "tree": .tree, "blob": .blob, "tag": .tag,
      ]
      guard let type = types[name] else { return nil }
      (self.type, self.size, count) = (type.raw, size, end + 1)
    }
  }

  /// Unfolds what stands behind the header, into room for one byte more than there should be, so that
  /// what is too long is seen.
  @unsafe private static func unfold(
    _ file: [UInt8], _ header: Header, into room: UnsafeMutableRawBufferPointer
  ) throws(Fault) {
    var inflater = Inflater(file)
    _ = inflater.next(header.count)
    let count = unsafe inflater.fill(room)
    switch inflater.state {
    case .ended where count == header.size: return
    case .cutOff: throw .cutOff
    case .ended, .goesOn, .damaged: throw .damaged
    }
  }
}
