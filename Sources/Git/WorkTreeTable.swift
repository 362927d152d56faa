import Glibc

/// The file behind `WorkTreeIndex`, used as it was read, without being taken apart.
///
/// A header, records of one size in the order of their paths, and the bytes of the paths.
///
/// Header, 48 bytes: magic and version (8), count (8), tree (20), unused (4), checksum of all
/// that follows (8). Record, 96 bytes: size, modified, changed (seconds), inode, device (8 each),
/// nanoseconds of both, mode on disk, mode in git, place and length of the path, flags (4 each),
/// id (20), unused (8). Numbers are in this machine's byte order: the file never leaves it.
struct WorkTreeTable: Sendable {
  private static let magic: UInt64 = 0x3130_4957_4554_4F4E
  private static let headerSize = 48
  private static let recordSize = 96

  /// The number of entries.
  let count: Int
  /// The tree that holds exactly the entries.
  let tree: ObjectID?
  private let bytes: [UInt8]

  /// A table with nothing in it.
  init() {
    bytes = []
    count = 0
    tree = nil
  }

  /// Takes a file's bytes, unless they are damaged.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headerSize, Self.number(bytes, 0) as UInt64 == Self.magic,
      Self.number(bytes, 40) as UInt64 == Self.checksum(bytes),
      let count = Int(exactly: Self.number(bytes, 8) as UInt64),
      count <= (bytes.count - Self.headerSize) / Self.recordSize
    else { return nil }
    self.count = count
    self.bytes = bytes
    let id = ObjectID(bytes: bytes[16..<36])
    tree = bytes[16..<36].allSatisfy { $0 == 0 } ? nil : id
    for place in 0..<count {
      let record = Self.headerSize + place * Self.recordSize
      let start = Int(Self.number(bytes, record + 56) as UInt32)
      let length = Int(Self.number(bytes, record + 60) as UInt32)
      guard start + length <= bytes.count else { return nil }
    }
  }

  /// The record at a place.
  func entry(at place: Int) -> WorkTreeIndex.Entry {
    let record = Self.headerSize + place * Self.recordSize
    return unsafe bytes.withUnsafeBytes { buffer in
      func long(_ offset: Int) -> Int64 {
        unsafe buffer.loadUnaligned(fromByteOffset: record + offset, as: Int64.self)
      }
      func short(_ offset: Int) -> UInt32 {
        unsafe buffer.loadUnaligned(fromByteOffset: record + offset, as: UInt32.self)
      }
      let stamp = FileStamp(
        size: long(0), modified: .init(seconds: long(8), nanoseconds: short(40)),
        changed: .init(seconds: long(16), nanoseconds: short(44)),
        inode: UInt64(bitPattern: long(24)), device: UInt64(bitPattern: long(32)), mode: short(48))
      let id = unsafe ObjectID(loading: UnsafeRawBufferPointer(rebasing: buffer[(record + 68)...]))
      return WorkTreeIndex.Entry(
        stamp: stamp, entry: TreeEntry(mode: short(52), id: id), isSettled: short(64) & 1 != 0)
    }
  }

  /// The path of the record at a place.
  func path(at place: Int) -> GitPath { GitPath(bytes: Array(pathBytes(at: place))) }

  /// The bytes of that path, in place.
  func pathBytes(at place: Int) -> ArraySlice<UInt8> {
    let record = Self.headerSize + place * Self.recordSize
    let start = Int(Self.number(bytes, record + 56) as UInt32)
    return bytes[start..<start + Int(Self.number(bytes, record + 60) as UInt32)]
  }

  /// The place of a path, looked for first where it would be if paths came in order.
  func find(_ path: [UInt8], near hint: Int) -> Int? {
    if hint < count, compare(path, hint) == 0 { return hint }
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      let order = compare(path, middle)
      if order == 0 { return middle }
      if order < 0 { high = middle } else { low = middle + 1 }
    }
    return nil
  }

  private func compare(_ path: [UInt8], _ place: Int) -> Int {
    let record = Self.headerSize + place * Self.recordSize
    return unsafe bytes.withUnsafeBytes { buffer in
      unsafe path.withUnsafeBytes { wanted in
        let start = unsafe Int(buffer.loadUnaligned(fromByteOffset: record + 56, as: UInt32.self))
        let length = unsafe Int(buffer.loadUnaligned(fromByteOffset: record + 60, as: UInt32.self))
        let common = min(length, wanted.count)
        if common > 0, let left = wanted.baseAddress, let right = buffer.baseAddress {
          let order = unsafe memcmp(left, right + start, common)
          if order != 0 { return Int(order) }
        }
        return wanted.count - length
      }
    }
  }

  private static func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: [UInt8], _ place: Int
  ) -> Number {
    unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: place, as: Number.self)
    }
  }

  /// A sum over all that follows the header, and the header before the sum: it finds damage, not
  /// malice, which could as well write a matching sum.
  private static func checksum(_ bytes: [UInt8]) -> UInt64 {
    unsafe bytes.withUnsafeBytes { buffer in
      var sum: UInt64 = 14_695_981_039_346_656_037
      var place = 0
      while place + 8 <= buffer.count {
        if place != 40 {
          let word = unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          sum = ((sum ^ word) &* 1_099_511_628_211) ^ (sum >> 29)
        }
        place += 8
      }
      while place < buffer.count {
        sum = (sum ^ UInt64(unsafe buffer[place])) &* 1_099_511_628_211
        place += 1
      }
      return sum
    }
  }
}

