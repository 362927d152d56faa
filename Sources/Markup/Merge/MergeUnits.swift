/// A text as a row of the units that a merge moves as a whole: paragraphs, headings, list items,
/// table rows, lines of code.
struct MergeUnits {
  struct Unit {
    /// The bytes without the line end and the blank lines that follow.
    var range: Range<Int>
    /// Where the next unit begins.
    var next: Int
    var kind: Kind
    /// Equal for units that are the same but for blanks.
    var key: Int32
    /// Of a heading that begins a section; `nil` for one in a quote, and for anything else.
    var level: Int?
    /// Whether it is a line across the page, such as `---`.
    var isBreak = false
  }

  enum Kind: CaseIterable {
    case paragraph
    case heading
    case item
    case row
    /// A line in which every blank counts: code, a formula, HTML, a definition.
    case line

    var isVerbatim: Bool { self == .line }
  }

  /// Tells the units of one text from those of another.
  let id: Int
  let bytes: [UInt8]
  /// Where the text after the front matter begins.
  let bodyStart: Int
  /// Where the first unit begins, after blank lines.
  let start: Int
  private(set) var all: [Unit] = []
  /// Links, formulas and code spans, which are never taken apart.
  let atoms: [Range<Int>]
  /// For each unit the item that it hangs on, or -1.
  private(set) var holders: [Int] = []
  /// For each item and each row the first of its list or its table; -1 for all else.
  private(set) var lists: [Int] = []
  /// For each unit that opens an element of HTML or a comment, which ends further below, the one that
  /// closes it.
  private(set) var elementEnds: [Int: Int] = [:]
  /// The same from the end: for each unit that closes one, that which opens it.
  private(set) var elementStarts: [Int: Int] = [:]
  /// For each unit with a link that leads out of the vault the first of them.
  let firstLinks: [Int: FirstLink]

