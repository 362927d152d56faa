import CGit2

extension Repository {
  /// Why this repository cannot be used for a purpose, or nil when it can.
  ///
  /// `open` asks this; a process that stays up may ask again before each snapshot.
  public func problem(for purpose: Purpose) throws(GitError) -> RepositoryProblem? {
    let promised = try configuration.settings { name in
      name.hasPrefix("remote.")
        && (name.hasSuffix(".promisor") || name.hasSuffix(".partialclonefilter"))
    }
    if !promised.allSatisfy({ $0.name.hasSuffix(".promisor") && $0.value == "false" })
      || configuration.string("extensions.partialclone") != nil
    {
      return .partialClone
    }
    if configuration.isOn("core.sparsecheckout") { return .sparseCheckout }
    let shape = IndexFile.shape(of: gitDirectory)
    if shape == .sparse || shape == .skipsFiles { return .sparseCheckout }
    guard purpose == .writing else { return nil }
    if isShallow { return .shallow }
    if let problem = operationInProgress() { return problem }
    do throws(GitError) {
      if case .detached(let id) = try head() { return .detachedHead(id) }
    } catch {
      return .damaged(error.message)
    }
    return shape == .split ? .splitIndex : nil
  }

  /// Refuses a repository that cannot be written as it is now: a merge may have begun since it was opened.
  public func refuseProblems() throws(GitError) {
    if let problem = try problem(for: .writing) { throw Self.refusal(problem) }
  }

  /// Refuses files that git's own index has several versions of, such as a `git stash pop` leaves that
  /// met a conflict: what they hold is not what anybody wrote.
  public func refuseUnmerged(among paths: Set<GitPath>) throws(GitError) {
    if paths.isEmpty { return }
    let unmerged = IndexFile.unmergedPaths(of: gitDirectory).filter(paths.contains)
    if unmerged.isEmpty { return }
    throw Self.refusal(.unmerged(unmerged.map(\.description)))
  }

  /// Whether git's own index has several versions of a file.
  public func isUnmerged(_ path: GitPath) -> Bool {
    IndexFile.unmergedPaths(of: gitDirectory).contains(path)
  }

  private func operationInProgress() -> RepositoryProblem? {
    let state = unsafe git_repository_state(handle.pointer)
    let operation: (name: String, command: String)? =
      switch git_repository_state_t(rawValue: UInt32(bitPattern: state)) {
      case GIT_REPOSITORY_STATE_NONE: nil
      case GIT_REPOSITORY_STATE_MERGE: ("merge", "git merge --continue (or --abort)")
      case GIT_REPOSITORY_STATE_REVERT, GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
        ("revert", "git revert --continue (or --abort)")
      case GIT_REPOSITORY_STATE_CHERRYPICK, GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
        ("cherry-pick", "git cherry-pick --continue (or --abort)")
      case GIT_REPOSITORY_STATE_BISECT: ("bisect", "git bisect reset")
      case GIT_REPOSITORY_STATE_APPLY_MAILBOX: ("git am", "git am --continue (or --abort)")
      default: ("rebase", "git rebase --continue (or --abort)")
      }
    return operation.map { .operationInProgress($0.name, howToFinish: $0.command) }
  }
}
