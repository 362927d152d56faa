internal import Vault

extension PickerItem {
  /// The line that fzf is fed: the path, by which it answers, then what it shows.
  func fzfLine(environment: [String: String]) -> String {
    let shown =
      StyledText(title, .title) + StyledText(" ") + StyledText("\t")
      + StyledText(path.text, .dim) + StyledText(isRelated ? "  related" : "", .dim)
    // fzf understands colour, though it is a pipe to us.
    let hasColour = environment["NO_COLOR", default: ""].isEmpty
    return StyledText(path.text, .path).rendered(colour: false) + "\t"
      + shown.rendered(colour: hasColour)
  }
}

extension Session {
  /// Picks by fzf, whose own search is off: at each key it shows what our search finds.
  func pickByFzf(
    _ fzf: String, _ query: String, _ options: [String]
  ) throws -> PickerState.Outcome {
    let program = quoted(self.program ?? "notes")
    let vault = options.prefix { !$0.hasPrefix("--quiet") }.map(quoted).joined(separator: " ")
    let search =
      ([program, "search", "--picker-lines"] + options.map(quoted)).joined(separator: " ")
    var environment = environment
    // What fzf runs is written for this shell.
    environment["SHELL"] = "/bin/sh"
    environment["FZF_DEFAULT_COMMAND"] = "\(search) -- \(quoted(query))"
    let result = captureAnswer(
      [
        fzf, "--disabled", "--ansi", "--delimiter=\t", "--with-nth=2..", "--tabstop=1",
        "--query=\(query)", "--print-query", "--prompt=> ",
        "--bind=change:reload(\(search) -- {q})",
        "--preview=\(program) show \(vault) -- {1}",
      ], environment: environment)
    let lines = String(decoding: result.output, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let typed = lines.first.map(String.init) ?? ""
    switch result.status {
    case 0:
      guard lines.count > 1, let path = lines[1].split(separator: "\t").first else { return .leave }
      return .edit(try NotePath(String(path)))
    case 1:
      // Enter, and nothing was found.
      let title = typed.split(separator: " ").joined(separator: " ")
      return !title.isEmpty && isYes("create \"\(title)\"?") ? .create(title) : .leave
    case 130: return .leave
    default: throw Failure("fzf ended with \(result.status)", hint: "fzf --version; 0.27 or later")
    }
  }

  /// Asks on the terminal; only `y` is yes.
  private func isYes(_ question: String) -> Bool {
    console.draw(StyledText.visible(question, keepingLines: false) + " [y/N] ")
    return readLine()?.lowercased().hasPrefix("y") ?? false
  }
}
