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
    let script = Notes.completionScript(for: shell.shell)
    session.console.print(raw: shell == .bash ? BashLine.wrap(script) : script)
    return .done
  }
}

/// What stands between bash and argument-parser's script for it.
///
/// bash cuts words at the colon of a filter and at the sign before a version, and the script knows no
/// option before the verb and no short verb: it is given the line as though it had been typed its way.
private enum BashLine {
  static func wrap(_ script: String) -> String {
    let registered = "-F _notes notes"
    let short = Notes.shortVerbs.map { "        \($0)) words[1]=\($1) ;;" }.joined(separator: "\n")
    return script.replacing(registered, with: "-F __notes_line notes") + """


      __notes_line() {
          local -a words=() before=()
          local -i cword=0 index
          local rest="${COMP_LINE}" word piece=''
          # The pieces of a word that bash cut stand side by side in the line.
          for index in "${!COMP_WORDS[@]}"; do
              word="${COMP_WORDS[index]}"
              if [[ -n "${piece}" && -n "${word}" && "${rest}" == "${word}"* ]] &&
                  [[ -z "${word//[:@]/}" || -z "${piece//[:@]/}" ]]; then
                  words[${#words[@]} - 1]+="${word}"
              else
                  words+=("${word}")
                  rest="${rest#"${rest%%[![:space:]]*}"}"
              fi
              rest="${rest#"${word}"}"
              piece="${word}"
              ((index == COMP_CWORD)) && cword=${#words[@]}-1
          done
          while true; do
              case "${words[1]-}" in
              -C | --vault)
                  if ((cword == 2)); then
                      mapfile -t COMPREPLY < <(compgen -d -- "${words[2]}")
                      return
                  fi
                  index=2 ;;
              -q | --quiet) index=1 ;;
              *) break ;;
              esac
              ((cword > index)) || break
              before+=("${words[@]:1:index}")
              words=("${words[0]}" "${words[@]:index + 1}")
              cword+=-index
          done
          if ((cword > 1)); then
              case "${words[1]}" in
      \(short)
              esac
              words=("${words[@]:0:2}" "${before[@]}" "${words[@]:2}")
              cword+=${#before[@]}
          fi
          local IFS=' ' # a line is made of its words
          local -a COMP_WORDS=("${words[@]}")
          local -i COMP_CWORD=cword
          local COMP_LINE="${words[*]:0:cword + 1}"
          local -i COMP_POINT=${#COMP_LINE}
          IFS=$' \\t\\n'
          _notes "${1}" "${words[cword]}" "${words[cword - 1]}"
          # Readline takes less for the word than was typed, and puts a candidate in the place of that.
          COMPREPLY=("${COMPREPLY[@]#"${words[cword]%"${2-}"}"}")
          # The sign before a version stands for itself; bash would put a backslash before it.
          IFS=/
          [[ "${COMPREPLY[*]}" == *[!A-Za-z0-9_./@-]* ]] || compopt -o noquote 2>/dev/null
      }

      """
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
