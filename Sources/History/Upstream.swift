internal import Git
internal import Vault

/// Where a branch goes to and comes from.
struct Upstream {
  let remote: String
  let branch: String
  /// Whether the remote has the branch.
  let exists: Bool

  var tracking: String { "refs/remotes/\(remote)/\(branch)" }
}

extension History {
  /// The name of a remote, and whether it is new: as it is where it is one, else the URL becomes
  /// `origin`; a relative path begins at `folder`.
  public mutating func remote(named text: String, from folder: String) throws -> (
    name: String, isNew: Bool
  ) {
    let remotes = try repository.remotes()
    if remotes.contains(where: { $0.name == text }) { return (text, false) }
    let url = try RemoteURL(text, relativeTo: folder)
    if let origin = remotes.first(where: { $0.name == "origin" }) {
      if origin.url == url.text { return ("origin", false) }
      throw HistoryError.otherRemote(name: "origin", url: RemoteURL.redacted(origin.url))
    }
    try changingSettings { repository throws(GitError) in try repository.addRemote("origin", url) }
    return ("origin", true)
  }

  /// Changes git's settings while the vault's lock is held, after what a killed command left of them was
  /// cleared away.
  mutating func changingSettings<Failure: Error>(
    _ body: (inout Repository) throws(Failure) -> Void
  ) throws {
    try finishInterrupted()
    let lock = try VaultLock.take(
      in: vault.stateFolder, command: context.command, now: context.clock())
    try lock.held { () -> (result: Void, ending: VaultLock.Ending) in
      try body(&repository)
      return ((), .inOrder)
    }
  }

  /// Forgets a remote that turned out not to be one.
  public mutating func removeRemote(_ name: String) throws {
    try changingSettings { repository throws(GitError) in
      try repository.removeSection("remote.\(name)")
    }
  }

  /// The remote to sync with: the one asked for, the branch's own, `origin`, or the only one.
  func remoteName(_ wanted: String?) throws -> String? {
    if let wanted { return wanted }
    let names = try repository.remotes().map(\.name)
    if let branch = try repository.head().branch,
      let own = repository.setting("branch.\(branch).remote"), names.contains(own)
    {
      return own
    }
    if names.contains("origin") { return "origin" }
    return names.count == 1 ? names[0] : nil
  }

  /// The remote's name for a branch of ours, as far as can be told without asking it.
  func upstreamBranch(of branch: String, on remote: String) -> String {
    if repository.setting("branch.\(branch).remote") == remote,
      let merge = repository.setting("branch.\(branch).merge")
    {
      return Reference.branch(named: merge) ?? branch
    }
    // It may have another name here since.
    guard let synced = repository.syncedUpstream(of: branch), synced.hasPrefix(remote + "/") else {
      return branch
    }
    return String(synced.dropFirst(remote.count + 1))
  }

  /// Asks the remote which of its branches is ours.
  ///
  /// Its branch of our name; else, where it has one branch only or says which is its main one, that:
  /// a vault made on `main` syncs with a remote made on `master`.
  ///
  /// - Throws: `HistoryError.otherBranch` where another branch of ours has one of the remote's already:
  ///   what was begun on a branch of its own is not everybody's yet; `twoBranches` where both could be
  ///   the one.
  func findUpstream(_ wanted: String?, over wire: Wire) throws -> Upstream {
    guard let branch = try repository.head().branch else {
      throw HistoryError.noSuchRevision("HEAD")
    }
    guard let remote = try remoteName(wanted) else {
      let names = try repository.remotes().map(\.name)
      throw names.isEmpty
        ? HistoryError.noRemote : HistoryError.severalRemotes(names, branch: branch)
    }
    if let urls = try repository.severalAddresses(of: remote) {
      throw HistoryError.severalAddresses(remote: remote, urls: urls)
    }
    let listing = try list(remote, over: wire)
    let names = listing.branches.map(\.name)
    let own = upstreamBranch(of: branch, on: remote)
    if names.contains(own) {
      // `git switch -c draft origin/main` makes it so by itself, and git does not push then either.
      if own != branch {
        try refuseSecond(branch, syncingWithAnyOf: [own], on: remote)
      }
      return Upstream(remote: remote, branch: own, exists: true)
    }
    let head = listing.headBranch.flatMap { names.contains($0) ? $0 : nil }
    guard let main = head ?? (names.count == 1 ? names[0] : nil) else {
      return Upstream(remote: remote, branch: own, exists: false)
    }
    try refuseSecond(branch, syncingWithAnyOf: names, on: remote)
    return Upstream(remote: remote, branch: main, exists: true)
  }

  /// Refuses a branch where one of the remote's belongs to another of ours: to that of its name, else to
  /// the one that was synced with it.
  private func refuseSecond(
    _ branch: String, syncingWithAnyOf names: [String], on remote: String
  ) throws {
    let others = try repository.references(below: "refs/heads/").compactMap {
      Reference.branch(named: $0.name)
    }.filter { $0 != branch && names.contains(upstreamBranch(of: $0, on: remote)) }
    guard let other = others.first else { return }
    let named = others.first { $0 == upstreamBranch(of: $0, on: remote) }
    if named == nil, hasSynced(branch, on: remote) { return }
    if let known = named ?? others.first(where: { hasSynced($0, on: remote) }) {
      throw HistoryError.otherBranch(branch, syncing: known, remote: remote)
    }
    throw HistoryError.twoBranches(
      branch, and: other, upstream: "\(remote)/\(upstreamBranch(of: other, on: remote))")
  }

