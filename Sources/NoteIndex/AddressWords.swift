internal import Markup

/// The words of the addresses to which links lead, which the text of a note does not show, and of
/// those in front matter.
///
/// They are no part of the full text: what every second link has, such as `github` or `html`, would
/// stand beside what notes say. They are asked for by what looks like an address, and by what no note
/// says.
enum AddressWords {
  /// The words of a note's addresses, but for those that its full text has anyway: an address that
  /// is shown, and the last part of one within the vault.
  static func all(in document: Document) -> String {
    var seen: Set<String> = []
    var words: [String] = []
    for address in document.frontmatter?.addresses ?? [] where seen.insert(address).inserted {
      words += Words.all(storable(address))
    }
    for link in document.links where link.kind != .autolink {
      var address = link.target[...]
      if !link.isExternal {
        guard let end = address.utf8.lastIndex(of: UInt8(ascii: "/")) else { continue }
        address = address[..<end]
      }
      guard seen.insert(String(address)).inserted else { continue }
      words += Words.all(storable(String(address)))
    }
    return words.joined(separator: " ")
  }

  /// The words of what was typed, where that looks like an address or a part of one and is asked of
  /// no `field`; else none.
  ///
  /// Such as `gwern.net`, `1706.03762`, `https://www.example.org/a`, of which the scheme and `www.`
  /// are left out.
  static func asked(_ text: String, in field: Query.Term.Field?) -> [String] {
    if field != nil { return [] }
    var rest = text[...]
    let scheme = rest.firstRange(of: "://")
    if let scheme { rest = rest[scheme.upperBound...] }
    if rest.lowercased().hasPrefix("www.") { rest = rest.dropFirst(4) }
    let words = Words.all(String(rest))
    return scheme != nil || words.count > 1 && hasJoint(rest.utf8) ? words : []
  }

  /// The words of a term that addresses are asked for where no text has it; none of one that is asked of a
  /// field, or whose last word may go on.
  static func askedOfNoText(_ term: Query.Term) -> [String] {
    term.field == nil && term.kind != .prefix ? AtomMaker.phrase(term.text) : []
  }

  /// Whether a dot or a slash stands between two letters or digits.
  private static func hasJoint(_ text: Substring.UTF8View) -> Bool {
    var before: (UInt8, UInt8) = (0, 0)
    for byte in text {
      let isJoint = before.1 == UInt8(ascii: ".") || before.1 == UInt8(ascii: "/")
      if isJoint, PassageSieve.isPartOfWord(before.0), PassageSieve.isPartOfWord(byte) {
        return true
      }
      before = (before.1, byte)
    }
    return false
  }
}

extension Atom {
  /// What to ask the addresses for: what looks like one always, else what no text has.
  func wordsOfAddress(isFound: Bool) -> [String]? {
    if !address.isEmpty { return address }
    guard !isFound, !isExtra, !isSign, let form = forms.first, form.column == nil, !form.isPrefix
    else { return nil }
    return form.words
  }
}
