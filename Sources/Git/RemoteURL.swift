/// Where a remote is: a path, an ssh address or an http(s) address, and nothing else.
///
/// What git would take and we do not: `ext::` and other helpers (they run programs), `git://`
/// (nobody answers for what it brings), and whatever could be read as an option by `ssh`.
public struct RemoteURL: Sendable, Equatable {
  /// The URL as it is stored and handed on; a relative path is made absolute, and what an http(s)
  /// URL says of user and password is left out.
  public let text: String
  let place: Place
  /// The user and password that an http(s) URL came with.
  let userInfo: UserInfo?

  enum Place: Equatable {
    case local(path: String)
    case ssh(SshAddress)
    case http(HttpAddress)
  }

  struct SshAddress: Equatable {
    var user: String?
    var host: String
    var port: String?
    var path: String
  }

  struct HttpAddress: Equatable {
    var isSecure: Bool
    var host: String
    var port: Int

    /// Whether what this address may know, the other may know too.
    func trusts(_ other: HttpAddress) -> Bool {
      guard host == other.host, other.isSecure || !isSecure else { return false }
      return port == other.port || (!isSecure && other.isSecure && port == 80 && other.port == 443)
    }
  }

  struct UserInfo: Equatable {
    var user: String
    var password: String?
  }

  /// Reads a URL or path as git would; a relative path begins at `folder`.
  public init(_ text: String, relativeTo folder: String) throws(GitError) {
    var reader = Reader(text: text, folder: folder)
    (self.text, place, userInfo) = try reader.read()
  }

  /// The text, fit to show: without any password.
  public var redacted: String { Self.redacted(text) }

  /// Whether it is reached through `ssh`.
  public var isSSH: Bool {
    if case .ssh = place { true } else { false }
  }

  /// The last part of the path, without `.git`: what a clone's folder is called.
  public var folderName: String {
    let path =
      switch place {
      case .local(let path): path
      case .ssh(let address): address.path
      case .http: String(text.drop { $0 != ":" }.dropFirst(3))
      }
    var parts = path.split(whereSeparator: { $0 == "/" || $0 == ":" })
    if case .http = place { parts.removeFirst() }
    if parts.last == ".git" { parts.removeLast() }
    var name = parts.last.map(String.init) ?? ""
    if name.hasSuffix(".git") { name.removeLast(4) }
    return ["", ".", "..", "~"].contains(name) || name.hasPrefix("-") ? "vault" : name
  }

  /// The server, as a person knows it; nil for a path.
  var host: String? {
    switch place {
    case .local: nil
    case .ssh(let address): address.host
    case .http(let address): address.host
    }
  }

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
