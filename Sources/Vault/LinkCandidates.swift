/// The notes that share the key of a name, by everything a link could call them.
///
/// A wiki link means, in this order: a path from the vault's top, a path from the linking note's
/// folder, the end of a path, an id, a title or alias, a slug. A Markdown link means a path from
/// the linking note's folder (from the top with a `/` before it), a path from the top, the end of
/// a path. At each step the same bytes go before the same text in another case. Among several, the
/// one in the linking note's folder is taken, then the one with the shortest path, then the first.
public struct LinkCandidates: Sendable {
  /// A kind of name, in the order in which links prefer them.
  public enum NameKind: String, Sendable { case path, id, title, alias, slug }

  /// What a link's text is compared with.
  private enum Rule: Hashable { case path, pathFromHere, suffix, id, title, slug }

  private struct Form: Hashable {
    let rule: Rule
    let text: ExactText
  }

  /// The notes of one form, the preferred ones first.
  private struct Group {
    var notes: [Int64] = []
    var byFolder: [ExactText: [Int64]] = [:]

    mutating func add(_ note: Int64, folder: ExactText) {
      // A note can have one text as its title and as an alias.
      if notes.last == note { return }
      notes.append(note)
      byFolder[folder, default: []].append(note)
    }
  }

  private var exact: [Form: Group] = [:]
  private var anyCase: [Form: Group] = [:]

  /// Begins with no note.
  public init() {}

  /// What a name and every link that could mean it share: the last part of it, without `.md`, folded.
  public static func key(of name: String) -> String {
    folded(NotePath.withoutSuffix(lastPart(of: name)))
  }

  /// Adds a name of a note; those with shorter paths come first.
  public mutating func add(note: Int64, kind: NameKind, text: String, path: String) {
    let folder = ExactText(folderPart(of: path))
    func add(_ rule: Rule, _ text: String) {
      exact[Form(rule: rule, text: ExactText(text)), default: Group()].add(note, folder: folder)
      anyCase[Form(rule: rule, text: ExactText(folded(text))), default: Group()]
        .add(note, folder: folder)
    }
    switch kind {
    case .path:
      add(.path, text)
      for end in ends(of: text) { add(.suffix, end) }
    case .id: add(.id, text)
    case .title, .alias: add(.title, text)
    case .slug: add(.slug, text)
    }
  }

  /// The note that a link leads to, and how many others it could mean as well; a Markdown link names
  /// a path and nothing else, and so `isByPath`.
  public func match(
    target: String, isByPath: Bool, from source: String
  ) -> (note: Int64, rivals: Int)? {
    let folder = folderPart(of: source)
    let path = NotePath.withoutSuffix(target)
    let rules: [Rule] =
      !isByPath
      ? [.path, .pathFromHere, .suffix, .id, .title, .slug]
      : target.utf8.first == slash ? [.path] : [.pathFromHere, .path, .suffix]
    for rule in rules {
      let text =
        switch rule {
        case .path, .suffix: NotePath.joined("", path)
        case .pathFromHere: NotePath.joined(folder, path)
        case .id, .title, .slug: target
        }
      guard let text, let group = group(rule == .pathFromHere ? .path : rule, text) else {
        continue
      }
      let near = group.byFolder[ExactText(folder)] ?? group.notes
      if let first = near.first { return (first, near.count - 1) }
    }
    return nil
  }

  private func group(_ rule: Rule, _ text: String) -> Group? {
    exact[Form(rule: rule, text: ExactText(text))]
      ?? anyCase[Form(rule: rule, text: ExactText(folded(text)))]
  }
}

/// Some notes by what a link could call them without looking into them: by their paths.
public struct NamedPaths: Sendable {
  private let paths: [NotePath]
  private var candidates = LinkCandidates()

  /// Another name of one of the notes, which is known from its text.
  public struct Name: Sendable {
    let path: NotePath
    let kind: LinkCandidates.NameKind
    /// The name.
    public let text: String

    /// Takes the parts.
    public init(path: NotePath, kind: LinkCandidates.NameKind, text: String) {
      self.path = path
      self.kind = kind
      self.text = text
    }
  }

  /// Takes the notes of some paths, with what else is known of their names.
  public init(_ paths: [NotePath], _ names: [Name] = []) {
    // The order in which the index has them.
    self.paths = paths.sorted {
      ($0.text.unicodeScalars.count, $0) < ($1.text.unicodeScalars.count, $1)
    }
    let others = Dictionary(grouping: names, by: \.path)
    for (number, path) in self.paths.enumerated() {
      let own = Name(path: path, kind: .path, text: NotePath.withoutSuffix(path.text))
      for name in [own] + (others[path] ?? []) {
        candidates.add(note: Int64(number), kind: name.kind, text: name.text, path: path.text)
      }
    }
  }

  /// The one that a link means, as `LinkCandidates.match` tells it.
  public func match(target: String, isByPath: Bool, from source: NotePath) -> NotePath? {
    candidates.match(target: target, isByPath: isByPath, from: source.text)
      .map { paths[Int($0.note)] }
  }
}

/// What stands behind each `/` of a path, and the path itself.
private func ends(of path: String) -> [String] {
  var ends = [path]
  for index in path.utf8.indices where path.utf8[index] == slash {
    ends.append(String(path[path.utf8.index(after: index)...]))
  }
  return ends
}

private let slash = UInt8(ascii: "/")
