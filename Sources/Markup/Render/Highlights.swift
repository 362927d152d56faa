extension MarkdownTree {
  /// The steps with `==words==` as an element of their own, as Obsidian and Pandoc's `mark` extension
  /// read it.
  ///
  /// Two equals signs begin one where no blank follows them and no ASCII letter or digit stands before;
  /// and end it where no blank stands before them and no such letter follows: `x==1 and y==2` is a
  /// comparison. Both stand in one paragraph, and in the same emphasis or link.
  static func withHighlights(_ steps: [Step]) -> [Step] {
    guard steps.contains(where: { $0.kind == .text && $0.text.utf8.holdsTwoEqualsSigns }) else {
      return steps
    }
    var result: [Step] = []
    result.reserveCapacity(steps.count + 8)
    // Of each element that is open: where in the result the beginning of a highlight may be.
    var begun: [Int?] = [nil]
    for (place, step) in steps.enumerated() {
      guard step.kind == .text, !step.isEnd else {
        if !step.isLeaf {
          if step.isEnd { begun.removeLast() } else { begun.append(nil) }
          if begun.isEmpty { begun = [nil] }
        }
        result.append(step)
        continue
      }
      let isBehindBlank = result.last?.isBreak ?? true
      let next = place + 1 < steps.count ? steps[place + 1] : nil
      let isBeforeBlank = next.map { $0.isEnd || $0.isBreak } ?? true
      for part in Part.parts(of: step.text) {
        switch part {
        case .text(let text): result.append(Step(kind: .text, text: text))
        case .sign(let before, let after):
          let depth = begun.count - 1
          let endsWord = !(before?.properties.isWhitespace ?? isBehindBlank)
          let beginsWord = !(after?.properties.isWhitespace ?? isBeforeBlank)
          if let start = begun[depth], endsWord, after?.isPlainLetter != true,
            start < result.count - 1
          {
            result[start] = Step(kind: .highlight)
            result.append(Step(kind: .highlight, isEnd: true))
            begun[depth] = nil
          } else {
            if beginsWord, before?.isPlainLetter != true { begun[depth] = result.count }
            result.append(Step(kind: .text, text: "=="))
          }
        }
      }
    }
    return result
  }

  /// A piece of a text: words, or two equals signs with what stands on both sides of them.
  private enum Part {
    case text(String)
    case sign(before: Unicode.Scalar?, after: Unicode.Scalar?)

    static func parts(of text: String) -> [Part] {
      let scalars = text.unicodeScalars
      guard text.utf8.holdsTwoEqualsSigns else { return [.text(text)] }
      var parts: [Part] = []
      var begin = scalars.startIndex
      var place = begin
      while place < scalars.endIndex {
        guard scalars[place] == "=" else {
          place = scalars.index(after: place)
          continue
        }
        let run = scalars[place...].prefix { $0 == "=" }
        if run.count == 2 {
          if begin < place { parts.append(.text(String(scalars[begin..<place]))) }
          parts.append(
            .sign(before: scalars[..<place].last, after: scalars[run.endIndex...].first))
          begin = run.endIndex
        }
        place = run.endIndex
      }
      if begin < scalars.endIndex { parts.append(.text(String(scalars[begin...]))) }
      return parts
    }
  }
}

extension MarkdownTree.Step {
  /// Whether a line ends here.
  fileprivate var isBreak: Bool { kind == .softBreak || kind == .lineBreak }

  /// Whether it has no end of its own.
  fileprivate var isLeaf: Bool {
    switch kind {
    case .text, .softBreak, .lineBreak, .codeSpan, .inlineHTML, .html, .thematicBreak, .code: true
    default: false
    }
  }
}

extension String.UTF8View {
  fileprivate var holdsTwoEqualsSigns: Bool {
    var last: UInt8 = 0
    for byte in self {
      if byte == UInt8(ascii: "="), last == byte { return true }
      last = byte
    }
    return false
  }
}

extension Unicode.Scalar {
  fileprivate var isPlainLetter: Bool {
    isASCII && (properties.isAlphabetic || properties.numericType != nil)
  }
}
