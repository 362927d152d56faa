/// Who did something, and when.
public struct Signature: Equatable, Sendable {
  /// The name.
  public var name: String
  /// The address.
  public var email: String
  /// Seconds since 1970, as the commit has it: any number at all.
  public var seconds: Int64
  /// Minutes east of Greenwich.
  public var offset: Int

  /// Takes the parts.
  public init(name: String, email: String, seconds: Int64, offset: Int) {
    self.name = name
    self.email = email
    self.seconds = seconds
    self.offset = offset
  }
}

/// A commit: a tree, where it came from, and who says so.
public struct Commit: Equatable, Sendable {
  /// Its id.
  public let id: ObjectID
  /// The tree of files.
  public let tree: ObjectID
  /// The commits before it.
  public let parents: [ObjectID]
  /// Who wrote the change.
  public let author: Signature
  /// Who made the commit.
  public let committer: Signature
  /// What they said, repaired where it is not UTF-8.
  ///
  /// It is a stranger's text: clean it before it is shown.
  public let message: String

  /// The first line of the message.
  public var summary: String {
    message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }
}
