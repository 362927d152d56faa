import Markup
import Testing

@testable import Site

@Suite("Names of paragraphs")
struct ParagraphNameTests {
  private func names(_ texts: String...) -> [[String]] {
    let documents = texts.map { Document($0) }
    let changes = documents.indices.map { index in
      index == 0
        ? nil
        : TextDiff.wordDiff(old: documents[index - 1].bytes, new: documents[index].bytes)
    }
    return ParagraphNames.all(
      of: documents.enumerated().map { (number: $0 + 1, document: $1) }, changes: changes)
  }

  private let one = "The first paragraph is about data."
  private let two = "The second paragraph is about models."
  private let three = "The third paragraph is about compute."

  @Test("a paragraph keeps its name while others come and go around it")
  func kept() {
    let found = names(
      "\(one)\n\n\(two)\n", "A new beginning.\n\n\(one)\n\n\(three)\n\n\(two)\n",
      "\(three)\n\n\(two)\n")
    #expect(found[0] == ["p1.1", "p1.2"])
    #expect(found[1] == ["p2.1", "p1.1", "p2.2", "p1.2"])
    #expect(found[2] == ["p2.2", "p1.2"])
  }

  @Test("a paragraph that is edited or moved keeps its name")
  func edited() {
    let edited = "The first paragraph is about data and more data."
    let found = names(
      "\(one)\n\n\(two)\n\n\(three)\n", "\(edited)\n\n\(two)\n\n\(three)\n",
      "\(three)\n\n\(edited)\n\n\(two)\n")
    #expect(found[1] == ["p1.1", "p1.2", "p1.3"])
    #expect(found[2] == ["p1.3", "p1.1", "p1.2"])
  }

  @Test("headings, lists, quotes and code have no such names, and do not count")
  func others() {
    let found = names("# A\n\n\(one)\n\n- item\n\n> quote\n\n```\ncode\n```\n\n\(two)\n")
    #expect(found == [["p1.1", "p1.2"]])
  }

  @Test("no name is given twice, whatever changes", arguments: 0..<30)
  func unique(seed: UInt64) {
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var paragraphs = (0..<6).map { "Words \($0) and some \(next(100))." }
    var texts: [String] = []
    for step in 0..<5 {
      texts.append(paragraphs.joined(separator: "\n\n") + "\n")
      paragraphs.insert("New words \(step), \(next(100)).", at: next(paragraphs.count))
      paragraphs.swapAt(next(paragraphs.count), next(paragraphs.count))
      paragraphs[next(paragraphs.count)] += " More \(next(100))."
      if next(2) == 0 { paragraphs.remove(at: next(paragraphs.count)) }
      if next(3) == 0 { paragraphs.append(paragraphs[next(paragraphs.count)]) }
    }
    let documents = texts.map { Document($0) }
    let changes = documents.indices.map { index in
      index == 0
        ? nil
        : TextDiff.wordDiff(old: documents[index - 1].bytes, new: documents[index].bytes)
    }
    let found = ParagraphNames.all(
      of: documents.enumerated().map { (number: $0 + 1, document: $1) }, changes: changes)
    for names in found { #expect(Set(names).count == names.count, "\(seed): \(names)") }
  }
}
