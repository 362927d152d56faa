internal import FoundationEssentials
public import Git
public import Vault

/// One thing that a command did to the vault's files, in a form that can be finished after a
/// crash, and taken back later.
///
/// It is written to `.git/notes/journal` before the first file is touched and moved to
/// `.git/notes/operations/` after the last one, so the journal of a killed command says what was
/// still to do.
public struct Operation: Sendable {
  /// The command as typed, such as `notes mv`.
  public var command: String
  /// When, in nanoseconds since 1970.
  public var time: Int64
  /// What it does to files, in the order in which it does it.
  public var changes: [Change]
  /// The branch that it moves first; its file changes are due only once that has happened.
  public var head: HeadMove?
  /// The number of the operation that this one takes back.
  public var undoes: Int?
  /// Whether it is kept once it is done, so that it can be taken back.
  var isKept = true

  /// A file before and after.
  public struct Change: Sendable {
    /// The file.
    public let path: NotePath
    /// What it held; `nil` where it was not there.
    public let before: Content?
    /// What it is to hold; `nil` where it is to go.
    public let after: Content?
    /// The file that it is made from by moving it.
    public var movedFrom: NotePath?
    /// Where another machine moved it to; of a file that is to go.
    var movedTo: NotePath?
    /// Whether its owner may run it.
    public var isExecutable = false
    /// Whether that is another answer than before.
    public var changesMode = false
    /// What stood in its way when it was last tried, in words.
    var obstacle: String?

    /// A change from one content to another.
    public init(
      _ path: NotePath, before: Content?, after: Content?, movedFrom: NotePath? = nil,
      isExecutable: Bool = false, changesMode: Bool = false
    ) {
      self.path = path
      self.before = before
      self.after = after
      self.movedFrom = movedFrom
      self.isExecutable = isExecutable
      self.changesMode = changesMode
    }
  }

  /// Bytes, or the name of bytes that a commit keeps.
  public enum Content: Sendable, Hashable {
    /// The bytes themselves.
    case bytes([UInt8])
    /// A blob that is reachable from a branch.
    case blob(ObjectID)
  }

  /// A branch that goes from one commit to another.
  public struct HeadMove: Sendable, Equatable {
    /// The reference, such as `refs/heads/main`.
    public let reference: String
    /// Where it was; `nil` where there was no commit yet.
    public let old: ObjectID?
    /// Where it is to be.
    public let new: ObjectID
  }

  /// An operation on files.
  public init(
    command: String, time: Int64, changes: [Change], head: HeadMove? = nil, undoes: Int? = nil
  ) {
    self.command = command
    self.time = time
    self.changes = changes
    self.head = head
    self.undoes = undoes
  }
}

// MARK: - On disk

/// The file: a line of JSON, then the bytes that its `offset` and `length` point into.
extension Operation {
  /// What every version of this program can read of a journal's first line.
  private struct Format: Codable {
    var format: Int
  }

  private struct Header: Codable {
    var format: Int
    var command: String
    var time: Int64
    var changes: [Entry]
    var reference: String?
    var old: String?
    var new: String?
    var undoes: Int?
    var kept: Bool?
  }

  private struct Entry: Codable {
    var path: String
    var before: Place?
    var after: Place?
    var movedFrom: String?
    var movedTo: String?
    var executable: Bool?
    var changesMode: Bool?
    var obstacle: String?
  }

  private struct Place: Codable {
    var offset: Int?
    var length: Int?
    var blob: String?
  }

  /// The operation as the bytes of a file.
  func encoded() throws -> [UInt8] {
    var payload: [UInt8] = []
    func place(_ content: Content?) -> Place? {
      switch content {
      case nil: return nil
      case .blob(let id): return Place(blob: id.description)
      case .bytes(let bytes):
        defer { payload += bytes }
        return Place(offset: payload.count, length: bytes.count)
      }
    }
    let entries = changes.map { change in
      Entry(
        path: change.path.text, before: place(change.before), after: place(change.after),
        movedFrom: change.movedFrom?.text, movedTo: change.movedTo?.text,
        executable: change.isExecutable ? true : nil,
        changesMode: change.changesMode ? true : nil, obstacle: change.obstacle)
    }
    let header = Header(
      format: 1, command: command, time: time, changes: entries, reference: head?.reference,
      old: head?.old?.description, new: head?.new.description, undoes: undoes,
      kept: isKept ? nil : false)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(header)) + [UInt8(ascii: "\n")] + payload
  }

  /// An operation from the bytes of its file.
  ///
  /// - Throws: `HistoryError.damagedJournal`, or `otherFormat`.
  init(encoded bytes: [UInt8]) throws(HistoryError) {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
      throw .damagedJournal("its first line cannot be read")
    }
    let line = Data(bytes[..<end])
    if let other = try? JSONDecoder().decode(Format.self, from: line), other.format != 1 {
      throw .otherFormat(other.format)
    }
    guard let header = try? JSONDecoder().decode(Header.self, from: line) else {
      throw .damagedJournal("its first line cannot be read")
    }
    let payload = bytes[(end + 1)...]
    func content(_ place: Place?) throws(HistoryError) -> Content? {
      guard let place else { return nil }
      if let hex = place.blob {
        guard let id = ObjectID(hex: hex) else { throw .damagedJournal("\(hex) is no object") }
        return .blob(id)
      }
      guard let offset = place.offset, let length = place.length, offset >= 0, length >= 0,
        offset <= payload.count, length <= payload.count - offset
      else { throw .damagedJournal("it is cut off") }
      let start = payload.startIndex + offset
      return .bytes(Array(payload[start..<(start + length)]))
    }
    command = header.command
    time = header.time
    undoes = header.undoes
    isKept = header.kept ?? true
    changes = []
    for entry in header.changes {
      guard let path = try? NotePath(entry.path) else {
        throw .damagedJournal("\(entry.path) is no path")
      }
      var change = Change(
        path, before: try content(entry.before), after: try content(entry.after),
        movedFrom: entry.movedFrom.flatMap { try? NotePath($0) },
        isExecutable: entry.executable ?? false, changesMode: entry.changesMode ?? false)
      change.movedTo = entry.movedTo.flatMap { try? NotePath($0) }
      change.obstacle = entry.obstacle
      changes.append(change)
    }
    if let reference = header.reference, let new = header.new.flatMap(ObjectID.init(hex:)) {
      head = HeadMove(
        reference: reference, old: header.old.flatMap(ObjectID.init(hex:)), new: new)
    }
  }
}
