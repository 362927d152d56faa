import Foundation
import TestSupport
import Testing

@Suite struct PublishTests {
  /// How wide the pictures of a page say that they are.
  private func widths(_ vault: TestVault, _ path: String) throws -> [String] {
    try vault.page(path).matches(of: /<img src="[.\/]*(files[^"]*)"/).map { picture in
      try vault.page(String(picture.1)).firstMatch(of: /width="(\d+)"/).map { String($0.1) } ?? ""
    }
  }

  @Test("each version's page has the pictures that it was cut with, whatever became of the files")
  func picturesOfVersions() throws {
    let vault = try TestVault()
    func draw(_ width: Int, _ name: String = "img/Fig 1.svg") throws {
      try vault.write(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"1\"></svg>\n",
        to: name)
    }
    try draw(11)
    try draw(21, "img/second.svg")
    let text = "# A\n\nOne.\n\n![f](../img/Fig%201.svg)\n\n![[second.svg]]\n"
    try vault.post("a.md", text)
    #expect(vault.notes("version", "cut", "posts/a.md", "--new").status == 1)
    try draw(12)
    // Not cut yet: nobody sees it.
    try vault.publish().succeeded()
    #expect(try widths(vault, "posts/a/index.html") == ["11", "21"])
    let cut = try vault.notes("version", "cut", "posts/a.md", "--new", "-m", "redrawn").succeeded()
    #expect(cut.errors.contains("major, since ../img/Fig 1.svg is another picture"))
    try FileManager.default.removeItem(atPath: vault.path + "/img/second.svg")
    try draw(13)
    try vault.notes("save").succeeded()
    try vault.publish().succeeded()
    #expect(try widths(vault, "posts/a/v1/index.html") == ["11", "21"])
    #expect(try widths(vault, "posts/a/index.html") == ["12", "21"])
    #expect(
      try FileManager.default.contentsOfDirectory(
        atPath: vault.folder.path + "/site/files"
      ).count == 3)
    // A version that is withdrawn takes its pictures along.
    try vault.notes("version", "withdraw", "posts/a.md@v1", "-m", "wrong").succeeded()
    try vault.publish().succeeded()
    #expect(
      try FileManager.default.contentsOfDirectory(
        atPath: vault.folder.path + "/site/files"
      ).count == 2)
  }

  @Test("versions taken out of a history have the pictures of that time")
  func picturesOfImportedVersions() throws {
    let vault = try TestVault()
    for (day, width) in [(1, 11), (2, 12)] as [(Int64, Int)] {
      try vault.write(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"1\"></svg>\n",
        to: "posts/fig.svg")
      // A path from the top is one, whatever stands beside the note.
      try vault.write(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width + 10)\" height=\"1\"></svg>\n",
        to: "fig.svg")
      try vault.write(
        "# A\n\nDay \(day).\n\n![f](fig.svg)\n\n![f](/fig.svg)\n", to: "posts/a.md")
      try vault.run(["save"], clockAhead: day * 86_400).succeeded()
    }
    try vault.run(["version", "import", "posts/a.md", "--yes"], clockAhead: 86_400 * 3).succeeded()
    try vault.publish().succeeded()
    #expect(try widths(vault, "posts/a/v1/index.html") == ["11", "21"])
    #expect(try widths(vault, "posts/a/v2/index.html") == ["12", "22"])
  }

  @Test("a post's page says that it changed, when, why and how")
  func living() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# A\n\nOne two three.\n", note: "begun")
    try vault.post("a.md", "# A\n\nOne two three.\n\nAnd *four*.\n", note: "Four was missing")
    let result = try vault.publish().succeeded()
    #expect(result.lines == ["public: posts/a.md  v1 v2  posts/a/"])
    let living = try vault.page("posts/a/index.html")
    #expect(
      living.contains(
        /<strong>Changed on 20\d\d-\d\d-\d\d \(v2, minor edit\):<\/strong> Four was missing/))
    #expect(living.contains("<span class=\"count\">+2 words</span>"))
    #expect(living.contains("<a href=\"v2/changes/\">See what changed</a>"))
    #expect(living.contains("<p id=\"p2.1\">And <em>four</em>.</p>"))
    #expect(living.contains("<p id=\"p1.1\">"))
    #expect(try vault.page("posts/a/age/index.html").contains("<a href=\"../#p2.1\">Since v2"))
    let changes = try vault.page("posts/a/v2/changes/index.html")
    #expect(changes.contains("<ins class=\"block\"><p>And <em>four</em>.</p>"))
    let frozen = try vault.page("posts/a/v1/index.html")
    #expect(frozen.contains("This is v1") && !frozen.contains("four"))
    #expect(frozen.contains("<meta name=\"robots\" content=\"noindex\">"))
    #expect(frozen.contains("<link rel=\"canonical\" href=\"https://example.org/b/posts/a/\">"))
    let history = try vault.page("posts/a/history/index.html")
    #expect(history.contains("Four was missing") && history.contains("begun"))
    #expect(try vault.page("posts/a/since/v1/index.html").contains("What changed since v1"))
    #expect(try vault.page("posts/a/evolution/index.html").contains("<section id=\"v2\">"))
    #expect(try vault.page("posts/a/age/index.html").contains("Since v2"))
    #expect(try vault.page("posts/a/index.md").hasPrefix("---\ntitle: \"A\"\n"))
  }

  @Test("nothing of what is not published is anywhere in the site")
  func canaries() throws {
    let vault = try TestVault()
    try vault.write(
      "---\ntitle: zqtitlea\naliases: [zqaliasa]\ntags: [zqtaga]\nprivate: true\n---\nzqbodya [[open]]\n",
      to: "posts/zqfilea.md")
    try vault.notes("version", "cut", "posts/zqfilea.md").succeeded()
    try vault.write(
      "---\ntitle: zqtitleb\ndraft: yes\n---\nzqbodyb [[open]]\n", to: "posts/zqfileb.md")
    try vault.notes("version", "cut", "posts/zqfileb.md").succeeded()
    try vault.write("# zqtitlec\n\nzqbodyc [[open]]\n", to: "posts/zqfilec.md")
    try vault.write("# zqtitled\n\nzqbodyd [[open]] #zqtagd\n", to: "zqfiled.md")
    try vault.write("status draft: zqbodye", to: "posts/zqfilee.md")
    try vault.write("---\nprivate: maybe\n---\nzqbodyf", to: "posts/zqfilef.md")
    try vault.notes("version", "cut", "posts/zqfilef.md").succeeded()
    for (name, line) in [
      ("g", "private: [true]"), ("h", "draft: [yes]"), ("i", "status: [draft, open]"),
      ("j", "private: {since: 2020}"), ("k", "draft: perhaps"),
      ("l", "private: no\nPrivate: yes"), ("m", "a: [\nprivate: no\nprivate: yes"),
      ("n", "{private: true"), ("o", "title: a: b\n? draft"), ("u", "published: false"),
      ("v", "Publish: No"), ("w", "status: private"), ("x", "visibility: Private"),
    ] {
      try vault.write("---\n\(line)\n---\nzqbody\(name) [[open]]\n", to: "posts/zqfile\(name).md")
      try vault.notes("version", "cut", "posts/zqfile\(name).md").succeeded()
    }
    // Front matter that is not read as such: nobody knows what it says.
    for (name, head) in [
      ("p", "---\nprivate: true\n"), ("q", "---\nprivate: true\n----\n"),
      ("r", "\n---\nprivate: true\n---\n"), ("s", "+++\ndraft = true\n+++\n"),
      ("t", "{\n\"draft\": true\n}\n"),
    ] {
      try vault.write("\(head)\nzqbody\(name) [[open]]\n", to: "posts/zqfile\(name).md")
      try vault.notes("version", "cut", "posts/zqfile\(name).md").succeeded()
    }
    // The first version was private; its text must not come out with the comparison.
    try vault.post("later.md", "---\nprivate: true\n---\nzqearlier words of it\n")
    try vault.post("later.md", "now words of it\n")
    try vault.post("mended.md", "---\nprivate: true\n\nzqunclosed words of it\n")
    try vault.post("mended.md", "now words of it\n")
    try vault.post(
      "open.md",
      """
      ---
      title: Open
      zqkey: zqvalue
      ---
      See [[zqfilea]], [[zqfiles]], [[zqtitleb#zqhead]], [words](zqfilec.md), ![[zqfiled]], [ref][r], <!-- zqcomment -->
      ![zq](../zqpicture.png) and %%zqhidden #zqhiddentag%% [[zqfiled@v2|a name]].

      [r]: ../zqfiled.md "t"
      [unused]: zqfilea.md

      <a href="zqfilea.md">words</a> <img src='../zqpicture.png'> <A HREF=zqfileb.md#zqhead
      >x</A>
      """)
    try vault.write(
      "---\ntitle: Open\n---\nSee nothing, zqworking and [[zqfilea]].\n", to: "posts/open.md")
    for unpublished in ["hide", "name"] {
      try vault.write("site:\n  unpublished: \(unpublished)\n", to: ".notes/config.yaml")
      try vault.publish().succeeded()
      var leaks: [String] = []
      for (path, data) in try vault.site() {
        let text = String(decoding: data, as: UTF8.self)
        for match in (path + "\n" + text).matches(of: /zq[a-z]+/) {
          leaks.append("\(path): \(match.output)")
        }
      }
      // What leads to a note that is no secret may be named, where the settings say so; and what an
      // author wrote as words to be read are words to be read.
      let allowed = unpublished == "name" ? ["zqfiled", "zqfilec", "zq"] : ["zq"]
      leaks.removeAll { leak in allowed.contains { leak.hasSuffix(": \($0)") } }
      #expect(leaks.isEmpty, "with \(unpublished)")
    }
    let text = try vault.page("posts/open/v1/index.html")
    #expect(text.contains("words") && text.contains("a name"))
  }

  @Test("no comment is in any file of the site, however it is written, nor a picture that it shows")
  func comments() throws {
    let vault = try TestVault()
    for name in ["shown", "hidden", "other"] {
      try vault.write(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(name.count)\" height=\"1\"></svg>\n",
        to: "posts/\(name).svg")
    }
    for (place, text) in [
      "[a <!-- zq1 --> b](https://e.org) ![a <!-- zq2 -->](shown.svg) [[b|x %%zq3%% y]]",
      "Shown.\n\n<!-- zq4\n\nzq5", "Shown.\n\n%%\n\nzq6", "> <!-- zq7\n> zq8\n\nShown.",
      "%%\n```sh\nzq9\n%%\n\nShown.\n\n<!-- zqa -->\n\nMore. %%zqb%%",
      "Shown. %%![zqc](hidden.svg)%%\n\n%%\n![[other.svg]]\n%%",
      "[a <img src=\"zqd.svg\"> b](https://e.org) [%%zqe%%x](gone.md)",
      "Shown[^n] [l] [p].\n\n[l]: https://e.org \"T\"\n[//]: # (zq1)\n[//]: # \"zq2\n zq3\"\n"
        + "[c]: <> (zq4)\n[p]: https://e.org/p\n  'P'\n[u]: https://zq5.example\n\n"
        + "> One,\n>\n> [q]: https://zq6.example\n>\n> two.\n\n[//]: # (zq7)\nMore.\n\n[^a]: zq8[^b].\n\n[^b]: zq9.\n\n"
        + "    zqa.\n\n[^N]: A footnote.\n",
      "![a](shown.svg \"T %%zq1%% <!-- zq2 --> [[zq3]] [[zq4|as told]]\") [x](<https://e.org/a> 'zz %%zq5%%') "
        + "[y](https://e.org/#b (zq6 [[zq7]])) [z][r]\n\n> [r]: https://e.org/r\n> \"R [[zq8]]\"\n\n"
        + "[50](https://e.org \"50%% off\") and 20%% more.",
    ].enumerated() {
      try vault.post("p\(place).md", "# P\(place)\n\n\(text)\n")
    }
    try vault.publish().succeeded()
    for (path, data) in try vault.site() {
      let text = String(decoding: data, as: UTF8.self)
      #expect(!text.contains(/zq[0-9a-e]/), "\(path): \(text)")
    }
    #expect(try vault.site().keys.count { $0.hasPrefix("files/") } == 1)
    #expect(try vault.page("posts/p3/index.html").contains("<p id=\"p1.1\">Shown.</p>"))
    #expect(try vault.page("posts/p4/index.html").contains("<p id=\"p1.2\">More.</p>"))
    let page = try vault.page("posts/p7/index.html")
    for shown in [
      "<a href=\"https://e.org\" title=\"T\">l</a>",
      "<a href=\"https://e.org/p\" title=\"P\">p</a>",
      "<p>A footnote.</p>", "More.</p>", "<blockquote>\n<p>One,</p>\n<p>two.</p>\n</blockquote>",
    ] {
      #expect(page.contains(shown), "\(shown) \(page)")
    }
    let titles = try vault.page("posts/p8/index.html")
    for shown in [
      " title=\"T   (not published) as told\"", "title=\"zz \">x</a>",
      "<a href=\"https://e.org/#b\">y</a>", "title=\"R (not published)\">z</a>",
      "title=\"50%% off\">50</a> and 20%% more.",
    ] {
      #expect(titles.contains(shown), "\(shown) \(titles)")
    }
  }

  @Test("publishes at one moment all end well")
  func atOnce() throws {
    let vault = try TestVault()
    try vault.post("a.md", "One.\n")
    for round in 1...3 {
      try vault.write("Two.\n", to: "posts/other\(round).md")
      let publishes = try (1...4).map { _ in
        try ChildProcess(
          [Faults.program, "publish", "-q", "--out", vault.folder.path + "/site"],
          in: vault.path, environment: vault.environment)
      }
      #expect(try publishes.map { try $0.wait(seconds: 60) } == [0, 0, 0, 0])
    }
    let marks = vault.path + "/.git/notes/publish"
    #expect(try FileManager.default.contentsOfDirectory(atPath: marks).count <= 1)
  }

  @Test("a paragraph keeps its name beside a list or a formula that comes to stand in the post")
  func paragraphNames() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# A\n\nFirst.\n\nLast.\n")
    try vault.post(
      "a.md",
      "# A\n\nFirst.\n\n- item\n\n      code\n\n  more\n\nThe loss is\n$$\nx\n\ny\n$$\nas said.\n\n"
        + "[l]: https://e.org\n[New][l].\n\n<div>\n\nIn it.\n\n</div>\n\n"
        + "Text\n| a |\n|---|\n| b |\n\nLast.\n")
    try vault.publish().succeeded()
    let page = try vault.page("posts/a/index.html")
    let age = try vault.page("posts/a/age/index.html")
    for paragraph in ["p1.1\">First.", "p1.2\">Last."] {
      #expect(page.contains("<p id=\"\(paragraph)</p>"))
    }
    for words in ["The loss is", "<a href=\"https://e.org\">New</a>.", "In it.", "Text</p>"] {
      let before = try #require(page.firstRange(of: words))
      #expect(page[..<before.lowerBound].hasSuffix("\">"), "\(words)")
      #expect(page[..<before.lowerBound].suffix(12).contains("id=\"p2."), "\(words)")
    }
    for link in age.matches(of: /#(p[0-9.]+)"/) {
      #expect(page.contains("<p id=\"\(link.output.1)\">"), "\(link.output.1)")
    }
  }

  @Test("no heading has the name of the page's own parts")
  func ownNames() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# A\n\n[x](#main)\n\n## Main\n")
    try vault.publish().succeeded()
    let page = try vault.page("posts/a/index.html")
    #expect(page.contains("<a href=\"#main\">x</a>") && page.contains("<h2 id=\"main\">"))
    #expect(page.split(separator: "id=\"main\"").count == 2)
  }

  @Test("of a version that is private nothing is told, not even why it was cut")
  func privateVersion() throws {
    let vault = try TestVault()
    try vault.post("a.md", "words first\n\nstays\n")
    try vault.post("a.md", "---\nprivate: true\n---\nwords of zq\n\nstays\n", note: "for zq alone")
    try vault.post("a.md", "words third\n\nstays\n")
    try vault.post("b.md", "# B\n\nSee [[a@v2|then]].\n")
    try vault.publish().succeeded()
    for (path, data) in try vault.site() {
      #expect(!String(decoding: data, as: UTF8.self).contains("zq"), "\(path)")
    }
    #expect(try !vault.page("posts/a/history/index.html").contains("v2"))
    #expect(try vault.page("posts/b/index.html").contains("See <a href=\"../a/\">then</a>."))
  }

  @Test("a post whose front matter is not read is held back, and told")
  func unread() throws {
    let vault = try TestVault()
    try vault.post("a.md", "+++\ntitle = 'x'\n+++\n\none\n")
    try vault.post("b.md", "---\ntitle: x\n\none\n")
    try vault.post("c.md", "<!-- mine -->\n---\nprivate: true\n---\n\none\n")
    try vault.post("d.md", "---\nof: &d\n  private: true\n<<: *d\n---\n\none\n")
    // The version is what counts, where the text on the disk was mended.
    try vault.write("---\ntitle: x\n---\n\none\n", to: "posts/b.md")
    let result = try vault.publish("--dry-run").succeeded()
    #expect(result.lines.isEmpty)
    #expect(result.errors.contains("not published: 4 unreadable front matter"))
    let check = vault.notes("check")
    #expect(check.status == 1)
    #expect(check.output.contains("posts/a.md:1: front matter in TOML"))
    #expect(check.output.contains("posts/d.md:4: front matter: what '<<' puts into it is not read"))
  }

  @Test("what a post is told by in lists begins with its first words")
  func firstWords() throws {
    let vault = try TestVault()
    try vault.write("# secret\n", to: "secret.md")
    try vault.post(
      "a.md", "![[secret]]\n\n> ![[gone.png]] [[secret]]\n\nAs [[secret]] has *it*.\n\nMore.\n")
    try vault.post("b.md", "![[secret]]\n")
    try vault.publish().succeeded()
    let page = try vault.page("posts/a/index.html")
    #expect(page.contains("<meta name=\"description\" content=\"As (not published) has it.\">"))
    #expect(!(try vault.page("posts/b/index.html")).contains("name=\"description\""))
    #expect(!(try vault.page("feed.xml")).contains("<summary>(not"))
  }

  @Test("a title that is for the author only is none")
  func hiddenTitle() throws {
    let vault = try TestVault()
    try vault.post("name.md", "%%\n# zqsecret\n%%\n\n# Shown\n\nwords\n")
    try vault.publish().succeeded()
    for (path, data) in try vault.site() {
      #expect(!String(decoding: data, as: UTF8.self).contains("zqsecret"), "\(path)")
    }
    #expect(
      try vault.page("posts/name/index.html").contains(
        "<h1 class=\"p-name\" dir=\"auto\" id=\"shown\">Shown</h1>"))
  }

  @Test("what is made private, withdrawn or removed later goes from the site")
  func leaving() throws {
    let vault = try TestVault()
    try vault.post("a.md", "one two three\n")
    try vault.post("a.md", "one two secret\n")
    try vault.post("a.md", "one two four\n")
    try vault.post("b.md", "of b\n")
    try vault.publish().succeeded()
    try Data("x".utf8).write(to: URL(fileURLWithPath: vault.folder.path + "/site/CNAME"))
    try vault.notes("version", "withdraw", "posts/a.md@v2", "-m", "it was wrong").succeeded()
    try vault.write("---\nprivate: true\n---\nof b\n", to: "posts/b.md")
    let result = try vault.publish().succeeded()
    #expect(result.lines.contains("gone: posts/b/"))
    #expect(result.lines.contains("gone: posts/a/v2/"))
    for (path, data) in try vault.site() {
      #expect(!String(decoding: data, as: UTF8.self).contains("secret"), "\(path)")
    }
    #expect(try vault.page("posts/a/history/index.html").contains("Withdrawn: it was wrong"))
    #expect(vault.hasPage("CNAME") && !vault.hasPage("posts/b"))
  }

  @Test("a second publish writes nothing, and another folder gets the same bytes")
  func repeated() throws {
    let vault = try TestVault()
    try vault.post("a.md", "one two three\n")
    try vault.post("a.md", "one two four\n")
    try vault.publish().succeeded()
    let before = try vault.site()
    let again = vault.publish("--format", "json")
    #expect(again.output.contains("\"written\" : [\n\n  ]"))
    try vault.notes(
      "publish", "--out", vault.folder.path + "/other", "--base", "https://example.org/b/"
    ).succeeded()
    #expect(try vault.site("other") == before)
    for (path, data) in before {
      #expect(!String(decoding: data, as: UTF8.self).contains(vault.folder.path), "\(path)")
    }
  }

  @Test("--dry-run says what would become public, and writes nothing")
  func dryRun() throws {
    let vault = try TestVault()
    try vault.post("a.md", "one two three\n")
    let result = try vault.publish("--dry-run").succeeded()
    #expect(result.lines == ["would be public: posts/a.md  v1  posts/a/"])
    #expect(!FileManager.default.fileExists(atPath: vault.folder.path + "/site"))
    try vault.publish().succeeded()
    try vault.post("a.md", "one two four\n")
    #expect(
      try vault.publish("--dry-run").succeeded().lines == ["would be public: posts/a.md  v2"])
    #expect(!vault.hasPage("posts/a/v2"))
  }

  @Test("a folder that is not the site's is left alone")
  func folders() throws {
    let vault = try TestVault()
    try vault.post("a.md", "one\n")
    try vault.folder.write("mine", to: "full/mine.txt")
    try FileManager.default.createSymbolicLink(
      atPath: vault.folder.path + "/link", withDestinationPath: vault.folder.path + "/full")
    try FileManager.default.createSymbolicLink(
      atPath: vault.folder.path + "/way", withDestinationPath: vault.path)
    try vault.folder.write("mine", to: "file")
    for (place, why) in [
      (vault.folder.path + "/full", "it is not empty"),
      (vault.folder.path + "/link", "symbolic link"),
      (vault.folder.path + "/file", "it is a file"),
      (vault.path, "it is in the vault"), (vault.path + "/public", "it is in the vault"),
      (vault.folder.path, "the vault is in it"), ("/", "the vault is in it"),
      (vault.folder.path + "/new/../vault/new", "it is in the vault"),
      (vault.folder.path + "/way/new/site", "it is in the vault"),
    ] {
      let result = vault.notes("publish", "--out", place)
      #expect(result.status == 2 && result.errors.contains(why), "\(place)")
    }
    #expect(try vault.folder.read("full/mine.txt") == "mine")
    try vault.notes("publish", "--out", "../beside/../site").succeeded()
    #expect(vault.hasPage("index.html"))
    // Without --out it goes where nothing that is synced can be.
    try vault.notes("publish").succeeded()
    #expect(vault.has(".git/notes/site/index.html"))
    #expect(try vault.git("status", "--porcelain").output.isEmpty)
  }

  @Test("files of somebody else's are never written over: they are named, and nothing goes on")
  func foreignFiles() throws {
    let vault = try TestVault()
    try vault.post("a.md", "one\n")
    for path in ["index.html", "style.css", "tags.txt"] {
      try vault.folder.write("mine", to: "site/" + path)
    }
    try vault.folder.write("", to: "site/.notes-site")
    for option in ["--dry-run", "--quiet"] {
      let result = vault.publish(option)
      #expect(result.status == 2 && result.errors.contains("stand: index.html, style.css"))
    }
    for path in ["index.html", "style.css", "tags.txt"] { #expect(try vault.page(path) == "mine") }
    for path in ["index.html", "style.css"] {
      try FileManager.default.removeItem(atPath: vault.folder.path + "/site/" + path)
    }
    try vault.publish().succeeded()
    // So does one that was put later where a new post's page would be.
    try vault.folder.write("mine", to: "site/posts/b/index.html")
    try vault.post("b.md", "two\n")
    #expect(vault.publish().errors.contains("stand: posts/b/index.html"))
    #expect(try vault.page("posts/b/index.html") == "mine")
    try FileManager.default.removeItem(atPath: vault.folder.path + "/site/posts")
    try vault.publish().succeeded()
    #expect(vault.hasPage("posts/b/index.html") && vault.hasPage("tags.txt"))
  }

  @Test("a file that a list from elsewhere names is not removed outside the site")
  func list() throws {
    let vault = try TestVault()
    try vault.post("a.md", "one\n")
    try vault.folder.write("mine", to: "mine.txt")
    try vault.folder.write(
      "../mine.txt\n/etc/passwd\nposts/../../mine.txt\n", to: "site/.notes-site")
    try vault.publish().succeeded()
    #expect(try vault.folder.read("mine.txt") == "mine")
  }

  @Test("a renamed post is led to from where it was")
  func renamed() throws {
    let vault = try TestVault()
    try vault.post("old name.md", "# T\n\none\n")
    try vault.notes("mv", "posts/old name.md", "posts/new.md").succeeded()
    try vault.notes("save").succeeded()
    try vault.publish().succeeded()
    #expect(try vault.page("posts/new/index.html").contains("one"))
    let old = try vault.page("posts/old-name/index.html")
    #expect(old.contains("<meta http-equiv=\"refresh\" content=\"0; url=../new/\">"))
    #expect(old.contains("<link rel=\"canonical\" href=\"https://example.org/b/posts/new/\">"))
  }

  @Test("two posts that ask for one address are named; two of one file name get one each")
  func addresses() throws {
    let vault = try TestVault()
    try vault.post("x/a.md", "one\n")
    try vault.post("y/a.md", "two\n")
    try vault.publish().succeeded()
    #expect(vault.hasPage("posts/a/index.html") && vault.hasPage("posts/a-2/index.html"))
    try vault.post("c.md", "---\nslug: same\n---\none\n")
    try vault.post("d.md", "---\nslug: Same\n---\none\n")
    let result = vault.publish()
    #expect(result.status == 2)
    #expect(result.errors.contains("posts/c.md") && result.errors.contains("posts/d.md"))
    #expect(result.errors.contains("both ask for the address same"))
  }

  @Test("a minor edit does not move the date in the feed, a correction does")
  func feed() throws {
    let vault = try TestVault()
    try vault.write("# T\n\none two three four five six\n", to: "posts/a.md")
    func cut(_ kind: String, _ days: Int64) throws {
      try vault.run(
        ["version", "cut", "posts/a.md", "--kind", kind, "--new"], clockAhead: days * 86_400
      ).succeeded()
    }
    func updated() throws -> [Substring] {
      try vault.publish().succeeded()
      return try vault.page("feed.xml").matches(of: /<updated>([^<]*)<\/updated>/).map(\.output.1)
    }
    try cut("major", 0)
    let first = try updated()
    try vault.write("# T\n\none two three four five seven\n", to: "posts/a.md")
    try cut("minor", 2)
    #expect(try updated() == first)
    try vault.write("# T\n\none two three four five eight\n", to: "posts/a.md")
    try cut("correction", 4)
    #expect(try updated() != first)
    let ids = try vault.page("updates.xml").matches(of: /<id>([^<]*)<\/id>/).map(\.output.1)
    #expect(ids.count == 4 && Set(ids).count == 4)
    #expect(ids.dropFirst().allSatisfy { $0.hasPrefix("tag:example.org,") })
  }

  @Test("the names in feeds stay when posts go or the site moves")
  func feedNames() throws {
    let vault = try TestVault()
    func ids(_ base: String, _ file: String = "updates.xml") throws -> [Substring] {
      try vault.notes("publish", "--out", vault.folder.path + "/site", "--base", base).succeeded()
      return try vault.page(file).matches(of: /<id>([^<]*)<\/id>/).map(\.output.1)
    }
    try vault.cut("a.md", "# A\n\none\n", day: 0)
    try vault.cut("b.md", "# B\n\none\n", day: 2)
    let here = try ids("https://example.org/b/")
    try vault.write("---\nprivate: true\n---\n# A\n\none\n", to: "posts/a.md")
    #expect(try ids("https://example.org/b/") == Array(here.prefix(2)))
    try vault.write("site:\n  id: example.org\n", to: ".notes/config.yaml")
    #expect(try ids("https://elsewhere.net/").last == here[1])
    try vault.write("site:\n  id: me@example.org,2026-11\n", to: ".notes/config.yaml")
    for file in ["feed.xml", "updates.xml", "posts/b/updates.xml"] {
      let there = try ids("https://elsewhere.net/", file)
      #expect(there == (try ids("https://example.org/b/", file)))
      #expect(there.allSatisfy { $0.hasPrefix("tag:me@example.org,2026-11:") })
    }
  }

  @Test("a post of which every version was withdrawn keeps its numbers, days and reasons")
  func withdrawnWhole() throws {
    let vault = try TestVault()
    try vault.post("a.md", "---\ntitle: zqtitle\n---\nzqtext\n", note: "zqnote")
    try vault.publish().succeeded()
    try vault.notes("version", "withdraw", "posts/a.md@v1", "-m", "it was wrong").succeeded()
    try vault.write("---\ntitle: zqtitle\n---\nzqworking\n", to: "posts/a.md")
    let result = try vault.publish().succeeded()
    #expect(result.errors.contains("not published: 1 withdrawn"))
    #expect(result.lines.contains("gone: posts/a/v1/"))
    for place in ["posts/a/", "posts/a/history/", "posts/a/v1/"] {
      let page = try vault.page(place + "index.html")
      #expect(page.contains("it was wrong") && page.contains("noindex"), "\(place)")
      #expect(page.contains(/v1, 20\d\d-\d\d-\d\d|<strong>v1<\/strong>/), "\(place)")
    }
    for (path, data) in try vault.site() {
      #expect(!String(decoding: data, as: UTF8.self).contains("zq"), "\(path)")
    }
    try vault.write("---\nprivate: true\n---\n", to: "posts/a.md")
    #expect(try vault.publish().succeeded().lines.contains("gone: posts/a/"))
    #expect(!vault.hasPage("posts/a"))
    // What nobody had seen is told before anybody does.
    try vault.post("b.md", "zqtext\n")
    try vault.notes("version", "withdraw", "posts/b.md@v1", "-m", "too early").succeeded()
    #expect(
      try vault.publish("--dry-run").succeeded().lines
        == ["would be public: posts/b.md  that it was withdrawn  posts/b/"])
  }

  @Test(
    "a pin leads to its version alone, and an embed of what is not published shows no other text")
  func pins() throws {
    let vault = try TestVault()
    for (day, text) in ["First", "Second", "Third"].enumerated() {
      try vault.cut("b.md", "# B\n\n\(text) text.\n", day: Int64(day + 1))
    }
    let commit = try vault.git("rev-list", "--max-parents=0", "HEAD").output.prefix(40)
    try vault.cut(
      "a.md",
      "# A\n\n[[b@v1|one]] [[b@v2|two]] [[b@v9|nine]] [[b@\(commit)|then]]\n\n![[b@\(commit)]]\n",
      day: 4)
    try vault.notes("version", "withdraw", "posts/b.md@v2", "-m", "leak").succeeded()
    try vault.publish().succeeded()
    let page = try vault.page("posts/a/index.html")
    for (label, place) in [("one", "v1/"), ("two", "v2/"), ("nine", ""), ("then", "")] {
      #expect(page.contains("<a href=\"../b/\(place)\">\(label)</a>"), "\(page)")
    }
    #expect(!page.contains("Third text."))
  }

  @Test("where a version was withdrawn, a page says so, with the reason")
  func withdrawnVersion() throws {
    let vault = try TestVault()
    try vault.post("a.md", "one two three\n")
    try vault.post("a.md", "one two secret\n")
    try vault.notes("version", "withdraw", "posts/a.md@v1", "-m", "it was wrong").succeeded()
    try vault.publish().succeeded()
    let page = try vault.page("posts/a/v1/index.html")
    #expect(page.contains("<h1>v1 was withdrawn</h1>") && page.contains("it was wrong"))
    #expect(page.contains("noindex") && page.contains("href=\"../history/\""))
    #expect(try vault.page("posts/a/history/index.html").contains("<a href=\"../v1/\">"))
  }

  @Test("a link to a heading with a name of its own leads to it, by its name and by its words")
  func ownAnchor() throws {
    let vault = try TestVault()
    let text = "## Intro {#Own.ID}\n\n[[#Intro]] [x](#Own.ID)\n\n## B\n\n## C\n"
    try vault.post("a.md", text)
    try vault.post("b.md", "[[a#Intro|x]] [[a#Own.ID|y]]\n")
    try vault.publish().succeeded()
    let page = try vault.page("posts/a/index.html")
    #expect(page.contains("<h2 id=\"Own.ID\">Intro</h2>"))
    #expect(page.contains("<li class=\"level2\"><a href=\"#Own.ID\">Intro</a></li>"))
    #expect(page.contains("<p id=\"p1.1\"><a href=\"#Own.ID\">Intro</a> <a href=\"#Own.ID\">x</a>"))
    #expect(
      try vault.page("posts/b/index.html").contains(
        "<a href=\"../a/#Own.ID\">x</a> <a href=\"../a/#Own.ID\">y</a>"))
    #expect(!(try vault.page("feed.xml").contains("{#Own")))
  }

  @Test("a link to the heading with the title leads to it, and an embed of it shows what is below")
  func titleAnchor() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# My Title\n\nWords.\n\n## Sub\n\n[top](#my-title) [[#My Title]]\n")
    try vault.post("b.md", "# B\n\n[[a#My Title|x]] [y](a.md#my-title)\n\n![[a#My Title]]\n")
    try vault.post("c.md", "# Own {#top}\n\n[up](#top)\n")
    try vault.post("d.md", "# Same\n\n[[#Same]]\n\n## Same\n")
    try vault.post("e.md", "---\nprivate: true\n---\nx\n")
    try vault.post("f.md", "# On [[e]]\n\n[[#On (not published)]]\n")
    try vault.publish().succeeded()
    let page = try vault.page("posts/a/index.html")
    #expect(page.contains("<h1 class=\"p-name\" dir=\"auto\" id=\"my-title\">My Title</h1>"))
    #expect(page.contains("<a href=\"#my-title\">top</a> <a href=\"#my-title\">My Title</a></p>"))
    let other = try vault.page("posts/b/index.html")
    #expect(
      other.contains(
        "<a href=\"../a/#my-title\">x</a> <a href=\"../a/#my-title\">y</a></p>\n<figure class"))
    #expect(other.contains("<p>Words.</p>") && other.contains("<h2>Sub</h2>"))
    #expect(try vault.page("posts/c/index.html").contains("<a href=\"#top\">up</a>"))
    // A section below has the name to itself.
    let same = try vault.page("posts/d/index.html")
    #expect(same.contains("<h2 id=\"same\">") && same.ranges(of: "id=\"same\"").count == 1)
    #expect(try vault.page("posts/f/index.html").contains("id=\"on-not-published\""))
  }

  @Test("pictures are found whose names have blanks, or a query behind them")
  func namesOfPictures() throws {
    let vault = try TestVault()
    for (name, width) in [("my pic.svg", 11), ("b.svg", 12)] {
      try vault.write(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"1\"></svg>\n",
        to: "img/" + name)
    }
    try vault.post("a b.md", "words\n")
    try vault.post(
      "c.md", "![x](<../img/my pic.svg>) ![y](../img/b.svg?raw=true) [s](<a b.md>)\n")
    try vault.publish().succeeded()
    #expect(try widths(vault, "posts/c/index.html") == ["11", "12"])
    #expect(try vault.page("posts/c/index.html").contains("<a href=\"../a-b/\">s</a>"))
    #expect(try vault.notes("check").succeeded().status == 0)
  }

  @Test(
    "a language that goes from the right to the left makes pages that do",
    arguments: [
      ("ar", true), ("he-IL", true), ("en", false), ("az-Arab", true), ("ar-Latn", false),
    ])
  func direction(language: String, isRightToLeft: Bool) throws {
    let vault = try TestVault()
    try vault.write("site:\n  language: \(language)\n", to: ".notes/config.yaml")
    try vault.post("a.md", "# A\n\none\n")
    try vault.publish().succeeded()
    for place in ["index.html", "posts/a/index.html"] {
      let page = try vault.page(place)
      #expect(page.contains("<html lang=\"\(language)\" dir=\"rtl\">") == isRightToLeft)
    }
    #expect(try vault.page("posts/a/index.html").contains("<div class=\"e-content\" dir=\"auto\">"))
  }

  @Test("links lead to posts, on a version's page to those of its time, and back")
  func links() throws {
    let vault = try TestVault()
    try vault.cut("b.md", "# B\n\n## Some head\n\nold b\n", day: 0)
    try vault.cut("a.md", "# A\n\nSee [[b#Some head]] and [it](b.md), [[b@v1|then]].\n", day: 1)
    try vault.cut("b.md", "# B\n\n## Some head\n\nnew b\n", day: 5)
    try vault.publish().succeeded()
    let living = try vault.page("posts/a/index.html")
    #expect(living.contains("<a href=\"../b/#some-head\">b › Some head</a>"))
    #expect(living.contains("<a href=\"../b/\">it</a>, <a href=\"../b/v1/\">then</a>"))
    let frozen = try vault.page("posts/a/v1/index.html")
    #expect(frozen.contains("<a href=\"../../b/v1/#some-head\">"))
    let back = try vault.page("posts/b/index.html")
    #expect(back.contains("<h2>Linked from</h2>") && back.contains("<a href=\"../a/\">A</a>"))
  }

  @Test("an embed shows the other post, on a version's page as it was then, and nothing private")
  func embeds() throws {
    let vault = try TestVault()
    try vault.cut("b.md", "# B\n\n## Some head\n\nold b\n\n## Else\n\nother\n", day: 0)
    try vault.cut("secret.md", "---\nprivate: true\n---\n# Secret\n\nhidden words\n", day: 0)
    try vault.cut("a.md", "# A\n\n![[b#Some head]]\n\n![[secret]]\n\n![[later]]\n", day: 1)
    try vault.cut("b.md", "# B\n\n## Some head\n\nnew b, see [[a]]\n", day: 5)
    try vault.cut("later.md", "# Later\n\nlater words\n", day: 5)
    // Words that were never cut are not published.
    try vault.write("# B\n\n## Some head\n\nworking words\n", to: "posts/b.md")
    try vault.publish().succeeded()
    let living = try vault.page("posts/a/index.html")
    #expect(living.contains("<h2>Some head</h2>\n<p>new b, see <a href=\"./\">a</a></p>"))
    #expect(
      living.contains("<figcaption><a href=\"../b/#some-head\">b › Some head</a></figcaption>"))
    #expect(living.contains("later words"))
    let frozen = try vault.page("posts/a/v1/index.html")
    #expect(frozen.contains("<p>old b</p>") && !frozen.contains("new b"))
    #expect(!frozen.contains("later words"))
    for (path, data) in try vault.site() {
      let text = String(decoding: data, as: UTF8.self)
      #expect(!text.contains("hidden words") && !text.contains("working words"), "\(path)")
    }
    #expect(try vault.page("feed.xml").contains("new b"))
  }

  @Test("a trail leads from one post to the next")
  func trail() throws {
    let vault = try TestVault()
    for name in ["a", "b", "c"] { try vault.post("\(name).md", "# Post \(name)\n") }
    try vault.write(
      "---\ntype: trail\ntitle: The way\n---\n- [[a]] first\n- [[b]] then\n- [[c]]\n", to: "way.md")
    try vault.notes("version", "cut", "way.md").succeeded()
    try vault.publish().succeeded()
    let page = try vault.page("posts/b/index.html")
    #expect(page.contains("<a rel=\"prev\" href=\"../a/\">← Post a</a>"))
    #expect(page.contains("<a rel=\"next\" href=\"../c/\">Post c →</a>"))
    #expect(try vault.page("trails/way/index.html").contains("The way"))
  }

  @Test("GitHub Pages is told to leave the site as it is")
  func noJekyll() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# A\n\nλόγος\n")
    try vault.publish().succeeded()
    #expect(try vault.page(".nojekyll").isEmpty)
    #expect(vault.hasPage("search/words/_.json"))
    #expect(try vault.publish("--format", "path").succeeded().lines.isEmpty)
  }

  @Test("the page for addresses that are none has its style at each of them")
  func missing() throws {
    let vault = try TestVault()
    try vault.publish().succeeded()
    let page = try vault.page("404.html")
    #expect(page.contains("href=\"/b/style.css\"") && page.contains("href=\"/b/updates/\""))
    #expect(!page.contains("href=\"./"))
    try vault.notes("publish", "--out", vault.folder.path + "/site").succeeded()
    #expect(try vault.page("404.html").contains("href=\"style.css\""))
  }

  @Test("a site without a place on the web is one to read from the disk")
  func preview() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# A\n\none\n")
    try vault.notes("publish", "--out", vault.folder.path + "/site").succeeded()
    #expect(try vault.page("index.html").contains("href=\"posts/a/index.html\""))
    #expect(!vault.hasPage("feed.xml") && !vault.hasPage("sitemap.xml"))
  }

  @Test("L9: the vault's theme counts once it is trusted on this machine, and only as it was then")
  func vaultTheme() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# A\n\none\n")
    try vault.folder.write("body { color: red }", to: ".config/notes/theme/style.css")
    try vault.write("body { color: green }", to: ".notes/theme/style.css")
    let refused = vault.publish()
    #expect(refused.status == 8 && refused.errors.contains("notes publish --trust-theme"))
    #expect(!FileManager.default.fileExists(atPath: vault.folder.path + "/site/style.css"))
    #expect(vault.publish("--trust-theme", "--dry-run").status == 0)
    #expect(vault.publish().status == 8)
    try vault.publish("--trust-theme").succeeded()
    #expect(try vault.page("style.css") == "body { color: green }")
    try vault.publish().succeeded()
    try vault.write("read()", to: ".notes/theme/read.js")
    #expect(vault.publish().status == 8)
    try vault.write("x", to: ".notes/theme/evil.js")
    #expect(vault.publish("--trust-theme").errors.contains("evil.js is no part of the theme"))
  }

  @Test("the user's own theme is used, and what is no part of it is named")
  func theme() throws {
    let vault = try TestVault()
    try vault.post("a.md", "# A\n\none\n")
    try vault.folder.write("body { color: red }", to: ".config/notes/theme/style.css")
    try vault.publish().succeeded()
    #expect(try vault.page("style.css") == "body { color: red }")
    try vault.folder.write("{{#open}}", to: ".config/notes/theme/post.mustache")
    #expect(vault.publish().errors.contains("the theme's post.mustache cannot be read"))
    try vault.folder.write("x", to: ".config/notes/theme/other.css")
    #expect(vault.publish().errors.contains("other.css is no part of the theme"))
  }

  @Test("a base URL that was mistyped is told as what was typed, not as a setting")
  func typedBase() throws {
    let result = try TestVault().notes("publish", "--base", "example.org")
    #expect(result.status == 64)
    #expect(result.errors.contains("--base is no URL such as https://example.org/: example.org"))
    #expect(!result.errors.contains("config.yaml"))
  }

  @Test(
    "settings of the site that cannot be used are named",
    arguments: [
      ("base: ftp://x/", "no URL such as"), ("title: [a]", "wrong kind"),
      ("language: a b", "no language tag"),
      ("navigation: {X: 'javascript:alert(1)'}", "navigation"),
      ("base: https://u@h/", "no URL such as"), ("id: 'a b'", "no host with a day"),
      ("id: 'example.org,26'", "no host with a day"), ("id: '@x'", "no host with a day"),
      ("unpublished: maybe", "'hide' or 'name'"),
    ])
  func settings(line: String, words: String) throws {
    let vault = try TestVault()
    try vault.write("site:\n  \(line)\n", to: ".notes/config.yaml")
    let result = vault.publish()
    #expect(result.status == 2 && result.errors.contains(words))
    #expect(vault.notes("list").status == 1)
  }

  @Test("a key of the site that this version does not know is named and passed over")
  func unknownKey() throws {
    let vault = try TestVault()
    try vault.write("site:\n  colour: red\n  title: Mine\n", to: ".notes/config.yaml")
    for command in ["publish", "config"] {
      let result = vault.notes(command)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("unknown key 'site: colour'"))
    }
    #expect(vault.notes("config").output.contains("site.title: Mine"))
    #expect(!vault.notes("save").errors.contains("colour"))
  }

  @Test("what a title, a tag, a reason or a name has in it stays text")
  func hostile() throws {
    let vault = try TestVault()
    let evil = "\"><script>alert(1)</script>' onload=x {{{title}}}"
    try vault.post(
      "a<b>\"c.md",
      "---\ntitle: '\(evil.replacingOccurrences(of: "'", with: "''"))'\ntags: ['<img src=x>']\n"
        + "status: '<b onclick=x>'\ndescription: '</title><script>x</script>'\n---\n# \(evil)\n\n\(evil)\n",
      note: evil)
    try vault.post(
      "a<b>\"c.md", "---\ntitle: '<svg/onload=x>'\n---\n## \(evil)\n\n\(evil) more\n",
      note: evil)
    try vault.write(
      "site:\n  title: '\(evil.replacingOccurrences(of: "'", with: "''"))'\n",
      to: ".notes/config.yaml")
    try vault.publish().succeeded()
    for (path, data) in try vault.site() where path.hasSuffix(".html") {
      let text = String(decoding: data, as: UTF8.self)
        .replacing(/<script src="[.\/]*(read|search).js" defer><\/script>/, with: "")
        .replacing(/<script type="application\/ld\+json">[^<]*<\/script>/, with: "")
      #expect(
        !text.contains("<script") && !text.contains("<svg") && !text.contains("<img"), "\(path)")
      let tags = text.replacing(/="[^"]*"/, with: "")
      #expect(tags.firstMatch(of: /<[a-z]+ [^>]*\bon[a-z]+/) == nil, "\(path)")
    }
  }
}
