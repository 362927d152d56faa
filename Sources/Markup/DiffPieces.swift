/// A text as a row of pieces to compare: its blocks, and single lines where there is no prose.
///
/// A piece is cut into words only where the other text has none of the same bytes, or where it stands
/// between two that differ: of a long text that changed in one place most pieces never are.
struct DiffPieces {
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
    let innerBlocks: [Block]
    (blocks, innerBlocks, atoms) = reader.blocks(of: bytes)
    (lines, all) = unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let lines = Lines(view)
      var pieces: [Piece] = []
      func add(_ first: Int, _ last: Int, _ form: DiffBlock.Form, isQuote: Bool = false) {
        let content = lines.content(first, in: view)
        // What stands before a row would be a cell of it.
        let start = form == .row && isQuote ? view.pastQuoteMarks(content) : content.lowerBound
        let range = start..<lines.content(last, in: view).upperBound
        pieces.append(
          Piece(
            range: range, lines: first + 1..<last + 2, form: form, isQuote: isQuote,
            bytesNumber: interning.number(of: bytes[range]) << 3 | form.number << 1
              | (isQuote ? 1 : 0)))
      }
      func isBlank(_ line: Int, isQuote: Bool) -> Bool {
        let content = lines.content(line, in: view)
        return isQuote
          ? view.pastQuoteMarks(content) == content.upperBound : lines.isBlank(line, in: view)
      }
      /// Lines that are in no block, such as those of the front matter, and definitions are a piece each.
      var next = 0
      func addLines(before limit: Int, isQuote: Bool = false) {
        while next < limit {
          if !isBlank(next, isQuote: isQuote) { add(next, next, .line) }
          next += 1
        }
      }
      func lastLine(of block: Block) -> Int {
        lines.line(at: max(block.range.lowerBound, block.range.upperBound - 1))
      }
      func add(_ block: Block, isQuote: Bool) {
        addLines(before: block.line - 1, isQuote: isQuote)
        if block.kind == .definition { return }
        let last = lastLine(of: block)
        switch block.kind {
        case .table: for line in block.line - 1...last { add(line, line, .row, isQuote: isQuote) }
        case .code: add(block.line - 1, last, .code, isQuote: isQuote)
        case .html: for line in block.line - 1...last { add(line, line, .line) }
        default: add(block.line - 1, last, .prose, isQuote: isQuote)
        }
        next = last + 1
      }
      var inner = innerBlocks[...]
      for block in blocks {
        let isQuote = block.kind == .quote || block.kind == .callout
        inner = inner.drop { $0.range.upperBound <= block.range.lowerBound }
        let parts = inner.prefix { $0.range.lowerBound < block.range.upperBound }
        if parts.isEmpty || !(isQuote || block.kind == .footnote) {
          add(block, isQuote: isQuote)
        } else {
          addLines(before: block.line - 1)
          for part in parts { add(part, isQuote: isQuote) }
          addLines(before: lastLine(of: block) + 1, isQuote: isQuote)
        }
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

extension DiffPieces.Piece {
  /// Paragraphs as one, with the number of what stands between two of them.
  init?(joining pieces: ArraySlice<DiffPieces.Piece>, paragraphEnd: Int32) {
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
  var number: Int32 {
    switch self {
    case .prose: 0
    case .row: 1
    case .code: 2
    case .line: 3
    }
  }
}
