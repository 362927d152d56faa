internal import Git
internal import Markup
public import Vault

/// From where on what changed is news.
public enum DigestStart: Sendable {
  /// From what the reader of this machine saw last.
  case mark(ReadMark)
  /// From a moment on, in seconds since 1970.
  case moment(Int64)
}

/// What the reader of this machine has seen: the notes of a snapshot, but for some that were not saved.
public struct ReadMark: Sendable {
  /// When it was read, in seconds since 1970.
  public let seconds: Int64
  /// The snapshot; `nil` where there was none.
  let snapshot: ObjectID?
  /// The notes that differed from it then; `nil` for one that was gone.
  let unsaved: [GitPath: TreeEntry?]
}

/// What changed in a vault.
public struct Digest: Sendable {
  /// The notes, by path.
  public let changes: [NoteChange]
  /// What is seen once this was read.
  public let mark: ReadMark
}

/// What changed in one note.
public struct NoteChange: Sendable {
  /// Where it stands, or stood, if it is gone.
  public let path: NotePath
  /// Where it stood, if that was elsewhere.
  public let was: NotePath?
  /// Its text then; `nil` for a note that is new.
  public let old: [UInt8]?
  /// Its text now; `nil` for a note that is gone.
  public let new: [UInt8]?
  /// The versions that came since, or were withdrawn since, the oldest first.
  public internal(set) var versions: [Version]
  /// What all its versions say, where some came since; what differs from it came after them.
  public internal(set) var inVersions: [UInt8]?
}

extension History {
  /// What changed in the notes since, saved or not, here or on other machines.
  ///
  /// What was not saved is put into the object store of this value, which is in memory from then on.
  public func digest(since start: DigestStart) throws -> Digest {
    try repository.keepNewObjectsInMemory()
    let head = try headTree()
    let (now, unsaved) = try treeOfFiles(over: head)
    let mark = ReadMark(
      seconds: context.clock() / 1_000_000_000, snapshot: try self.head(), unsaved: unsaved)
    var changes: [NoteChange] = []
    let base = try base(of: start)
    for change in try self.changes(base, now) {
      let (place, before) = (change.newPath.notePath, change.oldPath.notePath)
      guard let place = place ?? before, place.isNote || before?.isNote ?? false else { continue }
      let old = try text(change.old)
      let new = try text(change.new)
      guard old != nil || new != nil else { continue }
      changes.append(
        NoteChange(
          path: place, was: change.kind == .renamed ? before : nil, old: old, new: new, versions: []
        ))
    }
    try add(versions(between: base, now), to: &changes)
    return Digest(changes: changes.sorted { $0.path < $1.path }, mark: mark)
  }

  /// What the reader of this machine saw last; `nil` before the first time.
  public func readMark() throws -> ReadMark? {
    try readMarkFile.read().flatMap { ReadMark($0) }
  }

  /// Keeps what was seen.
  public func keep(_ mark: ReadMark) throws {
    try readMarkFile.write(mark.record)
  }

  private var readMarkFile: StateFile { StateFile(vault.stateFolder + "/read") }

  // MARK: The two sides

  /// The tree that a snapshot made now would have, and the notes in which that is another one.
  func treeOfFiles(
    over head: ObjectID?
  ) throws -> (tree: ObjectID?, unsaved: [GitPath: TreeEntry?]) {
    var index = try openIndex()
    let scan = try scan(&index, for: .trial) { _ in }
    if scan.changes.isEmpty { return (head, [:]) }
    var unsaved: [GitPath: TreeEntry?] = [:]
    for change in scan.changes {
      if change.oldPath != change.newPath { unsaved[change.oldPath] = .some(nil) }
      unsaved[change.newPath] = .some(change.new)
    }
    return (
      try index.writeTree(in: repository), unsaved.filter { $0.key.notePath?.isNote ?? false }
    )
  }

  private func base(of start: DigestStart) throws -> ObjectID? {
    switch start {
    case .moment(let seconds): return try snapshot(at: seconds)?.tree
    case .mark(let mark):
      guard let snapshot = mark.snapshot else { return nil }
      // Histories are written anew, and what nobody needs is cleared away.
      guard repository.exists(snapshot) else { return try base(of: .moment(mark.seconds)) }
      // A text that was never saved is there only where it is still in its file.
      let seen = mark.unsaved.filter { $0.value.map { repository.exists($0.id) } ?? true }
      return try repository.updatedTree(
        repository.commit(snapshot).tree, seen.map { TreeChange($0.key, $0.value) })
    }
  }

