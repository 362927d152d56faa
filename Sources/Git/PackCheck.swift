import Glibc
import Synchronization

/// Whether what stands in the indexes of packs can be, which libgit2 1.5 does not ask: it goes to the
/// place in a pack that an index names, be it there or not, and the process ends.
///
/// The formats: git's gitformat-pack(5), "pack-*.idx files" and "multi-pack-index files". What an index
/// says is a place in the pack, but not that of the object, shows when the object is read.
enum PackCheck {
  /// What was found sound, by the path of an index.
  private static let sound = Mutex<[String: Stamps]>([:])

  private struct Stamps: Equatable {
    let index: FileStamp
    /// The sizes of the packs.
    let packs: [Int]
  }

  /// Throws where an index in a folder of packs is damaged: each is looked at once.
  static func check(_ folder: String) throws(GitError) {
    let names = namesInFolder(folder)
    for name in names where name.hasSuffix(".idx") {
      // As git, libgit2 passes over an index without a pack.
      guard let size = packSize(of: name, in: folder) else { continue }
      try once(folder + "/" + name, [size]) { (file) throws(Flaw) in try checkIndex(file, size) }
    }
    guard names.contains("multi-pack-index") else { return }
    let packs = names.filter { $0.hasSuffix(".idx") }.sorted()
      .map { packSize(of: $0, in: folder) ?? 0 }
    try once(folder + "/multi-pack-index", packs) { (file) throws(Flaw) in
      try checkMany(file, folder)
    }
  }

  /// The size of the pack that an index in a folder is of; `nil` where it is not there.
  private static func packSize(of index: String, in folder: String) -> Int? {
    let pack = folder + "/" + index.dropLast(".idx".count) + ".pack"
    return if case .file(let size) = FileKind.of(pack, following: true) { size } else { nil }
  }

  /// Looks at an index unless it was found sound as it is.
  private static func once(
    _ path: String, _ packs: [Int], _ look: (borrowing Pages) throws(Flaw) -> Void
  ) throws(GitError) {
    guard let file = Pages(path) else { return }
    let stamps = Stamps(index: file.stamp, packs: packs)
    if sound.withLock({ $0[path] }) == stamps { return }
    do throws(Flaw) { try look(file) } catch {
      let isOfMany = path.hasSuffix("/multi-pack-index")
      throw GitError(
        "open the object store", .corrupt,
        "\(path) is damaged (\(error.words)): remove it"
          + (isOfMany
            ? ", it only makes git faster"
            : ", and git index-pack \(path.dropLast(".idx".count)).pack makes it anew"))
    }
    sound.withLock { $0[path] = stamps }
  }

  /// What is wrong with an index.
  private struct Flaw: Error {
    let words: String
    static let size = Flaw(words: "it has not the size that it says")
    static let order = Flaw(words: "its table of first bytes is not in order")
    static let place = Flaw(words: "an object would lie behind the end of its pack")
  }

  /// How a file `._pack-….idx` begins, in which macOS keeps beside a file what a disk has no place for.
  ///
  /// Git and libgit2 take it for an old index whose first table is not in order, and go on without it.
  private static let appleDouble: [UInt32] = [0x0005_1607, 0x0002_0000]

  /// The index of one pack.
  private static func checkIndex(_ file: borrowing Pages, _ pack: Int) throws(Flaw) {
    // The sum of the pack is no object.
    let last = pack - ObjectID.byteCount
    if try file.numbers(at: 0, count: 2) == appleDouble { return }
    let isOld = try file.numbers(at: 0, count: 1)[0] != 0xFF74_4F63
    let start = isOld ? 0 : 8
    let count = try file.count(fanOutAt: start)
    let ids = start + 1_024
    guard !isOld else {
      guard file.size == ids + 24 * count + 40 else { throw .size }
      let rows = try file.numbers(at: ids, count: 6 * count)
      for row in 0..<count where Int(rows[6 * row]) > last { throw .place }
      return
    }
    let left = file.size - (ids + 28 * count + 40)
    guard left >= 0, left % 8 == 0 else { throw .size }
    let far = try file.numbers(at: ids + 28 * count, count: left / 4)
    try check(file.numbers(at: ids + 24 * count, count: count), far) { _ in last }
  }

  /// Holds the places of objects against the ends of their packs: those behind 2 GiB are in a table of
  /// their own.
  private static func check(
    _ places: [UInt32], _ far: [UInt32]?, every step: Int = 1, _ last: (Int) throws(Flaw) -> Int
  ) throws(Flaw) {
    for number in stride(from: step - 1, to: places.count, by: step) {
      let near = places[number]
      var place = Int(near)
      if let far, near & 1 << 31 != 0 {
        let row = 2 * Int(near & ~(1 << 31))
        guard row < far.count else { throw .place }
        place = Int(truncatingIfNeeded: UInt64(far[row]) << 32 | UInt64(far[row + 1]))
      }
      guard place >= 0, place <= (try last(number)) else { throw .place }
    }
  }

