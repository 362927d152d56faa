/// What ends the lines of a text.
enum LineEnds {
  /// A line feed.
  case short
  /// A carriage return and a line feed, as on Windows.
  case long
  /// Some lines the one, some the other.
  case mixed

  /// Those of a text; nil where it has none.
  private init?(_ text: [UInt8]) {
    var (long, short) = (false, false)
    for index in text.indices where text[index] == .newline {
      if index > 0, text[index - 1] == .carriageReturn { long = true } else { short = true }
    }
    guard long || short else { return nil }
    self = long && short ? .mixed : long ? .long : .short
  }

  /// The base and the two sides with the line ends that a side gave to its text, where they have
  /// several; nil where all have the same, or one has both.
  ///
  /// So an editor that turns the line ends of a note changes no words of it.
  static func made(alike texts: [[UInt8]]) -> [[UInt8]]? {
    guard texts.contains(where: { $0.contains(.carriageReturn) }) else { return nil }
    let ends = texts.map(Self.init)
    guard !ends.contains(.mixed), ends.contains(.short), ends.contains(.long) else { return nil }
    // Where both made the note, and in two ways, there is none that was changed.
    let new = ends.dropFirst().first { $0 != nil && $0 != ends[0] } ?? .short
    let end = ends[0] == nil ? .short : new
    return texts.map { end == .long ? withLong($0) : withShort($0) }
  }

  private static func withLong(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 16)
    for byte in text {
      if byte == .newline, result.last != .carriageReturn { result.append(.carriageReturn) }
      result.append(byte)
    }
    return result
  }

  private static func withShort(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for byte in text {
      if byte == .newline, result.last == .carriageReturn { result.removeLast() }
      result.append(byte)
    }
    return result
  }
}
