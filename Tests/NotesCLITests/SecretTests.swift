import Foundation
import TestSupport
import Testing

@Suite("secrets are kept out of snapshots")
struct SecretStopTests {
  let vault: TestVault
  /// Put together here, so that no scanner takes this file for one that holds it.
  let token = "gh" + "p_q7Zt2mVw9KcR4xLbN8sHd3JfG6pYe1UaTi5o"
  var remote: String { vault.remote }

  init() throws {
    vault = try TestVault()
    try vault.makeRemote()
    try vault.write("plain\n", to: "a.md")
    try vault.notes("sync", "--remote", remote).succeeded()
  }

  private func history() throws -> String { try vault.git("log", "-p", "--all").output }

  @Test("a note with a token stays as it was, the others are saved and synced, and the exit is 8")
  func stopped() throws {
    try vault.write("plain\n\nkey: \(token)\n", to: "a.md")
    try vault.write("other\n", to: "b.md")
    let saved = vault.notes("save")
    #expect(saved.status == 8)
    let words = "not saved: a.md (line 3: what looks like a GitHub token, ghp_…)"
    #expect(saved.errors.contains(words))
    #expect(saved.errors.contains("hint: notes save --explain"))
    #expect(saved.lines == ["A b.md"])
    #expect(vault.notes("sync").status == 8)
    #expect(try !history().contains(token))
    #expect(try vault.git("show", "main:b.md", in: remote).output == "other\n")
    #expect(try vault.read("a.md").contains(token))
    #expect(try vault.git("show", "HEAD:a.md").output == "plain\n")
    let status = vault.notes("status", "--format", "json").output
    #expect(status.contains("\"stopped\"") && status.contains("\"GitHub token\""))
    #expect(vault.notes("status").errors.contains("kept out: a.md"))
    // Nothing of the token is printed but its beginning, which all of them share.
    let explained = vault.notes("save", "--explain")
    #expect(explained.status == 8)
    #expect(explained.output.contains("a.md:3: what looks like a GitHub token"))
    #expect(!explained.output.contains(token.dropFirst(4)))
  }

  @Test("a post with a token is not cut: its number is not taken, and nothing is written")
  func notCut() throws {
    try vault.write("A post.\n", to: "posts/essay.md")
    try vault.notes("version", "cut", "essay").succeeded()
    try vault.write("A post.\n\nkey: \(token)\n", to: "posts/essay.md")
    let head = try vault.git("rev-parse", "HEAD").output
    let cut = vault.notes("version", "cut", "essay", "--new")
    #expect(cut.status == 8)
    let words = "v2 was not cut: posts/essay.md (line 3: what looks like a GitHub token, ghp_…)"
    #expect(cut.errors.contains(words), "\(cut.errors)")
    #expect(cut.errors.contains("notes save --allow-secret posts/essay.md"))
    #expect(try vault.git("rev-parse", "HEAD").output == head)
    #expect(try vault.git("status", "--porcelain").output == " M posts/essay.md\n")
    try vault.notes("save", "--allow-secret", "posts/essay.md").succeeded()
    #expect(try vault.notes("version", "cut", "essay", "--new").succeeded().output.hasPrefix("v2"))
    try vault.write("A post.\n\nkey: \(token)\n\nMore.\n", to: "posts/essay.md")
    #expect(try vault.notes("version", "cut", "essay", "--new").succeeded().output.hasPrefix("v3"))
    #expect(try vault.git("status", "--porcelain").output == "")
  }

  @Test("words with a token are refused, and nothing is written")
  func inWords() throws {
    try vault.write("A post.\n", to: "posts/essay.md")
    try vault.notes("version", "cut", "essay").succeeded()
    try vault.write("A post, of more words.\n", to: "posts/essay.md")
    let head = try vault.git("rev-parse", "HEAD").output
    for words in [
      ["version", "cut", "essay", "--new"], ["version", "note", "essay@v1"],
      ["version", "withdraw", "essay@v1"], ["save"], ["sync"],
    ] {
      let refused = vault.run(words + ["-m", "the token was \(token)"])
      #expect(refused.status == 8, "\(words)")
      #expect(refused.errors.contains("your words hold what looks like a GitHub token, ghp_…"))
      #expect(try vault.git("rev-parse", "HEAD").output == head, "\(words)")
      #expect(try vault.git("status", "--porcelain").output == " M posts/essay.md\n")
    }
    try vault.notes("sync", "-m", "the token was replaced").succeeded()
    #expect(try !history().contains(token))
  }

