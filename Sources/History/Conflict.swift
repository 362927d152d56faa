public import Git
internal import Markup
public import Vault

/// A place where two machines changed one file differently: the file stays clean, and what was not
/// kept waits in `.notes/conflicts/`, on every machine, until somebody resolves it.
///
/// A record is named by its content, so that no record ever takes the place of another: `NAME.yaml`
/// says what happened, where and when; `NAME.base`, `NAME.shared` and `NAME.other` hold the text that
/// both began with, the text that the file was given, and the text that waits. The last two differ
/// only where the two sides cannot both be right.
public struct Conflict: Sendable, Equatable {
  /// The record's name, eight hexadecimal digits.
  public let name: String
  /// The file, where it stands now: `History.following` looks for it.
  public private(set) var path: NotePath
  /// Where the file stood when the record was written.
  public let pathInRecord: NotePath
  /// What happened.
  public let kind: Kind
  /// What the two sides had, as blobs.
  public let texts: Texts
  /// Where the shared text comes from.
  public var sharedOrigin: Origin?
  /// Where the text that waits comes from.
  public var otherOrigin: Origin?

  /// What the two sides did.
  public enum Kind: String, Sendable, CaseIterable {
    /// Both changed the same words.
    case bothChanged = "both-changed"
    /// Both made a file of this name.
    case bothAdded = "both-added"
    /// One changed it, the other removed it: it stays.
    case changedAndRemoved = "changed-and-removed"
  }

  /// The blobs of a conflict.
  public struct Texts: Sendable, Equatable {
    /// What both sides began with; `nil` where both made the file.
    public var base: ObjectID?
    /// What the file was given; `nil` where nothing was put together, or the shared side had removed
    /// the file.
    public var shared: ObjectID?
    /// What waits; `nil` where that side had removed the file, or where it is the shared one that waits.
    public var other: ObjectID?

    /// Puts them together.
    public init(base: ObjectID?, shared: ObjectID?, other: ObjectID?) {
      self.base = base
      self.shared = shared
      self.other = other
    }
  }

  /// One of the two sides of a conflict.
  public enum Side: String, Sendable {
    /// What was on the remote already.
    case shared
    /// That of the machine whose sync met the conflict.
    case mine
  }

  /// Whether the shared text waits, since it has no place: this machine has a file where the other made
  /// a folder, or the other way round.
  public var hasNoPlace: Bool { kind == .bothAdded && texts.other == nil }

  /// The side that removed the file; `nil` where none did, and of a record that does not tell, as older
  /// versions wrote them.
  public var removedBy: Side? {
    guard kind == .changedAndRemoved else { return nil }
    switch (texts.shared, texts.other) {
    case (nil, .some): return .shared
    case (.some, nil): return .mine
    default: return nil
    }
  }

  /// Whose a text is.
  public struct Origin: Sendable, Equatable {
    /// The author of the snapshot.
    public let author: String
    /// When, as RFC 3339 has it.
    public let time: String
    /// The machine, where it is known.
    public let machine: String?

    /// Puts it together.
    public init(author: String, time: String, machine: String? = nil) {
      self.author = author
      self.time = time
      self.machine = machine
    }

    init(_ signature: Signature, machine: String? = nil) {
      self.init(
        author: signature.name, time: signature.moment.timestamp, machine: machine)
    }
  }

  /// A conflict over a file.
  public init(_ path: NotePath, _ kind: Kind, _ texts: Texts) throws(GitError) {
    self.path = path
    pathInRecord = path
    self.kind = kind
    self.texts = texts
    let ids = [texts.base, texts.shared, texts.other].map { $0?.description ?? "-" }
    let key = ([path.text] + ids).joined(separator: "\n")
    name = String(try ObjectID.blob(Array(key.utf8)).description.prefix(8))
  }

  /// The same conflict over a file that has another path by now.
  func at(_ path: NotePath) throws(GitError) -> Conflict {
    var moved = try Conflict(path, kind, texts)
    (moved.sharedOrigin, moved.otherOrigin) = (sharedOrigin, otherOrigin)
    return moved
  }

  /// The conflict of this record, over a file that has another path by now than the record says.
  func standing(at path: NotePath) -> Conflict {
    var moved = self
    moved.path = path
    return moved
  }

  /// The folder of the records.
  public static let folder = ".notes/conflicts"

  /// A larger file, in bytes, is no record.
  static let largestRecord: Int64 = 65_536

  /// Where the record says what happened.
  public var recordPath: NotePath { get throws { try file("yaml") } }

  /// The files beside the record, with what they hold.
  var files: [(path: NotePath, id: ObjectID)] {
    get throws {
      try [("base", texts.base), ("shared", texts.shared), ("other", texts.other)]
        .compactMap { end, id in try id.map { (try file(end), $0) } }
    }
  }

  private func file(_ end: String) throws -> NotePath { try Self.file(end, of: name) }

  /// A file of the record of a name, by its end.
  static func file(_ end: String, of name: String) throws -> NotePath {
    try NotePath("\(folder)/\(name).\(end)")
  }

