extension TextMerge {
  /// Two notes beside each other, without a text that both began with: what they have alike, in order,
  /// and a question wherever they differ.
  ///
  /// A question is made of whole units, as in a merge: items, rows, paragraphs, keys of the front matter.
  public init(comparing ours: [UInt8], _ theirs: [UInt8]) {
    let documents = [[], ours, theirs].map { Document(bytes: $0) }
    var interning = Interning()
    var bodies = [0, 0]
    if let matter = FrontmatterMerge.merge(
      documents[0], documents[1], documents[2], interning: interning)
    {
      parts = matter.parts
      bodies = documents[1...].map(\.body.lowerBound)
    }
    let (mine, other) = (
      MergeUnits(documents[1], id: 0, body: bodies[0], interning: &interning),
      MergeUnits(documents[2], id: 1, body: bodies[1], interning: &interning)
    )
    add(other.bytes[other.bodyStart..<other.start])
    let runs = Matching.runs(
      mine.all.map(\.key), other.all.map(\.key), fixedPointsFirst: true)
    let end = Matching.Run(old: mine.all.count, new: other.all.count, length: 0)
    for (run, next) in zip([Matching.Run(old: 0, new: 0, length: 0)] + runs, runs + [end]) {
      for place in 0..<run.length {
        let (o, t) = (run.old + place, run.new + place)
        add(other.bytes[other.all[t].range])
        // Before what ours alone has stand its blank lines: theirs may end here.
        let isBeforeOurs = place == run.length - 1 && next.new == t + 1 && next.old > o + 1
        add(isBeforeOurs ? mine.separator(after: o) : other.separator(after: t))
      }
      ask(
        mine, run.old + run.length..<next.old, other, run.new + run.length..<next.new)
    }
  }

  private mutating func ask(
    _ mine: MergeUnits, _ ours: Range<Int>, _ other: MergeUnits, _ theirs: Range<Int>
  ) {
    func text(_ units: MergeUnits, _ range: Range<Int>, withEnd: Bool) -> [UInt8] {
      guard let first = range.first, let last = range.last else { return [] }
      let end = withEnd ? units.all[last].next : units.all[last].range.upperBound
      return Array(units.bytes[units.all[first].range.lowerBound..<end])
    }
    if ours.isEmpty && theirs.isEmpty { return }
    // What one side alone has goes with the blank lines behind it.
    let isOneSided = ours.isEmpty || theirs.isEmpty
    parts.append(
      .conflict(
        Conflict(
          base: [], ours: text(mine, ours, withEnd: isOneSided),
          theirs: text(other, theirs, withEnd: isOneSided))))
    if let last = theirs.last, !ours.isEmpty { add(other.separator(after: last)) }
  }

  /// Three texts that are no notes, line by line: a question wherever both sides changed the same lines;
  /// without a base wherever the two differ.
  public init(linesOf base: [UInt8]?, ours: [UInt8], theirs: [UInt8]) {
    var interning = Interning()
    let (mine, other) = (TextDiff.split(ours), TextDiff.split(theirs))
    let (ourKeys, theirKeys) = (
      mine.map { interning.number(of: ours[$0]) }, other.map { interning.number(of: theirs[$0]) }
    )
    let old = base ?? []
    let lines = TextDiff.split(old)
    let keys = lines.map { interning.number(of: old[$0]) }
    // The lines that both have, as they stand in the three texts.
    var common: [(base: Int, ours: Int, theirs: Int)] = []
    if base == nil {
      for run in Matching.runs(ourKeys, theirKeys) {
        for index in 0..<run.length { common.append((0, run.old + index, run.new + index)) }
      }
    } else {
      let places = [ourKeys, theirKeys].map { side -> [Int: Int] in
        var places: [Int: Int] = [:]
        for run in Matching.runs(keys, side) {
          for index in 0..<run.length { places[run.old + index] = run.new + index }
        }
        return places
      }
      for index in lines.indices {
        if let o = places[0][index], let t = places[1][index] { common.append((index, o, t)) }
      }
    }
    func text(_ bytes: [UInt8], _ lines: [Range<Int>], _ range: Range<Int>) -> [UInt8] {
      guard let first = range.first, let last = range.last else { return [] }
      return Array(bytes[lines[first].lowerBound..<lines[last].upperBound])
    }
    var (b, o, t) = (0, 0, 0)
    for place in common + [(lines.count, mine.count, other.count)] {
      let (before, one, two) = (
        text(old, lines, b..<max(b, place.base)), text(ours, mine, o..<place.ours),
        text(theirs, other, t..<place.theirs)
      )
      if one == two || base != nil && one == before {
        add(two)
      } else if base != nil && two == before {
        add(one)
      } else {
        parts.append(.conflict(Conflict(base: before, ours: one, theirs: two)))
      }
      if place.theirs < other.count { add(theirs[other[place.theirs]]) }
      (b, o, t) = (place.base + 1, place.ours + 1, place.theirs + 1)
    }
  }

