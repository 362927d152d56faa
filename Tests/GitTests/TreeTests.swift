import Git
import TestSupport
import Testing

@Suite struct TreeTests {
  @Test("a tree of ours has the id that git's own has", arguments: 0..<8 as Range<UInt64>)
  func sameTree(seed: UInt64) throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let base = try sandbox.commit([
      "a.md": "1", "a-b.md": "2", "a/x.md": "3", "a/y/z.md": "4", "b/only.md": "5", "c": "6",
    ])
    let repository = try sandbox.open()
    var numbers = SplitMix(seed: seed)
    let names = [
      "a.md", "a", "a-b.md", "a/x.md", "a/y/z.md", "a/y/new", "b/only.md", "b", "c", "c/d", "z/z/z",
    ]
    // Files first, so that what git is told is what a sequence of changes means to us.
    var changes: [TreeChange] = []
    var files: [String: String?] = [:]
    for name in names.shuffled(using: &numbers).prefix(5) {
      let clashes = files.contains { other, text in
        (name.hasPrefix(other + "/") || other.hasPrefix(name + "/")) && text != nil
      }
      if clashes { continue }
      let text: String? = Bool.random(using: &numbers) ? "\(seed) \(name)" : nil
      if text != nil, files.keys.contains(where: { $0.hasPrefix(name + "/") }) { continue }
      if name == "a" || name == "b", text == nil { continue }
      files[name] = text
      let entry = try text.map { TreeEntry.file(try repository.writeBlob(Array($0.utf8))) }
      changes.append(TreeChange(GitPath(name), entry))
    }
    let tree = try repository.updatedTree(repository.commit(base).tree, changes)
    for (name, text) in files where text != nil {
      // git needs what stands in the way gone first.
      let parts = name.split(separator: "/")
      for count in 1..<max(parts.count, 1) {
        let above = parts.prefix(count).joined(separator: "/")
        try runProcess(
          ["sh", "-c", "test -f '\(above)' && rm '\(above)'"], in: sandbox.path("vault"))
      }
      try runProcess(["rm", "-rf", name], in: sandbox.path("vault"))
    }
    let commit = try sandbox.commit(files)
    #expect(try repository.commit(commit).tree == tree, "\(files)")
  }

  @Test("a change that changes nothing gives the same tree, and nothing left is the empty tree")
  func edges() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let base = try sandbox.commit(["a/b.md": "1", "c.md": "2"])
    let repository = try sandbox.open()
    let tree = try repository.commit(base).tree
    let b = try #require(try repository.entry(at: "a/b.md", in: tree))
    #expect(try repository.updatedTree(tree, [TreeChange("a/b.md", b)]) == tree)
    #expect(
      try repository.updatedTree(tree, [TreeChange("x/y/z", nil), TreeChange("c.md/q", nil)])
        == tree)
    let empty = try repository.updatedTree(
      tree, [TreeChange("a/b.md", nil), TreeChange("c.md", nil)])
    #expect(empty.description == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    for name in [".git/x", "a/.GIT", "..", "a//b", "", "/a", "git~1", ".g\u{200c}it", "a/.git. "] {
      #expect(throws: GitError.self) {
        try repository.updatedTree(tree, [TreeChange(GitPath(name), b)])
      }
    }
  }

  @Test("entries are found by path and listed in full")
  func entries() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let base = try sandbox.commit(["a/b.md": "1", "a/c/d.md": "2", "é.md": "3"])
    let repository = try sandbox.open()
    let tree = try repository.commit(base).tree
    #expect(try repository.entry(at: "a", in: tree)?.kind == .folder)
    #expect(try repository.entry(at: "a/c/d.md", in: tree)?.kind == .file)
    #expect(try repository.entry(at: "a/c/d.md/x", in: tree) == nil)
    #expect(try repository.entry(at: "A", in: tree) == nil)
    var paths: [String] = []
    try repository.eachEntry(of: tree) { path, _ throws(GitError) in
      paths.append(path.description)
      return true
    }
    #expect(paths == ["a/b.md", "a/c/d.md", "é.md"])
  }

  @Test("blobs are found in the newest snapshot that has them, as far as is looked")
  func newestSnapshots() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let first = try sandbox.commit(["a/b/old.md": "old\n", "x.md": "1"])
    let second = try sandbox.commit(["a/b/old.md": nil, "y.md": "2"])
    let third = try sandbox.commit(["x.md": nil, "z/new.md": "new\n"])
    let staged = try #require(
      ObjectID(hex: sandbox.git("hash-object", "-w", "--stdin", input: "staged\n")))
    let repository = try sandbox.open()
    let (old, new, x) = try (
      ObjectID.blob(Array("old\n".utf8)), ObjectID.blob(Array("new\n".utf8)),
      ObjectID.blob(Array("1".utf8))
    )
    let absent = try ObjectID.blob(Array("never written".utf8))
    let wanted: Set = [old, new, x, staged, absent]
    let found = try repository.newestSnapshots(having: wanted, from: [third])
    #expect(found == [old: first, x: second, new: third])
    let last = try repository.newestSnapshots(having: wanted, from: [third], atMost: 1)
    #expect(last == [new: third])
    #expect(try repository.newestSnapshots(having: [old], from: [third], bytes: 40).isEmpty)
    #expect(try repository.newestSnapshots(having: wanted, from: [third]) { true }.isEmpty)
    #expect(try repository.newestSnapshots(having: [absent], from: [third]).isEmpty)
  }

  @Test("a diff says what git diff says", arguments: [true, false])
  func diff(findingRenames: Bool) throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let long = (0..<40).map { "line \($0)\n" }.joined()
    let old = try sandbox.commit([
      "same.md": "1", "edited.md": "2", "gone.md": "3", "moved.md": long, "x/exact.md": "exact\n",
      "was-file": "f", "was-folder/a": "g",
    ])
    let new = try sandbox.commit([
      "edited.md": "2b", "gone.md": nil, "moved.md": nil, "y/moved here.md": long + "more\n",
      "x/exact.md": nil, "z/exact.md": "exact\n", "new.md": "n", "was-file": nil,
      "was-folder": nil, "was-file/b": "h",
    ])
    let repository = try sandbox.open()
    let changes = try repository.diff(
      repository.commit(old).tree, repository.commit(new).tree, findingRenames: findingRenames)
    let ours = changes.map { change in
      switch change.kind {
      case .added: "A\t\(change.newPath)"
      case .deleted: "D\t\(change.oldPath)"
      case .modified: "M\t\(change.newPath)"
      case .typeChanged: "T\t\(change.newPath)"
      case .renamed: "R\t\(change.oldPath)\t\(change.newPath)"
      }
    }
    var git = try sandbox.git(
      "diff", "--name-status", findingRenames ? "-M" : "--no-renames", old.description,
      new.description
    ).split(separator: "\n").map(String.init)
    git = git.map { $0.hasPrefix("R") ? "R" + $0.drop { $0 != "\t" } : $0 }
    #expect(ours.sorted() == git.sorted())
  }
}
