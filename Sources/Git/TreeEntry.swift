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
    let count = bytes.count
    while place < count {
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
      if try unsafe !visit(name, TreeEntry(mode: mode, id: id)) { return }
    }
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
