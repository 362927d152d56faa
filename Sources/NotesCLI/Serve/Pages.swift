internal import History
internal import Markup
internal import NoteIndex
internal import Site
internal import Vault
internal import Web

/// The pages of `notes serve`, for one request.
struct Pages {
  let desk: Desk
  let session: Session
  let index: NoteIndex
  let request: WebRequest
  /// The conflicts that wait.
  let conflicted: [Conflict]

  /// A part of an address behind which the vault is shown as it stood: `/at/2025-06-01/…`.
  var then: Then?

  /// The vault as it stood.
  struct Then {
    /// The moment, as it was typed.
    let typed: String
    /// The moment in words.
    let words: String
  }

  var vault: Vault { index.vault }

  func response() throws -> WebResponse {
    var path = request.path[...]
    let first = path.popFirst() ?? ""
    if let form = request.form { return try change(first, Array(path), form) }
    switch first {
    case "": return try home()
    case "notes": return try place(path)
    case "at": return try placeThen(path)
    case "source": return try source(notePath(path))
    case "search": return try search()
    case "tags": return try tags()
    case "history": return try history(of: notePath(path))
    case "compare": return try comparison(of: notePath(path))
    case "changes": return try changes()
    case "conflicts": return try path.isEmpty ? conflicts() : conflict(path[path.startIndex])
    case "edit": return try edit(notePath(path))
    case "timegate": return try timeGate(notePath(path))
    case "timemap": return try timeMap(notePath(path))
    default:
      throw Failure("there is no such page", hint: "the vault's first page is /", status: .no)
    }
  }

  /// The note that a path means: never a part of git's or of our own, never outside.
  func notePath(_ parts: ArraySlice<String>) throws -> NotePath {
    let path = try path(parts)
    guard path.isNote else { throw Failure("\(path.text) is no note", status: .no) }
    return path
  }

  /// A path in the vault, of what may be seen.
  func path(_ parts: some Sequence<String>) throws -> NotePath {
    let text = parts.joined(separator: "/")
    guard let path = try? NotePath(text), !path.isHidden else {
      throw Failure("\(text) is not there", status: .no)
    }
    return path
  }
}

/// How long something may take, from now on.
struct Patience {
  private let end: Int64

  init(milliseconds: Int64) { end = LineProcess.now + milliseconds }

  var isOver: Bool { LineProcess.now > end }
}

// MARK: - Frame

extension Pages {
  /// A page by its template.
  func page(
    _ template: String, title: String, _ values: [String: Any], status: Int = 200,
    isLive: Bool = true, isWide: Bool = false
  ) -> WebResponse {
    let conflicts = conflicted.count
    var navigation: [(label: String, url: String)] = [
      ("Notes", "/notes/"), ("Tags", "/tags"), ("Today", "/changes"),
    ]
    if conflicts > 0 { navigation.append(("Conflicts (\(conflicts))", "/conflicts")) }
    let here = "/" + (request.path.first ?? "")
    var all: [String: Any] = [
      "navigation": navigation.map { link -> [String: Any] in
        [
          "label": link.label, "url": link.url,
          "isHere": link.url.hasPrefix(here) && here.utf8.count > 1,
        ]
      },
      "query": request.query["q"] ?? "", "isLive": isLive && then == nil, "isWide": isWide,
    ]
    if let then { all["then"] = ["words": then.words, "nowURL": nowURL] as [String: Any] }
    return Self.page(
      template, title: title, all.merging(values) { _, own in own }, status: status, of: desk)
  }

  private static func page(
    _ template: String, title: String, _ values: [String: Any], status: Int, of desk: Desk
  ) -> WebResponse {
    let name = desk.vault.name
    var all = values
    all["vault"] = name
    all["pageTitle"] = title == name ? title : "\(title) · \(name)"
    all["language"] = desk.vault.settings.site.language
    all["isRightToLeft"] = desk.vault.settings.site.isRightToLeft
    let hasMath = values.hasSetMath
    all["hasMath"] = hasMath
    var response = WebResponse(status, body: desk.templates.render(template, all))
    if hasMath {
      // KaTeX places what it sets by style attributes.
      response.headers.append(
        (
          "content-security-policy",
          WebServer.policy(style: "; style-src-attr 'unsafe-inline'")
        ))
    }
    return response
  }

  /// A page that says one thing.
  static func message(
    _ message: String, hint: String? = nil, status: Int, heading: String, of desk: Desk
  ) -> WebResponse {
    var values: [String: Any] = ["heading": heading, "message": message]
    if let hint { values["hint"] = hint }
    return page("message", title: heading, values, status: status, of: desk)
  }

  private var nowURL: String {
    let path = request.path.dropFirst(2).joined(separator: "/")
    return path.isEmpty ? "/notes/" : "/notes/" + HTMLRenderer.url(path: path)
  }
}

