import Foundation

/// A sequence of numbers that a seed fixes (SplitMix64: Steele, Lea and Flood, 2014).
public struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins the sequence.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number from 0 up to and without a bound.
  public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// The seeds of a test: as many as the variable of that name says, from `NOTES_SEED` on.
public func seeds(_ variable: String, usually: UInt64) -> Range<UInt64> {
  let variables = ProcessInfo.processInfo.environment
  let first = variables["NOTES_SEED"].flatMap { UInt64($0) } ?? 1
  return first..<first + (variables[variable].flatMap { UInt64($0) } ?? usually)
}
