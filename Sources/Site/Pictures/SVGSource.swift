internal import Foundation

/// The source of a drawing without what shows nothing: comments, `metadata`, the DOCTYPE that names SVG's
/// own grammar, and what editors keep for themselves (where the file lies, what else is in it).
///
/// Pictures within it are cleaned as pictures of their own are. It is no judge: whatever it does not know
/// stays, for `SVG` to refuse. Sources: XML 1.0 (W3C), section 2; the SVG that Inkscape, Matplotlib,
/// Graphviz and diagrams.net write.
struct SVGSource {
  /// The source as it is published.
  private(set) var bytes: [UInt8] = []
  /// The same with `#` for each picture in it, which is clean: what is left to be judged.
  private(set) var judged: [UInt8] = []

  private let file: [UInt8]
  private var place = 0

  /// The names before whose colon an editor's own elements and attributes stand.
  private static let editors = ["inkscape:", "sodipodi:"]

  init(_ file: [UInt8]) throws(Picture.Fault) {
    self.file = file
    bytes.reserveCapacity(file.count)
    judged.reserveCapacity(file.count)
    while place < file.count {
      if file[place] != UInt8(ascii: "<") {
        copy(upTo: file[place...].firstIndex(of: UInt8(ascii: "<")) ?? file.count)
      } else if starts("<!--") {
        place = try end(of: "-->")
      } else if starts("<![CDATA[") {
        copy(upTo: try end(of: "]]>"))
      } else if starts("<!DOCTYPE") {
        let end = try end(of: ">")
        // With entities of its own it says more than what grammar it is of.
        if file[place..<end].contains(UInt8(ascii: "[")) { copy(upTo: end) } else { place = end }
      } else if starts("<?") {
        copy(upTo: try end(of: "?>"))
      } else {
        try cleanTag()
      }
    }
  }

  /// A tag without the attributes that are an editor's; of what is no drawing the whole element is left out.
  private mutating func cleanTag() throws(Picture.Fault) {
    let end = try endOfTag(at: place)
    let name = self.name(at: place + 1)
    if name == "metadata" || Self.isOfEditor(name) {
      try skipElement(name, behind: end)
      return
    }
    copy(upTo: place + 1 + name.utf8.count)
    while place < end {
      let blank = place
      while place < end, file[place].isXMLBlank { place += 1 }
      let attribute = self.name(at: place)
      guard !attribute.isEmpty else {
        add(file[blank..<place])
        if place < end { copy(upTo: place + 1) }
        continue
      }
      let start = place
      place += attribute.utf8.count
      let value = try takeValue(before: end)
      // In `content` diagrams.net keeps all sheets of the drawing, shown or not.
      let isLeftOut = Self.isOfEditor(attribute) || (name == "svg" && attribute == "content")
      if isLeftOut { continue }
      add(file[blank..<start + attribute.utf8.count])
      if let value { try addValue(value) }
    }
  }

  /// What stands behind an attribute's name: the equals sign and the value in its quotes.
  private mutating func takeValue(before end: Int) throws(Picture.Fault) -> ArraySlice<UInt8>? {
    let start = place
    var next = place
    while next < end, file[next].isXMLBlank { next += 1 }
    guard next < end, file[next] == UInt8(ascii: "=") else { return nil }
    next += 1
    while next < end, file[next].isXMLBlank { next += 1 }
    guard next < end, file[next].isXMLQuote,
      let close = file[(next + 1)..<end].firstIndex(of: file[next])
    else { throw .damaged }
    place = close + 1
    return file[start..<place]
  }

  /// Adds an attribute's value; a picture that is written out in it without what its camera wrote.
  private mutating func addValue(_ value: ArraySlice<UInt8>) throws(Picture.Fault) {
    guard let picture = Self.pictureData(in: value) else { return add(value) }
    guard let data = Data(base64Encoded: Data(value[picture]), options: .ignoreUnknownCharacters)
    else { throw .damaged }
    let clean = try Picture(Array(data))
    if clean.suffix == "svg" { throw .active("data:") }
    bytes += value[..<picture.lowerBound]
    bytes += Data(clean.bytes).base64EncodedData()
    bytes += value[picture.upperBound...]
    judged += "=\"#\"".utf8
  }

  /// Where the data of a picture stand in an attribute's value that is nothing else.
  private static func pictureData(in value: ArraySlice<UInt8>) -> Range<Int>? {
    guard let quote = value.firstIndex(where: \.isXMLQuote) else { return nil }
    let text = value[(quote + 1)...].dropLast()
    for kind in ["png", "jpeg", "jpg", "gif", "webp"] {
      let head = "data:image/\(kind);base64,"
      guard text.starts(with: head.utf8) else { continue }
      return text.startIndex + head.utf8.count..<text.endIndex
    }
    return nil
  }

  /// Goes on behind an element that began with a tag, and all that is in it.
  private mutating func skipElement(_ name: String, behind end: Int) throws(Picture.Fault) {
    var depth = 0
    var end = end
    while true {
      let isEnd = file[place + 1] == UInt8(ascii: "/")
      let isEmpty = file[end - 2] == UInt8(ascii: "/")
      if self.name(at: place + (isEnd ? 2 : 1)) == name { depth += isEnd ? -1 : isEmpty ? 0 : 1 }
      place = end
      if depth <= 0 { return }
      while place < file.count, file[place] != UInt8(ascii: "<") { place += 1 }
      while starts("<!--") || starts("<![CDATA[") {
        place = try self.end(of: starts("<!--") ? "-->" : "]]>")
        while place < file.count, file[place] != UInt8(ascii: "<") { place += 1 }
      }
      end = try endOfTag(at: place)
    }
  }

  // MARK: Reading

  private static func isOfEditor(_ name: String) -> Bool {
    editors.contains { name.hasPrefix($0) }
  }

  private mutating func copy(upTo end: Int) {
    add(file[place..<end])
    place = end
  }

  private mutating func add(_ part: ArraySlice<UInt8>) {
    bytes += part
    judged += part
  }

  private func starts(_ text: StaticString) -> Bool {
    file[place...].starts(with: "\(text)".utf8)
  }

  private func end(of mark: String) throws(Picture.Fault) -> Int {
    let mark = Array(mark.utf8)
    var index = place
    while index + mark.count <= file.count {
      if file[index] == mark[0], file[index..<index + mark.count].elementsEqual(mark) {
        return index + mark.count
      }
      index += 1
    }
    throw .damaged
  }

  /// The index behind the `>` that ends a tag, which is not in quotes.
  private func endOfTag(at start: Int) throws(Picture.Fault) -> Int {
    var quote: UInt8?
    for index in start..<file.count {
      let byte = file[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: ">") {
        return index + 1
      } else if byte.isXMLQuote {
        quote = byte
      }
    }
    throw .damaged
  }

  /// The name at an index: up to a blank, or to a sign that ends it.
  private func name(at start: Int) -> String {
    var end = start
    while end < file.count, !file[end].isXMLBlank, !"=/>\"'<".utf8.contains(file[end]) { end += 1 }
    return start < end ? String(decoding: file[start..<end], as: UTF8.self) : ""
  }
}

extension UInt8 {
  fileprivate var isXMLBlank: Bool { [0x20, 0x09, 0x0A, 0x0D].contains(self) }
  fileprivate var isXMLQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }
}
