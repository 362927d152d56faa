internal import Git
internal import Vault

/// What a look at the work tree found, held against the last snapshot.
struct Scan {
  /// How the files differ from the last snapshot.
  var changes: [FileChange] = []
  /// What is not versioned, and why.
  var skipped: [SkippedEntry] = []
  /// Whether stamps were learned that the stored index does not have.
  var isIndexDirty = false
}

extension History {
  /// Our own index: what each file's stamp was when it had the content of the last snapshot.
  ///
  /// It is not git's: two programs that write one index lose each other's files (libgit2.md).
  func openIndex() throws -> WorkTreeIndex {
    var index = WorkTreeIndex(at: vault.stateFolder + "/worktree")
    let tree = try headTree()
    if index.tree != tree { try index.readTree(tree, from: repository) }
    return index
  }

  /// Notes in our index that the work tree is now this tree.
  func noteWorkTree(is tree: ObjectID) throws {
    var index = WorkTreeIndex(at: vault.stateFolder + "/worktree")
    try index.readTree(tree, from: repository)
    try index.save(tree: tree)
  }

  /// Looks at every file of the vault, reads those whose stamp is not known, and puts what they
  /// hold into the index.
  func scan(_ index: inout WorkTreeIndex, writesBlobs: Bool, progress: (Int) -> Void) throws -> Scan
  {
    var scan = Scan()
    var writer = BlobWriter(isDry: !writesBlobs)
    var seen = 0
    var looked = 0
    var gone: [GitPath: TreeEntry] = [:]
    var unread: [GitPath] = []
    let known = index.count
    try Walk(root: vault.root, includesHidden: true).eachFolder { listing in
      for entry in listing.skipped {
        scan.skipped.append(entry)
        unread.append(GitPath(entry.path))
      }
      for file in listing.files {
        looked += 1
        if looked % 1_000 == 0 { progress(looked) }
        let path = listing.gitPath(of: file)
        if Self.isOurs(path) { continue }
        let old = index.entry(at: path)
        if let old, old.matches(file.stamp), old.isExecutable == file.isExecutable,
          !file.stamp.isRacy(at: index.savedAt)
        {
          seen += 1
          continue
        }
        if old == nil, try repository.isIgnored(path) { continue }
        if old != nil { seen += 1 }
        do {
          let entry = try take(listing.path(of: file), path, file, old, &index, &writer)
          scan.isIndexDirty = true
          if entry != old?.entry { scan.changes.append(FileChange(path, old?.entry, entry)) }
        } catch let error as VaultError {
          // One file that cannot be read must not keep the others from being saved.
          unread.append(path)
          scan.skipped.append(SkippedEntry(path: path.description, why: Self.words(for: error)))
        }
      }
    }
    if seen < known {
      for (path, entry) in try missing(from: index, unread: unread) {
        gone[path] = entry
        index.remove(path)
      }
    }
    try writer.finish(repository)
    scan.changes += gone.map { FileChange($0.key, $0.value, nil) }
    scan.changes = Self.pairingRenames(scan.changes.sorted { $0.newPath < $1.newPath })
    return scan
  }

  /// Reads one file into the index and the object store.
  private func take(
    _ place: NotePath, _ path: GitPath, _ file: FileEntry, _ old: WorkTreeIndex.Entry?,
    _ index: inout WorkTreeIndex, _ writer: inout BlobWriter
  ) throws -> TreeEntry {
    let read = try vault.files.read(place, limit: vault.settings.largestFile)
    let id = try writer.write(read.bytes, repository)
    let entry = TreeEntry.file(id, isExecutable: file.isExecutable)
    try index.set(path, entry, stamp: read.stamp.git)
    return entry
  }

  /// The entries of the index that are no files any more.
  ///
  /// An entry that is below something unread, or that is a link or a submodule, stays: we never
  /// made it, so its absence says nothing.
  private func missing(from index: borrowing WorkTreeIndex, unread: [GitPath]) throws -> [(
    GitPath, TreeEntry
  )] {
    var missing: [(GitPath, TreeEntry)] = []
    index.eachEntry { path, entry in
      guard entry.entry.kind == .file, let place = try? NotePath(path.description), path.isUTF8
      else { return }
      if vault.files.isTaken(place) { return }
      if unread.contains(where: { path == $0 || path.isBelow($0) }) { return }
      missing.append((path, entry.entry))
    }
    return missing
  }

  /// Whether a path is one that only a program of ours makes and that is no part of the vault.
  private static func isOurs(_ path: GitPath) -> Bool {
    path.names.last.map { VaultFiles.isTemporary($0) } ?? false
  }

  private static func words(for error: VaultError) -> String {
    switch error {
    case .tooLarge(_, let size, let limit): "\(size) bytes, above the limit of \(limit)"
    case .notAFile(_, let kind): kind
    case .system(_, _, let number): VaultError.words(for: number)
    default: "it cannot be read"
    }
  }

  /// Takes a file that went and one that came with the same bytes for one that was renamed.
  private static func pairingRenames(_ changes: [FileChange]) -> [FileChange] {
    var gone: [ObjectID: [FileChange]] = [:]
    for change in changes where change.kind == .deleted {
      if let id = change.old?.id { gone[id, default: []].append(change) }
    }
    if gone.isEmpty { return changes }
    var taken: Set<GitPath> = []
    let paired = changes.map { change -> FileChange in
      guard change.kind == .added, let id = change.new?.id,
        let old = gone[id]?.popLast()
      else { return change }
      taken.insert(old.oldPath)
      return FileChange(renamedFrom: old.oldPath, to: change.newPath, old.old, change.new)
    }
    return paired.filter { $0.kind != .deleted || !taken.contains($0.oldPath) }
  }
}

/// Writes blobs one by one while they are few, and into packs when they are many: a first snapshot
/// of 100,000 notes is then a handful of files and not 100,000.
struct BlobWriter: ~Copyable {
  private let isDry: Bool
  private var count = 0
  private var pack: PackWriter?

  /// The number of blobs that is many.
  private static let many = 200

  init(isDry: Bool) {
    self.isDry = isDry
  }

  mutating func write(_ bytes: [UInt8], _ repository: borrowing Repository) throws -> ObjectID {
    if isDry { return ObjectID.blob(bytes) }
    count += 1
    if count <= Self.many { return try repository.writeBlob(bytes) }
    if pack == nil { pack = try PackWriter(into: repository) }
    return try pack?.write(bytes) ?? repository.writeBlob(bytes)
  }

  mutating func finish(_ repository: borrowing Repository) throws {
    try pack?.finish()
  }
}

extension FolderListing {
  func gitPath(of file: FileEntry) -> GitPath { GitPath(path(of: file).text) }
}
