/// Words by which a sentence comes to claim something else: negations, numbers, opposites; in English,
/// and the commonest of some other languages.
public enum ClaimWords: Sendable {
  /// Whether a word turns what is said into its opposite, such as `not`, `isn't` or `nicht`.
  public static func denies(_ word: some StringProtocol) -> Bool {
    let word = word.lowercased()
    return word.hasSuffix("n't") || word.hasSuffix("n’t") || denials.contains(word)
  }

  /// Whether a word is a number, such as `five`, `twice` or `zwei`; not `one`, which mostly counts
  /// nothing.
  public static func isNumber(_ word: some StringProtocol) -> Bool {
    numbers.contains(word.lowercased())
  }

  /// Whether a word that went and one that came are a word and its opposite, such as `possible` and
  /// `impossible`.
  public static func hasOpposites<Word: StringProtocol>(
    _ gone: some Sequence<Word>, _ came: some Sequence<Word>
  ) -> Bool {
    let gone = Set(gone.map { $0.lowercased() })
    let came = Set(came.map { $0.lowercased() })
    func isDenied(_ word: String, by others: Set<String>) -> Bool {
      opposing.contains { others.contains($0 + word) }
    }
    return gone.contains { isDenied($0, by: came) } || came.contains { isDenied($0, by: gone) }
  }

  private static let denials: Set<String> = [
    "cannot", "neither", "never", "no", "nobody", "none", "nor", "not", "nothing", "nowhere",
    "without", "kein", "keine", "keinen", "nicht", "nie", "niemals", "ohne", "jamais", "ne", "non",
    "pas", "sans", "jamás", "nunca", "sin", "não", "niet", "geen", "не", "нет", "不", "没", "無", "无",
  ]

  private static let numbers: Set<String> = [
    "zero", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    "hundred", "hundreds", "thousand", "thousands", "million", "millions", "billion", "billions",
    "dozen", "dozens", "half", "twice", "thrice", "zwei", "drei", "vier", "fünf", "sechs", "sieben",
    "acht", "neun", "zehn", "zwölf", "hundert", "tausend", "deux", "trois", "quatre", "cinq",
    "sept", "huit", "neuf", "dix", "cent", "mille", "dos", "tres", "cuatro", "cinco", "seis",
    "siete", "ocho", "nueve", "diez", "ciento", "mil",
  ]

  // Not `a` and `de`, which make other words as often.
  private static let opposing = ["un", "in", "im", "il", "ir", "dis", "non"]
}
