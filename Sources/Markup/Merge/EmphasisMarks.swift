/// The marks of emphasis in a text, which are one pair or none.
struct EmphasisMarks {
  /// How many stand in the text as they are, because no other closes them.
  private var lone = 0
  /// How deep spans of one kind stand in each other.
  private var deepest = 0

  private init(_ text: ArraySlice<UInt8>) {
    guard Self.count(text) > 0 else { return }
    var open: [MarkdownTree.Kind: Int] = [:]
    for step in MarkdownTree.withHighlights(MarkdownTree.steps(Array(text))) {
      switch step.kind {
      case .text: lone += Self.count(step.text.utf8)
      case .emphasis, .strong, .strikethrough, .highlight:
        open[step.kind, default: 0] += step.isEnd ? -1 : 1
        deepest = max(deepest, open[step.kind] ?? 0)
      default: break
      }
    }
  }

  private static func count(_ text: some Sequence<UInt8>) -> Int {
    text.count { $0.isEmphasisMark }
  }

  /// Whether a merge has marks that lost each other, or one span of a kind in another, and no side has.
  ///
  /// A star between the two that the other side put in takes one of them for its own, and a paragraph
  /// that ends between them makes both plain stars.
  static func areTorn(
    base: ArraySlice<UInt8>, ours: ArraySlice<UInt8>, theirs: ArraySlice<UInt8>,
    merged: ArraySlice<UInt8>
  ) -> Bool {
    let counts = [base, ours, theirs].map { count($0) }
    if counts[0] == counts[1], counts[0] == counts[2] { return false }
    let (old, mine, other) = (EmphasisMarks(base), EmphasisMarks(ours), EmphasisMarks(theirs))
    let both = EmphasisMarks(merged)
    return both.lone > max(old.lone, mine.lone, other.lone, mine.lone + other.lone - old.lone)
      || both.deepest > max(old.deepest, mine.deepest, other.deepest)
  }
}

extension UInt8 {
  /// Whether it is one of the marks that emphasis is written with.
  var isEmphasisMark: Bool { "*_~=".utf8.contains(self) }
}
