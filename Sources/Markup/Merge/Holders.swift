// What each unit of a merge is a part of: the item that it hangs on, the quote, the line of code.

/// Finds what each of several units, one behind the other, is a part of.
struct Nesting {
  /// What a unit is a part of.
  struct Holder: Equatable {
    /// The item, the line of code or the first unit of the quote; or -1.
    var id = -1
    /// Whether it is the quote, and not an item in it.
    var isQuote = false
  }

  /// The items that may hold what follows, the outermost first.
  private var items: [(width: Int, id: Int)] = []
  /// The lines of a block of code that may hold the next line.
  private var lines: [(width: Int, id: Int)] = []
  /// The first unit of the quote that goes on, or -1.
  private(set) var quote = -1
  /// In how many quotes the last unit was, and the items there that may hold what follows.
  private var quotes = 0
  private var quotedItems: [(width: Int, id: Int)] = []

  /// What a unit is a part of; it may hold what follows.
  ///
  /// What begins a quote is a part of itself.
  mutating func holder(of id: Int, _ unit: Unit) -> Holder {
    while let last = items.last, last.width >= unit.width { items.removeLast() }
    if unit.quotes > 0 { return holder(of: id, quoted: unit) }
    quote = -1
    var holder = items.last?.id ?? -1
    if unit.kind == .line {
      while let last = lines.last, last.width >= unit.width { lines.removeLast() }
      holder = lines.last?.id ?? holder
      lines.append((unit.width, id))
    } else {
      lines = []
    }
    if unit.kind == .item { items.append((unit.width, id)) }
    return Holder(id: holder)
  }

  private mutating func holder(of id: Int, quoted unit: Unit) -> Holder {
    lines = []
    if quote < 0 || !unit.isTight { (quote, quotedItems) = (id, []) }
    if unit.isBlank { return Holder(id: quote, isQuote: true) }
    if unit.quotes != quotes { quotedItems = [] }
    quotes = unit.quotes
    while let last = quotedItems.last, last.width >= unit.quotedWidth { quotedItems.removeLast() }
    let item = quotedItems.last?.id
    if unit.kind == .item { quotedItems.append((unit.quotedWidth, id)) }
    return Holder(id: item ?? quote, isQuote: item == nil)
  }

  struct Unit {
    let kind: MergeUnits.Kind
    /// How many columns of blanks stand before it.
    let width: Int
    /// How many marks of quotes stand before it, and how many columns of blanks behind these.
    let quotes: Int
    let quotedWidth: Int
    /// Whether nothing stands behind these marks.
    let isBlank: Bool
    /// Whether no blank line stands before it.
    let isTight: Bool

    init(_ text: ArraySlice<UInt8>, _ kind: MergeUnits.Kind, isTight: Bool) {
      self.kind = kind
      self.isTight = isTight
      width = text.indentation
      var (rest, quotes) = (text, 0)
      while rest.isQuoted {
        rest = rest.drop(while: \.isSpaceOrTab).dropFirst()
        if rest.first == .space { rest = rest.dropFirst() }
        quotes += 1
      }
      self.quotes = quotes
      quotedWidth = rest.indentation
      isBlank = rest.allSatisfy(\.isBlank)
    }
  }

  /// What each unit of a text is a part of.
  static func holders(_ units: MergeUnits) -> [Holder] {
    var nesting = Nesting()
    return units.all.indices.map { index in
      nesting.holder(
        of: index,
        Unit(
          units.bytes[units.all[index].range], units.all[index].kind,
          isTight: index > 0 && units.isTight(index - 1)))
    }
  }
}

/// Looks whether each unit of a merge is a part of what it is a part of on a side.
///
/// Where one side moves a list to the right and the other puts an item into it, an old item could come
/// to hang on the new one.
struct HolderCheck {
  private let merge: BlockMerge
  private let baseHolders: [Nesting.Holder]
  private let ourHolders: [Nesting.Holder]
  private let theirHolders: [Nesting.Holder]
  /// For each unit of a text the piece of the result that it is in, or -1.
  private var basePieces: [Int]
  private var ourPieces: [Int]
  private var theirPieces: [Int]
  private struct Noted {
    let row: Int
    let isQuestion: Bool
    /// The first piece of its quote, or -1.
    var quote = -1
    /// Whether it was put in before what began a quote, and begins that now.
    var isFirstOfQuote = false
  }

