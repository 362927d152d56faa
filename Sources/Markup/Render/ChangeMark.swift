/// A character that says, within a text that is rendered, what became of the words behind it.
///
/// They are for private use, and are taken out of texts before they are put in.
enum ChangeMark {
  case same, added, removed

  init?(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\u{E002}": self = .same
    case "\u{E003}": self = .added
    case "\u{E004}": self = .removed
    default: return nil
    }
  }

  var character: String {
    switch self {
    case .same: "\u{E002}"
    case .added: "\u{E003}"
    case .removed: "\u{E004}"
    }
  }

  var change: DiffBlock.Kind {
    switch self {
    case .same: .same
    case .added: .added
    case .removed: .removed
    }
  }

  /// A text without any of them.
  static func removed(from text: String) -> String {
    guard text.mayHaveMarks else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter { ChangeMark($0) == nil }))
  }
}

extension StringProtocol {
  /// Whether it may have marks of ours, placeholders among them: each begins with a byte that few texts
  /// have.
  var mayHaveMarks: Bool { utf8.contains(0xEE) }
}
