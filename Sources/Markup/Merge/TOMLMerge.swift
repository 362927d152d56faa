/// Merges the front matter in TOML of three texts: table by table, and each by its keys.
///
/// Nothing else reads it; but as prose, a key that one side put in could land in a table of the other.
/// Where it is more than tables and keys, both sides' changes of it are a question.
enum TOMLMerge {
  /// The merged front matter, and where in each text the rest begins; nil where no text has any.
  static func merge(
    _ documents: [Document], interning: Interning
  ) -> (merge: TextMerge, bodies: [Int])? {
    let heads = documents.map { TOMLHead($0) }
    guard heads.contains(where: { $0 != nil }) else { return nil }
    let bodies = zip(documents, heads).map { $1?.end ?? $0.body.lowerBound }
    let texts = zip(documents, bodies).map { $0.bytes[..<$1] }
    var merge = TextMerge()
    if texts[1] == texts[0] || texts[1] == texts[2] {
      merge.add(texts[2])
    } else if texts[2] == texts[0] {
      merge.add(texts[1])
    } else if let mine = heads[1]?.tables, let other = heads[2]?.tables,
      let base = texts[0].isEmpty ? TOMLHead.Tables() : heads[0]?.tables
    {
      add(base, mine, other, to: &merge, interning: interning)
    } else {
      merge.parts = [question(texts[0], texts[1], texts[2])]
    }
    return (merge, bodies)
  }

  private static func add(
    _ base: TOMLHead.Tables, _ ours: TOMLHead.Tables, _ theirs: TOMLHead.Tables,
    to merge: inout TextMerge, interning: Interning
  ) {
    let names = FrontmatterMerge.order(base.names, ours.names, theirs.names)
    for name in [TOMLHead.Tables.first] + names + [TOMLHead.Tables.end] {
      let (old, mine, other) = (base[name], ours[name], theirs[name])
      let table: TextMerge
      switch (mine, other) {
      case (nil, nil): continue
      case (let text?, nil), (nil, let text?):
        guard let old else {
          merge.add(text.bytes[text.whole])
          continue
        }
        if text.bytes[text.whole] != old.bytes[old.whole] {
          let sides = [old, mine, other].map { $0.map { $0.bytes[$0.whole] } ?? [] }
          merge.parts.append(question(sides[0], sides[1], sides[2]))
        }
        continue
      case (let mine?, let other?):
        table = FrontmatterMerge.merge(
          table: old ?? FrontmatterMerge.Text(), mine, other, interning: interning)
      }
      for part in table.parts {
        if case .settled(let bytes) = part { merge.add(bytes) } else { merge.parts.append(part) }
      }
    }
  }

  private static func question(
    _ base: ArraySlice<UInt8>, _ ours: ArraySlice<UInt8>, _ theirs: ArraySlice<UInt8>
  ) -> TextMerge.Part {
    .conflict(
      TextMerge.Conflict(base: Array(base), ours: Array(ours), theirs: Array(theirs)))
  }
}

/// The front matter of a text that stands between two lines `+++`.
struct TOMLHead {
  /// The tables in order, each with the lines before its header.
  struct Tables {
    /// The name of the keys before all headers, with the opening line.
    static let first = ""
    /// The name of the closing line; no table has it.
    static let end = "+++"

    fileprivate(set) var texts: [(name: String, text: FrontmatterMerge.Text)] = []

    /// The names of all that have a header.
    var names: [String] { texts.map(\.name).filter { $0 != Self.first && $0 != Self.end } }

    subscript(name: String) -> FrontmatterMerge.Text? {
      texts.first { $0.name == name }?.text
    }
  }

  /// Where the line behind the closing one begins.
  let end: Int
  /// Nil where it is more than tables and keys, such as `[[tables]]` in a row.
  let tables: Tables?

  init?(_ document: Document) {
    guard document.frontmatter == nil else { return nil }
    let bytes = document.bytes
    func isFence(_ start: Int) -> Bool {
      bytes[start...].starts(with: "+++".utf8)
        && bytes[(start + 3)..<bytes.endOfLine(at: start)].allSatisfy(\.isBlank)
    }
    let start = document.body.lowerBound
    guard isFence(start) else { return nil }
    let first = bytes.endOfLine(at: start)
    var close = first
    while close < bytes.count, !isFence(close) { close = bytes.endOfLine(at: close) }
    guard close < bytes.count else { return nil }
    end = bytes.endOfLine(at: close)
    tables = Self.tables(bytes, first..<close, close: close..<end)
  }

