import Testing

@Suite("days west of Greenwich, with daylight saving")
struct WhenTests {
  /// Los Angeles, with the summer of 2022 as the only one there is.
  private func vault() throws -> TestVault {
    try TestVault(offset: { (1_647_165_600..<1_667_725_200).contains($0) ? -25_200 : -28_800 })
  }

  @Test(
    "a note gets the day that was typed, in summer and in winter, and of a month its first",
    arguments: [
      ("2022-07-10", "2022-07-10"), ("2022-12-10", "2022-12-10"), ("2022-03-13", "2022-03-13"),
      ("2022-11-06", "2022-11-06"), ("2022-07", "2022-07-01"), ("2022", "2022-01-01"),
      ("5 July 2022", "2022-07-05"),
    ])
  func add(typed: String, day: String) throws {
    let result = try vault().notes("add", "x", "--date", typed, "--dry-run")
    #expect(result.output.contains("\ncreated: \(day)\n"), "\(result.output)")
  }

  @Test("a day in front matter is that day for the options, and as it is shown")
  func days() throws {
    let vault = try vault()
    for day in ["09", "10", "11"] {
      try vault.write("---\ndate: 2022-12-\(day)\nupdated: 2022-12-\(day)\n---\n", to: "\(day).md")
    }
    try vault.write("---\ndate: 2022-12-10T23:30:00-08:00\n---\n", to: "late.md")
    func listed(_ arguments: String...) -> [String] {
      vault.run(["list", "-q", "--format", "path"] + arguments).lines
    }
    #expect(
      listed("--created-after", "2022-12-10", "--created-before", "2022-12-11") == [
        "10.md", "late.md",
      ])
    #expect(listed("--created-before", "2022-12-10") == ["09.md"])
    #expect(listed("--modified-before", "2022-12-11") == ["09.md", "10.md"])
    #expect(vault.notes("list", "-q", "path:10.md").output.contains("  2022-12-10"))
    try vault.notes("add", "Now", "x").succeeded()
    #expect(listed("--created-after", "today") == ["now.md"])
    #expect(listed("--created-after", "2022-12-11").contains("now.md"))
  }
}
