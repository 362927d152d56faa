// What one side took away, and stands in the merge all the same.

/// Finds the places of a merge where something is back that one side took away, from where something
/// is gone that neither did, or where an answer to a question would have something twice.
///
/// A unit that a side moved and changed is a new one: nobody knows that the other side took something
/// out of it. So what a few words say is followed over the whole text, wherever it stands.
struct BroughtBack {
  /// How often the sides have a phrase that the base has once, and a unit of each that has it; and what
  /// was found of it in a merge.
  private struct Trace {
    var ours = 0
    var theirs = 0
    var ourUnit = -1
    var theirUnit = -1
    var now = Found()
  }

  /// How often the answers of the two sides have a phrase, and a row in which both have it.
  private struct Found {
    var ours = 0
    var theirs = 0
    var row = -1
  }

  private var traces: [Phrase: Trace] = [:]
  private var interning: Interning

  init(_ base: MergeUnits, _ ours: MergeUnits, _ theirs: MergeUnits, _ interning: Interning) {
    self.interning = interning
    var counts: [Phrase: (count: Int, isTelling: Bool)] = [:]
    for unit in base.all {
      Phrase.each(in: base.bytes[unit.range], [unit.kind], &self.interning) { phrase, isTelling in
        let count = counts[phrase]?.count ?? 0
        counts[phrase] = (count + 1, isTelling)
      }
    }
    traces.reserveCapacity(counts.count)
    for (phrase, found) in counts where found.count == 1 && found.isTelling {
      traces[phrase] = Trace()
    }
    follow(ours) { trace, unit in
      trace.ours += 1
      trace.ourUnit = unit
    }
    follow(theirs) { trace, unit in
      trace.theirs += 1
      trace.theirUnit = unit
    }
  }

  private mutating func follow(_ units: MergeUnits, _ note: (inout Trace, Int) -> Void) {
    for (index, unit) in units.all.enumerated() {
      Phrase.each(in: units.bytes[unit.range], [unit.kind], &interning) { phrase, _ in
        if let place = traces.index(forKey: phrase) { note(&traces.values[place], index) }
      }
    }
  }

  /// What is wrong with a merge: the rows in which something is back, and the units of each side that
  /// say something which is gone from the answer of that side.
  typealias Wrong = (rows: Set<Int>, ours: Set<Int>, theirs: Set<Int>)

  mutating func wrong(in rows: [[BlockMerge.Piece]], of merge: BlockMerge) -> Wrong {
    for place in traces.values.indices { traces.values[place].now = Found() }
    for (row, pieces) in rows.enumerated() {
      for piece in pieces {
        let kind = merge.kind(of: piece)
        switch piece.part {
        case .settled(let text):
          look(at: text[...], kind) { found, isSure in
            found.ours += 1
            found.theirs += 1
            if isSure { found.row = row }
          }
        case .conflict(let conflict):
          look(at: conflict.ours[...], kind) { found, _ in found.ours += 1 }
          look(at: conflict.theirs[...], kind) { found, _ in found.theirs += 1 }
        }
      }
    }
    var wrong: Wrong = ([], [], [])
    for trace in traces.values {
      let now = trace.now
      // What the other side wrote once more is its own.
      if now.row >= 0,
        trace.ours == 0 && now.ours > max(0, trace.theirs - 1)
          || trace.theirs == 0 && now.theirs > max(0, trace.ours - 1)
      {
        wrong.rows.insert(now.row)
      }
      if trace.ours > 0, trace.theirs > 0 {
        if now.ours == 0 { wrong.ours.insert(trace.ourUnit) }
        if now.theirs == 0 { wrong.theirs.insert(trace.theirUnit) }
        // What one of two places in question has, and a settled one too, is there once more than anybody
        // wrote it.
        if now.row >= 0, now.ours != now.theirs,
          max(now.ours, now.theirs) > trace.ours + trace.theirs - 1
        {
          wrong.rows.insert(now.row)
        }
      }
    }
    return wrong
  }

  /// What a line may be; only an item has marks before its words.
  private static let kindsOfLines = [[.item], MergeUnits.Kind.allCases.filter { $0 != .item }]

