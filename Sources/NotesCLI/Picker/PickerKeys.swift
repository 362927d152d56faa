/// A key that the picker knows.
enum PickerKey: Equatable {
  case text(String)
  case backspace
  case eraseWord
  case eraseAll
  case up
  case down
  case pageUp
  case pageDown
  case enter
  case leave
}

/// Makes keys of the bytes that a terminal sends, which may come in parts.
struct PickerKeys {
  private var pending: [UInt8] = []

  /// Whether something begun waits for its end: after a while it is what it is.
  var isWaiting: Bool { !pending.isEmpty }

  /// The keys that are complete; with `isLast` nothing more is waited for.
  mutating func read(_ bytes: [UInt8], isLast: Bool = false) -> [PickerKey] {
    pending += bytes
    var keys: [PickerKey] = []
    while let first = pending.first {
      let length: Int?
      switch first {
      case 0x1B: length = escapeLength()
      case 0x00..<0x20, 0x7F: length = 1
      default: length = characterLength(first)
      }
      guard let length, length <= pending.count else {
        guard isLast else { break }
        if first == 0x1B { keys.append(.leave) }
        pending.removeAll()
        break
      }
      if let key = key(Array(pending.prefix(length))) { keys.append(key) }
      pending.removeFirst(length)
    }
    return keys
  }

  private func characterLength(_ first: UInt8) -> Int {
    switch first {
    case 0xC0...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF7: 4
    default: 1
    }
  }

  /// How long the sequence is that begins with an escape; `nil` while its end is not there.
  private func escapeLength() -> Int? {
    guard pending.count > 1 else { return nil }
    switch pending[1] {
    case UInt8(ascii: "["):
      let end = pending.indices.dropFirst(2).first { (0x40...0x7E).contains(pending[$0]) }
      return end.map { $0 + 1 }
    case UInt8(ascii: "O"): return pending.count > 2 ? 3 : nil
    case 0x1B: return 1
    default: return 2
    }
  }

  private func key(_ bytes: [UInt8]) -> PickerKey? {
    if bytes[0] == 0x1B {
      return Self.sequences[String(decoding: bytes.dropFirst(), as: UTF8.self)]
    }
    switch bytes[0] {
    case 0x03, 0x04, 0x07: return .leave  // ctrl-c, ctrl-d, ctrl-g
    case 0x08, 0x7F: return .backspace
    case 0x0A, 0x0E: return .down  // ctrl-j, ctrl-n
    case 0x0B, 0x10: return .up  // ctrl-k, ctrl-p
    case 0x0D: return .enter
    case 0x15: return .eraseAll  // ctrl-u
    case 0x17: return .eraseWord  // ctrl-w
    case 0x09: return .text(" ")
    case 0x00..<0x20: return nil
    default: return String(validating: bytes, as: UTF8.self).map { .text($0) }
    }
  }

  /// What stands behind the escape; an escape before another one is a key of its own.
  private static let sequences: [String: PickerKey] = [
    "": .leave, "[A": .up, "[B": .down, "OA": .up, "OB": .down, "[5~": .pageUp, "[6~": .pageDown,
    "\u{7F}": .eraseWord,
  ]
}
