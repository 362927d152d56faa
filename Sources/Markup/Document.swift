/// A note's text, taken apart.
public struct Document: Sendable {
  /// The bytes of the file.
  public let bytes: [UInt8]
}
