import Foundation
import TestSupport
import Testing

/// Several programs at work at once: clones of one remote, and git in the same folder.
@Suite("side by side", .enabled(if: Faults.canRun))
struct SideBySideTests {
  let here: TestVault
  var remote: String { here.remote }

  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("zero\n", to: "zero.md")
    try here.notes("sync", "--remote", remote).succeeded()
  }

  private func start(_ arguments: String..., in vault: TestVault) throws -> ChildProcess {
    try ChildProcess(
      [Faults.program] + arguments, in: vault.path, environment: vault.environment)
  }

  @Test("eight clones that sync at once all come through, and are one in the end")
  func eightClones() throws {
    let clones = try (0..<8).map { number in
      let clone = try TestVault(isVault: false, name: "clone\(number)", beside: here)
      try here.notes("clone", "-q", remote, clone.path).succeeded()
      return clone
    }
    for round in 0..<3 {
      for (number, clone) in clones.enumerated() {
        try clone.write("\(number) in round \(round)\n", to: "n\(number)-\(round).md")
      }
      let running = try clones.map { try start("sync", "-q", in: $0) }
      for child in running {
        let status = try child.wait(seconds: 120)
        // Each race is won by somebody; who loses eight of them says so, and has lost nothing.
        #expect(status == 0 || status == 5, "\(status)")
      }
    }
    for clone in clones + clones { try clone.notes("sync").succeeded() }
    let tip = try here.git("rev-parse", "main", in: remote).output
    let names = try here.git("ls-tree", "--name-only", "main", in: remote).output
    for clone in clones {
      #expect(try clone.git("rev-parse", "HEAD").output == tip)
      #expect(try clone.git("status", "--porcelain").output == "")
    }
    for number in 0..<8 {
      for round in 0..<3 { #expect(names.contains("n\(number)-\(round).md\n")) }
    }
    #expect(try here.git("fsck", "--strict", "--full", in: remote).status == 0)
  }

  /// Takes loose objects out of the store, as a prune does that was on its way when the branch moved.
  private func prune(_ revisions: String...) throws {
    for revision in revisions {
      let id = try here.git("rev-parse", revision).output
      let place = here.path + "/.git/objects/\(id.prefix(2))/\(id.prefix(40).dropFirst(2))"
      try FileManager.default.removeItem(atPath: place)
    }
    #expect(try here.git("fsck", "--full").status != 0)
  }

  @Test("what a 'git gc --prune=now' took away beside a snapshot is written anew from the files")
  func pruned() throws {
    try here.write("one\n", to: "folder/a.md")
    try here.notes("sync", "-q").succeeded()
    try here.write("two\n", to: "folder/a.md")
    try here.notes("save", "-q").succeeded()
    try FileManager.default.removeItem(atPath: here.path + "/.git/notes/recent")
    try prune("HEAD:folder/a.md", "HEAD:folder")
    try here.notes("sync", "-q").succeeded()
    #expect(try here.git("fsck", "--full").status == 0)
    #expect(try here.git("show", "main:folder/a.md", in: remote).output == "two\n")
  }

  @Test("snapshots that a 'git gc --prune=now' took away are there again, and texts since changed")
  func prunedSnapshots() throws {
    try here.write("one\n", to: "folder/a.md")
    try here.notes("sync", "-q").succeeded()
    for text in ["two\n", "three\n", "four\n"] {
      try here.write(text, to: "folder/a.md")
      try here.notes("save", "-q").succeeded()
    }
    let tip = try here.git("rev-parse", "HEAD").output
    try prune(
      "HEAD~1:folder/a.md", "HEAD~1:folder", "HEAD~1^{tree}", "HEAD^{tree}", "HEAD~1", "HEAD")
    #expect(try here.notes("history", "folder/a").succeeded().output.contains("a.md"))
    #expect(try here.git("fsck", "--full").status == 0)
    #expect(try here.git("rev-parse", "HEAD").output == tip)
    #expect(try here.git("show", "HEAD~1:folder/a.md").output == "three\n")
    try here.notes("sync", "-q").succeeded()
    #expect(try here.git("rev-parse", "main", in: remote).output == tip)
  }

  @Test("a merge that a 'git gc --prune=now' took away is there again")
  func prunedMerge() throws {
    try here.write("one\n\ntwo\n\nthree\n", to: "a.md")
    try here.notes("sync", "-q").succeeded()
    let there = try here.cloned()
    try there.write("ONE\n\ntwo\n\nthree\n", to: "a.md")
    try there.notes("sync", "-q").succeeded()
    try here.write("one\n\ntwo\n\nTHREE\n", to: "a.md")
    try here.notes("sync", "-q").succeeded()
    let tip = try here.git("rev-parse", "HEAD").output
    try here.write("since\n", to: "a.md")
    try prune("HEAD:a.md", "HEAD^{tree}", "HEAD^1", "HEAD")
    try here.notes("save", "-q").succeeded()
    #expect(try here.git("fsck", "--full").status == 0)
    #expect(try here.git("rev-parse", "HEAD~1").output == tip)
    #expect(try here.git("show", "HEAD~1:a.md").output == "ONE\n\ntwo\n\nTHREE\n")
  }

  @Test("what is kept of snapshots against a prune is few files, and none an hour later")
  func keptIsLittle() throws {
    let folder = here.path + "/.git/notes/recent"
    for number in 0..<60 {
      try here.write("\(number)\n", to: "folder/a.md")
      try here.notes("save", "-q").succeeded()
    }
    let kept = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect((50...130).contains(kept.count), "\(kept.count)")
    for name in kept {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3_700)], ofItemAtPath: folder + "/" + name)
    }
    try here.write("last\n", to: "folder/a.md")
    try here.notes("save", "-q").succeeded()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 4)
  }

  @Test("git adds, commits and packs in the same folder, and no file is dropped")
  func plainGit() throws {
    let script = """
      for i in $(seq 1 25); do
        echo "git $i" > git$i.md
        git add git$i.md && git commit -q -m "git $i" || echo "lost git$i.md" >> ../lost
        [ $((i % 10)) = 0 ] && git gc -q --prune=now
        git status --porcelain > /dev/null
      done; exit 0
      """
    let git = try ChildProcess(
      ["sh", "-c", script], in: here.path, environment: here.environment,
      streams: ["/dev/null", here.folder.path + "/git.out", here.folder.path + "/git.err"])
    for number in 0..<25 {
      try here.write("notes \(number)\n", to: "notes\(number).md")
      // Somebody who commits at the same moment is met with "try again".
      let result = here.notes(number % 3 == 0 ? "sync" : "save", "-q")
      #expect(
        [0, 2, 5].contains(result.status), "\(number): \(result.status) \(result.errors)")
    }
    _ = try git.wait(seconds: 120)
    try here.notes("sync").succeeded()
    let tracked = try here.git("ls-tree", "--name-only", "main", in: remote).output
    for number in 0..<25 { #expect(tracked.contains("notes\(number).md\n"), "\(number)") }
    for number in 1...25 { #expect(tracked.contains("git\(number).md\n"), "\(number)") }
    #expect(try here.git("status", "--porcelain").output == "")
    let faults = try here.git("fsck", "--strict", "--full", "--no-dangling")
    #expect(faults.status == 0, "\(faults.output)\(faults.errors)")
  }

  @Test(
    "a git that holds its lock is waited for, and what only reads or writes a file is not held up")
  func locks() throws {
    try here.write("", to: ".git/index.lock")
    try here.write("one\n", to: "one.md")
    let tip = try here.git("rev-parse", "HEAD").output
    for command in [
      ["status"], ["list"], ["search", "zero"], ["add", "Two", "text"], ["history"],
    ] {
      try here.run(command).succeeded()
    }
    let refused = here.notes("save")
    #expect(refused.status == 5)
    #expect(refused.errors.contains(".git/index.lock is there\n"), "\(refused.errors)")
    #expect(refused.errors.contains("or notes doctor"))
    #expect(here.has(".git/index.lock"))
    #expect(try here.git("rev-parse", "HEAD").output == tip)
    try FileManager.default.removeItem(atPath: here.path + "/.git/index.lock")
    try here.notes("save").succeeded()
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test("what was staged once takes back nothing that came since, in a commit of git's")
  func stagedOnce() throws {
    try here.write("zero\nA first\n", to: "zero.md")
    try here.git("add", "zero.md")
    try here.write("zero\nA first\nA second\n", to: "zero.md")
    try here.notes("sync", "-q").succeeded()
    #expect(try here.git("status", "--porcelain").output == "")
    let there = try here.cloned()
    try there.write("zero\nA first\nA second\nB\n", to: "zero.md")
    try there.notes("sync", "-q").succeeded()
    // Of a text that only git's index has.
    try here.write("zero\nA third\n", to: "zero.md")
    try here.git("add", "zero.md")
    try here.write("zero\nA first\nA second\n", to: "zero.md")
    try here.notes("sync", "-q").succeeded()
    try here.write("new\n", to: "new.md")
    try here.git("add", "new.md")
    try here.git("commit", "-qm", "my new note")
    #expect(try here.git("show", "--format=", "--name-only").output == "new.md\n")
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test("what was staged, and is gone again, comes back with no commit of git's")
  func stagedAndGone() throws {
    try here.git("mv", "zero.md", "two.md")
    try here.git("mv", "two.md", "three.md")
    try here.write("staged\n", to: "two.md")
    try here.git("add", "two.md")
    try here.write("staged, and here\n", to: "four.md")
    try here.git("add", "four.md")
    try here.write("ignored\n", to: ".gitignore")
    try here.write("mine\n", to: "ignored")
    try here.git("add", "--force", "ignored")
    try runProcess(["rm", here.path + "/two.md"])
    try here.notes("sync").succeeded()
    #expect(try here.git("status", "--porcelain").output == "A  ignored\n")
    try runProcess(["rm", here.path + "/three.md"])
    try here.notes("save").succeeded()
    try here.git("commit", "--quiet", "--message", "by hand")
    #expect(try here.git("ls-files").output == ".gitignore\n.notes/config.yaml\nfour.md\nignored\n")
  }

  @Test("git's lock that a killed command of ours left is known, and goes with the next one")
  func ownLock() throws {
    // A link, or, where the file system has none, a file.
    let link = ["ln", "-s", "notes (process 1)", ".git/index.lock"]
    for (name, make) in [("one", link), ("two", ["cp", "one.md", ".git/index.lock"])] {
      try here.write("notes (process 1)\n", to: "\(name).md")
      try runProcess(make, in: here.path)
      #expect(isLocked)
      try here.notes("save").succeeded()
      #expect(!isLocked)
      #expect(try here.git("status", "--porcelain").output == "")
    }
  }

  /// Whether git's lock of its index is there, be it a link that leads nowhere.
  private var isLocked: Bool {
    (try? FileManager.default.attributesOfItem(atPath: here.path + "/.git/index.lock")) != nil
  }

  /// Starts a program, and waits until git's lock is there.
  private func startHolding(_ arguments: [String]) throws -> ChildProcess {
    let child = try ChildProcess(
      arguments, in: here.path, environment: here.environment,
      streams: ["/dev/null", here.folder.path + "/out", here.folder.path + "/err"])
    for _ in 0..<2_000 where !isLocked { usleep(5_000) }
    #expect(isLocked)
    return child
  }

  @Test("half a checkout of another branch is in no snapshot, and is not sent")
  func checkoutUnderWay() throws {
    for number in 0..<30 { try here.write("the text of main\n", to: "n\(number).md") }
    try here.notes("sync", "-q").succeeded()
    let script = """
      git checkout -q -b draft; sed -i 's/text of main/DRAFT/' n*.md; git commit -qam draft
      git checkout -q main; git config filter.slow.smudge 'sleep .05; cat'
      git config filter.slow.clean cat; echo '*.md filter=slow' > .git/info/attributes
      """
    let made = try runProcess(
      ["sh", "-ec", script], in: here.path, environment: here.environment)
    try #require(made.status == 0, "\(made.errors)")
    let tip = try here.git("rev-parse", "main").output
    let git = try startHolding(["git", "checkout", "-q", "draft"])
    usleep(200_000)
    // What is checked out then is not the branch that goes to main.
    #expect(here.notes("sync", "-q").status == 4)
    #expect(try git.wait(seconds: 120) == 0)
    #expect(try here.git("rev-parse", "main").output == tip)
    #expect(try here.git("rev-parse", "main", in: remote).output == tip)
    #expect(try here.git("status", "--porcelain").output == "")
  }

  /// Begins to write down when git gave its lock back while HEAD is where it was, and to wait then.
  private func lengthenMoves(seconds: Int) throws {
    let hook = ".git/hooks/post-index-change"
    try here.write("#!/bin/sh\ntouch ../between\nsleep \(seconds)\n", to: hook)
    try runProcess(["chmod", "+x", hook], in: here.path)
  }

  @Test(
    "the texts of a branch that git is about to move HEAD to are in no snapshot of the one it leaves",
    arguments: [["switch", "draft"], ["sw", "draft"], ["reset", "--hard", "draft"]])
  func headAboutToMove(git arguments: [String]) throws {
    try here.git("config", "alias.sw", "switch -q")
    try here.git("switch", "-q", "-c", "draft")
    try here.write("a draft\n", to: "zero.md")
    try here.git("commit", "-qam", "draft")
    try here.git("switch", "-q", "main")
    let tips = try here.git("rev-parse", "main", "draft").output
    try lengthenMoves(seconds: 1)
    let git = try ChildProcess(
      ["git"] + arguments, in: here.path, environment: here.environment,
      streams: ["/dev/null", here.folder.path + "/out", here.folder.path + "/err"])
    for _ in 0..<2_000 where !here.has("../between") { usleep(5_000) }
    #expect(try here.read("zero.md") == "a draft\n")
    #expect(try here.git("rev-parse", "main", "draft").output == tips)
    let saved = here.notes("save")
    #expect(try git.wait(seconds: 120) == 0)
    #expect(saved.status == 0 && saved.errors.contains("nothing to save"), "\(saved)")
    #expect(try here.git("log", "--format=%s", "draft", "main").output.hasPrefix("draft\n"))
    #expect(try here.git("rev-parse", "draft").output == tips.suffix(41))
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test("while a git is about to move HEAD, who waits for that does not take git's lock")
  func waitingWithoutLock() throws {
    try here.git("branch", "draft")
    try here.write("one\n", to: "one.md")
    try lengthenMoves(seconds: 3)
    let git = try ChildProcess(
      ["git", "switch", "-q", "draft"], in: here.path, environment: here.environment)
    for _ in 0..<2_000 where !here.has("../between") { usleep(5_000) }
    let save = try start("save", "-q", in: here)
    var times = 0
    let end = Date(timeIntervalSinceNow: 1.5)
    while Date.now < end {
      if isLocked { times += 1 }
      usleep(200)
    }
    #expect(times == 0)
    #expect(try git.wait(seconds: 120) == 0)
    try FileManager.default.removeItem(atPath: here.path + "/.git/hooks/post-index-change")
    #expect(try save.wait(seconds: 120) == 0)
    #expect(try here.git("log", "--format=%s", "main..draft").output == "Add one.md\n")
  }

  /// Has git run a command of ours by a hook, which writes its exit code into `../hooked`.
  private func runByHook(_ hook: String, _ command: String) throws {
    let place = ".git/hooks/" + hook
    let script = "#!/bin/sh\n\(Faults.program) \(command) 2> ../errors; echo $? >> ../hooked\n"
    try here.write(script, to: place)
    try runProcess(["chmod", "+x", place], in: here.path)
  }

  @Test(
    "a snapshot that a hook of git's makes does not wait for the git that waits for the hook",
    arguments: [
      ("post-merge", ["pull", "-q"]), ("post-checkout", ["switch", "-q", "-c", "draft"]),
    ])
  func saveByHook(hook: String, git arguments: [String]) throws {
    let there = try here.cloned()
    try there.write("there\n", to: "there.md")
    try there.notes("sync", "-q").succeeded()
    try here.git("branch", "-q", "--set-upstream-to", "origin/main")
    try runByHook(hook, "save -q")
    try here.write("one\n", to: "one.md")
    let begin = Date.now
    let git = try runProcess(["git"] + arguments, in: here.path, environment: here.environment)
    #expect(git.status == 0, "\(git.errors)")
    #expect(Date.now.timeIntervalSince(begin) < 8)
    let errors = try here.read("../errors")
    #expect(try here.read("../hooked") == "0\n", "\(errors)")
    #expect(try here.git("log", "--format=%s", "-1").output == "Add one.md\n")
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test(
    "a snapshot by a hook that git runs before it moves HEAD takes no text to the branch it leaves")
  func saveByEarlyHook() throws {
    try here.git("switch", "-q", "-c", "draft")
    try here.write("a draft\n", to: "zero.md")
    try here.git("commit", "-qam", "draft")
    try here.git("switch", "-q", "main")
    let tips = try here.git("rev-parse", "main", "draft").output
    try runByHook("post-index-change", "save -q")
    try here.git("switch", "-q", "draft")
    #expect(try here.read("../hooked").hasPrefix("5\n"))
    #expect(try here.git("rev-parse", "main", "draft").output == tips)
  }

  @Test("our own write of git's index keeps nobody away while a pull waits for the network")
  func pullThatWaits() throws {
    try here.git("branch", "-q", "--set-upstream-to", "origin/main")
    let program = here.folder.path + "/upload"
    try here.write(
      "#!/bin/sh\nwhile [ ! -e \(here.path)/../go ]; do sleep .1; done\nexec git-upload-pack \"$@\"\n",
      to: "../upload")
    try runProcess(["chmod", "+x", program])
    try here.git("config", "remote.origin.uploadpack", program)
    let index = here.path + "/.git/index"
    let old = Date(timeIntervalSinceNow: -100)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: index)
    let pull = try ChildProcess(
      ["git", "pull", "-q"], in: here.path, environment: here.environment)
    usleep(500_000)
    for number in 1...3 {
      try here.write("\(number)\n", to: "n\(number).md")
      let begin = Date.now
      try here.notes("save", "-q").succeeded()
      #expect(Date.now.timeIntervalSince(begin) < 8)
    }
    #expect(try here.git("ls-files").output.contains("n3.md"))
    let written = try FileManager.default.attributesOfItem(atPath: index)[.modificationDate]
    #expect(try #require(written as? Date) < Date(timeIntervalSinceNow: -90))
    // That git finds the branch moved, as by a commit of git's own, and gives up.
    try here.write("", to: "../go")
    _ = try pull.wait(seconds: 120)
    #expect(try here.git("status", "--porcelain").output == "")
    #expect(try here.read("n3.md") == "3\n")
  }

  @Test("a git that only reads holds nobody up, however long")
  func gitThatReads() throws {
    let git = try ChildProcess(
      ["sh", "-c", "sleep 8 | git cat-file --batch"], in: here.path, environment: here.environment)
    try here.git("update-index", "--force-write-index")
    try here.write("one\n", to: "one.md")
    let begin = Date.now
    try here.notes("save").succeeded()
    #expect(Date.now.timeIntervalSince(begin) < 5)
    #expect(try git.wait(seconds: 120) == 0)
  }

  @Test("after a failed command git's own index is mended once, whatever git stays in the folder")
  func mendedOnce() throws {
    for file in ["one.md", "two.md"] {
      try here.write("\(file)\n", to: file)
      try here.notes("save").succeeded()
    }
    let git = try ChildProcess(
      ["sh", "-c", "sleep 4 | git cat-file --batch"], in: here.path, environment: here.environment)
    // The moment that git needs to be there.
    usleep(300_000)
    #expect(here.notes("undo", "999").status != 0)
    try here.git("rm", "-q", "--cached", "one.md")
    try here.notes("list").succeeded()
    try here.git("rm", "-q", "--cached", "one.md", "--ignore-unmatch")
    for command in ["list", "status"] { here.notes(command) }
    #expect(try here.git("status", "--porcelain").output == "D  one.md\n?? one.md\n")
    #expect(try git.wait(seconds: 120) == 0)
    // A command that fails later may leave what is to be mended again.
    #expect(here.notes("undo", "999").status != 0)
    try here.notes("list").succeeded()
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test("a commit under way is waited for, and goes through")
  func commitUnderWay() throws {
    try here.write("#!/bin/sh\nsleep 2\n", to: ".git/hooks/pre-commit")
    try runProcess(["chmod", "+x", ".git/hooks/pre-commit"], in: here.path)
    try here.write("the user's own words\n", to: "zero.md")
    let git = try startHolding(["git", "commit", "-qam", "mine"])
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "-q").succeeded()
    #expect(try git.wait(seconds: 120) == 0)
    let subjects = try here.git("log", "--format=%s", "-2", "main", in: remote).output
    #expect(subjects == "Add one.md\nmine\n")
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test(
    "a branch that is checked out while the network is waited for gets nothing that is another's")
  func checkoutMeanwhile() throws {
    let there = try here.cloned()
    try there.write("from there\n", to: "there.md")
    try there.notes("sync", "-q").succeeded()
    try here.git("branch", "draft")
    // Holds while the network is at work, too: git's lock is free, so that others can go on.
    let git = try runProcess(["which", "git"], environment: here.environment).output
      .split(separator: "\n")[0]
    try here.write(
      """
      #!/bin/sh
      case " $* " in *" fetch "*) \(git) -C \(here.path) checkout -q draft || exit 9;; esac
      exec \(git) "$@"
      """, to: "../bin/git")
    try runProcess(["chmod", "+x", here.folder.path + "/bin/git"])
    let path = here.folder.path + "/bin:" + (here.environment["PATH"] ?? "")
    let result = try runProcess(
      [Faults.program, "sync", "--via", "git"], in: here.path,
      environment: here.environment.merging(["PATH": path]) { _, new in new })
    #expect(result.status == 5, "\(result.errors)")
    #expect(result.errors.contains("draft is checked out now"), "\(result.errors)")
    #expect(try here.git("rev-parse", "main").output == here.git("rev-parse", "draft").output)
    #expect(try here.git("status", "--porcelain").output == "")
    try here.git("checkout", "-q", "main")
    try here.notes("sync", "-q").succeeded()
    #expect(here.has("there.md"))
  }

  @Test(
    "interrupted while it holds git's lock, a command gives it back", arguments: [SIGINT, SIGHUP])
  func interrupted(signal: Int32) throws {
    let script = "for i in $(seq 3000); do echo $i > n$i.md; done"
    try runProcess(["sh", "-c", script], in: here.path)
    let child = try startHolding([Faults.program, "save"])
    child.send(signal)
    #expect(try child.wait(seconds: 60) == 128 + signal)
    #expect(!isLocked)
    #expect(try here.git("log", "--format=%s").output.split(separator: "\n").count == 1)
  }

  @Test("a signal that a command was started to ignore does not end it while it holds git's lock")
  func ignoredSignal() throws {
    let script = "for i in $(seq 3000); do echo $i > n$i.md; done"
    try runProcess(["sh", "-c", script], in: here.path)
    let child = try startHolding([
      "sh", "-c", "trap '' HUP; exec \"$0\" save -q", Faults.program,
    ])
    child.send(SIGHUP)
    #expect(try child.wait(seconds: 60) == 0)
    #expect(try here.git("status", "--porcelain").output == "")
    #expect(try here.git("log", "--format=%s").output.split(separator: "\n").count == 2)
  }

  @Test(
    "a lock of git's that nothing holds goes by itself when it is old, and by doctor when it is not"
  )
  func deadLocks() throws {
    func leaveLock(secondsOld: Double) throws -> String {
      let lock = here.path + "/.git/refs/heads/main.lock"
      try here.write("", to: ".git/refs/heads/main.lock")
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -secondsOld)], ofItemAtPath: lock)
      return lock
    }
    _ = try leaveLock(secondsOld: 20)
    let young = here.notes("doctor").output
    #expect(young.contains("git's locks: refs/heads/main.lock is held, 2"), "\(young)")
    try here.write("one\n", to: "one.md")
    let lock = try leaveLock(secondsOld: 90)
    let refused = here.notes("save")
    #expect(refused.status == 5 && refused.errors.contains("or notes doctor"), "\(refused.errors)")
    let doctor = here.notes("doctor")
    #expect(doctor.output.contains("refs/heads/main.lock"), "\(doctor.output)")
    #expect(!FileManager.default.fileExists(atPath: lock))
    _ = try leaveLock(secondsOld: 700)
    try here.notes("save").succeeded()
    // A git that waits for an editor holds its lock for long.
    let git = try ChildProcess(
      ["git", "-c", "core.editor=sleep 5; false", "commit", "--allow-empty"], in: here.path,
      environment: here.environment,
      streams: ["/dev/null", here.folder.path + "/git.out", here.folder.path + "/git.err"])
    usleep(500_000)
    _ = try leaveLock(secondsOld: 700)
    try here.write("two\n", to: "two.md")
    #expect(here.notes("save").status == 5)
    #expect(FileManager.default.fileExists(atPath: lock))
    _ = try git.wait(seconds: 120)
    try here.notes("save").succeeded()
  }

  @Test(
    "in a linked work tree no command takes the lock of a git in the main one, old or made since a kill",
    arguments: [true, false])
  func linkedWorkTree(isOld: Bool) throws {
    let side = try TestVault(isVault: false, name: "side", beside: here)
    try here.git("worktree", "add", "-q", side.path, "-b", "side")
    try side.write("1\n", to: "n1.md")
    // What a killed command leaves: its words in the lock of the vault, and a lock of git's.
    let state = here.path + "/.git/worktrees/side"
    if !isOld {
      try side.notes("save").succeeded()
      let killed = "notes save (process 1)\n\(Int(Date().timeIntervalSince1970) * 1_000_000_000)\n"
      try Data(killed.utf8).write(to: URL(fileURLWithPath: state + "/notes/lock"))
    }
    try Data().write(to: URL(fileURLWithPath: here.path + "/.git/refs/heads/side.lock"))
    let git = try startHolding([
      "git", "-c",
      "core.editor=while [ ! -e \(side.path)/go ]; do sleep .1; done; echo words >",
      "commit", "--allow-empty", "-a",
    ])
    let old: [FileAttributeKey: Any] = [.modificationDate: Date(timeIntervalSinceNow: -700)]
    if isOld {
      for lock in ["index.lock", "refs/heads/side.lock"] {
        try FileManager.default.setAttributes(old, ofItemAtPath: here.path + "/.git/" + lock)
      }
    }
    try side.write("2\n", to: "n2.md")
    #expect(side.notes("save").status == 5)
    #expect(isLocked)
    try side.write("", to: "go")
    #expect(try git.wait(seconds: 120) == 0)
    // No git is at work any more.
    try side.notes("save").succeeded()
    #expect(try here.git("show", "--name-only", "--format=", "side").output.contains("n2.md"))
  }

  @Test(
    "an index that git cannot open is made anew by doctor, of the last snapshot",
    arguments: ["", "no index", "cut"])
  func damagedIndex(text: String) throws {
    try here.write("one\n", to: "d/one.md")
    try here.notes("save").succeeded()
    let index = URL(fileURLWithPath: here.path + "/.git/index")
    let bytes = text == "cut" ? try Data(contentsOf: index).prefix(100) : Data(text.utf8)
    try bytes.write(to: index)
    // One that is cut short git takes for one with fewer files.
    if text != "cut" { #expect(try here.git("status").status != 0) }
    let doctor = here.notes("doctor")
    #expect(doctor.status == 0, "\(doctor.output)")
    #expect(doctor.output.contains("git's index: was damaged, and is made anew"))
    #expect(try here.git("status", "--porcelain").output == "")
    #expect(here.notes("doctor").output.contains("git's index: sound"))
  }

  @Test("an index that cannot be brought up to date is told of, and not only once")
  func indexLeftBehind() throws {
    try here.write("one\n", to: "one.md")
    try here.notes("sync").succeeded()
    try here.write("no index", to: ".git/index")
    let words = "git's index could not be brought up to date"
    for (text, arguments) in [("two\n", ["save"]), ("three\n", ["sync"])] {
      try here.write(text, to: "one.md")
      let result = here.run(arguments)
      #expect(result.status == 0)
      #expect(result.errors.contains(words) && result.errors.contains("notes doctor"))
    }
    here.notes("doctor")
    try here.write("four\n", to: "one.md")
    #expect(!here.notes("save").errors.contains(words))
    #expect(try here.git("status", "--porcelain").output == "")
  }

  @Test("with nothing to do there is no commit, no push, and no file is touched")
  func nothingToDo() throws {
    func state() throws -> String {
      try here.git("rev-parse", "HEAD").output
        + here.git("rev-parse", "main", in: remote).output
        + runProcess(
          ["sh", "-c", "stat -c '%n %Y %Z %i' *.md .git/HEAD .git/index"], in: here.path
        )
        .output
    }
    let before = try state()
    for _ in 0..<3 {
      try here.notes("sync").succeeded()
      try here.notes("save").succeeded()
    }
    #expect(try state() == before)
  }

  @Test("a link in the place of the objects' second names is not followed")
  func linkedNames() throws {
    let documents = here.folder.path + "/documents"
    try here.folder.write("my thesis\n", to: "documents/thesis.txt")
    try runProcess(["touch", "-d", "2020-01-01", documents + "/thesis.txt"])
    try? FileManager.default.removeItem(atPath: here.path + "/.git/notes/recent")
    try FileManager.default.createSymbolicLink(
      atPath: here.path + "/.git/notes/recent", withDestinationPath: documents)
    try here.write("new\n", to: "new.md")
    for command in ["status", "save"] { try here.notes(command).succeeded() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: documents) == ["thesis.txt"])
  }

  @Test("where git notes that the disk does not tell what may be run, that stays as it was")
  func diskWithoutModes() throws {
    try here.write("#!/bin/sh\n", to: "tool.sh")
    try runProcess(["chmod", "+x", here.path + "/tool.sh"])
    try here.notes("sync").succeeded()
    let there = try here.cloned()
    // As on exFAT, where every file looks so.
    try there.git("config", "core.fileMode", "false")
    let looks = "chmod +x *.md .notes/config.yaml; chmod -x tool.sh"
    try runProcess(["sh", "-c", looks], in: there.path)
    #expect(try there.notes("status").succeeded().errors.contains("nothing to save"))
    try there.write("new\n", to: "new.md")
    try runProcess(["chmod", "+x", there.path + "/new.md"])
    try there.write("#!/bin/sh -e\n", to: "tool.sh")
    #expect(try there.notes("sync").succeeded().output == "out  A new.md\nout  M tool.sh\n")
    try here.notes("sync").succeeded()
    func modes(_ vault: TestVault) throws -> [String.SubSequence] {
      try vault.git("ls-tree", "-r", "HEAD").output.split(separator: "\n").map { $0.prefix(6) }
    }
    #expect(try modes(here) == ["100644", "100644", "100755", "100644"])
    // What another machine says of it comes in, and is no edit of this one's.
    try runProcess(["sh", "-c", "chmod +x zero.md; chmod -x tool.sh"], in: here.path)
    try here.notes("sync").succeeded()
    for _ in 0..<2 { #expect(try there.notes("sync").succeeded().output.contains("out") == false) }
    #expect(try there.notes("status").succeeded().errors.contains("nothing to save"))
    #expect(try modes(there) == ["100644", "100644", "100644", "100755"])
  }

  @Test("a copy of a reference that a program made to keep both is passed over, or named")
  func copiedReference() throws {
    let copy = "main (bob's conflicted copy)"
    let tip = try here.git("rev-parse", "HEAD").output
    for folder in ["remotes/origin", "heads"] {
      try here.write(tip, to: ".git/refs/\(folder)/\(copy)")
      try here.write("\(folder)\n", to: "zero.md")
      try here.notes("sync").succeeded()
      let looked = here.notes("doctor")
      #expect(looked.status == 1)
      let words = ".git/refs/\(folder)/\(copy) is no name of a reference: remove that file"
      #expect(looked.output.contains(words), "\(looked.output)")
      try FileManager.default.removeItem(atPath: here.path + "/.git/refs/\(folder)/\(copy)")
      try here.notes("doctor").succeeded()
    }
    // At a remote that is a path only the branch that is asked for is read.
    try tip.write(
      toFile: remote + "/refs/heads/\(copy)", atomically: false, encoding: .utf8)
    try here.write("remote\n", to: "zero.md")
    try here.notes("sync").succeeded()
    let sent = try here.git("--git-dir", remote, "rev-parse", "refs/heads/main").output
    #expect(try here.git("rev-parse", "HEAD").output == sent)
  }
}
