internal import ArgumentParser
internal import NoteIndex
internal import Vault

extension Session {
  /// Lets the user pick a note by searching as they type, and opens it in the editor.
  ///
  /// With fzf where it is installed, else with a list of our own. `options` are those that say which
  /// notes, for the searches that fzf has run.
  mutating func pick(
    from source: PickerSource, _ query: String, _ vault: Vault, options: [String]
  ) throws -> ExitStatus {
    let outcome =
      if let fzf = findProgram("fzf", in: environment["PATH", default: ""]) {
        try pickByFzf(fzf, query, options)
      } else {
        try pickByList(from: source, query)
      }
    switch outcome {
    case .edit(let path):
      try openEditor(path, in: vault)
      try updateIndex(of: vault, [.written(path)])
      return .done
    case .create(let title):
      let add = try Add.parse(["--vault=\(vault.root)", "--title=\(title)"])
      return try add.run(in: &self)
    case .draw, .search, .leave: return .no
    }
  }

  /// Our own list.
  private func pickByList(
    from source: PickerSource, _ query: String
  ) throws -> PickerState.Outcome {
    var state = PickerState(query: query)
    var keys = PickerKeys()
    return try withRawTerminal(console) { terminal in
      var result = try source.items(query)
      state.show(result.items, total: result.total)
      var size = terminal.size
      draw(&state, size)
      while !terminal.isInterrupted {
        // An escape alone is known by nothing coming behind it; a passage is looked up when the
        // typing rests.
        let wantsPreview = state.preview.isEmpty && state.choice != nil
        let bytes = terminal.read(waiting: keys.isWaiting || wantsPreview ? 60 : 200)
        guard let bytes else { return .leave }
        var mustSearch = false
        for key in keys.read(bytes, isLast: bytes.isEmpty) {
          switch state.take(key) {
          case .draw: break
          case .search: mustSearch = true
          case let outcome:
            // What was typed before Enter is searched before Enter is.
            guard mustSearch, key == .enter else { return outcome }
            result = try source.items(state.query)
            state.show(result.items, total: result.total)
            mustSearch = false
            let settled = state.take(key)
            if settled != .draw { return settled }
          }
        }
        if mustSearch {
          result = try source.items(state.query)
          state.show(result.items, total: result.total)
        } else if bytes.isEmpty, wantsPreview, let choice = state.choice {
          state.preview = try source.preview(state.query, at: state.chosen, of: choice)
          // A note without a passage is not asked again.
          if state.preview.isEmpty { state.preview = [StyledText("(no text)", .dim)] }
        } else if bytes.isEmpty, terminal.size == size {
          continue
        }
        size = terminal.size
        draw(&state, size)
      }
      return .leave
    }
  }

  private func draw(_ state: inout PickerState, _ size: RawTerminal.Size) {
    let (lines, cursor) = state.screen(rows: size.rows, columns: size.columns)
    let hasColour =
      environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    var frame = "\u{1B}[?25l\u{1B}[H"
    for (place, line) in lines.enumerated() {
      if place > 0 { frame += "\r\n" }
      frame += line.rendered(colour: hasColour) + "\u{1B}[K"
    }
    frame += "\u{1B}[J\u{1B}[1;\(cursor + 1)H\u{1B}[?25h"
    console.draw(frame)
  }
}
