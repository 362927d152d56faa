/// Merges lists in a front matter as sets: what either side put in is there, what either took out is
/// not.
enum FrontmatterList {
  /// A list as it is written.
  private struct Written {
    /// Up to the first entry.
    var head: [UInt8]
    var items: [Item]
    var style: Style
    var end: [UInt8]
  }

  /// An entry: as it is written, and what it is whichever way it is quoted.
  private struct Item {
    let written: [UInt8]
    let name: String
    let isQuoted: Bool
    private let style: Style

    /// Nil for what is no plain or quoted text on one line.
    init?(_ written: some Collection<UInt8>, in style: Style) {
      self.written = Array(written)
      self.style = style
      let text = String(decoding: self.written, as: UTF8.self)
      guard let quote = self.written.first, quote.isQuote else {
        (name, isQuoted) = (text, false)
        return
      }
      guard FrontmatterList.end(ofQuoted: self.written[...]) == self.written.count else {
        return nil
      }
      let inner = String(text.unicodeScalars.dropFirst().dropLast())
      name =
        quote == UInt8(ascii: "'")
        ? inner.replacing("''", with: "'")
        : inner.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
      isQuoted = true
    }

    /// As it has to be written in a style; nil where it cannot.
    func text(in style: Style) -> [UInt8]? {
      switch style {
      case self.style: return written
      case .commas, .empty:
        return isQuoted || written.contains(UInt8(ascii: ",")) ? nil : written
      case .brackets, .lines:
        guard needsQuotes(in: style) else { return written }
        guard !name.contains("\\"), !name.contains(" #") else { return nil }
        return Array(Frontmatter.inQuotes(name).utf8)
      }
    }

    /// Whether YAML would read what is written as something else there (YAML 1.2.2, sections 5.3 and
    /// 7.3.3).
    private func needsQuotes(in style: Style) -> Bool {
      guard !isQuoted, let first = written.first else { return false }
      if "[]{}|>&*!%@`#,".utf8.contains(first) { return true }
      let isMark = "-?:".utf8.contains(first)
      if isMark, written.dropFirst().first?.isBlank ?? true { return true }
      return style == .brackets && written.contains { ",[]{}\"#".utf8.contains($0) }
    }
  }

  private enum Style: Equatable {
    /// `[a, b]`
    case brackets
    /// `a, b`
    case commas
    /// `- a` on lines of their own, with what stands before the dash.
    case lines(indent: Int)
    /// No entry yet.
    case empty
  }

  private static let commaKeys: Set<String> = ["tags", "tag", "keywords", "aliases", "categories"]

