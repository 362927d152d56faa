internal import Markup
internal import Vault

/// A passage of a note.
public struct Snippet: Sendable, Equatable {
  /// The passage as it stands in the file, on one line; `…` where more stood before or behind.
  public let text: String
  /// The line of the file on which it begins, counted from 1.
  public let line: Int
  /// The line on which the first of the words in `text` stands; `line` where there are none.
  public let matchLine: Int
  /// The heading it stands under.
  public let heading: String?
  /// Where in `text` the words are, in UTF-8 bytes.
  public let ranges: [Range<Int>]
}

/// Finds the passages of a note that fit a search best.
///
/// The index does not hold the text, so it is read from the file, which also shows whether it still
/// holds what was found. The words are cut as they were for the index.
struct PassageFinder {
  /// A word or phrase to mark, and how much it tells.
  private struct Mark {
    let words: [String]
    let isPrefix: Bool
    let atom: Int
    let weight: Double
  }

  /// Marks by their first word.
  private var marks: [String: [Mark]] = [:]
  private var beginnings: [Mark] = []
  private var formulas: [(words: [String], atom: Int, weight: Double)] = []

  /// Of each byte, whether words to mark begin with it; `nil` where phrases are among them, which ask of
  /// all words.
  private var firsts: [Bool]? = Array(repeating: false, count: 256)

  private let patterns: [Pattern]

  /// What some atoms are found by, and the patterns beside them.
  init(_ answers: [Ranking.Answer], patterns: [Pattern]) {
    self.init(
      answers.map { ($0.atom, max(0.1, Double($0.idf)), $0.isSubstituted) }, patterns: patterns)
  }

  /// The same of atoms with what each tells, and whether what is like it stands for it.
  init(_ atoms: [(atom: Atom, weight: Double, isSubstituted: Bool)], patterns: [Pattern] = []) {
    self.patterns = patterns
    for (index, entry) in atoms.enumerated() where !entry.atom.isSign {
      for form in entry.atom.forms {
        let share =
          switch form.role {
          case .exact: 1.0
          case .form: 0.9
          case .loose: entry.isSubstituted ? 0.9 : 0.1
          }
        let weight = entry.weight * share
        if form.column == "tex" {
          formulas.append((form.words, index, weight))
          continue
        }
        if form.column == "title" && form.role == .loose { continue }
        let mark = Mark(words: form.words, isPrefix: form.isPrefix, atom: index, weight: weight)
        if form.isPrefix, form.words.count == 1 {
          beginnings.append(mark)
        } else if let first = form.words.first {
          marks[first, default: []].append(mark)
        }
        if form.words.count > 1 { firsts = nil }
        if let first = form.words.first?.utf8.first { firsts?[Int(first)] = true }
      }
    }
  }

  /// The best passages of a note, at most `count`, the best first; where none has any of the words, the
  /// entry of the front matter that has, else the first paragraph: they may stand in the title.
  func best(_ document: Document, count: Int) -> [Snippet] {
    var found: [(passage: Passage, score: Double, ranges: [Range<Int>])] = []
    func take(_ passage: Passage) {
      let (score, ranges) = look(passage, of: document)
      if score > 0 { found.append((passage, score, ranges)) }
    }
    var lead: Passage?
    var headings = document.headings[...]
    var heading: String?
    for block in document.blocks where block.kind != .heading && block.kind != .thematicBreak {
      while let next = headings.first, next.line <= block.line {
        heading = next.text
        headings = headings.dropFirst()
      }
      let range = block.range.clamped(to: document.bytes.indices)
      let passage = Passage(range: range, line: block.line, heading: heading)
      if lead == nil, block.kind == .paragraph { lead = passage }
      take(passage)
    }
    if found.isEmpty {
      for (range, line) in document.frontmatter?.saidLines ?? [] {
        let last = document.bytes[range].lastIndex { $0 != 0x0A && $0 != 0x0D } ?? range.lowerBound
        take(Passage(range: range.lowerBound..<last + 1, line: line, heading: nil))
      }
    }
    // Of equally good ones the first in the text.
    let order = found.indices.sorted {
      found[$0].score == found[$1].score ? $0 < $1 : found[$0].score > found[$1].score
    }
    let best = order.prefix(count).map { snippet(found[$0].passage, document, found[$0].ranges) }
    if !best.isEmpty { return best }
    return lead.map { [snippet($0, document, [])] } ?? []
  }

