internal import Foundation
internal import Git
internal import Markup
internal import Synchronization
public import Vault

extension History {
  /// So few are read without a thread of their own.
  private static let fewCommits = 64

  /// Whether the repository has a snapshot, by its name.
  public func has(_ name: String) -> Bool { !there([name]).isEmpty }

  /// Those of some snapshots that are there.
  private func there(_ names: [String]) -> [ObjectID] {
    names.compactMap(ObjectID.init(hex:)).filter { repository.exists($0) }
  }

  /// The names of the snapshots that some earlier heads lead to, and the one of now does not.
  ///
  /// A head that is not there any more counts for nothing.
  public func pastCommits(leftSince heads: [String]) throws -> [String] {
    guard let head = try head() else { return [] }
    var left: [String] = []
    try repository.eachCommit(from: there(heads), hiding: [head]) { commit in
      left.append(commit.id.description)
      return true
    }
    return left
  }

  /// What each snapshot changed in the notes' texts, oldest first, from those after some snapshots on.
  ///
  /// A merge changed what it took over from no side, once for each side. `isKnown` says which
  /// snapshots to pass over, and what is before `heads` is known as well; one of these that is not
  /// there any more counts for nothing. At the end come the texts of other branches that merges left
  /// out, as changes of these merges: those of which no known change replaced the blob at the path
  /// (`isReplaced`).
  public func eachPastCommit(
    after heads: [String], skipping isKnown: (String) throws -> Bool,
    isReplaced: (_ path: NotePath, _ blob: String) throws -> Bool,
    _ visit: (PastCommit) throws -> Void
  ) throws {
    guard let head = try head() else { return }
    // Of a head that is in this history no more, what is before it is known as well.
    let hidden = try there(heads).flatMap { try repository.mergeBases($0, head) }
    var reader = PastReader(tree: try repository.commit(head).tree)
    for old in hidden {
      try reader.takeTips(of: try repository.commit(old).tree, in: repository)
    }
    var commits: [ObjectID] = []
    var failure: (any Error)?
    try repository.trustingObjects {
      try repository.eachCommit(from: [head], hiding: hidden, order: .oldestFirst) {
        commit throws(GitError) in
        do {
          if try !isKnown(commit.id.description) { commits.append(commit.id) }
        } catch {
          failure = error
        }
        return failure == nil
      }
      if let failure { throw failure }
      if commits.count < Self.fewCommits {
        for id in commits { try visit(reader.read(repository.commit(id), in: repository)) }
      } else {
        let reading = PastReading(commits, reader, of: vault, context)
        reader = try reading.hand(to: visit)
      }
      for (merge, change) in try reader.leftOut(in: repository, isReplaced: isReplaced) {
        try visit(PastCommit(try repository.commit(merge ?? head), changes: [change]))
      }
    }
  }
}

/// Reads what commits changed on a thread of its own, a little ahead of who takes it in.
private final class PastReading: Sendable {
  private let commits: [ObjectID]
  private let vault: Vault
  private let context: History.Context
  /// It is held for as long as the thread reads.
  private let reader: Mutex<PastReader>
  /// One place for each commit and one more for each 16 kB.
  private let read = Handover<Result<PastCommit, any Error>>(places: 256)

  init(
    _ commits: [ObjectID], _ reader: PastReader, of vault: Vault, _ context: History.Context
  ) {
    self.commits = commits
    self.reader = Mutex(reader)
    self.vault = vault
    self.context = context
  }

  /// Hands over one commit after the other, and then who read them.
  func hand(to visit: (PastCommit) throws -> Void) throws -> PastReader {
    Thread.detachNewThread { [self] in readAll() }
    // Whatever goes wrong: when this is over, the thread reads no more.
    defer {
      read.stop()
      reader.withLock { _ in }
    }
    while let commit = read.next() { try visit(commit.get()) }
    return reader.withLock { $0 }
  }

