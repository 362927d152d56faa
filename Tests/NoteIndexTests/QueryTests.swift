import NoteIndex
import Testing

/// A tree in a compact form: `(all a (not b))`.
private func shape(_ node: Query.Node?) -> String {
  switch node {
  case nil: "-"
  case .term(let term): shape(term)
  case .filter(let filter): shape(filter)
  case .keyed(let keyed): "{\(keyed.term.text)}"
  case .regex(let pattern): "/\(pattern.text)/" + (pattern.ignoresCase ? "i" : "")
  case .all(let nodes): "(" + (["all"] + nodes.map(shape)).joined(separator: " ") + ")"
  case .any(let nodes): "(" + (["any"] + nodes.map(shape)).joined(separator: " ") + ")"
  case .not(let node): "(not \(shape(node)))"
  }
}

private func shape(_ term: Query.Term) -> String {
  let text =
    switch term.kind {
    case .word: term.text
    case .phrase: "'\(term.text)'"
    case .prefix: term.text + "*"
    }
  return term.field.map { "\($0.rawValue):\(text)" } ?? text
}

private func shape(_ filter: Filter) -> String {
  var parts: [String] = []
  parts += filter.tags.map { "tag=\($0)" } + filter.types.map { "type=\($0)" }
  parts += filter.paths.map { "path=\($0)" } + filter.languages.map { "lang=\($0)" }
  parts += filter.cites.map { "cites=\($0)" } + filter.linksToNames.map { "links-to=\($0)" }
  parts += filter.linkedByNames.map { "linked-by=\($0)" } + filter.has.map { "has=\($0)" }
  parts += filter.metadata.map { "\($0.key)=\($0.value ?? "*")" }
  if filter.isOrphan == true { parts.append("orphan") }
  if filter.isConflicted == true { parts.append("conflicted") }
  if filter.created != Filter.Time() { parts.append("created") }
  if filter.modified != Filter.Time() { parts.append("modified") }
  return "[" + parts.joined(separator: " ") + "]"
}

@Suite("A query is read into a tree")
struct QueryTests {
  @Test(
    "what is typed means what people expect",
    arguments: [
      ("", "-"), ("a", "a"), ("a b", "(all a b)"), ("a OR b", "(any a b)"), ("a|b", "(any a b)"),
      ("a || b", "(any a b)"), ("a b OR c d", "(any (all a b) (all c d))"),
      ("a OR b AND c", "(any a (all b c))"), ("(a OR b) AND c", "(all (any a b) c)"),
      ("(a OR b) c", "(all (any a b) c)"), ("a NOT b", "(all a (not b))"),
      ("a -b", "(all a (not b))"), ("NOT a OR b", "(any (not a) b)"),
      ("-(a OR b)", "(not (any a b))"), ("NOT(a OR b)", "(not (any a b))"),
      ("-\"a b\"", "(not 'a b')"), ("-tag:x", "(not [tag=x])"), ("NOT NOT a", "(not (not a))"),
      ("+a b", "(all a b)"), ("a && b", "(all a b)"), ("diffus*", "diffus*"),
      ("\"score matching\"", "'score matching'"), ("\"open end", "'open end'"),
      ("\u{201C}a b\u{201D}", "'a b'"), ("\u{AB}a b\u{BB} c", "(all 'a b' c)"),
      ("\"a b\"*", "a b*"),
      // What joins nothing is text.
      ("c++ AND", "(all c++ AND)"), ("OR a", "(all OR a)"), ("a OR", "(all a OR)"),
      ("a OR OR b", "(any (all a OR) b)"), ("NOT", "NOT"), ("a AND NOT", "(all a NOT)"),
      ("and or not", "(all and or not)"), ("a | | b", "(any a b)"),
      // Parentheses that do not match are text, and those of a word are its own.
      ("(a", "a"), ("a)", "a)"), ("((a)", "a"), ("f(x) b", "(all f(x) b)"),
      ("(f(x) OR y)", "(any f(x) y)"), ("()", "-"), ("a ()", "a"), ("-(a", "a"),
      // Marks that are not in front of anything are text.
      ("foo-bar", "foo-bar"), ("a - b", "(all a b)"), ("--all", "--all"), ("++i", "++i"),
      ("#tag", "#tag"), ("GPT-4", "GPT-4"), ("C++", "C++"), ("don't", "don't"),
      ("https://a/b", "https://a/b"), ("std::vector", "std::vector"), ("10:30", "10:30"),
      ("note: a", "(all note: a)"), ("*", "-"), ("^", "-"), ("\"", "-"), ("\u{0}", "-"),
      ("a\u{0}b", "(all a b)"), ("漢字", "漢字"),
      // Fields.
      ("title:x", "title:x"), ("heading:x", "headings:x"), ("text:x", "body:x"),
      ("code:\"a b\"", "code:'a b'"), ("tex:\\nabla", "tex:\\nabla"), ("tex:=", "tex:="),
      ("title:(a OR b*)", "(any title:a title:b*)"), ("title:a,b", "title:a,b"),
      // Patterns, and paths that are none.
      ("/v\\d+/", "/v\\d+/i"), ("/Ab/", "/Ab/"), ("/Ab/i", "/Ab/i"), ("/a b/ c", "(all /a b/i c)"),
      ("-/x/", "(not /x/i)"), ("(/x/)", "/x/i"), ("/usr/lib", "/usr/lib"), ("/a\\/b/", "/a\\/b/i"),
      ("//", "-"), ("/usr /lib", "(all /usr /lib)"),
      // Filters.
      ("tag:#a tags:b", "(all [tag=a] [tag=b])"), ("tag:\"a b\"", "[tag=a b]"),
      ("tag:a,\"b c\"", "(any [tag=a] [tag=b c])"), ("type:post", "[type=post]"),
      ("in:p/", "[path=p/]"), ("path:p/*", "[path=p/*]"), ("language:Swift", "[lang=Swift]"),
      ("cites:@k", "[cites=k]"), ("links-to:\"A b\"", "[links-to=A b]"),
      ("linked-by:b", "[linked-by=b]"), ("tag:*", "[has=tag]"), ("has:links", "[has=link]"),
      ("has:math", "[has=math]"), ("has:due", "{has:due}"), ("is:post", "[type=post]"),
      ("is:orphan", "[orphan]"), ("is:draft", "(any [draft=true] [status=draft])"),
      ("is:private", "[private=true]"), ("is:conflicted", "[conflicted]"),
      ("is:pinned", "is:pinned"), ("created:2024", "[created]"), ("updated:>=2024", "[modified]"),
      ("created:soon", "created:soon"), ("status:done", "{status:done}"),
      ("(tag:a OR b) -c", "(all (any [tag=a] b) (not c))"), ("a:b", "{a:b}"),
    ])
  func tree(text: String, expected: String) {
    #expect(shape(Query(text).root) == expected)
  }