  /// Takes the bytes from `body` on apart; equal units of several texts have equal keys if they
  /// share the interning.
  init(_ document: Document, id: Int, body: Int, interning: inout Interning) {
    self.id = id
    bodyStart = body
    bytes = document.bytes
    atoms = document.atoms
    let blocks = document.blocks
    let levels = Dictionary(document.headings.map { ($0.line, $0.level) }) { first, _ in first }
    var keys = interning
    var units: [Unit] = []
    unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let lines = Lines(view)
      func add(_ first: Int, _ last: Int, _ kind: Kind) {
        let start = lines.content(first, in: view).lowerBound
        let end = view.trimmed(start..<lines.content(last, in: view).upperBound).upperBound
        let range = start..<max(start, end)
        let key = Self.key(view, range, kind, &keys)
        units.append(Unit(range: range, next: range.upperBound, kind: kind, key: key))
      }
      /// The text of a line without the marks of a quote.
      func inner(_ line: Int) -> Range<Int> {
        var content = view.trimmed(lines.content(line, in: view))
        while view[content.lowerBound] == UInt8(ascii: ">"), !content.isEmpty {
          content = view.trimmed(content.lowerBound + 1..<content.upperBound)
        }
        return content
      }
      /// Whether a line defines a link or a footnote, as `[name]: …`.
      func isDefinition(_ content: Range<Int>) -> Bool {
        guard view[content.lowerBound] == UInt8(ascii: "[") else { return false }
        var index = content.lowerBound + 1
        while index < content.upperBound, view[index] != UInt8(ascii: "]") { index += 1 }
        return view[index + 1] == UInt8(ascii: ":")
      }
      /// Whether a line is one HTML tag, as what ends a block is that begins further above.
      func isTag(_ content: Range<Int>) -> Bool {
        let (start, last) = (content.lowerBound, content.upperBound - 1)
        guard content.count > 2, view[start] == UInt8(ascii: "<"), view[last] == UInt8(ascii: ">")
        else { return false }
        let name = start + (view[start + 1] == UInt8(ascii: "/") ? 2 : 1)
        var end = name
        while end < last, view[end].isLetterOrDigit || "-.".utf8.contains(view[end]) { end += 1 }
        return end > name && (end == last || view[end].isBlank || view[end] == UInt8(ascii: "/"))
          && !(end..<last).contains { [UInt8(ascii: "<"), UInt8(ascii: ">")].contains(view[$0]) }
      }
      /// Whether a line is the mark that begins and ends a comment of several lines, `%%`.
      func isCommentMark(_ content: Range<Int>) -> Bool {
        view.trimmed(content).count == 2 && view[content.lowerBound] == UInt8(ascii: "%")
          && view[content.lowerBound + 1] == UInt8(ascii: "%")
      }
      /// The shortcodes that have an end: what has none, such as a figure, is a word among others.
      let boxes = Self.boxes(view, lines)
      /// Whether a line begins or ends a box.
      func isBoxMark(_ content: Range<Int>) -> Bool {
        guard [UInt8(ascii: ":"), UInt8(ascii: "{")].contains(view[content.lowerBound]) else {
          return false
        }
        guard let mark = BoxMark(document.bytes[view.trimmed(content)]) else { return false }
        return mark.name.hasPrefix(":") || boxes.contains(mark.name)
      }
      /// Whether a line is a row of a table, as it stands in a quote or hangs on an item.
      func isRow(_ content: Range<Int>) -> Bool {
        let text = view.trimmed(content)
        return text.count > 1 && view[text.lowerBound] == UInt8(ascii: "|")
          && view[text.upperBound - 1] == UInt8(ascii: "|")
      }
      /// Whether a line begins a list item, a definition or a heading, or is a row, a tag or the mark of
      /// a comment or a box, also within a quote.
      func marked(_ line: Int) -> Kind? {
        let content = inner(line)
        if isTag(content) || isRow(content) { return .row }
        if isCommentMark(content) || isBoxMark(content) { return .paragraph }
        if Self.markerEnd(view, content.lowerBound, content.upperBound) != nil { return .item }
        if isDefinition(content) { return .row }
        return view[content.lowerBound] == UInt8(ascii: "#") ? .heading : nil
      }
      /// Whether prose breaks before a line.
      func startsUnit(_ line: Int) -> Bool {
        let before = inner(line - 1)
        return marked(line) != nil || inner(line).isEmpty || before.isEmpty || isTag(before)
          || isCommentMark(before) || isBoxMark(before)
      }
      /// Prose is cut at blank lines, and code in it is taken line by line.
      func addProse(_ lineRange: Range<Int>, _ kind: Kind) {
        var kind = kind
        var first: Int?
        var fence: UInt8?
        for line in lineRange {
          let content = view.trimmed(lines.content(line, in: view))
          let mark = view[content.lowerBound]
          let isFence =
            (mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~"))
            && view.endOfRun(mark, at: content.lowerBound, before: content.upperBound)
              >= content.lowerBound + 3
          if isFence, fence == nil || fence == mark {
            if let start = first { add(start, line - 1, kind) }
            first = nil
            kind = .paragraph
            fence = fence == nil ? mark : nil
            add(line, line, .line)
          } else if fence != nil {
            if !content.isEmpty { add(line, line, .line) }
          } else if content.isEmpty {
            if let start = first { add(start, line - 1, kind) }
            if first != nil { kind = .paragraph }
            first = nil
          } else {
            if let start = first, startsUnit(line) {
              add(start, line - 1, kind)
              first = nil
            }
            if first == nil {
              first = line
              if let mark = marked(line) {
                kind = mark
              } else if line > lineRange.lowerBound, startsUnit(line) {
                kind = .paragraph
              }
            }
          }
        }
        if let start = first { add(start, lineRange.upperBound - 1, kind) }
      }
      func addLines(_ range: Range<Int>, _ kind: Kind) {
        for line in range where !lines.isBlank(line, in: view) { add(line, line, kind) }
      }
      var next = body >= view.count ? lines.count : lines.line(at: body)
      for block in blocks where block.line - 1 >= next {
        addLines(next..<block.line - 1, .line)
        let last = lines.line(at: max(block.range.lowerBound, block.range.upperBound - 1))
        next = last + 1
        let range = block.line - 1..<next
        switch block.kind {
        case .paragraph, .quote, .callout, .footnote: addProse(range, .paragraph)
        case .listItem: addProse(range, .item)
        // A line that a `-` below it makes a heading may well be an item, and is one here.
        case .heading where marked(range.lowerBound) == .item: addProse(range, .item)
        case .heading:
          add(range.lowerBound, last, .heading)
          units[units.count - 1].level = levels[block.line]
        case .table:
          for line in range where !lines.isBlank(line, in: view) {
            // Below a table it would be one more row of it.
            let isMark = isCommentMark(inner(line)) || isBoxMark(inner(line))
            add(line, line, isMark ? .paragraph : .row)
          }
        case .html, .definition: addLines(range, .row)
        case .code, .math: addLines(range, .line)
        case .thematicBreak:
          addLines(range, .line)
          if let last = units.indices.last { units[last].isBreak = true }
        }
      }
      if next < lines.count { addLines(next..<lines.count, .line) }
      for index in units.indices {
        units[index].next =
          index + 1 < units.count ? units[index + 1].range.lowerBound : view.count
      }
    }
    interning = keys
    all = units
    firstLinks = FirstLink.all(of: units, in: document)
    start = units.first?.range.lowerBound ?? bytes.count
    findHolders()
    findLists()
    findElements()
  }

