/// HTML that somebody wrote into a note, without all that could do something.
///
/// An allow-list of elements without attributes: whatever is not on it is shown as text, and comments
/// are gone. Elements that are left open are closed, so that they end with their block.
struct SafeHTML {
  private var open: [String] = []
  private(set) var result = ""

  private static let elements: Set<String> = [
    "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl",
    "dt",
    "em", "figcaption", "figure", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "rp",
    "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "th", "thead", "tr", "u", "ul", "var", "wbr",
  ]
  private static let empty: Set<String> = ["br", "hr", "wbr"]

  /// Adds some HTML.
  mutating func add(_ html: String) {
    var rest = html[...]
    while let start = rest.firstIndex(of: "<") {
      result += escapedHTML(rest[..<start])
      rest = rest[start...]
      if rest.hasPrefix("<!--") {
        let behind = rest.dropFirst(4)
        guard let end = behind.firstRange(of: "-->") else { return }
        rest = behind[end.upperBound...]
        continue
      }
      guard let end = rest.firstIndex(of: ">") else { break }
      addTag(rest[...end])
      rest = rest[rest.index(after: end)...]
    }
    result += escapedHTML(rest)
  }

  /// Closes what is open.
  mutating func finish() {
    while let name = open.popLast() { result += "</\(name)>" }
  }

  /// What was added since the last time.
  mutating func take() -> String {
    defer { result = "" }
    return result
  }

  private mutating func addTag(_ tag: Substring) {
    var inner = tag.dropFirst().dropLast()
    let isEnd = inner.first == "/"
    if isEnd { inner = inner.dropFirst() }
    let name = String(inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }).lowercased()
    let next = inner.dropFirst(name.count).first
    guard Self.elements.contains(name), next.map({ $0.isWhitespace || $0 == "/" }) ?? true else {
      result += escapedHTML(tag)
      return
    }
    if Self.empty.contains(name) {
      result += "<\(name)>"
    } else if !isEnd {
      open.append(name)
      result += "<\(name)>"
    } else if let place = open.lastIndex(of: name) {
      // What was opened inside it ends with it.
      while open.count > place { result += "</\(open.removeLast())>" }
    }
  }
}

/// A text as it is written in HTML, in an attribute or outside.
public func escapedHTML(_ text: some StringProtocol) -> String {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.utf8.count)
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
    case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
    case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
    case UInt8(ascii: "\""): bytes += Array("&quot;".utf8)
    case UInt8(ascii: "'"): bytes += Array("&#39;".utf8)
    default: bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// A link's target, if a page may have it: a relative one, or one of a scheme that only shows something.
///
/// Browsers drop blanks and control characters within a scheme, so it is read without them.
func safeURL(_ url: String) -> String? {
  let plain = String(
    String.UnicodeScalarView(url.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }))
  let head = plain.prefix { !"/?#".contains($0) }
  guard let colon = head.firstIndex(of: ":") else { return plain }
  return ["http", "https", "mailto"].contains(head[..<colon].lowercased()) ? plain : nil
}
