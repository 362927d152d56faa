import Foundation
import TestSupport
import Testing

@Suite("conflict markers are not sent")
struct ConflictMarkerTests {
  let vault: TestVault
  var remote: String { vault.remote }
  private let marked = "<<<<<<< HEAD\nUno.\n=======\nEins.\n>>>>>>> theirs\n"

  init() throws {
    vault = try TestVault()
    try vault.makeRemote()
    try vault.write("First.\n", to: "one.md")
    try vault.notes("sync", "--remote", remote).succeeded()
  }

  private func sent(_ file: String = "one.md") throws -> String {
    try vault.git("show", "main:\(file)", in: remote).output
  }

  @Test("what git could not settle is refused, with the file and what to type", arguments: [2, 4])
  func unmerged(version: Int) throws {
    try vault.git("config", "index.version", "\(version)")
    for name in ["onf", "only", "z/one"] { try vault.write("Other.\n", to: name + ".md") }
    try vault.notes("sync").succeeded()
    try vault.git("update-index", "--index-version", "\(version)")
    try vault.write("Uno.\n", to: "one.md")
    try vault.git("stash", "-q")
    try vault.write("Eins.\n", to: "one.md")
    try vault.git("commit", "-qam", "by git")
    #expect(try vault.git("stash", "pop").status != 0)
    #expect(try vault.read("one.md").contains("<<<<<<< "))
    for command in ["save", "sync", "status"] {
      let refused = vault.notes(command)
      #expect(refused.status == 4, "\(command)")
      #expect(refused.errors.contains("git add -- one.md"), "\(refused.errors)")
    }
    #expect(try sent() == "First.\n")
    try vault.write("Uno, eins.\n", to: "one.md")
    try vault.git("add", "--", "one.md")
    try vault.notes("sync").succeeded()
    #expect(try sent() == "Uno, eins.\n")
  }

  @Test("a note that comes to hold markers stays as it was, the others are saved, the exit is 8")
  func stopped() throws {
    try vault.write(marked, to: "one.md")
    try vault.write("Two.\n", to: "two.md")
    let saved = vault.notes("save")
    #expect(saved.status == 8 && saved.lines == ["A two.md"])
    #expect(saved.errors.contains("not saved: one.md (line 1: conflict markers)"))
    let explained = vault.notes("save", "--explain")
    #expect(explained.output.contains("one.md:1: conflict markers"))
    #expect(!explained.output.contains("a key that was pushed"))
    // Marked as settled by git, it is none the more so.
    try vault.git("add", "one.md")
    #expect(vault.notes("sync").status == 8)
    #expect(try sent() == "First.\n" && sent("two.md") == "Two.\n")
    let check = vault.notes("check", "--format", "json")
    #expect(check.status == 1 && check.output.contains("conflictMarkers"))
    try vault.notes("save", "--allow-secret", "one.md").succeeded()
    try vault.notes("sync").succeeded()
    #expect(try sent() == marked)
    // What was allowed once stops no later edit and no move.
    try vault.write(marked + "\nMore.\n", to: "one.md")
    try vault.notes("save").succeeded()
    try vault.notes("mv", "one", "uno").succeeded()
    try vault.notes("save").succeeded()
  }

  @Test("markers in a snapshot that git made are sent to nobody until they are out of the note")
  func committed() throws {
    try vault.write(marked, to: "one.md")
    try vault.git("commit", "-qam", "markers")
    for options in [[], ["--dry-run"]] {
      let refused = vault.run(["sync"] + options)
      #expect(refused.status == 8 && refused.errors.contains("one.md"), "\(refused.errors)")
    }
    #expect(try sent() == "First.\n")
    // Not either where both sides have something new.
    let other = try vault.cloned(as: "other")
    try other.write("Two.\n", to: "two.md")
    try other.notes("sync").succeeded()
    #expect(vault.notes("sync").status == 8)
    try vault.write("Uno, eins.\n", to: "one.md")
    try vault.notes("sync").succeeded()
    #expect(try sent() == "Uno, eins.\n")
  }

  @Test("markers that git put into the vault's settings are sent to nobody")
  func settings() throws {
    let file = ".notes/config.yaml"
    let text = try vault.read(file)
    try vault.write(text + marked, to: file)
    try vault.git("commit", "-qam", "markers")
    let refused = vault.notes("sync")
    #expect(refused.status == 8 && refused.errors.contains(file), "\(refused.errors)")
    #expect(try sent(file) == text)
    try vault.write(text + "language: de\n", to: file)
    try vault.notes("sync").succeeded()
    #expect(try sent(file).hasSuffix("language: de\n"))
  }
}
