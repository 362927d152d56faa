import Foundation
import TestSupport
import Testing

@testable import Markup

@Suite("merging two edits of a front matter made up at random")
struct MergedFrontmatterTests {
  /// `NOTES_MERGES=100000` makes that many, and `NOTES_SEED=7` begins with that seed.
  static let seeds = TestSupport.seeds("NOTES_MERGES", usually: 300)

  @Test("every key has what the side that changed it gave it; two different answers are a question")
  func keys() {
    var clean = 0
    for seed in Self.seeds {
      var random = SplitMix(seed: seed)
      let base = RandomMatter(&random)
      let (ours, theirs) = (base.edited("m", &random), base.edited("o", &random))
      let both = RandomMerge(base: base.text, ours: ours.text, theirs: theirs.text)
      let isClean = both.merge.isClean
      if isClean { clean += 1 }
      let other = String(decoding: both.merge.text(.theirs), as: UTF8.self)
      both.expect(
        [both.merged, other].flatMap {
          RandomMatter.faults(base, ours, theirs, $0, isClean: isClean)
        }, seed: seed)
    }
    #expect(clean * 3 > Self.seeds.count)
  }
}

/// A front matter of scalars, a sentence, a time, lists in three styles, a map and comments.
private struct RandomMatter {
  fileprivate enum Style: Int { case brackets, lines, flush }

  fileprivate struct Key {
    var name: String
    /// The comments before it.
    var comments: [String] = []
    var value: Value
  }

  fileprivate enum Value: Equatable {
    case word(String)
    case time(Int)
    case sentence([String], Manner)
    case list([String], Style)
    case map([String])
    case maps([[String]])
  }

  fileprivate enum Manner: Int { case plain, quoted, single, folded, literal }

  private var keys: [Key] = []
  private var end = "\n"

  /// Names that YAML wants quoted in one style of a list, or in all.
  fileprivate static let names = [
    "alpha", "beta", "gamma", "delta", "Smith, John", "C#", "two words", "it's", "a [b]",
    "key: value",
    "say \"so\"", "- dash", "#hash", "x", "ünï",
  ]

  init(_ random: inout SplitMix) {
    end = random.below(5) == 0 ? "\r\n" : "\n"
    keys.append(Key(name: "title", value: .word("first title")))
    for list in ["tags", "authors", "aliases"] where random.below(3) > 0 {
      keys.append(Key(name: list, value: Self.list(&random)))
    }
    if random.below(2) == 0 { keys.append(Key(name: "updated", value: .time(random.below(20)))) }
    if random.below(2) == 0 { keys.append(Key(name: "status", value: .word("draft"))) }
    if random.below(2) == 0 {
      let words = (1...8).map { "word\($0)" }
      let manner = Manner(rawValue: random.below(5)) ?? .plain
      keys.append(Key(name: "description", value: .sentence(words, manner)))
    }
    if random.below(3) == 0 {
      keys.append(Key(name: "links", value: .maps([["one", "two"], ["three", "four"]])))
    }
    if random.below(2) == 0 { keys.append(Key(name: "series", value: .map(["one", "two"]))) }
    for index in keys.indices where random.below(4) == 0 { keys[index].comments = ["c\(index)"] }
  }

  private static func list(_ random: inout SplitMix) -> Value {
    let names = names.shuffled(using: &random).prefix(random.below(4))
    return .list(Array(names), Style(rawValue: random.below(3)) ?? .lines)
  }

  /// The same after a few edits; `side` makes their words different from another's.
  func edited(_ side: String, _ random: inout SplitMix) -> RandomMatter {
    var matter = self
    for step in 0...random.below(3) {
      let index = random.below(matter.keys.count)
      switch random.below(8) {
      case 0:
        matter.keys.append(Key(name: "new\(side)\(step)", value: .word("value")))
      case 1 where matter.keys.count > 2: matter.keys.remove(at: index)
      case 2: matter.keys.swapAt(index, 0)
      case 3: matter.keys[index].comments.append("c\(side)\(step)")
      default: matter.keys[index].edit(side, step, &random)
      }
    }
    return matter
  }

