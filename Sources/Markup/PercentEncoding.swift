/// Text as a URL has it (RFC 3986, section 2.1).
public enum PercentEncoding: Sendable {
  /// A text in which all is in percent signs but what RFC 3986 calls unreserved, and some other
  /// characters of ASCII.
  public static func encoded(_ text: String, keeping others: String = "") -> String {
    encoded(text) { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-._~".utf8.contains(byte) || others.utf8.contains(byte)
      }
    }
  }

  /// A text in which all is in percent signs but bytes that are plain.
  static func encoded(_ text: String, isPlain: (UInt8) -> Bool) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isPlain(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
