internal import Markup

/// The site's own search: words in files by their first letter, of which a browser loads the few that
/// it needs (`theme/search.js` is the other half, and takes texts apart in the same way).
extension Site {
  /// The page that lists all posts, and the files of words.
  func searchFiles() -> [SiteFile] {
    guard !posts.isEmpty else { return [] }
    let order = posts.indices.sorted { posts[$0].isNewer(than: posts[$1]) }
    var shards: [String: [String: [(post: Int, weight: Int)]]] = [:]
    for (place, post) in order.enumerated() {
      let content = posts[post].latest.content
      for (word, weight) in SearchWeights(content).all {
        shards[Self.shard(of: word), default: [:]][word, default: []].append((place, weight))
      }
    }
    var sizes: [String] = []
    let files = shards.sorted { $0.key < $1.key }.map { name, words in
      let members = words.sorted { $0.key < $1.key }.map { word, posts in
        (word, JSON.array(posts.flatMap { [String($0.post), String($0.weight)] }))
      }
      let bytes = Array((JSON.object(members) + "\n").utf8)
      sizes.append("\(name):\(bytes.count)")
      return SiteFile(path: "search/words/\(name).json", bytes: bytes)
    }
    var frame = Frame(self, "search/", title: "Search")
    frame.head = "<script src=\"\(frame.address.url("search.js"))\" defer></script>\n"
    let page = frame.file(
      "search",
      [
        "shards": sizes.joined(separator: " "),
        "count": counted(posts.count, "text"), "items": items(order, frame.address),
      ])
    return files + [page]
  }

  /// The file of a word, by its first letter.
  private static func shard(of word: String) -> String {
    guard let first = word.utf8.first else { return "_" }
    switch first {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return String(Character(Unicode.Scalar(first)))
    default: return "_"
    }
  }
}

/// How much each word of a text counts: the more often it stands there, and most in the title.
struct SearchWeights {
  private(set) var all: [String: Int] = [:]

  /// The longest word that is kept, in bytes.
  private static let longest = 40

  init(_ content: Post.Content) {
    add(content.title, 12)
    for tag in content.tags { add(tag, 6) }
    for heading in content.document.headings { add(heading.text, 4) }
    let text = content.document.searchText
    add(text.body, 1)
    add(text.code, 1)
  }

  private mutating func add(_ text: String, _ weight: Int) {
    for word in Self.words(text) where word.utf8.count <= Self.longest {
      all[word, default: 0] += weight
    }
  }

  /// The words of a text: runs of letters, runs of digits, and each Chinese or Japanese character.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isNumber = false
    func flush() {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    for scalar in text.withoutMarks.lowercased().unicodeScalars {
      switch scalar.value {
      case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF:
        flush()
        words.append(String(Character(scalar)))
        continue
      default: break
      }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
        if isNumber { flush() }
        isNumber = false
        word.unicodeScalars.append(scalar)
      case .decimalNumber, .letterNumber, .otherNumber:
        if !isNumber { flush() }
        isNumber = true
        word.unicodeScalars.append(scalar)
      default: flush()
      }
    }
    flush()
    return words
  }
}
