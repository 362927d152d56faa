import CGit2
import Glibc

/// The version of libgit2 that this program runs with.
public var libraryVersion: String {
  var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
  unsafe git_libgit2_version(&major, &minor, &patch)
  return "\(major).\(minor).\(patch)"
}

extension Repository {
  /// Removes what interrupted writes and fetches of libgit2 left in the object store, which git's
  /// own `gc` never does.
  ///
  /// - Parameter seconds: only what was last written before this moment, in seconds since 1970.
  public func removeLeftovers(olderThan seconds: Int64) {
    for folder in ["objects", "objects/pack"] {
      let path = commonDirectory + "/" + folder
      for name in namesInFolder(path)
      where name.hasPrefix("tmp_object_git2_") || name.hasPrefix("pack_git2_") {
        var status = stat()
        guard unsafe lstat(path + "/" + name, &status) == 0,
          Int64(status.st_mtim.tv_sec) < seconds
        else { continue }
        unsafe unlink(path + "/" + name)
      }
    }
  }

  /// Reads every object that the branch's history needs, and says which cannot be read, up to a
  /// limit.
  public func verify(limit: Int = 100) throws(GitError) -> [String] {
    guard let head = try head().id else { return [] }
    var faults: [String] = []
    var seen: Set<ObjectID> = []
    try eachCommit(from: [head]) { commit throws(GitError) in
      verify(tree: commit.tree, at: GitPath(bytes: []), in: commit, &seen, &faults)
      return faults.count < limit
    }
    return faults
  }

  private func verify(
    tree: ObjectID, at folder: GitPath, in commit: Commit, _ seen: inout Set<ObjectID>,
    _ faults: inout [String]
  ) {
    guard seen.insert(tree).inserted else { return }
    do throws(GitError) {
      for child in try children(of: tree) {
        let path = folder.appending(child.name)
        switch child.entry.kind {
        case .folder: verify(tree: child.entry.id, at: path, in: commit, &seen, &faults)
        case .file where seen.insert(child.entry.id).inserted:
          do throws(GitError) {
            _ = try unsafe withObject(child.entry.id, .blob) { (bytes: UnsafeRawBufferPointer) in
              bytes.count
            }
          } catch {
            faults.append("\(path) of \(commit.id.description.prefix(10)): \(error.message)")
          }
        default: break
        }
      }
    } catch {
      faults.append("the folder \(folder) of \(commit.id.description.prefix(10)): \(error.message)")
    }
  }
}
