internal import Glibc
internal import Markup

/// What the user's own `~/.config/notes/config.yaml` says on this machine.
struct UserConfig {
  /// The vault to work on where no other is named.
  var vault: String?
  /// The editor.
  var editor: String?
  /// The command that makes vectors of texts.
  ///
  /// It is run, so it is read from here only: what a vault brings along is never run.
  var embedCommand: String?

  /// The keys that the file may have.
  static let keys = ["vault", "editor", "embed.command"]

  /// Reads the settings from a folder; a missing file is an empty one.
  init(in folder: String?) throws {
    guard let folder else { return }
    let path = folder + "/config.yaml"
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    let bytes = readAll(file, limit: 65_536)
    let document = Document(bytes: Array("---\n".utf8) + bytes + Array("\n---\n".utf8))
    if let problem = document.problems.first {
      throw Failure("\(path):\(problem.line - 1): \(problem.message)")
    }
    for entry in document.frontmatter?.entries ?? [] {
      let (key, value) = (entry.key, entry.value)
      switch (key, value) {
      case ("vault", .scalar(let text)): vault = text
      case ("editor", .scalar(let text)): editor = text
      case ("embed.command", .scalar(let text)): embedCommand = text
      case ("embed", .map(let entries)) where entries.map(\.key) == ["command"]:
        if case .scalar(let text) = entries[0].value { embedCommand = text }
      default:
        throw Failure(
          "\(path): unknown key '\(key)'; known: \(Self.keys.joined(separator: ", "))")
      }
    }
  }
}
