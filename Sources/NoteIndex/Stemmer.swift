internal import CStemmer

/// Takes the endings off words, by the algorithms of Snowball (Porter 2 for English).
///
/// The index holds words as they are written. Which of them have one stem is asked of the table
/// `word` when a query comes, so an exact word can count more than a form of it, and no text is
/// lost to an ending that was none.
@safe final class Stemmer {
  private let handle: OpaquePointer?

  /// A stemmer for a language by its English name, such as `english`; words of a language that
  /// Snowball does not know stay as they are.
  init(language: String) {
    unsafe handle = sb_stemmer_new(language, "UTF_8")
  }

  deinit {
    if let handle = unsafe handle { unsafe sb_stemmer_delete(handle) }
  }

  /// The stem of a word, which is in lower case and without marks.
  func stem(_ word: String) -> String {
    guard let handle = unsafe handle else { return word }
    var word = word
    // What the stemmer returns is its own buffer, which lasts until the next word.
    return word.withUTF8 { bytes in
      guard let start = bytes.baseAddress,
        let stem = unsafe sb_stemmer_stem(handle, start, Int32(bytes.count))
      else { return "" }
      let length = unsafe Int(sb_stemmer_length(handle))
      return unsafe String(
        decoding: UnsafeBufferPointer(start: stem, count: length), as: UTF8.self)
    }
  }
}
