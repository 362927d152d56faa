extension Document {
  /// The titles of links, of pictures and of definitions, each with the signs around it: `"…"`.
  public var linkTitles: [Range<Int>] {
    let written = links.filter { $0.kind.isByPath && $0.range.contains($0.targetRange.lowerBound) }
    let places =
      written.map { ($0.targetRange, $0.range.upperBound) }
      + definitions.map { ($0.targetRange, $0.range.upperBound) }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      return places.compactMap { target, end in Self.title(behind: target, before: end, in: view) }
    }
  }

  private static func title(behind target: Range<Int>, before end: Int, in view: ByteView)
    -> Range<Int>?
  {
    let isAngled = target.lowerBound > 0 && view[target.lowerBound - 1] == UInt8(ascii: "<")
    let start = isAngled ? target.lowerBound - 1 : target.lowerBound
    guard var place = Destination(view, at: start, before: end)?.end else { return nil }
    // One on a line of its own may stand in a quote.
    while place < end, view[place].isBlank || view[place] == UInt8(ascii: ">") { place += 1 }
    guard place < end, let close = InlineScanner.endOfTitle(view, at: place, before: end) else {
      return nil
    }
    return place..<close
  }
}
