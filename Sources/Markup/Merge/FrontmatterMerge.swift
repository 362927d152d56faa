/// Merges the front matter of three texts key by key.
///
/// Every key keeps the bytes it has on the side that changed it. Of two changed times the later one
/// holds (of the times of creation the earlier), lists are merged as sets, and other values by words
/// if they have some; else the key is a question.
struct FrontmatterMerge {
  /// A key with its lines, and the comments and blank lines before it.
  private struct Entry {
    var key: String
    var value: Frontmatter.Value
    var lines: Range<Int>
    var lead: Range<Int>
  }

  /// The front matter of one text.
  private struct Text {
    var bytes: [UInt8] = []
    var entries: [Entry] = []
    var open: Range<Int> = 0..<0
    /// What follows the last key, and the closing line.
    var close: Range<Int> = 0..<0

    init?(_ document: Document) {
      guard let matter = document.frontmatter else { return }
      guard matter.isByLine, Set(matter.entries.map(\.key)).count == matter.entries.count,
        document.problems.isEmpty
      else { return nil }
      bytes = document.bytes
      // A byte order mark belongs to the opening line.
      open = 0..<matter.content.lowerBound
      var last = matter.content.lowerBound
      for (entry, lines) in zip(matter.entries, matter.lineRanges) {
        guard lines.lowerBound >= last else { return nil }
        entries.append(
          Entry(key: entry.key, value: entry.value, lines: lines, lead: last..<lines.lowerBound))
        last = lines.upperBound
      }
      close = last..<matter.range.upperBound
    }

    func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    func text(_ entry: Entry?) -> ArraySlice<UInt8>? { entry.map { bytes[$0.lines] } }
  }

  private let base: Text
  private let ours: Text
  private let theirs: Text
  private var interning: Interning

  /// The merged front matter with its two lines; nil when the three cannot be merged by key.
  static func merge(
    _ base: Document, _ ours: Document, _ theirs: Document, interning: Interning
  ) -> TextMerge? {
    guard let old = Text(base), let mine = Text(ours), let other = Text(theirs),
      !mine.bytes.isEmpty, !other.bytes.isEmpty
    else { return nil }
    var merge = FrontmatterMerge(base: old, ours: mine, theirs: other, interning: interning)
    return merge.result()
  }

  private mutating func result() -> TextMerge {
    var merge = TextMerge()
    merge.add(
      changed(base.bytes[base.open], ours.bytes[ours.open], theirs.bytes[theirs.open]))
    for key in order() { add(key, to: &merge) }
    merge.add(
      changed(base.bytes[base.close], ours.bytes[ours.close], theirs.bytes[theirs.close]))
    return merge
  }

  /// Of three stretches the one that changed; of two that did, the longer.
  private func changed(
    _ base: ArraySlice<UInt8>, _ ours: ArraySlice<UInt8>, _ theirs: ArraySlice<UInt8>
  ) -> ArraySlice<UInt8> {
    if ours == base || ours == theirs { return theirs }
    if theirs == base { return ours }
    let isOurs =
      ours.count != theirs.count
      ? ours.count > theirs.count : ours.lexicographicallyPrecedes(theirs)
    return isOurs ? ours : theirs
  }

  /// All keys: in the order of the side that changed the order, with new ones behind the key that
  /// they stand behind.
  private func order() -> [String] {
    let old = base.entries.map(\.key)
    let mine = ours.entries.map(\.key)
    let other = theirs.entries.map(\.key)
    let mineKept = mine.filter(old.contains)
    let isReordered = mineKept != old.filter(mine.contains)
    var keys = isReordered ? mineKept : other.filter(old.contains)
    for key in old where !keys.contains(key) { insert(key, behind: old, &keys) }
    let added = Set(mine + other).subtracting(old).sorted()
    // Each in turn behind the one before it; of two at one place the first in the alphabet leads.
    for key in added.reversed() where mine.contains(key) || other.contains(key) {
      if !keys.contains(key) { insert(key, behind: mine.contains(key) ? mine : other, &keys) }
    }
    return keys.filter { mine.contains($0) || other.contains($0) }
  }

  private func insert(_ key: String, behind order: [String], _ keys: inout [String]) {
    let before = order.prefix { $0 != key }.last { keys.contains($0) }
    let at = before.flatMap(keys.firstIndex(of:)).map { $0 + 1 } ?? 0
    keys.insert(key, at: at)
  }

