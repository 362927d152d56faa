/// What a text defines by a name: the targets of reference links, and footnotes.
///
/// The first definition of a name holds (CommonMark 0.31, 4.7), so two that met in a merge would
/// silently send the links of one side to what the other side meant.
struct NamedDefinitions {
  struct Definition {
    var isFootnote: Bool
    /// Names are compared in lower case.
    var name: String
    /// The lines of the definition, without the last line's end.
    var lines: Range<Int>
    /// Where its text begins, after the name and the colon.
    var text: Int
    /// The text, blanks aside.
    var said: [UInt8]
  }

  /// A name: a footnote and a link may have the same one.
  struct Name: Hashable {
    var isFootnote: Bool
    var text: String
  }

  let all: [Definition]

  init(_ document: Document) {
    let bytes = document.bytes
    let ranges =
      document.definitions.map {
        (false, $0.reference, $0.referenceRange.lowerBound - 1, $0.targetRange.upperBound)
      }
      + document.footnotes.filter(\.isDefinition).map {
        (true, $0.label, $0.range.lowerBound, $0.range.upperBound)
      }
    all = ranges.map { isFootnote, name, start, end in
      let before = bytes.lineStart(of: start)
      var after = bytes[end...].firstIndex(of: .newline) ?? bytes.count
      while after > end, bytes[after - 1].isBlank { after -= 1 }
      let text =
        bytes[start..<after].firstIndex(of: UInt8(ascii: "]")).map { min($0 + 2, after) } ?? start
      return Definition(
        isFootnote: isFootnote,
        name: Self.folded(name),
        lines: before..<after, text: text, said: bytes[text..<after].filter { !$0.isBlank })
    }
  }

  /// A name as names are compared: blanks are one space, and letters small (CommonMark 0.31, 4.7).
  static func folded(_ name: String) -> String {
    name.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
  }

  static func folded(_ name: ArraySlice<UInt8>) -> String {
    folded(String(decoding: name, as: UTF8.self))
  }

  /// The definitions of each name.
  var byName: [Name: [Definition]] {
    Dictionary(grouping: all) { Name(isFootnote: $0.isFootnote, text: $0.name) }
  }
}

// MARK: Two footnotes that were given one name

extension NamedDefinitions {
  /// One side's text with new names for the footnotes that it and the other side both put in, with
  /// different texts, under one name; nil when there are none.
  ///
  /// A reader never sees the name of a footnote, so that nobody need be asked. Where the two texts
  /// have half of their words in common they may be two wordings of one footnote, and keep the name.
  static func apart(base: Document, other: Document, renamed document: Document) -> [UInt8]? {
    let used = [base, other, document].map { Set($0.footnotes.map { $0.label.lowercased() }) }
    guard !used[1].isDisjoint(with: used[2]) else { return nil }
    let (mine, theirs) = (NamedDefinitions(document).byName, NamedDefinitions(other).byName)
    var taken = used[0].union(used[1]).union(used[2])
    var names: [String: String] = [:]
    for footnote in document.footnotes {
      let label = footnote.label.lowercased()
      let name = Name(isFootnote: true, text: label)
      guard names[label] == nil, !used[0].contains(label), let one = mine[name]?.only,
        let two = theirs[name]?.only, one.said != two.said,
        !isAlike(
          document.bytes[one.text..<one.lines.upperBound],
          other.bytes[two.text..<two.lines.upperBound])
      else { continue }
      names[label] = free(footnote.label, &taken)
    }
    return names.isEmpty ? nil : DefinedNames(of: document, areFootnotes: true).renamed(names)
  }

  /// A name that no text has: the next number, or a name with the first number behind it that makes
  /// it a new one.
  static func free(_ label: String, _ taken: inout Set<String>) -> String {
    var name = label
    if number(label) != nil {
      name = String((taken.compactMap(number).max() ?? 0) + 1)
    } else {
      var number = 2
      while taken.contains("\(label)-\(number)".lowercased()) { number += 1 }
      name = "\(label)-\(number)"
    }
    taken.insert(name.lowercased())
    return name
  }

