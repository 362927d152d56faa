extension Document {
  /// What is written for the author only: `%%…%%`, as Obsidian has it, and `<!--…-->`; in order, and
  /// not where they stand in code, formulas or links.
  public var comments: [Range<Int>] {
    let bytes = self.bytes
    guard bytes.contains(UInt8(ascii: "%")) || bytes.contains(UInt8(ascii: "<")) else { return [] }
    var verbatim = Verbatim(self)
    var found: [Range<Int>] = []
    var place = body.lowerBound
    // What opens and is not closed is none, and is looked for once only.
    var isOpen: Set<Int> = []
    while place + 1 < bytes.count {
      if let end = verbatim.end(at: place) {
        place = end
        continue
      }
      guard let (open, close) = Self.comment(at: place, in: bytes), !isOpen.contains(open) else {
        place += 1
        continue
      }
      guard let end = Self.first(close, in: bytes, from: place + open) else {
        isOpen.insert(open)
        continue
      }
      found.append(place..<end + close.count)
      place = end + close.count
    }
    return found
  }

  /// The tags of links and pictures in somebody's own HTML that lead into the vault, each with its
  /// target; in order, and not where they stand in code or formulas.
  public var htmlLinks: [(range: Range<Int>, target: String)] {
    guard bytes.contains(UInt8(ascii: "<")) else { return [] }
    var verbatim = Verbatim(self)
    var found: [(Range<Int>, String)] = []
    var place = body.lowerBound
    while let start = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
      place = start + 1
      if verbatim.end(at: start) != nil { continue }
      // A tag is a few lines at most.
      let tag = String(decoding: bytes[start..<min(start + 2_000, bytes.count)], as: UTF8.self)
      guard let (text, target) = SafeHTML.link(at: tag) else { continue }
      let safe = safeURL(target) ?? ""
      if safe.isEmpty || safe.hasPrefix("#") || HTMLRenderer.Goal(safe).isRemote { continue }
      found.append((start..<min(start + text.utf8.count, bytes.count), target))
    }
    return found
  }

  /// How long the mark is that opens a comment here, and what closes it.
  private static func comment(at place: Int, in bytes: [UInt8]) -> (Int, [UInt8])? {
    if bytes[place...].starts(with: "%%".utf8) { return (2, Array("%%".utf8)) }
    if bytes[place...].starts(with: "<!--".utf8) { return (4, Array("-->".utf8)) }
    return nil
  }

  private static func first(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var place = start
    while place + pattern.count <= bytes.count {
      if bytes[place...].starts(with: pattern) { return place }
      place += 1
    }
    return nil
  }
}

/// The code, formulas and links of a text, to be stepped over from its front to its end.
private struct Verbatim {
  private let ranges: [Range<Int>]
  private var next = 0

  init(_ document: Document) {
    ranges = (document.atoms + document.codeBlocks.map(\.content))
      .sorted { $0.lowerBound < $1.lowerBound }
  }

  /// The end of the one that a place stands in; places are asked for in order.
  mutating func end(at place: Int) -> Int? {
    while next < ranges.count, ranges[next].upperBound <= place { next += 1 }
    return next < ranges.count && ranges[next].contains(place) ? ranges[next].upperBound : nil
  }
}
