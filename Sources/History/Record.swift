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

/// A record's text; keys without a value are left out.
func recordText(_ entries: [(key: String, value: String?)]) -> [UInt8] {
  let given = entries.compactMap { key, value in
    value.map { (key: key, value: Frontmatter.Value.scalar($0)) }
  }
  return Array(Frontmatter.render(given).utf8)
}
