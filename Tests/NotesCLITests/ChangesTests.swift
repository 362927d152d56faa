import Foundation
import TestSupport
import Testing

@Suite("notes changes")
struct ChangesTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
  }

  private func save(daysAgo: Int64) throws {
    try vault.run(["save", "-q", "-m", "saved"], clockAhead: -daysAgo * 86_400).succeeded()
  }

  private func changes(_ arguments: String...) throws -> [[String: Any]] {
    let output = vault.run(["changes", "--format", "json"] + arguments).output
    return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]] ?? []
  }

  private func told(_ changes: [[String: Any]]) -> [String] {
    changes.map { "\($0["path"] ?? "") \($0["change"] ?? "")" }
  }

  @Test("posts come first, what is new or says something else before what was mended")
  func order() throws {
    let long = (0..<40).map { "Sentence number \($0) of many in it." }.joined(separator: "\n\n")
    for name in ["posts/a.md", "posts/b.md", "c.md", "d.md", "gone.md", "old.md", "same.md"] {
      try vault.write("# \(name)\n\n\(long)\n", to: name)
    }
    try save(daysAgo: 30)
    func edit(_ name: String, _ old: String, _ new: String) throws {
      try vault.write(try vault.read(name).replacingOccurrences(of: old, with: new), to: name)
    }
    try edit("posts/a.md", "number 3 of", "number 3, of")
    try edit("posts/a.md", "number 4 of many", "number 4 of some")
    try edit("posts/b.md", "many in it", String(repeating: "quite other words ", count: 3))
    try edit("c.md", "number 7", "number 77")
    try edit("d.md", "number 7 of many", "number 7 of few")
    // Nothing that a reader could see.
    try edit("same.md", "Sentence number 1 of", "Sentence\nnumber 1 of")
    try vault.git("rm", "-q", "gone.md")
    try vault.git("mv", "old.md", "moved.md")
    try vault.write("# New\n\nThe lead.\n\nAnd more.\n", to: "new.md")
    try save(daysAgo: 3)

    #expect(
      told(try changes("--keep")) == [
        "posts/b.md major", "posts/a.md minor", "new.md new", "c.md correction", "gone.md removed",
        "moved.md moved", "d.md minor",
      ])
    let shown = vault.notes("changes", "--keep").output
    #expect(shown.contains("number [-7-]{+77+} of"))
    #expect(shown.contains("The lead.") && !shown.contains("And more."))
    #expect(shown.contains("moved.md  moved  (was old.md)"))
    // What was only mended is one line.
    #expect(!shown.contains("{+few+}"))
    #expect(told(try changes("--path", "posts", "-n", "1")) == ["posts/b.md major"])
    #expect(vault.notes("changes", "--since", "2 days ago").status == 1)
    #expect(try changes("--since", "40 days ago").count == 7)
    #expect(vault.notes("changes", "--since", "frog").status == 64)
  }

  @Test(
    "the next time begins where the last one ended, and what was seen unsaved is not told again")
  func mark() throws {
    try vault.write("one two three four five\n", to: "a.md")
    try save(daysAgo: 30)
    try vault.write("one two three four five six\n", to: "a.md")
    #expect(told(try changes("--keep")) == ["a.md minor"])
    #expect(told(try changes()) == ["a.md minor"])
    #expect(vault.notes("changes").status == 1)
    // Saved now, with the very words that were seen.
    try save(daysAgo: 0)
    #expect(vault.notes("changes").status == 1)
    try vault.write("one two three four five six seven\n", to: "a.md")
    let next = try changes("--keep")
    #expect(next.first?["wordsAdded"] as? Int == 1)
    // A part of the whole is no reading of it.
    #expect(try changes("--path", "a.md").count == 1)
    #expect(try changes("--since", "yesterday").count == 1)
    #expect(try changes("-n", "1").count == 1)
    #expect(vault.notes("changes").status == 1)
  }

  @Test("a text that was seen and never saved counts from the snapshot before")
  func neverSaved() throws {
    try vault.write("one two three\n", to: "a.md")
    try save(daysAgo: 30)
    try vault.write("one two three draft\n", to: "a.md")
    #expect(try changes().count == 1)
    try vault.write("one two three final words\n", to: "a.md")
    #expect(try changes().first?["wordsAdded"] as? Int == 2)
  }

  @Test("what another machine sent is told here, with its version")
  func otherMachine() throws {
    try vault.makeRemote()
    try vault.write("---\nid: abc12345\n---\n\nAn essay of some words.\n", to: "posts/essay.md")
    try vault.notes("sync", "-q", "--remote", vault.remote).succeeded()
    let there = try vault.cloned()
    _ = try changes()
    #expect(vault.notes("changes").status == 1)
    let text = try there.read("posts/essay.md") + "\nAnd some more.\n"
    try there.write(text, to: "posts/essay.md")
    try there.notes("version", "cut", "-q", "essay", "--kind", "major", "-m", "Goes on").succeeded()
    try there.notes("sync", "-q").succeeded()
    try vault.notes("sync", "-q").succeeded()
    let news = vault.notes("changes", "--keep").output
    #expect(news.contains("posts/essay.md  major  +3 -0"))
    #expect(news.contains("v1") && news.contains("Goes on") && news.contains("{+And some more.+}"))
    #expect(vault.notes("changes", "--stat").output.contains("v1"))
    #expect(vault.notes("changes").status == 1)
  }

  @Test("of several versions the one that matters most says what it is, and so do words after them")
  func mostSignificant() throws {
    func cut(_ old: String, _ new: String, _ kind: String) throws {
      let text = try vault.read("posts/essay.md").replacingOccurrences(of: old, with: new)
      try vault.write(text, to: "posts/essay.md")
      try vault.notes("version", "cut", "-q", "essay", "--new", "--kind", kind).succeeded()
    }
    try vault.write(
      "---\nid: abc12345\n---\n\nCats are good for 5 days of the weak.\n\nEnd.\n",
      to: "posts/essay.md")
    try cut("good", "fine", "major")
    _ = try changes()
    try cut("End.", "An end with a claim that it did not make before.", "major")
    try cut("weak", "week", "minor")
    #expect(vault.notes("changes", "--keep").output.contains("with a claim"))
    #expect(told(try changes()) == ["posts/essay.md major"])
    try cut("5 days", "6 days", "correction")
    try cut("are fine", "are so fine", "minor")
    #expect(told(try changes()) == ["posts/essay.md correction"])
    try cut("so fine", "fine", "minor")
    #expect(told(try changes("--keep")) == ["posts/essay.md minor"])
    let text = try vault.read("posts/essay.md")
    try vault.write(text.replacingOccurrences(of: "fine", with: "not fine"), to: "posts/essay.md")
    #expect(told(try changes()) == ["posts/essay.md correction"])
  }

  @Test("a version that was withdrawn on another machine is news, with the reason")
  func withdrawn() throws {
    try vault.makeRemote()
    try vault.write("---\nid: abc12345\n---\n\nAn essay of some words.\n", to: "posts/essay.md")
    try vault.notes("version", "cut", "-q", "essay", "-m", "first").succeeded()
    try vault.notes("sync", "-q", "--remote", vault.remote).succeeded()
    let there = try vault.cloned()
    _ = try changes()
    try there.notes("version", "withdraw", "essay@v1", "-m", "It was wrong").succeeded()
    try there.notes("sync", "-q").succeeded()
    try vault.notes("sync", "-q").succeeded()
    let news = vault.notes("changes", "--keep")
    #expect(news.output.contains("posts/essay.md  withdrawn\n  v1"))
    #expect(news.output.contains("first  (withdrawn 2") && news.output.contains(": It was wrong)"))
    #expect(told(try changes()) == ["posts/essay.md withdrawn"])
    #expect(vault.notes("changes").status == 1)
    // A note that is new to the reader says it as well.
    let all = vault.notes("changes", "--since", "1999-01-01").output
    #expect(all.contains("essay.md  new") && all.contains("It was wrong"))
  }

  @Test("a mark whose snapshot is gone, or that is damaged, is no failure")
  func lostMark() throws {
    try vault.write("one\n", to: "a.md")
    try save(daysAgo: 30)
    _ = try changes()
    let mark = vault.path + "/.git/notes/read"
    let lines = try String(contentsOfFile: mark, encoding: .utf8).split(separator: "\n")
    try "\(lines[0])\n\(String(repeating: "1", count: 40))\n"
      .write(toFile: mark, atomically: true, encoding: .utf8)
    try vault.write("one two\n", to: "a.md")
    #expect(told(try changes()) == ["a.md minor"])
    try "frog".write(toFile: mark, atomically: true, encoding: .utf8)
    try vault.write("one two three\n", to: "a.md")
    #expect(told(try changes()) == ["a.md minor"])
  }

  @Test("a new note has as many words here as in its history, and what is imported is no news")
  func sameCount() throws {
    try vault.write("---\ntitle: Old\n---\n\nSome *words*, and `code`, $x + y$.\n", to: "old.md")
    try save(daysAgo: 900)
    let news = try changes("--since", "1999-01-01").first { $0["path"] as? String == "old.md" }
    let history = vault.notes("history", "old").lines[0]
    let count = try #require(news?["wordsAdded"] as? Int)
    #expect(history.contains("+\(count) -0"), "\(history): \(count)")
    _ = try changes()
    try vault.notes("version", "import", "old", "--yes").succeeded()
    #expect(try told(changes("--keep")) == [])
    #expect(try told(changes("--since", "2 days ago")) == [])
    try vault.notes("version", "note", "old@v1", "-m", "Other words").succeeded()
    #expect(try told(changes("--since", "2 days ago")) == [])
  }
}
