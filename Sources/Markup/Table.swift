/// A GFM table: a header row, a delimiter row with as many cells, and the rows up to a blank line.
///
/// Found in the lines of a paragraph, which end where a table would. Nothing is built per cell, so
/// a table of any width costs what its bytes cost.
enum Table {
  /// The line of the paragraph `first...last` on which a table begins.
  static func firstLine(in first: Int, _ last: Int, lines: Lines, view: ByteView) -> Int? {
    guard first < last else { return nil }
    for line in first..<last {
      let cells = delimiterCells(lines.content(line + 1, in: view), view: view)
      if cells > 0, cells == rowCells(lines.content(line, in: view), view: view) { return line }
    }
    return nil
  }

  /// The number of cells of a delimiter row such as `| :-- | --- |`, or 0 if it is none.
  private static func delimiterCells(_ line: Range<Int>, view: ByteView) -> Int {
    var cells = 0
    var bars = 0
    var hasDash = false
    for index in line {
      switch view[index] {
      case UInt8(ascii: "-"):
        if !hasDash { cells += 1 }
        hasDash = true
      case UInt8(ascii: "|"):
        bars += 1
        hasDash = false
      case UInt8(ascii: ":"), UInt8(ascii: ">"), .space, .tab: break
      default: return 0
      }
    }
    return bars > 0 ? cells : 0
  }

  private static func rowCells(_ line: Range<Int>, view: ByteView) -> Int {
    var text = view.trimmed(line)
    while !text.isEmpty, view[text.lowerBound] == UInt8(ascii: ">") {
      text = view.trimmed(text.lowerBound + 1..<text.upperBound)
    }
    guard !text.isEmpty else { return 0 }
    var cells = 1
    for index in text
    where view[index] == UInt8(ascii: "|") && view[index - 1] != UInt8(ascii: "\\") {
      if index != text.lowerBound, index != text.upperBound - 1 { cells += 1 }
    }
    return cells
  }
}
