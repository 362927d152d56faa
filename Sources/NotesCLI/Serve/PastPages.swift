internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault
internal import Web

/// How a note came to be, any two of its texts compared, and what changed in the vault.
extension Pages {
  private static let stepsAtOnce = 100
  private static let newsAtOnce = 30

  // MARK: History

  func history(of path: NotePath) throws -> WebResponse {
    let history = try openHistory()
    let ledger = try history.ledger(of: path)
    let (past, texts) = try session.askPast(of: history) { ($0, try $0.texts(of: path)) }
    let now = try vault.bytesIfThere(path)
    guard !texts.isEmpty || now != nil else {
      throw Failure("there is no note \(path.text), and there never was", status: .no)
    }
    let sittings = Sitting.all(of: texts, ledger.versions, isEach: false)
    let shown = sittings.dropFirst(offset).prefix(Self.stepsAtOnce)
    var steps = try self.steps(Array(shown), past, history, path)
    let isSaved = try now.map { try ObjectID.blob($0).description } == texts.first?.new
    if offset == 0, now != nil, !isSaved {
      steps.insert(
        [
          "revision": "now", "name": "now", "day": "now", "readURL": url(path.text),
          "words": "not saved yet", "what": "the note as it is",
          "changesURL": texts.isEmpty ? "" : comparisonURL(path, "HEAD", "now"),
        ], at: 0)
    }
    // The form is ready for what is asked most: the newest text against the one before it.
    if !steps.isEmpty { steps[0]["isTo"] = true }
    if steps.count > 1 { steps[1]["isFrom"] = true }
    return page(
      "past", title: "History of \(path.stem)",
      [
        "crumbs": crumbs(path.folder), "noteURL": url(path.text), "name": path.name,
        "summary": "\(counted(ledger.versions.count, "version")), "
          + "\(counted(sittings.count, "sitting")), \(counted(texts.count, "snapshot"))",
        "hasSteps": !steps.isEmpty, "steps": steps, "compareURL": url("compare", path),
        "pages": self.steps(
          url("history", path), offset: offset, limit: Self.stepsAtOnce, total: sittings.count),
      ])
  }

  private func steps(
    _ sittings: [Sitting], _ past: PastIndex, _ history: borrowing History, _ path: NotePath
  ) throws -> [[String: Any]] {
    var words = try SittingWords(of: sittings, past)
    var steps: [[String: Any]] = []
    for sitting in sittings {
      let record = PastRecord(sitting, try words.words(of: sitting, history).count, session)
      let version = sitting.versions.last { $0.withdrawn == nil }
      let name = version.map { "v\($0.number)" }
      let revision = name ?? String(record.commit.prefix(12))
      var step: [String: Any] = [
        "revision": revision, "name": name ?? record.moment, "day": record.moment,
        "words": "+\(record.wordsAdded) −\(record.wordsRemoved)",
        "what": sitting.versions.map(\.words).joined() + record.words,
      ]
      if !record.removed {
        // A version is found by the note, another text by where it stood.
        let place = name == nil ? record.path : path.text
        step["readURL"] = "/at/\(revision)/" + HTMLRenderer.url(path: place)
      }
      if let name { step["version"] = name }
      if sitting.pair.old != nil, sitting.pair.new != nil {
        step["changesURL"] = comparisonURL(path, sitting.oldest.snapshot.name + "^", revision)
      }
      steps.append(step)
    }
    words.keep()
    return steps
  }

  private func comparisonURL(_ path: NotePath, _ from: String, _ to: String) -> String {
    url("compare", path, [("from", from), ("to", to)])
  }

  /// Any two texts of a note, compared.
  func comparison(of path: NotePath) throws -> WebResponse {
    let (from, to) = (request.query["from"] ?? "HEAD", request.query["to"] ?? "now")
    let history = try openHistory()
    let old = try text(of: path, at: from, history)
    let new = try text(of: path, at: to, history)
    let diff = TextDiff.wordDiff(old: old.bytes, new: new.bytes)
    let document = Document(bytes: new.bytes)
    let title = document.title ?? path.stem
    let sections = diff.sections(from: old.bytes, to: new.bytes)
    let part = sections.prefix(3).joined(separator: "; ")
    return page(
      "compare", title: "\(title): from \(old.name) to \(new.name)",
      [
        "title": title, "noteURL": url(path.text), "historyURL": url("history", path),
        "heading": "From \(old.name) to \(new.name)",
        "summary": "\(old.day) to \(new.day) · +\(diff.wordsAdded) −\(diff.wordsRemoved) words"
          + (part.isEmpty ? "" : " · in \(part)"),
        "isEmpty": diff.isEmpty,
        "html": try renderer(of: path, isElsewhere: true).html(
          of: diff, old: Document(bytes: old.bytes), new: document, page: url(path.text)),
        "links": [["label": "The other way round", "url": comparisonURL(path, to, from)]],
      ])
  }

  private func text(
    of path: NotePath, at typed: String, _ history: borrowing History
  ) throws -> (bytes: [UInt8], name: String, day: String) {
    if typed == "now" {
      return (try vault.bytesIfThere(path) ?? [], "now", session.moment.day)
    }
    let (bytes, name, time) = try history.text(of: path, at: session.revision(typed))
    return (bytes, name, session.day(of: time))
  }

  // MARK: Time (RFC 7089)

