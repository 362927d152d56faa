extension LinkDefinition {
  /// Reads `[reference]: target`, which takes one line, or two with the target on its own; that nothing
  /// but a title follows is for `lines` to see to, or cmark has.
  init?(_ view: ByteView, _ text: Range<Int>, continuation: Range<Int>?, line: Int) {
    guard view[text.lowerBound] == UInt8(ascii: "["), !text.isEmpty else { return nil }
    var close = text.lowerBound + 1
    while close < text.upperBound, close - text.lowerBound < 1_000,
      view[close] != UInt8(ascii: "]")
    {
      if view[close] == UInt8(ascii: "[") { return nil }
      close += view[close] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard close + 1 < text.upperBound, view[close] == UInt8(ascii: "]"),
      view[close + 1] == UInt8(ascii: ":"), close > text.lowerBound + 1,
      view[text.lowerBound + 1] != UInt8(ascii: "^")
    else { return nil }
    var rest = view.trimmed(close + 2..<text.upperBound)
    if rest.isEmpty, let continuation { rest = view.trimmed(continuation) }
    guard !rest.isEmpty,
      let found = Destination(view, at: rest.lowerBound, before: rest.upperBound)
    else { return nil }
    reference = view.text(text.lowerBound + 1..<close)
    referenceRange = text.lowerBound + 1..<close
    target = found.target
    anchor = found.anchor
    targetRange = found.targetRange
    form = found.form
    isExternal = found.isExternal
    self.line = line
    range = text.lowerBound..<found.end
  }

  /// How many lines it takes with its title, which may stand on lines of its own, up to the line `limit`,
  /// counted from 0; `nil` where the line of its target has something else behind it.
  func lines(_ view: ByteView, _ lines: Lines, before limit: Int) -> Int? {
    let targetLine = lines.line(at: range.upperBound - 1)
    let last = lines.content(limit - 1, in: view).upperBound
    /// How many lines there are up to one, counted from 0.
    func count(upTo end: Int) -> Int { end - (line - 1) + 1 }
    func count(withTitleAt start: Int) -> Int? {
      guard let end = InlineScanner.endOfTitle(view, at: start, before: last) else { return nil }
      let line = lines.line(at: end - 1)
      guard view.trimmed(end..<lines.content(line, in: view).upperBound).isEmpty else { return nil }
      let hasGap = (targetLine..<line).contains { lines.isBlank($0, in: view) }
      return hasGap ? nil : count(upTo: line)
    }
    let tail = view.trimmed(range.upperBound..<lines.content(targetLine, in: view).upperBound)
    if !tail.isEmpty {
      guard tail.lowerBound > range.upperBound else { return nil }
      return count(withTitleAt: tail.lowerBound)
    }
    guard targetLine + 1 < limit else { return count(upTo: targetLine) }
    let next = view.pastQuoteMarks(lines.content(targetLine + 1, in: view))
    return count(withTitleAt: next) ?? count(upTo: targetLine)
  }

  /// The form in which references are compared: lower case, blanks as one space.
  static func key(_ view: ByteView, _ name: Range<Int>) -> String {
    let name = view.trimmed(name)
    var bytes: [UInt8] = []
    for index in name {
      if !view[index].isBlank {
        bytes.append(view[index])
      } else if bytes.last != .space {
        bytes.append(.space)
      }
    }
    return String(decoding: bytes, as: UTF8.self).lowercased()
  }
}

extension Destination {
  /// The destination that a definition gives to the links that use it.
  init(_ definition: LinkDefinition, end: Int) {
    target = definition.target
    anchor = definition.anchor
    targetRange = definition.targetRange
    isExternal = definition.isExternal
    form = definition.form
    self.end = end
  }
}
