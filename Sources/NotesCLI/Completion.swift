internal import ArgumentParser
internal import FoundationEssentials
internal import History
internal import NoteIndex
internal import Vault

extension CompletionKind {
  /// The notes of the vault, and behind a note's `@` its versions.
  static var noteNames: CompletionKind {
    .custom { words, index, _ in
      let line = TypedLine(words, at: index)
      return candidates(for: line) { session, vault in
        let paths = try session.index(of: vault).list().map(\.path.text)
          .filter { line.mayBecome($0) }
        guard let pin = line.word.lastIndex(of: "@") else { return paths }
        return paths + ((try? session.versions(of: String(line.word[..<pin]), in: vault)) ?? [])
      }
    }
  }

  /// The tags of the vault.
  static var tags: CompletionKind {
    .custom { words, index, _ in
      candidates(for: TypedLine(words, at: index)) { session, vault in
        try session.index(of: vault).tags().map(\.tag)
      }
    }
  }

  /// The filters of a query, with values of the vault behind them.
  static var queryWords: CompletionKind {
    .custom { words, index, _ in
      let line = TypedLine(words, at: index)
      return offered(QueryCompletion(of: line.word).candidates(in: line.vault))
    }
  }

  /// Words of the vault that a line names, else of the one that the shell stands in; none where it
  /// cannot be asked.
  private static func candidates(
    for line: TypedLine, _ ask: (Session, Vault) throws -> [String]
  ) -> [String] {
    let session = Session.completing
    guard let vault = try? session.vault(line.vault), let words = try? ask(session, vault) else {
      return []
    }
    return offered(words)
  }

  private static func offered(_ words: [String]) -> [String] {
    words.compactMap { CompletionWord($0).text(for: .requesting) }
  }
}

/// A line that is half typed.
struct TypedLine {
  private let words: [String]
  /// The word that is being typed.
  let word: String

  /// A line of such words, and the place of the one that is being typed.
  init(_ words: [String], at index: Int) {
    self.words = words
    word = words.indices.contains(index) ? words[index] : ""
  }

  /// Whether a shell that asks could offer a word for the one that is being typed.
  ///
  /// bash takes only what begins with it, but expands each word that it is given first, which takes
  /// seconds for 100,000 of them. The others have ways of their own to tell what fits.
  func mayBecome(_ candidate: String, in shell: CompletionShellName? = .requesting) -> Bool {
    shell != .bash || word.contains { "\\\"'@".contains($0) }
      || candidate.utf8.starts(with: word.utf8)
  }

  /// The folder that a line names as its vault, if it does.
  var vault: String? {
    var named: String?
    if let option = words.lastIndex(where: { $0 == "-C" || $0 == "--vault" }) {
      // bash cuts at `=` as well.
      named = words[(option + 1)...].first { $0 != "=" }
    } else if let option = words.last(where: { $0.hasPrefix("--vault=") }) {
      named = String(option.dropFirst("--vault=".count))
    }
    guard let named, named.hasPrefix("~/") else { return named }
    return (ProcessInfo.processInfo.environment["HOME"] ?? "") + named.dropFirst()
  }
}

extension Session {
  /// The session of this process, without a word to the user, whose line is half typed.
  fileprivate static var completing: Session {
    var session = process(environment: ProcessInfo.processInfo.environment)
    session.console = .silent
    return session
  }

  /// The versions of a note, as `NOTE@v3`.
  fileprivate func versions(of note: String, in vault: Vault) throws -> [String] {
    let history = try History(of: vault, context: historyContext, for: .reading)
    guard let path = try knownPath(note, in: history) else { return [] }
    return try history.ledger(of: path).versions.map { "\(note)@v\($0.number)" }
  }
}

/// A word that a shell is to offer.
///
/// It may have come with a vault that was pulled, and is text to no shell: what is handed out means
/// the word itself after the shell has read it.
struct CompletionWord {
  private let word: String

  init(_ word: String) { self.word = word }

  /// The word as a shell's script takes it; nil where it is not to be offered.
  func text(for shell: CompletionShellName?) -> String? {
    // In the list of candidates it would move the cursor, and its line break would make two of it.
    guard !word.isEmpty, StyledText.visible(word, keepingLines: false) == word else { return nil }
    switch shell {
    case .bash:
      // bash has its words expanded (`compgen -W`), and later, as it looks whether the candidate is a
      // folder, expands what it knows as variables once more, `${a[$(command)]}` with the command. It
      // puts neither sign into the line so that it stands for itself.
      return word.contains { $0 == "$" || $0 == "`" } ? nil : quoted(word)
    case .zsh:
      // What stands behind a colon would be a description.
      return word.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
    case .fish, nil:
      return word
    }
  }
}

/// What can stand for a word of a query that was begun.
struct QueryCompletion {
  /// The key before the colon, with its sign and its colon; nil before there is a colon.
  private let head: Substring?
  private let typed: String

  init(of typed: String) {
    self.typed = typed
    head = typed.firstIndex(of: ":").map { typed[...$0] }
  }

  /// The candidates, each as a whole; what cannot be asked of a vault is left out.
  func candidates(in folder: String?) -> [String] {
    let session = Session.completing
    guard let vault = try? session.vault(folder), let index = try? session.openIndex(of: vault)
    else {
      return candidates(tags: [], paths: [], keys: [])
    }
    return candidates(
      tags: head == nil ? [] : (try? index.tags().map(\.tag)) ?? [],
      paths: isNote ? (try? index.list().map(\.path.text)) ?? [] : [],
      keys: head == nil ? (try? index.metadataKeys()) ?? [] : [])
  }

  /// The candidates of what a vault has.
  func candidates(tags: [String], paths: [String], keys: [String]) -> [String] {
    let all: [String]
    if let head {
      let values: [String]
      switch key {
      case "tag": values = tags
      case "links-to", "linked-by": values = paths
      case "is": values = ["post", "note", "orphan", "draft", "private", "conflicted"]
      case "has":
        values = [
          "link", "backlink", "tag", "code", "math", "citation", "heading", "alias", "problem",
          "attachment", "metadata",
        ]
      default: values = []
      }
      // One with a blank would have to be quoted twice: for the shell and for the query.
      all = values.filter { !$0.contains(" ") }.map { head + $0 }
    } else {
      let sign = typed.hasPrefix("-") || typed.hasPrefix("+") ? String(typed.prefix(1)) : ""
      let own = keys.filter { !$0.contains { $0.isWhitespace || $0 == ":" } }
      all = Set(Self.keys + own).sorted().map { sign + $0 + ":" }
    }
    return all.filter { $0.hasPrefix(typed) }
  }

  private var key: Substring? {
    head.map { $0.dropLast().drop { $0 == "-" || $0 == "+" } }
  }

  private var isNote: Bool { key == "links-to" || key == "linked-by" }

  /// The keys that mean something of their own.
  private static let keys = [
    "title", "heading", "body", "code", "tex", "lang", "tag", "path", "type", "created",
    "modified", "links-to", "linked-by", "cites", "has", "is",
  ]
}
