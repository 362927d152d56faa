internal import ArgumentParser

/// `notes completions SHELL`.
struct Completions: NotesCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Print the completion script for a shell.",
    discussion: """
      bash: notes completions bash > ~/.local/share/bash-completion/completions/notes
      zsh:  notes completions zsh > "${fpath[1]}/_notes"
      fish: notes completions fish > ~/.config/fish/completions/notes.fish

      \(exits())
      """)

  @Argument(help: "bash, zsh or fish.")
  var shell: CompletionShellName

  func run(in session: inout Session) throws -> ExitStatus {
    session.console.print(raw: Notes.completionScript(for: shell.shell))
    return .done
  }
}

/// A shell that there are completions for.
enum CompletionShellName: String, ExpressibleByArgument, CaseIterable {
  case bash
  case zsh
  case fish

  /// The one that asks for words; `nil` where none does.
  static var requesting: Self? {
    CompletionShell.requesting.flatMap { Self(rawValue: $0.rawValue) }
  }

  var shell: CompletionShell {
    switch self {
    case .bash: .bash
    case .zsh: .zsh
    case .fish: .fish
    }
  }
}
