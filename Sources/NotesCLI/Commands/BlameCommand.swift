internal import ArgumentParser
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes blame POST`.
struct BlameCommand: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "blame",
    abstract: "Show when each passage of a post was first written.",
    discussion: """
      One line for each paragraph: its line, the version that most of it is from, how much of it \
      is newer, and how it begins. Words are followed through edits, through re-wrapped lines, and \
      where a passage was moved or came back. A note without versions is followed through its \
      snapshots. POST@v3 is followed up to v3. --older-than lists what has stood longest, --stale what links to notes that \
      changed since.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The post.", completion: .noteNames)
  var post: String

  @Flag(help: "Follow it through every snapshot, and not only through versions.")
  var all = false

  @Flag(help: "Print the whole text, with what is newer than the rest of its paragraph marked.")
  var words = false

  @Option(
    help: ArgumentHelp(
      "Only paragraphs that stand as they are since before then, the oldest first.",
      valueName: "date"))
  var olderThan: String?

  @Flag(help: "Only paragraphs that link to notes which changed since they were written.")
  var stale = false

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func validate() throws {
    if words, olderThan != nil || stale || format.isJSON {
      throw ValidationError("--words goes with none of --older-than, --stale and --format json")
    }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options, for: .reading)
    let (path, pin) = try session.pastText(post, in: history)
    let blame = try history.blame(
      path, throughSnapshots: all, at: pin.map { try session.revision($0) }
    ) { done, all in
      if done > 0, done % 50 == 0 { session.console.progress("\(done) of \(all) texts read") }
    }
    var passages = BlamedBlock.all(of: blame)
    if let olderThan {
      let end = try session.end(ofWhatIsOlderThan: olderThan)
      let last = session.moment(at: end - 1)
      passages = passages.filter { blame.steps[$0.newest].time?.was(until: last) ?? false }
      passages.sort { ($0.newest, $0.main, $0.line) < ($1.newest, $1.main, $1.line) }
    }
    if stale { passages = try session.stale(passages, blame, path, history) }
    session.page()
    if format.isJSON {
      try session.print(
        list: passages.map { PassageRecord($0, blame, session) }, format)
    } else if words {
      for passage in passages { session.console.print(passage.marked(blame, session)) }
    } else {
      for passage in passages {
        session.console.print(passage.line(blame, session))
        for goal in passage.stale {
          session.console.print(
            StyledText("   → ", .dim) + StyledText(goal.path.text, .path)
              + StyledText("  changed \(session.moment(at: goal.changed).day)"))
        }
      }
    }
    if passages.isEmpty {
      session.console.note(
        stale
          ? "no paragraph links to a note that changed since it was written"
          : olderThan.map { "no paragraph stands as it is since before \($0)" }
            ?? "there is no paragraph")
    }
    if blame.isThroughSnapshots { session.noteCut(of: history) }
    return passages.isEmpty ? .no : .done
  }
}

extension Session {
  /// The passages that link to notes which changed since the passage was last written.
  ///
  /// A link to a version means that text, and does not grow stale.
  fileprivate func stale(
    _ passages: [BlamedBlock], _ blame: Blame, _ path: NotePath, _ history: borrowing History
  ) throws -> [BlamedBlock] {
    let links = try index(of: history.vault).outgoing(path).filter {
      $0.note != nil && $0.note != path
    }
    let now = clock() / 1_000_000_000
    var texts: [NotePath: [KnownText]] = [:]
    try askPast(of: history) { past in
      for goal in Set(links.compactMap(\.note)) { texts[goal] = try past.texts(of: goal) }
    }
    var comparer = TextComparer()
    var goals: [NotePath: LinkedNote] = [:]
    for (goal, texts) in texts {
      goals[goal] = try LinkedNote(at: goal, texts, until: now) { old, new in
        let texts = try [old, new].map { try $0.flatMap { try history.blob(named: $0) } ?? [] }
        return !comparer.wordDiff(old: texts[0], new: texts[1]).isEmpty
      }
    }
    var older: [Int: [Link]] = [:]
    /// The links of one of the texts.
    func olderLinks(_ step: Int) throws -> [Link] {
      if let known = older[step] { return known }
      let text = try history.text(of: path, at: revision(blame.steps[step].name)).bytes
      let found = Document(bytes: text).links.filter { !$0.isExternal }
      older[step] = found
      return found
    }
    var stale: [BlamedBlock] = []
    for var passage in passages {
      let own = links.compactMap { link in
        passage.range.contains(link.range.lowerBound)
          ? link.note.flatMap { goals[$0] }
            .map { (range: link.range, note: $0, isPinned: link.pin != nil) } : nil
      }
      if own.allSatisfy(\.isPinned) { continue }
      let last = try passage.lastLook(own, from: path, links: olderLinks)
      guard let written = blame.steps[last].time?.seconds else { continue }
      var told = Set<NotePath>()
      for (_, note, isPinned) in own where !isPinned && told.insert(note.path).inserted {
        if let changed = note.changed, changed > written {
          passage.stale.append((note.path, changed))
        }
      }
      if !passage.stale.isEmpty { stale.append(passage) }
    }
    return stale
  }
}

/// A note that a passage links to.
private struct LinkedNote {
  let path: NotePath
  /// When its text last changed, in seconds since 1970; another name is no change, and neither are
  /// lines that were wrapped anew.
  let changed: Int64?
  /// Whether it had another path.
  let wasElsewhere: Bool
  private let names: NamedPaths
  private let formerNames: NamedPaths

  /// `isChange` says whether one blob says something else than another.
  init(
    at path: NotePath, _ texts: [KnownText], until now: Int64,
    isChange: (_ old: String?, _ new: String?) throws -> Bool
  ) rethrows {
    self.path = path
    changed = try texts.filter { $0.old != $0.new && $0.snapshot.seconds <= now }
      .sorted { $0.snapshot.seconds > $1.snapshot.seconds }
      .first { try isChange($0.old, $0.new) }?.snapshot.seconds
    let former = Set(texts.compactMap(\.was)).subtracting([path])
    wasElsewhere = !former.isEmpty
    names = NamedPaths([path])
    formerNames = NamedPaths(Array(former))
  }

  /// Whether the links of an older text of a post lead to it by a path that it had, and not by the one
  /// it has.
  func isFollowed(by links: [Link], from post: NotePath) -> Bool {
    func lead(to names: NamedPaths) -> Bool {
      links.contains { link in
        names.match(target: link.target, isByPath: link.kind.isByPath, from: post) != nil
      }
    }
    return lead(to: formerNames) && !lead(to: names)
  }
}

/// A block of a post, with the age of its words.
private struct BlamedBlock {
  let range: Range<Int>
  let line: Int
  let words: ArraySlice<Provenance.Word>
  /// The text that most of its words are from; of two, the older.
  let main: Int
  /// The text that its newest word is from.
  let newest: Int
  /// How many of its words are newer than `main`.
  let newer: Int
  /// The notes that it links to and that changed since its newest word, and when, in seconds since
  /// 1970.
  var stale: [(path: NotePath, changed: Int64)] = []

  /// The text in which the author last wrote it: what `notes mv` made of a link is no look at what it
  /// says.
  func lastLook(
    _ own: [(range: Range<Int>, note: LinkedNote, isPinned: Bool)], from post: NotePath,
    links: (_ step: Int) throws -> [Link]
  ) rethrows -> Int {
    var last = 0
    for word in words where word.origin > last {
      var step = word.origin
      if let note = own.first(where: { $0.range.overlaps(word.range) })?.note, note.wasElsewhere {
        while step > last, try note.isFollowed(by: links(step - 1), from: post) { step -= 1 }
      }
      last = max(last, step)
    }
    return last
  }

  /// The blocks of the text that have words.
  static func all(of blame: Blame) -> [BlamedBlock] {
    var words = blame.words[...]
    return Document(bytes: blame.text).blocks.compactMap { block in
      let own = words.prefix { $0.range.lowerBound < block.range.upperBound }
      words = words.dropFirst(own.count)
      var counts: [Int: Int] = [:]
      for word in own { counts[word.origin, default: 0] += 1 }
      let main = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
      guard let main, let newest = counts.keys.max() else { return nil }
      return BlamedBlock(
        range: block.range, line: block.line, words: own, main: main, newest: newest,
        newer: own.count { $0.origin > main })
    }
  }

  func line(_ blame: Blame, _ session: Session) -> StyledText {
    let step = blame.steps[main]
    var line = StyledText("\(self.line)", .dim) + StyledText("  ") + StyledText(step.name, .title)
    if let time = step.time { line.append("  " + session.day(of: time)) }
    if newer > 0 {
      line.append("  \(newer) of \(words.count) newer", .added)
    }
    let text = String(decoding: blame.text[range], as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    line.append("  " + (text.count > 60 ? text.prefix(59) + "…" : text))
    return line
  }

  /// The whole passage, below a line that says from when it is; newer words stand in `{v3: …}`.
  func marked(_ blame: Blame, _ session: Session) -> StyledText {
    let step = blame.steps[main]
    let day = step.time.map { ", " + session.day(of: $0) } ?? ""
    var text = StyledText("—— \(step.name)\(day)\n", .dim)
    var place = range.lowerBound
    var rest = words
    while let first = rest.first {
      let same = rest.prefix { $0.origin == first.origin }
      rest = rest.dropFirst(same.count)
      let end = same.last?.range.upperBound ?? place
      text.append(String(decoding: blame.text[place..<first.range.lowerBound], as: UTF8.self))
      let words = String(decoding: blame.text[first.range.lowerBound..<end], as: UTF8.self)
      if first.origin > main {
        text.append("{\(blame.steps[first.origin].name): \(words)}", .added)
      } else {
        text.append(words, first.origin < main ? .dim : .plain)
      }
      place = end
    }
    text.append(String(decoding: blame.text[place..<range.upperBound], as: UTF8.self))
    return text + StyledText("\n")
  }
}

/// A passage, as JSON has it.
private struct PassageRecord: Encodable {
  let line: Int
  let text: String
  let from: String
  let day: String?
  let newest: String
  let words: Int
  let newer: Int
  let spans: [Span]
  let stale: [Goal]?

  struct Goal: Encodable {
    let path: String
    let changed: String
  }

  struct Span: Encodable {
    let text: String
    let from: String
    let day: String?
  }

  init(_ passage: BlamedBlock, _ blame: Blame, _ session: Session) {
    line = passage.line
    text = String(decoding: blame.text[passage.range], as: UTF8.self)
    from = blame.steps[passage.main].name
    day = blame.steps[passage.main].time.map { session.day(of: $0) }
    newest = blame.steps[passage.newest].name
    words = passage.words.count
    newer = passage.newer
    var spans: [Span] = []
    var rest = passage.words
    while let first = rest.first {
      let same = rest.prefix { $0.origin == first.origin }
      rest = rest.dropFirst(same.count)
      let range = first.range.lowerBound..<(same.last?.range.upperBound ?? first.range.upperBound)
      let step = blame.steps[first.origin]
      spans.append(
        Span(
          text: String(decoding: blame.text[range], as: UTF8.self), from: step.name,
          day: step.time.map { session.day(of: $0) }))
    }
    self.spans = spans
    stale =
      passage.stale.isEmpty
      ? nil
      : passage.stale.map {
        Goal(path: $0.path.text, changed: session.moment(at: $0.changed).timestamp)
      }
  }
}