  private mutating func findHolders() {
    var items: [(width: Int, unit: Int)] = []
    holders.reserveCapacity(all.count)
    for index in all.indices {
      let width = indentation(of: index)
      while let last = items.last, last.width >= width { items.removeLast() }
      holders.append(items.last?.unit ?? -1)
      if all[index].kind == .item, !isQuoted(index) { items.append((width, index)) }
    }
  }

  private mutating func findLists() {
    lists.reserveCapacity(all.count)
    // The last unit that hangs on each, and behind them the last that hangs on none.
    var lasts = [Int](repeating: -1, count: all.count + 1)
    for index in all.indices {
      let place = holders[index] < 0 ? all.count : holders[index]
      let last = lasts[place]
      lasts[place] = index
      switch all[index].kind {
      case .item where !isQuoted(index):
        let isNext =
          last >= 0 && all[last].kind == .item && !isQuoted(last)
          && marker(of: last).last == marker(of: index).last
        lists.append(isNext ? lists[last] : index)
      case .row:
        let isNext =
          index > 0 && all[index - 1].kind == .row && isTight(index - 1) && !isTableHeader(index)
        lists.append(isNext ? lists[index - 1] : index)
      default: lists.append(-1)
      }
    }
  }

  /// The names of the boxes that a text ends somewhere.
  private static func boxes(_ view: ByteView, _ lines: Lines) -> Set<String> {
    var names: Set<String> = []
    for line in 0..<lines.count {
      let whole = lines.content(line, in: view)
      let content = view.trimmed(view.pastQuoteMarks(whole)..<whole.upperBound)
      guard !content.isEmpty, view[content.lowerBound] == UInt8(ascii: "{") else { continue }
      let text = content.map { view[$0] }[...]
      if let mark = BoxMark(text), mark.isEnd { names.insert(mark.name) }
    }
    return names
  }

