/// A passage of a note: what a history of texts is kept by.
///
/// It is found line by line, without a look at what is in it, so that ten thousand texts are taken
/// apart in seconds: a paragraph, a list item, a row of a table, a line of front matter, a heading, a
/// block of code or a formula, whole.
public struct Passage: Sendable, Hashable {
  /// The bytes of its lines, without the last line end.
  public let range: Range<Int>
  /// A hash of its words: the same wherever its lines are broken, unless it is code, whatever ends
  /// them, and whatever marks make it a quote, an item of a list or a heading.
  public let hash: UInt64

  /// The passages of a text, in order; what has no letter or digit in it is none.
  public static func all(in bytes: [UInt8]) -> [Passage] {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      var splitter = PassageSplitter(view: unsafe ByteView(buffer))
      splitter.split()
      return splitter.found
    }
  }

  /// The same of a text of which an older one was taken apart already: where both are the same, so are
  /// the passages.
  public static func all(
    in bytes: [UInt8], after old: [UInt8], with passages: [Passage]
  ) -> [Passage] {
    let most = min(bytes.count, old.count)
    var head = 0
    var tail = 0
    unsafe bytes.withUnsafeBufferPointer { new in
      unsafe old.withUnsafeBufferPointer { old in
        while head < most, unsafe new[head] == old[head] { head += 1 }
        while tail < most - head, unsafe new[new.count - 1 - tail] == old[old.count - 1 - tail] {
          tail += 1
        }
      }
    }
    // A passage begins with a clean slate, wherever it does; but for front matter, of which each line
    // is one because of the line that ends it, and a `$$` that waits for another.
    guard let kept = keptPassages(passages, old, head) else { return all(in: bytes) }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      var splitter = PassageSplitter(view: unsafe ByteView(buffer))
      splitter.split(
        from: passages[kept].range.lowerBound, after: Array(passages[..<kept]),
        rest: Array(passages[kept...]), shift: bytes.count - old.count, sameFrom: bytes.count - tail
      )
      return splitter.found
    }
  }

  /// How many passages of the old text end well before the first byte that differs; `nil` where it is
  /// not worth it, or not safe.
  private static func keptPassages(_ passages: [Passage], _ old: [UInt8], _ head: Int) -> Int? {
    guard let next = passages.firstIndex(where: { $0.range.upperBound + 1 >= head }), next > 1
    else {
      return nil
    }
    let start = passages[next - 1].range.lowerBound
    let body = unsafe old.withUnsafeBufferPointer { buffer in
      var splitter = PassageSplitter(view: unsafe ByteView(buffer))
      return splitter.takeFrontmatter()
    }
    guard let body, body <= start else { return nil }
    for place in 1..<start where old[place] == 0x24 && old[place - 1] == 0x24 { return nil }
    return next - 1
  }

  /// What went and what came between two texts; a passage that only moved did neither.
  public static func difference(
    _ old: [Passage], _ new: [Passage]
  ) -> (gone: [Passage], came: [Passage]) {
    var head = 0
    while head < old.count, head < new.count, old[head].hash == new[head].hash { head += 1 }
    var tail = 0
    while tail < old.count - head, tail < new.count - head,
      old[old.count - 1 - tail].hash == new[new.count - 1 - tail].hash
    {
      tail += 1
    }
    let olds = old[head..<(old.count - tail)]
    let news = new[head..<(new.count - tail)]
    if olds.isEmpty || news.isEmpty { return (Array(olds), Array(news)) }
    var counts: [UInt64: Int] = [:]
    for passage in news { counts[passage.hash, default: 0] += 1 }
    var gone: [Passage] = []
    for passage in olds {
      if let count = counts[passage.hash], count > 0 {
        counts[passage.hash] = count - 1
      } else {
        gone.append(passage)
      }
    }
    // Of a passage that is there more often than before, the last ones are those that came.
    var came: [Passage] = []
    for passage in news.reversed() where counts[passage.hash, default: 0] > 0 {
      counts[passage.hash, default: 0] -= 1
      came.append(passage)
    }
    return (gone, came.reversed())
  }
}