  @Test("a post with the marks of an unfinished merge is not cut")
  func notCutMarkers() throws {
    let torn = "A post.\n\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
    try vault.write(torn, to: "posts/essay.md")
    let cut = vault.notes("version", "cut", "essay")
    #expect(cut.status == 8 && cut.errors.contains("v1 was not cut: posts/essay.md (line 3"))
    #expect(try !vault.git("status", "--porcelain", "-uall").output.contains("versions"))
  }

  @Test("taken out of the text, the note is saved as ever")
  func takenOut() throws {
    try vault.write("key: \(token)\n", to: "a.md")
    #expect(vault.notes("save").status == 8)
    try vault.write("key: $TOKEN\n", to: "a.md")
    try vault.notes("save").succeeded()
    #expect(try vault.git("show", "HEAD:a.md").output == "key: $TOKEN\n")
  }

  @Test("what is allowed is saved, on another machine too, and another token is not")
  func allowed() throws {
    try vault.write("key: \(token)\n", to: "a.md")
    try vault.notes("save", "--allow-secret", "a.md").succeeded()
    #expect(try history().contains(token))
    try vault.notes("sync").succeeded()
    let other = try vault.cloned(as: "other")
    try other.write("the same key: \(token)\n", to: "c.md")
    try other.notes("save").succeeded()
    try other.write("another: \(token.dropLast(1))Q\n", to: "d.md")
    #expect(other.notes("save").status == 8)
    #expect(other.notes("save", "--allow-secret", "c.md").status == 2)
  }

  @Test("a file that allow-secrets names may hold anything")
  func allowedByGlob() throws {
    try vault.write("allow-secrets: [keys]\n", to: ".notes/config.yaml")
    try vault.write("key: \(token)\n", to: "keys/a.md")
    try vault.notes("save").succeeded()
    try vault.write("the key: \(token)\n", to: "b.md")
    #expect(vault.notes("save").status == 8)
  }

  @Test("a token that the history has already stops no edit and no move of its note")
  func oldSecret() throws {
    try vault.write("key: \(token)\n", to: "a.md")
    try vault.git("add", "a.md")
    try vault.git("commit", "-q", "-m", "by git")
    try vault.write("key: \(token)\n\nmore\n", to: "a.md")
    try vault.notes("save").succeeded()
    try vault.notes("mv", "a", "b").succeeded()
    try vault.notes("save").succeeded()
    #expect(try vault.git("show", "HEAD:b.md").output.contains(token))
  }

  @Test("a token that git was shown by 'git add' is kept out and not sent all the same")
  func staged() throws {
    try vault.write("key: \(token)\n", to: "b.md")
    try vault.git("add", "b.md")
    for command in ["save", "sync"] {
      let result = vault.notes(command)
      #expect(result.status == 8 && result.errors.contains("not saved: b.md"), "\(result)")
    }
    #expect(try vault.git("rev-list", "--count", "main", in: remote).output == "1\n")
    try vault.write("key: $TOKEN\n", to: "b.md")
    try vault.notes("sync").succeeded()
    #expect(try vault.git("show", "main:b.md", in: remote).output == "key: $TOKEN\n")
    #expect(try !vault.git("log", "-p", "main", in: remote).output.contains(token))
  }

