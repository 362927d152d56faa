extension LinkDefinition {
  /// Reads `[reference]: target "title"`, which takes one line, or two with the target on its own.
  ///
  /// Strictly, nothing but a title may follow the target; otherwise cmark has seen to that.
  init?(
    _ view: ByteView, _ text: Range<Int>, continuation: Range<Int>?, line: Int,
    isStrict: Bool = false
  ) {
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
    if isStrict {
      let tail = view.trimmed(found.end..<max(found.end, rest.upperBound))
      let isTitle =
        tail.lowerBound > found.end
        && InlineScanner.endOfTitle(view, at: tail.lowerBound, before: tail.upperBound)
          == tail.upperBound
      guard tail.isEmpty || isTitle else { return nil }
    }
    reference = view.text(text.lowerBound + 1..<close)
    referenceRange = text.lowerBound + 1..<close
    target = found.target
    anchor = found.anchor
    targetRange = found.targetRange
    form = found.form
    isExternal = found.isExternal
    self.line = line
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
