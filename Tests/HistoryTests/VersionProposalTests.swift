import History
import Markup
import Testing

@Suite struct VersionProposalTests {
  private let text =
    "---\nid: a\nupdated: 2026-01-01\n---\n\n# One\n\nThe first paragraph says five things.\n\n"
    + "The second one has a loss of 2.4 nats.\n\n```\nx = 1\ny = 2\n```\n\nThe last says little.\n"

  @Test(
    "what a change of words makes",
    arguments: [
      ("The first", "An early", "minor", "4 words changed"),
      ("five things", "six things", "correction", "a number"),
      ("five things", "many things", "correction", "a number"),
      ("five things", "the five things", "minor", "1 word changed"),
      ("2.4", "2.2", "correction", "number"),
      ("says little", "never says little", "correction", "neg"),
      ("y = 2", "y = 3", "major", "code"), ("2026-01-01", "2026-02-02", "minor", "front matter"),
      ("little", "little [[here]]", "major", "link"),
      ("little", "little [here](http://a.b/2019/index)", "major", "1 word changed, and a link"),
      ("little", "little, $x_2 = 3$", "major", "1 word changed, and a link, a formula"),
      ("says five", "says 5 [here](b)", "correction", "a number"),
      ("first paragraph", "first, paragraph", "minor", "only punctuation changed"),
      ("says little", "says\nlittle", "minor", "only line ends and blanks changed"),
      ("says five things.", "says\n\nfive things.", "minor", "paragraphs were parted or joined"),
      ("little", String(repeating: "a lot ", count: 10), "major", "words changed"),
    ])
  func kinds(old: String, new: String, kind: String, reason: String) {
    let proposal = VersionProposal(
      old: Array(text.utf8), new: Array(text.replacing(old, with: new).utf8))
    #expect(proposal.kind.rawValue == kind)
    #expect(proposal.reason.contains(reason), "\(proposal.reason)")
  }

  @Test(
    "a number in words is one in a short item, too, and in a sentence that was rewritten",
    arguments: [
      ("- apples\n- five\n- pears", "- apples\n- six\n- pears", "correction"),
      (
        "We met five people there, and they sang.", "A wholly rewritten sentence has six here.",
        "correction"
      ),
      ("- apples\n- pears", "- apples\n- five\n- pears", "minor"),
      ("- apples\n- five\n- pears", "- apples\n- pears", "minor"),
      (
        "We met some people there, and they sang.", "A wholly rewritten sentence is now here.",
        "minor"
      ),
    ])
  func numberWords(old: String, new: String, kind: String) {
    let filler =
      "Long filler text so that the post is not short, as is usual in any post of this kind.\n\n"
    let proposal = VersionProposal(
      old: Array((filler + old + "\n").utf8), new: Array((filler + new + "\n").utf8))
    #expect(proposal.kind.rawValue == kind, "\(proposal)")
  }

  @Test(
    "the address of a link is no claim, however it is written",
    arguments: [
      ("[proof](https://x.example/1)", "[proof](https://y.example/2)"),
      ("the proof\n\n[proof]: https://x.example/1", "the proof\n\n[proof]: https://y.example/2"),
      ("the proof", "the proof\n\n[proof]: https://y.example/not/2"),
      ("<a href=\"https://x.example/1\">proof</a>", "<a href=\"https://y.example/2\">proof</a>"),
    ])
  func addresses(old: String, new: String) {
    func text(_ link: String) -> [UInt8] { Array("# K\n\nSee of it \(link)\n".utf8) }
    let proposal = VersionProposal(old: text(old), new: text(new))
    #expect(proposal.kind == .major && proposal.reason.contains("link"), "\(proposal)")
    let other = VersionProposal(old: text("5 \(old)"), new: text("6 \(new)"))
    #expect(other.kind == .correction, "\(other)")
  }

