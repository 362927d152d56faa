extension TextDiff {
  /// Compares two texts of a note: blocks first, then words within the blocks that changed.
  ///
  /// A link, a formula, a code span and a Chinese character are one word each. Wrapping the lines of
  /// a paragraph anew is no change; in code and front matter every blank counts.
  public static func wordDiff(old: [UInt8], new: [UInt8]) -> TextDiff {
    var comparison = WordComparison(old: old, new: new)
    return comparison.result()
  }
}

/// A text as a row of pieces to compare: its blocks, and single lines where there is no prose.
private struct Pieces {
  struct Piece {
    var range: Range<Int>
    var lines: Range<Int>
    var tokens: [Tokens.Token]
    var numbers: [Int32]
    var isVerbatim: Bool
  }

  let bytes: [UInt8]
  private(set) var all: [Piece] = []

  init(_ bytes: [UInt8], interning: inout Interning) {
    self.bytes = bytes
    let document = Document(bytes: bytes)
    let atoms = document.atoms
    all = unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let lines = Lines(view)
      var pieces: [Piece] = []
      var atom = 0
      func add(_ first: Int, _ last: Int, kind: Block.Kind?) {
        let range =
          lines.content(first, in: view).lowerBound..<lines.content(last, in: view).upperBound
        while atom < atoms.count, atoms[atom].lowerBound < range.lowerBound { atom += 1 }
        let isVerbatim = kind == nil || kind == .code || kind == .html || kind == .table
        let text = isVerbatim ? range : range.lowerBound..<view.trimmed(range).upperBound
        let tokens = Tokens(
          view, text, atoms: atoms[atom...], isVerbatim: isVerbatim,
          isQuote: kind == .quote || kind == .callout
        ).all
        pieces.append(
          Piece(
            range: range, lines: first + 1..<last + 2, tokens: tokens,
            numbers: tokens.map { Self.number(of: $0, bytes, isVerbatim, &interning) },
            isVerbatim: isVerbatim))
      }
      /// Lines that are in no block, such as those of the front matter, and definitions are a piece each.
      var next = 0
      func addLines(before limit: Int) {
        while next < limit {
          if !lines.isBlank(next, in: view) { add(next, next, kind: nil) }
          next += 1
        }
      }
      for block in document.blocks {
        addLines(before: block.line - 1)
        if block.kind == .definition { continue }
        let last = lines.line(at: max(block.range.lowerBound, block.range.upperBound - 1))
        add(block.line - 1, last, kind: block.kind)
        next = last + 1
      }
      addLines(before: lines.count)
      return pieces
    }
  }

  private static func number(
    of token: Tokens.Token, _ bytes: [UInt8], _ isVerbatim: Bool, _ interning: inout Interning
  ) -> Int32 {
    switch token.kind {
    case .blank where !isVerbatim: interning.number(of: [.space])
    case .lineBreak: interning.number(of: isVerbatim ? [.newline] : [.newline, .newline])
    default: interning.number(of: bytes[token.range])
    }
  }

  func text(_ token: Tokens.Token, isVerbatim: Bool) -> ArraySlice<UInt8> {
    switch token.kind {
    case .blank where !isVerbatim: [.space]
    case .lineBreak: isVerbatim ? [.newline] : [.newline, .newline]
    default: bytes[token.range]
    }
  }
}

private struct WordComparison {
  private let old: Pieces
  private let new: Pieces
  private var blocks: [DiffBlock] = []
  private var wordsAdded = 0
  private var wordsRemoved = 0

  /// Blocks with fewer of their words in common than this are two blocks, not one that changed.
  private static let likeness = 0.4
  /// The most pairs of blocks between two unchanged ones that are compared for likeness.
  private static let mostPairs = 4_000

  init(old: [UInt8], new: [UInt8]) {
    var interning = Interning()
    self.old = Pieces(old, interning: &interning)
    self.new = Pieces(new, interning: &interning)
  }

  mutating func result() -> TextDiff {
    var known: [[Int32]: Int32] = [:]
    func numbers(_ pieces: Pieces) -> [Int32] {
      pieces.all.map { piece in
        let next = Int32(truncatingIfNeeded: known.count)
        if let number = known[piece.numbers] { return number }
        known[piece.numbers] = next
        return next
      }
    }
    let oldNumbers = numbers(old)
    let newNumbers = numbers(new)
    var (i, j) = (0, 0)
    for run in Matching.runs(oldNumbers, newNumbers) {
      addGap(i..<run.old, j..<run.new)
      addSame(run)
      i = run.old + run.length
      j = run.new + run.length
    }
    addGap(i..<old.all.count, j..<new.all.count)
    return TextDiff(blocks: blocks, wordsAdded: wordsAdded, wordsRemoved: wordsRemoved)
  }

