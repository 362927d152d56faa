internal import Git
internal import History
internal import Markup
internal import NoteIndex
internal import Vault

/// The words that sittings added and removed.
struct SittingWords {
  private var differences: KeptDifferences
  private var comparer = TextComparer()
  /// The text that was read last: the older one of a step is the newer one of the next.
  private var last: (name: String, text: [UInt8])?

  init(of sittings: some Sequence<Sitting>, _ index: PastIndex) throws {
    differences = try KeptDifferences(of: sittings.map(\.pair), index)
  }

  /// How many words a sitting added and removed, with the comparison where one was made or is wanted.
  mutating func words(
    of sitting: Sitting, _ history: borrowing History, comparing: Bool = false
  ) throws -> (count: TextPair.Difference, change: TextDiff?) {
    let pair = sitting.pair
    if !comparing, let count = differences[pair] { return (count, nil) }
    let new = try text(pair.new, history)
    let change = comparer.wordDiff(old: try text(pair.old, history), new: new)
    if let count = differences[pair] { return (count, change) }
    let count = TextPair.Difference(added: change.wordsAdded, removed: change.wordsRemoved)
    differences.note(count, of: pair)
    return (count, change)
  }

  private mutating func text(
    _ name: String?, _ history: borrowing History
  ) throws -> [UInt8] {
    guard let name else { return [] }
    if let last, last.name == name { return last.text }
    let text = try history.blob(named: name) ?? []
    last = (name, text)
    return text
  }

  /// Keeps what was found out.
  func keep() { differences.keep() }
}

/// Snapshots of a note that one author made in one go, as a history tells them in one line.
struct Sitting {
  /// The texts, the newest first; one at least.
  private(set) var texts: [KnownText]
  /// The versions that were cut of the newest text.
  var versions: [Version] = []

  /// Two snapshots with more than an hour between them are of two sittings.
  private static let longestPause: UInt64 = 3_600

  var newest: KnownText { texts[0] }
  var oldest: KnownText { texts[texts.count - 1] }
  var pair: TextPair { TextPair(old: oldest.old, new: newest.new) }

  /// The sittings of a note's texts, the newest first; each text for itself, if that is wanted.
  ///
  /// A version ends one, and so does another author, another name, and a note that went. Of two
  /// branches, whose snapshots stand in one row, each has sittings of its own: a text goes with the one
  /// that was made of it.
  static func all(of texts: [KnownText], _ versions: [Version], isEach: Bool) -> [Sitting] {
    var cut: [Int: [Version]] = [:]
    let places = Version.places(of: versions, among: texts) { ($0.new, $0.snapshot.seconds) }
    for version in versions {
      if let place = places[version.number] { cut[place, default: []].append(version) }
    }
    var sittings: [Sitting] = []
    // The sittings whose oldest text was made of a blob.
    var begun: [String: Int] = [:]
    for (place, text) in texts.enumerated() {
      let versions = cut[place] ?? []
      if !isEach, versions.isEmpty, let blob = text.new, let next = begun[blob],
        sittings[next].goesOn(to: text)
      {
        sittings[next].texts.append(text)
        begun[blob] = nil
        if let old = text.old { begun[old] = next }
      } else {
        if let old = text.old { begun[old] = sittings.count }
        sittings.append(Sitting(texts: [text], versions: versions))
      }
    }
    return sittings
  }

  /// Whether an older text belongs to it.
  private func goesOn(to text: KnownText) -> Bool {
    let last = oldest
    let (pause, isTooLong) = last.snapshot.seconds.subtractingReportingOverflow(
      text.snapshot.seconds)
    return text.snapshot.author == last.snapshot.author
      // A clock that ran ahead, or was set back, is no pause of work.
      && !isTooLong && pause.magnitude <= Self.longestPause
      && last.was == nil && text.was == nil && last.old != nil && last.new != nil
      && text.new != nil
  }
}
