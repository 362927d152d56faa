import CGit2

/// A branch as a remote tells of it.
public struct RemoteBranch: Equatable, Sendable {
  /// The short name.
  public let name: String
  /// The tip.
  public let id: ObjectID

  /// A branch.
  public init(name: String, id: ObjectID) {
    self.name = name
    self.id = id
  }
}

/// What branches a remote has.
public struct RemoteListing: Equatable, Sendable {
  /// The branches, in the remote's order; those whose name git would not take here are left out.
  public let branches: [RemoteBranch]
  /// The branch that the remote's HEAD is on, if it says so and has it.
  public let headBranch: String?

  /// A listing.
  public init(branches: [RemoteBranch], headBranch: String?) {
    self.branches = branches
    self.headBranch = headBranch
  }

  /// The tip of a branch.
  public func tip(of branch: String) -> ObjectID? {
    branches.first { $0.name == branch }?.id
  }
}

extension Repository {
  /// Asks a remote for its branches; nothing is fetched.
  public func list(
    _ remote: String, credentials: CredentialSource?, limits: WireLimits = WireLimits()
  ) throws(GitError) -> RemoteListing {
    try list(url(of: remote, for: GIT_DIRECTION_FETCH), credentials: credentials, limits: limits)
  }

  /// Asks what is at a URL for its branches.
  func list(_ url: RemoteURL, credentials: CredentialSource?, limits: WireLimits)
    throws(GitError) -> RemoteListing
  {
    let operation = "list \(url.redacted)"
    let found: [Wire.Advertised]
    if case .local(let path) = url.place {
      found = try PathRemote(path, for: .fetching, operation, environment).advertised()
    } else {
      let task = WireTask(
        operation: operation, url: url, credentials: credentials, limits: limits)
      found = try connect(task, to: GIT_DIRECTION_FETCH) { (wire) throws(GitError) in
        try wire.advertised()
      }
    }
    var branches: [RemoteBranch] = []
    for reference in found {
      guard let name = Reference.branch(named: reference.name), Self.isBranchName(name) else {
        continue
      }
      branches.append(RemoteBranch(name: name, id: reference.id))
    }
    let head = found.first { $0.name == "HEAD" }
    var headBranch: String?
    if let target = head?.target {
      headBranch = branches.first { $0.name == Reference.branch(named: target) }?.name
    } else if let head {
      // A server that does not say which branch its HEAD is on may leave no doubt all the same.
      let candidates = branches.filter { $0.id == head.id }
      headBranch = candidates.count == 1 ? candidates[0].name : nil
    }
    return RemoteListing(branches: branches, headBranch: headBranch)
  }

  /// Whether git takes this for the name of a branch.
  static func isBranchName(_ name: String) -> Bool {
    var isValid: Int32 = 0
    return unsafe git_branch_name_is_valid(&isValid, name) == 0 && isValid != 0
      && !name.hasPrefix("-")
  }

  /// Throws unless git takes this for the name of a branch.
  func checkBranchName(_ name: String, _ operation: String) throws(GitError) {
    if !Self.isBranchName(name) {
      throw GitError(operation, .invalid, "\(name) is no name for a branch")
    }
  }
}
