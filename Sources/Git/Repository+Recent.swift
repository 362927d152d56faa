import CGit2
import Glibc

/// Second names of objects that were written a moment ago.
///
/// `git gc --prune=now` removes what no branch led to when it looked, so also what a snapshot wrote
/// while it was looking; git's own commands have the same race (git-gc(1), notes). A second name is a
/// hard link: it costs no bytes, and the object can be put back from it.
extension Repository {
  /// How long an object keeps its second name, in seconds: a prune is over by then.
  private static let keepingTime = 3_600
  /// The number of second names at which the older half goes.
  private static let mostKept = 128

  /// Gives those of some objects that are files of their own a second name in a folder.
  ///
  /// Where the file system has no hard links, nothing is kept.
  public func keepRecent(_ ids: some Sequence<ObjectID>, in folder: String) {
    if Self.isLink(folder) { return }
    for id in ids {
      let name = id.description
      var code = unsafe link(loosePath(name), folder + "/" + name)
      if code != 0, errno == ENOENT, unsafe mkdir(folder, 0o777) == 0 {
        code = unsafe link(loosePath(name), folder + "/" + name)
      }
      if code != 0, errno != ENOENT, errno != EEXIST { return }
    }
  }

  /// Puts back what was taken away of the objects that have a second name, and drops the names that
  /// have become too old or too many.
  public func restoreRecent(from folder: String) {
    if Self.isLink(folder) { return }
    var kept: [(written: Int, id: ObjectID, name: String)] = []
    for name in namesInFolder(folder) {
      var status = stat()
      // What else there may be is nobody's second name.
      guard let id = ObjectID(hex: name), unsafe lstat(folder + "/" + name, &status) == 0 else {
        continue
      }
      kept.append((status.st_mtim.tv_sec, id, name))
    }
    if kept.isEmpty { return }
    let now = time(nil)
    if kept.count > Self.mostKept { kept.sort { $0.written > $1.written } }
    let most = kept.count > Self.mostKept ? Self.mostKept / 2 : kept.count
    for (place, object) in kept.enumerated() {
      guard place < most, object.written > now - Self.keepingTime else {
        unsafe unlink(folder + "/" + object.name)
        continue
      }
      var raw = object.id.raw
      if unsafe git_odb_exists_ext(database.pointer, &raw, GIT_ODB_LOOKUP_NO_REFRESH.rawValue) == 1
      {
        continue
      }
      unsafe mkdir(commonDirectory + "/objects/" + object.name.prefix(2), 0o777)
      unsafe link(folder + "/" + object.name, loosePath(object.name))
    }
  }

  /// Whether a link stands in a folder's place, as an unpacked archive may have one: nothing may be removed
  /// where it leads.
  private static func isLink(_ folder: String) -> Bool {
    if case .link = FileKind.of(folder) { true } else { false }
  }

  private func loosePath(_ name: String) -> String {
    "\(commonDirectory)/objects/\(name.prefix(2))/\(name.dropFirst(2))"
  }
}
