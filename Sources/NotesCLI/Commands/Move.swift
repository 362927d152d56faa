internal import ArgumentParser
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// `notes mv NOTE TARGET`.
struct Move: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "mv",
    abstract: "Rename or move a note, and every link to it.",
    discussion: """
      TARGET is a path, a folder (with a '/' at its end, or one that is there), or a new name \
      without a folder, which keeps the note where it is. Every link to the note in any other note \
      is rewritten in its own form, and each such note is named. 'notes undo' takes all of it back.

      \(exits(.no, .failed, .noVault, .busy))
      """)

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note.", completion: .noteNames)
  var note: String

  @Argument(help: "Where it goes.")
  var target: String

  @Flag(name: [.customShort("n"), .long], help: "Tell what would be done, and do nothing.")
  var dryRun = false

  /// Refuses a name that a wiki link cannot say where some lead to the note: they would be dead.
  private func refuseUnlinkable(
    _ target: NotePath, of path: NotePath, _ index: NoteIndex
  ) throws {
    let name = NotePath.withoutSuffix(target.text)
    let isSayable =
      !name.contains(where: { "#|[]".contains($0) }) && !Link.hasPin(name)
      && name.split(separator: "/").allSatisfy { $0.first != " " && $0.last != " " }
    let links = try isSayable ? [] : index.linksTo(path).filter { !$0.kind.isByPath }
    guard let first = links.first else { return }
    let plain = Link.hasPin(name) ? name.replacing("@", with: "-") : name
    let fit = plain.filter { !"#|[]".contains($0) }.split(separator: "/")
      .map { $0.split(separator: " ").joined(separator: " ") }.joined(separator: "/")
    throw Failure(
      "no wiki link can say '\(target.stem)', and \(path.text) has "
        + "\(counted(links.count, "wiki link")), such as \(first.source.text):\(first.line)",
      hint: "notes mv \(quoted(path.text)) \(quoted(fit))", status: .failed)
  }

  func run(in session: inout Session) throws -> ExitStatus {
    let vault = try session.open(options, for: .writing)
    // Made beforehand, where it has to be made, since others would wait for it.
    let first = try session.index(of: vault)
    let path = try session.find(note, in: first, vault)
    let destination = try destination(of: path, in: vault)
    try vault.insistOnNote(at: destination)
    guard destination != path else {
      session.console.note("\(path.text) is there already")
      return .done
    }
    let wasLeftOut = session.isLeftOut(path, of: vault)
    let plan: RenamePlan
    if dryRun {
      plan = try self.plan(of: path, to: destination, in: vault, first)
    } else {
      let changes: [VaultChange]
      // A link that another window writes meanwhile is to follow, too.
      (plan, changes) = try session.editor(of: vault).perform { [session] in
        let index = try session.index(of: vault)
        let plan = try self.plan(of: path, to: destination, in: vault, index)
        let conflicts = try session.conflicts(of: vault, index)
          .filter { $0.path == path && !vault.isTakenByAnother($0) }
        let edits =
          try plan.edits + vault.followingMove(of: path, to: destination)
          + conflicts.flatMap { try vault.edits(moving: $0, to: destination) }
        return (plan, edits)
      }
      try session.updateIndex(of: vault, changes)
    }
    session.console.print(
      StyledText(path.text, .path) + StyledText(" → ") + StyledText(destination.text, .path))
    for (source, count) in plan.rewritten {
      let noun = count == 1 ? "link" : "links"
      session.console.print(
        StyledText("  ") + StyledText(source.text, .path)
          + StyledText("  \(count) \(noun)\(dryRun ? " to rewrite" : " rewritten")", .dim))
    }
    if !wasLeftOut { session.warn(ofLeftOut: destination, from: path, in: vault) }
    if !dryRun { session.console.note(StyledText("hint: notes undo takes it back", .dim)) }
    return .done
  }

  private func plan(
    of path: NotePath, to destination: NotePath, in vault: Vault, _ index: NoteIndex
  ) throws -> RenamePlan {
    guard !vault.files.isTaken(destination) else { throw VaultError.exists(destination.text) }
    try refuseUnlinkable(destination, of: path, index)
    return try RenamePlan(of: path, to: destination, in: vault, index)
  }

  private func destination(of path: NotePath, in vault: Vault) throws -> NotePath {
    let isFolder = target.hasSuffix("/") || vault.hasFolder(target)
    if isFolder {
      let folder = target.hasSuffix("/") ? String(target.dropLast()) : target
      return try NotePath(folder.isEmpty || folder == "." ? path.name : folder + "/" + path.name)
    }
    guard !target.isEmpty else {
      throw Failure("TARGET is empty", hint: "notes mv NOTE NEW-NAME, or FOLDER/", status: .usage)
    }
    // '..' is no name that '.md' could be put behind.
    _ = try NotePath(target)
    let lower = target.lowercased()
    let name = lower.hasSuffix(".md") || lower.hasSuffix(".markdown") ? target : target + ".md"
    return try NotePath(
      name.contains("/") || path.folder.isEmpty ? name : path.folder + "/" + name)
  }
}