  private var pieces: [Noted] = []
  private var nesting = Nesting()
  private var last: BlockMerge.Piece?
  /// What was so before each row.
  private var before: [(nesting: Nesting, last: BlockMerge.Piece?)] = []

  init(_ merge: BlockMerge) {
    self.merge = merge
    baseHolders = Nesting.holders(merge.base)
    ourHolders = Nesting.holders(merge.ours)
    theirHolders = Nesting.holders(merge.theirs)
    basePieces = [Int](repeating: -1, count: merge.base.all.count)
    ourPieces = [Int](repeating: -1, count: merge.ours.all.count)
    theirPieces = [Int](repeating: -1, count: merge.theirs.all.count)
  }

  /// Adds the pieces of the next row.
  ///
  /// - Returns: the first of the rows of which a question has to be made with this one, where a unit is
  ///   a part of something that it is a part of on neither side.
  mutating func add(_ row: [BlockMerge.Piece], at index: Int) -> Int? {
    before.append((nesting, last))
    for piece in row {
      let id = note(piece, at: index)
      if case .settled(let text) = piece.part {
        for unit in units(of: piece, text) {
          let holder = nesting.holder(of: id, unit)
          pieces[id].quote = nesting.quote
          if piece.isOne, let first = wrong(holder, of: piece, at: index) { return first }
        }
      }
      last = piece
    }
    return nil
  }

  /// Takes a question for rows of which the last was added last.
  mutating func replace(_ rows: ClosedRange<Int>, by question: BlockMerge.Piece) {
    (nesting, last) = before[rows.lowerBound]
    _ = note(question, at: rows.lowerBound)
    last = question
  }

  private mutating func note(_ piece: BlockMerge.Piece, at row: Int) -> Int {
    let id = pieces.count
    var isQuestion = false
    if case .conflict = piece.part { isQuestion = true }
    pieces.append(Noted(row: row, isQuestion: isQuestion))
    func note(_ first: Int, _ last: Int, _ places: inout [Int]) {
      if first >= 0 { for index in first...last { places[index] = id } }
    }
    note(piece.first.base, piece.last.base, &basePieces)
    note(piece.first.ours, piece.last.ours, &ourPieces)
    note(piece.first.theirs, piece.last.theirs, &theirPieces)
    return id
  }

  /// The units of a piece; of one that was put together from several only what shows in its lines.
  private func units(of piece: BlockMerge.Piece, _ text: [UInt8]) -> [Nesting.Unit] {
    var isTight = last.map { merge.isTight($0, before: piece) } ?? false
    if let kind = merge.kind(of: piece) {
      return [Nesting.Unit(text[...], kind, isTight: isTight)]
    }
    return text.split(separator: .newline, omittingEmptySubsequences: false).compactMap { line in
      defer { isTight = !line.allSatisfy(\.isBlank) }
      if line.allSatisfy(\.isBlank) { return nil }
      let kind: MergeUnits.Kind = MergeUnits.isItem(line) ? .item : .paragraph
      return Nesting.Unit(line, kind, isTight: isTight)
    }
  }

