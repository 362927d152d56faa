import Foundation
import NoteIndex
import Synchronization
import TestSupport
import Testing
import Vault

/// A watcher that runs on a thread of this process.
final class RunningWatcher: Sendable {
  private let watcher: Watcher
  private let ended = DispatchSemaphore(value: 0)
  private let failure = Mutex<String?>(nil)

  /// Starts one, and waits until it vouches.
  init(_ vault: Vault, cache: String) throws {
    let watcher = try Watcher(of: vault, cacheFolder: cache) {
      Int64(Date().timeIntervalSince1970 * 1_000_000_000)
    }
    self.watcher = watcher
    let began = DispatchSemaphore(value: 0)
    Thread { [self] in
      do {
        try watcher.run(onStart: { _ in began.signal() })
      } catch {
        failure.withLock { $0 = "\(error)" }
        began.signal()
      }
      ended.signal()
    }.start()
    began.wait()
  }

  /// Ends it; why it ended before, if it did.
  @discardableResult
  func stop() -> String? {
    watcher.stop()
    ended.wait()
    ended.signal()
    return failure.withLock(\.self)
  }
}

@Suite("a watcher vouches for the index", .serialized)
struct WatchTests {
  /// The paths that a vouched index has, and those that a look at the files finds.
  private func compare(_ test: TestVault, _ step: String) throws {
    let vouched = try test.index()
    try #require(vouched.isVouched(for: test), "not vouched for: \(step)")
    #expect(try vouched.list().paths == files(of: test), "\(step)")
  }

  private func files(of test: TestVault) throws -> [String] {
    try runProcess(["git", "ls-files", "-co", "*.md"], in: test.folder.path).output
      .split(separator: "\n").map(String.init).sorted()
  }

  @Test("what was done is known at once, however it was done")
  func everyWay() throws {
    let test = try TestVault(["a.md": "one", "sub/b.md": "two"])
    try runProcess(["git", "init", "-q"], in: test.folder.path)
    try test.fresh()
    let watcher = try RunningWatcher(try test.vault, cache: test.cache.path)
    defer { watcher.stop() }
    try compare(test, "nothing")
    for step in [
      "echo three > c.md", "echo tmp > .c.tmp && mv .c.tmp c.md",
      "mkdir -p x/y/z && echo w > x/y/z/d.md",
      "mv x w", "echo more > w/y/z/e.md", "mv w sub/w", "rm -r sub/w/y", "rm a.md",
      "mkdir -p q/r && mv c.md q/r && mv q p && mv p q && echo f > q/f.md",
      "rm -r q && mkdir -p q/r && echo g > q/r/g.md", "ln -s q/r l && ln -s q/r/g.md h.md",
      "rm h.md && echo h > h.md && rm l && mkdir l && echo l > l/l.md",
      "mv l ../l-out-$$ && rm -r ../l-out-$$", "mkdir .hidden && echo x > .hidden/x.md.txt",
    ] {
      try runProcess(["sh", "-ec", step], in: test.folder.path)
      let links = step.hasPrefix("ln")
      if links { continue }
      try compare(test, step)
    }
  }

  @Test("a checkout of another branch is known at once")
  func checkout() throws {
    let test = try TestVault(
      Dictionary(uniqueKeysWithValues: (0..<200).map { ("d\($0 % 7)/n\($0).md", "word\($0)") }))
    let script = """
      git init -q && git config user.name a && git config user.email a@b && git add -A
      git commit -qm one && git checkout -qb other && git rm -rq d1 d2 && mkdir new
      for i in 1 2 3; do echo new > new/$i.md; echo changed > d3/n3.md; done
      git add -A && git commit -qm two && git checkout -q -
      """
    try #require(runProcess(["sh", "-ec", script], in: test.folder.path).status == 0)
    let watcher = try RunningWatcher(try test.vault, cache: test.cache.path)
    defer { watcher.stop() }
    for branch in ["other", "-", "other", "-"] {
      try runProcess(["git", "checkout", "-q", branch], in: test.folder.path)
      try compare(test, branch)
    }
    #expect(try test.index().search(Query("word3")).paths.first == "d3/n3.md")
  }