// MARK: - Parts of pages

extension Pages {
  /// The vault's history, to read it.
  func openHistory() throws -> History {
    try History(of: desk.vault, context: session.historyContext, for: .reading)
  }

  /// Where the vault's files are, as this page shows them.
  var base: String { then.map { Self.base(at: $0.typed) } ?? "/notes/" }

  /// Where they are as they were at a moment.
  private static func base(at revision: String) -> String {
    "/at/\(HTMLRenderer.url(path: revision))/"
  }

  /// The page of a note or a folder.
  func url(_ path: String) -> String { base + HTMLRenderer.url(path: path) }

  /// A page about a note.
  func url(_ page: String, _ path: NotePath, _ query: [(String, String)] = []) -> String {
    let plain = "/\(page)/" + HTMLRenderer.url(path: path.text)
    if query.isEmpty { return plain }
    return plain + "?"
      + query.map { "\($0)=\(PercentEncoding.encoded($1))" }.joined(separator: "&")
  }

  /// A note as a list has it.
  func item(_ note: NoteSummary, hasLead: Bool = true) -> [String: Any] {
    var values: [String: Any] = [
      "url": url(note.path.text), "label": note.title.isEmpty ? note.path.stem : note.title,
      "detail": "\(note.path.text) · \(session.moment(toldAt: note.modified).day)",
    ]
    let lead = note.lead.onOneLine
    if hasLead, !lead.isEmpty { values["text"] = lead }
    return values
  }

  /// The folders above a place, the vault first.
  func crumbs(_ folder: String) -> [[String: Any]] {
    var crumbs: [[String: Any]] = [["url": base, "label": "notes"]]
    var path = ""
    for part in folder.split(separator: "/") {
      path += "\(part)/"
      crumbs.append(["url": url(path), "label": String(part)])
    }
    return crumbs
  }

  /// What the links of a note lead to, on its page or elsewhere.
  func links(from path: NotePath, isElsewhere: Bool = false) throws -> LinkTargets {
    var links = try LinkTargets(of: path, index, vault, attachments: desk.otherFiles)
    links.isElsewhere = isElsewhere
    links.base = base
    links.baseAt = Self.base(at:)
    return links
  }

  /// What renders texts of a note, on its page or elsewhere, some of whose links may lead to what was
  /// `kept` with them.
  ///
  /// What is not set when its patience is over stays as it is written; it is there when the page is
  /// asked for again.
  func renderer(
    of path: NotePath, _ patience: Patience = Patience(milliseconds: 3_000),
    isElsewhere: Bool = false, kept: @escaping HTMLRenderer.Resolve = { _ in nil }
  ) throws -> HTMLRenderer {
    let links = try links(from: path, isElsewhere: isElsewhere)
    var renderer = HTMLRenderer { kept($0) ?? links.goal($0) }
    renderer.loadsRemotePictures = false
    renderer.hidesFromOtherHosts = true
    renderer.trial = desk.tools.trial
    renderer.embedded = { [links] target in
      // Texts of other moments are not shown within this one.
      guard !patience.isOver, target.pin == nil, let note = links.note(target) else { return nil }
      return try? embedded(note, patience)
    }
    renderer.formula = { [tools = desk.tools] in patience.isOver ? nil : tools.formula($0, $1) }
    renderer.highlight = { [tools = desk.tools] in
      patience.isOver ? nil : tools.highlight($0, $1)
    }
    return renderer
  }

  /// A note that another one shows.
  private func embedded(_ path: NotePath, _ patience: Patience) throws -> HTMLRenderer.Embedded {
    let bytes = try vault.files.read(path, limit: vault.settings.largestNote).bytes
    let document = Document(bytes: bytes)
    return HTMLRenderer.Embedded(
      document.withoutTitle, below: document.titleHeading,
      by: try renderer(of: path, patience, isElsewhere: true))
  }

  /// Links to the pages of a list before and behind this one.
  func steps(
    _ url: String, offset: Int, limit: Int, total: Int, joint: String = "?"
  ) -> [[String: Any]] {
    var steps: [[String: Any]] = []
    if offset > 0 {
      steps.append(["label": "← before", "url": "\(url)\(joint)from=\(max(0, offset - limit))"])
    }
    if offset + limit < total {
      steps.append(["label": "more →", "url": "\(url)\(joint)from=\(offset + limit)"])
    }
    return steps
  }

  /// Where a list begins, as its address says.
  var offset: Int { max(0, request.query["from"].flatMap { Int($0) } ?? 0) }
}

extension Vault {
  /// What the vault is called: as its folder.
  var name: String { root.split(separator: "/").last.map(String.init) ?? root }
}
