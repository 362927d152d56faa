extension Document {
  /// The file with other bytes in the given places; all the rest stays byte for byte.
  ///
  /// Several links may share one target (that of a reference), so an edit that is there twice is
  /// made once; of edits that overlap the first counts, and one outside the file is left out.
  public func replacingTargets(_ edits: [(range: Range<Int>, text: String)]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + edits.reduce(0) { $0 + $1.text.utf8.count })
    var done = 0
    var last: Range<Int>?
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
    where edit.range.lowerBound >= done && edit.range.upperBound <= bytes.count
      && edit.range != last
    {
      result += bytes[done..<edit.range.lowerBound]
      result += Array(edit.text.utf8)
      done = edit.range.upperBound
      last = edit.range
    }
    return result + bytes[done...]
  }
}

extension Link {
  /// A new target as it must be written between the brackets or parentheses of this link.
  ///
  /// The result goes where `targetRange` was. Nil when this kind of link cannot hold the target:
  /// a wiki link none with `[[`, `]]`, `|`, `#` or a line end, and in the front matter none with
  /// a bracket, nor one that would end its quotes; without quotes none that means something in YAML.
  public func written(_ target: String) -> String? { form.written(target) }

  /// The whole link with a new target, in quotes, where it is a value of the front matter, and all of
  /// it, without them.
  public func quoted(_ target: String, in document: Document) -> String? {
    let line = document.lines(around: range)
    let before = document.bytes[line.lowerBound..<range.lowerBound].last { !$0.isBlank }
    let behind = document.bytes[range.upperBound..<line.upperBound].first { !$0.isBlank }
    guard form == .value(nil), before.map({ ":-,[{".utf8.contains($0) }) ?? true,
      behind.map({ ",]}#".utf8.contains($0) }) ?? true,
      let written = Form.value(.double).written(target)
    else { return nil }
    let rest = document.text(targetRange.upperBound..<range.upperBound)
    return rest.contains { "\"\\".contains($0) } ? nil : "\"[[\(written)\(rest)\""
  }
}

extension LinkDefinition {
  /// A new target as it must be written in this definition.
  public func written(_ target: String) -> String? { form.written(target) }
}

extension Link.Form {
  func written(_ target: String) -> String? {
    switch self {
    case .wiki:
      let isHeld =
        !target.contains("[[") && !target.contains("]]") && !target.hasSuffix("]")
        && !target.utf8.contains {
          $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: "#") || $0.isLineEnd
        }
      return isHeld ? target : nil
    case .value(let quote): return Self.written(target, quote)
    case .bare: return PercentEncoding.encoded(target, isPlain: Self.isPlainInBare)
    case .angled:
      return PercentEncoding.encoded(target) {
        $0 >= 0x20 && $0 != 0x7F && !"<>\\%#&".utf8.contains($0)
      }
    case .url: return target
    }
  }

  /// A target in a value of the front matter.
  private static func written(_ target: String, _ quote: YAMLQuote?) -> String? {
    if target.utf8.contains(where: { "[]|#".utf8.contains($0) || $0 < 0x20 || $0 == 0x7F }) {
      return nil
    }
    switch quote {
    case .double: return target.contains { "\"\\".contains($0) } ? nil : target
    case .single: return target.replacing("'", with: "''")
    case nil:
      // What a plain scalar within brackets cannot begin with, or have in it (YAML 1.2, 7.3.3).
      guard let first = target.utf8.first, !"@`*!%&'-?:>=~".utf8.contains(first),
        !target.utf8.contains(where: { "{},\"\\".utf8.contains($0) }),
        !target.contains(": "), target.utf8.last != UInt8(ascii: ":")
      else { return nil }
      return target
    }
  }

  /// Letters of any script stay readable.
  private static func isPlainInBare(_ byte: UInt8) -> Bool {
    byte.isWordPart || "-._~!$'*+,;=@/".utf8.contains(byte)
  }
}
