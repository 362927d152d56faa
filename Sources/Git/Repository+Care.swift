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
    ObjectStore(commonDirectory + "/objects").removeLeftovers { _, made in made < seconds }
  }

  /// Removes the lock of a pack's index that libgit2 leaves where the index could not be given its name.
  ///
  /// - Parameter seconds: only what was made since this moment, in seconds since 1970: what a command
  ///   of ours has left that still holds the vault's lock.
  public func removeLocksOfPacks(since seconds: Int64) {
    ObjectStore(commonDirectory + "/objects").removeLeftovers { name, made in
      name.hasSuffix(".lock") && made >= seconds
    }
  }

  /// Removes locks of branches that a push which was killed left in a remote, where that is a folder.
  ///
  /// Only those that stay as they are for a second: a lock of a program at work lives for some
  /// milliseconds.
  ///
  /// - Parameters:
  ///   - remote: a remote's name.
  ///   - isStale: asked with the remote's folder and when a lock was made, in seconds since 1970.
  public func removeStaleLocks(
    at remote: String, where isStale: (_ folder: String, _ made: Int64) -> Bool
  ) {
    // A remote that cannot be reached now has nothing that could be in the way now.
    guard let url = try? url(of: remote, for: GIT_DIRECTION_PUSH),
      case .local(let path) = url.place,
      let place = try? PathRemote.gitDirectory(path, "clear away locks", environment)
    else { return }
    let stale = Self.locks(below: place + "/refs/heads").filter { isStale(place, $0.seconds) }
    if stale.isEmpty { return }
    usleep(1_000_000)
    let now = Set(Self.locks(below: place + "/refs/heads").map(\.identity))
    for lock in stale where now.contains(lock.identity) { unsafe unlink(lock.path) }
  }

  private struct LockFile {
    let path: String
    let seconds: Int64
    let identity: [Int]
  }

  private static func locks(below folder: String, depth: Int = 0) -> [LockFile] {
    namesInFolder(folder).flatMap { name -> [LockFile] in
      let path = folder + "/" + name
      var status = stat()
      guard unsafe lstat(path, &status) == 0 else { return [] }
      if status.st_mode & S_IFMT == S_IFDIR {
        return depth < 8 ? locks(below: path, depth: depth + 1) : []
      }
      guard name.hasSuffix(".lock") else { return [] }
      return [
        LockFile(
          path: path, seconds: Int64(status.st_mtim.tv_sec),
          identity: [Int(status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec])
      ]
    }
  }

  /// Reads every object that the branch's history needs, and what was last seen of remotes, and says what
  /// cannot be read, until there are a hundred.
  public func verify() throws(GitError) -> [String] {
    guard let head = try head().id else { return [] }
    var faults: [String] = []
    var seen: Set<ObjectID> = []
    try eachCommit(from: [head]) { commit throws(GitError) in
      verify(tree: commit.tree, at: GitPath(bytes: []), in: commit, &seen, &faults)
      return faults.count < 100
    }
    for seen in try references(below: "refs/remotes/") where try !isWhole(seen.id) {
      faults.append("\(seen.name) is not whole here: the next sync with it fetches it anew")
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
            faults.append("\(path) of \(commit.id.short): \(error.message)")
          }
        default: break
        }
      }
    } catch {
      faults.append("the folder \(folder) of \(commit.id.short): \(error.message)")
    }
  }
}
