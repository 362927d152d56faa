internal import Git
internal import Markup
public import Vault

/// Merges of notes that plain git asked for, by the driver that `notes hooks install` gives it, where the
/// note stays and the other side's words have to wait.
///
/// Git asks the same of a merge that it makes, of one that is taken back (`git merge --abort`), and of one
/// that somebody only wants to see (`git merge-tree`, `git log --remerge-diff`); of these nothing may
/// go to other machines. So it is noted here first, with the commit that HEAD was at, and becomes a conflict's
/// record with a snapshot in whose history git kept what it had asked for: on each branch that has it, and
/// on no other. The clock, which may be off, has no say in that: gitattributes(5), "Defining a custom merge
/// driver".
private struct AskedMerge {
  let path: NotePath
  let base: ObjectID?
  let ours: ObjectID
  let theirs: ObjectID
  /// Where HEAD was: what git makes of the merge has this for its first parent.
  let head: ObjectID
  /// The rebase that asked.
  var rebase: Rebase?
  /// Snapshots that have the conflict's record.
  var recorded: [ObjectID] = []

  struct Rebase {
    /// What was rebased: a branch that still has it was not.
    let tip: ObjectID
    /// The commit that was put on top of HEAD, where git says so.
    let picked: ObjectID?
    /// The branch, and what it was put upon, where git says so.
    let branch: String?
    let onto: ObjectID?
    /// How many moves the reflog of HEAD had.
    let moves: Int
  }

  init(
    _ path: NotePath, base: ObjectID?, ours: ObjectID, theirs: ObjectID, head: ObjectID,
    rebase: Rebase?
  ) {
    self.path = path
    self.base = base
    self.ours = ours
    self.theirs = theirs
    self.head = head
    self.rebase = rebase
  }

  init?(record bytes: [UInt8]) {
    let entries = recordEntries(bytes)
    let values = entries.texts
    func id(_ key: String) -> ObjectID? { values[key].flatMap(ObjectID.init(hex:)) }
    guard let path = values["note"].flatMap({ try? NotePath($0) }), let ours = id("ours"),
      let theirs = id("theirs"), let head = id("head")
    else { return nil }
    let rebase = id("rebased").map {
      Rebase(
        tip: $0, picked: id("picked"), branch: values["branch"], onto: id("onto"),
        moves: values["moves"].flatMap { Int($0) } ?? 0)
    }
    self.init(path, base: id("base"), ours: ours, theirs: theirs, head: head, rebase: rebase)
    recorded = entries.list("recorded").compactMap(ObjectID.init(hex:))
  }

  var record: [UInt8] {
    recordText(
      [
        ("note", path.text), ("base", base?.description), ("ours", ours.description),
        ("theirs", theirs.description), ("head", head.description),
        ("rebased", rebase?.tip.description), ("picked", rebase?.picked?.description),
        ("branch", rebase?.branch), ("onto", rebase?.onto?.description),
        ("moves", rebase.map { "\($0.moves)" }),
      ], lists: [("recorded", recorded.map(\.description))])
  }

  static let prefix = "merge-"
  /// How old something is, in nanoseconds, that nobody is writing any more.
  static let longest: Int64 = 3_600_000_000_000
}

/// A conflict of a merge that git made and kept, which the next snapshot records.
public struct UnrecordedConflict: Sendable {
  /// The conflict.
  public let conflict: Conflict
  /// What it is about.
  public let texts: Vault.ConflictTexts
}

extension Vault {
  /// Whether git has asked for merges whose conflicts may have to be recorded yet.
  public var hasAskedMerges: Bool {
    StateFile.names(in: stateFolder).contains { $0.hasPrefix(AskedMerge.prefix) }
  }
}

extension History {
  /// Notes that git asked for a merge of a note in which both sides changed the same words.
  public func noteAskedMerge(
    of path: NotePath, base: [UInt8]?, ours: [UInt8], theirs: [UInt8]
  ) throws {
    guard let head = try head() else { return }
    let asked = AskedMerge(
      path, base: try base.map { try ObjectID.blob($0) }, ours: try ObjectID.blob(ours),
      theirs: try ObjectID.blob(theirs), head: head, rebase: try rebaseUnderWay())
    // The same for the same question.
    let name = try AskedMerge.prefix + ObjectID.blob(asked.record).description.prefix(8)
    try StateFile(vault.stateFolder + "/" + name).write(asked.record)
  }

