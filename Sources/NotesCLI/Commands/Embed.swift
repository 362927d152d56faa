internal import ArgumentParser
internal import NoteIndex
internal import Vault

/// `notes embed`.
struct Embed: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Let a command of yours make vectors of the notes, for search by meaning.",
    discussion: """
      The command is 'embed.command' of ~/.config/notes/config.yaml, never of a vault. It gets \
      {"id":1,"text":"…"} on a line of its own for each note without a vector, and prints \
      {"id":1,"vector":[…]} for each. 'notes search' then finds what is near in meaning, too.

      \(exits(.failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Flag(help: "Forget all vectors first.")
  var anew = false

  @Option(
    help: ArgumentHelp("How long to wait for a vector before the command is ended.", valueName: "s")
  )
  var patience = 120

  func validate() throws {
    if patience < 1 || patience > 86_400 { throw ValidationError("--patience is 1 to 86400") }
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options)
    guard let command = try UserConfig(in: session.configFolder).embedCommand else {
      throw Failure(
        "no command is set that makes vectors",
        hint: "'embed.command: COMMAND' in ~/.config/notes/config.yaml")
    }
    let index = try session.index(of: vault)
    let gone = try index.tidyVectors(of: command, anew: anew)
    let notes = try index.notesWithoutVector()
    let (count, fault) = try embed(notes, by: command, index, session)
    session.console.note("\(counted(count, "note")) embedded; \(gone) dropped")
    if let fault { throw Failure("'\(command)': \(fault.words)", hint: "what came so far is kept") }
    return .done
  }

  private func embed(
    _ notes: [NoteIndex.WantsVector], by command: String, _ index: NoteIndex, _ session: Session
  ) throws -> (count: Int, fault: LineFault?) {
    if notes.isEmpty { return (0, nil) }
    var place = 0
    var count = 0
    var ready: [(hash: Int64, vector: [Float])] = []
    let embedder = Embedder(
      command: command, environment: session.environment,
      dimensions: try index.vectorOrigin()?.dimensions, patience: patience * 1_000)
    var fault: LineFault?
    do {
      try embedder.run {
        // One that was changed meanwhile is for the next time.
        while place < notes.count {
          place += 1
          if let text = index.text(for: notes[place - 1]) { return (place, text) }
        }
        return nil
      } take: { id, vector in
        ready.append((notes[id - 1].hash, vector))
        count += 1
        session.console.progress("\(count) of \(notes.count) notes embedded")
        guard ready.count >= 100 else { return }
        try index.store(ready)
        ready = []
      }
    } catch let error as LineFault {
      fault = error
    }
    try index.store(ready)
    return (count, fault)
  }
}

extension Session {
  /// The vector of a query, where the notes have vectors; `nil` where they have none, and with a
  /// line of warning where it cannot be had.
  func meaning(of query: Query, in index: NoteIndex) throws -> [Float]? {
    guard !query.scoring.isEmpty, let origin = try index.vectorOrigin() else { return nil }
    guard let command = try UserConfig(in: configFolder).embedCommand,
      command == origin.command
    else {
      console.warn(
        StyledText("by words only: the vectors are of '\(origin.command)'; notes embed", .dim))
      return nil
    }
    let embedder = Embedder(
      command: command, environment: environment, dimensions: origin.dimensions, patience: 5_000)
    do {
      return try embedder.vector(ofQuery: query.scoring.map(\.text).joined(separator: " "))
    } catch let fault as LineFault {
      console.warn(StyledText("by words only: '\(command)': \(fault.words)", .dim))
      return nil
    }
  }
}
