import Foundation
import TestSupport
import Testing

@testable import Markup

private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite("merging what a text defines by a name")
struct NamedDefinitionsTests {
  @Test("two footnotes that two machines gave one number are two footnotes with two numbers")
  func twoFootnotes() {
    #expect(
      merged(
        "Alpha is a claim.\n\nBeta is another.\n\nThe end.\n",
        "Alpha is a claim.[^1]\n\nBeta is another.\n\nThe end.\n\n[^1]: Shannon, a theory, 1948.\n",
        "Alpha is a claim.\n\nBeta is another.[^1]\n\nThe end.\n\n[^1]: A paper by Kolmogorov.\n")
        == "Alpha is a claim.[^2]\n\nBeta is another.[^1]\n\nThe end.\n\n[^1]: A paper by Kolmogorov.\n\n"
        + "[^2]: Shannon, a theory, 1948.\n")
  }

  @Test("a footnote with a name gets a number behind it, and a name that is taken is not taken")
  func namedFootnote() {
    #expect(
      merged(
        "One.\n\nTwo.[^Smith-2]\n\nThree.\n\n[^Smith-2]: Old.\n",
        "One.[^smith]\n\nTwo.[^Smith-2]\n\nThree.\n\n[^Smith-2]: Old.\n\n[^smith]: Yes, on birds.\n",
        "One.\n\nTwo.[^Smith-2]\n\nThree.[^smith]\n\n[^Smith-2]: Old.\n\n[^smith]: No: fishes!\n")
        == "One.[^smith-3]\n\nTwo.[^Smith-2]\n\nThree.[^smith]\n\n[^Smith-2]: Old.\n\n"
        + "[^smith-3]: Yes, on birds.\n\n[^smith]: No: fishes!\n")
  }

  @Test("a footnote may have the largest number there is")
  func largestNumber() {
    let label = "[^9223372036854775807]"
    #expect(
      merged(
        "One.\n\nTwo.\n\nThree.\n", "One.\(label)\n\nTwo.\n\nThree.\n\n\(label): Birds.\n",
        "One.\n\nTwo.\n\nThree.\(label)\n\n\(label): Fishes.\n")?
        .contains("[^9223372036854775807-2]: ") == true)
  }

  @Test("one footnote that both machines put in is there once")
  func sameFootnote() {
    #expect(
      merged(
        "A claim.\n\nMore.\n", "A claim.[^1]\n\nMore.\n\n[^1]: Shannon 1948.\n",
        "A claim.[^1]\n\nMore, and more.\n\n[^1]: Shannon 1948.\n")
        == "A claim.[^1]\n\nMore, and more.\n\n[^1]: Shannon 1948.\n")
  }

  @Test("two wordings of one footnote are a question, with no third name")
  func twoWordings() {
    let base = "A claim.\n\nMore.\n"
    let ours = "A claim.[^1]\n\nMore.\n\n[^1]: Shannon, a mathematical theory, page 4.\n"
    let theirs = "A claim.[^1]\n\nMore.\n\n[^1]: Shannon, a mathematical theory, page 5.\n"
    #expect(merged(base, ours, theirs) == nil)
    #expect(string(merge(base, ours, theirs).text(.ours)) == ours)
    #expect(string(merge(base, ours, theirs).text(.theirs)) == theirs)
  }

  @Test("a link's name that was given two targets is a question, wherever the two lines stand")
  func twoTargets() {
    let base = "See [x] and [y].\n\nText.\n\n[x]: http://a\n"
    let ours = "See [x] and [y].\n\nText.\n\n[x]: http://a\n[y]: http://one\n"
    let theirs = "See [x] and [y].\n\nText.\n\n[Y]: http://two\n[x]: http://a\n"
    #expect(merged(base, ours, theirs) == nil)
    let conflicts = merge(base, ours, theirs).conflicts
    #expect(conflicts.map { string($0.ours) } == ["[y]: http://one"])
    #expect(conflicts.map { string($0.theirs) } == ["[Y]: http://two"])
    let text = "See [x] and [y].\n\nText.\n\n[Y]: http://two\n[x]: http://a\n"
    #expect(string(merge(base, ours, theirs).text(.theirs)) == text)
  }

  @Test("a name that had two targets before is left as it was")
  func twofoldBefore() {
    let text = "See [x].\n\n[x]: http://a\n[x]: http://b\n\nThe end.\n"
    #expect(
      merged(text, text + "\nMore.\n", "A start.\n\n" + text)
        == "A start.\n\n" + text + "\nMore.\n")
  }

  @Test(
    "a definition that one side took away and the other needs is a question",
    arguments: [
      ("A claim[^1] and more.", "A claim and more.", "Another one.[^1]", "[^1]: Shannon 1948."),
      ("See [x].", "See it.", "Go to [X][].", "[x]: http://a \"A title\""),
    ])
  func needed(first: String, without: String, new: String, definition: String) {
    let base = "\(first)\n\nMiddle.\n\nEnd.\n\n\(definition)\n"
    let ours = "\(without)\n\nMiddle.\n\nEnd.\n"
    let theirs = "\(first)\n\nMiddle.\n\nEnd. \(new)\n\n\(definition)\n"
    #expect(merged(base, ours, theirs) == nil)
    let merge = merge(base, ours, theirs)
    #expect(string(merge.text(.ours)) == "\(without)\n\nMiddle.\n\nEnd. \(new)\n")
    #expect(
      string(merge.text(.theirs)) == "\(without)\n\nMiddle.\n\nEnd. \(new)\n\n\(definition)\n")
  }

  @Test("a definition that nothing refers to any more may go, and one whose mark its author left")
  func notNeeded() {
    let base = "A claim[^1] and [x].\n\nEnd.\n\n[^1]: Shannon 1948.\n[x]: http://a\n"
    #expect(
      merged(
        base, "A claim.\n\nEnd.\n",
        "A claim[^1] and [x].\n\nEnd, indeed.\n\n[^1]: Shannon 1948.\n[x]: http://a\n")
        == "A claim.\n\nEnd, indeed.\n")
    #expect(
      merged(
        base, "A claim[^1] and [x].\n\nEnd.\n",
        "A claim[^1] and [x].\n\nEnd, indeed.\n\n[^1]: Shannon 1948.\n[x]: http://a\n")
        == "A claim[^1] and [x].\n\nEnd, indeed.\n")
  }

  /// `NOTES_MERGES=100000` makes that many, and `NOTES_SEED=7` begins with that seed.
  static let seeds = TestSupport.seeds("NOTES_MERGES", usually: 200)

  @Test("every claim leads to its own source, whatever two machines did to the text")
  func ownSources() {
    var clean = 0
    for seed in Self.seeds {
      var random = SplitMix(seed: seed)
      let base = SourcedText(isFootnotes: seed.isMultiple(of: 2), &random)
      let (ours, theirs) = (base.edited(as: 1, &random), base.edited(as: 2, &random))
      let text = merged(base.text, ours.text, theirs.text)
      guard let text else { continue }
      clean += 1
      let wrong = base.claimsWithoutTheirSource(in: text)
      #expect(
        wrong.isEmpty,
        "seed \(seed): \(wrong)\n\(base.text)\n=== ours\n\(ours.text)\n=== theirs\n\(theirs.text)\n=== \(text)"
      )
    }
    #expect(clean * 4 > Self.seeds.count)
  }
}