  /// The record's text.
  var record: [UInt8] {
    var entries: [(key: String, value: String?)] = [
      ("note", path.text), ("kind", kind.rawValue), ("base", texts.base?.description ?? "none"),
      ("shared", texts.shared?.description ?? "none"),
      ("other", texts.other?.description ?? "none"),
    ]
    for (side, origin) in [("shared", sharedOrigin), ("other", otherOrigin)] {
      entries += [
        ("\(side)-author", origin?.author), ("\(side)-time", origin?.time),
        ("\(side)-machine", origin?.machine),
      ]
    }
    return recordText(entries)
  }

  /// A conflict from its record at a path; `nil` where it says nothing that can be used, or something
  /// else than its name does.
  init?(record bytes: [UInt8], at path: NotePath) throws(GitError) {
    guard bytes.count <= Self.largestRecord else { return nil }
    try self.init(record: bytes)
    if path.text != "\(Self.folder)/\(name).yaml" { return nil }
  }

  /// A conflict from its record; `nil` where the record says nothing that can be used: it may have
  /// come from anywhere.
  init?(record bytes: [UInt8]) throws(GitError) {
    let values = recordValues(bytes)
    guard let note = values["note"], let path = try? NotePath(note),
      let kind = values["kind"].flatMap(Kind.init(rawValue:))
    else { return nil }
    func id(_ key: String) -> ObjectID? { values[key].flatMap(ObjectID.init(hex:)) }
    try self.init(
      path, kind, Texts(base: id("base"), shared: id("shared"), other: id("other")))
    func origin(_ side: String) -> Origin? {
      guard let author = values["\(side)-author"], let time = values["\(side)-time"] else {
        return nil
      }
      return Origin(author: author, time: time, machine: values["\(side)-machine"])
    }
    sharedOrigin = origin("shared")
    otherOrigin = origin("other")
  }
}

extension Conflict {
  /// A conflict over a file by its texts; without a kind both sides changed it, or made it where there is
  /// no text that both began with.
  init(
    over path: NotePath, _ kind: Kind? = nil, base: [UInt8]?, shared: [UInt8]?, other: [UInt8]?
  ) throws {
    let ids = try [base, shared, other].map { try $0.map { try ObjectID.blob($0) } }
    try self.init(
      path, kind ?? (base == nil ? .bothAdded : .bothChanged),
      Texts(base: ids[0], shared: ids[1], other: ids[2]))
  }

  /// The files of the record of a conflict over a file, its texts first, and what they hold.
  static func recordFiles(
    over path: NotePath, _ kind: Kind? = nil, base: [UInt8]?, shared: [UInt8]?, other: [UInt8]?
  ) throws -> [(path: NotePath, bytes: [UInt8])] {
    let conflict = try Conflict(over: path, kind, base: base, shared: shared, other: other)
    let texts = [base, shared, other]
    let files = try zip(["base", "shared", "other"], texts).compactMap { end, text in
      try text.map { (path: try conflict.file(end), bytes: $0) }
    }
    return files + [(try conflict.recordPath, conflict.record)]
  }
}

extension Vault {
  /// Writes the record of a conflict over a file that both sides changed, or made: then there is no
  /// text that both began with.
  public func recordConflict(
    over path: NotePath, base: [UInt8]?, shared: [UInt8], other: [UInt8]
  ) throws {
    try write(record: Conflict.recordFiles(over: path, base: base, shared: shared, other: other))
  }

  /// Writes the files of a conflict's record.
  func write(record: [(path: NotePath, bytes: [UInt8])]) throws {
    for (path, bytes) in record {
      // Named by content: one that is there says the same.
      do { try files.create(path, bytes) } catch VaultError.exists {}
    }
  }

  /// The conflicts that wait in this vault, by the files they are about.
  public func conflicts() throws -> [Conflict] {
    try StateFile.names(in: root + "/" + Conflict.folder).filter { $0.hasSuffix(".yaml") }
      // A record that cannot be read is no conflict that could be resolved: `damagedConflicts`.
      .compactMap(conflict(in:))
      .sorted { ($0.path, $0.name) < ($1.path, $1.name) }
  }

  /// The conflict of a record's file; `nil` where it cannot be read as one, or says something else
  /// than its name does.
  func conflict(in name: String) throws(GitError) -> Conflict? {
    guard let path = try? NotePath("\(Conflict.folder)/\(name)"),
      let file = try? files.read(path, limit: Conflict.largestRecord)
    else { return nil }
    return try Conflict(record: file.bytes, at: path)
  }
}

extension History {
  /// The conflict of a record that a tree has at a path; `nil` where it is no file, or cannot be read as
  /// one.
  func conflict(_ entry: TreeEntry?, at path: GitPath) throws -> Conflict? {
    guard let entry, entry.kind == .file, let place = path.notePath else { return nil }
    return try Conflict(record: repository.readBlob(entry.id), at: place)
  }
}
