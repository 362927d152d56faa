/// The name of a git object: the SHA-1 of its type, length and content.
public struct ObjectID: Hashable, Sendable {
  /// The 20 bytes.
  public let bytes: [UInt8]
}
