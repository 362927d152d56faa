import Foundation
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("The index follows the files")
struct RefreshTests {
  @Test("a new, a changed and a removed note are noticed, and nothing else is written")
  func follows() throws {
    let test = try TestVault(["a.md": "# One\n", "sub/b.md": "two\n"])
    let index = try test.index()
    let first = try index.refresh(now: test.now)
    #expect(first.added.map(\.text) == ["a.md", "sub/b.md"])
    #expect(try index.refresh(now: test.now).isUnchanged)
    try test.folder.write("# Uno\n", to: "a.md")
    try test.folder.write("three\n", to: "sub/c.md")
    try test.remove("sub/b.md")
    let second = try index.refresh(now: test.now)
    #expect(second.changed.map(\.text) == ["a.md"])
    #expect(second.added.map(\.text) == ["sub/c.md"])
    #expect(second.removed.map(\.text) == ["sub/b.md"])
    #expect(try index.list().map(\.title) == ["Uno", "c"])
  }

  @Test("the only note of a folder, once a command wrote it, is noticed when it is moved by hand")
  func movedAfterApply() throws {
    let test = try TestVault(["inbox/a.md": "# One\n"])
    let index = try test.fresh()
    try test.folder.write("# One\n\nMore.\n", to: "inbox/a.md")
    try index.apply([.written(NotePath("inbox/a.md"))], now: test.now)
    try test.move("inbox/a.md", to: "projects/a.md")
    try index.refresh(now: test.now)
    #expect(try index.list().paths == ["projects/a.md"])
    // So it is where nothing takes its place.
    try index.apply([.written(NotePath("projects/a.md"))], now: test.now)
    try test.remove("projects/a.md")
    try index.refresh(now: test.now)
    #expect(try index.list().paths.isEmpty)
  }

  @Test("a folder that is gone is missed though the settings are others, or were not read yet")
  func folderGoneWithOtherSettings() throws {
    let test = try TestVault(["posts/a.md": "a", "b.md": "b"])
    let index = try test.fresh()
    try test.move("posts", to: "blog")
    try test.folder.write("posts: blog\n", to: ".notes/config.yaml")
    let other = try test.index()
    try other.refresh(now: test.now)
    #expect(try other.list().paths == ["b.md", "blog/a.md"])
    #expect(try other.integrity() == [])
    #expect(try index.list().paths == ["b.md", "blog/a.md"])

    // Nothing but a command has written into this one yet.
    let young = try TestVault(["fold/a.md": "a"])
    let first = try young.index()
    try first.apply([.written(NotePath("fold/a.md"))], now: young.now)
    try young.move("fold", to: "else")
    try first.refresh(now: young.now)
    #expect(try first.list().paths == ["else/a.md"])
  }

  @Test("a folder that is gone takes its notes with it")
  func folderGone() throws {
    let test = try TestVault(["x/y/a.md": "a", "b.md": "b"])
    let index = try test.fresh()
    try test.remove("x")
    try index.refresh(now: test.now)
    #expect(try index.list().paths == ["b.md"])
  }

  @Test("the words of old texts do not pile up, and are never found")
  func abandonedTexts() throws {
    let test = try TestVault()
    let index = try test.index()
    for round in 0..<28 {
      for note in 0..<40 { try test.folder.write("round\(round) note\(note)\n", to: "n\(note).md") }
      try index.refresh(now: test.now)
      #expect(try index.search(Query("round\(round)"), limit: 50, snippets: 0).hits.count == 40)
    }
    #expect(try index.search(Query("round3")).hits.isEmpty)
    #expect(try index.search(Query("note7 round27"), limit: 1).paths == ["n7.md"])
    let rows = try runProcess(
      ["sqlite3", test.indexPath, "SELECT count(*) < 200 FROM fulltext_docsize"])
    #expect(rows.output == "1\n")
    #expect(try index.integrity() == [])
  }
}
