internal import Markup

/// What a vault's settings say of its published site: the section `site`.
public struct SiteSettings: Sendable, Equatable {
  /// A link of the site's navigation.
  public struct Link: Sendable, Equatable {
    /// What it is called.
    public let label: String
    /// Where it leads: a URL, or a place on the site such as `/posts/about/`.
    public let url: String
  }

  /// The site's name.
  public var title = "Posts"
  /// Who writes it.
  public var author = ""
  /// What it is about, in a sentence.
  public var description = ""
  /// Where it will stand, with a `/` at the end; `nil` for a site that is only read from the disk.
  public var base: String?
  /// Whose names the entries of its feeds have; `nil` for the base's host.
  public var id: Authority?
  /// What its texts may be used for, such as `CC BY 4.0`.
  public var licence = ""
  /// The language of its texts, as BCP 47 names it.
  public var language = "en"
  /// Whether that language is written from the right to the left.
  public var isRightToLeft: Bool {
    let parts = language.lowercased().split(separator: "-").map(String.init)
    // A script that is named counts before the one that the language has as a rule.
    if let script = parts.dropFirst().first(where: { $0.utf8.count == 4 }) {
      return Self.rightToLeftScripts.contains(script)
    }
    return parts.first.map(Self.rightToLeft.contains) ?? false
  }

  private static let rightToLeft: Set<String> = [
    "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "nqo", "ps", "sd", "syr", "ug", "ur", "yi",
  ]
  private static let rightToLeftScripts: Set<String> = [
    "adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa",
  ]

  /// Links that each page has.
  public var navigation: [Link] = []
  /// Whether a link to a note that is not published keeps the name that stands in it, where that
  /// note is neither private nor a draft; else it is left out.
  public var namesUnpublished = false
  /// How formulas are set; `nil` for KaTeX where it is installed, else for MathML.
  public var math: Math?
  /// How code is coloured; `nil` for Pygments where it is installed.
  public var code: Code?

  /// Who gives names that stay wherever the site moves, as RFC 4151 has it: a host, or an address of
  /// mail, that was the author's on some day.
  public struct Authority: Sendable, Equatable {
    /// The host or the address.
    public let name: String
    /// The day, or the month or year; `nil` for that of each post.
    public let day: String?
  }

  /// How formulas are set.
  public enum Math: String, Sendable { case katex, mathml, tex }

  /// How code is coloured.
  public enum Code: String, Sendable { case pygments, plain }

  /// The settings of a site of which nothing is said.
  public init() {}

  /// The keys that the section may have.
  public static let keys = [
    "title", "author", "description", "base", "id", "licence", "language", "navigation",
    "unpublished", "math", "code",
  ]

  /// Takes a key of the section.
  ///
  /// - Throws: `VaultError.badSettings` for a value that cannot be used.
  mutating func apply(_ entry: Frontmatter.Entry) throws(VaultError) {
    switch (entry.key, entry.value) {
    case ("title", .scalar(let text)): title = text
    case ("author", .scalar(let text)): author = text
    case ("description", .scalar(let text)): description = text
    case ("base", .scalar(let text)): base = try Self.base(text)
    case ("id", .scalar(let text)): id = try Self.authority(text)
    case ("licence", .scalar(let text)): licence = text
    case ("language", .scalar(let text)): language = try Self.language(text)
    case ("unpublished", .scalar(let word)) where ["hide", "name"].contains(word):
      namesUnpublished = word == "name"
    case ("unpublished", _): throw Self.bad("'site: unpublished' is 'hide' or 'name'")
    case ("math", .scalar(let word)):
      guard let known = Math(rawValue: word) else {
        throw Self.bad("'site: math' is 'katex', 'mathml' or 'tex'")
      }
      math = known
    case ("code", .scalar(let word)):
      guard let known = Code(rawValue: word) else {
        throw Self.bad("'site: code' is 'pygments' or 'plain'")
      }
      code = known
    case ("navigation", .map(let links)):
      navigation = try links.map { link throws(VaultError) in
        guard case .scalar(let url) = link.value else {
          throw Self.bad("'site: navigation' wants a URL behind '\(link.key)'")
        }
        return try Self.link(link.key, url)
      }
    default: throw Self.bad("'site: \(entry.key)' has a value of the wrong kind")
    }
  }

  /// A base URL with a `/` at its end.
  ///
  /// - Throws: `VaultError.badSettings` for one that is not of the web.
  public static func base(_ text: String) throws(VaultError) -> String {
    let scheme = ["https://", "http://"].first { text.lowercased().hasPrefix($0) }
    let rest = scheme.map { text.dropFirst($0.count) } ?? ""
    let host = rest.prefix { $0 != "/" }
    guard !host.isEmpty, rest.utf8.allSatisfy({ isURLByte($0) }), !rest.contains("?"),
      !rest.contains("#"), !host.contains("@")
    else { throw bad("the site's base is no URL such as https://example.org/: \(text)") }
    return text.hasSuffix("/") ? text : text + "/"
  }

  private static func language(_ text: String) throws(VaultError) -> String {
    let isTag =
      !text.isEmpty && text.utf8.count <= 35
      && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    guard isTag else { throw bad("'site: language' is no language tag such as en: \(text)") }
    return text
  }

  private static func link(_ label: String, _ url: String) throws(VaultError) -> Link {
    let isSafe = ["https://", "http://", "mailto:", "/"].contains { url.lowercased().hasPrefix($0) }
    guard isSafe, !url.hasPrefix("//"), url.utf8.allSatisfy({ isURLByte($0) }) else {
      throw bad("'site: navigation' has something else than a URL or a /place: \(url)")
    }
    return Link(label: label, url: url)
  }

  private static func authority(_ text: String) throws(VaultError) -> Authority {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].split(separator: "@", omittingEmptySubsequences: false)
    let isName =
      name.count <= 2
      && name.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { isLetterOrDigit($0) || "-._".utf8.contains($0) }
      }
    let day = parts.count > 1 ? String(parts[1]) : nil
    let numbers = day?.split(separator: "-", omittingEmptySubsequences: false) ?? []
    let isDay =
      day == nil
      || numbers.count <= 3 && numbers.first?.utf8.count == 4
        && numbers.dropFirst().allSatisfy { $0.utf8.count == 2 }
        && numbers.joined().utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isName, isDay else {
      throw bad("'site: id' is no host with a day, such as example.org,2026-11: \(text)")
    }
    return Authority(name: String(parts[0]), day: day)
  }

  private static func bad(_ why: String) -> VaultError {
    .badSettings(file: Settings.file, line: 0, why: why)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Whether RFC 3986 lets a byte stand in a URL.
  private static func isURLByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
  }
}
