/// Reads the inline things of a block in one pass: links, tags, formulas, citations, plain text.
///
/// Every look ahead is bounded, or remembered when it fails, so that no text costs more than
/// a small multiple of its length.
struct InlineScanner {
  let view: ByteView
  var definitions: [String: LinkDefinition] = [:]
  var parts = Parts()
  var anchors = Anchors()

  /// The line that the scan has reached, counted from 1.
  var line = 1
  /// How many quote markers begin each line of the block.
  var quotes = 0
  var isTable = false
  /// Where the block ends.
  var end = 0
  /// The first byte not yet copied to the plain text.
  var copied = 0
  var brackets: [Bracket] = []
  /// For each sign of emphasis the runs that may begin some, in order.
  var openRuns: [[EmphasisRun]] = Array(repeating: [], count: InlineScanner.emphasisSigns.count)
  /// Whether the plain text of the block has a placeholder in it, for a bracket.
  var hasPlaceholder = false
  /// For each length of a run of backticks: the block in which no such run closes any more.
  var unclosedTicks = [Int](repeating: -1, count: InlineScanner.longestTicks + 1)
  var unclosedDisplay = -1
  var unclosedComment = -1

  static let longestTicks = 32
  static let deepestBracket = 256

  /// A `[` that may turn out to begin a link.
  struct Bracket {
    var position: Int
    var line: Int
    /// Where its placeholder stands in the plain text.
    var prose: Int
    var isImage: Bool
    var links: Int
    var citations: Int
  }

  init(view: ByteView) { self.view = view }

  /// Reads the bytes of one block, which begin on a line, and returns where its text begins.
  mutating func scan(_ range: Range<Int>, line: Int, quotes: Int, isTable: Bool = false) -> Int {
    self.line = line
    self.quotes = quotes
    self.isTable = isTable
    let proseStart = parts.prose.count
    let formulasBefore = parts.formulas.count
    end = takeBlockID(range)
    copied = range.lowerBound
    brackets.removeAll(keepingCapacity: true)
    hasPlaceholder = false
    var index = range.lowerBound
    while index < end {
      let byte = view[index]
      if !Self.isSpecial(byte) {
        index += 1
      } else {
        index = step(byte, at: index)
      }
    }
    copy(to: end)
    restoreRuns(behind: -1)
    for bracket in brackets { parts.prose[bracket.prose] = UInt8(ascii: "[") }
    finishProse(from: proseStart, formulas: formulasBefore)
    return proseStart
  }

  @inline(__always)
  private static func isSpecial(_ byte: UInt8) -> Bool {
    // One bit for each of \`$![]<#@*_~=&:| so that the loop has no table to fetch.
    if byte < 64 {
      return 0x3400_045A_0000_2401 as UInt64 &>> UInt64(byte) & 1 == 1
    }
    return byte < 128 && 0x5000_0001_B800_0001 as UInt64 &>> UInt64(byte &- 64) & 1 == 1
  }

