import TestSupport
import Testing

/// Notes that git ignores, and that it did not ignore before.
@Suite("a note that git ignores from now on")
struct IgnoredNoteTests {
  let here: TestVault

  init() throws {
    here = try TestVault(name: "here")
    try here.makeRemote()
    try here.write("# Diary\n", to: "diary.md")
    try here.write("# A\n", to: "a.md")
    try here.notes("sync", "--remote", here.remote).succeeded()
  }

  /// What every manual says of "stop tracking it, and keep it here".
  private func release(_ path: String, in vault: TestVault) throws {
    try vault.write(path + "\n", to: ".gitignore")
    try vault.git("rm", "--quiet", "--cached", path)
  }

  private func sent() throws -> String {
    try here.git("ls-tree", "-r", "--name-only", "main", in: here.remote).output
  }

  @Test("goes from the snapshots where it was taken out of git's index, and stays here")
  func released() throws {
    let there = try here.cloned()
    try release("diary.md", in: here)
    try here.write("# Diary\nfor me alone\n", to: "diary.md")
    let status = here.notes("status")
    #expect(status.output.contains("D diary.md"))
    #expect(status.errors.contains("not versioned: diary.md (git ignores it and no longer tracks"))
    let synced = here.notes("sync")
    #expect(synced.status == 0)
    #expect(synced.output.contains("out  D diary.md"))
    #expect(synced.errors.contains("not saved: diary.md (git ignores it and no longer tracks it"))
    #expect(try !sent().contains("diary.md"))
    #expect(try here.git("status", "--porcelain").output == "")
    try there.notes("sync").succeeded()
    #expect(!there.has("diary.md") && there.has("a.md"))
    try there.write("# A\nmore\n", to: "a.md")
    try there.notes("sync").succeeded()
    let later = try here.notes("sync").succeeded()
    #expect(later.output == "in   M a.md\n" && !later.errors.contains("diary.md"))
    try here.notes("undo").succeeded()
    #expect(try here.read("diary.md") == "# Diary\nfor me alone\n")
    #expect(try here.read("a.md") == "# A\n")
  }

