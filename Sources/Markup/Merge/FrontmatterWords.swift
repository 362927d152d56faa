/// Merges a value of the front matter by its words, whichever marks it is written with.
///
/// What is put together is read back: the marks of one side around the words of the other may be no
/// YAML, or YAML that says something else. Then it is written as the side has it whose words it is,
/// or in double quotes.
struct FrontmatterWords {
  /// A key as one text has it.
  struct Entry {
    let key: String
    let value: Frontmatter.Value
    let lines: [UInt8]
  }

  private let base: Entry?
  private let ours: Entry
  private let theirs: Entry
  private var interning: Interning

  /// The merged lines of a key; nil when it is a question.
  static func merge(
    _ base: Entry?, _ ours: Entry, _ theirs: Entry, interning: Interning
  ) -> [UInt8]? {
    var merge = FrontmatterWords(base: base, ours: ours, theirs: theirs, interning: interning)
    return merge.merged()
  }

  private mutating func merged() -> [UInt8]? {
    if base == nil {
      // Both made the note: who says more has gone on where the other stopped.
      let (mineSays, otherSays) = (words(ours.lines).said, words(theirs.lines).said)
      if otherSays.isSubsequence(of: mineSays) { return ours.lines }
      if mineSays.isSubsequence(of: otherSays) { return theirs.lines }
    }
    let joined = byWords(base?.lines, ours.lines, theirs.lines)
    let said: Frontmatter.Value
    if base?.value == ours.value {
      said = theirs.value
    } else if base?.value == theirs.value {
      said = ours.value
    } else if case .scalar(let mine) = ours.value, case .scalar(let other) = theirs.value,
      let old = Self.text(base)
    {
      guard let text = mergedText(old, mine, other) else { return nil }
      said = .scalar(text)
    } else {
      guard let joined, isWhole(joined) else { return nil }
      return joined
    }
    return ([joined].compactMap(\.self) + written(said)).first { says($0, said) }
  }

  /// The text of the base, or an empty one where there is none; nil for a list or a map.
  private static func text(_ base: Entry?) -> String?? {
    guard let base else { return .some(nil) }
    if case .scalar(let text) = base.value { return text }
    return nil
  }

  // MARK: By words

  private mutating func words(_ bytes: [UInt8]) -> WordMerge.Words {
    WordMerge.Words(bytes, bytes.indices, atoms: [], interning: &interning)
  }

  private mutating func byWords(
    _ old: [UInt8]?, _ mine: [UInt8], _ other: [UInt8]
  ) -> [UInt8]? {
    let (our, their) = (words(mine), words(other))
    let shared = old.map { words($0) } ?? our.shared(with: their)
    // A name or a number is one thing; only of a sentence can two places be changed.
    guard shared.tokens.indices.count(where: { shared.isWord($0) }) > 4,
      let text = WordMerge.merge(base: shared, ours: our, theirs: their, mostRewritten: 0.5),
      old.map({ isBalanced($0, mine, other, text) }) ?? true
    else { return nil }
    return text
  }

  private mutating func isBalanced(
    _ old: [UInt8], _ mine: [UInt8], _ other: [UInt8], _ text: [UInt8]
  ) -> Bool {
    WordBalance.holds(
      base: old[...], ours: mine[...], theirs: other[...], merged: text[...], &interning)
  }

  /// What the values are together, without the marks around them.
  private mutating func mergedText(_ old: String?, _ mine: String, _ other: String) -> String? {
    // The key counts among the words, as it does where the lines are merged.
    let key = Array("\(ours.key): ".utf8)
    let text = byWords(
      old.map { key + Array($0.utf8) }, key + Array(mine.utf8), key + Array(other.utf8))
    guard let text, text.starts(with: key) else { return nil }
    return String(decoding: text.dropFirst(key.count), as: UTF8.self)
  }

  // MARK: In other marks

