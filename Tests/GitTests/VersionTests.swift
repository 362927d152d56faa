import Git
import TestSupport
import Testing

@Suite struct VersionTests {
  /// `commit-subject path` for each version, newest first; `-` stands for a removal.
  private func versions(
    _ sandbox: Sandbox, _ path: GitPath, follow: Bool = true, except folder: GitPath? = nil,
    onAllBranches: Bool = false
  ) throws -> [String] {
    let repository = try sandbox.open(for: .reading)
    let head = try #require(try repository.head().id)
    var found: [String] = []
    try repository.eachVersion(
      of: path, from: head, followingRenames: follow, except: folder,
      onAllBranches: onAllBranches
    ) { version throws(GitError) in
      found.append(
        "\(version.commit.summary) \(version.id == nil ? "-" : version.path.description)")
      return true
    }
    return found
  }

  private func log(_ sandbox: Sandbox, _ path: String) throws -> [String] {
    try sandbox.git("log", "--follow", "--format=%s", "--", path).split(separator: "\n").map(
      String.init)
  }

  private let long = (0..<30).map { "line \($0)\n" }.joined()

  @Test("edits and renames are followed as git log --follow does")
  func renames() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let steps: [(String, [String: String?])] = [
      ("one", ["a.md": long, "other.md": "o"]),
      ("two", ["other.md": "o2"]),
      ("three", ["a.md": long + "more\n"]),
      ("four", ["a.md": nil, "deep/er/b.md": long + "more\n"]),
      ("five", ["deep/er/b.md": nil, "c.md": long + "more\nand more\n", "decoy.md": "d"]),
      ("six", ["decoy.md": nil]),
      ("seven", ["c.md": "short\n"]),
    ]
    for (number, step) in steps.enumerated() {
      try sandbox.commit(step.1, step.0, time: 1_700_000_000 + 60 * number)
    }
    let found = try versions(sandbox, "c.md")
    #expect(found == ["seven c.md", "five c.md", "four deep/er/b.md", "three a.md", "one a.md"])
    #expect(try log(sandbox, "c.md") == ["seven", "five", "four", "three", "one"])
    #expect(try versions(sandbox, "c.md", follow: false) == ["seven c.md", "five c.md"])
    #expect(try versions(sandbox, "a.md") == ["four -", "three a.md", "one a.md"])
    #expect(try versions(sandbox, "nothing.md") == [])
    #expect(try versions(sandbox, "deep") == [])
  }

  @Test("a note that was moved is not taken for a file of a folder where each stands for itself")
  func apart() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let waiting = long + "what waits\n"
    try sandbox.commit(["a.md": long, ".notes/record.md": waiting], "one", time: 1_700_000_001)
    let moved: [String: String?] = ["a.md": nil, ".notes/record.md": nil, "b.md": waiting]
    try sandbox.commit(moved, "two", time: 1_700_000_002)
    #expect(try versions(sandbox, "b.md") == ["two b.md", "one .notes/record.md"])
    #expect(try versions(sandbox, "b.md", except: ".notes") == ["two b.md", "one a.md"])
  }

  @Test("a removed note has a past, and so has one that came back")
  func removed() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.commit(["a.md": "1\n", "k": "k"], "one", time: 1_700_000_001)
    try sandbox.commit(["a.md": nil], "two", time: 1_700_000_002)
    try sandbox.commit(["k": "k2"], "three", time: 1_700_000_003)
    #expect(try versions(sandbox, "a.md") == ["two -", "one a.md"])
    try sandbox.commit(["a.md": "back\n"], "four", time: 1_700_000_004)
    #expect(try versions(sandbox, "a.md") == ["four a.md", "two -", "one a.md"])
  }

  @Test("a merge is passed through on the side that it took")
  func merges() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.commit(["a.md": long, "b.md": "b"], "base", time: 1_700_000_001)
    try sandbox.git("checkout", "-q", "-b", "side")
    try sandbox.commit(["a.md": long + "side\n"], "side", time: 1_700_000_002)
    try sandbox.git("checkout", "-q", "main")
    try sandbox.commit(["b.md": "b2"], "main", time: 1_700_000_003)
    try sandbox.git("merge", "-q", "-m", "merge", "side")
    #expect(try versions(sandbox, "a.md") == ["side a.md", "base a.md"])
    try sandbox.git("checkout", "-q", "-b", "second")
    try sandbox.commit(["a.md": "top\n" + long + "side\n"], "second", time: 1_700_000_004)
    try sandbox.git("checkout", "-q", "main")
    try sandbox.commit(["a.md": long + "side\nend\n"], "end", time: 1_700_000_005)
    let late = ["GIT_COMMITTER_DATE": "1700000009 +0000"]
    try sandbox.git("merge", "-q", "-m", "both", "second", extra: late)
    #expect(
      try versions(sandbox, "a.md") == [
        "both a.md", "end a.md", "second a.md", "side a.md", "base a.md",
      ])
  }

  @Test("what came and went on a branch before it was merged is found where that is wanted")
  func branchOnly() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    try sandbox.commit(["k": "k"], "base", time: 1_700_000_001)
    try sandbox.git("checkout", "-q", "-b", "side")
    try sandbox.commit(["a.md": "1\n", "b.md": "2\n"], "one", time: 1_700_000_002)
    try sandbox.commit(["a.md": nil], "two", time: 1_700_000_003)
    try sandbox.git("checkout", "-q", "main")
    try sandbox.commit(["k": "k2"], "main", time: 1_700_000_004)
    try sandbox.git("merge", "-q", "-s", "ours", "-m", "merge", "side")
    #expect(try versions(sandbox, "a.md") == [])
    #expect(try versions(sandbox, "a.md", onAllBranches: true) == ["two -", "one a.md"])
    #expect(try versions(sandbox, "b.md", onAllBranches: true) == ["one b.md"])
    #expect(try versions(sandbox, "nothing.md", onAllBranches: true) == [])
  }

  @Test("a clock that went backwards loses nothing")
  func clock() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    for (number, time) in [500, 100, 300, 0, 200].enumerated() {
      try sandbox.commit(["a.md": "\(number)\n"], "c\(number)", time: 1_700_000_000 + time)
    }
    #expect(try versions(sandbox, "a.md") == (0..<5).reversed().map { "c\($0) a.md" })
  }
}
