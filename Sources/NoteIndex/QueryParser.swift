extension Query {
  /// Reads a query as it is typed: any text is one.
  ///
  /// ```
  /// diffusion model            either word, the more the better
  /// +diffusion model           the first must be there
  /// diffusion AND model        both must
  /// "score matching"           these words in this order
  /// diffus*                    words that begin so
  /// kalman OR wiener, kalman | wiener, (a OR b) AND c
  /// -draft, NOT draft          not this word
  /// /v\d+/                     a regular expression
  /// 📅, +📅, "rent 📅"         a sign that is no word, where nothing else is asked or it must be there
  /// title:ranting  body:x  heading:x  code:x  tex:x
  /// tag:physics  type:post  path:posts/  cites:vaswani2017  lang:swift  links-to:NAME  is:orphan
  /// created:2024  modified:"last week"  created:2023..2024-06-30
  /// status:done  rating:>3     any other key of the front matter
  /// ```
  ///
  /// What looks like a filter and is none is searched for as text. `now` is in seconds since 1970,
  /// and `offset` is how far the user's clock is ahead of UTC; without a `now`, dates that count
  /// from it are text.
  public init(_ text: String, now: Int64? = nil, offset: Int = 0) {
    var parser = QueryParser(QueryLexer.tokens(text), QueryKeys(now: now, offset: offset))
    let tree = parser.or()
    self.init()
    readAsText = parser.readAsText
    guard let tree else { return }
    root = tree.node
    required = tree.required
    needsScore = tree.hasLoose || required?.hasTerm == true
    tree.eachWanted { scoring.append($0) }
    // Signs are what is asked for where no word is; beside words they tell as little as commas.
    if scoring.isEmpty, tree.hasLoose { (required, needsScore) = (tree.node, false) }
    // In a text of many words quotation marks say what matters, not what must be there.
    if scoring.count(where: { $0.kind == .word }) > Self.proseWords {
      required = required.flatMap(Self.withoutPhrases)
    }
  }
}

extension Query {
  /// A query of more words than this is a text, such as a question or an abstract.
  private static let proseWords = 8

  /// What must hold but for phrases and signs that stand among words.
  private static func withoutPhrases(_ node: Node) -> Node? {
    switch node {
    case .term(let term): return term.kind == .phrase && term.field == nil ? nil : node
    case .all(let nodes):
      let rest = nodes.compactMap(withoutPhrases)
      return rest.isEmpty ? nil : .all(rest)
    case .regex(let pattern): return pattern.isSign ? nil : node
    case .filter, .keyed, .any, .not: return node
    }
  }
}

/// What was read, before it is told what of it must hold.
indirect enum QueryDraft {
  case leaf(Query.Node, isHard: Bool)
  case all([QueryDraft])
  case any([QueryDraft])
  case not(QueryDraft)
  case must(QueryDraft)

  /// The tree, without what must hold.
  var node: Query.Node {
    switch self {
    case .leaf(let node, _): node
    case .all(let drafts): .all(drafts.map(\.node))
    case .any(let drafts): .any(drafts.map(\.node))
    case .not(let draft): .not(draft.node)
    case .must(let draft): draft.node
    }
  }

  /// Whether anything in it must hold.
  var isHard: Bool {
    switch self {
    case .leaf(_, let isHard): isHard
    case .all(let drafts): drafts.contains(where: \.isHard)
    case .any(let drafts): drafts.contains { $0.isHard || $0.isSign }
    case .not, .must: true
    }
  }

  /// Whether it is a sign, which is looked for in the files.
  private var isSign: Bool {
    if case .leaf(.regex, isHard: false) = self { true } else { false }
  }

  /// The part that must hold.
  var required: Query.Node? {
    switch self {
    case .leaf(let node, let isHard): return isHard ? node : nil
    case .all(let drafts):
      let nodes = drafts.compactMap(\.required)
      return nodes.count > 1 ? .all(nodes) : nodes.first
    case .any: return isHard ? node : nil
    case .not, .must: return node
    }
  }

  /// Whether a term in it need not be there.
  var hasLoose: Bool {
    switch self {
    case .leaf(_, let isHard): !isHard
    case .all(let drafts): drafts.contains(where: \.hasLoose)
    case .any: !isHard
    case .not, .must: false
    }
  }

  /// Names every term that a note should have.
  func eachWanted(_ take: (Query.Term) -> Void) {
    switch self {
    case .leaf(.term(let term), _): take(term)
    case .leaf, .not: break
    case .all(let drafts), .any(let drafts): for draft in drafts { draft.eachWanted(take) }
    case .must(let draft): draft.eachWanted(take)
    }
  }
}

