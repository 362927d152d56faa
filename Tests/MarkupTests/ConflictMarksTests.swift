import Testing

@testable import Markup

@Suite("the marks of an unfinished merge")
struct ConflictMarksTests {
  private func lines(_ text: String) -> [Int] {
    ConflictMarks.all(in: Array(text.utf8)).map(\.line)
  }

  @Test("are found where all three stand at the beginnings of lines, in their order")
  func found() {
    #expect(lines("<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> theirs\n") == [1])
    #expect(lines("a\r\n<<<<<<< x\r\n=======\r\n>>>>>>> y") == [2])
    let two = "<<<<<<< a\n||||||| b\n=======\n>>>>>>> c\n\ntext\n\n"
    #expect(lines(two + two) == [1, 8])
    #expect(lines("---\ntags: a\n<<<<<<< a\nx: 1\n=======\nx: 2\n>>>>>>> b\n---\n") == [3])
  }

  @Test(
    "are not taken for such where one is missing, in another order, within a line, or in code",
    arguments: [
      "<<<<<<< HEAD\none\n>>>>>>> theirs\n", "=======\n<<<<<<< a\n>>>>>>> b\n",
      "Title\n=======\n\n>>>>>>> quoted\n", " <<<<<<< a\n=======\n>>>>>>> b\n",
      "<<<<<<< a\n======== \n>>>>>>> b\n", "<<<<<<<a\n=======\n>>>>>>> b\n",
      "As git has it:\n\n```\n<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> theirs\n```\n",
      "As git has it:\n\n    <<<<<<< HEAD\n    =======\n    >>>>>>> theirs\n", "",
    ])
  func notFound(text: String) {
    #expect(lines(text).isEmpty)
  }
}
