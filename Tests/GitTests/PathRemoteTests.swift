import Foundation
import Git
import Glibc
import TestSupport
import Testing

/// Fetching from and pushing to a folder of this machine.
@Suite struct PathRemoteTests {
  /// A bare repository `hub.git` with one commit, and an empty repository `vault` that knows it.
  private func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.initialise("seed")
    try sandbox.commit(["a.md": "1", "b/c.md": "2"], in: "seed")
    try sandbox.git("clone", "-q", "--bare", "seed", "hub.git", in: "")
    try sandbox.git("remote", "add", "hub", "../hub.git", in: "seed")
    try sandbox.initialise()
    var vault = try sandbox.open()
    try vault.addRemote("origin", RemoteURL(sandbox.path("hub.git"), relativeTo: "/"))
    return sandbox
  }

  private func push(
    _ sandbox: Sandbox, _ id: ObjectID, expecting old: ObjectID?, to branch: String = "main"
  ) throws -> PushResult {
    try sandbox.open().push("origin", id, to: branch, expecting: old, credentials: nil)
  }

  /// Takes the fetched branch as our own and commits upon it.
  private func commitUpon(_ tip: ObjectID, _ sandbox: Sandbox, _ text: String) throws -> ObjectID {
    try sandbox.git("reset", "-q", "--hard", tip.description)
    return try sandbox.commit(["n.md": text])
  }

  private func expectSound(_ sandbox: Sandbox, _ name: String) throws {
    let result = try runProcess(
      ["git", "fsck", "--strict", "--full"], in: sandbox.path(name),
      environment: sandbox.variables)
    #expect(result.status == 0, "\(result.errors)")
    #expect(!(result.output + result.errors).contains("error"))
    #expect(!(result.output + result.errors).contains("missing"))
  }

  @Test("a repository with files checked out is fetched from, also what is new there")
  func withFiles() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise("seed")
    try sandbox.commit(["a.md": "1"], in: "seed")
    try sandbox.initialise()
    var vault = try sandbox.open()
    try vault.addRemote("origin", RemoteURL(sandbox.path("seed"), relativeTo: "/"))
    for text in ["2", "3"] {
      let tip = try sandbox.commit(["a.md": text], in: "seed")
      #expect(try vault.fetch("origin", branch: "main", credentials: nil) == tip)
    }
  }

  @Test("a branch that is checked out in a work tree of the remote takes no push, another does")
  func linkedWorkTree() throws {
    let sandbox = try sandbox()
    let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    let mine = try commitUpon(tip, sandbox, "mine")
    try sandbox.git("symbolic-ref", "refs/heads/alias", "refs/heads/main", in: "hub.git")
    try sandbox.git("worktree", "add", "-q", sandbox.path("server"), "main", in: "hub.git")
    func words(_ branch: String = "main") throws -> String {
      guard case .rejected(let words) = try push(sandbox, mine, expecting: tip, to: branch) else {
        return ""
      }
      return words
    }
    #expect(try words().contains("in its work tree \(sandbox.path("server")), which would be left"))
    #expect(try words("alias").contains("git -C \(sandbox.path("server")) switch --detach"))
    #expect(try sandbox.open().fetch("origin", branch: "main", credentials: nil) == tip)
    #expect(try push(sandbox, mine, expecting: nil, to: "side") == .pushed)
    try runProcess(["rm", "-rf", sandbox.path("server")])
    #expect(try words().contains("git -C \(sandbox.path("hub.git")) worktree prune"))
    try sandbox.git("worktree", "prune", in: "hub.git")
    #expect(try push(sandbox, mine, expecting: tip) == .pushed)
  }

  /// What a fetch of git's left that was ended half-way, or that a power cut struck.
  enum Rest: String, CaseIterable {
    case theTip = "HEAD"
    case noRootFolder = "HEAD^{tree}"
    case noFile = "HEAD:a.md"
    case noOlderSnapshot = "HEAD~1"
    case noFileOfAnOlderSnapshot = "HEAD~1:a.md"
  }

  @Test(
    "what a fetch of git's left half-done, or a power cut damaged, is fetched anew, and only then named",
    arguments: Rest.allCases, [false, true])
  func halfFetched(rest: Rest, isEmpty: Bool) throws {
    for isNamed in [false, true] {
      let sandbox = try sandbox()
      let first = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
      try sandbox.git("reset", "-q", "--hard", first.description)
      for text in ["two", "three"] {
        try sandbox.commit(["a.md": "a " + text, "b/d.md": "d " + text], in: "seed")
      }
      try sandbox.git("push", "-q", "hub", "main", in: "seed")
      let tip = try sandbox.id("HEAD", in: "seed")
      let spared = try sandbox.id(rest.rawValue, in: "seed").description
      for line in try sandbox.git(
        "rev-list", "--objects", "\(first)..HEAD", in: "seed"
      ).split(separator: "\n") {
        let name = line.prefix(40)
        // Of the tip itself either nothing else has come, or its file is empty.
        if !isEmpty, (name == spared) != (rest == .theTip) { continue }
        let file = "objects/\(name.prefix(2))/\(name.dropFirst(2))"
        let target = sandbox.path("vault/.git/\(file)")
        try runProcess(["mkdir", "-p", sandbox.path("vault/.git/objects/\(name.prefix(2))")])
        try runProcess(["cp", sandbox.path("seed/.git/\(file)"), target])
        if isEmpty, name == spared {
          try runProcess(["sh", "-c", "rm -f \(target); : >\(target)"])
        }
      }
      let reference = "vault/.git/refs/remotes/origin/main"
      if isNamed { try sandbox.folder.write("\(tip)\n", to: reference) }
      let vault = try sandbox.open()
      #expect(try !vault.isWhole(tip))
      if isNamed { #expect(try vault.verify().joined().contains("origin/main is not whole")) }
      // While the remote is away, nothing more is lost.
      try runProcess(["mv", sandbox.path("hub.git"), sandbox.path("away")])
      #expect(throws: GitError.self) {
        try vault.fetch("origin", branch: "main", credentials: nil)
      }
      try runProcess(["mv", sandbox.path("away"), sandbox.path("hub.git")])
      #expect(try vault.fetch("origin", branch: "main", credentials: nil) == tip)
      #expect(try vault.isWhole(tip))
      #expect(try sandbox.id("refs/remotes/origin/main") == tip)
      #expect(try sandbox.open().verify().isEmpty)
      try expectSound(sandbox, "vault")
    }
  }

  @Test("a remote that has a commit of ours without what is behind it is fetched from")
  func copiedInUse() throws {
    let sandbox = try sandbox()
    var vault = try sandbox.open()
    let old = try vault.fetch("origin", branch: "main", credentials: nil)
    let behind = try commitUpon(old, sandbox, "two")
    let ours = try commitUpon(behind, sandbox, "three")
    #expect(try push(sandbox, ours, expecting: old) == .pushed)
    // Put back from a copy of which the references are older than the objects.
    try sandbox.git("update-ref", "refs/heads/main", old.description, in: "hub.git")
    try runProcess(
      ["sh", "-c", "mv objects/pack .. && cat ../pack/*.pack | git unpack-objects -q"],
      in: sandbox.path("hub.git"), environment: sandbox.variables)
    let name = behind.description
    try runProcess(
      ["rm", sandbox.path("hub.git/objects/\(name.prefix(2))/\(name.dropFirst(2))")])
    let theirs = try sandbox.commit(["a.md": "theirs"], in: "seed")
    try sandbox.git("push", "-q", "hub", "main", in: "seed")
    vault = try sandbox.open()
    #expect(try vault.fetch("origin", branch: "main", credentials: nil) == theirs)
    #expect(try vault.isWhole(theirs))
    try expectSound(sandbox, "vault")
  }

  @Test("a push removes what one that was cut short left in the remote an hour ago")
  func cutShort() throws {
    let sandbox = try sandbox()
    let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    for (name, age) in [("pack_git2_0123", 7_200.0), ("pack_git2_4567", 60)] {
      try sandbox.folder.write("half", to: "hub.git/objects/pack/" + name)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)],
        ofItemAtPath: sandbox.path("hub.git/objects/pack/" + name))
    }
    #expect(try push(sandbox, commitUpon(tip, sandbox, "more"), expecting: tip) == .pushed)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: sandbox.path("hub.git/objects/pack"))
    #expect(names.filter { $0.hasPrefix("pack_git2") } == ["pack_git2_4567"])
  }

  @Test("a branch is listed, fetched into an empty repository, built upon and pushed")
  func roundTrip() throws {
    let sandbox = try sandbox()
    let tip = try sandbox.id("HEAD", in: "seed")
    try sandbox.git("branch", "side", in: "hub.git")
    try sandbox.git("tag", "-m", "t", "v1", in: "seed")
    try sandbox.git("push", "-q", "hub", "v1", in: "seed")
    let vault = try sandbox.open()
    let listing = try vault.list("origin", credentials: nil)
    #expect(listing.headBranch == "main")
    #expect(listing.branches.map(\.name) == ["main", "side"])
    #expect(listing.tip(of: "main") == tip)
    var reports = 0
    let fetched = try vault.fetch("origin", branch: "main", credentials: nil) { _, _, _ in
      reports += 1
      return true
    }
    #expect(fetched == tip)
    #expect(reports > 0)
    #expect(try vault.references(below: "refs/").map(\.name) == ["refs/remotes/origin/main"])
    let new = try commitUpon(tip, sandbox, "mine")
    #expect(try push(sandbox, new, expecting: tip) == .pushed)
    #expect(try sandbox.id("main", in: "hub.git") == new)
    #expect(try sandbox.open().reference("refs/remotes/origin/main") == new)
    #expect(try push(sandbox, new, expecting: tip) == .pushed, "a push again changes nothing")
    #expect(try push(sandbox, new, expecting: nil, to: "new") == .pushed)
    try expectSound(sandbox, "hub.git")
    try expectSound(sandbox, "vault")
    #expect(
      try sandbox.git("branch", "-a") == "* main\n  remotes/origin/main\n  remotes/origin/new")
  }

  @Test("an empty remote has no branches, and takes a first one")
  func empty() throws {
    let sandbox = try sandbox()
    try sandbox.initialise("empty.git", "--bare")
    var vault = try sandbox.open()
    try vault.setRemote("origin", RemoteURL("../empty.git", relativeTo: vault.workTree))
    let listing = try vault.list("origin", credentials: nil)
    #expect(listing.branches.isEmpty)
    #expect(listing.headBranch == nil)
    let error = #expect(throws: GitError.self) {
      try vault.fetch("origin", branch: "main", credentials: nil)
    }
    #expect(error?.reason == .notFound)
    let first = try sandbox.commit(["a.md": "1"])
    #expect(try push(sandbox, first, expecting: nil) == .pushed)
    try expectSound(sandbox, "empty.git")
  }

  @Test("a branch that has moved is not overwritten")
  func moved() throws {
    let sandbox = try sandbox()
    let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    let mine = try commitUpon(tip, sandbox, "mine")
    let theirs = try sandbox.commit(["t.md": "theirs"], in: "seed")
    try sandbox.git("push", "-q", "hub", "main", in: "seed")
    #expect(try push(sandbox, mine, expecting: tip) == .rejectedNonFastForward)
    #expect(try push(sandbox, mine, expecting: theirs) == .rejectedNonFastForward)
    #expect(try push(sandbox, mine, expecting: nil) == .rejectedNonFastForward)
    #expect(try sandbox.open().fetch("origin", branch: "main", credentials: nil) == theirs)
    #expect(try push(sandbox, mine, expecting: theirs) == .rejectedNonFastForward)
    #expect(try sandbox.id("main", in: "hub.git") == theirs)
    #expect(try push(sandbox, mine, expecting: tip, to: "gone") == .rejectedNonFastForward)
    try expectSound(sandbox, "hub.git")
  }

  @Test("of many pushes at the same time one is taken at a time, and none is lost")
  func race() async throws {
    let sandbox = try sandbox()
    let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    let commits = try (0..<6).map { try commitUpon(tip, sandbox, "\($0)") }
    let results = try await withThrowingTaskGroup(of: PushResult.self) { group in
      for commit in commits { group.addTask { try push(sandbox, commit, expecting: tip) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.count { $0 == .pushed } == 1)
    for result in results where result != .pushed {
      if case .rejected(let words) = result { #expect(words.contains(".lock")) }
    }
    try expectSound(sandbox, "hub.git")
  }

  @Test("a lock in the remote is named with its age, and left alone")
  func locked() throws {
    let sandbox = try sandbox()
    let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    let mine = try commitUpon(tip, sandbox, "mine")
    try sandbox.folder.write("", to: "hub.git/refs/heads/main.lock")
    try runProcess(
      ["touch", "-d", "-3 hours", sandbox.path("hub.git/refs/heads/main.lock")])
    guard case .rejected(let words) = try push(sandbox, mine, expecting: tip) else {
      Issue.record("a lock was passed over")
      return
    }
    #expect(words.contains(sandbox.path("hub.git/refs/heads/main.lock")))
    #expect(words.contains("3 hours old"))
    #expect(words.contains("remove"))
    #expect(try sandbox.id("main", in: "hub.git") == tip)
    try runProcess(["rm", sandbox.path("hub.git/refs/heads/main.lock")])
    // A lock on our own record of the remote does not undo the push.
    try sandbox.folder.write("", to: "vault/.git/refs/remotes/origin/main.lock")
    #expect(try push(sandbox, mine, expecting: tip) == .pushed)
    #expect(try sandbox.id("main", in: "hub.git") == mine)
    let error = #expect(throws: GitError.self) {
      try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    }
    #expect(error?.reason == .locked)
  }

  @Test("a remote that is gone, no repository, checked out or shallow is named")
  func unfit() throws {
    let sandbox = try sandbox()
    let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    let mine = try commitUpon(tip, sandbox, "mine")
    var vault = try sandbox.open()
    try vault.setRemote("origin", RemoteURL("../stick/hub.git", relativeTo: vault.workTree))
    for attempt in 0..<3 {
      let error = #expect(throws: GitError.self) {
        switch attempt {
        case 0: _ = try vault.list("origin", credentials: nil)
        case 1: try vault.fetch("origin", branch: "main", credentials: nil)
        default: _ = try vault.push("origin", mine, to: "main", expecting: tip, credentials: nil)
        }
      }
      #expect(error?.reason == .notFound)
      #expect(error?.message.contains("stick/hub.git") == true)
    }
    try sandbox.folder.write("x", to: "plain/x")
    try vault.setRemote("origin", RemoteURL("../plain", relativeTo: vault.workTree))
    let plain = #expect(throws: GitError.self) { try vault.list("origin", credentials: nil) }
    #expect(plain?.message.hasSuffix("/plain is not a git repository") == true)
    try vault.setRemote("origin", RemoteURL("../seed", relativeTo: vault.workTree))
    #expect(try vault.fetch("origin", branch: "main", credentials: nil) == tip)
    let checkedOut = #expect(throws: GitError.self) {
      try vault.push("origin", mine, to: "main", expecting: tip, credentials: nil)
    }
    #expect(checkedOut?.message.contains("git config core.bare true") == true)
    #expect(checkedOut?.message.contains("git clone --bare") == true)
    #expect(try sandbox.id("main", in: "seed") == tip)
    try sandbox.git(
      "clone", "-q", "--bare", "--depth=1", "file://\(sandbox.path("seed"))", "s", in: "")
    try vault.setRemote("origin", RemoteURL("../s", relativeTo: vault.workTree))
    let shallow = #expect(throws: GitError.self) { try vault.list("origin", credentials: nil) }
    #expect(shallow?.reason == .remote(.shallow, at: sandbox.path("s")))
    try runProcess(["mkfifo", sandbox.path("pipe")])
    try sandbox.folder.write("[include]\n\tpath = \(sandbox.path("pipe"))\n", to: "evil/config")
    try vault.setRemote("origin", RemoteURL("../evil", relativeTo: vault.workTree))
    #expect(throws: GitError.self) { try vault.list("origin", credentials: nil) }
  }

  @Test("a remote of another user opens when safe.directory names it", .enabled(if: geteuid() == 0))
  func foreignOwner() throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("[init]\n\tdefaultBranch = main\n", to: "home/.gitconfig")
    try runProcess(["chown", "-R", "65534", sandbox.path("hub.git")])
    let refused = #expect(throws: GitError.self) {
      try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    }
    #expect(refused?.reason == .denied)
    #expect(refused?.message.contains("safe.directory \(sandbox.path("hub.git"))") == true)
    try sandbox.folder.write(
      "[safe]\n\tdirectory = \(sandbox.path("hub.git"))\n", to: "home/.gitconfig")
    let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    let mine = try commitUpon(tip, sandbox, "mine")
    #expect(try push(sandbox, mine, expecting: tip) == .pushed)
  }

  @Test(
    "of a remote of another user, safe.directory = * counts as git counts it",
    .enabled(if: geteuid() == 0),
    arguments: [("*", true), ("*\n\tdirectory =", false), ("/x", false)])
  func foreignOwnerOfAll(value: String, isTrusted: Bool) throws {
    let sandbox = try sandbox()
    try sandbox.folder.write("[safe]\n\tdirectory = \(value)\n", to: "home/.gitconfig")
    try runProcess(["chown", "-R", "65534", sandbox.path("hub.git")])
    if isTrusted {
      let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
      let mine = try commitUpon(tip, sandbox, "mine")
      #expect(try push(sandbox, mine, expecting: tip) == .pushed)
      return
    }
    let refused = #expect(throws: GitError.self) {
      try sandbox.open().list("origin", credentials: nil)
    }
    #expect(refused?.reason == .denied)
    #expect(refused?.message.contains("safe.directory \(sandbox.path("hub.git"))") == true)
  }

  @Test(
    "safe.directory of the machine's settings counts as the user's does",
    .enabled(if: geteuid() == 0),
    arguments: [
      ("*", "", "", true), ("hub", "", "", true), ("*", "", "1", false), ("*", "", "false", true),
      ("*", "[safe]\n\tdirectory =\n", "", false), ("[broken", "", "", false),
    ])
  func machineSettings(system: String, user: String, isLeftOut: String, isTrusted: Bool) throws {
    let sandbox = try sandbox()
    let value = system == "hub" ? sandbox.path("hub.git") : system
    try sandbox.folder.write("[safe]\n\tdirectory = \(value)\n", to: "etc/gitconfig")
    if system == "[broken" { try sandbox.folder.write("[broken\n", to: "etc/gitconfig") }
    try sandbox.folder.write(user, to: "home/.gitconfig")
    try runProcess(["chown", "-R", "65534", sandbox.path("hub.git")])
    var environment = sandbox.environment
    environment.variables["GIT_CONFIG_SYSTEM"] = sandbox.path("etc/gitconfig")
    environment.variables["GIT_CONFIG_NOSYSTEM"] = isLeftOut
    let vault = try Repository.open(sandbox.path("vault"), environment: environment)
    if isTrusted {
      _ = try vault.fetch("origin", branch: "main", credentials: nil)
    } else {
      let refused = #expect(throws: GitError.self) { try vault.list("origin", credentials: nil) }
      #expect(refused?.reason == .denied, "\(String(describing: refused))")
    }
  }

  @Test("the caller can stop a fetch and a push")
  func cancelled() throws {
    let sandbox = try sandbox()
    let fetch = #expect(throws: GitError.self) {
      try sandbox.open().fetch("origin", branch: "main", credentials: nil) { _, _, _ in false }
    }
    #expect(fetch?.reason == .cancelled)
    #expect(try sandbox.open().references(below: "refs/").isEmpty)
    let tip = try sandbox.open().fetch("origin", branch: "main", credentials: nil)
    let mine = try commitUpon(tip, sandbox, "mine")
    let push = #expect(throws: GitError.self) {
      try sandbox.open().push("origin", mine, to: "main", expecting: tip, credentials: nil) {
        _, _, _ in false
      }
    }
    #expect(push?.reason == .cancelled)
    #expect(try sandbox.id("main", in: "hub.git") == tip)
  }

  @Test(
    "a remote is where git says, whatever its settings put in place of an address",
    arguments: [
      [], [("url.git@example.org:.insteadOf", "https://example.org/")],
      [("url.git@example.org:.pushInsteadOf", "https://example.org/")],
      [
        ("url.file:///a/.insteadOf", "https://example.org/"),
        ("url.file:///b/.insteadOf", "https://example.org/n"),
        ("url.file:///c/.pushInsteadOf", "https://"),
      ],
      [("remote.origin.pushurl", "work:n.git"), ("url.ssh://work.example/.insteadOf", "work:")],
      [
        ("remote.origin.pushurl", "https://example.org/p.git"),
        ("url.ssh://x/.pushInsteadOf", "https://example.org/"),
      ],
    ])
  func insteadOf(settings: [(String, String)]) throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.git("remote", "add", "origin", "https://example.org/n.git")
    for (name, value) in settings { try sandbox.git("config", "--global", name, value) }
    let repository = try sandbox.open()
    let fetch = try sandbox.git("remote", "get-url", "origin")
    let push = try sandbox.git("remote", "get-url", "--push", "origin")
    #expect(try repository.remotes().map(\.url) == [fetch])
    let two = try repository.twoAddresses(of: "origin")
    #expect((two?.fetch ?? fetch) == fetch && (two?.push ?? fetch) == push)
  }

  @Test("remotes are added, changed and listed, with git's own refspec and no passwords")
  func remotes() throws {
    let sandbox = try sandbox()
    var vault = try sandbox.open()
    let url = try RemoteURL("https://example.org/n.git", relativeTo: "/")
    try vault.addRemote("web.site", url)
    #expect(
      try sandbox.git("config", "--get-regexp", "^remote.web")
        == """
        remote.web.site.url https://example.org/n.git
        remote.web.site.fetch +refs/heads/*:refs/remotes/web.site/*
        """)
    let again = #expect(throws: GitError.self) { try vault.addRemote("origin", url) }
    #expect(again?.reason == .exists)
    let unknown = #expect(throws: GitError.self) { try vault.setRemote("nobody", url) }
    #expect(unknown?.reason == .notFound)
    for name in ["", "-x", "a b", "a..b", "a\nb", "x.lock", "a*"] {
      let error = #expect(throws: GitError.self) { try vault.addRemote(name, url) }
      #expect(error?.reason == .invalid, "\(name)")
    }
    let secret = try RemoteURL("https://ada:secret@example.org/n.git", relativeTo: "/")
    #expect(throws: GitError.self) { try vault.addRemote("s", secret) }
    try sandbox.git("config", "--add", "remote.origin.url", "https://ada:secret@example.org/x")
    try sandbox.git("config", "remote.origin.pushurl", "https://elsewhere.org/x")
    vault = try sandbox.open()
    #expect(try vault.remotes().map(\.name) == ["origin", "web.site"])
    #expect(try !vault.remotes().contains { $0.url.contains("secret") })
    try vault.setRemote("origin", url)
    #expect(try vault.remotes().map(\.url) == [url.text, url.text])
    #expect(try sandbox.git("remote", "get-url", "--all", "--push", "origin") == url.text)
    try sandbox.git("config", "url.ext::sh -c touch.insteadOf", "https://example.org/")
    let helper = #expect(throws: GitError.self) {
      try sandbox.open().list("origin", credentials: nil)
    }
    #expect(helper?.reason == .invalid)
    let absent = #expect(throws: GitError.self) {
      try sandbox.open().list("nobody", credentials: nil)
    }
    #expect(absent?.reason == .notFound)
    let name = #expect(throws: GitError.self) {
      try sandbox.open().fetch("origin", branch: "-evil", credentials: nil)
    }
    #expect(name?.reason == .invalid)
  }
}
