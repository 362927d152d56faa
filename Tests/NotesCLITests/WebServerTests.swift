import Foundation
import TestSupport
import Testing

@Suite("sync over https, with a real web server", .enabled(if: WebServer.isInstalled))
struct WebServerTests {
  let here: TestVault
  let server: WebServer
  /// What trusts the server's certificate.
  let trust: [String: String]

  init() throws {
    here = try TestVault()
    server = try WebServer(in: here.folder)
    trust = ["GIT_SSL_CAINFO": server.certificate]
    try here.write("one\n", to: "a.md")
  }

  /// Has git know the password.
  private func knowPassword(_ password: String = "secret") throws {
    try here.folder.write(
      """
      [credential]
      \thelper = "!f() { echo username=ada; echo password=\(password); }; f"

      """, to: "gitconfig")
  }

  /// Runs the built program: which certificates are trusted is the same for a whole process.
  private func run(
    _ vault: TestVault, _ arguments: String..., extra: [String: String] = [:]
  ) throws -> CommandResult {
    try run(vault, arguments, extra.merging(trust) { own, _ in own })
  }

  private func run(
    _ vault: TestVault, _ arguments: [String], _ extra: [String: String]
  ) throws -> CommandResult {
    let place = FileManager.default.fileExists(atPath: vault.path) ? vault.path : here.path
    let result = try runProcess(
      [Faults.program] + arguments, in: place,
      environment: vault.environment.merging(extra) { $1 })
    return CommandResult(status: result.status, output: result.output, errors: result.errors)
  }

  @Test("a vault goes out and comes in, by a credential helper, by a token, and by git itself")
  func roundTrip() throws {
    try knowPassword()
    try run(here, "sync", "--remote", server.url).succeeded()
    try here.folder.write("", to: "gitconfig")
    let there = try TestVault(isVault: false, name: "there", beside: here)
    let token = ["NOTES_TOKEN": "ada:secret"]
    try run(here, "clone", server.url, there.path, extra: token).succeeded()
    #expect(try there.read("a.md") == "one\n")
    try there.write("two, from there\n", to: "b.md")
    try run(there, "sync", extra: token).succeeded()
    try knowPassword()
    try here.write(String(repeating: "a long note\n", count: 200_000), to: "c.md")
    try run(here, "sync", "--via", "git").succeeded()
    try run(there, "sync", extra: token).succeeded()
    #expect(try here.read("b.md") == "two, from there\n")
    #expect(try there.read("c.md") == here.read("c.md"))
    let fsck = try here.git("fsck", "--strict", in: server.folder.path + "/git/hub.git")
    #expect(fsck.status == 0)
    // Neither is stored, nor shown.
    let stored = try runProcess([
      "grep", "-rw", "secret", here.path + "/.git", there.path + "/.git",
    ])
    #expect(stored.status == 1, "\(stored.output)")
  }

  @Test(
    "a wrong password, or none, is exit 6 with the server's name, and is not tried again and again")
  func wrongPassword() throws {
    for (arguments, extra) in [
      ([], [:]), ([], ["NOTES_TOKEN": "ada:wrong"]), (["--via", "git"], [:]),
    ] {
      try knowPassword("wrong")
      let result = try run(
        here, ["sync", "--remote", server.url] + arguments, trust.merging(extra) { $1 })
      #expect(result.status == 6, "\(result.errors)")
      #expect(result.errors.contains("localhost") && !result.errors.contains("wrong"))
    }
    #expect(server.log.split(separator: "\n").count { $0.contains(" 401 ") } <= 12)
    #expect(try here.git("log", "-1", "--format=%s").output != "")
  }

  @Test("a certificate that nobody vouches for is refused, with what to do")
  func untrusted() throws {
    let result = try run(here, ["sync", "--remote", server.url], [:])
    #expect(result.status == 6)
    #expect(result.errors.contains("certificate"), "\(result.errors)")
  }

  @Test("a server of TLS 1.3 only is left to git, and the words say so")
  func onlyNewTLS() throws {
    let strict = try WebServer(in: here.folder, leastTLS: "TLSv1.3")
    try knowPassword()
    let result = try run(here, "sync", "--remote", strict.url)
    #expect(result.status == 6)
    #expect(result.errors.contains("--via git"), "\(result.errors)")
    try run(here, "sync", "--remote", strict.url, "--via", "git").succeeded()
  }

  @Test("a push that a hook refuses is exit 7 with its words, and the next one goes through")
  func refusedByHook() throws {
    try knowPassword()
    let hook = server.folder.path + "/git/hub.git/hooks/pre-receive"
    try "#!/bin/sh\nprintf 'closed \\033[31mtoday' >&2\nexit 1\n".write(
      toFile: hook, atomically: false, encoding: .utf8)
    try runProcess(["chmod", "+x", hook])
    let result = try run(here, "sync", "--remote", server.url)
    #expect(result.status == 7, "\(result.errors)")
    #expect(result.errors.contains("closed") && !result.errors.contains("\u{1B}"))
    try FileManager.default.removeItem(atPath: hook)
    try run(here, "sync").succeeded()
  }

  @Test("a ref that the server moves back after the push is told, and nothing here is lost")
  func movedBack() throws {
    try knowPassword()
    try run(here, "sync", "--remote", server.url).succeeded()
    let hook = server.folder.path + "/git/hub.git/hooks/post-receive"
    try "#!/bin/sh\nread old new ref\ngit update-ref $ref $old\n".write(
      toFile: hook, atomically: false, encoding: .utf8)
    try runProcess(["chmod", "+x", hook])
    try here.write("two\n", to: "a.md")
    for extra in [[], ["--via", "git"]] {
      let result = try run(here, ["sync"] + extra, trust)
      #expect(result.status == 7, "\(extra): \(result.errors)")
    }
    try FileManager.default.removeItem(atPath: hook)
    try run(here, "sync").succeeded()
    let sent = try here.git("show", "main:a.md", in: server.folder.path + "/git/hub.git")
    #expect(sent.output == "two\n")
  }

  @Test(
    "a proxy is used where the settings or the environment name one",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tinyproxy")))
  func proxy() throws {
    let port = try freePort()
    try here.folder.write(
      """
      Port \(port)
      Listen 127.0.0.1
      LogFile "\(here.folder.path)/proxy.log"
      LogLevel Connect
      Timeout 20

      """, to: "tinyproxy.conf")
    let proxy = try LocalServer(
      "tinyproxy -d -c tinyproxy.conf", port: port, in: here.folder.path,
      environment: here.environment)
    try knowPassword()
    let through = ["https_proxy": "http://127.0.0.1:\(port)"]
    try run(here, "sync", "--remote", server.url, extra: through).succeeded()
    func used() throws -> Int {
      try here.folder.read("proxy.log").split(separator: "\n").count { $0.contains("CONNECT") }
    }
    let once = try used()
    #expect(once > 0)
    // `no_proxy` names hosts that are reached directly.
    try here.write("two\n", to: "a.md")
    try run(here, "sync", extra: through.merging(["no_proxy": "localhost"]) { $1 }).succeeded()
    #expect(try used() == once)
    try here.git("config", "http.proxy", "http://127.0.0.1:\(port)")
    try here.write("three\n", to: "a.md")
    try run(here, "sync").succeeded()
    #expect(try used() > once)
    try here.git("config", "http.proxy", "http://127.0.0.1:\(try freePort())")
    let result = try run(here, "sync")
    #expect(result.status == 6, "\(result.errors)")
    withExtendedLifetime(proxy) {}
  }
}
