internal import ArgumentParser
internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes version cut|list|show|note|withdraw`.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Cut, list and read the versions of a post: v1, v2, ….",
    discussion: """
      A version is what the author calls one: a text with a number, a day, a kind (major, minor, \
      correction) and a note saying why. Its text is kept in .notes/versions/, whatever happens to \
      branches and names. POST@v3 is version 3, wherever an older text can be named.

      \(exits())
      """,
    subcommands: [
      Cut.self, List.self, Show.self, Note.self, Withdraw.self, VersionImportCommand.self,
    ],
    defaultSubcommand: List.self)

  /// `notes version cut`.
  struct Cut: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "cut",
      abstract: "Make the post's text its next version, and save it.",
      discussion: """
        Without --kind it proposes one, and says why: a few words are minor; with a number, a \
        negation or a sign among them, a correction; with a link, a formula, code or a citation \
        among them, or where more changed, major. A second cut on the same day replaces the day's \
        version, unless a remote has it or --new is given. The pictures that the post shows are \
        kept as they are.

        \(exits(.no, .failed, .noVault, .busy, .unsafe))
        """)

    @OptionGroup var options: VaultOptions

    @Argument(help: "The post.", completion: .noteNames)
    var post: String

    @Option(name: .shortAndLong, help: "Why, in your words.")
    var message: String?

    @Option(
      help: "major, minor or correction.",
      completion: .list(Version.Kind.allCases.map(\.rawValue)), transform: kind(typed:))
    var kind: Version.Kind?

    @Flag(help: "A new version, though there is one of today.")
    var new = false

    @Option(
      help: ArgumentHelp(
        "Of a first version: the day on which it was published elsewhere, or 'created' for the one "
          + "in its front matter.",
        valueName: "day"), transform: day(typed:))
    var date: VersionOptions.Day?

    @Option(help: "short, json or jsonl.")
    var format = ShortFormat.short

    func validate() throws {
      if new, date != nil { throw ValidationError("--new and --date do not go together") }
    }

    func run(in session: inout Session) throws -> ExitStatus {
      let history = try session.history(options)
      let path = try session.pastPath(post, in: history)
      var cut = VersionOptions()
      cut.kind = kind
      cut.note = message ?? ""
      cut.isNew = new
      cut.day = date
      let files = SharedAttachments(history.vault)
      let (change, saved) = try session.carryOut(saying: "Version", nil, history) {
        try history.cut(path, cut) { files.find($0, from: path.folder, byName: true) }
      }
      let version = change.version
      if format.isJSON {
        try session.print(VersionRecord(version), format)
      } else {
        session.console.print(
          StyledText("v\(version.number)", .title) + StyledText("  \(version.day)  ")
            + StyledText(version.kind.rawValue) + StyledText("  ")
            + StyledText(path.text, .path))
      }
      if let reason = change.reason {
        session.console.note(
          "\(version.kind.rawValue), since \(reason); --kind says otherwise")
      }
      if date == nil, version.number == 1, let day = change.writtenDay, day < version.day {
        session.console.note(
          "its front matter says \(day); '--date created' gives v1 that day")
      }
      if change.replaces {
        let day = date == nil ? "today's " : ""
        session.console.note("it takes the place of \(day)v\(version.number)")
      }
      return session.warnOfUnsaved(saved)
    }
  }

  /// `notes version list`.
  struct List: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List a post's versions, or the newest of every post.",
      discussion: exits(.no, .failed, .noVault))

    @OptionGroup var options: VaultOptions

    @Argument(help: "The post. Default: all of them.", completion: .noteNames)
    var post: String?

    @Option(help: "short, path, json or jsonl.")
    var format = PathFormat.short

    func run(in session: inout Session) throws -> ExitStatus {
      let history = try session.history(options, for: .reading)
      let posts: [(ledger: Ledger, path: NotePath?)]
      if let post {
        let path = try session.pastPath(post, in: history)
        posts = [(try history.ledger(of: path), path)]
      } else {
        let ledgers = try history.vault.ledgers()
        posts = try zip(ledgers, session.places(of: ledgers, in: history.vault)).map { ($0, $1) }
      }
      let newest = posts.compactMap { ledger, path in
        // Where all are withdrawn, the last says so.
        (ledger.latest ?? ledger.versions.last).map { (version: $0, path: path ?? $0.path) }
      }.sorted { ($1.version.created, $0.path) < ($0.version.created, $1.path) }
      let versions = post == nil ? newest.map(\.version) : posts[0].ledger.versions.reversed()
      if format.isJSON {
        try session.print(list: versions.map { VersionRecord($0) }, format)
      } else if format == .path {
        for (_, path) in newest { session.console.print(StyledText(path.text, .path)) }
      } else if post == nil {
        for (version, path) in newest {
          session.console.print(version.line + StyledText("  ") + StyledText(path.text, .path))
        }
      } else {
        for version in versions { session.console.print(version.line) }
      }
      for (ledger, _) in posts { session.warn(ofUnreadable: ledger) }
      if versions.isEmpty {
        session.console.note(
          "no version was cut yet; hint: notes version cut \(post.map(quoted) ?? "POST")")
      }
      return versions.isEmpty ? .no : .done
    }
  }

  /// `notes version show`.
  struct Show: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print the text of a version.",
      discussion: exits(.no, .failed, .noVault))

    @OptionGroup var options: VaultOptions

    @Argument(help: "The version, as POST@v3.", completion: .noteNames)
    var version: String

    @Option(help: "short, json or jsonl.")
    var format = ShortFormat.short

    func run(in session: inout Session) throws -> ExitStatus {
      let history = try session.history(options, for: .reading)
      let (version, ledger, path) = try session.version(version, in: history)
      let text = try history.text(of: version, in: ledger, for: path)
      if format.isJSON {
        try session.print(VersionRecord(version, content: text), format)
      } else {
        session.print(text: text)
      }
      return .done
    }
  }

  /// `notes version note`.
  struct Note: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "note",
      abstract: "Say anew why a version was cut.",
      discussion: exits(.no, .failed, .noVault, .busy, .unsafe))

    @OptionGroup var options: VaultOptions

    @Argument(help: "The version, as POST@v3.", completion: .noteNames)
    var version: String

    @Option(name: .shortAndLong, help: "Why, in your words.")
    var message: String

    @Option(help: "short, json or jsonl.")
    var format = ShortFormat.short

    func run(in session: inout Session) throws -> ExitStatus {
      let history = try session.history(options)
      let (change, saved) = try session.carryOut(saying: "Annotate version", message, history) {
        let (version, ledger, _) = try session.version(version, in: history)
        return try history.annotate(version, in: ledger, message)
      }
      try session.print(change.version, format)
      return session.warnOfUnsaved(saved)
    }
  }

  /// `notes version withdraw`.
  struct Withdraw: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "withdraw",
      abstract: "Withdraw a version: number, day and reason stay, its text is published no more.",
      discussion: """
        The snapshots that have the text keep it; what is withdrawn is the version.

        \(exits(.no, .failed, .noVault, .busy, .unsafe))
        """)

    @OptionGroup var options: VaultOptions

    @Argument(help: "The version, as POST@v3.", completion: .noteNames)
    var version: String

    @Option(name: .shortAndLong, help: "Why, in your words.")
    var message: String

    @Option(help: "short, json or jsonl.")
    var format = ShortFormat.short

    func run(in session: inout Session) throws -> ExitStatus {
      let history = try session.history(options)
      let (change, saved) = try session.carryOut(saying: "Withdraw version", message, history) {
        let (version, ledger, _) = try session.version(version, in: history)
        return try history.withdraw(version, in: ledger, because: message)
      }
      try session.print(change.version, format)
      return session.warnOfUnsaved(saved)
    }
  }
}

extension Session {
  /// The version that `POST@v3` means, and the post.
  func version(
    _ typed: String, in history: borrowing History
  ) throws -> (Version, Ledger, NotePath) {
    guard let (post, pin) = pinned(typed), case .version(let number)? = try? revision(pin) else {
      throw Failure(
        "\(typed) names no version", hint: "a version is POST@v3", status: .usage)
    }
    let path = try pastPath(post, in: history)
    let (version, ledger) = try history.version(number, of: path)
    return (version, ledger, path)
  }

  /// Prints a version that was changed.
  fileprivate func print(_ version: Version, _ format: ShortFormat) throws {
    if format.isJSON {
      try print(VersionRecord(version), format)
    } else {
      console.print(version.line)
    }
  }

  /// Where the posts of some versions are now: each where the note with their id is, else where they
  /// know it to be.
  fileprivate func places(of ledgers: [Ledger], in vault: Vault) throws -> [NotePath?] {
    if ledgers.isEmpty { return [] }
    let index = try index(of: vault)
    return try ledgers.map { ledger in
      let found = try index.find(ledger.key, from: workingFolder)
      return found.first { $0.id == ledger.key }?.path ?? ledger.place
    }
  }

  /// Names the records of a post's versions that cannot be read.
  fileprivate func warn(ofUnreadable ledger: Ledger) {
    for (number, record) in ledger.unreadable.sorted(by: { $0.key < $1.key }) {
      console.warn(
        StyledText("v\(number) cannot be read: ", .warning) + StyledText(record.text, .path))
    }
  }

  /// Writes what a change of versions asks for, which is thought out once no other command can write, and
  /// saves with `words`, or else with the author's words for the version.
  fileprivate func carryOut(
    saying subject: String, _ words: String?, _ history: borrowing History,
    _ think: () throws -> VersionChange
  ) throws -> (change: VersionChange, saved: Saved) {
    let (change, changes) = try editor(of: history.vault).perform {
      let change = try think()
      return (change, change.edits)
    }
    let version = change.version
    let (number, path) = (version.number, version.path.text)
    let saved = try save(
      changes, "v\(number) of \(path)", "\(subject) \(number) of \(path)", words ?? version.note,
      history)
    return (change, saved)
  }

  /// Writes files, and saves; `done` is said where that is all that could be done.
  func carryOut(
    _ edits: [FileEdit], _ done: String, _ subject: String, _ words: String,
    _ history: borrowing History
  ) throws -> Saved {
    try save(editor(of: history.vault).perform(edits), done, subject, words, history)
  }

  /// Saves what was written.
  private func save(
    _ changes: [VaultChange], _ done: String, _ subject: String, _ words: String,
    _ history: borrowing History
  ) throws -> Saved {
    let saved: Saved
    do {
      saved = try history.save(message: words.isEmpty ? subject : "\(subject): \(words)")
    } catch {
      var failure = Failure(error)
      failure.message = "\(done): written, and only the snapshot is missing: \(failure.message)"
      failure.hint = (failure.hint.map { "\($0); " } ?? "") + "notes save takes the snapshot"
      throw failure
    }
    try updateIndex(of: history.vault, changes)
    return saved
  }
}

/// The day of a first version that a word means.
private func day(typed word: String) throws -> VersionOptions.Day {
  if word == "created" { return .written }
  guard let day = DateText(word) else {
    throw ValidationError("'\(word)' is no day such as 2021-05-06, and not 'created'")
  }
  return .on(day.date)
}

/// The kind of a version that a word means.
private func kind(typed word: String) throws -> Version.Kind {
  guard let kind = Version.Kind(rawValue: word.lowercased()) else {
    throw ValidationError("'\(word)' is none of major, minor, correction")
  }
  return kind
}

extension Version {
  /// One line: number, day, kind, note.
  var line: StyledText {
    var line =
      StyledText("v\(number)", .title) + StyledText("  \(day)  \(kind.rawValue)")
    if !note.isEmpty { line.append("  \(note.firstLine)") }
    if let withdrawnWords { line.append("  (\(withdrawnWords))", .warning) }
    return line
  }

  /// That it was withdrawn, when and why; `nil` where it was not.
  var withdrawnWords: String? {
    withdrawn.map { Self.withdrawnWords(withdrawnOn?.firstLine, $0.firstLine) }
  }

  /// The same of a day, where it is known, and a reason.
  static func withdrawnWords(_ day: String?, _ reason: String) -> String {
    "withdrawn\(day.map { " \($0)" } ?? ""): \(reason)"
  }
}

/// A version, as JSON has it.
struct VersionRecord: Encodable {
  let version: Int
  let path: String
  let created: String
  let kind: String
  let note: String
  let author: String
  let text: String
  let withdrawn: String?
  let withdrawnOn: String?
  /// The pictures that it kept, by what its links say; the blobs' names in git.
  let pictures: [String: String]
  /// Its text, where one version is asked for.
  let content: String?

  init(_ version: Version, content: [UInt8]? = nil) {
    self.version = version.number
    path = version.path.text
    created = version.created
    kind = version.kind.rawValue
    note = version.note
    author = version.author
    text = version.text.description
    withdrawn = version.withdrawn
    withdrawnOn = version.withdrawnOn
    pictures = version.pictures.mapValues(\.description)
    self.content = content.map { String(decoding: $0, as: UTF8.self) }
  }
}
