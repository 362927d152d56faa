/// A moment as the user's calendar has it.
public struct Moment: Sendable {
  /// Seconds since 1970, UTC.
  public let seconds: Int64
  /// How far local time is ahead of UTC, in seconds.
  public let offset: Int

  /// A moment, told in a place that is so far ahead of UTC, by a day at most.
  ///
  /// One outside the years 1 to 9999, for which RFC 3339 has no text, counts as the first or the last
  /// of them: a commit may say any number.
  public init(seconds: Int64, offset: Int) {
    self.seconds = min(max(seconds, Self.years.lowerBound), Self.years.upperBound)
    self.offset = min(max(offset, -86_400), 86_400)
  }

  /// The seconds of the years 1 to 9999, but for their first and last days: wherever it is told, it
  /// is in one of them.
  private static let years: ClosedRange<Int64> = -62_135_500_000...253_402_200_000

  /// The calendar day, such as `2026-11-24`.
  public var day: String { CivilDate(secondsSince1970: Int(seconds) + offset).text }

  /// The time of day, such as `21:05`.
  public var time: String {
    let second = floorModulo(seconds &+ Int64(offset), 86_400)
    return "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2))"
  }

  /// Day and time with the offset, as RFC 3339 has them: `2026-11-24T21:05:00+01:00`.
  public var timestamp: String {
    let second = floorModulo(seconds &+ Int64(offset), 86_400) % 60
    let sign = offset < 0 ? "-" : "+"
    let minutes = Int64(abs(offset) / 60)
    let zone = offset == 0 ? "Z" : "\(sign)\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    return "\(day)T\(time):\(padded(second, 2))\(zone)"
  }
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  value >= 0 ? value / divisor : (value - divisor + 1) / divisor
}

private func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
  value - floorDivide(value, divisor) * divisor
}
