public import Git

/// What reaches a remote: libgit2, or the user's own git.
public struct Wire {
  /// Asks for a user name and a password.
  public var credentials: CredentialSource?
  /// Runs the user's git with arguments and returns its exit code and what it said; `nil` for
  /// libgit2.
  public var git: (([String]) -> (status: Int32, output: String, errors: String))?
  /// Waits.
  public var pause: (_ milliseconds: Int) -> Void

  /// A wire through libgit2.
  public init(
    credentials: CredentialSource?, pause: @escaping (_ milliseconds: Int) -> Void,
    git: (([String]) -> (status: Int32, output: String, errors: String))? = nil
  ) {
    self.credentials = credentials
    self.pause = pause
    self.git = git
  }
}

@available(*, unavailable)
extension Wire: Sendable {}
