/// HTML that somebody wrote into a note, without all that could do something.
///
/// An allow-list: elements without attributes, but for where a link leads and what a picture shows. The
/// name of an element is that of a place before it, to be linked to (`Document.elementNames`).
/// Whatever is not on it is shown as text, and comments are gone. What is left open is closed, and an
/// element that cannot stand where it does is left out, so that a page stays whole.
struct SafeHTML {
  /// Where the HTML stands.
  enum Place { case block, inline }

  private let place: Place
  private let renderer: HTMLRenderer
  private var open: [String] = []
  /// How many were open where each element of Markdown began that is open itself.
  private var floors: [Int] = []
  private(set) var result = ""
  /// The names of elements that the page is still to have.
  private var names: Set<String> = []

  private static let phrasing: Set<String> = [
    "a", "abbr", "b", "bdi", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd",
    "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "u",
    "var", "wbr",
  ]
  private static let flow: Set<String> = [
    "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
  ]
  /// Elements that HTML has no more, by what they are now.
  private static let outdated = ["center": "div", "font": "span"]
  /// What only chooses between pictures, of which the last is within as an `img`.
  private static let choosing: Set<String> = ["picture", "source"]
  private static let empty: Set<String> = ["br", "hr", "img", "wbr"]
  /// What an element stands in directly.
  private static let parents: [String: Set<String>] = [
    "li": ["ol", "ul"], "dt": ["dl"], "dd": ["dl"], "thead": ["table"], "tbody": ["table"],
    "tr": ["table", "thead", "tbody"], "td": ["tr"], "th": ["tr"], "summary": ["details"],
    "figcaption": ["figure"], "rt": ["ruby"], "rp": ["ruby"],
  ]
  /// What has nothing but certain elements in it.
  private static let strict: Set<String> = [
    "ol", "ul", "dl", "table", "thead", "tbody", "tr",
  ]
  /// What has no blocks in it.
  private static let lines: Set<String> = phrasing.union([
    "dt", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "summary",
  ])
  /// What may hold the blocks of Markdown that follow, until it is closed.
  private static let spanning: Set<String> = ["blockquote", "details", "div", "figure"]

  init(_ place: Place, by renderer: HTMLRenderer) {
    self.place = place
    self.renderer = renderer
  }

  /// Adds some HTML, and takes from the names those that its elements have.
  mutating func add(_ html: String, naming unused: inout Set<String>) {
    names = unused
    defer { unused = names }
    var rest = html[...]
    while let start = rest.firstIndex(of: "<") {
      addText(rest[..<start])
      rest = rest[start...]
      if rest.hasPrefix("<!--") {
        let behind = rest.dropFirst(4)
        guard let end = behind.firstRange(of: "-->") else { return }
        rest = behind[end.upperBound...]
        continue
      }
      guard let end = Self.end(of: rest) else { break }
      addTag(rest[...end])
      rest = rest[rest.index(after: end)...]
    }
    addText(rest)
  }

  /// How many elements may be open.
  private static let deepest = 100

  /// Whether a link is open.
  var isInLink: Bool { open.contains("a") }

  /// An element of Markdown begins; until it ends nothing ends that was open before.
  mutating func enter() { floors.append(open.count) }

  /// It ends, and with it what was opened since.
  mutating func leave() {
    let floor = floors.popLast() ?? 0
    while open.count > floor { close(open.removeLast()) }
  }

  /// Closes what is open.
  mutating func finish() {
    floors = []
    while let name = open.popLast() { close(name) }
  }

  /// Closes what cannot go on behind this block of HTML.
  mutating func finishBlock() {
    while let name = open.last, !Self.spanning.contains(name) { close(open.removeLast()) }
    if open.last == "details" { addSummary() }
  }

  /// What was added since the last time.
  mutating func take() -> String {
    defer { result = "" }
    return result
  }

  /// The `>` that ends a tag: not one within quotes.
  private static func end(of text: Substring) -> Substring.Index? {
    var quote: Character?
    for index in text.indices.dropFirst() {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == ">" {
        return index
      } else if character == "\"" || character == "'" {
        quote = character
      }
    }
    // A quote that is not closed is none.
    return text.firstIndex(of: ">")
  }

  private mutating func addText(_ text: Substring) {
    if open.last == "details", text.contains(where: { !$0.isWhitespace }) { addSummary() }
    result += escapedHTML(text)
  }

  /// A `details` that has something in it has a summary first.
  private mutating func addSummary() {
    if result.trimmedEnd.hasSuffix("<details>") { result += "<summary>Details</summary>" }
  }

  private mutating func close(_ name: String) {
    if name == "details" { addSummary() }
    result += "</\(name)>"
  }

