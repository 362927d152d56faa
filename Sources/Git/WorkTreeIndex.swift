import CGit2
import Glibc

/// What the files of the work tree were when they were last read: our own cache, never git's index.
///
/// A scan asks it which files are unchanged, so that only the others are read and hashed. It is a
/// cache: a file that is missing or damaged counts as empty, and the next scan reads everything.
///
/// A file may change twice within one tick of the file system's clock, and look the same. So an
/// entry counts only if its file had last changed before the scan that recorded it began; any
/// other is read again next time (git's "racy" rule, taken strictly).
public struct WorkTreeIndex: ~Copyable, Sendable {
  /// What is known of one file.
  public struct Entry: Hashable, Sendable {
    /// What the file system said of it.
    public let stamp: FileStamp
    /// Its blob and the mode in git.
    public let entry: TreeEntry
    /// Whether the stamp can be trusted to tell of the next change.
    public let isSettled: Bool
  }

  /// The tree that holds exactly the entries, if one was written; nil when unknown.
  public private(set) var tree: ObjectID?
  /// Whether there is something to save.
  public private(set) var isChanged = false

  private let path: String
  private var table: WorkTreeTable
  private var seen: [Bool]
  /// Those that came up and are in no place of the table.
  private var seenElsewhere: Set<GitPath> = []
  private var edits: [GitPath: Entry?] = [:]
  private var scanStart: FileStamp.Moment?
  private var hint = 0

  /// Reads the file at a path.
  public init(path: String) {
    self.path = path
    table = readPlainFile(path, limit: 1 << 30).flatMap(WorkTreeTable.init) ?? WorkTreeTable()
    tree = table.tree
    seen = Array(repeating: false, count: table.count)
  }

