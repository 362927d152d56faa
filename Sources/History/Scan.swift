internal import Git
internal import Vault

/// What a look at the work tree found, held against the last snapshot.
struct Scan {
  /// How the files differ from the last snapshot.
  var changes: [FileChange] = []
  /// What is not versioned, and why.
  var skipped: [SkippedEntry] = []
  /// The files that are to have other line ends than git gave them.
  var turned: [TurnedFile] = []
  /// What stays as it was in the last snapshot, for what it holds.
  var stopped: [StoppedFile] = []
  /// What no ignore file leaves out, but what this machine keeps back.
  var keptBack: [GitPath] = []
  /// What is kept out, and is not where the last snapshot has a file.
  var placeless: [NotePath] = []
  /// Where the last snapshot has what was renamed since and is kept out, by where that is now.
  var places: [NotePath: NotePath] = [:]

  /// The paths of all that differs from the last snapshot.
  var touched: Set<GitPath> {
    Set(changes.flatMap { [$0.oldPath, $0.newPath] } + stopped.map { GitPath($0.path.text) })
  }
}

extension History {
  /// Our own index: what each file's stamp was when it had the content of the last snapshot.
  ///
  /// It is not git's: two programs that write one index lose each other's files.
  func openIndex() throws -> WorkTreeIndex {
    var index = WorkTreeIndex(path: workTreeIndexPath)
    let tree = try headTree()
    if index.tree != tree { try index.readTree(tree, from: repository) }
    return index
  }

  /// Where our own index is; there is none before the first snapshot in this clone.
  var workTreeIndexPath: String { vault.stateFolder + "/worktree" }

  /// Notes in our index that the work tree is now this tree.
  func noteWorkTree(is tree: ObjectID) throws {
    var index = WorkTreeIndex(path: workTreeIndexPath)
    try index.readTree(tree, from: repository)
    try index.save()
  }

  /// Looks at every file of the vault, reads those whose stamp is not known, and puts what they
  /// hold into the index.
  func scan(_ index: inout WorkTreeIndex, for purpose: ScanPurpose, progress: (Int) -> Void) throws
    -> Scan
  {
    var scan = Scan()
    var writer = BlobWriter(for: purpose)
    var looked = 0
    let pending = try pendingPaths()
    let pendingFolders = Set(pending.flatMap(\.folders))
    let keepsBytes = repository.keepsBytes
    let tellsWhatMayRun = repository.tellsWhatMayRun
    var unread = pending
    var doubtful: [(file: FoundFile, id: ObjectID)] = []
    let released = try releasedPaths(index, for: purpose)
    // A vault that cannot be written can be looked at all the same; nothing is settled then.
    if purpose == .snapshot { try index.beginScan() }
    try Walk(root: vault.root, includesHidden: true).eachFolder { listing in
      // What cannot be swept yet harms nobody.
      if purpose == .snapshot { _ = try? vault.files.sweep(listing, to: vault.trash) }
      for entry in listing.skipped {
        scan.skipped.append(entry)
        unread.insert(GitPath(entry.path))
      }
      var ignoreRules: FolderIgnoreRules?
      var isInSubmodule: Bool?
      for file in listing.files {
        looked += 1
        if looked % 1_000 == 0 {
          progress(looked)
          // The signal waits for git's lock to be released.
          if isEndAskedFor { throw CancellationError() }
        }
        let path = listing.gitPath(of: file)
        if pending.contains(path) {
          let place = listing.path(of: file)
          scan.stopped += try stopped(place, path, over: index)
          if index.entry(at: path) == nil { scan.placeless.append(place) }
          continue
        }
        // Not seen, it goes from the snapshot.
        if released.contains(path) {
          scan.skipped.append(SkippedEntry(path: path.description, why: Self.whyReleased))
          continue
        }
        // One of the two can be in a tree.
        if pendingFolders.contains(path)
          || !pending.isEmpty && path.folders.contains(where: pending.contains)
        {
          unread.insert(path)
          scan.skipped.append(
            SkippedEntry(path: path.description, why: "it is in the place of what came in"))
          continue
        }
        // Where the disk does not tell, it stays as the last snapshot has it.
        let isExecutable =
          tellsWhatMayRun
          ? file.isExecutable : index.entry(at: path)?.entry.mode == 0o100755
        let stamp = Git::FileStamp(file.stamp, isExecutable: isExecutable)
        if index.unchanged(path, stamp) != nil { continue }
        let old = index.entry(at: path)?.entry
        if old == nil, isInSubmodule == nil {
          isInSubmodule = Self.isInSubmodule(GitPath(listing.path), of: index)
        }
        // Taken in, it would take the submodule out of the tree, on every machine.
        if old?.kind == .submodule || old == nil && isInSubmodule == true {
          scan.skipped.append(
            SkippedEntry(path: path.description, why: "it is in the place of a submodule"))
          continue
        }
        if old == nil, EditorFile.isName(listing.name(of: file)) { continue }
        // Rules that somebody has for dotfiles are not about the vault's own.
        if old == nil, !path.isBelow(.vaultFolder) {
          let rules = try ignoreRules ?? repository.ignoreRules(inFolderOf: path)
          ignoreRules = rules
          if rules.ignores(path) {
            if rules.keepsBack(path) { scan.keptBack.append(path) }
            continue
          }
        }
        let found = FoundFile(
          place: listing.path(of: file), path: path, isExecutable: isExecutable, old: old)
        do {
          try take(found, &scan, &index, &writer, &unread, keepsBytes: keepsBytes, putsOff: true)
        } catch let doubt as Doubt {
          doubtful.append((found, doubt.id))
        }
      }
    }
    // Whether the history has the bytes is asked once, of all that have something new to hide.
    try lookInSnapshots(for: Set(doubtful.map(\.id)))
    for (file, _) in doubtful {
      try take(file, &scan, &index, &writer, &unread, keepsBytes: keepsBytes, putsOff: false)
    }
    var gone: [FileChange] = []
    var left: [FileChange] = []
    for path in index.unseen() {
      guard let entry = index.entry(at: path)?.entry else { continue }
      if isGone(path, entry, unread) {
        gone.append(FileChange(path, entry, nil))
      } else if released.contains(path) {
        left.append(FileChange(path, entry, nil))
      }
    }
    try keepPlaces(&gone, &scan, &index, unread)
    gone += left
    for change in gone { index.remove(change.oldPath) }
    scan.changes += gone
    try writer.finish(repository)
    scan.skipped.sort { $0.path < $1.path }
    scan.stopped.sort { $0.path < $1.path }
    scan.changes = Self.pairingRenames(scan.changes.sorted { $0.newPath < $1.newPath })
    return scan
  }

