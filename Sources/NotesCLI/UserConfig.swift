internal import Glibc
internal import Markup

/// What the user's own `~/.config/notes/config.yaml` says on this machine.
struct UserConfig {
  /// The vault to work on where no other is named.
  var vault: String?
  /// The editor.
  var editor: String?

  /// The keys that the file may have.
  static let keys = ["vault", "editor"]

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
      default:
        throw Failure(
          "\(path): unknown key '\(key)'; known: \(Self.keys.joined(separator: ", "))")
      }
    }
  }
}
