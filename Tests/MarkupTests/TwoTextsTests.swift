import Testing

@testable import Markup

/// Two texts beside each other, and what was made of the places in which they differ.
@Suite("two texts compared")
struct TwoTextsTests {
  private func parts(_ merge: TextMerge) -> [String] {
    merge.parts.map { part in
      switch part {
      case .settled(let bytes): String(decoding: bytes, as: UTF8.self)
      case .conflict(let conflict):
        "<" + String(decoding: conflict.theirs, as: UTF8.self) + "|"
          + String(decoding: conflict.ours, as: UTF8.self) + ">"
      }
    }
  }

  private func compared(_ ours: String, _ theirs: String) -> [String] {
    parts(TextMerge(comparing: Array(ours.utf8), Array(theirs.utf8)))
  }

  private func byLine(_ base: String?, _ ours: String, _ theirs: String) -> [String] {
    parts(
      TextMerge(
        linesOf: base.map { Array($0.utf8) }, ours: Array(ours.utf8), theirs: Array(theirs.utf8)))
  }

  @Test("two notes are a question only where they differ, unit by unit")
  func units() {
    #expect(
      compared("# T\n\n- b\n- c\n\nend\n", "# T\n\n- a\n- c\n\nend\n")
        == ["# T\n\n", "<- a|- b>", "\n- c\n\nend\n"])
    #expect(compared("# T\n\nsame\n", "# T\n\nsame\n") == ["# T\n\nsame\n"])
  }

  @Test("what one text alone has keeps its blank lines, also at the end")
  func oneSided() {
    #expect(compared("a\n\nb\n", "a\n") == ["a\n\n", "<|b\n>"])
    #expect(compared("a\n", "a\n\nb\n") == ["a\n\n", "<b\n|>"])
    #expect(compared("x\n\na\n", "a\n") == ["<|x\n\n>", "a\n"])
  }

  @Test("a key of the front matter is a question of its own")
  func keys() {
    #expect(
      compared("---\na: 1\nb: 2\n---\n\ntext\n", "---\na: 1\nb: 3\n---\n\ntext\n")
        == ["---\na: 1\n", "<b: 3\n|b: 2\n>", "---\n\ntext\n"])
  }

  @Test("lines that one side changed are taken, those that both changed are a question")
  func lines() {
    #expect(byLine("a\nb\nc\n", "a\nB\nc\n", "A\nb\nc\n") == ["<A\nb\n|a\nB\n>", "c\n"])
    #expect(byLine("a\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nd\n") == ["A\nb\nc\nD\n"])
    #expect(byLine("a\n", "a\nx\n", "a\ny\n") == ["a\n", "<y\n|x\n>"])
    #expect(byLine(nil, "a\nb\n", "a\nc\nd\n") == ["a\n", "<c\nd\n|b\n>"])
    #expect(byLine(nil, "a\nb\n", "b\n") == ["<|a\n>", "b\n"])
  }

  @Test("the words of neither have the form of what they stand for")
  func disguised() {
    func text(_ text: String) -> String {
      String(decoding: TextMerge.disguised(Array(text.utf8)), as: UTF8.self)
    }
    #expect(text("- [ ] met Ann at 9") == "- [ ] qqq qqq qq 0")
    #expect(text("[^1]: a note") == "[^1]: q qqqq")
    #expect(text("12. zwölf") == "00. qqqqqq")
    #expect(text("title: Ann\n") == "title: qqq\n")
  }

  @Test("two answers are alike if each has the same of what the texts differ in")
  func answers() {
    func compare(_ one: String, _ two: String) -> AnswersCompared {
      AnswersCompared(
        (Array("# T\n\nred\n\nend\n".utf8), Array("# T\n\nblue\n\nend\n".utf8)),
        (Array(one.utf8), Array(two.utf8)), isNote: true)
    }
    #expect(compare("# T\n\nred\n\nend\n", "# U\n\nred\n\nend\n\nmore\n") == .alike)
    #expect(compare("# T\n\nblue\n\nred\n\nend\n", "# T\n\nred\n\nend\n") == .different)
    #expect(compare("# T\n\ngreen\n\nend\n", "# T\n\ngrey\n\nend\n") == .unknown)
    #expect(compare("# T\n\ngreen\n\nend\n", "# T\n\nblue\n\nend\n") == .different)
  }
}
