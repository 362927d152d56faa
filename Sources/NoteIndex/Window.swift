/// The part of a passage that is shown.
struct Window {
  /// The text, `…` where it was cut.
  let text: String
  /// The ranges that lie within it.
  let ranges: [Range<Int>]
  /// How far `ranges` lie behind where they lay in the whole.
  let shift: Int

  /// The longest text that is shown, in bytes.
  private static let length = 240

  /// Cuts a passage to the stretch that holds the most of the ranges, at the ends of words.
  static func cut(_ text: String, around ranges: [Range<Int>]) -> Window {
    let bytes = Array(text.utf8)
    guard bytes.count > length else { return Window(text: text, ranges: ranges, shift: 0) }
    var start = max(0, min(densest(ranges) - 40, bytes.count - length))
    var end = min(bytes.count, start + length)
    start = start == 0 ? 0 : nextWord(bytes, from: start)
    end = end == bytes.count ? end : previousWord(bytes, from: end, above: start)
    let kept = ranges.filter { $0.lowerBound >= start && $0.upperBound <= end }
    let lead = start > 0 ? "…" : ""
    let shift = lead.utf8.count - start
    return Window(
      text: lead + String(decoding: bytes[start..<end], as: UTF8.self)
        + (end < bytes.count ? "…" : ""),
      ranges: kept.map { ($0.lowerBound + shift)..<($0.upperBound + shift) }, shift: shift)
  }

  /// Where the stretch begins that holds the most ranges.
  private static func densest(_ ranges: [Range<Int>]) -> Int {
    var best = (start: 0, count: 0)
    var last = 0
    for (first, range) in ranges.enumerated() {
      while last < ranges.count, ranges[last].upperBound <= range.lowerBound + length - 60 {
        last += 1
      }
      if last - first > best.count { best = (range.lowerBound, last - first) }
    }
    return best.start
  }

  /// The start of the next word, or of the next character where no word begins near.
  private static func nextWord(_ bytes: [UInt8], from start: Int) -> Int {
    let near = start..<min(start + 30, bytes.count)
    if let blank = near.first(where: { bytes[$0] == 0x20 }) { return blank + 1 }
    return near.first { bytes[$0] & 0xC0 != 0x80 } ?? start
  }

  /// The end of the word before, or of the character before where no word ends near.
  private static func previousWord(_ bytes: [UInt8], from end: Int, above start: Int) -> Int {
    let near = max(start, end - 30)...end
    if let blank = near.last(where: { bytes[$0] == 0x20 }) { return blank }
    return near.last { bytes[$0] & 0xC0 != 0x80 } ?? end
  }
}

/// Bytes as text on one line: line ends and control characters are blanks, one for each, so that
/// every place keeps its number.
func onOneLine(_ bytes: some Sequence<UInt8>) -> String {
  String(decoding: bytes.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
}
