internal import ArgumentParser
internal import Git
internal import History
internal import Vault

/// `notes save [-m MESSAGE]`.
struct Save: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "save",
    abstract: "Take a snapshot of the vault.",
    discussion: """
      A snapshot is a git commit of every file of the vault as it is now, byte for byte. Without \
      -m its message says which files changed. Nothing changed: no snapshot, exit 0.

      \(exits(.no, .failed, .noVault, .busy, .unsafe))
      """)

  @OptionGroup var options: VaultOptions

  @Option(name: .shortAndLong, help: "Why, in your words.")
  var message: String?

  @Flag(help: "Save even if more than a quarter of the files are gone.")
  var acceptDeletions = false

  @Flag(help: "Say what is kept out of a snapshot and why, and save nothing.")
  var explain = false

  @Option(
    help: ArgumentHelp(
      "A file whose keys or passwords may be saved as they are now, on every machine.",
      valueName: "file"),
    completion: .file())
  var allowSecret: [String] = []

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options)
    let console = session.console
    for file in allowSecret {
      let allowed = try history.vault.allowSecrets(
        in: history.vault.path(typed: file, from: session.workingFolder))
      if allowed.isEmpty {
        throw Failure("\(file) holds nothing that is not allowed", hint: "notes save --explain")
      }
    }
    if explain { return session.explain(try history.status()) }
    let saved = try history.save(message: message, acceptsDeletions: acceptDeletions) {
      console.progress($0)
    }
    session.warn(ofUnwritten: try history.unwritten())
    session.warnOfUserIndex(history)
    return session.report(saved)
  }
}

extension Session {
  /// Says what a snapshot holds, and what it could not.
  func report(_ saved: Saved) -> ExitStatus {
    tell(of: saved.misplaced)
    let status = warnOfUnsaved(saved)
    guard let commit = saved.commit else {
      console.note("nothing\(status == .done ? "" : " else") to save")
      return status
    }
    print(saved.changes, limit: 20)
    console.note("saved \(counted(saved.changes.count, "file")) as \(commit.short)")
    return status
  }

  /// Names each file that is in no snapshot, and why.
  ///
  /// - Returns: how a command ends that did all else.
  @discardableResult
  func warnOfUnsaved(_ saved: Saved) -> ExitStatus {
    for entry in saved.skipped { console.warn(entry.line) }
    for file in saved.stopped { console.warn(file.line) }
    if saved.stopped.isEmpty { return saved.skipped.contains(where: \.isUnread) ? .failed : .done }
    console.note(StyledText("hint: notes save --explain", .dim))
    return .unsafe
  }

  /// Says that git's own index is not as the snapshots are, where that could not be mended.
  func warnOfUserIndex(_ history: borrowing History) {
    guard history.leavesUserIndexBehind else { return }
    warnOnce(
      "git's index could not be brought up to date: a git commit would take back what is new; "
        + "hint: notes doctor")
  }

  /// Says where the edits are that git had put into texts which nobody edits.
  func tell(of edits: [MisplacedEdit]) {
    for edit in edits { console.warn(edit.line) }
    if edits.contains(where: { if case .waits = $0.fate { true } else { false } }) {
      console.note(StyledText("hint: notes conflicts", .dim))
    }
  }

  /// Warns of the first twenty of several things, and says how many more there are.
  func warn(_ lines: [StyledText]) {
    for line in lines.prefix(20) { console.warn(line) }
    if lines.count > 20 { console.warn(StyledText("and \(lines.count - 20) more", .dim)) }
  }

  /// Names each file that sync could not write, and why.
  func warn(ofUnwritten files: [UnwrittenFile]) {
    warn(files.map(\.line))
    if !files.isEmpty {
      console.note(
        StyledText(
          "hint: clear the way, or see to the permission; notes sync tries again", .dim))
    }
  }

