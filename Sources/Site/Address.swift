/// How one page links to another.
///
/// A place is a path from the site's top: a folder with `/` at its end, `""` for the top, or a file.
enum Address {
  /// By a URL that is relative to the page's own folder. Where the site has no place on the web, a
  /// link names `index.html`, as a browser needs that reads from the disk.
  case relative(folder: String, isHosted: Bool)
  /// By a path from the host's top, for a page that is shown at other addresses than its own.
  case rooted(at: String)
  /// By a whole URL, for what is read elsewhere: feeds.
  case absolute(base: String)

  /// The URL of a place.
  func url(_ place: String, fragment: String? = nil) -> String {
    let end = fragment.map { "#" + Slug.percentEncoded($0) } ?? ""
    switch self {
    case .absolute(let base), .rooted(let base): return base + Slug.percentEncoded(place) + end
    case .relative(let folder, let isHosted):
      return Self.relative(place, from: folder, isHosted, isWhole: fragment == nil) + end
    }
  }

  /// The same from the top of the host that a base URL names.
  static func rooted(base: String) -> Address {
    let parts = base.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return .rooted(at: "/" + (parts.count > 3 ? parts[3] : ""))
  }

  private static func relative(
    _ place: String, from folder: String, _ isHosted: Bool, isWhole: Bool
  ) -> String {
    if place == folder, !isWhole { return "" }
    let isFolder = place.isEmpty || place.utf8.last == UInt8(ascii: "/")
    let (here, there) = (Array(folder.utf8), Array(place.utf8))
    // Up to behind the last `/` of what the two begin with alike.
    var shared = 0
    for (at, byte) in zip(here, there).prefix(while: ==).map(\.0).enumerated()
    where byte == UInt8(ascii: "/") {
      shared = at + 1
    }
    let up = here[shared...].count { $0 == UInt8(ascii: "/") }
    var url = String(repeating: "../", count: up)
    url += String(decoding: there[shared...], as: UTF8.self)
    if isFolder, !isHosted { url += "index.html" }
    return url.isEmpty ? "./" : Slug.percentEncoded(url)
  }
}
