public import Markup

/// A version, with what it is held against.
public struct VersionStep: Sendable {
  /// The version; `nil` for the post as it is now, where that is newer than all versions.
  public let version: Version?
  /// Its text; `nil` where it was withdrawn, or its text is lost.
  public let text: [UInt8]?
  /// The versions that it came from and that can be read.
  public let origins: [Version]
  /// What those say; `nil` for the first.
  public let before: [UInt8]?

  /// Whether it is the first.
  public var isFirst: Bool { before == nil }

  /// How it differs from what was before it, or from nothing.
  ///
  /// Of long posts with many versions that takes seconds, so it is found out only of those that are
  /// told.
  public func change() -> TextDiff {
    TextDiff.wordDiff(old: before ?? [], new: text ?? before ?? [])
  }

  /// The headings under which it changed something, in the order of the text.
  public func sections(of change: TextDiff) -> [String] {
    before.map { change.sections(from: $0, to: text ?? $0) } ?? []
  }
}

extension History {
  /// How a post came to be, version by version, the oldest first; with what is not in a version yet.
  public func steps(of ledger: Ledger, now: [UInt8]?) throws -> [VersionStep] {
    let texts = texts(of: ledger)
    var steps: [VersionStep] = []
    for version in ledger.versions {
      let origins = ledger.parents(of: version) { texts[$0.number] != nil }
      steps.append(
        VersionStep(
          version: version, text: texts[version.number], origins: origins,
          before: ledger.textBefore(origins, texts)))
    }
    if let now, !texts.isEmpty {
      let heads = ledger.parents(of: nil) { texts[$0.number] != nil }
      let before = ledger.textBefore(heads, texts)
      if before != now {
        steps.append(VersionStep(version: nil, text: now, origins: heads, before: before))
      }
    }
    return steps
  }
}