  @Test("a token in a snapshot of git's own is not sent, also once a later one has it no more")
  func committed() throws {
    let base = try vault.git("rev-parse", "--short=10", "HEAD").output.prefix(10)
    try vault.write("key: \(token)\n", to: "b.md")
    try vault.git("add", "b.md")
    try vault.git("commit", "-qm", "by git")
    try vault.write("key: $TOKEN\n", to: "b.md")
    try vault.notes("save").succeeded()
    let other = try vault.cloned(as: "other")
    try other.write("Two.\n", to: "two.md")
    try other.notes("sync").succeeded()
    for options in [[], ["--dry-run"]] {
      let refused = vault.run(["sync"] + options)
      #expect(refused.status == 8 && refused.errors.contains("nothing was sent"))
      #expect(refused.errors.contains("b.md in "), "\(refused.errors)")
      #expect(refused.errors.contains("(line 1: what looks like a GitHub token, ghp_…)"))
      #expect(refused.errors.contains("git reset --soft \(base) and take it out"))
    }
    try vault.git("reset", "-q", "--soft", String(base))
    try vault.notes("sync").succeeded()
    #expect(try vault.git("show", "main:b.md", in: remote).output == "key: $TOKEN\n")
    #expect(try !vault.git("log", "-p", "main", in: remote).output.contains(token))
  }

  @Test("a token in a snapshot of git's own is sent if it is allowed, or if a remote has it")
  func committedAndAllowed() throws {
    try vault.write("key: \(token)\n", to: "b.md")
    try vault.git("add", "b.md")
    try vault.git("commit", "-qm", "by git")
    #expect(vault.notes("sync").status == 8)
    try vault.notes("save", "--allow-secret", "b.md").succeeded()
    try vault.notes("sync").succeeded()
    try vault.git("rm", "-rqf", "b.md", ".notes/allowed-secrets")
    try vault.git("commit", "-qm", "without")
    try vault.notes("sync").succeeded()
    // It comes back from the history, and goes to a second remote.
    try vault.git("checkout", "HEAD~1", "--", "b.md")
    try vault.notes("sync").succeeded()
    try vault.git("init", "-q", "--bare", "-b", "main", "../second.git")
    try vault.git("remote", "add", "second", "../second.git")
    try vault.notes("sync", "--remote", "second").succeeded()
  }

  /// A note with a token that the remote has, and another machine's vault.
  private func sentToken() throws -> TestVault {
    try vault.write("One: \(token)\n\nTwo.\n\nThree.\n", to: "key.md")
    try vault.git("add", "key.md")
    try vault.git("commit", "-qm", "by git")
    try vault.git("push", "-q", remote, "HEAD:main")
    try vault.notes("sync").succeeded()
    return try vault.cloned(as: "other")
  }

  @Test("what was saved of a token that the remote has is sent: a copy, and a note that comes back")
  func sentAgain() throws {
    let other = try sentToken()
    try vault.write(vault.read("key.md"), to: "copy.md")
    try vault.notes("save").succeeded()
    try vault.notes("sync").succeeded()
    #expect(try vault.git("show", "main:copy.md", in: remote).output.contains(token))
    try other.notes("sync").succeeded()
    try other.git("rm", "-q", "key.md", "copy.md")
    try other.notes("sync").succeeded()
    try other.write(other.git("show", "HEAD~1:key.md").output, to: "back.md")
    try other.notes("save").succeeded()
    try other.notes("sync").succeeded()
    #expect(try other.git("show", "main:back.md", in: remote).output.contains(token))
    // Another token beside it is no less one.
    try other.write("\(other.read("back.md"))\nkey: \(token.dropLast(1))Q\n", to: "back.md")
    #expect(other.notes("save").status == 8)
    try other.git("commit", "-qam", "by git")
    #expect(other.notes("sync").errors.contains("nothing was sent"))
  }

  @Test("a conflict over a note with a token that the remote has is sent, and follows the note")
  func sentRecord() throws {
    let other = try sentToken()
    for (machine, word) in [(vault, "Two, here."), (other, "Two, there.")] {
      try machine.write(machine.read("key.md").replacing("Two.", with: word), to: "key.md")
      #expect(machine.notes("sync").status == (machine === other ? 3 : 0))
    }
    #expect(vault.notes("sync").status == 3)
    try vault.notes("mv", "key", "moved").succeeded()
    try vault.notes("save").succeeded()
    #expect(vault.notes("sync").status == 3)
    #expect(other.notes("sync").status == 3)
    #expect(other.notes("conflicts", "moved").output.contains("Two, [-here-]{+there+}."))
  }

