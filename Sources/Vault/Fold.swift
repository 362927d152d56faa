internal import Markup

/// The form in which names are compared: lower case, and one spelling for each character (NFC).
public func folded(_ text: String) -> String { text.lowercased().composed }

/// What stands behind the last `/` of a path, leaving out a `/` at its end.
public func lastPart(of name: String) -> String {
  let parts = name.utf8.split(separator: slash)
  return parts.last.map { String(Substring($0)) } ?? ""
}

/// The folder part of a path, `""` at the top.
public func folderPart(of path: String) -> String {
  path.utf8.lastIndex(of: slash).map { String(path[..<$0]) } ?? ""
}

/// A text that equals another only when their bytes do.
///
/// `String` takes both spellings of `é` for one; as file names they are two.
public struct ExactText: Sendable, Hashable {
  /// The text.
  public let text: String

  /// Takes a text.
  public init(_ text: String) { self.text = text }

  /// Whether both are the same bytes.
  public static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    var text = text
    // The buffer is only looked at while it is lent.
    text.withUTF8 { bytes in unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
  }
}

private let slash = UInt8(ascii: "/")
