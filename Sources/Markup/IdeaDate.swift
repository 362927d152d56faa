/// When an idea appeared, as precisely as its note's `idea-date` says: a day, a month, a year, a decade.
public struct IdeaDate: Sendable, Hashable {
  /// The date as written.
  public let text: String
  /// The first day, as a number that grows with time.
  private let first: Int
  /// The last day.
  private let last: Int

  /// Reads `2005-04-01`, `2005-04`, `2005`, `1950s`, with `c.` or `~` before it or not; a year before
  /// our era has a `-`, as ISO 8601 has it.
  ///
  /// `nil` for anything else.
  public init?(_ text: String) {
    var rest = text.trimmingBlanks[...]
    for prefix in ["circa", "ca.", "c.", "~"] where rest.hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.count)
      rest = rest.drop { $0 == " " }
      break
    }
    let isBefore = rest.first == "-"
    if isBefore { rest = rest.dropFirst() }
    let isDecade = rest.last == "s"
    if isDecade { rest = rest.dropLast() }
    let parts = rest.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.allSatisfy(\.isDigit) && part.utf8.count <= 4 ? Int(part) : nil
    }
    guard numbers.count == parts.count, let year = numbers.first, numbers.count <= 3,
      !isDecade || numbers.count == 1 && year % 10 == 0 && !isBefore
    else { return nil }
    let month = numbers.count > 1 ? numbers[1] : nil
    let day = numbers.count > 2 ? numbers[2] : nil
    guard (1...12).contains(month ?? 1), (1...31).contains(day ?? 1) else { return nil }
    let count = isBefore ? -year : year
    self.text = text.trimmingBlanks
    first = (count * 12 + (month ?? 1)) * 31 + (day ?? 1)
    last = ((count + (isDecade ? 9 : 0)) * 12 + (month ?? 12)) * 31 + (day ?? 31)
  }

  /// Whether all of it is before all of another: 1954 is before 1986, and not before June 1954.
  public func isBefore(_ other: IdeaDate) -> Bool { last < other.first }

  /// An order for lists: by the first day, and of those the more precise one first.
  public static func precedes(_ left: IdeaDate, _ right: IdeaDate) -> Bool {
    (left.first, left.last) < (right.first, right.last)
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let start = drop(while: \.isWhitespace)
    return String(
      start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)])
  }
}