  var text: String {
    let body = keys.map { $0.text }.joined()
    return "---\n\(body)---\n\nThe body.\n".replacing("\n", with: end)
  }

  /// What a merge got wrong.
  static func faults(
    _ base: RandomMatter, _ ours: RandomMatter, _ theirs: RandomMatter, _ merged: String,
    isClean: Bool
  ) -> [String] {
    let document = Document(merged)
    var faults: [String] = document.problems.map(\.message)
    guard let matter = document.frontmatter else { return faults + ["no front matter"] }
    if !String(decoding: document.bytes[document.body], as: UTF8.self).hasSuffix(
      "The body." + base.end)
    {
      faults.append("another body")
    }
    if base.end == "\r\n",
      merged.utf8.count(where: { $0 == 10 }) != merged.utf8.count(where: { $0 == 13 })
    {
      faults.append("line ends are mixed")
    }
    guard isClean else { return faults }
    let names = Set((base.keys + ours.keys + theirs.keys).map(\.name)).sorted()
    for name in names {
      let values = [base, ours, theirs].map { side in side.keys.first { $0.name == name }?.value }
      let found = matter[name]
      guard let expected = Value.merged(values[0], values[1], values[2]) else {
        faults.append("\(name) should be a question")
        continue
      }
      if !expected.contains(where: { $0 == found.map(Value.plain) }) {
        faults.append("\(name) is \(String(describing: found))")
      }
    }
    let comments = [base, ours, theirs].map { Set($0.keys.flatMap(\.comments)) }
    let kept = Set(
      merged.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("# ") }.map {
        String($0.dropFirst(2))
      })
    let added = comments[1].subtracting(comments[0]).union(comments[2].subtracting(comments[0]))
    let lost = added.subtracting(kept)
    if !lost.isEmpty { faults.append("lost comments \(lost.sorted())") }
    return faults
  }
}

extension RandomMatter.Key {
  fileprivate mutating func edit(_ side: String, _ step: Int, _ random: inout SplitMix) {
    switch value {
    case .word: value = .word("\(side) \(random.below(3))")
    case .time: value = .time(20 + random.below(30))
    case .sentence(var words, var manner):
      if random.below(3) == 0 {
        manner = RandomMatter.Manner(rawValue: random.below(5)) ?? .plain
      } else {
        let word = "\(side)\(step)"
        let forms = [word, word, word, word + ":", "#" + word, word + "'s", "\"\(word)\""]
        words[random.below(words.count)] = forms.randomElement(using: &random) ?? word
      }
      value = .sentence(words, manner)
    case .maps(var maps):
      if random.below(3) == 0 {
        maps.append(["\(side)\(step)", "new"])
      } else {
        maps[random.below(maps.count)][random.below(2)] = "\(side)\(step)"
      }
      value = .maps(maps)
    case .map(var values):
      values[random.below(values.count)] = "\(side)\(step)"
      value = .map(values)
    case .list(var items, var style):
      switch random.below(4) {
      case 0 where !items.isEmpty: items.remove(at: random.below(items.count))
      case 1: style = RandomMatter.Style(rawValue: random.below(3)) ?? .lines
      case 2:
        if let name = RandomMatter.names.randomElement(using: &random), !items.contains(name) {
          items.insert(name, at: random.below(items.count + 1))
        }
      default: items.append("\(side), \(step)")
      }
      value = .list(items, style)
    }
  }

  fileprivate var text: String {
    comments.map { "# \($0)\n" }.joined() + name + ":" + value.text + "\n"
  }
}

