import History
import Markup
import Testing

@Suite("three texts of one file")
struct MergeTextsTests {
  private func note(_ id: String?, _ rest: String) -> [UInt8] {
    Array(((id.map { "---\nid: \($0)\n---\n" } ?? "") + rest).utf8)
  }

  @Test("two notes that were given one name are not mixed: the one stays, the other waits whole")
  func twoNotes() throws {
    let anna = note("aaaa1111", "# Meeting\n\nShared words.\n\n- salaries\n")
    let paul = note("bbbb2222", "# Meeting\n\nShared words.\n\n- the roof\n")
    let merged = try mergeTexts(
      base: [], ours: anna, theirs: paul, isNote: true, keeping: .theirs)
    #expect(merged.bytes == paul && merged.other == anna)
  }

  @Test("one note that two machines made is one, with what each has", arguments: ["aaaa1111", nil])
  func oneNote(id: String?) throws {
    let here = note(id, "# Meeting\n\nShared words.\n\n- salaries\n")
    let there = note(id, "# Meeting\n\nShared words.\n\n- salaries\n- the roof\n")
    let merged = try mergeTexts(
      base: [], ours: here, theirs: there, isNote: true, keeping: .theirs)
    #expect(merged.bytes == there && merged.other == nil)
  }
}
