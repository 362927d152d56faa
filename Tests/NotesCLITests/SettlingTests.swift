import Foundation
import TestSupport
import Testing

/// What `resolve` does where one answer is about several records, or can only be one.
@Suite("settling conflicts")
struct SettlingTests {
  let here: TestVault
  let there: TestVault

  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("# T\n\nThe year is 1900.\n\nThe town is Ulm.\n", to: "t.md")
    try here.notes("sync", "--remote", here.remote).succeeded()
    there = try here.cloned()
  }

  /// Two machines change the same words of a file, one after the other.
  private func disagree(over file: String, _ old: String, _ one: String, _ other: String) throws {
    for (vault, word) in [(here, one), (there, other)] {
      try vault.write(try vault.read(file).replacing(old, with: word), to: file)
    }
    // An earlier one may wait still.
    #expect([0, 3].contains(here.notes("sync").status))
    #expect(there.notes("sync").status == 3)
    #expect(here.notes("sync").status == 3)
  }

  /// All that a vault shows of a note and its records.
  private func state() throws -> [String] {
    let folder = there.path + "/.notes/conflicts"
    let records = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return [try there.read("t.md")] + (records ?? []).sorted()
  }

  @Test("several conflicts over a note are settled by one command, and one undo takes it back")
  func settledAtOnce() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    try disagree(over: "t.md", "Ulm", "Bonn", "Kiel")
    let before = try state()
    #expect(there.notes("conflicts").lines.count == 2)
    let settled = try there.notes("resolve", "t.md", "--mine").succeeded()
    #expect(settled.lines.count == 2)
    #expect(try there.read("t.md") == "# T\n\nThe year is 1902.\n\nThe town is Kiel.\n")
    #expect(there.notes("conflicts").status == 1)
    let after = try state()
    try there.notes("undo").succeeded()
    #expect(try state() == before)
    try there.notes("undo").succeeded()
    #expect(try state() == after)
  }

  @Test("where one of several conflicts over a note cannot be settled, none is")
  func settledOrNot() throws {
    try disagree(over: "t.md", "1900", "1901", "1902")
    try disagree(over: "t.md", "Ulm", "Bonn", "Kiel")
    let text = try there.read("t.md")
    for (sentence, edited) in [("The year is 1901.", "A year."), ("The town is Bonn.", "A town.")] {
      try there.write(text.replacing(sentence, with: edited), to: "t.md")
      let before = try state()
      let refused = there.notes("resolve", "t.md", "--mine")
      #expect(refused.status == 2 && refused.output == "", "\(refused.output)\(refused.errors)")
      #expect(refused.errors.contains("so nothing was settled"))
      #expect(try state() == before)
    }
    let edited = there.notes("resolve", "t.md", "--edit")
    #expect(edited.status == 1 && edited.errors.contains("edited one at a time"))
    // Each has a name of its own.
    let record = try #require(there.notes("conflicts").lines.first?.split(separator: " ").last)
    #expect(edited.errors.contains("hint: notes resolve \(record) --edit"))
    try there.notes("resolve", String(record)).succeeded()
    #expect(there.notes("conflicts").lines.count == 1)
  }

  @Test("the settings say one thing only, so both texts are never put into them")
  func settings() throws {
    let file = ".notes/config.yaml"
    try here.write("notes: inbox\nlanguage: english\n", to: file)
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try disagree(over: file, "english", "german", "french")
    let before = try there.read(file)
    let refused = there.notes("resolve", file, "--both")
    #expect(refused.status == 1, "\(refused.errors)")
    #expect(refused.errors.contains("holds the settings"), "\(refused.errors)")
    #expect(try there.read(file) == before)
    try there.notes("resolve", file, "--mine").succeeded()
    #expect(try there.read(file) == "notes: inbox\nlanguage: french\n")
    try there.notes("config").succeeded()
  }
}