/// Takes a text apart.
private struct PassageSplitter {
  let view: ByteView
  private(set) var found: [Passage] = []

  /// Where the passage that is open began; `nil` between passages.
  private var start: Int?
  private var end = 0
  private var hash = seed
  private var hasWord = false
  private var isInWord = false

  private var rest: ArraySlice<Passage> = []
  private var shift = 0
  private var sameFrom = Int.max

  private static let seed: UInt64 = 14_695_981_039_346_656_037
  private static let prime: UInt64 = 1_099_511_628_211
  /// A `$$` that nothing closes within so many lines opens nothing.
  private static let longestFormula = 400

  init(view: ByteView) { self.view = view }

  mutating func split() { split(from: takeFrontmatter() ?? textBegin) }

  private var textBegin: Int { view.has("\u{FEFF}", at: 0) ? 3 : 0 }

  /// Goes on behind passages that are known, until the rest is known as well.
  ///
  /// `rest` are passages of an older text, which is the same from `sameFrom` on, shifted.
  mutating func split(
    from first: Int, after known: [Passage], rest: [Passage], shift: Int, sameFrom: Int
  ) {
    found = known
    self.rest = rest[...]
    self.shift = shift
    self.sameFrom = sameFrom
    split(from: first)
  }

  private mutating func split(from first: Int) {
    var place = first
    while place < view.count {
      if start == nil, place >= sameFrom, joinsRest(at: place) { return }
      let end = view.endOfLine(from: place)
      let text = textStart(place, end)
      if text == end {
        close()
        place = next(end)
        continue
      }
      switch view[text] {
      case UInt8(ascii: "`"), UInt8(ascii: "~"):
        let length = view.endOfRun(view[text], at: text, before: end) - text
        if length >= 3 {
          place = takeFence(from: place, view[text], length)
          continue
        }
      case UInt8(ascii: "$") where isMark(UInt8(ascii: "$"), text, end, count: 2):
        if let last = formulaEnd(after: end) {
          close()
          add(place..<last, isVerbatim: false)
          close()
          place = next(last)
          continue
        }
      case UInt8(ascii: "#"), UInt8(ascii: "|"):
        close()
        add(place..<end, isVerbatim: false)
        close()
        place = next(end)
        continue
      case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"):
        if view[text + 1].isBlank { close() }
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        var mark = text
        while mark < end, view[mark].isDigit { mark += 1 }
        let isMark = view[mark] == UInt8(ascii: ".") || view[mark] == UInt8(ascii: ")")
        if isMark, view[mark + 1].isBlank { close() }
      case UInt8(ascii: "[") where view[text + 1] == UInt8(ascii: "^"): close()
      default: break
      }
      add(place..<end, isVerbatim: false)
      place = next(end)
    }
    close()
  }

  /// Takes over what is left of the known passages, if one begins just here.
  private mutating func joinsRest(at place: Int) -> Bool {
    while let next = rest.first, next.range.lowerBound + shift < place { rest = rest.dropFirst() }
    guard let next = rest.first, next.range.lowerBound + shift == place else { return false }
    for passage in rest {
      found.append(
        Passage(
          range: passage.range.lowerBound + shift..<passage.range.upperBound + shift,
          hash: passage.hash))
    }
    return true
  }

  // MARK: Lines

  private func next(_ end: Int) -> Int { end + 1 }

  /// Where the text of a line begins, behind blanks and marks of quotes.
  private func textStart(_ start: Int, _ end: Int) -> Int {
    var place = start
    while place < end, view[place].isBlank || view[place] == UInt8(ascii: ">") { place += 1 }
    return place
  }

  /// Whether a line is a mark of one byte, several times, and nothing else.
  private func isMark(_ byte: UInt8, _ start: Int, _ end: Int, count: Int = 3) -> Bool {
    guard view.endOfRun(byte, at: start, before: end) == start + count else { return false }
    return (start + count..<max(start + count, end)).allSatisfy { view[$0].isBlank }
  }

