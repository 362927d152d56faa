/// Whether a paragraph has a `$$` that no other has ended yet, line by line.
///
/// Then a `$$` on a line of its own ends that formula, and begins none.
struct OpenFormula {
  private(set) var isOpen = false

  /// Takes a line that is in no fence; one without words ends the paragraph.
  ///
  /// Only a `$$` that a line begins with opens a formula, so that of most lines no more than the beginning
  /// is looked at; in a line of prose it would end there as well.
  mutating func take(_ line: Range<Int>, in view: ByteView) {
    var index = line.lowerBound
    var isMarked = false
    prefix: while index < line.upperBound {
      switch view[index] {
      case .space, .tab, .carriageReturn, UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "*"), UInt8(ascii: "."), UInt8(ascii: ")"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        break
      case UInt8(ascii: "#"), UInt8(ascii: "="), UInt8(ascii: "_"): isMarked = true
      default: break prefix
      }
      index += 1
    }
    if index == line.upperBound { return end() }
    guard isOpen || !isMarked && view.has("$$", at: index) else { return }
    while index < line.upperBound {
      guard view[index] == UInt8(ascii: "$") else {
        index += view[index] == UInt8(ascii: "\\") ? 2 : 1
        continue
      }
      let run = view.endOfRun(UInt8(ascii: "$"), at: index, before: line.upperBound) - index
      if isOpen, run > 1 {
        isOpen = false
        index += 2
      } else {
        if run == 2 { isOpen = true }
        index += run
      }
    }
  }

  /// Ends the paragraph.
  mutating func end() { isOpen = false }
}
