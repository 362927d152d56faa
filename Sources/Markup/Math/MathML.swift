/// Formulas in TeX as MathML, which browsers set themselves, without a font or a style sheet of its own.
///
/// It knows the part of LaTeX that formulas of notes are written in: letters of all alphabets (as the
/// letters that Unicode has for them), symbols, scripts, fractions, roots, accents, delimiters of any
/// size, names of functions, text with formulas in it, matrices, cases and aligned lines. It defines no
/// commands, and knows none that load, run or link anything. What it does not know is a fault, never
/// left out: a formula is shown whole or not at all.
///
/// What it writes is in MathML Core (<https://www.w3.org/TR/mathml-core/>), with the TeX as its
/// annotation, so that it can be copied. It takes time in proportion to the formula's length.
public enum MathML: Sendable {
  /// What a formula has that cannot be set.
  public struct Fault: Error, Sendable {
    /// What that is, in a few words.
    public let words: String
  }

  /// A formula above so many bytes is not set.
  public static let longest = 65_536

  /// The element `math` for a formula without its dollar signs.
  ///
  /// - Throws: `MathML.Fault` for a command that is not known, what does not balance, and what is nested
  ///   too deep or too long.
  public static func element(of tex: String, isDisplay: Bool) throws(Fault) -> String {
    guard tex.utf8.count <= longest else { throw Fault(words: "a formula this long is not set") }
    var writer = MathMLWriter(tex)
    let content = try writer.formula(isDisplay: isDisplay)
    return "<math\(isDisplay ? " display=\"block\"" : "")><semantics>\(content)"
      + "<annotation encoding=\"application/x-tex\">\(escapedHTML(tex))</annotation></semantics></math>"
  }
}
