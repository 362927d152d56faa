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
  /// brackets, braces, commas, quotes or backslashes either.
  public func written(_ target: String) -> String? { form.written(target) }
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
    case .value:
      return target.utf8.contains { "[]{},\"'\\|#".utf8.contains($0) || $0 < 0x20 } ? nil : target
    case .bare: return PercentEncoding.encoded(target, isPlain: Self.isPlainInBare)
    case .angled:
      return PercentEncoding.encoded(target) {
        $0 >= 0x20 && $0 != 0x7F && !"<>\\%#&".utf8.contains($0)
      }
    case .url: return target
    }
  }

  /// Letters of any script stay readable.
  private static func isPlainInBare(_ byte: UInt8) -> Bool {
    byte.isWordPart || "-._~!$'*+,;=@/".utf8.contains(byte)
  }
}
