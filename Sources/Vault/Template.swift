/// The text that a new note starts with: placeholders between double braces, and no code.
///
/// Known placeholders are `{{title}}`, `{{date}}`, `{{time}}`, `{{id}}`, `{{slug}}` and
/// `{{content}}`; anything else between braces stays as it is.
public struct Template: Sendable {
  /// The template's text.
  public let text: String

  /// A template from its text.
  public init(_ text: String) {
    self.text = text
  }

  /// Whether the template says where the note's own text goes.
  public var hasContent: Bool { text.contains("{{content}}") }

  /// The text with each known placeholder replaced once; values are not looked through again.
  public func filled(with values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      result += rest[..<open.lowerBound]
      let inside = rest[open.upperBound...]
      guard let close = inside.firstRange(of: "}}"),
        let value = values[Self.trimmed(inside[..<close.lowerBound])]
      else {
        result += "{{"
        rest = inside
        continue
      }
      result += value
      rest = inside[close.upperBound...]
    }
    return result + rest
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
