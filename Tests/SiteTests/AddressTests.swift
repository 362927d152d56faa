import Testing

@testable import Site

@Suite struct AddressTests {
  @Test(
    "a link leads from one place to another",
    arguments: [
      ("", "", "./"), ("", "posts/a/", "posts/a/"), ("posts/a/", "", "../../"),
      ("posts/a/", "posts/b/", "../b/"), ("posts/a/v1/", "posts/a/", "../"),
      ("posts/a/", "posts/a/v1/changes/", "v1/changes/"), ("posts/a/", "posts/a/", "./"),
      ("posts/a/v1/", "files/x.png", "../../../files/x.png"), ("", "style.css", "style.css"),
      ("posts/a/", "posts/a/index.md", "index.md"), ("posts/ab/", "posts/a/", "../a/"),
      ("", "posts/ü x/", "posts/%C3%BC%20x/"),
    ])
  func hosted(from: String, to: String, expected: String) {
    #expect(Address.relative(folder: from, isHosted: true).url(to) == expected)
  }

  @Test(
    "what is shown anywhere links from the host's top",
    arguments: [
      ("https://example.org/", "/"), ("https://example.org/b/c/", "/b/c/"),
      ("http://localhost:80/b/", "/b/"),
    ])
  func rooted(base: String, top: String) {
    let address = Address.rooted(base: base)
    #expect(address.url("") == top)
    #expect(address.url("posts/ü/") == top + "posts/%C3%BC/")
  }

  @Test("on a disk a folder is linked to by its page")
  func disk() {
    let address = Address.relative(folder: "posts/a/", isHosted: false)
    #expect(address.url("posts/b/") == "../b/index.html")
    #expect(address.url("posts/a/") == "index.html")
    #expect(address.url("style.css") == "../../style.css")
    #expect(address.url("posts/b/", fragment: "x y") == "../b/index.html#x%20y")
  }

  @Test("a place within the same page is a fragment alone")
  func fragment() {
    let address = Address.relative(folder: "posts/a/", isHosted: true)
    #expect(address.url("posts/a/", fragment: "x") == "#x")
    #expect(
      Address.absolute(base: "https://e.org/").url("posts/a/", fragment: "x")
        == "https://e.org/posts/a/#x")
  }

  @Test(
    "an address is made of letters and digits",
    arguments: [
      ("How Sync Works", "how-sync-works"), ("C++ & C--", "c-c"), ("don't", "dont"),
      ("Über  uns!", "über-uns"), ("日本語", "日本語"), ("../..", "post"), ("", "post"),
      ("e\u{301}te", "\u{E9}te"), ("a/b\\c", "a-b-c"), ("%2e%2e", "2e-2e"),
    ])
  func slugs(text: String, expected: String) {
    #expect(Array(Slug.make(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("a long name makes an address that a file system takes")
  func long() {
    let slug = Slug.make(String(repeating: "日", count: 500))
    #expect(slug.utf8.count <= 120 && !slug.isEmpty)
  }

  @Test("JSON cannot end the script that it stands in")
  func json() {
    #expect(
      JSON.string("</script>&\"\\\n\u{2028}")
        == "\"\\u003c/script\\u003e\\u0026\\\"\\\\\\n\\u2028\"")
  }
}
