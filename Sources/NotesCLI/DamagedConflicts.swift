internal import History
internal import NoteIndex
internal import Vault

extension DamagedConflict {
  /// What is wrong, behind the file's name.
  var words: String {
    switch damage {
    case .unreadable: "cannot be read as the record of a conflict"
    case .missing(let file) where conflict != nil: "a conflict's record, whose \(file) is gone"
    case .missing(let file): "belongs to a conflict whose record \(file) is gone"
    }
  }

  /// What to type.
  var hint: String {
    "notes resolve \(quoted(name)) drops it, and leaves the notes as they are"
      + (hasBothSides ? "; with --mine it takes the text that waits" : "")
  }
}

extension Vault {
  /// The records of conflicts that cannot be used, as findings.
  func damagedConflictFindings() throws -> [Finding] {
    try damagedConflicts().map {
      Finding(
        path: $0.path, line: 0, kind: .damagedConflict, message: "\($0.words): \($0.hint)")
    }
  }
}
