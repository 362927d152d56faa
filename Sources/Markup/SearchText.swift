/// A note's plain text, in the three fields of a full-text index.
public struct SearchText: Sendable, Hashable {
  /// The headings, one to a line.
  public let headings: String
  /// The rest of the text, a block to a line, with inline code and TeX; then, one to a line, the
  /// last part of each link's target that the text does not show.
  public let body: String
  /// The code blocks, then the text of each `<pre>` and what stands behind a fence's language.
  public let code: String

  init(_ parts: Parts, bytes: [UInt8]) {
    headings = String(decoding: parts.headingText, as: UTF8.self)
    body =
      parts.names.isEmpty
      ? String(decoding: parts.prose, as: UTF8.self)
      : String(decoding: parts.prose + parts.names, as: UTF8.self)
    var code: [UInt8] = []
    for block in parts.codeBlocks {
      code += bytes[block.content.clamped(to: bytes.indices)]
      code.append(.newline)
    }
    self.code = String(decoding: code + parts.codeText, as: UTF8.self)
  }

  /// A file in UTF-16 is found by its words, though nothing else is read from it.
  init(utf16 bytes: [UInt8]) {
    let isLittle = bytes.first == 0xFF
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    var index = 2
    while index + 1 < bytes.count {
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(isLittle ? second << 8 | first : first << 8 | second)
      index += 2
    }
    headings = ""
    code = ""
    body = String(decoding: units, as: UTF16.self)
  }
}

/// Counts words; each character of a script written without blanks counts as one.
func countWords(_ bytes: [UInt8]) -> Int {
  unsafe bytes.withUnsafeBufferPointer { buffer in
    let view = unsafe ByteView(buffer)
    var words = 0
    var inWord = false
    var index = 0
    while index < view.count {
      let byte = view[index]
      if byte < 0x80 {
        if byte.isLetterOrDigit {
          if !inWord { words += 1 }
          inWord = true
        } else if byte != UInt8(ascii: "'"), byte != UInt8(ascii: "-"), byte != UInt8(ascii: "_") {
          inWord = false
        }
        index += 1
      } else if byte >= 0xE3, byte < 0xEA || byte == 0xF0 && view[index + 1] >= 0xA0 {
        // U+3000…U+9FFF and the later planes of Han; U+3000…U+303F and U+30FB are marks.
        let isMark =
          byte == 0xE3
          && (view[index + 1] == 0x80 || view[index + 1] == 0x83 && view[index + 2] == 0xBB)
        if !isMark { words += 1 }
        inWord = false
        index += byte == 0xF0 ? 4 : 3
      } else if byte == 0xE2 && view[index + 1] == 0x80 {
        // Dashes and quotes end a word; the apostrophe ’ does not.
        if view[index + 2] != 0x99 { inWord = false }
        index += 3
      } else {
        if !inWord { words += 1 }
        inWord = true
        index += 1
      }
    }
    return words
  }
}
