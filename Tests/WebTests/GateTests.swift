import Synchronization
import Testing

@testable import Web

/// A gate at port 4000, and what a browser that it let in sends.
private struct LetIn {
  let gate: Gate
  let cookie: String
  let keys: Keys

  final class Keys: Sendable {
    let told = Mutex<[String]>([])
  }

  init() throws {
    let keys = Keys()
    self.keys = keys
    gate = Gate(port: 4_000) { key in keys.told.withLock { $0.append(key) } }
    let verdict = gate.verdict(isPost: false, key: gate.key) {
      $0 == "host" ? "127.0.0.1:4000" : nil
    }
    guard case .enter(let cookie) = verdict else { throw NotLetIn(verdict: verdict) }
    self.cookie = cookie
  }

  struct NotLetIn: Error { let verdict: Gate.Verdict }

  func verdict(isPost: Bool = false, _ headers: [String: String] = [:]) -> Gate.Verdict {
    var all = [
      "host": "127.0.0.1:4000", "cookie": String(cookie.prefix { $0 != ";" }),
    ]
    if isPost { all["origin"] = "http://127.0.0.1:4000" }
    all.merge(headers) { $1 }
    return gate.verdict(isPost: isPost, key: nil) { name in
      all[name].flatMap { $0.isEmpty ? nil : $0 }
    }
  }
}

extension Gate.Verdict {
  fileprivate var status: Int {
    switch self {
    case .pass: 200
    case .enter: 303
    case .refuse(let status, _): status
    }
  }
}

@Suite("Who is let in")
struct GateTests {
  @Test("the key lets in once, by a cookie that scripts and other sites do not get")
  func key() throws {
    let gate = Gate(port: 4_000) { _ in }
    let key = gate.key
    func enter() -> Gate.Verdict {
      gate.verdict(isPost: false, key: key) { $0 == "host" ? "localhost:4000" : nil }
    }
    guard case .enter(let cookie) = enter() else {
      Issue.record("the key did not let in")
      return
    }
    #expect(cookie.hasPrefix("notes-4000="))
    #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict"))
    #expect(enter().status == 403)
    #expect(gate.key != key)
    #expect(gate.key.count == 64)
  }

  @Test("a key that was used is told with the next one")
  func nextKey() throws {
    let letIn = try LetIn()
    #expect(letIn.keys.told.withLock { $0 } == [letIn.gate.key])
  }

  @Test(
    "K1: a name that is none of this machine's is answered with 421",
    arguments: [
      "evil.example", "evil.example:4000", "127.0.0.1", "127.0.0.1:80", "127.0.0.2:4000",
      "localhost:4000.evil.example", "0.0.0.0:4000", "[::]:4000", "",
    ])
  func host(_ host: String) throws {
    #expect(try LetIn().verdict(["host": host]).status == 421)
  }

  @Test(
    "this machine's names are taken",
    arguments: ["127.0.0.1:4000", "localhost:4000", "LOCALHOST:4000", "[::1]:4000"])
  func ownHost(_ host: String) throws {
    #expect(try LetIn().verdict(["host": host]).status == 200)
  }

  @Test(
    "K2: a form of another page changes nothing",
    arguments: [
      ["origin": "http://evil.example"], ["origin": "null"], ["origin": ""],
      ["origin": "http://127.0.0.1:3000"], ["origin": "https://127.0.0.1:4000"],
      ["origin": "http://localhost:4000"], ["sec-fetch-site": "cross-site"],
      ["sec-fetch-site": "same-site"],
    ])
  func foreignForm(_ headers: [String: String]) throws {
    #expect(try LetIn().verdict(isPost: true, headers).status == 403)
  }

  @Test("a form of our own page is taken, by each of our names")
  func ownForm() throws {
    let letIn = try LetIn()
    #expect(letIn.verdict(isPost: true).status == 200)
    #expect(
      letIn.verdict(
        isPost: true, ["host": "localhost:4000", "origin": "http://localhost:4000"]
      ).status == 200)
  }

  @Test(
    "K2: another site's page cannot even ask for a note",
    arguments: [
      ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site"],
      ["origin": "http://evil.example"],
    ])
  func foreignQuestion(_ headers: [String: String]) throws {
    #expect(try LetIn().verdict(headers).status == 403)
  }

  @Test(
    "K3: nothing is shown without the cookie",
    arguments: ["", "notes-4000=", "notes-4000=0", "notes-4001=x", "notes-4000"])
  func cookie(_ cookie: String) throws {
    #expect(try LetIn().verdict(["cookie": cookie]).status == 403)
  }

  @Test("the cookie is found among those of other programs at this address")
  func otherCookies() throws {
    let letIn = try LetIn()
    let own = letIn.cookie.prefix { $0 != ";" }
    #expect(letIn.verdict(["cookie": "a=b; \(own); notes-4001=c"]).status == 200)
  }

  @Test("a key is no substitute for the cookie where something is sent")
  func keyOfForm() throws {
    let letIn = try LetIn()
    let verdict = letIn.gate.verdict(isPost: true, key: letIn.gate.key) { name in
      ["host": "127.0.0.1:4000", "origin": "http://127.0.0.1:4000"][name]
    }
    #expect(verdict.status == 403)
  }
}

@Suite("Addresses")
struct WebAddressTests {
  @Test("a path is taken apart, and percent signs with it")
  func path() {
    #expect(WebAddress("/")?.path == [])
    #expect(WebAddress("/notes/a%20b/%C3%A9.md")?.path == ["notes", "a b", "é.md"])
    #expect(WebAddress("/notes/")?.path == ["notes"])
    #expect(WebAddress("/notes/a+b.md")?.path == ["notes", "a+b.md"])
    #expect(WebAddress("/a?q=1+1%2B2&r")?.query == ["q": "1 1+2", "r": ""])
  }

  @Test(
    "K6: what hides a way out of its folder is no address",
    arguments: [
      "/notes/../x", "/notes/%2e%2e/x", "/notes/.%2E/x", "/notes/..%2fx", "/notes/%2Fetc", "/a%00b",
      "/notes//etc/passwd", "//etc/passwd", "/./a", "/%", "/%4", "/%zz", "/%ff", "/%C3",
      "http://x/",
      "", "*", "/notes/a?%ff",
    ])
  func hidden(_ target: String) {
    #expect(WebAddress(target) == nil)
  }

  @Test("names with dots in them are names")
  func dots() {
    #expect(WebAddress("/notes/a..b.md")?.path == ["notes", "a..b.md"])
    #expect(WebAddress("/notes/...")?.path == ["notes", "..."])
  }
}