  @Test(
    "is kept back though an ignore file comes in that says no more of it, or takes it in again",
    arguments: ["# nothing\n", "!private/\n!private/**\n!own.txt\n", nil])
  func keptBack(rules: String?) throws {
    try here.write("private/\n/own.txt\n*.tmp\n", to: ".gitignore")
    try here.write("a.log\n", to: "sub/.gitignore")
    try here.notes("sync").succeeded()
    for path in ["private/deep/diary.md", "own.txt", "x.tmp", "sub/a.log"] {
      try here.write("for nobody\n", to: path)
    }
    let there = try here.cloned()
    if let rules {
      try there.write(rules, to: ".gitignore")
    } else {
      try there.git("rm", "--quiet", ".gitignore")
    }
    try there.notes("sync").succeeded()
    // Here something has changed, too: there is a merge to make.
    try here.write("# A\nmore\n", to: "a.md")
    let synced = here.notes("sync")
    #expect(synced.status == 0, "\(synced.errors)")
    #expect(synced.errors.contains("kept back: private/ "), "\(synced.errors)")
    #expect(synced.errors.contains("kept back: /own.txt ") && !synced.errors.contains("sub/"))
    try here.write("later\n", to: "private/later.md")
    let second = here.notes("sync")
    #expect(!second.errors.contains("kept back"), "\(second.errors)")
    #expect(
      try here.git("grep", "-e", "nobody", "-e", "later", "main", in: here.remote).output == "")
    // What its author lets go is sent.
    let kept = try here.read(".git/notes/kept-back").split(separator: "\n")
    try here.write(
      kept.filter { $0 != "/own.txt" }.map { $0 + "\n" }.joined(), to: ".git/notes/kept-back")
    try here.notes("sync").succeeded()
    #expect(try sent().contains("own.txt") && !sent().contains("private"))
  }

  /// What is ignored here, what another machine's ignore file says, and what is made later.
  struct Later: Sendable, CustomTestStringConvertible {
    let file: String
    let rules: String
    var incoming: [String: String] = [:]
    let kept: [String]
    var sent: [String] = []
    var testDescription: String { "\(file): \(rules.debugDescription)" }
  }

  @Test(
    "is kept back by the line that ignored it, also where it is made only later",
    arguments: [
      Later(file: ".gitignore", rules: "*.key\n", kept: ["b.key", "deep/c.key"], sent: ["key.md"]),
      Later(file: ".gitignore", rules: "private/\n", kept: ["private/x.md", "a/private/y.md"]),
      Later(
        file: "sub/.gitignore", rules: "*.key\n/own/\na/b\n!public.key\n",
        kept: ["sub/b.key", "sub/deep/c.key", "sub/own/x.md", "sub/a/b"],
        sent: ["b.key", "own/x.md", "sub/deep/own/x.md", "sub/public.key"]),
      Later(
        file: ".gitignore", rules: "/*\n!/notes/\n!*.md\n!.notes\n", kept: ["x.txt", "deep/y.txt"],
        sent: ["notes/a.txt", "new.md"]),
      Later(
        file: "ignore.txt", rules: "sec*\n", kept: ["sec.md", "deep/secret.md"], sent: ["new.md"]),
      Later(
        file: ".gitignore", rules: "*.key\n", incoming: [".gitignore": "*.key\n!*.key\n"],
        kept: ["b.key"]),
      Later(
        file: ".gitignore", rules: "*.key\n",
        incoming: [".gitignore": "*.key\n", "sub/.gitignore": "!*\n"], kept: ["sub/b.key"]),
      Later(file: ".gitignore", rules: "Icon?\n", kept: ["Icon\r"]),
    ])
  func keptBackLater(_ later: Later) throws {
    if later.file == "ignore.txt" { try here.git("config", "core.excludesFile", "ignore.txt") }
    try here.write(later.rules, to: later.file)
    try here.git("add", "-f", later.file)
    try here.git("commit", "-qm", "rules")
    if later.rules.hasPrefix("Icon") { try here.write("for nobody\n", to: "Icon\r") }
    try here.notes("sync").succeeded()
    let there = try here.cloned()
    let incoming = later.incoming.isEmpty ? [later.file: "# none\n"] : later.incoming
    for (path, text) in incoming {
      try there.write(text, to: path)
      try there.git("add", "-f", path)
    }
    try there.git("commit", "-qm", "other rules")
    try there.notes("sync").succeeded()
    let synced = here.notes("sync")
    #expect(synced.errors.contains("kept back: "), "\(synced)")
    for path in later.kept + later.sent { try here.write("for nobody\n", to: path) }
    let status = here.notes("status")
    #expect(status.errors.contains("kept back: ") && status.errors.contains("kept-back names it"))
    try here.notes("sync").succeeded()
    let found = try here.git("ls-tree", "-rz", "--name-only", "main", in: here.remote).output
    let names = Set(found.split(separator: "\0").map(String.init))
    #expect(names.isDisjoint(with: later.kept), "\(names)")
    #expect(names.isSuperset(of: later.sent), "\(names)")
    #expect(try !here.read(".git/notes/kept-back").isEmpty)
  }

  @Test(
    "is kept back by a rule outside the vault's files, or a built-in one, that another machine takes in again",
    arguments: [
      ("*.secret", "!*.secret", "x.secret"), ("*.secret", "!**/own.*\n", "d/own.secret"),
      ("", "!.trash/\n", ".trash/x.md"), ("", "!*\n", ".obsidian/workspace.json"),
    ])
  func keptBackOutside(own: String, incoming: String, path: String) throws {
    try here.write(own, to: ".git/info/exclude")
    let there = try here.cloned()
    try there.write(incoming, to: ".gitignore")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").errors.contains("kept back: "))
    try here.write("for nobody\n", to: path)
    #expect(here.notes("status").errors.contains("kept back: \(path) ("))
    try here.notes("sync").succeeded()
    #expect(try !sent().contains(path))
    // Who clones has the vault as it is, and what no line comes near stays the user's to change.
    let third = try here.cloned(as: "third")
    #expect(!third.has(".git/notes/kept-back"))
    #expect(try !here.read(".git/notes/kept-back").contains("stversions") || incoming == "!*\n")
  }

  @Test("is not told to be kept back where its line only got another line end")
  func keptBackLineEnds() throws {
    try here.write("*.key\nprivate/\n", to: ".gitignore")
    try here.notes("sync").succeeded()
    let there = try here.cloned()
    try there.write("*.key\r\nprivate/\r\n", to: ".gitignore")
    try there.notes("sync").succeeded()
    let synced = try here.notes("sync").succeeded()
    #expect(!synced.errors.contains("kept back"), "\(synced.errors)")
    #expect(!here.has(".git/notes/kept-back"))
  }

  @Test("says where it is kept back that this is so, and by which file")
  func keptBackWords() throws {
    try here.write("drafts/\n", to: ".gitignore")
    try here.notes("sync").succeeded()
    let there = try here.cloned()
    try there.write("", to: ".gitignore")
    try there.write("# Theirs\n", to: "drafts/theirs.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").errors.contains("kept back: drafts/ "))
    let added = here.notes("add", "--dir", "drafts", "Idea", "text")
    #expect(
      added.errors.contains(
        "warning: .git/notes/kept-back names drafts/idea.md, so it is not saved\n"), "\(added)")
    #expect(
      here.notes("status").errors.contains(
        "kept back: drafts/idea.md (.git/notes/kept-back names it)"))
    #expect(here.notes("doctor").output.contains("kept back: drafts/: what may be sent after all"))
    try here.write("", to: ".git/notes/kept-back")
    #expect(!here.notes("doctor").output.contains("kept back"))
    try here.notes("sync").succeeded()
    #expect(try sent().contains("drafts/idea.md"))
  }

  @Test("gets no version, where no snapshot has it")
  func notCut() throws {
    try here.write("posts/private/\n", to: ".gitignore")
    try here.write("---\ntype: post\n---\nfor nobody\n", to: "posts/private/one.md")
    try here.write("---\ntype: post\n---\nfor all\n", to: "posts/two.md")
    let cut = here.notes("version", "cut", "posts/private/one.md", "-m", "my first")
    #expect(cut.status == 8)
    #expect(cut.errors.contains("git ignores posts/private/one.md"), "\(cut.errors)")
    try here.notes("version", "cut", "posts/two.md").succeeded()
    try here.notes("sync").succeeded()
    #expect(try here.git("grep", "nobody", "main", in: here.remote).output == "")
    // One that git tracks all the same is sent anyway.
    try here.git("add", "-f", "posts/private/one.md")
    try here.git("commit", "-qm", "mine")
    try here.notes("version", "cut", "posts/private/one.md").succeeded()
  }

  @Test(
    "is known by what git knows it by, and holds up nothing", .timeLimit(.minutes(1)),
    arguments: [
      "# mine\n\u{0C}\ndiary.md\n", "Export\\\ndiary.md\n", "\u{0B}x\n!\u{0C}\ndiary.md\n",
    ])
  func oddLines(rules: String) throws {
    try here.write(rules, to: ".gitignore")
    try here.git("rm", "--quiet", "--cached", "diary.md")
    try here.write("new\n", to: "new.md")
    try here.notes("add", "Other", "words").succeeded()
    try here.notes("save").succeeded()
    #expect(here.notes("status").status == 0)
    try here.notes("sync").succeeded()
    #expect(try !sent().contains("diary.md") && sent().contains("new.md"))
  }

  @Test("is saved as before where git's index has it, is not there, or cannot be read")
  func tracked() throws {
    let index = here.path + "/.git/index"
    for damage in ["true", "rm \(index)", "truncate -s 100 \(index)", "echo no > \(index)"] {
      try here.write("diary.md\n", to: ".gitignore")
      try runProcess(["sh", "-c", damage])
      try here.write("# Diary\n\(damage)\n", to: "diary.md")
      #expect(here.notes("sync").status == 0)
      #expect(try here.git("show", "HEAD:diary.md").output.contains(damage))
      try here.write("# A\n\(damage)\n", to: "a.md")
      #expect(here.notes("sync").status == 0)
      #expect(try sent().contains("diary.md"))
      #expect(here.notes("doctor").status == 0)
      #expect(try here.git("status", "--porcelain").output == "")
    }
  }

  @Test("is not sent and not lost where another machine edits what was taken out of git's index")
  func editedThere() throws {
    let there = try here.cloned()
    try release("diary.md", in: here)
    try here.write("# Diary\nfor me alone\n", to: "diary.md")
    try there.write("# Diary\ntheirs\n", to: "diary.md")
    try there.notes("sync").succeeded()
    for _ in 0..<2 {
      here.notes("sync")
      there.notes("sync")
    }
    #expect(try here.read("diary.md") == "# Diary\nfor me alone\n")
    #expect(try !here.git("log", "--all", "-p").output.contains("for me alone"))
    #expect(try there.read("diary.md").contains("theirs"))
  }

  @Test("stays, though the sync that brought it is taken back")
  func undone() throws {
    let there = try here.cloned()
    try there.write("# Late\n", to: "late.md")
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    try release("late.md", in: here)
    try here.notes("sync").succeeded()
    here.notes("undo")
    #expect(try here.read("late.md") == "# Late\n")
    // Whom the removal reached can take it back.
    try there.notes("sync").succeeded()
    #expect(!there.has("late.md"))
    try there.notes("undo").succeeded()
    #expect(try there.read("late.md") == "# Late\n")
  }

  @Test("is told of where 'mv' or 'add' puts it into a folder that git ignores")
  func movedAndAdded() throws {
    try here.write("drafts/\n", to: ".gitignore")
    try here.notes("save").succeeded()
    let taken = "the next save or sync takes a.md from the snapshots and other machines"
    for options in [["--dry-run"], []] {
      let moved = here.run(["mv", "a", "drafts/a"] + options)
      #expect(moved.status == 0)
      #expect(
        moved.errors.contains("warning: git ignores drafts/a.md, so it is not saved: \(taken)"))
    }
    let alone = here.notes("mv", "drafts/a", "drafts/b")
    #expect(!alone.errors.contains("ignores"))
    try here.notes("undo").succeeded()
    try here.notes("undo").succeeded()
    #expect(!here.notes("mv", "a", "kept/a").errors.contains("ignores"))
    let added = here.notes("add", "New one", "--dir", "drafts")
    #expect(added.output == "drafts/new-one.md\n")
    #expect(added.errors.contains("warning: git ignores drafts/new-one.md, so it is not saved\n"))
    #expect(here.notes("add", "Another").errors == "")
  }
}
