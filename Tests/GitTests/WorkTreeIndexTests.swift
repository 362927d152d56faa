import Git
import Glibc
import TestSupport
import Testing

@Suite struct WorkTreeIndexTests {
  private func stamp(_ path: String) throws -> FileStamp {
    var status = stat()
    try #require(unsafe lstat(path, &status) == 0)
    return FileStamp(status)
  }

  private func stamp(size: Int64, seconds: Int64 = 1_000) -> FileStamp {
    let moment = FileStamp.Moment(seconds: seconds, nanoseconds: 5)
    return FileStamp(size: size, modified: moment, changed: moment, inode: 7)
  }

  private func entry(_ text: String) throws -> TreeEntry {
    .file(try ObjectID.blob(Array(text.utf8)))
  }

  @Test("entries survive saving, in any order of setting", arguments: 0..<5 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    let folder = TemporaryFolder()
    let file = folder.path + "/index"
    var numbers = SplitMix(seed: seed)
    var model: [GitPath: TreeEntry] = [:]
    for round in 0..<4 {
      var index = WorkTreeIndex(path: file)
      try index.beginScan()
      for _ in 0..<50 {
        let path = GitPath(
          "d\(Int.random(in: 0..<3, using: &numbers))/n\(Int.random(in: 0..<40, using: &numbers)).md"
        )
        if Int.random(in: 0..<4, using: &numbers) == 0 {
          index.remove(path)
          model[path] = nil
        } else {
          let new = try entry("\(round) \(Int.random(in: 0..<9, using: &numbers))")
          index.set(path, stamp(size: 3), new)
          model[path] = new
        }
      }
      #expect(index.entries().count == model.count)
      try index.save()
      let read = WorkTreeIndex(path: file)
      let entries = read.entries()
      #expect(entries.map(\.path) == model.keys.sorted())
      #expect(entries.allSatisfy { model[$0.path] == $0.entry.entry })
      #expect(read.isChanged == false)
    }
  }

  @Test("a file counts as unchanged only when all of its stamp is the same")
  func unchanged() throws {
    let folder = TemporaryFolder()
    var index = WorkTreeIndex(path: folder.path + "/index")
    try index.beginScan()
    let new = try entry("x")
    index.set("a.md", stamp(size: 3), new)
    #expect(index.unchanged("a.md", stamp(size: 3)) == new)
    try index.save()
    index = WorkTreeIndex(path: folder.path + "/index")
    #expect(index.unchanged("a.md", stamp(size: 3)) == new)
    #expect(index.unchanged("a.md", stamp(size: 4)) == nil)
    #expect(index.unchanged("a.md", stamp(size: 3, seconds: 1_001)) == nil)
    #expect(index.unchanged("b.md", stamp(size: 3)) == nil)
  }

  @Test("a file that changed after the scan began is read again next time, and then trusted")
  func racy() throws {
    let folder = TemporaryFolder()
    let file = folder.path + "/index"
    var index = WorkTreeIndex(path: file)
    try index.beginScan()
    try folder.write("1", to: "a.md")
    let first = try stamp(folder.path + "/a.md")
    index.set("a.md", first, try entry("1"))
    try index.save()
    index = WorkTreeIndex(path: file)
    #expect(index.unchanged("a.md", first) == nil)
    // The clock of the file system ticks every few milliseconds.
    usleep(20_000)
    try index.beginScan()
    #expect(index.unchanged("a.md", first) == nil)
    index.set("a.md", first, try entry("1"))
    #expect(index.isChanged == true)
    try index.save()
    index = WorkTreeIndex(path: file)
    #expect(index.unchanged("a.md", first) == (try entry("1")))
  }

  @Test("what does not come up in a scan is told, also when it was never saved")
  func unseen() throws {
    let folder = TemporaryFolder()
    var index = WorkTreeIndex(path: folder.path + "/index")
    try index.beginScan()
    for name in ["a", "b", "c"] { index.set(GitPath(name), stamp(size: 1), try entry(name)) }
    #expect(index.unseen() == [])
    try index.save()
    index.set("d", stamp(size: 1), try entry("d"))
    try index.beginScan()
    _ = index.unchanged("b", stamp(size: 1))
    #expect(index.unseen() == ["a", "c", "d"])
    index.remove("a")
    index.set("c", stamp(size: 2), try entry("c2"))
    _ = index.unchanged("d", stamp(size: 9))
    #expect(index.unseen() == [])
  }

