import NoteIndex
import TestSupport
import Testing

@Suite("Search puts the best notes first")
struct RankingTests {
  @Test("the exact word goes before other words of its stem")
  func exactWord() throws {
    let test = try TestVault([
      "a.md": "Generation after generation, and what is generated.\n",
      "b.md": "Some of it is generative in the end, as far as we know it now.\n",
    ])
    #expect(try test.search("generative").paths == ["b.md", "a.md"])
  }

  @Test("a title that is what was typed goes before a text full of the words")
  func title() throws {
    let test = try TestVault([
      "a.md": "# Notes\n\n" + String(repeating: "Optimal transport is optimal. ", count: 20),
      "b.md": "# Optimal transport\n\nMoving earth.\n",
      "c.md": "# Transport of optimal goods by road and rail\n\nMoving goods.\n",
    ])
    #expect(try test.search("optimal transport").paths.first == "b.md")
  }

  @Test("an alias is a title")
  func alias() throws {
    let test = try TestVault([
      "a.md": "---\naliases: [stochastic differential equation]\n---\n# SDE\n\nNoise.\n",
      "b.md": "# Else\n\nA stochastic thing with a differential in an equation.\n",
    ])
    #expect(try test.search("stochastic differential equation").paths.first == "a.md")
  }

  @Test("the words of a link are a name of the note it leads to")
  func label() throws {
    let test = try TestVault([
      "a.md": "See [[b|the reversal formula]] for it.\n",
      "b.md": "# Anderson 1982\n\nTime runs backwards.\n",
      "c.md": "# Else\n\nA formula.\n",
    ])
    let paths = try test.search("reversal formula").paths
    #expect(paths.prefix(2).sorted() == ["a.md", "b.md"])
  }

  @Test("words that tell nothing do not count, unless nothing else is asked or they are capitals")
  func stopWords() throws {
    let test = try TestVault([
      "a.md": "What is the meaning of it all.\n", "b.md": "Entropy.\n",
      "c.md": "DID documents.\n", "d.md": "What did he do.\n",
    ])
    #expect(try test.search("what is the entropy").paths == ["b.md"])
    #expect(try test.search("what is").paths.first == "a.md")
    #expect(try test.search("DID").paths.sorted() == ["c.md", "d.md"])
  }

  @Test("a mistyped word finds what is most like it, and that is said")
  func repair() throws {
    let test = try TestVault([
      "a.md": "# Asyncio\n\nTasks.\n", "b.md": "# Async\n\nOther.\n",
      "c.md": "# Collingridge dilemma\n",
    ])
    let result = try test.search("asynico")
    #expect(result.paths == ["a.md"])
    #expect(result.repaired.map(\.typed) == ["asynico"])
    #expect(result.repaired.map(\.used) == [["asyncio"]])
    #expect(try test.search("Collingrige dillemma").paths == ["c.md"])
    #expect(try test.search("zzzzzz").hits.isEmpty)
    try test.folder.write("# Content addressed storage\n\nBlobs.\n", to: "d.md")
    try test.folder.write("Host addressing, and content.\n", to: "e.md")
    #expect(try test.search("content adressing").paths.first == "d.md")
  }

  @Test(
    "the last word may be unfinished",
    arguments: [("probabilistic classif", "a.md"), ("probab", "a.md"), ("public goo", "b.md")])
  func unfinished(query: String, path: String) throws {
    let test = try TestVault([
      "a.md": "# Probabilistic classifier\n", "b.md": "# Public goods\n\nGoods.\n",
      "c.md": "# Classes\n\nPublic opinion.\n",
    ])
    #expect(try test.search(query).paths.first == path)
  }

  @Test("a note with none of the words comes last when it is on the subject of the best ones")
  func related() throws {
    let subject = "Langevin dynamics sampling noise gradient posterior chain mixing temperature."
    var notes = ["a.md": "Metropolis. \(subject)\n", "b.md": "Hastings? \(subject) More of it.\n"]
    for n in 0..<12 {
      notes["n\(n).md"] = "Bread number \(n) with flour water salt yeast oven crust crumb \(n).\n"
    }
    let result = try TestVault(notes).search("metropolis", counting: true, fillsUp: true)
    #expect(result.paths.prefix(2) == ["a.md", "b.md"])
    #expect(result.hits.prefix(2).map(\.isRelated) == [false, true])
    #expect(result.total == 1)
    let hard = try TestVault(notes).search("+metropolis", fillsUp: true)
    #expect(hard.paths == ["a.md"])
  }

  @Test("what each part gave adds up to the score")
  func explained() throws {
    let test = try TestVault([
      "a.md": "# Score matching\n\nMatch the score.\n", "b.md": "# Other\n\nA score.\n",
    ])
    for hit in try test.search("score matching").hits {
      let words = hit.score.words.reduce(0) { $0 + $1.score + $1.exact }
      #expect(abs(words + hit.score.title + hit.score.subject - hit.score.total) < 0.001)
    }
  }

  @Test("equally good notes come in the order of their paths")
  func ties() throws {
    let test = try TestVault(["b.md": "Same.\n", "a.md": "Same.\n", "c.md": "Same.\n"])
    #expect(try test.search("same", limit: 2).paths == ["a.md", "b.md"])
  }

  @Test("pages follow one another without a gap")
  func pages() throws {
    var notes: [String: String] = [:]
    for n in 0..<30 { notes["n\(n).md"] = "Apple" + String(repeating: " pie", count: n) + ".\n" }
    let test = try TestVault(notes)
    let whole = try test.search("apple pie", limit: 30).paths
    let pages = try (0..<3).flatMap {
      try test.search("apple pie", limit: 10, offset: 10 * $0).paths
    }
    #expect(pages == whole)
    #expect(Set(whole).count == 30)
  }

  @Test("another order keeps the notes and drops the ranks")
  func sorted() throws {
    let test = try TestVault([
      "a.md": "---\ncreated: 2020-01-01\n---\napple\n",
      "b.md": "---\ncreated: 2022-01-01\n---\napple apple apple\n",
      "c.md": "---\ncreated: 2021-01-01\n---\napple apple\n",
      "d.md": "---\ncreated: 2023-01-01\n---\npear\n",
    ])
    #expect(
      try test.search("apple", sort: [Sort(.created)]).paths == ["b.md", "c.md", "a.md"])
    #expect(
      try test.search("apple", sort: [Sort(.created)], limit: 1, offset: 1).paths
        == ["c.md"])
  }

  @Test("words of another language have its endings")
  func language() throws {
    let test = try TestVault([
      ".notes/config.yaml": "language: german\n", "a.md": "Die Vermutungen.\n",
      "b.md": "Ein Satz.\n",
    ])
    #expect(try test.search("Vermutung").paths == ["a.md"])
  }
}
