import Markup
import Testing

@Suite("Dates of HTTP")
struct HTTPDateTests {
  private static let dates = [
    (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (1_795_822_200, "Fri, 27 Nov 2026 23:30:00 GMT"),
    (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
  ]

  @Test("a date is told and read as RFC 9110 has it", arguments: dates)
  func both(seconds: Int, text: String) {
    #expect(HTTPDate.text(seconds) == text)
    #expect(HTTPDate.seconds(text) == seconds)
  }

  @Test(
    "what is no such date is none",
    arguments: [
      "", "yesterday", "2026-11-27T23:30:00Z", "Sun, 06 Nov 1994 08:49:37 CET",
      "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 -8:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 GMT GMT",
    ])
  func none(text: String) {
    #expect(HTTPDate.seconds(text) == nil)
  }
}
