internal import Markup

/// The entries of one of our own records.
func recordEntries(_ bytes: [UInt8]) -> [Frontmatter.Entry] {
  Document(bytes: Array("---\n".utf8) + bytes + Array("\n---\n".utf8)).frontmatter?.entries ?? []
}

/// The keys and values of one of our own records; it may have come from anywhere, so whatever is not
/// a plain text is passed over.
func recordValues(_ bytes: [UInt8]) -> [String: String] { recordEntries(bytes).texts }

extension [Frontmatter.Entry] {
  /// The keys whose values are texts, with those.
  var texts: [String: String] {
    var values: [String: String] = [:]
    for entry in self { if case .scalar(let text) = entry.value { values[entry.key] = text } }
    return values
  }

  /// The texts in the list of a key.
  func list(_ key: String) -> [String] {
    guard case .list(let values)? = first(where: { $0.key == key })?.value else { return [] }
    return values.compactMap { if case .scalar(let text) = $0 { text } else { nil } }
  }
}

/// A record's text; keys without a value, and lists with nothing in them, are left out.
func recordText(
  _ entries: [(key: String, value: String?)], lists: [(key: String, values: [String])] = []
) -> [UInt8] {
  let given =
    entries.compactMap { key, value in
      value.map { (key: key, value: Frontmatter.Value.scalar($0)) }
    }
    + lists.filter { !$0.values.isEmpty }.map { key, values in
      (key: key, value: Frontmatter.Value.list(values.map { .scalar($0) }))
    }
  return Array(Frontmatter.render(given).utf8)
}
