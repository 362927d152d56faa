/// The words of a stretch of text, as a comparison sees them.
struct Tokens {
  /// One token of a text.
  struct Token {
    var range: Range<Int>
    var kind: Kind
    /// How many words it counts for.
    var words: Int
    /// Whether it is a link, a formula or a code span.
    var isAtom = false
    /// Whether it is a link, a formula or a span of code so long that nobody writes it twice by chance.
    var isTelling: Bool { isAtom && range.count >= 24 }

    init(range: Range<Int>, kind: Kind) {
      self.range = range
      self.kind = kind
      words = kind == .word ? 1 : 0
    }

    /// A whole line, with its end, as one.
    init(line range: Range<Int>, in view: ByteView) {
      self.range = range
      kind = .word
      words =
        Tokens(view, range, atoms: [], isVerbatim: true, isQuote: false).all
        .count { $0.kind == .word }
    }
  }

  enum Kind {
    /// A word, a Chinese or Japanese character, or an atom: a link, a formula, a code span.
    case word
    case punctuation
    /// Blanks within a line or across one line end: the same however the text is wrapped.
    case blank
    /// Blanks with an empty line in them, or, where each line counts, one line end.
    case lineBreak
    /// A bar between two cells, with the blanks around it.
    case bar
    /// What stands under a head in the line below it, such as `:---`.
    case rule
  }

  private(set) var all: [Token] = []
  private let view: ByteView

  /// Takes a stretch apart; in verbatim text (code, YAML) each blank counts and nothing is an atom.
  init(
    _ view: ByteView, _ range: Range<Int>, atoms: ArraySlice<Range<Int>>, isVerbatim: Bool,
    isQuote: Bool, isCell: Bool = false
  ) {
    self.view = view
    let itemNumber = isVerbatim || isCell ? nil : itemNumber(in: range)
    var place = atoms.startIndex
    var index = range.lowerBound
    while index < range.upperBound {
      while place < atoms.endIndex,
        atoms[place].lowerBound < index || atoms[place].upperBound > range.upperBound
      {
        place += 1
      }
      let next = place < atoms.endIndex ? atoms[place] : nil
      let end: Int
      let kind: Kind
      var isAtom = false
      if let atom = next, atom.lowerBound == index, !isVerbatim, !atom.isEmpty {
        (end, kind, isAtom) = (atom.upperBound, .word, true)
      } else if view[index].isBlank {
        (end, kind) = blanks(at: index, before: range.upperBound, isVerbatim, isQuote)
      } else {
        let limit = isVerbatim ? range.upperBound : next?.lowerBound ?? range.upperBound
        (end, kind) = word(at: index, before: min(limit, range.upperBound))
      }
      var token = Token(range: index..<max(end, index + 1), kind: kind)
      token.isAtom = isAtom
      if token.range == itemNumber { token.words = 0 }
      all.append(token)
      index = max(end, index + 1)
    }
  }

  /// Takes a row of a table apart.
  init(_ view: ByteView, row: Range<Int>, atoms: ArraySlice<Range<Int>>) {
    self.view = view
    let bar = UInt8(ascii: "|")
    var cell = row.lowerBound
    func add(upTo end: Int, to all: inout [Token]) {
      let text = view.trimmed(cell..<end)
      if !text.isEmpty, text.allSatisfy({ ":-".utf8.contains(view[$0]) }) {
        all.append(Token(range: text, kind: .rule))
        return
      }
      all += Tokens(view, text, atoms: atoms, isVerbatim: false, isQuote: false, isCell: true).all
    }
    var index = row.lowerBound
    var atom = atoms.startIndex
    while index < row.upperBound {
      while atom < atoms.endIndex, atoms[atom].lowerBound < index { atom += 1 }
      if atom < atoms.endIndex, atoms[atom].lowerBound == index, !atoms[atom].isEmpty {
        index = min(atoms[atom].upperBound, row.upperBound)
        continue
      }
      let isEscaped = index > row.lowerBound && view[index - 1] == UInt8(ascii: "\\")
      guard view[index] == bar, !isEscaped else {
        index += 1
        continue
      }
      add(upTo: index, to: &all)
      let before = all.last?.range.upperBound ?? row.lowerBound
      var after = index + 1
      while after < row.upperBound, view[after].isSpaceOrTab { after += 1 }
      all.append(Token(range: before..<after, kind: .bar))
      cell = after
      index = after
    }
    add(upTo: row.upperBound, to: &all)
  }

