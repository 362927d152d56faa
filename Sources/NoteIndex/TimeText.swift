internal import Markup

extension Filter.Time {
  /// A stretch of time as it is typed: `2024`, `2024-05`, `2024-05-17`, one of them behind `>`,
  /// `>=`, `<` or `<=`, or two of them with `..` between, an end of which may be left out.
  ///
  /// Days begin at midnight UTC.
  public init?(typed text: String) {
    for mark in [">=", "<=", ">", "<"] where text.hasPrefix(mark) {
      guard let days = Self.days(text.dropFirst(mark.count)) else { return nil }
      switch mark {
      case ">=": self.init(from: days.lowerBound)
      case ">": self.init(from: days.upperBound)
      case "<": self.init(before: days.lowerBound)
      default: self.init(before: days.upperBound)
      }
      return
    }
    if let dots = text.firstRange(of: "..") {
      let (first, last) = (text[..<dots.lowerBound], text[dots.upperBound...])
      let from = Self.days(first)
      let to = Self.days(last)
      guard from != nil || first.isEmpty, to != nil || last.isEmpty, !(from == nil && to == nil)
      else { return nil }
      self.init(from: from?.lowerBound, before: to?.upperBound)
      return
    }
    guard let days = Self.days(text[...]) else { return nil }
    self.init(from: days.lowerBound, before: days.upperBound)
  }

  /// Fits only what fits both.
  mutating func narrow(to other: Self) {
    from = [from, other.from].compactMap(\.self).max()
    before = [before, other.before].compactMap(\.self).min()
  }

  /// The seconds of a year, a month or a day.
  private static func days(_ text: Substring) -> Range<Int64>? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.allSatisfy(\.isASCII) ? Int($0) : nil }
    guard numbers.count == parts.count, (1...3).contains(parts.count), parts[0].count == 4,
      parts.dropFirst().allSatisfy({ (1...2).contains($0.count) })
    else { return nil }
    let year = numbers[0]
    switch numbers.count {
    case 1: return between(start(year, 1), start(year + 1, 1))
    case 2:
      let month = numbers[1]
      return between(start(year, month), month == 12 ? start(year + 1, 1) : start(year, month + 1))
    default:
      return start(year, numbers[1], numbers[2]).map { $0..<($0 + 86_400) }
    }
  }

  private static func between(_ start: Int64?, _ end: Int64?) -> Range<Int64>? {
    guard let start, let end else { return nil }
    return start..<end
  }

  /// The first second of a day, if there is such a day.
  private static func start(_ year: Int, _ month: Int, _ day: Int = 1) -> Int64? {
    CivilDate(year: year, month: month, day: day).map { Int64($0.daysSince1970) * 86_400 }
  }
}
