internal import Markup

/// A text that looks like a key, a token or a password: in a snapshot it would be for ever, and after
/// a push it is no secret any more.
///
/// The marks of a merge that was not finished are looked for in the same way, and stopped like one.
public struct Secret: Sendable, Hashable {
  /// What it looks like.
  public let kind: Kind
  /// The line on which it begins, from 1.
  public let line: Int
  /// Its bytes.
  public let value: [UInt8]

  /// What is looked for.
  public enum Kind: String, Sendable, CaseIterable {
    case privateKey = "private key"
    case ageKey = "age key"
    case anthropicKey = "Anthropic key"
    case awsKey = "AWS access key"
    case digitalOceanToken = "DigitalOcean token"
    case gitHubToken = "GitHub token"
    case gitLabToken = "GitLab token"
    case googleKey = "Google API key"
    case huggingFaceToken = "Hugging Face token"
    case npmToken = "npm token"
    case openAIKey = "OpenAI key"
    case pyPIToken = "PyPI token"
    case slackToken = "Slack token"
    case stripeKey = "Stripe key"
    case urlPassword = "password in a URL"
    case assignedValue = "password or key"
    case conflictMarkers = "conflict markers"
  }

  /// Its first four letters, for a message; of a private key how it begins.
  public var excerpt: String {
    kind == .privateKey ? "-----BEGIN…" : String(decoding: value.prefix(4), as: UTF8.self) + "…"
  }

  /// The likely secrets in a text, in order.
  ///
  /// The forms are those that the issuers document for their tokens; a value that is assigned to a
  /// name such as `password` counts only if it looks random. Examples of documentation do not.
  public static func all(in bytes: [UInt8]) -> [Secret] {
    var scanner = SecretScanner(bytes: utf8(ofUTF16: bytes) ?? bytes)
    scanner.scan()
    return scanner.found
  }