  /// The digits of a list item's number: it stands there for the order, and nobody wrote it as a word.
  private func itemNumber(in range: Range<Int>) -> Range<Int>? {
    var begin = range.lowerBound
    while begin < range.upperBound, view[begin].isBlank || view[begin] == UInt8(ascii: ">") {
      begin += 1
    }
    guard let end = view.endOfItemNumber(at: begin, before: range.upperBound),
      end + 1 < range.upperBound, view[end + 1].isBlank
    else { return nil }
    return begin..<end
  }

  private func blanks(
    at start: Int, before end: Int, _ isVerbatim: Bool, _ isQuote: Bool
  ) -> (Int, Kind) {
    var index = start
    if isVerbatim {
      if view[index].isLineEnd {
        let isPair = view[index] == .carriageReturn && view[index + 1] == .newline
        return (min(index + (isPair ? 2 : 1), end), .lineBreak)
      }
      while index < end, view[index].isSpaceOrTab { index += 1 }
      return (index, .blank)
    }
    var lines = 0
    while index < end {
      if view[index] == .newline { lines += 1 }
      let isMark = isQuote && lines > 0 && view[index] == UInt8(ascii: ">")
      guard view[index].isBlank || isMark else { break }
      index += 1
    }
    return (index, lines > 1 ? .lineBreak : .blank)
  }

  private func word(at start: Int, before end: Int) -> (Int, Kind) {
    var index = start
    while index < end {
      let byte = view[index]
      if byte.isLetterOrDigit {
        index += 1
      } else if byte < 0x80 {
        let isInside = index > start && index + 1 < end
        let joins =
          byte == UInt8(ascii: "'")
          ? isInside && view[index + 1].isLetter
          // 2.4 and 10,000 are one number each, and not two.
          : ".,".utf8.contains(byte) && isInside && view[index - 1].isDigit
            && view[index + 1].isDigit
        guard joins else { break }
        index += 1
      } else {
        let (length, isLone, isWord) = wide(at: index)
        if isLone, !(index > start && isJoiner(at: index)) {
          if index > start { break }
          return (min(index + length, end), isWord ? .word : .punctuation)
        }
        index += length
      }
    }
    return index > start ? (min(index, end), .word) : (start + 1, .punctuation)
  }

  /// Whether one of the two joiners stands at a place, which make one of what is before and behind them:
  /// a word of Persian, an emoji of several.
  private func isJoiner(at index: Int) -> Bool {
    view.has("\u{200C}", at: index) || view.has("\u{200D}", at: index)
  }

  /// The length of a character beyond ASCII, whether it stands alone, and whether it is a word then.
  private func wide(at index: Int) -> (length: Int, isLone: Bool, isWord: Bool) {
    let lead = view[index]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
    let second = view[index + 1]
    switch lead {
    case 0xE2 where second == 0x80 || second == 0x81:
      let isApostrophe = second == 0x80 && view[index + 2] == 0x99 && view[index + 3].isLetter
      return (length, !isApostrophe, false)
    case 0xE3 where second == 0x80: return (length, true, false)
    case 0xEF where second >= 0xBC: return (length, true, false)
    case 0xE3...0xE9: return (length, true, true)
    case 0xF0 where second >= 0xA0: return (length, true, true)
    default: return (length, false, true)
    }
  }
}