  /// The first of the rows that are in question if a unit must not be a part of what it is.
  private mutating func wrong(
    _ holder: Nesting.Holder, of piece: BlockMerge.Piece, at row: Int
  ) -> Int? {
    let unit = pieces.count - 1
    var known: [Nesting.Holder] = []
    if piece.first.ours >= 0 {
      known.append(found(ourHolders[piece.first.ours], merge.our, ourPieces))
    }
    if piece.first.theirs >= 0 {
      known.append(found(theirHolders[piece.first.theirs], merge.their, theirPieces))
    }
    // What began a quote does so no more where a side put something before it into the quote.
    if piece.first.base >= 0, baseHolders[piece.first.base].id == piece.first.base,
      known.contains(where: { $0.isQuote && $0.id >= 0 && $0.id != unit })
    {
      known.removeAll { $0.id == unit }
    }
    // What was put among others that the other side moved may hang on what these hang on there, and
    // begin the quote that the first of them began.
    if piece.beside >= 0 {
      let isOurs = piece.first.ours >= 0
      let there = isOurs ? theirHolders[piece.beside] : ourHolders[piece.beside]
      known.append(
        isOurs
          ? found(there, merge.their, theirPieces) : found(there, merge.our, ourPieces))
      if there.isQuote, there.id == piece.beside {
        known.append(Nesting.Holder(id: unit, isQuote: true))
        pieces[unit].isFirstOfQuote = true
      }
    }
    let beganQuote = known.contains { $0.isQuote && $0.id == unit }
    // So it may where both sides put something before that.
    let isOnTop = beganQuote && merge.isOnTopOfQuote(piece)
    if isOnTop { pieces[unit].isFirstOfQuote = true }
    if holder.isQuote, holder.id >= 0, holder.id != unit, pieces[holder.id].isFirstOfQuote,
      isOnTop || beganQuote && piece.first.base >= 0
    {
      return nil
    }
    if isLoose(piece, holder) { known.removeAll { $0.id < 0 } }
    let isRight = known.contains {
      $0 == holder || $0.id >= 0 && pieces[$0.id].isQuestion || isOneQuote($0, holder)
    }
    guard let latest = known.map(\.id).max(), !isRight else { return nil }
    let before = merge.isShared(row) ? row - 1 : row
    // What begins a quote is a part of itself; what tore it stands before it.
    if holder.id == unit { return before }
    let first = max(0, row - 1)
    guard holder.id >= 0, holder.id > latest else { return first }
    return pieces[holder.id].row == row ? row : min(first, pieces[holder.id].row)
  }

  /// Whether an old unit stands as far to the right as on the one side, where it hangs on an item, and hangs
  /// on nothing: it may well be code now.
  private func isLoose(_ piece: BlockMerge.Piece, _ holder: Nesting.Holder) -> Bool {
    guard case .settled(let text) = piece.part, piece.isOne, holder.id < 0, piece.first.base >= 0,
      piece.first.ours >= 0, piece.first.theirs >= 0
    else { return false }
    let width = text[...].indentation
    let (mine, other) = (
      merge.ours.indentation(of: piece.first.ours),
      merge.theirs.indentation(of: piece.first.theirs)
    )
    guard mine != other else { return false }
    return width == mine && ourHolders[piece.first.ours].id >= 0
      || width == other && theirHolders[piece.first.theirs].id >= 0
  }

  /// Whether what holds the last piece on a side is in the quote that holds it now: what stands first
  /// in that may be the other side's.
  private func isOneQuote(_ known: Nesting.Holder, _ holder: Nesting.Holder) -> Bool {
    known.isQuote && holder.isQuote && known.id >= 0 && known.id != pieces.count - 1
      && pieces[known.id].quote == holder.id
  }

  /// The piece that holds a side's unit; -1 for none, -2 for one that is no longer there.
  private func found(
    _ holder: Nesting.Holder, _ side: UnitAlignment, _ places: [Int]
  ) -> Nesting.Holder {
    var found = holder
    if holder.id < 0 { return found }
    found.id = places[holder.id]
    if found.id >= 0 { return found }
    let old = max(side.origin[holder.id], side.movedFrom[holder.id])
    found.id = old >= 0 && basePieces[old] >= 0 ? basePieces[old] : -2
    return found
  }
}

extension Collection<UInt8> {
  /// Whether it begins with the mark of a quote, blanks aside.
  var isQuoted: Bool { first { !$0.isSpaceOrTab } == UInt8(ascii: ">") }

  /// How many columns of blanks stand at the beginning; a tab goes on to the next fourth, as in CommonMark.
  var indentation: Int {
    prefix(while: \.isSpaceOrTab).reduce(0) { $1 == .tab ? $0 / 4 * 4 + 4 : $0 + 1 }
  }
}
