extension TextDiff {
  /// Compares two texts of a note: blocks first, then words within the blocks that changed.
  ///
  /// A link, a formula, a code span and a Chinese character are one word each. Wrapping the lines of
  /// a paragraph anew, giving lines other ends, or filling up the cells of a table, is no change; in
  /// code and front matter every blank counts. Code is compared by lines, a table by rows and then by the words in its
  /// cells. A block that stands elsewhere has moved, and its words are neither added nor removed. A
  /// paragraph that was made two, or two that were made one, are one block that changed.
  public static func wordDiff(old: [UInt8], new: [UInt8]) -> TextDiff {
    var comparer = TextComparer(copies: false)
    return comparer.wordDiff(old: old, new: new)
  }
}

/// Compares texts of which one after the other is the same as in the comparison before: that one is
/// not read again, nor are the sections that both have.
public struct TextComparer: Sendable {
  private var numbers: WordNumbers
  private var known: [Pieces] = []
  private var reader = SectionReader()

  /// Nothing compared yet.
  public init() { self.init(copies: true) }

  fileprivate init(copies: Bool) { numbers = WordNumbers(copies: copies) }

  /// What `TextDiff.wordDiff` says.
  public mutating func wordDiff(old: [UInt8], new: [UInt8]) -> TextDiff {
    var comparison = WordComparison(old: pieces(old), new: pieces(new), numbers)
    let result = comparison.result()
    known = [comparison.old, comparison.new]
    numbers = comparison.numbers
    return result
  }

  private mutating func pieces(_ bytes: [UInt8]) -> Pieces {
    known.first { $0.bytes == bytes }
      ?? Pieces(bytes, reader: &reader, interning: &numbers.pieces)
  }
}

/// The numbers of pieces, and of the words in them.
private struct WordNumbers {
  var pieces: Interning
  var words: Interning

  init(copies: Bool) {
    pieces = Interning(copies: copies)
    words = Interning(copies: copies)
  }
}

/// A text as a row of pieces to compare: its blocks, and single lines where there is no prose.
///
/// A piece is cut into words only where the other text has none of the same bytes, or where it stands
/// between two that differ: of a long text that changed in one place most pieces never are.
private struct Pieces {
  struct Piece {
    var range: Range<Int>
    var lines: Range<Int>
    var form: DiffBlock.Form
    var isQuote = false
    /// What tells its form and bytes from others.
    var bytesNumber: Int32
    var isCut = false
    var tokens: [Tokens.Token] = []
    var numbers: [Int32] = []

    var words: Int { tokens.reduce(0) { $0 + $1.words } }
    /// Whether nobody writes it twice by chance.
    var isTelling: Bool { words >= 5 || tokens.contains(where: \.isTelling) }
  }

  let bytes: [UInt8]
  private(set) var all: [Piece] = []
  private let atoms: [Range<Int>]
  private let lines: Lines