  private mutating func addTag(_ tag: Substring) {
    var inner = tag.dropFirst().dropLast()
    let isEnd = inner.first == "/"
    if isEnd { inner = inner.dropFirst() }
    let written = String(inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }).lowercased()
    guard Self.isShown(written, before: inner.dropFirst(written.count).first) else {
      addText(tag)
      return
    }
    if Self.choosing.contains(written) { return }
    let name = Self.outdated[written] ?? written
    if isEnd { return addEnd(name) }
    addName(ofTag: tag, written)
    guard makeRoom(for: name) else { return }
    switch name {
    case "a", "img": addLink(name, Self.attributes(inner.dropFirst(name.count)))
    case "td", "th":
      open.append(name)
      result += "<\(name)\(Self.spans(Self.attributes(inner.dropFirst(name.count))))>"
    case _ where Self.empty.contains(name): result += "<\(name)>"
    default:
      open.append(name)
      result += "<\(name)>"
    }
  }

  /// The name by which links know an element: its `id`, or of an `a` its `name`; none that a page gives
  /// to blocks and footnotes, and none of an item or a cell, before which no place can be.
  static func ownName(ofTag tag: String, _ element: String) -> String? {
    guard parents[element] == nil, !choosing.contains(element), tag.utf8.contains(UInt8(ascii: "="))
    else { return nil }
    let attributes = attributes(tag.dropFirst(element.utf8.count + 1).dropLast())
    guard let name = attributes["id"] ?? (element == "a" ? attributes["name"] : nil),
      !name.isEmpty, name.utf8.count <= 200, !name.hasPrefix("^"),
      !name.hasPrefix("fn-"), !name.hasPrefix("fnref-"),
      !name.unicodeScalars.contains(where: {
        $0.properties.isWhitespace || $0.properties.generalCategory == .control
      })
    else { return nil }
    return name
  }

  /// Puts the place that links to an element lead to before it, by its name as it is written and as links
  /// of a page have it (`HTMLRenderer.Target.fragment`).
  private mutating func addName(ofTag tag: Substring, _ element: String) {
    guard !names.isEmpty, let name = Self.ownName(ofTag: String(tag), element),
      names.contains(name), makeRoom(for: "span")
    else { return }
    for id in [name, Anchors.slug(name)] where names.remove(id) != nil {
      result += "<span id=\"\(escapedHTML(id))\"></span>"
    }
  }

  /// Whether a tag of this name, with `next` behind it, is an element on a page, and no text.
  static func isShown(_ name: String, before next: Character?) -> Bool {
    (phrasing.contains(name) || flow.contains(name) || outdated[name] != nil
      || choosing.contains(name))
      && next.map { $0.isWhitespace || $0 == "/" } ?? true
  }

  /// Over how many columns and rows a cell goes, as attributes: never as many as would hold up a browser.
  private static func spans(_ attributes: [String: String]) -> String {
    ["colspan", "rowspan"].compactMap { name in
      guard let count = attributes[name].flatMap({ Int($0) }), (2...100).contains(count) else {
        return nil
      }
      return " \(name)=\"\(count)\""
    }.joined()
  }

  private mutating func addEnd(_ name: String) {
    guard let place = open.lastIndex(of: name), place >= floors.last ?? 0 else { return }
    // What was opened inside it ends with it.
    while open.count > place { close(open.removeLast()) }
  }

  /// Whether an element can stand here, after a paragraph was closed that it ends.
  private mutating func makeRoom(for name: String) -> Bool {
    let isFlow = Self.flow.contains(name)
    if place == .inline, isFlow { return false }
    // Nobody writes HTML as deep as that, and each of them would be looked through for each tag.
    if open.count >= Self.deepest { return false }
    if isFlow, open.last == "p" { close(open.removeLast()) }
    // An item ends the one before it.
    if ["li", "dt", "dd", "tr", "td", "th"].contains(name), let last = open.last,
      last == name || ["dt", "dd"].contains(last) || ["td", "th"].contains(last)
    {
      close(open.removeLast())
    }
    if let allowed = Self.parents[name] {
      guard let last = open.last, allowed.contains(last) else { return false }
      return name != "summary" || result.trimmedEnd.hasSuffix("<details>")
    }
    if let last = open.last, Self.strict.contains(last) { return false }
    if isFlow, open.contains(where: { Self.lines.contains($0) }) { return false }
    if name == "a", open.contains("a") { return false }
    if open.last == "details" { addSummary() }
    return true
  }

  private mutating func addLink(_ name: String, _ attributes: [String: String]) {
    let target = attributes[name == "a" ? "href" : "src"].flatMap { renderer.goal(url: $0) }
    if name == "a" {
      guard let target else { return }
      open.append("a")
      result += "<a href=\"\(escapedHTML(target.url))\"\(renderer.relation(to: target))>"
      return
    }
    let text = attributes["alt"] ?? ""
    guard let target else {
      result += escapedHTML(text)
      return
    }
    let width = attributes["width"].flatMap { PictureWidth(html: $0) }
    result += renderer.picture(target, text, width: width, isInLink: open.contains("a"))
  }

  /// The tag of a link or a picture that a text begins with, and where that leads.
  static func link(at text: String) -> (tag: Substring, target: String)? {
    let head = text.prefix(5).lowercased()
    let names = [("<a", "href"), ("<img", "src")]
    guard
      let (name, key) = names.first(where: {
        head.hasPrefix($0.0)
          && head.dropFirst($0.0.count).first.map { $0.isWhitespace || $0 == "/" }
            ?? false
      }), let end = end(of: text[...])
    else { return nil }
    let tag = text[...end]
    return attributes(tag.dropFirst(name.count).dropLast())[key].map { (tag, $0) }
  }

  /// The attributes of a tag, by their names in lower case; of a name that stands twice the first.
  private static func attributes(_ text: Substring) -> [String: String] {
    var found: [String: String] = [:]
    var rest = text
    while true {
      rest = rest.drop { $0.isWhitespace || $0 == "/" }
      let name = rest.prefix { !$0.isWhitespace && $0 != "=" && $0 != "/" }
      if name.isEmpty {
        if rest.isEmpty { return found }
        rest = rest.dropFirst()
        continue
      }
      rest = rest[name.endIndex...].drop(while: \.isWhitespace)
      var value = Substring()
      if rest.first == "=" {
        rest = rest.dropFirst().drop(while: \.isWhitespace)
        if let quote = rest.first, quote == "\"" || quote == "'" {
          value = rest.dropFirst().prefix { $0 != quote }
          rest = rest[value.endIndex...].dropFirst()
        } else {
          value = rest.prefix { !$0.isWhitespace }
          rest = rest[value.endIndex...]
        }
      }
      let key = name.lowercased()
      if found[key] == nil { found[key] = decoded(value) }
    }
  }

  /// A value without the references to characters that stand in URLs; any other stays as it is.
  private static func decoded(_ value: Substring) -> String {
    guard value.contains("&") else { return String(value) }
    var result = ""
    var rest = value
    while let start = rest.firstIndex(of: "&") {
      result += rest[..<start]
      rest = rest[start...]
      guard let end = rest.prefix(12).firstIndex(of: ";") else {
        result += "&"
        rest = rest.dropFirst()
        continue
      }
      let name = rest[rest.index(after: start)..<end].lowercased()
      let number =
        name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst(1))
      switch name {
      case "amp": result += "&"
      case "lt": result += "<"
      case "gt": result += ">"
      case "quot": result += "\""
      case _ where name.hasPrefix("#"):
        result.unicodeScalars.append(number.flatMap { Unicode.Scalar($0) } ?? "\u{FFFD}")
      default: result += rest[start...end]
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}

extension String {
  /// Without the blanks at its end.
  fileprivate var trimmedEnd: Substring {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}

extension HTMLRenderer.Goal {
  /// Whether it is on another host.
  var isRemote: Bool { scheme(of: url) != nil || url.utf8.starts(with: "//".utf8) }
}

/// A text as it is written in HTML, in an attribute or outside.
public func escapedHTML(_ text: some StringProtocol) -> String {
  // Most texts have nothing to escape. They are asked for all over a page: byte by byte in place.
  let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
    unsafe bytes.allSatisfy { escape(of: $0) == nil }
  }
  if isPlain == true { return String(text) }
  var escaped: [UInt8] = []
  escaped.reserveCapacity(text.utf8.count + text.utf8.count / 8)
  for byte in text.utf8 {
    if let escape = escape(of: byte) {
      escaped.append(contentsOf: escape.utf8)
    } else {
      escaped.append(byte)
    }
  }
  return String(decoding: escaped, as: UTF8.self)
}

private func escape(of byte: UInt8) -> String? {
  switch byte {
  case UInt8(ascii: "<"): "&lt;"
  case UInt8(ascii: ">"): "&gt;"
  case UInt8(ascii: "&"): "&amp;"
  case UInt8(ascii: "\""): "&quot;"
  case UInt8(ascii: "'"): "&#39;"
  default: nil
  }
}

/// A link's target, if a page may have it: a relative one, or one of a scheme that only shows something.
///
/// Browsers drop blanks and control characters within a scheme, so it is read without them.
func safeURL(_ url: String) -> String? {
  let plain = String(
    String.UnicodeScalarView(url.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }))
  guard let scheme = scheme(of: plain) else { return plain }
  return ["http", "https", "mailto"].contains(scheme.lowercased()) ? plain : nil
}

/// What stands before the colon that a URL begins with, or could for a browser; `nil` for a relative one.
///
/// By scalars, as browsers do: a colon with a mark on it is a colon, and what follows may be a script.
private func scheme(of url: String) -> Substring? {
  let scalars = url.unicodeScalars
  guard let end = scalars.firstIndex(where: { ":/?#".unicodeScalars.contains($0) }),
    scalars[end] == ":"
  else { return nil }
  return url[..<end]
}
