extension Frontmatter {
  /// The most bytes between the two lines; a longer block is part of the text.
  static let longest = 64 * 1024

  /// The front matter of a note, where the rest of it is not asked for; `nil` where it has none.
  public init?(of bytes: [UInt8]) {
    var problems: [Problem] = []
    let found = unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      return Frontmatter(view, lines: Lines(view), problems: &problems)
    }
    guard let found else { return nil }
    self = found
  }

  /// Finds and reads the front matter at the head of a file; adds what is wrong with it.
  init?(_ view: ByteView, lines: Lines, problems: inout [Problem]) {
    let start = view.has("\u{FEFF}", at: 0) ? 3 : 0
    guard Self.isFence(0, from: start, lines: lines, view: view, mayDot: false) else { return nil }
    var close = 1
    while true {
      guard close < lines.count, lines.starts[close] <= Self.longest + lines.starts[1] else {
        return nil
      }
      if Self.isFence(close, from: lines.starts[close], lines: lines, view: view, mayDot: true) {
        break
      }
      close += 1
    }
    range = start..<lines.starts[close + 1]
    content = lines.starts[1]..<lines.starts[close]
    let text = view.text(content)
    let isUTF8 = text.utf8.count == content.count && !text.unicodeScalars.contains("\u{FFFD}")
    var found: [SimpleYAML.Found] = []
    var isFlow = false
    var isBroken = !isUTF8
    // A lone carriage return and the line ends of Unicode are for the whole of YAML to judge.
    let isSimple = isUTF8 && !Self.hasOddLineEnd(view, content)
    if isSimple, let simple = SimpleYAML.entries(text, isLenient: false) {
      found = simple
    } else {
      if !isUTF8 {
        problems.append(Problem(line: 1, message: "the front matter is not UTF-8"))
      }
      switch YAML.read(text) {
      case .entries(let entries, let flow):
        isFlow = flow
        for entry in entries {
          var value = entry.value
          if entry.isPlain, !flow, case .scalar = value,
            let raw = Self.plainScalar(entry, lines: lines, view: view)
          {
            value = .scalar(raw)
          }
          found.append(SimpleYAML.Found(key: entry.key, value: value, line: entry.line))
        }
      case .broken(let line, let message):
        isBroken = true
        problems.append(Problem(line: line + 2, message: "front matter: " + message))
        found = SimpleYAML.entries(text, isLenient: true) ?? []
      }
    }
    if let merge = found.first(where: { $0.key == "<<" }) {
      isBroken = true
      let message = "front matter: what '<<' puts into it is not read"
      problems.append(Problem(line: merge.line + 2, message: message))
    }
    entries = found.map { Entry($0.key, $0.value) }
    entryLines = found.map { $0.line + 2 }
    isByLine = !isFlow
    self.isBroken = isBroken
    lineRanges = Self.lineRanges(of: found.map(\.line), close: close, lines: lines, view: view)
  }

  private static func isFence(
    _ line: Int, from start: Int, lines: Lines, view: ByteView, mayDot: Bool
  ) -> Bool {
    guard line + 1 < lines.starts.count else { return false }
    let end = lines.content(line, in: view).upperBound
    guard view.has("---", at: start) || (mayDot && view.has("...", at: start)), start + 3 <= end
    else { return false }
    for index in start + 3..<end where !view[index].isSpaceOrTab { return false }
    return true
  }

  private static func hasOddLineEnd(_ view: ByteView, _ range: Range<Int>) -> Bool {
    for index in range {
      switch view[index] {
      case .carriageReturn where view[index + 1] != .newline: return true
      case 0xE2 where view[index + 1] == 0x80 && view[index + 2] | 1 == 0xA9: return true
      case 0xC2 where view[index + 1] == 0x85: return true
      case 0xEF where view[index + 1] == 0xBB && view[index + 2] == 0xBF: return true
      default: break
      }
    }
    return false
  }

  /// What is written after `key:` when that is one plain scalar, judged by `plainText`.
  private static func plainScalar(
    _ entry: YAML.Found, lines: Lines, view: ByteView
  ) -> String? {
    guard case .scalar(let yaml) = entry.value else { return nil }
    let line = view.text(lines.content(entry.line + 1, in: view))
    guard let (_, rest) = SimpleYAML.split(line) else { return nil }
    let raw = plainText(rest)
    // Longer than YAML's only where YAML saw a comment; otherwise the value goes on elsewhere.
    return raw.hasPrefix(yaml + " #") ? raw : nil
  }

  private static func lineRanges(
    of found: [Int], close: Int, lines: Lines, view: ByteView
  ) -> [Range<Int>] {
    found.indices.map { index in
      let first = found[index] + 1
      var next = index + 1 < found.count ? found[index + 1] + 1 : close
      while next > first + 1, isCommentOrBlank(next - 1, lines: lines, view: view) { next -= 1 }
      let low = lines.starts[min(first, close)]
      return low..<max(low, lines.starts[min(next, close)])
    }
  }

  private static func isCommentOrBlank(_ line: Int, lines: Lines, view: ByteView) -> Bool {
    let range = lines.content(line, in: view)
    return lines.isBlank(line, in: view) || view[range.lowerBound] == UInt8(ascii: "#")
  }
}

extension SimpleYAML {
  /// The key and the rest of a line `key: rest`.
  static func split(_ line: String) -> (key: String, rest: String)? {
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    var rest = line[line.index(after: colon)...]
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return (String(line[..<colon]), String(rest))
  }
}
