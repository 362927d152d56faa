/// The part of a text that decides its block structure, line for line: what cmark is given to read.
///
/// Whether a line begins a list item, a quote, a fence or a paragraph is decided by its first few
/// bytes. So a line of prose goes in as its prefix and an `x`: cmark's work is then a matter of lines
/// and not of bytes, and none of its slow inline cases can be reached. Prefixes are cut, so that
/// no text nests deeper than a hundred blocks. `$$` on a line of its own becomes a fence, and so does
/// the line that ends such a formula, so that blank lines and list markers in it stay in it.
struct Skeleton {
  /// One piece of a text, short enough that its tree stays small.
  struct Chunk {
    var firstLine: Int
    var text: [UInt8] = []
    /// References to the chunk's footnotes: `[^1][^2]`.
    var footnotes: [UInt8] = []
  }

  private let view: ByteView
  private let lines: Lines
  private var chunk: Chunk
  private var fence: Fence?
  private var lastFormulaLine = -1
  private var openFormula = OpenFormula()
  private var hasHTML = false
  private var title = Title.none

  /// What of a link's definition may go on in the next line.
  private enum Title {
    case none
    /// A title may begin there.
    case mayBegin
    /// The title that has begun ends with a sign.
    case open(until: UInt8)
  }

  private struct Fence {
    var byte: UInt8
    var length: Int
    var isNested: Bool
  }

  static let chunkLines = 20_000
  private static let longestPrefix = 200
  private static let longestFormula = 400
  private static let formulaFence = [UInt8](repeating: UInt8(ascii: "~"), count: 7)

  init(_ view: ByteView, lines: Lines, firstLine: Int) {
    self.view = view
    self.lines = lines
    chunk = Chunk(firstLine: firstLine)
  }

  /// Hands over the text from the first line on, chunk by chunk.
  mutating func eachChunk(_ body: (Chunk) -> Void) {
    for line in chunk.firstLine..<max(chunk.firstLine, lines.count) {
      if line - chunk.firstLine >= Self.chunkLines, canSplit(before: line) {
        body(chunk)
        chunk = Chunk(firstLine: line)
        hasHTML = false
      }
      let range = lines.content(line, in: view)
      add(line, from: range.lowerBound, start: range.lowerBound, end: range.upperBound)
      if fence == nil, line > lastFormulaLine {
        openFormula.take(range, in: view)
      } else {
        openFormula.end()
      }
      chunk.text.append(.newline)
    }
    if !chunk.text.isEmpty { body(chunk) }
  }

  /// Whether a top-level block surely begins here; past three chunks' length any line will do.
  private func canSplit(before line: Int) -> Bool {
    if line - chunk.firstLine >= 3 * Self.chunkLines { return true }
    let first = view[lines.starts[line]]
    return fence == nil && line > lastFormulaLine && (first.isLetter || first == UInt8(ascii: "#"))
      && lines.isBlank(line - 1, in: view)
  }

  private mutating func add(_ line: Int, from: Int, start: Int, end: Int) {
    var index = from
    var isContainerOnly = true
    prefix: while index < end {
      switch view[index] {
      case .space, .tab, UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "*"), UInt8(ascii: "."), UInt8(ascii: ")"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        index += 1
      case UInt8(ascii: "#"), UInt8(ascii: "="), UInt8(ascii: "_"):
        isContainerOnly = false
        index += 1
      default:
        break prefix
      }
    }
    view.append(from..<min(index, from + Self.longestPrefix), to: &chunk.text)
    guard index < end, index - from <= Self.longestPrefix else {
      title = .none
      return
    }
    leaveNestedFence(column: index - start, line: start)
    if addTitle(index..<end, from: from) { return }
    switch view[index] {
    case UInt8(ascii: "["): addBracket(line, at: index, start: start, end: end)
    case UInt8(ascii: "`"), UInt8(ascii: "~"): addFence(at: index, start: start, end: end)
    case UInt8(ascii: "<"):
      hasHTML = true
      addMasked(index..<end)
    case UInt8(ascii: "$")
    where isContainerOnly && fence == nil
      && (line == lastFormulaLine || isFormulaFence(index, end: end)):
      addFormula(line)
    default: addProse(index..<end)
    }
  }

  /// A line whose text has no say in the structure, except that it may end a block of HTML.
  private mutating func addProse(_ range: Range<Int>) {
    chunk.text.append(UInt8(ascii: "x"))
    guard hasHTML else { return }
    for index in range where view[index] == UInt8(ascii: ">") {
      addMasked(range)
      return
    }
  }

