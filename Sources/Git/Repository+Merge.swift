import CGit2

extension Repository {
  /// The newest commits that both have in their history: none where they share none, several where
  /// each side merged what the other made before its own merge (a criss-cross).
  ///
  /// The order is that of the ids, so that it is the same on every machine.
  public func mergeBases(_ left: ObjectID, _ right: ObjectID) throws(GitError) -> [ObjectID] {
    var bases = unsafe git_oidarray()
    defer { unsafe git_oidarray_dispose(&bases) }
    var left = left.raw
    var right = right.raw
    let code = unsafe git_merge_bases(&bases, handle.pointer, &left, &right)
    if code == GIT_ENOTFOUND.rawValue { return [] }
    try check("find what two histories share", code)
    return unsafe UnsafeBufferPointer(start: bases.ids, count: bases.count)
      .map { ObjectID($0) }.sorted()
  }

  /// Whether a commit is the other one, or in its history.
  public func isAncestor(_ commit: ObjectID, of other: ObjectID) throws(GitError) -> Bool {
    if commit == other { return true }
    if isShallow {
      var found = false
      try eachCommit(from: [other]) { one throws(GitError) in
        found = one.id == commit
        return !found
      }
      return found
    }
    var commit = commit.raw
    var other = other.raw
    let code = unsafe git_graph_descendant_of(handle.pointer, &other, &commit)
    try check("compare two histories", code)
    return code == 1
  }

  /// How many commits each of two histories has that the other has not.
  public func aheadBehind(_ ours: ObjectID, _ theirs: ObjectID) throws(GitError) -> (
    ahead: Int, behind: Int
  ) {
    var ahead = 0
    var behind = 0
    var ours = ours.raw
    var theirs = theirs.raw
    try check(
      "compare two histories",
      unsafe git_graph_ahead_behind(&ahead, &behind, handle.pointer, &ours, &theirs))
    return (ahead, behind)
  }
}

/// Merges three texts by lines, as git does.
///
/// Where both sides changed the same lines the result has ours, and `isClean` is false; there are
/// never markers in it.
public func mergeFile(base: [UInt8], ours: [UInt8], theirs: [UInt8]) throws(GitError) -> (
  bytes: [UInt8], isClean: Bool
) {
  // Of bytes that are no text libgit2 takes ours, even where only the other side has changed.
  if ours == theirs || base == theirs { return (ours, true) }
  if base == ours { return (theirs, true) }
  try Libgit2.start()
  let plain = try mergeFile(base, ours, theirs, favor: GIT_MERGE_FILE_FAVOR_NORMAL)
  if plain.isClean { return plain }
  let favoured = try mergeFile(base, ours, theirs, favor: GIT_MERGE_FILE_FAVOR_OURS)
  return (favoured.bytes, false)
}

private func mergeFile(
  _ base: [UInt8], _ ours: [UInt8], _ theirs: [UInt8], favor: git_merge_file_favor_t
) throws(GitError) -> (bytes: [UInt8], isClean: Bool) {
  var options = unsafe git_merge_file_options()
  try check(
    "merge", unsafe git_merge_file_options_init(&options, UInt32(GIT_MERGE_FILE_OPTIONS_VERSION)))
  unsafe options.favor = favor
  var result = unsafe git_merge_file_result()
  defer { unsafe git_merge_file_result_free(&result) }
  let code = unsafe base.withUnsafeBytes { base in
    unsafe ours.withUnsafeBytes { ours in
      unsafe theirs.withUnsafeBytes { theirs in
        var (one, two, three) = unsafe (input(base), input(ours), input(theirs))
        return unsafe git_merge_file(&result, &one, &two, &three, &options)
      }
    }
  }
  try check("merge", code)
  let bytes = unsafe UnsafeRawBufferPointer(start: result.ptr, count: result.len)
  return unsafe (Array(bytes), result.automergeable != 0)
}

private func input(_ bytes: UnsafeRawBufferPointer) -> git_merge_file_input {
  var input = unsafe git_merge_file_input()
  unsafe git_merge_file_input_init(&input, UInt32(GIT_MERGE_FILE_INPUT_VERSION))
  unsafe input.ptr = bytes.bindMemory(to: CChar.self).baseAddress
  unsafe input.size = bytes.count
  return unsafe input
}
