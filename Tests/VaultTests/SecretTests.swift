import Foundation
import TestSupport
import Testing
import Vault

/// Forty letters and digits that nobody would take for an example.
private let random = "q7Zt2mVw9KcR4xLbN8sHd3JfG6pYe1UaTi5oWkMv"

@Suite("secrets") struct SecretTests {
  /// Tokens are put together here, so that no scanner takes this file for one that holds them.
  static let tokens: [(kind: Secret.Kind, text: String)] = [
    (.awsKey, "AK" + "IAQ7ZT2MVW9KCR4XLB"), (.gitHubToken, "gh" + "p_" + random.prefix(36)),
    (.gitHubToken, "github" + "_pat_" + random + random.reversed().prefix(30)),
    (.gitLabToken, "gl" + "pat-" + random.prefix(20)),
    (.huggingFaceToken, "h" + "f_" + random.prefix(34)),
    (.npmToken, "np" + "m_" + random.prefix(36)), (.openAIKey, "s" + "k-proj-" + random + random),
    (.anthropicKey, "s" + "k-ant-api03-" + random + random),
    (.slackToken, "xo" + "xb-123456789-" + random), (.googleKey, "AI" + "za" + random.prefix(35)),
    (.stripeKey, "sk_" + "live_" + random.prefix(24)),
  ]

  @Test("a token of a known form is found wherever it stands, with its line", arguments: tokens)
  func token(kind: Secret.Kind, text: String) {
    for (before, after) in [("", ""), ("The key is `", "`.\n"), ("export KEY=", "\n"), ("(", ")")] {
      let found = Secret.all(in: Array(("one\ntwo\n" + before + text + after).utf8))
      #expect(found.map(\.kind) == [kind], "\(before)")
      #expect(found.first?.line == 3)
      #expect(found.first?.value == Array(text.utf8))
      #expect(found.first?.excerpt == text.prefix(4) + "…")
    }
  }

  @Test("a private key counts with its body, and not as a word")
  func privateKey() {
    let body = (0..<6).map { _ in random + random.prefix(24) }.joined(separator: "\n")
    for name in ["PRIVATE KEY", "OPENSSH PRIVATE KEY", "RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"] {
      let text = "-----BEGIN \(name)-----\n\(body)\n-----END \(name)-----\n"
      #expect(Secret.all(in: Array(text.utf8)).map(\.kind) == [.privateKey], "\(name)")
      #expect(Secret.all(in: Array(text.replacing("PRIVATE", with: "PUBLIC").utf8)).isEmpty)
    }
    #expect(Secret.all(in: Array("-----BEGIN PRIVATE KEY-----\n…\n-----END".utf8)).isEmpty)
    // As of Ed25519.
    let short = "MC4CAQAwBQYDK2VwBCIEI" + random + "Gz="
    let text = "-----BEGIN PRIVATE KEY-----\n\(short)\n-----END PRIVATE KEY-----\n"
    #expect(Secret.all(in: Array(text.utf8)).map(\.kind) == [.privateKey])
  }

  @Test("a private key is found indented, quoted, in YAML and in one line of JSON")
  func privateKeyWithin() {
    // By chance a key's letters have a word of an example in them.
    let lines = (0..<6).map { place in random + (place == 2 ? "yOur" : "") + random.prefix(24) }
    let key = ["-----BEGIN PRIVATE KEY-----"] + lines + ["-----END PRIVATE KEY-----"]
    let headed =
      ["-----BEGIN RSA PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,1F", ""]
      + lines + ["-----END RSA PRIVATE KEY-----"]
    let texts =
      ["", "    ", "> ", "  ", "\t"].map { mark in key.map { mark + $0 }.joined(separator: "\n") }
      + ["tls:\n  key: |\n    " + key.joined(separator: "\n    ")]
      + ["{\"private_key\": \"\(key.joined(separator: "\\n"))\\n\"}"]
      + ["key = \"\"\"" + key.joined(separator: "\n") + "\"\"\"", headed.joined(separator: "\n")]
    for text in texts {
      let found = Secret.all(in: Array(("one\n" + text + "\n").utf8))
      #expect(found.map(\.kind) == [.privateKey], "\(text)")
      #expect(found.first?.excerpt == "-----BEGIN…")
    }
    let empty = key.prefix(1) + ["MII…", "xxxx"] + key.suffix(1)
    #expect(Secret.all(in: Array(empty.joined(separator: "\n").utf8)).isEmpty)
  }

