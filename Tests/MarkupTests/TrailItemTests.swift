import Markup
import Testing

@Suite struct TrailItemTests {
  @Test(
    "a date of an idea is a day, a month, a year or a decade, about or before our era",
    arguments: [
      "1954", "2005-04", "2005-04-01", "1950s", "c. 1905", "ca. 300", "~1905", "circa 1905",
      "-0300",
      " 1954 ",
    ])
  func dates(text: String) { #expect(IdeaDate(text) != nil) }

  @Test(
    "anything else is none",
    arguments: [
      "", "soon", "1954-13", "1954-01-32", "20051", "1955s", "1954/01", "-", "19 54", "٣",
    ])
  func noDates(text: String) { #expect(IdeaDate(text) == nil) }

  @Test("one date is before another only where all of it is")
  func order() throws {
    let order = ["-0300", "-0200", "0001", "1899", "1900s", "1954-03", "1954-04-01", "1955"]
    let dates = order.compactMap { IdeaDate($0) }
    try #require(dates.count == order.count)
    for (place, date) in dates.enumerated() {
      for (other, later) in dates.enumerated() { #expect(date.isBefore(later) == (place < other)) }
    }
    let year = try #require(IdeaDate("1954"))
    let month = try #require(IdeaDate("1954-06"))
    #expect(!year.isBefore(month) && !month.isBefore(year))
    #expect(IdeaDate.precedes(year, month))
  }

  @Test(
    "the items of lists that link to a note are the steps, each with what is said behind the link")
  func items() {
    let document = Document(
      """
      Not [[this]] one.

      1. [[one]] (1954): it *answered* this; open: [[aside]].
      2. Read [two](two.md) — and wonder.
         - [[nested@v2#Head|n]]
      3. <https://example.org> is no note.
      4. no link

      - **[[five]]** (see above) first
      """)
    #expect(
      document.trailItems.map { document.links[$0.link].target } == [
        "one", "two.md", "nested", "five",
      ])
    #expect(
      document.trailItems.map(\.text) == [
        "it *answered* this; open: [[aside]].", "and wonder.", "", "(see above) first",
      ])
    #expect(document.trailItems.map(\.line) == [3, 4, 5, 9])
  }
}
