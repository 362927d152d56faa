internal import Git
public import Markup
public import Vault

/// What became of two trees.
struct MergedTree: Sendable {
  var tree: ObjectID
  let purpose: MergePurpose
  /// The files that were made of two texts, whether or not something in them waits.
  var merged: [NotePath] = []
  var conflicts: [Conflict] = []
  /// The files of which both sides' are kept.
  var keptBoth: [KeptBoth] = []
  /// The versions of ours that have other numbers now.
  var renumbered: [RenumberedVersion] = []
}

/// A version that this machine cut, and whose number another machine had sent by then.
public struct RenumberedVersion: Sendable, Equatable {
  /// The post.
  public let path: NotePath
  /// The number that it was cut with.
  public let old: Int
  /// The number that it has on every machine.
  public let new: Int
}

/// A file that is no text, and that both machines changed or made: both are there.
public struct KeptBoth: Sendable, Hashable {
  /// This machine's.
  public let path: String
  /// The other machine's.
  public let second: String
}

/// What a merge begins with: three trees, and what each side did.
struct MergeSides: Equatable {
  let base: ObjectID?
  var ours: ObjectID
  let theirs: ObjectID
  var ourChanges: [FileChange]
  var theirChanges: [FileChange]
}

/// What a merge of two trees is for.
enum MergePurpose: Sendable {
  /// To be everybody's: what cannot be merged waits in a record that says whose the sides are.
  case result(MergedTips)
  /// To stand for what two histories began with, where they share several newest commits: what
  /// cannot be merged is as it was before both.
  case ancestor
}

extension History {
  /// Merges their tree into ours, in memory, with every conflict settled.
  ///
  /// A file that one side moved and the other changed is changed at its new place; links to it lead
  /// there (`followingLinks`), and so do the conflicts over it (`followingConflicts`). Where both sides
  /// cannot be right, the note is given the text that is shared already, which is theirs, and ours
  /// waits in a conflict record. No marker is ever written.
  func merge(
    base: ObjectID?, ours: ObjectID, theirs: ObjectID, purpose: MergePurpose
  ) throws -> MergedTree {
    var sides = MergeSides(
      base: base, ours: ours, theirs: theirs, ourChanges: try deeds(base, ours),
      // No file or link of theirs takes the place of the vault's own folder.
      theirChanges: try deeds(base, theirs).filter {
        $0.oldPath != .vaultFolder && $0.newPath != .vaultFolder
      })
    sides = try settlingWindows(asking(sides))
    var plan = try plan(sides)
    var followed = try followingVersions(sides, plan.renumbered)
    followed = try followingLinks(followingConflicts(followed, plan.ways), plan)
    if followed != sides {
      sides = followed
      plan = try self.plan(sides)
    }
    var result = MergedTree(tree: sides.ours, purpose: purpose)
    result.keptBoth = plan.keptBoth
    result.renumbered = try plan.renumbered.compactMap { item in
      Version(number: item.new, record: try repository.readBlob(item.record)).map {
        RenumberedVersion(path: $0.moved ?? $0.path, old: item.old, new: item.new)
      }
    }
    var changes: [TreeChange] = []
    for (path, file) in plan.outcomes.sorted(by: { $0.key < $1.key }) {
      guard let file else {
        changes.append(TreeChange(path, nil))
        continue
      }
      let id = try make(file.content, at: path, &result)
      changes.append(TreeChange(path, TreeEntry(mode: file.mode, id: id)))
    }
    if case .result(let tips) = purpose {
      result.conflicts += try plan.waiting.map { waiting throws(GitError) in
        try Conflict(waiting.path, waiting.kind, waiting.texts)
      }
      for index in result.conflicts.indices {
        let origins = try origins(of: result.conflicts[index], base: base, tips, plan.ways)
        result.conflicts[index].sharedOrigin = origins.theirs
        result.conflicts[index].otherOrigin = origins.ours
      }
      try record(result.conflicts, &changes)
    }
    result.tree = try repository.updatedTree(sides.ours, changes)
    return result
  }

  /// The sides without what each did to a file that only says which windows are open on a machine, where
  /// the other changed or removed it, too: it is as they have it, and goes where one side removed it.
  private func settlingWindows(_ sides: MergeSides) throws -> MergeSides {
    func touched(_ changes: [FileChange]) -> Set<GitPath> {
      Set(changes.map(\.newPath).filter(EditorFile.isOfWindows))
    }
    let both = touched(sides.ourChanges).intersection(touched(sides.theirChanges))
    if both.isEmpty { return sides }
    let removed = both.intersection(
      sides.ourChanges.filter { $0.kind == .deleted }.map(\.newPath))
    var settled = sides
    settled.theirChanges.removeAll { removed.contains($0.newPath) }
    settled.ourChanges.removeAll { both.contains($0.newPath) && !removed.contains($0.newPath) }
    settled.ours = try repository.updatedTree(
      sides.ours,
      both.subtracting(removed).sorted().map { path in
        TreeChange(path, try sides.base.flatMap { try repository.entry(at: path, in: $0) })
      })
    return settled
  }

