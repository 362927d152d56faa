import Foundation
import Git
import TestSupport
import Testing

/// Fetching and pushing through the user's own `ssh`, to a real server on this machine.
@Suite(.enabled(if: SshServer.isInstalled, "no /usr/sbin/sshd: apt-get install openssh-server"))
struct SshTests {
  private let sandbox: Sandbox
  private let server: SshServer
  private let tip: ObjectID

  init() throws {
    sandbox = try Sandbox()
    server = try SshServer(sandbox)
    try sandbox.initialise("seed")
    tip = try sandbox.commit(["a.md": "1"], in: "seed")
    try sandbox.git("clone", "-q", "--bare", "seed", "it's a hub!.git", in: "")
    try sandbox.initialise()
    try point(to: "hub:" + sandbox.path("it's a hub!.git"))
  }

  private func point(to url: String) throws {
    var vault = try sandbox.open()
    let url = try RemoteURL(url, relativeTo: "/")
    if try vault.remotes().isEmpty {
      try vault.addRemote("origin", url)
    } else {
      try vault.setRemote("origin", url)
    }
  }

  private func open(_ config: String = "config") throws -> Repository {
    try Repository.open(
      sandbox.path("vault"), environment: server.environment(sandbox, config))
  }

  private func failure(_ config: String = "config") -> GitError? {
    #expect(throws: GitError.self) {
      try open(config).list("origin", credentials: nil, limits: WireLimits(idle: .seconds(10)))
    }
  }

  private func hook(_ text: String) throws {
    try sandbox.folder.write(text, to: "it's a hub!.git/hooks/pre-receive")
    try runProcess(["chmod", "+x", sandbox.path("it's a hub!.git/hooks/pre-receive")])
  }

  @Test(
    "a branch is fetched and pushed, at a path with a quote and a space",
    arguments: ["hub:", "ssh://hub", "ssh://USER@127.0.0.1:PORT", "[127.0.0.1:PORT]:"])
  func roundTrip(_ place: String) throws {
    let path = sandbox.path("it's a hub!.git")
    let place = place.replacingOccurrences(of: "PORT", with: "\(server.port)")
      .replacingOccurrences(of: "USER", with: NSUserName())
    try point(
      to: place + (place.hasPrefix("ssh") ? path.replacingOccurrences(of: " ", with: "%20") : path))
    #expect(try open().list("origin", credentials: nil).headBranch == "main")
    #expect(try open().fetch("origin", branch: "main", credentials: nil) == tip)
    try sandbox.git("reset", "-q", "--hard", tip.description)
    let mine = try sandbox.commit(["n.md": String(repeating: "some text\n", count: 50_000)])
    let result = try open().push("origin", mine, to: "main", expecting: tip, credentials: nil)
    #expect(result == .pushed)
    #expect(try sandbox.id("main", in: "it's a hub!.git") == mine)
    #expect(
      try sandbox.git("for-each-ref", "--format=%(refname)")
        == "refs/heads/main\nrefs/remotes/origin/main")
    try sandbox.git("fsck", "--strict", in: "it's a hub!.git")
    try sandbox.git("fsck", "--strict")
    #expect(
      try open().push("origin", mine, to: "main", expecting: tip, credentials: nil) == .pushed)
  }

  @Test("a branch that has moved is not overwritten, known or not")
  func moved() throws {
    try open().fetch("origin", branch: "main", credentials: nil)
    try sandbox.git("reset", "-q", "--hard", tip.description)
    let mine = try sandbox.commit(["n.md": "mine"])
    let theirs = try sandbox.commit(["t.md": "theirs"], in: "seed")
    try sandbox.git("push", "-q", "../it's a hub!.git", "main", in: "seed")
    for expected in [tip, theirs, nil] {
      let result = try open().push(
        "origin", mine, to: "main", expecting: expected, credentials: nil)
      #expect(result == .rejectedNonFastForward)
    }
    #expect(try open().fetch("origin", branch: "main", credentials: nil) == theirs)
    #expect(try sandbox.id("main", in: "it's a hub!.git") == theirs)
  }

  @Test("a refusal of the server is given in its words, made fit to show")
  func refused() throws {
    try open().fetch("origin", branch: "main", credentials: nil)
    try sandbox.git("reset", "-q", "--hard", tip.description)
    let mine = try sandbox.commit(["n.md": "mine"])
    try hook("#!/bin/sh\nprintf 'no notes on \\033[31mSundays\\n' >&2\nexit 1\n")
    let result = try open().push("origin", mine, to: "main", expecting: tip, credentials: nil)
    guard case .rejected(let words) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(words == "pre-receive hook declined: no notes on [31mSundays")
    try hook("#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' x >&2\nexit 1\n")
    let flood = try open().push("origin", mine, to: "main", expecting: tip, credentials: nil)
    guard case .rejected(let much) = flood else {
      Issue.record("\(flood)")
      return
    }
    #expect(much.utf8.count < 5_000)
    #expect(try sandbox.id("main", in: "it's a hub!.git") == tip)
    #expect(try sandbox.git("for-each-ref", "refs/notes-push").isEmpty)
  }

  @Test(
    "unknown and changed host keys, a key that is not wanted and a path that is not there differ")
  func doors() throws {
    let unknown = failure("unknown")
    #expect(unknown?.reason == .hostKey)
    #expect(unknown?.message.contains("does not know the key of hub") == true)
    let changed = failure("changed")
    #expect(changed?.reason == .hostKey)
    #expect(changed?.message.contains("is not the one") == true)
    #expect(changed?.message.contains("SHA256:") == true)
    let wrongKey = failure("wrongkey")
    #expect(wrongKey?.reason == .authentication)
    #expect(wrongKey?.message.contains("hub does not accept our ssh key") == true)
    try point(to: "hub:" + sandbox.path("nowhere.git"))
    let nowhere = failure()
    #expect(nowhere?.reason == .notFound)
    #expect(nowhere?.message.contains("nowhere.git") == true)
    try point(to: "ssh://127.0.0.1:\(try freePort())/x")
    let closed = failure()
    #expect(closed?.reason == .network)
    #expect(closed?.message.contains("Connection refused") == true)
    try point(to: "ssh://no-such-host.invalid/x")
    #expect(failure()?.reason == .network)
  }

  @Test("a server that says nothing is left after the limit, and its process is ended")
  func silent() throws {
    var environment = sandbox.environment
    let script = sandbox.path("silent")
    try sandbox.folder.write("#!/bin/sh\necho $$ > \(script).pid\nsleep 60\n", to: "silent")
    try runProcess(["chmod", "+x", script])
    environment.variables["GIT_SSH"] = script
    let vault = try Repository.open(sandbox.path("vault"), environment: environment)
    for limits in [
      WireLimits(idle: .seconds(1)), WireLimits(idle: .seconds(20), total: .seconds(1)),
    ] {
      let start = ContinuousClock.now
      let error = #expect(throws: GitError.self) {
        try vault.list("origin", credentials: nil, limits: limits)
      }
      #expect(error?.reason == .timeout)
      #expect(start.duration(to: .now) < .seconds(8))
      let id = try sandbox.folder.read("silent.pid").trimmingCharacters(in: .newlines)
      #expect(try runProcess(["kill", "-0", id]).status != 0)
    }
  }

  @Test("a server that only shows that it is there, as while a hook hangs, is left after the limit")
  func trickle() throws {
    var environment = sandbox.environment
    let script = sandbox.path("trickle")
    try sandbox.folder.write(
      "#!/bin/sh\nfor i in $(seq 100); do printf '0005\\002'; sleep 0.2; done\n", to: "trickle")
    try runProcess(["chmod", "+x", script])
    environment.variables["GIT_SSH"] = script
    let vault = try Repository.open(sandbox.path("vault"), environment: environment)
    let start = ContinuousClock.now
    let limits = WireLimits(idle: .seconds(10), trickle: .seconds(1))
    let error = #expect(throws: GitError.self) {
      try vault.list("origin", credentials: nil, limits: limits)
    }
    #expect(error?.reason == .timeout, "\(String(describing: error))")
    #expect(start.duration(to: .now) < .seconds(15))
  }

  @Test("a server whose shell prints a greeting is named, and not taken for one that is away")
  func greeting() throws {
    var environment = sandbox.environment
    environment.variables["GIT_SSH_COMMAND"] = "echo Welcome to my host; cat #"
    let vault = try Repository.open(sandbox.path("vault"), environment: environment)
    let error = #expect(throws: GitError.self) { try vault.list("origin", credentials: nil) }
    #expect(error?.reason == .other, "\(String(describing: error))")
    #expect(error?.message.contains("ssh hub true shows it") == true)
  }

  @Test("a flood on standard error is drained, and its end is shown")
  func flood() throws {
    var environment = sandbox.environment
    environment.variables["GIT_SSH_COMMAND"] =
      "head -c 2000000 /dev/zero | tr '\\0' x >&2; echo 'Host key verification failed.' >&2; false"
    let vault = try Repository.open(sandbox.path("vault"), environment: environment)
    let error = #expect(throws: GitError.self) { try vault.list("origin", credentials: nil) }
    #expect(error?.reason == .hostKey)
    #expect((error?.message.utf8.count ?? 0) < 5_000)
  }

  @Test("core.sshCommand is run as the user has it, and not as the repository has it")
  func settings() throws {
    let command = "ssh -F \(sandbox.path("ssh/config"))"
    try sandbox.git("config", "core.sshCommand", "touch \(sandbox.path("ran")); " + command)
    let own = #expect(throws: GitError.self) {
      try sandbox.open().list("origin", credentials: nil)
    }
    #expect(own != nil)
    #expect(throws: (any Error).self) { try sandbox.folder.read("ran") }
    try sandbox.git("config", "--global", "core.sshCommand", command)
    #expect(try sandbox.open().list("origin", credentials: nil).tip(of: "main") == tip)
    var environment = sandbox.environment
    environment.variables["PATH"] = "/nowhere"
    let vault = try Repository.open(sandbox.path("vault"), environment: environment)
    let missing = #expect(throws: GitError.self) { try vault.list("origin", credentials: nil) }
    #expect(missing?.message.contains("no program") == true)
  }

  @Test("the caller can stop a fetch, and no rest stays")
  func cancelled() throws {
    let error = #expect(throws: GitError.self) {
      try open().fetch("origin", branch: "main", credentials: nil) { _, _, _ in false }
    }
    #expect(error?.reason == .cancelled)
    #expect(try sandbox.git("for-each-ref").isEmpty)
    #expect(try sandbox.git("count-objects", "-v").contains("garbage: 0"))
  }
}
