internal import GRDB
internal import Markup

/// One thing that is looked up: a word with its forms, a phrase, a formula.
struct Atom {
  /// A phrase of the full text.
  struct Form: Hashable {
    /// The words in order.
    var words: [String]
    /// Whether the last goes on.
    var isPrefix = false
    /// The column that it is limited to.
    var column: String?
    var role: PostingCollector.Role

    /// As FTS5 wants it: each in quotation marks, so that nothing in it is grammar.
    var expression: String {
      let text = "\"" + words.joined(separator: " ") + "\"" + (isPrefix ? " *" : "")
      return column.map { "\($0) : \(text)" } ?? text
    }
  }

  /// What was typed.
  let typed: String
  var forms: [Form]
  /// What it counts, against another.
  var weight = 1.0
  /// The stem, for comparing with titles; of a single word only.
  var stem: String?
  /// What of it is looked for as the beginning of a word.
  var beginning: String?
  /// What finds it in the addresses of links besides: words, one behind the other.
  var address: [String] = []
  /// Whether each note has it or has not: how often does not matter.
  var isSign = false
  /// Whether it adds to atoms of the same words, and is not missed itself.
  var isExtra = false
  /// What was searched for in its place, when nothing had it.
  var repaired: [String] = []
  /// The stems of these.
  var repairedStems: [String] = []

  var expression: String { forms.map(\.expression).joined(separator: " OR ") }
}

/// Makes atoms of the terms of a query.
struct AtomMaker {
  let db: Database
  let stemmer: Stemmer
  private(set) var atoms: [Atom] = []

  /// More than anyone types; a Chinese question of a hundred characters has as many pairs.
  private static let most = 160

  init(_ db: Database, stemmer: Stemmer) {
    self.db = db
    self.stemmer = stemmer
  }

  /// Adds what a term is looked up by; the last word that is typed may be the beginning of one.
  mutating func add(_ terms: [Query.Term]) throws {
    let telling = terms.filter { !isStopWord($0) }
    let used = telling.isEmpty ? terms : telling
    for (index, term) in used.enumerated() {
      try add(term, isLast: index == used.count - 1 && term == terms.last)
    }
    if atoms.count > Self.most { atoms.removeLast(atoms.count - Self.most) }
  }

  /// A word that tells nothing, unless it is written in capitals: `DID`, `IT`.
  private func isStopWord(_ term: Query.Term) -> Bool {
    guard term.kind == .word, term.field == nil else { return false }
    let isAcronym = term.text.count > 1 && term.text == term.text.uppercased()
    if isAcronym { return false }
    let words = Words.all(term.text)
    return !words.isEmpty && words.allSatisfy { StopWords.contains($0) }
  }

  private mutating func add(_ term: Query.Term, isLast: Bool) throws {
    if term.field == .tex || term.field == nil && TeXWords.looksLikeTeX(term.text) {
      let words = TeXWords.all(term.text)
      if !words.isEmpty {
        var forms = [Atom.Form(words: words, column: "tex", role: .exact)]
        // `tex:alpha` is four letters side by side, or the command of that name.
        if term.text.utf8.count > 1, term.text.allSatisfy({ $0.isASCII && $0.isLetter }) {
          forms.append(
            Atom.Form(words: TeXWords.all("\\" + term.text), column: "tex", role: .exact))
        }
        // `2^53` and `App\Http\Kernel` are written in prose and in code as well; a command, such as
        // `\d`, is looked for there where no formula has it.
        let plain = Words.all(term.text)
        if term.field == nil, !plain.isEmpty,
          try Self.mayBePlain(term.text) || !hasAny(forms[0])
        {
          forms.append(Atom.Form(words: plain, role: .exact))
        }
        return put(term.text, forms)
      }
    }
    let column = term.field?.rawValue
    switch term.kind {
    case .phrase:
      let words = Self.phrase(term.text)
      if !words.isEmpty {
        put(term.text, [Atom.Form(words: words, column: column, role: .exact)]) {
          $0.address = AddressWords.asked(term.text, in: term.field)
        }
      }
    case .prefix:
      var words = Self.phrase(term.text)
      if words.isEmpty { return }
      let form = Atom.Form(words: words, isPrefix: true, column: column, role: .exact)
      put(term.text, [form]) { $0.beginning = words.removeLast() }
    case .word: try addWord(term, column: column, isLast: isLast)
    }
  }

