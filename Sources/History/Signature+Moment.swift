internal import Git
internal import Markup

extension Signature {
  /// When it was made, where it was made.
  var moment: Moment { Moment(seconds: seconds, offset: offset * 60) }
}
