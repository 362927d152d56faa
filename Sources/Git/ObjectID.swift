import CGit2

/// The name of a git object: the SHA-1 of its type, length and content.
///
/// Twenty bytes held in place, so that a hundred thousand of them cost no allocation.
public struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number of bytes in an id.
  public static let byteCount = 20

  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// Takes an id from its 20 raw bytes; any other number of them is no id.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var high: UInt64 = 0
    var middle: UInt64 = 0
    var low: UInt32 = 0
    for (place, byte) in bytes.enumerated() {
      switch place {
      case 0..<8: high = high << 8 | UInt64(byte)
      case 8..<16: middle = middle << 8 | UInt64(byte)
      default: low = low << 8 | UInt32(byte)
      }
    }
    self.high = high
    self.middle = middle
    self.low = low
  }

  /// Reads an id from 40 hexadecimal digits.
  public init?(hex: String) {
    guard hex.utf8.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    var pending: UInt8?
    for digit in hex.utf8 {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
      default: return nil
      }
      if let first = pending {
        bytes.append(first << 4 | value)
        pending = nil
      } else {
        pending = value
      }
    }
    self.init(bytes: bytes)
  }

  /// The id that a file with these bytes has in git; nothing is written.
  public static func blob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    try ObjectID(hashing: bytes, .blob)
  }

  /// The id that an object with these bytes has.
  init(hashing bytes: [UInt8], _ type: ObjectType) throws(GitError) {
    try Libgit2.start()
    var id = git_oid()
    try check(
      "hash",
      unsafe bytes.withUnsafeBytes {
        unsafe git_odb_hash(&id, $0.baseAddress, $0.count, type.raw)
      })
    self.init(id)
  }

  /// The first ten digits: enough for any vault, and what is shown.
  public var short: String { String(description.prefix(10)) }

  /// The 20 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    append(to: &bytes)
    return bytes
  }

  /// The 40 hexadecimal digits.
  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * Self.byteCount)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Orders ids by their bytes.
  public static func < (left: ObjectID, right: ObjectID) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }

  /// The first of the 20 bytes.
  var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

  /// Appends the 20 bytes.
  func append(to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: high >> UInt64(shift)))
    }
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: middle >> UInt64(shift)))
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: low >> UInt32(shift)))
    }
  }
}

extension ObjectID {
  /// Copies libgit2's id.
  init(_ raw: git_oid) {
    var raw = raw
    self = unsafe withUnsafeBytes(of: &raw.id) { unsafe ObjectID(loading: $0) }
  }

  /// Loads an id from 20 bytes at the start of a buffer that is known to hold them.
  init(loading buffer: UnsafeRawBufferPointer) {
    high = unsafe UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    middle = unsafe UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    low = unsafe UInt32(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
  }

  /// The id in libgit2's form.
  var raw: git_oid {
    var raw = git_oid()
    unsafe withUnsafeMutableBytes(of: &raw.id) { buffer in
      unsafe buffer.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
      unsafe buffer.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
      unsafe buffer.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
    return raw
  }
}
