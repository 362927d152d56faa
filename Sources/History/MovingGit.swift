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
    let end = ContinuousClock.now + .milliseconds(patience)
    while true {
      // It is waited for without the lock: a git that finds that one taken fails.
      if try !isToBeWaitedFor() {
        let left = max(.zero, end - ContinuousClock.now) / .milliseconds(1)
        let lock = try repository.lockUserIndex(patience: Int(left))
        // Under the lock no other can begin.
        let result = Result { try isToBeWaitedFor() }
        if case .success(false) = result { return lock }
        if !lock.release() { leftovers.areThere = true }
        _ = try result.get()
      }
      guard ContinuousClock.now < end else {
        throw VaultError.busy(holder: "another git works here")
      }
      usleep(20_000)
    }
  }

  /// Whether a git is about to move HEAD.
  ///
  /// What began and is not done is refused by whoever asked for the lock.
  private func isToBeWaitedFor() throws -> Bool {
    try isHeadAboutToMove && repository.problem(for: .writing) == nil
  }

  /// Whether a git works here that wrote its index a moment ago, and moves HEAD before it ends.
  ///
  /// The index tells that there is one to look for: else a `git pull` that waits for the network would
  /// keep everybody away. What we write into it leaves it the time that git gave it.
  private var isHeadAboutToMove: Bool {
    guard let index = StateFile(repository.gitDirectory + "/index").stamp,
      index.modified > context.clock() - Self.longestMove
    else { return false }
    let waiting = Self.waitingForUs()
    return Self.isGitRunning(in: vault.root) { process in
      !waiting.contains(process) && movesHead(Self.commandLine(of: process))
    }
  }

  /// The processes that wait for this one to end: a git runs a hook of the user's when HEAD has moved.
  ///
  /// None, where it is a hook that git runs before.
  private static func waitingForUs() -> Set<String> {
    var found: Set<String> = []
    var process = "self"
    while let parent = parent(of: process), found.insert(parent).inserted {
      let isEarly = commandLine(of: parent).contains { word in
        word.split(separator: "/").last.map { earlyHooks.contains(String($0)) } ?? false
      }
      if isEarly { return [] }
      process = parent
    }
    return found
  }

  private static var earlyHooks: Set<String> {
    [
      "commit-msg", "post-index-change", "pre-merge-commit", "pre-rebase", "prepare-commit-msg",
      "reference-transaction",
    ]
  }

  private static func parent(of process: String) -> String? {
    guard let bytes = try? StateFile("/proc/\(process)/stat").read(),
      let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    // Behind the name, which can hold anything, are the state and the parent.
    let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
    return fields.count > 1 ? String(decoding: fields[1], as: UTF8.self) : nil
  }

  private static func commandLine(of process: String) -> [String] {
    let bytes = try? StateFile("/proc/\(process)/cmdline").read()
    return (bytes ?? []).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
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
