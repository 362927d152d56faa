import Testing

@testable import Markup

@Suite("merging where a section was taken away, or replaced")
struct MergedRemovalsTests {
  private static let monday = "## Monday\n\n- a house\n- done\n\n"
  private static let tuesday = "## Tuesday\n\n- the bank\n- done\n\n"
  private static let wednesday = "## Wednesday\n\n- home\n- done\n"

  private static func week(_ intro: String, _ days: String...) -> String {
    "# Week\n\n\(intro).\n\n" + days.joined()
  }

  @Test("a section that both took away, of those that end alike, takes nothing of another along")
  func bothTookAway() {
    let base = Self.week("Intro words", Self.monday, Self.tuesday, Self.wednesday)
    let theirs = Self.week("Intro words", Self.monday, Self.wednesday)
    let ours = Self.week("Intro more words", Self.monday, Self.wednesday)
    #expect(merged(base, ours, theirs) == ours)
    // The same where the sections end in a line across the page.
    func ruled(_ text: String) -> String {
      text.replacing("- done", with: "Full example coming soon!\n\n---").replacing("- ", with: "")
    }
    #expect(merged(ruled(base), ruled(ours), ruled(theirs)) == ruled(ours))
  }

  @Test("a line taken out of a section that the other side took away goes nowhere else")
  func lineOfTakenAway() {
    let base = Self.week("Intro words", Self.monday, Self.tuesday, Self.wednesday)
    let theirs = Self.week("Intro more words", Self.monday, Self.wednesday)
    let tuesday = Self.tuesday.replacing("- done\n", with: "")
    #expect(
      merged(base, Self.week("Intro words", Self.monday, tuesday, Self.wednesday), theirs)
        == theirs)
  }

  @Test("a line added to a section that the other side took away is a question")
  func addedToTakenAway() {
    let base = Self.week("Intro words", Self.monday, Self.tuesday, Self.wednesday)
    let theirs = Self.week("Intro more words", Self.monday, Self.wednesday)
    let tuesday = Self.tuesday.replacing(
      "- done\n", with: "- done\n- ask Paul for the key to the safe\n")
    #expect(
      merged(base, Self.week("Intro words", Self.monday, tuesday, Self.wednesday), theirs) == nil)
  }

  @Test("what one side put into the section before the one that both took away stays there")
  func addedBeforeTakenAway() {
    let base = Self.week("Intro words", Self.monday, Self.tuesday, Self.wednesday)
    let monday = Self.monday.replacing("- done\n", with: "- ask Paul for the key\n- done\n")
    let ours = Self.week("Intro words", monday, Self.wednesday)
    #expect(
      merged(base, ours, Self.week("Intro more words", Self.monday, Self.wednesday))
        == ours.replacing("Intro", with: "Intro more"))
  }
}
