internal import History
internal import Markup
internal import NoteIndex
internal import Site
internal import Vault
internal import Web

/// The vault's first page, its folders, its notes and its other files.
extension Pages {
  /// How many things a list has on one page.
  private static let most = 200
  /// How many paragraphs that link to a note are shown on its page.
  private static let mostBacklinks = 20

  func home() throws -> WebResponse {
    let recent = try index.list(sort: [Sort(.modified, isDescending: true)], limit: 20)
    var filter = Filter()
    filter.types = ["post"]
    let posts = try index.list(filter, sort: [Sort(.modified, isDescending: true)], limit: 10)
    var values: [String: Any] = [
      "counts": "\(grouped(try index.count())) notes, \(grouped(try index.count(filter))) posts",
      "recent": recent.map { item($0) },
      "hasPosts": !posts.isEmpty, "posts": posts.map { item($0, hasLead: false) },
    ]
    if !conflicted.isEmpty {
      values["conflicts"] = counted(conflicted.count, "conflict") + " to settle"
    }
    return page("home", title: vault.name, values)
  }

  /// A folder, a note, or another file.
  func place(_ parts: ArraySlice<String>) throws -> WebResponse {
    if parts.isEmpty { return try folder("") }
    let path = try path(parts)
    if !path.isNote {
      let listing = try index.folder(path.text, limit: Self.most, offset: offset)
      return try listing.isEmpty ? file(path) : folder(path.text)
    }
    guard let note = try index.find(path.text, from: vault.root, limit: 1).first,
      note.path == path
    else {
      return notThere(path)
    }
    return try self.note(note)
  }

  private func notThere(_ path: NotePath) -> WebResponse {
    var values: [String: Any] = [
      "heading": "Not there", "message": "There is no note \(path.text).",
    ]
    if let texts = try? pastTexts(of: path), !texts.isEmpty {
      values["link"] = ["url": url("history", path), "label": "There was one once"]
    }
    return page("message", title: "Not there", values, status: 404)
  }

  /// The same of the vault as it stood.
  func placeThen(_ parts: ArraySlice<String>) throws -> WebResponse {
    guard let typed = parts.first else { throw Failure("as of when?", status: .usage) }
    let rest = parts.dropFirst()
    let seconds: Int64
    switch try session.revision(typed) {
    case .version(let number): return try version(number, of: notePath(rest))
    case .date(let moment): seconds = moment.seconds
    case .commit(let name): seconds = try openHistory().seconds(ofCommit: name)
    }
    let past = try session.index(of: vault, at: typed)
    let moment = session.moment(at: seconds)
    var pages = Pages(
      desk: desk, session: session, index: past, request: request, conflicted: conflicted)
    pages.then = Then(
      typed: typed, words: "The vault as it stood on \(moment.day) at \(moment.time).")
    var response = try pages.place(rest)
    if let path = try? notePath(rest) {
      response.headers += pages.mementoHeaders(of: path, at: seconds)
    }
    return response
  }

  /// A version of a post.
  private func version(_ number: Int, of path: NotePath) throws -> WebResponse {
    let history = try openHistory()
    let (version, ledger) = try history.version(number, of: path)
    let document = Document(bytes: try history.text(of: version, in: ledger, for: path))
    if let name = request.query["picture"] {
      return try picture(name, of: version, at: path, history)
    }
    var pages = self
    pages.then = Then(
      typed: "v\(number)", words: "This is v\(number) of \(version.day), as it was.")
    // Its links lead to the notes as they are: a version is one note's, not the vault's.
    var renderer = try self.renderer(
      of: path,
      kept: { target in
        guard version.pictures[target.name] != nil else { return nil }
        let place = "/at/v\(number)/" + HTMLRenderer.url(path: path.text)
        return HTMLRenderer.Goal(place + "?picture=" + PercentEncoding.encoded(target.name))
      })
    renderer.embedded = { _ in nil }
    return pages.page(
      "note", title: "\(document.title ?? path.stem) (v\(number))",
      [
        "crumbs": crumbs(path.folder), "name": path.name, "title": document.title ?? path.stem,
        "facts": "v\(number) · \(version.day) · \(counted(document.wordCount, "word"))",
        "links": [["label": "History", "url": url("history", path), "key": "h"]],
        "html": html(of: document, by: renderer),
      ])
  }

