/// A stretch of time as people type it: a day, a month, a year, or words such as `last week`.
///
/// ```
/// 2025  2025-06  2025-06-01  June 2025  5 March 2021  2025-06-01T10:00
/// today  yesterday  monday  june  this week  last month
/// 3 months ago  3-months-ago  a year ago  3m  2w  10d  last 3 months
/// ```
///
/// Words are told by the user's clock. Lengths are counted back in days: a month has 30, a year
/// 365. A week begins with Monday.
public struct TimeWords: Sendable, Equatable {
  /// The seconds since 1970 that it covers.
  public var range: Range<Int64>
  /// The very moment that is meant, where a length is counted back from now.
  public var moment: Int64?
  /// Whether it is no day but a moment, now or so long ago.
  public var isCountedBack = false
  /// Whether all that came later is meant as well: so with `3m`, but not with `3 months ago`.
  public var isOpen = false

  /// Reads a stretch of time; `nil` for what is none.
  ///
  /// `now` is in seconds since 1970, and `offset` is how far the user's clock is ahead of UTC;
  /// without a `now`, words that count from it are not understood. The days are those of UTC, as they
  /// stand in front matter, or those of `place`.
  public init?(_ text: String, now: Int64?, offset: Int = 0, place: LocalTime? = nil) {
    guard text.utf8.count <= 64 else { return nil }
    var words = text.lowercased().split { $0 == " " || $0 == "\t" || $0 == "_" }.map(String.init)
    // `last-week` and `3-months-ago` spare the quotation marks; `2025-06-01` stays as it is.
    if words.count == 1, words[0].utf8.contains(where: \.isLetter), DateText(words[0]) == nil {
      words = words[0].split(separator: "-").map(String.init)
    }
    if words.first == "the" { words.removeFirst() }
    guard !words.isEmpty else { return nil }
    if let now, let clock = Clock(now: now, offset: Int64(offset), place: place),
      let found = clock.read(words)
    {
      self = found
      return
    }
    guard let found = Self.written(text, words, in: place) else { return nil }
    self = found
  }

  fileprivate init(_ range: Range<Int64>, moment: Int64? = nil, isOpen: Bool = false) {
    self.range = range
    self.moment = moment
    self.isOpen = isOpen
  }

  /// From the first second of a day, counted from 1970, to the last of the day before another.
  fileprivate init?(days from: Int64, _ before: Int64, in place: LocalTime?) {
    guard from < before else { return nil }
    let (first, end) = (from * 86_400, before * 86_400)
    let begin = place?.second(at: first) ?? first
    self.init(begin..<max(begin, place?.second(at: end) ?? end))
  }

  /// What says the same at any time.
  private static func written(_ text: String, _ words: [String], in place: LocalTime?) -> TimeWords?
  {
    func days(_ from: CivilDate?, _ to: CivilDate?) -> TimeWords? {
      guard let from, let to else { return nil }
      return TimeWords(days: Int64(from.daysSince1970), Int64(to.daysSince1970) + 1, in: place)
    }
    func month(_ month: Int, of year: Int) -> TimeWords? {
      days(
        CivilDate(year: year, month: month, day: 1),
        CivilDate(year: year, month: month, day: CivilDate.days(inMonth: month, of: year)))
    }
    if words.count == 1, let year = year(words[0]) {
      return days(
        CivilDate(year: year, month: 1, day: 1), CivilDate(year: year, month: 12, day: 31))
    }
    if words.count == 1 {
      let parts = words[0].split(separator: "-", omittingEmptySubsequences: false)
      if parts.count == 2, let year = year(String(parts[0])), let number = number(String(parts[1])),
        (1...12).contains(number), parts[1].utf8.count <= 2
      {
        return month(Int(number), of: year)
      }
    }
    if words.count == 2, let name = CivilDate.month(named: words[0]), let year = year(words[1]) {
      return month(name, of: year)
    }
    guard let date = DateText(text) else { return nil }
    guard date.secondOfDay != nil else { return days(date.date, date.date) }
    let wall = Int64(date.secondsSince1970)
    let second = date.offset == nil ? place?.second(at: wall) ?? wall : wall
    return TimeWords(second..<(second + 1))
  }

  private static func year(_ text: String) -> Int? {
    guard text.utf8.count == 4, let year = number(text), year > 0 else { return nil }
    return Int(year)
  }

  fileprivate static func number(_ text: String) -> Int64? {
    guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy(\.isDigit) else { return nil }
    return Int64(text)
  }

  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]

  fileprivate static func weekday(_ word: String) -> Int? {
    word.utf8.count < 3 ? nil : weekdays.firstIndex { $0.hasPrefix(word) }
  }
}

/// The clock of a place, which is put forward and back in the course of a year.
public struct LocalTime: Sendable {
  /// How far it is ahead of UTC at a moment, in seconds.
  private let offset: @Sendable (_ seconds: Int64) -> Int

  /// A clock.
  public init(offset: @escaping @Sendable (_ seconds: Int64) -> Int) { self.offset = offset }

  /// The second since 1970 at which the clock says what a clock of UTC says at `wall`.
  ///
  /// Of two such seconds it is the first; of none, since the clock was put forward over it, it is the
  /// one that it would be else: for a midnight that is the first of the day.
  public func second(at wall: Int64) -> Int64 {
    // No place's clock is a day from UTC, so these are the offsets before and after any change.
    let before = wall - Int64(offset(wall - 86_400))
    let after = wall - Int64(offset(wall + 86_400))
    let fits = [before, after].filter { $0 + Int64(offset($0)) == wall }
    return fits.min() ?? max(before, after)
  }

