internal import Git
internal import Vault

/// A file in which git has turned line ends, and what the last snapshot has of it.
struct TurnedFile {
  let path: NotePath
  let old: TreeEntry
}

/// A vault that git itself cloned can have other line ends than its snapshots: `core.autocrlf` or an
/// attribute had git turn them. Nobody edited those files.
extension History {
  /// Gives files the line ends back that git has turned, and has it keep bytes from then on: only for a
  /// caller who holds the locks, before a snapshot.
  ///
  /// Killed in between, the next command begins again with those that are left.
  func turnLineEndsBack(holding lock: borrowing UserIndexLock) throws {
    if repository.keepsBytes {
      // As an older version made it. What cannot be set now is with the next snapshot.
      try? repository.keepFoldersAsTheyAre()
      return
    }
    var index = try openIndex()
    let isDue = try canHaveTurned(index)
    var left = isDue ? try scan(&index, for: .look) { _ in }.turned[...] : []
    // Git reads them once more: it takes one of another length for an edit without a look into it.
    let known = left.map { FileChange(GitPath($0.path.text), $0.old, $0.old) }
    if !known.isEmpty { repository.refreshUserIndex(known, holding: lock) }
    var isWhole = true
    while !left.isEmpty {
      let some = left.prefix(Self.mostTurned)
      left = left.dropFirst(Self.mostTurned)
      if try turnBack(some) { continue }
      // One that cannot be written does not stop the others.
      for file in some where try !turnBack([file]) { isWhole = false }
    }
    // Until all are turned back, snapshots have them as if they were.
    if isWhole { try repository.setKeepingBytes() }
  }

  /// Whether git can have turned bytes in a file: to read all of them takes as long as the snapshot.
  private func canHaveTurned(_ index: borrowing WorkTreeIndex) throws -> Bool {
    if repository.turnsBytesEverywhere { return true }
    // Git takes what it has of such a file where there is none on the disk.
    var isFound = index.entries().contains { Self.isAttributes($0.path) }
    if isFound { return true }
    try Walk(root: vault.root, includesHidden: true).eachFolder { listing in
      isFound = isFound || listing.files.contains { Self.isAttributes(listing.gitPath(of: $0)) }
    }
    return isFound
  }

  private static func isAttributes(_ path: GitPath) -> Bool {
    path.names.last?.elementsEqual(".gitattributes".utf8) ?? false
  }

  /// So many files are in one journal with their bytes.
  private static var mostTurned: Int { 500 }

  /// Writes files anew, all or none; false where one cannot be written or is being edited.
  private func turnBack(_ files: ArraySlice<TurnedFile>) throws -> Bool {
    // The signal waits for git's lock to be released.
    if isEndAskedFor { throw CancellationError() }
    let changes = try files.compactMap { file -> Operation.Change? in
      guard
        let bytes = try? vault.files.read(file.path, limit: vault.settings.largestFile).bytes,
        let own = try turnedBack(bytes, GitPath(file.path.text), file.old)
      else { return nil }
      return Operation.Change(file.path, before: .bytes(bytes), after: .bytes(own))
    }
    if changes.isEmpty { return true }
    // Taken back by `undo`, all of them would be edits.
    do { return try carryOutForGood(changes).left.isEmpty } catch HistoryError.takenBack {
      return false
    }
  }

  /// A file's bytes without what git has turned in them; `nil` where it has turned nothing.
  ///
  /// What the last snapshot has is known to be its text. Of a text that was edited since, the line ends
  /// are git's if the snapshot's are none that git would turn; what is no text is left as it is.
  func turnedBack(_ bytes: [UInt8], _ path: GitPath, _ old: TreeEntry) throws -> [UInt8]? {
    guard old.kind == .file, try ObjectID.blob(bytes) != old.id else { return nil }
    let own = try repository.asGitTakesIt(bytes, at: path)
    // Git would also empty an identifier of words that somebody has put there.
    guard own != bytes, Self.hasLostGitsOnly(own, of: bytes) else { return nil }
    if try ObjectID.blob(own) == old.id { return own }
    let before = try repository.readBlob(old.id)
    guard isMergeable(bytes), try repository.asGitTakesIt(before, at: path) == before else {
      return nil
    }
    return own
  }

  /// Whether bytes have lost no more than what git can have put into a file: CRs before LFs, the names
  /// of objects in identifiers, or both.
  private static func hasLostGitsOnly(_ left: [UInt8], of bytes: [UInt8]) -> Bool {
    if left == withoutCRs(bytes) { return true }
    let plain = withoutNames(bytes)
    return left == plain || left == withoutCRs(plain)
  }

  private static func withoutCRs(_ bytes: [UInt8]) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(bytes.count)
    for (place, byte) in bytes.enumerated() {
      let isBeforeLF = place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "\n")
      if byte != UInt8(ascii: "\r") || !isBeforeLF { plain.append(byte) }
    }
    return plain
  }

  /// Of `$Id: 0123… $`, as git fills it in, `$Id$` is left.
  private static func withoutNames(_ bytes: [UInt8]) -> [UInt8] {
    let begin = Array("$Id: ".utf8)
    var plain: [UInt8] = []
    var rest = bytes[...]
    while let found = rest.firstRange(of: begin) {
      plain += rest[..<found.lowerBound]
      rest = rest[found.upperBound...]
      let name = rest.prefix { byte in
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
      }
      let behind = rest.dropFirst(name.count)
      if name.count == 40, behind.starts(with: " $".utf8) {
        plain += Array("$Id$".utf8)
        rest = behind.dropFirst(2)
      } else {
        plain += begin
      }
    }
    return plain + rest
  }
}
