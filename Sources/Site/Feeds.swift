internal import History
internal import Markup
internal import Vault

/// What feed readers and search engines read: only for a site that has a place on the web.
extension Site {
  /// So many of the newest posts and versions have their text in the feeds.
  static let withText = 20
  /// So many versions are in the feed of changes.
  static let mostVersions = 100

  func feeds() -> [SiteFile] {
    guard let base = settings.base else { return [] }
    return [
      file("feed.xml", postsFeed(base)), file("updates.xml", updatesFeed(base)),
      file("feed.json", jsonFeed(base)), file("sitemap.xml", sitemap(base)),
    ]
  }

  private func file(_ path: String, _ text: String) -> SiteFile {
    SiteFile(path: path, bytes: Array(text.utf8))
  }

  /// A name that stays the same wherever the site moves (RFC 4151): of the authority that the settings
  /// name, else of the host that it stands on.
  func tag(_ base: String, _ rest: String, day: String) -> String {
    if let id = settings.id { return "tag:\(id.name),\(id.day ?? day):\(rest)" }
    let host = base.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    let name = host.prefix { $0 != ":" }
    return "tag:\(name),\(day):\(rest)"
  }

  func tag(of post: Post, _ base: String) -> String {
    tag(base, "post/\(post.key)", day: post.firstDay)
  }

  /// The name of a feed of the whole site, whatever posts are in it: without a day in the settings there is
  /// none that it could have, and it is called by its address.
  private func name(ofFeed name: String, _ base: String) -> String {
    guard let id = settings.id, let day = id.day else { return "\(base)\(name).xml" }
    return "tag:\(id.name),\(day):\(name)"
  }

  // MARK: Atom

  /// One entry for each post; only what readers should know of moves its date.
  private func postsFeed(_ base: String) -> String {
    var feed = AtomFeed(
      id: name(ofFeed: "feed", base), title: settings.title, author: settings.author,
      page: base, url: base + "feed.xml", licence: settings.licence)
    for (place, post) in byNews.enumerated() {
      let content = post.latest.content
      feed.entries.append(
        AtomFeed.Entry(
          id: tag(of: post, base), title: content.title,
          url: base + Slug.percentEncoded(post.place), published: post.editions[0].created,
          updated: post.lastNews.created, summary: content.excerpt,
          content: place < Self.withText ? html(of: content, base, at: post.place) : nil,
          categories: content.tags))
    }
    return feed.xml
  }

  /// One entry for each version, with what it changed.
  private func updatesFeed(_ base: String) -> String {
    var feed = AtomFeed(
      id: name(ofFeed: "updates", base), title: "\(settings.title): all changes",
      author: settings.author, page: base + "updates/", url: base + "updates.xml",
      licence: settings.licence)
    for (place, version) in versions.prefix(Self.mostVersions).enumerated() {
      let hasText = place < Self.withText
      let change = hasText ? PostPages.change(of: version.index, in: version.post) : nil
      feed.entries.append(updateEntry(version.post, version.index, change, base, hasText: hasText))
    }
    return feed.xml
  }

  /// A version, by its place among those that can be read, as an entry of a feed of changes; with
  /// what it changed, or its whole text where nothing is before it, if it is to have a text.
  func updateEntry(
    _ post: Post, _ index: Int, _ change: TextDiff?, _ base: String, hasText: Bool
  ) -> AtomFeed.Entry {
    let (edition, content) = post.readable[index]
    let place = post.place(of: edition)
    let before = post.origins[index]?.text
    var text: String?
    if hasText {
      if let change, let before {
        text = changes(change, before, content, base, at: place)
      } else {
        text = html(of: content, base, at: place)
      }
    }
    let kind = index == 0 ? "first published" : edition.kind.shown
    return AtomFeed.Entry(
      id: tag(base, "post/\(post.key)/\(edition.name)", day: edition.day),
      title: "\(content.title), \(edition.name): \(kind)",
      url: base + Slug.percentEncoded(before == nil ? place : place + "changes/"),
      published: edition.created, updated: edition.created, summary: edition.note, content: text,
      categories: content.tags)
  }

