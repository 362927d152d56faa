import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("Each filter of a query finds what it says")
struct QueryFilterTests {
  @Test(
    "a key and its value are the same in any case and spelling, in any script",
    arguments: [
      ("author:MÜLLER", ["a.md"]), ("author:müller", ["a.md"]), ("AUTHOR:Muller", []),
      ("stadt:köln", ["a.md", "b.md"]), ("STADT:KO\u{308}LN", ["a.md", "b.md"]),
      ("größe:groß", ["a.md"]), ("Größe:*", ["a.md"]),
      ("GRÖßE:GROß", ["a.md"]), ("stadt:köln,bonn", ["a.md", "b.md", "c.md"]),
    ] as [(String, [String])])
  func foldedValues(query: String, expected: [String]) throws {
    let test = try TestVault([
      "a.md": "---\nauthor: Müller\nstadt: Köln\nGröße: groß\n---\nx\n",
      "b.md": "---\nstadt: Ko\u{308}ln\n---\ny\n", "c.md": "---\nStadt: BONN\n---\nz\n",
    ])
    let found = try test.search(query)
    #expect(found.hits.map(\.note.path.text).sorted() == expected)
  }

  private static let notes = [
    "a.md": """
    ---
    title: Alpha
    aliases: [First]
    tags: [fruit]
    status: done
    rating: 9
    due: 2024-05-20
    created: 2024-03-01
    ---
    # Apple

    An apple, see [[b]] and $x^2$ by [@knuth].

    """,
    "b.md": """
    ---
    rating: 10
    due: 2024-06-03
    draft: true
    created: 2024-04-01
    ---
    banana apple

    ```swift
    let x = 1
    ```

    """,
    "c.md": """
    ---
    private: true
    rating: low
    created: 2023-04-01
    ---
    cherry #fruit/red ![](x.png)

    """,
    "p/d.md": """
    ---
    type: post
    status: draft
    author: "Doe, J"
    created: 2023-01-01
    ---
    plum [[Alpha]]

    """,
  ]

  @Test(
    arguments: [
      // Words, and what must hold.
      ("apple", "a b"), ("apple cherry", "a b c"), ("apple AND banana", "b"),
      ("+banana apple", "b"), ("apple -banana", "a"), ("apple NOT (banana OR cherry)", "a"),
      ("\"banana apple\"", "b"), ("\"apple banana\"", ""), ("cher*", "c"),
      ("tag:fruit OR banana", "a b c"), ("(tag:fruit OR banana) apple", "a b"),
      ("-apple -cherry", "d"), ("title:alpha", "a"), ("heading:apple", "a"), ("title:apple", ""),
      ("body:banana", "b"), ("code:let", "b"), ("-code:let apple", "a"),
      // Filters.
      ("tag:fruit", "a c"), ("tag:fruit/red", "c"), ("tag:*", "a c"), ("-tag:*", "b d"),
      ("tag:none,fruit/red", "c"), ("type:post", "d"), ("path:p", "d"), ("in:p,b", "b d"),
      ("lang:swift", "b"), ("cites:knuth", "a"), ("links-to:b", "a"), ("links-to:First", "d"),
      ("linked-by:a", "b"), ("linked-by:Alpha,p/d", "a b"), ("links-to:*", "a d"),
      ("created:2024", "a b"), ("created:2024-03", "a"), ("created:2023..2024-03", "a c d"),
      ("created:\"last year\"", "c d"), ("created:>2024-03", "b"), ("-created:2024", "c d"),
      ("created:\"april 2024\"", "b"), ("created:>=2024-03-01 created:<2024-03-02", "a"),
      // Things and kinds.
      ("has:link", "a d"), ("has:backlink", "a b"), ("has:tag", "a c"), ("has:code", "b"),
      ("has:math", "a"), ("has:citation", "a"), ("has:heading", "a"), ("has:alias", "a"),
      ("has:image", "c"), ("has:due", "a b"), ("-has:metadata", ""), ("has:problem", ""),
      ("is:post", "d"), ("is:note", "a b c"), ("is:orphan", "c d"), ("is:draft", "b d"),
      ("is:private", "c"), ("is:conflicted", "b"), ("-is:conflicted tag:fruit", "a c"),
      // Front matter.
      ("status:done", "a"), ("status:DONE,draft", "a d"), ("status:*", "a d"),
      ("rating:>9", "b c"), ("rating:>=9", "a b c"), ("rating:<10", "a"), ("rating:1..9", "a"),
      ("rating:..9", "a"), ("due:>2024-05", "b"), ("due:2024-05..2024-06", "a b"),
      ("due:<today", "a"), ("due:\">yesterday\"", "b"), ("author:\"Doe, J\"", "d"),
      ("author:Doe, J", ""),
      ("-status:done", "b c d"), ("status:done OR banana", "a b"),
    ])
  func filters(query: String, expected: String) throws {
    let test = try TestVault(Self.notes)
    let index = try test.fresh()
    // The first of June 2024, at noon.
    let result = try index.search(
      Query(query, now: 1_717_243_200), conflicted: [NotePath("b.md")])
    let names = result.paths.map { $0.split(separator: "/").last?.dropLast(3) ?? "" }.sorted()
    #expect(names.joined(separator: " ") == expected)
    #expect(result.unresolved.isEmpty)
  }

