import Markup
import Testing
import Vault

@testable import History

@Suite("two records of one version")
struct VersionMergeTests {
  private let cut = """
    path: posts/essay.md
    created: 2024-01-01T10:00:00Z
    kind: major
    author: Ada
    text: \(String(repeating: "a", count: 40))

    """

  private func merged(_ base: String?, _ ours: String, _ theirs: String) throws -> MergedTexts {
    func record(_ lines: String) -> [UInt8] { Array((cut + lines).utf8) }
    return try #require(
      Version.mergedRecord(
        number: 1, base: base.map(record) ?? [], ours: record(ours), theirs: record(theirs),
        keeping: .theirs))
  }

  private func withdrawn(_ reason: String, _ day: String?) -> String {
    "withdrawn: \(reason)\n" + (day.map { "withdrawn-on: \($0)\n" } ?? "")
  }

  @Test("that one side withdrew is withdrawn, by the earlier word of two")
  func withdrawal() throws {
    let early = withdrawn("early", "2024-02-01")
    let late = withdrawn("late", "2024-03-01")
    for (base, ours, theirs, reason) in [
      ("", early, "", "early"), ("", "", early, "early"), (nil, early, "", "early"),
      (nil, "", early, "early"), ("", early, late, "early"), ("", late, early, "early"),
      ("", withdrawn("some day", nil), late, "late"), (early, late, early, "late"),
      (early, "", late, "late"), (early, "", early, nil),
      ("", early, "moved: posts/tract.md\n", "early"),
    ] as [(String?, String, String, String?)] {
      let texts = try merged(base, ours, theirs)
      let version = try #require(Version(number: 1, record: texts.bytes))
      #expect(version.withdrawn == reason, "\(base ?? "none") | \(ours) | \(theirs)")
      #expect((version.withdrawnOn == nil) == (reason == nil))
      #expect(version.moved?.text == (theirs.contains("moved") ? "posts/tract.md" : nil))
      #expect(texts.other == nil)
    }
  }

  @Test("keep what each side changed, and let one of two notes wait; the post stands at our place")
  func keys() throws {
    let texts = try merged(
      "note: old\n", "note: ours\nmoved: posts/ours.md\n", "note: theirs\nmoved: posts/theirs.md\n")
    let version = try #require(Version(number: 1, record: texts.bytes))
    #expect(version.note == "theirs" && version.moved?.text == "posts/ours.md")
    let other = try #require(texts.other.flatMap { Version(number: 1, record: $0) })
    #expect(other.note == "ours" && other.moved?.text == "posts/ours.md")
    let clean = try merged("note: old\n", "note: ours\n", "note: old\nmoved: posts/theirs.md\n")
    let both = try #require(Version(number: 1, record: clean.bytes))
    #expect(both.note == "ours" && both.moved?.text == "posts/theirs.md" && clean.other == nil)
  }

  @Test("that cannot be read are merged as any text")
  func unreadable() {
    let record = Array(cut.utf8)
    #expect(
      Version.mergedRecord(
        number: 1, base: record, ours: record, theirs: Array("kind: huge\n".utf8),
        keeping: .theirs) == nil)
  }
}