  private mutating func addSame(_ run: Matching.Run) {
    let (first, last) = (old.all[run.old], old.all[run.old + run.length - 1])
    let (newFirst, newLast) = (new.all[run.new], new.all[run.new + run.length - 1])
    blocks.append(
      DiffBlock(
        kind: .same, oldLines: first.lines.lowerBound..<last.lines.upperBound,
        newLines: newFirst.lines.lowerBound..<newLast.lines.upperBound,
        oldRange: first.range.lowerBound..<last.range.upperBound,
        newRange: newFirst.range.lowerBound..<newLast.range.upperBound, segments: []))
  }

  // MARK: Blocks that changed

  /// Between two unchanged blocks: pairs those that are alike, in order.
  private mutating func addGap(_ olds: Range<Int>, _ news: Range<Int>) {
    var (i, j) = (olds.lowerBound, news.lowerBound)
    for (pairOld, pairNew) in pairs(olds, news) {
      while i < pairOld {
        addLone(old: i, newAt: j)
        i += 1
      }
      while j < pairNew {
        addLone(new: j, oldAt: i)
        j += 1
      }
      addChanged(i, j)
      i += 1
      j += 1
    }
    while i < olds.upperBound {
      addLone(old: i, newAt: j)
      i += 1
    }
    while j < news.upperBound {
      addLone(new: j, oldAt: i)
      j += 1
    }
  }