  /// A footnote's number; nil for a name, and for a number that nobody counts to.
  private static func number(_ label: String) -> Int? {
    label.utf8.count <= 6 ? Int(label) : nil
  }

  /// Whether two texts have half of their words in common, so that they may be two wordings of one.
  static func isAlike(_ one: ArraySlice<UInt8>, _ two: ArraySlice<UInt8>) -> Bool {
    func words(_ text: ArraySlice<UInt8>) -> [Substring] {
      String(decoding: text, as: UTF8.self).lowercased()
        .split { !$0.isLetter && !$0.isNumber }
    }
    return words(one).hasHalf(of: words(two))
  }
}

// MARK: What a merge may not do to a name

extension TextMerge {
  private typealias Name = NamedDefinitions.Name
  private typealias Names = [Name: [NamedDefinitions.Definition]]

  /// Makes a question of every name that now means two things, and of every definition that one
  /// side took away and the other has come to need.
  mutating func askAboutNames(_ base: Document, _ ours: Document, _ theirs: Document) {
    let documents = [base, ours, theirs]
    let names = documents.map { NamedDefinitions($0).byName }
    let twofold = names[1].keys.filter { name in
      guard let mine = names[1][name]?.only, let other = names[2][name]?.only else { return false }
      return mine.said != other.said
    }
    if !twofold.isEmpty {
      askAboutTwofold(twofold) { side, name in
        names[side][name]?.first.map { Array(documents[side].bytes[$0.lines]) } ?? []
      }
    }
    askAboutRemoved(documents, names)
  }

  /// Of names that both sides define, those that are now defined twice.
  private mutating func askAboutTwofold(
    _ names: [Name], _ definition: (_ side: Int, Name) -> [UInt8]
  ) {
    let merged = text(.ours)
    let found = NamedDefinitions(Document(bytes: merged)).byName
    let settled = settledRanges
    func isSettled(_ lines: Range<Int>) -> Bool {
      let stretch = settled[safe: settled.partitionPoint { $0.upperBound <= lines.lowerBound }]
      return stretch.map { $0.lowerBound <= lines.lowerBound && lines.upperBound <= $0.upperBound }
        ?? false
    }
    var cuts: [(range: Range<Int>, conflict: Conflict?)] = []
    for name in names {
      guard let definitions = found[name], Set(definitions.map(\.said)).count > 1,
        definitions.allSatisfy({ isSettled($0.lines) })
      else { continue }
      let conflict = Conflict(
        base: definition(0, name), ours: definition(1, name), theirs: definition(2, name))
      cuts.append((definitions[0].lines, conflict))
      for other in definitions.dropFirst() {
        cuts.append((Self.wholeLines(other.lines, of: merged), nil))
      }
    }
    if !cuts.isEmpty { replace(cuts.sorted { $0.range.lowerBound < $1.range.lowerBound }) }
  }