  @Test(
    "the year in a citation's key is no number, but that of a page is",
    arguments: [
      ("As [@smith2020] says.", "As [@jones2021] says.", "major"),
      ("As @smith2020 says.", "As @jones2021 says.", "major"),
      ("So it is.", "So it is [see @smith2020; @jones2021].", "major"),
      ("As „so“ [-@{smith20}] says.", "As „so“ [-@smith2020] says.", "major"),
      ("As [@smith2020, p. 3] says.", "As [@smith2020, p. 4] says.", "correction"),
      ("As [@smith2020] says of 5.", "As [@jones2021] says of 6.", "correction"),
      ("Write to a@b20.example now.", "Write to a@b21.example now.", "correction"),
    ])
  func citations(old: String, new: String, kind: String) {
    let filler =
      "Long filler text so that the post is not short, as is usual in any post of this kind.\n\n"
    let proposal = VersionProposal(
      old: Array((filler + old + "\n").utf8), new: Array((filler + new + "\n").utf8))
    #expect(proposal.kind.rawValue == kind, "\(proposal)")
    #expect(kind != "major" || proposal.reason.contains("a citation"), "\(proposal)")
  }

  @Test("the number of a list's item and the name of a footnote are no claim")
  func numbersOfMarkup() {
    func proposal(_ old: String, _ new: String) -> VersionProposal {
      let text = String(repeating: "Words that fill it up, so that it is long. ", count: 20)
      return VersionProposal(
        old: Array((old + "\n\n" + text + "\n").utf8),
        new: Array((new + "\n\n" + text + "\n").utf8))
    }
    let list = proposal(
      "1. boil water\n2. add tea\n3. wait a while\n4. drink it",
      "1. take a pot\n2. boil water\n3. add tea\n4. wait a while\n5. drink it")
    #expect(list.kind == .minor && list.reason == "3 words changed", "\(list)")
    #expect(proposal("1) One.", "1) One.\n2) Two.").kind == .minor)
    #expect(proposal("A claim.", "A claim[^1].").kind == .minor)
    #expect(proposal("A claim[^1].\n\n[^1]: So.", "A claim[^2].\n\n[^2]: So.").kind == .minor)
    for (old, new) in [
      ("1. boil 2 cups", "1. boil 3 cups"), ("So in 1. Then", "So in 2. Then"),
      ("A claim [of 1].", "A claim [of 2]."), ("A claim[^a] of 1.", "A claim[^a] of 2."),
      ("| a |\n|---|\n| 1. so |", "| a |\n|---|\n| 2. so |"), ("# 1. One", "# 2. One"),
    ] {
      #expect(proposal(old, new).kind == .correction, "\(old)")
    }
  }

  @Test(
    "a sign that changed is a correction, whether or not a word did",
    arguments: [
      ("5 K", "-5 K"), ("30", "30%"), ("x < 5", "x > 5"), ("x<5", "x>5"), ("5", "±5"),
      ("10", "~10"), ("$5", "€5"), ("a ≤ b", "a ≥ b"), ("p = q", "p ≠ q"), ("p = q", "p != q"),
      ("3–4", "3/4"), ("true", "~~true~~"), ("2 + x", "2 - x"),
      ("A → B", "A ← B"), ("A → B", "A = B"),
    ])
  func signs(old: String, new: String) {
    func text(_ claim: String) -> [UInt8] {
      Array("The drift is \(claim) here, and this text goes on.\n".utf8)
    }
    #expect(VersionProposal(old: text(old), new: text(new)).kind == .correction)
    #expect(VersionProposal(old: text(new), new: text(old)).kind == .correction)
  }

  @Test(
    "what is no sign of a claim is punctuation",
    arguments: [
      ("The one, here.", "The one – here."), ("From 3-4 on.", "From 3–4 on."),
      ("A well known one.", "A well-known one."), ("So it is.", "> So it is."),
      ("So it *is*.", "So it ==is==."), ("- One.", "+ One."), ("It is so.", "It is <b>so</b>."),
      ("This, and/or that.", "This and/or that."), ("One ∙ three.", "One ∙ two ∙ three."),
      ("Open Settings.", "Open Settings → Network."), ("One ⋅ two.", "One two."),
    ])
  func noSigns(old: String, new: String) {
    let proposal = VersionProposal(old: Array((old + "\n").utf8), new: Array((new + "\n").utf8))
    #expect(proposal.kind == .minor, "\(proposal.reason)")
  }

