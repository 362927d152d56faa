import History
import Testing

@Suite struct VersionProposalTests {
  private let text =
    "---\nid: a\nupdated: 2026-01-01\n---\n\n# One\n\nThe first paragraph says five things.\n\n"
    + "The second one has a loss of 2.4 nats.\n\n```\nx = 1\ny = 2\n```\n\nThe last says little.\n"

  @Test(
    "what a change of words makes",
    arguments: [
      ("five things", "some things", "minor", "2 words changed"),
      ("2.4", "2.2", "correction", "number"),
      ("says little", "never says little", "correction", "neg"),
      ("y = 2", "y = 3", "major", "code"), ("2026-01-01", "2026-02-02", "minor", "front matter"),
      ("little", "little [[here]]", "major", "link"),
      ("little", String(repeating: "a lot ", count: 10), "major", "words changed"),
    ])
  func kinds(old: String, new: String, kind: String, reason: String) {
    let proposal = VersionProposal(
      old: Array(text.utf8), new: Array(text.replacing(old, with: new).utf8))
    #expect(proposal.kind.rawValue == kind)
    #expect(proposal.reason.contains(reason), "\(proposal.reason)")
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
}
