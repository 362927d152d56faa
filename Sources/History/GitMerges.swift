internal import Git
internal import Markup
public import Vault

/// Merges of notes that plain git asked for, by the driver that `notes hooks install` gives it, where the
/// note stays and the other side's words have to wait.
///
/// Git asks the same of a merge that it makes, of one that is taken back (`git merge --abort`), and of one
/// that somebody only wants to see (`git merge-tree`, `git log --remerge-diff`); of these nothing may
/// go to other machines. So it is noted here first, and becomes a conflict's record once the reflog of HEAD says
/// that git kept what it had asked for: gitattributes(5), "Defining a custom merge driver".
private struct AskedMerge {
  let path: NotePath
  let base: ObjectID?
  let ours: ObjectID
  let theirs: ObjectID
  /// Whether a rebase asked.
  let isRebase: Bool

  init(
    _ path: NotePath, base: ObjectID?, ours: ObjectID, theirs: ObjectID, isRebase: Bool
  ) {
    self.path = path
    self.base = base
    self.ours = ours
    self.theirs = theirs
    self.isRebase = isRebase
  }

  init?(record bytes: [UInt8]) {
    let values = recordValues(bytes)
    func id(_ key: String) -> ObjectID? { values[key].flatMap(ObjectID.init(hex:)) }
    guard let path = values["note"].flatMap({ try? NotePath($0) }), let ours = id("ours"),
      let theirs = id("theirs")
    else { return nil }
    self.init(
      path, base: id("base"), ours: ours, theirs: theirs, isRebase: values["rebase"] == "yes")
  }

  var record: [UInt8] {
    recordText([
      ("note", path.text), ("base", base?.description), ("ours", ours.description),
      ("theirs", theirs.description), ("rebase", isRebase ? "yes" : nil),
    ])
  }

  /// What its file is called, the same for the same question.
  var name: String {
    get throws(GitError) { try Self.prefix + ObjectID.blob(record).description.prefix(8) }
  }

  static let prefix = "merge-"
  /// How long a git may take from the question to its reflog, in nanoseconds.
  static let longest: Int64 = 3_600_000_000_000
}

extension Vault {
  /// Notes that git asked for a merge of a note in which both sides changed the same words.
  public func noteAskedMerge(
    of path: NotePath, base: [UInt8]?, ours: [UInt8], theirs: [UInt8]
  ) throws {
    let asked = AskedMerge(
      path, base: try base.map { try ObjectID.blob($0) }, ours: try ObjectID.blob(ours),
      theirs: try ObjectID.blob(theirs),
      isRebase: ["rebase-merge", "rebase-apply"].contains {
        StateFile("\(stateFolder)/../\($0)").exists
      })
    try StateFile(stateFolder + "/" + asked.name).write(asked.record)
  }
}

extension History {
  /// Makes conflicts' records of the merges that git asked for and kept, and forgets those that it did not
  /// keep.
  public func recordKeptMerges() throws {
    let names = StateFile.names(in: vault.stateFolder).filter { $0.hasPrefix(AskedMerge.prefix) }
    if names.isEmpty { return }
    if case .operationInProgress = try repository.problem(for: .writing) { return }
    for name in names {
      let file = StateFile(vault.stateFolder + "/" + name)
      guard let time = file.stamp?.modified else { continue }
      guard let bytes = try file.read(), let asked = AskedMerge(record: bytes) else {
        // Half of one that was being written, or what a killed one left.
        if time < context.clock() - AskedMerge.longest { try file.remove() }
        continue
      }
      let moves = try repository.moves(since: time / 1_000_000_000)
      switch try outcome(of: asked, moves) {
      case .kept(let commit):
        try record(asked, keptIn: commit)
        try file.remove()
      case .takenBack:
        try file.remove()
      case .unknown:
        if time < context.clock() - AskedMerge.longest { try file.remove() }
      }
    }
  }

  private enum Outcome {
    /// Kept, in a commit; `nil` where nothing was left of the one that a rebase put on top, since the text
    /// that was there was taken.
    case kept(in: Commit?)
    case takenBack
    case unknown
  }

  private func outcome(of asked: AskedMerge, _ moves: [HeadMove]) throws -> Outcome {
    if asked.isRebase {
      // Oldest first: the rebase that asked is the first that ended.
      guard let end = moves.last(where: \.endsRebase) else { return .unknown }
      if end.isRebaseTakenBack { return .takenBack }
      for move in moves.reversed() {
        let commit = try repository.commit(move.to)
        guard commit.parents.count == 1, try has(asked.ours, commit.parents[0], at: asked.path)
        else { continue }
        return .kept(in: commit)
      }
      return .kept(in: nil)
    }
    guard let head = try head() else { return .unknown }
    for move in moves {
      let commit = try repository.commit(move.to)
      guard commit.parents.count > 1, try has(asked.ours, commit.parents[0], at: asked.path),
        try commit.parents.dropFirst().contains(where: {
          try has(asked.theirs, $0, at: asked.path)
        }), try repository.isAncestor(commit.id, of: head)
      else { continue }
      return .kept(in: commit)
    }
    return .unknown
  }

  /// Whether a snapshot has a text, at a path or, where one side has moved it, elsewhere.
  private func has(_ text: ObjectID, _ commit: ObjectID, at path: NotePath) throws -> Bool {
    let tree = try repository.commit(commit).tree
    if try repository.entry(at: GitPath(path.text), in: tree)?.id == text { return true }
    return try !repository.newestSnapshots(having: [text], from: [commit], atMost: 1).isEmpty
  }

  /// Records the conflict of a merge, but for one that the user has settled: then the commit has another
  /// text than the one that the merge left.
  private func record(_ asked: AskedMerge, keptIn commit: Commit?) throws {
    let base = try asked.base.map { try repository.readBlob($0) }
    let merged = try mergeFiles(
      at: asked.path, base: base ?? [], ours: repository.readBlob(asked.ours),
      theirs: repository.readBlob(asked.theirs), keeping: .ours)
    guard let other = merged.other else { return }
    if let commit {
      let entry = try repository.entry(at: GitPath(asked.path.text), in: commit.tree)
      guard entry?.id == (try ObjectID.blob(merged.bytes)) else { return }
    }
    try vault.recordConflict(
      over: asked.path, base: base, shared: merged.bytes, other: other)
  }
}

extension HeadMove {
  private var isOfRebase: Bool { message.contains("rebase") }

  /// Whether it is the last move of a rebase, as git words it: `rebase (finish): returning to …`,
  /// `pull --rebase (abort): …`, and for older ones `rebase finished: …`.
  fileprivate var endsRebase: Bool {
    isOfRebase
      && (message.contains("(finish)") || message.contains("rebase finished")
        || isRebaseTakenBack)
  }

  fileprivate var isRebaseTakenBack: Bool {
    isOfRebase && (message.contains("(abort)") || message.contains("aborting"))
  }
}
