import CGit2
import Glibc

/// The files that a repository's objects lie in.
struct ObjectStore {
  private let folder: String

  init(_ folder: String) {
    self.folder = folder
  }

  private var packFolder: String { folder + "/pack" }

  /// The folders of other repositories whose objects count as this one's (`objects/info/alternates`), as
  /// libgit2 finds them, which looks five deep.
  func borrowed() throws(GitError) -> [String] {
    var found: [String] = []
    try borrow(0, &found)
    return found
  }

  private func borrow(_ depth: Int, _ found: inout [String]) throws(GitError) {
    let list = folder + "/info/alternates"
    guard depth <= 5, !isGone(list) else { return }
    guard let bytes = readPlainFile(list) else {
      throw GitError("open the object store", .corrupt, "\(list) cannot be read")
    }
    let isEnd = { (byte: UInt8) in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
    for line in bytes.split(whereSeparator: isEnd) where line.first != UInt8(ascii: "#") {
      let path = String(decoding: line, as: UTF8.self)
      let other = path.hasPrefix(".") && depth == 0 ? folder + "/" + path : path
      // One that is not there is passed over, as git does.
      guard resolvedPath(other) != nil, other != folder, !found.contains(other) else { continue }
      found.append(other)
      try ObjectStore(other).borrow(depth + 1, &found)
    }
  }

  /// Refuses packs of which the index says what cannot be, here and in what is borrowed.
  func refuseDamagedPacks() throws(GitError) {
    for folder in try [folder] + borrowed() { try PackCheck.check(folder + "/pack") }
  }

  /// Where an object lies that is a file of its own.
  func path(of id: ObjectID) -> String {
    let name = id.description
    return "\(folder)/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  /// Takes its name from the file of an object, so that the object can be written or fetched anew.
  ///
  /// The new name is that of a file which git was about to write: git's `fsck` leaves such files out, and its
  /// `gc` removes them two weeks later.
  func putAside(_ id: ObjectID, _ operation: String) throws(GitError) {
    guard unsafe rename(path(of: id), placeAside(of: id)) == 0 || errno == ENOENT else {
      throw systemError(operation, path(of: id))
    }
  }

  /// Gives a file back its name, unless the object is there again.
  func takeBack(_ id: ObjectID) {
    if case .missing = FileKind.of(path(of: id)) {
      unsafe rename(placeAside(of: id), path(of: id))
    }
  }

  private func placeAside(of id: ObjectID) -> String {
    let name = id.description
    return "\(folder)/\(name.prefix(2))/tmp_obj_\(name.dropFirst(2))"
  }

  /// The objects that are files of their own.
  func loose() -> [ObjectID] { (0..<256).flatMap(loose) }

  /// Those of the folder of one first byte.
  private func loose(in first: Int) -> [ObjectID] {
    let digits = String(first, radix: 16)
    let name = digits.count < 2 ? "0" + digits : digits
    return namesInFolder(folder + "/" + name).compactMap { ObjectID(hex: name + $0) }
  }

  /// Whether there are more objects in files of their own than a limit.
  ///
  /// For a large limit one folder of the 256 is counted and stands for all, as in git's `gc --auto`.
  func hasMoreLoose(than limit: Int) -> Bool {
    limit < 2_560 ? loose().count > limit : loose(in: 0x17).count > (limit + 255) / 256
  }

  /// Removes files of libgit2's that never got their names, which git's own `gc` never does, by their
  /// names and when they were last written, in seconds since 1970.
  func removeLeftovers(_ isUnwanted: (_ name: String, _ written: Int64) -> Bool) {
    for folder in [folder, packFolder] {
      for name in namesInFolder(folder)
      where name.hasPrefix("tmp_object_git2_") || name.hasPrefix("pack_git2_") {
        var status = stat()
        guard unsafe lstat(folder + "/" + name, &status) == 0,
          isUnwanted(name, Int64(status.st_mtim.tv_sec))
        else { continue }
        unsafe unlink(folder + "/" + name)
      }
    }
  }

  /// A pack's files.
  struct Pack {
    let index: String
    /// The size of the pack in bytes.
    let size: Int

    private var stem: String { String(index.dropLast(".idx".count)) }

    /// Removes the pack, its index first: a pack without one is not looked for.
    func remove() {
      for end in [".idx", ".rev", ".bitmap", ".pack"] { unsafe unlink(stem + end) }
    }

    /// The objects of the pack, from its index (git's format, version 2); `nil` for any other.
    func objects() -> [ObjectID]? {
      guard let bytes = readPlainFile(index, limit: 1 << 30),
        bytes.starts(with: [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]), bytes.count >= 8 + 1_024
      else { return nil }
      let count = bytes[1_028..<1_032].reduce(0) { $0 << 8 | Int($1) }
      let start = 8 + 1_024
      guard bytes.count >= start + 20 * count else { return nil }
      return (0..<count).compactMap {
        ObjectID(bytes: bytes[(start + 20 * $0)..<(start + 20 * $0 + 20)])
      }
    }
  }

  /// The packs that may be put together with others: neither kept by somebody (`.keep`) nor of a
  /// kind that stands for more than its objects.
  func packs() -> [Pack] {
    let names = Set(namesInFolder(packFolder))
    // It names the packs that it covers; git makes a new one.
    if names.contains("multi-pack-index") { return [] }
    return names.sorted().compactMap { name in
      guard name.hasPrefix("pack-"), name.hasSuffix(".idx") else { return nil }
      let stem = name.dropLast(".idx".count)
      if [".keep", ".promisor", ".mtimes"].contains(where: { names.contains(stem + $0) }) {
        return nil
      }
      guard case .file(let size) = FileKind.of("\(packFolder)/\(stem).pack") else { return nil }
      return Pack(index: "\(packFolder)/\(name)", size: size)
    }
  }

  /// The index of the pack whose name has these digits.
  func indexPath(_ name: String) -> String { "\(packFolder)/pack-\(name).idx" }
}
