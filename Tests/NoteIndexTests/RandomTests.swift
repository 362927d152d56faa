import Foundation
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("Whatever happens to the files")
struct RandomTests {
  @Test("an index that followed is one that was made anew", arguments: 0..<12 as Range<UInt64>)
  func sameAsRebuilt(seed: UInt64) throws {
    var dice = SplitMix(seed: seed)
    let test = try TestVault()
    let index = try test.index()
    var paths: [String] = []
    for _ in 0..<6 {
      for _ in 0..<12 { try edit(test, &paths, &dice) }
      try index.refresh(now: test.now)
    }
    let followed = try test.dump()
    #expect(try index.integrity() == [])
    let found = try answers(index)
    try index.rebuild(now: test.now)
    #expect(try test.dump() == followed)
    #expect(try answers(index) == found)
  }

  /// What some searches find, in order, with the scores.
  private func answers(_ index: NoteIndex) throws -> [[String]] {
    try ["index", "words title", "n m k", "caf", "t id1", "\"x y\"", "tag:a OR index", "cafe nose"]
      .map {
        try index.search(Query($0), limit: 30).hits.map { "\($0.note.path) \($0.score.total)" }
      }
  }

  private func edit(_ test: TestVault, _ paths: inout [String], _ dice: inout SplitMix) throws {
    switch Int.random(in: 0..<10, using: &dice) {
    case 0 where !paths.isEmpty:
      try test.remove(paths.remove(at: Int.random(in: 0..<paths.count, using: &dice)))
    case 1 where !paths.isEmpty, 2 where !paths.isEmpty:
      let target = path(&dice)
      guard !paths.contains(target) else { return }
      let index = Int.random(in: 0..<paths.count, using: &dice)
      try test.move(paths[index], to: target)
      paths[index] = target
    default:
      let target = path(&dice)
      try test.folder.write(text(&dice), to: target)
      if !paths.contains(target) { paths.append(target) }
    }
  }

  private func path(_ dice: inout SplitMix) -> String {
    let folder = ["", "a/", "b/", "a/b/", "A/"].randomElement(using: &dice) ?? ""
    let name = ["n", "N", "index", "x y", "caf\u{e9}", "m", "k"].randomElement(using: &dice) ?? "n"
    return folder + name + ".md"
  }

  private func text(_ dice: inout SplitMix) -> String {
    let names = ["n", "N", "index", "b/n", "Title", "t", "caf\u{e9}", "id1", "/a/n.md", "../n.md"]
    func name() -> String { names.randomElement(using: &dice) ?? "n" }
    var text = ""
    if Bool.random(using: &dice) {
      text += "---\ntitle: \(name())\nid: id\(Int.random(in: 0..<3, using: &dice))\n"
      text += "aliases: [\(name()), z]\ntags: [x, Y/z]\n---\n"
    }
    for _ in 0..<Int.random(in: 0..<5, using: &dice) {
      text += "Words [[\(name())]] and [l](\(name())) #tag ![[\(name())#h]]\n\n## \(name())\n\n"
    }
    return text
  }

  @Test("any text is a query, and none raises an error", arguments: 0..<4 as Range<UInt64>)
  func hostileQueries(seed: UInt64) throws {
    var dice = SplitMix(seed: seed)
    let test = try TestVault(["a.md": "---\nstatus: x\n---\nGPT-4 in C++ at http://x\n"])
    let index = try test.fresh()
    let pieces = [
      "\"", "*", "(", ")", "AND", "OR", "NOT", "NEAR", "-", "+", ":", "^", "{", "}", "title:",
      "tag:", "created:", ">", "..", "|", "\u{0}", "'", ";", "\\", "#", "a", "word", " ", "  ", "é",
      "漢字", "\u{301}", "👩‍👩‍👧", "status:", "path:", "[", "?", "%", "_", "\n", "\u{202E}", "code:",
      "1.5",
    ]
    for _ in 0..<250 {
      let count = Int.random(in: 1..<12, using: &dice)
      let text = (0..<count).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined()
      _ = try index.search(Query(text), limit: 3, counting: true)
      _ = try index.find(text, from: "/nowhere")
    }
  }

  @Test(
    "what people type is found as meant",
    arguments: [
      "GPT-4", "C++", "http://x", "\"GPT-4", "gpt*", "in C++", "status:x", "GPT-4 -nothing",
      "(C++", "GPT AND C", "#GPT", "foo:bar OR gpt", "don't OR gpt",
    ])
  func realistic(text: String) throws {
    let test = try TestVault([
      "a.md": "---\nstatus: x\n---\nGPT-4 in C++ at http://x AND more\n"
    ])
    let index = try test.fresh()
    #expect(try index.search(Query(text)).paths == ["a.md"])
  }

  @Test("queries without a word find nothing, whatever their length")
  func noWords() throws {
    let test = try TestVault(["a.md": "text"])
    let index = try test.fresh()
    for text in [
      "", " ", "()", String(repeating: "(", count: 10_000), "\u{0}", "*", "-", "\"\"", "++", "|",
    ] {
      #expect(try index.search(Query(text)).hits.isEmpty)
    }
    let long = String(repeating: "text ", count: 5_000)
    #expect(try index.search(Query(long)).paths == ["a.md"])
    #expect(try index.search(Query("foo:bar")).readAsText == ["foo:bar"])
    #expect(try index.search(Query("created:soon")).readAsText == ["created:soon"])
  }

  @Test("two who refresh at once do it once")
  func twoAtOnce() async throws {
    let test = try TestVault(
      Dictionary(uniqueKeysWithValues: (0..<60).map { ("n\($0).md", "word [[n\($0 + 1)]]\n") }))
    let (vault, cache, now) = (try test.vault, test.cache.path, test.now)
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          // On a machine that is loaded the others can take longer than SQLite waits for them.
          for _ in 0..<20 {
            do {
              let index = try NoteIndex(of: vault, cacheFolder: cache)
              return try index.refresh(now: now).added.count
            } catch IndexError.busy {}
          }
          return 0
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(counts == 60)
    let index = try test.fresh()
    #expect(try index.count() == 60)
    #expect(try index.integrity() == [])
    #expect(try index.broken().count == 1)
  }
}
