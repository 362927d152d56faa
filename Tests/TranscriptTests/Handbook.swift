import Foundation
import TestSupport

/// The files that the tests of this target read, and the program that they run.
enum Handbook {
  /// The checkout.
  static let root: URL = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  /// The built program, beside the test bundle.
  static var program: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("notes").path
  }

  /// The Markdown files of the handbook and the README that have a transcript, as paths from the
  /// checkout.
  static var transcripts: [String] {
    (["README.md"] + files(below: "vault")).filter {
      (try? text(of: $0).contains("\n```console\n")) ?? false
    }
  }

  /// The Markdown files below a folder of the checkout, in order.
  static func files(below folder: String) -> [String] {
    let found = FileManager.default.enumerator(
      atPath: root.appendingPathComponent(folder).path)
    return (found?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }
      .map { folder + "/" + $0 }.sorted()
  }

  /// The text of a file of the checkout.
  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The variables that a transcript runs with: nothing of this machine's own settings.
  static func environment(home: String) -> [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let folder = (program as NSString).deletingLastPathComponent
    return [
      "HOME": home, "PATH": folder + ":" + path, "TZ": "UTC", "LC_ALL": "C", "NO_COLOR": "1",
      "TERM": "dumb", "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat",
      "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
      "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
      "GIT_AUTHOR_DATE": "2026-11-25T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-25T12:00:00Z",
    ]
  }

  /// Runs the program in a folder of its own.
  static func run(_ arguments: String...) throws -> ProcessResult {
    let folder = TemporaryFolder()
    return try runProcess(
      [program] + arguments, in: folder.path, environment: environment(home: folder.path))
  }
}
