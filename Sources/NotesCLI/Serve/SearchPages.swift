internal import History
internal import Markup
internal import NoteIndex
internal import Site
internal import Vault
internal import Web

/// What `notes search` finds, as pages.
extension Pages {
  private static let hitsAtOnce = 20
  private static let passagesOfPast = 50

  func search() throws -> WebResponse {
    let typed = request.query["q"] ?? ""
    let at = request.query["at"].flatMap { $0.isEmpty ? nil : $0 }
    let isPast = request.query["past"] != nil
    let isPart = request.query["part"] != nil
    var values: [String: Any]
    do {
      values = try isPast ? pastHits(typed) : hits(typed, at: at, byMeaning: !isPart)
    } catch let failure as Failure {
      values = ["summary": failure.message, "warnings": [failure.hint].compactMap(\.self)]
    }
    if isPart { return WebResponse(body: desk.templates.render("hits", values)) }
    values["at"] = at ?? ""
    values["isPast"] = isPast
    return page("search", title: typed.isEmpty ? "Search" : typed, values)
  }

  private func hits(_ typed: String, at: String?, byMeaning: Bool) throws -> [String: Any] {
    let query = session.query(typed)
    if query.isEmpty { return ["summary": "Type what to search for, above."] }
    let index = try at.map { try session.index(of: desk.vault, at: $0) } ?? self.index
    var pages = self
    pages.then = at.map { Then(typed: $0, words: "") }
    // Asking the program that makes vectors takes too long for each letter that is typed.
    let meaning = byMeaning && at == nil ? try session.meaning(of: query, in: index) : nil
    let found = try index.search(
      query, limit: Self.hitsAtOnce, offset: offset, snippets: 2, counting: true,
      fillsUp: offset == 0, conflicted: at == nil ? conflicted.map(\.path) : [],
      meaning: meaning, isVouched: at == nil && desk.isVouched(now: session.clock()))
    let related = found.hits.count(where: \.isRelated)
    var link = "/search?q=" + PercentEncoding.encoded(typed)
    if let at { link += "&at=" + PercentEncoding.encoded(at) }
    var summary =
      counted(found.total ?? 0, "note") + (related > 0 ? ", \(related) related" : "")
    if found.hits.isEmpty { summary = "Nothing found." }
    return [
      "summary": summary + (at.map { " as of \($0)" } ?? ""), "warnings": found.warnings,
      "hits": found.hits.map { hit -> [String: Any] in
        [
          "url": pages.url(hit.note.path.text),
          "label": hit.note.title.isEmpty ? hit.note.path.stem : hit.note.title,
          "detail": "\(hit.note.path.text) · \(session.moment(toldAt: hit.note.modified).day)"
            + (hit.isRelated ? " · related" : ""),
          "passages": hit.snippets.map { snippet -> [String: Any] in
            ["html": snippet.html, "line": "line \(snippet.matchLine)"]
          },
        ]
      },
      "pages": steps(
        link, offset: offset, limit: Self.hitsAtOnce, total: found.total ?? 0, joint: "&"),
    ]
  }

  private func pastHits(_ typed: String) throws -> [String: Any] {
    let query = session.query(typed)
    if query.isEmpty { return ["summary": "Type what to search for, above."] }
    let found = try session.searchPast(
      query, in: desk.vault, index, limit: Self.passagesOfPast)
    guard found.unfit.isEmpty else {
      throw Failure("This asks of a note what no single passage has: only words, phrases, -not.")
    }
    var warnings: [String] = []
    if found.isLoose { warnings.append("No passage has all of the words; these have some.") }
    return [
      "summary": found.hits.isEmpty ? "Nothing found." : counted(found.hits.count, "passage"),
      "warnings": warnings, "pages": [[String: Any]](),
      "hits": found.hits.map { hit -> [String: Any] in
        let span = hit.spans[0]
        // What is gone is read in the snapshot before the one without it.
        let when =
          span.vanished.map { PercentEncoding.encoded("\($0.name)\(hit.before)") }
          ?? (hit.isGoneUnsaved ? "HEAD" : nil)
        let values: [String: Any] = [
          "url": when.map { "/at/\($0)/" + HTMLRenderer.url(path: span.path.text) }
            ?? url(span.path.text),
          "label": span.path.text, "detail": words(for: hit),
          "passages": [["html": hit.snippet.html]],
        ]
        return values
      },
    ]
  }

  /// When a passage stood, and what became of it.
  private func words(for hit: PastHit) -> String {
    let span = hit.spans[0]
    var words = session.words(for: span)
    if let moved = hit.movedTo {
      words += " · now in \(moved.text)"
    } else if hit.isGone {
      words += hit.isGoneUnsaved ? " · gone, not saved yet" : " · gone"
    }
    if !hit.wordings.isEmpty { words += " · \(counted(hit.wordings.count, "other wording"))" }
    return words
  }
}

extension SearchResult {
  /// Where something else was searched for than what was typed.
  fileprivate var warnings: [String] {
    repaired.map {
      "Showing results for \($0.used.joined(separator: ", ")): nothing has \($0.typed)."
    }
      + readAsText.map { "Searched as text: \($0)" } + unresolved.map { "No such note: \($0)" }
      + cutShort.map { "Not searched to the end: \($0)" }
  }
}

extension Snippet {
  /// Its text with the words marked, behind the heading it stands under.
  fileprivate var html: String {
    var html = heading.map { "<span class=\"byline\">\(escapedHTML($0)) ›</span> " } ?? ""
    let bytes = Array(self.text.utf8)
    var place = 0
    func text(_ range: Range<Int>) -> String {
      escapedHTML(String(decoding: bytes[range], as: UTF8.self))
    }
    for range in ranges where range.lowerBound >= place && range.upperBound <= bytes.count {
      html += text(place..<range.lowerBound) + "<mark>\(text(range))</mark>"
      place = range.upperBound
    }
    return html + text(place..<bytes.count)
  }
}
