internal import History
internal import Markup
internal import Vault

/// A tag with the posts that have it.
struct SiteTag {
  let name: String
  let slug: String
  let posts: [Int]

  var place: String { "tags/\(slug)/" }

  /// The tags of the newest versions.
  static func all(of posts: [Post]) -> [SiteTag] {
    var names: [String: String] = [:]
    var found: [String: [Int]] = [:]
    for (place, post) in posts.enumerated() {
      for tag in post.latest.content.tags {
        let key = tag.lowercased()
        names[key] = names[key] ?? tag
        found[key, default: []].append(place)
      }
    }
    var taken: Set<String> = []
    return names.keys.sorted().map { key in
      let slug = Slug.unused(key) { taken.contains($0) }
      taken.insert(slug)
      return SiteTag(name: names[key] ?? key, slug: slug, posts: found[key] ?? [])
    }
  }
}

/// The pages that lead to posts.
extension Site {
  /// What makes them, for each by itself.
  var listPages: [@Sendable () -> [SiteFile]] {
    var pages: [@Sendable () -> [SiteFile]] = tags.map { tag in { [tagPage(tag)] } }
    if !tags.isEmpty { pages.append { [tagsPage()] } }
    if posts.contains(where: \.isTrail) { pages.append { [trailsPage()] } }
    pages += months.map { month in { [asOfPage(month)] } }
    return pages + [{ [updatesPage()] }, { [indexPage()] }, { [missingPage()] }]
  }

  /// The posts, without trails, in the order of lists.
  var byNews: [Post] {
    posts.filter { !$0.isTrail }.sorted { $0.isNewer(than: $1) }
  }

  private func indexPage() -> SiteFile {
    var frame = Frame(self, "", title: settings.title)
    frame.summary = settings.description
    frame.canonical = ""
    let address = frame.address
    let trails = posts.filter(\.isTrail)
    var values: [String: Any] = [
      "posts": byNews.map { entry($0, address) }, "hasTrails": !trails.isEmpty,
      "trails": trails.map { trail -> [String: Any] in
        let steps = trail.latest.content.document.trailItems.count
        return [
          "title": trail.title, "url": address.url(trail.place),
          "count": steps > 0 ? counted(steps, "step") : "",
        ]
      },
    ]
    if !settings.description.isEmpty { values["siteDescription"] = settings.description }
    return frame.file("index", values)
  }

  private func entry(_ post: Post, _ address: Address) -> [String: Any] {
    let (edition, content) = post.latest
    let news = post.lastNews
    var values: [String: Any] = [
      "title": content.title, "url": address.url(post.place), "firstDay": post.firstDay,
      "firstCreated": post.editions[0].created, "version": edition.name,
    ]
    if news.day != post.firstDay {
      values["updatedDay"] = news.day
      values["updatedCreated"] = news.created
    }
    if !content.excerpt.isEmpty { values["excerpt"] = content.excerpt }
    if edition.number != post.editions[0].number {
      var change: [String: Any] = [
        "url": address.url(post.place + "history/"), "version": edition.name, "day": edition.day,
      ]
      if !edition.note.isEmpty { change["note"] = edition.note }
      values["news"] = change
    }
    return values
  }

  // MARK: By time

  /// The months in which a version was cut, the newest first.
  var months: [String] {
    Set(posts.flatMap { $0.readable.map { String($0.edition.day.prefix(7)) } }).sorted(by: >)
  }

  /// All versions, by the month.
  private func updatesPage() -> SiteFile {
    let frame = Frame(self, "updates/", title: "Updates")
    let address = frame.address
    let all = versions
    let groups = months.map { month -> [String: Any] in
      [
        "name": month, "anchor": "m\(month)", "nameURL": address.url("as-of/\(month)/"),
        "items": all.filter { $0.edition.day.hasPrefix(month) }.map { post, index, edition in
          let isFirst = index == 0
          var item: [String: Any] = [
            "label": post.title, "url": address.url(post.place),
            "detail": "\(edition.name) · \(edition.day) · "
              + (isFirst ? "first published" : edition.kind.shown),
          ]
          if !edition.note.isEmpty { item["text"] = edition.note }
          if !isFirst {
            item["changesURL"] = address.url(post.place(of: edition) + "changes/")
            item["changesLabel"] = edition.name
          }
          return item
        },
      ]
    }
    return frame.file(
      "list",
      [
        "heading": "Updates", "groups": groups,
        "lead":
          "Every version of every post, by the month; a month's name leads to the site as it stood at its end.",
      ])
  }