  private func readAll() {
    reader.withLock { reader in
      do {
        // A libgit2 repository is used by one thread at a time.
        let history = try History(of: vault, context: context, for: .reading)
        for id in commits {
          let commit = try reader.read(history.repository.commit(id), in: history.repository)
          let bytes = commit.changes.reduce(0) { $0 + $1.gone.reduce(0) { $0 + $1.bytes.count } }
          guard read.put(.success(commit), places: 1 + bytes / 16_384) else { return }
        }
        read.finish()
      } catch {
        _ = read.put(.failure(error))
      }
    }
  }
}

extension PastCommit {
  fileprivate init(_ commit: Commit, changes: [PastChange]) {
    self.init(
      name: commit.id.description, parents: commit.parents.map(\.description),
      seconds: commit.committer.seconds, author: commit.author.name,
      message: commit.message, changes: changes)
  }
}

/// Reads what commits changed in notes.
private struct PastReader: Sendable {
  /// The tree of the last snapshot.
  let tree: ObjectID
  /// The blobs that were read last: what is new in one commit is old in a later one.
  private var texts: [ObjectID: Text] = [:]
  private var order: [ObjectID] = []
  private var bytesKept = 0
  private var trees = TreeCache()
  /// Texts that commits brought and that none of them replaced yet, each with the number of merges
  /// that were read before.
  private var tips: [NotePath: [ObjectID: Int]] = [:]
  private var merges: [Merge] = []
  /// The ids of the notes' texts that were read, as they are written; `nil` for those without.
  private var ids: [ObjectID: String?] = [:]

  private struct Merge: Sendable {
    let id: ObjectID
    let parents: [ObjectID]
    let tree: ObjectID
  }

  /// A larger file is no prose.
  private static let largestFile = 4 << 20
  private static let mostBytesKept = 64 << 20

  /// So few are looked up one by one; for more, the whole snapshot is gone through, since a lookup reads
  /// the folder.
  private static let fewTips = 64

  /// A commit that makes more notes than this splits none up.
  private static let mostMade = 200

  private struct Text: Sendable {
    let bytes: [UInt8]
    let passages: [Passage]
  }

  init(tree: ObjectID) { self.tree = tree }

  mutating func read(
    _ commit: Commit, in repository: borrowing Repository
  ) throws -> PastCommit {
    let parents = try commit.parents.map { try repository.commit($0).tree }
    if parents.count > 1 {
      merges.append(Merge(id: commit.id, parents: parents, tree: commit.tree))
    }
    var changes: [PastChange] = []
    for changed in try changedNotes(parents, commit.tree, repository) {
      changes += try self.changes(changed, repository)
    }
    return PastCommit(commit, changes: try withMoved(changes, repository))
  }

  /// Takes in the texts of a snapshot up to which all was known, where the last one has others: what
  /// stood then may have been left out since.
  mutating func takeTips(of old: ObjectID, in repository: borrowing Repository) throws {
    let changes = try repository.diff(old, tree, of: { Self.note($0) != nil }, cache: &trees)
    for change in changes {
      guard let path = Self.note(change.oldPath), let blob = change.old?.id else { continue }
      tips[path, default: [:]][blob] = 0
    }
  }

  /// The texts that no commit replaced and that the last snapshot has not, each with the merge that
  /// left it out.
  mutating func leftOut(
    in repository: borrowing Repository,
    isReplaced: (NotePath, String) throws -> Bool
  ) throws -> [(merge: ObjectID?, change: PastChange)] {
    var found: [(ObjectID?, PastChange)] = []
    let standing = try standing(in: repository)
    for (path, blobs) in tips.sorted(by: { $0.key < $1.key }) {
      let now = standing[path]
      for (blob, first) in blobs.sorted(by: { $0.key.description < $1.key.description })
      where blob != now {
        if try isReplaced(path, blob.description) { continue }
        let merge = try merge(without: blob, at: path, from: first, repository)
        let then = try merge.map { try repository.entry(at: GitPath(path.text), in: $0.tree)?.id }
        let change = try difference(
          path, Old(side: 0, was: nil, blob: blob), then ?? now, repository)
        if change.gone.isEmpty { continue }
        found.append(
          (
            merge?.id,
            PastChange(
              path: path, was: nil, old: change.old, new: change.new, isLeftOut: true,
              gone: change.gone, came: [])
          ))
      }
    }
    return found
  }