  /// Takes the lines of front matter, each for itself, and says where the body begins; `nil` where
  /// front matter begins that nothing ends, so that all is body until something does.
  mutating func takeFrontmatter() -> Int? {
    let first = textBegin
    guard isMark(UInt8(ascii: "-"), first, view.endOfLine(from: first)) else { return first }
    var place = next(view.endOfLine(from: first))
    var lines: [Range<Int>] = []
    while place < view.count {
      let end = view.endOfLine(from: place)
      if isMark(UInt8(ascii: "-"), place, end) || isMark(UInt8(ascii: "."), place, end) {
        for line in lines {
          add(line, isVerbatim: false)
          close()
        }
        return next(end)
      }
      lines.append(place..<end)
      place = next(end)
    }
    return nil
  }

  private mutating func takeFence(from first: Int, _ byte: UInt8, _ length: Int) -> Int {
    close()
    add(first..<view.endOfLine(from: first), isVerbatim: true)
    var place = next(view.endOfLine(from: first))
    while place < view.count {
      let end = view.endOfLine(from: place)
      let text = textStart(place, end)
      add(place..<end, isVerbatim: true)
      place = next(end)
      let run = view.endOfRun(byte, at: text, before: end) - text
      if run >= length, (text + run..<end).allSatisfy({ view[$0].isBlank }) { break }
    }
    close()
    return place
  }

  /// The end of the line that closes a formula.
  private func formulaEnd(after end: Int) -> Int? {
    var place = next(end)
    for _ in 0..<Self.longestFormula where place < view.count {
      let end = view.endOfLine(from: place)
      if view.endsFormula(at: textStart(place, end), before: end) { return end }
      place = next(end)
    }
    return nil
  }

  // MARK: Passages

  private mutating func add(_ line: Range<Int>, isVerbatim: Bool) {
    if start == nil { start = line.lowerBound }
    end = line.upperBound
    // Kept out of memory in the loop, which goes over each byte of each text that ever was.
    var hash = hash
    var hasWord = hasWord
    var isInWord = isInWord
    var lineEnd = line.upperBound
    // Code with other line ends is the same code; elsewhere they are blanks.
    if isVerbatim, lineEnd > line.lowerBound, view[lineEnd - 1] == .carriageReturn { lineEnd -= 1 }
    for place in (isVerbatim ? line.lowerBound : wordsStart(line))..<lineEnd {
      let byte = view[place]
      if byte.isBlank, !isVerbatim {
        isInWord = false
        continue
      }
      if !isInWord { hash = (hash ^ 0x20) &* Self.prime }
      isInWord = true
      hash = (hash ^ UInt64(byte)) &* Self.prime
      hasWord = hasWord || byte.isWordPart
    }
    if isVerbatim { hash = (hash ^ 0x0A) &* Self.prime } else { isInWord = false }
    self.hash = hash
    self.hasWord = hasWord
    self.isInWord = isInWord
  }

  /// Where the words of a line begin, behind what makes it a quote, an item or a heading.
  private func wordsStart(_ line: Range<Int>) -> Int {
    var place = line.lowerBound
    while true {
      place = textStart(place, line.upperBound)
      let end = endOfMark(place, line.upperBound)
      guard end > place, end == line.upperBound || view[end].isBlank else { return place }
      place = end
    }
  }

  /// The end of the mark of an item or a heading; `place` where there is none.
  private func endOfMark(_ place: Int, _ end: Int) -> Int {
    guard place < end else { return place }
    switch view[place] {
    case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"): return place + 1
    case UInt8(ascii: "#"): return view.endOfRun(UInt8(ascii: "#"), at: place, before: end)
    default: return view.endOfItemNumber(at: place, before: end).map { $0 + 1 } ?? place
    }
  }

  private mutating func close() {
    if let start, hasWord {
      found.append(Passage(range: start..<max(start, end), hash: hash))
    }
    start = nil
    hash = Self.seed
    hasWord = false
    isInWord = false
  }
}
