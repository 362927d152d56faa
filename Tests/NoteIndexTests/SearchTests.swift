import Foundation
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("Search finds notes by their words")
struct SearchTests {
  @Test("notes with all the words come first, notes with some of them fill up")
  func allThenSome() throws {
    let test = try TestVault([
      "both.md": "# Filters\n\nThe kalman filter smooths.\n",
      "one.md": "# Wiener\n\nA filter.\n",
      "none.md": "# Else\n\nNothing.\n",
    ])
    let index = try test.fresh()
    let result = try index.search(Query("kalman filters"))
    #expect(result.paths == ["both.md", "one.md"])
    #expect(result.hits.map(\.missing) == [[], ["kalman"]])
    let snippet = try #require(result.hits.first?.snippets.first)
    #expect(snippet.text == "The kalman filter smooths.")
    #expect(snippet.line == 3)
    #expect(snippet.heading == "Filters")
    #expect(snippet.ranges == [4..<10, 11..<17])
  }

  @Test(
    "each part of the query language does what it says",
    arguments: [
      ("apple", ["a.md", "b.md"]), ("apple -banana", ["a.md"]), ("\"banana apple\"", ["b.md"]),
      ("cher* OR plum", ["c.md", "d.md"]), ("cherry | plum", ["c.md", "d.md"]),
      ("tag:fruit", ["a.md", "c.md"]), ("-tag:fruit apple", ["b.md"]),
      ("tag:fruit/red", ["c.md"]), ("type:post", ["p/d.md"]), ("path:p/", ["p/d.md"]),
      ("title:Alpha", ["a.md"]), ("code:swift", []), ("status:done", ["a.md"]),
      ("created:2024", ["a.md"]), ("created:>2024-05 status:done", []),
      ("created:2023..2024-03-01", ["a.md"]),
      ("created:>=2024-03-01 created:<2024-03-02", ["a.md"]), ("-apple -cherry", ["p/d.md"]),
    ] as [(String, [String])])
  func language(query: String, expected: [String]) throws {
    let test = try TestVault([
      "a.md": """
      ---
      title: Alpha
      tags: [fruit]
      status: done
      created: 2024-03-01
      ---
      apple

      """,
      "b.md": "banana apple\n", "c.md": "cherry #fruit/red\n",
      "p/d.md": "---\ntype: post\n---\nplum\n",
    ])
    let index = try test.fresh()
    let paths = try index.search(Query(query)).paths.sorted()
    #expect(paths == expected.map { $0 == "d.md" ? "p/d.md" : $0 })
  }

  @Test(
    "what the front matter says is found, and shown where nothing else has it",
    arguments: [
      "kangaroo", "+kangaroo", "\"kangaroo hops\"", "numbat", "#numbat", "zebra", "wallaby2020",
      "@wallaby2020", "10.1234/abcd.5678", "example.org", "okapi",
      "https://example.org/okapi-page", "\"深度学习\"", "学",
    ])
  func frontmatter(query: String) throws {
    let test = try TestVault([
      "f.md": """
      ---
      title: Clip
      source: "https://example.org/okapi-page"
      author: "[[Jane Zebra]]"
      description: kangaroo hops
      doi: 10.1234/abcd.5678
      citekey: wallaby2020
      subject: 深度学习
      tags: [numbat]
      ---
      Text here of koala.

      """,
      "z.md": "kangarpo\n",
    ])
    let found = try test.search(query)
    #expect(found.paths == ["f.md"])
    #expect(found.repaired.isEmpty)
    let snippet = try #require(found.hits.first?.snippets.first)
    #expect((3...9).contains(snippet.line) && !snippet.ranges.isEmpty)
    #expect(try test.search("koala kangaroo").hits.first?.snippets.first?.line == 11)
    #expect(try test.search("wallaby").paths == ["f.md"])
  }

  @Test("what the front matter says counts less than what the text says, and names no day")
  func frontmatterCounts() throws {
    let test = try TestVault([
      "a.md": "---\nsubject: wombat\ncreated: 2019-05-06\nid: zq7\n---\nWords of no account.\n",
      "b.md": "Words of a wombat.\n",
    ])
    let index = try test.fresh()
    #expect(try index.search(Query("wombat")).paths == ["b.md", "a.md"])
    for query in ["2019", "zq7", "true"] { #expect(try index.search(Query(query)).hits.isEmpty) }
  }

  @Test(
    "letters that few keyboards have are found by those that are typed for them",
    arguments: [
      "\"DIE STRASSE\"", "+STRASSE", "fuss", "coeur", "orsted", "lodz", "duong", "aesir", "Straße",
      "stras*", "title:\"cœur\"",
    ])
  func foldedLetters(query: String) throws {
    let test = try TestVault([
      "l.md": "# Cœur\n\nDie Straße, der Fuß, cœur, Ørsted, Łódź, đường, Æsir\n", "z.md": "fuse\n",
    ])
    #expect(try test.search(query).paths == ["l.md"])
  }
}
