import Foundation
import TestSupport
import Testing

@testable import Markup

@Suite("merging two edits of a text made up at random")
struct MergedStructureTests {
  /// `NOTES_MERGES=100000` makes that many, and `NOTES_SEED=7` begins with that seed.
  static let seeds = TestSupport.seeds("NOTES_MERGES", usually: 300)

  @Test("every paragraph, item, row and line is there once, where it may be, with its words")
  func structure() {
    var clean = 0
    for seed in Self.seeds {
      var random = SplitMix(seed: seed)
      let base = RandomText(&random)
      let (ours, theirs) = (base.edited("m", &random), base.edited("o", &random))
      let both = RandomMerge(base: base.text, ours: ours.text, theirs: theirs.text)
      if both.merge.isClean { clean += 1 }
      both.expect(
        both.merge.isClean ? RandomText.faults(base, ours, theirs, both.merged) : [],
        seed: seed)
    }
    #expect(clean * 3 > Self.seeds.count)
  }

  @Test(
    "a text is torn where a line is code, or a row, that was prose on both sides, or the other way",
    arguments: [
      ("```\nlet one = 1\n```\n\nSome prose.\n\n| table |\n|---|\n| a row |\n", false),
      ("Other prose.\n\n- Some prose.\n\n```\nlet one = 1\n```\n", false),
      ("```\nlet one = 1\n\nSome prose.\n", true),
      ("let one = 1\n```\n\nSome prose.\n", true),
      ("Some prose.\n\n| a row |\n", true),
      ("| table |\n|---|\n| a row |\nSome prose.\n", true),
      ("<p>Words\nSome prose.\n", true),
    ])
  func torn(merged: String, isTorn: Bool) {
    let text = "```\nlet one = 1\n```\n\nSome prose.\n\n| table |\n|---|\n| a row |\n"
    let kinds = LineKinds(Document(text))
    #expect(LineKinds.areTorn(in: Document(merged), kinds, kinds) == isTorn)
  }

  @Test(
    "a fence that one side put around what the other edited is no tear",
    arguments: [
      "```\nThe first.\n\nThe second, edited.\n\nThe third.\n```\n",
      "```\nThe first.\n\nThe second, edited.\n```\n\nThe third.\n",
    ])
  func fenced(fenced: String) {
    let plain = fenced.replacing("```\n", with: "")
    let merge = TextMerge(
      base: Array(plain.replacing(", edited", with: "").utf8), ours: Array(plain.utf8),
      theirs: Array(fenced.replacing(", edited", with: "").utf8))
    #expect(merge.isClean)
    #expect(String(decoding: merge.text(.ours), as: UTF8.self) == fenced)
  }
}

/// A text of units that each begin with a name of their own.
private struct RandomText {
  struct Unit {
    var name: String
    var words: [String]
    var isDone = false
    var text: String { ([name] + words).joined(separator: " ") }
  }

  enum Kind: CaseIterable {
    case heading, paragraph, list, table, code, ordered, nested, quote, task, loose, callout, math

    var isOne: Bool { self == .heading || self == .paragraph }
    var isByLine: Bool { self == .code || self == .math }
    /// How many units stay where they are, and stay.
    var fixed: Int { [.table, .nested, .callout].contains(self) ? 1 : 0 }
  }

  struct Block {
    var kind: Kind
    var units: [Unit]
    /// After how many words a paragraph goes on in a new line.
    var width = 5

