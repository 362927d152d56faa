internal import Markup

/// When one of a note's texts was made.
public enum TextTime: Sendable {
  /// A snapshot's, in seconds since 1970: its day is the one that it has where the reader is.
  case snapshot(Int64)
  /// A version's, as RFC 3339 has it: its day stands in its record, and is the same for every reader.
  case version(String)

  /// The moment, in seconds since 1970; `nil` where a record does not say.
  public var seconds: Int64? {
    switch self {
    case .snapshot(let seconds): seconds
    case .version(let created): DateText(created).map { Int64($0.secondsSince1970) }
    }
  }
}
