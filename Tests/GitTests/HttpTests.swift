import Git
import TestSupport
import Testing

/// Fetching and pushing by http and https, to a server on this machine.
@Suite struct HttpTests {
  private let sandbox: Sandbox
  private let tip: ObjectID
  private let right: CredentialSource = { _, _, _ in ("ada", "secret") }

  init() throws {
    sandbox = try Sandbox()
    try sandbox.initialise("seed")
    tip = try sandbox.commit(["a.md": "1"], in: "seed")
    try sandbox.git("clone", "-q", "--bare", "seed", "hub.git", in: "")
    try sandbox.initialise()
  }

  private func point(to url: String) throws {
    try sandbox.git("config", "remote.origin.url", url)
  }

  /// Why listing the remote fails.
  private func failure(
    at url: String, limits: WireLimits = WireLimits(idle: .seconds(10)),
    extra: [String: String] = [:], credentials: CredentialSource? = nil,
    location: SourceLocation = #_sourceLocation
  ) throws -> GitError? {
    try point(to: url)
    var environment = sandbox.environment
    environment.variables.merge(extra) { $1 }
    let vault = try Repository.open(sandbox.path("vault"), environment: environment)
    let start = ContinuousClock.now
    let error = #expect(throws: GitError.self, sourceLocation: location) {
      try vault.list("origin", credentials: credentials, limits: limits)
    }
    #expect(start.duration(to: .now) < .seconds(15), sourceLocation: location)
    #expect(error?.description.contains("secret") == false, sourceLocation: location)
    return error
  }

  @Test("a branch is fetched and pushed with a password that only the server is told")
  func roundTrip() throws {
    let server = try HttpServer(sandbox)
    try point(to: "http://127.0.0.1:\(server.port)/hub.git")
    let vault = try sandbox.open()
    #expect(try vault.list("origin", credentials: right).headBranch == "main")
    #expect(try vault.fetch("origin", branch: "main", credentials: right) == tip)
    try sandbox.git("reset", "-q", "--hard", tip.description)
    let mine = try sandbox.commit(["n.md": String(repeating: "some text\n", count: 50_000)])
    let pushed = try sandbox.open().push(
      "origin", mine, to: "main", expecting: tip, credentials: right)
    #expect(pushed == .pushed)
    #expect(try sandbox.id("main", in: "hub.git") == mine)
    try sandbox.git("fsck", "--strict", in: "hub.git")
    let theirs = try sandbox.commit(["t.md": "theirs"], in: "seed")
    try sandbox.git("push", "-q", "-f", "../hub.git", "main", in: "seed")
    let more = try sandbox.commit(["n.md": "more"])
    for expected in [mine, theirs] {
      let refused = try sandbox.open().push(
        "origin", more, to: "main", expecting: expected, credentials: right)
      #expect(refused == .rejectedNonFastForward)
    }
    try sandbox.folder.write(
      "#!/bin/sh\necho closed >&2\nexit 1\n", to: "hub.git/hooks/pre-receive")
    try runProcess(["chmod", "+x", sandbox.path("hub.git/hooks/pre-receive")])
    try sandbox.open().fetch("origin", branch: "main", credentials: right)
    try sandbox.git("reset", "-q", "--hard", theirs.description)
    let last = try sandbox.commit(["n.md": "last"])
    #expect(
      try sandbox.open().push("origin", last, to: "main", expecting: theirs, credentials: right)
        == .rejected("pre-receive hook declined: closed"))
    let search = try runProcess(["grep", "-r", "secret", sandbox.path("vault")])
    #expect(search.status == 1)
  }

  @Test("a password that is not accepted is tried twice at most")
  func refused() throws {
    let server = try HttpServer(sandbox)
    let url = "http://127.0.0.1:\(server.port)/401/hub.git"
    var attempts: [Int] = []
    let error = try failure(at: url) { _, _, attempt in
      attempts.append(attempt)
      return ("ada", "secret")
    }
    #expect(error?.reason == .authentication)
    #expect(error?.message.contains("127.0.0.1") == true)
    #expect(attempts == [1, 2])
    #expect(try server.requests.count <= 3)
    let none = try failure(at: url)
    #expect(none?.reason == .authentication)
    let gaveUp = try failure(at: url) { _, _, _ in nil }
    #expect(gaveUp?.reason == .authentication)
  }

  @Test("a password in the URL is used, not shown, and tried once")
  func userInfo() throws {
    let server = try HttpServer(sandbox)
    try point(to: "http://ada:secret@127.0.0.1:\(server.port)/hub.git")
    #expect(try sandbox.open().list("origin", credentials: nil).tip(of: "main") == tip)
    #expect(
      try sandbox.open().remotes().map(\.url) == ["http://…@127.0.0.1:\(server.port)/hub.git"])
    var users: [String?] = []
    let error = try failure(at: "http://eve:x@127.0.0.1:\(server.port)/hub.git") { _, user, _ in
      users.append(user)
      return nil
    }
    #expect(error?.reason == .authentication)
    #expect(users == ["eve"])
  }

  @Test("a redirect is followed, but not with a password to another host")
  func redirects() throws {
    let server = try HttpServer(sandbox)
    let base = "http://127.0.0.1:\(server.port)"
    try point(to: base + "/moved/hub.git")
    #expect(try sandbox.open().list("origin", credentials: right).tip(of: "main") == tip)
    try point(to: base + "/elsewhere/open/hub.git")
    #expect(try sandbox.open().list("origin", credentials: right).tip(of: "main") == tip)
    var asked = 0
    let elsewhere = try failure(at: base + "/elsewhere/hub.git") { _, _, _ in
      asked += 1
      return ("ada", "secret")
    }
    #expect(elsewhere?.reason == .authentication)
    #expect(elsewhere?.message.contains("localhost") == true)
    #expect(asked == 0)
    let late = try failure(at: base + "/late/hub.git", credentials: right)
    #expect(late?.reason == .authentication)
    #expect(try !server.requests.contains { $0.contains("/open/hub.git") && $0.contains("secret") })
    let loop = try failure(at: base + "/elsewhere/elsewhere/elsewhere/404/x")
    #expect(loop != nil)
  }

  @Test(
    "what a server answers is put into words",
    arguments: [
      ("403", GitError.Reason.denied, "403"), ("404", .notFound, "404"), ("500", .network, "500"),
      ("413", .refusedByRemote, "413"), ("page", .notFound, "not a git repository"),
      ("cut", .network, "broke off"),
    ])
  func statuses(_ path: String, _ reason: GitError.Reason, _ words: String) throws {
    let server = try HttpServer(sandbox)
    let error = try failure(at: "http://127.0.0.1:\(server.port)/\(path)/hub.git")
    #expect(error?.reason == reason)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("127.0.0.1") == true)
  }

  @Test("a server that is silent, slow for ever, or not there is left in time")
  func silence() throws {
    let server = try HttpServer(sandbox)
    let base = "http://127.0.0.1:\(server.port)"
    let silent = try failure(at: base + "/silent/x", limits: WireLimits(idle: .seconds(1)))
    #expect(silent?.reason == .timeout)
    #expect(silent?.message.contains("silent for 1 second") == true)
    let slow = try failure(at: base + "/slow/x", limits: WireLimits(total: .seconds(2)))
    #expect(slow?.reason == .timeout)
    let closed = try failure(at: "http://127.0.0.1:\(try freePort())/x")
    #expect(closed?.reason == .network)
    #expect(closed?.message.contains("Connection refused") == true)
    let nowhere = try failure(at: "http://no-such-host.invalid/x")
    #expect(nowhere?.reason == .network)
    #expect(nowhere?.message.contains("there is no host") == true)
    let late = try failure(
      at: "http://127.0.0.1:\(server.port)/silent/x",
      limits: WireLimits(idle: .seconds(20), total: .seconds(1)))
    #expect(late?.reason == .timeout)
  }

  @Test("a certificate is checked, and what is wrong with it is said")
  func certificates() throws {
    for (name, host) in [("good", "localhost"), ("other", "example.org")] {
      try sandbox.folder.write("", to: "tls/.keep")
      let made = try runProcess(
        [
          "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
          "/CN=\(host)", "-addext", "subjectAltName=DNS:\(host)", "-keyout",
          sandbox.path("tls/\(name).key"), "-out", sandbox.path("tls/\(name).crt"),
        ])
      try #require(made.status == 0, "\(made.errors)")
      let both =
        try sandbox.folder.read("tls/\(name).key") + sandbox.folder.read("tls/\(name).crt")
      try sandbox.folder.write(both, to: "tls/\(name).pem")
    }
    let server = try HttpServer(sandbox, certificate: "tls/good.pem")
    let url = "https://localhost:\(server.port)/hub.git"
    let untrusted = try failure(at: url, credentials: right)
    #expect(untrusted?.reason == .certificate)
    #expect(untrusted?.message.contains("not signed by anyone") == true)
    let wrong = try HttpServer(sandbox, certificate: "tls/other.pem")
    let otherHost = try failure(
      at: "https://localhost:\(wrong.port)/hub.git",
      extra: ["GIT_SSL_CAINFO": sandbox.path("tls/other.crt")], credentials: right)
    #expect(otherHost?.reason == .certificate)
    #expect(otherHost?.message.contains("is for another host") == true)
    #expect(try wrong.requests.isEmpty)
    try point(to: url)
    var environment = sandbox.environment
    environment.variables["GIT_SSL_CAINFO"] = sandbox.path("tls/good.crt")
    let vault = try Repository.open(sandbox.path("vault"), environment: environment)
    #expect(try vault.fetch("origin", branch: "main", credentials: right) == tip)
    let missing = try failure(at: url, extra: ["GIT_SSL_CAINFO": sandbox.path("nowhere.crt")])
    #expect(missing?.reason == .certificate)
    let silent = try failure(
      at: "https://localhost:\(server.port)/silent/x", limits: WireLimits(idle: .seconds(1)),
      extra: ["GIT_SSL_CAINFO": sandbox.path("tls/good.crt")])
    #expect(silent?.reason == .timeout)
    let plain = try HttpServer(sandbox)
    #expect(try failure(at: "https://127.0.0.1:\(plain.port)/x")?.reason == .network)
  }
}
