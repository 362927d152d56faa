internal import Markup

extension Session {
  /// Prints a comparison by words: removed ones in `[-…-]`, added ones in `{+…+}`, in colour where
  /// there is colour; code by lines behind `-` and `+`, and whole what was rewritten.
  ///
  /// A stretch of unchanged blocks is folded, and told on wish.
  func print(_ diff: TextDiff, unchanged: Bool) {
    var folded = 0
    var last: DiffBlock?
    for block in diff.blocks {
      if block.kind == .same {
        folded += block.count
        continue
      }
      let isTight = folded == 0 && last.map { block.follows($0) } ?? true
      if !isTight, last != nil { console.print() }
      if folded > 0, unchanged {
        console.print(folded.unchangedBlocks)
        console.print()
      }
      folded = 0
      print(block)
      last = block
    }
    if last != nil { console.print() }
    if folded > 0, unchanged { console.print(folded.unchangedBlocks) }
  }

  private func print(_ block: DiffBlock) {
    if block.kind == .moved {
      console.print(StyledText("moved here from line \(block.oldLines.lowerBound):", .dim))
    }
    if block.form == .code { return printCode(block) }
    var line = StyledText("")
    func append(_ text: String, _ style: StyledText.Style, _ open: String, _ close: String) {
      line.append(console.hasColour ? text : open + text + close, style)
    }
    if block.isRewritten {
      append(block.before, .removed, "[-", "-]")
      console.print(line)
      line = StyledText("")
      append(block.after, .added, "{+", "+}")
    } else {
      for segment in block.segments {
        switch segment.kind {
        case .same, .moved: line.append(segment.text)
        case .added: append(segment.text, .added, "{+", "+}")
        case .removed, .changed: append(segment.text, .removed, "[-", "-]")
        }
      }
    }
    console.print(line.withoutLastLineFeed)
  }

  /// Prints what two texts that are no notes differ in, line by line, with three lines around each
  /// change.
  func print(lines old: [UInt8], _ new: [UInt8]) {
    let diff = TextDiff.lineDiff(old: old, new: new, oldName: "", newName: "")
    // Where lines of both end so, that is no news.
    let hasCarriageReturns = [old, new].allSatisfy { $0.contains(UInt8(ascii: "\r")) }
    for line in diff.split(separator: UInt8(ascii: "\n")).dropFirst(2) {
      let isEnded = hasCarriageReturns && line.last == UInt8(ascii: "\r")
      let style: StyledText.Style =
        switch line.first {
        case UInt8(ascii: "-"): .removed
        case UInt8(ascii: "+"): .added
        case UInt8(ascii: "@"): .dim
        default: .plain
        }
      let text = String(decoding: isEnded ? line.dropLast() : line, as: UTF8.self)
      console.print(StyledText(text, style))
    }
  }

  /// Code line by line, with up to two lines around each change.
  private func printCode(_ block: DiffBlock) {
    let around = 2
    for (place, segment) in block.segments.enumerated() {
      let lines = segment.lines
      switch segment.kind {
      case .added: for line in lines { console.print(StyledText("+ \(line)", .added)) }
      case .removed, .changed:
        for line in lines { console.print(StyledText("- \(line)", .removed)) }
      case .same, .moved:
        let head = place == 0 && block.kind != .moved ? 0 : around
        let tail = place == block.segments.count - 1 && block.kind != .moved ? 0 : around
        guard lines.count > head + tail + 1 else {
          for line in lines { console.print(StyledText("  \(line)")) }
          continue
        }
        for line in lines.prefix(head) { console.print(StyledText("  \(line)")) }
        console.print(StyledText("  …", .dim))
        for line in lines.suffix(tail) { console.print(StyledText("  \(line)")) }
      }
    }
  }
}

extension DiffBlock {
  /// Whether no line stands between it and another, in neither text: two items of a tight list, say.
  fileprivate func follows(_ block: DiffBlock) -> Bool {
    kind != .moved && block.newLines.upperBound == newLines.lowerBound
      && block.oldLines.upperBound == oldLines.lowerBound
  }
}

extension DiffBlock.Segment {
  /// Its lines, without their ends.
  var lines: [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}

extension Int {
  fileprivate var unchangedBlocks: StyledText {
    StyledText("… \(counted(self, "unchanged block"))", .dim)
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

extension TextDiff {
  /// How much changed, such as `3 words added, 1 removed`.
  var counts: StyledText {
    let moved = blocks.count { $0.kind == .moved }
    return StyledText("\(counted(wordsAdded, "word")) added, \(wordsRemoved) removed")
      + StyledText(moved == 0 ? "" : ", \(counted(moved, "block")) moved")
  }
}

extension [String] {
  /// The first few sections, in brackets, after two blanks; nothing for none.
  var shortList: StyledText {
    guard !isEmpty else { return StyledText("") }
    let rest = count > 3 ? " and \(count - 3) more" : ""
    return StyledText("  (\(prefix(3).joined(separator: "; "))\(rest))", .dim)
  }
}
