/// A repository that cannot hold a vault as it is, each with the command that makes it fit.
public enum RepositoryProblem: Equatable, Sendable, CustomStringConvertible {
  /// There is no git repository at the path.
  case notARepository(path: String)
  /// The repository has no work tree.
  case bare(path: String)
  /// HEAD names a commit and not a branch.
  case detachedHead(ObjectID)
  /// A merge, rebase or the like is under way: its name, and the command that finishes it.
  case operationInProgress(String, howToFinish: String)
  /// Files in which a merge met a conflict that is not settled yet.
  case unmerged([String])
  /// Only a part of the tree is checked out.
  case sparseCheckout
  /// The history was cut off when the repository was cloned.
  case shallow
  /// Objects are left on the remote until they are needed.
  case partialClone
  /// The index is kept in two files, which libgit2 cannot read.
  case splitIndex
  /// The repository uses a format that this program cannot read.
  case newerFormat(String)
  /// The repository belongs to another user.
  case foreignOwner(user: UInt32, path: String)
  /// The repository's settings name another folder as its work tree.
  case otherWorkTree(path: String)
  /// Another folder goes by the same repository: the one of which a linked work tree is a copy, or the one
  /// that `.git` is a link into.
  case sharedRepository(with: String, isLinked: Bool)
  /// The repository's settings include something that is not a plain file.
  case unsafeInclude(path: String)
  /// The repository is damaged.
  case damaged(String)

  /// One sentence that says what is wrong.
  public var description: String {
    switch self {
    case .notARepository(let path): "There is no git repository at \(path)."
    case .bare(let path): "\(path) is a bare repository, which has no work tree."
    case .detachedHead(let id):
      "HEAD is detached at \(id.short), so a snapshot would belong to no branch."
    case .operationInProgress(let name, _): "A \(name) is under way."
    case .unmerged(let paths):
      "A merge of git's is not settled in \(Self.list(paths))."
    case .sparseCheckout:
      "Only a part of the tree is checked out (sparse checkout), so the rest would look deleted."
    case .shallow: "The history is cut off (shallow clone)."
    case .partialClone: "Some objects were left on the remote (partial clone)."
    case .splitIndex: "The git index is split into two files, which cannot be kept up to date."
    case .newerFormat(let name): "The repository uses a git format that cannot be read: \(name)."
    case .foreignOwner(let user, let path): "\(path) belongs to another user (uid \(user))."
    case .otherWorkTree(let path): "The repository's work tree is set to another folder, \(path)."
    case .sharedRepository(let path, _):
      "\(path) goes by the same index and HEAD, so each would take back what the other saves."
    case .unsafeInclude(let path):
      "The repository's settings include \(path), which is not a plain, small file."
    case .damaged(let message): "The repository is damaged: \(message)."
    }
  }

  /// The command that makes the repository fit.
  public var fix: String {
    switch self {
    case .notARepository: "git init"
    case .bare(let path): "git clone \(path)"
    case .detachedHead: "git switch -"
    case .operationInProgress(_, let command): command
    case .unmerged(let paths): "git add -- \(Self.list(paths)), once no marker is left in it"
    case .sparseCheckout: "git sparse-checkout disable"
    case .shallow: "git fetch --unshallow"
    case .partialClone: "git clone"
    case .splitIndex: "git update-index --no-split-index"
    case .newerFormat: "git clone"
    // Git's own way of saying that one trusts what another user put there.
    case .foreignOwner(_, let path): "git config --global --add safe.directory \(path)"
    case .otherWorkTree: "git config --unset core.worktree"
    case .sharedRepository(_, isLinked: true): "git worktree repair, if the other folder is to go"
    case .sharedRepository: "git worktree add, or git clone"
    case .unsafeInclude: "git config --local --list"
    case .damaged: "git fsck"
    }
  }

  /// The command that makes it fit where it is the remote at a path.
  public func fix(ofRemote path: String) -> String {
    switch self {
    case .newerFormat: "notes sync --via git, if your git can read it"
    default: "git -C \(path) " + fix.dropFirst("git ".count)
    }
  }

  private static func list(_ paths: [String]) -> String {
    paths.prefix(5).joined(separator: " ") + (paths.count > 5 ? " and \(paths.count - 5) more" : "")
  }
}