  private func html(of content: Post.Content, _ base: String, at place: String) -> String {
    var renderer = self.renderer(of: content, on: TextPage(.absolute(base: base), own: place))
    renderer.hasNames = false
    return renderer.html(of: content.document)
  }

  /// A comparison for feed readers, which have no style sheet of ours.
  private func changes(
    _ diff: TextDiff, _ old: Document, _ new: Post.Content, _ base: String, at place: String
  ) -> String {
    let html = renderer(of: new, on: TextPage(.absolute(base: base), own: place))
      .html(of: diff, old: old, new: new.document, page: nil)
    return Self.styled(html)
  }

  /// HTML with a style in each of its marks, `<ins>` and `<del>` with or without a class.
  ///
  /// By bytes: Swift's own replacing takes apart each character, which took a third of a feed's time.
  static func styled(_ html: String) -> String {
    let marks = ["<ins": " " + added, "<del": " " + removed].map { (Array($0.utf8), $1.utf8) }
    var styled: [UInt8] = []
    styled.reserveCapacity(html.utf8.count + html.utf8.count / 4)
    var rest = Array(html.utf8)[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      styled += rest[..<start]
      rest = rest[start...]
      if let (mark, style) = marks.first(where: { rest.starts(with: $0.0) }) {
        rest = rest.dropFirst(mark.count)
        styled += mark
        if rest.first == UInt8(ascii: ">") || rest.starts(with: " class".utf8) { styled += style }
      } else {
        styled.append(rest.removeFirst())
      }
    }
    styled += rest
    return String(decoding: styled, as: UTF8.self)
  }

  private static let added = "style=\"background:#d9f2dc;color:#1c1b19\""
  private static let removed = "style=\"background:#fbdfdc;color:#1c1b19\""

  // MARK: JSON Feed

  /// JSON Feed (jsonfeed.org, version 1.1).
  private func jsonFeed(_ base: String) -> String {
    let items = byNews.enumerated().map { place, post -> String in
      let content = post.latest.content
      var members = [
        ("id", JSON.string(tag(of: post, base))),
        ("url", JSON.string(base + Slug.percentEncoded(post.place))),
        ("title", JSON.string(content.title)), ("summary", JSON.string(content.excerpt)),
        ("date_published", JSON.string(post.editions[0].created)),
        ("date_modified", JSON.string(post.lastNews.created)),
      ]
      if place < Self.withText {
        members.append(("content_html", JSON.string(html(of: content, base, at: post.place))))
      } else {
        members.append(("content_text", JSON.string(content.excerpt)))
      }
      if !content.tags.isEmpty {
        members.append(("tags", JSON.array(content.tags.map(JSON.string))))
      }
      return JSON.object(members)
    }
    var members = [
      ("version", JSON.string("https://jsonfeed.org/version/1.1")),
      ("title", JSON.string(settings.title)), ("home_page_url", JSON.string(base)),
      ("feed_url", JSON.string(base + "feed.json")), ("language", JSON.string(settings.language)),
    ]
    if !settings.author.isEmpty {
      members.append(
        ("authors", JSON.array([JSON.object([("name", JSON.string(settings.author))])])))
    }
    members.append(("items", JSON.array(items)))
    return JSON.object(members) + "\n"
  }

  // MARK: Sitemap