  /// The files of the last snapshot that are to be in none any more, and stay on the disk: git ignores them,
  /// and `git rm --cached` has taken them out of its index.
  ///
  /// What git's index lacks through no doing of the user's is none of them.
  private func releasedPaths(
    _ index: borrowing WorkTreeIndex, for purpose: ScanPurpose
  ) throws -> Set<GitPath> {
    // A look holds no lock: whoever does, or was killed, may not have come to git's index.
    let isBehind =
      purpose == .look ? VaultLock.wasLeft(in: vault.stateFolder) : leftovers.isUserIndexBehind
    if isBehind { return [] }
    let missing = index.filesMissing(inUserIndexOf: repository)
      // Rules that somebody has for dotfiles are not about the vault's own.
      .filter { !$0.isBelow(.vaultFolder) }
    let ignored = try missing.filter { path in try repository.isIgnored(path) }
    return ignored.isEmpty || !repository.isUserIndexSound() ? [] : Set(ignored)
  }

  private static var whyReleased: String {
    "git ignores it and no longer tracks it: it stays here, and goes from the snapshots and the other machines"
  }

  /// Whether a folder is a submodule of the last snapshot, or below one: a clone has none of its files.
  private static func isInSubmodule(_ folder: GitPath, of index: borrowing WorkTreeIndex) -> Bool {
    for path in [folder] + folder.folders where index.entry(at: path)?.entry.kind == .submodule {
      return true
    }
    return false
  }

  /// Reads one file into the index and the object store, and says in the scan what became of it.
  ///
  /// - Throws: `Doubt` where it `putsOff` to look for what would stop the file in the history.
  private func take(
    _ file: FoundFile, _ scan: inout Scan, _ index: inout WorkTreeIndex,
    _ writer: inout BlobWriter, _ unread: inout Set<GitPath>, keepsBytes: Bool, putsOff: Bool
  ) throws {
    do {
      var read = try vault.files.read(file.place, limit: vault.settings.largestFile)
      if !keepsBytes, let old = file.old, let own = try turnedBack(read.bytes, file.path, old) {
        // What was put off was seen before.
        if putsOff || !scan.turned.contains(where: { $0.path == file.place }) {
          scan.turned.append(TurnedFile(path: file.place, old: old))
        }
        read.bytes = own
      }
      if let doubt = try doubt(about: read.bytes, of: file.place, over: file.old) {
        if putsOff { throw doubt }
        let secrets = try newSecrets(of: doubt)
        if !secrets.isEmpty {
          unread.insert(file.path)
          scan.stopped.append(StoppedFile(path: file.place, secrets: secrets))
          if file.old == nil { scan.placeless.append(file.place) }
          return
        }
      }
      let entry = TreeEntry.file(
        try writer.write(read.bytes, repository), isExecutable: file.isExecutable)
      index.set(file.path, Git::FileStamp(read.stamp, isExecutable: file.isExecutable), entry)
      if entry != file.old { scan.changes.append(FileChange(file.path, file.old, entry)) }
    } catch let error as VaultError {
      if case .notFound = error { return }
      // One file that cannot be read must not keep the others from being saved.
      unread.insert(file.path)
      let skipped = Self.skipped(file.path, after: error)
      scan.skipped.append(skipped)
      if skipped.isTooLarge, file.old == nil { scan.placeless.append(file.place) }
    }
  }

