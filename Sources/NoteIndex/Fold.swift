internal import Markup
internal import Vault

/// The form in which names are compared: lower case, and one spelling for each character (NFC).
func folded(_ text: String) -> String { text.lowercased().composed }

/// The key that a name and every link that could mean it share: a number made of the last part of
/// the name, without `.md`, folded.
///
/// One key for paths, titles and ids alike, so that one look-up finds all that a link could mean,
/// and one tells which links a new name concerns. A title such as `TCP/IP` has the key `ip`; the
/// whole text is compared afterwards, so names that have a key in common by chance do no harm.
func lookupKey(_ name: String) -> Int64 {
  var hash = WordHash()
  for byte in folded(NotePath.withoutSuffix(lastPart(of: name))).utf8 { hash.add(byte) }
  // SQLite stores a number of 47 bits in six bytes.
  return Int64(bitPattern: (hash.value ^ hash.value >> 32) & 0x7FFF_FFFF_FFFF)
}

/// What stands behind the last `/` of a path, leaving out a `/` at its end.
func lastPart(of name: String) -> String {
  let parts = name.utf8.split(separator: slash)
  return parts.last.map { String(Substring($0)) } ?? ""
}

/// The text with blanks in place of NUL, at which SQLite would end it.
func storable(_ text: String) -> String {
  var text = text
  // The buffer is only looked at while it is lent.
  let hasNUL = text.withUTF8 { bytes in unsafe bytes.contains(0) }
  return hasNUL ? String(decoding: text.utf8.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self) : text
}

/// A text that equals another only when their bytes do.
///
/// `String` takes both spellings of `é` for one; as file names they are two.
struct ExactText: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    // The buffer is only looked at while it is lent.
    text.withUTF8 { bytes in unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
  }
}

private let slash = UInt8(ascii: "/")
