internal import Git

/// How the vault's branch stands to the remote's, as last seen.
public struct Standing: Sendable {
  /// The vault's branch; `nil` where none is checked out, and so no snapshot can be made.
  public let branch: String?
  /// The remote and its branch; `nil` where no remote is set, or several of which none is the branch's.
  public let upstream: String?
  /// The remotes, where that is what `upstream` lacks.
  public var remotes: [String] = []
  /// How many snapshots the remote has not; `nil` before the first sync.
  public let ahead: Int?
  /// How many snapshots of the remote's are not here; `nil` before the first sync.
  public let behind: Int?
}

extension History {
  /// How the branch stands; reaches no network.
  public func standing() throws -> Standing {
    let head = try repository.head()
    guard let branch = head.branch else {
      return Standing(branch: nil, upstream: nil, ahead: nil, behind: nil)
    }
    guard let remote = try remoteName(nil) else {
      return Standing(
        branch: branch, upstream: nil, remotes: try repository.remotes().map(\.name), ahead: nil,
        behind: nil)
    }
    let theirs = upstreamBranch(of: branch, on: remote)
    let upstream = "\(remote)/\(theirs)"
    guard !repository.isShallow, let ours = head.id,
      let seen = try repository.reference("refs/remotes/\(upstream)")
    else {
      return Standing(branch: branch, upstream: upstream, ahead: nil, behind: nil)
    }
    let counts = try repository.aheadBehind(ours, seen)
    return Standing(branch: branch, upstream: upstream, ahead: counts.ahead, behind: counts.behind)
  }
}