  @Test("a conflict that was met when a note with such a token could be written is sent")
  func recordOfAnEdit() throws {
    let other = try sentToken()
    try vault.write(vault.read("key.md"), to: "in/key.md")
    try vault.notes("sync").succeeded()
    try other.notes("sync").succeeded()
    try other.write(other.read("in/key.md").replacing("Two.", with: "Two, there."), to: "in/key.md")
    try other.notes("sync").succeeded()
    try runProcess(["mv", "in", "../elsewhere"], in: vault.path)
    try runProcess(["ln", "-s", "../elsewhere", "in"], in: vault.path)
    #expect(vault.notes("sync").status == 2)
    try vault.write(
      vault.read("in/key.md").replacing("Two.", with: "Two, here."), to: "../elsewhere/key.md")
    try runProcess(["rm", "in"], in: vault.path)
    try runProcess(["mv", "../elsewhere", "in"], in: vault.path)
    // What a sync saves itself is not looked at by it once more.
    vault.notes("save")
    #expect(vault.has(".notes/conflicts"))
    #expect(vault.notes("sync").status == 3)
    #expect(other.notes("sync").status == 3)
    #expect(try other.read("in/key.md").contains("Two, here."))
  }

  @Test("what is told of a token that was taken out before the first push is what helps")
  func firstPush() throws {
    let old = try TestVault(isVault: false, name: "old", beside: vault)
    try vault.git("init", "-q", "-b", "main", old.path)
    try vault.git("init", "-q", "--bare", "-b", "main", "../first.git")
    for text in ["key: \(token)\n", "key: none\n"] {
      try old.write(text, to: "a, b.md")
      try old.git("add", ".")
      try old.git("commit", "-qm", "by git")
    }
    try old.notes("init").succeeded()
    let refused = old.notes("sync", "--remote", "../first.git")
    #expect(refused.status == 8 && refused.errors.contains("a, b.md in "), "\(refused)")
    #expect(!refused.errors.contains("--allow-secret"))
    let way = "allow-secrets: [\"a, b.md\"]"
    #expect(refused.errors.contains("\(way) in .notes/config.yaml"), "\(refused)")
    try old.write(old.read(".notes/config.yaml") + way + "\n", to: ".notes/config.yaml")
    try old.notes("sync").succeeded()
  }

  @Test("what was looked for in the snapshots is found by its bytes, wherever it stood")
  func staging() throws {
    _ = try sentToken()
    let text = try vault.read("key.md")
    try vault.write(text, to: "a/b/deep.md")
    try vault.notes("save").succeeded()
    try vault.git("rm", "-rq", "key.md", "a")
    try vault.notes("save").succeeded()
    try vault.write("key: \(token)\n", to: "new.md")
    try vault.write(text, to: "back.md")
    try vault.git("add", ".")
    let saved = vault.notes("save")
    #expect(saved.status == 8 && saved.errors.contains("not saved: new.md"), "\(saved)")
    #expect(!saved.errors.contains("back.md"))
    #expect(saved.lines == ["A back.md"])
    #expect(vault.notes("status").errors.contains("kept out: new.md"))
  }

