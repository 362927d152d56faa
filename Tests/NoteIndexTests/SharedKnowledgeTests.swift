import NoteIndex
import TestSupport
import Testing

@Suite("Indexes of one vault that share what they know")
struct SharedKnowledgeTests {
  private func pair(_ test: TestVault) throws -> (NoteIndex, NoteIndex) {
    let knowledge = SharedKnowledge()
    let (one, other) = (try test.fresh(), try test.index())
    one.share(knowledge)
    other.share(knowledge)
    return (one, other)
  }

  @Test(
    "whatever becomes of the notes, both find what one that knows nothing finds", arguments: 0..<8)
  func changes(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    func text() -> String {
      let some = (0..<6).map { _ in words[Int(random.next() % 6)] }
      return "# \(some[0]) \(some[1])\n\n\(some.joined(separator: " ")) "
        + "[[n\(random.next() % 12)|\(some[2]) \(some[3])]]\n"
    }
    let test = try TestVault(
      Dictionary(uniqueKeysWithValues: (0..<8).map { ("n\($0).md", text()) }))
    let (one, other) = try pair(test)
    for _ in 0..<6 {
      let path = "n\(random.next() % 12).md"
      switch random.next() % 3 {
      case 0: try? test.remove(path)
      case 1: try? test.move(path, to: "n\(random.next() % 12).md")
      default: try test.folder.write(text(), to: path)
      }
      test.now += 1_000_000_000
      try (random.next() % 2 == 0 ? one : other).refresh(now: test.now)
      for query in ["alpha beta", "gam", "delta", "zeta -alpha", "epsilom"] {
        let plain = try test.index().search(Query(query), counting: true)
        #expect(try one.search(Query(query), counting: true) == plain, "seed \(seed): \(query)")
        #expect(try other.search(Query(query), counting: true) == plain, "seed \(seed): \(query)")
      }
    }
  }

  @Test("an index that is made anew is not taken for the one before")
  func anew() throws {
    let test = try TestVault(["a.md": "# One\n\nword\n", "b.md": "# Two\n\nword word\n"])
    let (one, other) = try pair(test)
    #expect(try one.search(Query("word")).hits.count == 2)
    try test.remove("b.md")
    try one.rebuild(now: test.now)
    #expect(try one.search(Query("word")).paths == ["a.md"])
    #expect(try other.search(Query("word")).paths.contains("a.md"))
  }
}