  /// The text of a file in UTF-16, as other systems' programs write it; `nil` for what has not its mark.
  private static func utf8(ofUTF16 bytes: [UInt8]) -> [UInt8]? {
    let isLittle = bytes.starts(with: [0xFF, 0xFE])
    guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else { return nil }
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { place in
      let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
      return isLittle ? second << 8 | first : first << 8 | second
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// The marks of unfinished merges in a note's text, in order.
  public static func conflictMarkers(in bytes: [UInt8]) -> [Secret] {
    ConflictMarks.all(in: bytes).map {
      Secret(kind: .conflictMarkers, line: $0.line, value: Array(bytes[$0.range]))
    }
  }
}

/// One pass over a text.
private struct SecretScanner {
  let bytes: [UInt8]
  var found: [Secret] = []
  private var end = 0
  private let forms = TokenForm.byFirstByte

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func scan() {
    // What each byte may begin: looked up for every byte of the vault.
    let bytes = bytes
    let starts = Self.starts
    let isInWord = Self.isInWord
    var previous: UInt8 = 0
    for place in bytes.indices {
      let byte = bytes[place]
      let start = starts[Int(byte)]
      // Most bytes are letters within a word. What was found is not looked into.
      if start != .nothing, place >= end,
        start != .token || !isInWord[Int(previous)] || isEmphasized(place)
      {
        switch start {
        case .token: token(at: place)
        case .armour: if previous != byte { privateKey(at: place) }
        case .value:
          if byte == UInt8(ascii: ":"), isAt(place + 1, Self.slashes) {
            urlPassword(behind: place + 3)
          } else if Self.nameEnds.contains(previous) {
            assignedValue(behind: place)
          }
        case .nothing: break
        }
      }
      previous = byte
    }
  }

  private enum Start: UInt8 { case nothing, token, armour, value }

  private static let starts: [Start] = (0..<256).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "|"): .value
    case UInt8(ascii: "-"): .armour
    default: TokenForm.byFirstByte[byte].isEmpty ? .nothing : .token
    }
  }

  private static let isInWord = (0..<256).map { UInt8($0).isWord }

  /// What may stand before the `=`, `:` or `|` behind a name: its last letter, a quote, a mark, a space.
  private static let nameEnds = Array("dtnyDTNY\"'`* ".utf8)
  /// What may stand between that and the value.
  private static let gap = Array("\"'`* \t".utf8)

  /// How many `_` stand before a place that begin an emphasis, and no part of a word.
  private func emphasis(before place: Int) -> Int {
    let marks = bytes[..<place].reversed().prefix { $0 == UInt8(ascii: "_") }.count
    return place > marks && bytes[place - marks - 1].isWord ? 0 : marks
  }

  private func isEmphasized(_ place: Int) -> Bool { emphasis(before: place) > 0 }

  private mutating func add(_ kind: Secret.Kind, _ range: Range<Int>) {
    let value = Array(bytes[range])
    // In a key's many letters the words of an example stand by chance.
    guard kind == .privateKey || !value.isExample else { return }
    end = range.upperBound
    let line = 1 + bytes[..<range.lowerBound].count { $0 == UInt8(ascii: "\n") }
    found.append(Secret(kind: kind, line: line, value: value))
  }

  private func isAt(_ place: Int, _ text: [UInt8]) -> Bool {
    guard place + text.count <= bytes.count else { return false }
    return text.indices.allSatisfy { text[$0] == bytes[place + $0] }
  }

  private static let slashes = Array("//".utf8)
  private static let armour = Array("-----BEGIN ".utf8)
  private static let armourEnd = Array("-----END ".utf8)
  private static let dashes = Array("-----".utf8)
  /// In bytes; the largest that anybody makes, of 16,384 bits, is 13,000.
  private static let longestKey = 32_768

  private mutating func token(at place: Int) {
    for form in forms[Int(bytes[place])] where isAt(place, form.prefix) {
      let start = place + form.prefix.count
      var rest = bytes[start...].prefix { form.alphabet.has($0) }
      let marks = emphasis(before: place)
      if marks > 0, rest.suffix(marks).allSatisfy({ $0 == UInt8(ascii: "_") }) {
        rest = rest.dropLast(marks)
      }
      guard form.count.contains(rest.count) else { continue }
      return add(form.kind, place..<rest.endIndex)
    }
  }

  /// A key in PEM's armour, or OpenPGP's, with a body: in lines of its own, indented or quoted, or in
  /// one line with `\n` in it, as JSON has it.
  private mutating func privateKey(at place: Int) {
    guard isAt(place, Self.armour) else { return }
    let title = bytes[(place + Self.armour.count)...].prefix(40).prefix { $0 != 0x2D && $0 != 0x0A }
    let start = title.endIndex + Self.dashes.count
    guard String(decoding: title, as: UTF8.self).contains("PRIVATE KEY"),
      isAt(title.endIndex, Self.dashes)
    else { return }
    var end = start
    while end < bytes.count, end - start < Self.longestKey, !isAt(end, Self.dashes) { end += 1 }
    var letters: [UInt8] = []
    for line in bytes[start..<end].split(separator: UInt8(ascii: "\n")) {
      // `Proc-Type: 4,ENCRYPTED` and the like.
      if line.contains(UInt8(ascii: ":")) { continue }
      var last: UInt8 = 0
      for byte in line {
        let isEscaped = last == UInt8(ascii: "\\")
        if Alphabet.base64.has(byte), !isEscaped { letters.append(byte) }
        last = byte
      }
    }
    // The shortest, of Ed25519, has 64.
    let least = isAt(end, Self.armourEnd) ? 60 : 100
    guard letters.count >= least, Set(letters.suffix(30)).count >= 6 else { return }
    add(.privateKey, start..<end)
  }

  /// The password of `scheme://user:password@host`, or of one without a user.
  private mutating func urlPassword(behind place: Int) {
    let part = bytes[place...].prefix(200).prefix { $0 > 0x20 && !"/<>\"'`)|?#".utf8.contains($0) }
    guard let at = part.lastIndex(of: UInt8(ascii: "@")),
      let colon = part[..<at].firstIndex(of: UInt8(ascii: ":")), colon >= place
    else { return }
    let password = bytes[(colon + 1)..<at]
    guard password.count >= 8, !"$<{[%*.".utf8.contains(password.first ?? 0),
      password != bytes[place..<colon], password.looksChosenAtRandom(atLeast: 2)
    else { return }
    add(.urlPassword, password.startIndex..<password.endIndex)
  }

  /// The value of `password: …`, `api_key = "…"`, `**Token:** …` and the like, also in a table's next cell.
  private mutating func assignedValue(behind place: Int) {
    var start = place
    while start > 0, place - start < 24,
      bytes[start - 1].isWord || "-\"'`* ".utf8.contains(bytes[start - 1])
    {
      start -= 1
    }
    // A time, a heading's colon: most are told from a key and its value by what follows.
    let gap = bytes[(place + 1)...].prefix(4).prefix { Self.gap.contains($0) }
    let rest = bytes[gap.endIndex...].prefix(20)
    guard rest.count == 20, rest.allSatisfy({ Alphabet.base64.has($0) || $0 == 0x2D })
    else { return }
    let name = String(decoding: bytes[start..<place], as: UTF8.self).lowercased()
      .filter { $0.isLetter }
    guard Self.names.contains(where: name.hasSuffix) else { return }
    let value = bytes[gap.endIndex...].prefix(300).prefix { Alphabet.base64.has($0) || $0 == 0x2D }
    let next = value.endIndex < bytes.count ? bytes[value.endIndex] : 0
    guard 20...200 ~= value.count, !"(.[/:".utf8.contains(next),
      value.looksChosenAtRandom(atLeast: value.count < 32 ? 3 : 2)
    else { return }
    add(.assignedValue, value.startIndex..<value.endIndex)
  }

  private static let names = [
    "password", "passwd", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey",
  ]
}