    var text: String {
      switch kind {
      case .heading: "## \(units[0].text)\n"
      case .paragraph: "\(wrapped(units[0].text)).\n"
      case .list: units.map { "- \($0.text)\n" }.joined()
      case .table:
        "| \(units[0].text) | a |\n|---|---|\n"
          + units.dropFirst().map { "| \($0.text) | b |\n" }.joined()
      case .code: "```\n" + units.map { "\($0.text)\n" }.joined() + "```\n"
      case .ordered: units.enumerated().map { "\($0 + 1). \($1.text)\n" }.joined()
      case .nested:
        "- \(units[0].text)\n" + units.dropFirst().map { "  - \($0.text)\n" }.joined()
      case .task: units.map { "- [\($0.isDone ? "x" : " ")] \($0.text)\n" }.joined()
      case .loose: units.map { "- \($0.text)\n" }.joined(separator: "\n")
      case .callout:
        "> [!note] \(units[0].text)\n"
          + units.dropFirst().map { ">\n> \($0.text)\n" }.joined()
      case .math: "$$\n" + units.map { "\($0.text)\n" }.joined() + "$$\n"
      case .quote: units.map { "> \($0.text)\n" }.joined(separator: ">\n")
      }
    }

    private func wrapped(_ text: String) -> String {
      let words = text.split(separator: " ")
      return stride(from: 0, to: words.count, by: width)
        .map { words[$0..<min($0 + width, words.count)].joined(separator: " ") }
        .joined(separator: "\n")
    }
  }

  private var blocks: [Block] = []
  private var count = 0
  private var end = "\n"

  init(_ random: inout SplitMix) {
    if random.below(8) == 0 { end = "\r\n" }
    for _ in 0..<2 + random.below(6) { blocks.append(block("u", &random)) }
  }

  var text: String { blocks.map(\.text).joined(separator: "\n").replacing("\n", with: end) }

  private mutating func unit(_ mark: String, _ random: inout SplitMix) -> Unit {
    count += 1
    let name = "\(mark)\(count)"
    return Unit(name: name, words: (0..<3 + random.below(6)).map { "\(name)x\($0)" })
  }

  private mutating func block(_ mark: String, _ random: inout SplitMix) -> Block {
    let kind = Kind.allCases[random.below(Kind.allCases.count)]
    return Block(
      kind: kind,
      units: (0..<(kind.isOne ? 1 : 2 + random.below(3))).map { _ in unit(mark, &random) })
  }

  func edited(_ mark: String, _ random: inout SplitMix) -> RandomText {
    var text = self
    text.count = 100
    for step in 0..<1 + random.below(3) {
      guard !text.blocks.isEmpty else { break }
      let at = random.below(text.blocks.count)
      let (isOne, least) = (text.blocks[at].kind.isOne, text.blocks[at].kind.fixed)
      let inside = random.below(text.blocks[at].units.count)
      switch random.below(9) {
      case 0:
        let block = text.block(mark, &random)
        text.blocks.insert(block, at: random.below(text.blocks.count + 1))
      case 1 where !isOne:
        let unit = text.unit(mark, &random)
        text.blocks[at].units.insert(
          unit, at: least + random.below(text.blocks[at].units.count + 1 - least))
      case 2 where isOne: text.blocks.remove(at: at)
      case 3 where !isOne && inside >= least && text.blocks[at].units.count > least + 1:
        text.blocks[at].units.remove(at: inside)
      case 4:
        let block = text.blocks.remove(at: at)
        text.blocks.insert(block, at: random.below(text.blocks.count + 1))
      case 5 where !isOne && inside >= least && !text.blocks[at].kind.isByLine:
        let unit = text.blocks[at].units.remove(at: inside)
        text.blocks[at].units.insert(
          unit, at: least + random.below(text.blocks[at].units.count + 1 - least))
      case 6 where text.blocks[at].kind == .task: text.blocks[at].units[inside].isDone = true
      case 6 where text.blocks[at].kind == .paragraph:
        text.blocks[at].width = 3 + random.below(3)
      default:
        let words = text.blocks[at].units[inside].words
        let place = random.below(words.count + 1)
        if place < words.count, random.below(2) == 0 {
          text.blocks[at].units[inside].words[place] = "\(mark)e\(step)"
        } else {
          text.blocks[at].units[inside].words.insert("\(mark)e\(step)", at: place)
        }
      }
    }
    return text
  }

