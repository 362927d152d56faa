/// What can go wrong with a vault's folder or a file in it.
public enum VaultError: Error, Sendable, Equatable {
  /// No folder with `.notes/` from here upwards.
  case noVault(from: String)
  /// `.notes/` is there, and git's folder is not.
  case noRepository(String)
  /// `init` in a folder that is inside another git work tree.
  case insideRepository(folder: String, root: String)
  /// A path that no note may have.
  case unsafePath(String, why: String)
  /// A path that is taken.
  case exists(String)
  /// A path where there is nothing.
  case notFound(String)
  /// A path where there is something else than a regular file.
  case notAFile(String, kind: String)
  /// A path where a file is that git ignores.
  case ignored(String)
  /// A file that can be in no snapshot as it is.
  case keptOut(String, why: String)
  /// A file above the limit, in bytes.
  case tooLarge(String, size: Int64, limit: Int64)
  /// A file that somebody changed between our reading and our writing.
  case changedMeanwhile(String)
  /// Another `notes` holds the lock.
  case busy(holder: String)
  /// The system said no: `errno` from `operation` on `path`.
  case system(operation: String, path: String, errno: Int32)
  /// A settings file that cannot be used.
  case badSettings(file: String, line: Int, why: String)
}
