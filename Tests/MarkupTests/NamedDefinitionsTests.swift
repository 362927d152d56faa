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

  @Test("a footnote put in before all others moves the other machine's new marks with it")
  func renumberedFootnotes() {
    let base = "Alpha.[^1]\n\nBeta.[^2]\n\nEnd.\n\n[^1]: On birds.\n[^2]: On fishes.\n"
    #expect(
      merged(
        base,
        "New.[^1]\n\nAlpha.[^2]\n\nBeta.[^3]\n\nEnd.\n\n[^1]: On worms.\n[^2]: On birds.\n"
          + "[^3]: On fishes.\n",
        base.replacing("End.", with: "End, as Beta.[^2]"))
        == "New.[^1]\n\nAlpha.[^2]\n\nBeta.[^3]\n\nEnd, as Beta.[^3]\n\n[^1]: On worms.\n"
        + "[^2]: On birds.\n[^3]: On fishes.\n")
  }

  @Test("a new footnote gives way to one that the other machine moved to its number")
  func renumberedBesideNew() {
    let base = "Alpha.[^1]\n\nBeta.[^2]\n\nEnd.\n\n[^1]: On birds.\n[^2]: On fishes.\n"
    let ours =
      "New.[^1]\n\nAlpha.[^2]\n\nBeta.[^3]\n\nEnd.\n\n[^1]: On worms.\n[^2]: On birds.\n"
      + "[^3]: On fishes.\n"
    let theirs = base.replacing("End.", with: "End.[^3]") + "[^3]: A paper by Kolmogorov.\n"
    let merged = merged(base, ours, theirs)
    #expect(merged?.contains("Beta.[^3]\n\nEnd.[^4]\n") == true)
    #expect(merged?.contains("[^3]: On fishes.\n[^4]: A paper by Kolmogorov.\n") == true)
  }

  @Test("where one machine took a footnote away and closed the gap, new marks of the other follow")
  func closedGap() {
    let base = "Alpha.[^1]\n\nBeta.[^2]\n\nEnd.\n\n[^1]: On birds.\n[^2]: On fishes.\n"
    #expect(
      merged(
        base, "Alpha.\n\nBeta.[^1]\n\nEnd.\n\n[^1]: On fishes.\n",
        base.replacing("End.", with: "End, as Beta.[^2]"))
        == "Alpha.\n\nBeta.[^1]\n\nEnd, as Beta.[^1]\n\n[^1]: On fishes.\n")
  }

  @Test("two machines that both renumber the footnotes agree on one numbering")
  func renumberedTwice() {
    let base = "Alpha.[^1]\n\nBeta.[^2]\n\nEnd.\n\n[^1]: On birds.\n\n[^2]: On fishes.\n"
    let ours =
      "New.[^1]\n\nAlpha.[^2]\n\nBeta.[^3]\n\nEnd.\n\n[^1]: On worms.\n\n[^2]: On birds.\n\n"
      + "[^3]: On fishes.\n"
    let theirs =
      "Alpha.[^1]\n\nMiddle.[^2]\n\nBeta.[^3]\n\nEnd.\n\n[^1]: On birds.\n\n"
      + "[^2]: By Kolmogorov.\n\n[^3]: On fishes.\n"
    #expect(
      merged(base, ours, theirs)
        == "New.[^4]\n\nAlpha.[^1]\n\nMiddle.[^2]\n\nBeta.[^3]\n\nEnd.\n\n[^4]: On worms.\n\n"
        + "[^1]: On birds.\n\n[^2]: By Kolmogorov.\n\n[^3]: On fishes.\n")
  }

  @Test("reference links that were numbered anew keep where they lead")
  func renumberedLinks() {
    let base = "See [a][1].\n\nSee [b][2].\n\nEnd.\n\n[1]: http://a\n[2]: http://b\n"
    #expect(
      merged(
        base,
        "See [n][1].\n\nSee [a][2].\n\nSee [b][3].\n\nEnd.\n\n[1]: http://n\n[2]: http://a\n"
          + "[3]: http://b\n",
        base.replacing("End.", with: "End, as [said][2]."))
        == "See [n][1].\n\nSee [a][2].\n\nSee [b][3].\n\nEnd, as [said][3].\n\n[1]: http://n\n"
        + "[2]: http://a\n[3]: http://b\n")
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
    /// The claim whose source it has: its own, or that of an older one.
    var cited: Int
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
        id: id, words: Self.words(6, &random), label: label, cited: id,
        source: Self.words(isFootnotes ? 4 : 1, &random)),
      at: random.below(claims.count + 1))
  }

  func edited(as side: Int, _ random: inout SplitMix) -> SourcedText {
    var text = self
    for step in 0..<1 + random.below(3) {
      let at = random.below(max(1, text.claims.count))
      switch random.below(8) {
      case 7 where !text.claims.isEmpty:
        var claim = text.claims[at]
        claim.id = side * 100 + step
        claim.words = Self.words(6, &random)
        text.claims.insert(claim, at: random.below(text.claims.count + 1))
      case 6:
        var labels: [Int: Int] = [:]
        for index in text.claims.indices {
          let label = labels[text.claims[index].label, default: labels.count + 1]
          labels[text.claims[index].label] = label
          text.claims[index].label = label
        }
      case 0, 1: text.add(side * 100 + step, &random)
      case 2 where text.claims.count > 1: text.claims.remove(at: at)
      case 3 where !text.claims.isEmpty: text.claims[at].words += Self.words(2, &random)
      case 4 where !text.claims.isEmpty && isFootnotes:
        let (label, words) = (text.claims[at].label, Self.words(1, &random))
        for index in text.claims.indices where text.claims[index].label == label {
          text.claims[index].source += words
        }
      default: text.claims.shuffle(using: &random)
      }
    }
    return text
  }

  var text: String {
    let sources = Dictionary(claims.map { ($0.label, $0) }) { first, _ in first }
    return claims.map { claim in
      "claim\(claim.id) cites \(claim.cited): \(claim.words.joined(separator: " "))"
        + "\(mark(claim.label))\n\n"
    }.joined()
      + sources.sorted { $0.key < $1.key }.map { label, claim in
        isFootnotes
          ? "[^\(label)]: source\(claim.cited) \(claim.source.joined(separator: " ")).\n\n"
          : "[\(label)]: https://source\(claim.cited)/\(claim.source[0])\n"
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
      let cited = line.split(separator: " ")[2].dropLast()
      let source = "source" + cited
      let isRight = found.count == 1 && found[0].contains(source + (isFootnotes ? " " : "/"))
      return isRight ? nil : "\(line) -> \(found)"
    }
  }
}
