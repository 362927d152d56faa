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

  @Test("a hook that is no shell script is left alone, and all else is installed")
  func foreign() throws {
    let own = "#!/usr/bin/python3\nprint(1)\n"
    try vault.write(own, to: ".git/hooks/post-commit")
    let told = try run("hooks", "install")
    #expect(told.status == 2 && told.errors.contains("post-commit is no shell script"), "\(told)")
    #expect(try vault.read(".git/hooks/post-commit") == own)
    for hook in ["post-merge", "post-checkout", "post-rewrite"] {
      #expect(try vault.read(".git/hooks/" + hook).contains(">>> notes"), "\(hook)")
    }
    #expect(try vault.git("config", "merge.notes.driver").status == 0)
    #expect(try vault.read(".git/info/attributes").contains("merge=notes"))
  }

  @Test("plain git merges as notes does: edits at two places merge, a conflict leaves no marker")
  func mergeDriver() throws {
    try diverge("first, here\n\nsecond\n\nthird\n", "first\n\nsecond\n\nthird, there\n")
    #expect(try vault.git("merge", "--quiet", "side", "-m", "m").status == 0)
    #expect(try vault.read("note.md") == "first, here\n\nsecond\n\nthird, there\n")

    try vault.git("checkout", "--quiet", "side")
    try vault.write("FIRST\n\nsecond\n\nthird, there\n", to: "note.md")
    try vault.git("commit", "--quiet", "-am", "side again")
    try vault.git("checkout", "--quiet", "main")
    #expect(try vault.git("merge", "--quiet", "side", "-m", "m").status == 1)
    #expect(try vault.read("note.md") == "first, here\n\nsecond\n\nthird, there\n")
    try vault.git("commit", "--quiet", "-am", "m")
    let conflicts = vault.notes("conflicts", "note.md")
    #expect(conflicts.lines.first?.hasPrefix("note.md") == true)
    #expect(conflicts.output.contains("FIRST"))
    let status = vault.notes("status")
    #expect(status.status == 3)
    #expect(status.output.contains("conflict: note.md"))
    try vault.notes("save").succeeded()
    #expect(vault.notes("conflicts", "note.md").output.contains("FIRST"))
    #expect(try states() == [])
  }

  /// A branch 'side' that has another text of a note than 'main', with the hooks installed; other first lines,
  /// if not told otherwise.
  private func diverge(
    _ main: String = "here\n\nsecond\n\nthird\n",
    _ side: String = "there\n\nsecond\n\nthird\n", in note: String = "note.md"
  ) throws {
    try run("hooks", "install")
    try vault.git("checkout", "--quiet", "-b", "side")
    for (branch, text) in [("side", side), ("main", main)] {
      try vault.git("checkout", "--quiet", branch)
      try vault.write(text, to: note)
      try vault.git("commit", "--quiet", "-am", branch)
    }
  }

  /// The merges that git asked for and of which it is not known whether it kept them.
  private func states() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: vault.path + "/.git/notes")
      .filter { $0.hasPrefix("merge-") }
  }

  @Test(
    "a merge that git only asked for, or took back, records no conflict",
    arguments: [
      "git merge --quiet side; git merge --abort",
      "git merge --quiet side; git reset --hard --quiet",
      "git merge-tree --write-tree main side",
      "git merge --quiet --squash side; git checkout --quiet -f main",
      "git rebase --quiet side; git rebase --abort",
      "git cherry-pick side; git cherry-pick --abort",
      "git merge --quiet side; git commit --quiet -am m; git reset --hard --quiet HEAD~1",
      "git rebase --quiet side; git rebase --abort; git commit --quiet --amend -m other",
      "git rebase --quiet side; git rebase --abort; git reset --hard --quiet side",
      """
      git merge --quiet side; git commit --quiet -am m; \(Faults.program) save
      \(Faults.program) resolve note; \(Faults.program) save; git show --remerge-diff HEAD~2
      """,
    ])
  func askedOnly(_ script: String) throws {
    try diverge()
    _ = try runProcess(
      ["sh", "-c", script], in: vault.path, environment: vault.environment)
    try vault.write("more\n", to: "more.md")
    try vault.notes("save").succeeded()
    #expect(vault.notes("conflicts").output == "")
    #expect(try !vault.git("ls-files").output.contains("conflicts"))
  }

  @Test("what a private branch could not merge waits there, and in nothing that another one saves")
  func privateMerge() throws {
    try diverge()
    let script = """
      git switch -q -c idea; echo 'private one' > note.md; git commit -qam one
      git switch -q -c idea2 main; echo 'private two' > note.md; git commit -qam two
      git merge -q idea >&2; git commit -qam both; git status --short; git switch -q main
      """
    let result = try runProcess(
      ["sh", "-c", script], in: vault.path, environment: vault.environment)
    #expect(result.output == "")
    try vault.write("more\n", to: "more.md")
    try vault.notes("save").succeeded()
    #expect(vault.notes("conflicts").output == "")
    #expect(try !vault.git("grep", "private", "main").output.contains("private"))
    try vault.git("switch", "--quiet", "idea2")
    #expect(vault.notes("conflicts", "note.md").output.contains("{+one+}"))
    try vault.notes("save").succeeded()
    #expect(try vault.git("grep", "private one", "idea2").output.contains(".other:"))
    #expect(try states() == [])
  }

  @Test("a conflict that another branch has recorded waits on the branch of the merge, too")
  func twoBranches() throws {
    try diverge()
    try vault.git("merge", "--quiet", "side")
    try vault.git("commit", "--quiet", "-am", "m")
    try vault.git("switch", "--quiet", "-c", "experiment")
    for branch in ["experiment", "main"] {
      try vault.git("switch", "--quiet", branch)
      try vault.write("a try\n", to: "\(branch).md")
      try vault.notes("save").succeeded()
      #expect(vault.notes("conflicts", "note.md").output.contains("there"))
      #expect(try vault.git("grep", "there", branch).output.contains(".other:"))
    }
    #expect(try states() == [])
  }

  @Test("a conflict of a merge by git can be settled before anything is saved")
  func settledFirst() throws {
    try diverge()
    try vault.git("merge", "--quiet", "side")
    try vault.git("commit", "--quiet", "-am", "m")
    try vault.notes("resolve", "note.md", "--mine").succeeded()
    #expect(try vault.read("note.md") == "there\n\nsecond\n\nthird\n")
    try vault.notes("save").succeeded()
    #expect(vault.notes("conflicts").output == "")
    #expect(try vault.git("log", "--format=%s", "--", ".notes/conflicts").output != "")
    #expect(try states() == [])
  }

  @Test(
    "after a rebase the words of this side wait, wherever in it the conflict was",
    arguments: [
      ("", "", "git rebase -q side", ""),
      ("", "echo two > two.md; git add -A; git commit -qm two", "git rebase -q side", ""),
      ("echo two > two.md; git add -A; git commit -qm two", "", "git rebase -q side", ""),
      ("", "", "git rebase -q --apply side", ""),
      // Nothing is left of the first commit; the next one edits another paragraph.
      ("sed -i s/first/HERE/ note.md; git commit -qam first", "", "git rebase -q side", ""),
      ("", "", "git rebase -q side", "sed -i s/there/both/ note.md"),
    ])
  func rebased(earlier: String, later: String, rebase: String, settle: String) throws {
    try run("hooks", "install")
    let script = """
      git switch -q -c side; sed -i s/first/there/ note.md; git commit -qam side; \(later)
      git switch -q main; \(earlier)
      sed -i 's/first/HERE/; s/third/third, says main/' note.md; git commit -qam main
      \(rebase); \(settle.isEmpty ? ":" : settle); git add -A; git rebase --continue; git status
      """
    let environment = vault.environment.merging(["GIT_EDITOR": "true"]) { _, new in new }
    let result = try runProcess(["sh", "-c", script], in: vault.path, environment: environment)
    #expect(result.output.contains("nothing to commit"), "\(result.output)\(result.errors)")
    #expect(try vault.read("note.md").hasSuffix("third, says main\n"))
    try vault.notes("save").succeeded()
    #expect(vault.notes("conflicts", "note").output.contains("HERE") == settle.isEmpty)
    #expect(try states() == [])
  }

  @Test(
    "a merge that git kept records its conflict, unless the user settled it",
    arguments: [
      ("git merge --quiet side; git commit --quiet -am m", true),
      ("git merge --quiet side; git add -A; git merge --continue", true),
      (
        """
        git merge --quiet side; export GIT_COMMITTER_DATE='2020-01-01 10:00'; git commit -qam m
        """, true
      ),
      (
        """
        git config core.logAllRefUpdates false; rm -r .git/logs
        git merge --quiet side; git commit -qam m
        """, true
      ),
      ("git merge --quiet side; echo both > note.md; git commit --quiet -am m", false),
      ("git merge --quiet side; git checkout --theirs note.md; git commit --quiet -am m", false),
      ("git rebase --quiet side; git add -A; git rebase --continue", true),
      ("git rebase --quiet side; echo both > note.md; git add -A; git rebase --continue", false),
      (
        """
        git checkout side; git mv note.md moved.md; git commit -qm mv
        git merge -q main; git commit -qam m
        """, true
      ),
    ] as [(String, Bool)])
  func kept(_ script: String, asks: Bool) throws {
    try diverge()
    let environment = vault.environment.merging(["GIT_EDITOR": "true"]) { _, new in new }
    _ = try runProcess(["sh", "-c", script], in: vault.path, environment: environment)
    try vault.notes("save").succeeded()
    #expect(vault.notes("conflicts").output.isEmpty != asks)
    #expect(try states() == [])
  }

  @Test("branches that each took the other's merge as by git's own driver, and ask one question")
  func crissCross() throws {
    try diverge()
    let script = """
      main=$(git rev-parse main)
      git merge -q side; git commit -qam 'main takes side'
      git switch -q side; git merge -q $main; git add -A; git commit -qm 'side takes main'
      git switch -q main; git merge -q side
      """
    let result = try runProcess(
      ["sh", "-c", script], in: vault.path, environment: vault.environment)
    #expect(!result.errors.contains("would be overwritten"))
    #expect(!result.errors.contains("fatal"))
  }

  @Test("all files that are notes are merged, whatever their names; a version's text is not")
  func attributes() throws {
    try vault.write("*.md merge=notes\n*.bib merge=union\n", to: ".git/info/attributes")
    try run("hooks", "install")
    let names = ["-a.md", "a.markdown", "A.MD", ".notes/versions/p/v1.md", "a.bib", "a.txt"]
    let found = try runProcess(
      ["git", "check-attr", "merge", "--"] + names, in: vault.path,
      environment: vault.environment)
    let values = found.output.split(separator: "\n").compactMap { $0.split(separator: " ").last }
    #expect(values == ["notes", "notes", "notes", "binary", "union", "unspecified"])
    try run("hooks", "uninstall")
    #expect(try vault.read(".git/info/attributes") == "*.bib merge=union\n")
  }

  @Test("a note whose name begins with a dash is merged, too")
  func dash() throws {
    try vault.write("first\n\nsecond\n\nthird\n", to: "-note.md")
    try vault.notes("save").succeeded()
    try diverge(
      "first\n\nsecond, here\n\nthird\n", "first\n\nsecond\n\nthird, there\n", in: "-note.md")
    #expect(try vault.git("merge", "--quiet", "side", "-m", "m").status == 0)
    #expect(try vault.read("-note.md") == "first\n\nsecond, here\n\nthird, there\n")
  }

  @Test("where the program is gone git merges by lines, with its marks, and no side is lost")
  func driverGone() throws {
    try diverge()
    let driver = try vault.git("config", "merge.notes.driver").output
      .trimmingCharacters(in: .newlines)
      .replacingOccurrences(of: Faults.program, with: "/nowhere/notes")
    try vault.git("config", "merge.notes.driver", driver)
    #expect(try vault.git("merge", "--quiet", "side").status == 1)
    let text = try vault.read("note.md")
    #expect(text.contains("here\n") && text.contains("there\n") && text.contains("<<<<<<< "))
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
