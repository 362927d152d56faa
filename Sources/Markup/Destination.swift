/// Where a Markdown link leads, as written between its parentheses.
struct Destination {
  var target: String
  var anchor: String?
  var targetRange: Range<Int>
  var isExternal: Bool
  var form: Link.Form
  /// The first byte after the destination.
  var end: Int

  /// Reads a destination that begins at the index: `<any thing>` or `any(thing)`.
  init?(_ view: ByteView, at start: Int, before limit: Int) {
    let limit = min(limit, start + 4_096)
    var index = start
    if view[index] == UInt8(ascii: "<") {
      index += 1
      while index < limit, view[index] != UInt8(ascii: ">") {
        if view[index] == UInt8(ascii: "<") || view[index].isLineEnd { return nil }
        index += view[index] == UInt8(ascii: "\\") && view[index + 1].isPunctuation ? 2 : 1
      }
      guard index < limit else { return nil }
      self.init(view, content: start + 1..<index, form: .angled, end: index + 1)
      return
    }
    var depth = 0
    scan: while index < limit {
      switch view[index] {
      case UInt8(ascii: "\\") where view[index + 1].isPunctuation: index += 1
      case UInt8(ascii: "("):
        depth += 1
        if depth > 32 { return nil }
      case UInt8(ascii: ")"):
        if depth == 0 { break scan }
        depth -= 1
      case 0...0x20, 0x7F: break scan
      default: break
      }
      index += 1
    }
    guard depth == 0, index <= limit else { return nil }
    self.init(view, content: start..<index, form: .bare, end: index)
  }

  private init(_ view: ByteView, content: Range<Int>, form: Link.Form, end: Int) {
    self.form = form
    self.end = end
    isExternal = Self.hasScheme(view, content)
    if isExternal {
      target = unescaped(view, content, percent: false)
      targetRange = content
      return
    }
    var hash = content.lowerBound
    while hash < content.upperBound, view[hash] != UInt8(ascii: "#") {
      hash += view[hash] == UInt8(ascii: "\\") ? 2 : 1
    }
    hash = min(hash, content.upperBound)
    targetRange = content.lowerBound..<hash
    target = unescaped(view, targetRange, percent: true)
    anchor =
      hash < content.upperBound
      ? unescaped(view, hash + 1..<content.upperBound, percent: true) : nil
  }

  /// Whether it begins `scheme:` or `//`; one letter is a drive, not a scheme.
  static func hasScheme(_ view: ByteView, _ range: Range<Int>) -> Bool {
    if view[range.lowerBound] == UInt8(ascii: "/"), view[range.lowerBound + 1] == UInt8(ascii: "/"),
      range.count > 1
    {
      return true
    }
    var index = range.lowerBound
    guard index < range.upperBound, view[index].isLetter else { return false }
    while index < range.upperBound, index - range.lowerBound < 32,
      view[index].isLetterOrDigit || view[index] == UInt8(ascii: "+")
        || view[index] == UInt8(ascii: "-") || view[index] == UInt8(ascii: ".")
    {
      index += 1
    }
    return index < range.upperBound && view[index] == UInt8(ascii: ":")
      && index - range.lowerBound > 1
  }
}

/// The text of a destination: backslash escapes, `&amp;` and, if asked, `%20` are what they stand for.
func unescaped(_ view: ByteView, _ range: Range<Int>, percent: Bool) -> String {
  var plain = true
  for index in range {
    switch view[index] {
    case UInt8(ascii: "\\"), UInt8(ascii: "&"): plain = false
    case UInt8(ascii: "%"): if percent { plain = false }
    default: break
    }
  }
  if plain { return view.text(range) }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(range.count)
  var index = range.lowerBound
  while index < range.upperBound {
    let byte = view[index]
    if byte == UInt8(ascii: "\\"), index + 1 < range.upperBound, view[index + 1].isPunctuation {
      bytes.append(view[index + 1])
      index += 2
    } else if percent, byte == UInt8(ascii: "%"), index + 2 < range.upperBound,
      let high = hexValue(view[index + 1]), let low = hexValue(view[index + 2])
    {
      bytes.append(high << 4 | low)
      index += 3
    } else if byte == UInt8(ascii: "&"), let entity = Entity(view, at: index) {
      bytes += Array(entity.text.utf8)
      index = entity.end
    } else {
      bytes.append(byte)
      index += 1
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}

/// A character written `&name;` or `&#number;`; of the names only the few that people type.
struct Entity {
  let text: String
  let end: Int

  init?(_ view: ByteView, at start: Int) {
    var end = start + 1
    while end < start + 12, view[end].isLetterOrDigit || view[end] == UInt8(ascii: "#") {
      end += 1
    }
    guard view[end] == UInt8(ascii: ";"), end > start + 1 else { return nil }
    self.end = end + 1
    if view[start + 1] == UInt8(ascii: "#") {
      let isHex = view[start + 2] | 0x20 == UInt8(ascii: "x")
      let digits = view.text(start + (isHex ? 3 : 2)..<max(end, start + (isHex ? 3 : 2)))
      guard let value = UInt32(digits, radix: isHex ? 16 : 10), value > 0,
        let scalar = Unicode.Scalar(value)
      else { return nil }
      text = String(Character(scalar))
      return
    }
    guard let named = Self.names[view.text(start + 1..<end)] else { return nil }
    text = named
  }

  private static let names = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}",
    "ndash": "–", "mdash": "—", "hellip": "…", "lsquo": "‘", "rsquo": "’", "ldquo": "“",
    "rdquo": "”", "copy": "©", "times": "×", "rarr": "→", "larr": "←", "middot": "·",
  ]
}
