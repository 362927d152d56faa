public import Markup

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

  /// Whether a text was made until a moment: a version, whose day is told as its record has it, by the
  /// clock of who cut it, as though that stood where the reader is.
  ///
  /// So a day that was told and is typed again has the text.
  public func was(until moment: Moment) -> Bool {
    switch self {
    case .snapshot(let made): made <= moment.seconds
    case .version(let created):
      // A record that came from elsewhere may say anything of its time.
      seconds != nil && created.prefix(19) <= moment.timestamp.prefix(19)
    }
  }
}
