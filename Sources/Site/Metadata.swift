internal import History
internal import Markup
internal import Vault

/// What machines are told of a post's page.
extension PostPages {
  /// Open Graph (ogp.me) and schema.org's `BlogPosting`; nothing where the site has no place on the web.
  var metadata: String {
    guard let base = site.settings.base else { return "" }
    let (edition, content) = post.latest
    let url = base + Slug.percentEncoded(post.place)
    var properties = [
      ("og:type", "article"), ("og:title", content.title), ("og:url", url),
      ("og:site_name", site.settings.title),
      ("article:published_time", post.editions[0].created),
      ("article:modified_time", post.lastNews.created),
    ]
    if !content.excerpt.isEmpty { properties.append(("og:description", content.excerpt)) }
    var members = [
      ("@context", JSON.string("https://schema.org")), ("@type", JSON.string("BlogPosting")),
      ("headline", JSON.string(content.title)), ("url", JSON.string(url)),
      ("datePublished", JSON.string(post.editions[0].created)),
      ("dateModified", JSON.string(post.lastNews.created)),
      ("version", JSON.string(String(edition.number))),
      ("wordCount", String(content.words)), ("inLanguage", JSON.string(site.settings.language)),
    ]
    if !content.excerpt.isEmpty { members.append(("description", JSON.string(content.excerpt))) }
    if !site.settings.author.isEmpty {
      members.append(
        (
          "author",
          JSON.object([
            ("@type", JSON.string("Person")), ("name", JSON.string(site.settings.author)),
          ])
        ))
    }
    if !content.tags.isEmpty {
      members.append(("keywords", JSON.array(content.tags.map(JSON.string))))
    }
    return properties.map {
      "<meta property=\"\($0.0)\" content=\"\(escapedHTML($0.1))\">\n"
    }.joined() + "<script type=\"application/ld+json\">\(JSON.object(members))</script>\n"
  }

  /// An entry for a bibliography, of one version.
  func citation(_ edition: Post.Edition, _ content: Post.Content) -> String {
    var fields: [(String, String)] = []
    if !site.settings.author.isEmpty { fields.append(("author", Self.tex(site.settings.author))) }
    fields.append(("title", Self.tex(content.title)))
    fields.append(("date", edition.day))
    fields.append(("version", String(edition.number)))
    if let base = site.settings.base {
      fields.append(("url", base + Slug.percentEncoded(post.place(of: edition))))
    }
    let width = fields.map(\.0.count).max() ?? 0
    let lines = fields.map { name, value in
      "  \(name)\(String(repeating: " ", count: width - name.count)) = {\(value)},"
    }
    // BibTeX takes no other letters in a key.
    let key = post.slug.filter { $0.isASCII }
    return "@online{\(key.isEmpty ? post.key : key)-\(edition.name),\n"
      + lines.joined(separator: "\n") + "\n}"
  }

  private static func tex(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&", "%", "$", "#", "_": result += "\\\(character)"
      case "{", "}", "\\", "\n": result += " "
      default: result.append(character)
      }
    }
  }

  /// Where the post's text of each time is (RFC 7089, section 5); `nil` without a place on the web.
  func timeMap() -> SiteFile? {
    guard let base = site.settings.base else { return nil }
    let url = base + Slug.percentEncoded(post.place)
    var lines = [
      "<\(url)>;rel=\"original\"",
      "<\(url)timemap.link>;rel=\"self\";type=\"application/link-format\"",
    ]
    for (index, read) in readable.enumerated() {
      var rel = "memento"
      if index == 0 { rel = "first " + rel }
      if index == readable.count - 1 { rel = "last " + rel }
      lines.append(
        "<\(base)\(Slug.percentEncoded(post.place(of: read.edition)))>;rel=\"\(rel)\""
          + ";datetime=\"\(HTTPDate.text(DateText(read.edition.created)?.secondsSince1970 ?? 0))\"")
    }
    return SiteFile(
      path: post.place + "timemap.link", bytes: Array((lines.joined(separator: ",\n") + "\n").utf8))
  }
}