  /// The rebase that git is at; what it applies of a stash in the end, on the branch again, is none of it.
  private func rebaseUnderWay() throws -> AskedMerge.Rebase? {
    guard case .detached = try repository.head() else { return nil }
    func line(_ file: String) throws -> Substring? {
      try StateFile(repository.gitDirectory + "/" + file).read()
        .flatMap { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline).last }
    }
    func id(_ file: String) throws -> ObjectID? {
      // `pick ID SUBJECT`, or `merge -C ID …`.
      try line(file)?.split(separator: " ").lazy.compactMap { ObjectID(hex: String($0)) }.first
    }
    if let tip = try id("rebase-merge/orig-head") {
      return AskedMerge.Rebase(
        tip: tip, picked: try id("rebase-merge/done"),
        branch: try line("rebase-merge/head-name").flatMap { Reference.branch(named: String($0)) },
        onto: try id("rebase-merge/onto"), moves: try repository.moveCount())
    }
    // That of `--apply` says the rest only once it has stopped.
    guard StateFile(repository.gitDirectory + "/rebase-apply/rebasing").exists,
      let tip = try id("ORIG_HEAD")
    else { return nil }
    return AskedMerge.Rebase(
      tip: tip, picked: try id("rebase-apply/original-commit"), branch: nil, onto: nil, moves: 0)
  }

  /// The conflicts of merges that git kept on this branch, and that the next snapshot records.
  public func unrecordedConflicts() throws -> [UnrecordedConflict] {
    guard vault.hasAskedMerges, let tip = try here() else { return [] }
    if case .operationInProgress = try repository.problem(for: .writing) { return [] }
    return try askedMerges().compactMap { _, asked -> UnrecordedConflict? in
      guard case .waits(let base, let shared, let other) = try fate(of: asked, in: tip) else {
        return nil
      }
      let texts = Vault.ConflictTexts(
        base: base ?? [], shared: shared, other: other, now: try? vault.bytesIfThere(asked.path),
        obstacle: nil, isNote: asked.path.isNote)
      return UnrecordedConflict(
        conflict: try Conflict(over: asked.path, base: base, shared: shared, other: other),
        texts: texts)
    }
  }

  /// Writes the records of the conflicts of merges that git kept on this branch; only for a caller who
  /// is about to make a snapshot, and then calls `noteRecorded`.
  ///
  /// - Returns: the names of the merges.
  func recordKeptMerges() throws -> [String] {
    guard vault.hasAskedMerges, let tip = try here() else { return [] }
    var names: [String] = []
    for (file, asked) in try askedMerges() {
      guard case .waits(let base, let shared, let other) = try fate(of: asked, in: tip) else {
        continue
      }
      try vault.recordConflict(over: asked.path, base: base, shared: shared, other: other)
      names.append(file.path)
    }
    return names
  }

  /// Notes that a snapshot has the records of merges, and forgets all that wait on no branch.
  func noteRecorded(_ names: [String]) throws {
    guard vault.hasAskedMerges, let tip = try here() else { return }
    let branches = try repository.references(below: "refs/heads/").map {
      Tip(id: $0.id, branch: Reference.branch(named: $0.name))
    }
    for (file, var asked) in try askedMerges() {
      if names.contains(file.path) {
        asked.recorded.append(tip.id)
        try file.write(asked.record)
      }
      // Git is at it, and has not said so yet.
      if repository.isUnmerged(GitPath(asked.path.text)) { continue }
      var tips = branches + [tip]
      // One that was taken off its branch may be put on one again.
      for move in try repository.moves(from: asked.head) where repository.exists(move) {
        if try tips.contains(where: { try repository.isAncestor(move, of: $0.id) }) { continue }
        tips.append(Tip(id: move, branch: nil))
      }
      let waits = try tips.contains { tip in
        guard case .waits = try fate(of: asked, in: tip) else { return false }
        return true
      }
      if !waits { try file.remove() }
    }
  }

  /// The merges that git has asked for, with the files that say so.
  private func askedMerges() throws -> [(file: StateFile, asked: AskedMerge)] {
    let names = StateFile.names(in: vault.stateFolder).filter { $0.hasPrefix(AskedMerge.prefix) }
    return try names.compactMap { name -> (file: StateFile, asked: AskedMerge)? in
      let file = StateFile(vault.stateFolder + "/" + name)
      if let bytes = try file.read(), let asked = AskedMerge(record: bytes) { return (file, asked) }
      // Half of one that was being written, or what a killed one left.
      if let time = file.stamp?.modified, time < context.clock() - AskedMerge.longest {
        try file.remove()
      }
      return nil
    }
  }

  // MARK: What became of a merge

  /// A commit with a history, and the branch that is there.
  private struct Tip {
    let id: ObjectID
    let branch: String?
  }

  private func here() throws -> Tip? {
    let head = try repository.head()
    return head.id.map { Tip(id: $0, branch: head.branch) }
  }

  private enum Fate {
    /// Git did not make it, or it was taken back.
    case unkept
    /// Its words wait in a record, or did, or the user has put into the note what is right.
    case done
    /// The words of the other side are to wait.
    case waits(base: [UInt8]?, shared: [UInt8], other: [UInt8])
  }

  /// What became of a merge in the history of a commit.
  private func fate(of asked: AskedMerge, in tip: Tip) throws -> Fate {
    guard repository.exists(asked.head) else { return .unkept }
    for commit in asked.recorded where repository.exists(commit) {
      if try repository.isAncestor(commit, of: tip.id) { return .done }
    }
    if let rebase = asked.rebase, repository.exists(rebase.tip),
      try repository.isAncestor(rebase.tip, of: tip.id)
    {
      return .unkept
    }
    let kept = try keptCommit(of: asked, in: tip)
    guard try kept != nil || isRebased(asked, in: tip) else { return .unkept }
    // Git may have made the ancestor itself, and removed it since.
    guard let texts = texts(of: asked) else { return .unkept }
    let merged = try mergeFiles(
      at: asked.path, base: texts.base ?? [], ours: texts.ours, theirs: texts.theirs,
      keeping: .ours)
    guard let other = merged.other else { return .done }
    if let kept {
      let entry = try repository.entry(at: GitPath(asked.path.text), in: kept.tree)
      guard entry?.id == (try ObjectID.blob(merged.bytes)) else { return .done }
    }
    return .waits(base: texts.base, shared: merged.bytes, other: other)
  }

  /// The commit that git made of a merge, in the history of another.
  private func keptCommit(of asked: AskedMerge, in tip: Tip) throws -> Commit? {
    guard try repository.isAncestor(asked.head, of: tip.id) else { return nil }
    var children: [Commit] = []
    try repository.eachCommit(from: [tip.id], hiding: [asked.head]) { commit in
      if commit.parents.first == asked.head { children.append(commit) }
      return true
    }
    guard let rebase = asked.rebase else {
      return try children.first { commit in
        try commit.parents.dropFirst().contains { try has(asked.theirs, $0, at: asked.path) }
      }
    }
    guard let picked = rebase.picked, let old = try? repository.commit(picked) else { return nil }
    // It may be the next one instead, where nothing was left of the one that was picked.
    return children.first { $0.author == old.author && $0.summary == old.summary }
  }

  /// Whether a branch is what a rebase made of it, where nothing is left of a commit that was picked:
  /// what was there was taken, or it is in another one (`fixup`).
  private func isRebased(_ asked: AskedMerge, in tip: Tip) throws -> Bool {
    guard let rebase = asked.rebase, let branch = rebase.branch, branch == tip.branch,
      let onto = rebase.onto, repository.exists(onto),
      try repository.isAncestor(onto, of: tip.id)
    else { return false }
    // Taken back, and then the branch was set to what it was to be put upon.
    return try !repository.moves(after: max(0, rebase.moves)).contains(rebase.tip)
  }

  /// Whether a snapshot has a text, at a path or, where one side has moved it, elsewhere.
  private func has(_ text: ObjectID, _ commit: ObjectID, at path: NotePath) throws -> Bool {
    let tree = try repository.commit(commit).tree
    if try repository.entry(at: GitPath(path.text), in: tree)?.id == text { return true }
    return try !repository.newestSnapshots(having: [text], from: [commit], atMost: 1).isEmpty
  }

  /// The texts of a merge; `nil` where one of them is gone.
  private func texts(
    of asked: AskedMerge
  ) -> (base: [UInt8]?, ours: [UInt8], theirs: [UInt8])? {
    guard let ours = try? repository.readBlob(asked.ours),
      let theirs = try? repository.readBlob(asked.theirs)
    else { return nil }
    guard let base = asked.base else { return (nil, ours, theirs) }
    return (try? repository.readBlob(base)).map { ($0, ours, theirs) }
  }
}
