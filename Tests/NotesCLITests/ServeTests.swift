import Foundation
import TestSupport
import Testing
import Web

@testable import NotesCLI

/// The pages of a vault, asked without a server in between.
private struct Reader {
  let vault: TestVault
  private let desk: Desk

  init(_ vault: TestVault) throws {
    self.vault = vault
    desk = try vault.desk()
  }

  /// Asks for a page.
  func get(
    _ path: String..., query: [String: String] = [:], headers: [String: String] = [:]
  ) -> WebResponse {
    get(at: path, query: query, headers: headers)
  }

  /// Asks for a page.
  func get(
    at path: [String], query: [String: String] = [:], headers: [String: String] = [:]
  ) -> WebResponse {
    desk.response(to: WebRequest(path: path, query: query, headers: headers))
  }

  /// Sends a form.
  func post(_ path: String..., form: [String: String]) -> WebResponse {
    desk.response(to: WebRequest(path: path, form: form))
  }
}

extension WebResponse {
  fileprivate var text: String { String(decoding: body, as: UTF8.self) }
  fileprivate func header(_ name: String) -> String? { headers.last { $0.name == name }?.value }

  /// The value of a field of its form.
  fileprivate func field(_ name: String) -> String? {
    guard let start = text.range(of: "name=\"\(name)\" value=\"") else { return nil }
    return String(text[start.upperBound...].prefix { $0 != "\"" })
  }
}

@Suite("notes serve")
struct ServeTests {
  private func reader(_ files: [(String, String)] = []) throws -> Reader {
    let vault = try TestVault()
    for (path, text) in files { try vault.write(text, to: path) }
    return try Reader(vault)
  }

  // MARK: Reading

