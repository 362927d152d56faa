import Foundation
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("Odd files do no harm")
struct RobustnessTests {
  @Test("a rewrite under the very same stamp is noticed")
  func racy() throws {
    let test = try TestVault(["a.md": "first text\n"])
    let path = try NotePath("a.md")
    // A look at the moment of the last change: the stamp proves nothing yet.
    test.now = try #require(try test.vault.files.stamp(of: path)).changed
    let index = try test.fresh()
    try test.folder.write("other text\n", to: "a.md")
    try pretendSameStamp(test, path)
    #expect(try index.refresh(now: test.now).changed == [path])
    #expect(try index.search(Query("other")).paths == ["a.md"])
  }

  @Test("a stamp that has grown old is trusted, and then nothing is written")
  func settled() throws {
    let test = try TestVault(["a.md": "first text\n"])
    let path = try NotePath("a.md")
    let made = try #require(try test.vault.files.stamp(of: path)).changed
    test.now = made
    let index = try test.fresh()
    #expect(try test.dump().contains("|1|a|"))
    test.now = made + 1_000_000_000
    #expect(try index.refresh(now: test.now).isUnchanged)
    #expect(try test.dump().contains("|0|a|"))
    let log = URL(fileURLWithPath: test.indexPath + "-wal")
    let before = try Data(contentsOf: log)
    try index.refresh(now: test.now)
    #expect(try Data(contentsOf: log) == before)
  }

  /// Writes the stamps that a file has now into the index, as if they had been those of before.
  private func pretendSameStamp(_ test: TestVault, _ path: NotePath) throws {
    let vault = try test.vault
    let stamp = try #require(vault.files.stamp(of: path))
    var sql = """
      UPDATE note SET size = \(stamp.size), modified = \(stamp.modified),
        changed = \(stamp.changed), inode = \(stamp.inode);
      """
    try Walk(root: vault.root).eachFolder { listing in
      let sum = listing.fingerprint
      sql += "UPDATE folder SET low = \(Int64(bitPattern: sum.low)), "
      sql += "high = \(Int64(bitPattern: sum.high)) WHERE path = '\(listing.path)';"
    }
    try runProcess(["sqlite3", test.indexPath, sql])
  }

  @Test("a save by an editor, beside and in place of the old file, is a change")
  func editorSwap() throws {
    let test = try TestVault(["a.md": "old\n"])
    let index = try test.fresh()
    try test.folder.write("new\n", to: ".a.md.swp")
    try test.folder.write("new\n", to: "a.md~")
    try test.remove("a.md")
    try test.move("a.md~", to: "a.md")
    #expect(try index.refresh(now: test.now).changed.map(\.text) == ["a.md"])
    #expect(try index.search(Query("new")).paths == ["a.md"])
    #expect(try index.count() == 1)
  }

  @Test("a note with broken front matter is found by its text, and told of")
  func brokenYAML() throws {
    let test = try TestVault(["a.md": "---\ntitle: a: b: [\n---\n# Real\n\nfindable words\n"])
    let index = try test.fresh()
    #expect(try index.search(Query("findable")).paths == ["a.md"])
    let finding = try #require(try index.check().first { $0.kind == .frontMatter })
    #expect(finding.path.text == "a.md")
    #expect(finding.line > 0)
    var filter = Filter()
    filter.hasProblem = true
    #expect(try index.count(filter) == 1)
  }

  @Test("bytes that are no text are searched as far as they are")
  func oddBytes() throws {
    let test = try TestVault()
    let url = test.folder.url
    try Data([0xFF, 0x20] + "latin words".utf8 + [0xE9]).write(
      to: url.appendingPathComponent("l.md"))
    try Data("before\u{0}after\n".utf8).write(to: url.appendingPathComponent("n.md"))
    try Data([0xEF, 0xBB, 0xBF] + "# Marked\n".utf8).write(to: url.appendingPathComponent("b.md"))
    try Data().write(to: url.appendingPathComponent("e.md"))
    let index = try test.fresh()
    #expect(try index.search(Query("latin")).paths == ["l.md"])
    #expect(try index.search(Query("before after")).paths == ["n.md"])
    #expect(try index.search(Query("marked")).paths == ["b.md"])
    #expect(try index.list().paths == ["b.md", "e.md", "l.md", "n.md"])
    #expect(try index.integrity() == [])
  }

