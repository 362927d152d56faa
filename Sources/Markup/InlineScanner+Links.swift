extension InlineScanner {
  // MARK: Square brackets

  /// `[` or `![`: a wiki link, an embed, a footnote's mark, or what may become a link.
  mutating func bracket(at index: Int) -> Int {
    let isImage = view[index] == UInt8(ascii: "!")
    let open = isImage ? index + 1 : index
    guard open < end else { return open }
    if view[open + 1] == UInt8(ascii: "["), let next = wikiLink(at: index, open: open) {
      return next
    }
    if view[open + 1] == UInt8(ascii: "^"), !isImage, let next = footnote(at: open) { return next }
    copy(to: open)
    guard brackets.count < Self.deepestBracket else { return open + 1 }
    brackets.append(
      Bracket(
        position: open, line: line, prose: parts.prose.count, isImage: isImage,
        links: parts.links.count, citations: parts.citations.count))
    parts.prose.append(0)
    hasPlaceholder = true
    copied = open + 1
    return open + 1
  }

  /// `[[target#anchor|label]]` on one line, in at most 512 bytes.
  private mutating func wikiLink(at index: Int, open: Int) -> Int? {
    let start = open + 2
    var bar = -1
    var hash = -1
    var close = start
    let limit = min(end, start + 512)
    scan: while true {
      guard close < limit else { return nil }
      switch view[close] {
      case .newline, .carriageReturn: return nil
      case UInt8(ascii: "[") where view[close + 1] == UInt8(ascii: "["): return nil
      case UInt8(ascii: "]") where view[close + 1] == UInt8(ascii: "]") && close + 1 < end:
        break scan
      case UInt8(ascii: "|") where bar < 0: bar = close
      case UInt8(ascii: "#") where bar < 0 && hash < 0: hash = close
      default: break
      }
      close += 1
    }
    var pathEnd = bar < 0 ? close : bar
    // In a table the bar is written `\|`.
    if bar > start, view[bar - 1] == UInt8(ascii: "\\") { pathEnd -= 1 }
    let (path, pin) = target(start..<(hash < 0 ? pathEnd : hash))
    let anchor = hash < 0 ? nil : view.trimmed(hash + 1..<max(hash + 1, pathEnd))
    let label = bar < 0 ? nil : view.trimmed(bar + 1..<close)
    guard !path.isEmpty || anchor?.isEmpty == false else { return nil }
    let isEmbed = open > index
    var isExternal = false
    for at in path where view.has("://", at: at) {
      isExternal = Destination.hasScheme(view, path)
      break
    }
    parts.links.append(
      Link(
        kind: isEmbed ? .embed : .wiki, target: view.text(path), pin: pin.map(view.text),
        anchor: anchor.map(view.text),
        label: label.flatMap { $0.isEmpty ? nil : view.text($0) }, range: index..<close + 2,
        targetRange: path, isExternal: isExternal, line: line, form: .wiki))
    copy(to: index)
    if let label, !label.isEmpty, !isEmbed {
      addVerbatim(label)
      addName(view.text(path))
    } else if isEmbed {
      addName(view.text(path))
    } else {
      addVerbatim(view.trimmed(start..<pathEnd))
    }
    copied = close + 2
    return close + 2
  }

  /// A wiki link's target, and what stands behind its last `@`, where that names an older text.
  private func target(_ range: Range<Int>) -> (path: Range<Int>, pin: Range<Int>?) {
    let whole = view.trimmed(range)
    guard let at = whole.last(where: { view[$0] == UInt8(ascii: "@") }), at > whole.lowerBound,
      Link.isPin(view.text(at + 1..<whole.upperBound))
    else { return (whole, nil) }
    return (whole.lowerBound..<at, at + 1..<whole.upperBound)
  }

  /// The wiki links in the values of the front matter, which is the lines before `last`.
  mutating func scanFrontmatter(_ lines: Lines, before last: Int) {
    for line in 0..<last {
      let range = lines.content(line, in: view)
      if range.isEmpty || view[range.lowerBound] == UInt8(ascii: "#") { continue }
      var quote: YAMLQuote?
      var index = range.lowerBound
      while index + 1 < range.upperBound {
        guard view.has("[[", at: index) else {
          index += step(at: index, in: range, &quote)
          continue
        }
        var close = index + 2
        while close < range.upperBound, isInValue(at: close, from: index + 2, quote) { close += 1 }
        guard view.has("]]", at: close), close + 2 <= range.upperBound else {
          index += 2
          continue
        }
        addValue(index + 2..<close, quote, line: line + 1)
        index = close + 2
      }
    }
  }

  /// How far it is to the next byte of the front matter, which may be in another kind of value.
  private func step(at index: Int, in line: Range<Int>, _ quote: inout YAMLQuote?) -> Int {
    let byte = view[index]
    switch quote {
    case .double?:
      if byte == UInt8(ascii: "\\") { return 2 }
      if byte == UInt8(ascii: "\"") { quote = nil }
    case .single?:
      if byte == UInt8(ascii: "'"), view.has("''", at: index) { return 2 }
      if byte == UInt8(ascii: "'") { quote = nil }
    case nil:
      guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") else { break }
      // Only where a value begins is it a quote.
      var before = index - 1
      while before >= line.lowerBound, view[before].isBlank { before -= 1 }
      if before < line.lowerBound || ":-,[{".utf8.contains(view[before]) {
        quote = byte == UInt8(ascii: "'") ? .single : .double
      }
    }
    return 1
  }

  /// Whether a byte can stand in a link that begins at `start` in the front matter.
  private func isInValue(at place: Int, from start: Int, _ quote: YAMLQuote?) -> Bool {
    let byte = view[place]
    if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") { return false }
    switch quote {
    case .double?: return byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    case .single?:
      // Two of them are one.
      return byte != UInt8(ascii: "'") || view.has("''", at: place)
        || place > start && view.has("''", at: place - 1)
    case nil:
      return !"{},\"\\".utf8.contains(byte) && (byte != UInt8(ascii: "'") || place > start)
    }
  }

  private mutating func addValue(_ inner: Range<Int>, _ quote: YAMLQuote?, line: Int) {
    func text(_ range: Range<Int>) -> String {
      let text = view.text(range)
      return quote == .single ? text.replacing("''", with: "'") : text
    }
    let bar = inner.first { view[$0] == UInt8(ascii: "|") } ?? inner.upperBound
    let hash = (inner.lowerBound..<bar).first { view[$0] == UInt8(ascii: "#") } ?? bar
    let (path, pin) = target(inner.lowerBound..<hash)
    guard !path.isEmpty else { return }
    let label = bar < inner.upperBound ? view.trimmed(bar + 1..<inner.upperBound) : nil
    parts.links.append(
      Link(
        kind: .wiki, target: text(path), pin: pin.map(text),
        anchor: hash < bar ? text(view.trimmed(hash + 1..<bar)) : nil,
        label: label.map(text), range: inner.lowerBound - 2..<inner.upperBound + 2,
        targetRange: path, isExternal: Destination.hasScheme(view, path), line: line,
        form: .value(quote)))
  }

  /// Keeps the last part of a target findable where the text does not show it.
  private mutating func addName(_ target: String) {
    var name = Array(target.utf8)[...]
    if let slash = name.lastIndex(of: UInt8(ascii: "/")) { name = name[(slash + 1)...] }
    if name.count > 3, name.suffix(3).elementsEqual(".md".utf8) { name = name.dropLast(3) }
    guard !name.isEmpty else { return }
    parts.names += name
    parts.names.append(.newline)
  }

  private mutating func footnote(at open: Int) -> Int? {
    var close = open + 2
    while close < min(end, open + 200), view[close] != UInt8(ascii: "]") {
      if view[close].isBlank || view[close] == UInt8(ascii: "[") { return nil }
      close += 1
    }
    guard view[close] == UInt8(ascii: "]"), close > open + 2, close < end else { return nil }
    parts.footnotes.append(
      Footnote(
        label: view.text(open + 2..<close), isDefinition: false, range: open..<close + 1,
        line: line))
    return skip(open, to: close + 1)
  }

  /// `]`: if a bracket is open and a destination or a known reference follows, a link.
  mutating func closeBracket(at index: Int) -> Int {
    guard let bracket = brackets.popLast() else { return index + 1 }
    copy(to: index)
    var next = index + 1
    var destination: Destination?
    if view[next] == UInt8(ascii: "("), next < end {
      destination = inlineDestination(at: &next)
    }
    if destination == nil, !definitions.isEmpty {
      destination = referenceDestination(bracket.position + 1..<index, at: &next)
    }
    guard let destination else {
      parts.prose[bracket.prose] = UInt8(ascii: "[")
      markCitations(since: bracket, end: index)
      return index + 1
    }
    addLink(bracket, destination: destination, close: index, end: next)
    return next
  }

  private mutating func addLink(
    _ bracket: Bracket, destination: Destination, close: Int, end next: Int
  ) {
    // A bare URL in a link's text is text, and a link holds no other link.
    let inner = bracket.links
    if inner < parts.links.count {
      var kept: [Link] = []
      for link in parts.links[inner...] where link.form != .url { kept.append(link) }
      parts.links.replaceSubrange(inner..., with: kept)
    }
    if bracket.isImage {
      // The `!` before the placeholder goes too.
      parts.prose[bracket.prose - 1] = 0
    } else {
      for outer in brackets where !outer.isImage { parts.prose[outer.prose] = UInt8(ascii: "[") }
      brackets.removeAll { !$0.isImage }
    }
    restoreRuns(behind: bracket.prose)
    let label = label(from: bracket.prose)
    parts.links.append(
      Link(
        kind: bracket.isImage ? .image : .markdown, target: destination.target,
        pin: nil, anchor: destination.anchor, label: label.isEmpty ? nil : label,
        range: bracket.position - (bracket.isImage ? 1 : 0)..<next,
        targetRange: destination.targetRange, isExternal: destination.isExternal,
        line: bracket.line, form: destination.form))
    if !destination.isExternal { addName(destination.target) }
    countLines(close..<next)
    copied = next
  }

  private func label(from start: Int) -> String {
    var bytes: [UInt8] = []
    for byte in parts.prose[start...].prefix(500) where byte != 0 { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `(destination "title")`; moves past the closing parenthesis.
  private func inlineDestination(at next: inout Int) -> Destination? {
    let start = pastBlanks(next + 1)
    guard let destination = Destination(view, at: start, before: end) else { return nil }
    var index = pastBlanks(destination.end)
    if index > destination.end, let afterTitle = Self.endOfTitle(view, at: index, before: end) {
      index = pastBlanks(afterTitle)
    }
    guard index < end, view[index] == UInt8(ascii: ")") else { return nil }
    next = index + 1
    return destination
  }

  /// `[reference]`, `[]`, or nothing after a known reference.
  private func referenceDestination(_ text: Range<Int>, at next: inout Int) -> Destination? {
    var name = text
    var after = next
    if view[next] == UInt8(ascii: "["), next < end {
      var close = next + 1
      while close < min(end, next + 1_000), view[close] != UInt8(ascii: "]") {
        if view[close] == UInt8(ascii: "[") { return nil }
        close += 1
      }
      guard close < end, view[close] == UInt8(ascii: "]") else { return nil }
      if close > next + 1 { name = next + 1..<close }
      after = close + 1
    }
    guard name.count <= 1_000, let found = definitions[LinkDefinition.key(view, name)] else {
      return nil
    }
    next = after
    return Destination(found, end: after)
  }

  private func pastBlanks(_ index: Int) -> Int {
    var index = index
    while index < end, view[index].isBlank { index += 1 }
    return index
  }

  /// The sign that ends a title which begins with a sign.
  static func endOfTitle(in sign: UInt8) -> UInt8? {
    switch sign {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): sign
    case UInt8(ascii: "("): UInt8(ascii: ")")
    default: nil
    }
  }

  static func endOfTitle(_ view: ByteView, at start: Int, before end: Int) -> Int? {
    guard let close = endOfTitle(in: view[start]) else { return nil }
    var index = start + 1
    while index < min(end, start + 1_000) {
      if view[index] == close { return index + 1 }
      if view[index] == view[start] { return nil }
      index += view[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  // MARK: Citations in brackets

  /// The citations found since the bracket opened are bracketed ones, with what follows each key.
  private mutating func markCitations(since bracket: Bracket, end close: Int) {
    for index in parts.citations.indices.dropFirst(bracket.citations) {
      let citation = parts.citations[index]
      guard !citation.isBracketed else { continue }
      var last = citation.range.upperBound
      let limit = min(close, last + 500)
      while last < limit, view[last] != UInt8(ascii: ";") { last += 1 }
      var text = view.trimmed(citation.range.upperBound..<last)
      if view[text.lowerBound] == UInt8(ascii: ","), !text.isEmpty {
        text = view.trimmed(text.lowerBound + 1..<text.upperBound)
      }
      parts.citations[index] = Citation(
        key: citation.key, isBracketed: true,
        locator: text.isEmpty || last == limit && limit < close ? nil : view.text(text),
        range: citation.range,
        line: citation.line)
    }
  }

  // MARK: Angle brackets and bare URLs

  /// `<https://…>`, `<a@b.c>`, a tag of HTML or a comment, which are no text; or just `<`.
  mutating func angle(at index: Int) -> Int {
    if view.has("<!--", at: index), unclosedComment != end {
      var close = index + 4
      while close < end, !view.has("-->", at: close) { close += 1 }
      if close < end, close + 3 <= end {
        countLines(index..<close)
        return skip(index, to: close + 3)
      }
      unclosedComment = end
      return index + 1
    }
    let limit = min(end, index + 2_000)
    var close = index + 1
    guard view[close].isLetter || view[close] == UInt8(ascii: "/") else { return close }
    while close < limit, !view[close].isBlank, view[close] != UInt8(ascii: ">"),
      view[close] != UInt8(ascii: "<")
    {
      close += 1
    }
    let content = index + 1..<close
    if close < limit, view[close] == UInt8(ascii: ">") {
      let isMail = content.contains { view[$0] == UInt8(ascii: "@") }
      if Destination.hasScheme(view, content) || isMail && view[content.lowerBound].isLetter {
        addURL(content, range: index..<close + 1)
        copy(to: index)
        addVerbatim(content)
        copied = close + 1
        return close + 1
      }
    }
    return htmlTag(at: index, limit: limit)
  }

  private mutating func htmlTag(at index: Int, limit: Int) -> Int {
    var close = index + 1
    var quote: UInt8 = 0
    while close < limit {
      let byte = view[close]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: ">") {
        guard let name = elementName(index + 1..<close) else { return text(index..<close + 1) }
        if close > index + 1 + name.utf8.count,
          let own = SafeHTML.ownName(ofTag: view.text(index..<close + 1), name)
        {
          parts.elementNames.append((own, index))
        }
        countLines(index..<close)
        return name == "br"
          ? replace(index, to: close + 1, with: .space) : skip(index, to: close + 1)
      } else if byte == UInt8(ascii: "<") {
        return index + 1
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      }
      close += 1
    }
    return index + 1
  }

  /// The name of the element whose tag this is, `nil` where a page shows it as text: `<eos>`, `Set<Int>`.
  private func elementName(_ tag: Range<Int>) -> String? {
    let start = view[tag.lowerBound] == UInt8(ascii: "/") ? tag.lowerBound + 1 : tag.lowerBound
    var last = start
    while last < tag.upperBound, view[last].isLetterOrDigit { last += 1 }
    // No element's name is longer.
    guard last - start <= 10 else { return nil }
    let name = view.text(start..<last).lowercased()
    let next = last < tag.upperBound ? Character(Unicode.Scalar(view[last])) : nil
    return SafeHTML.isShown(name, before: next) ? name : nil
  }

  /// Keeps what has the form of a tag as text; what has not is read on, for the links in it.
  private mutating func text(_ range: Range<Int>) -> Int {
    var quote: UInt8 = 0
    for index in range.dropFirst().dropLast() {
      let byte = view[index]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if !byte.isLetterOrDigit, !byte.isBlank, !"_-.:=/".utf8.contains(byte) {
        return range.lowerBound + 1
      }
    }
    copy(to: range.lowerBound)
    addVerbatim(range)
    countLines(range)
    return range.upperBound
  }

  /// A bare `https://…`, up to a blank or a closing mark; the text shows it.
  mutating func url(at index: Int) -> Int {
    guard view[index + 1] == UInt8(ascii: "/"), view[index + 2] == UInt8(ascii: "/") else {
      return index + 1
    }
    var start = index
    if view.has("http", at: index - 4) {
      start = index - 4
    } else if view.has("https", at: index - 5) {
      start = index - 5
    }
    guard start < index, start >= copied, !view[start - 1].isLetterOrDigit else { return index + 1 }
    var last = index + 3
    var depth = 0
    scan: while last < end, last - start < 4_096 {
      switch view[last] {
      case 0...0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
        UInt8(ascii: "`"), UInt8(ascii: "]"), UInt8(ascii: "|"):
        break scan
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        if depth == 0 { break scan }
        depth -= 1
      case 0xE3 where view[last + 1] == 0x80, 0xEF where view[last + 1] >= 0xBC:
        break scan  // Chinese and Japanese marks and full-width forms
      default: break
      }
      last += 1
    }
    while last > index + 3, Self.isTrailing(view[last - 1]) { last -= 1 }
    guard last > index + 3 else { return index + 1 }
    addURL(start..<last, range: start..<last)
    return last
  }

  private static func isTrailing(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"),
      UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "_"),
      UInt8(ascii: "~"), UInt8(ascii: "'"):
      true
    default: false
    }
  }

  private mutating func addURL(_ url: Range<Int>, range: Range<Int>) {
    parts.links.append(
      Link(
        kind: .autolink, target: view.text(url), pin: nil, anchor: nil, label: nil, range: range,
        targetRange: url, isExternal: true, line: line, form: .url))
  }
}
