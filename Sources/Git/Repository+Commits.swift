import CGit2
import Glibc

extension Repository {
  /// Reads a commit.
  public func commit(_ id: ObjectID) throws(GitError) -> Commit {
    var raw = id.raw
    let found = try unsafe Handle<CommitKind>("read a commit") {
      made in lookingAgain { unsafe git_commit_lookup(&made, handle.pointer, &raw) }
    }
    return unsafe Self.commit(found.pointer, isCutOff: cutOff.contains(id))
  }

  /// Writes a commit; no reference moves.
  ///
  /// The tree and the parents must exist: where one does not, the reason of the error is `.notFound`.
  public func createCommit(
    tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String
  ) throws(GitError) -> ObjectID {
    let author = try RawSignature(author)
    let committer = try RawSignature(committer)
    var id = git_oid()
    var rawTree = tree.raw
    let rawParents = parents.map(\.raw)
    let code = writingAgain {
      unsafe rawParents.withUnsafeBufferPointer { buffer in
        var pointers: [UnsafePointer<git_oid>?] = unsafe buffer.indices.map { place in
          unsafe buffer.baseAddress.map { unsafe $0 + place }
        }
        return unsafe pointers.withUnsafeMutableBufferPointer {
          unsafe git_commit_create_from_ids(
            &id, handle.pointer, nil, author.pointer, committer.pointer, nil, message, &rawTree,
            $0.count, $0.baseAddress)
        }
      }
    }
    let operation = "write a commit"
    try checkWritten(operation, code, needing: [tree] + parents)
    // libgit2 1.5 returns 0 where the object could not be written, as on a full disk; a look leaves its own
    // words.
    let failure = GitError(operation, code: GIT_ERROR.rawValue)
    if !exists(ObjectID(id)) { throw failure }
    return ObjectID(id)
  }

  /// What somebody does who signs a commit.
  public enum Role: String, Sendable {
    /// Whose work it is.
    case author
    /// Who put it into the history.
    case committer
  }

  /// The user's name and address as git is told of them, at a moment; nil when either is not set.
  ///
  /// As git has it: of the variables, of the settings for that role, of those for both, then `$EMAIL`.
  /// A committer of whom nothing is set has what the author has.
  public func signature(as role: Role, seconds: Int64, offset: Int) -> Signature? {
    guard let name = identity("name", as: role) ?? identity("name", as: .author),
      let email = identity("email", as: role) ?? identity("email", as: .author)
    else { return nil }
    return Signature(name: name, email: email, seconds: seconds, offset: offset)
  }

  /// The user's `name` or `email` in a role, as a commit can have it, unless it is missing or empty.
  private func identity(_ part: String, as role: Role) -> String? {
    let variable = "GIT_\(role.rawValue)_\(part)".uppercased()
    if let value = environment.nonEmpty(variable) { return Self.withoutCrud(value) }
    for setting in ["\(role.rawValue).\(part)", "user.\(part)"] {
      if let value = configuration.string(setting), !value.isEmpty {
        return Self.withoutCrud(value)
      }
    }
    return part == "email" ? environment.nonEmpty("EMAIL").flatMap(Self.withoutCrud) : nil
  }

  /// A name or an address without what ends it in a commit (`<`, `>`, a line end), and without signs at its
  /// ends; nil where nothing is left.
  ///
  /// As git has it, of whom many have their whole address for a name. Source: `strbuf_addstr_without_crud`
  /// in ident.c.
  private static func withoutCrud(_ value: String) -> String? {
    func isCrud(_ byte: UInt8) -> Bool { byte <= 0x20 || ".,:;<>\"\\'".utf8.contains(byte) }
    let front = value.utf8.drop(while: isCrud)
    guard let last = front.lastIndex(where: { !isCrud($0) }) else { return nil }
    return String(
      decoding: front[...last].filter { !"<>\n".utf8.contains($0) }, as: UTF8.self)
  }

  /// The commit that a revision such as `HEAD~3`, `main@{yesterday}` or `1a2b3c` means.
  ///
  /// The reason of the error is `.notFound` or `.ambiguous`.
  public func resolve(_ revision: String) throws(GitError) -> ObjectID {
    let operation = "find the revision \(revision)"
    let object = try unsafe Handle<ObjectKind>(operation) {
      unsafe git_revparse_single(&$0, handle.pointer, revision)
    }
    let commit = try unsafe Handle<ObjectKind>(operation) {
      let code = unsafe git_object_peel(&$0, object.pointer, GIT_OBJECT_COMMIT)
      return code == GIT_EPEEL.rawValue || code == GIT_EINVALIDSPEC.rawValue
        ? GIT_ENOTFOUND.rawValue : code
    }
    guard let id = unsafe git_object_id(commit.pointer) else {
      throw GitError(operation, .notFound)
    }
    return unsafe ObjectID(id.pointee)
  }

  /// Copies a commit's parts; of one at which a shallow clone is cut off, all but its parents.
  static func commit(_ pointer: OpaquePointer, isCutOff: Bool) -> Commit {
    let count = isCutOff ? 0 : unsafe git_commit_parentcount(pointer)
    var parents: [ObjectID] = []
    for place in 0..<count {
      if let id = unsafe git_commit_parent_id(pointer, place) {
        parents.append(unsafe ObjectID(id.pointee))
      }
    }
    let none = git_oid()
    return unsafe Commit(
      id: ObjectID(git_commit_id(pointer)?.pointee ?? none),
      tree: ObjectID(git_commit_tree_id(pointer)?.pointee ?? none), parents: parents,
      author: signature(git_commit_author(pointer)),
      committer: signature(git_commit_committer(pointer)), message: message(pointer))
  }

  private static func signature(_ raw: UnsafePointer<git_signature>?) -> Signature {
    guard let raw = unsafe raw?.pointee else {
      return Signature(name: "", email: "", seconds: 0, offset: 0)
    }
    return unsafe Signature(
      name: raw.name.map { unsafe String(cString: $0) } ?? "",
      email: raw.email.map { unsafe String(cString: $0) } ?? "",
      seconds: raw.when.time, offset: Int(raw.when.offset))
  }

  private static func message(_ pointer: OpaquePointer) -> String {
    guard let raw = unsafe git_commit_message(pointer) else { return "" }
    if let encoding = unsafe git_commit_message_encoding(pointer),
      ["iso-8859-1", "latin1", "latin-1"].contains(unsafe String(cString: encoding).lowercased())
    {
      let bytes = unsafe UnsafeBufferPointer(start: raw, count: strlen(raw))
      var text = String.UnicodeScalarView()
      for place in 0..<bytes.count {
        text.append(Unicode.Scalar(UInt8(bitPattern: unsafe bytes[place])))
      }
      return String(text)
    }
    return unsafe String(cString: raw)
  }
}

/// A signature in libgit2's form, freed when its owner goes.
@safe struct RawSignature: ~Copyable {
  let pointer: UnsafeMutablePointer<git_signature>

  init(_ signature: Signature) throws(GitError) {
    var made: UnsafeMutablePointer<git_signature>?
    try check(
      "sign a commit",
      unsafe git_signature_new(
        &made, signature.name, signature.email, signature.seconds, Int32(clamping: signature.offset)
      ))
    guard let made = unsafe made else { throw GitError("sign a commit", .other) }
    unsafe pointer = made
  }

  deinit { unsafe git_signature_free(pointer) }
}