  private mutating func add(_ key: String, to merge: inout TextMerge) {
    let (old, mine, other) = (base.entry(key), ours.entry(key), theirs.entry(key))
    let (oldText, myText, otherText) = (base.text(old), ours.text(mine), theirs.text(other))
    func lead(_ text: Text, _ entry: Entry?) -> ArraySlice<UInt8> {
      entry.map { text.bytes[$0.lead] } ?? []
    }
    merge.add(changed(lead(base, old), lead(ours, mine), lead(theirs, other)))
    switch (myText, otherText) {
    case (nil, nil): break
    case (let text?, nil), (nil, let text?):
      // The other side never had it, or took it away: then this side must not have changed it.
      if oldText == nil {
        merge.add(text)
      } else if text != oldText {
        merge.parts.append(
          .conflict(
            TextMerge.Conflict(
              base: Array(oldText ?? []), ours: Array(myText ?? []),
              theirs: Array(otherText ?? []))))
      }
    case (let text?, let otherText?):
      if text == oldText || text == otherText {
        merge.add(otherText)
      } else if otherText == oldText {
        merge.add(text)
      } else if let old = mergedValue(key, old, mine, other) {
        merge.add(old)
      } else {
        merge.parts.append(
          .conflict(
            TextMerge.Conflict(
              base: Array(oldText ?? []), ours: Array(text), theirs: Array(otherText))))
      }
    }
  }

  private mutating func mergedValue(
    _ key: String, _ old: Entry?, _ mine: Entry?, _ other: Entry?
  ) -> ArraySlice<UInt8>? {
    guard let mine, let other else { return nil }
    if mine.value == other.value {
      return changed(base.text(old) ?? [], ours.bytes[mine.lines], theirs.bytes[other.lines])
    }
    if case .scalar(let myText) = mine.value, case .scalar(let otherText) = other.value {
      if myText.isEmpty || otherText.isEmpty, old == nil {
        return myText.isEmpty ? theirs.bytes[other.lines] : ours.bytes[mine.lines]
      }
      if let (first, second) = Self.times(myText, otherText) {
        let isCreation = key.lowercased().contains("creat")
        let isOurs = isCreation ? first < second : first > second
        return isOurs ? ours.bytes[mine.lines] : theirs.bytes[other.lines]
      }
    }
    if let list = FrontmatterList.merge(
      key, old.map { Array(base.bytes[$0.lines]) }, Array(ours.bytes[mine.lines]),
      Array(theirs.bytes[other.lines]))
    {
      return list[...]
    }
    return byWords(old, mine, other)
  }

  /// Two values that are both times, as numbers that can be compared.
  private static func times(_ first: String, _ second: String) -> (Double, Double)? {
    if let one = DateText(first), let two = DateText(second) {
      return (Double(one.secondsSince1970), Double(two.secondsSince1970))
    }
    if let pair = daysWithSlashes(first, second) { return pair }
    // Seconds or milliseconds since 1970.
    func number(_ text: String) -> Double? {
      text.utf8.count >= 10 && text.utf8.allSatisfy(\.isDigit) ? Double(text) : nil
    }
    if let one = number(first), let two = number(second) { return (one, two) }
    return nil
  }

  /// Two days such as `10/28/2022`, where it makes no difference which number is the month.
  private static func daysWithSlashes(_ first: String, _ second: String) -> (Double, Double)? {
    func days(_ text: String, _ month: Int, _ day: Int) -> Double? {
      let parts = text.split(whereSeparator: { $0 == "/" || $0 == "." }).map { Int($0) }
      guard parts.count == 3, let year = parts[2], let month = parts[month], let day = parts[day],
        let date = CivilDate(year: year, month: month, day: day)
      else { return nil }
      return Double(date.daysSince1970)
    }
    func pair(_ month: Int, _ day: Int) -> (Double, Double)? {
      guard let one = days(first, month, day), let two = days(second, month, day) else {
        return nil
      }
      return (one, two)
    }
    switch (pair(0, 1), pair(1, 0)) {
    case (let one?, nil), (nil, let one?): return one
    case (let one?, let two?): return (one.0 < one.1) == (two.0 < two.1) ? one : nil
    case (nil, nil): return nil
    }
  }

  private mutating func byWords(_ old: Entry?, _ mine: Entry, _ other: Entry) -> ArraySlice<UInt8>?
  {
    func words(_ text: Text, _ entry: Entry, _ interning: inout Interning) -> WordMerge.Words {
      WordMerge.Words(text.bytes, entry.lines, atoms: [], interning: &interning)
    }
    let (our, their) = (words(ours, mine, &interning), words(theirs, other, &interning))
    let shared = old.map { words(base, $0, &interning) } ?? our.shared(with: their)
    if old == nil {
      // Both made the note: who says more has gone on where the other stopped.
      let (mineSays, otherSays) = (our.said, their.said)
      if otherSays.isSubsequence(of: mineSays) { return ours.bytes[mine.lines] }
      if mineSays.isSubsequence(of: otherSays) { return theirs.bytes[other.lines] }
    }
    // A name or a number is one thing; only of a sentence can two places be changed.
    guard shared.tokens.indices.count(where: { shared.isWord($0) }) > 4 else { return nil }
    guard
      let text = WordMerge.merge(
        base: shared, ours: our, theirs: their, mostRewritten: 0.5)
    else { return nil }
    guard let old else { return text[...] }
    let isBalanced = WordBalance.holds(
      base: base.bytes[old.lines], ours: ours.bytes[mine.lines],
      theirs: theirs.bytes[other.lines], merged: text[...], &interning)
    return isBalanced ? text[...] : nil
  }
}

