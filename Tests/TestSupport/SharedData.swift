import Foundation

/// The folder of real data beside a checkout, where there is one: a user's clone has none.
///
/// A test that needs it says `.enabled(if: SharedData.exists)`, so that it is skipped by name.
public enum SharedData: Sendable {
  /// The folder's path.
  public static var path: String {
    var checkout = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { checkout.deleteLastPathComponent() }
    return checkout.deletingLastPathComponent().appendingPathComponent("shared/data").path
  }

  /// Whether it is there.
  public static var exists: Bool { FileManager.default.fileExists(atPath: path) }
}