  init(_ bytes: [UInt8], reader: inout SectionReader, interning: inout Interning) {
    self.bytes = bytes
    let blocks: [Block]
    (blocks, atoms) = reader.blocks(of: bytes)
    (lines, all) = unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let lines = Lines(view)
      var pieces: [Piece] = []
      func add(_ first: Int, _ last: Int, _ form: DiffBlock.Form, isQuote: Bool = false) {
        let range =
          lines.content(first, in: view).lowerBound..<lines.content(last, in: view).upperBound
        pieces.append(
          Piece(
            range: range, lines: first + 1..<last + 2, form: form, isQuote: isQuote,
            bytesNumber: interning.number(of: bytes[range]) << 3 | form.number << 1
              | (isQuote ? 1 : 0)))
      }
      /// Lines that are in no block, such as those of the front matter, and definitions are a piece each.
      var next = 0
      func addLines(before limit: Int) {
        while next < limit {
          if !lines.isBlank(next, in: view) { add(next, next, .line) }
          next += 1
        }
      }
      for block in blocks {
        addLines(before: block.line - 1)
        if block.kind == .definition { continue }
        let last = lines.line(at: max(block.range.lowerBound, block.range.upperBound - 1))
        switch block.kind {
        case .table: for line in block.line - 1...last { add(line, line, .row) }
        case .code: add(block.line - 1, last, .code)
        case .html: for line in block.line - 1...last { add(line, line, .line) }
        default:
          add(
            block.line - 1, last, .prose, isQuote: block.kind == .quote || block.kind == .callout)
        }
        next = last + 1
      }
      addLines(before: lines.count)
      return (lines, pieces)
    }
  }

  /// Cuts a piece into its words.
  mutating func cut(_ index: Int, interning: inout Interning) {
    if all[index].isCut { return }
    let piece = all[index]
    let tokens = unsafe bytes.withUnsafeBufferPointer { buffer in
      cutTokens(of: piece, in: unsafe ByteView(buffer))
    }
    all[index].tokens = tokens
    all[index].numbers = tokens.map { Self.number(of: $0, bytes, piece.form, &interning) }
    all[index].isCut = true
  }

  private func cutTokens(of piece: Piece, in view: ByteView) -> [Tokens.Token] {
    let range = piece.range
    let atoms = atoms[atoms.partitionPoint { $0.lowerBound < range.lowerBound }...]
    switch piece.form {
    case .prose:
      let text = range.lowerBound..<view.trimmed(range).upperBound
      return Tokens(view, text, atoms: atoms, isVerbatim: false, isQuote: piece.isQuote).all
    case .row: return Tokens(view, row: view.trimmed(range), atoms: atoms).all
    case .line: return Tokens(view, range, atoms: [], isVerbatim: true, isQuote: false).all
    case .code:
      let last = piece.lines.upperBound - 2
      return (piece.lines.lowerBound - 1...last).map { line in
        let content = lines.content(line, in: view)
        let end =
          line == last ? content.upperBound : lines.content(line + 1, in: view).lowerBound
        return Tokens.Token(line: content.lowerBound..<end, in: view)
      }
    }
  }

  private static func number(
    of token: Tokens.Token, _ bytes: [UInt8], _ form: DiffBlock.Form, _ interning: inout Interning
  ) -> Int32 {
    switch token.kind {
    case .blank where form != .line: interning.number(of: [.space])
    case .lineBreak: interning.number(of: form == .line ? [.newline] : [.newline, .newline])
    case .bar: interning.number(of: [UInt8(ascii: "|")])
    case .rule: interning.number(of: rule(bytes[token.range]))
    default: interning.number(of: word(token, bytes, form))
    }
  }

  /// A word's bytes, with line feeds for all line ends: of words only a line of code has one, and what is
  /// one word however many lines it has, such as a formula.
  private static func word(
    _ token: Tokens.Token, _ bytes: [UInt8], _ form: DiffBlock.Form
  ) -> ArraySlice<UInt8> {
    let word = bytes[token.range]
    guard form == .code || token.isAtom, word.contains(.carriageReturn) else { return word }
    var text: [UInt8] = []
    for (place, byte) in zip(word.indices, word) {
      if byte != .carriageReturn {
        text.append(byte)
      } else if place + 1 == word.endIndex || word[place + 1] != .newline {
        text.append(.newline)
      }
    }
    return text[...]
  }

  func text(_ token: Tokens.Token, _ form: DiffBlock.Form) -> ArraySlice<UInt8> {
    switch token.kind {
    case .blank where form != .line: [.space]
    case .lineBreak: form == .line ? [.newline] : [.newline, .newline]
    default: Self.word(token, bytes, form)
    }
  }

  /// `---`, `:---`, `---:` or `:---:`, however long: what the line below a table's head says.
  private static func rule(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let colon = UInt8(ascii: ":")
    return [text.first == colon ? colon : .space, text.last == colon ? colon : .space]
  }
}

extension Pieces.Piece {
  /// Paragraphs as one, with the number of what stands between two of them.
  fileprivate init?(joining pieces: ArraySlice<Pieces.Piece>, paragraphEnd: Int32) {
    guard var all = pieces.first else { return nil }
    for piece in pieces.dropFirst() {
      let gap = all.range.upperBound..<piece.range.lowerBound
      all.tokens += [Tokens.Token(range: gap, kind: .lineBreak)] + piece.tokens
      all.numbers += [paragraphEnd] + piece.numbers
      all.range = all.range.lowerBound..<piece.range.upperBound
      all.lines = all.lines.lowerBound..<piece.lines.upperBound
    }
    self = all
  }
}

