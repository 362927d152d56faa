/// Where a remote is.
public enum RemoteURL: Sendable {
  /// The text with the user name and password of every URL in it replaced by `…`.
  public static func redacted(_ text: String) -> String {
    guard text.contains("@"), text.contains("://") else { return text }
    var result = ""
    var rest = text[...]
    while let scheme = rest.firstRange(of: "://") {
      result += rest[..<scheme.upperBound]
      rest = rest[scheme.upperBound...]
      let authority = rest.prefix { !"/?#\"' ".contains($0) }
      if let at = authority.lastIndex(of: "@") {
        if authority[..<at].contains(":") || !result.hasSuffix("ssh://") {
          result += "…"
        } else {
          result += authority[..<at]
        }
        rest = rest[at...]
      }
    }
    return result + rest
  }
}
