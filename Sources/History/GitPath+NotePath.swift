public import Git
public import Vault

extension GitPath {
  /// The path as one of a vault; `nil` where its bytes are no text, or are no path of a vault.
  public var notePath: NotePath? { isUTF8 ? try? NotePath(description) : nil }

  /// The folder that makes a vault of the one it is in.
  static let vaultFolder = GitPath(".notes")
}
