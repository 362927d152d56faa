public import Git
public import Markup
public import Vault

/// A text that a note once had, and the snapshot that brought it.
public struct PastText: Sendable {
  /// The snapshot.
  public let commit: Commit
  /// Where the note stood then.
  public let path: NotePath
  /// The text's name; `nil` where the snapshot removed the note.
  public let blob: ObjectID?
  /// Whether the snapshot did no more than give the note another name.
  let isOnlyMoved: Bool
}

/// Which of a note's texts is meant.
public enum Revision: Sendable {
  /// The one that a snapshot holds: anything that `git rev-parse` takes for a commit.
  case commit(String)
  /// The one that the author calls version so-and-so.
  case version(Int)
  /// The one that held at a moment, where the reader is.
  case date(Moment)
}

extension History {
  /// The texts that a note had, newest first, followed through renames, one that is not saved yet
  /// among them; `asItWas` is for the path that the last snapshot has.
  ///
  /// The one that `isLast` says it of is the last that is looked for. `onAllBranches` are those as well
  /// that came and went on a branch before it was merged, and `asOf`, in seconds since 1970, those that
  /// a merge left out after that.
  public func pastTexts(
    of path: NotePath, asItWas: Bool = false, onAllBranches: Bool = false,
    asOf moment: Int64? = nil, until isLast: (PastText) throws(GitError) -> Bool = { _ in false }
  ) throws -> [PastText] {
    guard let head = try head() else { return [] }
    let path = asItWas ? path : try unsavedRename(of: path) ?? path
    var texts: [PastText] = []
    try repository.eachVersion(
      of: GitPath(path.text), from: head, followingRenames: true, except: .vaultFolder,
      onAllBranches: onAllBranches, asOf: moment,
      trace: { path, parent, old, commit, new throws(GitError) in
        try trace(path, parent, old, commit, new)
      },
      { version throws(GitError) in
        guard let place = version.path.notePath else { return true }
        let text = PastText(
          commit: version.commit, path: place, blob: version.id, isOnlyMoved: version.isOnlyMoved)
        texts.append(text)
        return try !isLast(text)
      })
    return texts
  }

  /// Whether a note of this path is in a snapshot, or was, on any branch.
  public func hasHad(_ path: NotePath) throws -> Bool {
    try !pastTexts(of: path, onAllBranches: true, until: { _ in true }).isEmpty
  }

  /// Whether a file is in no snapshot and comes into none, since git ignores it.
  public func isLeftOut(_ path: NotePath) throws -> Bool {
    let place = GitPath(path.text)
    guard try repository.isIgnored(place) else { return false }
    guard let tree = try headTree() else { return true }
    return try repository.entry(at: place, in: tree) == nil
  }

  /// A note's text in the last snapshot; `nil` where it is not there.
  public func savedText(of path: NotePath) throws -> [UInt8]? {
    guard let tree = try headTree() else { return nil }
    let place = try unsavedRename(of: path) ?? path
    guard let entry = try repository.entry(at: GitPath(place.text), in: tree), entry.kind == .file
    else { return nil }
    return try repository.readBlob(entry.id)
  }

  /// The blob that the last snapshot has at a path, by its name; `nil` where no file is there.
  public func savedBlob(at path: NotePath) throws -> String? {
    guard let tree = try headTree() else { return nil }
    let entry = try repository.entry(at: GitPath(path.text), in: tree)
    return entry?.kind == .file ? entry?.id.description : nil
  }

  /// Where the last snapshot has a note that was renamed since; `nil` where it was not.
  public func unsavedRename(of path: NotePath) throws -> NotePath? {
    guard vault.files.isTaken(path), let tree = try headTree(),
      try repository.entry(at: GitPath(path.text), in: tree) == nil
    else { return nil }
    return try unsavedRenames()[path]
  }

  /// Where the last snapshot has the notes that were renamed since, by where they are.
  func unsavedRenames() throws -> [NotePath: NotePath] {
    var found: [NotePath: NotePath] = [:]
    for change in try unsavedChanges() where change.kind == .renamed {
      if let new = change.newPath.notePath, let old = change.oldPath.notePath { found[new] = old }
    }
    return found
  }

  /// The notes that the last snapshot has and that were changed, moved or removed since; none where every
  /// file would have to be read for it, since no snapshot was taken here yet.
  public func unsavedNotes() throws -> [UnsavedNote] {
    guard StateFile(workTreeIndexPath).exists else { return [] }
    return try unsavedChanges().compactMap { change in
      guard let old = change.old, old.kind == .file, let path = change.oldPath.notePath, path.isNote
      else { return nil }
      let isThere = change.new?.kind == .file
      return UnsavedNote(
        path: path, now: isThere ? change.newPath.notePath : nil, blob: old.id.description)
    }
  }

