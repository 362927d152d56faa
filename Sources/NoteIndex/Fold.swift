internal import Markup
internal import Vault

/// The key that a name and every link that could mean it share: a number made of the last part of
/// the name, without `.md`, folded.
///
/// One key for paths, titles and ids alike, so that one look-up finds all that a link could mean,
/// and one tells which links a new name concerns. A title such as `TCP/IP` has the key `ip`; the
/// whole text is compared afterwards, so names that have a key in common by chance do no harm.
func lookupKey(_ name: String) -> Int64 {
  var hash = WordHash()
  for byte in LinkCandidates.key(of: name).utf8 { hash.add(byte) }
  // SQLite stores a number of 47 bits in six bytes.
  return Int64(bitPattern: (hash.value ^ hash.value >> 32) & 0x7FFF_FFFF_FFFF)
}

/// The text with blanks in place of NUL, at which SQLite would end it.
func storable(_ text: String) -> String {
  var text = text
  // The buffer is only looked at while it is lent.
  let hasNUL = text.withUTF8 { bytes in unsafe bytes.contains(0) }
  return hasNUL ? String(decoding: text.utf8.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self) : text
}
