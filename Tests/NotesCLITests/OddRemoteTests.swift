import Foundation
import TestSupport
import Testing

/// Remotes that a push cannot change, or that it changes elsewhere.
@Suite("remotes that are not what is pushed to")
struct OddRemoteTests {
  let here: TestVault

  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("one\n", to: "one.md")
    try here.notes("sync", "--remote", here.remote).succeeded()
  }

  @Test(
    "a remote that may be read and not written takes no push, and what others wrote comes in",
    .enabled(if: WorldTests.canBeNobody && Faults.canRun))
  func readOnly() throws {
    let there = try here.cloned()
    try here.write("two\n", to: "two.md")
    try here.notes("sync").succeeded()
    try there.write("mine\n", to: "mine.md")
    try here.folder.write("[safe]\n\tdirectory = *\n", to: "gitconfig")
    try runProcess(["chmod", "755", here.folder.path])
    try runProcess(["chown", "-R", "65534", there.path])
    func nobody(_ arguments: String...) throws -> ProcessResult {
      try runProcess(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", Faults.program]
          + arguments, in: there.path, environment: there.environment)
    }
    let refused = try nobody("sync")
    #expect(refused.status == 7, "\(refused.output)\(refused.errors)")
    #expect(refused.errors.contains("remote.git cannot be written to: Permission denied"))
    #expect(try there.read("two.md") == "two\n")
    try runProcess(["chown", "-R", "65534", here.remote])
    let sent = try nobody("sync")
    #expect(sent.status == 0 && sent.output == "out  A mine.md\n", "\(sent.output)\(sent.errors)")
  }

  @Test(
    "a note that cannot be read is named, and ends save and sync with 2",
    .enabled(if: WorldTests.canBeNobody && Faults.canRun))
  func unread() throws {
    try here.write("two\n", to: "two.md")
    try here.write("more\n", to: "one.md")
    try here.folder.write("[safe]\n\tdirectory = *\n", to: "gitconfig")
    try runProcess(["chmod", "755", here.folder.path])
    try runProcess(["chmod", "000", here.path + "/one.md"])
    try runProcess(["chown", "-R", "65534", here.path, here.remote])
    for command in ["save", "save", "sync"] {
      let result = try runProcess(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", Faults.program]
          + [command], in: here.path, environment: here.environment)
      #expect(result.status == 2, "\(result.errors)")
      #expect(result.errors.contains("not saved: one.md (Permission denied)"), "\(result.errors)")
    }
    #expect(try here.git("show", "main:two.md", in: here.remote).output == "two\n")
  }

  @Test("a lock of git's settings that a killed command left does not keep a remote from being set")
  func settingsLock() throws {
    let other = try TestVault(name: "other", beside: here)
    try other.write("", to: ".git/config.lock")
    try runProcess(["touch", "-d", "2 days ago", other.path + "/.git/config.lock"])
    try other.write("two\n", to: "two.md")
    try other.notes("sync", "--remote", here.remote, "--allow-unrelated").succeeded()
    #expect(other.has("one.md") && !other.has(".git/config.lock"))
  }

  @Test("git that syncs for us runs nothing that the vault's own settings name")
  func unpacked() throws {
    let ran = here.folder.path + "/ran"
    try here.git("config", "protocol.ext.allow", "always")
    try here.git("config", "core.fsmonitor", "touch \(ran); false")
    try here.write("#!/bin/sh\ntouch \(ran)\n", to: ".git/hooks/pre-push")
    try runProcess(["chmod", "755", here.path + "/.git/hooks/pre-push"])
    try here.write("two\n", to: "two.md")
    try here.notes("sync", "--via", "git").succeeded()
    #expect(try here.git("show", "main:two.md", in: here.remote).output == "two\n")
    try here.git("config", "remote.origin.url", "ext::touch \(ran)")
    #expect(here.notes("sync", "--via", "git").status != 0)
    #expect(!FileManager.default.fileExists(atPath: ran))
  }

  @Test("submodules that a remote tells of are followed by no git that we run")
  func submodules() throws {
    let eve = try TestVault(isVault: false, name: "eve", beside: here)
    try here.git("clone", "--quiet", here.remote, eve.path)
    try eve.write("[submodule \"\n", to: ".gitmodules")
    try eve.git("add", "--all")
    try eve.git("commit", "--quiet", "--message", "x")
    try eve.git("push", "--quiet")
    try here.notes("sync", "--via", "git").succeeded()
    try here.git("config", "push.recurseSubmodules", "check")
    try here.write("more\n", to: "one.md")
    try here.notes("sync", "--via", "git").succeeded()
    #expect(try here.git("show", "main:one.md", in: here.remote).output == "more\n")
  }

  @Test(
    "a remote that is fetched from one repository and pushed to another is told as that",
    arguments: ["pushurl", "pushInsteadOf", "git"])
  func twoRepositories(how: String) throws {
    let there = try here.cloned()
    let fork = here.folder.path + "/fork.git"
    try here.git("init", "--quiet", "--bare", "-b", "main", fork)
    if how == "pushInsteadOf" {
      try here.git("config", "url.\(fork).pushInsteadOf", here.remote)
    } else {
      try here.git("remote", "set-url", "--push", "origin", fork)
    }
    try there.write("two\n", to: "two.md")
    try there.notes("sync").succeeded()
    try here.write("mine\n", to: "mine.md")
    let tip = try here.git("rev-parse", "main", in: here.remote).output
    let refused = here.run(["sync"] + (how == "git" ? ["--via", "git"] : []))
    #expect(refused.status == 7, "\(refused.errors)")
    let words = "it is fetched from \(here.remote) and pushed to \(fork), which are two"
    #expect(refused.errors.contains(words), "\(refused.errors)")
    #expect(try here.read("two.md") == "two\n")
    #expect(try here.git("rev-parse", "main", in: here.remote).output == tip)
    // What it says to type mends it.
    try here.git("remote", "set-url", "--push", "origin", here.remote)
    #expect(try here.notes("sync").succeeded().output == "out  A mine.md\n")
  }

  @Test("a push that a level fork takes is not told as one that everybody gets")
  func levelFork() throws {
    let fork = here.folder.path + "/fork.git"
    try here.git("clone", "--quiet", "--bare", here.remote, fork)
    try here.git("remote", "set-url", "--push", "origin", fork)
    for text in ["two\n", "three\n"] {
      try here.write(text, to: "one.md")
      let refused = here.notes("sync")
      #expect(refused.status == 7, "\(refused.output)\(refused.errors)")
      #expect(refused.errors.contains("which are two repositories"), "\(refused.errors)")
      #expect(here.notes("status").errors.contains("to send and 0 to take in"))
    }
    try here.git("remote", "set-url", "--push", "origin", here.remote)
    try here.notes("sync").succeeded()
    #expect(try here.git("show", "main:one.md", in: here.remote).output == "three\n")
  }

  @Test("a remote of several addresses is refused with what makes it two remotes")
  func severalAddresses() throws {
    let second = here.folder.path + "/second.git"
    try here.git("init", "--quiet", "--bare", "-b", "main", second)
    try here.git("remote", "set-url", "--add", "origin", second)
    try here.write("two\n", to: "two.md")
    let refused = here.notes("sync")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("origin has 2 addresses"), "\(refused.errors)")
    let hint = try #require(refused.errors.components(separatedBy: "hint: ").last)
    let git = hint.components(separatedBy: "; notes")[0]
    _ = try runProcess(["sh", "-c", git], in: here.path, environment: here.environment)
    try here.notes("sync").succeeded()
    try here.notes("sync", "--remote", "backup").succeeded()
    #expect(try here.git("show", "main:two.md", in: here.remote).output == "two\n")
    #expect(try here.git("show", "main:two.md", in: second).output == "two\n")
  }

  @Test("a branch that is an alias is synced, here and at the remote", arguments: [true, false])
  func alias(isOfRemote: Bool) throws {
    let folder = isOfRemote ? here.remote : here.path
    try here.git("branch", "-m", "main", "trunk", in: folder)
    try here.git("symbolic-ref", "refs/heads/main", "refs/heads/trunk", in: folder)
    try here.git("symbolic-ref", "HEAD", "refs/heads/main", in: folder)
    try here.write("two\n", to: "one.md")
    try here.notes("sync").succeeded()
    #expect(try here.git("show", "main:one.md", in: here.remote).output == "two\n")
    let target = try here.git("symbolic-ref", "refs/heads/main", in: folder).output
    #expect(target == "refs/heads/trunk\n")
    #expect(try here.git("show", "trunk:one.md", in: folder).output == "two\n")
  }

  @Test("a work tree of a bare remote is not left behind by a push, and both ways out of it work")
  func linkedWorkTree() throws {
    let server = here.folder.path + "/server"
    try here.git("worktree", "add", "--quiet", server, "main", in: here.remote)
    try here.write("two\n", to: "two.md")
    let refused = here.notes("sync")
    #expect(refused.status == 7, "\(refused.output)\(refused.errors)")
    let words = "main is checked out in its work tree \(server), which would be left behind"
    #expect(refused.errors.contains(words), "\(refused.errors)")
    #expect(try here.git("status", "--porcelain", in: server).output == "")
    #expect(try here.cloned().read("one.md") == "one\n")
    try here.git("config", "receive.denyCurrentBranch", "updateInstead", in: here.remote)
    try here.notes("sync", "--via", "git").succeeded()
    let files = try TestVault(isVault: false, name: "server", beside: here)
    #expect(try files.read("two.md") == "two\n")
    try here.git("switch", "--quiet", "--detach", in: server)
    try here.write("three\n", to: "two.md")
    try here.notes("sync").succeeded()
    #expect(try here.git("status", "--porcelain", in: server).output == "")
  }

  @Test(
    "what is sent to a shared repository has the permissions that it asks for, whatever the umask",
    .enabled(if: FileManager.default.fileExists(atPath: Faults.program)),
    arguments: [
      ("group", "077", "660"), ("1", "027", "660"), ("true", "022", "664"), ("all", "077", "664"),
      ("0640", "000", "640"), ("0660", "022", "660"), ("umask", "077", "600"),
      ("false", "022", "644"),
    ])
  func shared(setting: String, umask: String, mode: String) throws {
    try here.git("config", "core.sharedRepository", setting, in: here.remote)
    // The branch's folder goes, so that the push makes it.
    try here.git("branch", "-m", "main", "team/main", in: here.remote)
    try here.git("pack-refs", "--all", in: here.remote)
    try here.git("config", "core.logAllRefUpdates", "true", in: here.remote)
    try here.git("config", "branch.main.remote", "origin")
    try here.git("config", "branch.main.merge", "refs/heads/team/main")
    try here.write("two\n", to: "two.md")
    try runProcess(["touch", here.folder.path + "/before"])
    let run = try runProcess(
      ["sh", "-c", "umask \(umask); \"$1\" sync", "sh", Faults.program], in: here.path,
      environment: here.environment)
    #expect(run.status == 0, "\(run.errors)")
    func modes(_ what: String..., in folder: String) throws -> [String: String] {
      let found = try runProcess(
        ["find", ".", "-newer", here.folder.path + "/before", "-printf", "%m %p\n"] + what,
        in: folder)
      return .init(
        found.output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
          .map { (String($0[1]), String($0[0])) }, uniquingKeysWith: { $1 })
    }
    let now = try modes(in: here.remote)
    #expect(now["./refs/heads/team/main"] == mode, "\(now)")
    #expect(now["./logs/refs/heads/team/main"] == mode, "\(now)")
    let reading = mode.replacing("6", with: "4")
    let packs = now.filter { $0.key.hasPrefix("./objects/pack/pack-") }
    #expect(packs.count == 2 && packs.values.allSatisfy { $0 == reading }, "\(now)")
    let open = mode.replacing("6", with: "7").replacing("4", with: "5")
    #expect(now["./refs/heads/team"]?.suffix(3) == open[...], "\(now)")
    #expect(now["./logs/refs/heads/team"]?.suffix(3) == open[...], "\(now)")
    // What the vault itself keeps of it is as all else that the user makes.
    let own = ["000": "666", "022": "644", "027": "640", "077": "600"][umask]
    #expect(try modes(in: here.path)["./.git/refs/remotes/origin/team/main"] == own)
  }

  @Test("a lock in a remote that nothing has held for ten minutes goes with the next push")
  func deadLock() throws {
    let lock = here.remote + "/refs/heads/main.lock"
    try here.write("two\n", to: "two.md")
    for (age, status) in [("9 minutes ago", Int32(7)), ("11 minutes ago", 0)] {
      try runProcess(["touch", "-d", age, lock])
      let run = here.notes("sync")
      #expect(run.status == status, "\(run.errors)")
      #expect(run.errors.contains("main.lock, 9 minutes old") == (status == 7), "\(run.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: lock))
    #expect(try here.git("show", "main:two.md", in: here.remote).output == "two\n")
  }

  @Test("two addresses of one repository are one remote")
  func oneRepository() throws {
    try here.git("remote", "set-url", "--push", "origin", "file://" + here.remote)
    try here.write("mine\n", to: "mine.md")
    #expect(try here.notes("sync").succeeded().output == "out  A mine.md\n")
  }
}