  @Test(
    "a page has the style of formulas where only a paragraph that links to it has one",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/javascript/katex/katex.js")))
  func formulaOfBacklink() throws {
    let reader = try reader([("a.md", "Plain.\n"), ("b.md", "As $x^2$ in [[a]].\n")])
    let page = reader.get("notes", "a.md")
    #expect(page.text.contains("class=\"katex"))
    #expect(page.text.contains("/static/katex/katex.min.css"))
    #expect(page.header("content-security-policy")?.contains("style-src-attr") == true)
    let other = try self.reader([("a.md", "Plain.\n"), ("b.md", "As $x$, and no link.\n")])
    #expect(!other.get("notes", "a.md").text.contains("katex.min.css"))
  }

  @Test("a note is shown with its links, its tags and who links to it")
  func note() throws {
    let reader = try reader([
      ("a/one.md", "# One\n\nSee [[Two]] and ![](pic.png).\n\n#idea\n"),
      ("two.md", "# Two\n\nText.\n"), ("a/pic.png", "no picture"),
    ])
    let page = reader.get("notes", "two.md")
    #expect(page.status == 200)
    #expect(page.text.contains("<h1 dir=\"auto\" id=\"two\">Two</h1>"))
    #expect(page.text.contains("Linked from"))
    #expect(page.text.contains("href=\"/notes/a/one.md\""))
    #expect(page.text.contains("class=\"graph\""))
    let other = reader.get("notes", "a", "one.md")
    #expect(other.text.contains("href=\"/notes/two.md\""))
    #expect(other.text.contains("src=\"/notes/a/pic.png\""))
    #expect(other.text.contains("/search?q=tag%3Aidea"))
    // The title stands above; it is not told again.
    #expect(other.text.ranges(of: ">One</h1>").count == 1)
  }

  @Test("an embed shows the other note, with links as that one has them")
  func embeds() throws {
    let reader = try reader([
      ("one.md", "# One\n\n![[a/two#Part]]\n\n![[a/two|Two]]\n"),
      ("a/two.md", "# Two\n\nSee [it](three.md).\n\n## Part\n\n![](pic.png)\n"),
      ("a/three.md", "# Three\n"), ("a/pic.png", "no picture"),
    ])
    let page = reader.get("notes", "one.md").text
    #expect(page.ranges(of: "<figure class=\"embed\">").count == 2)
    #expect(page.contains("<h2>Part</h2>\n<p><img src=\"/notes/a/pic.png\""))
    #expect(page.contains("<a href=\"/notes/a/two.md#part\">a/two › Part</a></figcaption>"))
    #expect(page.contains("<p>See <a href=\"/notes/a/three.md\">it</a>.</p>"))
    #expect(!page.contains(">Two</h1>"))
  }

  @Test(
    "where a text is shown on another note's page, its links to its own headings lead to its page")
  func linksToOwnHeadings() throws {
    let reader = try reader([
      ("a.md", "# A\n\n## Own part\n\nAnother.\n\n[here](#own-part)\n\n![[b]]\n"),
      ("b.md", "# B\n\n## Own part\n\nSee [[a]] and [[#Own part]].\n"),
    ])
    let page = reader.get("notes", "a.md").text
    #expect(page.ranges(of: "href=\"/notes/b.md#own-part\"").count == 2, "\(page)")
    #expect(page.ranges(of: "href=\"#own-part\"").count == 1)
    #expect(reader.get("notes", "b.md").text.contains("href=\"#own-part\""))
  }

  @Test("a heading with the words of the title has the name by which contents and links call it")
  func headingOfTitle() throws {
    let reader = try reader([
      ("a.md", "# Sum\n\n[below](#sum-1)\n\n## Sum\n\n## Rest\n\n## Last\n")
    ])
    let page = reader.get("notes", "a.md").text
    #expect(page.contains("<h2 id=\"sum-1\">Sum</h2>"))
    #expect(page.ranges(of: "href=\"#sum-1\"").count == 2)
  }

  @Test("links lead to the title, and to headings however they call them")
  func namesOfHeadings() throws {
    let reader = try reader([
      ("a.md", "# My Title\n\n[up](#my-title)\n\n## Timing (e.g. this)\n\n## Own {#name}\n"),
      ("b.md", "[[a#My Title]] [[a#Timing e g this]] [[a#Own]] [[a#^x]]\n\n![[a#My Title]]\n"),
    ])
    let page = reader.get("notes", "a.md").text
    #expect(page.contains("<h1 dir=\"auto\" id=\"my-title\">"))
    #expect(page.contains("href=\"#my-title\""))
    let links = reader.get("notes", "b.md").text
    for name in ["my-title", "timing-eg-this", "name", "%5Ex"] {
      #expect(links.contains("href=\"/notes/a.md#\(name)\""), "\(name)")
    }
    #expect(page.contains("id=\"timing-eg-this\"") && page.contains("id=\"name\""))
    #expect(links.contains("<p><a href=\"/notes/a.md#my-title\">up</a></p>"))
  }

  @Test("folders are browsed, with how many notes are below each")
  func folders() throws {
    let reader = try reader([
      ("a/b/one.md", "# One\n"), ("a/two.md", "# Two\n"), ("a-b/three.md", "# Three\n"),
      ("top.md", "# Top\n"),
    ])
    let top = reader.get("notes").text
    #expect(top.contains("href=\"/notes/a/\""))
    #expect(top.contains("2 notes"))
    #expect(top.contains("href=\"/notes/top.md\""))
    #expect(!top.contains("two.md"))
    let below = reader.get("notes", "a").text
    #expect(below.contains("href=\"/notes/a/b/\"") && below.contains("href=\"/notes/a/two.md\""))
    #expect(reader.get("notes", "no-such-folder").status == 404)
  }

  @Test(
    "the search has the command's own language and ranking, and is answered in part as one types")
  func search() throws {
    let reader = try reader([
      ("loss.md", "# Loss\n\nThe loss falls.\n\n#ml\n"), ("other.md", "# Other\n\nA loss.\n"),
    ])
    let page = reader.get("search", query: ["q": "loss tag:ml"]).text
    #expect(page.contains("loss.md") && !page.contains("other.md"))
    #expect(page.contains("<mark>"))
    let part = reader.get("search", query: ["q": "loss", "part": "1"]).text
    #expect(!part.contains("<html") && part.contains("other.md"))
    let listed = reader.vault.notes("search", "loss", "--format", "path").lines
    let shown = part.matches(of: /href="\/notes\/([^"]*)"/).map { String($0.1) }
    #expect(shown == listed)
    #expect(reader.get("search", query: ["q": ""]).status == 200)
    #expect(reader.get("search", query: ["q": "qqqq"]).text.contains("Nothing found."))
  }

