internal import Git
internal import History
internal import Markup

/// Dates as people type them.
extension Session {
  /// A typed date as a moment.
  ///
  /// Known are `2025-06-01`, `2025-06`, `today`, `yesterday`, `3 months ago`, `last week`. A day without a time is its last second, so that "as of" a day holds all of it.
  func date(_ text: String) throws -> Moment {
    let words = text.lowercased().split(separator: " ").map(String.init)
    if let seconds = relative(words) { return Moment(seconds: seconds, offset: offset(seconds)) }
    guard let parsed = DateText(text) else {
      throw Failure(
        "'\(text)' is no date", hint: "2025-06-01, 2025-06, yesterday, '3 months ago'",
        status: .usage)
    }
    let seconds = lastSecond(of: parsed, isMonth: text.utf8.count == 7)
    return Moment(seconds: seconds, offset: offset(seconds))
  }

  /// The first second of a typed day, for filters: "after" a day begins with it.
  func firstSecond(of text: String) throws -> Int64 {
    guard let parsed = DateText(text) else { return try date(text).seconds }
    return Int64(parsed.secondsSince1970) - (parsed.offset == nil ? localOffset : 0)
  }

  private func lastSecond(of date: DateText, isMonth: Bool) -> Int64 {
    let first = Int64(date.secondsSince1970) - (date.offset == nil ? localOffset : 0)
    if date.secondOfDay != nil { return first }
    let days = isMonth ? Int64(CivilDate.days(inMonth: date.date.month, of: date.date.year)) : 1
    return first + days * 86_400 - 1
  }

  private var localOffset: Int64 { Int64(offset(clock() / 1_000_000_000)) }

  /// A typed revision: a date where it reads as one, else the name of a snapshot.
  func revision(_ text: String) throws -> Revision {
    let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    // `20250601` could be both; only a date with marks in it is taken for one.
    if isHex, text.utf8.count >= 4 { return .commit(text) }
    let inner =
      text.hasPrefix("{") && text.hasSuffix("}") ? String(text.dropFirst().dropLast()) : text
    if let moment = try? date(inner) { return .date(moment.seconds) }
    return .commit(inner)
  }

  private func relative(_ words: [String]) -> Int64? {
    let now = clock() / 1_000_000_000
    let day: Int64 = 86_400
    switch words {
    case ["now"], ["today"]: return now
    case ["yesterday"]: return now - day
    default: break
    }
    let lengths: [String: Int64] = [
      "second": 1, "minute": 60, "hour": 3_600, "day": day, "week": 7 * day, "month": 30 * day,
      "year": 365 * day,
    ]
    func length(_ word: String) -> Int64? {
      lengths[word] ?? (word.hasSuffix("s") ? lengths[String(word.dropLast())] : nil)
    }
    if words.count == 2, words[0] == "last" { return length(words[1]).map { now - $0 } }
    guard words.count == 3, words[2] == "ago", let unit = length(words[1]) else { return nil }
    let number = words[0] == "a" || words[0] == "an" ? 1 : Int64(words[0])
    guard let number, number >= 0, number < 100_000 else { return nil }
    return now - number * unit
  }
}
