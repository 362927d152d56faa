internal import Git
internal import Glibc
internal import Vault

/// A git that gives its lock of the index back before it moves HEAD, as `git switch` does: in between, the
/// files are the new branch's, HEAD names the old one, and no lock says so. It looks at every file then,
/// so the larger the vault, the longer it takes.
extension History {
  /// Takes git's lock of its index, when no git is about to move HEAD.
  ///
  /// - Throws: `GitError` whose reason is `.locked`, or `VaultError.busy`, where that goes on.
  func lockUserIndex(patience: Int = 10_000) throws -> UserIndexLock {
    var waited = 0
    while true {
      let lock = try repository.lockUserIndex(patience: patience - waited)
      // What began and is not done is refused by whoever asked for the lock.
      if try !isHeadAboutToMove || repository.problem(for: .writing) != nil { return lock }
      if !lock.release() { leftovers.areThere = true }
      guard waited < patience else { throw VaultError.busy(holder: "another git works here") }
      usleep(20_000)
      waited += 20
    }
  }

  /// Whether a git works here that wrote its index a moment ago, and moves HEAD before it ends.
  ///
  /// The index tells that there is one to look for: else a `git pull` that waits for the network would
  /// keep everybody away. It is to be asked under the lock.
  private var isHeadAboutToMove: Bool {
    guard let index = StateFile(repository.gitDirectory + "/index").stamp,
      max(index.modified, index.changed) > context.clock() - Self.longestMove
    else { return false }
    return Self.isGitRunning(in: vault.root) { process in
      guard let bytes = try? StateFile("/proc/\(process)/cmdline").read() else { return false }
      let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return movesHead(words)
    }
  }

  /// Longer than it takes to look at every file of a large vault, in nanoseconds.
  private static var longestMove: Int64 { 60_000_000_000 }

  /// Whether a git of this command line can move HEAD, or the branch that it names.
  private func movesHead(_ line: [String]) -> Bool {
    var words = line.dropFirst()
    while let option = words.first, option.hasPrefix("-") {
      words = words.dropFirst(Self.optionsWithValue.contains(option) ? 2 : 1)
    }
    guard let word = words.first else { return false }
    // A name of the user's own stays on the command line.
    let alias = repository.setting("alias." + word)?.split(separator: " ").first.map(String.init)
    return Self.movers.contains(alias ?? word)
  }

  private static var optionsWithValue: Set<String> {
    ["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--config-env", "--exec-path"]
  }

  private static var movers: Set<String> {
    ["checkout", "cherry-pick", "merge", "pull", "rebase", "reset", "revert", "switch"]
  }
}