  @Test(
    "a conflict over a note that is kept out waits until its record can go out whole",
    arguments: [true, false])
  func conflict(isToken: Bool) throws {
    try vault.write("Deploy with the usual words.\n", to: "a.md")
    try vault.write("largest-file: 2 kB\n", to: ".notes/config.yaml")
    try vault.notes("sync").succeeded()
    let other = try vault.cloned(as: "other")
    try other.write("Deploy with something else.\n", to: "a.md")
    try other.notes("sync").succeeded()
    let mine = "Deploy with \(isToken ? token : String(repeating: "many ", count: 500)).\n"
    try vault.write(mine, to: "a.md")
    for _ in 0..<3 {
      let synced = vault.notes("sync")
      #expect(synced.status == (isToken ? 8 : 2), "\(synced)")
      #expect(synced.errors.contains("not written: a.md (it cannot be saved as it is"), "\(synced)")
      if isToken { #expect(synced.errors.contains("not saved: a.md (line 1: what looks like")) }
      #expect(try vault.read("a.md") == mine)
      #expect(!vault.has(".notes/conflicts"))
    }
    let sent = try vault.git("show", "main:a.md", in: remote).output
    #expect(sent == "Deploy with something else.\n")
    try vault.write("Deploy with a key of mine.\n", to: "a.md")
    #expect(vault.notes("sync").status == 3)
    #expect(other.notes("sync").status == 3)
    for machine in [vault, other] {
      #expect(try machine.read("a.md") == "Deploy with a key of mine.\n")
      let shown = machine.notes("conflicts", "a").output
      #expect(shown.contains("something else") && shown.contains("a key of mine"), "\(shown)")
    }
    #expect(try !history().contains(token))
    try other.notes("resolve", "a", "--mine").succeeded()
    try other.notes("sync").succeeded()
    try vault.notes("sync").succeeded()
    #expect(try vault.read("a.md") == "Deploy with something else.\n")
  }

  /// What all need, in a note that two other machines have.
  private func sentNote() throws -> (there: TestVault, third: TestVault) {
    try vault.write("# Server\n\nHow to deploy.\n\nA text that all need.\n", to: "server.md")
    try vault.write("see [[server]]\n", to: "index.md")
    try vault.notes("sync").succeeded()
    return (try vault.cloned(), try vault.cloned(as: "third"))
  }

  @Test(
    "a note that is kept out and was renamed stays with the others until it can be saved",
    arguments: [true, false])
  func renamed(byNotes: Bool) throws {
    let (there, third) = try sentNote()
    try vault.write("\(vault.read("server.md"))\nkey: \(token)\n", to: "server.md")
    #expect(vault.notes("sync").status == 8)
    if byNotes {
      try vault.notes("mv", "server", "ops/server").succeeded()
    } else {
      try runProcess(["mkdir", "ops"], in: vault.path)
      try runProcess(["mv", "server.md", "ops/server.md"], in: vault.path)
    }
    for command in ["sync", "save", "status"] {
      let result = vault.notes(command)
      #expect(result.errors.contains("ghp_…; the others keep server.md until then)"), "\(result)")
      #expect(!result.output.contains("D server.md"))
    }
    try there.notes("sync").succeeded()
    #expect(there.has("server.md"))
    #expect(there.notes("check").status == 0)
    // What another machine writes meanwhile comes to where the note is here.
    try third.write(
      third.read("server.md").replacing("all need.", with: "all three need."), to: "server.md")
    try third.notes("sync").succeeded()
    #expect(vault.notes("sync").status == 8)
    #expect(!vault.has("server.md"))
    let text = try vault.read("ops/server.md")
    #expect(text.contains("all three need.") && text.contains(token))
    try vault.write(text.replacing("key: \(token)", with: "key: mine"), to: "ops/server.md")
    try vault.notes("sync").succeeded()
    for machine in [there, third] {
      try machine.notes("sync").succeeded()
      #expect(!machine.has("server.md"))
      #expect(try machine.read("ops/server.md") == vault.read("ops/server.md"))
      #expect(machine.notes("conflicts").output == "")
    }
    #expect(try !history().contains(token))
  }

  @Test("a picture that grew above the limit and is in a renamed folder stays with the others")
  func renamedAndLarge() throws {
    try vault.write("largest-file: 2 kB\n", to: ".notes/config.yaml")
    try vault.write(String(repeating: "pixel ", count: 200), to: "pics/a.png")
    try vault.write("# Of the pictures\n", to: "pics/about.md")
    try vault.notes("sync").succeeded()
    let there = try vault.cloned()
    try runProcess(["mv", "pics", "images"], in: vault.path)
    try vault.write(String(repeating: "other dots ", count: 500), to: "images/a.png")
    let synced = try vault.notes("sync").succeeded()
    #expect(synced.errors.contains("; the others keep pics/a.png until then"), "\(synced)")
    try there.notes("sync").succeeded()
    #expect(there.has("pics/a.png") && there.has("images/about.md"))
    try vault.write("small\n", to: "images/a.png")
    try vault.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    #expect(!there.has("pics") && there.has("images/a.png"))
  }

  /// Two machines that wrote another first line in a note, and the question that waits over it.
  private func conflict() throws -> TestVault {
    try vault.write("# One\n\nAlpha line.\n", to: "one.md")
    try vault.notes("sync").succeeded()
    let there = try vault.cloned()
    try there.write("# One\n\nB-Alpha line.\n", to: "one.md")
    try there.notes("sync").succeeded()
    try vault.write("# One\n\nA-Alpha line.\n", to: "one.md")
    #expect(vault.notes("sync").status == 3)
    return there
  }

  @Test("the answer to a conflict over a note that is kept out goes out with its text")
  func answered() throws {
    let there = try conflict()
    try vault.write("\(vault.read("one.md"))\nkey: \(token)\n", to: "one.md")
    try vault.notes("resolve", "one", "--mine").succeeded()
    #expect(vault.notes("conflicts").output == "")
    for _ in 0..<2 {
      let synced = vault.notes("sync")
      #expect(synced.status == 8 && !synced.output.contains("record"), "\(synced)")
      #expect(vault.notes("conflicts").output == "")
      #expect(there.notes("sync").status == 3)
      #expect(there.notes("conflicts", "one").output.contains("{+A+}-Alpha"))
    }
    try vault.write(vault.read("one.md").replacing("key: \(token)\n", with: ""), to: "one.md")
    try vault.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    #expect(try there.read("one.md").contains("A-Alpha line."))
    #expect(there.notes("conflicts").output == "")
  }

  @Test("a conflict over a note that is kept out follows it once it can be saved")
  func renamedWithConflict() throws {
    let there = try conflict()
    try vault.write("\(vault.read("one.md"))\nkey: \(token)\n", to: "one.md")
    try vault.notes("mv", "one", "first").succeeded()
    #expect(vault.notes("sync").status == 8)
    #expect(there.notes("sync").status == 3)
    #expect(there.notes("conflicts").output.contains("one.md"))
    try vault.write(vault.read("first.md").replacing("key: \(token)\n", with: ""), to: "first.md")
    #expect(vault.notes("sync").status == 3)
    #expect(there.notes("sync").status == 3)
    for machine in [vault, there] {
      #expect(!machine.has("one.md"))
      #expect(machine.notes("conflicts", "first").output.contains("{+A+}-Alpha"))
    }
  }

  @Test("a note that is kept out and that another machine moves goes along, with its edit")
  func movedElsewhere() throws {
    let (there, _) = try sentNote()
    try vault.write("\(vault.read("server.md"))\nAn edit.\n\nkey: \(token)\n", to: "server.md")
    #expect(vault.notes("sync").status == 8)
    try there.notes("mv", "server", "host").succeeded()
    try there.notes("sync").succeeded()
    #expect(vault.notes("sync").status == 8)
    #expect(!vault.has("server.md"))
    try vault.write(vault.read("host.md").replacing("key: \(token)\n", with: ""), to: "host.md")
    try vault.notes("sync").succeeded()
    try there.notes("sync").succeeded()
    #expect(!there.has("server.md"))
    #expect(try there.read("host.md").contains("An edit."))
  }

  @Test("a note that is kept out, and another machine moved and changed, waits with its words")
  func movedElsewhereAndChanged() throws {
    let (there, _) = try sentNote()
    try vault.write(vault.read("server.md").replacing("deploy.", with: token), to: "server.md")
    #expect(vault.notes("sync").status == 8)
    try there.notes("mv", "server", "host").succeeded()
    try there.write(there.read("host.md").replacing("deploy.", with: "begin."), to: "host.md")
    try there.notes("sync").succeeded()
    let synced = vault.notes("sync")
    #expect(synced.status == 8 && synced.errors.contains("not written: server.md"), "\(synced)")
    #expect(try vault.read("server.md").contains(token))
    try vault.write(vault.read("server.md").replacing(token, with: "a key"), to: "server.md")
    #expect(vault.notes("sync").status == 3)
    #expect(there.notes("sync").status == 3)
    for machine in [vault, there] {
      #expect(!machine.has("server.md"))
      #expect(try machine.read("host.md").contains("How to a key"))
      #expect(machine.notes("conflicts", "host").output.contains("begin"))
    }
    #expect(try !history().contains(token))
  }

  @Test("a note that is kept out and another machine removed is a question once it can be saved")
  func removedElsewhere() throws {
    let (there, _) = try sentNote()
    try vault.write("\(vault.read("server.md"))\nAn edit.\n\nkey: \(token)\n", to: "server.md")
    #expect(vault.notes("sync").status == 8)
    try there.notes("rm", "server").succeeded()
    try there.notes("sync").succeeded()
    let synced = vault.notes("sync")
    #expect(synced.errors.contains("and another machine removed it"), "\(synced)")
    #expect(!vault.has(".notes/conflicts"))
    let text = try vault.read("server.md")
    try vault.write(text.replacing("key: \(token)\n", with: ""), to: "server.md")
    #expect(vault.notes("sync").status == 3)
    #expect(there.notes("sync").status == 3)
    #expect(there.notes("conflicts").output.contains("server.md"))
    #expect(try there.read("server.md").contains("An edit."))
    #expect(try !history().contains(token))
  }

  @Test("a text that can be in no snapshot is not replaced by an older one")
  func restore() throws {
    let text = "plain\n\nkey: \(token)\n"
    try vault.write(text, to: "a.md")
    let refused = vault.notes("restore", "a", "HEAD")
    #expect(refused.status == 8 && refused.errors.contains("not saved: a.md (line 3"))
    #expect(try vault.read("a.md") == text)
    try vault.write("other\n", to: "b.md")
    #expect(vault.notes("save").status == 8)
    try vault.write("changed\n", to: "b.md")
    let restored = vault.notes("restore", "b", "HEAD")
    #expect(restored.status == 8 && restored.errors.contains("not saved: a.md"))
    #expect(try vault.read("b.md") == "other\n")
  }

  @Test("what a command about versions cannot save beside them, it names")
  func versions() throws {
    try vault.notes("version", "cut", "a").succeeded()
    try vault.write("key: \(token)\n", to: "b.md")
    for command in [
      ["note", "a@v1", "-m", "x"], ["withdraw", "a@v1", "-m", "x"], ["import", "c", "--yes"],
    ] {
      if command[0] == "import" {
        try vault.write("old\n", to: "c.md")
        #expect(vault.notes("save").status == 8)
      }
      let result = vault.run(["version"] + command)
      #expect(result.status == 8 && result.errors.contains("not saved: b.md"), "\(command)")
    }
  }

  @Test("what comes in is merged into a note that is kept out, and its token stays here")
  func incoming() throws {
    try vault.write("One.\n\nTwo.\n\nThree.\n", to: "a.md")
    try vault.notes("sync").succeeded()
    let other = try vault.cloned(as: "other")
    try other.write("One.\n\nTwo.\n\nThree, from there.\n", to: "a.md")
    try other.notes("sync").succeeded()
    try vault.write("One: \(token)\n\nTwo.\n\nThree.\n", to: "a.md")
    #expect(vault.notes("sync").status == 8)
    #expect(try vault.read("a.md") == "One: \(token)\n\nTwo.\n\nThree, from there.\n")
    #expect(try !history().contains(token))
    #expect(vault.notes("sync", "--dry-run").status == 8)
  }
}
