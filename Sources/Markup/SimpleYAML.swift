/// Reads the YAML that nearly every front matter is: `key: text`, and lists of texts.
///
/// Strictly, it gives up on anything else, and the whole of YAML is read by `YAML`, at fifty times
/// the cost. Leniently, it saves what it can of a front matter that is not YAML at all.
struct SimpleYAML {
  struct Found {
    var key: String
    var value: Frontmatter.Value
    /// The line in the content, counted from 0.
    var line: Int
  }

  private let lines: [Substring.UTF8View]
  private let isLenient: Bool

  /// The entries, or nil if strict reading met something that is not simple.
  static func entries(_ text: String, isLenient: Bool) -> [Found]? {
    var lines: [Substring.UTF8View] = []
    var rest = text.utf8[...]
    while let end = rest.firstIndex(of: .newline) {
      lines.append(Self.withoutReturn(rest[..<end]))
      rest = rest[rest.index(after: end)...]
    }
    lines.append(Self.withoutReturn(rest))
    return SimpleYAML(lines: lines, isLenient: isLenient).read()
  }

  private static func withoutReturn(_ line: Substring.UTF8View) -> Substring.UTF8View {
    line.last == .carriageReturn ? line.dropLast() : line
  }

  private func read() -> [Found]? {
    var found: [Found] = []
    var keys: Set<String> = []
    var line = 0
    while line < lines.count {
      let text = lines[line]
      defer { line += 1 }
      guard let first = text.first(where: { !$0.isSpaceOrTab }), first != UInt8(ascii: "#") else {
        continue
      }
      guard let (key, rest) = keyAndRest(text), isLenient || keys.insert(key).inserted else {
        if isLenient { continue }
        return nil
      }
      var value = scalar(rest)
      if rest.isEmpty, line + 1 < lines.count, isItem(lines[line + 1]) {
        var items: [Frontmatter.Value] = []
        while line + 1 < lines.count, isItem(lines[line + 1]) {
          line += 1
          let item = trimmed(trimmed(lines[line]).dropFirst())
          guard let text = scalar(item), isLenient || !isMapping(item) else { return nil }
          items.append(text)
        }
        value = .list(items)
      }
      if !isLenient, line + 1 < lines.count, isContinuation(lines[line + 1]) { return nil }
      guard let value else {
        if isLenient { continue }
        return nil
      }
      // The line of the key, not that of its last item.
      found.append(Found(key: key, value: value, line: line - itemCount(value, of: rest)))
    }
    return found
  }

  private func itemCount(_ value: Frontmatter.Value, of rest: Substring.UTF8View) -> Int {
    if rest.isEmpty, case .list(let items) = value { return items.count }
    return 0
  }

  private func isItem(_ line: Substring.UTF8View) -> Bool {
    let text = trimmed(line)
    return text.first == UInt8(ascii: "-") && (text.count == 1 || text.dropFirst().first == .space)
  }

  /// A line that is neither a key, a comment nor blank belongs to a value that is not simple.
  private func isContinuation(_ line: Substring.UTF8View) -> Bool {
    guard let first = line.first, first.isSpaceOrTab else { return false }
    return line.contains { !$0.isSpaceOrTab }
  }

