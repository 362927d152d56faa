internal import ArgumentParser

extension CompletionKind {
  /// The notes of the vault that the shell stands in.
  static var noteNames: CompletionKind {
    .shellCommand("notes list --format path --quiet 2>/dev/null")
  }

  /// The tags of the vault that the shell stands in.
  static var tags: CompletionKind {
    .shellCommand("notes tags --quiet 2>/dev/null | sed 's/  [0-9]*$//'")
  }
}
