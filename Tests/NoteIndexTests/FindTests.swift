import Foundation
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("An address means the note that has just this name")
struct FindTests {
  private let notes = [
    "posts/ranting.md": "---\nid: k3x9q\ntitle: Ranting about ML\naliases: [rant]\nslug: ml\n---\n",
    "posts/ranting-more.md": "# Ranting about ML\n",
    "a.md": "# Something\n", "deep/a.md": "# Else\n", "x/y/z.md": "# Z end\n",
    "p1.md": "---\nid: abcd1\n---\n", "p2.md": "---\nid: abcd2\n---\n", "Case.md": "# Case\n",
  ]

  @Test(
    "by path, id, title, alias, slug, file name and beginnings of them",
    arguments: [
      ("posts/ranting.md", ["posts/ranting.md"]), ("posts/ranting", ["posts/ranting.md"]),
      ("k3x9q", ["posts/ranting.md"]), ("k3x9", ["posts/ranting.md"]), ("k3x", []),
      ("Ranting about ML", ["posts/ranting.md", "posts/ranting-more.md"]),
      ("ranting ABOUT ml", ["posts/ranting.md", "posts/ranting-more.md"]),
      ("rant", ["posts/ranting.md"]), ("ml", ["posts/ranting.md"]), ("a", ["a.md"]),
      ("z", ["x/y/z.md"]), ("y/z", ["x/y/z.md"]), ("abcd", ["p1.md", "p2.md"]),
      ("post", ["posts/ranting-more.md", "posts/ranting.md"]), ("x/y/", []), ("x/y", []),
      ("case", ["Case.md"]), ("[[rant]]", ["posts/ranting.md"]), ("", []), ("../..", []),
      ("\u{0}", []), ("nothing like it", []), ("/", []),
    ] as [(String, [String])])
  func rules(address: String, expected: [String]) throws {
    let test = try TestVault(notes)
    #expect(try test.fresh().find(address, from: test.folder.path).paths == expected)
  }

  @Test(
    "a path that begins or ends with a blank is one", arguments: [" lead.md", " d /b.md", "c .md"])
  func blanks(path: String) throws {
    let test = try TestVault([path: "x\n", "lead.md": "y\n"])
    let index = try test.fresh()
    #expect(try index.find(path, from: test.folder.path).paths == [path])
    #expect(try index.find(" lead.md  ", from: test.folder.path).paths == ["lead.md"])
  }

  @Test("a path is read from the folder in which it was typed first")
  func relative() throws {
    let test = try TestVault(notes)
    let index = try test.fresh()
    #expect(try index.find("a.md", from: test.folder.path + "/deep").paths == ["deep/a.md"])
    #expect(try index.find("a.md", from: test.folder.path + "/x").paths == ["a.md"])
  }

  @Test("a whole path is read through symbolic links in its folders")
  func throughLinks() throws {
    let test = try TestVault(notes)
    let index = try test.fresh()
    let elsewhere = TemporaryFolder()
    let link = elsewhere.path + "/link"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: test.folder.path)
    for folder in [link, test.folder.path] {
      #expect(try index.find(folder + "/deep/a.md", from: link).paths == ["deep/a.md"])
    }
    #expect(try index.find(elsewhere.path + "/deep/a.md", from: link).paths == [])
  }

  @Test("lists are in the order that was asked for")
  func sorted() throws {
    let test = try TestVault([
      "b.md": "---\ntitle: alpha\ncreated: 2021-01-01\n---\nthree words here\n",
      "a.md": "---\ntitle: Beta\ncreated: 2022-01-01\n---\nword\n",
    ])
    let index = try test.fresh()
    #expect(try index.list().paths == ["a.md", "b.md"])
    for (sort, expected) in [
      ("title", ["b.md", "a.md"]), ("title-", ["a.md", "b.md"]), ("created", ["a.md", "b.md"]),
      ("created+", ["b.md", "a.md"]), ("words", ["b.md", "a.md"]), ("path-", ["b.md", "a.md"]),
    ] {
      #expect(try index.list(sort: [#require(Sort(sort))]).paths == expected)
    }
    #expect(Sort("size") == nil)
    #expect(try index.list(limit: 1, offset: 1).paths == ["b.md"])
  }

  @Test("tags are counted, and a tag fits those below it")
  func tags() throws {
    let test = try TestVault(["a.md": "#x/y #z", "b.md": "#X #z/w", "c.md": "#zz"])
    let index = try test.fresh()
    #expect(
      try index.tags().map { "\($0.tag) \($0.count)" } == ["X 1", "x/y 1", "z 1", "z/w 1", "zz 1"])
    #expect(try index.list(Filter(tags: ["x"])).paths == ["a.md", "b.md"])
    #expect(try index.list(Filter(tags: ["z"])).paths == ["a.md", "b.md"])
    #expect(try index.list(Filter(tags: ["Z/W"])).paths == ["b.md"])
  }
}
