internal import History
internal import Markup

extension VersionStep {
  /// One line: number, day, kind, words, note, sections.
  var line: StyledText {
    var line: StyledText
    if let version {
      line = StyledText("v\(version.number)", .title) + StyledText("  \(version.day)  ")
      line.append("\(version.kind.rawValue)  ")
    } else {
      line = StyledText("since then  ", .dim)
    }
    if version?.withdrawn == nil {
      line.append("+\(change.wordsAdded)", .added)
      line.append(" ")
      line.append("-\(change.wordsRemoved)", .removed)
      line.append("  ")
    }
    if let note = version?.note, !note.isEmpty { line.append(note.firstLine + "  ") }
    if let words = version?.withdrawnWords { line.append("(\(words))  ", .warning) }
    if let originWords { line.append("(\(originWords))  ", .dim) }
    return line.withoutLastBlanks + sections.shortList
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
  let from: [Int]?
  let wordsAdded: Int
  let wordsRemoved: Int
  let sections: [String]
  /// The whole text, of the first, where it is asked for.
  let content: String?
  /// What changed, of all others.
  let blocks: [DiffRecord.Block]?

  init(_ step: VersionStep, isWhole: Bool = false) {
    version = step.version?.number
    created = step.version?.created
    kind = step.version?.kind.rawValue
    note = step.version?.note
    author = step.version?.author
    withdrawn = step.version?.withdrawn
    from = step.originWords == nil ? nil : step.origins.map(\.number)
    wordsAdded = step.change.wordsAdded
    wordsRemoved = step.change.wordsRemoved
    sections = step.sections
    content =
      isWhole && step.isFirst ? step.text.map { String(decoding: $0, as: UTF8.self) } : nil
    blocks = isWhole && !step.isFirst ? step.change.blocks.map { DiffRecord.Block($0) } : nil
  }
}