  @Test(
    "a search through a vouched index is that of a fresh look", arguments: [1, 2, 3, 4] as [UInt64])
  func random(seed: UInt64) throws {
    var dice = SplitMix(seed: seed)
    let test = try TestVault()
    let watcher = try RunningWatcher(try test.vault, cache: test.cache.path)
    let other = TemporaryFolder()
    for turn in 0..<50 {
      let step = try operation(test, turn, &dice)
      let index = try test.index()
      try #require(index.isVouched(for: test), "not vouched for: \(step)")
      // An index of its own, made by a look at every file.
      let fresh = try NoteIndex(of: Moved.vault(test, into: other), cacheFolder: test.cache.path)
      try fresh.rebuild(now: test.now)
      for words in ["alpha", "beta", "title:n1 OR gamma"] {
        #expect(
          try Set(index.search(Query(words), limit: 100).paths)
            == Set(fresh.search(Query(words), limit: 100).paths), "\(turn): \(step)")
      }
      #expect(try index.list().paths.sorted() == fresh.list().paths.sorted(), "\(turn): \(step)")
    }
    #expect(watcher.stop() == nil)
    #expect(try test.index().integrity() == [])
    let followed = try test.dump()
    try test.index().rebuild(now: test.now)
    let anew = try withoutMoments(test.dump())
    #expect(anew.symmetricDifference(withoutMoments(followed)) == [])
  }

  /// Whether a note is racy depends on the moment of the look, and a note without dates that was
  /// written again with the same bytes keeps the day it was first seen.
  private func withoutMoments(_ dump: String) -> Set<String> {
    let lines = dump.split(separator: "\n").map { line in
      let fields = line.split(separator: "|", omittingEmptySubsequences: false)
      guard fields.first == "note" else { return String(line) }
      return (fields[..<5] + fields[6..<10] + fields[11...]).joined(separator: "|")
    }
    return Set(lines)
  }

  private func operation(
    _ test: TestVault, _ turn: Int, _ dice: inout SplitMix
  ) throws -> String {
    let folders = ["", "a/", "a/b/", "c/", "c/d/e/"]
    func folder() -> String { folders.randomElement(using: &dice) ?? "" }
    func name() -> String { folder() + "n\(Int.random(in: 0..<4, using: &dice)).md" }
    let words = ["alpha", "beta", "gamma", "delta"].randomElement(using: &dice) ?? ""
    let (one, two) = (name(), name())
    var steps = ["mkdir -p \(folders.dropFirst().joined(separator: " "))"]
    switch Int.random(in: 0..<8, using: &dice) {
    case 0: steps = ["rm -f \(one)"]
    case 1: steps += ["mv -f \(one) \(two)"]
    case 2: steps = ["rm -rf a/b", "mv a/ z || true", "mv z c/ || true"]
    case 3: steps = ["rm -rf \(["a", "c", "c/d"].randomElement(using: &dice) ?? "a")"]
    case 4: steps += ["echo \(words) > .t", "mv -f .t \(one)"]
    case 5: steps = ["rm -rf t", "mkdir t", "echo \(words) > t/n.md", "rm -rf a", "mv t a"]
    default: steps += ["echo \(words) \(turn) > \(one)", "echo \(words) >> \(two)"]
    }
    let script = steps.joined(separator: "; ")
    try runProcess(["sh", "-c", script], in: test.folder.path)
    return script
  }

  @Test("there is one watcher, and an end of it leaves nothing that vouches")
  func ends() throws {
    let test = try TestVault(["a.md": "one"])
    let index = try test.fresh()
    #expect(!index.isVouched(for: test))
    let watcher = try RunningWatcher(try test.vault, cache: test.cache.path)
    #expect(index.isVouched(for: test))
    #expect(throws: VaultError.busy(holder: "notes watch (process \(getpid()))")) {
      try RunningWatcher(try test.vault, cache: test.cache.path)
    }
    watcher.stop()
    #expect(!index.isVouched(for: test))
    #expect(!FileManager.default.fileExists(atPath: test.folder.path + "/.git/notes/watch/socket"))
  }

  @Test("under other settings, or for an index made anew, it looks again before it says yes")
  func settings() throws {
    let test = try TestVault(["a.md": "one", "old/b.md": "two"])
    try test.fresh()
    let watcher = try RunningWatcher(try test.vault, cache: test.cache.path)
    defer { watcher.stop() }
    try test.folder.write("ignore: [old]\n", to: ".notes/config.yaml")
    // The index is of the old settings, and whoever reads it sees that.
    #expect(!(try test.index().isVouched(for: test)))
    try test.fresh()
    #expect(try test.index().isVouched(for: test))
    #expect(try test.index().list().paths == ["a.md"])
    try test.index().rebuild(now: test.now)
    #expect(try test.index().isVouched(for: test))
    try test.folder.write("three", to: "c.md")
    #expect(try test.index().isVouched(for: test))
    #expect(try test.index().list().paths == ["a.md", "c.md"])
  }

  @Test("a vault that was moved is not vouched for")
  func moved() throws {
    let test = try TestVault(["in/a.md": "one"])
    try test.fresh()
    let watcher = try RunningWatcher(try test.vault, cache: test.cache.path)
    let elsewhere = test.folder.path + "-moved"
    try FileManager.default.moveItem(atPath: test.folder.path, toPath: elsewhere)
    defer { try? FileManager.default.removeItem(atPath: elsewhere) }
    let index = try NoteIndex(of: Vault(at: elsewhere), cacheFolder: test.cache.path)
    #expect(!index.isVouched(for: test))
    #expect(watcher.stop() != nil)
  }

  @Test("a folder that becomes a repository of its own is left out, and taken in when it ceases")
  func repositoryInside() throws {
    let test = try TestVault(["a.md": "one", "sub/b.md": "two"])
    try test.fresh()
    let watcher = try RunningWatcher(try test.vault, cache: test.cache.path)
    defer { watcher.stop() }
    for (step, paths) in [
      ("mkdir sub/.git", ["a.md"]), ("echo x > sub/c.md", ["a.md"]),
      ("rmdir sub/.git", ["a.md", "sub/b.md", "sub/c.md"]),
    ] {
      try runProcess(["sh", "-c", step], in: test.folder.path)
      let index = try test.index()
      #expect(index.isVouched(for: test))
      #expect(try index.list().paths == paths, "\(step)")
    }
  }
}

extension NoteIndex {
  /// Asks with more patience than a command has: on a machine with much to do an answer takes its time.
  fileprivate func isVouched(for test: TestVault) -> Bool {
    isVouched(now: test.now, patience: 30_000)
  }
}

/// A copy of a vault's files, so that a second index can be made of them.
private enum Moved {
  static func vault(_ test: TestVault, into folder: TemporaryFolder) throws -> Vault {
    let script = """
      rm -rf "$1"/* && mkdir -p "$1/.git" "$1/.notes" && cp -r "$2"/* "$1"/ 2>/dev/null || true
      """
    try runProcess(["sh", "-c", script, "sh", folder.path, test.folder.path])
    return try Vault(at: folder.path)
  }
}