  /// Notes each phrase of a piece that is followed, and whether it is sure to be one.
  private mutating func look(
    at text: ArraySlice<UInt8>, _ kind: MergeUnits.Kind?, _ note: (inout Found, Bool) -> Void
  ) {
    Phrase.each(in: text, kind.map { [$0] } ?? [], &interning) { phrase, _ in
      if let place = traces.index(forKey: phrase) { note(&traces.values[place].now, true) }
    }
    if kind != nil { return }
    // Where several units were put together each line may be the beginning of one, of whatever kind.
    for line in text.split(separator: .newline) {
      for kinds in Self.kindsOfLines {
        Phrase.each(in: line, kinds, &interning) { phrase, _ in
          guard phrase.isBeginning, let place = traces.index(forKey: phrase) else { return }
          note(&traces.values[place].now, false)
        }
      }
    }
  }
}

/// A few words that stand side by side in a sentence, or with which a unit begins.
private struct Phrase: Hashable {
  private var words: SIMD4<Int32>

  /// Whether it is what a unit begins with.
  var isBeginning: Bool { words[3] < -1 }

  /// How many words no two sentences have in common by chance.
  private static let length = 4

  /// In two steps: the vector's own hash takes one for each word.
  func hash(into hasher: inout Hasher) {
    func half(_ place: Int) -> UInt64 {
      UInt64(UInt32(bitPattern: words[place])) << 32 | UInt64(UInt32(bitPattern: words[place + 1]))
    }
    hasher.combine(half(0))
    hasher.combine(half(2))
  }

  private init(_ numbers: some Collection<Int32>, end: Int32 = -1) {
    words = SIMD4(repeating: end)
    for (place, number) in numbers.enumerated() { words[place] = number }
  }

  /// Calls for each phrase of a unit that may be of some kinds, and whether it is more than the beginning of
  /// one.
  ///
  /// The phrases are each four words of a sentence, a sentence of three, and one, two or three words at
  /// the beginning of the unit: those tell something where the unit has no more.
  static func each(
    in text: ArraySlice<UInt8>, _ kinds: [MergeUnits.Kind], _ interning: inout Interning,
    _ body: (Phrase, Bool) -> Void
  ) {
    let text = kinds == [.item] ? text.withoutItemMarks : text
    unsafe text.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      let tokens = Tokens(view, 0..<view.count, atoms: [], isVerbatim: false, isQuote: true)
      var sentence: [Int32] = []
      var start: [Int32] = []
      func end() {
        if sentence.count == length - 1 { body(Phrase(sentence), true) }
        sentence.removeAll(keepingCapacity: true)
      }
      for token in tokens.all {
        let range =
          text.startIndex + token.range.lowerBound..<text.startIndex + token.range.upperBound
        switch token.kind {
        case .word where token.words > 0:
          let number = interning.number(of: text[range])
          sentence.append(number)
          if start.count < length { start.append(number) }
          if sentence.count >= length { body(Phrase(sentence.suffix(length)), true) }
        case .lineBreak: end()
        case .punctuation where Self.isEnd(text[range]): end()
        default: break
        }
      }
      end()
      for kind in kinds {
        // A word alone in a row or in a line of code, such as a tag, is no name.
        let least = kind == .row || kind == .line ? 2 : 1
        for count in 1..<length where count >= least && count <= start.count {
          body(Phrase(start.prefix(count), end: kind.mark), count == start.count)
        }
      }
    }
  }

  /// Whether a mark ends a sentence, or stands between the words of an address.
  private static func isEnd(_ mark: ArraySlice<UInt8>) -> Bool {
    guard let first = mark.first else { return false }
    if mark.count == 1 { return ends.contains(first) }
    return wideEnds.contains { $0.elementsEqual(mark) }
  }

  private static let ends = Array(".!?:;/-_".utf8)
  private static let wideEnds = ["。", "！", "？"].map { Array($0.utf8) }
}

extension MergeUnits.Kind {
  /// Tells how a unit begins from what stands in a sentence.
  fileprivate var mark: Int32 {
    switch self {
    case .paragraph: -2
    case .heading: -3
    case .item: -4
    case .row: -5
    case .line: -6
    }
  }
}

extension ArraySlice<UInt8> {
  /// An item's text without its marker and its check box.
  fileprivate var withoutItemMarks: ArraySlice<UInt8> {
    drop(while: \.isBlankOrQuoteMark).drop { !$0.isBlank }.withoutCheckBox
  }

  /// What stands behind an item's check box, if it has one, without the blanks before it.
  var withoutCheckBox: ArraySlice<UInt8> {
    let text = drop(while: \.isBlank)
    guard text.first == UInt8(ascii: "["), text.dropFirst(2).first == UInt8(ascii: "]") else {
      return text
    }
    return text.dropFirst(3).drop(while: \.isBlank)
  }
}