  /// Begins a scan: forgets which entries were seen, and notes the file system's time.
  ///
  /// The time is taken from the file system that holds the index, which need not agree with the
  /// machine's clock; the files are expected to be on the same one.
  public mutating func beginScan() throws(GitError) {
    seen = Array(repeating: false, count: table.count)
    seenElsewhere = []
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw systemError("write the list of files", temporary) }
    defer { close(file) }
    var status = stat()
    // Writing sets the time, where truncating an empty file may not.
    guard unsafe write(file, "x", 1) == 1, unsafe fstat(file, &status) == 0 else {
      throw systemError("write the list of files", temporary)
    }
    scanStart = FileStamp(status).modified
  }

  /// The entry of a file that is what it was, and nil for one that must be read.
  ///
  /// The file counts as seen either way. Paths that come in the order of their bytes are found
  /// without a search.
  public mutating func unchanged(_ path: GitPath, _ stamp: FileStamp) -> TreeEntry? {
    let place = see(path)
    if !edits.isEmpty, let edit = edits[path] {
      return edit.flatMap { $0.isSettled && $0.stamp == stamp ? $0.entry : nil }
    }
    guard let place else { return nil }
    let entry = table.entry(at: place)
    return entry.isSettled && entry.stamp == stamp ? entry.entry : nil
  }

  /// What is known of a file.
  public func entry(at path: GitPath) -> Entry? {
    if let edit = edits[path] { return edit }
    return table.find(path.bytes, near: 0).map { table.entry(at: $0) }
  }

  /// Records a file that was read: `stamp` must have been taken from the open file before its
  /// bytes were read, and be the same after.
  public mutating func set(_ path: GitPath, _ stamp: FileStamp, _ entry: TreeEntry) {
    let place = see(path)
    let isSettled = scanStart.map { stamp.modified < $0 && stamp.changed < $0 } ?? false
    let new = Entry(stamp: stamp, entry: entry, isSettled: isSettled)
    if edits[path] == nil, let place, table.entry(at: place) == new { return }
    if self.entry(at: path)?.entry != entry { tree = nil }
    put(path, new)
  }

  /// Forgets a file.
  public mutating func remove(_ path: GitPath) {
    guard entry(at: path) != nil else { return }
    put(path, nil)
    tree = nil
  }

  /// Notes which tree holds exactly the entries.
  public mutating func setTree(_ tree: ObjectID?) {
    if tree == self.tree { return }
    self.tree = tree
    isChanged = true
  }

  /// The files that were known before this scan and did not come up in it.
  public func unseen() -> [GitPath] {
    var paths: [GitPath] = []
    for place in seen.indices where !seen[place] {
      let path = table.path(at: place)
      if let edit = edits[path], edit == nil { continue }
      paths.append(path)
    }
    for (path, entry) in edits where entry != nil && !seenElsewhere.contains(path) {
      if table.find(path.bytes, near: 0) == nil { paths.append(path) }
    }
    return paths.sorted()
  }

  /// All entries, in the order of their paths.
  public func entries() -> [(path: GitPath, entry: Entry)] {
    var all: [(path: GitPath, entry: Entry)] = []
    eachEntry { all.append((GitPath(bytes: Array($0)), $1)) }
    return all
  }

  /// The files that the user's own git index has no more, as after `git rm --cached`; none where that is not
  /// there, is empty, or cannot be read.
  public func filesMissing(inUserIndexOf repository: borrowing Repository) -> [GitPath] {
    var missing: [GitPath] = []
    let isWhole = compare(withUserIndexOf: repository) { path, known in
      if known.entry.kind == .file { missing.append(GitPath(bytes: Array(path))) }
    }
    return isWhole ? missing : []
  }

  /// The files that the user's own git index has, and neither we nor the disk: they were staged, and moved or
  /// removed again.
  public func filesStagedAndGone(inUserIndexOf repository: borrowing Repository) -> [GitPath] {
    var staged: [GitPath] = []
    let isWhole = compare(
      withUserIndexOf: repository,
      onlyTheirs: { if !$0.isUnmerged { staged.append(GitPath(bytes: Array($0.path))) } })
    guard isWhole else { return [] }
    return staged.filter { isGone(repository.workTree + "/" + $0.description) }
  }

  /// Tells what one of the two indexes has alone; false where the user's cannot be read whole.
  private func compare(
    withUserIndexOf repository: borrowing Repository,
    onlyOurs: (ArraySlice<UInt8>, Entry) -> Void = { _, _ in },
    onlyTheirs: (IndexEntries.Entry) -> Void = { _ in }
  ) -> Bool {
    guard var theirs = repository.userIndexEntries() else { return false }
    var next = theirs.next()
    eachEntry { path, known in
      while let their = next, their.path.lexicographicallyPrecedes(path) {
        onlyTheirs(their)
        next = theirs.next()
      }
      guard let their = next, their.path.elementsEqual(path) else { return onlyOurs(path, known) }
      // An unmerged file has several entries.
      while let same = next, same.path.elementsEqual(path) { next = theirs.next() }
    }
    while let their = next {
      onlyTheirs(their)
      next = theirs.next()
    }
    return theirs.isWhole
  }

  /// Makes the entries those of a tree, links and submodules too; nil is the empty tree.
  ///
  /// The stamps of files that stay the same are kept; the others are read in the next scan. For
  /// when HEAD was moved by another program.
  public mutating func readTree(_ new: ObjectID?, from repository: borrowing Repository)
    throws(GitError)
  {
    if let new, new == tree { return }
    if let tree, repository.exists(tree) {
      var changes: [TreeChange] = []
      try repository.eachDifference(tree, new) { path, _, entry throws(GitError) in
        changes.append(TreeChange(path, entry))
        return true
      }
      // A file that became a folder goes before what is below it comes.
      for change in changes { put(change.path, change.entry.map(Entry.init(unread:))) }
    } else {
      var gone: [GitPath: Entry] = [:]
      eachEntry { gone[GitPath(bytes: Array($0))] = $1 }
      if let new {
        var wanted: [TreeChange] = []
        try repository.eachEntry(of: new) { path, entry throws(GitError) in
          wanted.append(TreeChange(path, entry))
          return true
        }
        for change in wanted {
          let old = gone.removeValue(forKey: change.path)
          if let entry = change.entry, old?.entry != entry {
            put(change.path, Entry(unread: entry))
          }
        }
      }
      for path in gone.keys { put(path, nil) }
    }
    setTree(new)
  }

  /// Writes the tree that holds exactly the entries.
  public mutating func writeTree(in repository: borrowing Repository) throws(GitError) -> ObjectID {
    if let tree, repository.exists(tree) { return tree }
    var changes: [TreeChange] = []
    var base: ObjectID?
    if let old = table.tree, repository.exists(old) {
      base = old
      changes = edits.map { TreeChange($0.key, $0.value?.entry) }
    } else {
      eachEntry { changes.append(TreeChange(GitPath(bytes: Array($0)), $1.entry)) }
    }
    let written = try repository.updatedTree(base, changes)
    setTree(written)
    return written
  }

  /// Writes the file anew, if anything changed; a reader sees the old or the new one.
  public mutating func save() throws(GitError) {
    defer { unsafe unlink(temporary) }
    guard isChanged else { return }
    var new = WorkTreeTable.Writer(capacity: table.count + edits.count, tree: tree)
    eachEntry { new.append($0, $1) }
    let bytes = new.finish()
    // Lost in a power cut, it is built again: no need to wait for the disk.
    try replaceFile(path, with: bytes, sync: false, "write the list of files")
    table = WorkTreeTable(bytes) ?? WorkTreeTable()
    edits = [:]
    // What was saved is what is known: a new scan says what is still there.
    seen = Array(repeating: true, count: table.count)
    seenElsewhere = []
    isChanged = false
  }

  private var temporary: String { path + ".scan~" }

  private mutating func put(_ path: GitPath, _ entry: Entry?) {
    edits[path] = .some(entry)
    isChanged = true
  }

  /// Marks a path as seen and finds its place in the table.
  private mutating func see(_ path: GitPath) -> Int? {
    guard let place = table.find(path.bytes, near: hint) else {
      seenElsewhere.insert(path)
      return nil
    }
    hint = place + 1
    seen[place] = true
    return place
  }

  /// Visits the entries as they are now, merging the table with the edits.
  private func eachEntry(_ visit: (ArraySlice<UInt8>, Entry) -> Void) {
    let sorted = edits.sorted { $0.key < $1.key }
    var next = 0
    for place in 0..<table.count {
      let path = table.pathBytes(at: place)
      while next < sorted.count, sorted[next].key.bytes.lexicographicallyPrecedes(path) {
        if let entry = sorted[next].value { visit(sorted[next].key.bytes[...], entry) }
        next += 1
      }
      if next < sorted.count, path.elementsEqual(sorted[next].key.bytes) {
        if let entry = sorted[next].value { visit(sorted[next].key.bytes[...], entry) }
        next += 1
      } else {
        visit(path, table.entry(at: place))
      }
    }
    for edit in sorted[next...] {
      if let entry = edit.value { visit(edit.key.bytes[...], entry) }
    }
  }
}

extension WorkTreeIndex.Entry {
  /// Whether its file was looked at since it came to be in the index.
  public var isRead: Bool { stamp.size >= 0 }

  /// An entry whose file has not been looked at: no stamp is like this one.
  init(unread entry: TreeEntry) {
    let never = FileStamp.Moment(seconds: 0, nanoseconds: 0)
    self.init(
      stamp: FileStamp(size: -1, modified: never, changed: never, inode: 0), entry: entry,
      isSettled: false)
  }
}
