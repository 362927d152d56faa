import CGit2
import Glibc

extension Repository {
  /// Whether so many objects are files of their own, or so many packs are there, that reading them
  /// grows slow.
  ///
  /// The limits are git's for `gc --auto`, with its settings: `gc.auto` objects (6,700; 0 for never)
  /// and `gc.autoPackLimit` packs (50; 0 for any number). Source: the manual of git-gc.
  public func needsPacking() -> Bool {
    let limit = number("gc.auto") ?? 6_700
    guard limit > 0 else { return false }
    return store.hasMoreLoose(than: limit) || hasManyPacks
  }

  /// Puts the objects that are files of their own into one pack, and the smaller packs with them
  /// where there are too many; returns how many objects it now holds.
  ///
  /// Each object is read back from the new pack, and its id made again from its bytes, before any
  /// file of the old ones goes. What an interrupted run leaves is unused and harmless: a temporary
  /// file, or objects that are there twice.
  @discardableResult
  public func pack() throws(GitError) -> Int {
    let loose = store.loose()
    var packs: [(pack: ObjectStore.Pack, objects: [ObjectID])] = []
    if hasManyPacks {
      // A large pack is one that was put together before: to copy it each time would be slow.
      packs = store.packs().filter { $0.size < 64 << 20 }
        .compactMap { pack in pack.objects().map { (pack, $0) } }
    }
    let all = Set(loose).union(packs.flatMap(\.objects)).sorted()
    guard !all.isEmpty else { return 0 }
    let name = try writePack(of: all)
    let index = store.indexPath(name)
    try verify(all, in: index)
    syncFolder(of: index)
    for id in loose { unsafe unlink(store.path(of: id)) }
    for (pack, _) in packs where pack.index != index { pack.remove() }
    try check("pack the objects", unsafe git_odb_refresh(database.pointer))
    return all.count
  }

  private var store: ObjectStore { ObjectStore(commonDirectory + "/objects") }

  private var hasManyPacks: Bool {
    let limit = number("gc.autopacklimit") ?? 50
    return limit > 0 && store.packs().count > limit
  }

  private func number(_ key: String) -> Int? { setting(key).flatMap { Int($0) } }

  /// Writes a pack, with each object set against those like it, and returns the digits of its name.
  private func writePack(of objects: [ObjectID]) throws(GitError) -> String {
    let builder = try unsafe Handle<PackBuilderKind>("pack the objects") {
      unsafe git_packbuilder_new(&$0, handle.pointer)
    }
    // As many as the machine has.
    unsafe git_packbuilder_set_threads(builder.pointer, 0)
    let paths = try newPaths(objects)
    for id in objects {
      var raw = id.raw
      try check(
        "pack the objects", unsafe git_packbuilder_insert(builder.pointer, &raw, paths[id]))
    }
    try check(
      "pack the objects", unsafe git_packbuilder_write(builder.pointer, nil, 0, nil, nil))
    guard let name = unsafe git_packbuilder_name(builder.pointer) else {
      throw GitError("pack the objects", .other, "the pack has no name")
    }
    return unsafe String(cString: name)
  }

  /// Where the files stand that the commits among some objects changed: what has one path is alike,
  /// and is stored as what differs.
  private func newPaths(_ objects: [ObjectID]) throws(GitError) -> [ObjectID: String] {
    var paths: [ObjectID: String] = [:]
    for id in objects where try type(of: id) == .commit {
      let commit = try commit(id)
      // A parent that is not there, as in a shallow clone, only costs room.
      let parent = try? commit.parents.first.map { parent throws(GitError) in
        try self.commit(parent).tree
      }
      try? eachDifference(parent ?? nil, commit.tree) { path, _, entry throws(GitError) in
        if let entry { paths[entry.id] = path.description }
        return true
      }
    }
    return paths
  }

  /// Reads objects from one pack and no other place.
  private func verify(_ objects: [ObjectID], in index: String) throws(GitError) {
    let alone = try unsafe Handle<DatabaseKind>("read the new pack") {
      unsafe git_odb_new(&$0)
    }
    var backend: UnsafeMutablePointer<git_odb_backend>?
    try check("read the new pack", unsafe git_odb_backend_one_pack(&backend, index))
    try check("read the new pack", unsafe git_odb_add_backend(alone.pointer, backend, 1))
    for id in objects {
      var raw = id.raw
      // libgit2 hashes what it has read, and compares.
      _ = try unsafe Handle<DatabaseObjectKind>("read the new pack") {
        unsafe git_odb_read(&$0, alone.pointer, &raw)
      }
    }
  }
}
