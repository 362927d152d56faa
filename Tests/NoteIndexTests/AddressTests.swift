import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("Notes are found by the addresses of their links")
struct AddressTests {
  private func vault() throws -> TestVault {
    try TestVault([
      "attention.md": "# Attention\n\nSee [the paper](https://arxiv.org/abs/1706.03762).\n",
      "nerf.md": "# NeRF\n\nBy [Mildenhall][m].\n\n[m]: http://www.arxiv.org/abs/2003.08934v2\n",
      "memory.md": "# Memory\n\nRead [this](https://gwern.net/Spaced-repetition) on the net.\n",
      "said.md": "# Said\n\nWhat gwern wrote, and where: https://example.org/said\n",
      "shown.md": "# Shown\n\n![the plan](pictures/fig-harbour/plan.png)\n",
      "doi.md": "# Paper\n\n[here](https://doi.org/10.1000/182)\n",
    ])
  }

  @Test(
    "by the number of a paper, a host or the whole, with or without the scheme",
    arguments: [
      ("1706.03762", ["attention.md"]), ("arxiv:1706.03762", ["attention.md"]),
      ("https://arxiv.org/abs/1706.03762", ["attention.md"]),
      ("http://www.arxiv.org/abs/1706.03762", ["attention.md"]),
      ("arxiv.org", ["attention.md", "nerf.md"]), ("\"arxiv.org\"", ["attention.md", "nerf.md"]),
      ("mildenhall -arxiv.org", []), ("doi:10.1000/182", ["doi.md"]),
      ("gwern.net/spaced-repetition", ["memory.md"]), ("example.org/said", ["said.md"]),
      ("arxiv", ["attention.md", "nerf.md"]), ("harbour", ["shown.md"]), ("2003.0893", []),
      ("title:arxiv.org", []), ("\"harbour\"", ["shown.md"]), ("harbour AND shown", ["shown.md"]),
      ("shown -harbour", []), ("\"gwern\"", ["said.md"]), ("har* AND shown", []),
    ] as [(String, [String])])
  func byAddress(query: String, expected: [String]) throws {
    let test = try vault()
    let hits = try test.fresh().search(Query(query)).hits.filter(\.missing.isEmpty)
    #expect(hits.map(\.note.path.text).sorted() == expected)
  }

  @Test("the link is shown, and nothing is said to be missing")
  func snippet() throws {
    let test = try vault()
    let hit = try #require(try test.fresh().search(Query("1706.03762")).hits.first)
    #expect(hit.snippets.first?.text == "See [the paper](https://arxiv.org/abs/1706.03762).")
    #expect(hit.snippets.first?.ranges == [38..<48])
    #expect(hit.score.words.map(\.notes) == [1])
  }

  @Test(
    "a word that notes say is not looked for in addresses, and no word is mended to one of them")
  func saidFirst() throws {
    let test = try vault()
    let index = try test.fresh()
    #expect(try index.search(Query("gwern")).paths == ["said.md"])
    #expect(try index.search(Query("gwern.net")).paths.first == "memory.md")
    let found = try index.search(Query("arxiv"))
    #expect(found.repaired.isEmpty)
  }

  @Test("a note with the address that was typed comes before those that say a part of it often")
  func wholeFirst() throws {
    let test = try vault()
    for number in 0..<9 {
      let line = "A net of nets, a net: https://e\(number).net and https://f\(number).net\n"
      try test.folder.write(
        "# Net \(number)\n\n" + String(repeating: line, count: 9), to: "net\(number).md")
    }
    #expect(try test.fresh().search(Query("gwern.net")).paths.first == "memory.md")
  }

  @Test("an address that was taken out is not found, also when the words are filled anew")
  func changed() throws {
    let test = try vault()
    let index = try test.fresh()
    try test.folder.write("# Attention\n\n[moved](https://example.org/7.5)\n", to: "attention.md")
    try index.refresh(now: test.now)
    #expect(try index.search(Query("1706.03762")).hits.isEmpty)
    #expect(try index.search(Query("example.org/7.5")).paths.first == "attention.md")
    for round in 0..<28 {
      for note in 0..<40 { try test.folder.write("round\(round)\n", to: "n\(note).md") }
      try index.refresh(now: test.now)
    }
    #expect(try index.search(Query("example.org/7.5")).paths.first == "attention.md")
    #expect(try index.search(Query("1706.03762")).hits.isEmpty)
    #expect(try index.integrity() == [])
  }
}
