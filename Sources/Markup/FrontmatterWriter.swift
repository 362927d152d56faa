extension Document {
  /// The file with one key of its front matter changed, added at the end, or (nil) taken away.
  ///
  /// Only that key's lines change: comments, order, unknown keys and line ends stay byte for byte, and
  /// the comment behind a text that another takes the place of. The key is the one that is read by this
  /// name, as it is spelt there. A file without front matter gets one. A file in UTF-16 is given back as
  /// it is.
  public func setting(_ name: String, to value: Frontmatter.Value?) -> [UInt8] {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return bytes }
    let key = frontmatter?.spelling(of: name) ?? name
    let lineEnd = usesCarriageReturns ? "\r\n" : "\n"
    var text = value.map { Frontmatter.render([(key, $0)], lineEnd: lineEnd) } ?? ""
    guard let frontmatter else {
      guard value != nil else { return bytes }
      let start = body.lowerBound
      let block = "---" + lineEnd + text + "---" + lineEnd + (body.isEmpty ? "" : lineEnd)
      return Array(bytes[..<start]) + Array(block.utf8) + bytes[start...]
    }
    guard frontmatter.isByLine else {
      // All keys on one line, `{a: 1}`: the only case in which the whole block is written anew.
      var entries = frontmatter.entries.map { ($0.key, $0.value) }.filter { $0.0 != key }
      if let value { entries.append((key, value)) }
      let block = Frontmatter.render(entries, lineEnd: lineEnd)
      return replacing([frontmatter.content], with: block)
    }
    var places = frontmatter.entries.indices.filter { frontmatter.entries[$0].key == key }
      .map { frontmatter.lineRanges[$0] }
    if places.isEmpty {
      let end = frontmatter.content.upperBound
      places = [end..<end]
    } else if case .scalar = value {
      let line = String(decoding: bytes[places[0]], as: UTF8.self)
      text = text.dropLast() + SimpleYAML.comment(behindScalarIn: line) + lineEnd
    }
    return replacing(places, with: text)
  }

  /// Puts the text in the first place and nothing in the others.
  private func replacing(_ places: [Range<Int>], with text: String) -> [UInt8] {
    replacingTargets(
      places.enumerated().map { (range: $0.element, text: $0.offset == 0 ? text : "") })
  }

  private var usesCarriageReturns: Bool {
    guard let end = bytes.firstIndex(of: .newline), end > 0 else { return false }
    return bytes[end - 1] == .carriageReturn
  }
}

extension Frontmatter {
  /// The lines of YAML for some keys, quoted where any reader of YAML would need it.
  public static func render(
    _ entries: [(key: String, value: Value)], lineEnd: String = "\n"
  ) -> String {
    var result = ""
    for entry in entries {
      add(entry.value, key: entry.key, indent: "", to: &result, lineEnd: lineEnd)
    }
    return result
  }

  private static func add(
    _ value: Value, key: String, indent: String, to result: inout String, lineEnd: String
  ) {
    result += indent + quoted(key, isTyped: false) + ":"
    switch value {
    case .scalar(let text):
      if !text.isEmpty { result += " " + quoted(text, isTyped: typedKeys.contains(key)) }
      result += lineEnd
    case .list(let values): add(values, indent: indent + "  ", to: &result, lineEnd: lineEnd)
    case .map(let entries):
      if entries.isEmpty { result += " {}" }
      result += lineEnd
      for entry in entries {
        add(entry.value, key: entry.key, indent: indent + "  ", to: &result, lineEnd: lineEnd)
      }
    }
  }

  private static func add(
    _ values: [Value], indent: String, to result: inout String, lineEnd: String
  ) {
    result += values.isEmpty ? " []" + lineEnd : lineEnd
    for value in values {
      switch value {
      case .scalar(let text):
        result += indent + "- " + (text.isEmpty ? "\"\"" : quoted(text, isTyped: false)) + lineEnd
      case .list(let inner):
        result += indent + "-"
        add(inner, indent: indent + "  ", to: &result, lineEnd: lineEnd)
      case .map(let entries):
        if entries.isEmpty { result += indent + "- {}" + lineEnd }
        var isFirst = true
        for entry in entries {
          var text = ""
          add(entry.value, key: entry.key, indent: indent + "  ", to: &text, lineEnd: lineEnd)
          if isFirst { text = indent + "- " + text.dropFirst(indent.utf8.count + 2) }
          result += text
          isFirst = false
        }
      }
    }
  }

  /// Keys whose values are dates or truths, which other tools want unquoted.
  private static let typedKeys: Set<String> = [
    "created", "updated", "date", "modified", "lastmod", "published", "publishDate", "expiryDate",
    "draft", "private", "publish",
  ]

  /// The text as a YAML scalar: as it is when every reader takes it for that text, else in quotes.
  static func quoted(_ text: String, isTyped: Bool) -> String {
    isPlain(text) && (isTyped || !looksTyped(text)) ? text : inQuotes(text)
  }

  /// The text as a YAML scalar in double quotes (YAML 1.2.2, section 7.3.1).
  static func inQuotes(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: result += "\\x" + hex(scalar.value, digits: 2)
        case 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: result += "\\u" + hex(scalar.value, digits: 4)
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  private static func hex(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.utf8.last else { return false }
    guard
      first.properties.isAlphabetic || ("0"..."9").contains(first) || first == "_" || first == "/"
    else { return false }
    if last.isBlank || last == UInt8(ascii: ":") { return false }
    var previous: Unicode.Scalar = "a"
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA1, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: return false
      default: break
      }
      if scalar == " ", previous == ":" { return false }
      if scalar == "#", previous == " " { return false }
      // Fine on a line of its own, but not where someone later turns the list into `[a, b]`.
      if ",[]{}\"'`".unicodeScalars.contains(scalar), scalar != "'" && scalar != "," {
        return false
      }
      previous = scalar
    }
    return true
  }

  /// Whether some reader of YAML would take the text for a truth, nothing, a number or a date.
  private static func looksTyped(_ text: String) -> Bool {
    let words: Set<String> = [
      "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
    ]
    if words.contains(text.lowercased()) { return true }
    guard let first = text.utf8.first, first.isDigit else { return false }
    return text.utf8.allSatisfy {
      $0.isDigit || ".:-+_/ ".utf8.contains($0) || "eExXoObBTZabcdfABCDF".utf8.contains($0)
    }
  }
}
