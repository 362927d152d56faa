import Markup
import Testing

@Suite struct TagTests {
  @Test(
    "a tag begins a word and has a letter",
    arguments: [
      ("#tag", ["tag"]), ("text #a/b-c_d.", ["a/b-c_d"]), ("(#x) \"#y\" *#z*", ["x", "y", "z"]),
      ("#1 #2a #3/x", ["2a", "3/x"]), ("a#b ##c", []), ("# heading", []), ("## h #tag", ["tag"]),
      ("`#x` $#y$ [a](#z) [[n#h]] https://a.b/#c", []), ("#ünï #标签。#二", ["ünï", "标签", "二"]),
      ("#trail/ #", ["trail"]), ("<a href=\"#no\">#yes</a>", ["yes"]), ("&#39; \\#no", []),
      ("```\n#no\n```\n#yes", ["yes"]), ("# T {#id}", []), ("#café’s", ["café"]),
    ])
  func tags(text: String, expected: [String]) {
    let document = Document(text)
    #expect(document.tags.map(\.name) == expected)
    #expect(document.tags.map { document.text($0.range) } == expected.map { "#" + $0 })
  }

  @Test("tags of the front matter and the text are one list, each once, as first written")
  func allTags() {
    let document = Document("---\ntags: [Rust, \"#web\"]\nkeywords: a b\n---\n#rust #New\n")
    #expect(document.allTags == ["Rust", "web", "a", "b", "New"])
  }
}
