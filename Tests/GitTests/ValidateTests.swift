import Git
import TestSupport
import Testing

@Suite struct ValidateTests {
  /// A tree made of raw bytes, so that any name can be in it.
  private func hexed(_ sandbox: Sandbox, _ bytes: [UInt8]) throws -> ObjectID {
    let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    try runProcess(
      [
        "python3", "-c", "import sys; open(sys.argv[1],'wb').write(bytes.fromhex(sys.argv[2]))",
        sandbox.path("raw"), hex,
      ])
    return try #require(
      ObjectID(hex: try sandbox.git("hash-object", "--literally", "-w", "-t", "tree", "../raw")))
  }

  private func raw(_ mode: String, _ name: [UInt8], _ id: ObjectID) -> [UInt8] {
    Array(mode.utf8) + [32] + name + [0] + id.bytes
  }

  @Test("each name that some machine takes for .git or for another folder is found")
  func names() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let repository = try sandbox.open()
    let blob = try repository.writeBlob(Array("x".utf8))
    let disguises = [
      ".git", ".GIT", ".Git", "git~1", "GIT~1", ".git ", ".git.", ".git . .",
      ".git::$INDEX_ALLOCATION",
      ".git:x", ".git\\hooks", "a\\.git", ".g\u{200c}it", ".gi\u{200d}t\u{feff}", "\u{202e}.git",
    ]
    for name in disguises {
      let id = try hexed(sandbox, raw("100644", Array(name.utf8), blob))
      #expect(
        try repository.validate(id) == [UnsafeEntry(path: GitPath(name), why: .isGitFolder)],
        "\(name)")
    }
    for name in [".", "..", "a/b", "/", "../x"] {
      let id = try hexed(sandbox, raw("100644", Array(name.utf8), blob))
      #expect(
        try repository.validate(id) == [UnsafeEntry(path: GitPath(name), why: .leavesItsFolder)])
    }
    let empty = try hexed(sandbox, raw("100644", [], blob))
    #expect(try repository.validate(empty).map(\.why) == [.leavesItsFolder])
    let fine = [
      ".gitignore", ".github", "git", "git~10", ".gi", "a b", "-rf", "a\nb", "\u{1b}[31m", "é",
      "e\u{301}",
      String(repeating: "x", count: 255), "..a", "...", "CON",
    ]
    for name in fine {
      let id = try hexed(sandbox, raw("100644", Array(name.utf8), blob))
      #expect(try repository.validate(id) == [], "\(name)")
    }
    let notText = try hexed(sandbox, raw("100644", [0xFF, 0xFE], blob))
    #expect(try repository.validate(notText) == [])
    let long = try hexed(sandbox, raw("100644", Array(repeating: 120, count: 256), blob))
    #expect(try repository.validate(long).map(\.why) == [.isTooLong])
  }

  @Test("links, submodules, odd modes and duplicates are found, and what was there before is not")
  func kinds() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let repository = try sandbox.open()
    let blob = try repository.writeBlob(Array("x".utf8))
    let name = Array("n".utf8)
    func why(_ bytes: [UInt8], known: ObjectID? = nil) throws -> [UnsafeEntry.Danger] {
      try repository.validate(hexed(sandbox, bytes), knownGood: known).map(\.why)
    }
    #expect(try why(raw("120000", name, blob)) == [.isLink])
    #expect(try why(raw("160000", name, blob)) == [.isSubmodule])
    #expect(try why(raw("10644", name, blob)) == [.hasUnknownMode])
    #expect(try why(raw("100755", name, blob)) == [])
    #expect(try why(raw("104755", name, blob)) == [])
    let sub = try hexed(sandbox, raw("100644", name, blob))
    let twins = try why(raw("120000", name, blob) + raw("40000", name, sub))
    #expect(twins == [.isDuplicate, .isDuplicate])
    let old = try hexed(sandbox, raw("120000", name, blob))
    #expect(
      try why(raw("100644", Array("a".utf8), blob) + raw("120000", name, blob), known: old) == [])
    let other = try repository.writeBlob(Array("/etc/passwd".utf8))
    #expect(try why(raw("120000", name, other), known: old) == [.isLink])
  }

  @Test("what is too deep is told once, and a tree that unfolds without end is told cheaply")
  func bombs() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let repository = try sandbox.open()
    let blob = try repository.writeBlob(Array("x".utf8))
    var deep = try hexed(sandbox, raw("100644", Array("f".utf8), blob))
    for _ in 0..<70 { deep = try hexed(sandbox, raw("40000", Array("d".utf8), deep)) }
    #expect(try repository.validate(deep).map(\.why) == [.isTooDeep])
    var bomb = try hexed(sandbox, raw("100644", Array("f".utf8), blob))
    for _ in 0..<40 {
      bomb = try hexed(
        sandbox, (0..<10).flatMap { raw("40000", Array("d\($0)".utf8), bomb) })
    }
    #expect(try repository.unfolds(bomb))
    #expect(try !repository.unfolds(bomb, beside: bomb))
    #expect(throws: GitError.self) { try repository.diff(nil, bomb) }
    let wide = try hexed(
      sandbox, (0..<10).flatMap { raw("100644", Array("f\($0)".utf8), blob) })
    let two = try hexed(
      sandbox, raw("40000", Array("a".utf8), wide) + raw("40000", Array("b".utf8), wide))
    #expect(try !repository.unfolds(two, past: 22))
    #expect(try repository.unfolds(two, past: 21))
    let one = try hexed(sandbox, raw("40000", Array("a".utf8), wide))
    #expect(try !repository.unfolds(two, past: 12, beside: one))
    #expect(try repository.unfolds(two, past: 11, beside: one))
    let cut = try hexed(sandbox, Array(raw("100644", Array("f".utf8), blob).dropLast()))
    #expect(throws: GitError.self) { try repository.validate(cut) }
  }

  @Test("without the names that none may have, a tree keeps all else, and of two what was known")
  func allowedNames() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let repository = try sandbox.open()
    let blob = try repository.writeBlob(Array("x".utf8))
    let fine = raw("100644", Array("f".utf8), blob)
    let folder = try hexed(sandbox, fine)
    let known = try hexed(sandbox, raw("40000", Array("n".utf8), folder))
    func left(_ bytes: [UInt8], known: ObjectID? = nil) throws -> ObjectID {
      try repository.withoutForbiddenNames(hexed(sandbox, bytes), beside: known)
    }
    let link = raw("120000", Array("l".utf8), blob)
    let whole = try hexed(sandbox, fine + link)
    #expect(try repository.withoutForbiddenNames(whole, beside: nil) == whole)
    #expect(try left(raw("40000", Array("..".utf8), folder) + fine) == folder)
    #expect(try left(raw("100644", Array("a/b".utf8), blob) + fine) == folder)
    let twins = raw("100644", Array("n".utf8), blob) + raw("40000", Array("n".utf8), folder)
    #expect(try left(twins, known: known) == known)
    #expect(try left(twins) == hexed(sandbox, raw("100644", Array("n".utf8), blob)))
    let below = try hexed(sandbox, fine + raw("40000", Array(".git".utf8), folder))
    #expect(try left(raw("40000", Array("n".utf8), below)) == known)
    #expect(
      try left(raw("40000", Array(".git".utf8), folder))
        == ObjectID(hex: "4b825dc642cb6eb9a060e54bf8d69288fbee4904"))
  }
}
