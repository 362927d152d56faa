import Foundation
import TestSupport
import Testing

/// What becomes of a site's addresses, and what is told of it, as posts come, change and go.
@Suite struct PublishAddressTests {
  @Test("text that becomes public at an address that was there is told, by its version")
  func changedText() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# A\n\none two three\n")
    try vault.publish().succeeded()
    try vault.write("# A\n\none two secret\n", to: "posts/a.md")
    // A second version of one day takes the place of the first.
    #expect(try vault.notes("version", "cut", "posts/a.md").succeeded().output.contains("v1"))
    #expect(
      try vault.publish("--dry-run").succeeded().lines
        == ["would be public: posts/a.md  text of v1 changed"])
    #expect(
      try vault.publish("--dry-run", "--format", "json").succeeded().output
        .contains(/"changedVersions" : \[\s*"v1"\s*\]/))
    #expect(
      try vault.publish().succeeded().lines == ["public: posts/a.md  text of v1 changed"])
    #expect(try vault.publish().succeeded().lines.isEmpty)
  }

  @Test("what is said beside the text is told as the text is")
  func changedDescription() throws {
    let vault = try TestVault()
    try vault.post("a.md", "---\ndescription: one\n---\n# A\n\none two three\n")
    try vault.publish().succeeded()
    try vault.write("---\ndescription: two\n---\n# A\n\none two three\n", to: "posts/a.md")
    try vault.notes("version", "cut", "posts/a.md").succeeded()
    #expect(
      try vault.publish("--dry-run").succeeded().lines
        == ["would be public: posts/a.md  text of v1 changed"])
  }

  @Test("a post at an address that was another's is told as new, and the other as gone")
  func takenAddress() throws {
    let vault = try TestVault()
    try vault.post("x/a.md", "# First\n\none\n")
    try vault.post("y/a.md", "# Second\n\ntwo\n")
    try vault.publish().succeeded()
    try vault.write("---\nprivate: true\n---\n# First\n\none\n", to: "posts/x/a.md")
    let lines = try vault.publish("--dry-run").succeeded().lines
    #expect(lines.contains("would be public: posts/y/a.md  v1  posts/a/"))
    #expect(lines.contains("would go: posts/a/  of another note, First"))
    #expect(lines.contains("would go: posts/a-2/v1/"))
  }

  @Test("a site of a time before its texts said whose they are makes no news of it")
  func olderSite() throws {
    let vault = try TestVault()
    try vault.post("a.md", "---\ndescription: d\n---\n# A\n\none two three\n")
    try vault.publish().succeeded()
    for place in ["posts/a/index.md", "posts/a/v1/index.md"] {
      let text = try vault.page(place).replacing(/\n(id|url|description|note): [^\n]*/, with: "")
      try vault.folder.write(text, to: "site/" + place)
    }
    #expect(try vault.publish("--dry-run").succeeded().lines.isEmpty)
  }

  @Test("every page of a renamed post leads on from where it was, and what machines read is there")
  func renamed() throws {
    let vault = try TestVault()
    try vault.cut("old name.md", "# T\n\none\n", day: 0)
    try vault.cut("old name.md", "# T\n\none two\n", day: 1)
    try vault.publish().succeeded()
    let before = try vault.site().keys.filter { $0.hasPrefix("posts/old-name/") }
    let feed = try vault.page("posts/old-name/updates.xml")
    try vault.notes("mv", "posts/old name.md", "posts/new.md").succeeded()
    try vault.notes("save").succeeded()
    try vault.publish().succeeded()
    #expect(before.contains("posts/old-name/v2/changes/index.html"))
    for path in before {
      #expect(vault.hasPage(path), "\(path)")
      guard path.hasSuffix("/index.html") else { continue }
      let page = try vault.page(path)
      let end = path.dropFirst("posts/old-name/".count).dropLast("index.html".count)
      #expect(page.contains("posts/new/\(end)\">"), "\(path)")
      let up = String(repeating: "../", count: end.count { $0 == "/" } + 1)
      #expect(page.contains("content=\"0; url=\(up)new/\(end)\""), "\(path)")
    }
    let ids = { (feed: String) in feed.matches(of: /<id>[^<]*<\/id>/).map { String($0.output) } }
    let now = try vault.page("posts/old-name/updates.xml")
    #expect(ids(now) == ids(feed) && !ids(now).isEmpty)
    #expect(
      now.contains(
        "rel=\"self\" type=\"application/atom+xml\" href=\"https://example.org/b/posts/new/updates.xml\""
      ))
    #expect(
      try vault.page("posts/old-name/timemap.link").contains(
        "<https://example.org/b/posts/new/v1/>;rel=\"first memento\""))
    #expect(
      try vault.page("posts/old-name/v1/index.md").contains(
        "url: https://example.org/b/posts/new/v1/\n"))
  }

  @Test("what a post was called between two versions leads on", arguments: ["", "id: aaaa1111\n"])
  func calledBetween(id: String) throws {
    let vault = try TestVault()
    try vault.post("first.md", "---\n\(id)type: post\n---\n# T\n\none\n")
    for (old, new) in [("first", "second"), ("second", "third"), ("third", "fourth")] {
      try vault.notes("mv", "posts/\(old).md", "posts/\(new).md").succeeded()
      try vault.notes("save").succeeded()
    }
    try vault.publish().succeeded()
    for name in ["first", "second", "third"] {
      #expect(
        try vault.page("posts/\(name)/index.html").contains("content=\"0; url=../fourth/\""),
        "\(name)")
    }
    // A version that takes the place of the day's own leaves what that was called.
    try vault.write("---\n\(id)type: post\nslug: better\n---\n# T\n\none\n", to: "posts/fourth.md")
    try vault.notes("version", "cut", "posts/fourth.md").succeeded()
    try vault.publish().succeeded()
    for name in ["first", "second", "third"] {
      #expect(
        try vault.page("posts/\(name)/index.html").contains("content=\"0; url=../better/\""),
        "\(name)")
    }
    #expect(vault.hasPage("posts/better/v1/index.html") && !vault.hasPage("posts/better/v2"))
  }

  @Test("a post that is moved in with an earlier day takes no address from another")
  func movedIn() throws {
    let vault = try TestVault()
    try vault.post("review.md", "# Of today\n\none\n")
    try vault.write("---\ndate: 2015-01-02\n---\n# Of old\n\ntwo\n", to: "posts/old/review.md")
    try vault.run(
      ["version", "cut", "posts/old/review.md", "--date", "created"], clockAhead: 86_400
    ).succeeded()
    try vault.publish().succeeded()
    #expect(try vault.page("posts/review/index.html").contains("Of today"))
    let old = try vault.page("posts/review-2/index.html")
    #expect(old.contains("Of old") && old.contains("2015-01-02"))
  }

  @Test("where a version stood that was withdrawn leads on as well")
  func formerOfWithdrawn() throws {
    let vault = try TestVault()
    try vault.cut("one.md", "# T\n\none\n", day: 0)
    try vault.notes("mv", "posts/one.md", "posts/two.md").succeeded()
    try vault.cut("two.md", "# T\n\none two\n", day: 1)
    try vault.notes("version", "withdraw", "posts/two.md@v1", "-m", "wrong").succeeded()
    try vault.publish().succeeded()
    #expect(try vault.page("posts/one/index.html").contains("content=\"0; url=../two/\""))
  }

  @Test("links as Hugo has them, to a post's address or its former one, lead to the post")
  func linksToAddresses() throws {
    let vault = try TestVault()
    try vault.post("one.md", "# One\n\n## Part\n")
    try vault.post("old.md", "# Moved\n\ntext\n")
    try vault.post(
      "two.md",
      """
      # Two

      [a](/posts/one/) [b](/posts/one) [c](/posts/one/#part) [d](one/) [e](../one/)

      [f](/posts/old.md) [[/posts/old]] [g](/posts/old/) [h](old.md)
      """)
    try vault.notes("mv", "posts/old.md", "posts/new.md").succeeded()
    try vault.notes("save").succeeded()
    // As a version that was cut before says it.
    try vault.publish().succeeded()
    let page = try vault.page("posts/two/v1/index.html")
    let one = ["a", "b"].map { "<a href=\"../../one/v1/\">\($0)</a>" }.joined(separator: " ")
    #expect(page.contains(one + " <a href=\"../../one/v1/#part\">c</a>"))
    #expect(page.contains("<a href=\"../../one/v1/\">d</a>"))
    for words in ["f", "Moved", "g", "h"] {
      #expect(page.contains("<a href=\"../../new/v1/\">\(words)</a>"), "\(words)")
    }
  }

  @Test("an address stays with the note that was published there first")
  func keptAddress() throws {
    let vault = try TestVault()
    try vault.cut("topic.md", "# Topic\n\none\n", day: 0)
    try vault.publish().succeeded()
    try vault.cut("other.md", "---\nslug: topic\n---\n# Other\n\ntwo\n", day: 1)
    let result = vault.publish()
    #expect(result.status == 2)
    #expect(
      result.errors.contains("posts/topic.md and posts/other.md both ask for the address topic"))
    #expect(try vault.page("posts/topic/index.html").contains("Topic"))
  }

  @Test("a note that took a name later is numbered, whichever of the two is older")
  func laterName() throws {
    let vault = try TestVault()
    try vault.cut("first.md", "# First\n\none\n", day: 0)
    try vault.cut("x/topic.md", "# Topic\n\none\n", day: 1)
    try vault.notes("mv", "posts/first.md", "posts/topic.md").succeeded()
    try vault.notes("save").succeeded()
    try vault.publish().succeeded()
    #expect(
      try vault.page("posts/topic/index.html").contains(
        "<h1 class=\"p-name\" dir=\"auto\" id=\"topic\">Topic</h1>"))
    #expect(
      try vault.page("posts/topic-2/index.html").contains(
        "<h1 class=\"p-name\" dir=\"auto\" id=\"first\">First</h1>"))
  }

  @Test("what is said beside a text names nothing that is not published")
  func quietWords() throws {
    let vault = try TestVault()
    try vault.write("---\nprivate: true\n---\n# Hush\n", to: "posts/zqhush project.md")
    try vault.post("b.md", "# B\n\nwords\n")
    try vault.post(
      "a.md",
      """
      ---
      title: About [[zqhush project]] and [[b]]
      description: "On [[zqhush project|that]] and ![[zqhush project]], see [[b]] %%zqcomment%%"
      tags: ["[[zqhush project]]", open]
      status: "as [[zqhush project]]"
      confidence: "[[zqhush project]]"
      ---
      words
      """, note: "Taken from [[zqhush project]]\n\n    [[zqhush project]]\n")
    try vault.post("c.md", "# About [[zqhush project]]\n\nwords\n")
    try vault.post("c.md", "# About [[zqhush project]]\n\nmore words\n")
    try vault.notes(
      "version", "withdraw", "posts/c.md@v1", "-m", "told too much of [[zqhush project]]"
    ).succeeded()
    let result = try vault.publish().succeeded()
    #expect(result.errors.contains("not named, as it is not published: zqhush project"))
    for (path, data) in try vault.site() {
      #expect(!String(decoding: data, as: UTF8.self).contains("zq"), "\(path)")
    }
    let page = try vault.page("posts/a/index.html")
    #expect(page.contains("<h1 class=\"p-name\" dir=\"auto\">About (not published) and [[b]]</h1>"))
    #expect(page.contains("og:description\" content=\"On that and (not published), see [[b]] \""))
    #expect(try vault.page("posts/a/history/index.html").contains("Taken from (not published)"))
    #expect(try vault.page("posts/c/index.html").contains("About (not published)</h1>"))
  }
}