  // MARK: What is wrong with a merge

  private struct Line {
    /// What stands before the name: a marker, but for its number.
    var mark: String
    var words: [String]
    var before: String
    var isCode: Bool
  }

  /// The lines that begin with the name of a unit, and the words of those that go on with it.
  private static func lines(_ text: String) -> [String: [Line]] {
    var found: [String: [Line]] = [:]
    var (isCode, before, last) = (false, "", "")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      defer { before = line }
      if line.hasPrefix("```") || line == "$$" { isCode.toggle() }
      let bare = line.replacing("[!note]", with: "").replacing("[x]", with: "")
      var words = bare.split { !$0.isLetter && !$0.isNumber }.map(String.init)
      if words.first.map({ Int($0) != nil }) == true { words.removeFirst() }
      if let name = words.first, name.count > 1, name.dropFirst().allSatisfy(\.isNumber),
        let range = line.range(of: name)
      {
        last = name
        found[name, default: []].append(
          Line(
            mark: line[..<range.lowerBound].filter { !$0.isNumber },
            words: Array(line.hasPrefix("|") ? words[1..<words.count - 1] : words[1...]),
            before: before, isCode: isCode))
      } else if !words.isEmpty, let count = found[last]?.count {
        found[last]?[count - 1].words += words
      }
    }
    return found
  }

  static func faults(
    _ base: RandomText, _ ours: RandomText, _ theirs: RandomText, _ merged: String
  ) -> [String] {
    let (old, mine, other) = (lines(base.plain), lines(ours.plain), lines(theirs.plain))
    var faults: [String] = []
    let plain = merged.replacing("\r\n", with: "\n")
    if base.end == "\r\n", merged.replacing("\r\n", with: "").contains("\n") {
      faults.append("a line ends otherwise")
    }
    let found = lines(plain)
    for (name, all) in found {
      for line in all where !line.isCode {
        let (mark, before) = (line.mark.filter { $0 != " " }, line.before)
        let start = before.trimmingCharacters(in: .whitespaces).prefix(1)
        let isRight: Bool =
          switch mark {
          case "-", "-[]", "-[x]": start.isEmpty || start == "-"
          case ".": start.isEmpty || Int(start) != nil
          case "|": start.isEmpty || start == "|"
          case ">": start.isEmpty || before == ">"
          default: start.isEmpty
          }
        if !isRight { faults.append("\(name) follows \(before)") }
      }
    }
    for name in Set(old.keys).union(mine.keys).union(other.keys).sorted() {
      let now = found[name] ?? []
      let before = old[name]?.first?.words
      let kept = [mine[name]?.first, other[name]?.first].compactMap { $0 }
      if let before, kept.count < 2 {
        // What was edited so much that nobody knows it again is new, and stays.
        if let left = kept.first, left.words != before {
          if now.isEmpty { faults.append("\(name) was edited, and is gone") }
        } else if !now.isEmpty {
          faults.append("\(name) came back")
        }
        continue
      }
      guard now.count == 1, let only = now.first else {
        faults.append("\(name) is there \(now.count) times")
        continue
      }
      let changed = kept.filter { $0.mark != old[name]?.first?.mark }
      if !(changed.isEmpty ? kept : changed).contains(where: {
        $0.mark == only.mark && $0.isCode == only.isCode
      }) {
        faults.append("\(name) stands behind '\(only.mark)'")
      }
      let words = before ?? kept[0].words
      let added = kept.flatMap(\.words).filter { !words.contains($0) }
      let removed = words.filter { word in kept.contains { !$0.words.contains(word) } }
      let expected = Set(words).subtracting(removed).union(added)
      if Set(only.words) != expected || only.words.count != expected.count {
        faults.append("\(name) says \(only.words)")
      }
    }
    return faults
  }

  private var plain: String { text.replacing("\r\n", with: "\n") }
}