  /// Whether what looks like TeX may be something else as well: it has nothing in it that nobody writes
  /// outside of a formula, or a name stands before that.
  private static func mayBePlain(_ text: String) -> Bool {
    let ofFormulas = [UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "$")]
    let start = text.utf8.prefix { !ofFormulas.contains($0) }
    if start.count == text.utf8.count { return true }
    // One letter is a variable: `x\in`, `d_{model}`.
    let name = start.reversed().drop { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "^") }
      .prefix { PassageSieve.isPartOfWord($0) }
    return name.count > 1
  }

  /// Whether any note has a phrase.
  private func hasAny(_ form: Atom.Form) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM fulltext WHERE fulltext MATCH ?)"),
      arguments: [form.expression]) ?? false
  }

  /// Adds an atom, unless there is one of these forms.
  private mutating func put(
    _ typed: String, _ forms: [Atom.Form], _ set: (inout Atom) -> Void = { _ in }
  ) {
    guard !atoms.contains(where: { $0.forms == forms }) else { return }
    var atom = Atom(typed: typed, forms: forms)
    set(&atom)
    atoms.append(atom)
  }

  /// What finds a term that must be there, or must not; nil for one without a word.
  static func expression(
    of term: Query.Term, _ db: Database, stemmer: Stemmer
  ) throws -> String? {
    var maker = AtomMaker(db, stemmer: stemmer)
    try maker.add(term, isLast: false)
    let wanted = maker.atoms.filter { !$0.isExtra }
    if wanted.isEmpty { return nil }
    return wanted.map { "(\($0.expression))" }.joined(separator: " AND ")
  }

  /// The words of a phrase; in a script without blanks the last character of a run is left out at
  /// the end, where the run may go on.
  static func phrase(_ text: String) -> [String] {
    let pieces = Words.query(text)
    var words: [String] = []
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .word(let word): words.append(word)
      case .run(let pairs, let isSingle):
        words += pairs
        if !isSingle, index < pieces.count - 1, let last = pairs.last?.last {
          words.append(String(last))
        }
      }
    }
    return words
  }

  private mutating func addWord(_ term: Query.Term, column: String?, isLast: Bool) throws {
    let pieces = Words.query(term.text)
    let hasRun = pieces.contains { if case .run = $0 { true } else { false } }
    if hasRun {
      for piece in pieces { try add(piece, column: column, isLast: isLast && piece == pieces.last) }
      return
    }
    let text = Self.withoutScheme(term.text)
    let address = AddressWords.asked(text, in: term.field)
    let alternatives = Identifiers.alternatives(of: text)
    guard let plain = alternatives.first else { return }
    if plain.count == 1, alternatives.count == 1 {
      return try addWord(plain[0], typed: term.text, column: column, isLast: isLast)
    }
    if plain.count == 1 {
      // `BitTorrent`: the word, as it was written or as two.
      try addWord(plain[0], typed: term.text, column: column, isLast: isLast)
      if let index = atoms.indices.last, atoms[index].forms.first?.words == plain {
        atoms[index].forms += alternatives.dropFirst().map {
          Atom.Form(words: $0, column: column, role: .exact)
        }
      }
      return
    }
    // Names and numbers, such as `attn_dropout`, `GPT-4` or a DOI, are one thing; `peer-to-peer` is
    // also each of its words.
    let isOne =
      term.text.contains("_") || term.text.contains("://")
      || plain.contains { $0.utf8.contains { (0x30...0x39).contains($0) } }
    if isOne {
      put(
        term.text,
        alternatives.map { Atom.Form(words: $0, column: column, role: .exact) }
      ) { $0.address = address }
      return
    }
    let first = atoms.count
    for word in plain where !StopWords.contains(word) {
      try addWord(word, typed: word, column: column, isLast: isLast && word == plain.last)
    }
    // Side by side, or written as one, they are more than the sum of them.
    put(
      term.text,
      [plain, [plain.joined()]].map { Atom.Form(words: $0, column: column, role: .exact) }
    ) {
      $0.isExtra = true
      $0.weight = 0.5
    }
    for index in atoms[first...].indices { atoms[index].address = address }
  }

  private mutating func add(_ piece: Words.Piece, column: String?, isLast: Bool) throws {
    switch piece {
    case .word(let word): try addWord(word, typed: word, column: column, isLast: isLast)
    case .run(let pairs, let isSingle):
      let run = pairs[0] + pairs.dropFirst().compactMap(\.last).map(String.init).joined()
      for pair in pairs {
        put(
          run, [Atom.Form(words: [pair], isPrefix: isSingle, column: column, role: .exact)])
      }
      if isSingle || column != nil { return }
      // Single characters tell a little as well, where pairs differ.
      for character in Set(pairs.joined()).sorted() {
        put(
          String(character),
          [Atom.Form(words: [String(character)], column: "parts", role: .exact)]
        ) {
          $0.isSign = true
          $0.isExtra = true
          $0.weight = 0.4
        }
      }
    }
  }

  /// `arXiv:2106.09685` and `doi:10.1000/1` are found by what stands behind the colon.
  private static func withoutScheme(_ text: String) -> String {
    for scheme in ["arxiv:", "doi:"] where text.lowercased().hasPrefix(scheme) {
      let rest = text.dropFirst(scheme.count)
      if rest.first?.isNumber == true { return String(rest) }
    }
    return text
  }

  /// A word, the words of its stem, and, while it is the last one, those that begin so.
  private mutating func addWord(
    _ word: String, typed: String, column: String?, isLast: Bool
  ) throws {
    let stem = stemmer.stem(word)
    var forms = [Atom.Form(words: [word], column: column, role: .exact)]
    for form in try Vocabulary.forms(db, of: stem) where form != word {
      forms.append(Atom.Form(words: [form], column: column, role: .form))
    }
    if isLast, word.count >= 2, column == nil || column == "title" {
      forms.append(Atom.Form(words: [word], isPrefix: true, column: "title", role: .loose))
    }
    let known = atoms.firstIndex { $0.stem == stem && $0.forms.first?.column == column }
    if let known {
      // What is said twice is meant more.
      atoms[known].weight += 1
      return
    }
    atoms.append(Atom(typed: typed, forms: forms))
    atoms[atoms.count - 1].stem = stem
    if isLast { atoms[atoms.count - 1].beginning = word }
  }

  /// Lets a word that no note has be the beginning of one.
  static func begin(_ atom: Atom) -> Atom? {
    guard let word = atom.beginning, word.utf8.count >= 3, let first = atom.forms.first else {
      return nil
    }
    var atom = atom
    atom.forms = [
      first, Atom.Form(words: [word], isPrefix: true, column: first.column, role: .loose),
    ]
    return atom
  }

  /// Puts the words most like it in the place of one that no note has.
  static func repair(
    _ atom: Atom, _ words: [String], _ db: Database, stemmer: Stemmer
  ) throws -> Atom {
    var atom = atom
    let column = atom.forms.first?.column
    atom.repaired = words
    for word in words {
      let stem = stemmer.stem(word)
      if atom.repairedStems.contains(stem) { continue }
      atom.repairedStems.append(stem)
      atom.forms += try Vocabulary.forms(db, of: stem).map {
        Atom.Form(words: [$0], column: column, role: .loose)
      }
    }
    return atom
  }
}
