import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("The index of a history")
struct PastIndexTests {
  private struct Interrupted: Error {}

  @Test("a filling that was interrupted leaves nothing, so that the next one sees everything")
  func interrupted() throws {
    let test = try TestVault(["a.md": "A.\n"])
    let index = try PastIndex(of: test.vault, cacheFolder: nil)
    let path = try NotePath("a.md")
    #expect(throws: Interrupted.self) {
      try index.take(upTo: "1500", now: test.now) { taker in
        for number in 0..<1_500 {
          let change = PastChange(
            path: path, was: nil, old: nil, new: "\(number)", gone: [], came: [])
          try taker.take(
            PastCommit(
              name: "\(number)", parents: [], seconds: 0, author: "Ada", message: "",
              changes: [change]))
        }
        throw Interrupted()
      }
    }
    #expect(try index.head() == nil)
    #expect(try index.texts(of: path).isEmpty)
  }
}
