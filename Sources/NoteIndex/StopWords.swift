/// Words that stand in every English text and tell nothing of what it is about.
enum StopWords {
  /// Whether a word in lower case is one.
  static func contains(_ word: String) -> Bool { all.contains(word) }

  /// Whether the bytes of a word are one's.
  static func contains(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count <= longest else { return false }
    return packed.contains(pack(word))
  }

  private static let longest = 8

  /// Up to eight bytes as one number.
  private static func pack(_ word: some Sequence<UInt8>) -> UInt64 {
    word.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static let packed = Set(all.filter { $0.utf8.count <= longest }.map { pack($0.utf8) })

  private static let all: Set<String> = [
    "a", "about", "above", "after", "again", "against", "all", "also", "am", "an", "and", "any",
    "are", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but",
    "by", "can", "could", "d", "did", "do", "does", "doing", "down", "during", "each", "few", "for",
    "from", "further", "had", "has", "have", "having", "he", "her", "here", "hers", "him", "his",
    "how", "i", "if", "in", "into", "is", "it", "its", "just", "ll", "m", "me", "more", "most",
    "my",
    "no", "nor", "not", "of", "off", "on", "once", "only", "or", "other", "our", "ours", "out",
    "over", "own", "re", "s", "same", "she", "should", "so", "some", "such", "t", "than", "that",
    "the", "their", "theirs", "them", "then", "there", "these", "they", "this", "those", "through",
    "to", "too", "under", "until", "up", "ve", "very", "was", "we", "were", "what", "when", "where",
    "which", "while", "who", "whom", "why", "will", "with", "would", "you", "your", "yours",
  ]
}
