import Glibc

/// What a tree says of one name in it.
public struct TreeEntry: Hashable, Sendable {
  /// The mode as git writes it, such as `0o100644`.
  public let mode: UInt32
  /// The object.
  public let id: ObjectID

  /// Takes a mode and an object.
  public init(mode: UInt32, id: ObjectID) {
    self.mode = mode
    self.id = id
  }

  /// A plain file.
  public static func file(_ id: ObjectID, isExecutable: Bool = false) -> TreeEntry {
    TreeEntry(mode: isExecutable ? 0o100755 : 0o100644, id: id)
  }

  /// The kinds of entry.
  public enum Kind: Sendable {
    /// A plain file.
    case file
    /// A folder.
    case folder
    /// A symbolic link; its blob is the target.
    case link
    /// A commit of another repository.
    case submodule
    /// A mode that git does not know.
    case unknown

    /// The kind that a mode says.
    public init(mode: UInt32) {
      self =
        switch mode & 0o170000 {
        case 0o100000: .file
        case 0o040000: .folder
        case 0o120000: .link
        case 0o160000: .submodule
        default: .unknown
        }
    }
  }

  /// What kind of entry it is.
  public var kind: Kind { Kind(mode: mode) }
}

/// An entry with its name.
public struct NamedTreeEntry: Hashable, Sendable {
  /// The bytes of the name, which a hostile tree may have chosen freely.
  public let name: [UInt8]
  /// What stands there.
  public let entry: TreeEntry

  /// Whether git sorts one entry before another: folders as if their name ended in a slash.
  static func isBefore(_ left: NamedTreeEntry, _ right: NamedTreeEntry) -> Bool {
    let count = min(left.name.count, right.name.count)
    for place in 0..<count where left.name[place] != right.name[place] {
      return left.name[place] < right.name[place]
    }
    return left.byte(at: count) < right.byte(at: count)
  }

  private func byte(at place: Int) -> UInt8 {
    place < name.count ? name[place] : entry.kind == .folder ? UInt8(ascii: "/") : 0
  }
}

/// The bytes of a tree object, read and written by us.
///
/// libgit2's own reader and builder refuse some names that a remote may have sent, and then the
/// whole tree with them. Ours takes what is there, and leaves the judgement to `unsafeEntries`.
enum TreeFormat {
  /// Visits the entries of a tree until `visit` returns false; the name is lent.
  static func eachEntry(
    _ bytes: UnsafeRawBufferPointer,
    _ visit: (_ name: UnsafeRawBufferPointer, _ entry: TreeEntry) throws(GitError) -> Bool
  ) throws(GitError) {
    var place = 0
    while place < bytes.count {
      let (name, entry) = try unsafe read(bytes, at: &place)
      if try unsafe !visit(name, entry) { return }
    }
  }

  /// Visits the names of which two trees say different things, with what each says; nil is nothing.
  ///
  /// What is the same in both, bytes and all, is passed over without being taken apart: a folder of
  /// thousands of files mostly differs in one.
  static func eachDifference(
    _ old: [UInt8], _ new: [UInt8],
    _ visit: (NamedTreeEntry?, NamedTreeEntry?) throws(GitError) -> Bool
  ) throws(GitError) -> Bool {
    try unsafe old.withUnsafeBufferPointer { old throws(GitError) in
      try unsafe new.withUnsafeBufferPointer { new throws(GitError) in
        try unsafe eachDifference(
          UnsafeRawBufferPointer(old), UnsafeRawBufferPointer(new), visit)
      }
    }
  }

  private static func eachDifference(
    _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer,
    _ visit: (NamedTreeEntry?, NamedTreeEntry?) throws(GitError) -> Bool
  ) throws(GitError) -> Bool {
    var place = 0
    var otherPlace = 0
    var before: NamedTreeEntry?
    var after: NamedTreeEntry?
    while true {
      if before == nil, after == nil {
        try unsafe skipAlike(old, &place, new, &otherPlace)
      }
      if before == nil, place < old.count { before = try unsafe named(old, at: &place) }
      if after == nil, otherPlace < new.count { after = try unsafe named(new, at: &otherPlace) }
      switch (before, after) {
      case (nil, nil): return true
      case (let one?, let other?) where NamedTreeEntry.isBefore(one, other):
        if try !visit(one, nil) { return false }
        before = nil
      case (let one?, let other?) where NamedTreeEntry.isBefore(other, one):
        if try !visit(nil, other) { return false }
        after = nil
      default:
        if before != after, try !visit(before, after) { return false }
        before = nil
        after = nil
      }
    }
  }

  /// Goes over the entries that are the same in both.
  private static func skipAlike(
    _ old: UnsafeRawBufferPointer, _ place: inout Int,
    _ new: UnsafeRawBufferPointer, _ otherPlace: inout Int
  ) throws(GitError) {
    while place < old.count, otherPlace < new.count {
      let count = unsafe endOfName(in: old, from: place) + 1 + ObjectID.byteCount - place
      guard place + count <= old.count, otherPlace + count <= new.count,
        let one = old.baseAddress, let other = new.baseAddress,
        unsafe memcmp(one + place, other + otherPlace, count) == 0
      else { return }
      place += count
      otherPlace += count
    }
  }

  private static func named(
    _ bytes: UnsafeRawBufferPointer, at place: inout Int
  ) throws(GitError) -> NamedTreeEntry {
    let (name, entry) = try unsafe read(bytes, at: &place)
    return NamedTreeEntry(name: unsafe Array(name), entry: entry)
  }

  /// Reads an entry and goes behind it.
  private static func read(
    _ bytes: UnsafeRawBufferPointer, at place: inout Int
  ) throws(GitError) -> (name: UnsafeRawBufferPointer, entry: TreeEntry) {
    let count = bytes.count
    var mode: UInt32 = 0
    let start = place
    while place < count, case let digit = unsafe bytes[place], digit != UInt8(ascii: " ") {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "7"), place - start < 7 else {
        throw damaged
      }
      mode = mode << 3 | UInt32(digit - UInt8(ascii: "0"))
      place += 1
    }
    place += 1
    let nameStart = place
    place = unsafe endOfName(in: bytes, from: place)
    guard place + 1 + ObjectID.byteCount <= count else { throw damaged }
    let name = unsafe UnsafeRawBufferPointer(rebasing: bytes[nameStart..<place])
    place += 1
    let id = unsafe ObjectID(loading: UnsafeRawBufferPointer(rebasing: bytes[place...]))
    place += ObjectID.byteCount
    return unsafe (name, TreeEntry(mode: mode, id: id))
  }

  /// Where the zero stands behind a name, found by the C library: a large folder is read once for each
  /// snapshot.
  private static func endOfName(in bytes: UnsafeRawBufferPointer, from place: Int) -> Int {
    guard place < bytes.count, let start = bytes.baseAddress,
      let end = unsafe memchr(start + place, 0, bytes.count - place)
    else { return bytes.count }
    return unsafe UnsafeRawPointer(end) - start
  }

  /// The bytes of a tree with these entries, which must be in git's order.
  static func bytes(_ entries: [NamedTreeEntry]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 48)
    for named in entries {
      bytes += Array(String(named.entry.mode, radix: 8).utf8)
      bytes.append(UInt8(ascii: " "))
      bytes += named.name
      bytes.append(0)
      named.entry.id.append(to: &bytes)
    }
    return bytes
  }

  private static let damaged = GitError("read a tree", .corrupt, "the tree is malformed")
}
