import Git
import TestSupport
import Testing

@Suite struct PackWriterTests {
  @Test("git reads a pack of ours, and finds nothing wrong with it")
  func sound() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let repository = try sandbox.open()
    var pack = try PackWriter(for: repository)
    var changes: [TreeChange] = []
    for number in 0..<300 {
      // Sizes around the borders of the size's encoding, and two of each text.
      let text = String(repeating: "x\(number / 2) ", count: [0, 1, 5, 600, 9_000][number % 5])
      let id = try pack.add(Array(text.utf8))
      #expect(try id == ObjectID.blob(Array(text.utf8)))
      changes.append(TreeChange(GitPath("d\(number % 7)/n\(number).md"), .file(id)))
    }
    let large = try pack.add([UInt8](repeating: 65, count: 9 << 20))
    changes.append(TreeChange("large", .file(large)))
    let blobs = Set(changes.compactMap { $0.entry?.id })
    #expect(try repository.type(of: large) == nil)
    try pack.finish(in: repository)
    #expect(try repository.type(of: large) == .blob)
    let tree = try repository.updatedTree(nil, changes)
    let commit = try repository.createCommit(
      tree: tree, parents: [], author: Sandbox.author, committer: Sandbox.author, message: "all")
    try repository.setReference("refs/heads/main", to: commit, expecting: .absent, message: "m")
    #expect(try sandbox.git("fsck", "--strict", "--full") == "")
    let counted = try sandbox.git("count-objects", "-v")
    #expect(counted.contains("in-pack: \(blobs.count)\npacks: 1"))
    // The trees of eight folders, and the commit.
    #expect(counted.contains("count: 9\n"))
    #expect(try repository.blobSize(large) == 9 << 20)
    try sandbox.git("reset", "-q", "--hard")
    #expect(try sandbox.git("write-tree") == tree.description)
    try sandbox.git("gc", "-q", "--prune=now")
    #expect(try sandbox.git("fsck", "--strict") == "")
  }

  @Test("what the repository has is not written again, but where it is damaged")
  func known() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.commit(["packed.md": "packed"])
    try sandbox.git("gc", "-q")
    try sandbox.commit(["loose.md": "loose", "cut.md": "cut", "empty.md": "empty"])
    for (name, count) in [("cut", 16), ("empty", 0)] {
      let id = try sandbox.id("HEAD:\(name).md").description
      let file = sandbox.path("vault/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
      try runProcess(["chmod", "u+w", file])
      try runProcess(["truncate", "-s", "\(count)", file])
    }
    let repository = try sandbox.open()
    func add(_ texts: [String]) throws {
      var pack = try PackWriter(for: repository)
      for text in texts {
        #expect(try pack.add(Array(text.utf8)) == ObjectID.blob(Array(text.utf8)))
      }
      try pack.finish(in: repository)
    }
    try add(["packed", "loose"])
    #expect(try sandbox.git("count-objects", "-v").contains("\npacks: 1\n"))
    try add(["packed", "loose", "cut", "empty", "new"])
    #expect(try sandbox.git("count-objects", "-v").contains("in-pack: 6\npacks: 2\n"))
    for text in ["cut", "empty", "new"] {
      #expect(try sandbox.open().readBlob(.blob(Array(text.utf8))) == Array(text.utf8))
    }
  }

  @Test("a pack that is not finished, or is empty, leaves nothing behind")
  func abandoned() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let repository = try sandbox.open()
    do {
      var pack = try PackWriter(for: repository)
      _ = try pack.add(Array("x".utf8))
    }
    try PackWriter(for: repository).finish(in: repository)
    #expect(try runProcess(["ls", "-A", sandbox.path("vault/.git/objects/pack")]).output == "")
  }
}