  /// Where the text of a moment is: the header `Accept-Datetime` says which (RFC 7089, section 4.1).
  func timeGate(_ path: NotePath) throws -> WebResponse {
    var wanted = session.clock() / 1_000_000_000
    if let header = request.header("accept-datetime") {
      guard let seconds = HTTPDate.seconds(header) else {
        return .text("Accept-Datetime is no HTTP date\n", status: 400)
      }
      wanted = Int64(seconds)
    }
    let texts = try pastTexts(of: path)
    guard let found = texts.first(where: { $0.snapshot.seconds <= wanted }) ?? texts.last else {
      throw Failure("\(path.text) is in no snapshot yet", hint: "notes save", status: .no)
    }
    var response = WebResponse.elsewhere(memento(found, path), status: 302)
    response.headers += [("vary", "accept-datetime"), ("link", timeLinks(path))]
    return response
  }

  /// All texts of a note, by their times (RFC 7089, section 5).
  func timeMap(_ path: NotePath) throws -> WebResponse {
    let texts = try pastTexts(of: path)
    let links = texts.reversed().map { text in
      "<\(memento(text, path))>;rel=\"memento\";datetime=\""
        + HTTPDate.text(Int(text.snapshot.seconds)) + "\""
    }
    let lines =
      [
        "<\(url(path.text))>;rel=\"original\"",
        "<\(url("timegate", path))>;rel=\"timegate\"",
        "<\(url("timemap", path))>;rel=\"self\";type=\"application/link-format\"",
      ] + links
    return WebResponse(
      type: "application/link-format", body: Array((lines.joined(separator: ",\n") + "\n").utf8))
  }

  /// The texts of a note that there were, the newest first.
  func pastTexts(of path: NotePath) throws -> [KnownText] {
    let history = try openHistory()
    return try session.askPast(of: history) { try $0.texts(of: path) }.filter { $0.new != nil }
  }

  private func memento(_ text: KnownText, _ path: NotePath) -> String {
    "/at/\(text.snapshot.name)/" + HTMLRenderer.url(path: text.path.text)
  }

  /// What leads from a note to its times.
  func timeLinks(_ path: NotePath) -> String {
    "<\(url("timegate", path))>;rel=\"timegate\", "
      + "<\(url("timemap", path))>;rel=\"timemap\";type=\"application/link-format\", "
      + "</notes/\(HTMLRenderer.url(path: path.text))>;rel=\"original\""
  }

  /// What the page of an older text says of its time.
  func mementoHeaders(of path: NotePath, at seconds: Int64) -> [(name: String, value: String)] {
    [("memento-datetime", HTTPDate.text(Int(seconds))), ("link", timeLinks(path))]
  }

  // MARK: What changed

  func changes() throws -> WebResponse {
    let today = session.moment.day
    let since = request.query["since"].flatMap { $0.isEmpty ? nil : $0 } ?? today
    let begin = try session.firstSecond(of: since)
    let history = try openHistory()
    let news = try history.digest(since: .moment(begin - 1)).changes
      .map { NoteNews($0, desk.vault.settings) }.filter { !$0.isNothing }.sorted()
    let day = session.moment(at: begin).day
    var values: [String: Any] = [
      "heading": since == today ? "Today" : "Since \(day)",
      "summary": news.isEmpty
        ? "Nothing changed since \(day)."
        : "\(counted(news.count, "note")), +\(news.reduce(0) { $0 + $1.wordsAdded }) "
          + "−\(news.reduce(0) { $0 + $1.wordsRemoved }) words",
      "spans": [
        ("Today", today), ("Yesterday", "yesterday"), ("A week", "1 week ago"),
        ("A month", "1 month ago"),
      ].map { span -> [String: Any] in
        [
          "label": span.0, "url": "/changes?since=" + PercentEncoding.encoded(span.1),
          "isHere": span.1 == since,
        ]
      },
      "news": try news.prefix(Self.newsAtOnce).map(told),
    ]
    if news.count > Self.newsAtOnce {
      values["more"] = "and \(counted(news.count - Self.newsAtOnce, "note")) more"
    }
    return page("news", title: since == today ? "Today" : "Since \(day)", values)
  }

  private func told(_ news: NoteNews) throws -> [String: Any] {
    let path = news.change.path
    var detail = "\(path.text) · \(news.kind.rawValue)"
    if !news.diff.isEmpty || news.kind == .new || news.kind == .removed {
      detail += " · +\(news.wordsAdded) −\(news.wordsRemoved)"
    }
    if let was = news.change.was { detail += " · was \(was.text)" }
    var values: [String: Any] = [
      "url": news.kind == .removed ? url("history", path) : url(path.text), "label": news.title,
      "detail": detail, "html": "",
      "versions": news.change.versions.map { version in
        "v\(version.number), \(version.day). \(version.note)"
          + (version.withdrawnWords.map { " (\($0))" } ?? "")
      },
    ]
    if news.kind == .new, !news.lead.isEmpty { values["lead"] = news.lead }
    if !news.isBrief, news.kind != .new, let old = news.change.old, let new = news.change.new {
      values["html"] = try renderer(of: path).html(
        of: news.diff, old: Document(bytes: old), new: Document(bytes: new), page: url(path.text))
    }
    return values
  }
}

extension PastRecord {
  /// Day and time, such as `2026-11-28 21:05`.
  fileprivate var moment: String { "\(created.prefix(10)) \(created.dropFirst(11).prefix(5))" }

  /// What was done, and whether it was gone or elsewhere.
  fileprivate var words: String {
    var words = message.firstLine
    if let snapshots { words = "\(snapshots) snapshots: \(words)" }
    if removed { words += " (removed)" }
    if let renamedFrom { words += " (was \(renamedFrom))" }
    return words
  }
}

extension Version {
  /// Its kind and what its author said, before the snapshot's own words.
  fileprivate var words: String {
    let told = note.isEmpty ? kind.rawValue : "\(kind.rawValue): \(note)"
    return (withdrawn.map { "v\(number) withdrawn: \($0)" } ?? told) + " · "
  }
}
