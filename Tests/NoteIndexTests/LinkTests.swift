import Foundation
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("Links lead where their authors meant")
struct LinkTests {
  /// Where the one link of `from` leads in a vault of these notes.
  private func target(
    _ link: String, in notes: [String: String], from path: String = "from.md"
  ) throws -> String? {
    var notes = notes
    notes[path] = link + "\n"
    let test = try TestVault(notes)
    let index = try test.fresh()
    let links = try index.outgoing(NotePath(path))
    #expect(links.count == 1)
    return links.first?.note?.text
  }

  @Test(
    "a wiki link is a path, the end of a path, an id, a title, an alias or a slug",
    arguments: [
      ("[[a/b/note]]", "a/b/note.md"), ("[[a/b/note.md]]", "a/b/note.md"),
      ("[[b/note]]", "a/b/note.md"), ("[[note]]", "a/b/note.md"), ("[[NOTE]]", "a/b/note.md"),
      ("[[x7k2]]", "other.md"), ("[[An Other Title]]", "other.md"), ("[[TCP/IP]]", "other.md"),
      ("[[an other title|label]]", "other.md"), ("[[the-slug]]", "other.md"),
      ("[[other#heading]]", "other.md"), ("![[other]]", "other.md"), ("[[nowhere]]", nil),
      ("[t](a/b/note.md)", "a/b/note.md"), ("[t](/a/b/note.md)", "a/b/note.md"),
      ("[t](./other.md)", "other.md"), ("[t](An%20Other%20Title)", nil), ("[t](../other.md)", nil),
    ] as [(String, String?)])
  func kinds(link: String, expected: String?) throws {
    let notes = [
      "a/b/note.md": "text\n",
      "other.md": """
      ---
      id: x7k2
      title: An Other Title
      aliases: [TCP/IP]
      slug: the-slug
      ---
      # Heading

      """,
    ]
    #expect(try target(link, in: notes) == expected)
  }

  @Test("a link is read from the folder of its note")
  func relative() throws {
    let notes = ["a/x.md": "1", "b/x.md": "2", "x.md": "3"]
    #expect(try target("[t](x.md)", in: notes, from: "b/from.md") == "b/x.md")
    #expect(try target("[t](../a/x.md)", in: notes, from: "b/from.md") == "a/x.md")
    #expect(try target("[[x]]", in: notes, from: "b/from.md") == "x.md")
    #expect(try target("[[./x]]", in: notes, from: "c/from.md") == "x.md")
  }

  @Test("the same bytes go before another case, and both spellings of a letter are one name")
  func cases() throws {
    #expect(try target("[[Foo]]", in: ["a/Foo.md": "", "b/foo.md": ""]) == "a/Foo.md")
    #expect(try target("[[foo]]", in: ["a/Foo.md": "", "b/foo.md": ""]) == "b/foo.md")
    #expect(try target("[[cafe\u{301}]]", in: ["caf\u{e9}.md": ""]) == "caf\u{e9}.md")
  }

  @Test("two files whose names are spelt differently are two")
  func twins() throws {
    let test = try TestVault(["from.md": "[[caf\u{e9}]] [[cafe\u{301}]]\n", "caf\u{e9}.md": ""])
    try test.folder.write("", to: "cafe\u{301}.md")
    let index = try test.fresh()
    #expect(try index.count() == 3)
    let goals = try index.outgoing(NotePath("from.md")).map { $0.note?.text.unicodeScalars.count }
    #expect(goals == [7, 8])
    #expect(try index.check().map(\.kind) == [.twin])
  }

  @Test("among several notes the nearest is taken, and the choice is told")
  func ambiguous() throws {
    let test = try TestVault([
      "long/path/x.md": "", "b/x.md": "", "a/x.md": "", "from.md": "[[x]]", "b/from.md": "[[x]]",
    ])
    let index = try test.fresh()
    #expect(try index.outgoing(NotePath("from.md")).map(\.note?.text) == ["a/x.md"])
    #expect(try index.outgoing(NotePath("from.md")).map(\.rivals) == [2])
    #expect(try index.outgoing(NotePath("b/from.md")).map(\.note?.text) == ["b/x.md"])
    #expect(try index.check().filter { $0.kind == .ambiguousLink }.map(\.path.text) == ["from.md"])
  }

