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
    case .bare: return Self.escaped(target) { Self.isPlainInBare($0) }
    case .angled:
      return Self.escaped(target) {
        $0 >= 0x20 && $0 != 0x7F && !"<>\\%#&".utf8.contains($0)
      }
    case .url: return target
    }
  }

  private static func isPlainInBare(_ byte: UInt8) -> Bool {
    byte.isWordPart || "-._~!$'*+,;=@/".utf8.contains(byte)
  }

  /// Percent-encodes what is not plain; letters of any script stay readable.
  private static func escaped(_ text: String, isPlain: (UInt8) -> Bool) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isPlain(byte) {
        bytes.append(byte)
      } else {
        bytes += Array("%".utf8)
        bytes += [hexDigit(byte >> 4), hexDigit(byte & 15)]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x41 + value - 10
  }
}