  private func plan(_ sides: MergeSides) throws -> TreePlan {
    try TreePlan(sides.ourChanges, to: sides.ours, sides.theirChanges, from: repository)
  }

  /// Adds the records of conflicts to a tree's changes.
  private func record(_ conflicts: [Conflict], _ changes: inout [TreeChange]) throws {
    for conflict in conflicts {
      let record = try repository.writeBlob(conflict.record)
      changes.append(TreeChange(GitPath(try conflict.recordPath.text), .file(record)))
      for file in try conflict.files {
        changes.append(TreeChange(GitPath(file.path.text), .file(file.id)))
      }
    }
  }

  /// Whose the two sides of a conflict are: who last changed the file on each, or took it away.
  private func origins(
    of conflict: Conflict, base: ObjectID?, _ tips: MergedTips, _ ways: [TreePlan.Way]
  ) throws -> (ours: Conflict.Origin, theirs: Conflict.Origin) {
    let path = GitPath(conflict.path.text)
    let way = ways.first { $0.result == path }
    // A side that removed it had it where both did.
    let places = way.map { (ours: $0.ours ?? $0.base, theirs: $0.theirs ?? $0.base) }
    return (
      ours: Conflict.Origin(
        try author(of: places?.ours ?? path, in: tips.ours, since: base), machine: tips.machine),
      theirs: Conflict.Origin(
        try author(of: places?.theirs ?? path, in: tips.theirs, since: base))
    )
  }

  /// Who last changed a file before a snapshot; whose that is, where nobody did since a tree.
  private func author(
    of path: GitPath, in tip: ObjectID, since base: ObjectID?
  ) throws -> Signature {
    let commit = try repository.commit(tip)
    func blob(_ tree: ObjectID?) throws -> ObjectID? {
      let entry = try tree.flatMap { try repository.entry(at: path, in: $0) }
      return entry?.kind == .folder ? nil : entry?.id
    }
    var author = commit.author
    // It would be looked for through the whole history.
    if try blob(commit.tree) == blob(base) { return author }
    try repository.eachVersion(of: path, from: tip, followingRenames: false) {
      version throws(GitError) in
      // Who merged two texts wrote neither.
      if version.commit.parents.count > 1 { return true }
      author = version.commit.author
      return false
    }
    return author
  }

  /// Makes what the plan says a file is to hold; what cannot be merged becomes a conflict.
  private func make(
    _ content: TreePlan.Content, at path: GitPath, _ result: inout MergedTree
  ) throws -> ObjectID {
    let (base, ours, theirs): (ObjectID?, TreePlan.Content, ObjectID)
    switch content {
    case .blob(let id): return id
    case .merge(let first, let second, let third): (base, ours, theirs) = (first, second, third)
    }
    let mine = try make(ours, at: path, &result)
    // Whatever came of merging ours with another file may be theirs by now.
    if mine == theirs { return mine }
    let place = try NotePath(path.description)
    let texts = try (
      base: base.map { try repository.readBlob($0) } ?? [],
      ours: repository.readBlob(mine), theirs: repository.readBlob(theirs)
    )
    if case .ancestor = result.purpose {
      return try repository.writeBlob(
        ancestorText(
          base: texts.base, ours: texts.ours, theirs: texts.theirs, isNote: place.isNote))
    }
    let merged = try mergeFiles(
      at: place, base: texts.base, ours: texts.ours, theirs: texts.theirs, keeping: .theirs)
    let id = try repository.writeBlob(merged.bytes)
    result.merged.append(place)
    if let other = merged.other {
      result.conflicts.append(
        try Conflict(
          place, base == nil ? .bothAdded : .bothChanged,
          Conflict.Texts(base: base, shared: id, other: try repository.writeBlob(other))))
    }
    return id
  }

  /// What a file should hold that somebody edited while a sync was bringing in another text.
  ///
  /// Their edit is an edit of what the file held before, so it is merged with what came in; what
  /// cannot be merged waits in a conflict record.
  func mergeEdit(_ change: Operation.Change, _ found: [UInt8]?) throws -> [UInt8]? {
    let incoming = try bytes(of: change.after)
    // Removed here and changed there, or the other way round: what was written stays.
    guard let found else { return incoming }
    let base = try bytes(of: change.before)
    guard let incoming else { return try recordRemoval(change, base, found) ? found : nil }
    // Who is writing keeps what they see.
    let merged = try mergeFiles(
      at: change.path, base: base ?? [], ours: found, theirs: incoming, keeping: .ours)
    if let other = merged.other {
      try requireRecordable(change, base ?? [], [merged.bytes, other])
      try vault.recordConflict(over: change.path, base: base, shared: merged.bytes, other: other)
    }
    return merged.bytes
  }

