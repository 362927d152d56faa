import Testing

@testable import NotesCLI

@Suite("the words of a query are completed")
struct CompletionTests {
  private func candidates(_ typed: String) -> [String] {
    QueryCompletion(of: typed).candidates(
      tags: ["math", "math/sde", "two words", "bread"], paths: ["a.md", "b c.md", "b.md"],
      keys: ["status", "title", "odd key"])
  }

  @Test(
    "keys, and behind a colon the values that there are",
    arguments: [
      ("tag:ma", ["tag:math", "tag:math/sde"]), ("-tag:b", ["-tag:bread"]),
      ("links-to:", ["links-to:a.md", "links-to:b.md"]), ("is:or", ["is:orphan"]),
      ("st", ["status:"]), ("ti", ["title:"]), ("-lin", ["-linked-by:", "-links-to:"]),
      ("xyz", []), ("title:x", []),
    ] as [(String, [String])])
  func values(typed: String, expected: [String]) {
    #expect(candidates(typed) == expected)
  }

  @Test("bash cuts words at colons")
  func bash() {
    let cut = ["notes", "search", "tag", ":", "ma"]
    #expect(QueryCompletion.typed(cut, at: 4) == ("tag:ma", "ma"))
    #expect(QueryCompletion.typed(["notes", "search", "tag", ":"], at: 3) == ("tag:", ""))
    #expect(QueryCompletion.typed(["notes", "search", "tag:ma"], at: 2) == ("tag:ma", "tag:ma"))
    #expect(QueryCompletion.typed([], at: 3) == ("", ""))
  }
}
