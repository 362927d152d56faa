internal import Git
internal import Glibc
public import Vault

/// A file that does not hold yet what sync brought, since it could not be written.
public struct UnwrittenFile: Sendable, Equatable {
  /// The file.
  public let path: NotePath
  /// What stood in its way when it was last tried, in words.
  public let why: String
}

/// What could not be written waits in `.git/notes/unwritten`, and is tried again by each command that
/// writes.
///
/// Until then no snapshot is made of such a file: it stays as it was in the last one. What it holds is
/// what it held before the sync, perhaps with the user's edit, and to save it would take back what
/// came in.
///
/// It waits for what it came to: while a branch is checked out that has another text there, nothing is known
/// of it.
extension History {
  /// The files that could not be written.
  public func unwritten() throws -> [UnwrittenFile] {
    try waitingHere()?.changes.map { change in
      UnwrittenFile(path: change.path, why: change.obstacle ?? "it could not be written")
    } ?? []
  }

  /// The files that hold something else than the last snapshot through no doing of the user's.
  func pendingPaths() throws -> Set<GitPath> {
    var changes = try waitingHere()?.changes ?? []
    if let operation = try operationUnderWay(), operation.head != nil {
      changes += try changesHere(of: operation)
    }
    return Set(changes.map { GitPath($0.path.text) })
  }

  /// The files that could not be written: of an operation under way those alone, not what it is yet to
  /// come to.
  func waitingPaths() throws -> Set<GitPath> {
    Set((try waitingHere()?.changes ?? []).map { GitPath($0.path.text) })
  }

  /// What a killed command was doing, as far as it can be known.
  private func operationUnderWay() throws -> Operation? {
    do {
      return try log.underWay()
    } catch HistoryError.damagedJournal, HistoryError.otherFormat {
      return try operationOfLastMoves()
    } catch {
      return nil
    }
  }

  /// Tries once more to write what could not be.
  func writeUnwritten() throws {
    do { _ = try log.waiting() } catch HistoryError.damagedJournal { try makeWaitingAnew() }
    guard var waiting = try log.waiting() else { return }
    guard let move = waiting.head else { return try log.unwritten.remove() }
    let here = try changesHere(of: waiting)
    // Where somebody moved the branch to where the change is none, it is none.
    let paths = Set(here.map(\.path))
    let isThere = try hasHappened(move)
    let others = isThere ? waiting.changes.filter { !paths.contains($0.path) } : []
    var due = waiting
    due.changes = here
    waiting.changes = try others + (here.isEmpty ? [] : apply(due).unmade)
    try wait(for: waiting)
  }

  /// Lets changes wait, in place of those that did: git's own commands see to the files again whose
  /// changes do no more.
  ///
  /// Until then they leave them alone: a `git commit -a` would take what came in back.
  func wait(for operation: Operation) throws {
    let waiting = Set(operation.changes.map(\.path))
    let before = (try? log.waiting())?.changes.map(\.path) ?? []
    let done = before.filter { !waiting.contains($0) }
    if !repository.endAssuming(done.map { GitPath($0.text) }) { leftovers.areThere = true }
    try log.wait(for: operation)
  }

  /// The changes that wait for what is checked out; `nil` where none does.
  func waitingHere() throws -> Operation? {
    guard var waiting = try waiting(), waiting.head != nil else { return nil }
    waiting.changes = try changesHere(of: waiting)
    return waiting.changes.isEmpty ? nil : waiting
  }

  private func waiting() throws -> Operation? {
    do { return try log.waiting() } catch HistoryError.damagedJournal { return try waitingByLog() }
  }

  /// The changes of an operation that what is checked out has.
  ///
  /// A snapshot that was amended, or picked for another branch, is another, and git leaves the file alone
  /// where the text of both is the same.
  private func changesHere(of operation: Operation) throws -> [Operation.Change] {
    if let move = operation.head, try isCheckedOut(move) { return operation.changes }
    guard let tree = try headTree() else { return [] }
    return try operation.changes.filter { change in
      let entry = try repository.entry(at: GitPath(change.path.text), in: tree)
      switch change.after {
      case nil: return entry == nil && change.before != nil
      case .blob(let id): return entry?.id == id
      case .bytes(let bytes): return try entry?.id == ObjectID.blob(bytes)
      }
    }
  }

  /// Lets an operation wait until its branch is checked out again.
  func putOff(_ operation: Operation) throws {
    var due = operation
    if let waiting = try log.waiting(), waiting.head?.reference == operation.head?.reference {
      var waits: [Operation.Change] = []
      due.changes = changes(of: operation, over: waiting, waits: &waits)
      due.changes += waits
    }
    try wait(for: due)
  }

  /// An operation's changes, as they are to be made where some of an earlier one wait: a file that
  /// still holds what it held before that one is changed from there.
  ///
  /// What waits is told by `waits`, for the time after.
  func changes(
    of operation: Operation, over waiting: Operation, waits: inout [Operation.Change]
  ) -> [Operation.Change] {
    var earlier = Dictionary(
      waiting.changes.map { ($0.path, $0) }, uniquingKeysWith: { _, last in last })
    var changes: [Operation.Change] = []
    for change in operation.changes {
      guard let old = earlier.removeValue(forKey: change.path) else {
        changes.append(change)
        continue
      }
      var whole = Operation.Change(
        change.path, before: old.before, after: change.after, isExecutable: change.isExecutable,
        changesMode: change.changesMode || old.changesMode)
      whole.movedTo = change.movedTo
      whole.obstacle = old.obstacle
      if operation.undoes == nil {
        changes.append(whole)
      } else if whole.before != whole.after {
        waits.append(whole)
      }
    }
    waits += waiting.changes.filter { earlier[$0.path] != nil }
    return changes
  }
}

extension Operation.Change {
  /// Whether it was put off since a file is in its place that git ignores.
  var waitsForIgnoredFile: Bool { obstacle == VaultError.ignored(path.text).obstacle }
}

extension VaultError {
  /// What stands in the way of this file alone, in words; `nil` where other files would meet it, too,
  /// such as a full disk.
  var obstacle: String? {
    switch self {
    case .unsafePath(_, let why): why
    case .notAFile(let path, let kind): "\(path) is a \(kind): move it to make room"
    case .keptOut(_, let why): why
    case .ignored(let path):
      "\(Self.words(forIgnored: path)) is there, and stays yours: move it to make room"
    case .changedMeanwhile: "it was being edited"
    case .system(_, _, let number) where !Self.ofAllFiles.contains(number):
      VaultError.words(for: number)
    default: nil
    }
  }

  private static func words(forIgnored path: String) -> String {
    let name = (try? NotePath(path))?.name ?? path
    return EditorFile.isName(name) ? "a file of an editor's own" : "a file that git ignores"
  }

  private static let ofAllFiles = [ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM]
}
