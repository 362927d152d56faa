internal import History
internal import Markup
internal import Vault

/// The pages of one post: the living one, and those that its history is read on.
struct PostPages {
  let site: Site
  let post: Post
  private let place: Int
  private let trails: TrailSteps
  let readable: [(edition: Post.Edition, content: Post.Content)]
  /// How each readable version differs from what it came from; `nil` for the first.
  let changes: [TextDiff?]
  /// The names of the paragraphs of each readable version.
  let paragraphNames: [[String]]
  /// How the newest version differs from each; `nil` for itself.
  let since: [TextDiff?]

  init(of place: Int, in site: Site, _ trails: TrailSteps) {
    self.site = site
    self.place = place
    self.trails = trails
    post = site.posts[place]
    let readable = post.readable
    self.readable = readable
    let changes = readable.indices.map { [post] in Self.change(of: $0, in: post) }
    self.changes = changes
    /// How a version differs from any other.
    func change(_ old: Int, _ new: Int, _ post: Post) -> TextDiff {
      if post.origins[new]?.places == [old], let change = changes[new] { return change }
      return Self.diff(post.readable[old].content.document, post.readable[new].content)
    }
    // A name that was given stays, and so it goes by the numbers of the versions alone.
    paragraphNames = ParagraphNames.all(
      of: readable.map { ($0.edition.number, $0.content.document) },
      changes: readable.indices.map { [post] in $0 == 0 ? nil : change($0 - 1, $0, post) })
    let last = readable.count - 1
    since = readable.indices.map { [post] in $0 == last ? nil : change($0, last, post) }
  }

  /// How a readable version of a post differs from what it came from; `nil` for the first.
  static func change(of index: Int, in post: Post) -> TextDiff? {
    post.origins[index].map { diff($0.text, post.readable[index].content) }
  }

  private static func diff(_ old: Document, _ new: Post.Content) -> TextDiff {
    TextDiff.wordDiff(old: old.bytes, new: new.document.bytes)
  }

  /// The pages, the living one behind those that it leads to.
  func files() -> [SiteFile] {
    var files: [SiteFile] = []
    for index in readable.indices {
      files.append(text(index, isLiving: false))
      files.append(source(index, at: post.place(of: readable[index].edition)))
      if let change = changes[index] { files.append(changesPage(index, change)) }
      if let change = since[index] { files.append(sincePage(index, change)) }
    }
    for edition in post.editions where edition.withdrawn != nil {
      files.append(
        site.withdrawnPage(
          edition, at: post.place(of: edition), history: post.place + "history/"))
    }
    files.append(historyPage())
    if readable.count > 1 { files.append(evolutionPage()) }
    files += [timeMap(), updatesFeed()].compactMap(\.self)
    files.append(source(readable.count - 1, at: post.place))
    let living = text(readable.count - 1, isLiving: true)
    files.append(agePage(of: living))
    files.append(living)
    return files + post.formerSlugs.flatMap { slug in files.map { former($0, at: slug) } }
  }

  // MARK: The text

  /// The page of a version's text: its own, or the living one.
  private func text(_ index: Int, isLiving: Bool) -> SiteFile {
    let (edition, content) = readable[index]
    let folder = isLiving ? post.place : post.place(of: edition)
    var frame = Frame(
      site, folder, title: isLiving ? content.title : "\(content.title) (\(edition.name))")
    frame.summary = content.excerpt
    frame.canonical = post.place
    frame.isFrozen = !isLiving
    frame.relations = relations(index, isLiving: isLiving)
    let address = frame.address
    let page = TextPage(address, own: nil, day: isLiving ? nil : edition.day)
    var renderer = site.renderer(of: content, on: page)
    renderer.paragraphNames = paragraphNames[index]
    let html = renderer.html(of: content.document)
    frame.hasMath = html.hasSetMath
    if isLiving {
      frame.head = metadata
      if readable.count > 1 {
        frame.head += "<script src=\"\(address.url("read.js"))\" defer></script>\n"
      }
      frame.mainAttributes = readerAttributes(address)
    }
    var values: [String: Any] = [
      "title": content.title, "version": edition.name, "html": html,
      "firstDay": post.firstDay, "firstCreated": post.editions[0].created,
      "citation": citation(edition, content), "sourceURL": address.url(folder + "index.md"),
    ]
    if let name = content.heading?.anchor, !name.isEmpty { values["anchor"] = name }
    if !site.settings.author.isEmpty { values["author"] = site.settings.author }
    addDates(edition, index, isLiving: isLiving, to: &values)
    if let status = content.status { values["status"] = status }
    if let confidence = content.confidence { values["confidence"] = confidence }
    addLists(content, address, to: &values)
    if isLiving {
      values["living"] = banner(address)
      values["permalink"] = address.url(post.place(of: edition))
      addNeighbours(address, to: &values)
    } else {
      values["frozen"] = frozen(index, address)
    }
    return frame.file("post", values)
  }

