internal import Git
internal import Markup
public import Vault

/// The versions that a post's history suggests.
public struct VersionImport: Sendable {
  /// The versions, the oldest first.
  public private(set) var versions: [Version] = []
  /// The files to write.
  public private(set) var edits: [FileEdit] = []
  fileprivate var texts: [[UInt8]] = []
  private let ledger: Ledger
  private var comparer = TextComparer()

  init(into ledger: Ledger) {
    self.ledger = ledger
  }

  /// Adds a text as the next version; what kind it is, is proposed.
  mutating func add(_ version: Version, _ text: [UInt8], note: String) throws {
    let kind = texts.last.map { old in
      VersionProposal(comparer.wordDiff(old: old, new: text), old: old, new: text).kind
    }
    var next = Version(
      number: versions.count + 1, path: version.path, created: version.created,
      kind: kind ?? .major,
      note: note, author: version.author, text: version.text, pictures: version.pictures)
    next.isImported = true
    edits.append(.create(try ledger.file(next.number, "md"), text))
    edits.append(.create(try ledger.file(next.number, "yaml"), next.record))
    versions.append(next)
    texts.append(text)
  }

  /// The versions that somebody wants, each with their words for it; `nil` leaves one out.
  public func choosing(_ note: (Version) throws -> String?) throws -> VersionImport {
    var chosen = VersionImport(into: ledger)
    for (version, text) in zip(versions, texts) {
      if let note = try note(version) { try chosen.add(version, text, note: note) }
    }
    return chosen
  }
}

extension History {
  /// Proposes versions out of a post's snapshots: one for each day on which its text changed, as it
  /// was at that day's end, with the words of its last snapshot.
  ///
  /// The days are those that the commits' authors had, in the order of the history: a change that was
  /// put behind a later one counts as made with that, and none was made after its commit. A day whose
  /// text was there before, as after a change that was taken back at once, makes none.
  ///
  /// - Throws: `HistoryError.hasVersions` where the post has some: numbers that were given stay.
  public func proposedVersions(
    of path: NotePath, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> VersionImport {
    let ledger = try ledger(of: path)
    guard ledger.lastNumber == 0 else { throw HistoryError.hasVersions(path: path.text) }
    var days: [(moment: Moment, text: PastText)] = []
    for past in try pastTexts(of: path).reversed() where past.blob != nil {
      var moment = Self.moment(of: past)
      if let last = days.last?.moment, moment.seconds < last.seconds || moment.day < last.day {
        moment = last
      }
      if days.last?.moment.day == moment.day { days.removeLast() }
      days.append((moment, past))
    }
    var proposed = VersionImport(into: ledger)
    for (place, (moment, past)) in days.enumerated() {
      progress(place, days.count)
      let bytes = try bytes(of: past)
      if bytes == proposed.texts.last { continue }
      let version = try Version(
        number: 1, path: past.path, created: moment.timestamp, kind: .major,
        note: "", author: past.commit.author.name, text: ObjectID.blob(bytes),
        pictures: Self.pictures(shownBy: bytes) { try picture($0, from: past) })
      try proposed.add(version, bytes, note: past.commit.summary)
    }
    return proposed
  }

  /// A picture by its path, as it was when a snapshot was made.
  private func picture(_ name: String, from past: PastText) throws -> ObjectID? {
    for place in NotePath.places(of: name, from: past.path.folder) {
      let entry = try repository.entry(at: GitPath(place.text), in: past.commit.tree)
      if let entry, entry.kind == .file { return entry.id }
    }
    return nil
  }

  /// When a text was written: never after it was committed.
  private static func moment(of past: PastText) -> Moment {
    let (author, committer) = (past.commit.author, past.commit.committer)
    return (author.seconds > committer.seconds ? committer : author).moment
  }
}