  /// The pairs of the greatest sum of likeness, in order.
  private func pairs(_ olds: Range<Int>, _ news: Range<Int>) -> [(Int, Int)] {
    let (rows, columns) = (olds.count, news.count)
    guard rows > 0, columns > 0 else { return [] }
    let oldBags = olds.map { bag(old.all[$0]) }
    let newBags = news.map { bag(new.all[$0]) }
    guard rows <= Self.mostPairs / columns else {
      return (0..<min(rows, columns)).filter { alike(oldBags[$0], newBags[$0]) > 0 }
        .map { (olds.lowerBound + $0, news.lowerBound + $0) }
    }
    var best = [Double](repeating: 0, count: (rows + 1) * (columns + 1))
    var likeness = [Double](repeating: 0, count: rows * columns)
    for row in stride(from: rows - 1, through: 0, by: -1) {
      for column in stride(from: columns - 1, through: 0, by: -1) {
        let here = alike(oldBags[row], newBags[column])
        likeness[row * columns + column] = here
        let at = row * (columns + 1) + column
        best[at] = max(best[at + 1], best[at + columns + 1])
        if here > 0 { best[at] = max(best[at], here + best[at + columns + 2]) }
      }
    }
    var result: [(Int, Int)] = []
    var (row, column) = (0, 0)
    while row < rows, column < columns {
      let at = row * (columns + 1) + column
      let here = likeness[row * columns + column]
      if here > 0, best[at] == here + best[at + columns + 2] {
        result.append((olds.lowerBound + row, news.lowerBound + column))
        row += 1
        column += 1
      } else if best[at] == best[at + columns + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return result
  }

  /// A piece's words in the order of their numbers.
  private func bag(_ piece: Pieces.Piece) -> [Int32] {
    var words: [Int32] = []
    for (token, number) in zip(piece.tokens, piece.numbers) where token.kind == .word {
      words.append(number)
    }
    return words.sorted()
  }

  /// The share of words in common, or 0 if that is too little.
  private func alike(_ left: [Int32], _ right: [Int32]) -> Double {
    guard !left.isEmpty, !right.isEmpty else { return 0 }
    var (i, j, common) = (0, 0, 0)
    while i < left.count, j < right.count {
      if left[i] == right[j] {
        common += 1
        i += 1
        j += 1
      } else if left[i] < right[j] {
        i += 1
      } else {
        j += 1
      }
    }
    let share = 2 * Double(common) / Double(left.count + right.count)
    return share >= Self.likeness ? share : 0
  }

  private mutating func addLone(old index: Int, newAt: Int) {
    let piece = old.all[index]
    let at = newAt < new.all.count ? new.all[newAt].range.lowerBound : new.bytes.count
    let line = newAt < new.all.count ? new.all[newAt].lines.lowerBound : newEnd
    var segments = Segments()
    for token in piece.tokens { segments.add(.removed, token, from: old, piece) }
    wordsRemoved += segments.removed
    blocks.append(
      DiffBlock(
        kind: .removed, oldLines: piece.lines, newLines: line..<line, oldRange: piece.range,
        newRange: at..<at, segments: segments.finished))
  }

  private mutating func addLone(new index: Int, oldAt: Int) {
    let piece = new.all[index]
    let at = oldAt < old.all.count ? old.all[oldAt].range.lowerBound : old.bytes.count
    let line = oldAt < old.all.count ? old.all[oldAt].lines.lowerBound : oldEnd
    var segments = Segments()
    for token in piece.tokens { segments.add(.added, token, from: new, piece) }
    wordsAdded += segments.added
    blocks.append(
      DiffBlock(
        kind: .added, oldLines: line..<line, newLines: piece.lines, oldRange: at..<at,
        newRange: piece.range, segments: segments.finished))
  }

  private var newEnd: Int { new.all.last?.lines.upperBound ?? 1 }
  private var oldEnd: Int { old.all.last?.lines.upperBound ?? 1 }

  private mutating func addChanged(_ i: Int, _ j: Int) {
    let (before, after) = (old.all[i], new.all[j])
    var segments = Segments()
    var (x, y) = (0, 0)
    let end = Matching.Run(old: before.tokens.count, new: after.tokens.count, length: 0)
    for run in Matching.runs(before.numbers, after.numbers) + [end] {
      for token in before.tokens[x..<run.old] { segments.add(.removed, token, from: old, before) }
      for token in after.tokens[y..<run.new] { segments.add(.added, token, from: new, after) }
      segments.addSame(after.tokens[run.new..<run.new + run.length], from: new, after)
      x = run.old + run.length
      y = run.new + run.length
    }
    let finished = segments.finished
    wordsAdded += segments.added
    wordsRemoved += segments.removed
    blocks.append(
      DiffBlock(
        kind: .changed, oldLines: before.lines, newLines: after.lines, oldRange: before.range,
        newRange: after.range, segments: finished))
  }
}

/// Builds a block's segments: between two stretches that are the same, removed words come first.
private struct Segments {
  private(set) var added = 0
  private(set) var removed = 0
  private var done: [DiffBlock.Segment] = []
  private var same: [UInt8] = []
  private var old: [UInt8] = []
  private var new: [UInt8] = []

  mutating func add(
    _ kind: DiffBlock.Kind, _ token: Tokens.Token, from pieces: Pieces, _ piece: Pieces.Piece
  ) {
    if !same.isEmpty { flush() }
    let text = pieces.text(token, isVerbatim: piece.isVerbatim)
    if kind == .removed {
      old += text
      removed += token.kind == .word ? 1 : 0
    } else {
      new += text
      added += token.kind == .word ? 1 : 0
    }
  }

  /// Blanks alone between two changes belong to both: `one two` became `three four`.
  mutating func addSame(
    _ tokens: ArraySlice<Tokens.Token>, from pieces: Pieces, _ piece: Pieces.Piece
  ) {
    guard !tokens.isEmpty else { return }
    let isBlank = tokens.allSatisfy { $0.kind == .blank }
    if !isBlank { flushChange() }
    for token in tokens { same += pieces.text(token, isVerbatim: piece.isVerbatim) }
    isFoldable = isBlank && !(old.isEmpty && new.isEmpty)
  }
  private var isFoldable = false

  /// A change follows what was the same: blanks are folded into the change, words end it.
  private mutating func flush() {
    if isFoldable {
      if !old.isEmpty { old += same }
      if !new.isEmpty { new += same }
      if old.isEmpty { old = same }
      if new.isEmpty { new = same }
    } else {
      flushChange()
      done.append(DiffBlock.Segment(kind: .same, text: String(decoding: same, as: UTF8.self)))
    }
    same = []
    isFoldable = false
  }

  private mutating func flushChange() {
    if !old.isEmpty {
      done.append(DiffBlock.Segment(kind: .removed, text: String(decoding: old, as: UTF8.self)))
    }
    if !new.isEmpty {
      done.append(DiffBlock.Segment(kind: .added, text: String(decoding: new, as: UTF8.self)))
    }
    old = []
    new = []
  }

  /// All segments; what was the same at the end stays so.
  var finished: [DiffBlock.Segment] {
    var copy = self
    copy.flushChange()
    if !copy.same.isEmpty {
      copy.done.append(
        DiffBlock.Segment(kind: .same, text: String(decoding: copy.same, as: UTF8.self)))
    }
    return copy.done
  }
}
