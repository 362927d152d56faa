public import Vault

/// An operation that was taken back.
public struct Undone: Sendable {
  /// What was taken back.
  public let operation: Operation
  /// The files that are different now.
  public let changes: [VaultChange]
}

extension History {
  /// Takes back the last thing that a command did to the vault's files, or the one of a number.
  ///
  /// Taking back is an operation too, so doing it twice changes nothing.
  ///
  /// - Throws: `HistoryError.nothingToUndo`, or `changedSince` where a file is no longer as the
  ///   operation left it; then nothing is changed.
  public func undo(_ number: Int? = nil) throws -> Undone {
    try locked {
      guard let number = number ?? log.numbers.last, let operation = try log.operation(number)
      else {
        throw HistoryError.nothingToUndo
      }
      let back = Operation(
        command: context.command, time: context.clock(), changes: operation.reversed, undoes: number
      )
      let waiting = try log.waiting()?.changes ?? []
      for change in back.changes {
        // What could not be written yet need not be taken back.
        let isUnmade = waiting.contains { $0.path == change.path && $0.after == change.before }
        if isUnmade { continue }
        var found: [UInt8]?
        // What stands in its place may go in the same operation.
        do { found = try vault.bytesIfThere(change.path) } catch VaultError.notAFile {}
        guard try Applier.matches(change.before, found) || Applier.matches(change.after, found)
        else {
          throw HistoryError.changedSince(path: change.path.text, operation: operation.command)
        }
      }
      try log.begin(back)
      let applied: Applied
      do {
        applied = try carryOut(back)
        if let path = applied.left.first { throw VaultError.changedMeanwhile(path.text) }
      } catch {
        throw takeBack(back, after: error)
      }
      log.conclude(isWorthKeeping: true)
      return Undone(operation: operation, changes: applied.changes)
    }
  }
}

extension Operation {
  /// The changes that take this operation's back.
  var reversed: [Change] {
    let moves = moves
    // A place that was moved from is filled again by moving back, so it comes first.
    let ordered =
      changes.filter { moves[$0.path] != nil } + changes.filter { moves[$0.path] == nil }
    return ordered.map { $0.reversed(movedFrom: moves[$0.path]) }
  }

  /// Where each file went that was moved.
  var moves: [NotePath: NotePath] {
    var moves: [NotePath: NotePath] = [:]
    for change in changes {
      if let source = change.movedFrom { moves[source] = change.path }
    }
    return moves
  }
}

extension Operation.Change {
  /// The change that takes it back, by moving `movedFrom` where that holds what it held.
  func reversed(movedFrom: NotePath?) -> Operation.Change {
    Operation.Change(
      path, before: after, after: before, movedFrom: movedFrom,
      isExecutable: isExecutable != changesMode, changesMode: changesMode)
  }
}
