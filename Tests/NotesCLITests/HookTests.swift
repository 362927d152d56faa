import Foundation
import TestSupport
import Testing

/// The hooks and the merge driver name the program by its path, so these run the built one.
@Suite("notes hooks", .enabled(if: FileManager.default.fileExists(atPath: Faults.program)))
struct HookTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write("first\n\nsecond\n\nthird\n", to: "note.md")
    try vault.notes("save").succeeded()
  }

  @discardableResult
  func run(_ arguments: String...) throws -> ProcessResult {
    try runProcess([Faults.program] + arguments, in: vault.path, environment: vault.environment)
  }

  @Test("a hook that was there runs as before, and uninstalling gives it back byte for byte")
  func beside() throws {
    let own = "#!/bin/sh\necho mine >> ran\nexit 0\n"
    try vault.write(own, to: ".git/hooks/post-commit")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: vault.path + "/.git/hooks/post-commit")
    #expect(try run("hooks", "install").status == 0)
    #expect(try run("hooks", "status").status == 0)
    try vault.write("ran\n", to: ".git/info/exclude")
    try vault.write("from git\n", to: "new.md")
    try vault.git("add", "new.md")
    #expect(try vault.git("commit", "--quiet", "-m", "by git").status == 0)
    #expect(try vault.read("ran") == "mine\n")
    // What the hook did: the index knows the note without being asked.
    let rows = try runProcess(
      ["sqlite3", vault.path + "/.git/notes/index.sqlite", "SELECT path FROM note"])
    #expect(rows.output.contains("new.md"))
    #expect(try run("hooks", "install").status == 0)
    #expect(try run("hooks", "uninstall").status == 0)
    #expect(try vault.read(".git/hooks/post-commit") == own)
    #expect(!vault.has(".git/hooks/post-merge"))
    #expect(try vault.git("config", "merge.notes.driver").status == 1)
  }

  @Test("plain git merges as notes does: edits at two places merge, a conflict leaves no marker")
  func mergeDriver() throws {
    try run("hooks", "install")
    try vault.git("checkout", "--quiet", "-b", "side")
    try vault.write("first\n\nsecond\n\nthird, there\n", to: "note.md")
    try vault.git("commit", "--quiet", "-am", "side")
    try vault.git("checkout", "--quiet", "main")
    try vault.write("first, here\n\nsecond\n\nthird\n", to: "note.md")
    try vault.git("commit", "--quiet", "-am", "main")
    #expect(try vault.git("merge", "--quiet", "side", "-m", "m").status == 0)
    #expect(try vault.read("note.md") == "first, here\n\nsecond\n\nthird, there\n")

    try vault.git("checkout", "--quiet", "side")
    try vault.write("FIRST\n\nsecond\n\nthird, there\n", to: "note.md")
    try vault.git("commit", "--quiet", "-am", "side again")
    try vault.git("checkout", "--quiet", "main")
    #expect(try vault.git("merge", "--quiet", "side", "-m", "m").status == 1)
    #expect(try vault.read("note.md") == "first, here\n\nsecond\n\nthird, there\n")
    let conflicts = vault.notes("conflicts", "note.md")
    #expect(conflicts.lines.first?.hasPrefix("note.md") == true)
    #expect(conflicts.output.contains("FIRST"))
  }

  @Test("hooks go into the folder of core.hooksPath, also below ~/")
  func hooksPath() throws {
    try vault.git("config", "core.hooksPath", "~/.githooks")
    #expect(try run("hooks", "install").status == 0)
    let hook = vault.folder.path + "/.githooks/post-commit"
    #expect(FileManager.default.isExecutableFile(atPath: hook))
  }

  @Test("a git command works when the program is gone")
  func programGone() throws {
    try run("hooks", "install")
    let hook = try vault.read(".git/hooks/post-commit")
      .replacingOccurrences(of: Faults.program, with: "/nowhere/notes")
    try vault.write(hook, to: ".git/hooks/post-commit")
    try vault.write("x\n", to: "x.md")
    try vault.git("add", "x.md")
    #expect(try vault.git("commit", "--quiet", "-m", "x").status == 0)
  }
}