  /// A picture as a version has it; that of today where this clone has not that version's.
  private func picture(
    _ name: String, of version: Version, at path: NotePath, _ history: borrowing History
  ) throws -> WebResponse {
    guard let id = version.pictures[name] else {
      throw Failure("v\(version.number) of \(path.text) has no picture \(name)", status: .no)
    }
    if let bytes = try history.bytes(ofPicture: id) { return file(bytes, name: name) }
    guard let now = try links(from: path).goal(HTMLRenderer.Target(path: name)) else {
      throw Failure("\(name) is not in this clone", hint: "notes sync", status: .no)
    }
    return .elsewhere(now.url, status: 302)
  }

  private func folder(_ path: String) throws -> WebResponse {
    let listing = try index.folder(path, limit: Self.most, offset: offset)
    if listing.isEmpty, !path.isEmpty { throw Failure("\(path) is not there", status: .no) }
    let name = path.split(separator: "/").last.map(String.init) ?? "Notes"
    let below = path.isEmpty ? "" : path + "/"
    let above = path.split(separator: "/").dropLast().joined(separator: "/")
    return page(
      "folder", title: name,
      [
        "crumbs": path.isEmpty ? [] : crumbs(above), "heading": name,
        "summary": "\(counted(listing.folders.count, "folder")), \(counted(listing.count, "note"))",
        "hasFolders": !listing.folders.isEmpty,
        "folders": listing.folders.map { folder -> [String: Any] in
          [
            "url": url(below + folder.name + "/"), "label": folder.name,
            "detail": counted(folder.notes, "note"),
          ]
        },
        "hasItems": !listing.notes.isEmpty, "items": listing.notes.map { item($0) },
        "pages": steps(
          url(path.isEmpty ? "" : below), offset: offset, limit: Self.most, total: listing.count),
      ])
  }

  private func note(_ note: NoteSummary) throws -> WebResponse {
    let path = note.path
    let document = Document(
      bytes: try vault.files.read(path, limit: vault.settings.largestNote).bytes)
    var values: [String: Any] = [
      "crumbs": crumbs(path.folder), "name": path.name, "title": note.title,
      "facts": facts(of: note), "hasTags": !note.tags.isEmpty,
      "tags": note.tags.map { tag -> [String: Any] in
        ["label": "#" + tag, "url": "/search?q=" + PercentEncoding.encoded("tag:" + tag)]
      },
      "links": links(of: path),
      "html": try html(of: document, by: renderer(of: path)),
    ]
    if let name = document.titleHeading?.anchor, !name.isEmpty { values["anchor"] = name }
    values.merge(PageTemplates.contents(of: document)) { _, new in new }
    if then == nil, let conflict = conflicted.first(where: { $0.path == path }) {
      values["conflict"] =
        ["url": "/conflicts/\(conflict.name)", "words": "A conflict: \(conflict.words)"]
        as [String: Any]
    }
    try addNeighbours(of: note, to: &values)
    var response = page("note", title: note.title, values)
    if then == nil { response.headers.append(("link", timeLinks(path))) }
    return response
  }

  /// The text below the title; its headings have the names that they have in the note.
  private func html(of document: Document, by renderer: HTMLRenderer) -> String {
    var renderer = renderer
    renderer.namesAbove = document.titleHeading.map { [$0.anchor] } ?? []
    return renderer.html(of: document.withoutTitle)
  }

  private func facts(of note: NoteSummary) -> String {
    var facts = [note.type]
    // By its id alone: without one all versions that there are would have to be read.
    if note.type == "post", then == nil, note.id != nil,
      let version = try? vault.knownLedger(of: note.path)?.versions.last
    {
      facts.append("v\(version.number) of \(version.day)")
    }
    if let status = note.status { facts.append(status) }
    facts.append("made \(session.moment(toldAt: note.created).day)")
    facts.append("changed \(session.moment(toldAt: note.modified).day)")
    facts.append(counted(note.wordCount, "word"))
    if let id = note.id { facts.append(id) }
    return facts.joined(separator: " · ")
  }