  @Test("a pinned link leads to the note as it was")
  func pinned() throws {
    let reader = try reader([
      ("a.md", "# A\n\n[[b@v1]] [[b@2025-06-01|then]] [[b]]\n"), ("b.md", "# B\n"),
    ])
    let page = reader.get("notes", "a.md").text
    #expect(page.contains("href=\"/at/v1/b.md\"") && page.contains("href=\"/at/2025-06-01/b.md\""))
    #expect(page.contains("href=\"/notes/b.md\""))
  }

  @Test("the vault is read and searched as it stood")
  func then() throws {
    let reader = try reader([("a.md", "# A\n\nOld words, [[B]].\n"), ("b.md", "# B\n")])
    reader.vault.notes("save", "-m", "one")
    try reader.vault.write("# A\n\nNew words.\n", to: "a.md")
    try reader.vault.write("# C\n", to: "c.md")
    reader.vault.notes("save", "-m", "two")
    let page = reader.get("at", "HEAD^", "a.md")
    #expect(page.text.contains("Old words"))
    #expect(page.text.contains("href=\"/at/HEAD%5E/b.md\""))
    #expect(page.text.contains("The vault as it stood on"))
    #expect(page.header("memento-datetime") != nil)
    #expect(!reader.get("at", "HEAD^").text.contains("c.md"))
    #expect(reader.get("at", "HEAD^", "c.md").status == 404)
    #expect(reader.get("at", "no such moment", "a.md").status == 404)
    let found = reader.get("search", query: ["q": "old", "at": "HEAD^"]).text
    #expect(found.contains("href=\"/at/HEAD%5E/a.md\""))
    let past = reader.get("search", query: ["q": "old", "past": "1"]).text
    #expect(past.contains("gone"))
    let link = try #require(past.firstMatch(of: /href="\/at\/([^"\/]*)\/a.md"/)).1
    let revision = try #require(link.removingPercentEncoding)
    #expect(reader.get("at", revision, "a.md").text.contains("Old words"))
  }

