public import Git
internal import Markup
public import Vault

/// A place where two machines changed one file differently: the file stays clean, and what was not
/// kept waits in `.notes/conflicts/`, on every machine, until somebody resolves it.
///
/// A record is two files named by their content, so that no record ever takes the place of another
/// and two machines that meet the same conflict write the same record: `NAME.yaml` says what
/// happened, `NAME.other` holds the bytes that were not kept.
public struct Conflict: Sendable, Equatable {
  /// The record's name, eight hexadecimal digits.
  public let name: String
  /// The file.
  public let path: NotePath
  /// What happened.
  public let kind: Kind
  /// What the other side held; `nil` where it had removed the file.
  public let other: ObjectID?
  /// What both sides had begun with; `nil` where both made the file.
  public let base: ObjectID?

  /// What the two sides did.
  public enum Kind: String, Sendable, CaseIterable {
    /// Both changed the same words.
    case bothChanged = "both-changed"
    /// Both made a file of this name.
    case bothAdded = "both-added"
    /// One changed it, the other removed it: it stays.
    case changedAndRemoved = "changed-and-removed"
  }

  /// A conflict over a file.
  public init(_ path: NotePath, _ kind: Kind, base: ObjectID?, other: ObjectID?) throws(GitError) {
    self.path = path
    self.kind = kind
    self.base = base
    self.other = other
    let key = [path.text, base?.description ?? "-", other?.description ?? "-"]
    let digest = try ObjectID.blob(Array(key.joined(separator: "\n").utf8)).description
    name = String(digest.prefix(8))
  }

  /// The folder of the records.
  static let folder = ".notes/conflicts"

  /// Where the record says what happened.
  public var recordPath: NotePath { get throws { try NotePath("\(Self.folder)/\(name).yaml") } }

  /// Where the other side's bytes are.
  public var otherPath: NotePath { get throws { try NotePath("\(Self.folder)/\(name).other") } }

  /// The record's text.
  var record: [UInt8] {
    let entries: [(key: String, value: Frontmatter.Value)] = [
      ("note", .scalar(path.text)), ("kind", .scalar(kind.rawValue)),
      ("base", .scalar(base?.description ?? "none")),
      ("other", .scalar(other?.description ?? "none")),
    ]
    return Array(Frontmatter.render(entries).utf8)
  }

  /// A conflict from its record; `nil` where the record says nothing that can be used: it may have
  /// come from anywhere.
  init?(record bytes: [UInt8]) throws(GitError) {
    let document = Document(bytes: Array("---\n".utf8) + bytes + Array("\n---\n".utf8))
    var values: [String: String] = [:]
    for entry in document.frontmatter?.entries ?? [] {
      if case .scalar(let text) = entry.value { values[entry.key] = text }
    }
    guard let note = values["note"], let path = try? NotePath(note),
      let kind = values["kind"].flatMap(Kind.init(rawValue:))
    else { return nil }
    try self.init(
      path, kind, base: values["base"].flatMap(ObjectID.init(hex:)),
      other: values["other"].flatMap(ObjectID.init(hex:)))
  }
}

extension Vault {
  /// Writes a conflict's record, and what its other side held.
  public func record(_ conflict: Conflict, other: [UInt8]) throws {
    for (path, bytes) in [
      (try conflict.otherPath, other), (try conflict.recordPath, conflict.record),
    ] {
      // Named by content: one that is there says the same.
      do { try files.create(path, bytes) } catch VaultError.exists {}
    }
  }

  /// The conflicts that wait in this vault, by the files they are about.
  public func conflicts() throws -> [Conflict] {
    try StateFile.names(in: root + "/" + Conflict.folder).filter { $0.hasSuffix(".yaml") }
      .compactMap { name in
        // A record that cannot be read is no conflict that could be resolved; `check` names it.
        guard let path = try? NotePath("\(Conflict.folder)/\(name)"),
          let file = try? files.read(path, limit: 65_536)
        else { return nil }
        return try Conflict(record: file.bytes)
      }
      .sorted { ($0.path, $0.name) < ($1.path, $1.name) }
  }
}
