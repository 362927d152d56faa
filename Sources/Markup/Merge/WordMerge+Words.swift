extension WordMerge {
  /// A stretch of a text, taken apart into words.
  struct Words {
    let bytes: [UInt8]
    let tokens: [Tokens.Token]
    let numbers: [Int32]
    /// The sentences and lines of more than a few words, without the blanks around them.
    private(set) var sentences: [Range<Int>] = []

    init(
      _ bytes: [UInt8], _ range: Range<Int>, atoms: [Range<Int>], isVerbatim: Bool = false,
      interning: inout Interning
    ) {
      self.bytes = bytes
      let first = atoms.partitionPoint { $0.lowerBound < range.lowerBound }
      let inside = atoms[first...].prefix { $0.lowerBound < range.upperBound }
      tokens = unsafe bytes.withUnsafeBufferPointer { buffer in
        Tokens(
          unsafe ByteView(buffer), range, atoms: inside, isVerbatim: isVerbatim,
          isQuote: true
        ).all
      }
      var numbers: [Int32] = []
      numbers.reserveCapacity(tokens.count)
      for token in tokens {
        switch token.kind {
        case .blank where !isVerbatim: numbers.append(interning.number(of: [.space]))
        case .lineBreak where !isVerbatim:
          numbers.append(interning.number(of: [.newline, .newline]))
        default: numbers.append(interning.number(of: bytes[token.range]))
        }
      }
      self.numbers = numbers
      findSentences()
    }

    private init(_ words: Words, _ kept: [Int]) {
      bytes = words.bytes
      tokens = kept.map { words.tokens[$0] }
      numbers = kept.map { words.numbers[$0] }
      findSentences()
    }

    /// The numbers of all but blanks.
    var said: [Int32] { numbers.indices.filter { !isBlank($0) }.map { numbers[$0] } }

    /// What two texts have in common, for two that have no base.
    func shared(with other: Words) -> Words {
      Words(self, Matching.runs(numbers, other.numbers).flatMap { $0.old..<$0.old + $0.length })
    }

    /// The words of some tokens, those within links and code too.
    func plainWords(_ range: Range<Int>) -> [ArraySlice<UInt8>] {
      guard let first = range.first, let last = range.last else { return [] }
      return unsafe bytes.withUnsafeBufferPointer { buffer in
        let text = tokens[first].range.lowerBound..<tokens[last].range.upperBound
        return Tokens(
          unsafe ByteView(buffer), text, atoms: [], isVerbatim: false, isQuote: true
        ).all.filter { $0.kind == .word }.map { bytes[$0.range] }
      }
    }

    /// All of it, as it is written.
    var all: ArraySlice<UInt8> { written(tokens.indices) }

    /// Some tokens, as they are written.
    func written(_ range: Range<Int>) -> ArraySlice<UInt8> {
      guard let first = range.first, let last = range.last else { return [] }
      return bytes[tokens[first].range.lowerBound..<tokens[last].range.upperBound]
    }

    func text(_ index: Int) -> ArraySlice<UInt8> { bytes[tokens[index].range] }

    func isWord(_ index: Int) -> Bool { tokens[index].kind == .word }

    func isBlank(_ index: Int) -> Bool {
      tokens[index].kind == .blank || tokens[index].kind == .lineBreak
    }

    private mutating func findSentences() {
      var start = 0
      for end in 1..<max(tokens.count + 1, 2) where end >= tokens.count || isBoundary(end) {
        var range = start..<min(end, tokens.count)
        while let first = range.first, isBlank(first) { range.removeFirst() }
        while let last = range.last, isBlank(last) { range.removeLast() }
        if range.count(where: isWord) >= 3 { sentences.append(range) }
        start = end
      }
    }

    /// Whether a sentence, a line or the text ends just before a token.
    func isBoundary(_ index: Int) -> Bool {
      if index <= 0 || index >= tokens.count { return true }
      if tokens[index - 1].kind == .lineBreak || tokens[index].kind == .lineBreak { return true }
      if isBlank(index - 1), text(index - 1).contains(.newline) { return true }
      if isBlank(index), text(index).contains(.newline) { return true }
      // A blank may belong to either sentence.
      var last = index - 1
      if isBlank(last) { last -= 1 } else if !isBlank(index) { return false }
      while last > 0, let byte = text(last).first, ")]\"'*_".utf8.contains(byte) { last -= 1 }
      guard last >= 0 else { return true }
      return [".", "!", "?", ":", ";", "。", "！", "？"].contains {
        text(last).elementsEqual($0.utf8)
      }
    }
  }
}
