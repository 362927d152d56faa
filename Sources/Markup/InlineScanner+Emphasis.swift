extension InlineScanner {
  /// A run of signs that may begin or end emphasis; until it is known, zeros stand for it in the plain text.
  struct EmphasisRun {
    /// Where the first sign that is left stands in the plain text.
    var first: Int
    /// How many signs are left.
    var left: Int
    /// How many there were.
    let count: Int
    let canOpen: Bool
    let canClose: Bool
  }

  /// The signs, each with runs of its own.
  static let emphasisSigns: [UInt8] = Array("*_~=".utf8)
  /// How many runs are looked at for one to end: more of them are never open in what somebody wrote.
  private static let mostOpenRuns = 32

  /// Leaves out the signs of emphasis that belong together, as CommonMark pairs them, and keeps all others:
  /// `2 * 3`, `*args`, `snake_case` and `a = b`.
  mutating func emphasis(_ byte: UInt8, at index: Int) -> Int {
    let after = view.endOfRun(byte, at: index, before: end)
    let isPair = byte == UInt8(ascii: "~") || byte == UInt8(ascii: "=")
    let before: UInt8 = index > 0 ? view[index - 1] : .space
    let next: UInt8 = after < end ? view[after] : .space
    guard let kind = Self.emphasisSigns.firstIndex(of: byte), !isPair || after - index == 2
    else { return after }
    let (canOpen, canClose) = Self.emphasis(byte, between: before, next)
    guard canOpen || canClose else { return after }
    copy(to: index)
    var run = EmphasisRun(
      first: parts.prose.count, left: after - index, count: after - index, canOpen: canOpen,
      canClose: canClose)
    parts.prose.append(contentsOf: repeatElement(0, count: run.count))
    hasPlaceholder = true
    copied = after
    if canClose { end(kind, with: &run) }
    if canOpen, run.left > 0 { openRuns[kind].append(run) } else { restore(run, byte) }
    return after
  }

  /// Whether signs can begin and end emphasis, by what stands before and behind them.
  private static func emphasis(
    _ byte: UInt8, between before: UInt8, _ next: UInt8
  ) -> (canOpen: Bool, canClose: Bool) {
    if byte == UInt8(ascii: "=") {
      return (
        !next.isBlank && !before.isLetterOrDigit, !before.isBlank && !next.isLetterOrDigit
      )
    }
    let begins =
      !next.isBlank && (!next.isPunctuation || before.isBlank || before.isPunctuation)
    let ends = !before.isBlank && (!before.isPunctuation || next.isBlank || next.isPunctuation)
    if byte == UInt8(ascii: "_") {
      return (
        begins && (!ends || before.isPunctuation), ends && (!begins || next.isPunctuation)
      )
    }
    return (begins, ends)
  }

  /// Takes signs off a run and off those that it ends.
  private mutating func end(_ kind: Int, with run: inout EmphasisRun) {
    let isPair = kind > 1
    while run.left > 0 {
      let open = openRuns[kind].indices.suffix(Self.mostOpenRuns).last { place in
        let begin = openRuns[kind][place]
        // Where one of the two could do both, `**a*b**` has to be told from `*a**b*`.
        return isPair || !(begin.canClose || run.canOpen)
          || (begin.count + run.count) % 3 != 0 || begin.count % 3 == 0 && run.count % 3 == 0
      }
      guard let open else { return }
      // What was begun within it ends nowhere.
      restoreRuns(behind: openRuns[kind][open].first)
      let used = isPair || openRuns[kind][open].left > 1 && run.left > 1 ? 2 : 1
      openRuns[kind][open].left -= used
      if openRuns[kind][open].left == 0 { openRuns[kind].removeLast() }
      run.first += used
      run.left -= used
    }
  }

  /// Puts the signs back that began behind a place of the plain text, and that nothing ended.
  mutating func restoreRuns(behind place: Int) {
    for (kind, byte) in Self.emphasisSigns.enumerated() {
      while let run = openRuns[kind].last, run.first > place {
        restore(run, byte)
        openRuns[kind].removeLast()
      }
    }
  }

  private mutating func restore(_ run: EmphasisRun, _ byte: UInt8) {
    for place in run.first..<run.first + run.left { parts.prose[place] = byte }
  }
}