  private func unsavedChanges() throws -> [FileChange] {
    // What is not saved is compared in the memory of a trial.
    let trial = try History(of: vault, context: context, for: purpose)
    try trial.repository.keepNewObjectsInMemory()
    let head = try trial.headTree()
    return try trial.changes(head, trial.treeOfFiles(over: head).tree)
  }

  /// A note's text at a revision, with the revision's name and when the text was made.
  ///
  /// The note is followed to where it stood then. What else stood at its path is meant where it was
  /// not there itself; with `asItStood` always, if a snapshot is named. At a moment it is what was
  /// written last until then, on whichever machine or branch, as the note's history tells it.
  ///
  /// - Throws: `HistoryError.noSuchRevision`, `HistoryError.noSuchNote`, `HistoryError.noSuchVersion`.
  public func text(
    of path: NotePath, at revision: Revision, asItStood: Bool = false
  ) throws -> (bytes: [UInt8], name: String, time: TextTime) {
    if case .version(let number) = revision {
      let (version, ledger) = try version(number, of: path)
      return (
        try text(of: version, in: ledger, for: path), "v\(number)", .version(version.created)
      )
    }
    var found: (commit: Commit, blob: ObjectID)?
    switch revision {
    case .version: break
    case .date(let moment):
      let last = try lastText(of: path, until: moment.seconds)
      if let (version, ledger) = try version(of: path, until: moment, since: last) {
        return (
          try text(of: version, in: ledger, for: path), "v\(version.number)",
          .version(version.created)
        )
      }
      if let last {
        found = last.blob.map { (last.commit, $0) }
      } else if let snapshot = try snapshot(at: moment.seconds) {
        found = try text(at: path, in: snapshot)
      }
    case .commit(let name):
      let snapshot = try repository.commit(commit(named: name))
      if asItStood { found = try text(at: path, in: snapshot) }
      if found == nil { found = try followedText(of: path, in: snapshot) }
      if found == nil { found = try text(at: path, in: snapshot) }
    }
    guard let found else {
      try requireWhole()
      throw HistoryError.noSuchNote(path.text, revision: revision.whereabouts)
    }
    return (
      try repository.readBlob(found.blob), found.commit.id.short,
      .snapshot(found.commit.committer.seconds)
    )
  }

  /// What was written last of a note until a moment, in seconds since 1970, on any machine or branch; not
  /// what a merge had left out by then.
  func lastText(of path: NotePath, until moment: Int64) throws -> PastText? {
    let texts = try pastTexts(of: path, onAllBranches: true, asOf: moment) { text in
      text.commit.committer.seconds <= moment && !text.isOnlyMoved
    }
    return texts.lastWritten(until: moment).map { texts[$0] }
  }

  /// The version of a post that was cut last until a moment, where no snapshot tells of its text by then
  /// and nothing was written since: it was published elsewhere, or the snapshots were made anew.
  ///
  /// One that was withdrawn is passed over where a snapshot has a text by then.
  func version(
    of path: NotePath, until moment: Moment, since last: PastText?
  ) throws -> (version: Version, ledger: Ledger)? {
    guard path.isNote else { return nil }
    let ledger = try ledger(of: path)
    var versions: [(made: Int64, version: Version)] = []
    for version in ledger.versions where version.text != last?.blob {
      let time = TextTime.version(version.created)
      guard time.was(until: moment), let made = time.seconds,
        made > last?.commit.committer.seconds ?? .min, last == nil || version.withdrawn == nil
      else { continue }
      versions.append((made, version))
    }
    if last != nil, !versions.isEmpty {
      let texts = try pastTexts(of: path, onAllBranches: true, asOf: moment.seconds)
      let known = Set(
        texts.lazy.filter { $0.commit.committer.seconds <= moment.seconds }.map(\.blob))
      versions.removeAll { known.contains($0.version.text) }
    }
    let newest = versions.max { ($0.made, $0.version.number) < ($1.made, $1.version.number) }
    return newest.map { ($0.version, ledger) }
  }

  /// What a snapshot has at a path itself.
  private func text(
    at path: NotePath, in snapshot: Commit
  ) throws -> (commit: Commit, blob: ObjectID)? {
    guard let entry = try repository.entry(at: GitPath(path.text), in: snapshot.tree),
      entry.kind == .file
    else { return nil }
    return (snapshot, entry.id)
  }

