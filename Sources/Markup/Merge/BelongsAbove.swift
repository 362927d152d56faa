// What belongs to the block above it: an id, the author of a quote, a caption.

extension BlockMerge {
  /// How closely an addition belongs to what stands before it; what is nearer comes first.
  enum Nearness: Int, Comparable {
    /// A block's id, which links lead to.
    case id
    /// A line that begins with a dash, as that with the author of a quote, or a caption.
    case caption
    /// A paragraph of a few words.
    case short
    case apart

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  func nearness(_ piece: Piece) -> Nearness {
    let (units, index) = unit(of: piece)
    guard index >= 0, !units.isQuoted(index) else { return .apart }
    let unit = units.all[index]
    // A paragraph that begins with a tag is no heading.
    let isTagged = unit.kind == .heading && unit.level == nil
    guard isTagged || unit.kind == .paragraph && !units.isName(index) else { return .apart }
    let text = units.bytes[unit.range].drop(while: \.isSpaceOrTab)
    if text.isBlockID { return .id }
    if BoxMark(text.trimmedOfBlanks) != nil { return .apart }
    let isSpan =
      ["*", "_"].contains { text.starts(with: $0.utf8) && text.suffix(1).elementsEqual($0.utf8) }
      && !text.starts(with: "**".utf8)
    let isCaption = ["—", "–", "-- ", ": "].contains { text.starts(with: $0.utf8) }
    let count = text.split(whereSeparator: \.isBlank).count
    guard count < Self.mostWordsBehind else { return .apart }
    return isSpan || isCaption ? .caption : .short
  }

  /// Whether both sides gave a block an id: one alone holds, and links to the other lead nowhere.
  func bothNamedBlock(_ mine: [Int], _ other: [Int]) -> Bool {
    guard let first = mine.first, let second = other.first else { return false }
    return ours.bytes[ours.all[first].range].isBlockID
      && theirs.bytes[theirs.all[second].range].isBlockID
  }
}

extension ArraySlice<UInt8> {
  /// Whether it is a block's id and nothing else, `^name`, blanks aside.
  var isBlockID: Bool {
    let text = trimmedOfBlanks
    return text.count > 1 && text.first == UInt8(ascii: "^")
      && text.dropFirst().allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
  }
}