  /// Midnight UTC of the day that the clock shows at a moment: how front matter says that day.
  public func day(of second: Int64) -> Int64 {
    let wall = second + Int64(offset(second))
    return (wall >= 0 ? wall / 86_400 : (wall - 86_399) / 86_400) * 86_400
  }
}

/// Words that are told from the present moment.
private struct Clock {
  private let now: Int64
  private let offset: Int64
  private let place: LocalTime?
  /// The present day of the user's clock, in days since 1970.
  private let today: Int64
  private let date: CivilDate

  /// `nil` for a time so far away that nothing can be counted from it.
  init?(now: Int64, offset: Int64, place: LocalTime?) {
    guard (-60_000_000_000...250_000_000_000).contains(now), abs(offset) < 200_000 else {
      return nil
    }
    self.now = now
    self.offset = offset
    self.place = place
    date = CivilDate(secondsSince1970: Int(now + offset))
    today = Int64(date.daysSince1970)
  }

  func read(_ words: [String]) -> TimeWords? {
    switch words.count {
    case 1: word(words[0])
    case 2: pair(words[0], words[1])
    case 3: triple(words)
    default: nil
    }
  }

  private func word(_ word: String) -> TimeWords? {
    switch word {
    case "now", "today":
      var found = day(today, moment: now)
      found?.isCountedBack = word == "now"
      return found
    case "yesterday": return day(today - 1, moment: now - 86_400)
    default: break
    }
    if let weekday = TimeWords.weekday(word) {
      return day(today - (weekdayOfToday - Int64(weekday) + 7) % 7)
    }
    if let month = CivilDate.month(named: word) {
      return self.month(month, of: month <= date.month ? date.year : date.year - 1)
    }
    return short(word)
  }

  /// `10d`, `2w`, `3m`, `1y`: so long ago, and all since.
  private func short(_ word: String) -> TimeWords? {
    guard let unit = word.last, let number = TimeWords.number(String(word.dropLast())) else {
      return nil
    }
    let lengths: [Character: Int64] = ["h": 3_600, "d": 86_400, "w": 604_800]
    guard
      let length = lengths[unit] ?? (unit == "m" ? 30 * 86_400 : unit == "y" ? 365 * 86_400 : nil)
    else { return nil }
    return back(number * length, isOpen: true)
  }

  private func pair(_ first: String, _ second: String) -> TimeWords? {
    if first == "last", let weekday = TimeWords.weekday(second) {
      return day(today - ((weekdayOfToday - Int64(weekday) + 6) % 7 + 1))
    }
    let isLast = ["last", "previous"].contains(first)
    guard isLast || first == "this" || first == "past" else { return nil }
    if first == "past" {
      return length(second).flatMap { back($0, isOpen: true) }
    }
    let monday = today - weekdayOfToday
    var found: TimeWords?
    switch second {
    case "day": found = day(isLast ? today - 1 : today)
    case "week": found = days(isLast ? monday - 7 : monday, isLast ? monday : monday + 7)
    case "month":
      let isOverYear = isLast && date.month == 1
      found = month(
        isOverYear ? 12 : isLast ? date.month - 1 : date.month,
        of: isOverYear ? date.year - 1 : date.year)
    case "year":
      let year = isLast ? date.year - 1 : date.year
      found = days(start(year, 1), start(year + 1, 1))
    case "second", "minute", "hour": found = isLast ? back(length(second) ?? 0) : nil
    default: break
    }
    if isLast { found?.moment = length(second).map { now - $0 } }
    return found
  }

  /// `3 months ago`, `last 3 months`.
  private func triple(_ words: [String]) -> TimeWords? {
    if ["last", "past"].contains(words[0]) {
      guard let number = TimeWords.number(words[1]), let unit = length(words[2]) else { return nil }
      return back(number * unit, isOpen: true)
    }
    guard words[2] == "ago", let unit = length(words[1]) else { return nil }
    let number = ["a", "an", "one"].contains(words[0]) ? 1 : TimeWords.number(words[0])
    return number.flatMap { back($0 * unit) }
  }

  private func length(_ word: String) -> Int64? {
    let lengths: [String: Int64] = [
      "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800,
      "month": 30 * 86_400, "year": 365 * 86_400,
    ]
    return lengths[word] ?? (word.hasSuffix("s") ? lengths[String(word.dropLast())] : nil)
  }

  /// The day of a moment in the past; with `isOpen` also all since.
  private func back(_ seconds: Int64, isOpen: Bool = false) -> TimeWords? {
    let moment = now - seconds
    let wall = moment + offset
    var found =
      seconds < 86_400
      ? TimeWords(moment..<(moment + 1), moment: moment, isOpen: isOpen)
      : day(wall >= 0 ? wall / 86_400 : (wall - 86_399) / 86_400, moment: moment, isOpen: isOpen)
    found?.isCountedBack = true
    return found
  }

  /// The day of the week, 0 for a Monday; the first of January 1970 was a Thursday.
  private var weekdayOfToday: Int64 { ((today + 3) % 7 + 7) % 7 }

  private func start(_ year: Int, _ month: Int) -> Int64 {
    CivilDate(year: year, month: month, day: 1).map { Int64($0.daysSince1970) } ?? today
  }

  private func month(_ month: Int, of year: Int) -> TimeWords? {
    let first = start(year, month)
    return days(first, first + Int64(CivilDate.days(inMonth: month, of: year)))
  }

  private func day(_ day: Int64, moment: Int64? = nil, isOpen: Bool = false) -> TimeWords? {
    var found = days(day, day + 1)
    found?.moment = moment
    found?.isOpen = isOpen
    return found
  }

  private func days(_ from: Int64, _ before: Int64) -> TimeWords? {
    TimeWords(days: from, before, in: place)
  }
}
