internal import ArgumentParser
internal import History
internal import Markup
internal import Vault

/// `notes changes [--since DATE|last]`.
struct Changes: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "changes",
    abstract: "Show what changed in the vault since you last looked.",
    discussion: """
      Posts first, and what is new or says something else before what was only mended; with the \
      words that changed, and the versions that were cut. It counts what is not saved yet, and \
      what came from other machines. The next time it begins where this one ended, unless --keep, \
      --since, --path or --limit is given. The first time it shows the last seven days. Exit 1: \
      nothing changed.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Option(
    help: ArgumentHelp("Since this day, or since you last looked.", valueName: "date|last"))
  var since = "last"

  @Flag(help: "The next time begins where this one began.")
  var keep = false

  @Flag(help: "One line each, without the words that changed.")
  var stat = false

  @Option(help: ArgumentHelp("Only below this folder, or of this pattern.", valueName: "glob"))
  var path: String?

  @Option(
    name: .limit, help: ArgumentHelp("At most so many.", valueName: "n"))
  var limit: Int?

  @Option(help: "short, path, json or jsonl.")
  var format = PathFormat.short

  func validate() throws { try refuseLimitBelowOne(limit) }

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options, for: .reading)
    session.page()
    let (start, begin) = try start(in: session, history)
    let digest = try history.digest(since: start)
    let glob = try path.flatMap { try session.place($0, in: history.vault) }.map { Glob($0) }
    let news = digest.changes.filter { glob?.matches($0.path.text) ?? true }
      .map { NoteNews($0, history.vault.settings) }
      .filter { !$0.isNothing }.sorted()
    let shown = news.prefix(limit ?? .max)
    if format.isJSON {
      try session.print(list: shown.map { NewsRecord($0, isWhole: !stat) }, format)
    } else {
      for (place, news) in shown.enumerated() { show(news, isFirst: place == 0, session) }
    }
    if shown.count < news.count {
      session.console.note(StyledText("… and \(news.count - shown.count) more", .dim))
    }
    session.console.note(StyledText(summary(news, begin), .dim))
    let isAll = since == "last" && path == nil && shown.count == news.count
    // What could not be shown is to be told again, and so is what nobody waited for.
    session.console.flush()
    session.console.endPaging()
    let isShown = session.console.failure == 0 && !session.console.isCutShort
    if isAll, !keep, isShown { try history.keep(digest.mark) }
    return news.isEmpty ? .no : .done
  }

  /// Where to begin, and how that is told.
  private func start(
    in session: Session, _ history: borrowing History
  ) throws -> (DigestStart, String) {
    if since != "last" {
      let seconds = try session.firstSecond(of: since)
      return (.moment(seconds - 1), "since \(session.moment(at: seconds).day)")
    }
    if let mark = try history.readMark() {
      let moment = session.moment(at: mark.seconds)
      return (.mark(mark), "since you looked on \(moment.day) at \(moment.time)")
    }
    let seconds = session.clock() / 1_000_000_000 - 7 * 86_400
    return (.moment(seconds), "since \(session.moment(at: seconds).day)")
  }

  private func summary(_ news: [NoteNews], _ begin: String) -> String {
    if news.isEmpty { return "nothing changed \(begin)" }
    let posts = news.count { $0.isPost }
    let parts = [(posts, "post"), (news.count - posts, "note")].filter { $0.0 > 0 }
      .map { counted($0.0, $0.1) }
    let added = news.reduce(0) { $0 + $1.wordsAdded }
    let removed = news.reduce(0) { $0 + $1.wordsRemoved }
    return "\(begin): \(parts.joined(separator: " and ")), "
      + "\(counted(added, "word")) added, \(removed) removed"
  }

  private func show(_ news: NoteNews, isFirst: Bool, _ session: Session) {
    let console = session.console
    if format == .path { return console.print(StyledText(news.change.path.text)) }
    let isOneLine = stat || news.isBrief
    if !isFirst, !isOneLine { console.print() }
    console.print(news.line)
    for version in news.change.versions {
      var line = StyledText("  v\(version.number)", .title) + StyledText("  \(version.day)")
      if !version.note.isEmpty { line.append("  \(version.note.firstLine)") }
      if let words = version.withdrawnWords { line.append("  (\(words))", .warning) }
      console.print(line)
    }
    if isOneLine { return }
    console.print()
    if news.kind == .new {
      if !news.lead.isEmpty { console.print(StyledText(news.lead)) }
    } else {
      session.print(news.diff, unchanged: false)
    }
  }
}
