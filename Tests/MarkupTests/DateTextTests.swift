import Markup
import Testing

@Suite struct DateTextTests {
  @Test(
    "dates as people write them",
    arguments: [
      ("2022-11-29", 1_669_680_000), ("2022-11-29T10:00:00Z", 1_669_716_000),
      ("2022-11-29T10:00:00+02:00", 1_669_708_800), ("2022-11-29 10:00", 1_669_716_000),
      ("2022-11-29T10:00:00.123-0600", 1_669_737_600), ("2022/11/29", 1_669_680_000),
      ("March 5, 2021", 1_614_902_400), ("Mar 5 2021", 1_614_902_400),
      ("5th March 2021", 1_614_902_400), ("2021-03", 1_614_556_800), ("20210305", 1_614_902_400),
      ("1970-01-01", 0), ("1969-12-31T23:59:59", -1), ("0001-01-01", -62_135_596_800),
      ("2021-06-16T20:39:15-04:00", 1_623_890_355), ("2000-02-29", 951_782_400),
      ("2021-03-05, 10:00", 1_614_938_400),
    ])
  func dates(text: String, seconds: Int) throws {
    let date = try #require(DateText(text))
    #expect(date.secondsSince1970 == seconds)
  }

  @Test(
    "what is no date is nothing, and never a trap",
    arguments: [
      "", "2022", "2022-13-01", "2021-02-29", "1900-02-29", "{{date}}", "292277026596-12-04",
      "99999999999999999999", "2022-11-29T25:00", "yesterday", "2022-11-29 and more", "0000-01-01",
      "12:30", "2022-11-", "March", "5 x 2021", String(repeating: "9", count: 100), "\u{0}",
    ])
  func noDates(text: String) { #expect(DateText(text) == nil) }

  @Test("days and dates are each other's inverse", arguments: 0..<40)
  func inverse(seed: Int) {
    for step in 0..<500 {
      let days = seed * 18_000 + step * 36 - 300_000
      let date = CivilDate(secondsSince1970: days * 86_400 + 5)
      #expect(date.daysSince1970 == days)
      #expect(CivilDate(year: date.year, month: date.month, day: date.day) == date)
    }
  }

  @Test("seconds far out of the calendar give its first or last day")
  func extremes() {
    #expect(CivilDate(secondsSince1970: .max).text == "9999-12-31")
    #expect(CivilDate(secondsSince1970: .min).text == "0001-01-01")
  }
}