  @Test("a password in a URL and one that is assigned count where they look random")
  func passwords() {
    for text in [
      "postgres://ada:tQ7x-2mVw9@db.internal/x", "https://bot:9f3kL2mQ8z@git.internal",
      "password: \(random.prefix(24))", "API_KEY=\"\(random)\"", "client-secret = \(random)",
      "\"token\": \"\(random)\"",
    ] { #expect(Secret.all(in: Array(text.utf8)).count == 1, "\(text)") }
    for text in [
      "postgres://user:password@localhost/x", "https://ada:$PASSWORD1x@host", "a: http://b.c",
      "https://ada:<Token12345>@host", "git@github.com:ada/notes.git", "password: hunter2",
      "token = tokenizer.encode(prompt2Text)", "secret = os.environ['My0Secret1Name2Here3']",
      "tokens: 1024", "api_key: YOUR_API_KEY_1234567890ab", "the token: a_long_snake_case_name_1",
      "password = getPasswordFromTheKeyChain2(x)", "a token:\nThe9MonthsOfWinter2Follow3Here4",
      "see https://a.b/c:d@e", "mailto:Ada.Lovelace1815@example.org",
    ] { #expect(Secret.all(in: Array(text.utf8)).isEmpty, "\(text)") }
  }

  @Test("a password counts from twenty letters on, and in the marks that Markdown has around it")
  func markedPasswords() {
    for count in 20...24 {
      let text = "# T\n\npassword: \(random.prefix(count))\n\nx\n"
      #expect(Secret.all(in: Array(text.utf8)).count == 1, "\(count)")
      #expect(Secret.all(in: Array(text.replacing("\n", with: "\r\n").utf8)).count == 1, "\(count)")
    }
    #expect(Secret.all(in: Array("password: \(random.prefix(19))\n".utf8)).isEmpty)
    let value = random.prefix(26)
    for text in [
      "password: `\(value)`", "password:\t\(value)", "**Password:** \(value)",
      "**Password**: \(value)", "`password`: `\(value)`", "| password | \(value) |",
      "|password|`\(value)`|", "- *API key*: \(value)",
      "REDIS_URL=redis://:\(random.prefix(20))@cache:6379",
    ] {
      let found = Secret.all(in: Array("# T\n\n\(text)\n".utf8))
      #expect(found.map(\.line) == [3], "\(text)")
    }
    for text in [
      "| token | description |\n|---|---|\n| a | TheLongNameOfSomething2Else |", "redis://:@cache",
      "| secret |\n| \(value) |", "**Note:** \(value)", "a://:8080/x@y", "http://[::1]:8080/a@b",
    ] { #expect(Secret.all(in: Array(text.utf8)).isEmpty, "\(text)") }
  }

  @Test("a token is found in emphasis, and in a file in UTF-16")
  func wrappedTokens() throws {
    for (kind, token) in Self.tokens {
      for mark in ["_", "__", "*", "***_"] {
        let text = "see \(mark)\(token)\(String(mark.reversed())) here"
        let found = Secret.all(in: Array(text.utf8))
        #expect(found.map(\.kind) == [kind], "\(mark)")
        #expect(found.first?.value == Array(token.utf8), "\(mark)")
      }
      #expect(Secret.all(in: Array("a_\(token)".utf8)).isEmpty)
      for mark in [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]] {
        let units = "# Ü\n\n\(token)\n".utf16.flatMap { unit in
          let pair = [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
          return mark[0] == 0xFF ? pair : pair.reversed()
        }
        let found = Secret.all(in: mark + units)
        #expect(found.map(\.kind) == [kind] && found.first?.line == 3)
      }
    }
  }

  @Test("what documentation has in a secret's place is none")
  func examples() {
    for text in [
      "AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      "sk-" + "1234567890" + random,
      "hf_" + String(repeating: "a", count: 34), "sk-learn", "hf_hub_download", "npm_config_prefix",
      "AIza", "glpat-…", "the task-" + random,
    ] { #expect(Secret.all(in: Array(text.utf8)).isEmpty, "\(text)") }
  }

  @Test("in thousands of real notes nothing is taken for a secret", .enabled(if: SharedData.exists))
  func realNotes() throws {
    var count = 0
    let files = FileManager.default.enumerator(atPath: SharedData.path)
    while let name = files?.nextObject() as? String {
      guard name.hasSuffix(".md") else { continue }
      let path = SharedData.path + "/" + name
      guard let bytes = FileManager.default.contents(atPath: path) else { continue }
      count += 1
      let found = Secret.all(in: Array(bytes))
      #expect(found.isEmpty, "\(name): \(found.map { "\($0.line) \($0.kind) \($0.excerpt)" })")
    }
    #expect(count > 700)
  }
}
