public import Markup

/// A version, with what it changed.
public struct VersionStep: Sendable {
  /// The version; `nil` for the post as it is now, where that is newer than all versions.
  public let version: Version?
  /// Its text; `nil` where it was withdrawn, or its text is lost.
  public let text: [UInt8]?
  /// The versions that it came from and that can be read.
  public let origins: [Version]
  /// How it differs from what those say, or from nothing.
  public let change: TextDiff
  /// The headings under which something changed, in the order of the text.
  public let sections: [String]

  /// Whether it is the first.
  public let isFirst: Bool
}

extension History {
  /// How a post came to be, version by version, the oldest first; with what is not in a version yet.
  public func steps(of ledger: Ledger, now: [UInt8]?) throws -> [VersionStep] {
    let texts = texts(of: ledger)
    var steps: [VersionStep] = []
    func add(_ version: Version?, _ text: [UInt8]?) {
      let origins = ledger.parents(of: version) { texts[$0.number] != nil }
      let before = ledger.textBefore(origins, texts)
      let new = text ?? before ?? []
      let change = TextDiff.wordDiff(old: before ?? [], new: new)
      steps.append(
        VersionStep(
          version: version, text: text, origins: origins, change: change,
          sections: before.map { change.sections(from: $0, to: new) } ?? [],
          isFirst: before == nil))
    }
    for version in ledger.versions { add(version, texts[version.number]) }
    if let now, !texts.isEmpty {
      let heads = ledger.parents(of: nil) { texts[$0.number] != nil }
      if ledger.textBefore(heads, texts) != now { add(nil, now) }
    }
    return steps
  }
}