  @Test(
    "words need not all be there, and what is meant strictly must",
    arguments: [
      ("a b", "-", "a b", true), ("a OR b", "-", "a b", true), ("(a b) c", "-", "a b c", true),
      ("a*", "-", "a*", true), ("+a b", "a", "a b", true),
      ("a AND b c", "(all a b)", "a b c", true),
      ("\"a b\" c", "'a b'", "'a b' c", true), ("a -b", "(not b)", "a", true),
      ("-b", "(not b)", "", false), ("title:a b", "title:a", "title:a b", true),
      ("tag:x a", "[tag=x]", "a", true), ("tag:x", "[tag=x]", "", false),
      ("tag:x OR a", "(any [tag=x] a)", "a", false),
      ("(tag:x OR a) b", "(any [tag=x] a)", "a b", true),
      ("(a b) AND c", "(all (all a b) c)", "a b c", true),
      ("a b OR \"c\"", "(any (all a b) 'c')", "a b 'c'", true), ("/x/ a", "/x/i", "a", true),
      ("a a -a", "(not a)", "a a", true), ("status:done a", "{status:done}", "a", true),
    ])
  func hard(text: String, required: String, scoring: String, needsScore: Bool) {
    let query = Query(text)
    #expect(shape(query.required) == required)
    #expect(query.scoring.map(shape).joined(separator: " ") == scoring)
    #expect(query.needsScore == needsScore)
  }

  @Test("what cannot be understood is named")
  func readAsText() {
    #expect(Query("created:soon is:pinned").readAsText == ["created:soon", "is:pinned"])
    #expect(Query("a created:\"last week\"").readAsText == ["created:\"last week\""])
    #expect(Query("a created:\"last week\"", now: 1_700_000_000).readAsText.isEmpty)
    let broken = Query("/(/")
    #expect(broken.readAsText.count == 1)
    #expect(broken.readAsText[0].hasPrefix("/(/ ("))
    #expect(shape(Query("/(x/").root) == "/(x/")
  }

  @Test("depth, parts and length are bounded")
  func bounds() {
    let deep = String(repeating: "(", count: 200) + "a" + String(repeating: ")", count: 200)
    #expect(shape(Query(deep).root) == "a")
    #expect(Query(String(repeating: "((((", count: 200)).isEmpty)
    #expect(Query(String(repeating: "-+", count: 4_000) + "a").isEmpty == false)
    let words = (0..<400).map { "w\($0)" }.joined(separator: " ")
    #expect(Query(words).scoring.count == 300)
    #expect(Query(String(repeating: "NOT ", count: 2_000) + "a").isEmpty == false)
  }

  @Test("text before a mark is never lost", arguments: ["a\"b c\"d", "a|b", "x:\"y", "(a)(b)"])
  func parts(text: String) {
    #expect(!Query(text).isEmpty)
  }
}
