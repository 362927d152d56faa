internal import History
internal import Markup
internal import Vault

/// A changed note, with how much that means to a reader.
struct NoteNews {
  /// What became of a note, what matters most first.
  enum Kind: String, CaseIterable {
    case new, major, correction, withdrawn, removed, moved, version, minor
  }

  let change: NoteChange
  let kind: Kind
  let title: String
  let type: String
  let lead: String
  /// What changed; nothing of a note that is new or gone, which is told as a whole.
  let diff: TextDiff
  let sections: [String]
  /// The words that came, as a history counts them.
  let wordsAdded: Int
  /// The words that went.
  let wordsRemoved: Int

  init(_ change: NoteChange, _ settings: Settings) {
    self.change = change
    let text = Document(bytes: change.new ?? change.old ?? [])
    title = text.title ?? change.path.stem
    type = settings.type(of: text, at: change.path)
    lead = text.lead
    let isChange = change.old != nil && change.new != nil
    let whole = change.diff
    diff = isChange ? whole : TextDiff.wordDiff(old: [], new: [])
    (wordsAdded, wordsRemoved) = (whole.wordsAdded, whole.wordsRemoved)
    switch (change.old, change.new) {
    case (nil, _): (kind, sections) = (.new, [])
    case (_, nil): (kind, sections) = (.removed, [])
    case (let old?, let new?):
      sections = diff.sections(from: old, to: new)
      if !diff.isEmpty {
        kind = change.kind(of: diff, old, new)
      } else if change.versions.contains(where: { $0.withdrawn != nil }) {
        kind = .withdrawn
      } else {
        kind = change.was != nil ? .moved : change.versions.isEmpty ? .minor : .version
      }
    }
  }

  var isPost: Bool { type == "post" }

  /// Whether it differs in nothing that a reader could see: the wrapping of its lines, say.
  var isNothing: Bool { kind == .minor && diff.isEmpty }

  /// Whether a line says it all.
  var isBrief: Bool { ![.new, .major, .correction].contains(kind) }

  /// One line: path, kind, words, sections.
  var line: StyledText {
    var line = StyledText(change.path.text, .path) + StyledText("  \(kind.rawValue)")
    if !diff.isEmpty || kind == .new || kind == .removed {
      line.append("  ")
      line.append("+\(wordsAdded)", .added)
      line.append(" ")
      line.append("-\(wordsRemoved)", .removed)
    }
    if let was = change.was { line.append("  (was \(was.text))", .dim) }
    return line + sections.shortList
  }
}

extension NoteChange {
  /// The two texts, word by word.
  fileprivate var diff: TextDiff { TextDiff.wordDiff(old: old ?? [], new: new ?? []) }

  /// What matters most of all that came since: the versions, and the words that came after them.
  fileprivate func kind(of diff: TextDiff, _ old: [UInt8], _ new: [UInt8]) -> NoteNews.Kind {
    // What the author said of it is worth more than what the words suggest.
    var kinds = versions.filter { $0.withdrawn == nil }.map(\.kind)
    if kinds.isEmpty {
      kinds = [VersionProposal(diff, old: old, new: new).kind]
    } else if let inVersions {
      kinds.append(VersionProposal(old: inVersions, new: new).kind)
    }
    return kinds.contains(.major) ? .major : kinds.contains(.correction) ? .correction : .minor
  }
}

extension NoteNews: Comparable {
  static func == (left: NoteNews, right: NoteNews) -> Bool { left.rank == right.rank }
  static func < (left: NoteNews, right: NoteNews) -> Bool { left.rank < right.rank }

  private var rank: (Int, Int, Int, NotePath) {
    (
      isPost ? 0 : 1, Kind.allCases.firstIndex(of: kind) ?? 0, -(wordsAdded + wordsRemoved),
      change.path
    )
  }
}

/// A changed note as JSON has it.
struct NewsRecord: Encodable {
  let path: String
  let renamedFrom: String?
  let title: String
  let type: String
  let change: String
  let wordsAdded: Int
  let wordsRemoved: Int
  let sections: [String]
  let versions: [VersionRecord]
  let blocks: [DiffRecord.Block]?

  init(_ news: NoteNews, isWhole: Bool) {
    path = news.change.path.text
    renamedFrom = news.change.was?.text
    title = news.title
    type = news.type
    change = news.kind.rawValue
    wordsAdded = news.wordsAdded
    wordsRemoved = news.wordsRemoved
    sections = news.sections
    versions = news.change.versions.map { VersionRecord($0) }
    // Of a note that is new or gone the words are compared only here.
    let isCompared = ![.new, .removed].contains(news.kind)
    let diff = !isWhole ? nil : isCompared ? news.diff : news.change.diff
    blocks = diff?.blocks.map { DiffRecord.Block($0) }
  }
}
