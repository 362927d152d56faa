/// A pattern of an ignore file, made ready to be held against many names or paths.
///
/// It says what git's own matcher says ([gitignore](https://git-scm.com/docs/gitignore)), in a time that
/// grows with the pattern's length times the text's, whatever the pattern: all ways to match are followed
/// at once, and none is gone back to.
struct Wildmatch: Sendable {
  /// What a text begins with, letter by letter.
  private let start: [UInt8]
  /// What stands between.
  private var steps: [Step] = []
  /// What a text ends with, letter by letter.
  private var ending: [UInt8] = []
  /// How long a text is at least.
  private var least: Int

  private enum Step {
    case byte(UInt8)
    /// Any byte but a slash: `?`.
    case any
    /// One byte of a set that has no slash: `[a-z]`.
    case oneOf(ByteSet)
    /// As many bytes as there are, up to a slash: `*`.
    case star
    /// Whatever there is: `**` at a path's end.
    case rest
    /// No folders or several, with the slash behind them: `**/`.
    case folders

    var isOpen: Bool {
      switch self {
      case .byte, .any, .oneOf: false
      case .star, .rest, .folders: true
      }
    }
  }

  /// Reads a pattern; `nil` for one that matches nothing, as an open bracket or a backslash at the end.
  ///
  /// - Parameters:
  ///   - pattern: a line without its marks: `!`, and the slashes at its ends.
  ///   - isOfPaths: whether it is about paths, in which `**` has its meaning, and not about names.
  ///   - foldsCase: whether texts come with small letters: those of the pattern become so. What stands
  ///     behind a backslash, or by itself in brackets, does not, as with git.
  init?(_ pattern: ArraySlice<UInt8>, isOfPaths: Bool, foldsCase: Bool) {
    let plain = pattern.prefix { !Self.isSpecial($0) }
    start = foldsCase ? plain.map(\.small) : Array(plain)
    var reader = PatternReader(pattern: pattern, place: plain.endIndex, foldsCase: foldsCase)
    while let byte = reader.next() {
      switch byte {
      case UInt8(ascii: "\\"):
        guard let literal = reader.next() else { return nil }
        steps.append(.byte(literal))
      case UInt8(ascii: "?"): steps.append(.any)
      case UInt8(ascii: "["):
        guard let set = reader.set() else { return nil }
        steps.append(.oneOf(set))
      case UInt8(ascii: "*"):
        let first = reader.place - 1
        reader.skipStars()
        // Git holds what has no wildcard against the path first: what follows it is a beginning.
        let isAtName = first == plain.endIndex || pattern[first - 1] == UInt8(ascii: "/")
        if !isOfPaths || reader.place - first < 2 || !isAtName || !reader.isAtEndOfName {
          steps.append(.star)
        } else if reader.isAtSlash {
          _ = reader.next()
          // Twice is as good as once.
          if case .folders = steps.last { continue }
          steps.append(.folders)
        } else {
          steps.append(.rest)
        }
      default: steps.append(.byte(foldsCase ? byte.small : byte))
      }
    }
    least = start.count + steps.count { !$0.isOpen }
    while case .byte(let byte) = steps.last {
      ending.append(byte)
      steps.removeLast()
    }
    ending.reverse()
  }

  /// Whether all of a text is as the pattern says.
  func matches(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count >= least, text.starts(with: start),
      text.suffix(ending.count).elementsEqual(ending)
    else { return false }
    let middle = text.dropFirst(start.count).dropLast(ending.count)
    if steps.isEmpty { return middle.isEmpty }
    if steps.count == 1, case .star = steps[0] { return !middle.contains(UInt8(ascii: "/")) }
    return passes(middle)
  }

  /// Whether the steps lead through a text: at each byte, at which of them one may be.
  private func passes(_ text: ArraySlice<UInt8>) -> Bool {
    var now = [Bool](repeating: false, count: steps.count + 1)
    var next = now
    enter(0, &now)
    for byte in text {
      var isAnywhere = false
      for place in steps.indices where now[place] {
        switch steps[place] {
        case .byte(let wanted): if byte == wanted { enter(place + 1, &next) }
        case .any: if byte != UInt8(ascii: "/") { enter(place + 1, &next) }
        case .oneOf(let set): if set.contains(byte) { enter(place + 1, &next) }
        case .star: if byte != UInt8(ascii: "/") { enter(place, &next) }
        case .rest: enter(place, &next)
        case .folders:
          next[place] = true
          if byte == UInt8(ascii: "/") { enter(place + 1, &next) }
        }
        isAnywhere = true
      }
      if !isAnywhere { return false }
      swap(&now, &next)
      for place in next.indices { next[place] = false }
    }
    return now[steps.count]
  }

