/// A day of the civil calendar.
public struct CivilDate: Sendable, Hashable, Comparable {
  /// The year; 1 to 9999.
  public let year: Int
  /// The month; 1 to 12.
  public let month: Int
  /// The day of the month; 1 to 31.
  public let day: Int

  /// A date, if there is such a day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9_999).contains(year), (1...12).contains(month),
      day >= 1, day <= Self.days(inMonth: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date on which a second since 1970 (UTC) falls; years outside 1...9999 become the nearest.
  public init(secondsSince1970 seconds: Int) {
    // Days from civil and back: Howard Hinnant, "chrono-compatible low-level date algorithms".
    let days = min(max(Self.floorDivide(seconds, 86_400), -719_162), 2_932_896)
    let shifted = days + 719_468
    let era = Self.floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  private static let monthNames = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  /// The month that a word in small letters names, by three letters or more.
  static func month(named word: String) -> Int? {
    word.utf8.count < 3 ? nil : monthNames.firstIndex { $0.hasPrefix(word) }.map { $0 + 1 }
  }

  /// Days since 1 January 1970.
  public var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = Self.floorDivide(shiftedYear, 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date as `2022-11-29`.
  public var text: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
  }

  /// Whether one day comes before another.
  public static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  /// How many days a month of a year has.
  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func floorDivide(_ number: Int, _ divisor: Int) -> Int {
    number >= 0 ? number / divisor : -((-(number + 1)) / divisor) - 1
  }
}

/// A date as people write it in a front matter, read without a locale.
public struct DateText: Sendable, Hashable {
  /// The day as written, in the writer's own time zone.
  public let date: CivilDate
  /// Seconds since midnight as written, or nil when only a day was.
  public let secondOfDay: Int?
  /// The offset from UTC in seconds as written; UTC is assumed when there is none.
  public let offset: Int?
  /// Seconds since 1970 UTC.
  public var secondsSince1970: Int {
    date.daysSince1970 * 86_400 + (secondOfDay ?? 0) - (offset ?? 0)
  }

  /// Reads `2022-11-29`, `2022/11/29`, `2022-11`, `2022-11-29T10:00:00+02:00`, `2022-11-29 10:00`,
  /// `20221129`, `March 5, 2021` or `5 March 2021`; nil for anything else.
  public init?(_ text: String) {
    guard text.utf8.count <= 64 else { return nil }
    var reader = DateReader(bytes: Array(text.utf8))
    reader.skipBlanks()
    guard let date = reader.date() else { return nil }
    self.date = date
    reader.skipTimeMark()
    if reader.isAtEnd {
      secondOfDay = nil
      offset = nil
      return
    }
    guard let time = reader.time() else { return nil }
    secondOfDay = time
    reader.skipBlanks()
    offset = reader.offset()
    reader.skipBlanks()
    guard reader.isAtEnd else { return nil }
  }
}

extension DateText {
  /// The day on which a note was made by its front matter; `nil` where that says none.
  public static func written(in bytes: [UInt8]) -> CivilDate? {
    Frontmatter(of: bytes)?.created.flatMap { DateText($0)?.date }
  }
}

/// Steps through the bytes of a date.
private struct DateReader {
  var bytes: [UInt8]
  var index = 0

  var isAtEnd: Bool { index >= bytes.count }
  var current: UInt8 { index < bytes.count ? bytes[index] : 0 }

  mutating func skipBlanks() { while current.isBlank { index += 1 } }

  mutating func skipTimeMark() {
    skipBlanks()
    if current | 0x20 == UInt8(ascii: "t"), index > 0, bytes[index - 1].isDigit { index += 1 }
    if current == UInt8(ascii: ",") { index += 1 }
    skipBlanks()
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    index += 1
    return true
  }

  /// A number of so many digits at most.
  mutating func number(_ most: Int) -> (value: Int, digits: Int)? {
    let start = index
    var value = 0
    while current.isDigit, index - start < most {
      value = value * 10 + Int(current - 0x30)
      index += 1
    }
    return index > start ? (value, index - start) : nil
  }

  mutating func date() -> CivilDate? {
    if current.isLetter { return monthFirst() }
    guard let first = number(8) else { return nil }
    if first.digits == 8, !current.isDigit {
      return CivilDate(
        year: first.value / 10_000, month: first.value / 100 % 100, day: first.value % 100)
    }
    if first.digits <= 2 { return dayFirst(first.value) }
    guard first.digits == 4 else { return nil }
    let mark = current
    guard [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(mark), take(mark),
      let month = number(2)
    else { return nil }
    guard take(mark) else { return CivilDate(year: first.value, month: month.value, day: 1) }
    guard let day = number(2), !current.isDigit else { return nil }
    return CivilDate(year: first.value, month: month.value, day: day.value)
  }

  private mutating func monthFirst() -> CivilDate? {
    guard let month = monthName() else { return nil }
    skipBlanks()
    guard let day = number(4) else { return nil }
    if day.digits == 4 { return CivilDate(year: day.value, month: month, day: 1) }
    guard day.digits <= 2 else { return nil }
    skipOrdinal()
    _ = take(UInt8(ascii: ","))
    skipBlanks()
    guard let year = number(4), year.digits == 4, !current.isDigit else { return nil }
    return CivilDate(year: year.value, month: month, day: day.value)
  }

  private mutating func dayFirst(_ day: Int) -> CivilDate? {
    skipOrdinal()
    skipBlanks()
    guard let month = monthName() else { return nil }
    _ = take(UInt8(ascii: ","))
    skipBlanks()
    guard let year = number(4), year.digits == 4, !current.isDigit else { return nil }
    return CivilDate(year: year.value, month: month, day: day)
  }

  private mutating func skipOrdinal() {
    let word = String(decoding: bytes[index..<min(index + 2, bytes.count)], as: UTF8.self)
    if ["st", "nd", "rd", "th"].contains(word.lowercased()) { index += 2 }
  }

  private mutating func monthName() -> Int? {
    let start = index
    while current.isLetter { index += 1 }
    let word = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
    _ = take(UInt8(ascii: "."))
    return CivilDate.month(named: word)
  }

  mutating func time() -> Int? {
    guard let hour = number(2), take(UInt8(ascii: ":")), let minute = number(2), hour.value < 24,
      minute.value < 60
    else { return nil }
    var seconds = hour.value * 3_600 + minute.value * 60
    if take(UInt8(ascii: ":")) {
      guard let second = number(2), second.value <= 60 else { return nil }
      seconds += min(second.value, 59)
      if take(UInt8(ascii: ".")) { while current.isDigit { index += 1 } }
    }
    return seconds
  }

  /// `Z`, `+02:00`, `-0700` or `+2`.
  mutating func offset() -> Int? {
    if current | 0x20 == UInt8(ascii: "z") {
      index += 1
      return 0
    }
    let sign = current == UInt8(ascii: "-") ? -1 : 1
    let start = index
    guard take(UInt8(ascii: "+")) || take(UInt8(ascii: "-")), let hour = number(2) else {
      return nil
    }
    _ = take(UInt8(ascii: ":"))
    let minute = number(2)?.value ?? 0
    guard hour.value <= 18, minute < 60 else {
      index = start
      return nil
    }
    return sign * (hour.value * 3_600 + minute * 60)
  }
}
