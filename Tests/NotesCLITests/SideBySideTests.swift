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

  @Test("a held index.lock of git's is no hindrance, and a held lock of ours is waited for")
  func locks() throws {
    try here.write("", to: ".git/index.lock")
    try here.write("one\n", to: "one.md")
    try here.notes("save").succeeded()
    #expect(here.has(".git/index.lock"))
    try FileManager.default.removeItem(atPath: here.path + "/.git/index.lock")
    // The next command sees to git's index.
    try here.write("two\n", to: "two.md")
    try here.notes("save").succeeded()
    #expect(try here.git("status", "--porcelain").output == "")
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
    _ = try git.wait(seconds: 20)
    try here.notes("save").succeeded()
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
}
