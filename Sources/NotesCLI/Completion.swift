internal import ArgumentParser
internal import FoundationEssentials
internal import NoteIndex
internal import Vault

extension CompletionKind {
  /// The notes of the vault that the shell stands in.
  static var noteNames: CompletionKind {
    .custom { _, _, _ in
      words { session, vault in try session.index(of: vault).list().map(\.path.text) }
    }
  }

  /// The tags of the vault that the shell stands in.
  static var tags: CompletionKind {
    .custom { _, _, _ in
      words { session, vault in try session.index(of: vault).tags().map(\.tag) }
    }
  }

  /// The filters of a query, with values of the vault that the shell stands in behind them.
  static var queryWords: CompletionKind {
    .custom { words, index, _ in
      let typed = QueryCompletion.typed(words, at: index)
      return QueryCompletion(of: typed.whole).candidates.compactMap {
        CompletionWord(String($0.dropFirst(typed.whole.count - typed.last.count)))
          .text(for: .requesting)
      }
    }
  }

  /// Words of the vault that the shell stands in; none where it cannot be asked.
  private static func words(_ ask: (Session, Vault) throws -> [String]) -> [String] {
    let session = Session.completing
    guard let vault = try? session.vault(nil), let words = try? ask(session, vault) else {
      return []
    }
    return words.compactMap { CompletionWord($0).text(for: .requesting) }
  }
}

extension Session {
  /// The session of this process, without a word to the user, whose line is half typed.
  fileprivate static var completing: Session {
    var session = process(environment: ProcessInfo.processInfo.environment)
    session.console = Console(
      isTerminal: false, isErrorTerminal: false, hasColour: false, write: { _, _ in 0 })
    return session
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

  /// The word that is being typed: as a whole, and what bash, which cuts words at colons, takes for
  /// it.
  static func typed(_ words: [String], at index: Int) -> (whole: String, last: String) {
    guard words.indices.contains(index) else { return ("", "") }
    let word = words[index]
    if word == ":", index > 0 { return (words[index - 1] + ":", "") }
    if index > 1, words[index - 1] == ":" { return (words[index - 2] + ":" + word, word) }
    return (word, word)
  }

  /// The candidates, each as a whole; what cannot be asked of a vault is left out.
  var candidates: [String] {
    let session = Session.completing
    guard let vault = try? session.vault(nil), let index = try? session.openIndex(of: vault) else {
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
