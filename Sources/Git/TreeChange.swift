/// A change to one path of a tree: what is to stand there, or nothing.
public struct TreeChange: Hashable, Sendable {
  /// The path.
  public let path: GitPath
  /// What is to stand there; nil removes what does.
  public let entry: TreeEntry?

  /// Takes the parts.
  public init(_ path: GitPath, _ entry: TreeEntry?) {
    self.path = path
    self.entry = entry
  }
}

/// A change with its path taken apart.
private struct Edit {
  let names: [ArraySlice<UInt8>]
  let entry: TreeEntry?
}

extension Repository {
  /// Writes the tree that a tree becomes by some changes, and returns its id.
  ///
  /// Only the folders on the way to a change are read and written. A folder that becomes empty
  /// goes. An entry that is set where a folder stands replaces it. A name that git refuses
  /// (`.git`, `..`, an empty one) is an error with the reason `.invalid`.
  public func updatedTree(_ base: ObjectID?, _ changes: [TreeChange]) throws(GitError) -> ObjectID {
    try updatedTree(base, changes) { bytes throws(GitError) in try write(bytes, .tree) }
  }

  /// The same, with the new trees handed to `write` instead of being stored one by one.
  func updatedTree(
    _ base: ObjectID?, _ changes: [TreeChange],
    _ write: ([UInt8]) throws(GitError) -> ObjectID
  ) throws(GitError) -> ObjectID {
    var edits: [Edit] = []
    edits.reserveCapacity(changes.count)
    for change in changes.sorted(by: { $0.path < $1.path }) {
      let names = change.path.names
      if change.entry != nil, let name = names.first(where: { EntryName.isReserved(Array($0)) }) {
        throw GitError(
          "write a tree", .invalid,
          "“\(String(decoding: name, as: UTF8.self))” in \(change.path) is no name for a file")
      }
      edits.append(Edit(names: names, entry: change.entry))
    }
    if let id = try rebuilt(base, edits[...], 0, write) { return id }
    return try write([])
  }

  /// The tree at one level, or nil when nothing is left in it.
  private func rebuilt(
    _ base: ObjectID?, _ edits: ArraySlice<Edit>, _ depth: Int,
    _ write: ([UInt8]) throws(GitError) -> ObjectID
  ) throws(GitError) -> ObjectID? {
    var entries: [NamedTreeEntry] = []
    if let base { entries = try children(of: base) }
    var places: [[UInt8]: Int] = [:]
    places.reserveCapacity(entries.count)
    for (place, entry) in entries.enumerated() { places[entry.name] = place }
    var removed: Set<Int> = []
    var isChanged = base == nil
    var rest = edits
    while let first = rest.first {
      let name = first.names[depth]
      // Sorting by bytes keeps what is below one name together, but for names such as `a-b`
      // between `a` and `a/x`: so the group is all with this name, wherever it ends.
      let group = rest.prefix { $0.names[depth] == name }
      rest = rest.dropFirst(group.count)
      let key = Array(name)
      let place = places[key].flatMap { removed.contains($0) ? nil : $0 }
      let old = place.map { entries[$0].entry }
      guard let new = try replacement(old, group, depth, write) else {
        if let place {
          removed.insert(place)
          isChanged = true
        }
        continue
      }
      if new == old { continue }
      isChanged = true
      let entry = NamedTreeEntry(name: key, entry: new)
      if let place {
        entries[place] = entry
      } else {
        places[key] = entries.count
        entries.append(entry)
      }
    }
    if !isChanged { return base }
    if !removed.isEmpty {
      entries = entries.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    }
    if entries.isEmpty { return nil }
    entries.sort(by: NamedTreeEntry.isBefore)
    return try write(TreeFormat.bytes(entries))
  }

  /// What is to stand under one name, given what does and the changes at and below it.
  private func replacement(
    _ old: TreeEntry?, _ group: ArraySlice<Edit>, _ depth: Int,
    _ write: ([UInt8]) throws(GitError) -> ObjectID
  ) throws(GitError) -> TreeEntry? {
    var current = old
    var below = group
    // Changes to the name itself come before those below it.
    while let first = below.first, first.names.count == depth + 1 {
      current = first.entry
      below = below.dropFirst()
    }
    guard !below.isEmpty else { return current }
    let isFolder = current?.kind == .folder
    if !isFolder, below.allSatisfy({ $0.entry == nil }) { return current }
    let id = try rebuilt(isFolder ? current?.id : nil, below, depth + 1, write)
    return id.map { TreeEntry(mode: 0o040000, id: $0) }
  }
}
