/// Of what kind each line of a text is: of a list, of code, of a paragraph.
///
/// What a line means can depend on lines far away: a lost fence makes code of all that follows. So a
/// merge is looked at as a whole when it is done.
struct LineKinds {
  private var kinds: [ArraySlice<UInt8>: Set<Block.Kind>] = [:]

  init(_ document: Document) {
    Self.each(document) { kinds[$0, default: []].insert($1) }
  }

  /// Kinds that a line far away can begin or end: a fence, a tag, a table's header.
  ///
  /// Whether a line is in a list or a paragraph of its own may well be one side's edit, and its words
  /// the other's.
  private static let farReaching: Set<Block.Kind> = [.code, .math, .html, .table]

  /// Whether a text has a line as code, or as prose, that neither of two texts has as such.
  static func areTorn(in merged: Document, _ ours: LineKinds, _ theirs: LineKinds) -> Bool {
    var isTorn = false
    each(merged) { line, kind in
      let known = ours.kinds[line, default: []].union(theirs.kinds[line, default: []])
      guard !known.isEmpty, !known.contains(kind) else { return }
      if farReaching.contains(kind) || !known.isDisjoint(with: farReaching) { isTorn = true }
    }
    return isTorn
  }

  /// A line of fewer bytes, such as a fence or a bracket, says nothing of itself.
  private static let leastBytes = 5

  private static func each(
    _ document: Document, _ body: (_ line: ArraySlice<UInt8>, _ kind: Block.Kind) -> Void
  ) {
    let bytes = document.bytes
    unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let lines = Lines(view)
      for block in document.blocks {
        let last = lines.line(at: max(block.range.lowerBound, block.range.upperBound - 1))
        for line in block.line - 1..<max(last + 1, block.line - 1) {
          let text = view.trimmed(lines.content(line, in: view))
          if text.count >= leastBytes { body(bytes[text], block.kind) }
        }
      }
    }
  }
}