  /// What a snapshot has of a note, which is followed through renames, and what brought it; found
  /// without a walk to the end of the history where that can be.
  private func followedText(
    of path: NotePath, in snapshot: Commit
  ) throws -> (commit: Commit, blob: ObjectID)? {
    var blobs = SnapshotBlobs(commit: snapshot)
    var isThere = false
    let texts = try pastTexts(of: path, onAllBranches: true) { text throws(GitError) in
      isThere = try has(text, in: &blobs)
      return isThere
    }
    if isThere, let last = texts.last, let blob = last.blob { return (last.commit, blob) }
    // The note's history may not tell of the text: one of a branch that a merge left out.
    guard
      let before = try self.texts(texts, upTo: .commit(snapshot.id.description)).first,
      let blob = before.blob
    else { return nil }
    if let there = try text(at: before.path, in: snapshot) {
      return there.blob == blob ? (before.commit, blob) : there
    }
    // It was not there any more, or that branch gave it another name.
    let changes = try changes(before.commit.tree, snapshot.tree)
    return changes.rename(of: before.path)?.new.map { (snapshot, $0.id) }
  }

  /// A note's texts, newest first, from one that is meant on; a version is none of them.
  ///
  /// For a moment, they are those as of it.
  func texts(_ texts: [PastText], upTo revision: Revision) throws -> ArraySlice<PastText> {
    switch revision {
    case .version: return []
    case .date(let moment):
      return texts.lastWritten(until: moment.seconds).map { texts[$0...] } ?? []
    case .commit(let name):
      var snapshot = SnapshotBlobs(commit: try repository.commit(commit(named: name)))
      if let place = try texts.firstIndex(where: { try has($0, in: &snapshot) }) {
        return texts[place...]
      }
      let known = try history(of: snapshot.commit.id)
      return texts.drop { !known.contains($0.commit.id) }
    }
  }

  /// Whether a snapshot has a text where that stood, and has it in its history.
  private func has(
    _ text: PastText, in snapshot: inout SnapshotBlobs
  ) throws(GitError) -> Bool {
    guard let blob = text.blob else { return false }
    if !snapshot.known.contains(text.path) {
      let entry = try repository.entry(at: GitPath(text.path.text), in: snapshot.commit.tree)
      snapshot.known.insert(text.path)
      snapshot.blobs[text.path] = entry?.kind == .file ? entry?.id : nil
    }
    guard snapshot.blobs[text.path] == blob else { return false }
    return try repository.isAncestor(text.commit.id, of: snapshot.commit.id)
  }

  /// The bytes of one of a note's texts.
  func bytes(of text: PastText) throws -> [UInt8] {
    guard let blob = text.blob else {
      throw HistoryError.noSuchNote(text.path.text, revision: text.commit.id.short)
    }
    return try repository.readBlob(blob)
  }

  /// When a snapshot was taken, in seconds since 1970, by anything that names it.
  ///
  /// - Throws: `HistoryError.noSuchRevision`.
  public func seconds(ofCommit name: String) throws -> Int64 {
    try repository.commit(commit(named: name)).committer.seconds
  }

  /// A snapshot and all that came before it.
  public func history(of commit: ObjectID) throws -> Set<ObjectID> {
    var found: Set<ObjectID> = []
    try repository.eachCommit(from: [commit], order: .time) { commit throws(GitError) in
      found.insert(commit.id)
      return true
    }
    return found
  }

  /// The commit that a name means.
  public func commit(named name: String) throws -> ObjectID {
    do {
      return try repository.resolve(name)
    } catch {
      throw HistoryError.noSuchRevision(name)
    }
  }

  /// The snapshots of the whole vault, newest first, and what each changed.
  public func snapshots(limit: Int) throws -> [(commit: Commit, changes: [FileChange])] {
    guard let head = try head() else { return [] }
    var found: [(commit: Commit, changes: [FileChange])] = []
    try repository.eachCommit(from: [head]) { commit throws(GitError) in
      var parent: ObjectID?
      if let first = commit.parents.first { parent = try repository.commit(first).tree }
      // What the first of a shallow clone changed is not known.
      if repository.isCutOff(commit.id) { parent = commit.tree }
      found.append((commit, try changes(parent, commit.tree).filter { !$0.isRecord }))
      return found.count < limit
    }
    return found
  }
}

extension [PastText] {
  /// The place of the text that was written last until a moment, in seconds since 1970.
  ///
  /// To give a note another name is not to write: where another branch wrote before that, it has the last.
  fileprivate func lastWritten(until moment: Int64) -> Int? {
    let places = indices.filter { self[$0].commit.committer.seconds <= moment }
    guard let written = places.first(where: { !self[$0].isOnlyMoved }) else { return places.first }
    return places.first { self[$0].blob == self[written].blob }
  }
}

/// A snapshot, and what it has at the paths that were looked up in it.
private struct SnapshotBlobs {
  let commit: Commit
  var known: Set<NotePath> = []
  var blobs: [NotePath: ObjectID] = [:]
}

extension Revision {
  /// What is said behind "NOTE was not there" where it has no such text.
  var whereabouts: String {
    switch self {
    case .commit(let name): "in \(name)"
    case .version(let number): "as v\(number)"
    case .date: "on that date"
    }
  }
}
