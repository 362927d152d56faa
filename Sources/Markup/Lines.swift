/// Where each line of a file begins; `\n`, `\r\n` and a lone `\r` end a line, as in CommonMark.
struct Lines: Sendable {
  /// The first byte of each line, and the length of the file at the end.
  private(set) var starts: [Int] = [0]

  /// How many lines there are; a file that ends in a line end has no further line.
  var count: Int { starts.count - 1 }

  init(_ view: ByteView) {
    starts.reserveCapacity(view.count / 32 + 2)
    var index = 0
    while index < view.count {
      let byte = view[index]
      index += 1
      guard byte <= .carriageReturn else { continue }
      if byte == .newline || (byte == .carriageReturn && view[index] != .newline) {
        starts.append(index)
      }
    }
    if starts[starts.count - 1] != view.count { starts.append(view.count) }
  }

  /// The bytes of a line (counted from 0) without its end.
  @inline(__always)
  func content(_ line: Int, in view: ByteView) -> Range<Int> {
    guard line >= 0, line < count else { return view.count..<view.count }
    let start = starts[line]
    var end = starts[line + 1]
    if end > start, view[end - 1] == .newline { end -= 1 }
    if end > start, view[end - 1] == .carriageReturn { end -= 1 }
    return start..<end
  }

  /// The line (counted from 0) that a byte stands on.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, max(count - 1, 0))
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The line (counted from 0) behind the one that ends at an offset, be there such a line or not.
  func line(behind end: Int) -> Int { line(at: max(end - 1, 0)) + 1 }

  func isBlank(_ line: Int, in view: ByteView) -> Bool {
    for index in content(line, in: view) where !view[index].isSpaceOrTab { return false }
    return true
  }
}
