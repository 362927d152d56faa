import Foundation
import TestSupport
import Testing

/// Several programs at work at once: clones of one remote, and git in the same folder.
@Suite("side by side", .enabled(if: Faults.canRun))
struct SideBySideTests {
  let here: TestVault
  var remote: String { here.folder.path + "/remote.git" }

  init() throws {
    here = try TestVault()
    try here.git("init", "--quiet", "--bare", "-b", "main", remote, in: here.folder.path)
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

  @Test("what a 'git gc --prune=now' took away beside a snapshot is written anew from the files")
  func pruned() throws {
    try here.write("one\n", to: "folder/a.md")
    try here.notes("sync", "-q").succeeded()
    try here.write("two\n", to: "folder/a.md")
    try here.notes("save", "-q").succeeded()
    // As if it had been pruned between its writing and the branch's move: a blob, and its folder.
    for name in ["HEAD:folder/a.md", "HEAD:folder"] {
      let id = try here.git("rev-parse", name).output
      let place = here.path + "/.git/objects/\(id.prefix(2))/\(id.prefix(40).dropFirst(2))"
      try FileManager.default.removeItem(atPath: place)
    }
    #expect(try here.git("fsck", "--full").status != 0)
    try here.notes("sync", "-q").succeeded()
    #expect(try here.git("fsck", "--full").status == 0)
    #expect(try here.git("show", "main:folder/a.md", in: remote).output == "two\n")
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
    #expect(try here.git("fsck", "--strict", "--full", "--no-dangling").status == 0)
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
