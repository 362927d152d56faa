import Foundation
import TestSupport
import Testing

@testable import Markup

@Suite("merging two edits of a text made up at random")
struct MergedStructureTests {
  /// `NOTES_MERGES=100000` makes that many, and `NOTES_SEED=7` begins with that seed.
  static let seeds: [UInt64] = {
    let variables = ProcessInfo.processInfo.environment
    let first = variables["NOTES_SEED"].flatMap { UInt64($0) } ?? 1
    let count = variables["NOTES_MERGES"].flatMap { UInt64($0) } ?? 300
    return Array(first..<first + count)
  }()

  @Test("every paragraph, item, row and line is there once, where it may be, with its words")
  func structure() {
    var clean = 0
    for seed in Self.seeds {
      var random = SplitMix(seed: seed)
      let base = RandomText(&random)
      let (ours, theirs) = (base.edited("m", &random), base.edited("o", &random))
      let texts = [base.text, ours.text, theirs.text].map { Array($0.utf8) }
      let one = TextMerge(base: texts[0], ours: texts[1], theirs: texts[2])
      let two = TextMerge(base: texts[0], ours: texts[2], theirs: texts[1])
      var faults: [String] = []
      if one.text(.ours) != two.text(.theirs) { faults.append("it depends on the sides") }
      let merged = String(decoding: one.text(.ours), as: UTF8.self)
      if one.isClean {
        clean += 1
        faults += RandomText.faults(base, ours, theirs, merged)
      }
      #expect(
        faults.isEmpty,
        """
        seed \(seed): \(faults.joined(separator: "; "))
        \(base.text)=== ours
        \(ours.text)=== theirs
        \(theirs.text)=== merged
        \(merged)
        """)
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
}

/// A text of units that each begin with a name of their own.
private struct RandomText {
  struct Unit {
    var name: String
    var words: [String]
    var text: String { ([name] + words).joined(separator: " ") }
  }

  enum Kind: CaseIterable {
    case heading, paragraph, list, table, code
  }

  struct Block {
    var kind: Kind
    var units: [Unit]

    var text: String {
      switch kind {
      case .heading: "## \(units[0].text)\n"
      case .paragraph: "\(units[0].text).\n"
      case .list: units.map { "- \($0.text)\n" }.joined()
      case .table:
        "| \(units[0].text) | a |\n|---|---|\n"
          + units.dropFirst().map { "| \($0.text) | b |\n" }.joined()
      case .code: "```\n" + units.map { "\($0.text)\n" }.joined() + "```\n"
      }
    }
  }

  private var blocks: [Block] = []
  private var count = 0

  init(_ random: inout SplitMix) {
    for _ in 0..<2 + random.below(6) { blocks.append(block("u", &random)) }
  }

  var text: String { blocks.map(\.text).joined(separator: "\n") }

  private mutating func unit(_ mark: String, _ random: inout SplitMix) -> Unit {
    count += 1
    let name = "\(mark)\(count)"
    return Unit(name: name, words: (0..<3 + random.below(6)).map { "\(name)x\($0)" })
  }

  private mutating func block(_ mark: String, _ random: inout SplitMix) -> Block {
    let kind = Kind.allCases[random.below(5)]
    let isOne = kind == .heading || kind == .paragraph
    return Block(
      kind: kind, units: (0..<(isOne ? 1 : 2 + random.below(3))).map { _ in unit(mark, &random) })
  }

  func edited(_ mark: String, _ random: inout SplitMix) -> RandomText {
    var text = self
    text.count = 100
    for step in 0..<1 + random.below(3) {
      guard !text.blocks.isEmpty else { break }
      let at = random.below(text.blocks.count)
      let isOne = text.blocks[at].kind == .heading || text.blocks[at].kind == .paragraph
      let least = text.blocks[at].kind == .table ? 1 : 0
      let inside = random.below(text.blocks[at].units.count)
      switch random.below(8) {
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
      case 5 where !isOne && inside >= least && text.blocks[at].kind != .code:
        let unit = text.blocks[at].units.remove(at: inside)
        text.blocks[at].units.insert(
          unit, at: least + random.below(text.blocks[at].units.count + 1 - least))
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

  private var units: [String: (words: [String], kind: Kind)] {
    var found: [String: (words: [String], kind: Kind)] = [:]
    for block in blocks { for unit in block.units { found[unit.name] = (unit.words, block.kind) } }
    return found
  }

  static func faults(
    _ base: RandomText, _ ours: RandomText, _ theirs: RandomText, _ merged: String
  ) -> [String] {
    let (old, mine, other) = (base.units, ours.units, theirs.units)
    var lines: [String: [(kind: Kind, words: [String])]] = [:]
    var faults: [String] = []
    var (isCode, before) = (false, "")
    for line in merged.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      defer { before = line }
      if line.hasPrefix("```") { isCode.toggle() }
      let words = line.split { !$0.isLetter && !$0.isNumber }.map(String.init)
      guard let name = words.first, name.count > 1, name.dropFirst().allSatisfy(\.isNumber) else {
        continue
      }
      let kind: Kind =
        isCode
        ? .code
        : line.hasPrefix("## ")
          ? .heading : line.hasPrefix("- ") ? .list : line.hasPrefix("| ") ? .table : .paragraph
      let own =
        line.hasPrefix("| ") ? Array(words.dropFirst().dropLast()) : Array(words.dropFirst())
      lines[name, default: []].append((kind, own))
      let mayFollow: Bool =
        switch kind {
        case .code: true
        case .list: before.isEmpty || before.hasPrefix("- ")
        case .table: before.isEmpty || before.hasPrefix("|")
        case .heading, .paragraph: before.isEmpty
        }
      if !mayFollow { faults.append("\(name) follows \(before)") }
    }
    for name in Set(old.keys).union(mine.keys).union(other.keys).sorted() {
      let found = lines[name] ?? []
      let kept = [mine[name], other[name]].compactMap { $0 }
      let isGone = old[name] != nil && kept.count < 2
      if isGone {
        // What was edited so much that nobody knows it again is new, and stays.
        if let left = kept.first, left.words != old[name]?.words {
          if found.isEmpty { faults.append("\(name) was edited, and is gone") }
        } else if !found.isEmpty {
          faults.append("\(name) came back")
        }
        continue
      }
      guard found.count == 1, let only = found.first else {
        faults.append("\(name) is there \(found.count) times")
        continue
      }
      if only.kind != kept[0].kind { faults.append("\(name) is a \(only.kind)") }
      let before = old[name]?.words ?? kept[0].words
      let added = kept.flatMap(\.words).filter { !before.contains($0) }
      let removed = before.filter { word in kept.contains { !$0.words.contains(word) } }
      let expected = Set(before).subtracting(removed).union(added)
      if Set(only.words) != expected || only.words.count != expected.count {
        faults.append("\(name) says \(only.words)")
      }
    }
    return faults
  }
}
