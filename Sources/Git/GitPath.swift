/// A path in a git tree: bytes between slashes, relative to the tree's root.
///
/// Git does not say in which encoding a path is, and two paths that Swift's `String` holds to be
/// equal (`é` composed and decomposed) are two files to git and to Linux. So paths are compared
/// as bytes, and become a `String` only to be shown.
public struct GitPath: Hashable, Comparable, Sendable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  /// The bytes, with `/` between the names.
  public let bytes: [UInt8]

  /// Takes a path from its bytes.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Takes a path from text.
  public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  /// Takes a path from a literal.
  public init(stringLiteral text: String) { self.init(text) }

  /// The path as text, where each byte that is not UTF-8 has become U+FFFD.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether the text says all that the bytes do.
  public var isUTF8: Bool { description.utf8.elementsEqual(bytes) }

  /// The names between the slashes.
  public var names: [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  }

  /// Whether a name in it is one that no tree of ours may have, such as `..` or `.git`.
  public var isReserved: Bool { names.contains { EntryName.isReserved(Array($0)) } }

  /// The path of something in this folder.
  public func appending(_ name: some Collection<UInt8>) -> GitPath {
    bytes.isEmpty ? GitPath(bytes: Array(name)) : GitPath(bytes: bytes + [UInt8(ascii: "/")] + name)
  }

  /// The path, and those of the folders that it is in, without the root.
  public var andFoldersAbove: [GitPath] {
    bytes.indices.filter { bytes[$0] == UInt8(ascii: "/") }
      .map { GitPath(bytes: Array(bytes[..<$0])) } + [self]
  }

  /// Whether this path is below a folder.
  public func isBelow(_ folder: GitPath) -> Bool {
    folder.bytes.isEmpty
      ? !bytes.isEmpty
      : bytes.count > folder.bytes.count + 1 && bytes[folder.bytes.count] == UInt8(ascii: "/")
        && bytes.starts(with: folder.bytes)
  }

  /// Orders paths by their bytes.
  public static func < (left: GitPath, right: GitPath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// Lends the path as a C string; one that has a NUL in it ends there.
  func withCString<Result>(_ body: (UnsafePointer<CChar>) throws(GitError) -> Result)
    throws(GitError) -> Result
  {
    try unsafe withTerminated(bytes, body)
  }
}

/// Lends bytes as a C string.
func withTerminated<Result>(
  _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(GitError) -> Result
) throws(GitError) -> Result {
  let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
  return try unsafe terminated.withUnsafeBufferPointer {
    (buffer: UnsafeBufferPointer<CChar>) throws(GitError) -> Result in
    // The buffer holds at least its NUL, so it has an address.
    guard let address = buffer.baseAddress else { throw GitError("read a path", .other) }
    return try unsafe body(address)
  }
}
