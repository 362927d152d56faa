/// SVG: a text that a browser could run, so one that could do anything is refused; what shows nothing is
/// left out.
enum SVG {
  static func isOne(_ file: [UInt8]) -> Bool {
    guard let text = String(validating: file.prefix(4_096), as: UTF8.self) else { return false }
    return text.contains("<svg")
  }

  /// A drawing whose elements and attributes only draw.
  ///
  /// It is looked through with what XML and browsers take for the same spelt alike: in lower case,
  /// without blanks and control characters, and with no entities but XML's own; and without what is not
  /// ASCII, since Swift takes a letter with a mark on it for another one.
  static func cleaned(_ file: [UInt8]) throws(Picture.Fault) -> Picture {
    let source = try SVGSource(file)
    guard let text = String(validating: source.judged, as: UTF8.self) else { throw .damaged }
    let plain = String(
      String.UnicodeScalarView(text.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F })
    ).lowercased()
    for word in active where plain.contains(word) { throw .active(word) }
    // `onload=` and its like: the last name before an equals sign.
    var name = ""
    var isInName = false
    for character in text.lowercased() {
      if character.isLetter {
        if !isInName { name = "" }
        name.append(character)
        isInName = true
      } else {
        if character == "=", name.hasPrefix("on") { throw .active(name) }
        isInName = false
        if !character.isWhitespace { name = "" }
      }
    }
    for reference in plain.split(separator: "href=").dropFirst()
    where !reference.dropFirst().hasPrefix("#") {
      throw .active("href")
    }
    for reference in plain.split(separator: "url(").dropFirst()
    where !reference.drop(while: { $0 == "\"" || $0 == "'" }).hasPrefix("#") {
      throw .active("url()")
    }
    return Picture(bytes: source.bytes, suffix: "svg", size: nil)
  }

  private static let active = [
    "<script", ":script", "<foreignobject", "<iframe", "<!doctype", "<!entity", "<?xml-stylesheet",
    "javascript:", "<handler", "<set", "<animate", "@import", "<metadata", "xml:base",
  ]
}
