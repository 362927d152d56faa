internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

extension Session {
  /// Asks the index of the vault's history, up to date; one that turns out to be damaged is made
  /// anew, and asked once more.
  func askPast<Answer>(
    of history: borrowing History, _ question: (PastIndex) throws -> Answer
  ) throws -> Answer {
    // What it took in is never asked for again, so it is not begun in the middle.
    try history.requireWhole()
    let index = try PastIndex(of: history.vault, cacheFolder: cacheFolder)
    do {
      try update(index, from: history)
      return try question(index)
    } catch IndexError.damaged {
      try index.makeAnew()
      try update(index, from: history)
      return try question(index)
    }
  }

  private func update(_ index: PastIndex, from history: borrowing History) throws {
    let old = try index.head()
    guard let head = try history.head()?.description, old != head else { return }
    // What was cleared away cannot be told from what is there still.
    if let old, !history.has(old) { try index.makeAnew() }
    try index.take(upTo: head, now: clock()) { taker in
      let known = try taker.head().map { [$0] } ?? []
      try taker.remove(history.pastCommits(leftSince: known))
      try history.eachPastCommit(
        after: known, skipping: taker.knows, isReplaced: taker.isReplaced
      ) { commit in
        try taker.take(commit)
        if taker.taken % 500 == 0 { console.progress("\(taker.taken) snapshots read") }
      }
    }
  }
}

extension Session {
  /// Searches the passages that the notes have and once had.
  func searchPast(
    _ query: Query, in vault: Vault, _ notes: NoteIndex, path: String? = nil,
    goneOnly: Bool = false, limit: Int, joining: Bool = true
  ) throws -> PastResult {
    let history = try History(of: vault, context: historyContext, for: .reading)
    let unsaved = try history.unsavedNotes()
    var found = try askPast(of: history) { index in
      try index.search(
        query, notes: notes, path: path, goneOnly: goneOnly, limit: limit, joining: joining,
        unsaved: unsaved, savedBlob: { try history.savedBlob(at: $0) },
        read: { try history.blob(named: $0) })
    }
    for (place, hit) in found.hits.enumerated() {
      guard let blob = hit.blob, let vanished = hit.spans[0].vanished else { continue }
      let parent = try history.parent(of: vanished.name, with: blob, at: hit.spans[0].path)
      found.hits[place].parent = parent ?? 1
    }
    return found
  }
}

extension Search {
  /// Searches what the notes say and once said.
  func searchPast(_ vault: Vault, _ session: inout Session) throws -> ExitStatus {
    guard !filter.words.isEmpty else {
      throw Failure(
        "nothing to search for", hint: "notes search --history WORDS", status: .usage)
    }
    let typed = filter.words.joined(separator: " ")
    let limit = filter.limit ?? (session.console.isTerminal ? 10 : 50)
    let found = try session.searchPast(
      session.query(typed), in: vault, session.index(of: vault),
      path: filter.path.flatMap { try session.place($0, in: vault) },
      goneOnly: deleted, limit: limit, joining: filter.format != .path)
    guard found.unfit.isEmpty else {
      throw Failure(
        "'\(typed)' asks of a note what no single passage has",
        hint: "only words, phrases and -not here; --path for the folder", status: .usage)
    }
    if found.isLoose {
      session.console.warn(StyledText("no passage has all of the words; these have some", .dim))
    }
    if filter.format.isJSON {
      try session.print(
        list: found.hits.map { PastHitRecord($0, in: session) }, filter.format)
    } else {
      for hit in found.hits { session.print(hit, format: filter.format) }
    }
    let more = found.isCut ? "the best; -n \(max(4 * limit, 4)) for more" : nil
    session.console.note(
      StyledText(
        found.hits.isEmpty
          ? "nothing found for \(typed)"
          : [counted(found.hits.count, "passage"), more].compactMap { $0 }
            .joined(separator: ", "), .dim))
    return found.hits.isEmpty ? .no : .done
  }
}