  /// Deals with one special byte and returns where to go on.
  private mutating func step(_ byte: UInt8, at index: Int) -> Int {
    switch byte {
    case .newline, .carriageReturn: lineEnd(at: index)
    case UInt8(ascii: "\\"): escape(at: index)
    case UInt8(ascii: "`"): ticks(at: index)
    case UInt8(ascii: "$"): formula(at: index)
    case UInt8(ascii: "!"): view[index + 1] == UInt8(ascii: "[") ? bracket(at: index) : index + 1
    case UInt8(ascii: "["): bracket(at: index)
    case UInt8(ascii: "]"): closeBracket(at: index)
    case UInt8(ascii: "<"): angle(at: index)
    case UInt8(ascii: "#"): tag(at: index)
    case UInt8(ascii: "@"): citation(at: index)
    case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "="):
      emphasis(byte, at: index)
    case UInt8(ascii: "&"): entity(at: index)
    case UInt8(ascii: ":"): url(at: index)
    case UInt8(ascii: "|"): isTable ? cellEnd(at: index) : index + 1
    default: replace(index, to: index + 1, with: .space)
    }
  }

  // MARK: Plain text

  /// Copies what was passed over to the plain text.
  @inline(__always)
  mutating func copy(to index: Int) {
    if copied < index { view.append(copied..<index, to: &parts.prose) }
    copied = max(copied, index)
  }

  /// Leaves bytes out of the plain text.
  mutating func skip(_ index: Int, to next: Int) -> Int {
    copy(to: index)
    copied = next
    return next
  }

  mutating func replace(_ index: Int, to next: Int, with byte: UInt8) -> Int {
    copy(to: index)
    parts.prose.append(byte)
    copied = next
    return next
  }

  /// Adds text that is taken as it stands, with line ends as spaces.
  mutating func addVerbatim(_ range: Range<Int>) {
    let start = parts.prose.count
    view.append(range, to: &parts.prose)
    for index in start..<parts.prose.count where parts.prose[index] < .space {
      parts.prose[index] = .space
    }
    copied = range.upperBound
  }

  /// Takes out the placeholders (0) and blanks at the end of a block's text.
  ///
  /// - Parameters:
  ///   - start: Where the block's text begins.
  ///   - formula: The first formula that could stand in it.
  private mutating func finishProse(from start: Int, formulas formula: Int) {
    var formula = formula
    var write = start
    if !hasPlaceholder, parts.prose.count > start, parts.prose[start] != .space {
      while parts.prose.last == .space, parts.prose.count > start { parts.prose.removeLast() }
      parts.prose.append(.newline)
      return
    }
    for read in start..<parts.prose.count where parts.prose[read] != 0 {
      if formula < parts.formulas.count, parts.formulas[formula].lowerBound == read {
        // A formula has no placeholder in it, so it moves as a whole.
        let count = parts.formulas[formula].count
        parts.formulas[formula] = write..<write + count
        formula += 1
      }
      if write == start, parts.prose[read] == .space { continue }
      parts.prose[write] = parts.prose[read]
      write += 1
    }
    while write > start, parts.prose[write - 1] == .space { write -= 1 }
    parts.prose.removeSubrange(write..<parts.prose.count)
    parts.prose.append(.newline)
  }

  private mutating func cellEnd(at index: Int) -> Int {
    restoreRuns(behind: -1)
    return replace(index, to: index + 1, with: .space)
  }

  private mutating func lineEnd(at index: Int) -> Int {
    let next = afterLineEnd(index)
    copy(to: index)
    copied = next
    if parts.prose.last != .space { parts.prose.append(.space) }
    return next
  }

  /// The first byte of the next line's text, past indents and quote markers; counts the line.
  private mutating func afterLineEnd(_ index: Int) -> Int {
    var next = index + 1
    if view[index] == .carriageReturn, view[next] == .newline { next += 1 }
    line += 1
    var markers = quotes
    while next < end {
      if view[next] == UInt8(ascii: ">"), markers > 0 {
        markers -= 1
      } else if !view[next].isSpaceOrTab {
        break
      }
      next += 1
    }
    return min(next, end)
  }

  /// Counts the lines of a stretch that was taken as a whole.
  mutating func countLines(_ range: Range<Int>) {
    for index in range where view[index] <= .carriageReturn {
      if view[index] == .newline
        || (view[index] == .carriageReturn && view[index + 1] != .newline)
      {
        line += 1
      }
    }
  }

  private mutating func escape(at index: Int) -> Int {
    let next = view[index + 1]
    guard index + 1 < end, next.isPunctuation else {
      return next.isLineEnd ? skip(index, to: index + 1) : index + 1
    }
    copy(to: index)
    copied = index + 1
    return index + 2
  }

  private mutating func entity(at index: Int) -> Int {
    guard let entity = Entity(view, at: index), entity.end <= end else { return index + 1 }
    copy(to: index)
    parts.prose += Array(entity.text.utf8)
    copied = entity.end
    return entity.end
  }

  /// A block's id, ` ^id` at its end, is recorded and left out of its text.
  private mutating func takeBlockID(_ range: Range<Int>) -> Int {
    var end = range.upperBound
    while end > range.lowerBound, view[end - 1].isBlank { end -= 1 }
    var start = end
    while start > range.lowerBound,
      view[start - 1].isLetterOrDigit || view[start - 1] == UInt8(ascii: "-")
    {
      start -= 1
    }
    guard start > range.lowerBound, start < end, view[start - 1] == UInt8(ascii: "^"),
      start - 1 == range.lowerBound || view[start - 2].isBlank
    else { return end }
    parts.blockIDs.append(view.text(start..<end))
    return start - 1
  }
}