/// The form of an issuer's tokens: a prefix that is theirs alone, and so many letters.
private struct TokenForm {
  let kind: Secret.Kind
  let prefix: [UInt8]
  let alphabet: Alphabet
  let count: ClosedRange<Int>

  init(_ kind: Secret.Kind, _ prefix: String, _ alphabet: Alphabet, _ count: ClosedRange<Int>) {
    self.kind = kind
    self.prefix = Array(prefix.utf8)
    self.alphabet = alphabet
    self.count = count
  }

  static let byFirstByte: [[TokenForm]] = {
    var forms = [[TokenForm]](repeating: [], count: 256)
    for form in all { forms[Int(form.prefix[0])].append(form) }
    return forms
  }()

  private static let all = [
    TokenForm(.awsKey, "AKIA", .upper, 16...16), TokenForm(.awsKey, "ASIA", .upper, 16...16),
    TokenForm(.ageKey, "AGE-SECRET-KEY-1", .upper, 58...58),
    TokenForm(.googleKey, "AIza", .word, 35...35),
    TokenForm(.digitalOceanToken, "dop_v1_", .plain, 64...64),
    TokenForm(.gitHubToken, "ghp_", .plain, 36...251),
    TokenForm(.gitHubToken, "gho_", .plain, 36...251),
    TokenForm(.gitHubToken, "ghu_", .plain, 36...251),
    TokenForm(.gitHubToken, "ghs_", .plain, 36...251),
    TokenForm(.gitHubToken, "ghr_", .plain, 36...251),
    TokenForm(.gitHubToken, "github_pat_", .word, 60...251),
    TokenForm(.gitLabToken, "glpat-", .word, 20...300),
    TokenForm(.huggingFaceToken, "hf_", .plain, 30...60),
    TokenForm(.npmToken, "npm_", .plain, 36...36),
    TokenForm(.pyPIToken, "pypi-AgEI", .word, 50...500),
    TokenForm(.stripeKey, "sk_live_", .plain, 20...250),
    TokenForm(.stripeKey, "rk_live_", .plain, 20...250),
    TokenForm(.anthropicKey, "sk-ant-", .word, 40...250),
    TokenForm(.openAIKey, "sk-proj-", .word, 40...250),
    TokenForm(.openAIKey, "sk-svcacct-", .word, 40...250),
    TokenForm(.openAIKey, "sk-admin-", .word, 40...250),
    TokenForm(.openAIKey, "sk-", .plain, 40...64),
    TokenForm(.slackToken, "xoxb-", .word, 20...250),
    TokenForm(.slackToken, "xoxp-", .word, 20...250),
    TokenForm(.slackToken, "xoxa-", .word, 20...250),
    TokenForm(.slackToken, "xoxr-", .word, 20...250),
  ]
}

/// The letters that a token is made of.
private enum Alphabet {
  /// Capitals and digits.
  case upper
  /// Letters and digits.
  case plain
  /// Letters, digits, `_` and `-`.
  case word
  /// Letters, digits, `+`, `/`, `=` and `_`.
  case base64

  func has(_ byte: UInt8) -> Bool {
    switch (self, byte) {
    case (.upper, 0x41...0x5A), (.upper, 0x30...0x39): true
    case (.upper, _): false
    case (_, 0x41...0x5A), (_, 0x61...0x7A), (_, 0x30...0x39): true
    case (.word, 0x5F), (.word, 0x2D): true
    case (.base64, 0x2B), (.base64, 0x2F), (.base64, 0x3D), (.base64, 0x5F): true
    default: false
    }
  }
}

extension UInt8 {
  fileprivate var isWord: Bool { Alphabet.word.has(self) && self != 0x2D }
}

extension Collection<UInt8> {
  /// Whether it has digits and so many kinds of capitals, small letters and digits, they take turns,
  /// and no letter makes up more than a quarter of it.
  fileprivate func looksChosenAtRandom(atLeast kinds: Int) -> Bool {
    var counts = [Int](repeating: 0, count: 256)
    var classes: Set<Int> = []
    var changes = 0
    var last: Int?
    for byte in self {
      counts[Int(byte)] += 1
      let kind =
        switch byte {
        case 0x41...0x5A: 0
        case 0x61...0x7A: 1
        case 0x30...0x39: 2
        default: 3
        }
      if kind < 3 { classes.insert(kind) }
      if let last, last != kind { changes += 1 }
      last = kind
    }
    return classes.count >= kinds && classes.contains(2) && changes >= Swift.max(2, count / 6)
      && (counts.max() ?? 0) * 4 <= Swift.max(count, 8)
  }
}

extension [UInt8] {
  /// Whether it is what documentation has in a secret's place.
  fileprivate var isExample: Bool {
    let text = String(decoding: self, as: UTF8.self).lowercased()
    let marks = [
      "example", "xxxx", "1234567890", "abcdefgh", "0000000", "your", "....", "****", "changeme",
      "placeholder", "redacted", "dummy", "fake",
    ]
    return marks.contains(where: text.contains) || Set(text.suffix(30)).count < 6
  }
}
