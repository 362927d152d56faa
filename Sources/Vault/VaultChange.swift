/// A change to one file of the vault, as the history road hands it to the index.
public enum VaultChange: Sendable, Equatable {
  /// The file is new, or holds something else than before.
  case written(NotePath)
  /// The file is gone.
  case removed(NotePath)

  /// The file.
  public var path: NotePath {
    switch self {
    case .written(let path), .removed(let path): path
    }
  }
}
