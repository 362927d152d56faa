import Testing

@testable import Site

@Suite struct TemplateTests {
  private func page(_ template: String, _ values: [String: Any]) throws -> String {
    let templates = try PageTemplates([("page.mustache", Array(template.utf8))])
    return String(decoding: templates.render("page", values), as: UTF8.self)
  }

  @Test(
    "what HTML has a meaning for is escaped, whatever stands on it",
    arguments: ["", "\u{338}", "\u{301}", "\u{200D}", "\u{FE0F}"])
  func escaped(mark: String) throws {
    // Swift calls a quotation mark with an accent another character than one without.
    let text = "\"\(mark) onclick='\(mark)<\(mark)&\(mark)>\(mark)"
    #expect(
      try page("<a title=\"{{text}}\">{{#in}}{{text}}{{/in}}", ["text": text, "in": ["a": 1]])
        == "<a title=\"" + Self.both(mark) + "\">" + Self.both(mark))
  }

  private static func both(_ mark: String) -> String {
    "&quot;\(mark) onclick=&#39;\(mark)&lt;\(mark)&amp;\(mark)&gt;\(mark)"
  }

  @Test("lists, parts and conditions are what their values say, and three braces escape nothing")
  func values() throws {
    let template =
      "{{#list}}{{n}}{{outer}}{{#first()}}!{{/first()}}{{#kids}}({{label}}){{/kids}};{{/list}}"
      + "{{#part}}{{label}}{{/part}}{{^none}}none{{/none}}{{#yes}}yes{{/yes}}{{#no}}no{{/no}}{{{raw}}}"
    let values: [String: Any] = [
      "list": [["n": 1, "kids": [["label": "a"], ["label": "b"]]], ["n": 2]] as [[String: Any]],
      "outer": "o", "part": ["label": "<"], "none": [[String: Any]](), "yes": true, "no": false,
      "raw": "<b>",
    ]
    #expect(try page(template, values) == "1o!(a)(b);2o;&lt;noneyes<b>")
  }

  @Test("marks in feeds have their style, with and without a class, and nothing else has")
  func styled() {
    let added = "style=\"background:#d9f2dc;color:#1c1b19\""
    let removed = "style=\"background:#fbdfdc;color:#1c1b19\""
    #expect(
      Site.styled("<ins>a</ins> <del class=\"block\">b</del> <insert> <b>é &lt;ins&gt; <")
        == "<ins \(added)>a</ins> <del \(removed) class=\"block\">b</del> <insert> <b>é &lt;ins&gt; <"
    )
  }
}