  @Test("a version has the pictures that it had, though they are others by now, or gone")
  func picturesOfVersion() throws {
    let reader = try reader([("p.md", "---\ntype: post\n---\n# P\n\n![a](pics/a.svg) ![[b.svg]]\n")]
    )
    func draw(_ color: String, _ name: String) throws {
      try reader.vault.write(
        "<svg xmlns='http://www.w3.org/2000/svg' fill='\(color)'/>", to: "pics/\(name).svg")
    }
    for name in ["a", "b"] { try draw("red", name) }
    reader.vault.notes("version", "cut", "p", "-m", "first")
    try draw("blue", "a")
    try FileManager.default.removeItem(atPath: reader.vault.path + "/pics/b.svg")
    reader.vault.notes("save", "-m", "two")
    let page = reader.get("at", "v1", "p.md").text
    for name in ["pics/a.svg", "b.svg"] {
      #expect(
        page.contains("src=\"/at/v1/p.md?picture=\(name.replacing("/", with: "%2F"))\""), "\(page)")
      let picture = reader.get("at", "v1", "p.md", query: ["picture": name])
      #expect(picture.type == "image/svg+xml")
      #expect(picture.text.contains("red"))
    }
    #expect(reader.get("notes", "pics", "a.svg").text.contains("blue"))
    for name in ["c.svg", ""] {
      #expect(reader.get("at", "v1", "p.md", query: ["picture": name]).status == 404)
    }
  }

  @Test("a note's history leads to each text, and to any two compared")
  func history() throws {
    let reader = try reader([("a.md", "# A\n\nThe first wording.\n")])
    reader.vault.notes("save", "-m", "one")
    try reader.vault.write("# A\n\nThe second wording.\n", to: "a.md")
    let page = reader.get("history", "a.md").text
    #expect(page.contains("not saved yet") && page.contains("one"))
    let compared = reader.get("compare", "a.md", query: ["from": "HEAD", "to": "now"]).text
    #expect(compared.contains("<del>first</del>") && compared.contains("<ins>second</ins>"))
    #expect(reader.get("compare", "a.md", query: ["from": "v9"]).status == 404)
    #expect(reader.get("history", "never.md").status == 404)
    reader.vault.notes("rm", "a.md")
    reader.vault.notes("save", "-m", "two")
    let gone = reader.get("notes", "a.md")
    #expect(gone.status == 404 && gone.text.contains("href=\"/history/a.md\""))
    #expect(!reader.get("notes", "never.md").text.contains("/history/"))
    #expect(reader.get("history", "a.md").text.contains("(removed)"))
  }

  @Test("the history of a note that moved leads to each text where it stood then")
  func movedHistory() throws {
    let reader = try reader([("b.md", "one\n")])
    reader.vault.notes("save", "-m", "1")
    try reader.vault.notes("mv", "b", "sub/c").succeeded()
    reader.vault.notes("save", "-m", "2")
    let page = reader.get("history", "sub", "c.md").text
    let links = page.matches(of: /href="\/at\/([^"]*)"/).map { String($0.1) }
    #expect(links.count == 2 && links.last?.hasSuffix("/b.md") == true, "\(links)")
    for link in links {
      let response = reader.get(at: ["at"] + link.split(separator: "/").map(String.init))
      #expect(response.status == 200, "\(link)")
    }
  }

  @Test("a version of a post is read by its name")
  func version() throws {
    let vault = try TestVault()
    vault.notes("add", "Post", "First text.", "--post", "--no-input")
    vault.notes("save", "-m", "one")
    vault.notes("version", "cut", "post", "-m", "begun")
    let path = try #require(vault.notes("list", "--format", "path").lines.first)
    try vault.write(try vault.read(path) + "\nMore.\n", to: path)
    let reader = try Reader(vault)
    let parts = path.split(separator: "/").map(String.init)
    func get(_ first: [String]) -> WebResponse { reader.get(at: first + parts) }
    #expect(get(["at", "v1"]).text.contains("This is v1 of"))
    #expect(!get(["at", "v1"]).text.contains("More."))
    #expect(get(["notes"]).text.contains("v1 of"))
    #expect(get(["history"]).text.contains("begun"))
  }

  @Test("the past is read in a detached HEAD, and what is there of it in a shallow clone")
  func reads() throws {
    let vault = try TestVault()
    try vault.write("# A\n\nOld.\n", to: "a.md")
    vault.notes("save", "-m", "one")
    try vault.write("# A\n\nNew.\n", to: "a.md")
    vault.notes("save", "-m", "two")
    try vault.git("clone", "--quiet", "--depth", "1", "file://" + vault.path, "../shallow")
    try vault.git("checkout", "--quiet", "--detach")
    let detached = try Reader(vault)
    for page in ["history", "timemap"] { #expect(detached.get(page, "a.md").status == 200) }
    #expect(detached.get("changes").status == 200)
    #expect(detached.get("at", "HEAD^", "a.md").text.contains("Old."))
    let compared = detached.get("compare", "a.md", query: ["from": "HEAD^", "to": "now"])
    #expect(compared.text.contains("<p>New.</p>\n</ins>"))
    let shallow = try Reader(TestVault(isVault: false, name: "shallow", beside: vault))
    let same = ["from": "HEAD", "to": "now"]
    #expect(shallow.get("compare", "a.md", query: same).status == 200)
  }

  @Test("a note that has a day, not a moment, is listed under that day west of UTC too")
  func day() throws {
    let vault = try TestVault(offset: { _ in -18_000 })
    try vault.write("---\nupdated: 2026-02-03\n---\n\nOne\n", to: "u.md")
    let reader = try Reader(vault)
    #expect(reader.get("notes").text.contains("u.md · 2026-02-03"))
    #expect(reader.get("search", query: ["q": "One"]).text.contains("u.md · 2026-02-03"))
    #expect(reader.get("notes", "u.md").text.contains("changed 2026-02-03"))
  }

  @Test("what changed today is told with its words")
  func today() throws {
    let reader = try reader([("a.md", "# A\n\nText.\n")])
    let page = reader.get("changes").text
    #expect(page.contains("a.md · new"))
    #expect(reader.get("changes", query: ["since": "no date"]).status == 400)
  }

  @Test("a TimeGate leads to the text of a moment, and a TimeMap names all (RFC 7089)")
  func memento() throws {
    let reader = try reader([("a.md", "# A\n\nOne.\n")])
    reader.vault.notes("save", "-m", "one")
    let first = try reader.vault.git("rev-parse", "HEAD").output.filter { $0 != "\n" }
    try reader.vault.write("# A\n\nTwo.\n", to: "a.md")
    reader.vault.notes("save", "-m", "two")
    let early = reader.get(
      "timegate", "a.md", headers: ["accept-datetime": "Thu, 01 Jan 1970 00:00:00 GMT"])
    #expect(early.status == 302)
    #expect(early.header("location") == "/at/\(first)/a.md")
    #expect(early.header("vary") == "accept-datetime")
    let now = reader.get("timegate", "a.md")
    #expect(now.header("location") != early.header("location"))
    #expect(reader.get("timegate", "a.md", headers: ["accept-datetime": "then"]).status == 400)
    let map = reader.get("timemap", "a.md")
    #expect(map.type == "application/link-format")
    #expect(map.text.ranges(of: "rel=\"memento\"").count == 2)
    #expect(reader.get("notes", "a.md").header("link")?.contains("timegate") == true)
  }

  // MARK: What is never shown

  @Test(
    "K6: no page leads out of the vault, or to git's and our own files",
    arguments: [
      [".git", "config"], [".notes", "config.yaml"], ["..", "secret.md"], ["link.md"],
      ["folder", "secret.md"], ["\\..\\secret.md"], [".hidden.md"], ["a.md", "x"],
      [String(repeating: "a", count: 300) + ".md"],
    ])
  func outside(_ path: [String]) throws {
    let reader = try reader([("a.md", "# A\n"), (".hidden.md", "# Hidden\n")])
    let vault = reader.vault
    try vault.folder.write("# Secret\n", to: "secret.md")
    try FileManager.default.createSymbolicLink(
      atPath: vault.path + "/link.md", withDestinationPath: "../secret.md")
    try FileManager.default.createSymbolicLink(
      atPath: vault.path + "/folder", withDestinationPath: "..")
    for first in ["notes", "source", "edit", "history", "compare"] {
      let request = reader.get(at: [first] + path)
      #expect(request.status == 404 || request.status == 500, "\(first)")
      #expect(!request.text.contains("Secret") && !request.text.contains("# Hidden"), "\(first)")
    }
  }

  @Test("a link or a pipe in the vault is not there", arguments: ["p.txt", "p.md", "pipe"])
  func links(_ name: String) throws {
    let reader = try reader()
    for link in ["p.txt", "p.md"] {
      try FileManager.default.createSymbolicLink(
        atPath: reader.vault.path + "/" + link, withDestinationPath: "/etc/passwd")
    }
    try runProcess(["mkfifo", reader.vault.path + "/pipe"], in: reader.vault.path)
    for page in ["notes", "source", "edit"] where page == "notes" || name.hasSuffix(".md") {
      let answer = reader.get(page, name)
      #expect(answer.status == 404 && !answer.text.contains("root:"), "\(page)")
    }
  }

  @Test("K5: other files are kept from running, and only pictures are shown")
  func attachments() throws {
    let reader = try reader([
      ("a.md", "# A\n"), ("x.svg", "<svg onload=\"alert(1)\"/>"), ("x.html", "<script></script>"),
      ("x.png", "png"), ("x.pdf", "pdf"), ("x.unknown", "?"),
    ])
    for (name, type, isKept) in [
      ("x.svg", "image/svg+xml", true), ("x.html", "application/octet-stream", true),
      ("x.png", "image/png", false), ("x.pdf", "application/octet-stream", true),
      ("x.unknown", "application/octet-stream", true),
    ] {
      let file = reader.get("notes", name)
      #expect(file.type == type, "\(name)")
      #expect(file.header("content-security-policy") == "default-src 'none'; sandbox", "\(name)")
      #expect((file.header("content-disposition") == "attachment") == isKept, "\(name)")
    }
  }

  @Test("K10: nothing is loaded from elsewhere, and a link there tells nobody where from")
  func elsewhere() throws {
    let reader = try reader([
      (
        "a.md",
        "# A\n\n![](https://evil.example/x.png) [b](https://evil.example/) "
          + "<a href=\"https://evil.example/\">c</a>\n"
      )
    ])
    let page = reader.get("notes", "a.md").text
    #expect(!page.contains("src=\"https:"))
    let links = page.split(separator: "<a ").filter { $0.contains("https://evil.example/") }
    #expect(links.count == 3)
    #expect(links.allSatisfy { $0.contains(" rel=\"noopener noreferrer\"") })
  }

  @Test("K2: asking changes nothing, whatever is asked")
  func safe() throws {
    let reader = try reader([("a.md", "# A\n")])
    reader.vault.notes("save", "-m", "one")
    for first in ["add", "edit", "conflicts", "notes"] {
      _ = reader.get(first, "a.md", query: ["text": "x", "way": "mine", "base": ""])
      _ = reader.get(first, query: ["text": "x"])
    }
    #expect(try reader.vault.read("a.md") == "# A\n")
    #expect(try reader.vault.git("status", "--porcelain").output.isEmpty)
  }

  // MARK: Changing

  @Test("a note is added as 'notes add' would, and undone as such")
  func add() throws {
    let reader = try reader()
    let answer = reader.post("add", form: ["text": "# A thought\r\n\r\nIts text.\r\n"])
    #expect(answer.status == 303)
    #expect(answer.header("location") == "/notes/a-thought.md")
    let text = try reader.vault.read("a-thought.md")
    #expect(text.contains("title: A thought") && text.hasSuffix("\n\nIts text.\n"))
    #expect(!text.contains("\r"))
    #expect(reader.get("notes", "a-thought.md").status == 200)
    #expect(reader.post("add", form: ["text": " \r\n "]).status == 400)
    reader.vault.notes("undo")
    #expect(!reader.vault.has("a-thought.md"))
  }

  @Test("a text with front matter is added as the note that it is")
  func addWhole() throws {
    let reader = try reader()
    let answer = reader.post(
      "add",
      form: ["text": "---\r\ntitle: Whole note\r\ntags: [x]\r\n---\r\n\r\nIts text.\r\n"])
    #expect(answer.header("location") == "/notes/whole-note.md")
    let text = try reader.vault.read("whole-note.md")
    #expect(text.contains("tags: [x]\n") && text.hasSuffix("---\n\nIts text.\n"))
    let bare = reader.post("add", form: ["text": "---\nstatus: new\n---\nFirst line\nSecond\n"])
    #expect(bare.header("location") == "/notes/first-line.md")
  }

  @Test("an edit is saved, with the line ends that the note has")
  func edit() throws {
    let reader = try reader([("a.md", "\r\n# A\r\n\r\nOld.\r\n")])
    let page = reader.get("edit", "a.md")
    // A browser leaves out the first line feed behind the tag.
    #expect(
      page.text.contains(
        "<textarea id=\"text\" name=\"text\" rows=\"30\" spellcheck=\"true\">\n\n# A"))
    let base = try #require(page.field("base"))
    let answer = reader.post(
      "edit", "a.md", form: ["base": base, "text": "\r\n# A\r\n\r\nNew.\r\n"])
    #expect(answer.status == 303)
    #expect(try reader.vault.read("a.md") == "\r\n# A\r\n\r\nNew.\r\n")
  }

  @Test("what a form cannot hold unchanged is not edited in one")
  func noForm() throws {
    let reader = try reader([("a.md", "# A\r\nB\n")])
    #expect(reader.get("edit", "a.md").status == 404)
    #expect(reader.get("edit", "a.md").text.contains("notes edit a.md"))
  }

  @Test("K9: of two edits of one text the second is told, with both texts, and nothing is lost")
  func meanwhile() throws {
    let reader = try reader([("a.md", "# A\n\nOld.\n")])
    let base = try #require(reader.get("edit", "a.md").field("base"))
    #expect(
      reader.post("edit", "a.md", form: ["base": base, "text": "# A\n\nFirst.\n"]).status == 303)
    let second = reader.post("edit", "a.md", form: ["base": base, "text": "# A\n\nSecond.\n"])
    #expect(second.status == 409)
    #expect(second.text.contains("Second.") && second.text.contains("First."))
    #expect(try reader.vault.read("a.md") == "# A\n\nFirst.\n")
    let newBase = try #require(second.field("base"))
    let third = reader.post("edit", "a.md", form: ["base": newBase, "text": "# A\n\nBoth.\n"])
    #expect(third.status == 303)
    #expect(try reader.vault.read("a.md") == "# A\n\nBoth.\n")
  }

  @Test("a note that is gone when its form comes is told, with the text")
  func gone() throws {
    let reader = try reader([("a.md", "# A\n")])
    let base = try #require(reader.get("edit", "a.md").field("base"))
    reader.vault.notes("rm", "a.md")
    let answer = reader.post("edit", "a.md", form: ["base": base, "text": "# A\n\nMine.\n"])
    #expect(answer.status == 409)
    #expect(answer.text.contains("Mine.") && answer.text.contains("gone"))
    #expect(!reader.vault.has("a.md"))
  }

  /// A vault with a conflict over `a.md`, and its record's name.
  private func conflict() throws -> (reader: Reader, name: String) {
    let mine = try TestVault()
    try mine.write("# A\n\nThe loss falls with data.\n", to: "a.md")
    try mine.git("init", "-q", "--bare", mine.folder.path + "/remote")
    mine.notes("sync", "--remote", mine.folder.path + "/remote")
    let other = try TestVault(isVault: false, name: "other", beside: mine)
    _ = mine.notes("clone", mine.folder.path + "/remote", other.path)
    try other.write("# A\n\nThe loss falls with parameters.\n", to: "a.md")
    other.notes("sync")
    try mine.write("# A\n\nThe loss falls with compute.\n", to: "a.md")
    mine.notes("sync")
    let reader = try Reader(mine)
    let list = reader.get("conflicts").text
    let name = try #require(list.firstMatch(of: /\/conflicts\/([0-9a-f]{8})/)).1
    return (reader, String(name))
  }

  @Test(
    "a conflict is shown side by side, and settled by a button",
    arguments: ["shared", "mine", "both"])
  func settle(_ way: String) throws {
    let (reader, name) = try conflict()
    #expect(reader.get("notes", "a.md").text.contains("/conflicts/\(name)"))
    let page = reader.get("conflicts", name).text
    #expect(page.contains("<del>parameters</del>") && page.contains("<ins>compute</ins>"))
    #expect(reader.post("conflicts", name, form: ["way": way]).status == 303)
    let text = try reader.vault.read("a.md")
    #expect(text.contains("parameters") == (way != "mine"))
    #expect(text.contains("compute") == (way != "shared"))
    #expect(reader.vault.notes("conflicts").status == 1)
    // The other tab's button comes too late.
    #expect(reader.post("conflicts", name, form: ["way": "mine"]).status == 409)
    #expect(try reader.vault.read("a.md") == text)
  }

  @Test("a conflict is settled by a text of one's own, but not by one with the marks in it")
  func settleByText() throws {
    let (reader, name) = try conflict()
    let marked = "# A\n\n<<<<<<< shared\nx\n=======\ny\n>>>>>>> mine\n"
    let refused = reader.post("conflicts", name, form: ["way": "edit", "text": marked])
    #expect(refused.status == 400 && refused.text.contains("&lt;&lt;&lt;&lt;&lt;&lt;&lt; shared"))
    #expect(reader.post("conflicts", name, form: ["way": "nothing"]).status == 400)
    let own = "# A\n\nThe loss falls with both.\n"
    #expect(reader.post("conflicts", name, form: ["way": "edit", "text": own]).status == 303)
    #expect(try reader.vault.read("a.md") == own)
  }

  @Test("what others write is seen with the next page")
  func fresh() throws {
    let reader = try reader([("a.md", "# A\n")])
    #expect(!reader.get("notes").text.contains("b.md"))
    try reader.vault.write("# B\n", to: "b.md")
    #expect(reader.get("notes").text.contains("b.md"))
    try FileManager.default.removeItem(atPath: reader.vault.path + "/.git/notes/index.sqlite")
    #expect(reader.get("notes").text.contains("b.md"))
  }

  @Test("many pages at once are each answered as alone")
  func sideBySide() async throws {
    let reader = try reader((0..<20).map { ("n\($0).md", "# N\($0)\n\nText \($0) of [[N1]].\n") })
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          let name = "n\(number % 20).md"
          return number.isMultiple(of: 3)
            ? reader.get("search", query: ["q": "text \(number % 20)"]).text.contains(name)
            : reader.get("notes", name).text.contains("Text \(number % 20) of")
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