/// Puts the pieces of a query together: `NOT` binds first, then `AND` and words beside one another,
/// then `OR`.
///
/// It meets no error: the pieces fit (`QueryLexer`), and parentheses are bounded in depth.
private struct QueryParser {
  private let tokens: [QueryToken]
  private let keys: QueryKeys
  private var place = 0
  /// The field of the parentheses that are read.
  private var field: Query.Term.Field?
  private(set) var readAsText: [String] = []

  init(_ tokens: [QueryToken], _ keys: QueryKeys) {
    self.tokens = tokens
    self.keys = keys
  }

  private var current: QueryToken? { place < tokens.count ? tokens[place] : nil }

  mutating func or() -> QueryDraft? {
    var branches: [QueryDraft] = []
    while true {
      if let branch = and() { branches.append(branch) }
      guard case .or = current else { break }
      place += 1
    }
    return branches.count > 1 ? .any(branches) : branches.first
  }

  private mutating func and() -> QueryDraft? {
    var items: [QueryDraft] = []
    var isJoined = false
    loop: while let current {
      switch current {
      case .close, .or: break loop
      case .and:
        place += 1
        if let last = items.popLast() { items.append(.must(last)) }
        isJoined = true
      default:
        if let item = operand() { items.append(isJoined ? .must(item) : item) }
        isJoined = false
      }
    }
    return items.count > 1 ? .all(items) : items.first
  }

  private mutating func operand() -> QueryDraft? {
    guard let current else { return nil }
    place += 1
    switch current {
    case .not: return operand().map(QueryDraft.not)
    case .must: return operand().map(QueryDraft.must)
    case .scope(let scope):
      let outer = field
      field = scope
      defer { field = outer }
      return operand()
    case .open:
      let inner = or()
      if case .close = self.current { place += 1 }
      return inner
    case .part(let part): return leaf(part)
    case .close, .and, .or: return nil
    }
  }

  private mutating func leaf(_ part: QueryToken.Part) -> QueryDraft? {
    switch part.kind {
    case .word: return term(part.text, isQuoted: false, field)
    case .phrase: return term(part.text, isQuoted: true, field)
    case .regex(let ignoresCase):
      do {
        return .leaf(.regex(try Pattern(part.text, ignoresCase: ignoresCase)), isHard: true)
      } catch {
        readAsText.append("\(part.typed) (\(error.reason))")
        return term(part.typed, isQuoted: false, field)
      }
    case .keyed(let key):
      if let field = Query.Term.Field(key: key) {
        return term(part.text, isQuoted: part.isQuoted, field)
      }
      if let node = keys.node(key.lowercased(), part) { return .leaf(node, isHard: true) }
      readAsText.append(part.typed)
      return term(key + ":" + part.text, isQuoted: part.isQuoted, field)
    }
  }

  private func term(
    _ text: String, isQuoted: Bool, _ field: Query.Term.Field?
  ) -> QueryDraft? {
    let isPrefix = text.count > 1 && text.last == "*"
    let text = String(String(isPrefix ? text.dropLast() : text[...]).prefix(1_000))
    let term = Query.Term(text, isPrefix ? .prefix : isQuoted ? .phrase : .word, field: field)
    // Signs alone are formulas, too; elsewhere they are no words.
    let isFound = term.hasWord || field == .tex && text.contains { $0 != " " }
    let found = isFound ? QueryDraft.leaf(.term(term), isHard: isQuoted || field != nil) : nil
    // Of a word with a sign at its end the word says enough.
    guard field == nil, isQuoted || !isFound else { return found }
    let signs = Pattern.signs(in: text).map { QueryDraft.leaf(.regex($0), isHard: isQuoted) }
    let all = (found.map { [$0] } ?? []) + signs
    return all.count > 1 ? .all(all) : all.first
  }
}
