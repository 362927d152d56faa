internal import ArgumentParser
internal import History
internal import NoteIndex
internal import Vault

/// `notes edit NOTE`.
struct Edit: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Open a note in the editor.",
    discussion: """
      The editor is $NOTES_EDITOR, 'editor' of ~/.config/notes/config.yaml, $VISUAL, or $EDITOR.

      \(exits(.no, .failed, .noVault))
      """,
    aliases: ["e"])

  @OptionGroup var options: VaultOptions

  @Argument(help: "The note: its path, title, id, alias or slug.", completion: .noteNames)
  var note: String

  func run(in session: inout Session) throws -> ExitStatus {
    // A file of .notes/ is no note, and is edited all the same: broken settings, too.
    if note.hasPrefix(".notes/") {
      let vault = try Vault(at: session.vaultRoot(options.vault))
      let path = try NotePath(note)
      try session.openEditor(path, in: vault)
      if path.text == Settings.file { try Settings(root: vault.root).insist() }
      return .done
    }
    let vault = try session.open(options)
    let index = try session.index(of: vault)
    let path = try session.find(note, in: index, vault)
    try session.openEditor(path, in: vault)
    try session.updateIndex(of: vault, [.written(path)])
    return .done
  }
}
