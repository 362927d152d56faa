/// What a merge that was not finished leaves in a text: a line that begins with `<<<<<<< `, one behind
/// it that is `=======`, and one behind that which begins with `>>>>>>> `.
///
/// Such lines are what a merge of git's writes; where a text shows them, they stand in a code block.
public struct ConflictMarks: Sendable, Hashable {
  /// The first of the lines, counted from 1.
  public let line: Int
  /// The bytes from the first of the lines to the end of the last.
  public let range: Range<Int>

  /// All of them, in order, without those in code.
  public static func all(in bytes: [UInt8]) -> [ConflictMarks] {
    var found: [ConflictMarks] = []
    var start: Int?
    var isDivided = false
    for place in lineStarts(of: bytes) {
      let rest = bytes[place...]
      if rest.starts(with: opening) {
        (start, isDivided) = (place, false)
      } else if rest.starts(with: divider) {
        let next = place + divider.count
        isDivided = isDivided || next == bytes.count || bytes[next].isLineEnd
      } else if let first = start, isDivided, rest.starts(with: closing) {
        let end = bytes[place...].firstIndex(where: \.isLineEnd) ?? bytes.count
        let line = 1 + bytes[..<first].count { $0 == .newline }
        found.append(ConflictMarks(line: line, range: first..<end))
        (start, isDivided) = (nil, false)
      }
    }
    if found.isEmpty { return [] }
    let document = Document(bytes: bytes)
    return found.filter { document.block(at: $0.range.lowerBound)?.kind != .code }
  }

  private static let opening = Array("<<<<<<< ".utf8)
  private static let divider = Array("=======".utf8)
  private static let closing = Array(">>>>>>> ".utf8)

  /// Where a line begins with what a mark begins with, three times over: few do.
  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    var starts: [Int] = []
    var previous = UInt8.newline
    for place in bytes.indices {
      let byte = bytes[place]
      if previous == .newline || previous == .carriageReturn, 0x3C...0x3E ~= byte,
        place + 2 < bytes.count, bytes[place + 1] == byte, bytes[place + 2] == byte
      {
        starts.append(place)
      }
      previous = byte
    }
    return starts
  }
}