  /// Records that a file was removed on another machine and changed here, where it stays.
  ///
  /// - Returns: whether it did; not so of the vault's own files.
  private func recordRemoval(
    _ change: Operation.Change, _ base: [UInt8]?, _ found: [UInt8]
  ) throws -> Bool {
    guard let base, !GitPath(change.path.text).isBelow(.vaultFolder) else { return false }
    try requireRecordable(change, base, [found])
    try vault.write(
      record: Conflict.recordFiles(
        over: change.path, .changedAndRemoved, base: base, shared: nil, other: found))
    return true
  }

  /// Refuses to make a conflict's record that no snapshot could have whole, of texts that were made of
  /// one that is kept out: half of a record is of use to nobody, and what came in would be forgotten.
  ///
  /// - Throws: `VaultError.keptOut`.
  private func requireRecordable(
    _ change: Operation.Change, _ base: [UInt8], _ texts: [[UInt8]]
  ) throws {
    let limit = vault.settings.largestFile
    func keptOut(_ why: String) -> VaultError {
      let deed = change.after == nil ? "removed it" : "changed the same words"
      return VaultError.keptOut(
        change.path.text,
        why: "it cannot be saved as it is (\(why)), and another machine \(deed)")
    }
    if ([base] + texts).contains(where: { $0.count > limit }) {
      throw keptOut("above the limit of \(limit) bytes")
    }
    var shared: TreeEntry?
    if case .blob(let id)? = change.after ?? change.before { shared = .file(id) }
    for text in texts {
      if let first = try newSecrets(in: text, of: change.path, over: shared).first {
        throw keptOut(first.kind.rawValue)
      }
    }
  }

  /// What an operation's file holds; `nil` where it is not there.
  func bytes(of content: Operation.Content?) throws -> [UInt8]? {
    switch content {
    case nil: nil
    case .bytes(let bytes): bytes
    case .blob(let id): try repository.readBlob(id)
    }
  }
}

/// The newest snapshots of the two sides of a merge.
struct MergedTips: Sendable {
  let ours: ObjectID
  let theirs: ObjectID
  /// What this machine is called.
  let machine: String?
}

/// What became of three texts.
public struct MergedTexts: Sendable {
  /// The result, with the words of the side that was to be kept where both cannot be right.
  public let bytes: [UInt8]
  /// The result with the other side's words there; `nil` where the merge is clean.
  public let other: [UInt8]?
}

/// Merges three texts of one file: a version's record by its keys, any other as `mergeTexts` does.
func mergeFiles(
  at path: NotePath, base: [UInt8], ours: [UInt8], theirs: [UInt8], keeping side: TextMerge.Side
) throws -> MergedTexts {
  if let file = LedgerFile(GitPath(path.text)), file.end == "yaml",
    let merged = Version.mergedRecord(
      number: file.number, base: base, ours: ours, theirs: theirs, keeping: side)
  {
    return merged
  }
  return try mergeTexts(
    base: base, ours: ours, theirs: theirs, isNote: path.isNote, keeping: side)
}

/// Merges three texts: a note as prose, any other text by lines.
///
/// What is no text, or cannot be merged at all, stays as the side has it that is kept.
public func mergeTexts(
  base: [UInt8], ours: [UInt8], theirs: [UInt8], isNote: Bool, keeping side: TextMerge.Side
) throws -> MergedTexts {
  let (kept, other) = side == .ours ? (ours, theirs) : (theirs, ours)
  if ours == theirs || theirs == base { return MergedTexts(bytes: ours, other: nil) }
  if ours == base { return MergedTexts(bytes: theirs, other: nil) }
  guard [base, ours, theirs].allSatisfy(isMergeable) else {
    return MergedTexts(bytes: kept, other: other)
  }
  if isNote {
    // Two notes that were given one name: neither is an edit of the other.
    if base.isEmpty, let own = Frontmatter(of: ours)?.id, let others = Frontmatter(of: theirs)?.id,
      own != others
    {
      return MergedTexts(bytes: kept, other: other)
    }
    let merge = TextMerge(base: base, ours: ours, theirs: theirs)
    return MergedTexts(
      bytes: merge.text(side),
      other: merge.isClean ? nil : merge.text(side == .ours ? .theirs : .ours))
  }
  // `mergeFile` favours its first side.
  let merged = try mergeFile(base: base, ours: kept, theirs: other)
  if merged.isClean { return MergedTexts(bytes: merged.bytes, other: nil) }
  return MergedTexts(
    bytes: merged.bytes, other: try mergeFile(base: base, ours: other, theirs: kept).bytes)
}

extension Repository: TreeSource {
  func isText(_ blob: ObjectID) throws -> Bool { isMergeable(try readBlob(blob)) }
}

/// Whether bytes are a text that can be merged.
func isMergeable(_ bytes: [UInt8]) -> Bool {
  !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
}