  /// Whether a branch was synced with that of the remote's that it goes to now.
  private func hasSynced(_ branch: String, on remote: String) -> Bool {
    repository.syncedUpstream(of: branch)
      == "\(remote)/\(upstreamBranch(of: branch, on: remote))"
  }

  /// Notes in git's settings which branch of the remote's is ours.
  ///
  /// Not of a remote that was named for one sync only: all later ones would go there.
  func rememberUpstream(_ upstream: Upstream, of branch: String?) throws {
    guard let branch = try branch ?? repository.head().branch,
      try remoteName(nil) == upstream.remote
    else { return }
    // A second remote, for a stick, would leave nothing that tells which of them is the branch's own.
    let isNamed =
      upstream.remote == "origin"
      || repository.setting("branch.\(branch).remote") == upstream.remote
    if !isNamed || upstreamBranch(of: branch, on: upstream.remote) != upstream.branch {
      try repository.setUpstream(of: branch, to: upstream.branch, on: upstream.remote)
    }
    try repository.noteSynced(branch, with: "\(upstream.remote)/\(upstream.branch)")
  }

  func list(_ remote: String, over wire: Wire) throws -> RemoteListing {
    guard let git = wire.git else {
      do {
        return try repository.list(remote, credentials: wire.credentials)
      } catch  where error.reason == .notFound {
        throw HistoryError.unreachable(error.message)
      }
    }
    let run = git(["-C", vault.root, "ls-remote", "--symref", "--", remote])
    guard run.status == 0 else { throw HistoryError.gitFailed(run.errors) }
    return RemoteListing(lsRemote: run.output)
  }

  /// Fetches the branch; `nil` where the remote has none.
  func fetch(_ upstream: Upstream, over wire: Wire, _ progress: (String) -> Void) throws
    -> ObjectID?
  {
    guard upstream.exists else { return nil }
    guard let git = wire.git else {
      return try repository.fetch(
        upstream.remote, branch: upstream.branch, credentials: wire.credentials
      ) { received, total, _ in
        if total > 0 { progress("fetching from \(upstream.remote): \(received) of \(total)") }
        return true
      }
    }
    try repository.forgetTorn(upstream.tracking)
    let run = git([
      "-C", vault.root, "fetch", "--no-tags", "--no-recurse-submodules", "--quiet", "--",
      upstream.remote,
      "+refs/heads/\(upstream.branch):\(upstream.tracking)",
    ])
    guard run.status == 0 else { throw HistoryError.gitFailed(run.errors) }
    return try repository.reference(upstream.tracking)
  }

  /// Pushes a commit, if the remote's branch is still where it was seen.
  func push(
    _ commit: ObjectID, over old: ObjectID?, to upstream: Upstream, over wire: Wire
  ) throws -> PushResult {
    removeDeadLocks(at: upstream.remote)
    guard let git = wire.git else {
      let result = try repository.push(
        upstream.remote, commit, to: upstream.branch, expecting: old,
        credentials: wire.credentials
      ) { _, _, _ in true }
      // What is fetched from there, everybody else is to get.
      guard result == .pushed, let words = try wordsOfTwo(upstream.remote) else { return result }
      let there = try list(upstream.remote, over: wire).branches.first {
        $0.name == upstream.branch
      }
      if there?.id == commit { return .pushed }
      // What was last seen of the remote is what is fetched from it.
      if let id = there?.id, repository.exists(id) {
        try? repository.setReference(
          upstream.tracking, to: id, expecting: .anything, message: "fetch")
      }
      return .rejected(words)
    }
    // A push that is no fast-forward is refused, which is the comparison with what was seen.
    let run = git([
      "-C", vault.root, "push", "--porcelain", "--recurse-submodules=no", "--", upstream.remote,
      "\(commit):refs/heads/\(upstream.branch)",
    ])
    let now = try list(upstream.remote, over: wire).branches.first { $0.name == upstream.branch }
    if now?.id == commit { return .pushed }
    if now?.id != old { return .rejectedNonFastForward }
    if run.status == 0 {
      return try .rejected(
        wordsOfTwo(upstream.remote) ?? "it took the push, and its branch is where it was before")
    }
    return .rejected(GitError.cleaned(run.errors.isEmpty ? run.output : run.errors))
  }

  /// What is wrong with a remote that is fetched from one repository and pushed to another, such as a
  /// fork; `nil` where there is one address.
  func wordsOfTwo(_ remote: String) throws -> String? {
    try repository.twoAddresses(of: remote).map { fetch, push in
      """
      it is fetched from \(fetch) and pushed to \(push), which are two repositories; \
      git remote set-url --push \(remote) \(fetch) makes them one
      """
    }
  }
}

extension RemoteListing {
  /// A listing from what `git ls-remote --symref` printed.
  init(lsRemote text: String) {
    var branches: [RemoteBranch] = []
    var head: String?
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 1)
      guard parts.count == 2 else { continue }
      if parts[1] == "HEAD", parts[0].hasPrefix("ref: ") {
        head = Reference.branch(named: parts[0].dropFirst("ref: ".count)) ?? head
      } else if let name = Reference.branch(named: parts[1]),
        let id = ObjectID(hex: String(parts[0]))
      {
        branches.append(RemoteBranch(name: name, id: id))
      }
    }
    self.init(branches: branches, headBranch: head)
  }
}
