internal import Markup

extension Filter.Time {
  /// A stretch of time as it is typed: what `TimeWords` reads, one of them behind `>`, `>=`, `<` or
  /// `<=`, or two of them with `..` between, an end of which may be left out.
  ///
  /// Days begin at midnight UTC. `now` is in seconds since 1970, and `offset` is how far the user's
  /// clock is ahead of UTC; without a `now`, words that count from it are not understood.
  public init?(typed text: String, now: Int64? = nil, offset: Int = 0) {
    func words(_ text: Substring) -> TimeWords? {
      TimeWords(String(text), now: now, offset: offset)
    }
    for mark in [">=", "<=", ">", "<"] where text.hasPrefix(mark) {
      guard let words = words(text.dropFirst(mark.count)) else { return nil }
      switch mark {
      case ">=": self.init(from: words.range.lowerBound)
      case ">": self.init(from: words.isOpen ? words.range.lowerBound : words.range.upperBound)
      case "<": self.init(before: words.range.lowerBound)
      default: self.init(before: words.range.upperBound)
      }
      return
    }
    if let dots = text.firstRange(of: "..") {
      let (first, last) = (text[..<dots.lowerBound], text[dots.upperBound...])
      let from = words(first)
      let to = words(last)
      guard from != nil || first.isEmpty, to != nil || last.isEmpty, !(from == nil && to == nil)
      else { return nil }
      self.init(from: from?.range.lowerBound, before: to?.range.upperBound)
      return
    }
    guard let words = words(text[...]) else { return nil }
    self.init(from: words.range.lowerBound, before: words.isOpen ? nil : words.range.upperBound)
  }
}
