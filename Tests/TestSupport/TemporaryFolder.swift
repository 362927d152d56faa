public import Foundation

/// A new folder under the system's temporary folder, removed when its owner goes.
public final class TemporaryFolder: Sendable {
  /// Where the folder is, without symbolic links.
  public let url: URL

  /// The folder's path.
  public var path: String { url.path }

  /// Makes the folder.
  public init() {
    url = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath()
      .appendingPathComponent("notes-test-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      fatalError("a test needs a temporary folder: \(error)")
    }
  }

  deinit {
    // A test that made the folder read-only or removed it has nothing left to clean up.
    try? FileManager.default.removeItem(at: url)
  }

  /// Writes a file, with the folders above it.
  public func write(_ text: String, to path: String) throws {
    let file = url.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// The text of a file.
  public func read(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(path)), as: UTF8.self)
  }
}
