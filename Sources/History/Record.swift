internal import Markup

/// The keys and values of one of our own records; it may have come from anywhere, so whatever is not
/// a plain text is passed over.
func recordValues(_ bytes: [UInt8]) -> [String: String] {
  let document = Document(bytes: Array("---\n".utf8) + bytes + Array("\n---\n".utf8))
  var values: [String: String] = [:]
  for entry in document.frontmatter?.entries ?? [] {
    if case .scalar(let text) = entry.value { values[entry.key] = text }
  }
  return values
}

/// What one of our own records has in a list; texts only.
func recordList(_ bytes: [UInt8], _ key: String) -> [String] {
  let document = Document(bytes: Array("---\n".utf8) + bytes + Array("\n---\n".utf8))
  guard let entry = document.frontmatter?.entries.first(where: { $0.key == key }),
    case .list(let values) = entry.value
  else { return [] }
  return values.compactMap { if case .scalar(let text) = $0 { text } else { nil } }
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
