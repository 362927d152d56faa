extension InlineScanner {
  // MARK: Code and formulas

  /// A code span, whose text is kept; a run of backticks that nothing closes is just text.
  mutating func ticks(at index: Int) -> Int {
    let open = view.endOfRun(UInt8(ascii: "`"), at: index, before: end)
    let length = open - index
    guard length <= Self.longestTicks, unclosedTicks[length] != end else { return open }
    var next = open
    while next < end {
      guard view[next] == UInt8(ascii: "`") else {
        next += 1
        continue
      }
      let close = view.endOfRun(UInt8(ascii: "`"), at: next, before: end)
      if close - next == length {
        copy(to: index)
        addVerbatim(open..<next)
        countLines(open..<next)
        parts.codeSpans.append(index..<close)
        copied = close
        return close
      }
      next = close
    }
    unclosedTicks[length] = end
    return open
  }

  /// `$…$`, where a price is no formula, or `$$…$$`; the text keeps the dollar signs.
  mutating func formula(at index: Int) -> Int {
    if view[index + 1] == UInt8(ascii: "$"), index + 1 < end { return display(at: index) }
    let open = index + 1
    guard open < end, !view[open].isBlank else { return open }
    var next = open
    while next < end, view[next] != UInt8(ascii: "$") {
      if view[next] == UInt8(ascii: "`") { return open }
      next += view[next] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard next < end, next > open, !view[next - 1].isBlank, !view[next + 1].isDigit else {
      return open
    }
    return addFormula(open..<next, from: index, to: next + 1, isDisplay: false)
  }

  private mutating func display(at index: Int) -> Int {
    let open = view.endOfRun(UInt8(ascii: "$"), at: index, before: end)
    guard open == index + 2, unclosedDisplay != end else { return open }
    var next = open
    while next < end {
      if view[next] == UInt8(ascii: "$"), view[next + 1] == UInt8(ascii: "$"), next + 1 < end {
        if next == open { break }
        return addFormula(open..<next, from: index, to: next + 2, isDisplay: true)
      }
      next += view[next] == UInt8(ascii: "\\") ? 2 : 1
    }
    unclosedDisplay = end
    return open
  }

  private mutating func addFormula(
    _ content: Range<Int>, from: Int, to: Int, isDisplay: Bool
  ) -> Int {
    parts.math.append(Math(isDisplay: isDisplay, content: content, range: from..<to, line: line))
    copy(to: from)
    let start = parts.prose.count
    addVerbatim(from..<to)
    parts.formulas.append(start..<parts.prose.count)
    countLines(content)
    return to
  }

  /// Keeps the text of `<pre>` findable as code: without its tags, and with the characters that its
  /// entities stand for.
  mutating func addPreformatted(_ range: Range<Int>) {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = view[index]
      if byte == UInt8(ascii: "<"), let close = closeOfTag(at: index, before: range.upperBound) {
        // Two lines are two words; the colours of half a word are none.
        if view.isTag("br", at: index, before: close) { parts.codeText.append(.newline) }
        index = close
      } else if byte == UInt8(ascii: "&"), let entity = Entity(view, at: index),
        entity.end <= range.upperBound
      {
        parts.codeText += entity.text.utf8
        index = entity.end
      } else {
        parts.codeText.append(byte)
        index += 1
      }
    }
    parts.codeText.append(.newline)
  }

  /// The byte behind the tag or the comment that begins with a `<`; `nil` where it is just that.
  private func closeOfTag(at index: Int, before end: Int) -> Int? {
    let next = view[index + 1]
    guard next.isLetter || next == UInt8(ascii: "/") || next == UInt8(ascii: "!") else {
      return nil
    }
    for close in index..<min(end, index + 2_000) where view[close] == UInt8(ascii: ">") {
      return close + 1
    }
    return nil
  }

  // MARK: Tags and citations

  /// `#tag` or `#area/topic`, after a blank or an opening mark, with at least one letter.
  mutating func tag(at index: Int) -> Int {
    let after = view.endOfRun(UInt8(ascii: "#"), at: index, before: end)
    guard after == index + 1, canBegin(at: index) else { return after }
    var last = after
    var hasLetter = false
    while last < end {
      let byte = view[last]
      if byte < 0x80 {
        guard
          byte.isLetterOrDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "/")
        else { break }
        hasLetter = hasLetter || byte.isLetter
        last += 1
      } else {
        guard let (scalar, length) = scalar(at: last), scalar.isTagPart else { break }
        hasLetter = hasLetter || scalar.properties.isAlphabetic || scalar.properties.isEmoji
        last += length
      }
    }
    while last > after, view[last - 1] == UInt8(ascii: "/") { last -= 1 }
    guard hasLetter, last > after, last - after <= 200 else { return max(last, after) }
    parts.tags.append(Tag(name: view.text(after..<last), range: index..<last, line: line))
    return last
  }

  /// `@key`, as pandoc reads it; not in an e-mail address.
  mutating func citation(at index: Int) -> Int {
    let isSuppressed = index > 0 && view[index - 1] == UInt8(ascii: "-")
    guard canBegin(at: isSuppressed ? index - 1 : index) else { return index + 1 }
    var start = index + 1
    var last = start
    if view[start] == UInt8(ascii: "{") {
      start += 1
      last = start
      while last < end, last - start < 500, !view[last].isBlank, view[last] != UInt8(ascii: "}") {
        last += 1
      }
      guard view[last] == UInt8(ascii: "}"), last > start, last < end else { return index + 1 }
      return addCitation(start..<last, from: index, to: last + 1)
    }
    guard view[start].isWordPart || view[start] == UInt8(ascii: "_") else { return start }
    while last < end, last - start < 500 {
      let byte = view[last]
      if byte.isWordPart || byte == UInt8(ascii: "_") {
        last += 1
      } else if Self.isInsideKey(byte), view[last + 1].isWordPart, last + 1 < end {
        last += 1
      } else {
        break
      }
    }
    return addCitation(start..<last, from: index, to: last)
  }

  private mutating func addCitation(_ key: Range<Int>, from: Int, to: Int) -> Int {
    guard key.upperBound <= end else { return from + 1 }
    parts.citations.append(
      Citation(
        key: view.text(key), isBracketed: false, locator: nil, range: from..<to, line: line))
    return to
  }

  private static func isInsideKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "#"), UInt8(ascii: "$"),
      UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "?"), UInt8(ascii: "~"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// Whether a tag or a citation may begin here: after a blank, an opening mark or emphasis.
  private func canBegin(at index: Int) -> Bool {
    guard index > 0 else { return true }
    switch view[index - 1] {
    case .space, .tab, .newline, .carriageReturn, UInt8(ascii: "("), UInt8(ascii: "["),
      UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "_"),
      UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: ">"):
      return true
    case 0x80...:
      // After a full-width mark or a typographic quote a word may begin; after a letter it may not.
      var start = index - 1
      while start > 0, start > index - 4, view[start] & 0xC0 == 0x80 { start -= 1 }
      guard let (scalar, length) = scalar(at: start), start + length == index else { return false }
      return !scalar.isTagPart
    default:
      return false
    }
  }

  /// The character at a byte of at least 0x80, if it is well formed.
  private func scalar(at index: Int) -> (Unicode.Scalar, Int)? {
    let lead = view[index]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0
    guard length > 0, lead < 0xF5, index + length <= view.count else { return nil }
    var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length {
      let byte = view[index + offset]
      guard byte & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    guard let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, length)
  }
}

extension Unicode.Scalar {
  /// A letter, a mark, a number or an emoji with what joins it, in any script.
  fileprivate var isTagPart: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
      .otherSymbol:
      true
    default: value == 0x200D
    }
  }
}
