import CGit2
import Glibc

extension Repository {
  /// Where HEAD stands.
  public func head() throws(GitError) -> Head {
    let head = try unsafe Handle<ReferenceKind>("read HEAD") {
      unsafe git_reference_lookup(&$0, handle.pointer, "HEAD")
    }
    guard let target = unsafe git_reference_symbolic_target(head.pointer) else {
      guard let id = try reference("HEAD") else {
        throw GitError("read HEAD", .corrupt, "HEAD names nothing")
      }
      return .detached(id)
    }
    let name = unsafe String(cString: target)
    let short = Reference.branch(named: name) ?? name
    guard let id = try reference(name) else { return .unborn(branch: short) }
    return .branch(short, id)
  }

  /// Refuses to go on where HEAD is not on a branch that it was on.
  ///
  /// - Throws: `GitError` whose reason is `.modified`.
  public func requireHead(at branch: String) throws(GitError) {
    let head = try head()
    if head.branch == branch { return }
    throw GitError(
      "go on with \(branch)", .modified,
      "\(head.branch ?? "no branch") is checked out now")
  }

  /// The object that a reference names, through symbolic ones; nil when there is none, and where what was last
  /// seen of a remote cannot be read.
  public func reference(_ name: String) throws(GitError) -> ObjectID? {
    var id = git_oid()
    let code = unsafe git_reference_name_to_id(&id, handle.pointer, name)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    if code != 0, isTornRemoteReference(name) { return nil }
    try check("read \(name)", code)
    return ObjectID(id)
  }

  /// How HEAD came to where it is, the last move first, by its reflog; empty where none is kept.
  ///
  /// A process that was killed may have written down a move that it did not make: such a one, from
  /// which nothing goes on, is left out.
  public func lastMoves(atMost count: Int) throws(GitError) -> [(from: ObjectID?, to: ObjectID)] {
    guard var place = try head().id else { return [] }
    var moves: [(from: ObjectID?, to: ObjectID)] = []
    try eachMove { move in
      if moves.count == count { return false }
      guard move.to == place else { return true }
      moves.append((move.from, place))
      guard let from = move.from else { return false }
      place = from
      return true
    }
    return moves
  }

  /// Where HEAD went from a commit, the last move first, by its reflog; empty where none is kept.
  public func moves(from commit: ObjectID) throws(GitError) -> [ObjectID] {
    var places: [ObjectID] = []
    try eachMove { move in
      if move.from == commit { places.append(move.to) }
      return true
    }
    return places
  }

  /// How many moves of HEAD its reflog has.
  public func moveCount() throws(GitError) -> Int { try moves(after: 0).count }

  /// Where HEAD went after its reflog had so many moves, the last move first.
  public func moves(after count: Int) throws(GitError) -> [ObjectID] {
    var places: [ObjectID] = []
    try eachMove { move in
      places.append(move.to)
      return true
    }
    return Array(places.dropLast(count))
  }

  /// Visits the moves of HEAD that its reflog has, the last first, until `visit` returns false.
  private func eachMove(
    _ visit: ((from: ObjectID?, to: ObjectID)) -> Bool
  ) throws(GitError) {
    let log = try unsafe Handle<ReferenceLogKind>("read the reflog of HEAD") {
      unsafe git_reflog_read(&$0, handle.pointer, "HEAD")
    }
    for index in 0..<(unsafe git_reflog_entrycount(log.pointer)) {
      guard let entry = unsafe git_reflog_entry_byindex(log.pointer, index),
        let old = unsafe git_reflog_entry_id_old(entry),
        let new = unsafe git_reflog_entry_id_new(entry)
      else { continue }
      let from = unsafe git_oid_is_zero(old) == 1 ? nil : ObjectID(old.pointee)
      if unsafe !visit((from, ObjectID(new.pointee))) { return }
    }
  }

  /// Moves or makes a reference, or what it is an alias of, if it is where it is expected to be, and says so
  /// in its reflog.
  ///
  /// The reason of the error is `.modified` when it is elsewhere, `.locked` when another process is
  /// at it, and `.notFound` when there is no such object. After any other error the reference may have
  /// moved all the same (the folder could not be synced): read it before trying again.
  public func setReference(
    _ name: String, to id: ObjectID, expecting expected: ExpectedReference, message: String,
    by signature: Signature? = nil
  ) throws(GitError) {
    try check(
      "set \(name)",
      unsafe git_repository_set_ident(handle.pointer, signature?.name, signature?.email))
    let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let name = unsafe Reference.direct(name, in: handle.pointer)
    var raw = id.raw
    var made: OpaquePointer?
    defer { unsafe git_reference_free(made) }
    switch expected {
    case .anything:
      try checkWritten(
        "set \(name)", unsafe git_reference_create(&made, handle.pointer, name, &raw, 1, line),
        needing: [id])
    case .absent:
      let code = unsafe git_reference_create(&made, handle.pointer, name, &raw, 0, line)
      if code == GIT_EEXISTS.rawValue {
        throw GitError("set \(name)", code: code).during("set \(name)", reason: .modified)
      }
      try checkWritten("set \(name)", code, needing: [id])
    case .at(let old):
      var rawOld = old.raw
      let code = unsafe git_reference_create_matching(
        &made, handle.pointer, name, &raw, 1, &rawOld, line)
      if code == GIT_ENOTFOUND.rawValue {
        throw GitError("set \(name)", code: code).during("set \(name)", reason: .modified)
      }
      try checkWritten("set \(name)", code, needing: [id])
    }
  }

