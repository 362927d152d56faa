/// A link of any kind, with the exact bytes to change when its target is renamed.
public struct Link: Sendable, Hashable {
  /// How the link is written.
  public enum Kind: String, Sendable, Hashable {
    /// `[[target|label]]`
    case wiki
    /// `![[target]]`
    case embed
    /// `[label](target)`, or `[label][reference]`
    case markdown
    /// `![label](target)`
    case image
    /// `<https://…>`, or a bare URL
    case autolink

    /// Whether its target is a path from the folder of the note.
    public var isByPath: Bool { self == .markdown || self == .image }

    /// Whether its target may be a name alone.
    public var isByName: Bool { self == .wiki || self == .embed }
  }

  /// How a destination is written, which decides what must be escaped in it.
  enum Form: Sendable, Hashable {
    case wiki, bare, angled, url
    /// A wiki link in a value of the front matter, and how that is quoted.
    case value(YAMLQuote?)
  }

  /// How the link is written.
  public let kind: Kind
  /// Where it leads, without the anchor and decoded; an external one is as written, with its `#…`.
  public let target: String
  /// What follows `@`, where that names an older text: `v3`, `2025-06-01`, `2025-06`, `{3 months ago}`,
  /// or seven and more hexadecimal digits of a snapshot; nil when there is none.
  public let pin: String?
  /// What follows `#`: a heading's text, or `^` and a block's id; nil when there is none.
  public let anchor: String?
  /// The text shown for it, or an image's description; nil when there is none.
  public let label: String?
  /// The bytes of the whole link.
  public let range: Range<Int>
  /// The bytes of the target alone, which a rename replaces; for a reference link those of its
  /// definition, so that several links can share them.
  public let targetRange: Range<Int>
  /// Whether it leads out of the vault: it has a scheme, such as `https:`.
  public let isExternal: Bool
  /// The line it begins on, counted from 1.
  public let line: Int
  let form: Form
}

/// The definition of a reference link: `[reference]: target "title"`.
public struct LinkDefinition: Sendable, Hashable {
  /// The name in brackets, as written.
  public let reference: String
  /// Where it leads, without the anchor and decoded.
  public let target: String
  /// The heading or block in the target.
  public let anchor: String?
  /// The bytes of the target.
  public let targetRange: Range<Int>
  /// Its line, counted from 1.
  public let line: Int
  /// Whether it leads out of the vault.
  public let isExternal: Bool
  /// The bytes of its lines, with those of its title, without what it stands in and the last line end.
  public internal(set) var range: Range<Int>
  let form: Link.Form
  let referenceRange: Range<Int>
}

/// The quotes around a value of YAML.
enum YAMLQuote: Sendable, Hashable {
  case single, double
}

extension Link {
  /// Whether a wiki link to a note of this name would be read as one to an older text of another: `a@v1`.
  public static func hasPin(_ name: String) -> Bool {
    guard let at = name.utf8.lastIndex(of: UInt8(ascii: "@")), at > name.startIndex else {
      return false
    }
    return isPin(String(name[name.utf8.index(after: at)...]))
  }

  /// Whether a text names an older text of a note, as it stands behind `@` in a link.
  ///
  /// A bare year does not: it is more often part of a name.
  static func isPin(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    if bytes.first == UInt8(ascii: "{") {
      return bytes.count > 2 && bytes.last == UInt8(ascii: "}")
    }
    if bytes.first == UInt8(ascii: "v") {
      return (2...9).contains(bytes.count) && bytes[1] != UInt8(ascii: "0")
        && bytes.dropFirst().allSatisfy(\.isDigit)
    }
    if bytes.count == 7 || bytes.count == 10, bytes[4] == UInt8(ascii: "-") {
      return DateText(text) != nil || DateText(text + "-01") != nil
    }
    return (7...40).contains(bytes.count) && bytes.contains(where: \.isDigit)
      && bytes.allSatisfy { $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
  }
}