  private func links(of path: NotePath) -> [[String: Any]] {
    var links: [[String: Any]] = [
      ["label": "History", "url": url("history", path), "key": "h"]
    ]
    if then != nil { return links }
    links.append(["label": "Edit", "url": url("edit", path), "key": "e"])
    links.append(["label": "Source", "url": url("source", path)])
    return links
  }

  /// The notes that link to it, with their paragraphs, and a drawing of what is around it.
  private func addNeighbours(of note: NoteSummary, to values: inout [String: Any]) throws {
    let (backlinks, count) = try index.incoming(note.path, limit: Self.mostBacklinks)
    values["hasBacklinks"] = !backlinks.isEmpty
    // The links of one note stand one behind the other.
    var last: (source: NotePath, renderer: HTMLRenderer)?
    values["backlinks"] = try backlinks.map { link -> [String: Any] in
      let source = link.link.source
      if last?.source != source {
        var renderer = try self.renderer(of: source, isElsewhere: true)
        renderer.hasNames = false
        last = (source, renderer)
      }
      return [
        "url": url(source.text), "label": link.title.isEmpty ? source.stem : link.title,
        "html": last?.renderer.html(of: Document(link.paragraph)) ?? "",
      ]
    }
    if count > backlinks.count {
      values["moreBacklinks"] =
        [
          "label": "and \(grouped(count - backlinks.count)) more",
          "url": "/search?q=" + PercentEncoding.encoded("links-to:\"\(note.path.text)\""),
        ] as [String: Any]
    }
    let graph = try LocalGraph(around: note, in: index)
    values["hasGraph"] = !graph.isEmpty
    values["graph"] = graph.svg { url($0.text) }
  }

  /// A note's text as it is written.
  func source(_ path: NotePath) throws -> WebResponse {
    let bytes = try vault.files.read(path, limit: vault.settings.largestNote).bytes
    return WebResponse(type: "text/plain; charset=utf-8", body: bytes)
  }

  /// A file that is no note: shown where it is a picture, and else only to be kept.
  ///
  /// Whatever it is, nothing in it runs, and it is not taken for anything else than its name says.
  private func file(_ path: NotePath) throws -> WebResponse {
    let bytes: [UInt8]
    if let then {
      let history = try openHistory()
      bytes = try history.text(of: path, at: session.revision(then.typed)).bytes
    } else {
      bytes = try vault.files.read(path, limit: Self.largestFile).bytes
    }
    return file(bytes, name: path.name)
  }

  private func file(_ bytes: [UInt8], name: String) -> WebResponse {
    let end = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let picture = Self.pictures[end]
    var response = WebResponse(type: picture ?? "application/octet-stream", body: bytes)
    response.headers = [("content-security-policy", "default-src 'none'; sandbox")]
    if picture == nil || end == "svg" {
      response.headers.append(("content-disposition", "attachment"))
    }
    return response
  }

  private static let largestFile: Int64 = 64_000_000

  private static let pictures = [
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "avif": "image/avif", "svg": "image/svg+xml",
  ]

  func tags() throws -> WebResponse {
    let tags = try index.tags()
    return page(
      "folder", title: "Tags",
      [
        "crumbs": [], "heading": "Tags", "summary": counted(tags.count, "tag"),
        "hasFolders": false, "hasItems": !tags.isEmpty,
        "items": tags.map { tag -> [String: Any] in
          [
            "url": "/search?q=" + PercentEncoding.encoded("tag:\(tag.tag)"), "label": "#" + tag.tag,
            "detail": counted(tag.count, "note"),
          ]
        }, "pages": [],
      ])
  }
}

extension Document {
  /// A first heading that says the title: pages have it above.
  var titleHeading: Heading? {
    guard let title, let first = blocks.first,
      let heading = headings.first(where: { $0.level == 1 }), heading.text == title,
      heading.range.lowerBound == first.range.lowerBound
    else { return nil }
    return heading
  }

  /// Without a first heading that says the title.
  var withoutTitle: Document {
    guard let heading = titleHeading else { return self }
    return Document(
      bytes: Array(bytes[..<heading.range.lowerBound] + bytes[heading.range.upperBound...]))
  }
}
