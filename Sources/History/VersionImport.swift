internal import Git
internal import Markup
public import Vault

/// The versions that a post's history suggests.
public struct VersionImport: Sendable {
  /// The versions, the oldest first.
  public let versions: [Version]
  /// The files to write.
  public let edits: [FileEdit]
}

extension History {
  /// Proposes versions out of a post's snapshots: one for each day on which its text changed, as it
  /// was at that day's end, with the words of its last snapshot.
  ///
  /// The days are those that the commits' authors had. A day whose text was there before, as after a
  /// change that was taken back at once, makes none.
  ///
  /// - Throws: `HistoryError.hasVersions` where the post has some: numbers that were given stay.
  public func proposedVersions(of path: NotePath) throws -> VersionImport {
    let ledger = try ledger(of: path)
    guard ledger.versions.isEmpty else { throw HistoryError.hasVersions(path: path.text) }
    var days: [(day: String, text: PastText)] = []
    for past in try pastTexts(of: path).reversed() where past.blob != nil {
      let day = Self.moment(of: past).day
      if days.last?.day == day { days.removeLast() }
      days.append((day, past))
    }
    var versions: [Version] = []
    var edits: [FileEdit] = []
    var before: [UInt8]?
    for (_, past) in days {
      let bytes = try bytes(of: past)
      if bytes == before { continue }
      let version = try Version(
        number: versions.count + 1, path: past.path,
        created: Self.moment(of: past).timestamp,
        kind: before.map { VersionProposal(old: $0, new: bytes).kind } ?? .major,
        note: past.commit.summary, author: past.commit.author.name, text: ObjectID.blob(bytes))
      edits.append(.create(try ledger.file(version.number, "md"), bytes))
      edits.append(.create(try ledger.file(version.number, "yaml"), version.record))
      versions.append(version)
      before = bytes
    }
    return VersionImport(versions: versions, edits: edits)
  }

  private static func moment(of past: PastText) -> Moment {
    let author = past.commit.author
    return Moment(seconds: author.seconds, offset: author.offset * 60)
  }
}