  @Test("a name that no note has fits nothing, and is said")
  func unresolved() throws {
    let test = try TestVault(Self.notes)
    let index = try test.fresh()
    let result = try index.search(Query("links-to:nowhere"))
    #expect(result.paths.isEmpty)
    #expect(result.unresolved == ["nowhere"])
    #expect(try index.search(Query("apple -links-to:nowhere")).paths.count == 2)
  }

  @Test(
    "a list asks the same filters",
    arguments: [
      ("status:done", "a"), ("is:conflicted", "b"),
      ("-tag:fruit type:note", "b"), ("nokey:x", ""), ("/plum/", "d"), ("links-to:First", "d"),
    ])
  func list(query: String, expected: String) throws {
    let test = try TestVault(Self.notes)
    let notes = try test.fresh().list(query: Query(query), conflicted: [NotePath("b.md")])
    let names = notes.paths.map { $0.split(separator: "/").last?.dropLast(3) ?? "" }
    #expect(names.joined(separator: " ") == expected)
  }

  @Test("a key that no note has is text")
  func text() throws {
    let test = try TestVault(["a.md": "see doi:10.1000/182 or std::vector\n"])
    let index = try test.fresh()
    for query in ["doi:10.1000/182", "std::vector", "doi:10.1000/182 OR tag:x"] {
      #expect(try index.search(Query(query)).paths == ["a.md"])
    }
    #expect(try index.search(Query("doi:10.1000/182")).readAsText == ["doi:10.1000/182"])
    #expect(try index.search(Query("std::vector")).readAsText.isEmpty)
    #expect(try index.search(Query("foo:>3")).readAsText == ["foo:>3"])
  }

  @Test("random pieces of the grammar raise nothing", arguments: 0..<8 as Range<UInt64>)
  func hostile(seed: UInt64) throws {
    print("seed", seed)
    var dice = SplitMix(seed: seed &+ 1_000)
    let test = try TestVault(Self.notes)
    let index = try test.fresh()
    let pieces = [
      "\"", "*", "(", ")", " AND ", " OR ", "NOT ", "-", "+", ":", "^", "title:", "tag:", "tex:",
      "created:", "rating:", "due:", "status:", "has:", "is:", "links-to:", "path:", "in:", ">",
      ">=", "<", "..", ",", "|", "&&", "/", "/a.*/", "/(/", "/[/i", "\u{0}", "'", "\\", "#",
      "apple",
      "banana", "2024", "last week", "3m", "9", "é", "漢字", "\u{301}", "👩‍👩‍👧", " ", " ", "  ",
      "\u{201C}", "\u{AB}", "[", "]", "{", "?", "%", "\n", "\u{202E}", "conflicted", "draft",
      "math", "*", "NEAR(", "a:b:c", "999999999999999999999", "-1", "1e400", "nan",
    ]
    for _ in 0..<250 {
      let count = Int.random(in: 1..<16, using: &dice)
      let text = (0..<count).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined()
      let query = Query(text, now: 1_717_243_200)
      do {
        _ = try index.search(query, limit: 3, counting: true, conflicted: [NotePath("b.md")])
      } catch {
        Issue.record("\(text.debugDescription): \(error)")
      }
    }
  }

  @Test(
    "what people type by accident raises nothing",
    arguments: [
      "c++ AND", "foo-bar", "a:b", String(repeating: "(", count: 200), "\"", "*", "^", "#tag",
      "\u{0}",
      String(repeating: "tag:a,", count: 3_000), String(repeating: "x:a,b,c ", count: 1_000),
      String(repeating: "(a OR ", count: 100), nested("-(a ", ")"), nested("(a OR (b AND ", "))"),
      nested("(tag:x OR -(status:y ", "))"), "tag:", "tag:\"\"", "created:..", "x:..", "/\\", "x:>",
      "path:[", "links-to:[[b]]", "links-to:../..", "has:", "is:,", "title:(", "title:()",
      String(repeating: "/a/ ", count: 64), String(repeating: "links-to:b,", count: 900),
    ])
  func accidents(text: String) throws {
    let test = try TestVault(Self.notes)
    let index = try test.fresh()
    _ = try index.search(Query(text, now: 0), counting: true)
  }
}

/// Parentheses as deep as they are read, with something in front of each.
private func nested(_ open: String, _ close: String) -> String {
  let depth = 16 / close.count
  return String(repeating: open, count: depth) + "b" + String(repeating: close, count: depth)
}
