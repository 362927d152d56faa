internal import Markup

extension Session {
  /// Prints a comparison by words: removed ones in `[-…-]`, added ones in `{+…+}`, in colour where
  /// there is colour.
  ///
  /// A stretch of unchanged blocks is folded, and told on wish.
  func print(_ diff: TextDiff, unchanged: Bool) {
    var folded = 0
    func tellFolded() {
      if folded > 0, unchanged {
        console.print(StyledText("… \(folded) unchanged \(folded == 1 ? "block" : "blocks")", .dim))
      }
      folded = 0
    }
    for block in diff.blocks {
      if block.kind == .same {
        folded += 1
        continue
      }
      tellFolded()
      var line = StyledText("")
      for segment in block.segments {
        switch segment.kind {
        case .same: line.append(segment.text)
        case .added: line.append(console.hasColour ? segment.text : "{+\(segment.text)+}", .added)
        case .removed, .changed:
          line.append(console.hasColour ? segment.text : "[-\(segment.text)-]", .removed)
        }
      }
      console.print(line.withoutLastLineFeed)
      console.print()
    }
    tellFolded()
  }
}

extension StyledText {
  /// Without the line feed that the last piece ends with, which printing adds again.
  var withoutLastLineFeed: StyledText {
    var copy = self
    guard let last = copy.pieces.last, last.text.hasSuffix("\n") else { return self }
    copy.pieces[copy.pieces.count - 1].text.removeLast()
    return copy
  }
}
