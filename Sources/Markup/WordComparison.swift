/// A comparison of two texts that were cut into pieces: block by block, and by words where they differ.
struct WordComparison {
  private(set) var old: DiffPieces
  private(set) var new: DiffPieces
  private(set) var numbers: WordNumbers
  var blocks: [DiffBlock] = []
  /// The blocks that are in one of the texts only: where they stand in `blocks`, and their piece.
  var removed: [(block: Int, piece: Int)] = []
  var added: [(block: Int, piece: Int)] = []
  let paragraphEnd: Int32
  /// The pieces, by their bytes, that stand once in each text: one that does not stay has moved.
  private var single: Set<Int32> = []

  /// Blocks with fewer of their words in common than this are two blocks, not one that changed.
  static let likeness = 0.4
  /// The most pairs of blocks between two unchanged ones that are compared for likeness.
  static let mostPairs = 4_000

  init(old: DiffPieces, new: DiffPieces, _ numbers: WordNumbers) {
    self.old = old
    self.new = new
    self.numbers = numbers
    paragraphEnd = self.numbers.words.number(of: [.newline, .newline])
  }

  mutating func result() -> TextDiff {
    let shared = cutWhatDiffers()
    var known: [[Int32]: Int32] = [:]
    func numbers(_ pieces: DiffPieces) -> [Int32] {
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
    func counts(_ pieces: DiffPieces) -> [Int32: Int] {
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

  /// Whether a paragraph, a heading, an item or a row stands as it is once in each text.
  func isSingle(_ piece: DiffPieces.Piece) -> Bool {
    (piece.form == .prose || piece.form == .row) && single.contains(piece.bytesNumber)
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

  private mutating func addLone(old index: Int, newAt: Int) {
    let piece = old.all[index]
    let at = newAt < new.all.count ? new.all[newAt].range.lowerBound : new.bytes.count
    let line = newAt < new.all.count ? new.all[newAt].lines.lowerBound : newEnd
    var segments = DiffSegments()
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
    var segments = DiffSegments()
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
  mutating func compared(
    _ olds: Range<Int>, _ news: Range<Int>, _ kind: DiffBlock.Kind
  ) -> DiffBlock {
    let before =
      DiffPieces.Piece(joining: old.all[olds], paragraphEnd: paragraphEnd)
      ?? old.all[olds.lowerBound]
    let after =
      DiffPieces.Piece(joining: new.all[news], paragraphEnd: paragraphEnd)
      ?? new.all[news.lowerBound]
    var segments = DiffSegments()
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
}
