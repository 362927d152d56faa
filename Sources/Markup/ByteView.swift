/// A view of bytes that answers 0 past either end, so that a scanner looks ahead without a check.
///
/// It lives only inside the `withUnsafeBufferPointer` of the array it looks at. No index traps and
/// none reads outside the array, whatever the note holds.
@safe struct ByteView {
  private let buffer: UnsafeBufferPointer<UInt8>
  let count: Int

  init(_ buffer: UnsafeBufferPointer<UInt8>) {
    unsafe self.buffer = buffer
    count = buffer.count
  }

  @inline(__always)
  subscript(index: Int) -> UInt8 {
    // One unsigned comparison covers both ends; that is what makes the read below sound.
    UInt(bitPattern: index) < UInt(bitPattern: count) ? unsafe buffer[index] : 0
  }

  /// The part of a range that exists.
  @inline(__always)
  func clamped(_ range: Range<Int>) -> Range<Int> { range.clamped(to: 0..<count) }

  /// Appends a part to an array in one copy.
  @inline(__always)
  func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
    let range = clamped(range)
    guard !range.isEmpty else { return }
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[range]))
  }

  /// The part as text; bytes that are not UTF-8 become U+FFFD.
  func text(_ range: Range<Int>) -> String {
    unsafe String(decoding: UnsafeBufferPointer(rebasing: buffer[clamped(range)]), as: UTF8.self)
  }

  /// Whether the ASCII text stands at the index.
  func has(_ text: StaticString, at index: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard index >= 0, index + length <= count else { return false }
    for offset in 0..<length {
      if unsafe buffer[index + offset] != text.utf8Start[offset] { return false }
    }
    return true
  }

  /// Whether a tag of HTML of this name begins at the index, in small letters or capitals; `/pre` is
  /// the one that closes a `pre`.
  func isTag(_ name: StaticString, at index: Int, before end: Int) -> Bool {
    let length = name.utf8CodeUnitCount
    guard self[index] == UInt8(ascii: "<"), index + length < end else { return false }
    for offset in 0..<length {
      if unsafe self[index + 1 + offset] | 0x20 != name.utf8Start[offset] | 0x20 { return false }
    }
    let next = self[index + 1 + length]
    return !next.isLetterOrDigit && next != UInt8(ascii: "-")
  }

  /// The range without blanks at either end.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, self[low].isBlank { low += 1 }
    while low < high, self[high - 1].isBlank { high -= 1 }
    return low..<high
  }

  /// Where the run of a fence ends that begins at an index; `nil` where none does.
  ///
  /// Source: CommonMark 0.31.2, "Fenced code blocks"; backticks with others behind them are a code span.
  func endOfFence(at index: Int, before end: Int) -> Int? {
    let byte = self[index]
    guard byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") else { return nil }
    let run = endOfRun(byte, at: index, before: end)
    let isCodeSpan = byte == UInt8(ascii: "`") && (run..<end).contains { self[$0] == byte }
    return run - index < 3 || isCodeSpan ? nil : run
  }

  /// Where a line's text begins, behind blanks and the marks of quotes.
  ///
  /// It stays in the line: whose range may have line ends in it skips those, too, by `isBlank`.
  @inline(__always)
  func pastQuoteMarks(_ line: Range<Int>) -> Int {
    var index = line.lowerBound
    while index < line.upperBound, self[index].isSpaceOrTab || self[index] == UInt8(ascii: ">") {
      index += 1
    }
    return index
  }

  /// Whether a line of which the text begins here ends a formula: `$$`, and behind it no more than the
  /// name of the formula (`{#eq-energy}`, as Quarto and pandoc-crossref have it) or the end of a sentence.
  func endsFormula(at start: Int, before end: Int) -> Bool {
    guard start + 2 <= end, has("$$", at: start) else { return false }
    let rest = trimmed(start + 2..<end)
    guard let last = rest.last else { return true }
    if self[rest.lowerBound] == UInt8(ascii: "{") { return self[last] == UInt8(ascii: "}") }
    return rest.count == 1 && ".,;:".utf8.contains(self[last])
  }

  /// Whether `$$` stands anywhere in a range of bytes.
  func hasFormulaMark(in range: Range<Int>) -> Bool {
    range.dropLast().contains { has("$$", at: $0) }
  }

  /// Where the digits of a list item's number end, before its `.` or `)`; `nil` where there is none.
  ///
  /// A number of four digits is a year rather than the number of an item.
  @inline(__always)
  func endOfItemNumber(at start: Int, before end: Int) -> Int? {
    var mark = start
    while mark < end, self[mark].isDigit { mark += 1 }
    let isMark = self[mark] == UInt8(ascii: ".") || self[mark] == UInt8(ascii: ")")
    return 1...3 ~= mark - start && mark < end && isMark ? mark : nil
  }

  /// The newline that ends the line which goes on at the index, or the end of the text.
  @inline(__always)
  func endOfLine(from start: Int) -> Int {
    var end = start
    while end < count, self[end] != .newline { end += 1 }
    return end
  }

  /// The end of the run of one byte that starts at the index.
  func endOfRun(_ byte: UInt8, at index: Int, before end: Int) -> Int {
    var index = index
    while index < end, self[index] == byte { index += 1 }
    return index
  }
}

extension UInt8 {
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")

  @inline(__always) var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }
  @inline(__always) var isLetterOrDigit: Bool { isLetter || isDigit }
  @inline(__always) var isSpaceOrTab: Bool { self == .space || self == .tab }
  @inline(__always) var isLineEnd: Bool { self == .newline || self == .carriageReturn }
  /// A space, a tab or a line end.
  @inline(__always) var isBlank: Bool { isSpaceOrTab || isLineEnd }
  /// Whether it can stand before an item or a row: a blank, or the mark of a quote.
  @inline(__always) var isBlankOrQuoteMark: Bool { isBlank || self == UInt8(ascii: ">") }
  /// Part of a word in any script: a letter, a digit, or a byte of a longer character.
  @inline(__always) var isWordPart: Bool { isLetterOrDigit || self >= 0x80 }
  @inline(__always) var isPunctuation: Bool { self > 0x20 && self < 0x7F && !isLetterOrDigit }
}
