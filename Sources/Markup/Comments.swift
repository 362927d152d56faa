extension Document {
  /// What is written for the author only: `%%…%%`, as Obsidian has it, and `<!--…-->`; in order, and
  /// not where they stand in code, formulas or what a link leads to.
  ///
  /// One that nothing closes is a comment where no reader sees it: of HTML in a block of that, to the
  /// block's end; `%%` on a line of its own, to the end of the text.
  public var comments: [Range<Int>] {
    let bytes = self.bytes
    guard bytes.contains(UInt8(ascii: "%")) || bytes.contains(UInt8(ascii: "<")) else { return [] }
    var verbatim = Verbatim(self)
    var found: [Range<Int>] = []
    var place = body.lowerBound
    // Up to where nothing closes what opens with so many bytes, so that it is looked for once only.
    var unclosed: [Int: Int] = [:]
    while place + 1 < bytes.count {
      if let end = verbatim.end(at: place) {
        place = end
        continue
      }
      guard let (open, close) = Self.comment(at: place, in: bytes) else {
        place += 1
        continue
      }
      // What a link's words open ends within them: `[50%% off](a.md) and 20%% more` has no comment.
      let words = verbatim.endOfWords(at: place)
      let limit = words ?? bytes.count
      var end: Int?
      if unclosed[open, default: 0] < limit {
        end = Self.first(close, in: bytes[..<limit], from: place + open).map { $0 + close.count }
        if end == nil { unclosed[open] = limit }
      }
      if end == nil, words == nil { end = endOfUnclosedComment(at: place) }
      if let end { found.append(place..<end) }
      place = end ?? place + 1
    }
    return found
  }

  /// The text without its comments.
  ///
  /// What a comment held may have decided what is code, so that others come to light once it is gone.
  public var withoutComments: Document {
    var document = self
    for _ in 0..<Self.mostRounds {
      let comments = document.comments
      if comments.isEmpty { return document }
      var text: [UInt8] = []
      var done = 0
      for comment in comments {
        text += document.bytes[done..<comment.lowerBound]
        done = comment.upperBound
      }
      document = Document(bytes: text + document.bytes[done...])
    }
    return Document(bytes: Array(bytes[..<body.lowerBound]))
  }

  /// In which each time others come to light only somebody's that was made to take for ever: it has no text.
  private static let mostRounds = 100

  /// Where a comment ends that nothing closes; `nil` where a reader sees it, so that it is none.
  private func endOfUnclosedComment(at place: Int) -> Int? {
    guard bytes[place] == UInt8(ascii: "%") else { return htmlBlock(at: place)?.upperBound }
    let before = bytes[..<place].last { !$0.isSpaceOrTab && $0 != UInt8(ascii: ">") }
    let behind = bytes[(place + 2)...].first { !$0.isSpaceOrTab }
    return before?.isLineEnd ?? true && behind?.isLineEnd ?? true ? bytes.count : nil
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

  private static func first(
    _ pattern: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int
  ) -> Int? {
    var place = start
    while place + pattern.count <= bytes.endIndex {
      if bytes[place...].starts(with: pattern) { return place }
      place += 1
    }
    return nil
  }
}

/// What comments are not looked for in: code, formulas and what links lead to; and the words of links.
///
/// To be stepped over from a text's front to its end.
private struct Verbatim {
  private var ranges: [Range<Int>]
  private var next = 0
  private var words: [Range<Int>] = []
  private var nextWords = 0
  /// The ends of the links' words that the place stands in, the innermost last.
  private var open: [Int] = []

  init(_ document: Document) {
    ranges = document.codeSpans + document.math.map(\.range)
    for link in document.links {
      let range = link.range
      var start = range.lowerBound
      switch link.kind {
      case .autolink: break
      case .wiki, .embed:
        if let bar = document.bytes[range].firstIndex(of: UInt8(ascii: "|")) {
          ranges.append(start..<bar)
          words.append(bar..<range.upperBound - 2)
          start = range.upperBound - 2
        }
      case .markdown, .image:
        // The target of a reference is elsewhere.
        let isHere = range.contains(link.targetRange.lowerBound)
        start = isHere ? link.targetRange.lowerBound : range.upperBound
        words.append(range.lowerBound..<start)
      }
      ranges.append(start..<range.upperBound)
    }
    // HTML has none of these in it.
    ranges.removeAll { $0.isEmpty || document.htmlBlock(at: $0.lowerBound) != nil }
    words.removeAll { document.htmlBlock(at: $0.lowerBound) != nil }
    ranges += document.codeBlocks.map(\.content)
    ranges.sort { $0.lowerBound < $1.lowerBound }
    words.sort { ($0.lowerBound, -$0.upperBound) < ($1.lowerBound, -$1.upperBound) }
  }

  /// The end of the one that a place stands in; places are asked for in order.
  mutating func end(at place: Int) -> Int? {
    while next < ranges.count, ranges[next].upperBound <= place { next += 1 }
    return next < ranges.count && ranges[next].contains(place) ? ranges[next].upperBound : nil
  }

  /// The end of a link's words that a place stands in; places are asked for in order.
  mutating func endOfWords(at place: Int) -> Int? {
    while nextWords < words.count, words[nextWords].lowerBound <= place {
      open.append(words[nextWords].upperBound)
      nextWords += 1
    }
    while let end = open.last, end <= place { open.removeLast() }
    return open.last
  }
}
