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
  }

  /// How a destination is written, which decides what must be escaped in it.
  enum Form: Sendable, Hashable {
    case wiki, bare, angled, url
  }

  /// How the link is written.
  public let kind: Kind
  /// Where it leads, without the anchor and decoded; an external one is as written, with its `#…`.
  public let target: String
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
  let form: Link.Form
  let referenceRange: Range<Int>
}
