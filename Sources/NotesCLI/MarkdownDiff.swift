internal import Markup

extension TextDiff {
  /// What changed, as Markdown: a paragraph for each block, with what came and went in CriticMarkup
  /// (`{++new++}`, `{--gone--}`; criticmarkup.com), and code as a fenced block of lines.
  var markdown: [String] {
    blocks.compactMap { block in
      if block.kind == .same { return nil }
      let moved =
        block.kind == .moved ? "*Moved here from line \(block.oldLines.lowerBound):*\n\n" : ""
      return moved + (block.form == .code ? block.fencedLines : block.criticMarkup)
    }
  }
}

extension DiffBlock {
  fileprivate var criticMarkup: String {
    if isRewritten { return "{--\(before.trimmed)--}\n\n{++\(after.trimmed)++}" }
    return segments.map { segment in
      switch segment.kind {
      case .same, .moved: segment.text
      case .added: "{++\(segment.text)++}"
      case .removed, .changed: "{--\(segment.text)--}"
      }
    }.joined().trimmed
  }

  /// The lines behind `+`, `-` or a blank, in a fence that none of them ends.
  fileprivate var fencedLines: String {
    var lines: [String] = []
    for segment in segments {
      let mark = segment.kind == .added ? "+" : segment.kind == .same ? " " : "-"
      lines += segment.lines.map { mark + $0 }
    }
    var fence = "~~~"
    while lines.contains(where: { $0.contains(fence) }) { fence += "~" }
    return "\(fence)diff\n\(lines.joined(separator: "\n"))\n\(fence)"
  }
}

extension String {
  /// Without the line ends around it.
  var trimmed: String {
    String(trimmingPrefix(while: \.isNewline).reversed().drop(while: \.isNewline).reversed())
  }
}
