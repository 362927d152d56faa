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
    let lock = try VaultLock.take(in: vault.stateFolder, command: command, now: clock())
    // What a killed command left of git's is mended by the next one that opens the repository.
    let ending: VaultLock.Ending =
      lock.crashedSince == nil ? .inOrder : lock.wasMended ? .mended : .unmended
    return try lock.held { () -> (result: [VaultChange], ending: VaultLock.Ending) in
      if History.needsRecovery(vault) { throw VaultError.busy(holder: "an unfinished operation") }
      for case .create(let path, _) in edits where vault.files.isTaken(path) {
        throw VaultError.exists(path.text)
      }
      for case .move(let source, let path, let old, _) in edits {
        if vault.files.isTaken(path) { throw VaultError.exists(path.text) }
        // Another window can have moved it since it was read.
        if try vault.bytesIfThere(source) != old { throw VaultError.changedMeanwhile(source.text) }
      }
      let log = OperationLog(of: vault)
      let operation = Operation(command: command, time: clock(), changes: edits.flatMap(\.changes))
      try log.begin(operation)
      let applier = Applier(files: vault.files, trash: vault.trash)
      let readBlob: Applier.ReadBlob = { _ in
        throw HistoryError.damagedJournal("a blob in an edit")
      }
      let applied: Applied
      do {
        applied = try applier.apply(operation, readBlob: readBlob, merge: { _, _ in nil })
        if let left = applied.left.first { throw VaultError.changedMeanwhile(left.path.text) }
      } catch {
        // A full disk, say.
        throw applier.takeBack(operation, after: error, log, readBlob: readBlob)
      }
      log.conclude(isWorthKeeping: !applied.changes.isEmpty)
      return (applied.changes, ending)
    }
  }
}

extension FileEdit {
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
