import TestSupport
import Testing

@testable import Markup

@Suite("the passages of a text")
struct PassageTests {
  private func texts(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return Passage.all(in: bytes).map { String(decoding: bytes[$0.range], as: UTF8.self) }
  }

  @Test("paragraphs, list items, table rows, code and formulas are a passage each")
  func kinds() {
    let text = """
      ---
      title: A
      tags: [b]
      ---
      # Head

      One
      two.
      - a
      - b

      | x | y |
      | 1 | 2 |

      ```
      let a

      let b
      ```

      $$
      a

      b
      $$
      ---
      1. c
      """
    #expect(
      texts(text) == [
        "title: A", "tags: [b]", "# Head", "One\ntwo.", "- a", "- b", "| x | y |", "| 1 | 2 |",
        "```\nlet a\n\nlet b\n```", "$$\na\n\nb\n$$", "1. c",
      ])
  }

  @Test("a text that was given other line ends has the passages that it had")
  func lineEnds() {
    let text = "---\nid: a\n---\n\nOne\ntwo.\n\n```\nlet a\n\nlet b\n```\n\n$$\na\n$$\n"
    let hashes = [text, text.replacing("\n", with: "\r\n")].map { text in
      Passage.all(in: Array(text.utf8)).map(\.hash)
    }
    #expect(hashes[0] == hashes[1])
  }

  @Test("a passage whose lines are broken elsewhere, or that moved, neither went nor came")
  func wrapping() {
    let old = Array("One two\nthree.\n\nFour.\n\nFive.\n".utf8)
    let new = Array("Four.\n\nOne\ntwo three.\n\nSix.\n".utf8)
    let difference = Passage.difference(Passage.all(in: old), Passage.all(in: new))
    #expect(difference.gone.map { String(decoding: old[$0.range], as: UTF8.self) } == ["Five."])
    #expect(difference.came.map { String(decoding: new[$0.range], as: UTF8.self) } == ["Six."])
  }

  @Test(
    "a passage whose mark of a list, a heading or a quote changed neither went nor came",
    arguments: [
      ("# One\n", "## One\n"), ("* One\n", "- One\n"), ("One\ntwo.\n", "> One\n> two.\n"),
      ("1. One\n", "2) One\n"), ("- One\n", "> 1. One\n"), ("One\n", "  + One\n"),
    ])
  func marks(old: String, new: String) {
    #expect(Passage.all(in: Array(old.utf8)).map(\.hash).count == 1)
    #expect(
      Passage.all(in: Array(old.utf8)).map(\.hash) == Passage.all(in: Array(new.utf8)).map(\.hash))
  }

  @Test(
    "what only looks like such a mark is part of a passage",
    arguments: [
      ("1986. One\n", "1987. One\n"), ("-5 is\n", "5 is\n"), ("#One\n", "One\n"),
      ("3.5 is\n", "5 is\n"), ("```\n- a\n```\n", "```\n* a\n```\n"),
    ])
  func noMarks(old: String, new: String) {
    #expect(
      Passage.all(in: Array(old.utf8)).map(\.hash) != Passage.all(in: Array(new.utf8)).map(\.hash))
  }

  @Test("a text taken apart with an older one at hand has the same passages", arguments: 0..<8)
  func incremental(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let pieces = [
      "word", " two", "\n", "\n\n", "- ", "```", "\n```\n", "$$", "\n$$\n", "\n$$ {#a}\n", "| a |",
      "# H", "---\n",
      "> ", "\n---\n", "1. ", "[^1]: ", "~~~~\n", "\u{FEFF}", "é", "\n----", "\n...", "c: d\n",
    ]
    func some(_ count: Int) -> [UInt8] {
      Array((0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined().utf8)
    }
    for round in 0..<2_000 {
      let heads = ["", "---\na: b\n---\n", "---\na: b\n", "\u{FEFF}---\na: b\n"]
      let old = Array((heads.randomElement(using: &random) ?? "").utf8) + some(40)
      var new = old
      let start = Int.random(in: 0...new.count, using: &random)
      let end = min(new.count, start + Int.random(in: 0...6, using: &random))
      new.replaceSubrange(start..<end, with: some(Int.random(in: 0...3, using: &random)))
      let found = Passage.all(in: new, after: old, with: Passage.all(in: old))
      #expect(
        found == Passage.all(in: new),
        "seed \(seed), round \(round): \(String(decoding: old, as: UTF8.self))")
      if found != Passage.all(in: new) { return }
    }
  }
}