extension DiffBlock.Form {
  fileprivate var number: Int32 {
    switch self {
    case .prose: 0
    case .row: 1
    case .code: 2
    case .line: 3
    }
  }
}

private struct WordComparison {
  private(set) var old: Pieces
  private(set) var new: Pieces
  private(set) var numbers: WordNumbers
  private var blocks: [DiffBlock] = []
  /// The blocks that are in one of the texts only: where they stand in `blocks`, and their piece.
  private var removed: [(block: Int, piece: Int)] = []
  private var added: [(block: Int, piece: Int)] = []
  private let paragraphEnd: Int32
  /// The pieces, by their bytes, that stand once in each text: one that does not stay has moved.
  private var single: Set<Int32> = []

  /// Blocks with fewer of their words in common than this are two blocks, not one that changed.
  private static let likeness = 0.4
  /// The most pairs of blocks between two unchanged ones that are compared for likeness.
  private static let mostPairs = 4_000

  init(old: Pieces, new: Pieces, _ numbers: WordNumbers) {
    self.old = old
    self.new = new
    self.numbers = numbers
    paragraphEnd = self.numbers.words.number(of: [.newline, .newline])
  }

  mutating func result() -> TextDiff {
    let shared = cutWhatDiffers()
    var known: [[Int32]: Int32] = [:]
    func numbers(_ pieces: Pieces) -> [Int32] {
      pieces.all.map { piece in
        // What is there in both is known by its bytes, all else by its words.
        if shared.contains(piece.bytesNumber) { return -1 - piece.bytesNumber }
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
    joinMoved()
    return TextDiff(blocks: blocks)
  }

  /// Cuts the pieces that only one of the texts has, and returns the others.
  private mutating func cutWhatDiffers() -> Set<Int32> {
    func counts(_ pieces: Pieces) -> [Int32: Int] {
      pieces.all.reduce(into: [:]) { $0[$1.bytesNumber, default: 0] += 1 }
    }
    let (inOld, inNew) = (counts(old), counts(new))
    for index in old.all.indices where inNew[old.all[index].bytesNumber] == nil {
      old.cut(index, interning: &numbers.words)
    }
    for index in new.all.indices where inOld[new.all[index].bytesNumber] == nil {
      new.cut(index, interning: &numbers.words)
    }
    single = Set(inOld.keys.filter { inOld[$0] == 1 && inNew[$0] == 1 })
    return Set(inOld.keys.filter { inNew[$0] != nil })
  }

  /// Whether a paragraph, a heading or an item stands as it is once in each text.
  private func isSingle(_ piece: Pieces.Piece) -> Bool {
    piece.form == .prose && single.contains(piece.bytesNumber)
  }

  private mutating func addSame(_ run: Matching.Run) {
    let (first, last) = (old.all[run.old], old.all[run.old + run.length - 1])
    let (newFirst, newLast) = (new.all[run.new], new.all[run.new + run.length - 1])
    blocks.append(
      DiffBlock(
        kind: .same, form: first.form, count: count(run),
        oldLines: first.lines.lowerBound..<last.lines.upperBound,
        newLines: newFirst.lines.lowerBound..<newLast.lines.upperBound,
        oldRange: first.range.lowerBound..<last.range.upperBound,
        newRange: newFirst.range.lowerBound..<newLast.range.upperBound, segments: [],
        wordsAdded: 0, wordsRemoved: 0))
  }

  // MARK: Blocks that changed

  /// How many blocks a run is; the lines of the front matter are one to a reader.
  private func count(_ run: Matching.Run) -> Int {
    var count = 0
    var last: DiffBlock.Form?
    for piece in new.all[run.new..<run.new + run.length] {
      if piece.form != .line || last != .line { count += 1 }
      last = piece.form
    }
    return count
  }

  /// Between two unchanged blocks: pairs those that are alike, in order.
  private mutating func addGap(_ olds: Range<Int>, _ news: Range<Int>) {
    for index in olds { old.cut(index, interning: &numbers.words) }
    for index in news { new.cut(index, interning: &numbers.words) }
    var (i, j) = (olds.lowerBound, news.lowerBound)
    for pair in widened(pairs(olds, news), olds, news) {
      addLone(old: i..<pair.olds.lowerBound, new: j..<pair.news.lowerBound)
      blocks.append(compared(pair.olds, pair.news, .changed))
      i = pair.olds.upperBound
      j = pair.news.upperBound
    }
    addLone(old: i..<olds.upperBound, new: j..<news.upperBound)
  }

  private mutating func addLone(old olds: Range<Int>, new news: Range<Int>) {
    for index in olds { addLone(old: index, newAt: news.lowerBound) }
    for index in news { addLone(new: index, oldAt: olds.upperBound) }
  }

  // MARK: Paragraphs that were made two, or one

  private struct Pair {
    var olds: Range<Int>
    var news: Range<Int>
  }

  /// The share of a paragraph's words that have to stand in the other text for it to be a part of a
  /// paragraph there.
  private static let partLikeness = 0.7

  /// The pairs, each with the paragraphs before and behind it that were parts of the other side.
  private func widened(
    _ pairs: [(Int, Int)], _ olds: Range<Int>, _ news: Range<Int>
  ) -> [Pair] {
    var pairs = pairs.map { Pair(olds: $0..<$0 + 1, news: $1..<$1 + 1) }
    if pairs.isEmpty, olds.count == 1 || news.count == 1 {
      pairs = likeliest(olds, news).map { [$0] } ?? []
    }
    guard pairs.count < max(olds.count, news.count) else { return pairs }
    for place in pairs.indices {
      let before = place > 0 ? pairs[place - 1] : nil
      let behind = place + 1 < pairs.count ? pairs[place + 1] : nil
      let oldRoom =
        (before?.olds.upperBound ?? olds.lowerBound)..<(behind?.olds.lowerBound ?? olds.upperBound)
      let newRoom =
        (before?.news.upperBound ?? news.lowerBound)..<(behind?.news.lowerBound ?? news.upperBound)
      widen(&pairs[place], oldRoom, newRoom)
    }
    return pairs
  }

  /// Where a paragraph was made so many that none of them is like it: the two that have the most in
  /// common, if all of them together are like it.
  private func likeliest(_ olds: Range<Int>, _ news: Range<Int>) -> Pair? {
    guard olds.count + news.count > 2, olds.count + news.count < 50,
      let before = Pieces.Piece(joining: old.all[olds], paragraphEnd: paragraphEnd),
      let after = Pieces.Piece(joining: new.all[news], paragraphEnd: paragraphEnd),
      (old.all[olds] + new.all[news]).allSatisfy({ $0.form == .prose }),
      alike(bag(before), bag(after)) >= Self.partLikeness
    else { return nil }
    let all = olds.flatMap { i in news.map { (i, $0) } }
    let best = all.max { left, right in
      alike(bag(old.all[left.0]), bag(new.all[left.1]), least: 0)
        < alike(bag(old.all[right.0]), bag(new.all[right.1]), least: 0)
    }
    return best.map { Pair(olds: $0..<$0 + 1, news: $1..<$1 + 1) }
  }

  private func widen(_ pair: inout Pair, _ oldRoom: Range<Int>, _ newRoom: Range<Int>) {
    guard old.all[pair.olds.lowerBound].form == .prose else { return }
    var common = commonWords(pair)
    func take(_ wider: Pair, _ piece: Pieces.Piece) -> Bool {
      guard piece.form == .prose, piece.words > 0, !isSingle(piece) else { return false }
      let now = commonWords(wider)
      guard Double(now - common) >= Self.partLikeness * Double(piece.words) else { return false }
      (pair, common) = (wider, now)
      return true
    }
    while pair.news.upperBound < newRoom.upperBound,
      take(
        Pair(olds: pair.olds, news: pair.news.lowerBound..<pair.news.upperBound + 1),
        new.all[pair.news.upperBound])
    {}
    while pair.news.lowerBound > newRoom.lowerBound,
      take(
        Pair(olds: pair.olds, news: pair.news.lowerBound - 1..<pair.news.upperBound),
        new.all[pair.news.lowerBound - 1])
    {}
    while pair.olds.upperBound < oldRoom.upperBound,
      take(
        Pair(olds: pair.olds.lowerBound..<pair.olds.upperBound + 1, news: pair.news),
        old.all[pair.olds.upperBound])
    {}
    while pair.olds.lowerBound > oldRoom.lowerBound,
      take(
        Pair(olds: pair.olds.lowerBound - 1..<pair.olds.upperBound, news: pair.news),
        old.all[pair.olds.lowerBound - 1])
    {}
  }

  /// How many words two sides of a pair have in common, in order.
  private func commonWords(_ pair: Pair) -> Int {
    func words(_ pieces: ArraySlice<Pieces.Piece>) -> [Int32] {
      pieces.flatMap { piece in
        zip(piece.tokens, piece.numbers).filter { $0.0.kind == .word }.map(\.1)
      }
    }
    return Matching.runs(words(old.all[pair.olds]), words(new.all[pair.news]))
      .reduce(0) { $0 + $1.length }
  }

  /// The pairs of the greatest sum of likeness, in order.
  private func pairs(_ olds: Range<Int>, _ news: Range<Int>) -> [(Int, Int)] {
    let (rows, columns) = (olds.count, news.count)
    guard rows > 0, columns > 0 else { return [] }
    let oldBags = olds.map { bag(old.all[$0]) }
    let newBags = news.map { bag(new.all[$0]) }
    let oldIsSingle = olds.map { isSingle(old.all[$0]) }
    let newIsSingle = news.map { isSingle(new.all[$0]) }
    func likeness(_ row: Int, _ column: Int) -> Double {
      let (before, after) = (old.all[olds.lowerBound + row], new.all[news.lowerBound + column])
      guard before.form == after.form else { return 0 }
      // What stands elsewhere as it is did not become another.
      if oldIsSingle[row] || newIsSingle[column], before.bytesNumber != after.bytesNumber {
        return 0
      }
      // A table's row is known by its first cell, whatever became of the others.
      if before.form == .row {
        if Self.isRule(before), Self.isRule(after) { return 1 }
        if Self.firstCell(before) == Self.firstCell(after) { return 1 }
      }
      return alike(oldBags[row], newBags[column])
    }
    guard rows <= Self.mostPairs / columns else {
      return (0..<min(rows, columns)).filter { likeness($0, $0) > 0 }
        .map { (olds.lowerBound + $0, news.lowerBound + $0) }
    }
    var best = [Double](repeating: 0, count: (rows + 1) * (columns + 1))
    var known = [Double](repeating: 0, count: rows * columns)
    for row in stride(from: rows - 1, through: 0, by: -1) {
      for column in stride(from: columns - 1, through: 0, by: -1) {
        let here = likeness(row, column)
        known[row * columns + column] = here
        let at = row * (columns + 1) + column
        best[at] = max(best[at + 1], best[at + columns + 1])
        if here > 0 { best[at] = max(best[at], here + best[at + columns + 2]) }
      }
    }
    var result: [(Int, Int)] = []
    var (row, column) = (0, 0)
    while row < rows, column < columns {
      let at = row * (columns + 1) + column
      let here = known[row * columns + column]
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

  /// Whether a row is the line below a table's head.
  private static func isRule(_ row: Pieces.Piece) -> Bool {
    row.tokens.allSatisfy { $0.kind == .rule || $0.kind == .bar }
  }

  /// The words of a row before its second bar, or its first where none stands before it.
  private static func firstCell(_ piece: Pieces.Piece) -> ArraySlice<Int32> {
    let begin = piece.tokens.first?.kind == .bar ? 1 : 0
    let end = piece.tokens[begin...].firstIndex { $0.kind == .bar } ?? piece.tokens.count
    return piece.numbers[begin..<end]
  }

  /// The share of words in common, or 0 if that is too little.
  private func alike(
    _ left: [Int32], _ right: [Int32], least: Double = WordComparison.likeness
  ) -> Double {
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
    return share >= least ? share : 0
  }

  private mutating func addLone(old index: Int, newAt: Int) {
    let piece = old.all[index]
    let at = newAt < new.all.count ? new.all[newAt].range.lowerBound : new.bytes.count
    let line = newAt < new.all.count ? new.all[newAt].lines.lowerBound : newEnd
    var segments = Segments()
    for token in piece.tokens { segments.add(.removed, token, from: old, piece) }
    removed.append((blocks.count, index))
    blocks.append(
      DiffBlock(
        kind: .removed, form: piece.form, count: 1, oldLines: piece.lines, newLines: line..<line,
        oldRange: piece.range,
        newRange: at..<at, segments: segments.finished, wordsAdded: 0,
        wordsRemoved: segments.removed.words))
  }

  private mutating func addLone(new index: Int, oldAt: Int) {
    let piece = new.all[index]
    let at = oldAt < old.all.count ? old.all[oldAt].range.lowerBound : old.bytes.count
    let line = oldAt < old.all.count ? old.all[oldAt].lines.lowerBound : oldEnd
    var segments = Segments()
    for token in piece.tokens { segments.add(.added, token, from: new, piece) }
    added.append((blocks.count, index))
    blocks.append(
      DiffBlock(
        kind: .added, form: piece.form, count: 1, oldLines: line..<line, newLines: piece.lines,
        oldRange: at..<at,
        newRange: piece.range, segments: segments.finished, wordsAdded: segments.added.words,
        wordsRemoved: 0))
  }

  private var newEnd: Int { new.all.last?.lines.upperBound ?? 1 }
  private var oldEnd: Int { old.all.last?.lines.upperBound ?? 1 }

  /// Blocks that are in both, word by word.
  private mutating func compared(
    _ olds: Range<Int>, _ news: Range<Int>, _ kind: DiffBlock.Kind
  ) -> DiffBlock {
    let before =
      Pieces.Piece(joining: old.all[olds], paragraphEnd: paragraphEnd) ?? old.all[olds.lowerBound]
    let after =
      Pieces.Piece(joining: new.all[news], paragraphEnd: paragraphEnd) ?? new.all[news.lowerBound]
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
    return DiffBlock(
      kind: kind, form: after.form, count: 1, oldLines: before.lines, newLines: after.lines,
      oldRange: before.range, newRange: after.range, segments: segments.finished,
      wordsAdded: segments.added.words, wordsRemoved: segments.removed.words)
  }

  // MARK: Blocks that moved

  /// A block with fewer words than this is not looked for with some of them changed.
  private static let fewestAlikeWords = 10
  /// The share of words that a block has to keep to have moved, where they are not all the same.
  private static let movedLikeness = 0.7

  /// Whether a block that went and came is the same: it says enough, or there is no other of its
  /// words.
  private func isKnownAgain(_ piece: Pieces.Piece) -> Bool {
    piece.isTelling || isSingle(piece) && piece.words > 0
  }

  /// Takes a block that went at one place and came at another for one that moved.
  private mutating func joinMoved() {
    var leavers: [[Int32]: [(block: Int, piece: Int)]] = [:]
    for place in removed.reversed() where isKnownAgain(old.all[place.piece]) {
      leavers[old.all[place.piece].numbers, default: []].append(place)
    }
    guard !leavers.isEmpty else { return }
    var gone: Set<Int> = []
    var rest: [(block: Int, piece: Int)] = []
    for place in added where isKnownAgain(new.all[place.piece]) {
      if let from = leavers[new.all[place.piece].numbers]?.popLast(),
        old.all[from.piece].form == new.all[place.piece].form
      {
        move(from, to: place)
        gone.insert(from.block)
      } else {
        rest.append(place)
      }
    }
    joinAlike(rest, &gone)
    guard !gone.isEmpty else { return }
    blocks = blocks.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
  }

  private mutating func joinAlike(_ rest: [(block: Int, piece: Int)], _ gone: inout Set<Int>) {
    var left = removed.filter {
      !gone.contains($0.block) && old.all[$0.piece].words >= Self.fewestAlikeWords
    }
    guard !left.isEmpty, rest.count <= Self.mostPairs / left.count else { return }
    let bags = Dictionary(
      uniqueKeysWithValues: left.map { ($0.piece, bag(old.all[$0.piece])) })
    for place in rest {
      let words = bag(new.all[place.piece])
      let best = left.map { alike(bags[$0.piece] ?? [], words) }.enumerated()
        .max { $0.element < $1.element }
      guard let best, best.element >= Self.movedLikeness,
        old.all[left[best.offset].piece].form == new.all[place.piece].form
      else { continue }
      move(left[best.offset], to: place)
      gone.insert(left.remove(at: best.offset).block)
      if left.isEmpty { return }
    }
  }

  private mutating func move(
    _ from: (block: Int, piece: Int), to place: (block: Int, piece: Int)
  ) {
    blocks[place.block] = compared(
      from.piece..<from.piece + 1, place.piece..<place.piece + 1, .moved)
  }
}

/// Builds a block's segments: between two stretches that are the same, removed words come first.
private struct Segments {
  /// One side of a block: what of it is not told yet, and all the words that were.
  struct Side {
    var text: [UInt8] = []
    var plain: [UInt8] = []
    var hasAtoms = false
    var words = 0

    var isEmpty: Bool { text.isEmpty }

    mutating func add(_ bytes: some Collection<UInt8>, isAtom: Bool = false) {
      text += bytes
      if isAtom { plain.append(.space) } else { plain += bytes }
      hasAtoms = hasAtoms || isAtom
    }

    /// Hands out the text as a segment.
    mutating func take(_ kind: DiffBlock.Kind) -> DiffBlock.Segment {
      let all = String(decoding: text, as: UTF8.self)
      let segment = DiffBlock.Segment(
        kind: kind, text: all, plain: hasAtoms ? String(decoding: plain, as: UTF8.self) : all)
      text.removeAll(keepingCapacity: true)
      plain.removeAll(keepingCapacity: true)
      hasAtoms = false
      return segment
    }
  }

  private(set) var added = Side()
  private(set) var removed = Side()
  private var done: [DiffBlock.Segment] = []
  private var same = Side()

  mutating func add(
    _ kind: DiffBlock.Kind, _ token: Tokens.Token, from pieces: Pieces, _ piece: Pieces.Piece
  ) {
    if !same.isEmpty { flush() }
    let text = pieces.text(token, piece.form)
    if kind == .removed {
      removed.add(text, isAtom: token.isAtom)
      removed.words += token.words
    } else {
      added.add(text, isAtom: token.isAtom)
      added.words += token.words
    }
  }

  /// Blanks alone between two changes belong to both: `one two` became `three four`.
  mutating func addSame(
    _ tokens: ArraySlice<Tokens.Token>, from pieces: Pieces, _ piece: Pieces.Piece
  ) {
    guard !tokens.isEmpty else { return }
    let isBlank = tokens.allSatisfy { $0.kind == .blank }
    if !isBlank { flushChange() }
    for token in tokens { same.add(pieces.text(token, piece.form), isAtom: token.isAtom) }
    isFoldable = isBlank && !(removed.isEmpty && added.isEmpty)
  }
  private var isFoldable = false

  /// A change follows what was the same: blanks are folded into the change, words end it.
  private mutating func flush() {
    if isFoldable {
      removed.add(same.text)
      added.add(same.text)
      _ = same.take(.same)
    } else {
      flushChange()
      done.append(same.take(.same))
    }
    isFoldable = false
  }

  private mutating func flushChange() {
    if !removed.isEmpty { done.append(removed.take(.removed)) }
    if !added.isEmpty { done.append(added.take(.added)) }
  }

  /// All segments; what was the same at the end stays so.
  var finished: [DiffBlock.Segment] {
    var copy = self
    copy.flushChange()
    if !copy.same.isEmpty { copy.done.append(copy.same.take(.same)) }
    return copy.done
  }
}
