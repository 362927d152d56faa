/// The words of one column of the index, each followed by one blank.
public struct WordText: Sendable, Hashable {
  /// The words in UTF-8, ready to be bound.
  public private(set) var bytes: [UInt8] = []
  /// How many they are; the position of a word in the index is less than this.
  public private(set) var count = 0

  init() {}

  /// The words as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ text: [UInt8]) {
    unsafe text.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      append(view, 0..<view.count)
    }
  }

  /// Adds the words of a stretch.
  mutating func append(_ view: ByteView, _ range: Range<Int>) {
    // Room for plain text at once; growing to twice the size keeps many small stretches cheap.
    let room = bytes.count + range.count + 1
    if bytes.capacity < room { bytes.reserveCapacity(max(room, bytes.capacity * 2)) }
    var cursor = WordCursor(view, range)
    while cursor.next(into: &bytes) != nil {
      bytes.append(.space)
      count += 1
    }
  }

  /// Adds one word that is folded already; an empty one is none.
  mutating func append(word: some Sequence<UInt8>) {
    let start = bytes.count
    bytes += word
    guard bytes.count > start else { return }
    bytes.append(.space)
    count += 1
  }

  /// Adds the words of another text.
  mutating func append(_ other: WordText) {
    bytes += other.bytes
    count += other.count
  }

  /// Adds each character once that stands in pairs in some columns.
  mutating func appendSigns(of columns: [WordText]) {
    var seen: Set<UInt32> = []
    for column in columns {
      unsafe column.bytes.withUnsafeBufferPointer { buffer in
        let view = unsafe ByteView(buffer)
        var index = 0
        var isFirst = true
        while index < view.count {
          let byte = view[index]
          if byte < 0xE0 {
            isFirst = byte == .space
            index += 1
            continue
          }
          let (scalar, length) = decode(view, at: index, before: view.count)
          if isFirst, Letters.fold(scalar) & Letters.unspaced != 0, seen.insert(scalar).inserted {
            append(word: view.text(index..<index + length).utf8)
          }
          isFirst = false
          index += length
        }
      }
    }
  }

  /// The words as strings, in order.
  public var words: [String] {
    bytes.split(separator: .space).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Each word of some columns once, with how often it stands there, in the order of the first time.
  public static func distinct(_ columns: [WordText]) -> [(word: String, count: Int)] {
    var table = WordTable()
    for column in columns { table.add(column.bytes) }
    return table.words
  }
}

extension WordText {
  /// Hands out each word of some columns once: a hash that tells words apart, and, on request, the
  /// word.
  public static func eachDistinct(
    of columns: [WordText], _ use: (_ hash: UInt64, _ word: () -> String) -> Void
  ) {
    var table = WordTable()
    for column in columns { table.add(column.bytes) }
    table.each(use)
  }
}

/// Counts words by their bytes.
private struct WordTable {
  private struct Entry {
    var hash: UInt64
    var start: Int
    var length: Int
    var count: Int
  }

  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  /// Places in `entries`, plus one, by hash; never more than half full.
  private var slots = [Int32](repeating: 0, count: 1_024)

  /// Hands out each word by its hash, and its text on request.
  func each(_ use: (_ hash: UInt64, _ word: () -> String) -> Void) {
    for entry in entries {
      use(entry.hash) {
        String(decoding: bytes[entry.start..<entry.start + entry.length], as: UTF8.self)
      }
    }
  }

  var words: [(word: String, count: Int)] {
    entries.map { entry in
      let word = bytes[entry.start..<entry.start + entry.length]
      return (String(decoding: word, as: UTF8.self), entry.count)
    }
  }

  mutating func add(_ text: [UInt8]) {
    unsafe text.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      var start = 0
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for index in 0..<view.count {
        let byte = view[index]
        if byte != .space {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
          continue
        }
        if index > start { add(view, start..<index, hash: hash ^ hash >> 29) }
        start = index + 1
        hash = 0xCBF2_9CE4_8422_2325
      }
    }
  }

  private mutating func add(_ view: ByteView, _ word: Range<Int>, hash: UInt64) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      let entry = entries[place]
      if entry.hash == hash, entry.length == word.count, isEqual(entry, view, word) {
        entries[place].count += 1
        return
      }
      slot = (slot + 1) & mask
    }
    entries.append(Entry(hash: hash, start: bytes.count, length: word.count, count: 1))
    view.append(word, to: &bytes)
    slots[slot] = Int32(truncatingIfNeeded: entries.count)
    if entries.count * 2 > slots.count { grow() }
  }

  private func isEqual(_ entry: Entry, _ view: ByteView, _ word: Range<Int>) -> Bool {
    for offset in 0..<word.count {
      if bytes[entry.start + offset] != view[word.lowerBound + offset] { return false }
    }
    return true
  }

  private mutating func grow() {
    let mask = slots.count * 4 - 1
    slots = [Int32](repeating: 0, count: mask + 1)
    for (place, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: place + 1)
    }
  }
}
