/// A line that begins a box or ends one.
///
/// `:::note` and `:::`, as Pandoc, Quarto, VuePress and Docusaurus have them; or a shortcode of Hugo's
/// that has an end of its own, `{{% notice %}}` and `{{% /notice %}}`.
struct BoxMark: Equatable {
  /// The colons, or a brace and the shortcode's name.
  let name: String
  /// Whether it ends a box.
  let isEnd: Bool

  /// Reads a line without the blanks around it; `nil` if it is anything else.
  init?(_ line: ArraySlice<UInt8>) {
    switch line.first {
    case UInt8(ascii: ":"):
      let colons = line.prefix { $0 == UInt8(ascii: ":") }
      guard Self.colons.contains(colons.count), !line.contains(.newline) else { return nil }
      name = String(decoding: colons, as: UTF8.self)
      isEnd = colons.count == line.count
    case UInt8(ascii: "{"):
      guard
        let mark = [("{{<", ">}}"), ("{{%", "%}}")].first(where: { open, close in
          line.starts(with: open.utf8) && line.suffix(3).elementsEqual(close.utf8)
        }), line.count >= 6, line.dropFirst(3).firstRange(of: Array(mark.0.utf8)) == nil
      else { return nil }
      let text = line.dropFirst(3).dropLast(3).trimmedOfBlanks
      isEnd = text.first == UInt8(ascii: "/")
      let word = (isEnd ? text.dropFirst().trimmedOfBlanks : text).prefix { !$0.isBlank }
      guard word.first?.isLetter == true, text.last != UInt8(ascii: "/") else { return nil }
      name = "{" + String(decoding: word, as: UTF8.self)
    default: return nil
    }
  }

  /// The names of the boxes that it ends, if it ends one: as many colons do, or more.
  var ended: [String] {
    guard name.hasPrefix(":") else { return [name] }
    return (Self.colons.lowerBound...name.utf8.count).map { String(repeating: ":", count: $0) }
  }

  /// How many colons make a mark; more are somebody's line across the page.
  private static let colons = 3...40
}
