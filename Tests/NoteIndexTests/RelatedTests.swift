import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("related notes")
struct RelatedTests {
  private func related(_ vault: TestVault, to path: String, limit: Int = 10) throws -> [RelatedNote]
  {
    try vault.fresh().related(to: NotePath(path), limit: limit)
  }

  @Test("a link either way, the note itself left out")
  func links() throws {
    let vault = try TestVault([
      "a.md": "[[b]] and [[a]]", "b.md": "text", "c.md": "[[a]]", "d.md": "other",
    ])
    let found = try related(vault, to: "a.md")
    #expect(!found.contains { $0.note.path.text == "a.md" })
    let others = found.filter { $0.reasons != [.sameSubject] }
    #expect(others.map(\.note.path.text).sorted() == ["b.md", "c.md"])
    #expect(found.first { $0.note.path.text == "b.md" }?.reasons.contains(.linked) == true)
    #expect(found.first { $0.note.path.text == "c.md" }?.reasons.contains(.linksHere) == true)
  }

  @Test("notes linked from the same notes, and notes that link to the same")
  func sharedLinks() throws {
    let vault = try TestVault([
      "a.md": "[[x]]", "b.md": "[[x]]", "x.md": "goal", "list.md": "[[a]] [[c]]", "c.md": "end",
      "far.md": "nothing",
    ])
    let found = try related(vault, to: "a.md")
    let reasons = Dictionary(
      uniqueKeysWithValues: found.map { ($0.note.path.text, $0.reasons) })
    #expect(reasons["b.md"]?.contains(.sharesLinks(1)) == true)
    #expect(reasons["c.md"]?.contains(.sharesLinks(1)) == true)
    #expect(reasons["far.md"] == nil)
  }

  @Test("a rare tag and a citation tie notes, a common tag does not")
  func marks() throws {
    var notes = [
      "a.md": "---\ntags: [rare, all]\n---\nSee [@vaswani2017].",
      "b.md": "---\ntags: [rare, all]\n---\nx", "c.md": "By [@vaswani2017].",
    ]
    for number in 0..<12 { notes["n\(number).md"] = "---\ntags: [all]\n---\n\(number)" }
    let found = try related(TestVault(notes), to: "a.md", limit: 20)
    #expect(
      found.first { $0.note.path.text == "b.md" }?.reasons.contains(.tags(["rare"])) == true)
    #expect(
      found.first { $0.note.path.text == "c.md" }?.reasons.contains(.cites(["vaswani2017"])) == true
    )
    #expect(!found.contains { $0.reasons.contains { $0 == .tags(["all"]) } })
  }

  @Test("a limit, the closest first, and no note for a path that is none")
  func limit() throws {
    let vault = try TestVault([
      "a.md": "[[b]] [[c]]", "b.md": "[[a]]", "c.md": "one", "d.md": "[[a]]",
    ])
    let found = try related(vault, to: "a.md", limit: 2)
    #expect(found.count == 2)
    #expect(found[0].note.path.text == "b.md")
    #expect(found[0].score >= found[1].score)
    #expect(try related(vault, to: "none.md").isEmpty)
    #expect(try related(vault, to: "a.md", limit: 0).isEmpty)
  }

  @Test("the same after the index is made anew")
  func rebuilt() throws {
    let vault = try TestVault([
      "a.md": "[[x]] kalman filter", "b.md": "[[x]] kalman smoother", "x.md": "[[b]] filter",
    ])
    let index = try vault.fresh()
    let before = try index.related(to: NotePath("a.md"))
    try index.rebuild(now: vault.now)
    #expect(try index.related(to: NotePath("a.md")) == before)
    #expect(!before.isEmpty)
  }

  @Test("on a real vault", .enabled(if: SharedData.exists))
  func real() throws {
    let vault = try TestVault.real()
    let found = try related(vault, to: "content/thoughts/trust.md")
    #expect(found.count == 10)
    #expect(found.allSatisfy { !$0.reasons.isEmpty && $0.score > 0 && $0.score <= 4 })
    #expect(!found.contains { $0.note.path.text == "content/thoughts/trust.md" })
    #expect(found.contains { $0.note.path.text == "content/thoughts/epistemic authority.md" })
  }
}