  /// The merged lines of a key; nil if one of the three is no plain list.
  static func merge(
    _ key: String, _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8], isTOML: Bool
  ) -> [UInt8]? {
    let mayHaveCommas = !isTOML && commaKeys.contains(key.lowercased())
    func read(_ lines: [UInt8]) -> Written? {
      Self.read(lines, behind: UInt8(ascii: isTOML ? "=" : ":"), mayHaveCommas)
    }
    guard let mine = read(ours), let other = read(theirs) else { return nil }
    let old =
      base.map { read($0) }
      ?? Written(
        head: [], items: [], style: .empty, end: [])
    guard let old else { return nil }
    let names = old.items.map(\.name)
    let myNames = mine.items.map(\.name)
    let otherNames = other.items.map(\.name)
    // What both took out and replaced was given other words, and is no member of a set.
    let isReplaced = names.contains { !myNames.contains($0) && !otherNames.contains($0) }
    if isReplaced, !Set(myNames).isSubset(of: names), !Set(otherNames).isSubset(of: names) {
      return nil
    }
    let isMineKept = myNames.filter(names.contains) == names.filter(myNames.contains)
    // Kept entries in the order of the side that changed it, and behind each what was put in there.
    let (first, second) = isMineKept ? (other, mine) : (mine, other)
    var kept: [Item] = []
    for item in first.items + second.items
    where names.contains(item.name) && myNames.contains(item.name)
      && otherNames.contains(item.name) && !kept.contains(where: { $0.name == item.name })
    {
      kept.append(item)
    }
    let result = put(
      added(first.items, names, kept), added(second.items, names, kept), into: kept)
    // In the style of the side that changed it.
    let isOthers = other.style != .empty && mine.style == old.style
    return write(result, isOthers || mine.style == .empty ? other : mine)
  }

  /// What a side put in, with how many of the kept entries stand before it.
  private static func added(
    _ items: [Item], _ old: [String], _ kept: [Item]
  ) -> [(item: Item, at: Int)] {
    var at = 0
    var added: [(item: Item, at: Int)] = []
    for item in items {
      if let place = kept.firstIndex(where: { $0.name == item.name }) {
        at = place + 1
      } else if !old.contains(item.name), !added.contains(where: { $0.item.name == item.name }) {
        added.append((item, at))
      }
    }
    return added
  }

  /// Puts in what the sides put in, once: at a place where both did, sorted.
  private static func put(
    _ first: [(item: Item, at: Int)], _ second: [(item: Item, at: Int)], into kept: [Item]
  ) -> [Item] {
    let at = Dictionary((first + second).map { ($0.item.name, $0.at) }, uniquingKeysWith: min)
    var result: [Item] = []
    for place in 0...kept.count {
      let here = [first, second].map { side in
        side.map(\.item).filter { at[$0.name] == place }
      }
      var items = here[0]
      items += here[1].filter { item in !items.contains { $0.name == item.name } }
      if !here[0].isEmpty, !here[1].isEmpty {
        items.sort { $0.written.lexicographicallyPrecedes($1.written) }
      }
      result += items
      if place < kept.count { result.append(kept[place]) }
    }
    return result
  }

  private static func read(
    _ lines: [UInt8], behind mark: UInt8, _ mayHaveCommas: Bool
  ) -> Written? {
    guard let colon = lines.firstIndex(of: mark) else { return nil }
    var end = lines.count
    while end > colon + 1, lines[end - 1].isBlank { end -= 1 }
    let tail = Array(lines[end...])
    var start = colon + 1
    while start < end, lines[start].isSpaceOrTab { start += 1 }
    if start == end {
      return Written(head: Array(lines[..<end]), items: [], style: .empty, end: tail)
    }
    if lines[start] == UInt8(ascii: "[") {
      guard lines[end - 1] == UInt8(ascii: "]") else { return nil }
      guard let items = items(lines[start + 1..<end - 1], in: .brackets) else { return nil }
      return Written(head: Array(lines[..<start]), items: items, style: .brackets, end: tail)
    }
    if !lines[start].isLineEnd {
      guard mayHaveCommas, !lines[start..<end].contains(.newline),
        !lines[start..<end].contains(where: { "#{}\"'".utf8.contains($0) }),
        let items = items(lines[start..<end], in: .commas)
      else { return nil }
      return Written(head: Array(lines[..<start]), items: items, style: .commas, end: tail)
    }
    var items: [Item] = []
    var indent: Int?
    for line in lines[start..<end].split(separator: .newline) {
      let text = line.drop { $0.isSpaceOrTab }
      if text.allSatisfy(\.isBlank) { continue }
      guard text.first == UInt8(ascii: "-"), text.dropFirst().first?.isSpaceOrTab == true else {
        return nil
      }
      let width = text.startIndex - line.startIndex
      guard indent == nil || indent == width else { return nil }
      indent = width
      var item = Array(text.dropFirst().drop { $0.isSpaceOrTab })
      while let last = item.last, last.isBlank { item.removeLast() }
      guard let first = item.first, !"[{|>&*!".utf8.contains(first),
        !item.contains(UInt8(ascii: ":")) || first.isQuote,
        let entry = Item(item, in: .lines(indent: width))
      else { return nil }
      items.append(entry)
    }
    return Written(
      head: Array(lines[..<start]), items: items, style: .lines(indent: indent ?? 2), end: tail)
  }

  /// The entries between commas, none of which holds another list; nil where that cannot be told.
  private static func items(_ text: ArraySlice<UInt8>, in style: Style) -> [Item]? {
    var items: [Item] = []
    var rest = text
    while true {
      rest = rest.drop { $0.isBlank }
      guard let first = rest.first else { return items }
      let end: Int
      if first.isQuote {
        guard let close = Self.end(ofQuoted: rest) else { return nil }
        end = close
      } else {
        end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
        let isOdd = rest[..<end].contains { "[]{}\n\"#".utf8.contains($0) }
        if style == .brackets, isOdd { return nil }
      }
      var item = rest[..<end]
      while item.last?.isBlank == true { item.removeLast() }
      if !item.isEmpty {
        guard let item = Item(item, in: style) else { return nil }
        items.append(item)
      }
      rest = rest[end...].drop { $0.isBlank }
      guard let comma = rest.popFirst() else { return items }
      guard comma == UInt8(ascii: ",") else { return nil }
    }
  }

  /// Where a text in quotation marks ends that a slice begins with; nil where it does not end, or goes
  /// on in the next line.
  static func end(ofQuoted text: ArraySlice<UInt8>) -> Int? {
    guard let quote = text.first, quote.isQuote else { return nil }
    var place = text.startIndex + 1
    while place < text.endIndex, text[place] != .newline {
      let isDoubled =
        quote == UInt8(ascii: "'") && text[place] == quote && text[(place + 1)...].first == quote
      let isEscaped = quote == UInt8(ascii: "\"") && text[place] == UInt8(ascii: "\\")
      if isDoubled || isEscaped {
        place += 2
      } else if text[place] == quote {
        return place + 1
      } else {
        place += 1
      }
    }
    return nil
  }

  /// The lines of a list, in the manner of one that is written; nil where that manner has no way to
  /// write some entry.
  private static func write(_ items: [Item], _ shape: Written) -> [UInt8]? {
    let texts = items.compactMap { $0.text(in: shape.style) }
    guard texts.count == items.count else { return nil }
    let joined = Array(texts.joined(separator: Array(", ".utf8)))
    switch shape.style {
    case .brackets: return shape.head + Array("[".utf8) + joined + Array("]".utf8) + shape.end
    case .commas, .empty: return shape.head + joined + shape.end
    case .lines(let indent):
      let isCRLF = shape.end.contains(.carriageReturn)
      let begin =
        Array((isCRLF ? "\r\n" : "\n").utf8) + Array(repeating: .space, count: indent)
        + Array("- ".utf8)
      return shape.head + texts.flatMap { begin + $0 } + shape.end
    }
  }
}

extension UInt8 {
  fileprivate var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }
}
