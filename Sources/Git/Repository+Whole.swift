extension Repository {
  /// Whether all is here, and can be read, that a commit needs and the branch that is checked out has not.
  ///
  /// A fetch of git's that was ended half-way can leave a commit without what it names, and a power cut can
  /// leave a file empty. Git looks for all of it before it takes a commit for one that it has; libgit2 does
  /// not. It costs what is new in the commit, which a sync reads as well.
  public func isWhole(_ commit: ObjectID) throws(GitError) -> Bool {
    let own = try head().id.map { [$0] } ?? []
    var seen: Set<ObjectID> = []
    do throws(GitError) {
      try eachCommit(from: [commit], hiding: own, order: .time) { commit throws(GitError) in
        // Its parents are looked at as well, or are ours.
        let before = try commit.parents.first.map { id throws(GitError) in try self.commit(id).tree
        }
        try eachDifference(before, commit.tree) { _, _, entry throws(GitError) in
          if let entry, entry.kind != .submodule, seen.insert(entry.id).inserted {
            try readWhole(entry.id)
          }
          return true
        }
        return true
      }
      return true
    } catch {
      switch error.reason {
      case .notFound, .corrupt: return false
      // Whoever takes the commit in refuses what is too deep, or too much.
      case .invalid: return true
      default: throw error
      }
    }
  }

  /// Reads a file of a snapshot, and of a very large one its beginning.
  private func readWhole(_ id: ObjectID) throws(GitError) {
    guard try blobSize(id) <= 64 << 20 else { return }
    _ = try unsafe withObject(id, .blob) { (bytes: UnsafeRawBufferPointer) in bytes.count }
  }

  /// Those of two commits that are not whole here.
  func torn(_ one: ObjectID?, _ other: ObjectID?) throws(GitError) -> [ObjectID] {
    var torn: [ObjectID] = []
    for id in Set([one, other].compactMap { $0 }) where try !isWhole(id) { torn.append(id) }
    return torn
  }

  /// Forgets what was last seen of a remote's branch where it is not whole here, so that git, too, fetches it
  /// anew.
  public func forgetTorn(_ tracking: String) throws(GitError) {
    let torn = try torn(reference(tracking), nil)
    if !torn.isEmpty { try putAside(torn, tracking) }
  }

  /// Lends the repository without commits that are not whole, for them to be fetched anew; if that fails,
  /// they are back.
  func fetchingAnew(
    _ torn: [ObjectID], _ tracking: String,
    _ fetch: (borrowing Repository) throws(GitError) -> ObjectID
  ) throws(GitError) -> ObjectID {
    try putAside(torn, tracking)
    do throws(GitError) {
      // This one goes on to know what it has read.
      return try fetch(Repository.open(workTree, environment: environment, for: .reading))
    } catch {
      torn.forEach(objects.takeBack)
      throw error
    }
  }

  private var objects: ObjectStore { ObjectStore(commonDirectory + "/objects") }

  /// Puts aside commits that are not whole, with all that is damaged, and forgets that a remote's branch was
  /// seen at one of them.
  private func putAside(_ torn: [ObjectID], _ tracking: String) throws(GitError) {
    if let seen = try reference(tracking), torn.contains(seen) { try removeReference(tracking) }
    for id in LooseObjects.damaged(in: commonDirectory + "/objects") + torn {
      try objects.putAside(id, "put aside what is not whole")
    }
  }
}
