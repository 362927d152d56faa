import Markup
import TestSupport
import Testing

@Suite struct WordsTests {
  @Test(
    "a text is cut into words in lower case without marks",
    arguments: [
      ("Don't STOP_me-now", ["don", "t", "stop", "me", "now"]), ("", []), ("--- !?", []),
      ("Café cafe\u{301} ÑANDÚ", ["cafe", "cafe", "nandu"]),
      ("Straße STRAẞE", ["strasse", "strasse"]),
      ("Ёлка ёлка й и\u{306}", ["елка", "елка", "и", "и"]), ("ΣΊΣΥΦΟΣ ὄψις", ["σισυφοσ", "οψισ"]),
      ("ＧＰＴ４ ｆｕｌｌ", ["gpt4", "full"]), ("ofﬁce ﬂow ﬃ", ["office", "flow", "ffi"]),
      ("co\u{AD}op zero\u{200B}width a\u{200D}b", ["coop", "zero", "width", "ab"]),
      ("CO₂ R² x½", ["co2", "r2", "x½"]), ("𝐇𝐞𝐥𝐥𝐨 𝟜𝟚 ℝ", ["hello", "42", "r"]),
      ("हिन्दी", ["हनद"]), ("مُحَمَّد", ["محمد"]), ("🙂 ok 🙂", ["ok"]), ("“a”—b…", ["a", "b"]),
      ("cœur Œuvre Ærø ǽ Þór", ["coeur", "oeuvre", "aero", "ae", "thor"]),
      ("Łódź đường Ørsted ǿ Iðunn ışık", ["lodz", "duong", "orsted", "o", "idunn", "isik"]),
      ("İstanbul", ["istanbul"]), ("a\u{301}\u{302}\u{303}", ["a"]), ("\u{301}a", ["a"]),
      ("0.5 3,000", ["0", "5", "3", "000"]), ("𝛉 𝚺 𝜎", ["θ", "σ", "σ"]),
    ])
  func words(text: String, expected: [String]) { #expect(Words.all(text) == expected) }

  @Test(
    "scripts without blanks are cut into pairs and the last character",
    arguments: [
      ("机器学习", ["机器", "器学", "学习", "习"]), ("中", ["中"]), ("中。文", ["中", "文"]),
      ("GPT模型4", ["gpt", "模型", "型", "4"]), ("東京タワー", ["東京", "京タ", "タワ", "ワー", "ー"]),
      ("ｶﾞｷﾞ", ["ガギ", "ギ"]), ("か\u{3099}は\u{309A}", ["がぱ", "ぱ"]), ("人々", ["人々", "々"]),
      ("한국어", ["한국", "국어", "어"]), ("\u{1112}\u{1161}\u{11AB}", ["한"]), ("ไทย", ["ไท", "ทย", "ย"]),
      ("中文 text 中", ["中文", "文", "text", "中"]), ("データ・ベース", ["デー", "ータ", "タ", "ベー", "ース", "ス"]),
      ("豈", ["豈"]), ("𠮷野家", ["𠮷野", "野家", "家"]),
    ])
  func pairs(text: String, expected: [String]) { #expect(Words.all(text) == expected) }

  @Test("a query asks for pairs, and for one character as a prefix")
  func query() {
    #expect(
      Words.query("GPT 机器学习 中 x模型") == [
        .word("gpt"), .run(["机器", "器学", "学习"], isSingle: false), .run(["中"], isSingle: true),
        .word("x"), .run(["模型"], isSingle: false),
      ])
    #expect(Words.query("…") == [])
  }

  @Test("each word knows the bytes it stands for, those of a pair overlapping")
  func ranges() {
    let text = Array("Café, 机器学!".utf8)
    let found = Words.ranges(in: text)
    #expect(found.map(\.word) == ["cafe", "机器", "器学", "学"])
    let stretches = found.map { String(decoding: text[$0.range], as: UTF8.self) }
    #expect(stretches == ["Café", "机器", "器学", "学"])
  }

  @Test("the words of words are the same words", arguments: 0..<40)
  func stable(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let text = String((0..<400).map { _ in Character(random.scalar()) })
    for word in Words.all(text) where Words.query(word) == [.word(word)] {
      #expect(Words.all(word) == [word])
    }
    let once = Words.all(text).filter { word in
      if case .word? = Words.query(word).first { true } else { false }
    }
    #expect(Words.all(once.joined(separator: " ")) == once)
  }

  @Test("random bytes have words, within the bytes and in order", arguments: 0..<100)
  func random(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let bytes = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
    var start = 0
    for (word, range) in Words.ranges(in: bytes) {
      #expect(!word.isEmpty && !word.contains(" ") && !word.unicodeScalars.contains("\u{FFFD}"))
      #expect(range.lowerBound >= start && range.upperBound <= bytes.count && !range.isEmpty)
      start = range.lowerBound
    }
  }

  @Test("a word of a million letters is cut")
  func long() {
    let words = Words.all(String(repeating: "x", count: 1_000_000) + " y")
    #expect(words.map(\.utf8.count) == [255, 1])
    #expect(Words.all(String(repeating: "中", count: 100_000)).count == 100_000)
  }
}

/// Random numbers and characters that a seed repeats.
extension SplitMix {
  mutating func scalar() -> Unicode.Scalar {
    let ranges: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x20...0x7E, 0x80...0x24F, 0x250...0x7FF, 0x800...0x2FFF, 0x3000...0x4DFF,
      0x4E00...0xD7FF, 0xE000...0xFFFF, 0x1_0000...0x3_FFFF,
    ]
    guard let range = ranges.randomElement(using: &self),
      let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self))
    else { return " " }
    return scalar
  }
}