  /// The lines of the side whose value it is, and those in double quotes, with the comment that both
  /// sides made of the old one.
  private mutating func written(_ said: Frontmatter.Value) -> [[UInt8]] {
    guard let base else { return [] }
    let sides = [ours, theirs].filter { $0.value == said }
    guard let old = base.end, let mine = ours.end, let other = theirs.end else {
      return sides.map(\.lines).filter { isBalanced(base.lines, ours.lines, theirs.lines, $0) }
    }
    let (oldEnd, myEnd, otherEnd) = (
      base.lines[old...], ours.lines[mine...], theirs.lines[other...]
    )
    guard myEnd == oldEnd || otherEnd == oldEnd || myEnd == otherEnd else { return [] }
    let end = myEnd == oldEnd ? otherEnd : myEnd
    var found = sides.map { $0.lines[..<($0.end ?? 0)] + end }.map { Array($0) }
    if case .scalar(let text) = said, let start = ours.start {
      found.append(ours.lines[..<start] + Array(Frontmatter.inQuotes(text).utf8) + end)
    }
    return found
  }

  // MARK: Read back

  private func says(_ lines: [UInt8], _ said: Frontmatter.Value) -> Bool {
    guard let value = Self.read(lines) else { return false }
    if case .scalar(let text) = value, case .scalar(let expected) = said {
      let isSame =
        text.split(whereSeparator: \.isWhitespace)
        == expected.split(whereSeparator: \.isWhitespace)
      if !isSame { return false }
    } else if value != said {
      return false
    }
    return !Self.isCut(lines, value) || Self.isCut(ours.lines, ours.value)
      || Self.isCut(theirs.lines, theirs.value)
  }

  /// Whether YAML itself takes words for a comment that our reader takes for words, as in `C# #1`.
  private static func isCut(_ lines: [UInt8], _ value: Frontmatter.Value) -> Bool {
    guard case .entries(let found, _) = YAML.read(String(decoding: lines, as: UTF8.self)) else {
      return true
    }
    return found.map(\.value) != [value]
  }

  private static func read(_ lines: [UInt8]) -> Frontmatter.Value? {
    let fence = Array("---\n".utf8)
    let document = Document(bytes: fence + lines + fence)
    guard document.problems.isEmpty, let matter = document.frontmatter, matter.entries.count == 1
    else { return nil }
    return matter.entries[0].value
  }

  /// Whether lines of a list or a map that were merged by words are YAML with the words of both sides,
  /// each as far to the right and beginning as on a side.
  private mutating func isWhole(_ text: [UInt8]) -> Bool {
    func beginnings(_ text: [UInt8]) -> Set<ArraySlice<UInt8>> {
      Set(
        text.split(separator: .newline).map { line in
          let word = line.drop { $0.isSpaceOrTab || $0 == UInt8(ascii: "-") }
          return line[..<(word.firstIndex(where: \.isBlank) ?? word.endIndex)]
        })
    }
    func leaves(_ value: Frontmatter.Value) -> [UInt8] {
      Array(value.texts.joined(separator: "\n").utf8)
    }
    guard let value = Self.read(text) else { return false }
    if text.dropLast().contains(.newline) {
      let known = beginnings(ours.lines).union(beginnings(theirs.lines))
      guard beginnings(text).isSubset(of: known) else { return false }
    }
    guard let base else { return true }
    return isBalanced(
      leaves(base.value), leaves(ours.value), leaves(theirs.value), leaves(value))
  }
}

extension FrontmatterWords.Entry {
  /// Where the value begins, behind the key and its colon.
  fileprivate var start: Int? {
    guard lines.starts(with: (key + ":").utf8) else { return nil }
    return lines[(key.utf8.count + 1)...].firstIndex { !$0.isSpaceOrTab }
  }

  /// Where a text on one line ends, before a comment and the line's end; nil for anything else.
  fileprivate var end: Int? {
    guard let start, case .scalar(let text) = value, !lines.dropLast().contains(.newline) else {
      return nil
    }
    let rest = lines[start...]
    if let quoted = FrontmatterList.end(ofQuoted: rest) { return quoted }
    return !text.isEmpty && rest.starts(with: text.utf8) ? start + text.utf8.count : nil
  }
}