  private struct Passage {
    let range: Range<Int>
    let line: Int
    let heading: String?
  }

  /// How much of what is looked for a passage has, and where in it, in order.
  private func look(
    _ passage: Passage, of document: Document
  ) -> (score: Double, ranges: [Range<Int>]) {
    let range = passage.range
    let bytes = Array(document.bytes[range])
    var (score, ranges) = look(bytes)
    for formula in document.math where formula.content.overlaps(range) {
      let gained = look(formula: Array(document.bytes[formula.content]))
      if gained > 0 {
        score += gained
        let marked = formula.content.clamped(to: range)
        ranges.append(
          (marked.lowerBound - range.lowerBound)..<(marked.upperBound - range.lowerBound))
      }
    }
    for pattern in patterns {
      let matches = (try? pattern.matches(in: bytes, limit: 20)) ?? []
      if !matches.isEmpty { score += 1 }
      ranges += matches.filter { !$0.isEmpty }
    }
    return (score, ranges.sorted { $0.lowerBound < $1.lowerBound })
  }

  private func snippet(
    _ passage: Passage, _ document: Document, _ ranges: [Range<Int>]
  ) -> Snippet {
    let window = Window.cut(onOneLine(document.bytes[passage.range]), around: Self.joined(ranges))
    let first = window.ranges.first.map { passage.range.lowerBound + $0.lowerBound - window.shift }
    let before = passage.range.lowerBound..<(first ?? passage.range.lowerBound)
    return Snippet(
      text: window.text, line: passage.line,
      matchLine: passage.line + document.bytes[before].count { $0 == 0x0A },
      heading: passage.heading, ranges: window.ranges)
  }

  /// Ranges in order, those that touch made one.
  private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var joined: [Range<Int>] = []
    for range in ranges {
      if let last = joined.last, range.lowerBound < last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  /// How much of what is looked for some text has, each word once and a little for more of it, and
  /// where; less in a longer text.
  private func look(_ bytes: [UInt8]) -> (score: Double, ranges: [Range<Int>]) {
    if marks.isEmpty, beginnings.isEmpty { return (0, []) }
    let (words, count) = Words.ranges(in: bytes, where: firsts)
    var ranges: [Range<Int>] = []
    var best: [Int: Double] = [:]
    var more = 0.0
    func take(_ mark: Mark, _ from: Int, _ to: Int) {
      ranges.append(words[from].range.lowerBound..<words[to].range.upperBound)
      more += mark.weight
      best[mark.atom] = max(best[mark.atom] ?? 0, mark.weight)
    }
    for (place, entry) in words.enumerated() {
      for mark in marks[entry.word] ?? [] {
        let end = place + mark.words.count
        guard end <= words.count else { continue }
        let isThere = (1..<max(1, mark.words.count)).allSatisfy { offset in
          let word = words[place + offset].word
          return mark.isPrefix && offset == mark.words.count - 1
            ? word.hasPrefix(mark.words[offset]) : word == mark.words[offset]
        }
        if isThere { take(mark, place, end - 1) }
      }
      for mark in beginnings where entry.word.hasPrefix(mark.words[0]) { take(mark, place, place) }
    }
    if best.isEmpty { return (0, []) }
    // In one order: sums of fractions in another one could differ.
    let all = best.keys.sorted().reduce(0) { $0 + (best[$1] ?? 0) }
    // A long block is a worse passage, and one all the same.
    let length = Double(max(20, count))
    return (all / (1 + length / 5_000) + 0.3 * more / (more + all) * all, ranges)
  }

  private func look(formula: [UInt8]) -> Double {
    if formulas.isEmpty { return 0 }
    let words = TeXWords.all(String(decoding: formula, as: UTF8.self))
    var sum = 0.0
    for wanted in formulas where words.count >= wanted.words.count {
      let isThere = (0...(words.count - wanted.words.count)).contains { start in
        words[start..<(start + wanted.words.count)].elementsEqual(wanted.words)
      }
      if isThere { sum += wanted.weight }
    }
    return sum
  }
}
