/// Words that stand in a text only as parts of others, or under another name.
///
/// | text | words | derived |
/// | --- | --- | --- |
/// | `attnDropout` | `attndropout` | `attn dropout` |
/// | `HTTPServer2` | `httpserver2` | `http server 2` |
/// | `attn_dropout`, in code also `attn-dropout` | `attn dropout` | `attndropout` |
/// | `GPT-4` | `gpt 4` | `gpt4` |
/// | `resnet50`, `vaswani2017attention` | as written | `resnet 50`, `vaswani 2017 attention` |
/// | `C++`, `C#`, `.NET` | `c`, `c`, `net` | `cplusplus`, `csharp`, `dotnet` |
/// | `2106.09685v2` | `2106 09685v2` | `2106 09685` |
///
/// A DOI, a URL, `torch.nn.Linear` and `encoder/decoder` are found whole and by part as they are,
/// as phrases of their words. A compound of more than 64 bytes is left alone, and so is one of more
/// than 8 parts.
public enum Identifiers: Sendable {
  /// Where a text stands, which tells what its hyphens are.
  enum Place {
    /// A hyphen joins only what has letters and digits, such as `GPT-4`.
    case prose
    /// A hyphen joins names.
    case code
    /// A code span, whose other derived words have been taken from the prose around it.
    case span
  }

  static let longest = 64
  static let mostParts = 8

  /// Adds the derived words of a stretch.
  static func append(
    _ view: ByteView, _ range: Range<Int>, in place: Place, to words: inout WordText
  ) {
    let range = view.clamped(range)
    var compound = Compound()
    var index = range.lowerBound
    while index < range.upperBound {
      guard view[index].isLetterOrDigit else {
        index += 1
        continue
      }
      let isPlain = compound.read(view, at: index, before: range.upperBound)
      let next = compound.range.upperBound
      if isPlain {
        // Most words are plain: they have no parts, and only a mark behind them could matter.
      } else if compound.range.count <= longest {
        add(view, compound, in: place, to: &words)
      }
      if place != .span { addSymbol(view, compound.range, before: range.upperBound, to: &words) }
      index = next
    }
  }

  private static func add(
    _ view: ByteView, _ compound: Compound, in place: Place, to words: inout WordText
  ) {
    if place != .span {
      for chunk in compound.chunks(view) {
        let parts = Compound.parts(view, chunk)
        if Compound.isCut(view, parts), parts.count <= mostParts {
          for part in parts { words.append(word: view.lowered(part)) }
        }
        if let stem = Compound.arXiv(view, chunk) {
          words.append(word: view.lowered(stem.lowerBound - 5..<stem.lowerBound - 1))
          words.append(word: view.lowered(stem))
        }
        if chunk.contains(where: { view[$0] == UInt8(ascii: "_") }) {
          words.append(word: view.joined(chunk))
        }
      }
    }
    guard compound.hasHyphen else { return }
    let chunks = compound.chunks(view)
    guard chunks.count <= mostParts else { return }
    let isName = chunks.allSatisfy { $0.count > 1 && view[$0.lowerBound].isLetter }
    let isNumbered = Compound.hasLetterAndDigit(view, compound.range)
    let isJoined =
      switch place {
      case .prose: isNumbered
      case .code: isName || isNumbered
      case .span: isName && !isNumbered
      }
    if isJoined { words.append(word: view.joined(compound.range)) }
  }

  /// The names of languages that end or begin in a mark.
  @inline(__always)
  private static func addSymbol(
    _ view: ByteView, _ word: Range<Int>, before end: Int, to words: inout WordText
  ) {
    let next = view[word.upperBound]
    let isBehindStop = word.count == 3 && view[word.lowerBound - 1] == UInt8(ascii: ".")
    if next == UInt8(ascii: "+") || next == UInt8(ascii: "#") || isBehindStop,
      let name = symbol(view, word, before: end)
    {
      words.append(word: name)
    }
  }