/// Merges lists in a front matter as sets: what either side put in is there, what either took out is
/// not.
enum FrontmatterList {
  /// A list as it is written.
  private struct Written {
    /// Up to the first entry.
    var head: [UInt8]
    var items: [[UInt8]]
    var style: Style
    var end: [UInt8]
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
    _ key: String, _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8]
  ) -> [UInt8]? {
    let mayHaveCommas = commaKeys.contains(key.lowercased())
    guard let mine = read(ours, mayHaveCommas), let other = read(theirs, mayHaveCommas) else {
      return nil
    }
    let old =
      base.map { read($0, mayHaveCommas) }
      ?? Written(
        head: [], items: [], style: .empty, end: [])
    guard let old else { return nil }
    let names = old.items.map(name)
    let myNames = mine.items.map(name)
    let otherNames = other.items.map(name)
    // What both took out and replaced was given other words, and is no member of a set.
    let isReplaced = names.contains { !myNames.contains($0) && !otherNames.contains($0) }
    if isReplaced, !Set(myNames).isSubset(of: names), !Set(otherNames).isSubset(of: names) {
      return nil
    }
    let isMineKept = myNames.filter(names.contains) == names.filter(myNames.contains)
    // Kept entries in the order of the side that changed it, then what was put in.
    var result: [[UInt8]] = []
    var seen: Set<String> = []
    let (first, second) = isMineKept ? (other, mine) : (mine, other)
    for item in first.items + second.items {
      let name = name(item)
      let wasThere = names.contains(name)
      if wasThere, !myNames.contains(name) || !otherNames.contains(name) { continue }
      if wasThere, seen.insert(name).inserted { result.append(item) }
    }
    var added: [[UInt8]] = []
    for item in first.items + second.items where !names.contains(name(item)) {
      if seen.insert(name(item)).inserted { added.append(item) }
    }
    let onlyOne =
      Set(myNames).subtracting(names).isEmpty || Set(otherNames).subtracting(names).isEmpty
    if !onlyOne { added.sort { $0.lexicographicallyPrecedes($1) } }
    result += added
    // In the style of the side that changed it.
    let shape = mine.style == old.style || mine.style == .empty ? other : mine
    return write(result, shape)
  }

  private static func name(_ item: [UInt8]) -> String {
    var text = String(decoding: item, as: UTF8.self)[...]
    if let quote = text.first, quote == "\"" || quote == "'", text.count > 1, text.last == quote {
      text = text.dropFirst().dropLast()
    }
    return String(text)
  }

  private static func read(_ lines: [UInt8], _ mayHaveCommas: Bool) -> Written? {
    guard let colon = lines.firstIndex(of: UInt8(ascii: ":")) else { return nil }
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
      let inner = lines[start + 1..<end - 1]
      guard !inner.contains(where: { "[]{}\n#".utf8.contains($0) }) else { return nil }
      return Written(
        head: Array(lines[..<start]), items: split(inner), style: .brackets, end: tail)
    }
    if !lines[start].isLineEnd {
      guard mayHaveCommas, !lines[start..<end].contains(.newline),
        !lines[start..<end].contains(where: { "#{}\"'".utf8.contains($0) })
      else { return nil }
      return Written(
        head: Array(lines[..<start]), items: split(lines[start..<end]), style: .commas, end: tail)
    }
    var items: [[UInt8]] = []
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
        !item.contains(UInt8(ascii: ":")) || first == UInt8(ascii: "\"")
      else { return nil }
      items.append(item)
    }
    return Written(
      head: Array(lines[..<start]), items: items, style: .lines(indent: indent ?? 2), end: tail)
  }

  private static func split(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
    text.split(separator: UInt8(ascii: ",")).map { part in
      var part = part.drop { $0.isBlank }
      while let last = part.last, last.isBlank { part.removeLast() }
      return Array(part)
    }.filter { !$0.isEmpty }
  }

  private static func write(_ items: [[UInt8]], _ shape: Written) -> [UInt8] {
    let joined = Array(items.joined(separator: Array(", ".utf8)))
    switch shape.style {
    case .brackets: return shape.head + Array("[".utf8) + joined + Array("]".utf8) + shape.end
    case .commas, .empty: return shape.head + joined + shape.end
    case .lines(let indent):
      var text = shape.head
      for item in items {
        text += Array("\n".utf8) + Array(repeating: .space, count: indent) + Array("- ".utf8) + item
      }
      return text + shape.end
    }
  }
}
