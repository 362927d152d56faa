import Foundation
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite("A place that cannot be written")
struct FullDiskTests {
  /// Whether this test may mount: a container's root can, a user cannot.
  private static let canMount = {
    let folder = TemporaryFolder()
    let made = try? runProcess(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path])
    guard made?.status == 0 else { return false }
    return (try? runProcess(["umount", folder.path]))?.status == 0
  }()

  @Test(
    "a full disk is told as such, and the index works again when there is room",
    .enabled(if: canMount))
  func fullDisk() throws {
    let words = (0..<2_000).map { "word\($0)" }.joined(separator: " ")
    let test = try TestVault(
      Dictionary(uniqueKeysWithValues: (0..<300).map { ("n\($0).md", "note\($0) " + words) }))
    let state = test.folder.path + "/.git/notes"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    try runProcess(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", state])
    defer { _ = try? runProcess(["umount", "-l", state]) }
    do {
      let index = try test.index()
      let error = #expect(throws: IndexError.self) { try index.refresh(now: test.now) }
      guard case .fullDisk = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    try runProcess(["mount", "-o", "remount,size=50m", state])
    #expect(try test.fresh().search(Query("note77")).paths == ["n77.md"])
  }
}
