import Markup
import TestSupport
import Testing

@Suite struct ProvenanceTests {
  /// The words of the last text with the number of the text that first had each.
  private func origins(_ texts: String...) -> [String] {
    let last = Array(texts.last?.utf8 ?? "".utf8)
    return Provenance(of: texts.map { Array($0.utf8) }).words.map {
      "\(String(decoding: last[$0.range], as: UTF8.self)) \($0.origin)"
    }
  }

  @Test("an edit makes the words that are new new, and no other")
  func edit() {
    #expect(
      origins("Fit the gradient of it.", "Fit a network to the gradient of it.") == [
        "Fit 0", "a 1", "network 1", "to 1", "the 0", "gradient 0", "of 0", "it 0",
      ])
  }

  @Test("lines that are wrapped anew, and marks that change, make no word new")
  func wrapped() {
    let long = "one two three four five six seven eight nine ten eleven twelve"
    let words = origins(long, "one two three four\nfive six seven eight,\nnine ten; eleven twelve.")
    #expect(words.count == 12 && words.allSatisfy { $0.hasSuffix(" 0") }, "\(words)")
  }

  @Test("a paragraph that is moved keeps its age")
  func moved() {
    let (a, b, c) = (
      "Alpha is the first of them.", "Beta follows it closely.", "Gamma ends it all."
    )
    let words = origins(
      [a, b, c].joined(separator: "\n\n"),
      [c, a, "Something new between.", b].joined(separator: "\n\n"))
    #expect(
      words.filter { $0.hasSuffix(" 1") } == ["Something 1", "new 1", "between 1"], "\(words)")
  }

  @Test("a formula that is moved keeps its age")
  func movedFormula() {
    let formula = "$$\n\\nabla_x \\log p_t(x) = \\mathbb{E}[x]\n$$"
    let (a, b) = ("Alpha is the first of them.", "Beta follows it closely.")
    let words = origins("\(formula)\n\n\(a)\n\n\(b)", "\(a)\n\n\(b)\n\n\(formula)")
    #expect(words.allSatisfy { $0.hasSuffix(" 0") }, "\(words)")
  }

  @Test("paragraphs that change places keep their age, whatever words they have in common")
  func swapped() {
    let (a, b) = (
      "The cost of the first step is that of a walk to the end of the list, and it is the same.",
      "It is the end of a list that the last of the steps is for, and of the cost it is a part."
    )
    let middle = "Between the two stands something that nobody moves, long enough to stay there."
    let (first, second) = (
      [a, middle, b].joined(separator: "\n\n"), [b, middle, a].joined(separator: "\n\n")
    )
    let words = origins(first, second)
    #expect(words.allSatisfy { $0.hasSuffix(" 0") }, "\(words)")
    let back = origins(first, "\(a)\n\n\(middle)", "\(b)\n\n\(middle)")
    #expect(back.allSatisfy { $0.hasSuffix(" 0") }, "\(back)")
  }

  @Test("what was taken out and comes back is as old as it was")
  func back() {
    let (a, b) = ("Alpha is the first of them.", "Beta follows it rather closely.")
    let words = origins("\(a)\n\n\(b)", a, "\(a)\n\nNow.", "\(a)\n\n\(b)\n\nNow.")
    #expect(words.filter { !$0.hasSuffix(" 0") } == ["Now 2"], "\(words)")
  }

  @Test("a word that both texts happen to have is no reason to call a new sentence old")
  func common() {
    let words = origins(
      "We train it on the data of last year, and that is all.",
      "Nobody could have guessed what happened then: the market fell by half within one hour.")
    #expect(words.allSatisfy { $0.hasSuffix(" 1") }, "\(words)")
  }

  @Test("links, formulas and code are one word each")
  func atoms() {
    #expect(
      origins("See [[a note]] and $x + y$.", "See [[a note]] and $x + z$, `f(x)`.") == [
        "See 0", "[[a note]] 0", "and 0", "$x + z$ 1", "`f(x)` 1",
      ])
  }

  @Test(
    "whatever is edited, each word has one age, and unedited paragraphs keep theirs",
    arguments: 0..<40 as Range<UInt64>)
  func random(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var next = 0
    func paragraph() -> String {
      (0..<12).map { _ in
        next += 1
        return "w\(next)"
      }.joined(separator: " ")
    }
    // Paragraphs of words that are unique, so that the true age of each is known.
    var birth: [String: Int] = [:]
    var paragraphs: [String] = []
    var texts: [[UInt8]] = []
    for step in 0..<6 {
      for _ in 0..<4 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where paragraphs.count > 1:
          paragraphs.remove(at: Int.random(in: 0..<paragraphs.count, using: &random))
        case 1 where paragraphs.count > 1:
          paragraphs.shuffle(using: &random)
        default:
          paragraphs.insert(
            paragraph(), at: Int.random(in: 0...paragraphs.count, using: &random))
        }
      }
      for word in paragraphs.joined(separator: " ").split(separator: " ").map(String.init)
      where birth[word] == nil { birth[word] = step }
      texts.append(Array(paragraphs.joined(separator: "\n\n").utf8))
    }
    let last = texts[5]
    let words = Provenance(of: texts).words
    #expect(words.count == paragraphs.count * 12)
    for word in words {
      let text = String(decoding: last[word.range], as: UTF8.self)
      #expect(birth[text] == word.origin, "seed \(seed): \(text)")
    }
  }

  @Test("a word that came from one of two texts is as old as there")
  func joined() {
    let texts = ["a b c d e f", "a b ONE c d e f", "a b c d e TWO f", "a b ONE c d e TWO f now"]
      .map { Array($0.utf8) }
    let linear = Provenance(of: texts).words.map(\.origin)
    #expect(linear == [0, 0, 3, 0, 0, 0, 2, 0, 3])
    let found = Provenance(of: texts, from: [[], [0], [0], [1, 2]]).words.map(\.origin)
    #expect(found == [0, 0, 1, 0, 0, 0, 2, 0, 3])
  }
}
