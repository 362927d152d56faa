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
    var place = target.upperBound
    let isAngled = target.lowerBound > 0 && view[target.lowerBound - 1] == UInt8(ascii: "<")
    while place < end, isAngled ? view[place] != UInt8(ascii: ">") : !view[place].isBlank {
      place += view[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    if isAngled { place += 1 }
    // One on a line of its own may stand in a quote.
    while place < end, view[place].isBlank || view[place] == UInt8(ascii: ">") { place += 1 }
    guard place < end, let close = InlineScanner.endOfTitle(view, at: place, before: end) else {
      return nil
    }
    return place..<close
  }
}