  private func text(_ entry: TreeEntry?) throws -> [UInt8]? {
    guard let entry, entry.kind == .file else { return nil }
    return try repository.readBlob(entry.id)
  }

  // MARK: Versions

  /// The versions whose record came, or now says of another text or of a withdrawal, by the name of
  /// their ledger.
  private func versions(
    between base: ObjectID?, _ now: ObjectID?
  ) throws -> [String: Set<Int>] {
    let folder = GitPath(Version.folder)
    let old = try base.flatMap { try repository.entry(at: folder, in: $0) }
    let new = try now.flatMap { try repository.entry(at: folder, in: $0) }
    var found: [String: Set<Int>] = [:]
    for change in try repository.diff(old?.id, new?.id, findingRenames: false)
    where change.new != nil {
      guard let file = LedgerFile(GitPath("\(Version.folder)/\(change.newPath)")),
        file.end == "yaml"
      else { continue }
      func version(_ entry: TreeEntry?) throws -> Version? {
        try text(entry).flatMap { Version(number: file.number, record: $0) }
      }
      if let old = try version(change.old), let new = try version(change.new),
        old.text == new.text, (old.withdrawn == nil) == (new.withdrawn == nil)
      {
        continue
      }
      found[file.folder, default: []].insert(file.number)
    }
    return found
  }

  private func add(_ numbers: [String: Set<Int>], to changes: inout [NoteChange]) throws {
    guard !numbers.isEmpty else { return }
    var places: [String: Int] = [:]
    for (place, change) in changes.enumerated() {
      places[change.path.text] = place
      if let id = change.new.flatMap({ Frontmatter(of: $0)?.text("id") }) {
        places[id] = place
      }
    }
    for key in numbers.keys.sorted() {
      let ledger = try vault.ledger(key)
      let versions = ledger.versions.filter {
        !$0.isImported && numbers[key]?.contains($0.number) ?? false
      }
      if versions.isEmpty { continue }
      guard let path = ledger.place else { continue }
      if let place = places[key] ?? places[path.text] {
        let texts = texts(of: ledger)
        let heads = ledger.parents(of: nil) { texts[$0.number] != nil }
        changes[place].versions = versions
        changes[place].inVersions = ledger.textBefore(heads, texts)
      } else if let text = try vault.bytesIfThere(path) {
        // A text that was there before became a version, or is one no more.
        changes.append(NoteChange(path: path, was: nil, old: text, new: text, versions: versions))
      }
    }
  }
}

// MARK: - The mark's file

extension ReadMark {
  /// A mark from its file: the time, the snapshot, then the notes that were not saved, a line each.
  ///
  /// `nil` where it says nothing that can be used.
  fileprivate init?(_ bytes: [UInt8]) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
    guard let first = lines.popFirst(), let seconds = Int64(String(decoding: first, as: UTF8.self)),
      let second = lines.popFirst()
    else { return nil }
    self.seconds = seconds
    snapshot = ObjectID(hex: String(decoding: second, as: UTF8.self))
    var unsaved: [GitPath: TreeEntry?] = [:]
    for line in lines {
      let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
      guard parts.count == 2 else { continue }
      let id = ObjectID(hex: String(decoding: parts[0], as: UTF8.self))
      unsaved[GitPath(bytes: Array(parts[1]))] = .some(id.map { TreeEntry.file($0) })
    }
    self.unsaved = unsaved
  }

  fileprivate var record: [UInt8] {
    var bytes = Array("\(seconds)\n\(snapshot?.description ?? "-")\n".utf8)
    for (path, entry) in unsaved.sorted(by: { $0.key < $1.key }) {
      // A path with a line end in it is told again, rather than lose the lines behind it.
      if path.bytes.contains(UInt8(ascii: "\n")) { continue }
      bytes += Array("\(entry?.id.description ?? "-") ".utf8) + path.bytes + [UInt8(ascii: "\n")]
    }
    return bytes
  }
}