  @Test("an address that a link leads to is one word, whatever it is made of")
  func address() {
    let old = "Read [this](https://a.example/2019/not/one/two?a=1) first.\n"
    let new = old.replacing("2019/not/one", with: "2020/never/three")
    let diff = TextDiff.wordDiff(old: Array(old.utf8), new: Array(new.utf8))
    let proposal = VersionProposal(diff, old: Array(old.utf8), new: Array(new.utf8))
    #expect(proposal.kind == .major)
    #expect(proposal.reason == "2 words changed, and a link, a formula or code among them")
    #expect(diff.wordsAdded + diff.wordsRemoved == 2)
  }

  @Test(
    "a claim that was turned round is a correction, however its apostrophe is written",
    arguments: [
      ("is", "isn't"), ("is", "isn’t"), ("would be", "wouldn't be"), ("has been", "hasn’t been"),
      ("is surely", "surely shan't be"), ("is for everybody", "is for nobody"),
      ("is something", "is nothing"), ("is anywhere", "is nowhere"),
      ("is possible", "is impossible"), ("is Likely to fail", "is unlikely to fail"),
      ("ist gut", "ist nicht gut"),
    ])
  func negations(old: String, new: String) {
    func text(_ claim: String) -> [UInt8] {
      Array("The method \(claim) here, and this text goes on.\n".utf8)
    }
    #expect(VersionProposal(old: text(old), new: text(new)).kind == .correction)
    #expect(VersionProposal(old: text(new), new: text(old)).kind == .correction)
  }

  @Test("another work that is cited is major, as another link is")
  func citation() {
    let old = "As was shown [@smith, p. x] for all of them.\n"
    func proposal(_ new: String) -> VersionProposal {
      VersionProposal(old: Array(old.utf8), new: Array(new.utf8))
    }
    #expect(proposal(old.replacing("smith", with: "jones")).kind == .major)
    #expect(proposal(old.replacing("smith", with: "jones")).reason.contains("a citation"))
    #expect(proposal(old.replacing("shown", with: "seen")).kind == .minor)
  }

  @Test(
    "more than a few words that came or went whole are major, however long the post is",
    arguments: [
      "## New\n\nHere are 3 things which nobody had looked at, and that are new to all of us here.",
      "Here comes a paragraph, and not a short one, that tells the reader a good many more things.",
    ])
  func chapters(chapter: String) {
    let old = String(repeating: "This is a sentence of eight words here.\n\n", count: 300)
    func proposal(_ old: String, _ new: String) -> VersionProposal {
      VersionProposal(old: Array(old.utf8), new: Array(new.utf8))
    }
    #expect(proposal(old, old + chapter + "\n").kind == .major)
    #expect(proposal(old + chapter + "\n", old).kind == .major)
    let mended = old.replacing("a sentence", with: "one sentence", maxReplacements: 9)
    #expect(proposal(old, mended).kind == .minor)
  }

  @Test("front matter that came or went, the body as it was, is minor")
  func frontmatter() {
    let body = "# Essay\n\nCats are good for the week.\n"
    let whole = "---\ntitle: Essay\ntags: [a, b]\ncreated: 2025-01-01\n---\n\n\(body)"
    for (old, new) in [(whole, body), (body, whole)] {
      let proposal = VersionProposal(old: Array(old.utf8), new: Array(new.utf8))
      #expect(proposal.kind == .minor)
      #expect(proposal.reason == "only the front matter changed")
    }
  }

  @Test("a paragraph that moved, number and all, says what it said")
  func moved() {
    let new =
      text.replacing("The second one has a loss of 2.4 nats.\n\n", with: "")
      + "\nThe second one has a loss of 2.4 nats.\n"
    let proposal = VersionProposal(old: Array(text.utf8), new: Array(new.utf8))
    #expect(proposal.kind == .minor)
    #expect(proposal.reason.contains("moved"))
  }

  @Test("sections that change places, with numbers in their headings, say what they said")
  func movedSections() {
    let (one, two) = (
      "## Step 1\n\nDo the first thing that has to be done, and do it well.\n\n",
      "## Step 2\n\nDo the other thing which comes after that, without haste.\n\n"
    )
    let proposal = VersionProposal(old: Array((one + two).utf8), new: Array((two + one).utf8))
    #expect(proposal.kind == .minor)
    #expect(proposal.reason == "blocks moved, and no word changed")
  }
}