  /// The whole text, with words that neither side has where a person has to decide, in the same form: a
  /// key keeps its name, an item its marker, a footnote its label.
  ///
  /// Over it whatever either side has there counts as an edit of that side's.
  public var textOfNeither: [UInt8] {
    parts.flatMap { part -> [UInt8] in
      switch part {
      case .settled(let bytes): bytes
      case .conflict(let conflict):
        Self.disguised(conflict.theirs.isEmpty ? conflict.ours : conflict.theirs)
      }
    }
  }

  /// A text with every letter and digit another one.
  public static func disguised(_ text: [UInt8]) -> [UInt8] {
    let isOfKeys = text.last == .newline
    let lines = text.split(separator: .newline, omittingEmptySubsequences: false)
    let disguised = lines.map { line -> [UInt8] in
      let words = line.drop { $0.isSpaceOrTab || $0 == UInt8(ascii: ">") }
      var start = words.startIndex
      if words.first == UInt8(ascii: "[") {
        start = words.firstIndex(of: UInt8(ascii: "]")) ?? start
      } else if isOfKeys, words.startIndex == line.startIndex {
        start = words.firstIndex(of: UInt8(ascii: ":")) ?? start
      }
      return Array(line[..<start])
        + line[start...].map { byte in
          byte.isDigit ? UInt8(ascii: "0") : byte.isWordPart ? UInt8(ascii: "q") : byte
        }
    }
    return Array(disguised.joined(separator: [.newline]))
  }
}

/// What two machines made of the places in which two texts differ, each without knowing of the other.
public enum AnswersCompared: Sendable {
  /// The same, at each of them.
  case alike
  /// Not the same, at one of them at least.
  case different
  /// It cannot be told: the words in question were rewritten.
  case unknown

  /// Looks in two answers for the units of a note, or the lines of another file, that only one of two
  /// texts has.
  public init(
    _ texts: (ours: [UInt8], theirs: [UInt8]), _ answers: ([UInt8], [UInt8]), isNote: Bool
  ) {
    var interning = Interning()
    let (mine, other) = (
      Self.keys(texts.ours, isNote, &interning), Self.keys(texts.theirs, isNote, &interning)
    )
    let (one, two) = (
      Self.counts(Self.keys(answers.0, isNote, &interning)),
      Self.counts(Self.keys(answers.1, isNote, &interning))
    )
    var result = Self.alike
    var (o, t) = (0, 0)
    let end = Matching.Run(old: mine.count, new: other.count, length: 0)
    for run in Matching.runs(mine, other, fixedPointsFirst: true) + [end] {
      let place = mine[o..<run.old] + other[t..<run.new]
      if place.contains(where: { one[$0] != two[$0] }) {
        self = .different
        return
      }
      // Where a side has nothing, to have nothing is an answer.
      if o < run.old, t < run.new, !place.contains(where: { one[$0] != nil }) { result = .unknown }
      (o, t) = (run.old + run.length, run.new + run.length)
    }
    self = result
  }

  private static func counts(_ keys: [Int32]) -> [Int32: Int] {
    keys.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  private static func keys(_ text: [UInt8], _ isNote: Bool, _ interning: inout Interning) -> [Int32]
  {
    func lines(_ text: [UInt8]) -> [Int32] {
      TextDiff.split(text).map { interning.number(of: text[$0]) }
    }
    guard isNote else { return lines(text) }
    let document = Document(bytes: text)
    let body = document.body.lowerBound
    let units = MergeUnits(document, id: 0, body: body, interning: &interning)
    return lines(Array(text[..<body])) + units.all.map(\.key)
  }
}
