public import Markup

/// A version, with what it changed.
public struct VersionStep: Sendable {
  /// The version; `nil` for the post as it is now, where that is newer than all versions.
  public let version: Version?
  /// Its text; `nil` where it was withdrawn, or its text is lost.
  public let text: [UInt8]?
  /// How it differs from the version before that can be read, or from nothing.
  public let change: TextDiff
  /// The headings under which something changed, in the order of the text.
  public let sections: [String]

  /// Whether it is the first.
  public let isFirst: Bool
}

extension History {
  /// How a post came to be, version by version, the oldest first; with what is not in a version yet.
  public func steps(of ledger: Ledger, now: [UInt8]?) throws -> [VersionStep] {
    var steps: [VersionStep] = []
    var before: [UInt8]?
    for version in ledger.versions {
      var text: [UInt8]?
      if version.withdrawn == nil { text = try? self.text(of: version, in: ledger) }
      steps.append(Self.step(version, text, over: before, isFirst: before == nil))
      before = text ?? before
    }
    if let now, let last = before, now != last {
      steps.append(Self.step(nil, now, over: last, isFirst: false))
    }
    return steps
  }

  private static func step(
    _ version: Version?, _ text: [UInt8]?, over before: [UInt8]?, isFirst: Bool
  ) -> VersionStep {
    let new = text ?? before ?? []
    let change = TextDiff.wordDiff(old: before ?? [], new: new)
    return VersionStep(
      version: version, text: text, change: change,
      sections: isFirst ? [] : change.sections(of: new), isFirst: isFirst)
  }
}
