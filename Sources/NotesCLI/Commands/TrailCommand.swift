internal import ArgumentParser
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes trail NOTE|check|suggest`.
struct TrailCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trail",
    abstract: "Read notes in the order in which a subject developed.",
    discussion: """
      A trail is a note with 'type: trail' whose list items link to notes or versions in the order \
      of reading, each with a sentence on what it answered and what it left open. The notes say \
      when their idea appeared ('idea-date: 1954') and what it builds on ('builds-on: \
      "[[other]]"').

      \(exits())
      """,
    subcommands: [Walk.self, Check.self, Suggest.self], defaultSubcommand: Walk.self)

  /// `notes trail NOTE [STEP]`.
  struct Walk: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "walk",
      abstract: "Show a trail's steps, or read one of them.",
      discussion: """
        Without a number: the steps. With one: the text of that step, a version where the trail \
        links to one. --step reads on from there, one after the other.

        \(exits(.no, .failed, .noVault, .busy))
        """)

    @OptionGroup var options: VaultOptions

    @Argument(help: "The trail.", completion: .noteNames)
    var trail: String

    @Argument(help: "The number of a step.")
    var number: Int?

    @Flag(help: "Read step by step: Enter goes on, b back, q ends.")
    var step = false

    @Option(help: "short, path, json or jsonl.")
    var format = PathFormat.short

    func validate() throws {
      if format != .short, number != nil || step {
        throw ValidationError("--format is for the list of steps, without a number and --step")
      }
    }

    func run(in session: inout Session) throws -> ExitStatus {
      let vault = try session.open(options)
      let index = try session.index(of: vault)
      let trail = try index.trail(session.find(trail, in: index, vault))
      guard !trail.steps.isEmpty else {
        throw Failure(
          "\(trail.path.text) has no step: no item of a list links to a note",
          hint: "notes trail suggest NOTE", status: .no)
      }
      if let number, !trail.steps.indices.contains(number - 1) {
        throw Failure(
          "\(trail.path.text) has \(counted(trail.steps.count, "step"))", hint: nil, status: .no)
      }
      if step {
        return try session.read(trail.steps.count, from: (number ?? 1) - 1) { place in
          try session.print(trail, place, vault)
        }
      }
      session.page()
      if let number {
        try session.print(trail, number - 1, vault)
        return .done
      }
      if format.isJSON {
        try session.print(list: trail.steps.enumerated().map { TrailStepRecord($1, $0) }, format)
        return .done
      }
      for (place, step) in trail.steps.enumerated() {
        if format == .path {
          session.console.print(StyledText(step.link.note?.text ?? step.link.target, .path))
        } else {
          session.console.print(step.line(place, of: trail.steps.count))
          if !step.text.isEmpty { session.console.print(StyledText("    " + step.text)) }
        }
      }
      return .done
    }
  }

  /// `notes trail check [NOTE]`.
  struct Check: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Compare trails with what their notes say: dates, and what builds on what.",
      discussion: """
        One line for each step that comes before what it builds on or behind what is newer, each \
        note that a step builds on and the trail does not have, each circle, each step that is there \
        twice, each link to a version or a passage that is not there. Exit 1: there is \
        something to mend. A missing idea-date or sentence is told, and is nothing to mend.

        \(exits(.no, .failed, .noVault, .busy))
        """)

    @OptionGroup var options: VaultOptions

    @Argument(help: "The trail. Default: all.", completion: .noteNames)
    var trail: String?

    @Option(help: "short, json or jsonl.")
    var format = ShortFormat.short

    func run(in session: inout Session) throws -> ExitStatus {
      let vault = try session.open(options)
      let index = try session.index(of: vault)
      let paths = try trail.map { [try session.find($0, in: index, vault)] } ?? index.trails()
      var findings: Set<Finding> = []
      var stepCount = 0
      for path in paths {
        let trail = try index.trail(path)
        stepCount += trail.steps.count
        let graph = try index.ideas(under: trail.steps.compactMap { $0.idea?.path })
        // Two trails over the same notes tell what is wrong with those once.
        findings.formUnion(trail.findings(graph))
        findings.formUnion(try index.brokenAnchors(of: path))
      }
      // A step can lead to a version, which has to be there.
      let pins = try session.checkPins(index, vault, of: Set(paths)).filter { !$0.isInformation }
      findings.formUnion(pins)
      let faults = try session.print(findings.sorted(), format)
      if !format.isJSON, faults == 0 {
        session.console.note(
          "\(counted(paths.count, "trail")), \(counted(stepCount, "step")), nothing to mend")
      }
      return faults == 0 ? .done : .no
    }
  }

  /// `notes trail suggest NOTE|TAG`.
  struct Suggest: NotesCommand {
    static let configuration = CommandConfiguration(
      commandName: "suggest",
      abstract: "Draft a trail to a note, or through a tag, by date and by what builds on what.",
      discussion: """
        Prints the trail as Markdown: the note, or the notes with the tag, and all that they build \
        on, each after what it builds on, otherwise by idea-date. 'notes trail suggest diffusion | \
        notes add' makes a note of it.

        \(exits(.no, .failed, .noVault, .busy))
        """)

    @OptionGroup var options: VaultOptions

    @Argument(help: "The note, or the tag, with a # before it or not.", completion: .noteNames)
    var subject: String

    @Option(help: "short, json or jsonl.")
    var format = ShortFormat.short

    func run(in session: inout Session) throws -> ExitStatus {
      let vault = try session.open(options)
      let index = try session.index(of: vault)
      let isTag = subject.hasPrefix("#")
      let named = isTag ? [] : try index.find(subject, from: session.workingFolder)
      var paths = named.isEmpty ? try index.notes(tagged: subject) : []
      var title = isTag ? String(subject.dropFirst()) : subject
      if paths.isEmpty {
        let path = try session.one(of: named, named: subject, in: vault)
        paths = [path]
        title = named.first?.title ?? path.stem
      }
      let graph = try index.ideas(under: paths)
      for circle in graph.cycles {
        session.console.warn(
          StyledText("builds on itself: ", .warning) + StyledText(IdeaGraph.text(of: circle)))
      }
      if format.isJSON {
        try session.print(list: graph.order.map { IdeaRecord($0) }, format)
        return .done
      }
      let head = Frontmatter.render([
        ("title", .scalar("How \(title) developed")), ("type", .scalar("trail")),
      ])
      var lines = ["---", head + "---", ""]
      for (place, idea) in graph.order.enumerated() {
        let name = try index.linkName(of: idea.path)
        let date = idea.date.map { " (\($0.text))" } ?? ""
        lines.append("\(place + 1). [[\(name)]]\(date): \(idea.lead.firstSentence)")
      }
      session.print(text: Array((lines.joined(separator: "\n") + "\n").utf8))
      return .done
    }
  }
}

extension Session {
  /// Prints a step of a trail: what is read there, between where it stands and what comes next.
  fileprivate func print(_ trail: Trail, _ place: Int, _ vault: Vault) throws {
    let step = trail.steps[place]
    console.print(step.line(place, of: trail.steps.count))
    if !step.text.isEmpty { console.print(StyledText("    " + step.text)) }
    console.print()
    guard let path = step.link.note else {
      throw Failure(
        "\(trail.path.text):\(step.line): no note or file '\(step.link.target)'",
        hint: "notes trail check", status: .no)
    }
    var bytes = try vault.files.read(path).bytes
    if let pin = step.link.pin {
      let history = try History(of: vault, context: historyContext, for: .reading)
      bytes = try history.text(of: path, at: revision(pin)).bytes
    }
    let document = Document(bytes: bytes)
    let range = step.link.anchor.flatMap { document.passage(at: $0) } ?? document.body
    print(text: Array(bytes[range].drop { $0 == UInt8(ascii: "\n") }))
    console.print()
    func name(_ place: Int) -> String? {
      guard trail.steps.indices.contains(place) else { return nil }
      return "\(place + 1) \(trail.steps[place].title)"
    }
    let ends = [name(place - 1).map { "← \($0)" }, name(place + 1).map { "\($0) →" }]
    console.note(StyledText(ends.compactMap(\.self).joined(separator: "   "), .dim))
  }
}

extension Trail.Step {
  /// The title of its note, or where its link leads.
  fileprivate var title: String { idea?.title ?? link.target }

  /// One line: number, date, title, path.
  fileprivate func line(_ place: Int, of count: Int) -> StyledText {
    let number = String(place + 1)
    let blanks = String(repeating: " ", count: max(0, String(count).count - number.count))
    var line = StyledText(blanks + number + "  ", .dim)
    if let date = idea?.date { line.append(date.text + "  ") }
    line.append(title, .title)
    guard let path = link.note else {
      line.append("  leads nowhere", .warning)
      return line
    }
    line.append("  ")
    line.append(path.text + (link.pin.map { "@\($0)" } ?? ""), .path)
    if let anchor = link.anchor { line.append("#\(anchor)", .dim) }
    return line
  }
}

extension String {
  /// All up to the first full stop that ends a sentence.
  fileprivate var firstSentence: String {
    var last: Character = " "
    for index in indices {
      if self[index].isWhitespace, ".!?".contains(last) { return String(self[..<index]) }
      last = self[index]
      if "。！？".contains(last) { return String(self[...index]) }
    }
    return self
  }
}

/// A step that is proposed for a trail, as JSON has it.
private struct IdeaRecord: Encodable {
  let title: String
  let path: String
  let ideaDate: String?
  let buildsOn: [String]
  let text: String

  init(_ idea: Idea) {
    title = idea.title
    path = idea.path.text
    ideaDate = idea.date?.text
    buildsOn = idea.buildsOn.map(\.text)
    text = idea.lead.firstSentence
  }
}

/// A step of a trail, as JSON has it.
private struct TrailStepRecord: Encodable {
  let number: Int
  let title: String
  let path: String?
  let target: String
  let pin: String?
  let anchor: String?
  let ideaDate: String?
  let buildsOn: [String]
  let text: String
  let line: Int

  init(_ step: Trail.Step, _ place: Int) {
    number = place + 1
    title = step.title
    path = step.link.note?.text
    target = step.link.target
    pin = step.link.pin
    anchor = step.link.anchor
    ideaDate = step.idea?.date?.text
    buildsOn = step.idea?.buildsOn.map(\.text) ?? []
    text = step.text
    line = step.line
  }
}
