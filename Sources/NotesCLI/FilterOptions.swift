internal import ArgumentParser
internal import NoteIndex
internal import Vault

/// Which notes, in which order, and how they are printed: what `list` and `search` share.
struct FilterOptions: ParsableArguments {
  @Argument(
    help: "Words to search for, or key:value of the front matter.", completion: .queryWords)
  var words: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Only with this tag, or one below it; may be repeated.", valueName: "tag"),
    completion: .tags)
  var tag: [String] = []

  @Option(help: ArgumentHelp("Only of this type, such as post.", valueName: "type"))
  var type: String?

  @Option(help: ArgumentHelp("Only below this folder, or of this pattern.", valueName: "glob"))
  var path: String?

  @Option(help: ArgumentHelp("Only made on or after this day.", valueName: "date"))
  var createdAfter: String?

  @Option(help: ArgumentHelp("Only made before this day.", valueName: "date"))
  var createdBefore: String?

  @Option(help: ArgumentHelp("Only changed on or after this day.", valueName: "date"))
  var modifiedAfter: String?

  @Option(help: ArgumentHelp("Only changed before this day.", valueName: "date"))
  var modifiedBefore: String?

  @Option(
    help: ArgumentHelp("Only notes that this one links to.", valueName: "note"),
    completion: .noteNames)
  var linkedBy: String?

  @Option(
    help: ArgumentHelp("Only notes that link to this one.", valueName: "note"),
    completion: .noteNames)
  var linkTo: String?

  @Flag(help: "Only notes that no other links to.")
  var noLinks = false

  @Option(
    help: ArgumentHelp(
      "path, title, created, modified, words or relevance; '+' or '-' behind it for the direction.",
      valueName: "order"), completion: .list(Sort.Field.allCases.map(\.rawValue)))
  var sort: [SortOrder] = []

  @Option(help: ArgumentHelp("In the vault as it stood on this day.", valueName: "date"))
  var at: String?

  @Option(
    name: .limit, help: ArgumentHelp("At most so many.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Leave out the first so many.", valueName: "n"))
  var offset = 0

  @Option(help: "short, long, path, json or jsonl.")
  var format = ListFormat.short

  @Flag(name: [.customShort("0"), .customLong("null")], help: "Paths with a NUL behind each.")
  var null = false

  func validate() throws {
    try refuseLimitBelowOne(limit)
    if offset < 0 { throw ValidationError("--offset is at least 0") }
  }

  /// Whether nothing is asked for but words, a path, a number and a form.
  var looksAtTextOnly: Bool {
    tag.isEmpty && type == nil && createdAfter == nil && createdBefore == nil
      && modifiedAfter == nil && modifiedBefore == nil && linkedBy == nil && linkTo == nil
      && !noLinks && at == nil && sort.isEmpty && offset == 0 && !null
  }

  /// The options that say which notes and in which order, as they can be typed again.
  var arguments: [String] {
    func option(_ name: String, _ value: String?) -> [String] {
      value.map { ["\(name)=\($0)"] } ?? []
    }
    return tag.flatMap { option("--tag", $0) } + option("--type", type) + option("--path", path)
      + option("--created-after", createdAfter) + option("--created-before", createdBefore)
      + option("--modified-after", modifiedAfter) + option("--modified-before", modifiedBefore)
      + option("--linked-by", linkedBy) + option("--link-to", linkTo)
      + (noLinks ? ["--no-links"] : [])
      + sort.flatMap { option("--sort", $0.typed) } + option("--limit", limit.map { "\($0)" })
  }

  /// The filter that the options mean.
  func filter(in session: Session, _ index: NoteIndex, _ vault: Vault) throws -> Filter {
    var filter = Filter()
    for typed in tag {
      let tags = NoteDraft.tags(typed)
      if tags.count > 1 {
        filter.tagChoices.append(tags)
      } else {
        filter.tags.append(tags.first ?? typed)
      }
    }
    filter.types = type.map { [$0] } ?? []
    filter.paths = try path.flatMap { try session.place($0, in: vault) }.map { [$0] } ?? []
    filter.created = try session.time(after: createdAfter, before: createdBefore)
    filter.modified = try session.time(after: modifiedAfter, before: modifiedBefore)
    filter.linkedBy = try linkedBy.map { [try session.find($0, in: index, vault)] } ?? []
    filter.linksTo = try linkTo.map { [try session.find($0, in: index, vault)] } ?? []
    filter.isOrphan = noLinks ? true : nil
    return filter
  }

  /// The query that the arguments are, where each must be a filter.
  func filters(in session: Session) throws -> Query {
    func isFilter(_ text: String) -> Bool {
      let query = session.query(text)
      return !query.isEmpty && query.required == query.root && query.readAsText.isEmpty
    }
    let texts = words.map { word in
      if isFilter(word) { return words.count > 1 && word.contains(" ") ? "(\(word))" : word }
      // The shell took the quotation marks of `"status:in progress"`.
      guard let cut = word.firstIndex(of: ":"), word.contains(" "), !word.contains("\"") else {
        return word
      }
      return "\(word[...cut])\"\(word[word.index(after: cut)...])\""
    }
    let whole = texts.joined(separator: " ")
    guard words.isEmpty || isFilter(whole) else {
      // An `OR` is a filter only with what stands around it.
      let word = zip(words, texts).first { !isFilter($1) }?.0 ?? words.joined(separator: " ")
      throw Failure(
        "'\(word)' is no filter", hint: "notes search \(quoted(word)), or key:value",
        status: .usage)
    }
    return session.query(whole)
  }
}

extension Session {
  /// What was typed for a folder or a pattern, as it counts from the vault's top; `nil` for the top.
  ///
  /// What begins with `./` or `../` counts from where the user is.
  func place(_ typed: String, in vault: Vault) throws -> String? {
    guard [".", ".."].contains(typed) || typed.hasPrefix("./") || typed.hasPrefix("../") else {
      return typed
    }
    // The top itself has no path, and what is in it has.
    guard let inside = try? vault.path(typed: typed + "/_", from: workingFolder) else {
      throw VaultError.unsafePath(typed, why: "it is outside the vault")
    }
    return inside.folder.isEmpty ? nil : inside.folder
  }
}

extension NameSpecification {
  /// `-n 5`, `-n5` or `--limit 5`, as `git log`, `head` and `rg` have it.
  static var limit: NameSpecification { [.customShort("n", allowingJoined: true), .long] }
}

extension ParsableArguments {
  /// Refuses a limit of nothing.
  func refuseLimitBelowOne(_ limit: Int?) throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
  }
}

/// An order, as typed.
struct SortOrder: ExpressibleByArgument {
  let sort: Sort
  let typed: String

  init?(argument: String) {
    guard let sort = Sort(argument) else { return nil }
    typed = argument
    self.sort = sort
  }
}