  /// The pages that are to be found (sitemaps.org, 0.9): not those of older texts.
  private func sitemap(_ base: String) -> String {
    let newest = posts.map(\.lastNews.created).max()
    var pages: [(place: String, changed: String?)] = [("", newest), ("updates/", newest)]
    for post in posts {
      pages.append((post.place, post.latest.edition.created))
      pages.append((post.place + "history/", post.editions.last?.created))
    }
    pages += tags.map { ($0.place, nil) }
    let urls = pages.map { place, changed in
      "<url><loc>\(escapedHTML(base + Slug.percentEncoded(place)))</loc>"
        + (changed.map { "<lastmod>\(escapedHTML($0))</lastmod>" } ?? "") + "</url>\n"
    }
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      + "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\(urls.joined())</urlset>\n"
  }
}

extension PostPages {
  /// The changes of this post alone.
  func updatesFeed() -> SiteFile? {
    guard let base = site.settings.base else { return nil }
    var feed = AtomFeed(
      id: site.tag(of: post, base) + "/updates", title: "\(post.title): changes",
      author: site.settings.author, page: base + Slug.percentEncoded(post.place + "history/"),
      url: base + Slug.percentEncoded(post.place) + "updates.xml", licence: site.settings.licence)
    for (place, index) in readable.indices.reversed().enumerated() {
      feed.entries.append(
        site.updateEntry(post, index, changes[index], base, hasText: place < Site.withText))
    }
    return SiteFile(path: post.place + "updates.xml", bytes: Array(feed.xml.utf8))
  }
}

/// A feed as Atom has it (RFC 4287).
struct AtomFeed {
  struct Entry {
    let id: String
    let title: String
    let url: String
    let published: String
    let updated: String
    let summary: String
    /// HTML.
    let content: String?
    let categories: [String]
  }

  let id: String
  let title: String
  let author: String
  let page: String
  let url: String
  let licence: String
  var entries: [Entry] = []

  var xml: String {
    var xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    xml += "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
    xml += Self.element("id", id) + Self.element("title", title)
    // A feed has a date even before there is an entry.
    xml += Self.element("updated", entries.map(\.updated).max() ?? "1970-01-01T00:00:00Z")
    xml += "<link rel=\"self\" type=\"application/atom+xml\" href=\"\(Self.escaped(url))\"/>\n"
    xml += "<link rel=\"alternate\" type=\"text/html\" href=\"\(Self.escaped(page))\"/>\n"
    xml += "<author>" + Self.element("name", author.isEmpty ? title : author) + "</author>\n"
    if !licence.isEmpty { xml += Self.element("rights", licence) }
    for entry in entries {
      xml += "<entry>\n" + Self.element("id", entry.id) + Self.element("title", entry.title)
      xml += "<link rel=\"alternate\" type=\"text/html\" href=\"\(Self.escaped(entry.url))\"/>\n"
      xml += Self.element("published", entry.published) + Self.element("updated", entry.updated)
      for category in entry.categories { xml += "<category term=\"\(Self.escaped(category))\"/>\n" }
      if !entry.summary.isEmpty { xml += Self.element("summary", entry.summary) }
      if let content = entry.content {
        xml += "<content type=\"html\">\(Self.escaped(content))</content>\n"
      } else if entry.summary.isEmpty {
        // An entry without content has a summary in any case (RFC 4287, 4.1.2).
        xml += "<summary></summary>\n"
      }
      xml += "</entry>\n"
    }
    return xml + "</feed>\n"
  }

  private static func element(_ name: String, _ text: String) -> String {
    "<\(name)>\(escaped(text))</\(name)>\n"
  }

  /// A text within XML, without the characters that XML 1.0 cannot have at all.
  private static func escaped(_ text: String) -> String {
    // Nearly every text has none of them; two begin with the byte EF.
    let isPlain = text.utf8.allSatisfy {
      $0 >= 0x20 && $0 != 0xEF || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t")
    }
    if isPlain { return escapedHTML(text) }
    let scalars = text.unicodeScalars.filter {
      $0.value >= 0x20 && $0.value != 0xFFFE && $0.value != 0xFFFF || $0 == "\n" || $0 == "\t"
    }
    return escapedHTML(String(String.UnicodeScalarView(scalars)))
  }
}
