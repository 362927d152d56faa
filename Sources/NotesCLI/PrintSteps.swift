internal import Git
internal import History
internal import Markup
internal import NoteIndex

/// The words that versions added and removed.
struct StepWords {
  private var differences: KeptDifferences

  /// Without an index all is found out.
  init(of steps: some Sequence<VersionStep>, _ index: PastIndex?) throws {
    differences = try KeptDifferences(of: steps.compactMap { try $0.pair }, index)
  }

  /// How many words a step added and removed and in which sections, with the comparison where one was
  /// made or is wanted.
  mutating func words(
    of step: VersionStep, comparing: Bool = false
  ) throws -> (count: TextPair.Difference, change: TextDiff?) {
    let pair = try step.pair
    if !comparing, let pair, let count = differences[pair], count.sections != nil {
      return (count, nil)
    }
    let change = step.change()
    let count = TextPair.Difference(of: step, change)
    if let pair { differences.note(count, of: pair) }
    return (count, change)
  }

  /// Keeps what was found out.
  func keep() { differences.keep() }
}

extension TextPair.Difference {
  /// Of a comparison that was made.
  init(of step: VersionStep, _ change: TextDiff) {
    self.init(
      added: change.wordsAdded, removed: change.wordsRemoved, sections: step.sections(of: change))
  }
}

extension VersionStep {
  /// What is compared, by name; `nil` of a text that is in no version, and may soon be another.
  fileprivate var pair: TextPair? {
    get throws {
      guard let version, text != nil else { return nil }
      let old =
        try origins.count == 1 ? origins[0].text : before.map { try ObjectID.blob($0) }
      return TextPair(old: old?.description, new: version.text.description)
    }
  }

  /// One line: number, day, kind, words, note, sections.
  func line(_ words: TextPair.Difference) -> StyledText {
    var line: StyledText
    if let version {
      line = StyledText("v\(version.number)", .title) + StyledText("  \(version.day)  ")
      line.append("\(version.kind.rawValue)  ")
    } else {
      line = StyledText("since then  ", .dim)
    }
    if version?.withdrawn == nil {
      line.append("+\(words.added)", .added)
      line.append(" ")
      line.append("-\(words.removed)", .removed)
      line.append("  ")
    }
    if let note = version?.note, !note.isEmpty { line.append(note.firstLine + "  ") }
    if let why = version?.withdrawnWords { line.append("(\(why))  ", .warning) }
    if let originWords { line.append("(\(originWords))  ", .dim) }
    return line.withoutLastBlanks + (words.sections ?? []).shortList
  }
}

extension VersionStep {
  /// From which versions it came, such as `from v1`, where that is not simply the one before it.
  var originWords: String? {
    guard let version, !isFirst, origins.map(\.number) != [version.number - 1] else { return nil }
    return "from " + origins.map { "v\($0.number)" }.joined(separator: " and ")
  }
}

extension StyledText {
  /// Without the blanks that the last piece ends with.
  fileprivate var withoutLastBlanks: StyledText {
    var copy = self
    while let last = copy.pieces.last, last.text.hasSuffix(" ") {
      copy.pieces[copy.pieces.count - 1].text.removeLast()
    }
    return copy
  }
}

/// A step of a post's development, as JSON has it.
struct StepRecord: Encodable {
  let version: Int?
  let created: String?
  let kind: String?
  let note: String?
  let author: String?
  let withdrawn: String?
  let withdrawnOn: String?
  let from: [Int]?
  let wordsAdded: Int
  let wordsRemoved: Int
  let sections: [String]
  /// The whole text, of the first, where it is asked for.
  let content: String?
  /// What changed, of all others.
  let blocks: [DiffRecord.Block]?

  /// With a `change` all that is said is in it, too: of the first version as its text where that is to
  /// be read, else as what it added.
  init(
    _ step: VersionStep, _ words: TextPair.Difference, _ change: TextDiff? = nil,
    isToRead: Bool = false
  ) {
    version = step.version?.number
    created = step.version?.created
    kind = step.version?.kind.rawValue
    note = step.version?.note
    author = step.version?.author
    withdrawn = step.version?.withdrawn
    withdrawnOn = step.version?.withdrawnOn
    from = step.originWords == nil ? nil : step.origins.map(\.number)
    wordsAdded = words.added
    wordsRemoved = words.removed
    sections = words.sections ?? []
    let isWhole = isToRead && step.isFirst
    content =
      change != nil && isWhole ? step.text.map { String(decoding: $0, as: UTF8.self) } : nil
    blocks = isWhole ? nil : change?.blocks.map { DiffRecord.Block($0) }
  }
}
