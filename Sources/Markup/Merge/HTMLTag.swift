/// A tag of HTML that begins an element or ends one.
struct HTMLTag: Equatable {
  /// The name in small letters.
  let name: String
  /// Whether it ends an element.
  let isEnd: Bool

  /// Those of a text, in order, but for tags that nothing closes, such as `<br>`.
  static func all(in text: ArraySlice<UInt8>) -> [Self] {
    var tags: [Self] = []
    var index = text.startIndex
    while let start = text[index...].firstIndex(of: UInt8(ascii: "<")) {
      let end = text[start...].firstIndex(of: UInt8(ascii: ">")) ?? text.endIndex
      index = min(end + 1, text.endIndex)
      if let tag = Self(text[(start + 1)..<end]) { tags.append(tag) }
    }
    return tags
  }

  private init?(_ text: ArraySlice<UInt8>) {
    isEnd = text.first == UInt8(ascii: "/")
    let word = isEnd ? text.dropFirst() : text
    let tag = word.prefix { $0.isLetterOrDigit || "-.".utf8.contains($0) }
    name = String(decoding: tag, as: UTF8.self).lowercased()
    let next = word.dropFirst(tag.count).first
    guard word.first?.isLetter == true, next.map({ $0.isBlank || $0 == UInt8(ascii: "/") }) ?? true,
      isEnd || text.last != UInt8(ascii: "/") && !Self.voidNames.contains(name)
    else { return nil }
  }

  private static let voidNames: Set<String> = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
  ]
}
