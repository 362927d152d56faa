internal import Git
public import Vault

/// What became of an operation's changes.
public struct Applied: Sendable {
  /// The files that are different now.
  public var changes: [VaultChange] = []
  /// The files that were left as they are.
  public var left: [LeftFile] = []
  /// The changes that could not be made, each with what stood in its way.
  var unmade: [Operation.Change] = []

  /// Nothing yet.
  public init() {}
}

/// A file that an operation left as it is, since somebody was editing it.
public struct LeftFile: Sendable, Equatable {
  /// The file.
  public let path: NotePath
}

/// What was seen of a file that an operation changes.
struct Seen: Hashable {
  /// Whether it holds what it held before the operation.
  var isBefore: Bool
  /// Whether it holds what the operation is to give it.
  var isAfter: Bool
  /// Whether it holds what the file held that it is made from by moving.
  var isSource: Bool
  /// Whether it may be run or not, as the operation is to have it.
  var hasMode: Bool

  /// What is to be done with a file.
  enum Verdict: Hashable {
    /// Nothing: it is as it is to be.
    case done
    /// It is given what the operation says.
    case write
    /// Somebody edited it: what they wrote is merged with what the operation says.
    case merge
  }

  /// What is to be done with it.
  ///
  /// A file that still holds what it held before was not come to yet; it is never taken for
  /// somebody's edit.
  var verdict: Verdict {
    if isAfter { return hasMode ? .done : .write }
    return isBefore || isSource ? .write : .merge
  }
}

/// Carries an operation's changes out on the disk, from wherever a killed command left them.
///
/// A file that equals `before` is still to be changed, one that equals `after` is done, and any
/// other was edited by somebody: then `merge` says what it should hold, or that it is left alone.
struct Applier {
  typealias ReadBlob = (ObjectID) throws -> [UInt8]
  typealias MergeEdit = (_ change: Operation.Change, _ found: [UInt8]?) throws -> [UInt8]?

  let files: VaultFiles
  let trash: String
  /// Whether a file that cannot be written is put off, and the others are written all the same.
  var putsOff = false
  /// Whether the disk can say of a file that it may be run; where it cannot, that is left as it is.
  var setsModes = true

  /// Carries the changes out; `merge` says what a file should hold that somebody edited, or `nil` to
  /// leave it.
  func apply(
    _ operation: Operation, readBlob: ReadBlob, merge: MergeEdit
  ) throws -> Applied {
    var applied = Applied()
    let sources = Self.sources(of: operation)
    for change in Self.inOrder(operation.changes) {
      let source = change.movedFrom.flatMap { sources[$0] ?? nil }
      do {
        try apply(change, movedContent: source, to: &applied, readBlob: readBlob, merge: merge)
      } catch let error as VaultError {
        guard putsOff, let obstacle = error.obstacle else { throw error }
        var unmade = change
        unmade.obstacle = obstacle
        applied.unmade.append(unmade)
      }
    }
    return applied
  }

  /// Takes back what was done of an operation when `error` ended it, and drops the journal.
  ///
  /// - Returns: what is to be thrown.
  func takeBack(
    _ operation: Operation, after error: any Error, _ log: OperationLog, readBlob: ReadBlob
  ) -> any Error {
    let cause = error as? VaultError
    do {
      try takeBack(operation, readBlob: readBlob)
      try log.finish(isWorthKeeping: false)
      // That an editor was first is told as such.
      if case .changedMeanwhile? = cause { return error }
      return cause.map { HistoryError.takenBack($0) } ?? error
    } catch let second {
      return (cause ?? second as? VaultError).map { HistoryError.unfinished($0) } ?? error
    }
  }

  /// Gives the files back what they held before an operation, from the last to the first; what
  /// somebody has edited since stays as they left it.
  private func takeBack(_ operation: Operation, readBlob: ReadBlob) throws {
    let sources = Self.sources(of: operation)
    let moves = operation.moves
    var applied = Applied()
    for change in Self.inOrder(operation.changes).reversed() {
      let found: [UInt8]?
      do {
        found = try current(change.path)
      } catch VaultError.notAFile, VaultError.unsafePath {
        // What stands there is not ours.
        continue
      }
      // What was moved holds what it held at its old path, until it is given its new text.
      let source = change.movedFrom.flatMap { sources[$0] ?? nil }
      guard
        try Self.matches(change.before, found) && change.changesMode
          || Self.matches(change.after, found)
          || source != nil && Self.matches(source, found)
      else { continue }
      let back = change.reversed(movedFrom: moves[change.path])
      _ = try write(
        back.after, at: back, over: found, movedContent: back.after, readBlob, &applied)
    }
  }