/// A text of claims, each with a source under a number.
private struct SourcedText {
  private struct Claim {
    var id: Int
    var words: [String]
    var label: Int
    var source: [String]
  }

  private let isFootnotes: Bool
  private var claims: [Claim] = []

  init(isFootnotes: Bool, _ random: inout SplitMix) {
    self.isFootnotes = isFootnotes
    for id in 0..<2 + random.below(5) { add(id, &random) }
  }

  private static func words(_ count: Int, _ random: inout SplitMix) -> [String] {
    (0..<count).map { _ in String(random.below(100_000_000), radix: 26) }
  }

  private mutating func add(_ id: Int, _ random: inout SplitMix) {
    let label = (claims.map(\.label).max() ?? 0) + 1
    claims.insert(
      Claim(
        id: id, words: Self.words(6, &random), label: label,
        source: Self.words(isFootnotes ? 4 : 1, &random)),
      at: random.below(claims.count + 1))
  }

  func edited(as side: Int, _ random: inout SplitMix) -> SourcedText {
    var text = self
    for step in 0..<1 + random.below(3) {
      let at = random.below(max(1, text.claims.count))
      switch random.below(7) {
      case 6: for index in text.claims.indices { text.claims[index].label = index + 1 }
      case 0, 1: text.add(side * 100 + step, &random)
      case 2 where text.claims.count > 1: text.claims.remove(at: at)
      case 3 where !text.claims.isEmpty: text.claims[at].words += Self.words(2, &random)
      case 4 where !text.claims.isEmpty && isFootnotes:
        text.claims[at].source += Self.words(1, &random)
      default: text.claims.shuffle(using: &random)
      }
    }
    return text
  }

  var text: String {
    claims.map { "claim\($0.id) \($0.words.joined(separator: " "))\(mark($0.label))\n\n" }.joined()
      + claims.sorted { $0.label < $1.label }
      .map { claim in
        isFootnotes
          ? "[^\(claim.label)]: source\(claim.id) \(claim.source.joined(separator: " ")).\n\n"
          : "[\(claim.label)]: https://source\(claim.id)/\(claim.source[0])\n"
      }.joined()
  }

  private func mark(_ label: Int) -> String { isFootnotes ? ".[^\(label)]" : " [here][\(label)]." }

  /// The claims of a text whose mark leads to no source, to two, or to that of another claim.
  func claimsWithoutTheirSource(in text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("claim") }.compactMap { line in
      guard let claim = line.split(separator: " ").first, let mark = line.lastIndex(of: "["),
        let end = line.lastIndex(of: "]")
      else { return "\(line): no mark" }
      let found = text.split(separator: "\n").filter { $0.hasPrefix("\(line[mark...end]):") }
      guard text.split(separator: "\n").count(where: { $0.hasPrefix("\(claim) ") }) == 1 else {
        return "\(line): is there twice"
      }
      let source = "source" + claim.dropFirst(5)
      let isRight = found.count == 1 && found[0].contains(source + (isFootnotes ? " " : "/"))
      return isRight ? nil : "\(line) -> \(found)"
    }
  }
}
