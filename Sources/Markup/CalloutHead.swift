/// The first line of a callout: `> [!type]+ Title`.
struct CalloutHead {
  let type: String
  let title: String
  let folding: Callout.Folding
  /// Where the title begins.
  let textStart: Int

  /// Reads a line on which a block quote begins at the column.
  init?(_ view: ByteView, _ line: Range<Int>, column: Int) {
    var index = min(line.lowerBound + column, line.upperBound)
    guard view[index] == UInt8(ascii: ">") else { return nil }
    index += 1
    while index < line.upperBound, view[index].isSpaceOrTab { index += 1 }
    guard view.has("[!", at: index) else { return nil }
    let start = index + 2
    var close = start
    while close < min(line.upperBound, start + 100), view[close] != UInt8(ascii: "]") {
      close += 1
    }
    guard close < line.upperBound, view[close] == UInt8(ascii: "]"), close > start else {
      return nil
    }
    let mark = close + 1 < line.upperBound ? view[close + 1] : 0
    folding = mark == UInt8(ascii: "+") ? .open : mark == UInt8(ascii: "-") ? .closed : .none
    textStart = close + (folding == .none ? 1 : 2)
    type = view.text(start..<close)
    title = view.text(view.trimmed(textStart..<line.upperBound))
  }
}
