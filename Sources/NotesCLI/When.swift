internal import Git
internal import History
internal import Markup
internal import NoteIndex

/// Dates as people type them.
extension Session {
  /// A typed date as a moment, as `TimeWords` reads it.
  ///
  /// A day without a time is its last second, so that "as of" a day holds all of it; a length that
  /// is counted back, as in `3 months ago`, is just so long ago.
  func date(_ text: String) throws -> Moment {
    let words = try timeWords(text)
    let seconds = words.moment ?? words.range.upperBound - 1
    return Moment(seconds: seconds, offset: offset(seconds))
  }

  /// The first second of a typed day, for filters: "after" a day begins with it.
  func firstSecond(of text: String) throws -> Int64 {
    try timeWords(text).range.lowerBound
  }

  /// What a filter wants of notes: made or changed on or after one typed day, and before another.
  func time(after: String?, before: String?) throws -> Filter.Time {
    let place = LocalTime(offset: offset)
    let from = try after.map { try firstSecond(of: $0) }
    let end = try before.map { try firstSecond(of: $0) }
    var time = Filter.Time(from: from, before: end)
    time.fromDay = from.map(place.day)
    time.beforeDay = end.map(place.day)
    return time
  }

  /// When a typed stretch of time begins; a length that is counted back is just so long ago.
  func start(of text: String) throws -> Int64 {
    let words = try timeWords(text)
    return words.moment ?? words.range.lowerBound
  }

  /// Before when all is that is older than what was typed: a day begins with its first second, and a
  /// length that is counted back is just so long ago.
  func end(ofWhatIsOlderThan text: String) throws -> Int64 {
    let words = try timeWords(text)
    let moment = words.isCountedBack ? words.moment : nil
    return moment ?? words.range.lowerBound
  }

  private func timeWords(_ text: String) throws -> TimeWords {
    let now = clock() / 1_000_000_000
    let place = LocalTime(offset: offset)
    guard let words = TimeWords(text, now: now, offset: offset(now), place: place) else {
      throw Failure(
        "'\(text)' is no date", hint: "2025-06-01, 2025-06, yesterday, '3 months ago'",
        status: .usage)
    }
    return words
  }

  /// Whether a text is a year that has begun.
  private func isYear(_ text: String) -> Bool {
    guard text.utf8.count == 4, let year = Int(text) else { return false }
    return year >= 1_900 && text <= moment.day.prefix(4)
  }

  /// A typed revision: `v3` is a version; a date where it reads as one, else the name of a snapshot.
  func revision(_ text: String) throws -> Revision {
    if text.first == "v", let number = Int(text.dropFirst()), number > 0 { return .version(number) }
    let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    // `20250601` could be both; only a date with marks in it is taken for one, and a year, which few
    // would type as the first digits of a snapshot.
    if isHex, text.utf8.count >= 4, !isYear(text) { return .commit(text) }
    let inner =
      text.hasPrefix("{") && text.hasSuffix("}") ? String(text.dropFirst().dropLast()) : text
    // What has a date's form and is none is no snapshot's name either.
    if inner.wholeMatch(of: /[0-9]{4}-[0-9]{1,2}(-[0-9]{1,2})?([T ].*)?/) != nil {
      return .date(try date(inner))
    }
    if let moment = try? date(inner) { return .date(moment) }
    return .commit(inner)
  }
}