  private static func tables(
    _ bytes: [UInt8], _ content: Range<Int>, close: Range<Int>
  ) -> Tables? {
    var tables = Tables()
    var text = FrontmatterMerge.Text()
    text.bytes = bytes
    text.open = 0..<content.lowerBound
    tables.texts = [(Tables.first, text)]
    text.open = 0..<0
    var (lead, at) = (content.lowerBound, content.lowerBound)
    func add(_ key: String, _ value: some Collection<UInt8>, to end: Int) {
      tables.texts[tables.texts.count - 1].text.entries.append(
        FrontmatterMerge.Entry(
          key: key, value: .scalar(String(decoding: value, as: UTF8.self)), lines: at..<end,
          lead: lead..<at))
      (lead, at) = (end, end)
    }
    while at < content.upperBound {
      let line = bytes[at..<bytes.endOfLine(at: at)].trimmedOfBlanks
      if line.isEmpty || line.first == UInt8(ascii: "#") {
        at = bytes.endOfLine(at: at)
      } else if line.first == UInt8(ascii: "[") {
        guard line.dropFirst().first != UInt8(ascii: "["),
          let last = line.firstIndex(of: UInt8(ascii: "]"))
        else { return nil }
        let rest = line[(last + 1)...].trimmedOfBlanks
        guard rest.isEmpty || rest.first == UInt8(ascii: "#") else { return nil }
        let name = String(decoding: line[...last], as: UTF8.self)
        tables.texts.append((name, text))
        add(name, line, to: bytes.endOfLine(at: at))
      } else {
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")),
          let end = endOfValue(bytes, equals + 1, before: content.upperBound)
        else { return nil }
        let key = String(decoding: bytes[at..<equals].trimmedOfBlanks, as: UTF8.self)
        add(key, bytes[(equals + 1)..<end].trimmedOfBlanks, to: end)
      }
    }
    tables.texts.append((Tables.end, text))
    at = close.lowerBound
    add(Tables.end, "+++".utf8, to: close.upperBound)
    let isTwice = tables.texts.contains { table in
      Set(table.text.entries.map(\.key)).count != table.text.entries.count
    }
    return isTwice || Set(tables.texts.map(\.name)).count != tables.texts.count ? nil : tables
  }

  /// Where the line ends in which a value does; nil where it does not end.
  private static func endOfValue(_ bytes: [UInt8], _ start: Int, before end: Int) -> Int? {
    var (index, depth) = (start, 0)
    while index < end {
      switch bytes[index] {
      case .newline where depth == 0: return index + 1
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "#"):
        index = bytes.endOfLine(at: index) - 1
        continue
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard let close = endOfString(bytes, index, before: end) else { return nil }
        index = close
        continue
      default: break
      }
      index += 1
    }
    return nil
  }

  /// Where a text in quotation marks ends; three of them go on over lines.
  private static func endOfString(_ bytes: [UInt8], _ start: Int, before end: Int) -> Int? {
    let mark = bytes[start]
    let long = [mark, mark, mark]
    let isLong = bytes[start..<end].starts(with: long)
    var index = start + (isLong ? 3 : 1)
    while index < end {
      if mark == UInt8(ascii: "\""), bytes[index] == UInt8(ascii: "\\") {
        index += 2
      } else if isLong, bytes[index..<end].starts(with: long) {
        return index + 3
      } else if !isLong, bytes[index] == mark {
        return index + 1
      } else if !isLong, bytes[index] == .newline {
        return nil
      } else {
        index += 1
      }
    }
    return nil
  }
}

extension FrontmatterMerge.Text {
  /// All lines of a table, and those before it.
  fileprivate var whole: Range<Int> {
    let first = open.isEmpty ? entries.first?.lead.lowerBound : open.lowerBound
    let last = entries.last?.lines.upperBound ?? open.upperBound
    return (first ?? last)..<last
  }
}

extension [UInt8] {
  /// Where the line behind that of a byte begins, or the text ends.
  fileprivate func endOfLine(at index: Int) -> Int {
    self[index...].firstIndex(of: .newline).map { $0 + 1 } ?? count
  }
}
