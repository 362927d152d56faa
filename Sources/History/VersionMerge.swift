internal import Markup
internal import Vault

extension Version {
  /// What becomes of a version's record that two machines changed, key by key.
  ///
  /// New lines that stand at one place are no conflict. `nil` where either side's cannot be read.
  /// A version that one of them withdrew is withdrawn. Where both moved the post, it stands where the
  /// merge puts it, which is our place. Anything else of which both cannot be right, such as two
  /// notes, is that of `side`, and the other waits.
  static func mergedRecord(
    number: Int, base: [UInt8], ours: [UInt8], theirs: [UInt8], keeping side: TextMerge.Side
  ) -> MergedTexts? {
    guard let ours = Version(number: number, record: ours),
      let theirs = Version(number: number, record: theirs)
    else { return nil }
    let base = Version(number: number, record: base)
    let kept = Version(base, ours, theirs, keeping: side)
    let other = Version(base, ours, theirs, keeping: side == .ours ? .theirs : .ours)
    return MergedTexts(bytes: kept.record, other: kept == other ? nil : other.record)
  }

  private init(
    _ base: Version?, _ ours: Version, _ theirs: Version, keeping side: TextMerge.Side
  ) {
    func pick<T: Equatable>(_ value: (Version) -> T, _ side: TextMerge.Side) -> T {
      let (mine, other) = (value(ours), value(theirs))
      if mine == base.map(value) { return other }
      return other == base.map(value) || side == .ours ? mine : other
    }
    self.init(
      number: ours.number, path: pick(\.path, side), created: pick(\.created, side),
      kind: pick(\.kind, side), note: pick(\.note, side), author: pick(\.author, side),
      text: pick(\.text, side), pictures: pick(\.pictures, side))
    moved = pick(\.moved, .ours)
    called = ours.called
    for name in theirs.called { add(called: name) }
    cut = pick(\.cut, side)
    from = pick(\.from, side)
    isImported = pick(\.isImported, side)
    let withdrawal = Self.withdrawal(base, ours, theirs)
    (withdrawn, withdrawnOn) = (withdrawal.withdrawn, withdrawal.withdrawnOn)
    if withdrawn != nil { pictures = [:] }
  }

  /// The side whose word holds on whether the version is withdrawn: of two withdrawals the earlier.
  private static func withdrawal(_ base: Version?, _ ours: Version, _ theirs: Version) -> Version {
    func isAsBefore(_ side: Version) -> Bool {
      guard let base else { return false }
      return (base.withdrawn, base.withdrawnOn) == (side.withdrawn, side.withdrawnOn)
    }
    if isAsBefore(ours) { return theirs }
    if isAsBefore(theirs) || theirs.withdrawn == nil { return ours }
    // Any day is before one that is not known.
    let isEarlier = (ours.withdrawnOn ?? "unknown") < (theirs.withdrawnOn ?? "unknown")
    return ours.withdrawn != nil && isEarlier ? ours : theirs
  }
}
