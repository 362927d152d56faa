public import Vault

/// What is left of a conflict's record that cannot be read, or that has lost a file: something waits
/// for a person, and nobody can see both sides of it any more.
public struct DamagedConflict: Sendable, Equatable {
  /// The record's name, which its files share.
  public let name: String
  /// What the record says, where it can be read.
  public let conflict: Conflict?
  /// What is wrong.
  public let damage: Damage
  /// The files that there are, at least one.
  let files: [NotePath]

  /// What is wrong with a record.
  public enum Damage: Sendable, Equatable {
    /// The record says nothing that can be used.
    case unreadable
    /// A file of it is not there.
    case missing(NotePath)
  }

  /// Whether nothing but the text that both sides began with is gone, so that the one that waits can
  /// be taken.
  public var hasBothSides: Bool {
    guard let conflict, let base = try? Conflict.file("base", of: name),
      let needed = try? [conflict.recordPath] + conflict.files.map(\.path)
    else { return false }
    return needed.allSatisfy { files.contains($0) || $0 == base }
  }

  /// The file to look at.
  public var path: NotePath {
    files.first { $0.text.hasSuffix(".yaml") } ?? files[0]
  }
}

extension Vault {
  /// The records of conflicts that are damaged, by their names.
  public func damagedConflicts() throws -> [DamagedConflict] {
    let ends = ["yaml", "base", "shared", "other"]
    var all: [String: Set<String>] = [:]
    for file in StateFile.names(in: root + "/" + Conflict.folder) {
      let parts = file.split(separator: ".").map(String.init)
      guard parts.count == 2, ends.contains(parts[1]) else { continue }
      all[parts[0], default: []].insert(parts[1])
    }
    return try all.sorted { $0.key < $1.key }.compactMap { name, found in
      func path(_ end: String) throws -> NotePath { try Conflict.file(end, of: name) }
      let files = try found.sorted().map(path)
      let conflict = try conflict(in: name + ".yaml")
      let wanted = try [path("yaml")] + (conflict?.files.map(\.path) ?? [])
      if let missing = wanted.first(where: { !files.contains($0) }) {
        return DamagedConflict(
          name: name, conflict: conflict, damage: .missing(missing), files: files)
      }
      guard conflict == nil else { return nil }
      return DamagedConflict(name: name, conflict: nil, damage: .unreadable, files: files)
    }
  }

  /// The edits that drop a damaged record, and leave its note as it is.
  public func edits(dropping record: DamagedConflict) throws -> [FileEdit] {
    try record.files.compactMap { path in
      try bytesIfThere(path).map { .remove(path, old: $0) }
    }
  }
}
