/// A note that the last snapshot has and that is another one by now, or is gone.
public struct UnsavedNote: Sendable, Equatable {
  /// Where the last snapshot has it.
  public let path: NotePath
  /// Where it stands now; `nil` where it was removed.
  public let now: NotePath?
  /// The blob that the last snapshot has.
  public let blob: String

  /// Puts it together.
  public init(path: NotePath, now: NotePath?, blob: String) {
    self.path = path
    self.now = now
    self.blob = blob
  }
}
