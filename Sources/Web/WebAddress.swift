/// The address of a request, taken apart (RFC 3986, and the URL standard's form encoding).
struct WebAddress: Equatable {
  var path: [String]
  var query: [String: String]

  /// `nil` for what is no address that a browser would send for a page of ours: a part that hides a
  /// `/` or a NUL, `.` or `..`, or bytes that are not UTF-8.
  init?(_ target: String) {
    guard target.utf8.first == UInt8(ascii: "/") else { return nil }
    let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = []
    for part in halves[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let name = Self.decoded(part), !name.utf8.contains(where: { $0 == 0 || $0 == 0x2F }),
        name != ".", name != ".."
      else { return nil }
      path.append(name)
    }
    if path.last == "" { path.removeLast() }
    if path.contains("") { return nil }
    guard let query = halves.count > 1 ? Self.form(halves[1]) : [:] else { return nil }
    self.query = query
  }

  /// The names and values of a form; `nil` for what is no text.
  static func form(_ text: some StringProtocol) -> [String: String]? {
    var values: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(halves[0], isForm: true),
        let value = decoded(halves.count > 1 ? halves[1] : "", isForm: true)
      else { return nil }
      values[name] = value
    }
    return values
  }

  /// Text without percent signs; `nil` for a sign without two digits, or for what is not UTF-8.
  private static func decoded(_ text: some StringProtocol, isForm: Bool = false) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
        else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(isForm && byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