  /// What the last snapshot has where a text is still a tip.
  private func standing(
    in repository: borrowing Repository
  ) throws -> [NotePath: ObjectID] {
    var standing: [NotePath: ObjectID] = [:]
    if tips.count < Self.fewTips {
      for path in tips.keys {
        standing[path] = try repository.entry(at: GitPath(path.text), in: tree)?.id
      }
    } else {
      try repository.eachEntry(of: tree) { path, entry in
        if let path = Self.note(path), tips[path] != nil { standing[path] = entry.id }
        return true
      }
    }
    return standing
  }

  /// The first merge of those from a number on that has not got a text that one of its parents has.
  private func merge(
    without blob: ObjectID, at path: NotePath, from first: Int,
    _ repository: borrowing Repository
  ) throws -> Merge? {
    let path = GitPath(path.text)
    for merge in merges[first...] {
      if try repository.entry(at: path, in: merge.tree)?.id == blob { continue }
      for parent in merge.parents where try repository.entry(at: path, in: parent)?.id == blob {
        return merge
      }
    }
    return nil
  }

  /// A note that differs from every parent, with what each had.
  private struct Changed {
    let path: NotePath
    let olds: [Old]
    let new: ObjectID?
  }

  /// A text that a parent had, and its path where that was another.
  private typealias Before = (was: NotePath?, blob: ObjectID?)

  /// What a parent had.
  private struct Old {
    /// The parent's number, counted from 0.
    let side: Int
    let was: NotePath?
    let blob: ObjectID?
  }

  private mutating func changedNotes(
    _ parents: [ObjectID], _ tree: ObjectID, _ repository: borrowing Repository
  ) throws -> [Changed] {
    let changes = try noteChanges(parents.first, tree, isOfMerge: parents.count > 1, repository)
    if changes.isEmpty { return [] }
    let others = try parents.dropFirst().map { try otherParent($0, tree, repository) }
    var renames: [ObjectID: [NotePath: Before]] = [:]
    var found: [Changed] = []
    for change in changes {
      guard let path = Self.note(change.newPath) else { continue }
      let new = change.kind == .deleted ? nil : change.new?.id
      let was = change.kind == .renamed ? Self.note(change.oldPath) : nil
      // What a parent has of a path at which it has no other text than the merge is the merge's.
      guard others.allSatisfy({ $0.differing[path] != nil }) else { continue }
      var olds = [Old(side: 0, was: was, blob: change.old?.id)]
      for other in others {
        let blob = other.differing[path] ?? nil
        var old: Before = (nil, blob)
        if blob == nil, new != nil, olds[0].blob != nil {
          let known = try renames[other.tree] ?? self.renames(other.tree, tree, repository)
          renames[other.tree] = known
          if let renamed = known[path] { old = renamed }
        }
        olds.append(Old(side: olds.count, was: old.was, blob: old.blob))
      }
      found.append(Changed(path: path, olds: olds, new: new))
    }
    return found
  }

  /// How the notes of two trees differ, those with an id known by it, as in a merge.
  private mutating func noteChanges(
    _ old: ObjectID?, _ new: ObjectID, isOfMerge: Bool, _ repository: borrowing Repository
  ) throws -> [FileChange] {
    // Not a method: it would hold a copy of all that is kept here.
    let changes = try repository.diff(old, new, of: { Self.note($0) != nil }, cache: &trees)
    let edited = changes.filter(\.isOfEditedNote)
    if !isOfMerge, changes.count > 1, edited.count <= FileChange.mostAskedForID {
      // They will be compared, and are read only once. Those of a merge were read with other commits.
      for change in edited {
        guard let before = change.old, let after = change.new else { continue }
        let text = try text(before.id, repository)
        _ = try self.text(after.id, after: text, repository)
      }
    }
    return try changes.knownByID { entry, _ throws(GitError) in
      guard let entry, entry.kind == .file else { return nil }
      return try id(inText: entry.id, repository)
    }
  }

