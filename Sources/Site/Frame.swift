internal import Glibc
internal import Markup
internal import Vault

/// What every page has around its own part.
struct Frame {
  let site: Site
  /// The folder of the page, or the file.
  let place: String
  var title: String
  var summary = ""
  /// Whether search engines are to leave it out: it is an older text of another page.
  var isFrozen = false
  /// The place that stands for this page where several say the same.
  var canonical: String?
  /// Links between pages, by the names of RFC 5988, 5829 and 7089.
  var relations: [Relation] = []
  /// More of the page's head, as HTML.
  var head = ""
  /// Attributes of the page's main part, as HTML.
  var mainAttributes = ""
  /// Whether servers show it at any address.
  var isAnywhere = false
  /// Whether formulas that were set are on it, which have styles of their own.
  var hasMath = false

  struct Relation {
    let rel: String
    let place: String
    var type: String?
    var title: String?
  }

  init(_ site: Site, _ place: String, title: String) {
    self.site = site
    self.place = place
    self.title = title
  }

  /// How this page links to others.
  var address: Address {
    if isAnywhere, let base = site.settings.base { return .rooted(base: base) }
    let folder = place.hasSuffix("/") || place.isEmpty ? place : Self.folder(of: place)
    return .relative(folder: folder, isHosted: site.isHosted)
  }

  private static func folder(of place: String) -> String {
    place.lastIndex(of: "/").map { String(place[...$0]) } ?? ""
  }

  /// The page, by a template and the values of its own part.
  func file(_ template: String, _ values: [String: Any]) -> SiteFile {
    let path = place.hasSuffix("/") || place.isEmpty ? place + "index.html" : place
    let all = values.merging(self.values) { own, _ in own }
    return SiteFile(path: path, bytes: site.templates.render(template, all))
  }

  private var values: [String: Any] {
    let settings = site.settings
    let address = self.address
    var navigation: [[String: Any]] = settings.navigation.map { link in
      let isPlace = link.url.hasPrefix("/")
      return [
        "label": link.label,
        "url": isPlace ? address.url(String(link.url.dropFirst())) : link.url,
      ]
    }
    navigation += site.sections.map { ["label": $0.label, "url": address.url($0.place)] }
    var extraHead = head
    if hasMath, let style = site.tools.mathStyle {
      extraHead = "<link rel=\"stylesheet\" href=\"\(escapedHTML(address.url(style)))\">\n" + head
    }
    var values: [String: Any] = [
      "language": settings.language, "isRightToLeft": settings.isRightToLeft, "policy": policy,
      "siteTitle": settings.title,
      "pageTitle": title == settings.title ? title : "\(title) · \(settings.title)",
      "isFrozen": isFrozen, "root": address.url("style.css").dropLast(9).description,
      "home": address.url(""), "navigation": navigation, "relations": relationsHTML,
      "extraHead": extraHead, "mainAttributes": mainAttributes,
      "feeds": site.isHosted
        ? [
          ["label": "Feed", "url": address.url("feed.xml")],
          ["label": "Feed of all changes", "url": address.url("updates.xml")],
        ] : [[String: Any]](),
    ]
    if !summary.isEmpty { values["summary"] = summary }
    if !settings.author.isEmpty { values["author"] = settings.author }
    if !settings.licence.isEmpty { values["licence"] = settings.licence }
    return values
  }

  /// Nothing from anywhere else, and no script but the site's own files.
  private var policy: String {
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; "
      + "connect-src 'self'; base-uri 'none'; form-action 'self'"
      + (hasMath ? "; style-src-attr 'unsafe-inline'" : "")
  }

  private var relationsHTML: String {
    var html = ""
    if let canonical, let base = site.settings.base {
      html += Self.link("canonical", base + Slug.percentEncoded(canonical))
    }
    for relation in relations {
      html += Self.link(
        relation.rel, address.url(relation.place), type: relation.type, title: relation.title)
    }
    if site.isHosted {
      for (file, title, type) in [
        ("feed.xml", "Posts", "application/atom+xml"),
        ("updates.xml", "All changes", "application/atom+xml"),
        ("feed.json", "Posts", "application/feed+json"),
      ] { html += Self.link("alternate", address.url(file), type: type, title: title) }
    }
    return html
  }

  private static func link(
    _ rel: String, _ url: String, type: String? = nil, title: String? = nil
  ) -> String {
    "<link rel=\"\(rel)\" href=\"\(escapedHTML(url))\""
      + (type.map { " type=\"\($0)\"" } ?? "")
      + (title.map { " title=\"\(escapedHTML($0))\"" } ?? "") + ">\n"
  }
}

extension String {
  /// Whether KaTeX made a part of this HTML.
  ///
  /// By C's search, a hundred times as fast as Swift's: every page of a site and of `serve` asks.
  var hasSetMath: Bool { unsafe withCString { unsafe strstr($0, "class=\"katex") != nil } }
}

extension [String: Any] {
  /// Whether KaTeX made a part of any HTML among the values of a page: of its text, of a paragraph that
  /// links to it, of a comparison.
  public var hasSetMath: Bool {
    values.contains { value in
      switch value {
      case let text as String: text.hasSetMath
      case let list as [[String: Any]]: list.contains(where: \.hasSetMath)
      case let part as [String: Any]: part.hasSetMath
      default: false
      }
    }
  }
}