  /// Finds the elements with tags of their own, such as `<details>`, also with blank lines within, the
  /// comments of several lines, and the boxes.
  private mutating func findElements() {
    var open = OpenElements()
    func close(_ names: [String], _ index: Int) {
      guard let first = open.close(names), first < index else { return }
      (elementEnds[first], elementStarts[index]) = (index, first)
    }
    for index in all.indices where !all[index].kind.isVerbatim {
      let text = words(of: index)
      if text.elementsEqual("%%".utf8) {
        if open.isOpen("%%") { close(["%%"], index) } else { open.open("%%", at: index) }
        continue
      }
      if let mark = BoxMark(text) {
        if mark.isEnd { close(mark.ended, index) } else { open.open(mark.name, at: index) }
        continue
      }
      let (start, end) = (text.starts(with: "<!--".utf8), text.suffix(3).elementsEqual("-->".utf8))
      if start != end { if start { open.open("<!--", at: index) } else { close(["<!--"], index) } }
      guard text.first == UInt8(ascii: "<") else { continue }
      for tag in HTMLTag.all(in: text) {
        if tag.isEnd { close([tag.name], index) } else { open.open(tag.name, at: index) }
      }
    }
  }

  /// Those of some units in a row that are in an element of HTML which is whole there, each with the
  /// place of the unit that opens it.
  func elements(in rows: [Int]) -> [Int: Int] {
    var found: [Int: Int] = [:]
    var next = 0
    for (place, row) in rows.enumerated() where place >= next {
      guard let last = elementEnds[row] else { continue }
      let end = place + last - row
      guard end < rows.count, rows[end] == last else { continue }
      for part in place...end { found[rows[part]] = place }
      next = end + 1
    }
    return found
  }

  /// What stands before a unit's words: blanks, marks of quotes, and a list's marker.
  func marker(of index: Int) -> ArraySlice<UInt8> {
    let text = bytes[all[index].range]
    return text[..<(Self.listMarkerEnd(text) ?? Self.words(text).startIndex)]
  }

  /// The same with the blanks behind it: all that stands before what the unit says.
  func wholeMarker(of index: Int) -> ArraySlice<UInt8> {
    let text = bytes[all[index].range]
    return text[..<text[marker(of: index).endIndex...].drop(while: \.isSpaceOrTab).startIndex]
  }

  /// A unit's text without the blanks and the marks of quotes before it.
  func words(of index: Int) -> ArraySlice<UInt8> { Self.words(bytes[all[index].range]) }

  /// Whether a line begins with a list's marker.
  static func isItem(_ line: ArraySlice<UInt8>) -> Bool { listMarkerEnd(line) != nil }

  private static func words(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    text.drop { $0.isSpaceOrTab || $0 == UInt8(ascii: ">") }
  }

  private static func listMarkerEnd(_ text: ArraySlice<UInt8>) -> Int? {
    let words = words(text)
    return unsafe words.withUnsafeBufferPointer { buffer in
      markerEnd(unsafe ByteView(buffer), 0, words.count).map { words.startIndex + $0 }
    }
  }

  /// The name and the target of a link's definition, `[name]: target`; nil for anything else, a
  /// footnote's too.
  func linkDefinition(of index: Int) -> (name: ArraySlice<UInt8>, target: ArraySlice<UInt8>)? {
    guard all[index].kind == .row else { return nil }
    let text = bytes[all[index].range].drop(while: \.isSpaceOrTab)
    guard text.first == UInt8(ascii: "["), text.dropFirst().first != UInt8(ascii: "^"),
      let end = text.firstIndex(of: UInt8(ascii: "]")),
      text[(end + 1)...].first == UInt8(ascii: ":")
    else { return nil }
    return (text[..<end], text[(end + 2)...])
  }

  /// Whether a unit is a heading, or stands before a list as one does: `Done:`, `**Done**`.
  func isName(_ index: Int) -> Bool {
    if all[index].kind == .heading { return true }
    let text = bytes[all[index].range]
    return all[index].kind == .paragraph && !text.contains(.newline)
      && text.first != UInt8(ascii: ":")
      && (text.last == UInt8(ascii: ":")
        || text.count > 4 && text.starts(with: "**".utf8)
          && text.suffix(2).elementsEqual("**".utf8))
  }

  /// The numbers in a unit, in order, those of dates too.
  func numbers(in index: Int) -> [ArraySlice<UInt8>] {
    bytes[all[index].range].split { !$0.isDigit }
  }

