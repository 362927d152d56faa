import Foundation
import TestSupport

/// A site that is published beside the vault, as tests ask for it.
extension TestVault {
  /// The site's files by their paths.
  func site(_ name: String = "site") throws -> [String: Data] {
    let top = folder.path + "/" + name
    var found: [String: Data] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: top) ?? .init() {
      // A folder has no bytes to read.
      found[path] = try? Data(contentsOf: URL(fileURLWithPath: top + "/" + path))
    }
    return found
  }

  /// A file of the site.
  func page(_ path: String) throws -> String { try folder.read("site/" + path) }

  /// Whether the site has a file.
  func hasPage(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.path + "/site/" + path)
  }

  /// Publishes the vault, as a site that has a place on the web.
  @discardableResult
  func publish(_ more: String...) -> CommandResult {
    run(["publish", "--out", folder.path + "/site", "--base", "https://example.org/b/"] + more)
  }

  /// Writes a post, and cuts a version of it.
  func post(_ file: String, _ text: String, note: String = "why") throws {
    try write(text, to: "posts/" + file)
    try notes("version", "cut", "posts/" + file, "-m", note, "--new").succeeded()
  }

  /// Cuts a version of a post, some days from now.
  func cut(_ file: String, _ text: String, day: Int64) throws {
    try write(text, to: "posts/" + file)
    try run(["version", "cut", "posts/" + file], clockAhead: day * 86_400).succeeded()
  }
}