  /// The word for a name such as `C++`, `g++`, `C#` or `.NET`.
  private static func symbol(_ view: ByteView, _ word: Range<Int>, before end: Int) -> [UInt8]? {
    let next = word.upperBound
    let isLetters = word.allSatisfy { view[$0].isLetter }
    if view[next] == UInt8(ascii: "+"), view[next + 1] == UInt8(ascii: "+"), next + 2 <= end {
      guard word.count <= 16, isLetters, view[next + 2] != UInt8(ascii: "+"),
        !view[next + 2].isLetter
      else { return nil }
      return view.lowered(word) + Array("plusplus".utf8)
    }
    if view[next] == UInt8(ascii: "#"), next < end, word.count == 1,
      !view[next + 1].isLetterOrDigit
    {
      let isLanguage =
        switch view[word.lowerBound] | 0x20 {
        case UInt8(ascii: "c"), UInt8(ascii: "f"), UInt8(ascii: "j"), UInt8(ascii: "q"): true
        default: false
        }
      return isLanguage ? view.lowered(word) + Array("sharp".utf8) : nil
    }
    let start = word.lowerBound
    if word.count == 3, view[start - 1] == UInt8(ascii: "."),
      view.lowered(word).elementsEqual("net".utf8)
    {
      // `.NET` and `ASP.NET`, but not `example.net`.
      let isCapital = view[start] == UInt8(ascii: "N")
      return isCapital || !view[start - 2].isWordPart ? Array("dotnet".utf8) : nil
    }
    return nil
  }

  /// The sequences of words by which one word of a query is searched, each as a phrase.
  ///
  /// The first is the one that is written in a text like it; the others are its parts in `parts`.
  /// A run of a script without blanks is its pairs. A word without letters or digits has none.
  public static func alternatives(of text: String) -> [[String]] {
    let bytes = Array(text.utf8)
    let plain = Words.query(text).flatMap { piece in
      switch piece {
      case .word(let word): [word]
      case .run(let pairs, isSingle: _): pairs
      }
    }
    guard !plain.isEmpty else { return [] }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      let view = unsafe ByteView(buffer)
      var found = [plain]
      func add(_ words: [String]) {
        if !words.isEmpty, !found.contains(words) { found.append(words) }
      }
      var compound = Compound()
      var start = 0
      while start < view.count, !view[start].isLetterOrDigit { start += 1 }
      guard start < view.count else { return found }
      _ = compound.read(view, at: start, before: view.count)
      let word = compound.range
      if let name = symbol(view, word, before: view.count) {
        let name = [String(decoding: name, as: UTF8.self)]
        // Nobody who types `C++` looks for a `c`.
        let rest = word.upperBound..<view.count
        if rest.contains(where: { view[$0].isWordPart }) { add(name) } else { found = [name] }
        return found
      }
      for index in 0..<view.count where view[index] == UInt8(ascii: ".") {
        var end = index + 1
        while view[end].isLetterOrDigit { end += 1 }
        if let stem = Compound.arXiv(view, index + 1..<end) {
          add([view.text(stem.lowerBound - 5..<stem.lowerBound - 1), view.text(stem)])
        }
      }
      // The rest is for one compound, with marks around it.
      let isOne =
        word.count <= longest
        && !(word.upperBound..<view.count).contains { view[$0].isWordPart }
        && !(0..<start).contains { view[$0].isWordPart }
      guard isOne else { return found }
      let chunks = compound.chunks(view)
      let parts = chunks.flatMap { Compound.parts(view, $0) }
      if parts.count <= mostParts {
        add(parts.map { String(decoding: view.lowered($0), as: UTF8.self) })
      }
      if chunks.count <= mostParts {
        add([String(decoding: view.joined(word), as: UTF8.self)])
      }
      return found
    }
  }
}

/// A run of letters and digits of ASCII, with `_` and `-` between them.
private struct Compound {
  private(set) var range = 0..<0
  private(set) var hasHyphen = false

