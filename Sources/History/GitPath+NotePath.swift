internal import Git
internal import Vault

extension GitPath {
  /// The path as one of a vault; `nil` where its bytes are no text, or are no path of a vault.
  var notePath: NotePath? { isUTF8 ? try? NotePath(description) : nil }
}
