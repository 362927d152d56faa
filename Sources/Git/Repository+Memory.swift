import CGit2

extension Repository {
  /// Keeps what is written from here on in memory: it can be read through this repository, and is
  /// gone with it.
  ///
  /// Packs that are fetched go to the disk all the same; references are not objects and do, too.
  public func keepNewObjectsInMemory() throws(GitError) {
    var backend: UnsafeMutablePointer<git_odb_backend>?
    try check("keep objects in memory", unsafe git_mempack_new(&backend))
    // Above the priorities of libgit2's own backends (1 and 2), so that writes come here first.
    try check(
      "keep objects in memory", unsafe git_odb_add_backend(database.pointer, backend, 999))
  }
}