  @Test("a damaged, cut or missing file counts as empty")
  func damage() throws {
    let folder = TemporaryFolder()
    let file = folder.path + "/index"
    var index = WorkTreeIndex(path: file)
    try index.beginScan()
    for number in 0..<20 { index.set(GitPath("n\(number)"), stamp(size: 1), try entry("x")) }
    try index.save()
    let whole = try runProcess(["wc", "-c", file]).output.split(separator: " ").first ?? ""
    let size = try #require(Int(whole))
    for place in [0, 8, 20, 45, 60, 200, size - 1] {
      try runProcess(["cp", file, file + "2"])
      // A byte that no number of this file has there.
      try runProcess([
        "sh", "-c", "printf '\\252' | dd of='\(file)2' bs=1 seek=\(place) conv=notrunc",
      ])
      #expect(WorkTreeIndex(path: file + "2").entries().isEmpty, "byte \(place)")
    }
    for cut in [0, 10, 47, 48, 100, size - 1] {
      try runProcess(["sh", "-c", "head -c \(cut) '\(file)' > '\(file)3'"])
      #expect(WorkTreeIndex(path: file + "3").entries().isEmpty, "cut at \(cut)")
    }
    #expect(WorkTreeIndex(path: file + "4").entries().isEmpty)
    #expect(WorkTreeIndex(path: folder.path).entries().isEmpty)
    #expect(WorkTreeIndex(path: file).entries().count == 20)
  }

  @Test("reading a tree keeps the stamps of files that stay, and its tree is git's")
  func readTree() throws {
    let sandbox = try Sandbox()
    try sandbox.initialise()
    let one = try sandbox.commit(["a.md": "1", "b/c.md": "2", "z": "3"])
    try runProcess(["ln", "-s", "a.md", sandbox.path("vault/link")])
    let two = try sandbox.commit(["b/c.md": "2b", "z": nil, "z/now a folder": "4"])
    let repository = try sandbox.open()
    let old = try repository.commit(one).tree
    let new = try repository.commit(two).tree
    for savesFirst in [true, false] {
      var index = WorkTreeIndex(path: sandbox.path("index\(savesFirst)"))
      try index.beginScan()
      try index.readTree(old, from: repository)
      #expect(index.entries().count == 3)
      for (path, entry) in index.entries() { index.set(path, stamp(size: 1), entry.entry) }
      if savesFirst {
        #expect(try index.writeTree(in: repository) == old)
        try index.save()
        index = WorkTreeIndex(path: sandbox.path("index\(savesFirst)"))
        #expect(index.tree == old)
      } else {
        index.setTree(nil)
      }
      try index.readTree(new, from: repository)
      #expect(index.tree == new)
      #expect(index.entries().map(\.path) == ["a.md", "b/c.md", "link", "z/now a folder"])
      #expect(index.unchanged("a.md", stamp(size: 1)) != nil)
      #expect(index.unchanged("b/c.md", stamp(size: 1)) == nil)
      #expect(index.entry(at: "link")?.entry.kind == .link)
      index.setTree(nil)
      #expect(try index.writeTree(in: repository) == new)
      index.remove("link")
      index.set("b/c.md", stamp(size: 1), .file(try repository.writeBlob(Array("5".utf8))))
      let ours = try index.writeTree(in: repository)
      try sandbox.git("read-tree", "--empty")
      for (path, entry) in index.entries() {
        try sandbox.git(
          "update-index", "--add", "--cacheinfo",
          "\(String(entry.entry.mode, radix: 8)),\(entry.entry.id),\(path)")
      }
      #expect(try sandbox.git("write-tree") == ours.description)
      try index.readTree(nil, from: repository)
      #expect(index.entries().isEmpty)
    }
  }
}
