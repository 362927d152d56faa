/// How one page links to another.
///
/// A place is a path from the site's top: a folder with `/` at its end, `""` for the top, or a file.
enum Address {
  /// By a URL that is relative to the page's own folder. Where the site has no place on the web, a
  /// link names `index.html`, as a browser needs that reads from the disk.
  case relative(folder: String, isHosted: Bool)
  /// By a whole URL, for what is read elsewhere: feeds.
  case absolute(base: String)

  /// The URL of a place.
  func url(_ place: String, fragment: String? = nil) -> String {
    let end = fragment.map { "#" + Slug.percentEncoded($0) } ?? ""
    switch self {
    case .absolute(let base): return base + Slug.percentEncoded(place) + end
    case .relative(let folder, let isHosted):
      return Self.relative(place, from: folder, isHosted, isWhole: fragment == nil) + end
    }
  }

  private static func relative(
    _ place: String, from folder: String, _ isHosted: Bool, isWhole: Bool
  ) -> String {
    let isFolder = place.isEmpty || place.hasSuffix("/")
    let here = folder.split(separator: "/")
    let there = place.split(separator: "/")
    if place == folder, !isWhole { return "" }
    var common = 0
    while common < here.count, common < there.count - (isFolder ? 0 : 1),
      here[common] == there[common]
    {
      common += 1
    }
    var url = String(repeating: "../", count: here.count - common)
    url += there[common...].joined(separator: "/")
    if isFolder, common < there.count { url += "/" }
    if isFolder, !isHosted { url += "index.html" }
    return url.isEmpty ? "./" : Slug.percentEncoded(url)
  }
}
