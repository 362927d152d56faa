internal import ArgumentParser
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes evolve POST`.
struct Evolve: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "evolve",
    abstract: "Read a post in the order in which it developed.",
    discussion: """
      The first version whole, then what each later one added, changed and took away, with the \
      author's notes between them, and last what is in no version yet. Removed words stand in \
      [-…-], added ones in {+…+}; on a terminal with colour, in red and green. --markdown writes \
      it as Markdown, with the changes in CriticMarkup; POST@v3 ends with v3, \
      POST@DATE with what was cut until then; --step shows one version at a time.

      \(exits(.no, .failed, .noVault))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The post.", completion: .noteNames)
  var post: String

  @Option(help: ArgumentHelp("Begin behind this version, as v2.", valueName: "version"))
  var since: String?

  @Flag(help: "As Markdown.")
  var markdown = false

  @Flag(help: "Version by version: Enter goes on, b back, q ends.")
  var step = false

  @Option(help: "short, json or jsonl.")
  var format = ShortFormat.short

  func validate() throws {
    if [markdown, step, format.isJSON].count(where: \.self) > 1 {
      throw ValidationError("--markdown, --step and --format json do not go together")
    }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let history = try session.history(options, for: .reading)
    let (path, pin) = try session.pastText(post, in: history)
    let ledger = try history.ledger(of: path)
    var steps = try history.steps(of: ledger, now: history.vault.bytesIfThere(path))
    guard !steps.isEmpty else {
      throw Failure(
        "\(path.text) has no version yet",
        hint: "notes version cut \(quoted(path.text))",
        status: .no)
    }
    steps = try session.steps(steps, upTo: pin, of: ledger, path, in: history)
    if let since {
      let number = try session.number(ofVersion: since, of: ledger, path)
      steps.removeAll { $0.version.map { $0.number <= number } ?? false }
      guard !steps.isEmpty else {
        let until = pin.map { ", until \($0)" } ?? ""
        throw Failure(
          "nothing of \(path.text) changed since v\(number)\(until)",
          hint: "notes version list \(quoted(path.text))", status: .no)
      }
    }
    if format.isJSON {
      let records = steps.map { step in
        let change = step.change()
        return StepRecord(
          step, TextPair.Difference(of: step, change), change, isToRead: true)
      }
      try session.print(list: records, format)
      return .done
    }
    if markdown {
      let text = steps.map(\.markdown).joined(separator: "\n\n") + "\n"
      session.print(text: Array(text.utf8))
      return .done
    }
    if step { return try session.read(steps.count, from: 0) { session.print(steps[$0]) } }
    session.page()
    for (place, step) in steps.enumerated() {
      if place > 0 { session.console.print() }
      session.print(step)
    }
    return .done
  }
}

extension Session {
  /// What a post's versions changed, up to the one or the time that follows its `@`, if any does.
  func steps(
    _ steps: [VersionStep], upTo pin: String?, of ledger: Ledger, _ path: NotePath,
    in history: borrowing History
  ) throws -> [VersionStep] {
    guard let pin else { return steps }
    let isTold: (TextTime) -> Bool
    switch try revision(pin) {
    case .date(let moment): isTold = { $0.was(until: moment) }
    case .commit(let name):
      let end = try history.seconds(ofCommit: name)
      isTold = { time in time.seconds.map { $0 <= end } ?? false }
    case .version:
      let last = try number(ofVersion: pin, of: ledger, path)
      return steps.filter { $0.version.map { $0.number <= last } ?? false }
    }
    let told = steps.filter { step in
      step.version.map { isTold(.version($0.created)) } ?? false
    }
    guard !told.isEmpty else {
      throw Failure(
        "\(path.text) had no version then",
        hint: "notes history \(quoted("\(path.text)@\(pin)")) --all", status: .no)
    }
    return told
  }

  /// The number of one of a post's versions, by its name.
  func number(ofVersion name: String, of ledger: Ledger, _ path: NotePath) throws -> Int {
    if case .version(let number) = try revision(name) {
      if ledger[number] != nil { return number }
      if let record = ledger.unreadable[number] {
        throw HistoryError.unreadableVersion(record: record.text, number: number)
      }
    }
    throw Failure(
      "\(path.text) has no version called \(name)",
      hint: "notes version list \(quoted(path.text))", status: .no)
  }

  /// Prints a version: the first whole, of another what it changed.
  fileprivate func print(_ step: VersionStep) {
    console.print(step.heading)
    console.print()
    if step.isFirst, let body = step.body {
      print(text: body)
    } else {
      let change = step.change()
      if !change.isEmpty { print(change, unchanged: false) }
    }
  }
}

extension VersionStep {
  /// The line above what a version changed.
  fileprivate var heading: StyledText {
    guard let version else { return StyledText("—— since then, in no version yet", .title) }
    var line = StyledText("—— v\(version.number)", .title)
    line.append(", \(version.day)", .title)
    if !isFirst { line.append(", \(version.kind.rawValue)", .title) }
    if let originWords { line.append(", \(originWords)", .title) }
    if !version.note.isEmpty { line.append(": \(version.note.firstLine)") }
    if let words = version.withdrawnWords { line.append("  (\(words))", .warning) }
    return line
  }

  /// The text without its front matter; `nil` where it was withdrawn.
  fileprivate var body: [UInt8]? {
    text.map { text in Array(text[Document(bytes: text).body].drop { $0 == UInt8(ascii: "\n") }) }
  }

  /// The version as Markdown: a heading, the author's note, and the text or what changed in it.
  fileprivate var markdown: String {
    var parts: [String] = []
    if let version {
      let kind = isFirst ? "" : ", \(version.kind.rawValue)" + (originWords.map { ", \($0)" } ?? "")
      parts.append("# v\(version.number), \(version.day)\(kind)")
      if !version.note.isEmpty { parts.append("*\(version.note.onOneLine)*") }
      if let reason = version.withdrawn { parts.append("*Withdrawn: \(reason.onOneLine)*") }
    } else {
      parts.append("# Since then, in no version yet")
    }
    if isFirst, let body {
      parts.append(String(decoding: body, as: UTF8.self).trimmed)
    } else {
      parts += change().markdown
    }
    return parts.joined(separator: "\n\n")
  }
}