  /// Why a file that is not looked at, since a change of it waits, could be in no snapshot either.
  private func stopped(
    _ place: NotePath, _ path: GitPath, over index: borrowing WorkTreeIndex
  ) throws -> [StoppedFile] {
    guard try !repository.isIgnored(path),
      let bytes = try? vault.files.read(place, limit: vault.settings.largestFile).bytes
    else { return [] }
    let secrets = try newSecrets(in: bytes, of: place, over: index.entry(at: path)?.entry)
    return secrets.isEmpty ? [] : [StoppedFile(path: place, secrets: secrets)]
  }

  /// Whether a file of the last snapshot is gone from the disk.
  ///
  /// One below something unread, or one that is a link or a submodule, is not: we never made it, so
  /// its absence says nothing. What a remote put in the place of the vault's own folder goes.
  private func isGone(_ path: GitPath, _ entry: TreeEntry, _ unread: Set<GitPath>) -> Bool {
    if path == .vaultFolder { return true }
    guard entry.kind == .file, let place = path.notePath else { return false }
    if vault.files.isTaken(place), !vault.files.isFolder(place) { return false }
    return !unread.contains { path == $0 || path.isBelow($0) }
  }

  private static func skipped(_ path: GitPath, after error: VaultError) -> SkippedEntry {
    var (isTooLarge, isUnread) = (false, false)
    let why: String
    switch error {
    case .tooLarge(_, let size, let limit):
      isTooLarge = true
      why = "\(size) bytes, above the limit of \(limit)"
    case .notAFile(_, let kind): why = kind
    case .system(_, _, let number):
      isUnread = true
      why = VaultError.words(for: number)
    default:
      isUnread = true
      why = "it cannot be read"
    }
    return SkippedEntry(
      path: path.description, why: why, isTooLarge: isTooLarge, isUnread: isUnread)
  }

  /// Takes a file that went and one that came with the same bytes for one that was renamed.
  private static func pairingRenames(_ changes: [FileChange]) -> [FileChange] {
    var gone: [ObjectID: [FileChange]] = [:]
    for change in changes where change.kind == .deleted && !change.isRecord {
      if let id = change.old?.id { gone[id, default: []].append(change) }
    }
    if gone.isEmpty { return changes }
    var taken: Set<GitPath> = []
    let paired = changes.map { change -> FileChange in
      guard change.kind == .added, !change.isRecord, let id = change.new?.id else { return change }
      func renamed(_ old: FileChange) -> FileChange {
        FileChange(renamedFrom: old.oldPath, to: change.newPath, old.old, change.new)
      }
      guard let place = gone[id]?.lastIndex(where: { !renamed($0).leavesNotes }),
        let old = gone[id]?.remove(at: place)
      else { return change }
      taken.insert(old.oldPath)
      return renamed(old)
    }
    return paired.filter { $0.kind != .deleted || !taken.contains($0.oldPath) }
  }
}

/// A file of the work tree that is to be read.
private struct FoundFile {
  let place: NotePath
  let path: GitPath
  let isExecutable: Bool
  /// How the last snapshot has it.
  let old: TreeEntry?
}

/// What the work tree is looked at for.
enum ScanPurpose {
  /// To tell what is different.
  case look
  /// To make a snapshot that lives in memory: the contents are written as single objects.
  case trial
  /// To make a snapshot.
  case snapshot
}

/// Writes blobs one by one while they are few, and into a pack when they are many: a first snapshot
/// of 100,000 notes is then a handful of files and not 100,000.
struct BlobWriter: ~Copyable {
  private let purpose: ScanPurpose
  private var count = 0
  private var pack: PackWriter?

  /// The number of blobs that is many.
  static let many = 200

  init(for purpose: ScanPurpose) {
    self.purpose = purpose
  }

  mutating func write(_ bytes: [UInt8], _ repository: borrowing Repository) throws -> ObjectID {
    if purpose == .look { return try ObjectID.blob(bytes) }
    count += 1
    if purpose == .trial || count <= Self.many { return try repository.writeBlob(bytes) }
    if pack == nil { pack = try PackWriter(for: repository) }
    return try pack?.add(bytes) ?? repository.writeBlob(bytes)
  }

  consuming func finish(_ repository: borrowing Repository) throws {
    try pack.take()?.finish(in: repository)
  }
}

extension FolderListing {
  func gitPath(of file: FileEntry) -> GitPath { GitPath(bytes: pathBytes(of: file)) }
}

extension Git::FileStamp {
  init(_ stamp: Vault::FileStamp, isExecutable: Bool) {
    func moment(_ nanoseconds: Int64) -> Moment {
      let seconds =
        nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
      return Moment(
        seconds: seconds, nanoseconds: UInt32(nanoseconds - seconds * 1_000_000_000))
    }
    self.init(
      size: stamp.size, modified: moment(stamp.modified), changed: moment(stamp.changed),
      inode: stamp.inode, device: 0, mode: isExecutable ? 0o100755 : 0o100644)
  }
}