  private func addDates(
    _ edition: Post.Edition, _ index: Int, isLiving: Bool, to values: inout [String: Any]
  ) {
    let news = isLiving ? post.lastNews : edition
    guard index > 0, news.day != post.firstDay else { return }
    values["updatedDay"] = news.day
    values["updatedCreated"] = news.created
  }

  private func addLists(
    _ content: Post.Content, _ address: Address, to values: inout [String: Any]
  ) {
    values.merge(PageTemplates.contents(of: content.document)) { _, new in new }
    values["hasTags"] = !content.tags.isEmpty
    values["tags"] = content.tags.map { tag -> [String: Any] in
      var link: [String: Any] = ["label": "#" + tag]
      // A tag that only an older version has is on no list.
      if let place = site.tagPlaces[tag.lowercased()] { link["url"] = address.url(place) }
      return link
    }
  }

  /// What the living page says of how it came to be so.
  private func banner(_ address: Address) -> [String: Any] {
    let index = readable.count - 1
    let edition = readable[index].edition
    var values: [String: Any] = [
      "version": edition.name, "day": edition.day, "kind": edition.kind.shown,
      "isFirst": index == 0, "historyURL": address.url(post.place + "history/"),
      "ageURL": address.url(post.place + "age/"),
      "versionCount": counted(post.editions.count, "version"),
    ]
    if !edition.note.isEmpty { values["note"] = edition.note }
    if let change = changes[index] {
      values["words"] = change.words
      values["changesURL"] = address.url(post.place(of: edition) + "changes/")
      values["evolutionURL"] = address.url(post.place + "evolution/")
    }
    return values
  }

  private func frozen(_ index: Int, _ address: Address) -> [String: Any] {
    let (edition, content) = readable[index]
    let latest = post.latest.edition
    let isLatest = latest.number == edition.number
    var values: [String: Any] = [
      "version": edition.name, "day": edition.day, "isLatest": isLatest,
      "latest": latest.name, "latestDay": latest.day, "livingURL": address.url(post.place),
      "historyURL": address.url(post.place + "history/"),
      "linksThen": content.document.links.contains { !$0.isExternal && !$0.target.isEmpty },
    ]
    if !isLatest { values["sinceURL"] = address.url(post.place + "since/\(edition.name)/") }
    return values
  }

  private func addNeighbours(_ address: Address, to values: inout [String: Any]) {
    let backlinks = site.links.to(place).map { link -> [String: Any] in
      let source = site.posts[link.source]
      let content = source.latest.content
      let renderer = site.renderer(of: content, on: TextPage(address, own: source.place))
      return [
        "label": source.title, "url": address.url(source.place),
        "html": renderer.html(of: link.block..<link.block + 1, in: content.document),
      ]
    }
    values["hasBacklinks"] = !backlinks.isEmpty
    values["backlinks"] = backlinks
    let steps = trails.through(place).map { step -> [String: Any] in
      func link(_ index: Int) -> [String: Any] {
        ["label": site.posts[index].title, "url": address.url(site.posts[index].place)]
      }
      var values = link(step.trail)
      values["title"] = values.removeValue(forKey: "label")
      if let previous = step.previous { values["previous"] = link(previous) }
      if let next = step.next { values["next"] = link(next) }
      values["both"] = step.previous != nil && step.next != nil
      return values
    }
    values["hasTrailNav"] = !steps.isEmpty
    values["trailNav"] = steps
  }

