/// What front matter says to whoever searches.
extension Frontmatter {
  /// The keys of which the values are no text: what the note is called is found as its title, and its
  /// name and its days are asked for by filters.
  private static let keysWithoutText = Set(
    ["id", "title", "aliases", "alias"] + createdKeys + updatedKeys)

  private static func isText(_ entry: Entry) -> Bool {
    !keysWithoutText.contains(entry.key.lowercased())
  }

  /// The texts of the values, without the addresses in them, and without what is only yes or no.
  var saidValues: [String] {
    entries.filter(Self.isText).flatMap(\.value.texts)
      .filter { $0 != "true" && $0 != "false" }
      .map { Self.parted($0).text }
  }

  /// The addresses in the values, such as that of a page that was clipped.
  public var addresses: [String] {
    entries.filter(Self.isText).flatMap(\.value.texts).flatMap { Self.parted($0).addresses }
  }

  /// The bytes of the lines in which the values stand that are found by their words, an entry at a
  /// time, each with the line it begins on, counted from 1.
  public var saidLines: [(range: Range<Int>, line: Int)] {
    entries.indices.filter { Self.isText(entries[$0]) }.map { (lineRanges[$0], entryLines[$0]) }
  }

  /// A value without the addresses in it, and these.
  private static func parted(_ value: String) -> (text: String, addresses: [String]) {
    let bytes = Array(value.utf8)
    var text: [UInt8] = []
    var addresses: [String] = []
    var copied = 0
    var place = 0
    while let joint = bytes[place...].firstRange(of: "://".utf8) {
      var start = joint.lowerBound
      while start > copied, bytes[start - 1].isLetterOrDigit { start -= 1 }
      let end = endOfAddress(bytes, from: joint.upperBound)
      text += bytes[copied..<start] + [.space]
      addresses.append(String(decoding: bytes[start..<end], as: UTF8.self))
      copied = end
      place = end
    }
    if addresses.isEmpty { return (value, []) }
    return (String(decoding: text + bytes[copied...], as: UTF8.self), addresses)
  }

  /// Where an address ends: at a blank or a mark that closes what it stands in.
  private static func endOfAddress(_ bytes: [UInt8], from start: Int) -> Int {
    var open = 0
    for place in start..<bytes.count {
      switch bytes[place] {
      case 0...0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "]"),
        UInt8(ascii: "|"):
        return place
      case UInt8(ascii: "("): open += 1
      case UInt8(ascii: ")"):
        if open == 0 { return place }
        open -= 1
      default: break
      }
    }
    return bytes.count
  }
}