  /// Every version that can be read, with its place among those of its post, the newest first.
  var versions: [(post: Post, index: Int, edition: Post.Edition)] {
    posts.flatMap { post in
      post.readable.enumerated().map { (post, $0.offset, $0.element.edition) }
    }.sorted {
      ($0.edition.created, $0.post.key, $0.edition.number)
        > ($1.edition.created, $1.post.key, $1.edition.number)
    }
  }

  /// The site as it stood at the end of a month.
  private func asOfPage(_ month: String) -> SiteFile {
    var frame = Frame(self, "as-of/\(month)/", title: "As of \(month)")
    frame.isFrozen = true
    let address = frame.address
    let then = posts.compactMap { post in post.edition(at: month).map { (post, $0) } }
      .sorted { ($0.1.created, $0.0.key) > ($1.1.created, $1.0.key) }
    let items = then.map { post, edition -> [String: Any] in
      let content = edition.content
      var item: [String: Any] = [
        "label": content?.title ?? post.title, "url": address.url(post.place(of: edition)),
        "detail": "\(edition.name) · \(edition.day)",
      ]
      if let excerpt = content?.excerpt, !excerpt.isEmpty { item["text"] = excerpt }
      return item
    }
    return frame.file(
      "list",
      [
        "heading": "The site at the end of \(month)",
        "lead": "\(counted(then.count, "text")), each in the version of then.",
        "groups": [["items": items]],
      ])
  }

  // MARK: By tag and trail

  private func tagPage(_ tag: SiteTag) -> SiteFile {
    let frame = Frame(self, tag.place, title: "#\(tag.name)")
    return frame.file(
      "list",
      ["heading": "#\(tag.name)", "groups": [["items": items(tag.posts, frame.address)]]])
  }

  private func tagsPage() -> SiteFile {
    let frame = Frame(self, "tags/", title: "Tags")
    let items = tags.map { tag -> [String: Any] in
      [
        "label": "#\(tag.name)", "url": frame.address.url(tag.place),
        "detail": counted(tag.posts.count, "text"),
      ]
    }
    return frame.file("list", ["heading": "Tags", "groups": [["items": items]]])
  }

  private func trailsPage() -> SiteFile {
    let frame = Frame(self, "trails/", title: "Trails")
    return frame.file(
      "list",
      [
        "heading": "Trails", "lead": "Texts in an order to read them in.",
        "groups": [["items": items(posts.indices.filter { posts[$0].isTrail }, frame.address)]],
      ])
  }

  func items(_ places: [Int], _ address: Address) -> [[String: Any]] {
    places.map { place in
      let post = posts[place]
      var item: [String: Any] = [
        "label": post.title, "url": address.url(post.place),
        "detail": "\(post.latest.edition.name) · \(post.lastNews.day)",
      ]
      let excerpt = post.latest.content.excerpt
      if !excerpt.isEmpty { item["text"] = excerpt }
      return item
    }
  }

  /// What a server shows for an address that is none.
  ///
  /// It is shown at that address, so its links are from the host's top. Without a base URL nobody knows
  /// where the site is below that, and they hold at its top alone.
  private func missingPage() -> SiteFile {
    var frame = Frame(self, "404.html", title: "Not found")
    frame.isAnywhere = true
    frame.isFrozen = true
    return frame.file(
      "list",
      [
        "heading": "There is no such page",
        "lead": "It may have been renamed, or withdrawn.",
        "groups": [
          [
            "items": [
              ["label": "All posts", "url": frame.address.url("")],
              ["label": "All updates", "url": frame.address.url("updates/")],
            ]
          ]
        ],
      ])
  }
}
