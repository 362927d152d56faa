import Markup
import TestSupport
import Testing

/// The words that FTS5 makes are asked of the `sqlite3` shell, as whoever reads the index would.
@Suite struct WordsTests {
  static let hasShell: Bool = {
    guard let found = try? runProcess(["sqlite3", ":memory:", "SELECT fts5(NULL)"]) else {
      return false
    }
    return found.status == 0 || !found.errors.contains("no such function")
  }()

  private static let tokenizer = "unicode61 remove_diacritics 2"

  /// The words of each text, as FTS5 holds them.
  private func indexed(_ texts: [String]) throws -> [[String]] {
    var script = """
      CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = '\(Self.tokenizer)');
      CREATE VIRTUAL TABLE v USING fts5vocab (t, instance);
      BEGIN;

      """
    for (row, text) in texts.enumerated() {
      // By scalars: an apostrophe may have a mark on it.
      var quoted = String.UnicodeScalarView()
      for scalar in text.unicodeScalars {
        quoted.append(scalar)
        if scalar == "'" { quoted.append(scalar) }
      }
      script += "INSERT INTO t (rowid, x) VALUES (\(row), '\(String(quoted))');\n"
    }
    script += "COMMIT; SELECT doc, term FROM v ORDER BY doc, offset;\n"
    let result = try runProcess(["sqlite3", ":memory:"], input: script)
    try #require(result.status == 0, "\(result.errors)")
    var words = [[String]](repeating: [], count: texts.count)
    // By bytes: a vowel sign of Thai makes one character with what is before it.
    for line in result.output.utf8.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "|"), maxSplits: 1)
      guard fields.count == 2, let row = Int(Substring(fields[0])) else { continue }
      words[row].append(String(Substring(fields[1])))
    }
    return words
  }

  private func equal(_ left: [String], _ right: [String]) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }

  /// The words by their scalars that only one side has.
  private func differences(_ left: [String], _ right: [String]) -> [[String]] {
    let (left, right) = (left.map(hexadecimal), right.map(hexadecimal))
    return [left.filter { !right.contains($0) }, right.filter { !left.contains($0) }]
  }

  private func hexadecimal(_ word: String) -> String {
    word.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: "+")
  }

  @Test("FTS5 keeps our words as they are", .enabled(if: hasShell), arguments: 0..<8)
  func kept(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let texts = (0..<200).map { _ in random.text(from: WordRanges.all) }
    let ours = texts.map(Words.all)
    let theirs = try indexed(ours.map { $0.joined(separator: " ") })
    for (mine, other) in zip(ours, theirs) {
      #expect(equal(mine, other), "\(differences(mine, other))")
    }
  }

  @Test("FTS5 keeps every word of one character", .enabled(if: hasShell))
  func everyCharacter() throws {
    let scalars = (0x80..<0x3_2400 as Range<UInt32>).compactMap(Unicode.Scalar.init)
    var texts: [[String]] = []
    for start in stride(from: 0, to: scalars.count, by: 500) {
      texts.append(
        scalars[start..<min(start + 500, scalars.count)].flatMap { scalar in
          Words.all("a" + String(scalar) + "b " + String(scalar))
        })
    }
    for (mine, other) in zip(texts, try indexed(texts.map { $0.joined(separator: " ") })) {
      #expect(equal(mine, other), "\(differences(mine, other))")
    }
  }

  @Test(
    "words of Latin letters and others with blanks are those of FTS5", .enabled(if: hasShell),
    arguments: 0..<8)
  func same(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let texts = (0..<200).map { _ in random.text(from: WordRanges.shared) }
    for (text, theirs) in zip(texts, try indexed(texts)) {
      let ours = Words.all(text)
      #expect(equal(ours, theirs), "\(differences(ours, theirs))")
    }
  }
}

/// What random texts are made of.
private enum WordRanges {
  static let all: [ClosedRange<UInt32>] = [
    0x20...0x7E, 0x20...0x7E, 0x80...0x24F, 0x250...0x7FF, 0x800...0x2FFF, 0x3000...0x4DFF,
    0x4E00...0xD7FF, 0xE000...0xFFFF, 0x1_0000...0x3_FFFF, 0xE_0000...0xE_01FF,
  ]
  /// Latin letters that FTS5 keeps and we write out.
  static let written: Set<Unicode.Scalar> = Set("ßẞæÆœŒþÞøØłŁđĐðÐħĦıŧŦŋŊ".unicodeScalars)
  /// Where our rules and those of FTS5 are the same, but for these letters.
  static let shared: [ClosedRange<UInt32>] = [
    0x20...0x7E, 0x20...0x7E, 0xBF...0xFF, 0x100...0x17E, 0x3B1...0x3C1, 0x410...0x418,
    0x42A...0x438, 0x5D0...0x5EA, 0x1E00...0x1E7F, 0x300...0x304, 0x2010...0x2027,
  ]
}

extension SplitMix {
  fileprivate mutating func text(from ranges: [ClosedRange<UInt32>]) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<80 {
      guard let range = ranges.randomElement(using: &self),
        let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)),
        ranges != WordRanges.shared || !WordRanges.written.contains(scalar)
      else { continue }
      text.append(scalar)
    }
    return String(text)
  }
}