  /// Whether the section of a heading ends before a unit that stands behind it, or the text does.
  func isEnd(of heading: Int, _ index: Int) -> Bool {
    guard index < all.count else { return true }
    return all[index].level.map { $0 <= all[heading].level ?? $0 } ?? false
  }

  /// The separator after a unit: a line end and blank lines.
  func separator(after index: Int) -> ArraySlice<UInt8> {
    bytes[all[index].range.upperBound..<all[index].next]
  }

  /// Whether a block of code, a table or another row of lines begins with a unit.
  func beginsLines(_ index: Int) -> Bool {
    let kind = all[index].kind
    return (kind == .row || kind == .line)
      && (index == 0 || all[index - 1].kind != kind || !isTight(index - 1))
  }

  /// Whether no blank line stands behind a unit.
  func isTight(_ index: Int) -> Bool {
    separator(after: index).count { $0 == .newline } < 2
  }

  /// What a unit's text is compared by: blanks are one space, and a list's numbers are all the same.
  private static func key(
    _ view: ByteView, _ range: Range<Int>, _ kind: Kind, _ interning: inout Interning
  ) -> Int32 {
    var text: [UInt8] = []
    text.reserveCapacity(range.count + 1)
    text.append(kind == .line ? 0 : 1)
    var index = range.lowerBound
    if kind == .line {
      var end = range.upperBound
      while end > index, view[end - 1].isBlank { end -= 1 }
      view.append(index..<end, to: &text)
      return interning.number(of: text[...])
    }
    while index < range.upperBound, view[index].isBlank { index += 1 }
    if kind == .item, let after = markerEnd(view, index, range.upperBound) {
      text.append(view[index].isDigit ? UInt8(ascii: "1") : UInt8(ascii: "-"))
      index = after
    }
    var isBlank = false
    while index < range.upperBound {
      if view[index].isBlank {
        isBlank = true
      } else {
        if isBlank { text.append(.space) }
        isBlank = false
        text.append(view[index])
      }
      index += 1
    }
    return interning.number(of: text[...])
  }

  /// Where a list's marker ends.
  private static func markerEnd(_ view: ByteView, _ start: Int, _ end: Int) -> Int? {
    var index = start
    while index < end, view[index].isDigit { index += 1 }
    let mark = view[index]
    let isMark =
      index > start
      ? mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")")
      : mark == UInt8(ascii: "-") || mark == UInt8(ascii: "*") || mark == UInt8(ascii: "+")
    guard isMark, index + 1 >= end || view[index + 1].isBlank else { return nil }
    return index + 1
  }
}

extension MergeUnits {
  /// The first link of a unit that leads out of the vault.
  struct FirstLink {
    /// Where it leads.
    let place: String
    /// Its words but for those of its target.
    let name: [String]

    /// Those of a text, each looked for once: a merge asks for them for each pair of additions.
    fileprivate static func all(of units: [Unit], in document: Document) -> [Int: FirstLink] {
      var found: [Int: FirstLink] = [:]
      for link in document.links where link.isExternal {
        let start = link.range.lowerBound
        // The last unit that begins there or before.
        let unit = units.partitionPoint { $0.range.lowerBound <= start } - 1
        guard unit >= 0, units[unit].range.contains(start), found[unit] == nil else { continue }
        let text = document.bytes[link.range]
        let target = text.firstRange(of: Array("](".utf8))
        let name = String(decoding: text[..<(target?.lowerBound ?? text.endIndex)], as: UTF8.self)
        found[unit] = FirstLink(place: link.place, name: name.lowercasedWords)
      }
      return found
    }
  }
}

extension String {
  /// The words and numbers, without regard to case.
  var lowercasedWords: [String] {
    lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }
}

extension Link {
  /// Where it leads, but for what may well be written in two ways: the scheme, and a slash at the end.
  fileprivate var place: String {
    let address = target.hasSuffix("/") ? String(target.dropLast()) : target
    return ["https://", "http://"].first { address.hasPrefix($0) }.map {
      String(address.dropFirst($0.count))
    } ?? address
  }
}