  /// Reads the compound at a letter or digit; true if it can have no parts.
  @inline(__always)
  mutating func read(_ view: ByteView, at start: Int, before end: Int) -> Bool {
    var index = start
    // Bits: a capital behind the first character, a digit, a letter, a mark.
    var seen: UInt8 = 0
    hasHyphen = false
    while index < end {
      let byte = view[index]
      if byte.isLetter {
        if byte & 0x20 == 0, index > start { seen |= 1 }
        seen |= 4
        index += 1
      } else if byte.isDigit {
        seen |= 2
        index += 1
      } else if byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") {
        var next = index
        while view[next] == UInt8(ascii: "_"), next < end { next += 1 }
        if view[next] == UInt8(ascii: "-") {
          next += 1
          if !view[next].isLetterOrDigit || next >= end { break }
          hasHyphen = true
        }
        if !view[next].isLetterOrDigit || next >= end { break }
        seen |= 8
        index = next
      } else {
        break
      }
    }
    range = start..<index
    return seen & 9 == 0 && seen & 6 != 6
  }

  /// The stretches between hyphens.
  func chunks(_ view: ByteView) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = range.lowerBound
    for index in range where view[index] == UInt8(ascii: "-") {
      chunks.append(start..<index)
      start = index + 1
    }
    chunks.append(start..<range.upperBound)
    return chunks
  }

  /// The parts of a stretch without hyphens: `HTTPServer2_x` is `HTTP`, `Server`, `2`, `x`.
  static func parts(_ view: ByteView, _ chunk: Range<Int>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = chunk.lowerBound
    func end(at index: Int) {
      if index > start { parts.append(start..<index) }
    }
    for index in chunk {
      let byte = view[index]
      if byte == UInt8(ascii: "_") {
        end(at: index)
        start = index + 1
      } else if index > start {
        let before = view[index - 1]
        let isUpper = byte.isLetter && byte & 0x20 == 0
        let wasUpper = before.isLetter && before & 0x20 == 0
        let followsLower = isUpper && !wasUpper
        let beginsWord =
          isUpper && wasUpper && index + 1 < chunk.upperBound && view[index + 1].isLetter
          && view[index + 1] & 0x20 != 0
        if byte.isDigit != before.isDigit || followsLower || beginsWord {
          end(at: index)
          start = index
        }
      }
    }
    end(at: chunk.upperBound)
    return parts
  }

  /// Whether two parts stand side by side, without a mark that separates words anyway.
  static func isCut(_ view: ByteView, _ parts: [Range<Int>]) -> Bool {
    zip(parts, parts.dropFirst()).contains { $0.upperBound == $1.lowerBound }
  }

  static func hasLetterAndDigit(_ view: ByteView, _ range: Range<Int>) -> Bool {
    range.contains { view[$0].isLetter } && range.contains { view[$0].isDigit }
  }

  /// The `09685` of `2106.09685v2`, given the part behind the full stop.
  static func arXiv(_ view: ByteView, _ chunk: Range<Int>) -> Range<Int>? {
    let start = chunk.lowerBound
    guard chunk.count > 5, chunk.count < 9, view[start - 1] == UInt8(ascii: "."),
      !view[start - 6].isLetterOrDigit, (start - 5..<start - 1).allSatisfy({ view[$0].isDigit })
    else { return nil }
    var end = start
    while end < chunk.upperBound, view[end].isDigit { end += 1 }
    guard end - start == 4 || end - start == 5, view[end] | 0x20 == UInt8(ascii: "v"),
      end + 1 < chunk.upperBound, (end + 1..<chunk.upperBound).allSatisfy({ view[$0].isDigit })
    else { return nil }
    return start..<end
  }
}

extension ByteView {
  /// Letters and digits of ASCII in lower case.
  fileprivate func lowered(_ range: Range<Int>) -> [UInt8] {
    range.map { self[$0].isLetter ? self[$0] | 0x20 : self[$0] }
  }

  /// The same, without the marks between them.
  fileprivate func joined(_ range: Range<Int>) -> [UInt8] {
    lowered(range).filter(\.isLetterOrDigit)
  }
}