  /// The id in the front matter of a text, as it is written.
  private mutating func id(
    inText blob: ObjectID, _ repository: borrowing Repository
  ) throws(GitError) -> String? {
    if let known = ids[blob] { return known }
    let isLarge = try repository.blobSize(blob) > Self.largestFile
    let id = Self.id(in: isLarge ? [] : try repository.readBlob(blob))
    ids[blob] = .some(id)
    return id
  }

  /// It is asked of each text that ever was, so no YAML is read.
  private static func id(in bytes: [UInt8]) -> String? {
    let hasMark = bytes.starts(with: "\u{FEFF}".utf8)
    var lines = bytes[(hasMark ? 3 : 0)...]
    guard lines.starts(with: "---".utf8) else { return nil }
    for _ in 0..<200 {
      guard let end = lines.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      lines = lines[(end + 1)...]
      if lines.starts(with: "id:".utf8) {
        let id = lines.dropFirst(3).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
          .filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
        return id.isEmpty ? nil : String(decoding: id, as: UTF8.self)
      }
      if lines.starts(with: "---".utf8) || lines.starts(with: "...".utf8) { return nil }
    }
    return nil
  }

  /// A parent of a merge, with what it has of the notes that the merge has not as it has them.
  ///
  /// The trees are compared once for all notes: a look-up of each would read a large folder each time.
  private mutating func otherParent(
    _ parent: ObjectID, _ tree: ObjectID, _ repository: borrowing Repository
  ) throws -> (tree: ObjectID, differing: [NotePath: ObjectID?]) {
    let changes = try repository.diff(
      parent, tree, findingRenames: false, of: { Self.note($0) != nil }, cache: &trees)
    var differing: [NotePath: ObjectID?] = [:]
    for change in changes {
      if let path = Self.note(change.newPath) { differing[path] = .some(change.old?.id) }
    }
    return (parent, differing)
  }

  /// What a parent of a merge had of notes under other names, by their names in the merge.
  private mutating func renames(
    _ parent: ObjectID, _ tree: ObjectID, _ repository: borrowing Repository
  ) throws -> [NotePath: Before] {
    var renames: [NotePath: Before] = [:]
    for change in try noteChanges(parent, tree, isOfMerge: true, repository)
    where change.kind == .renamed {
      guard let path = Self.note(change.newPath), let was = Self.note(change.oldPath) else {
        continue
      }
      renames[path] = (was, change.old?.id)
    }
    return renames
  }

  private mutating func changes(
    _ changed: Changed, _ repository: borrowing Repository
  ) throws -> [PastChange] {
    for old in changed.olds {
      if let blob = old.blob { tips[old.was ?? changed.path]?[blob] = nil }
    }
    if let new = changed.new, tips[changed.path]?[new] == nil {
      tips[changed.path, default: [:]][new] = merges.count
    }
    let olds = changed.olds.filter { $0.blob != nil }
    guard olds.count > 1 else {
      let old = olds.first ?? changed.olds[0]
      return [try difference(changed.path, old, changed.new, repository)]
    }
    return try merge(changed, olds, repository)
  }

  /// What a merge changed itself: what came was on no side, and what went was on all, or on one that
  /// had just brought it, which only the index can tell.
  private mutating func merge(
    _ changed: Changed, _ olds: [Old], _ repository: borrowing Repository
  ) throws -> [PastChange] {
    let sides = try olds.compactMap(\.blob).map { side in
      Set(try text(side, repository).passages.map(\.hash))
    }
    var told: Set<UInt64> = []
    var changes: [PastChange] = []
    for (place, old) in olds.enumerated() {
      let change = try difference(changed.path, old, changed.new, repository)
      let gone = change.gone.filter { told.insert($0.hash).inserted }.map { passage in
        PastPassage(
          hash: passage.hash, range: passage.range, bytes: passage.bytes,
          mayBeTold: !sides.allSatisfy { $0.contains(passage.hash) })
      }
      let came = change.came.filter { hash in !sides.contains { $0.contains(hash) } }
      changes.append(
        PastChange(
          side: change.side, path: change.path, was: change.was, old: change.old,
          new: change.new, gone: gone, came: place == 0 ? came : []))
    }
    return changes
  }

