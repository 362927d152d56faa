import Markup
import Testing

@Suite("Stretches of time are read as people type them")
struct TimeWordsTests {
  /// Saturday, the first of June 2024, at noon UTC.
  private let now: Int64 = 1_717_243_200

  private func days(_ words: TimeWords?) -> String {
    guard let words else { return "-" }
    let first = CivilDate(secondsSince1970: Int(words.range.lowerBound)).text
    let last = CivilDate(secondsSince1970: Int(words.range.upperBound) - 1).text
    return (first == last ? first : first + ".." + last) + (words.isOpen ? ".." : "")
  }

  @Test(arguments: [
    ("2025", "2025-01-01..2025-12-31"), ("2025-02", "2025-02-01..2025-02-28"),
    ("2024-02-29", "2024-02-29"), ("2024-02-30", "-"), ("June 2025", "2025-06-01..2025-06-30"),
    ("5 March 2021", "2021-03-05"), ("March 5, 2021", "2021-03-05"), ("20240229", "2024-02-29"),
    ("today", "2024-06-01"), ("Yesterday", "2024-05-31"), ("tomorrow", "-"),
    ("this week", "2024-05-27..2024-06-02"), ("last week", "2024-05-20..2024-05-26"),
    ("last-week", "2024-05-20..2024-05-26"), ("this month", "2024-06-01..2024-06-30"),
    ("last month", "2024-05-01..2024-05-31"), ("last year", "2023-01-01..2023-12-31"),
    ("monday", "2024-05-27"), ("saturday", "2024-06-01"), ("last saturday", "2024-05-25"),
    ("last monday", "2024-05-27"), ("june", "2024-06-01..2024-06-30"),
    ("july", "2023-07-01..2023-07-31"), ("3 days ago", "2024-05-29"), ("a week ago", "2024-05-25"),
    ("3-days-ago", "2024-05-29"), ("3 months ago", "2024-03-03"), ("10d", "2024-05-22.."),
    ("2w", "2024-05-18.."), ("3m", "2024-03-03.."), ("1y", "2023-06-02.."),
    ("last 3 months", "2024-03-03.."), ("past week", "2024-05-25.."),
    ("soon", "-"), ("", "-"), ("0", "-"), ("13", "-"), ("3 apples ago", "-"), ("99999y", "-1.."),
    ("999999 days ago", "-"), ("2025-13", "-"), ("-", "-"), ("ago", "-"), ("last", "-"),
  ])
  func words(text: String, expected: String) {
    let found = days(TimeWords(text, now: now))
    // So long ago that no calendar has it: only that it is read matters.
    if expected == "-1.." { #expect(found != "-") } else { #expect(found == expected) }
  }

  @Test("the user's clock says which day it is, and days are the user's where that is asked for")
  func offsets() {
    // Two in the morning of the second of June, 14 hours ahead.
    #expect(days(TimeWords("today", now: now, offset: 14 * 3_600)) == "2024-06-02")
    let place = LocalTime { _ in 3_600 }
    let local = TimeWords("2024-06-01", now: now, offset: 3_600, place: place)
    let day = 1_717_200_000 as Int64
    #expect(local?.range == day - 3_600..<day + 82_800)
    #expect(TimeWords("2024-06-01T10:00Z", now: now)?.range == day + 36_000..<day + 36_001)
  }

  @Test(
    "a local day has its own offset, whatever holds now, and 23 hours where an hour is left out")
  func daylightSaving() {
    // Berlin in 2022: two hours ahead from 27 March to 30 October, 01:00 UTC.
    let berlin = LocalTime { (1_648_342_800..<1_667_091_600).contains($0) ? 7_200 : 3_600 }
    func range(_ text: String, _ place: LocalTime = berlin) -> Range<Int64>? {
      TimeWords(text, now: now, offset: 3_600, place: place)?.range
    }
    let july = 1_657_411_200 as Int64
    #expect(range("2022-07-10") == july - 7_200..<july + 86_400 - 7_200)
    #expect(range("2022-07-10T10:00") == july + 28_800..<july + 28_801)
    #expect(range("2022-07-10T10:00Z") == july + 36_000..<july + 36_001)
    let march = 1_648_339_200 as Int64
    #expect(range("2022-03-27") == march - 3_600..<march + 79_200)
    let (first, next) = (1_646_092_800 as Int64, 1_648_771_200 as Int64)
    #expect(range("2022-03") == first - 3_600..<next - 7_200)
    // Half past two is left out there on that day, and is twice on the last of October.
    #expect(range("2022-03-27T02:30")?.lowerBound == march + 5_400)
    let october = 1_667_088_000 as Int64
    #expect(range("2022-10-30T02:30")?.lowerBound == october + 1_800)
    // Where midnight itself is left out, the day begins an hour later.
    let beirut = LocalTime { $0 < 1_648_332_000 ? 7_200 : 10_800 }
    #expect(range("2022-03-27", beirut)?.lowerBound == 1_648_332_000)
    #expect(berlin.day(of: july - 7_200) == july)
    #expect(berlin.day(of: july - 7_201) == july - 86_400)
  }

  @Test("a length counted back is just so long ago")
  func moments() {
    #expect(TimeWords("yesterday", now: now)?.moment == now - 86_400)
    #expect(TimeWords("3 months ago", now: now)?.moment == now - 90 * 86_400)
    #expect(TimeWords("last week", now: now)?.moment == now - 7 * 86_400)
    #expect(TimeWords("2 hours ago", now: now)?.range.lowerBound == now - 7_200)
    #expect(TimeWords("2025-06", now: now)?.moment == nil)
  }

  @Test("without a clock only dates are read")
  func noClock() {
    #expect(TimeWords("today", now: nil) == nil)
    #expect(TimeWords("2024", now: nil) != nil)
  }
}