  private func relations(_ index: Int, isLiving: Bool) -> [Frame.Relation] {
    var relations = [
      Frame.Relation(rel: "version-history", place: post.place + "history/"),
      Frame.Relation(rel: "latest-version", place: post.place),
      Frame.Relation(
        rel: "alternate",
        place: (isLiving ? post.place : post.place(of: readable[index].edition)) + "index.md",
        type: "text/markdown", title: "Source"),
    ]
    if index > 0 {
      relations.append(
        Frame.Relation(
          rel: "predecessor-version", place: post.place(of: readable[index - 1].edition)))
    }
    if index + 1 < readable.count {
      relations.append(
        Frame.Relation(
          rel: "successor-version", place: post.place(of: readable[index + 1].edition)))
    }
    if site.isHosted {
      relations.append(
        Frame.Relation(
          rel: "timemap", place: post.place + "timemap.link", type: "application/link-format"))
      relations.append(
        Frame.Relation(
          rel: "alternate", place: post.place + "updates.xml", type: "application/atom+xml",
          title: "Changes of this post"))
      if !isLiving { relations.append(Frame.Relation(rel: "original", place: post.place)) }
    }
    return relations
  }

  /// What the reader's own browser needs to say what changed since they were here last.
  private func readerAttributes(_ address: Address) -> String {
    guard readable.count > 1 else { return "" }
    let latest = post.latest
    let parts = zip(readable, since).compactMap { read, change -> String? in
      guard let words = change?.words else { return nil }
      let edition = read.edition
      let url = address.url(post.place + "since/\(edition.name)/")
      return "\"\(edition.number)\":[\(JSON.string(words)),\(JSON.string(url))]"
    }
    return " data-post=\"\(escapedHTML(post.key))\" data-version=\"\(latest.edition.number)\""
      + " data-changes=\"\(escapedHTML("{\(parts.joined(separator: ","))}"))\""
  }

  // MARK: Where it stood before

  /// What stands for a file of the post at an address that it had: a page leads on, what machines read
  /// cannot, and is there as well.
  private func former(_ file: SiteFile, at slug: String) -> SiteFile {
    let rest = String(decoding: file.path.utf8.dropFirst(post.place.utf8.count), as: UTF8.self)
    let path = post.place(slug) + rest
    guard rest.hasSuffix("index.html") else { return SiteFile(path: path, bytes: file.bytes) }
    let end = rest.dropLast("index.html".count)
    let address = Address.relative(folder: post.place(slug) + end, isHosted: site.isHosted)
    var values: [String: Any] = [
      "language": site.settings.language, "isRightToLeft": site.settings.isRightToLeft,
      "title": post.title,
      "url": address.url(post.place + end),
    ]
    if let base = site.settings.base {
      values["canonical"] = base + Slug.percentEncoded(post.place + end)
    }
    return SiteFile(path: path, bytes: site.templates.render("redirect", values))
  }
}

extension Version.Kind {
  /// What readers call it.
  var shown: String {
    switch self {
    case .major: "update"
    case .minor: "minor edit"
    case .correction: "correction"
    }
  }
}

extension TextDiff {
  /// How many words came and went.
  var words: String {
    if wordsAdded == 0, wordsRemoved == 0 {
      return blocks.contains { $0.kind == .moved } ? "passages moved" : "no words changed"
    }
    let added = wordsAdded > 0 ? "+\(wordsAdded)" : ""
    let removed = wordsRemoved > 0 ? "−\(wordsRemoved)" : ""
    let numbers = [added, removed].filter { !$0.isEmpty }.joined(separator: " ")
    return numbers + (wordsAdded + wordsRemoved == 1 ? " word" : " words")
  }
}

/// A number with its noun.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
