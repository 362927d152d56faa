import Foundation
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("A damaged index is made anew, never believed")
struct DamageTests {
  private static let notes = Dictionary(
    uniqueKeysWithValues: (0..<60).map { number in
      (
        "f\(number % 5)/n\(number).md",
        "# Note \(number)\n\nword\(number) common [[n\((number + 1) % 60)]] #t\(number % 3)\n"
      )
    })

  @Test("whatever was done to its file", arguments: 0..<20)
  func damage(way: Int) throws {
    let test = try TestVault(Self.notes)
    do { try test.fresh() }
    let whole = try test.dump()
    try runProcess(["sqlite3", test.indexPath, "PRAGMA wal_checkpoint(TRUNCATE)"])
    try hurt(test.indexPath, way)
    let index = try test.fresh()
    var faults = try index.integrity()
    if !faults.isEmpty { try index.rebuild(now: test.now) }
    faults = try index.integrity()
    #expect(faults == [])
    #expect(try index.search(Query("word7 common"), limit: 1).paths == ["f2/n7.md"])
    #expect(try test.dump() == whole)
  }

  private func hurt(_ path: String, _ way: Int) throws {
    let url = URL(fileURLWithPath: path)
    var bytes = try Data(contentsOf: url)
    let page = 4_096
    switch way {
    case 0: bytes = Data()
    case 1: bytes = Data("not a database".utf8)
    case 2: bytes = bytes.prefix(100)
    case 3: bytes = bytes.prefix(page)
    case 4: bytes = bytes.prefix(bytes.count / 2)
    case 5: bytes = bytes.prefix(bytes.count - 1)
    case 6: bytes.replaceSubrange(0..<16, with: Data(repeating: 0, count: 16))
    case 7: bytes.replaceSubrange(0..<page, with: Data(repeating: 0, count: page))
    case 8: bytes.replaceSubrange(page..<(3 * page), with: Data(repeating: 0, count: 2 * page))
    case 9: bytes = Data(repeating: 0xFF, count: bytes.count)
    case 10:
      try runProcess(["sqlite3", path, "DROP TABLE note"])
      return
    case 11:
      try runProcess(["sqlite3", path, "ALTER TABLE note DROP COLUMN lead"])
      return
    case 12:
      try runProcess(["sqlite3", path, "DROP TABLE fulltext_data"])
      return
    case 13:
      try runProcess(["sqlite3", path, "PRAGMA application_id = 7"])
      return
    case 14:
      try runProcess(["sqlite3", path, "PRAGMA user_version = 0"])
      return
    case 15:
      try runProcess(["sqlite3", path, "DELETE FROM fulltext_docsize"])
      return
    case 16:
      try runProcess(["sqlite3", path, "DELETE FROM fulltext_data WHERE id > 10"])
      return
    default:
      // Other bytes here and there.
      for place in stride(from: 101 * way, to: bytes.count, by: 9_973) {
        bytes[place] = bytes[place] &+ UInt8(way)
      }
    }
    try bytes.write(to: url)
  }

  @Test("damage that is met by a question is repaired, and the question answered")
  func later() throws {
    let test = try TestVault(Self.notes)
    let index = try test.fresh()
    try runProcess(["sqlite3", test.indexPath, "DROP TABLE tag"])
    #expect(try index.count(Filter(tags: ["t1"])) == 20)
    #expect(FileManager.default.fileExists(atPath: test.indexPath + ".damaged"))
  }

  @Test("a note that was edited or removed since is no damage; other bytes under its stamp are")
  func edited() throws {
    let test = try TestVault(Self.notes)
    let index = try test.fresh()
    try test.folder.write("edited since\n", to: "f0/n0.md")
    try test.remove("f1/n1.md")
    #expect(try index.integrity() == [])
    try runProcess(["sqlite3", test.indexPath, "UPDATE note SET hash = 1 WHERE path = 'f2/n2.md'"])
    #expect(try index.integrity() == ["f2/n2.md holds something else"])
  }

  @Test("an index of a newer version is left alone, and another is kept in the cache")
  func newer() throws {
    let test = try TestVault(["a.md": "a"])
    do { try test.fresh() }
    try runProcess(["sqlite3", test.indexPath, "PRAGMA user_version = 99"])
    let before = try Data(contentsOf: URL(fileURLWithPath: test.indexPath))
    #expect(throws: IndexError.newerSchema(found: 99, known: 9)) {
      try NoteIndex(of: try test.vault, cacheFolder: nil)
    }
    let index = try test.fresh()
    #expect(index.isInCache)
    #expect(try index.count() == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: test.indexPath)) == before)
  }

  @Test("an index that was not filled to its end is filled by the next")
  func interrupted() throws {
    let test = try TestVault(Self.notes)
    do { try test.fresh() }
    let whole = try test.dump()
    let undone = """
      UPDATE state SET value = 'no' WHERE key = 'isComplete';
      DELETE FROM folder; UPDATE link SET note = NULL, rivals = 0;
      DELETE FROM note WHERE id > 30; DELETE FROM name WHERE note > 30;
      DELETE FROM link WHERE source > 30; DELETE FROM tag WHERE note > 30;
      DELETE FROM heading WHERE note > 30;
      """
    try runProcess(["sqlite3", test.indexPath, undone])
    try test.fresh()
    #expect(try test.dump() == whole)
  }
}
