/// Dates as HTTP has them (RFC 9110, section 5.6.7): `Thu, 27 Nov 2026 14:34:10 GMT`.
public enum HTTPDate: Sendable {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The date of a moment, in seconds since 1970.
  public static func text(_ seconds: Int) -> String {
    let date = CivilDate(secondsSince1970: seconds)
    let day = days[((date.daysSince1970 % 7) + 7) % 7]
    let time = ((seconds % 86_400) + 86_400) % 86_400
    return "\(day), \(padded(date.day)) \(months[date.month - 1]) \(date.year) "
      + "\(padded(time / 3_600)):\(padded(time / 60 % 60)):\(padded(time % 60)) GMT"
  }

  /// The moment of a date, in seconds since 1970; `nil` for text that is none of today's form.
  ///
  /// The name of the weekday is not compared with the date.
  public static func seconds(_ text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", words[0].count == 4, words[0].last == ",",
      days.contains(String(words[0].dropLast())), words[1].count == 2, let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])), words[3].count == 4,
      let year = Int(words[3]), let date = CivilDate(year: year, month: month + 1, day: day)
    else { return nil }
    let time = words[4].split(separator: ":", omittingEmptySubsequences: false)
    let numbers = time.compactMap { $0.count == 2 ? Int($0) : nil }
    guard time.count == 3, numbers.count == 3, (0..<24).contains(numbers[0]),
      (0..<60).contains(numbers[1]), (0...60).contains(numbers[2])
    else { return nil }
    return date.daysSince1970 * 86_400 + numbers[0] * 3_600 + numbers[1] * 60 + numbers[2]
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