extension WorkTreeTable {
  /// Makes a file's bytes of entries that come in the order of their paths.
  struct Writer {
    private var records: [UInt8] = []
    private var paths: [UInt8] = []
    private var count = 0
    private let tree: ObjectID?

    init(capacity: Int, tree: ObjectID?) {
      self.tree = tree
      records.reserveCapacity(headerSize + capacity * (recordSize + 48))
      records.append(contentsOf: repeatElement(0, count: headerSize))
      paths.reserveCapacity(capacity * 48)
    }

    mutating func append(_ path: ArraySlice<UInt8>, _ entry: WorkTreeIndex.Entry) {
      let stamp = entry.stamp
      put(stamp.size)
      put(stamp.modified.seconds)
      put(stamp.changed.seconds)
      put(stamp.inode)
      put(stamp.device)
      put(stamp.modified.nanoseconds)
      put(stamp.changed.nanoseconds)
      put(stamp.mode)
      put(entry.entry.mode)
      // Made absolute when the number of records is known.
      put(UInt32(truncatingIfNeeded: paths.count))
      put(UInt32(truncatingIfNeeded: path.count))
      put(UInt32(entry.isSettled ? 1 : 0))
      entry.entry.id.append(to: &records)
      put(UInt64(0))
      paths.append(contentsOf: path)
      count += 1
    }

    consuming func finish() -> [UInt8] {
      let start = records.count
      records.append(contentsOf: paths)
      var header: [UInt8] = []
      let tree = tree
      unsafe withUnsafeBytes(of: magic) { unsafe header.append(contentsOf: $0) }
      unsafe withUnsafeBytes(of: UInt64(count)) { unsafe header.append(contentsOf: $0) }
      if let tree { tree.append(to: &header) }
      records.replaceSubrange(0..<header.count, with: header)
      let total = count
      unsafe records.withUnsafeMutableBytes { buffer in
        for place in 0..<total {
          let offset = headerSize + place * recordSize + 56
          let relative = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
          unsafe buffer.storeBytes(
            of: relative &+ UInt32(truncatingIfNeeded: start), toByteOffset: offset, as: UInt32.self
          )
        }
      }
      let sum = checksum(records)
      unsafe records.withUnsafeMutableBytes {
        unsafe $0.storeBytes(of: sum, toByteOffset: 40, as: UInt64.self)
      }
      return records
    }

    private mutating func put(_ number: some BitwiseCopyable) {
      unsafe withUnsafeBytes(of: number) { unsafe records.append(contentsOf: $0) }
    }
  }
}