  /// The stretches of our text that are settled.
  private var settledRanges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for part in parts {
      switch part {
      case .settled(let bytes):
        ranges.append(start..<start + bytes.count)
        start += bytes.count
      case .conflict(let conflict): start += conflict.ours.count
      }
    }
    return ranges
  }

  /// Puts a question, or nothing, in the place of stretches of our text, in order, that are settled.
  private mutating func replace(_ cuts: [(range: Range<Int>, conflict: Conflict?)]) {
    var result = TextMerge()
    var rest = cuts[...]
    var start = 0
    for part in parts {
      switch part {
      case .settled(let bytes):
        var at = 0
        while let cut = rest.first, cut.range.lowerBound < start + bytes.count {
          rest.removeFirst()
          // What goes with the lines before may reach into the next.
          let lower = max(at, cut.range.lowerBound - start)
          result.add(bytes[at..<lower])
          if let conflict = cut.conflict { result.parts.append(.conflict(conflict)) }
          at = max(lower, min(bytes.count, cut.range.upperBound - start))
        }
        result.add(bytes[at...])
        start += bytes.count
      case .conflict(let other):
        result.parts.append(part)
        start += other.ours.count
      }
    }
    self = result
  }

  /// Lines with their end, and with the blank ones behind them where there are some before them.
  private static func wholeLines(_ range: Range<Int>, of bytes: [UInt8]) -> Range<Int> {
    func end(of index: Int) -> Int? { bytes[index...].firstIndex(of: .newline).map { $0 + 1 } }
    var upper = end(of: range.upperBound) ?? bytes.count
    let before = bytes[..<range.lowerBound].suffix(2)
    let isAfterBlank = before.elementsEqual([.newline, .newline]) || range.lowerBound == 0
    while isAfterBlank, let next = end(of: upper), bytes[upper..<next].allSatisfy(\.isBlank) {
      upper = next
    }
    return range.lowerBound..<upper
  }

  /// Asks at the end of the text, since where a definition stands is the same to who reads it.
  private mutating func askAboutRemoved(_ documents: [Document], _ names: [Names]) {
    /// The names that one side alone took away.
    func removed(by side: Int) -> [Name] {
      names[0].keys.filter { names[side][$0] == nil && names[3 - side][$0] != nil }
        .sorted { ($0.text, $0.isFootnote ? 1 : 0) < ($1.text, $1.isFootnote ? 1 : 0) }
    }
    for side in [1, 2] {
      let gone = removed(by: side)
      let (keeper, kept) = (documents[3 - side], names[3 - side])
      let definitions = gone.map { name in
        kept[name]?.first.map { Array(keeper.bytes[$0.lines]) } ?? []
      }
      guard !gone.isEmpty else { continue }
      // Who took a definition away and left what refers to it meant that.
      let before = Self.needed(definitions, by: documents[side].bytes)
      let after = Set([text(.ours), text(.theirs)])
        .reduce(into: Set<Int>()) { $0.formUnion(Self.needed(definitions, by: $1)) }
      for index in after.subtracting(before).sorted() {
        let old = names[0][gone[index]]?.first.map { Array(documents[0].bytes[$0.lines]) } ?? []
        let text = Array(keeper.bytes.lineEnd + keeper.bytes.lineEnd) + definitions[index]
        let conflict = Conflict(
          base: old, ours: side == 1 ? [] : text, theirs: side == 1 ? text : [])
        let end = takeLineEnds()
        parts.append(.conflict(conflict))
        add(end)
      }
    }
  }

  /// Takes the line ends off the end of the text.
  private mutating func takeLineEnds() -> [UInt8] {
    guard case .settled(let bytes)? = parts.last else { return [] }
    let kept = bytes.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? 0
    parts.removeLast()
    add(bytes[..<kept])
    return Array(bytes[kept...])
  }

  /// Which definitions a text that does not have them refers to.
  private static func needed(_ definitions: [[UInt8]], by text: [UInt8]) -> Set<Int> {
    var whole = text + [.newline]
    var ends: [Int] = []
    for definition in definitions {
      whole += [.newline] + definition + [.newline]
      ends.append(whole.count)
    }
    let document = Document(bytes: whole)
    var needed: Set<Int> = []
    for link in document.links
    where link.range.lowerBound < text.count && link.targetRange.lowerBound > text.count {
      needed.insert(ends.partitionPoint { $0 <= link.targetRange.lowerBound })
    }
    var marks: Set<String> = []
    var known: Set<String> = []
    for footnote in document.footnotes where footnote.range.lowerBound < text.count {
      if footnote.isDefinition {
        known.insert(footnote.label.lowercased())
      } else {
        marks.insert(footnote.label.lowercased())
      }
    }
    marks.subtract(known)
    for footnote in document.footnotes
    where footnote.isDefinition && footnote.range.lowerBound > text.count
      && marks.contains(footnote.label.lowercased())
    {
      needed.insert(ends.partitionPoint { $0 <= footnote.range.lowerBound })
    }
    return needed
  }
}

extension Array {
  /// The one element of an array that has no other.
  fileprivate var only: Element? { count == 1 ? first : nil }
}
