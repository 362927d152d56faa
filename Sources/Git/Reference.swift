/// Where HEAD stands.
public enum Head: Equatable, Sendable {
  /// On a branch that has no commit yet; the branch's short name.
  case unborn(branch: String)
  /// On a branch; its short name and its tip.
  case branch(String, ObjectID)
  /// On a commit and no branch.
  case detached(ObjectID)

  /// The commit, if there is one.
  public var id: ObjectID? {
    switch self {
    case .unborn: nil
    case .branch(_, let id), .detached(let id): id
    }
  }

  /// The branch's short name, if HEAD is on one.
  public var branch: String? {
    switch self {
    case .unborn(let name), .branch(let name, _): name
    case .detached: nil
    }
  }
}

/// A name for an object, such as `refs/heads/main`.
public struct Reference: Equatable, Sendable {
  /// The full name.
  public let name: String
  /// The object.
  public let id: ObjectID

  /// The branch that a full name is of, such as `main`; `nil` for what is no branch of ours.
  public static func branch(named name: some StringProtocol) -> String? {
    let prefix = "refs/heads/"
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
  }
}

/// What a reference must be for a change to it to go ahead.
public enum ExpectedReference: Equatable, Sendable {
  /// Whatever it is.
  case anything
  /// Not there.
  case absent
  /// At this object.
  case at(ObjectID)
}