  private func isMapping(_ text: Substring.UTF8View) -> Bool {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return false }
    return text.index(after: colon) == text.endIndex || text[text.index(after: colon)] == .space
  }

  private func keyAndRest(_ line: Substring.UTF8View) -> (String, Substring.UTF8View)? {
    guard let first = line.first, first.isWordPart || first == UInt8(ascii: "_") else { return nil }
    var index = line.startIndex
    while index < line.endIndex {
      let byte = line[index]
      let next = line.index(after: index)
      if byte == UInt8(ascii: ":"), next == line.endIndex || line[next].isSpaceOrTab {
        let key = trimmed(line[..<index])
        return (String(decoding: key, as: UTF8.self), trimmed(line[next...]))
      }
      guard
        byte.isWordPart || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: ".") || byte == UInt8(ascii: " ") || isLenient
      else { return nil }
      index = next
    }
    return nil
  }

  /// A value on the line of its key, or nil if it is not simple.
  private func scalar(_ text: Substring.UTF8View) -> Frontmatter.Value? {
    guard let first = text.first, let last = text.last else { return .scalar("") }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      let inner = text.dropFirst().dropLast()
      let isSimple =
        text.count > 1 && last == first
        && !inner.contains { $0 == first || $0 == UInt8(ascii: "\\") || $0 < .space }
      if isSimple { return .scalar(String(decoding: inner, as: UTF8.self)) }
      return isLenient ? .scalar(String(decoding: text, as: UTF8.self)) : nil
    }
    if first == UInt8(ascii: "["), last == UInt8(ascii: "]"), let list = flowList(text) {
      return list
    }
    if !isLenient, !isPlain(text) { return nil }
    return .scalar(plainText(String(decoding: text, as: UTF8.self)))
  }

  /// `[a, b, "c"]`, where no item holds a comma.
  private func flowList(_ text: Substring.UTF8View) -> Frontmatter.Value? {
    let inner = text.dropFirst().dropLast()
    if trimmed(inner).isEmpty { return .list([]) }
    var items: [Frontmatter.Value] = []
    for part in inner.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let item = trimmed(part)
      guard !item.isEmpty, item.first != UInt8(ascii: "["),
        !item.contains(where: { "[]{}:#".utf8.contains($0) }), case .scalar(let text) = scalar(item)
      else { return nil }
      items.append(.scalar(text))
    }
    return .list(items)
  }

  private func isPlain(_ text: Substring.UTF8View) -> Bool {
    guard let first = text.first else { return true }
    if "[]{}&*!|>'\"%@`,#?".utf8.contains(first) { return false }
    if first == UInt8(ascii: "-") || first == UInt8(ascii: ":"), text.count < 2 { return false }
    if first == UInt8(ascii: "-"), text.dropFirst().first == .space { return false }
    var previous: UInt8 = 0
    for byte in text {
      if byte < .space || byte == 0x7F { return false }
      if previous == UInt8(ascii: ":"), byte == .space { return false }
      previous = byte
    }
    return previous != UInt8(ascii: ":")
  }

  private func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    var text = text
    while let first = text.first, first.isSpaceOrTab { text = text.dropFirst() }
    while let last = text.last, last.isSpaceOrTab { text = text.dropLast() }
    return text
  }
}

extension SimpleYAML {
  /// The comment that stands behind a text on the one line of its key, with the blanks before it.
  static func comment(behindScalarIn text: String) -> Substring {
    let line = text.last?.isNewline ?? false ? text.dropLast() : text[...]
    guard !line.contains(where: \.isNewline), let (_, rest) = split(String(line)) else { return "" }
    let comment = rest.dropFirst(lengthInQuotes(rest) ?? plainText(rest).count)
    return comment.contains("#") ? comment : ""
  }

  /// How long a text in quotes at the beginning is, with these; `nil` where there is none.
  private static func lengthInQuotes(_ text: String) -> Int? {
    guard let quote = text.first, "\"'".contains(quote) else { return nil }
    var isEscaped = false
    for (place, sign) in text.enumerated().dropFirst() {
      if isEscaped {
        isEscaped = false
      } else if sign == "\\", quote == "\"" {
        isEscaped = true
      } else if sign == quote {
        // Two single ones are one that is meant.
        isEscaped = quote == "'" && text.dropFirst(place + 1).first == quote
        if !isEscaped { return place + 1 }
      }
    }
    return nil
  }
}

/// A plain scalar without its comment: `#` begins one when blanks stand on both sides of it.
///
/// YAML itself would also cut `C# #1`; nobody who types a number after `#` means a comment.
func plainText(_ text: String) -> String {
  let bytes = Array(text.utf8)
  for index in bytes.indices.dropFirst()
  where bytes[index] == UInt8(ascii: "#") && bytes[index - 1].isSpaceOrTab {
    guard index + 1 == bytes.count || bytes[index + 1].isSpaceOrTab else { continue }
    var end = index
    while end > 0, bytes[end - 1].isSpaceOrTab { end -= 1 }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
  return text
}