  @Test("a note that comes, goes or moves takes the links with it")
  func follows() throws {
    let test = try TestVault(["from.md": "[[later]] [[Title]]\n"])
    let index = try test.fresh()
    func goals() throws -> [String?] {
      try index.refresh(now: test.now)
      return try index.outgoing(NotePath("from.md")).map(\.note?.text)
    }
    #expect(try goals() == [nil, nil])
    try test.folder.write("# Title\n", to: "deep/later.md")
    #expect(try goals() == ["deep/later.md", "deep/later.md"])
    try test.folder.write("x", to: "later.md")
    #expect(try goals() == ["later.md", "deep/later.md"])
    try test.move("deep/later.md", to: "else/renamed.md")
    #expect(try goals() == ["later.md", "else/renamed.md"])
    try test.folder.write("# Other title\n", to: "else/renamed.md")
    #expect(try goals() == ["later.md", nil])
    try test.remove("later.md")
    #expect(try goals() == [nil, nil])
  }

  @Test("a note knows who links to it, with the paragraph")
  func backlinks() throws {
    let test = try TestVault([
      "goal.md": "# Goal\n",
      "a.md": "# A\n\nBefore.\n\nThis is *about* [[goal|the aim]],\nand more.\n",
    ])
    let index = try test.fresh()
    let found = try index.incoming(NotePath("goal.md"))
    #expect(found.map(\.title) == ["A"])
    #expect(found.map(\.paragraph) == ["This is *about* [[goal|the aim]], and more."])
    #expect(found.map(\.range) == [16..<32])
    #expect(found.map(\.link.line) == [5])
    #expect(try index.linksTo(NotePath("goal.md")).map(\.ordinal) == [0])
    var filter = Filter()
    filter.linksTo = [try NotePath("goal.md")]
    #expect(try index.list(filter).paths == ["a.md"])
    filter = Filter()
    filter.linkedBy = [try NotePath("a.md")]
    #expect(try index.list(filter).paths == ["goal.md"])
    filter = Filter()
    filter.isOrphan = true
    #expect(try index.list(filter).paths == ["a.md"])
  }

  @Test("of many who link to a note the first are told, and how many there are")
  func firstBacklinks() throws {
    let test = try TestVault([
      "goal.md": "# Goal\n", "c.md": "C [[goal]].\n", "a.md": "A [[goal]].\n\nAgain [[goal]].\n",
      "b.md": "B [[goal]].\n",
    ])
    let index = try test.fresh()
    let goal = try NotePath("goal.md")
    let all = try index.incoming(goal)
    #expect(
      all.map(\.paragraph) == ["A [[goal]].", "Again [[goal]].", "B [[goal]].", "C [[goal]]."])
    for limit in 0...5 {
      let found = try index.incoming(goal, limit: limit)
      #expect(found.links.map(\.paragraph) == all.prefix(limit).map(\.paragraph))
      #expect(found.links.map(\.title) == all.prefix(limit).map(\.title))
      #expect(found.count == 4)
    }
  }

  @Test("what a note links to is known by what its links say, the first of the same name's")
  func linkedNotes() throws {
    let test = try TestVault([
      "goal.md": "---\naliases: [aim]\n---\n# Goal\n",
      "a.md": "[[goal]], [[aim]], [[goal#part]], [[nothing]] and [this](goal.md).\n",
    ])
    let found = try test.fresh().linkedNotes(of: NotePath("a.md"))
    #expect(found.mapValues(\.text) == ["goal": "goal.md", "aim": "goal.md", "goal.md": "goal.md"])
  }

  @Test("a link to a file that is no note is not broken")
  func attachments() throws {
    let test = try TestVault([
      "n/a.md": "![[pic.png]] ![x](img/y.png) ![[gone.png]] [f](../data) [[n/]] [w](https://x.y)\n",
      "media/pic.png": "", "n/img/y.png": "", "data/x.csv": "",
    ])
    let index = try test.fresh()
    #expect(try index.broken().map(\.target) == ["gone.png"])
  }
}