  /// Notes that one may be at a step, and behind it where it takes nothing as well.
  private func enter(_ place: Int, _ states: inout [Bool]) {
    var place = place
    states[place] = true
    while place < steps.count, steps[place].isOpen {
      place += 1
      states[place] = true
    }
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"): true
    default: false
    }
  }
}

/// What of a pattern is still to be read.
private struct PatternReader {
  let pattern: ArraySlice<UInt8>
  var place: Int
  let foldsCase: Bool

  private var peek: UInt8? { place < pattern.endIndex ? pattern[place] : nil }

  var isAtSlash: Bool { peek == UInt8(ascii: "/") }

  /// Whether a name of the path ends here: at the end, or at a slash, with a backslash before it or not.
  var isAtEndOfName: Bool {
    peek == nil || isAtSlash || pattern[place...].starts(with: #"\/"#.utf8)
  }

  mutating func next() -> UInt8? {
    guard let byte = peek else { return nil }
    place += 1
    return byte
  }

  mutating func skipStars() {
    while peek == UInt8(ascii: "*") { place += 1 }
  }

  /// The bytes that brackets stand for, from behind the first one; `nil` where they are not closed.
  ///
  /// A `]` that stands first is one of them. After a range or a class a `-` begins no range.
  mutating func set() -> ByteSet? {
    let isNegated = peek == UInt8(ascii: "!") || peek == UInt8(ascii: "^")
    if isNegated { place += 1 }
    var set = ByteSet()
    var previous: UInt8?
    let first = place
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "]") where place - 1 > first:
        if isNegated { set.invert() }
        set.remove(UInt8(ascii: "/"))
        return set
      case UInt8(ascii: "\\"):
        guard let literal = next() else { return nil }
        set.insert(literal)
        previous = literal
      case UInt8(ascii: "-"):
        guard let low = previous, let end = peek, end != UInt8(ascii: "]") else {
          set.insert(byte)
          previous = byte
          continue
        }
        place += 1
        guard let high = end == UInt8(ascii: "\\") ? next() : end else { return nil }
        if low <= high { insert(low...high, into: &set) }
        previous = nil
      case UInt8(ascii: "[") where peek == UInt8(ascii: ":"):
        let name = place + 1
        guard let end = pattern[name...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        guard end > name, pattern[end - 1] == UInt8(ascii: ":") else {
          set.insert(byte)
          previous = byte
          continue
        }
        guard let isOfClass = Self.isOfClass(pattern[name..<(end - 1)], foldsCase) else {
          return nil
        }
        for byte in UInt8.min...0x7F where isOfClass(byte) { set.insert(byte) }
        place = end + 1
        previous = nil
      default:
        set.insert(byte)
        previous = byte
      }
    }
    return nil
  }

  private func insert(_ range: ClosedRange<UInt8>, into set: inout ByteSet) {
    for byte in range {
      set.insert(byte)
      if foldsCase { set.insert(byte.small) }
    }
  }

  /// What tells the bytes of a class such as `[:digit:]`.
  private static func isOfClass(_ name: ArraySlice<UInt8>, _ foldsCase: Bool) -> (
    (UInt8) -> Bool
  )? {
    switch String(decoding: name, as: UTF8.self) {
    case "alnum": { $0.isLetter || $0.isDigit }
    case "alpha": \.isLetter
    case "blank": { $0 == 0x20 || $0 == 0x09 }
    case "cntrl": { $0 < 0x20 || $0 == 0x7F }
    case "digit": \.isDigit
    case "graph": { 0x21...0x7E ~= $0 }
    case "lower": { $0.isLetter && $0 == $0.small }
    case "print": { 0x20...0x7E ~= $0 }
    case "punct": { 0x21...0x7E ~= $0 && !$0.isLetter && !$0.isDigit }
    case "space": { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    case "upper": { $0.isLetter && (foldsCase || $0 != $0.small) }
    case "xdigit": { $0.isDigit || 0x61...0x66 ~= $0.small }
    default: nil
    }
  }
}

/// A set of bytes.
private struct ByteSet: Sendable {
  private var words = SIMD4<UInt64>(repeating: 0)

  func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }
  mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
  mutating func remove(_ byte: UInt8) { words[Int(byte >> 6)] &= ~(1 << UInt64(byte & 63)) }
  mutating func invert() { words = ~words }
}

extension UInt8 {
  /// The small letter of a capital one.
  var small: UInt8 { 0x41...0x5A ~= self ? self | 0x20 : self }
  fileprivate var isLetter: Bool { 0x61...0x7A ~= small }
  fileprivate var isDigit: Bool { 0x30...0x39 ~= self }
}
