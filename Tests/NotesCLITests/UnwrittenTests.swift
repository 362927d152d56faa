import Foundation
import TestSupport
import Testing

@Suite("a file that sync cannot write")
struct UnwrittenTests {
  let here: TestVault
  let there: TestVault

  /// Two machines with `p/x.md` and `n.md`.
  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("one\n", to: "n.md")
    try here.write("# X\n\nfirst\n\nlast\n", to: "p/x.md")
    try here.notes("sync", "--remote", here.remote).succeeded()
    there = try here.cloned()
  }

  /// Moves a folder out of the vault and leaves a link to it.
  private func moveOut(_ name: String) throws {
    try runProcess(["mv", name, "../elsewhere"], in: here.path)
    try runProcess(["ln", "-s", "../elsewhere", name], in: here.path)
  }

  private func moveBack(_ name: String) throws {
    try runProcess(["rm", name], in: here.path)
    try runProcess(["mv", "../elsewhere", name], in: here.path)
  }

  @Test("is named with what is in its way, and stops neither the others nor another command")
  func linkInTheWay() throws {
    try there.write("new\n", to: "pics/x.md")
    try there.write("new\n", to: "y.md")
    try there.notes("sync").succeeded()
    try runProcess(["mkdir", "../outside"], in: here.path)
    try runProcess(["ln", "-s", "../outside", "pics"], in: here.path)
    let synced = here.notes("sync")
    #expect(synced.status == 2)
    #expect(synced.errors.contains("not written: pics/x.md (a symbolic link stands in its way)"))
    #expect(try here.read("y.md") == "new\n")
    #expect(here.notes("list").lines.count == 3)
    #expect(here.notes("status").errors.contains("not written: pics/x.md"))
    #expect(here.notes("status").output == "")
    #expect(here.notes("doctor").output.contains("pics/x.md could not be written"))
    try here.notes("add", "Own", "words").succeeded()
    try here.notes("save").succeeded()
    #expect(here.notes("sync").status == 2)
    #expect(try here.git("ls-tree", "-r", "--name-only", "HEAD").output.contains("pics/x.md"))
    #expect(!here.has("../outside/x.md"))
    // Once the link is gone the file comes, with any command that writes.
    try runProcess(["rm", "pics"], in: here.path)
    try here.notes("sync").succeeded()
    #expect(try here.read("pics/x.md") == "new\n")
    #expect(here.notes("status").errors.contains("nothing to save"))
  }

  @Test("since a repository stands there is not put into that, whether it is a submodule or not")
  func repositoryInTheWay() throws {
    try runProcess(["git", "init", "-q", "code"], in: here.path)
    try there.write("# Of the code\n", to: "code/list.md")
    try there.notes("sync").succeeded()
    let synced = here.notes("sync")
    #expect(synced.status == 2)
    #expect(
      synced.errors.contains("not written: code/list.md (code is a git repository of its own"))
    #expect(!here.has("code/list.md"))
    try there.write("# Of the code\n\nmore\n", to: "code/list.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    #expect(!here.has("code/list.md"))
    #expect(here.notes("add", "--dir", "code", "Words").status != 0 || !here.has("code/words.md"))
    try runProcess(["mv", "code", "../code"], in: here.path)
    try here.notes("sync").succeeded()
    #expect(try here.read("code/list.md") == "# Of the code\n\nmore\n")
  }

  @Test("a file where a submodule belongs is named, and the submodule stays on every machine")
  func inSubmodule() throws {
    let commit = try here.git("rev-parse", "HEAD").output.dropLast()
    try here.git("update-index", "--add", "--cacheinfo", "160000,\(commit),lib")
    try here.git("commit", "-qm", "a submodule")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try there.write("# Libraries\n", to: "lib/list.md")
    try there.write("# Deep\n", to: "lib/more/deep.md")
    try there.write("new\n", to: "new.md")
    let synced = there.notes("sync")
    for file in ["lib/list.md", "lib/more/deep.md"] {
      #expect(synced.errors.contains("not saved: \(file) (it is in the place of a submodule)"))
    }
    #expect(synced.output.contains("new.md") && !synced.output.contains("lib"))
    #expect(try there.git("ls-tree", "HEAD", "lib").output.contains("160000 commit"))
    #expect(there.notes("status").errors.contains("not versioned: lib/list.md"))
    try runProcess(["rm", "-r", "lib"], in: there.path)
    try there.write("a file\n", to: "lib")
    #expect(there.notes("save").errors.contains("not saved: lib (it is in the place"))
    try here.notes("sync").succeeded()
    #expect(try here.git("ls-tree", "HEAD", "lib").output.contains("160000 commit"))
  }

  @Test(
    "since a link, a pipe or a folder is in its own place comes once that is gone",
    arguments: ["ln -s ../outside.md", "mkfifo", "mkdir"])
  func takenPlace(make: String) throws {
    try here.write("*.tmp\n", to: ".gitignore")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try runProcess(["sh", "-c", "\(make) todo.md"], in: here.path)
    let isFolder = make.hasSuffix("mkdir")
    if isFolder { try here.write("mine\n", to: "todo.md/own.tmp") }
    try there.write("the text of there\n", to: "todo.md")
    try there.notes("sync").succeeded()
    for _ in 0..<2 {
      let synced = here.notes("sync")
      #expect(synced.status == 2 && synced.errors.contains("not written: todo.md"), "\(synced)")
      if isFolder {
        // What is put beside it meanwhile takes nothing's place.
        try here.write("new\n", to: "todo.md/new.md")
      }
    }
    if isFolder {
      #expect(here.notes("save").errors.contains("not saved: todo.md/new.md"))
    }
    try there.notes("sync").succeeded()
    #expect(try there.read("todo.md") == "the text of there\n")
    #expect(!there.has(".notes/conflicts"))
    try runProcess(["mv", "todo.md", "moved"], in: here.path)
    try here.notes("sync").succeeded()
    #expect(try here.read("todo.md") == "the text of there\n")
    try there.notes("sync").succeeded()
    #expect(there.has("moved/new.md") == isFolder)
    #expect(try there.read("todo.md") == "the text of there\n")
  }

  @Test("since a file that git ignores is where its folder is to be comes once that is gone")
  func fileForFolder() throws {
    try here.write("place\n", to: ".git/info/exclude")
    try here.write("mine\n", to: "place")
    try there.write("from there\n", to: "place/x.md")
    try there.notes("sync").succeeded()
    for _ in 0..<2 { #expect(here.notes("sync").status == 2) }
    try there.notes("sync").succeeded()
    #expect(there.has("place/x.md"))
    try runProcess(["mv", "place", "elsewhere.txt"], in: here.path)
    try here.notes("sync").succeeded()
    #expect(try here.read("place/x.md") == "from there\n")
  }

  @Test("is not taken back by a later snapshot, and keeps what was written in it meanwhile")
  func movedOut() throws {
    try moveOut("p")
    try there.write("# X\n\nfirst, there\n\nlast\n", to: "p/x.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    // Another change of the same file comes before the first could be written.
    try there.write("# X\n\nfirst, there again\n\nlast\n", to: "p/x.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    try here.write("# X\n\nfirst\n\nlast, here\n", to: "../elsewhere/x.md")
    try moveBack("p")
    try here.notes("sync").succeeded()
    #expect(try here.read("p/x.md") == "# X\n\nfirst, there again\n\nlast, here\n")
    try there.notes("sync").succeeded()
    #expect(try there.read("p/x.md") == here.read("p/x.md"))
  }

  @Test("waits for its own branch, and comes to no other that is checked out meanwhile")
  func otherBranch() throws {
    try here.write("*.log\n", to: ".gitignore")
    try here.notes("sync").succeeded()
    try here.git("branch", "public")
    try there.notes("sync").succeeded()
    try there.write("a plan\n", to: "d.md")
    try there.notes("sync").succeeded()
    try here.write("mine\n", to: "d.md/x.log")
    #expect(here.notes("sync").status == 2)
    // Where it is in what is checked out, it is no other branch.
    try here.git("switch", "-qc", "topic")
    try here.notes("save").succeeded()
    #expect(try here.git("ls-tree", "--name-only", "HEAD").output.contains("d.md"))
    #expect(here.notes("status").errors.contains("not written: d.md"))
    // git asks for that, as of any file of which it would write another text.
    try runProcess(["mv", "d.md", "../elsewhere"], in: here.path)
    try here.git("switch", "-q", "public")
    #expect(here.notes("status").output == "")
    #expect(!here.notes("status").errors.contains("d.md"))
    try here.notes("save").succeeded()
    #expect(!here.has("d.md"))
    #expect(try !here.git("ls-tree", "--name-only", "public").output.contains("d.md"))
    try here.git("switch", "-q", "main")
    try here.notes("sync").succeeded()
    #expect(try here.read("d.md") == "a plan\n")
    #expect(here.notes("status").errors.contains("nothing to save"))
  }

  @Test(
    "waits where what is checked out has its text, though in an amended snapshot",
    arguments: ["main", "topic"])
  func amended(branch: String) throws {
    try here.write("mine.md\n", to: ".gitignore")
    try here.notes("sync").succeeded()
    try there.write("theirs\n", to: "mine.md")
    try there.git("add", "-f", "mine.md")
    try there.git("commit", "-qm", "for all")
    try there.notes("sync").succeeded()
    try here.write("private words\n", to: "mine.md")
    #expect(here.notes("sync").status == 2)
    if branch != "main" { try here.git("switch", "-qc", branch) }
    try here.git("commit", "--amend", "-qm", "other words")
    #expect(here.notes("save").errors.contains("not written: mine.md"))
    #expect(try here.git("show", "HEAD:mine.md").output == "theirs\n")
    #expect(try here.read("mine.md") == "private words\n")
  }

  @Test("since its sync was killed waits for its own branch, too")
  func killedOnOtherBranch() throws {
    try here.git("branch", "public")
    let old = try here.git("rev-parse", "HEAD").output.dropLast()
    try there.write("two\n", to: "n.md")
    try there.notes("sync").succeeded()
    try here.git("fetch", "-q")
    let new = try here.git("rev-parse", "origin/main").output.dropLast()
    let (one, two) = try (
      here.git("rev-parse", "\(old):n.md").output.dropLast(),
      here.git("rev-parse", "\(new):n.md").output.dropLast()
    )
    try here.git("update-ref", "refs/heads/main", String(new))
    try here.write(
      """
      {"format":1,"command":"notes sync","time":1,"reference":"refs/heads/main","old":"\(old)",\
      "new":"\(new)","changes":[{"path":"n.md","before":{"blob":"\(one)"},"after":{"blob":"\(two)"}}]}

      """, to: ".git/notes/journal")
    try here.git("symbolic-ref", "HEAD", "refs/heads/public")
    #expect(here.notes("status").output == "")
    try here.notes("save").succeeded()
    #expect(try here.read("n.md") == "one\n")
    #expect(!here.has(".git/notes/journal"))
    try here.git("symbolic-ref", "HEAD", "refs/heads/main")
    try here.notes("sync").succeeded()
    #expect(try here.read("n.md") == "two\n")
    #expect(try here.git("rev-parse", "HEAD").output.dropLast() == new)
  }

  @Test("that was to go is no new one for a snapshot")
  func removal() throws {
    try moveOut("p")
    try there.notes("rm", "p/x").succeeded()
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    try moveBack("p")
    try here.notes("sync").succeeded()
    #expect(!here.has("p/x.md"))
    #expect(try here.git("ls-tree", "-r", "--name-only", "HEAD").output.contains("p/x.md") == false)
  }

  @Test("waits on where that sync is undone, and is named by the undo")
  func undone() throws {
    try moveOut("p")
    try there.write("# X\n\nfirst, there\n\nlast\n", to: "p/x.md")
    try there.write("two\n", to: "n.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    let undone = try here.notes("undo").succeeded()
    #expect(undone.output == "back: n.md\n")
    #expect(undone.errors.contains("not written: p/x.md"))
    #expect(try here.read("n.md") == "one\n")
    try moveBack("p")
    try here.notes("save").succeeded()
    #expect(try here.read("p/x.md") == "# X\n\nfirst, there\n\nlast\n")
    #expect(try here.git("show", "HEAD:p/x.md").output == here.read("p/x.md"))
    // What it came to is another sync's to take back by then.
    #expect(try here.git("show", "HEAD:n.md").output == "one\n")
  }

  @Test("for a question that cannot be asked yet is asked later, also where that sync is undone")
  func undoneQuestion() throws {
    let token = "gh" + "p_q7Zt2mVw9KcR4xLbN8sHd3JfG6pYe1UaTi5o"
    try here.write("# X\n\nmine\n\nlast\n\nkey: \(token)\n", to: "p/x.md")
    try there.write("# X\n\nB says more\n\nlast\n", to: "p/x.md")
    try there.write("two\n", to: "n.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 8)
    #expect(try here.notes("undo").succeeded().errors.contains("not written: p/x.md"))
    try here.write("# X\n\nmine\n\nlast\n", to: "p/x.md")
    #expect(here.notes("sync").status == 3)
    #expect(there.notes("sync").status == 3)
    #expect(there.notes("conflicts", "p/x").output.contains("B says more"))
  }

  @Test("since it is a symbolic link is not taken back by a commit of git's own")
  func link() throws {
    let maker = try TestVault(isVault: false, name: "maker", beside: here)
    try here.git("clone", "-q", here.remote, maker.path)
    /// Makes a link by git, and takes it in here, as all others do.
    func link(to target: String) throws {
      try runProcess(["ln", "-sf", target, "README.md"], in: maker.path)
      try maker.git("add", "README.md")
      try maker.git("commit", "-qm", "a link to \(target)")
      try maker.git("push", "-q", "origin", "HEAD:main")
    }
    try link(to: "n.md")
    let git = try TestVault(isVault: false, name: "git", beside: here)
    try here.git("clone", "-q", here.remote, git.path)
    let clone = try here.cloned(as: "clone")
    for (number, vault) in [here, clone, git].enumerated() {
      try vault.notes("sync").succeeded()
      #expect(try vault.git("status", "--porcelain").output == "", "\(vault.path)")
      try maker.git("pull", "-q")
      try link(to: "p/x\(number).md")
      try vault.notes("sync").succeeded()
      #expect(try vault.git("status", "--porcelain").output == "", "\(vault.path)")
      try vault.write("by hand \(number)\n", to: "n.md")
      try vault.git("commit", "-qam", "by hand")
      #expect(try vault.git("show", "--format=", "--name-only").output == "n.md\n")
      try vault.notes("sync").succeeded()
      #expect(try here.git("show", "main:README.md", in: here.remote).output == "p/x\(number).md")
    }
  }

  @Test("is not taken back, nor what stands there published, by a commit of git's own")
  func committedByGit() throws {
    try here.write("private/\n", to: ".gitignore")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try here.write("PRIVATE diary\n", to: "private/diary.md")
    try runProcess(["mkdir", "../outside"], in: here.path)
    try runProcess(["ln", "-s", "../outside", "code"], in: here.path)
    try there.write("# Of there\n", to: "code/list.md")
    try there.write("# There says\n", to: "private/diary.md")
    try there.git("add", "-f", "private/diary.md")
    try there.git("commit", "-qm", "publish one")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    #expect(try here.git("status", "--porcelain", "-uno").output == "")
    try here.write("one, and a line\n", to: "n.md")
    try here.git("commit", "-qam", "a line")
    #expect(try here.git("show", "--format=", "--name-only").output == "n.md\n")
    #expect(here.notes("sync").status == 2)
    try there.notes("sync").succeeded()
    #expect(there.has("code/list.md"))
    #expect(try there.read("private/diary.md") == "# There says\n")
    // Once it is written, git looks at it again.
    try runProcess(["rm", "code"], in: here.path)
    here.notes("save")
    #expect(try here.read("code/list.md") == "# Of there\n")
    try here.write("# Of there\n\nmine\n", to: "code/list.md")
    #expect(try here.git("status", "--porcelain", "-uno").output == " M code/list.md\n")
    try runProcess(["mv", "private/diary.md", "../diary.md"], in: here.path)
    try here.notes("sync").succeeded()
    let marks = try here.git("ls-files", "-v").output.split(separator: "\n").map { $0.prefix(1) }
    #expect(Set(marks) == ["H"])
  }

  @Test("since a repository of its own has a file there is in no record, nor what that file says")
  func fileOfRepositoryInTheWay() throws {
    try runProcess(["git", "init", "-q", "code"], in: here.path)
    try here.write("SECRETWORDS of the project\n", to: "code/README.md")
    try there.write("# About our code\n", to: "code/README.md")
    try there.notes("sync").succeeded()
    for _ in 0..<2 {
      let synced = here.notes("sync")
      #expect(synced.status == 2, "\(synced)")
      #expect(synced.errors.contains("not written: code/README.md (code is a git repository"))
      #expect(!here.has(".notes/conflicts"))
    }
    #expect(try here.read("code/README.md") == "SECRETWORDS of the project\n")
    try there.notes("sync").succeeded()
    #expect(!there.has(".notes/conflicts"))
    #expect(try there.read("code/README.md") == "# About our code\n")
    // That it goes there is nothing to be done here.
    try there.notes("rm", "code/README.md").succeeded()
    try there.notes("sync").succeeded()
    try here.notes("sync").succeeded()
    #expect(try here.read("code/README.md") == "SECRETWORDS of the project\n")
  }

  @Test("since an editor keeps a file of its name there waits, and that file is in no record")
  func fileOfEditor() throws {
    try here.write("SECRETWORDS, unsaved\n", to: "n.md~")
    try there.write("a backup\n", to: "n.md~")
    try there.git("add", "-f", "n.md~")
    try there.git("commit", "-qm", "with a backup")
    try there.notes("sync").succeeded()
    let synced = here.notes("sync")
    #expect(synced.errors.contains("not written: n.md~ (a file of an editor's own is there"))
    #expect(!here.has(".notes/conflicts"))
    #expect(try here.read("n.md~") == "SECRETWORDS, unsaved\n")
  }

  @Test(
    "since a file that git ignores is in its place waits, and that file is neither sent nor lost",
    arguments: [false, true], [false, true])
  func ignored(isMerged: Bool, isIgnoredNoMore: Bool) throws {
    try here.write("private.md\n", to: ".gitignore")
    try here.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    try here.write("SECRETWORDS\n", to: "private.md")
    if isMerged { try here.write("two\n", to: "n.md") }
    if isIgnoredNoMore { try there.write("other.md\n", to: ".gitignore") }
    try there.write("published\n", to: "private.md")
    try there.git("add", "--force", "private.md", ".gitignore")
    try there.git("commit", "--quiet", "-m", "publish it")
    try there.notes("sync").succeeded()
    func stays(_ theirs: String) throws {
      #expect(try here.read("private.md") == "SECRETWORDS\n")
      #expect(try here.git("show", "main:private.md", in: here.remote).output == theirs)
      let all = try here.git("rev-list", "--all").output.split(separator: "\n").map(String.init)
      let found = try runProcess(["git", "grep", "-q", "SECRETWORDS"] + all, in: here.path)
      #expect(found.status == 1)
      #expect(!here.has(".notes/conflicts"))
    }
    for _ in 0..<2 {
      let synced = here.notes("sync")
      #expect(synced.status == 2, "\(synced.output)\(synced.errors)")
      #expect(
        synced.errors.contains("not written: private.md (a file that git ignores is there"),
        "\(synced.errors)")
      try stays("published\n")
    }
    try there.write("published, and edited\n", to: "private.md")
    try there.write("three\n", to: "three.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    try stays("published, and edited\n")
    try here.notes("undo").succeeded()
    #expect(!here.has("three.md"))
    #expect(here.notes("sync").status == 2)
    try stays("published, and edited\n")
    try runProcess(["mv", "private.md", "../mine.md"], in: here.path)
    try here.notes("sync").succeeded()
    #expect(try here.read("private.md") == "published, and edited\n")
    try there.notes("sync").succeeded()
    let heads = try [here, there].map { try $0.git("rev-parse", "HEAD").output }
    #expect(heads[0] == heads[1])
  }

  @Test("since a file that git ignores is in its place comes to nothing once theirs is gone")
  func ignoredAlone() throws {
    try here.write("private.md\n", to: ".git/info/exclude")
    try here.write("SECRETWORDS\n", to: "private.md")
    try there.write("published\n", to: "private.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    try there.notes("rm", "private").succeeded()
    try there.notes("sync").succeeded()
    let synced = try here.notes("sync").succeeded()
    #expect(!synced.errors.contains("left as it is"), "\(synced.errors)")
    #expect(try here.read("private.md") == "SECRETWORDS\n")
    #expect(here.notes("status").errors.contains("nothing to save"))
  }

  @Test(
    "for want of a permission waits until there is one", .enabled(if: WorldTests.canBeNobody))
  func noPermission() throws {
    try there.write("# X\n\nfirst, there\n\nlast\n", to: "p/x.md")
    try there.write("two\n", to: "n.md")
    try there.notes("sync").succeeded()
    func shell(_ script: String) throws -> ProcessResult {
      try runProcess(["sh", "-c", script], in: here.path, environment: here.environment)
    }
    // A remote that is a folder must be the user's own.
    try #require(
      try shell("mkdir ../home; chmod 755 ..; chown -R 65534 ..; chown 0 p; chmod 755 p").status
        == 0)
    func nobody(_ command: String) throws -> ProcessResult {
      try shell(
        "export HOME=$PWD/../home notes=\(Faults.program); exec setpriv --reuid 65534 "
          + "--regid 65534 --clear-groups \(command)")
    }
    let synced = try nobody("$notes sync")
    #expect(synced.status == 2)
    #expect(synced.errors.contains("not written: p/x.md (Permission denied)"), "\(synced.errors)")
    #expect(try here.read("n.md") == "two\n")
    #expect(try nobody("$notes search first").status == 0)
    #expect(try nobody("$notes save").status == 0)
    #expect(try nobody("$notes sync").status == 2)
    #expect(try nobody("git show HEAD:p/x.md").output.contains("first, there"))
    try #require(try shell("chown 65534 p").status == 0)
    #expect(try nobody("$notes sync").status == 0)
    #expect(try here.read("p/x.md") == "# X\n\nfirst, there\n\nlast\n")
  }

  @Test("of a killed command that cannot be finished stops no command that only reads")
  func unfinishable() throws {
    let head = try here.git("rev-parse", "HEAD").output.dropLast()
    let lost = String(repeating: "1", count: 40)
    let change = #"{"after":{"blob":"\#(lost)"},"path":"z.md"}"#
    let move = #""new":"\#(head)","reference":"refs/heads/main""#
    try here.write(
      #"{"changes":[\#(change)],"command":"notes sync","format":1,"time":0,\#(move)}"# + "\n",
      to: ".git/notes/journal")
    for reader in [
      ["list"], ["search", "one"], ["show", "n"], ["history"], ["status"], ["check"], ["tags"],
    ] {
      let result = here.run(reader)
      #expect(result.status <= 1, "\(reader): \(result.errors)")
      #expect(
        result.errors.components(separatedBy: "a killed command left").count == 2,
        "\(reader): \(result.errors)")
    }
    let refused = here.notes("add", "New", "text")
    #expect(refused.status == 2 && refused.errors.contains(lost), "\(refused.errors)")
    try runProcess(["rm", ".git/notes/journal"], in: here.path)
    try here.notes("add", "New", "text").succeeded()
  }
}
