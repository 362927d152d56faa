public import Vault

/// How a conflict is settled.
public enum Resolution: Sendable {
  /// The note stays as it is now.
  case keep
  /// The note becomes what the other side held, or goes where the other side had removed it.
  case takeOther
}

extension Vault {
  /// The bytes that a conflict's other side held; `nil` where it had removed the file.
  public func otherBytes(of conflict: Conflict) throws -> [UInt8]? {
    guard conflict.other != nil else { return nil }
    return try files.read(conflict.otherPath, limit: .max).bytes
  }

  /// The edits that settle a conflict: its record goes, and with the next snapshot it is settled
  /// on every machine.
  public func edits(settling conflict: Conflict, _ resolution: Resolution) throws -> [FileEdit] {
    var edits: [FileEdit] = []
    if case .takeOther = resolution {
      let now = try bytesIfThere(conflict.path)
      switch (now, try otherBytes(of: conflict)) {
      case (let now?, let other?) where now != other:
        edits.append(.replace(conflict.path, old: now, new: other))
      case (let now?, nil): edits.append(.remove(conflict.path, old: now))
      case (nil, let other?): edits.append(.create(conflict.path, other))
      default: break
      }
    }
    for path in [try conflict.recordPath, try conflict.otherPath] {
      if let bytes = try bytesIfThere(path) { edits.append(.remove(path, old: bytes)) }
    }
    return edits
  }

  /// What a file holds; `nil` where it is not there.
  public func bytesIfThere(_ path: NotePath) throws(VaultError) -> [UInt8]? {
    do throws(VaultError) {
      return try files.read(path, limit: .max).bytes
    } catch .notFound {
      return nil
    } catch {
      throw error
    }
  }
}
