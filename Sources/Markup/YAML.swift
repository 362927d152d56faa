internal import Yams

/// The whole of YAML, from Yams, with limits: the only file that meets it.
///
/// Only `compose` is used: `Yams.load` traps on a key that is a list and builds alias bombs.
enum YAML {
  /// A top-level key.
  struct Found {
    var key: String
    var value: Frontmatter.Value
    /// The line in the text, counted from 0.
    var line: Int
    /// Whether the value is a plain scalar on the key's line, for which `plainText` decides.
    var isPlain: Bool
  }

  enum Outcome {
    case entries([Found], isFlow: Bool)
    /// The line in the text, counted from 0, and what is wrong there.
    case broken(line: Int, message: String)
  }

  private static let mostNodes = 10_000
  private static let deepest = 20

  static func read(_ text: String) -> Outcome {
    // Yams recurses; a text that nests in brackets is refused before it does.
    var depth = 0
    var deepest = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth = max(0, depth - 1) }
      deepest = max(deepest, depth)
    }
    guard deepest <= 100 else { return .broken(line: 0, message: "it nests too deep") }
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch let error as YamlError {
      return describe(error)
    } catch {
      return .broken(line: 0, message: "\(error)")
    }
    guard let root else { return .entries([], isFlow: false) }
    guard case .mapping(let mapping) = root else {
      if case .scalar(let scalar) = root, scalar.string.isEmpty {
        return .entries([], isFlow: false)
      }
      return .broken(line: 0, message: "it is not a list of keys and values")
    }
    var budget = mostNodes
    var found: [Found] = []
    do throws(Refusal) {
      try check(root, anchor: mapping.anchor, budget: &budget)
      for (key, value) in mapping {
        let name = try Self.key(key, budget: &budget)
        var isPlain = false
        if case .scalar(let scalar) = value { isPlain = scalar.style == .plain }
        let line = max(0, (key.mark?.line ?? 1) - 1)
        found.append(
          Found(
            key: name, value: try Self.value(value, depth: 1, budget: &budget), line: line,
            isPlain: isPlain && (value.mark?.line ?? 0) - 1 == line))
      }
    } catch {
      return .broken(line: error.line, message: error.message)
    }
    // Yams does not say how a mapping was written; in braces, keys share their lines.
    let first = text.utf8.first { !$0.isBlank }
    let sharesLines = zip(found, found.dropFirst()).contains { $0.line == $1.line }
    return .entries(found, isFlow: first == UInt8(ascii: "{") || sharesLines)
  }

  private struct Refusal: Error {
    var line: Int
    var message: String
  }

  private static func check(
    _ node: Node, anchor: Anchor?, budget: inout Int
  ) throws(Refusal) {
    let line = max(0, (node.mark?.line ?? 1) - 1)
    budget -= 1
    if budget < 0 { throw Refusal(line: line, message: "it has too many values") }
    if anchor != nil { throw Refusal(line: line, message: "anchors (&) are not read") }
  }

  private static func key(_ node: Node, budget: inout Int) throws(Refusal) -> String {
    try check(node, anchor: node.anchor, budget: &budget)
    guard case .scalar(let scalar) = node else {
      throw Refusal(
        line: max(0, (node.mark?.line ?? 1) - 1), message: "a key is not text")
    }
    return scalar.string
  }

  private static func value(
    _ node: Node, depth: Int, budget: inout Int
  ) throws(Refusal) -> Frontmatter.Value {
    try check(node, anchor: node.anchor, budget: &budget)
    if depth > deepest {
      throw Refusal(line: max(0, (node.mark?.line ?? 1) - 1), message: "it nests too deep")
    }
    switch node {
    case .scalar(let scalar):
      return .scalar(scalar.style == .plain && scalar.string == "~" ? "" : scalar.string)
    case .sequence(let sequence):
      var values: [Frontmatter.Value] = []
      for item in sequence { values.append(try value(item, depth: depth + 1, budget: &budget)) }
      return .list(values)
    case .mapping(let mapping):
      var entries: [Frontmatter.Entry] = []
      for (name, item) in mapping {
        entries.append(
          Frontmatter.Entry(
            try key(name, budget: &budget), try value(item, depth: depth + 1, budget: &budget)))
      }
      return .map(entries)
    case .alias:
      throw Refusal(
        line: max(0, (node.mark?.line ?? 1) - 1), message: "aliases (*) are not read")
    }
  }

  private static func describe(_ error: YamlError) -> Outcome {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      .broken(line: max(0, mark.line - 1), message: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      .broken(
        line: max(0, context.mark.line - 1),
        message:
          "the key \(duplicates.map { "\($0)" }.sorted().joined(separator: ", ")) is there twice")
    case .reader(let problem, _, _, _): .broken(line: 0, message: problem)
    default: .broken(line: 0, message: "it is not YAML")
    }
  }
}
