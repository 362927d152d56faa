import Foundation
import Markup
import Site
import TestSupport
import Testing
import Vault

@testable import NotesCLI

@Suite("Formulas")
struct FormulaTests {
  private static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
  private static let hasKaTeX =
    FileManager.default.fileExists(atPath: "/usr/share/javascript/katex/katex.js")

  private func workers(_ math: SiteSettings.Math) throws -> PageWorkers {
    var settings = SiteSettings()
    settings.math = math
    settings.code = .plain
    return try PageWorkers(settings, environment: Self.environment, program: nil)
  }

  @Test("what cannot be set stays TeX, and is named with the reason")
  func unset() throws {
    let workers = try workers(.mathml)
    #expect(workers.tools.formula("\\foo", false) == nil)
    #expect(workers.tools.formula("x^2", false)?.hasPrefix("<math>") == true)
    #expect(workers.tools.mathStyle == nil)
    #expect(workers.unset.map(\.text) == ["\\foo"])
    #expect(workers.unset.first?.why == "\\foo is not known")
  }

  @Test("a formula on a line of its own can be scrolled with keys")
  func display() throws {
    let html = try #require(try workers(.mathml).tools.formula("x", true))
    #expect(html.hasPrefix("<span class=\"math-display\" tabindex=\"0\"><math display=\"block\">"))
  }

  @Test("where formulas are to stay TeX, they do")
  func tex() throws {
    #expect(try workers(.tex).tools.formula("x^2", false) == nil)
  }

  @Test(
    "the formulas of a real vault say what KaTeX makes of them",
    .enabled(if: SharedData.exists && Self.hasKaTeX))
  func real() throws {
    let (ours, theirs) = (try workers(.mathml).tools, try workers(.katex).tools)
    var (set, formulas) = (0, 0)
    let vault = URL(fileURLWithPath: SharedData.path + "/vault")
    let files = try #require(
      FileManager.default.enumerator(at: vault, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "md" {
      let document = Document(bytes: Array(try Data(contentsOf: file)))
      for math in document.math {
        let tex = document.text(math.content)
        guard let reference = theirs.formula(tex, math.isDisplay) else { continue }
        formulas += 1
        guard let element = ours.formula(tex, math.isDisplay) else {
          Issue.record("not set: \(tex)")
          continue
        }
        set += 1
        #expect(Self.letters(element) == Self.letters(reference), "\(tex)")
      }
    }
    #expect(set == formulas)
    #expect(formulas > 1_000)
  }

  /// What a formula shows, without how: no blanks, no alphabets, and of the bars that look alike one.
  private static func letters(_ html: String) -> String {
    guard let start = html.range(of: "<math"), let end = html.range(of: "<annotation") else {
      return html
    }
    var text = String(html[start.lowerBound..<end.lowerBound]).replacing(
      /<[^>]+>/.matchingSemantics(.unicodeScalar), with: "")
    let marks = [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"),
      ("&amp;", "&"), ("∣", "|"), ("‖", "∥"), ("\u{20D7}", "→"), ("\u{2061}", ""), ("\u{200B}", ""),
    ]
    for (mark, plain) in marks {
      text = text.replacingOccurrences(of: mark, with: plain, options: .literal)
    }
    return text.precomposedStringWithCompatibilityMapping.filter { !$0.isWhitespace }
  }
}
