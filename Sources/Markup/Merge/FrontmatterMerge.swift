/// Merges the front matter of three texts key by key.
///
/// Every key keeps the bytes it has on the side that changed it. Of two times at which the note was
/// changed the later one holds (of those of its creation the earlier), lists are merged as sets, and
/// other values by words if they have some (not in TOML); else the key is a question.
struct FrontmatterMerge {
  /// A key with its lines, and the comments and blank lines before it.
  struct Entry {
    var key: String
    var value: Frontmatter.Value
    var lines: Range<Int>
    var lead: Range<Int>
  }

  /// The front matter of one text, or one table of it in TOML.
  struct Text {
    var bytes: [UInt8] = []
    var entries: [Entry] = []
    var open: Range<Int> = 0..<0
    /// The comments and blank lines behind the last key.
    var tail: Range<Int> = 0..<0
    /// The closing line.
    var close: Range<Int> = 0..<0

    func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    func text(_ entry: Entry?) -> ArraySlice<UInt8>? { entry.map { bytes[$0.lines] } }
  }

  private let base: Text
  private let ours: Text
  private let theirs: Text
  private let isTOML: Bool
  private let interning: Interning

  /// The merged front matter with its two lines; nil when the three cannot be merged by key.
  static func merge(
    _ base: Document, _ ours: Document, _ theirs: Document, interning: Interning
  ) -> TextMerge? {
    guard let old = Text(base), let mine = Text(ours), let other = Text(theirs),
      !mine.bytes.isEmpty, !other.bytes.isEmpty
    else { return nil }
    return FrontmatterMerge(
      base: old, ours: mine, theirs: other, isTOML: false, interning: interning
    ).result()
  }

  /// A merged table of TOML, with its header.
  static func merge(
    table base: Text, _ ours: Text, _ theirs: Text, interning: Interning
  ) -> TextMerge {
    FrontmatterMerge(
      base: base, ours: ours, theirs: theirs, isTOML: true, interning: interning
    ).result()
  }

  private func result() -> TextMerge {
    var merge = TextMerge()
    merge.add(
      changed(base.bytes[base.open], ours.bytes[ours.open], theirs.bytes[theirs.open]))
    let order = Self.order(
      base.entries.map(\.key), ours.entries.map(\.key), theirs.entries.map(\.key))
    for key in order { add(key, to: &merge) }
    merge.add(
      comments(base.bytes[base.tail], ours.bytes[ours.tail], theirs.bytes[theirs.tail]))
    merge.add(
      changed(base.bytes[base.close], ours.bytes[ours.close], theirs.bytes[theirs.close]))
    return merge
  }

  /// Comments and blank lines: those that stand on both sides or are new on one.
  ///
  /// Two wordings that the sides gave to one comment both stand, which loses nothing and breaks
  /// nothing.
  private func comments(
    _ base: ArraySlice<UInt8>, _ ours: ArraySlice<UInt8>, _ theirs: ArraySlice<UInt8>
  ) -> [UInt8] {
    if ours == base || ours == theirs { return Array(theirs) }
    if theirs == base { return Array(ours) }
    let lines = [base, ours, theirs].map {
      $0.split(separator: .newline, omittingEmptySubsequences: false).dropLast()
    }
    let kept = lines[1].filter { !lines[0].contains($0) || lines[2].contains($0) }
    let added = lines[2].filter { line in
      !line.allSatisfy(\.isBlank) && !lines[0].contains(line) && !lines[1].contains(line)
    }
    return (kept + added).flatMap { $0 + [.newline] }
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
  static func order(_ old: [String], _ mine: [String], _ other: [String]) -> [String] {
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

  private static func insert(_ key: String, behind order: [String], _ keys: inout [String]) {
    let before = order.prefix { $0 != key }.last { keys.contains($0) }
    let at = before.flatMap(keys.firstIndex(of:)).map { $0 + 1 } ?? 0
    keys.insert(key, at: at)
  }

  private func add(_ key: String, to merge: inout TextMerge) {
    let (old, mine, other) = (base.entry(key), ours.entry(key), theirs.entry(key))
    let (oldText, myText, otherText) = (base.text(old), ours.text(mine), theirs.text(other))
    func lead(_ text: Text, _ entry: Entry?) -> ArraySlice<UInt8> {
      entry.map { text.bytes[$0.lead] } ?? []
    }
    merge.add(comments(lead(base, old), lead(ours, mine), lead(theirs, other)))
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
      } else if let value = mergedValue(key, old, mine, other) {
        merge.add(value)
      } else {
        merge.parts.append(
          .conflict(
            TextMerge.Conflict(
              base: Array(oldText ?? []), ours: Array(text), theirs: Array(otherText))))
      }
    }
  }

  private func mergedValue(
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
      if Self.tellsOfTheNote(key), let (first, second) = Self.times(myText, otherText) {
        let isCreation = key.lowercased().contains("creat")
        let isOurs = isCreation ? first < second : first > second
        return isOurs ? ours.bytes[mine.lines] : theirs.bytes[other.lines]
      }
    }
    if let list = FrontmatterList.merge(
      key, old.map { Array(base.bytes[$0.lines]) }, Array(ours.bytes[mine.lines]),
      Array(theirs.bytes[other.lines]), isTOML: isTOML)
    {
      return list[...]
    }
    if isTOML { return nil }
    func words(_ text: Text, _ entry: Entry) -> FrontmatterWords.Entry {
      FrontmatterWords.Entry(
        key: key, value: entry.value, lines: Array(text.bytes[entry.lines]))
    }
    return FrontmatterWords.merge(
      old.map { words(base, $0) }, words(ours, mine), words(theirs, other), interning: interning
    )?[...]
  }

  /// Whether the times of a key say when the note was made or touched, so that one of two is right.
  ///
  /// Of two that people chose, such as of a key `due`, neither is.
  private static func tellsOfTheNote(_ key: String) -> Bool {
    let key = key.lowercased()
    func has(_ parts: [String]) -> Bool { parts.contains { key.contains($0) } }
    if has([
      "updat", "modif", "creat", "edit", "chang", "lastmod", "touch", "sync", "review", "revis",
      "seen",
    ]) {
      return true
    }
    let isChosen = has([
      "due", "dead", "start", "begin", "end", "until", "expir", "event", "schedul", "remind",
      "birth", "idea", "publi", "releas",
    ])
    return has(["date", "time"]) && !isChosen
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
}

extension FrontmatterMerge.Text {
  init?(_ document: Document) {
    self.init()
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
        FrontmatterMerge.Entry(
          key: entry.key, value: entry.value, lines: lines, lead: last..<lines.lowerBound))
      last = lines.upperBound
    }
    tail = last..<max(last, matter.content.upperBound)
    close = tail.upperBound..<matter.range.upperBound
  }
}
