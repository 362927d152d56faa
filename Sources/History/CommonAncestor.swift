internal import Git
internal import Markup

/// How many criss-crosses below each other are looked into; libgit2 has the same limit as an option
/// (`recursion_limit`).
private let deepest = 5

extension History {
  /// The tree that two histories began with; `nil` where they share no commit.
  ///
  /// Where they share several newest commits (each side merged what the other made before its own
  /// merge), none of them alone is what both began with: an edit that one of them has would count
  /// as nobody's. So they are merged, as git's recursive merge does. Where they contradict each
  /// other the merged tree is as it was before both, so that what each side made of the
  /// contradiction is an edit of that side's, and two different answers to it are a conflict.
  func commonTree(_ ours: ObjectID, _ theirs: ObjectID, depth: Int = 0) throws -> ObjectID? {
    let bases = try repository.mergeBases(ours, theirs)
    guard let first = bases.first else { return nil }
    var tree = try repository.commit(first).tree
    if depth == deepest { return tree }
    for base in bases.dropFirst() {
      tree = try merge(
        base: commonTree(first, base, depth: depth + 1), ours: tree,
        theirs: repository.commit(base).tree, purpose: .ancestor
      ).tree
    }
    return tree
  }
}

/// What stands for the text that two sides began with, where each of two texts is what they did.
func ancestorText(
  base: [UInt8], ours: [UInt8], theirs: [UInt8], isNote: Bool
) throws -> [UInt8] {
  if ours == theirs || base == theirs { return ours }
  if base == ours { return theirs }
  guard [base, ours, theirs].allSatisfy(isMergeable) else { return base }
  if isNote { return TextMerge(base: base, ours: ours, theirs: theirs).textBefore }
  let merged = try mergeFile(base: base, ours: ours, theirs: theirs)
  return merged.isClean ? merged.bytes : base
}