  /// The index of many packs.
  private static func checkMany(_ file: borrowing Pages, _ folder: String) throws(Flaw) {
    let header = try file.numbers(at: 0, count: 3)
    // libgit2 does not use what is of another version.
    guard header[0] == 0x4D49_4458, header[1] >> 16 == 0x0101 else { return }
    let chunkCount = Int(header[1] >> 8 & 0xFF)
    let table = try file.numbers(at: 12, count: 3 * (chunkCount + 1))
    var chunks: [UInt32: (start: Int, size: Int)] = [:]
    for chunk in 0..<chunkCount {
      let start = Int(table[3 * chunk + 1]) << 32 | Int(table[3 * chunk + 2])
      // The last ends where libgit2 has it end.
      let end =
        chunk + 1 < chunkCount
        ? Int(table[3 * chunk + 4]) << 32 | Int(table[3 * chunk + 5])
        : file.size - ObjectID.byteCount
      guard start <= end, end <= file.size - ObjectID.byteCount else { throw .size }
      chunks[table[3 * chunk]] = (start, end - start)
    }
    guard let names = chunks[0x504E_414D], let fanOut = chunks[0x4F49_4446],
      let ids = chunks[0x4F49_444C], let places = chunks[0x4F4F_4646]
    else { throw .size }
    let count = try file.count(fanOutAt: fanOut.start)
    guard ids.size == ObjectID.byteCount * count, places.size == 8 * count else { throw .size }
    let packs = try file.bytes(at: names.start, count: names.size)
      .split(separator: 0).prefix(Int(header[2]))
      .map { String(decoding: $0, as: UTF8.self) }
      // Without one of the packs libgit2 does not use the file.
      .map { packSize(of: $0, in: folder) ?? .max }
    let far = chunks[0x4C4F_4646]
    let rows = try file.numbers(at: places.start, count: 2 * count)
    let farRows = try far.map { (far) throws(Flaw) in
      try file.numbers(at: far.start, count: far.size / 8 * 2)
    }
    // Without that table a place has all of its four bytes.
    try check(rows, farRows, every: 2) { (number) throws(Flaw) in
      guard case let pack = Int(rows[number - 1]), pack < packs.count else { throw .place }
      return packs[pack] - ObjectID.byteCount
    }
  }

  /// An index, read where it is asked for.
  @safe private struct Pages: ~Copyable {
    private let file: Int32
    let stamp: FileStamp
    var size: Int { Int(stamp.size) }

    /// `nil` where it cannot be read, which libgit2 says well.
    init?(_ path: String) {
      let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard file >= 0 else { return nil }
      var status = stat()
      guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(file)
        return nil
      }
      self.file = file
      stamp = FileStamp(status)
    }

    deinit { close(file) }

    func bytes(at start: Int, count: Int) throws(Flaw) -> [UInt8] {
      try read(at: start, count: count, 0 as UInt8)
    }

    /// Numbers of four bytes, the highest first.
    func numbers(at start: Int, count: Int) throws(Flaw) -> [UInt32] {
      var numbers = try read(at: start, count: count, 0 as UInt32)
      for place in numbers.indices { numbers[place] = UInt32(bigEndian: numbers[place]) }
      return numbers
    }

    /// The number of objects, from the table that has for each first byte how many there are up to it.
    func count(fanOutAt start: Int) throws(Flaw) -> Int {
      let table = try numbers(at: start, count: 256)
      guard zip(table, table.dropFirst()).allSatisfy({ $0 <= $1 }) else { throw .order }
      return Int(table[255])
    }

    private func read<Item: BitwiseCopyable>(
      at start: Int, count: Int, _ zero: Item
    ) throws(Flaw) -> [Item] {
      let width = MemoryLayout<Item>.size
      guard start >= 0, start <= size, count <= (size - start) / width else { throw .size }
      var done = 0
      let items = unsafe [Item](unsafeUninitializedCapacity: count) { room, made in
        let bytes = UnsafeMutableRawBufferPointer(room)
        while done < count * width, let base = bytes.baseAddress {
          let got = unsafe pread(file, base + done, count * width - done, off_t(start + done))
          if got < 0, errno == EINTR { continue }
          if got <= 0 { break }
          done += got
        }
        made = done / width
      }
      guard items.count == count else { throw .size }
      return items
    }
  }
}
