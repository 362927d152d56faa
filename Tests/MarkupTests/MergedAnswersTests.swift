import TestSupport
import Testing

@testable import Markup

/// What a person can answer by taking one side's text where both cannot be right.
@Suite("the two answers to a merge")
struct MergedAnswersTests {
  /// A text, what one side made of it, and what the other did.
  private static let cases: [(base: String, ours: String, theirs: String)] = [
    // A block at the end and a section moved behind it; a block at the end and an edit of that section.
    (
      "# T\n\n## One\n\nfirst text.\n\n## Two\n\nsecond text.\n\n## Three\n\nthird text.\n",
      "# T\n\n## One\n\nfirst text.\n\n## Two\n\nsecond BOBS text.\n\n## Three\n\nthird text.\n\n"
        + "```\ncode b\n```\n",
      "# T\n\n## One\n\nfirst text.\n\n## Three\n\nthird text.\n\n```\ncode a\n```\n\n## Two\n\n"
        + "second text.\n"
    ),
    // A section moved behind one that the other side took away.
    (
      "# T\n\n## Ideas\n\nfirst idea text.\n\nsecond idea text.\n\n## Todo\n\ncall the bank.\n\n"
        + "## Old\n\nold stuff is here.\n",
      "# T\n\n## Ideas\n\nfirst idea text.\n\nsecond BOBS idea text.\n\n## Todo\n\ncall the bank.\n",
      "# T\n\n## Todo\n\ncall the bank.\n\n## Old\n\nold stuff ANN is here.\n\n## Ideas\n\n"
        + "first idea text.\n\nsecond idea text.\n"
    ),
    (
      "# Tasks\n\n- call the bank about the loan\n- write the report for Paul\n- order the new chairs\n"
        + "- pay the rent of May\n",
      "# Tasks\n\n- call the bank BOBS about the loan\n- write the report for Paul\n"
        + "- order the new chairs\n",
      "# Tasks\n\n- write the report for Paul\n- order the new chairs\n- pay the rent of ANN May\n"
        + "- call the bank about the loan\n"
    ),
    // What one side moved and edited, and the other took away.
    (
      "# Tasks\n\n- one task here\n- two task here\n- call the bank about a loan\n- end task here\n",
      "# Tasks\n\n- call the bank BOBS about a loan\n- one task here\n- two task here\n"
        + "- end task here\n",
      "# Tasks\n\n- one task here\n- two task here\n- end task here\n"
    ),
    (
      "one is here and there.\n\ntwo goes to the bank.\n\nthree eats the old bread.\n",
      "two goes to the BOBS bank.\n\none is here and there.\n\nthree eats the old bread.\n",
      "one is here and there.\n\nthree eats the old bread.\n"
    ),
  ]

  @Test("each has every word that its side has and the other left", arguments: cases)
  func words(_ texts: (base: String, ours: String, theirs: String)) {
    for turn in [(texts.ours, texts.theirs), (texts.theirs, texts.ours)] {
      let merge = merge(texts.base, turn.0, turn.1)
      #expect(!merge.isClean)
      let answers = [(merge.text(.ours), turn.0, turn.1), (merge.text(.theirs), turn.1, turn.0)]
      for (answer, side, other) in answers {
        let lacking = Self.lacking(
          String(decoding: answer, as: UTF8.self), side: side, base: texts.base, other: other)
        #expect(lacking.isEmpty, "\(lacking) in\n\(String(decoding: answer, as: UTF8.self))")
      }
    }
  }

  /// The words that a side has more often than an answer, but for those that the other took away.
  private static func lacking(
    _ answer: String, side: String, base: String, other: String
  ) -> [String] {
    func counts(_ text: String) -> [Substring: Int] {
      text.split { !$0.isLetter }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    let (had, left, got) = (counts(base), counts(other), counts(answer))
    return counts(side).compactMap { word, count in
      let gone = max(0, had[word, default: 0] - left[word, default: 0])
      return got[word, default: 0] < count - gone ? String(word) : nil
    }
  }
}