  /// Says of each file that is in no snapshot what to do about it.
  fileprivate func explain(_ status: Saved) -> ExitStatus {
    for entry in status.skipped {
      console.print(StyledText(entry.path, .path) + StyledText(": \(entry.why)"))
    }
    if status.skipped.contains(where: \.isTooLarge) {
      console.print(
        "A larger file is versioned where 'largest-file' in .notes/config.yaml allows it, "
          + "up to 256 MiB.")
    }
    let found = status.stopped.flatMap { file in file.secrets.map { (file.path, $0) } }
    for (path, secret) in found {
      console.print(
        StyledText(path.text, .path) + StyledText(":\(secret.line): \(secret.longWords)"))
    }
    guard !status.stopped.isEmpty else {
      if status.skipped.isEmpty { console.note("nothing is kept out of a snapshot") }
      return .done
    }
    if found.contains(where: { $0.1.kind != .conflictMarkers }) {
      console.print(
        """
        A snapshot is for ever, and a push hands it on: a key that was pushed is to be replaced.
        So these files stay as they were in the last snapshot until one of these is done:
          take it out of the text; a name such as $API_KEY says as much
          notes save --allow-secret FILE    allows what the file holds now, on every machine
          allow-secrets: [FILE]             in .notes/config.yaml: whatever the file will hold
        """)
    }
    if found.contains(where: { $0.1.kind == .conflictMarkers }) {
      console.print(
        """
        The lines from <<<<<<< to >>>>>>> are what a merge of git's left, on every machine if they are sent.
        So these notes stay as they were in the last snapshot until one of these is done:
          make of both sides what you mean, and take the markers out
          put them into a code block, where they are meant to be seen
          notes save --allow-secret FILE    allows what the note holds now, on every machine
        """)
    }
    return .unsafe
  }
}

extension StoppedFile {
  /// One line: that it was not saved, its path and why.
  var line: StyledText { .line("not saved: ", path.text, words) }

  /// Why it is stopped, in a few words.
  var words: String {
    let first = secrets.first.map { "line \($0.line): \($0.words)" }
    let more = secrets.count > 1 ? " and \(secrets.count - 1) more" : ""
    return (first ?? "") + more + (place.map { "; the others keep \($0) until then" } ?? "")
  }
}

extension Secret {
  /// What was found, with its beginning.
  var words: String { isMarkers ? kind.rawValue : "\(looks), \(excerpt)" }

  fileprivate var longWords: String {
    isMarkers ? kind.rawValue : "\(looks), beginning with \(excerpt)"
  }

  private var isMarkers: Bool { kind == .conflictMarkers }

  /// What it looks like, with its article.
  private var looks: String {
    let name = kind.rawValue
    return "what looks like \("aeiouAEIOU".contains(name.first ?? " ") ? "an" : "a") \(name)"
  }
}

extension MisplacedEdit {
  /// One line: the file that holds its own text again, and what became of the edit.
  var line: StyledText { .line("put right: ", file.text, words) }

  /// What became of the edit, in a few words.
  private var words: String {
    switch fate {
    case .known: "it had been changed"
    case .merged(let note): "git had put an edit there, which is in \(note) now"
    case .waits(let note): "git had put an edit of \(note) there, which waits as a conflict"
    case .moved(let note): "git had moved it there with its folder; it is \(note) now"
    case .kept(let name): "nobody edits this text; what it held is in .git/notes/trash/\(name)"
    }
  }
}

extension UnwrittenFile {
  /// One line: that it was not written, its path and why.
  var line: StyledText { .line("not written: ", path.text, why) }
}

extension SkippedEntry {
  /// One line: that it was not saved, its path and why.
  var line: StyledText { .line("not saved: ", path, why) }
}

extension StyledText {
  /// One line: what was not done or waits, the file's path and why.
  static func line(_ what: String, _ path: String, _ why: String) -> StyledText {
    StyledText(what, .warning) + StyledText(path, .path) + StyledText(" (\(why))")
  }
}
