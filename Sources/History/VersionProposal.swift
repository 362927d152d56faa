public import Markup

/// What kind of version a change makes, as a proposal: GOV.UK's rule that only what readers should
/// know of counts as an update, and a correction where a number, a sign or a negation changed.
public struct VersionProposal: Sendable, Equatable {
  /// The kind.
  public let kind: Version.Kind
  /// Why, in a few words, such as `3 words changed, and a number among them`.
  public let reason: String

  /// So many words are few in any post.
  private static let few = 15

  /// The proposal for one text in place of another.
  ///
  /// What changed in the front matter is no news to a reader, and a moved block says what it said.
  public init(old: [UInt8], new: [UInt8]) {
    self.init(TextDiff.wordDiff(old: old, new: new), old: old, new: new)
  }

  /// The proposal for a comparison of the two texts.
  public init(_ diff: TextDiff, old: [UInt8], new: [UInt8]) {
    let text = Document(bytes: new)
    // The older text is taken apart only where something of it is gone.
    let oldBody =
      diff.blocks.contains { $0.kind == .removed } ? Document(bytes: old).body : old.indices
    let blocks = diff.blocks.filter {
      switch $0.kind {
      case .same: false
      case .removed: $0.oldRange.lowerBound >= oldBody.lowerBound
      case .added, .changed, .moved: $0.newRange.lowerBound >= text.body.lowerBound
      }
    }
    guard !blocks.isEmpty else {
      kind = .minor
      reason = diff.isEmpty ? "only line ends and blanks changed" : "only the front matter changed"
      return
    }
    let changed = blocks.reduce(0) { $0 + $1.wordsAdded + $1.wordsRemoved }
    let count = "\(changed) \(changed == 1 ? "word" : "words") changed"
    // A fiftieth of a long post is a chapter: what came or went whole is mended by a few words only.
    let whole = blocks.filter { $0.kind == .added || $0.kind == .removed }
      .reduce(0) { $0 + $1.wordsAdded + $1.wordsRemoved }
    guard changed <= Self.few || changed <= text.wordCount / 50 && whole <= Self.few else {
      (kind, reason) = (.major, count)
      return
    }
    let touched = blocks.flatMap { block in
      block.segments.filter { $0.kind != .same }.map { (form: block.form, segment: $0) }
    }
    let addresses = blocks.map { ChangedAddresses(in: $0) }
    // A digit in a program, in a formula or in an address is no claim of the text's.
    let claims = zip(blocks, addresses).filter { $0.form != .code && !$1.isAlone }.map(\.0)
    let (gone, came) = (claims.flatMap { $0.words(.removed) }, claims.flatMap { $0.words(.added) })
    /// The words of blocks that came or went whole: a short item is one, and a sentence that was rewritten.
    func lone(_ kind: DiffBlock.Kind) -> [Substring] {
      claims.filter { $0.kind == kind }.flatMap { $0.words(kind) }
    }
    if claims.contains(where: { $0.changesNumber || $0.changesNumberWord })
      || ClaimWords.areOtherNumbers(lone(.removed), lone(.added))
    {
      (kind, reason) = (.correction, "\(count), and a number among them")
    } else if (gone + came).contains(where: ClaimWords.denies)
      || ClaimWords.hasOpposites(gone, came)
    {
      (kind, reason) = (.correction, "\(count), and a negation among them")
    } else if claims.contains(where: \.changesSign) {
      (kind, reason) = (
        .correction, changed == 0 ? "a sign changed" : "\(count), and a sign among them"
      )
    } else if touched.contains(where: {
      $0.form == .code || $0.segment.plain != $0.segment.text
    }) || addresses.contains(where: \.areOthers) {
      let what = "a link, a formula or code"
      (kind, reason) = (
        .major, changed == 0 ? "\(what) changed" : "\(count), and \(what) among them"
      )
    } else if blocks.contains(where: { $0.form != .code && $0.changesCitation }) {
      (kind, reason) = (.major, "\(count), and a citation among them")
    } else {
      (kind, reason) = (.minor, changed == 0 ? Self.words(for: blocks) : count)
    }
  }

  /// What changed where no word did.
  private static func words(for blocks: [DiffBlock]) -> String {
    let changes = blocks.flatMap(\.segments).filter { $0.kind != .same }
    if changes.contains(where: { !$0.text.allSatisfy(\.isWhitespace) }) {
      return "only punctuation changed"
    }
    if blocks.contains(where: { $0.kind == .moved }) { return "blocks moved, and no word changed" }
    return "paragraphs were parted or joined, and no word changed"
  }
}

extension DiffBlock {
  /// The words that one side has and the other has not.
  fileprivate func words(_ side: Kind) -> [Substring] {
    segments.filter { $0.kind == side }.map(\.plain).flatMap {
      $0.replacing("’", with: "'").split { !$0.isLetter && $0 != "'" }
    }
  }

  fileprivate var changesNumberWord: Bool {
    ClaimWords.areOtherNumbers(words(.removed), words(.added))
  }

  /// Whether other works are cited than before.
  fileprivate var changesCitation: Bool {
    func works(_ text: String) -> [String] {
      text.contains("@") ? Document(text).citations.map(\.key).sorted() : []
    }
    return works(before) != works(after)
  }
}

/// The addresses that stand among a block's words, as they do in `[name]: address` and in HTML, in both
/// of its texts.
///
/// A link of Markdown is one word with its address.
private struct ChangedAddresses {
  private let block: DiffBlock
  private let old: [String]
  private let new: [String]

  init(in block: DiffBlock) {
    self.block = block
    old = Self.addresses(block.before)
    new = Self.addresses(block.after)
  }

  /// Whether the block leads elsewhere than before by one of them.
  var areOthers: Bool { old != new }

  /// Whether nothing but one of them changed; one that came or went with its definition is such a
  /// change, too.
  var isAlone: Bool {
    if !areOthers { return false }
    func isDefinition(_ text: String) -> Bool {
      text.allSatisfy(\.isWhitespace) || !Document(text).definitions.isEmpty
    }
    func without(_ addresses: [String], _ text: String) -> String {
      addresses.reduce(text) { $0.replacing($1, with: "") }
    }
    return block.form == .line && isDefinition(block.before) && isDefinition(block.after)
      || without(old, block.before) == without(new, block.after)
  }

  private static func addresses(_ text: String) -> [String] {
    guard text.contains("]:") || text.contains("<") else { return [] }
    let document = Document(text)
    let tag = /<[A-Za-z][^>]*\s(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')/
    return document.definitions.map { $0.target + ($0.anchor.map { "#\($0)" } ?? "") }
      + text.matches(of: tag).compactMap { ($0.output.1 ?? $0.output.2).map(String.init) }
  }
}

extension ClaimWords {
  /// Whether a number in words stands for something else, or something else for it; put in by itself,
  /// as in `the two layers`, it mostly claims nothing new.
  fileprivate static func areOtherNumbers(_ gone: [Substring], _ came: [Substring]) -> Bool {
    !gone.isEmpty && !came.isEmpty && gone.filter(isNumber) != came.filter(isNumber)
  }
}
