/// Builds a block's segments: between two stretches that are the same, removed words come first.
struct DiffSegments {
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
    _ kind: DiffBlock.Kind, _ token: Tokens.Token, from pieces: DiffPieces,
    _ piece: DiffPieces.Piece
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
    _ tokens: ArraySlice<Tokens.Token>, from pieces: DiffPieces, _ piece: DiffPieces.Piece
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
