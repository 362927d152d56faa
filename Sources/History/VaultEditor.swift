internal import Git
public import Vault

/// A change to the vault's files that a command asks for.
public enum FileEdit: Sendable {
  /// A new file.
  case create(NotePath, [UInt8])
  /// New bytes for a file that holds `old`.
  case replace(NotePath, old: [UInt8], new: [UInt8])
  /// A file that holds `old` goes to another path, where it holds `new`.
  case move(NotePath, to: NotePath, old: [UInt8], new: [UInt8])
  /// A file that holds `old` goes to the trash.
  case remove(NotePath, old: [UInt8])
}

/// Changes a vault's files without its repository: for commands that make no snapshot, so that they
/// need not wait for git to be set up.
public struct VaultEditor: Sendable {
  /// The vault.
  public let vault: Vault
  private let command: String
  private let clock: @Sendable () -> Int64

  /// An editor for the command as typed, such as `notes mv`.
  public init(of vault: Vault, command: String, clock: @escaping @Sendable () -> Int64) {
    self.vault = vault
    self.command = command
    self.clock = clock
  }

  /// Makes the changes, all or none; after a crash, all with the next command.
  ///
  /// - Throws: `VaultError.exists` where a new file's place is taken, before anything is changed;
  ///   `VaultError.changedMeanwhile` where a file is not what it was believed to be;
  ///   `HistoryError.takenBack` where one cannot be written, or `unfinished` where what was done cannot
  ///   be taken back either: then the journal stays for the next command.
  public func perform(_ edits: [FileEdit]) throws -> [VaultChange] {
    try perform { ((), edits) }.changes
  }

  /// Makes the changes of a plan that is thought out once no other command can write any more: what it reads
  /// is as it is when they are made.
  ///
  /// - Throws: what `think` throws, before anything is changed, and what else `perform` does.
  public func perform<Plan>(
    thinking think: () throws -> (plan: Plan, edits: [FileEdit])
  ) throws -> (plan: Plan, changes: [VaultChange]) {
    try locked { () -> Result<(plan: Plan, changes: [VaultChange]), any Error> in
      if vault.isInsideRepository {
        try recover()
      } else if History.needsRecovery(vault) {
        throw VaultError.busy(holder: "an unfinished operation")
      }
      let (plan, edits): (Plan, [FileEdit])
      // A plan that comes to nothing leaves nothing to be mended.
      do { (plan, edits) = try think() } catch { return .failure(error) }
      for path in edits.compactMap(\.newPlace) where vault.files.isTaken(path) {
        throw VaultError.exists(path.text)
      }
      // Another window can have changed it since it was read. What that one did is not to be taken for
      // ours, and taken back, where a later edit cannot be made.
      for (path, old) in edits.compactMap(\.expected) {
        let found: [UInt8]?
        // What cannot be read is told when it is to be changed.
        do { found = try vault.bytesIfThere(path) } catch { continue }
        if found != old { throw VaultError.changedMeanwhile(path.text) }
      }
      let changes = try carryOut(
        Operation(command: command, time: clock(), changes: edits.flatMap(\.changes)))
      return .success((plan, changes))
    }.get()
  }

  /// Finishes what a killed command left in a vault that is a part of another repository, where all that
  /// there is to finish is in the vault's files.
  public func finishInterrupted() throws {
    try locked { try recover() }
  }

  /// Takes back an operation in a vault that is a part of another repository, as `History.undo` does.
  public func undo(_ number: Int? = nil) throws -> Undone {
    try locked {
      try recover()
      let log = OperationLog(of: vault)
      let (number, operation) = try log.operation(orLast: number)
      let back = Operation(
        command: command, time: clock(), changes: operation.reversed, undoes: number)
      try back.changes.requireUnchanged(since: operation, in: vault, isAll: true)
      return Undone(
        operation: operation, changes: try carryOut(back), kept: [], keptConflicts: [])
    }
  }

  private func locked<Result>(_ body: () throws -> Result) throws -> Result {
    let lock = try VaultLock.take(in: vault.stateFolder, command: command, now: clock())
    // What a killed command left of git's is mended by the next one that opens the repository.
    let isMended = lock.crashedSince == nil || vault.isInsideRepository
    let ending: VaultLock.Ending = isMended ? .inOrder : lock.wasMended ? .mended : .unmended
    return try lock.held { () -> (result: Result, ending: VaultLock.Ending) in
      (try body(), ending)
    }
  }

  private var applier: Applier { Applier(files: vault.files, trash: vault.trash) }

  private func readBlob(_ id: ObjectID) throws -> [UInt8] {
    throw HistoryError.damagedJournal("a blob in an edit")
  }

  private func apply(_ operation: Operation) throws -> Applied {
    try applier.apply(operation, readBlob: readBlob, merge: { _, _ in nil })
  }

  private func carryOut(_ operation: Operation) throws -> [VaultChange] {
    let log = OperationLog(of: vault)
    try log.begin(operation)
    let applied: Applied
    do {
      applied = try apply(operation)
      if let left = applied.left.first { throw VaultError.changedMeanwhile(left.path.text) }
    } catch {
      // A full disk, say.
      throw applier.takeBack(operation, after: error, log, readBlob: readBlob)
    }
    log.conclude(isWorthKeeping: !applied.changes.isEmpty)
    return applied.changes
  }

  private func recover() throws {
    let log = OperationLog(of: vault)
    guard log.journal.exists else { return }
    let operation: Operation?
    do { operation = try log.underWay() } catch HistoryError.damagedJournal {
      // What it was doing cannot be known.
      return try log.journal.move(to: History.damagedJournal(of: vault, at: clock()).path)
    }
    guard let operation else { return }
    _ = try vault.files.sweep(to: vault.trash)
    do { _ = try apply(operation) } catch {
      // What cannot be finished any more may be taken back. Nobody waits for its answer.
      let outcome = applier.takeBack(operation, after: error, log, readBlob: readBlob)
      guard case HistoryError.unfinished = outcome else { return }
      throw outcome
    }
    try log.finish(isWorthKeeping: operation.isKept)
  }
}

extension FileEdit {
  /// Where it puts a file; `nil` where one is there already.
  fileprivate var newPlace: NotePath? {
    switch self {
    case .create(let path, _), .move(_, let path, _, _): path
    case .replace, .remove: nil
    }
  }

  /// The file that it changes, and what that is believed to hold; `nil` for a new one.
  fileprivate var expected: (path: NotePath, old: [UInt8])? {
    switch self {
    case .create: nil
    case .replace(let path, let old, _), .move(let path, _, let old, _), .remove(let path, let old):
      (path, old)
    }
  }

  /// The edit as changes; a moved file's new place comes first, so that the move can be made as one.
  var changes: [Operation.Change] {
    switch self {
    case .create(let path, let bytes):
      [Operation.Change(path, before: nil, after: .bytes(bytes))]
    case .replace(let path, let old, let new):
      [Operation.Change(path, before: .bytes(old), after: .bytes(new))]
    case .move(let path, let target, let old, let new):
      [
        Operation.Change(target, before: nil, after: .bytes(new), movedFrom: path),
        Operation.Change(path, before: .bytes(old), after: nil),
      ]
    case .remove(let path, let old):
      [Operation.Change(path, before: .bytes(old), after: nil)]
    }
  }
}