extension RandomMatter.Value {
  fileprivate var text: String {
    switch self {
    case .word(let word): " \(word)"
    case .time(let day): " 2025-01-01T\(10 + day / 10):\(day % 10)0"
    case .sentence(let words, let manner):
      switch manner {
      case .plain where words.allSatisfy { $0.allSatisfy { $0.isLetter || $0.isNumber } }:
        " " + words.joined(separator: " ")
      case .plain, .quoted:
        " \"" + words.joined(separator: " ").replacing("\"", with: "\\\"") + "\""
      case .single: " '" + words.joined(separator: " ").replacing("'", with: "''") + "'"
      case .folded: " >-\n  " + words.joined(separator: "\n  ")
      case .literal: " |-\n  " + words.joined(separator: " ")
      }
    case .maps(let maps):
      maps.map { "\n  - name: \($0[0])\n    place: \($0[1])" }.joined()
    case .map(let values):
      values.enumerated().map { "\n  k\($0.offset): \($0.element)" }.joined()
    case .list(let items, .brackets):
      " [" + items.map { Self.quoted($0, inBrackets: true) }.joined(separator: ", ") + "]"
    case .list(let items, let style):
      items.map { (style == .lines ? "\n  - " : "\n- ") + Self.quoted($0, inBrackets: false) }
        .joined()
    }
  }

  private static func quoted(_ name: String, inBrackets: Bool) -> String {
    let needs =
      name.contains(": ") || name.hasPrefix("#") || name.hasPrefix("- ")
      || inBrackets && name.contains { ",[]\"#".contains($0) }
    return needs ? "\"" + name.replacing("\"", with: "\\\"") + "\"" : name
  }

  /// What it is when it is read.
  fileprivate var read: [String] {
    switch self {
    case .word(let word): [word]
    case .time: [String(text.dropFirst())]
    case .sentence(let words, _): [words.joined(separator: " ")]
    case .maps(let maps): ["list"] + maps.flatMap { ["name=\($0[0])", "place=\($0[1])"] }.sorted()
    case .map(let values): values.enumerated().map { "k\($0.offset)=\($0.element)" }
    case .list(let items, _): items.isEmpty ? [""] : ["list"] + items.sorted()
    }
  }

  /// The same of what a merged text has.
  fileprivate static func plain(_ value: Frontmatter.Value) -> [String] {
    switch value {
    case .scalar(let text): [text]
    case .list(let items):
      items.isEmpty ? [""] : ["list"] + items.flatMap(plain).sorted()
    case .map(let entries): entries.map { "\($0.key)=\(plain($0.value).joined())" }
    }
  }

  /// What a key may be after a merge, as `read` has it, with nil for no such key; nil where nobody
  /// can know.
  fileprivate static func merged(_ base: Self?, _ ours: Self?, _ theirs: Self?) -> [[String]?]? {
    if ours?.read == base?.read { return [theirs?.read] }
    if theirs?.read == base?.read || ours?.read == theirs?.read { return [ours?.read] }
    guard let base, let ours, let theirs else { return nil }
    switch (base, ours, theirs) {
    case (.time, .time(let mine), .time(let other)): return [Self.time(max(mine, other)).read]
    case (.sentence(let old, _), .sentence(let mine, _), .sentence(let other, let manner)):
      return places(old, mine, other).map { [Self.sentence($0, manner).read] }
    case (.maps(let old), .maps(let mine), .maps(let other)):
      let words = places(
        old.flatMap(\.self), mine.prefix(old.count).flatMap(\.self),
        other.prefix(old.count).flatMap(\.self)
      ).map { $0 + (mine.dropFirst(old.count) + other.dropFirst(old.count)).flatMap(\.self) }
      return words.map { words in
        [
          Self.maps(stride(from: 0, to: words.count, by: 2).map { Array(words[$0...($0 + 1)]) })
            .read
        ]
      }
    case (.map(let old), .map(let mine), .map(let other)):
      return places(old, mine, other).map { [Self.map($0).read] }
    case (.list(let old, _), .list(let mine, _), .list(let other, _)):
      let kept = old.filter { mine.contains($0) && other.contains($0) }
      let added = Set(mine + other).subtracting(old)
      return [Self.list(kept + added.sorted(), .lines).read]
    default: return nil
    }
  }

  /// Rows of as many words, of which both changed some.
  private static func places(_ old: [String], _ mine: [String], _ other: [String]) -> [String]? {
    var merged = old
    for index in old.indices {
      if mine[index] != old[index], other[index] != old[index], mine[index] != other[index] {
        return nil
      }
      merged[index] = mine[index] == old[index] ? other[index] : mine[index]
    }
    return merged
  }
}
