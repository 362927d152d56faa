internal import ArgumentParser
internal import Glibc
internal import NoteIndex
internal import Vault

/// The program: the list of its commands.
struct Notes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notes",
    abstract: "Living posts and notes: found at once, and every version kept.",
    discussion: """
      Markdown files in a folder are the only truth. SQLite finds them; git carries every version \
      to any remote. Begin with 'notes init', then 'notes add "A title"'.

      The vault is the folder named by --vault (or -C), else the one you are in, else $NOTES_DIR, \
      else the 'vault' of ~/.config/notes/config.yaml; a folder in a vault stands for the vault.
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Notes",
        subcommands: [
          Init.self, Clone.self, Add.self, Edit.self, Show.self, List.self, Search.self,
          Links.self, Related.self, TrailCommand.self, Tags.self, Move.self, Remove.self,
        ]),
      CommandGroup(
        name: "History and machines",
        subcommands: [
          Save.self, Status.self, Changes.self, Sync.self, Conflicts.self, Resolve.self, Undo.self,
          HistoryCommand.self, VersionCommand.self, Evolve.self, Diff.self, BlameCommand.self,
          Restore.self,
        ]),
      CommandGroup(name: "Readers", subcommands: [Publish.self, Serve.self]),
      CommandGroup(
        name: "Care",
        subcommands: [
          Index.self, Watch.self, Embed.self, Check.self, Doctor.self, Config.self, Hooks.self,
          Completions.self, MergeFile.self, TryText.self,
        ]),
    ])
}

extension Notes {
  /// The verb, or the two of one such as `version cut`, that mistyped ones were meant to be; `nil`
  /// where they are verbs, or are like none.
  static func verb(near typed: [String]) -> String? {
    guard let first = typed.first else { return nil }
    let verbs = configuration.groupedSubcommands.flatMap(\.subcommands)
    guard let verb = verbs.first(where: { $0.names.contains(first) }) else {
      return otherVerbs[first.lowercased()] ?? name(near: first, among: verbs)
    }
    return typed.dropFirst().first.flatMap { second in
      name(near: second, among: verb.configuration.subcommands).map { "\(first) \($0)" }
    }
  }

  /// What git, the shell and other programs call what our verbs do.
  private static let otherVerbs = [
    "cat": "show", "view": "show", "open": "edit", "find": "search", "grep": "search",
    "delete": "rm", "del": "rm", "remove": "rm", "rename": "mv", "move": "mv", "commit": "save",
    "push": "sync", "pull": "sync", "fetch": "sync", "revert": "restore", "backlinks": "links",
  ]

  /// The short verbs, each with the one that it stands for.
  static var shortVerbs: [(short: String, verb: String)] {
    configuration.groupedSubcommands.flatMap(\.subcommands).flatMap { command in
      command.configuration.aliases.map { ($0, command._commandName) }
    }
  }

  /// The first of the words behind `help` that no verb has; `nil` where they name one.
  static func unknown(in topic: some Sequence<String>) -> String? {
    var verbs = configuration.groupedSubcommands.flatMap(\.subcommands)
    for word in topic where word != "help" && !word.hasPrefix("-") {
      guard let verb = verbs.first(where: { $0.names.contains(word) }) else { return word }
      verbs = verb.configuration.subcommands
    }
    return nil
  }

  private static func name(
    near typed: String, among commands: [any ParsableCommand.Type]
  ) -> String? {
    let names = commands.flatMap { $0.names }
    if typed.hasPrefix("-") || names.contains(typed) { return nil }
    let letters = Array(typed.lowercased().unicodeScalars)
    // Of a word of three letters two that are wrong leave nothing to know it by.
    let bound = letters.count < 5 ? 1 : 2
    return names.compactMap { name -> (distance: Int, name: String)? in
      EditDistance.between(letters, Array(name.unicodeScalars), atMost: bound).map { ($0, name) }
    }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }
}

extension ParsableCommand {
  /// What a command may be called by.
  fileprivate static var names: [String] { [_commandName] + configuration.aliases }
}

/// A command of this program: it runs in a session, and says how it ended.
protocol NotesCommand: ParsableCommand {
  mutating func run(in session: inout Session) throws -> ExitStatus
}

/// Options that every command on a vault takes.
struct VaultOptions: ParsableArguments {
  @Option(
    name: [.customShort("C"), .long],
    help: ArgumentHelp("The vault's folder.", valueName: "dir"),
    completion: .directory)
  var vault: String?

  @Flag(name: .shortAndLong, help: "Leave out counts, progress and hints.")
  var quiet = false
}

/// Runs the program with its arguments (without the program's name) and returns its exit code.
public func runNotes(_ arguments: [String], in session: inout Session) -> Int32 {
  let status = dispatch(vaultLast(arguments), in: &session)
  session.console.endPaging()
  guard session.console.failure == 0 else {
    let why = VaultError.words(for: session.console.failure)
    session.console.warn(StyledText("notes: ", .warning) + "could not write the output: \(why)")
    return ExitStatus.failed.rawValue
  }
  return status
}

private func dispatch(_ arguments: [String], in session: inout Session) -> Int32 {
  var command: any NotesCommand
  let topic = arguments.first == "help" ? arguments.dropFirst() : nil
  do {
    var parsed = try Notes.parseAsRoot(arguments)
    guard let own = parsed as? any NotesCommand else {
      if let word = topic.flatMap(Notes.unknown(in:)) {
        throw ValidationError("'\(word)' is no command.")
      }
      // Help, or 'notes' alone: argument-parser's own, which answers by throwing.
      try parsed.run()
      return ExitStatus.done.rawValue
    }
    command = own
  } catch {
    makeRoomForHelp()
    let text = Notes.fullMessage(for: error)
    if Notes.exitCode(for: error) == .success {
      session.console.print(raw: text)
      return ExitStatus.done.rawValue
    }
    session.console.warn(StyledText(text))
    let words = topic.map(Array.init) ?? arguments
    if let near = Conflicts.meant(by: arguments) ?? Notes.verb(near: words) {
      session.console.warn(StyledText("hint: notes \(topic == nil ? "" : "help ")\(near)", .dim))
    }
    return ExitStatus.usage.rawValue
  }
  session.command = (["notes"] + arguments.prefix(1)).joined(separator: " ")
  do {
    return try command.run(in: &session).rawValue
  } catch {
    let failure = Failure(error)
    session.console.warn(StyledText("notes: ", .warning) + StyledText(failure.message))
    if let hint = failure.hint { session.console.warn(StyledText("hint: \(hint)", .dim)) }
    return failure.status.rawValue
  }
}

/// Has help be set for no fewer than 40 columns: argument-parser traps where there is no room for
/// the names of options, and takes what `COLUMNS` says for the width.
private func makeRoomForHelp() {
  let said = unsafe getenv("COLUMNS").flatMap { unsafe Int(String(cString: $0)) }
  if let columns = said ?? RawTerminal.size(of: 1)?.columns, columns < 40 {
    unsafe setenv("COLUMNS", "40", 1)
  }
}

/// Moves `--vault DIR` (or `-C DIR`) and `--quiet` from before the verb to behind it, where the
/// verbs take them.
private func vaultLast(_ arguments: [String]) -> [String] {
  var rest = arguments[...]
  var moved: [String] = []
  while let first = rest.first {
    if ["-C", "--vault"].contains(first), rest.count > 1 {
      moved += rest.prefix(2)
      rest = rest.dropFirst(2)
    } else if first.hasPrefix("--vault=") || first == "-q" || first == "--quiet" {
      moved.append(first)
      rest = rest.dropFirst()
    } else {
      break
    }
  }
  guard let verb = rest.first else { return arguments }
  // At the end, behind the verb of a verb such as 'version cut'; what follows `--` is no option.
  let words = rest.dropFirst()
  let end = words.firstIndex(of: "--") ?? words.endIndex
  return [verb] + words[..<end] + moved + words[end...]
}