  @Test("a pipe, a link and a folder with a note's name are told of and not read")
  func notFiles() throws {
    let test = try TestVault(["a.md": "a"])
    try runProcess(["mkfifo", test.folder.path + "/pipe.md"])
    try runProcess(["ln", "-s", "/etc/passwd", test.folder.path + "/link.md"])
    try runProcess(["mkdir", test.folder.path + "/dir.md"])
    let index = try test.index()
    let report = try index.refresh(now: test.now)
    #expect(report.added.map(\.text) == ["a.md"])
    #expect(Set(report.skipped.map(\.path)) == ["pipe.md", "link.md"])
    #expect(try index.refresh(now: test.now).skipped.count == 2)
  }

  @Test("a note above the limit is known by its name, one of 5 MB is read")
  func large() throws {
    let test = try TestVault()
    let line = "words and more words in a long line of a large note\n"
    let count = 4_990_000 / line.utf8.count
    try test.folder.write(String(repeating: line, count: count) + "needle\n", to: "big.md")
    try test.folder.write(String(repeating: line, count: count + 1_000), to: "too-big.md")
    let index = try test.index()
    let report = try index.refresh(now: test.now)
    #expect(report.skipped.map(\.path) == ["too-big.md"])
    #expect(try index.search(Query("needle")).paths == ["big.md"])
    #expect(try index.find("too-big", from: test.folder.path).paths == ["too-big.md"])
    #expect(try index.search(Query("too-big")).paths.first == "too-big.md")
    #expect(try index.check().map(\.kind) == [.oversize])
    #expect(try index.refresh(now: test.now).isUnchanged)
  }

  @Test("what the settings ignore is no note, and a change of them is followed")
  func ignored() throws {
    let test = try TestVault(["a.md": "a", "drafts/b.md": "b", "x.tmp.md": "c"])
    let index = try test.fresh()
    #expect(try index.count() == 3)
    try test.folder.write("ignore: [drafts, \"*.tmp.md\"]\n", to: ".notes/config.yaml")
    let again = try test.fresh()
    #expect(try again.list().paths == ["a.md"])
    try test.folder.write("", to: ".notes/config.yaml")
    #expect(try test.fresh().count() == 3)
  }

  @Test("changes that are known are taken in without a look at the rest")
  func apply() throws {
    let test = try TestVault(["a.md": "one", "b.md": "two"])
    let index = try test.fresh()
    try test.folder.write("three", to: "a.md")
    try test.folder.write("four", to: "s/c.md")
    try test.remove("b.md")
    try test.folder.write("unseen", to: "d.md")
    let report = try index.apply(
      [
        .written(NotePath("a.md")), .written(NotePath("s/c.md")), .removed(NotePath("b.md")),
        .written(NotePath("pic.png")),
      ], now: test.now)
    #expect(report.changed.map(\.text) == ["a.md"])
    #expect(report.added.map(\.text) == ["s/c.md"])
    #expect(report.removed.map(\.text) == ["b.md"])
    #expect(try index.list().paths == ["a.md", "s/c.md"])
    #expect(try index.refresh(now: test.now).added.map(\.text) == ["d.md"])
    #expect(try index.refresh(now: test.now).isUnchanged)
  }

  @Test("a file that changed since the last look is shown as it is now")
  func fileWins() throws {
    let test = try TestVault(["a.md": "alpha here", "b.md": "alpha there"])
    let index = try test.fresh()
    try test.folder.write("beta", to: "a.md")
    try test.remove("b.md")
    #expect(try index.search(Query("alpha")).hits.isEmpty)
  }
}
