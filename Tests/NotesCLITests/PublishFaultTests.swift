import Foundation
import TestSupport
import Testing

/// Strikes a publish before its n-th change of the site's folder (row L8 of the fault list).
@Suite("a publish that is struck", .enabled(if: Faults.canRun))
struct PublishFaultTests {
  @Test(
    "L8: each page is whole, old or new, and the next publish makes the rest",
    arguments: ["kill", "torn", "err=28"])
  func struck(fault: String) throws {
    let vault = try TestVault()
    let folder = vault.folder.path
    let faulter = try Faults.buildTool(in: folder)
    for name in ["one", "two"] {
      try vault.write("---\nid: \(name)\ntype: post\n---\n# \(name)\n\nText.\n", to: name + ".md")
      try vault.notes("version", "cut", name).succeeded()
    }
    try vault.notes("publish", "--out", folder + "/old").succeeded()
    // Another text, and a post that goes.
    try vault.write("---\nid: one\ntype: post\n---\n# One\n\nMore text.\n", to: "one.md")
    try vault.notes("version", "cut", "one", "--new").succeeded()
    try vault.write("---\nid: two\ntype: post\nprivate: true\n---\n# two\n\nText.\n", to: "two.md")
    try vault.notes("publish", "--out", folder + "/new").succeeded()
    let (old, new) = try (files(folder + "/old"), files(folder + "/new"))
    func publish(_ fault: String, _ place: Int) throws -> ProcessResult {
      try runProcess(["rm", "-rf", folder + "/site"])
      try runProcess(["cp", "-a", folder + "/old", folder + "/site"])
      return try runProcess(
        [
          faulter, fault, "\(place)", folder + "/site", Faults.program, "publish", "--out",
          folder + "/site",
        ], in: vault.path, environment: vault.environment)
    }
    let count = try Faults.count(in: publish("count", 0))
    #expect(count > 20)
    for place in Faults.places(count, atMost: 25) {
      _ = try publish(fault, place)
      for (name, bytes) in try files(folder + "/site") where !name.contains(".notes-") {
        #expect(bytes == old[name] || bytes == new[name], "\(fault) at \(place): \(name)")
      }
      let next = vault.notes("publish", "--out", folder + "/site")
      #expect(next.status == 0, "\(fault) at \(place): \(next.errors)")
      let site = try files(folder + "/site")
      let wrong = Set(site.keys).union(new.keys).filter { site[$0] != new[$0] }
      #expect(wrong.isEmpty, "\(fault) at \(place): \(wrong.sorted())")
    }
  }

  /// What the files of a folder hold, but for the list of them, which has their stamps.
  private func files(_ folder: String) throws -> [String: Data] {
    let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    var files: [String: Data] = [:]
    for name in found where name != ".notes-site" {
      files[name] = FileManager.default.contents(atPath: folder + "/" + name)
    }
    return files
  }
}