  /// What the files held from which others are made by moving them.
  private static func sources(of operation: Operation) -> [NotePath: Operation.Content?] {
    Dictionary(
      operation.changes.map { ($0.path, $0.before) }, uniquingKeysWith: { first, _ in first })
  }

  /// The changes with those first that take a folder's files away where a file is to stand, and with
  /// git's ignore files last: what they ignored until now is asked of them meanwhile.
  private static func inOrder(_ changes: [Operation.Change]) -> [Operation.Change] {
    let made = Set(changes.filter { $0.before == nil }.map(\.path))
    func makesRoom(_ change: Operation.Change) -> Bool {
      guard change.after == nil else { return false }
      var folder = change.path.folder
      while let path = try? NotePath(folder) {
        if made.contains(path) { return true }
        folder = path.folder
      }
      return false
    }
    let others = changes.filter { !makesRoom($0) }
    func isIgnoreFile(_ change: Operation.Change) -> Bool { change.path.name == ".gitignore" }
    return changes.filter(makesRoom) + others.filter { !isIgnoreFile($0) }
      + others.filter(isIgnoreFile)
  }

  private func apply(
    _ change: Operation.Change, movedContent: Operation.Content?, to applied: inout Applied,
    readBlob: ReadBlob, merge: MergeEdit
  ) throws {
    // What came and went before there was a place for it; whatever stands there is not of it.
    if change.before == nil, change.after == nil { return }
    // An editor that saves between our look and our write sends us back to the look. Ten times
    // over is a program that never stops writing.
    for _ in 0..<10 {
      let found: [UInt8]?
      do {
        found = try current(change.path)
      } catch let error as VaultError {
        guard case .notAFile = error else { throw error }
        // What is to go is gone, whatever stands there by now.
        if change.after == nil { return }
        if files.removeEmptyFolder(at: change.path) { continue }
        throw error
      }
      // Each look may hash the whole file: the next is only made where it tells something.
      let isAfter = try Self.matches(change.after, found)
      let isBefore = try !isAfter && Self.matches(change.before, found)
      let seen = try Seen(
        isBefore: isBefore, isAfter: isAfter,
        isSource: !isAfter && !isBefore && change.movedFrom != nil
          && Self.matches(movedContent, found),
        hasMode: !setsModes || !change.changesMode || found == nil || hasItsMode(change))
      var target = change.after
      switch seen.verdict {
      case .done: return
      case .write: break
      case .merge:
        guard let merged = try merge(change, found) else {
          applied.left.append(LeftFile(path: change.path))
          return
        }
        if seen.hasMode, merged == found { return }
        target = .bytes(merged)
      }
      if try write(
        target, at: change, over: found, movedContent: movedContent, readBlob, &applied)
      {
        applied.changes.append(
          target == nil ? .removed(change.path) : .written(change.path))
        return
      }
    }
    applied.left.append(LeftFile(path: change.path))
  }

  /// One attempt; `false` when the file was not what `found` says.
  private func write(
    _ target: Operation.Content?, at change: Operation.Change, over found: [UInt8]?,
    movedContent: Operation.Content?, _ readBlob: ReadBlob, _ applied: inout Applied
  ) throws -> Bool {
    guard let target else {
      guard let found else { return true }
      return try files.remove(change.path, to: trash) { $0 == found } == .done
    }
    if let found {
      let bytes = try bytes(of: target, readBlob)
      return try files.replace(
        change.path, with: bytes,
        executable: setsModes && change.changesMode ? change.isExecutable : nil
      ) { $0 == found } == .done
    }
    do {
      if let source = change.movedFrom, try Self.matches(movedContent, current(source)) {
        try files.move(source, to: change.path)
        applied.changes.append(.removed(source))
        return target == movedContent
      }
      try files.create(
        change.path, try bytes(of: target, readBlob), executable: change.isExecutable)
      return true
    } catch VaultError.exists {
      return false
    }
  }

  private func hasItsMode(_ change: Operation.Change) throws -> Bool {
    try files.isExecutable(change.path) == change.isExecutable
  }

  /// What a file holds, with any error: over a `catch` of one case of a typed one, between a loop's
  /// turns, the compiler (6.3.1) fails.
  private func current(_ path: NotePath) throws -> [UInt8]? { try files.bytesIfThere(path) }

  private func bytes(of content: Operation.Content, _ readBlob: ReadBlob) throws -> [UInt8] {
    switch content {
    case .bytes(let bytes): bytes
    case .blob(let id): try readBlob(id)
    }
  }

  static func matches(_ content: Operation.Content?, _ found: [UInt8]?) throws -> Bool {
    switch (content, found) {
    case (nil, nil): true
    case (.bytes(let bytes), let found?): bytes == found
    case (.blob(let id), let found?): try ObjectID.blob(found) == id
    default: false
    }
  }
}
