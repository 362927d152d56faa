import Git
import TestSupport
import Testing

@Suite struct ObjectTests {
  @Test("an id is read from 40 hexadecimal digits and from nothing else")
  func ids() throws {
    let hex = "0123456789abcdef0123456789abcdef01234567"
    #expect(try #require(ObjectID(hex: hex)).description == hex)
    #expect(ObjectID(hex: hex.uppercased())?.description == hex)
    #expect(ObjectID(hex: hex)?.bytes.count == 20)
    for wrong in ["", "01", hex + "0", "g" + hex.dropFirst(), "é" + hex.dropFirst(2)] {
      #expect(ObjectID(hex: wrong) == nil)
    }
    let ids = ["00", "7f", "80", "ff"].compactMap { ObjectID(hex: $0 + hex.dropFirst(2)) }
    #expect(ids.shuffled().sorted() == ids)
  }

  @Test("a blob has the id that git gives it, and comes back byte for byte")
  func blobs() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let repository = try sandbox.open()
    for text in ["", "a\r\nb", "\u{0}x", "héllo"] {
      try sandbox.folder.write(text, to: "file")
      let expected = try sandbox.git("hash-object", "--no-filters", "../file")
      let id = try repository.writeBlob(Array(text.utf8))
      #expect(id.description == expected)
      #expect(try ObjectID.blob(Array(text.utf8)) == id)
      #expect(try repository.readBlob(id) == Array(text.utf8))
      #expect(try repository.blobSize(id) == text.utf8.count)
      #expect(repository.exists(id) == true)
      #expect(try repository.type(of: id) == .blob)
    }
    #expect(throws: GitError.self) {
      try repository.readBlob(repository.writeBlob(Array("12345".utf8)), limit: 4)
    }
    let missing = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    #expect(try repository.type(of: missing) == nil)
    #expect(repository.exists(missing) == false)
  }

  @Test("a commit of ours passes fsck, and git reads it")
  func commits() throws {
    let sandbox = try Sandbox()
    try sandbox.folder.write("", to: "vault/x")
    let repository = try Repository.create(
      at: sandbox.path("vault"), initialBranch: "trunk", environment: sandbox.environment)
    #expect(try repository.head() == .unborn(branch: "trunk"))
    let blob = try repository.writeBlob(Array("text\n".utf8))
    let tree = try repository.updatedTree(
      nil, [TreeChange("a/b.md", .file(blob)), TreeChange("é.md", .file(blob))])
    let first = try repository.createCommit(
      tree: tree, parents: [], author: Sandbox.author, committer: Sandbox.author,
      message: "one\n\nbody ü\n")
    try repository.setReference(
      "refs/heads/trunk", to: first, expecting: .absent, message: "save: one", by: Sandbox.author)
    let second = try repository.createCommit(
      tree: tree, parents: [first, first], author: Sandbox.author, committer: Sandbox.author,
      message: "two")
    try repository.setReference(
      "refs/heads/trunk", to: second, expecting: .at(first), message: "save: two")
    #expect(try sandbox.git("fsck", "--strict") == "")
    #expect(
      try sandbox.git("log", "--first-parent", "--format=%an %ae %ai %s %b")
        == "Ada ada@example.org 2023-11-14 23:13:20 +0100 two \n"
        + "Ada ada@example.org 2023-11-14 23:13:20 +0100 one body ü\n")
    #expect(try sandbox.git("ls-tree", "-r", "--name-only", "-z", "HEAD") == "a/b.md\u{0}é.md\u{0}")
    #expect(try sandbox.git("reflog", "--format=%gs").hasPrefix("save: two\nsave: one"))
    let read = try repository.commit(second)
    #expect(read.parents == [first, first])
    #expect(read.tree == tree)
    #expect(read.author == Sandbox.author)
    #expect(try repository.commit(first).message == "one\n\nbody ü\n")
    #expect(try repository.head() == .branch("trunk", second))
  }

  @Test("a reference moves only from where it is expected to be")
  func references() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let one = try sandbox.commit(["a": "1"])
    let two = try sandbox.commit(["a": "2"])
    let repository = try sandbox.open()
    func reason(_ expected: ExpectedReference, _ to: ObjectID) -> GitError.Reason? {
      do throws(GitError) {
        try repository.setReference("refs/notes/x", to: to, expecting: expected, message: "m")
        return nil
      } catch { return error.reason }
    }
    #expect(reason(.at(one), two) == .modified)
    #expect(reason(.absent, one) == nil)
    #expect(reason(.absent, two) == .modified)
    #expect(reason(.at(two), two) == .modified)
    #expect(reason(.at(one), two) == nil)
    #expect(try repository.reference("refs/notes/x") == two)
    #expect(try repository.reference("refs/notes/y") == nil)
    try repository.setReference("refs/notes/deep/er", to: one, expecting: .anything, message: "m")
    #expect(
      try repository.references(below: "refs/notes/").map(\.name)
        == ["refs/notes/deep/er", "refs/notes/x"])
    #expect(throws: GitError.self) {
      try repository.removeReference("refs/notes/x", expecting: .at(one))
    }
    try repository.removeReference("refs/notes/x", expecting: .at(two))
    #expect(try repository.reference("refs/notes/x") == nil)
    try repository.removeReference("refs/notes/x")
    try sandbox.folder.write("", to: "vault/.git/refs/notes/deep/er.lock")
    do throws(GitError) {
      try repository.setReference("refs/notes/deep/er", to: two, expecting: .at(one), message: "m")
      Issue.record("a lock was ignored")
    } catch { #expect(error.reason == .locked) }
  }

  @Test("a revision is found, ambiguous or not there")
  func revisions() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let one = try sandbox.commit(["a": "1"])
    let two = try sandbox.commit(["a": "2"])
    try sandbox.git("tag", "-a", "-m", "t", "v1", "HEAD~1")
    let repository = try sandbox.open()
    #expect(try repository.resolve("HEAD~1") == one)
    #expect(try repository.resolve("main") == two)
    #expect(try repository.resolve("v1") == one)
    #expect(try repository.resolve(String(two.description.prefix(8))) == two)
    for wrong in ["nothing", "HEAD~9", "HEAD:a", "main@{99}", "", "^", "..", "-x", "@{u}"] {
      do throws(GitError) {
        _ = try repository.resolve(wrong)
        Issue.record("\(wrong) was found")
      } catch { #expect([.notFound, .invalid].contains(error.reason), "\(wrong): \(error)") }
    }
  }

  @Test("commits are visited in order, without what is hidden")
  func walk() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    var ids: [ObjectID] = []
    for number in 0..<5 {
      ids.append(try sandbox.commit(["a": "\(number)"], "c\(number)", time: 1_700_000_000 + number))
    }
    let repository = try sandbox.open()
    var seen: [ObjectID] = []
    try repository.eachCommit(from: [ids[4]], hiding: [ids[1]]) { commit throws(GitError) in
      seen.append(commit.id)
      return true
    }
    #expect(seen == [ids[4], ids[3], ids[2]])
    seen = []
    try repository.eachCommit(from: [ids[4]], order: .oldestFirst) { commit throws(GitError) in
      seen.append(commit.id)
      return seen.count < 2
    }
    #expect(seen == [ids[0], ids[1]])
  }
}