  private mutating func difference(
    _ path: NotePath, _ old: Old, _ new: ObjectID?, _ repository: borrowing Repository
  ) throws -> PastChange {
    var gone: [PastPassage] = []
    var came: [UInt64] = []
    if let blob = old.blob, blob != new {
      let before = try text(blob, repository)
      let after = try new.map { try text($0, after: before, repository).passages } ?? []
      let difference = Passage.difference(before.passages, after)
      gone = difference.gone.map {
        PastPassage(hash: $0.hash, range: $0.range, bytes: Array(before.bytes[$0.range]))
      }
      came = difference.came.map(\.hash)
    }
    return PastChange(
      side: old.side, path: path, was: old.was, old: old.blob?.description,
      new: new?.description, gone: gone, came: came)
  }

  /// Notes that a commit made and that took passages over from others say so of these passages.
  private mutating func withMoved(
    _ changes: [PastChange], _ repository: borrowing Repository
  ) throws -> [PastChange] {
    let made = changes.count { $0.old == nil }
    guard made > 0, made <= Self.mostMade, changes.contains(where: { !$0.gone.isEmpty }) else {
      return changes
    }
    let gone = Set(changes.flatMap { $0.gone.map(\.hash) })
    var told: [PastChange] = []
    for change in changes {
      guard change.old == nil, let new = change.new.flatMap(ObjectID.init(hex:)) else {
        told.append(change)
        continue
      }
      let moved = try text(new, repository).passages.map(\.hash).filter(gone.contains)
      told.append(
        PastChange(
          side: change.side, path: change.path, was: nil, old: nil, new: change.new, gone: [],
          came: moved))
    }
    return told
  }

  private mutating func text(
    _ blob: ObjectID, after old: Text? = nil, _ repository: borrowing Repository
  ) throws(GitError) -> Text {
    if let known = texts[blob] { return known }
    let isLarge = try repository.blobSize(blob) > Self.largestFile
    let bytes = isLarge ? [] : try repository.readBlob(blob)
    let passages = old.map { Passage.all(in: bytes, after: $0.bytes, with: $0.passages) }
    let text = Text(bytes: bytes, passages: passages ?? Passage.all(in: bytes))
    texts[blob] = text
    if ids[blob] == nil { ids[blob] = .some(Self.id(in: bytes)) }
    order.append(blob)
    bytesKept += bytes.count
    while bytesKept > Self.mostBytesKept, order.count > 2 {
      // The older half at once: taking single ones from the front would move all others.
      let half = order.count / 2
      for old in order[..<half] {
        bytesKept -= texts.removeValue(forKey: old)?.bytes.count ?? 0
      }
      order.removeFirst(half)
    }
    return text
  }

  private static func note(_ path: GitPath) -> NotePath? {
    guard let path = path.notePath, path.isNote else { return nil }
    return path
  }
}

extension History {
  /// Which parent of a snapshot has a blob at a path, counted from 1; `nil` where none has.
  public func parent(of snapshot: String, with blob: String, at path: NotePath) throws -> Int? {
    guard let id = ObjectID(hex: snapshot), repository.exists(id) else { return nil }
    for (place, parent) in try repository.commit(id).parents.enumerated() {
      guard repository.exists(parent) else { continue }
      let tree = try repository.commit(parent).tree
      let entry = try repository.entry(at: GitPath(path.text), in: tree)
      if entry?.id.description == blob { return place + 1 }
    }
    return nil
  }

  /// The bytes of a blob by its name in hexadecimal digits; `nil` where there is none.
  public func blob(named name: String) throws -> [UInt8]? {
    guard let id = ObjectID(hex: name), repository.exists(id) else { return nil }
    return try repository.readBlob(id)
  }
}
