import CGit2

/// A kind of libgit2 object, which knows how it is freed.
protocol Owned {
  /// Frees the object.
  static func free(_ pointer: OpaquePointer)
}

/// One libgit2 object, freed exactly once, when its owner goes.
///
/// Handles stay in this module: methods open them, copy values out and let them go.
@safe struct Handle<Kind: Owned>: ~Copyable {
  /// The object, valid as long as this handle is.
  let pointer: OpaquePointer

  /// Takes what `make` has put into its argument, or throws what it complained about.
  init(_ operation: String, _ make: (inout OpaquePointer?) -> Int32) throws(GitError) {
    var made: OpaquePointer?
    try check(operation, unsafe make(&made))
    guard let made = unsafe made else { throw GitError(operation, .other, "nothing was returned") }
    unsafe pointer = made
  }

  deinit { unsafe Kind.free(pointer) }
}

enum CommitKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_commit_free(pointer) }
}
enum ConfigIteratorKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_config_iterator_free(pointer) }
}
enum ConfigKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_config_free(pointer) }
}
enum DatabaseKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_odb_free(pointer) }
}
enum DatabaseObjectKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_odb_object_free(pointer) }
}
enum IndexKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_index_free(pointer) }
}
enum ObjectKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_object_free(pointer) }
}
enum ReferenceLogKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_reflog_free(pointer) }
}
enum ReferenceKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_reference_free(pointer) }
}
enum RemoteKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_remote_free(pointer) }
}
enum RepositoryKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_repository_free(pointer) }
}
enum RevisionWalkKind: Owned {
  static func free(_ pointer: OpaquePointer) { unsafe git_revwalk_free(pointer) }
}
