internal import Git
public import Markup
public import Vault

/// A text of a post in the row that a blame follows.
public struct BlameStep: Sendable {
  /// Its name: a version's, a snapshot's, or `now`.
  public let name: String
  /// When, in seconds since 1970; `nil` for a text that is not saved.
  public let seconds: Int64?
  /// The day, such as `2026-11-27`; `nil` for a text that is not saved.
  public let day: String?
}

/// When each passage of a post was first written.
public struct Blame: Sendable {
  /// The text.
  public let text: [UInt8]
  /// The texts that it was followed through, the oldest first.
  public let steps: [BlameStep]
  /// Its words, each with the place of the text that first had it in `steps`.
  public let words: [Provenance.Word]
  /// Whether the texts are those of snapshots, and not of versions.
  public let isThroughSnapshots: Bool
}

extension History {
  /// Follows a post's words through its versions, or through its snapshots where it has none or all
  /// are wanted, up to the text on the disk.
  ///
  /// - Throws: `HistoryError.noSuchNote` where there is no text of it.
  public func blame(_ path: NotePath, throughSnapshots: Bool = false) throws -> Blame {
    var steps: [BlameStep] = []
    var texts: [[UInt8]] = []
    let ledger = try ledger(of: path)
    let throughSnapshots = throughSnapshots || ledger.versions.isEmpty
    if throughSnapshots {
      for past in try pastTexts(of: path).reversed() {
        guard let blob = past.blob else { continue }
        let when = past.commit.committer
        texts.append(try repository.readBlob(blob))
        steps.append(
          BlameStep(
            name: past.commit.id.short, seconds: when.seconds,
            day: Moment(seconds: when.seconds, offset: when.offset * 60).day))
      }
    } else {
      for version in ledger.versions where version.withdrawn == nil {
        guard let text = try? self.text(of: version, in: ledger) else { continue }
        texts.append(text)
        let date = DateText(version.created)
        steps.append(
          BlameStep(
            name: "v\(version.number)", seconds: date.map { Int64($0.secondsSince1970) },
            day: version.day))
      }
    }
    if let now = try vault.bytesIfThere(path), now != texts.last {
      texts.append(now)
      steps.append(BlameStep(name: "now", seconds: nil, day: nil))
    }
    guard let text = texts.last else {
      throw HistoryError.noSuchNote(path.text, revision: nil)
    }
    return Blame(
      text: text, steps: steps, words: Provenance(of: texts).words,
      isThroughSnapshots: throughSnapshots)
  }
}