extension Session {
  /// Prints a passage: where and when it stood, what it says, and how to see it there.
  fileprivate func print(_ hit: PastHit, format: ListFormat) {
    if format == .path { return printPath(hit.path, null: false) }
    var head = StyledText(hit.path.text, .path) + StyledText("  \(words(for: hit.spans[0]))")
    if let moved = hit.movedTo {
      head.append("  now in \(moved.text)", .dim)
    } else if hit.isGone {
      head.append("  gone", .warning)
      if let now = hit.pathNow, now != hit.path { head.append(" from \(now.text)", .dim) }
      if hit.isGoneUnsaved { head.append(", not saved yet", .dim) }
    }
    console.print(head)
    console.print(StyledText("    ") + hit.snippet.styled)
    if format == .long {
      for line in hit.text.split(whereSeparator: \.isNewline) {
        console.print(StyledText("    \(line)", .dim))
      }
    }
    for span in hit.spans.dropFirst().prefix(3) {
      let place = span.path == hit.path ? "" : " in \(span.path.text)"
      console.print(StyledText("    also \(words(for: span))\(place)", .dim))
    }
    if hit.spans.count > 4 {
      console.print(StyledText("    and \(hit.spans.count - 4) times more", .dim))
    }
    if !hit.wordings.isEmpty {
      let days = hit.wordings.flatMap(\.spans).flatMap { [$0.appeared, $0.vanished] }
        .compactMap { $0.map { day($0) } }
      let range = days.min().map { " of \($0) to \(days.max() ?? $0)" } ?? ""
      console.print(
        StyledText("    and \(counted(hit.wordings.count, "other wording"))\(range)", .dim))
      if format == .long {
        for other in hit.wordings {
          console.print(StyledText("      \(words(for: other.spans[0]))", .dim))
          for line in other.text.split(whereSeparator: \.isNewline) {
            console.print(StyledText("      \(line)", .dim))
          }
        }
      }
    }
    let time = hit.spans[0].vanished.map { "\($0.short)\(hit.before)" }
    if let time = time ?? (hit.isGoneUnsaved ? "HEAD" : nil) {
      console.print(StyledText("    notes show \(quoted("\(hit.path.text)@\(time)"))", .dim))
    }
  }

  /// `2024-03-01 to 2025-06-02`, `since 2024-03-01`, `not saved yet`.
  func words(for span: PastHit.Span) -> String {
    switch (span.appeared, span.vanished) {
    case (nil, nil): "not saved yet"
    case (let from?, nil): "since \(day(from))"
    case (nil, let to?): "until \(day(to))"
    case (let from?, let to?): "\(day(from)) to \(day(to))"
    }
  }

  private func day(_ snapshot: KnownSnapshot) -> String { moment(at: snapshot.seconds).day }
}

extension PastHit {
  /// What leads from the snapshot that took it away to the one that had it last, as git writes it.
  var before: String { parent == 1 ? "^" : "^\(parent)" }
}

/// A passage of a search through the history, as JSON.
private struct PastHitRecord: Encodable {
  let path: String
  let pathNow: String?
  let movedTo: String?
  let text: String
  let snippet: String
  let gone: Bool
  let spans: [SpanRecord]
  let wordings: [PastHitRecord]

  struct SpanRecord: Encodable {
    let path: String
    let appeared: SnapshotRecord?
    let vanished: SnapshotRecord?
  }

  struct SnapshotRecord: Encodable {
    let commit: String
    let created: String
    let author: String
    let message: String

    init?(_ snapshot: KnownSnapshot?, _ session: Session) {
      guard let snapshot else { return nil }
      commit = snapshot.name
      created = session.moment(at: snapshot.seconds).timestamp
      author = snapshot.author
      message = snapshot.message
    }
  }

  init(_ hit: PastHit, in session: Session) {
    path = hit.path.text
    pathNow = hit.pathNow?.text
    movedTo = hit.movedTo?.text
    text = hit.text
    snippet = hit.snippet.text
    gone = hit.isGone
    spans = hit.spans.map {
      SpanRecord(
        path: $0.path.text, appeared: .init($0.appeared, session),
        vanished: .init($0.vanished, session))
    }
    wordings = hit.wordings.map { PastHitRecord($0, in: session) }
  }
}
