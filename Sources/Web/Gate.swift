internal import Synchronization

/// Decides who is let in: the browser that was given the key, and in it only our own pages.
///
/// Other programs of this machine can reach a port of it, other users' among them, and so can any
/// web page that is open in the browser. So each request is held against four things: the name it was
/// sent to (DNS rebinding), the page it comes from, the cookie that only the key gets, and that what
/// changes something is a POST of our own page's form.
final class Gate: Sendable {
  /// What becomes of a request.
  enum Verdict: Equatable {
    /// It is answered.
    case pass
    /// It brought the key, gets a cookie, and asks again without the key.
    case enter(cookie: String)
    /// It is told why not.
    case refuse(status: Int, why: String)
  }

  private let cookieName: String
  private let hosts: Set<String>
  private let origins: Set<String>
  private let secret = Gate.secret()
  private let keyNow = Mutex(Gate.secret())
  private let onKeyUsed: @Sendable (_ next: String) -> Void

  /// The gate of a server at a port of this machine; a key that was used is told with its successor.
  init(port: Int, onKeyUsed: @escaping @Sendable (_ next: String) -> Void) {
    // Cookies do not tell ports apart, so two servers have two names.
    cookieName = "notes-\(port)"
    hosts = Set(["127.0.0.1", "localhost", "[::1]"].map { "\($0):\(port)" })
    origins = Set(hosts.map { "http://\($0)" })
    self.onKeyUsed = onKeyUsed
  }

  /// What the first page is opened with; good for once.
  var key: String { keyNow.withLock { $0 } }

  /// What becomes of a request.
  ///
  /// - Parameters:
  ///   - isPost: Whether it may change something.
  ///   - key: The key in its address.
  ///   - header: Its headers, by their names in lower case.
  /// - Returns: Whether it is answered, and else why not.
  func verdict(isPost: Bool, key: String?, header: (String) -> String?) -> Verdict {
    guard let host = header("host")?.lowercased(), hosts.contains(host) else {
      return .refuse(status: 421, why: "this is notes at 127.0.0.1, and no other host")
    }
    // Another port of this machine is the same site, and another origin.
    if let site = header("sec-fetch-site"), site != "same-origin", site != "none" {
      return .refuse(status: 403, why: "another site's page cannot ask for this")
    }
    if let origin = header("origin"), !origins.contains(origin) || isOther(origin, host) {
      return .refuse(status: 403, why: "another site's page cannot ask for this")
    }
    if let key, !isPost { return enter(with: key) }
    guard cookies(header("cookie")).contains(where: { isEqual($0, secret) }) else {
      return .refuse(
        status: 403, why: "open the address that 'notes serve' printed: it lets this browser in")
    }
    if isPost, header("origin") == nil {
      return .refuse(status: 403, why: "a form without an origin is not taken")
    }
    return .pass
  }

  private func isOther(_ origin: String, _ host: String) -> Bool { origin != "http://\(host)" }

  private func enter(with key: String) -> Verdict {
    let next: String? = keyNow.withLock { now in
      guard isEqual(key, now) else { return nil }
      now = Self.secret()
      return now
    }
    guard let next else {
      return .refuse(
        status: 403, why: "this key was used already: 'notes serve' has printed another one")
    }
    onKeyUsed(next)
    return .enter(cookie: "\(cookieName)=\(secret); Path=/; HttpOnly; SameSite=Strict")
  }

  private func cookies(_ header: String?) -> [String] {
    (header ?? "").split(separator: ";").compactMap { pair in
      let halves = pair.split(separator: "=", maxSplits: 1)
      guard halves.count == 2, halves[0].drop(while: { $0 == " " }) == cookieName else {
        return nil
      }
      return String(halves[1])
    }
  }

  /// Compares in a time that does not tell how much was right.
  private func isEqual(_ left: String, _ right: String) -> Bool {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// 256 bits by chance.
  private static func secret() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