  /// Removes a reference, if it is where it is expected to be; one that is not there is no error.
  public func removeReference(_ name: String, expecting expected: ExpectedReference = .anything)
    throws(GitError)
  {
    var found: OpaquePointer?
    let code = unsafe git_reference_lookup(&found, handle.pointer, name)
    if code == GIT_ENOTFOUND.rawValue, expected == .anything || expected == .absent { return }
    defer { unsafe git_reference_free(found) }
    try check("remove \(name)", code)
    if case .at(let id) = expected {
      guard let raw = unsafe git_reference_target(found)?.pointee, ObjectID(raw) == id else {
        throw GitError("remove \(name)", .modified, "\(name) has moved")
      }
    }
    // libgit2 compares again under the lock.
    try check("remove \(name)", unsafe git_reference_delete(found))
  }

  /// Removes what a power cut left empty or torn below `refs/remotes/`: that only says what was last seen of a
  /// remote, and the next fetch says it anew.
  ///
  /// - Returns: the names of the references.
  public func removeTornRemoteReferences() throws(GitError) -> [String] {
    let torn = filesOfReferences(below: "refs/remotes").filter { name in
      isTornRemoteReference(name)
    }
    for name in torn {
      let file = commonDirectory + "/" + name
      guard unsafe unlink(file) == 0 || errno == ENOENT else {
        throw systemError("remove the torn reference", file)
      }
    }
    return torn
  }

  /// The files below a folder of references, by their names from the git directory, locks among them.
  ///
  /// A link is not gone through: one that an unpacked archive brought can lead anywhere.
  public func filesOfReferences(below folder: String = "refs") -> [String] {
    var folders: [Substring] = folder.split(separator: "/")
    while !folders.isEmpty {
      guard case .folder = FileKind.of(commonDirectory + "/" + folders.joined(separator: "/"))
      else { return [] }
      folders.removeLast()
    }
    return files(in: folder, depth: 0)
  }

  private func files(in folder: String, depth: Int) -> [String] {
    guard depth < Self.deepest else { return [] }
    return namesInFolder(commonDirectory + "/" + folder).flatMap { name -> [String] in
      let path = folder + "/" + name
      return switch FileKind.of(commonDirectory + "/" + path) {
      case .folder: files(in: path, depth: depth + 1)
      case .file: [path]
      case .missing, .link, .other: []
      }
    }
  }

  /// Whether a reference has a file of its own in which nothing is named.
  private func isTornRemoteReference(_ name: String) -> Bool {
    guard name.hasPrefix("refs/remotes/"), !name.hasSuffix(".lock"),
      let bytes = readPlainFile(commonDirectory + "/" + name, limit: 4_096)
    else { return false }
    let word = String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
    return word != "ref:" && ObjectID(hex: word) == nil
  }

  /// The references whose name starts with a prefix such as `refs/heads/`, in order.
  public func references(below prefix: String) throws(GitError) -> [Reference] {
    var iterator: OpaquePointer?
    try check(
      "list references",
      unsafe git_reference_iterator_glob_new(&iterator, handle.pointer, prefix + "*"))
    defer { unsafe git_reference_iterator_free(iterator) }
    var found: [Reference] = []
    while true {
      var name: UnsafePointer<CChar>?
      let code = unsafe git_reference_next_name(&name, iterator)
      if code == GIT_ITEROVER.rawValue { break }
      try check("list references", code)
      guard let name = unsafe name else { break }
      let text = unsafe String(cString: name)
      if !Reference.isName(text) { continue }
      // A symbolic reference may name nothing.
      if let id = try reference(text) { found.append(Reference(name: text, id: id)) }
    }
    return found.sorted { GitPath($0.name) < GitPath($1.name) }
  }

  /// Makes HEAD name a branch, which need not have a commit yet.
  public func setHead(branch: String) throws(GitError) {
    try check(
      "set HEAD", unsafe git_repository_set_head(handle.pointer, "refs/heads/" + branch))
  }
}

extension Repository {
  /// The files below `refs/` whose names can be no reference's, such as the copies that a program makes which
  /// keeps folders alike.
  public func strayReferences() -> [String] {
    filesOfReferences().filter { !Reference.isName($0) && !$0.hasSuffix(".lock") }
  }
}

extension Reference {
  /// Whether git takes this for the name of a reference.
  static func isName(_ name: String) -> Bool {
    var isValid: Int32 = 0
    return unsafe git_reference_name_is_valid(&isValid, name) == 0 && isValid != 0
  }

  /// The name of the reference that holds the id where a name is an alias; the name itself where it is none.
  ///
  /// Git follows an alias when it sets one; libgit2 holds what is expected against the alias.
  @unsafe static func direct(_ name: String, in repository: OpaquePointer) -> String {
    var name = name
    for _ in 0..<longestAlias {
      var found: OpaquePointer?
      guard unsafe git_reference_lookup(&found, repository, name) == 0 else { return name }
      defer { unsafe git_reference_free(found) }
      guard let target = unsafe git_reference_symbolic_target(found) else { return name }
      name = unsafe String(cString: target)
    }
    return name
  }

  /// How many aliases in a row git follows: `SYMREF_MAXDEPTH`.
  private static let longestAlias = 5
}
