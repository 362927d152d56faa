internal import CPcre2

/// A regular expression, as Perl writes them (PCRE2), over UTF-8.
///
/// `^` and `$` stand for the ends of lines. Without a capital letter in it, it fits any case. How
/// long it may try is bounded, so that no pattern takes for ever.
public struct Pattern: Sendable, Equatable {
  /// Why a text is no pattern, or why a match was given up.
  public struct Failure: Error, Equatable {
    /// What PCRE2 says.
    public let reason: String
  }

  /// The pattern as typed, without the strokes around it.
  public let text: String
  /// Whether upper and lower case are the same.
  public let ignoresCase: Bool
  /// Whether it is a sign that was typed as such, which is looked for in a note's path as well.
  public let isSign: Bool
  private let code: Code

  /// Compiles a pattern; `ignoresCase` is for one with capital letters in it.
  public init(_ text: String, ignoresCase: Bool = false) throws(Failure) {
    try self.init(text, ignoresCase: ignoresCase, isSign: false)
  }

  /// What finds each sign in a text that has one: `📅` and `→`, with or without the mark that says
  /// whether it is to be drawn as a picture.
  ///
  /// Signs of ASCII and of punctuation are none: they stand in every text. Each is looked for in all
  /// files, so there are a few at the most.
  static func signs(in text: String) -> [Pattern] {
    var seen: Set<Substring> = []
    return text.split { !$0.isSign }.filter { seen.insert($0).inserted }.prefix(8)
      .compactMap { signs in
        let marked = signs.unicodeScalars.filter { $0 != "\u{FE0F}" }.map { scalar in
          scalar.isASCII ? "\\\(scalar)" : "\(scalar)\u{FE0F}?"
        }
        return try? Pattern(marked.joined(), ignoresCase: false, isSign: true)
      }
  }

  private init(_ text: String, ignoresCase: Bool, isSign: Bool) throws(Failure) {
    self.text = text
    self.isSign = isSign
    self.ignoresCase = ignoresCase || !Self.hasCapital(text)
    code = try Code(text, ignoresCase: self.ignoresCase)
  }

  /// Whether two patterns are the same.
  public static func == (left: Self, right: Self) -> Bool {
    left.ignoresCase == right.ignoresCase && left.isSign == right.isSign
      && left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Where it fits in a text, at most `limit` times; bytes that are no UTF-8 fit nothing.
  ///
  /// Empty matches are left out.
  public func matches(in bytes: [UInt8], limit: Int = 1_000) throws(Failure) -> [Range<Int>] {
    try code.matches(in: bytes, limit: limit)
  }

  /// Whether it fits anywhere, be it at an empty place.
  public func fits(_ bytes: [UInt8]) throws(Failure) -> Bool {
    try code.fits(bytes)
  }

  /// Whether a capital letter stands in it; the letter behind a backslash is none: `\W`, `\B`.
  private static func hasCapital(_ text: String) -> Bool {
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if !isEscaped, scalar.properties.isUppercase { return true }
      isEscaped = !isEscaped && scalar == "\\"
    }
    return false
  }
}

extension Character {
  /// Whether it is a sign beyond ASCII that is not punctuation, such as an emoji, an arrow or `€`.
  fileprivate var isSign: Bool {
    unicodeScalars.contains { scalar in
      switch scalar.properties.generalCategory {
      case .otherSymbol, .mathSymbol, .currencySymbol: !scalar.isASCII
      default: false
      }
    }
  }
}

/// A compiled pattern, which is never changed.
///
/// PCRE2 allows a compiled pattern to be used by several threads at once; what a match writes to is
/// made for each call. So it may be shared.
@safe private final class Code: @unchecked Sendable {
  private let code: OpaquePointer
  private let limits: OpaquePointer

  /// Steps of a match, depth of its nesting, and kilobytes of its memory.
  private static let mostSteps: UInt32 = 1_000_000
  private static let mostDepth: UInt32 = 10_000
  private static let mostMemory: UInt32 = 20_000
  private static let mostBytesOfPattern = 10_000

  init(_ text: String, ignoresCase: Bool) throws(Pattern.Failure) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.mostBytesOfPattern else {
      throw Pattern.Failure(reason: "it is too long")
    }
    var options = UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_MULTILINE)
    // `\C` would look into the middle of a character.
    options |= UInt32(PCRE2_NEVER_BACKSLASH_C) | UInt32(PCRE2_MATCH_INVALID_UTF)
    if ignoresCase { options |= UInt32(PCRE2_CASELESS) }
    var number: Int32 = 0
    var place = 0
    let code = unsafe pcre2_compile_8(bytes, bytes.count, options, &number, &place, nil)
    guard let code = unsafe code else {
      throw Pattern.Failure(reason: Self.words(for: number))
    }
    guard let limits = unsafe pcre2_match_context_create_8(nil) else {
      unsafe pcre2_code_free_8(code)
      throw Pattern.Failure(reason: "there is no memory left")
    }
    unsafe pcre2_set_match_limit_8(limits, Self.mostSteps)
    unsafe pcre2_set_depth_limit_8(limits, Self.mostDepth)
    unsafe pcre2_set_heap_limit_8(limits, Self.mostMemory)
    unsafe self.code = code
    unsafe self.limits = limits
  }

  deinit {
    unsafe pcre2_code_free_8(code)
    unsafe pcre2_match_context_free_8(limits)
  }

  func matches(in bytes: [UInt8], limit: Int) throws(Pattern.Failure) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    while found.count < limit, start <= bytes.count {
      guard let range = try first(in: bytes, from: start, options: UInt32(PCRE2_NOTEMPTY)) else {
        break
      }
      found.append(range)
      // `\K` in a look-ahead can end a match before it begins.
      start = max(range.upperBound, start + 1)
    }
    return found
  }

  func fits(_ bytes: [UInt8]) throws(Pattern.Failure) -> Bool {
    try first(in: bytes, from: 0, options: 0) != nil
  }

  private func first(
    in bytes: [UInt8], from start: Int, options: UInt32
  ) throws(Pattern.Failure) -> Range<Int>? {
    guard let match = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else {
      throw Pattern.Failure(reason: "there is no memory left")
    }
    defer { unsafe pcre2_match_data_free_8(match) }
    let count = unsafe pcre2_match_8(code, bytes, bytes.count, start, options, match, limits)
    if count == PCRE2_ERROR_NOMATCH { return nil }
    guard count >= 0, let places = unsafe pcre2_get_ovector_pointer_8(match) else {
      throw Pattern.Failure(reason: Self.words(for: count))
    }
    let (from, to) = unsafe (places[0], places[1])
    return min(from, to)..<max(from, to)
  }

  private static func words(for number: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = unsafe pcre2_get_error_message_8(number, &buffer, buffer.count)
    guard count > 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix(Int(count)), as: UTF8.self)
  }
}
