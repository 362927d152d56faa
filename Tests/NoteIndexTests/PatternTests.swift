import NoteIndex
import TestSupport
import Testing

@Suite("A pattern fits as in Perl")
struct PatternTests {
  private func matches(_ pattern: String, _ text: String) throws -> [String] {
    let bytes = Array(text.utf8)
    let ranges = try Pattern(pattern).matches(in: bytes)
    return ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test("letters of any script, ends of lines, and any case without a capital letter")
  func fits() throws {
    #expect(try matches("^\\w+$", "über\ntwo words\nEnde") == ["über", "Ende"])
    #expect(try matches("v\\d", "V1 v2") == ["V1", "v2"])
    #expect(try matches("V\\d", "V1 v2") == ["V1"])
    #expect(try matches("\\Sx", "ax AX") == ["ax", "AX"])
    #expect(try matches("漢.", "漢字") == ["漢字"])
    #expect(try matches("a*", "b").isEmpty)
    #expect(try Pattern("V", ignoresCase: true).matches(in: Array("v".utf8)) == [0..<1])
    #expect(try Pattern("a*").fits([]))
  }

  @Test("bytes that are no UTF-8 are no letters, and do no harm")
  func invalid() throws {
    #expect(try Pattern("b").matches(in: [0x61, 0xFF, 0x62, 0xC3]) == [2..<3])
    #expect(try Pattern("b").matches(in: Array(repeating: 0x62, count: 9), limit: 4).count == 4)
  }

  @Test(
    "a pattern that cannot be compiled says why",
    arguments: ["(", "[a", "a{2,1}", "\\C", "(?<n"])
  func broken(text: String) {
    #expect(throws: Pattern.Failure.self) { try Pattern(text) }
  }

  @Test("a pattern that tries for ever is given up", arguments: ["(a+)+$", "(a|aa)+$", "(.*)*b"])
  func catastrophe(text: String) throws {
    let pattern = try Pattern(text)
    let bytes = Array(String(repeating: "a", count: 5_000).utf8) + Array("!c".utf8)
    let took = ContinuousClock().measure {
      _ = try? pattern.fits(bytes)
      _ = try? pattern.matches(in: bytes)
    }
    #expect(took < .seconds(10))
  }

  @Test("patterns are looked for in the files, beside everything else")
  func search() throws {
    let test = try TestVault([
      "a.md": "version v12 here\n", "b.md": "version vX here #t\n", "c.md": "nothing\n",
    ])
    let index = try test.fresh()
    #expect(try index.search(Query("/v\\d+/")).paths == ["a.md"])
    #expect(try index.search(Query("version -/v\\d+/")).paths == ["b.md"])
    #expect(try index.search(Query("/v\\d+/ OR tag:t")).paths == ["a.md", "b.md"])
    #expect(try index.search(Query("/^n/ OR /12/")).paths == ["a.md", "c.md"])
    #expect(try index.search(Query("/version/ here")).paths.sorted() == ["a.md", "b.md"])
    #expect(try index.search(Query("nothing /version/")).paths.isEmpty)
  }
}