  /// The bytes with what begins an inline construct blanked out.
  private mutating func addMasked(_ range: Range<Int>) {
    for index in range {
      switch view[index] {
      case UInt8(ascii: "["), UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "_"),
        UInt8(ascii: "&"), UInt8(ascii: "\\"):
        chunk.text.append(UInt8(ascii: "x"))
      case UInt8(ascii: "<") where index > range.lowerBound && view[index + 1] != UInt8(ascii: "/"):
        chunk.text.append(UInt8(ascii: "x"))
      case let byte: chunk.text.append(byte)
      }
    }
  }

  /// A footnote's definition, a link's definition, or prose.
  private mutating func addBracket(_ line: Int, at index: Int, start: Int, end: Int) {
    var close = index + 1
    let limit = min(end, index + 1_000)
    while close < limit, view[close] != UInt8(ascii: "]") { close += 1 }
    guard view[close] == UInt8(ascii: "]"), view[close + 1] == UInt8(ascii: ":"), close < limit
    else { return addProse(index..<end) }
    guard view[index + 1] == UInt8(ascii: "^") else {
      view.append(index..<min(end, index + 3_000), to: &chunk.text)
      return findTitle(LinkDefinition(view, index..<end, continuation: nil, line: 1), before: end)
    }
    view.append(index..<close + 2, to: &chunk.text)
    if fence == nil { view.append(index..<close + 1, to: &chunk.footnotes) }
    add(line, from: close + 2, start: start, end: end)
  }

  /// Whether the title of a link's definition goes on after its first line.
  private mutating func findTitle(_ definition: LinkDefinition?, before end: Int) {
    guard fence == nil, let definition, !mayEndHTML(definition.range.lowerBound..<end) else {
      return
    }
    let tail = view.trimmed(definition.range.upperBound..<end)
    if tail.isEmpty {
      title = .mayBegin
    } else if InlineScanner.endOfTitle(view, at: tail.lowerBound, before: end) == nil {
      title = InlineScanner.endOfTitle(in: view[tail.lowerBound]).map { .open(until: $0) } ?? .none
    }
  }

  /// Adds a line of a title as cmark has to see it, but for its prefix; it is none where it says so.
  private mutating func addTitle(_ range: Range<Int>, from: Int) -> Bool {
    if case .none = title { return false }
    let before = title
    title = .none
    let first = view.pastQuoteMarks(from..<range.upperBound)
    guard !endsParagraph(at: first, before: range.upperBound), !mayEndHTML(range) else {
      return false
    }
    let close: UInt8
    var start = range.lowerBound
    switch before {
    case .none: return false
    case .mayBegin:
      guard let sign = InlineScanner.endOfTitle(in: view[start]), first == start else {
        return false
      }
      close = sign
      start += 1
    case .open(let sign):
      close = sign
    }
    let wrong = close == UInt8(ascii: ")") ? UInt8(ascii: "(") : close
    if (first..<range.lowerBound).contains(where: { view[$0] == close || view[$0] == wrong }) {
      return false
    }
    var index = start
    while index < range.upperBound, view[index] != close, view[index] != wrong {
      index += view[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    view.append(range.lowerBound..<start, to: &chunk.text)
    chunk.text.append(UInt8(ascii: "x"))
    if index < range.upperBound {
      view.append(index..<min(range.upperBound, index + 200), to: &chunk.text)
    } else {
      title = .open(until: close)
    }
    return true
  }

  /// Whether what a line begins with ends the paragraph before it.
  private func endsParagraph(at first: Int, before end: Int) -> Bool {
    var next = first
    switch view[first] {
    case UInt8(ascii: "#"), UInt8(ascii: "<"): return true
    case UInt8(ascii: "`"), UInt8(ascii: "~"):
      return view.endOfFence(at: first, before: end) != nil
    case UInt8(ascii: "$"): return isFormulaFence(first, end: end)
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"): next += 1
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      while next < end, view[next].isDigit { next += 1 }
      guard view[next] == UInt8(ascii: ".") || view[next] == UInt8(ascii: ")") else { return false }
      next += 1
    default: return false
    }
    return next >= end || view[next].isSpaceOrTab
  }

  /// Whether a line may end a block of HTML, and so be no part of a definition.
  private func mayEndHTML(_ range: Range<Int>) -> Bool {
    hasHTML && range.contains { view[$0] == UInt8(ascii: ">") }
  }

  private mutating func addFence(at index: Int, start: Int, end: Int) {
    let byte = view[index]
    guard let runEnd = view.endOfFence(at: index, before: end) else {
      return addProse(index..<end)
    }
    let length = runEnd - index
    var rest = runEnd
    while rest < end, view[rest].isSpaceOrTab { rest += 1 }
    let isBare = rest == end
    view.append(index..<min(runEnd, index + Self.longestPrefix), to: &chunk.text)
    if !isBare { addProse(runEnd..<end) }
    if let open = fence {
      if open.byte == byte, open.length <= length, isBare { fence = nil }
    } else {
      let column = index - start
      fence = Fence(byte: byte, length: length, isNested: column > 1)
    }
  }

  /// A fence in a list item ends with the item, which a line at the left edge surely does.
  private mutating func leaveNestedFence(column: Int, line: Int) {
    if let open = fence, open.isNested, column == 0 { fence = nil }
  }

  private func isFormulaFence(_ index: Int, end: Int) -> Bool {
    guard view[index] == UInt8(ascii: "$"), view[index + 1] == UInt8(ascii: "$") else {
      return false
    }
    for rest in index + 2..<max(index + 2, end) where !view[rest].isSpaceOrTab { return false }
    return true
  }

  /// `$$` alone on a line, or a line that ends a formula: its first line, its last, or just text.
  private mutating func addFormula(_ line: Int) {
    if line == lastFormulaLine {
      chunk.text += Self.formulaFence
      return
    }
    guard line > lastFormulaLine, !openFormula.isOpen, let last = lastLine(ofFormulaFrom: line)
    else {
      chunk.text.append(UInt8(ascii: "x"))
      return
    }
    lastFormulaLine = last
    chunk.text += Self.formulaFence
  }

  private func lastLine(ofFormulaFrom first: Int) -> Int? {
    for line in first + 1..<max(first + 1, min(lines.count, first + Self.longestFormula)) {
      let range = lines.content(line, in: view)
      if view.endsFormula(at: view.pastQuoteMarks(range), before: range.upperBound) { return line }
      // One that ends within a line of TeX is an inline formula, over several lines.
      if view.hasFormulaMark(in: range) { return nil }
    }
    return nil
  }
}
